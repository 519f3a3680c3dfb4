"""Loading of plan documents and of the groups of indicators that measure the same.

* ``plans/*.json``: ``plan``, ``indicators`` (each with ``targets`` and ``baselines``) and ``remarks``; fields that
  are left out have the model's default; decimals are written as text. A plan that is inserted is in force in its
  issuer's unit, until the month ``adopted_until`` if there is one.
* ``equivalences.json``: groups of indicators by document code; those of plans that are not loaded are left out.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db import transaction

from eldercare.models import OrgUnit
from indicators.fixture_rows import Count, Row, settle
from indicators.models import Adoption, Baseline, Equivalence, Indicator, Plan, PlanRemark, Target
from indicators.needs import settle_needs


@transaction.atomic
def load_plan(document: Row, *, overwrite: bool = False) -> list[Count]:
    """Load one plan document; returns what happened to the plan, its indicators and its remarks."""
    plans, indicators, remarks = Count("规划"), Count("规划指标"), Count("存疑说明")
    plan = _load_plan_row(document["plan"], plans, overwrite=overwrite)
    loaded = {indicator.document_code: indicator for indicator in plan.indicators.all()}
    rows = {row["document_code"]: row for row in document["indicators"]}
    made = Indicator.objects.bulk_create(
        Indicator(plan=plan, **_indicator_values(row)) for code, row in rows.items() if code not in loaded
    )
    _write_targets_and_baselines([(each, rows[each.document_code]) for each in made])
    indicators.inserted = len(made)
    for code, existing in loaded.items():
        if code in rows:
            values = _with_defaults(_indicator_values(rows[code]))
            settle(existing, values, indicators, overwrite=overwrite)
            if overwrite:
                _restore_targets_and_baselines(existing, rows[code])
    loaded |= {each.document_code: each for each in made}
    _load_remarks(plan, document["remarks"], loaded, remarks, overwrite=overwrite)
    settle_needs(plan)
    return [plans, indicators, remarks]


def _indicator_values(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in ("targets", "baselines")}


def _load_plan_row(row: Row, count: Count, *, overwrite: bool) -> Plan:
    dates = {key: dt.date.fromisoformat(row[key]) for key in ("published_on", "starts_on", "ends_on")}
    values = {**row, **dates, "org_unit": OrgUnit.objects.get(code=row["org_unit"])}
    until = values.pop("adopted_until", None)
    plan = Plan.objects.filter(code=row["code"]).first()
    if plan is None:
        count.inserted += 1
        plan = Plan.objects.create(**values)
        until_month = dt.date.fromisoformat(f"{until}-01") if until else None
        Adoption.objects.create(plan=plan, org_unit=plan.org_unit, until_month=until_month)
        return plan
    settle(plan, values, count, overwrite=overwrite)
    return plan


def _write_targets_and_baselines(rows: Collection[tuple[Indicator, Row]]) -> None:
    Target.objects.bulk_create(
        Target(indicator=indicator, **_typed(target, "due_on", "other_due_on"))
        for indicator, row in rows
        for target in row.get("targets", [])
    )
    Baseline.objects.bulk_create(
        Baseline(indicator=indicator, **_typed(baseline, "effective_on"))
        for indicator, row in rows
        for baseline in row.get("baselines", [])
    )


def _restore_targets_and_baselines(indicator: Indicator, row: Row) -> None:
    # They have no key that survives an edit, so they are put back as a whole.
    indicator.targets.all().delete()
    indicator.baselines.all().delete()
    _write_targets_and_baselines([(indicator, row)])


def _typed(row: Row, *date_fields: str) -> Row:
    typed = {**row, "value": None if row["value"] is None else Decimal(row["value"])}
    return typed | {name: dt.date.fromisoformat(row[name]) for name in date_fields if row.get(name)}


def _load_remarks(
    plan: Plan, rows: Iterable[Row], indicators: dict[str, Indicator], count: Count, *, overwrite: bool
) -> None:
    by_number = {indicator.number: indicator for indicator in indicators.values()}
    existing = {remark.code: remark for remark in plan.remarks.all()}
    by_code = {row["code"]: row for row in rows}
    values = {
        code: {key: value for key, value in row.items() if key not in ("code", "indicators")}
        for code, row in by_code.items()
    }
    made = PlanRemark.objects.bulk_create(
        PlanRemark(plan=plan, code=code, **values[code]) for code in by_code if code not in existing
    )
    count.inserted = len(made)
    link = PlanRemark.indicators.through
    link.objects.bulk_create(
        link(planremark=remark, indicator=by_number[number])
        for remark in made
        for number in by_code[remark.code]["indicators"]
    )
    for code, remark in existing.items():
        if code in by_code:
            settle(remark, values[code], count, overwrite=overwrite)
            if overwrite:
                remark.indicators.set(by_number[number] for number in by_code[code]["indicators"])


@transaction.atomic
def load_equivalences(rows: Iterable[Row], *, overwrite: bool = False) -> Count:
    """Groups with the indicators that exist; a plan that is loaded later joins its groups then."""
    count = Count("同口径指标组")
    ids = dict(Indicator.objects.values_list("document_code", "pk"))
    groups = {each.code: each for each in Equivalence.objects.all()}
    link = Equivalence.indicators.through
    known = set(link.objects.values_list("equivalence_id", "indicator_id"))
    links = []
    for position, row in enumerate(rows, start=1):
        values = {"name": row["name"], "note": row.get("note", ""), "position": position}
        group = groups.get(row["code"])
        if group is None:
            group = Equivalence.objects.create(code=row["code"], **values)
            count.inserted += 1
        else:
            settle(group, values, count, overwrite=overwrite)
        members = [ids[code] for code in row["indicators"] if code in ids]
        links += [link(equivalence=group, indicator_id=pk) for pk in members if (group.pk, pk) not in known]
    link.objects.bulk_create(links)
    return count


def _with_defaults(values: Row) -> Row:
    """The values of an indicator row, with the model's default for each field that the file leaves out."""
    skipped = {"id", "plan", "is_active", "updated_at"}
    defaults = {
        field.name: field.get_default()
        for field in Indicator._meta.concrete_fields
        if field.name not in skipped
    }
    return {**defaults, **values}
