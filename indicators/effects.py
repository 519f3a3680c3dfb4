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
from indicators.models import Indicator, IndicatorValue, Metric, MetricEntry, MonthlyReport, owed_by
from indicators.pages.display import value_text
from indicators.rollup import Instead, preview
from indicators.rules.figures import format_figure
from indicators.specs import Catalogue, active_indicators, specs_for_month

Row = Mapping[str, object]


@ledger_metrics.effect_provider
def metric_effects(
    unit: OrgUnit, month: dt.date, before: dict[str, Decimal], after: dict[str, Decimal], user: User
) -> list[dict]:
    """Figures of the ledger itself that change, in the order of the catalogue."""
    if not user.org_unit.contains(unit):
        return []
    names = {metric.code: metric for metric in Metric.objects.filter(code__in=after)}
    kept = _of_kept_ledgers(unit, month, before)
    return [
        {
            "metric": metric.name,
            "unit": unit.name,
            "before": f"{format_figure(kept[code])} {metric.unit}" if code in kept else "未启用",
            "after": f"{format_figure(after[code])} {metric.unit}",
        }
        for code, metric in sorted(names.items(), key=lambda each: each[1].position)
        if kept.get(code) != after[code]
    ]


@ledger_metrics.effect_provider
def indicator_effects(
    unit: OrgUnit, month: dt.date, before: dict[str, Decimal], after: dict[str, Decimal], user: User
) -> list[dict]:
    """Indicators that change, of the unit and of those above it that ``user`` sees, in the order of the plans.

    A fixed number of statements: what is typed, the formulas, and the month counted twice.
    """
    changed = {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}
    entries = _entries_of_open_report(unit, month, user)
    if not changed or entries is None:
        return []
    owed = set(owed_by(unit, month).values_list("code", flat=True)) | entries.keys()
    then, now = (
        {code: _figure(entries.get(code), code, ledger) for code in owed}
        for ledger in (_of_kept_ledgers(unit, month, before), after)
    )
    return _compared(unit, month, changed, then, now, user)


def typed_effects(
    unit: OrgUnit, month: dt.date, before: dict[str, Decimal], after: dict[str, Decimal], user: User
) -> list[dict]:
    """The same for figures that are typed or uploaded into an open report."""
    changed = {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}
    typed = _entries_of_open_report(unit, month, user)
    if not changed or typed is None:
        return []
    entries = {code: entry.value for code, entry in typed.items()}
    owed = set(owed_by(unit, month).values_list("code", flat=True)) | entries.keys()
    then, now = ({code: figures.get(code, entries.get(code)) for code in owed} for figures in (before, after))
    return _compared(unit, month, changed, then, now, user)


def _entries_of_open_report(unit: OrgUnit, month: dt.date, user: User) -> dict[str, MetricEntry] | None:
    """What the month's report holds so far, nothing when it is not opened yet; None if it follows no more."""
    if not user.org_unit.contains(unit):
        return None
    report = MonthlyReport.objects.visible_to(user).filter(org_unit=unit, month=month).first()
    if report is None:
        return {}
    if not report.is_editable:
        return None
    return {entry.metric.code: entry for entry in report.entries.select_related("metric")}


def _compared(
    unit: OrgUnit,
    month: dt.date,
    changed: set[str],
    then: Mapping[str, Decimal | None],
    now: Mapping[str, Decimal | None],
    user: User,
) -> list[dict]:
    catalogue = Catalogue()
    indicators = [each for each in active_indicators() if _uses(each, changed, catalogue)]
    if not indicators:
        return []
    specs = specs_for_month(month, indicators, catalogue)
    rows_then, rows_now = (
        {
            (row["indicator_id"], row["org_unit_id"]): row
            for row in preview(
                specs, Instead(unit.pk, {catalogue.ids[code]: value for code, value in figures.items()})
            )
        }
        for figures in (then, now)
    )
    places = _units(unit, user)
    return [
        _effect(
            indicator, place, rows_then.get((indicator.pk, place.pk)), rows_now[indicator.pk, place.pk], month
        )
        for indicator in sorted(indicators, key=lambda each: (each.plan.code, each.number))
        for place in places
        if (indicator.pk, place.pk) in rows_now
        and _facts(rows_then.get((indicator.pk, place.pk))) != _facts(rows_now[indicator.pk, place.pk])
    ]


def _of_kept_ledgers(unit: OrgUnit, month: dt.date, figures: dict[str, Decimal]) -> dict[str, Decimal]:
    """Without the zeros of ledgers that hold no row of the unit yet: the first upload begins from “not reported”."""
    is_kept = ledger_metrics.kept([unit], month)
    return {
        code: value
        for code, value in figures.items()
        if is_kept.get((unit.pk, ledger_metrics.source_of(code)[0].ledger))
    }


def _uses(indicator: Indicator, codes: set[str], catalogue: Catalogue) -> bool:
    return not indicator.is_registered and bool(
        codes.intersection(catalogue.formula(indicator.formula).metric_codes)
    )


def _figure(entry: MetricEntry | None, code: str, ledger: Mapping[str, Decimal]) -> Decimal | None:
    """The report's figure if the ledger said this: what was typed stays."""
    follows = entry is None or entry.source == MetricEntry.Source.LEDGER
    if follows and code in ledger:
        return Decimal(ledger[code])
    return entry.value if entry else None


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
