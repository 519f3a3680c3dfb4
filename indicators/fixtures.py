"""Loading of reference data and plans from ``fixtures/``: organisation units, metrics, plan documents.

The county edits plans, targets and formulas in the browser, so loading only inserts what is missing, found by
natural key (unit code, metric code, plan code, document code), and never touches a row that exists. An
indicator brings its targets and baselines when it is inserted; targets that the county deleted stay deleted.
With ``overwrite`` the rows of the fixtures are put back to what the files say.

A file that belongs to one place has its name: ``org_units_haiyan.json``, ``plans/haiyan.json``. With ``places`` only
the files of those places are loaded, which is what a county does that runs the portal for itself; without it, all.

Formats, all UTF-8 JSON:

* ``org_units_*.json``: a list of ``code name level parent valid_from``; the path is derived. Where it is not
  known since when a unit exists, ``valid_from`` is 2000-01-01, before every figure of the portal.
* ``metrics.json``: a list with the fields of ``Metric``; ``subset_of`` names a metric by its code.
* ``level_mappings.json``: a list of ``standard original level``; what an older result of an assessment means.
* ``programmes/*.json``: see ``subsidies.fixtures``; never put back, because money is paid by them.
* ``registers/*.json``: definitions of registers, see ``register_fixtures``; never put back.
* ``mechanisms.json``: what the documents ask to be set up, and the page that serves it; read by its page, not loaded.
* ``tasks/*.json``: the key tasks of a plan, see ``task_fixtures``; never put back.
* ``plans/*.json`` and ``equivalences.json``: see ``plan_fixtures``.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from eldercare.models import OrgUnit
from indicators.fixture_rows import Count, Row, settle
from indicators.models import Metric
from indicators.plan_fixtures import load_equivalences, load_plan
from indicators.register_fixtures import load_registers
from indicators.task_fixtures import load_tasks
from subsidies.fixtures import load_programmes
from subsidies.models import LevelMapping


def fixtures_dir() -> Path:
    return Path(settings.BASE_DIR) / "fixtures"


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def known_places() -> list[str]:
    """The places that fixtures exist for."""
    return sorted(path.stem.removeprefix("org_units_") for path in fixtures_dir().glob("org_units_*.json"))


@transaction.atomic
def load_all(*, overwrite: bool = False, places: Collection[str] | None = None) -> list[Count]:
    """Load the fixtures of the places (all if not given), in the order of their dependencies, in one transaction."""
    folder = fixtures_dir()
    chosen = known_places() if places is None else sorted(places)
    counts = [
        load_org_units(read_json(path), overwrite=overwrite)
        for path in _of_places(folder, "org_units_{}.json", chosen)
    ]
    counts.append(load_metrics(read_json(folder / "metrics.json"), overwrite=overwrite))
    counts.append(load_level_mappings(read_json(folder / "level_mappings.json"), overwrite=overwrite))
    for path in _of_places(folder / "plans", "{}.json", chosen):
        counts += load_plan(read_json(path), overwrite=overwrite)
    counts.append(load_equivalences(read_json(folder / "equivalences.json"), overwrite=overwrite))
    for path in _of_places(folder / "tasks", "{}.json", chosen):
        counts.append(load_tasks(read_json(path)))
    for path in _of_places(folder / "programmes", "{}.json", chosen):
        counts += [Count(*each) for each in load_programmes(read_json(path))]
    counts.append(load_registers(read_json(path) for path in sorted((folder / "registers").glob("*.json"))))
    return counts


def _of_places(folder: Path, pattern: str, places: Iterable[str]) -> list[Path]:
    paths = [folder / pattern.format(place) for place in places]
    return [path for path in paths if path.exists()]


@transaction.atomic
def load_org_units(rows: Iterable[Row], *, overwrite: bool = False) -> Count:
    count = Count("组织单位")
    units = {unit.code: unit for unit in OrgUnit.objects.select_related("parent")}
    new: list[OrgUnit] = []
    # Above before below; the file names a city before its districts, whose codes are as long.
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
            units[row["code"]] = OrgUnit(code=row["code"], **values)
            new.append(units[row["code"]])
            count.inserted += 1
        else:
            settle(existing, values, count, overwrite=overwrite)
    for depth in sorted({unit.path.count("/") for unit in new}):
        level = [unit for unit in new if unit.path.count("/") == depth]
        for unit in level:
            unit.parent = (
                units.get(unit.parent.code) if unit.parent else None
            )  # saved by now: its key is known
        OrgUnit.objects.bulk_create(level)
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
            settle(metrics[row["code"]], values, count, overwrite=overwrite)
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
            settle(existing, {"level": row["level"]}, count, overwrite=overwrite)
    return count
