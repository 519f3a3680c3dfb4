"""What a change of ledger figures would do to the indicators of a month: shown before an upload is applied.

Only a report that is still open follows its ledgers, and of it what was not typed: figures that were taken from a
ledger, and those that are not filled in yet. A report that was handed in or published stays as it is.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.urls import reverse

from eldercare import ledger_metrics
from eldercare.models import OrgUnit, User
from indicators.models import Indicator, IndicatorValue, Metric, MetricEntry, MonthlyReport
from indicators.pages.display import value_text
from indicators.rollup import Instead, preview
from indicators.specs import Catalogue, active_indicators, specs_for_month

Row = Mapping[str, object]


@ledger_metrics.effect_provider
def indicator_effects(
    unit: OrgUnit, month: dt.date, before: dict[str, Decimal], after: dict[str, Decimal], user: User
) -> list[dict]:
    """Indicators that change, of the unit and of those above it that ``user`` sees, in the order of the plans.

    A fixed number of statements: what is typed, the formulas, and the month counted twice.
    """
    changed = {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}
    report = MonthlyReport.objects.visible_to(user).filter(org_unit=unit, month=month).first()
    if not changed or not user.org_unit.contains(unit) or (report and not report.is_editable):
        return []
    catalogue = Catalogue()
    indicators = [each for each in active_indicators() if _uses(each, changed, catalogue)]
    if not indicators:
        return []
    entries = {
        entry.metric.code: entry
        for entry in MetricEntry.objects.filter(report=report).select_related("metric")
    }
    owed = set(Metric.objects.owed_by(unit).values_list("code", flat=True)) | entries.keys()
    specs = specs_for_month(month, indicators, catalogue)
    before = _of_kept_ledgers(unit, before)
    then, now = (
        {
            (row["indicator_id"], row["org_unit_id"]): row
            for row in preview(specs, Instead(unit.pk, _figures(owed, entries, ledger, catalogue)))
        }
        for ledger in (before, after)
    )
    shown = _units(unit, user)
    return [
        _effect(indicator, place, then.get((indicator.pk, place.pk)), now[indicator.pk, place.pk], month)
        for indicator in sorted(indicators, key=lambda each: (each.plan.code, each.number))
        for place in shown
        if (indicator.pk, place.pk) in now
        and _facts(then.get((indicator.pk, place.pk))) != _facts(now[indicator.pk, place.pk])
    ]


def _of_kept_ledgers(unit: OrgUnit, figures: dict[str, Decimal]) -> dict[str, Decimal]:
    """Without the zeros of ledgers that hold no row of the unit yet: the first upload begins from “not reported”."""
    is_kept = ledger_metrics.kept([unit])
    return {
        code: value
        for code, value in figures.items()
        if is_kept.get((unit.pk, ledger_metrics.source_of(code)[0].ledger))
    }


def _uses(indicator: Indicator, codes: set[str], catalogue: Catalogue) -> bool:
    return not indicator.is_registered and bool(
        codes.intersection(catalogue.formula(indicator.formula).metric_codes)
    )


def _figures(
    owed: set[str],
    entries: Mapping[str, MetricEntry],
    ledger: Mapping[str, Decimal],
    catalogue: Catalogue,
) -> dict[int, Decimal | None]:
    """The unit's figures by metric id if its ledgers said this."""
    figures: dict[int, Decimal | None] = {}
    for code in owed:
        entry = entries.get(code)
        follows = entry is None or entry.source == MetricEntry.Source.LEDGER
        if follows and code in ledger:
            figures[catalogue.ids[code]] = Decimal(ledger[code])
        else:
            figures[catalogue.ids[code]] = entry.value if entry else None
    return figures


def _units(unit: OrgUnit, user: User) -> list[OrgUnit]:
    """The unit and its county, as far as the user sees them."""
    codes = [code for code in unit.path.split("/") if code]
    levels = [OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING]
    found = OrgUnit.objects.visible_to(user).filter(code__in=codes, level__in=levels)
    return sorted(found, key=lambda each: -len(each.path))


def _facts(row: Row | None) -> tuple:
    return (row["value"], row["reported"] > 0) if row else (None, False)


def _effect(indicator: Indicator, unit: OrgUnit, then: Row | None, now: Row, month: dt.date) -> dict:
    is_county = unit.level == OrgUnit.Level.COUNTY
    address = reverse("indicator", args=[indicator.plan.code, indicator.number])
    place = "" if is_county else f"&org={unit.code}"
    return {
        "indicator": indicator.name,
        "number": indicator.number,
        "plan": indicator.plan.short_title,
        "unit": unit.name,
        "before": _text(then, indicator),
        "after": _text(now, indicator),
        "url": f"{address}?month={month:%Y-%m}{place}",
    }


def _text(row: Row | None, indicator: Indicator) -> str:
    names = ("value", "target", "reported", "owed")
    value = IndicatorValue(**{name: row[name] for name in names}) if row else None
    return value_text(value, indicator)
