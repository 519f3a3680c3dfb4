"""Loading of reference data and plans from ``fixtures/``: organisation units, metrics, plan documents.

The county edits plans, targets and formulas in the browser, so loading only inserts what is missing, found by
natural key (unit code, metric code, plan code, document code), and never touches a row that exists. An
indicator brings its targets and baselines when it is inserted; targets that the county deleted stay deleted.
With ``overwrite`` the rows of the fixtures are put back to what the files say.

Formats, all UTF-8 JSON:

* ``org_units_*.json``: a list of ``code name level parent valid_from``; the path is derived. Where it is not
  known since when a unit exists, ``valid_from`` is 2000-01-01, before every figure of the portal.
* ``metrics.json``: a list with the fields of ``Metric``; ``subset_of`` names a metric by its code.
* ``level_mappings.json``: a list of ``standard original level``; what an older result of an assessment means.
* ``programmes/*.json``: see ``subsidies.fixtures``; never put back, because money is paid by them.
* ``plans/*.json``: ``plan``, ``indicators`` (each with ``targets`` and ``baselines``) and ``remarks``; fields
  that are left out have the model's default; decimals are written as text.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction

from eldercare.models import OrgUnit
from indicators.models import Baseline, Indicator, Metric, Plan, PlanRemark, Target
from subsidies.fixtures import load_programmes
from subsidies.models import LevelMapping

Row = dict[str, Any]


@dataclass
class Count:
    """What loading one kind of row did."""

    label: str
    inserted: int = 0
    updated: int = 0
    kept: int = 0

    def __str__(self) -> str:
        return f"{self.label}：新增 {self.inserted}，更新 {self.updated}，保留 {self.kept}"


def fixtures_dir() -> Path:
    return Path(settings.BASE_DIR) / "fixtures"


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@transaction.atomic
def load_all(*, overwrite: bool = False) -> list[Count]:
    """Load every fixture of the repository, in the order of their dependencies, in one transaction."""
    folder = fixtures_dir()
    counts = [
        load_org_units(read_json(path), overwrite=overwrite)
        for path in sorted(folder.glob("org_units_*.json"))
    ]
    counts.append(load_metrics(read_json(folder / "metrics.json"), overwrite=overwrite))
    counts.append(load_level_mappings(read_json(folder / "level_mappings.json"), overwrite=overwrite))
    for path in sorted((folder / "plans").glob("*.json")):
        counts += load_plan(read_json(path), overwrite=overwrite)
    for path in sorted((folder / "programmes").glob("*.json")):
        counts += [Count(*each) for each in load_programmes(read_json(path))]
    return counts


@transaction.atomic
def load_org_units(rows: Iterable[Row], *, overwrite: bool = False) -> Count:
    count = Count("组织单位")
    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    for row in sorted(rows, key=lambda row: len(row["code"])):
        parent = units[row["parent"]] if row["parent"] else None
        values = {
            "name": row["name"],
            "level": row["level"],
            "parent": parent,
            "path": f"{parent.path if parent else '/'}{row['code']}/",
            "valid_from": dt.date.fromisoformat(row["valid_from"]),
        }
        existing = units.get(row["code"])
        if existing is None:
            units[row["code"]] = OrgUnit.objects.create(code=row["code"], **values)
            count.inserted += 1
        else:
            _settle(existing, values, count, overwrite=overwrite)
    return count


@transaction.atomic
def load_metrics(rows: Iterable[Row], *, overwrite: bool = False) -> Count:
    count = Count("基础指标")
    rows = list(rows)
    metrics = {metric.code: metric for metric in Metric.objects.all()}
    known = set(metrics)
    new = [Metric(**_metric_values(row), code=row["code"]) for row in rows if row["code"] not in known]
    metrics |= {metric.code: metric for metric in Metric.objects.bulk_create(new)}
    count.inserted = len(new)
    # A metric may be part of one that stands later in the file, so parents are set once all exist.
    for metric in new:
        row = next(row for row in rows if row["code"] == metric.code)
        metric.subset_of = metrics[row["subset_of"]] if row.get("subset_of") else None
    Metric.objects.bulk_update(new, ["subset_of"])
    for row in rows:
        if row["code"] in known:
            parent = metrics[row["subset_of"]] if row.get("subset_of") else None
            values = {**_metric_values(row), "subset_of": parent}
            _settle(metrics[row["code"]], values, count, overwrite=overwrite)
    return count


def _metric_values(row: Row) -> Row:
    values = {key: value for key, value in row.items() if key not in ("code", "subset_of")}
    return {**values, "plausible_change": Decimal(row["plausible_change"])}


@transaction.atomic
def load_level_mappings(rows: Iterable[Row], *, overwrite: bool = False) -> Count:
    count = Count("等级对照")
    known = {(each.standard, each.original): each for each in LevelMapping.objects.all()}
    for row in rows:
        existing = known.get((row["standard"], row["original"]))
        if existing is None:
            LevelMapping.objects.create(**row)
            count.inserted += 1
        else:
            _settle(existing, {"level": row["level"]}, count, overwrite=overwrite)
    return count


@transaction.atomic
def load_plan(document: Row, *, overwrite: bool = False) -> list[Count]:
    """Load one plan document; returns what happened to the plan, its indicators and its remarks."""
    plans, indicators, remarks = Count("规划"), Count("规划指标"), Count("存疑说明")
    plan = _load_plan_row(document["plan"], plans, overwrite=overwrite)
    loaded = {indicator.document_code: indicator for indicator in plan.indicators.all()}
    for row in document["indicators"]:
        existing = loaded.get(row["document_code"])
        values = {key: value for key, value in row.items() if key not in ("targets", "baselines")}
        if existing is None:
            created = Indicator.objects.create(plan=plan, **values)
            loaded[created.document_code] = created
            _write_targets_and_baselines(created, row)
            indicators.inserted += 1
        else:
            _settle(existing, _with_defaults(values), indicators, overwrite=overwrite)
            if overwrite:
                _restore_targets_and_baselines(existing, row)
    _load_remarks(plan, document["remarks"], loaded, remarks, overwrite=overwrite)
    return [plans, indicators, remarks]


def _load_plan_row(row: Row, count: Count, *, overwrite: bool) -> Plan:
    dates = {key: dt.date.fromisoformat(row[key]) for key in ("published_on", "starts_on", "ends_on")}
    values = {**row, **dates, "org_unit": OrgUnit.objects.get(code=row["org_unit"])}
    plan = Plan.objects.filter(code=row["code"]).first()
    if plan is None:
        count.inserted += 1
        return Plan.objects.create(**values)
    _settle(plan, values, count, overwrite=overwrite)
    return plan


def _write_targets_and_baselines(indicator: Indicator, row: Row) -> None:
    Target.objects.bulk_create(
        Target(indicator=indicator, **_typed(target, "due_on")) for target in row.get("targets", [])
    )
    Baseline.objects.bulk_create(
        Baseline(indicator=indicator, **_typed(baseline, "effective_on"))
        for baseline in row.get("baselines", [])
    )


def _restore_targets_and_baselines(indicator: Indicator, row: Row) -> None:
    # They have no key that survives an edit, so they are put back as a whole.
    indicator.targets.all().delete()
    indicator.baselines.all().delete()
    _write_targets_and_baselines(indicator, row)


def _typed(row: Row, date_field: str) -> Row:
    typed = {**row, "value": None if row["value"] is None else Decimal(row["value"])}
    if row.get(date_field):
        typed[date_field] = dt.date.fromisoformat(row[date_field])
    return typed


def _load_remarks(
    plan: Plan, rows: Iterable[Row], indicators: dict[str, Indicator], count: Count, *, overwrite: bool
) -> None:
    by_number = {indicator.number: indicator for indicator in indicators.values()}
    existing = {remark.code: remark for remark in plan.remarks.all()}
    for row in rows:
        values = {key: value for key, value in row.items() if key not in ("code", "indicators")}
        remark = existing.get(row["code"])
        if remark is None:
            remark = PlanRemark.objects.create(plan=plan, code=row["code"], **values)
            count.inserted += 1
        else:
            _settle(remark, values, count, overwrite=overwrite)
            if not overwrite:
                continue
        remark.indicators.set(by_number[number] for number in row["indicators"])


def _with_defaults(values: Row) -> Row:
    """The values of an indicator row, with the model's default for each field that the file leaves out."""
    skipped = {"id", "plan", "is_active", "updated_at"}
    defaults = {
        field.name: field.get_default()
        for field in Indicator._meta.concrete_fields
        if field.name not in skipped
    }
    return {**defaults, **values}


def _settle(instance: models.Model, values: Row, count: Count, *, overwrite: bool) -> None:
    """Leave an existing row alone, or put it back to ``values`` when asked and different."""
    changed = [name for name, value in values.items() if getattr(instance, name) != value]
    if not overwrite or not changed:
        count.kept += 1
        return
    for name in changed:
        setattr(instance, name, values[name])
    instance.save(update_fields=changed)
    count.updated += 1
