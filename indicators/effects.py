"""What a change of ledger figures would do to the indicators of a month: shown before an upload is applied.

Only a report that is still open follows its ledgers, and of it what was not typed: figures that were taken from a
ledger, and those that are not filled in yet. A report that was handed in or published stays as it is.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.urls import reverse

from eldercare import ledger_kept, ledger_metrics
from eldercare.ledger_metrics import Change
from eldercare.models import OrgUnit, User
from indicators.models import Indicator, IndicatorValue, Metric, MetricEntry, MonthlyReport, owed_by
from indicators.pages.display import value_text
from indicators.pages.missing_words import NOT_HANDED_IN
from indicators.rollup import Instead, preview
from indicators.rules.figures import format_figure
from indicators.specs import Catalogue, active_indicators, specs_for_month

Row = Mapping[str, object]
IsKept = Mapping[tuple[int, str], bool]


@ledger_metrics.effect_provider
def metric_effects(changes: Sequence[Change], month: dt.date, user: User) -> list[list[dict]]:
    """Figures of the ledger itself that change, in the order of the catalogue."""
    codes = {code for each in changes for code in each.after}
    metrics = sorted(Metric.objects.filter(code__in=codes), key=lambda metric: metric.position)
    is_kept = ledger_kept.kept([each.unit for each in changes], month)
    return [
        _metrics_of(each, metrics, is_kept) if user.org_unit.contains(each.unit) else [] for each in changes
    ]


def _metrics_of(change: Change, metrics: Sequence[Metric], is_kept: IsKept) -> list[dict]:
    unit, before, after = change
    kept = _of_kept_ledgers(unit, before, is_kept)
    return [
        {
            "metric": metric.name,
            "unit": unit.name,
            "before": f"{format_figure(kept[metric.code])} {metric.unit}"
            if metric.code in kept
            else "未启用",
            "after": f"{format_figure(after[metric.code])} {metric.unit}",
        }
        for metric in metrics
        if metric.code in after and kept.get(metric.code) != after[metric.code]
    ]


@ledger_metrics.effect_provider
def indicator_effects(changes: Sequence[Change], month: dt.date, user: User) -> list[list[dict]]:
    """Indicators that change, of each unit and of those above it that ``user`` sees, in the order of the plans.

    A fixed number of statements for all, and some for each unit on which an indicator rests: the month counted twice.
    """
    reading = _Reading(changes, month, user)
    if not any(reading.indicators.values()):
        return [[] for _ in changes]
    is_kept = ledger_kept.kept([each.unit for each in changes], month)
    told = []
    for each in changes:
        entries = reading.entries_of(each.unit)
        owed = reading.owed_by(each.unit)
        then, now = (
            {code: _figure(entries.get(code), code, ledger) for code in owed}
            for ledger in (_of_kept_ledgers(each.unit, each.before, is_kept), each.after)
        )
        told.append(reading.compared(each.unit, then, now))
    return told


def typed_effects(changes: Sequence[Change], month: dt.date, user: User) -> list[dict]:
    """The same for figures that are typed or uploaded into open reports."""
    reading = _Reading(changes, month, user)
    told = []
    for unit, before, after in changes:
        entries = {code: entry.value for code, entry in reading.entries_of(unit).items()}
        owed = reading.owed_by(unit)
        then, now = (
            {code: figures.get(code, entries.get(code)) for code in owed} for figures in (before, after)
        )
        told += reading.compared(unit, then, now)
    return told


class _Reading:
    """What is asked of the month once, for all units whose figures change."""

    def __init__(self, changes: Sequence[Change], month: dt.date, user: User) -> None:
        self.month, self.user = month, user
        self.reports = self._open_reports(
            [each.unit for each in changes if user.org_unit.contains(each.unit)]
        )
        self.catalogue = Catalogue()
        active = active_indicators() if any(map(_changed, changes)) else []
        self.indicators = {
            each.unit.pk: [
                indicator for indicator in active if _uses(indicator, _changed(each), self.catalogue)
            ]
            if each.unit.pk in self.reports
            else []
            for each in changes
        }

    def _open_reports(self, units: Sequence[OrgUnit]) -> dict[int, dict[str, MetricEntry]]:
        """Unit → what its report of the month holds so far, nothing when it is not opened yet; without those whose
        report follows no more."""
        reports = MonthlyReport.objects.visible_to(self.user).filter(org_unit__in=units, month=self.month)
        found = {report.org_unit_id: report for report in reports.prefetch_related("entries__metric")}
        return {
            unit.pk: {entry.metric.code: entry for entry in found[unit.pk].entries.all()}
            if unit.pk in found
            else {}
            for unit in units
            if unit.pk not in found or found[unit.pk].is_editable
        }

    def entries_of(self, unit: OrgUnit) -> dict[str, MetricEntry]:
        return self.reports.get(unit.pk, {})

    def owed_by(self, unit: OrgUnit) -> set[str]:
        """The codes whose figures count, where an indicator rests on them."""
        if not self.indicators[unit.pk]:
            return set()
        return set(owed_by(unit, self.month).values_list("code", flat=True)) | self.entries_of(unit).keys()

    def compared(
        self, unit: OrgUnit, then: Mapping[str, Decimal | None], now: Mapping[str, Decimal | None]
    ) -> list[dict]:
        indicators = self.indicators[unit.pk]
        if not indicators:
            return []
        specs = specs_for_month(self.month, indicators, self.catalogue)
        rows_then, rows_now = (
            {
                (row["indicator_id"], row["org_unit_id"]): row
                for row in preview(
                    specs,
                    Instead(unit.pk, {self.catalogue.ids[code]: value for code, value in figures.items()}),
                )
            }
            for figures in (then, now)
        )
        places = _units(unit, self.user)
        return [
            _effect(
                indicator, place, rows_then.get((indicator.pk, place.pk)), rows_now[indicator.pk, place.pk], self.month
            )
            for indicator in sorted(indicators, key=lambda each: (each.plan.code, each.number))
            for place in places
            if (indicator.pk, place.pk) in rows_now
            and _facts(rows_then.get((indicator.pk, place.pk))) != _facts(rows_now[indicator.pk, place.pk])
        ]  # fmt: skip


def _changed(change: Change) -> set[str]:
    before, after = change.before, change.after
    return {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}


def _of_kept_ledgers(unit: OrgUnit, figures: Mapping[str, Decimal], is_kept: IsKept) -> dict[str, Decimal]:
    """Without the zeros of ledgers that hold no row of the unit yet: the first upload begins from “not reported”."""
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
    value = IndicatorValue(**{name: row[name] for name in names} if row else {"reported": 0, "owed": 0})
    return value_text(value, indicator, NOT_HANDED_IN)
