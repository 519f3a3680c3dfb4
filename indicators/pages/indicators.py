"""What the page of one indicator shows besides its explanation: trend, comparison, projection, other readings."""

import copy
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from eldercare.expressions import ExpressionError
from eldercare.models import OrgUnit, User
from indicators.explain import Explanation, explain_indicator
from indicators.ledger_figures import is_counted
from indicators.models import Indicator, IndicatorValue, MonthlyReport, Plan
from indicators.models.values import ValueQuerySet, published
from indicators.pages.display import NOT_REGISTERED, NOT_REVIEWED, Look, look_of, target_text
from indicators.pages.lines import FullCatalogue, Line, ceiling_of, comparable, gaps_of, goal_of
from indicators.pages.missing_words import MissingWords
from indicators.pages.outlook import is_complete, is_projected, method_text, outlook_of
from indicators.rollup import preview
from indicators.rules.formulas import Formula
from indicators.rules.months import add_months, month_of, months_between
from indicators.rules.outlook import Outlook
from indicators.rules.projection import Projection, project
from indicators.rules.targets import path_value
from indicators.specs import expectation_for, is_judged_by_unit, specs_for_month

SPANS = (12, 24, 60)
AHEAD = 12  # months of the path that are drawn beyond the last value


@dataclass(frozen=True)
class TrendPoint:
    month: dt.date
    value: IndicatorValue | None
    path: Decimal | None
    target: Decimal | None
    forecast: Decimal | None = None  # from the last complete month on
    missing: str = NOT_REVIEWED

    @property
    def look(self) -> Look | None:
        return look_of(self.value, self.missing) if self.value else None


@dataclass(frozen=True)
class ComparisonRow:
    """One township: its value and the figures that it is made of, in the order of the formula's terms.

    The third of an input is the code of a metric whose rows a ledger lists, else empty.
    """

    unit: OrgUnit
    line: Line
    inputs: list[tuple[bool, Decimal | None, str]]
    missing: str  # said where the unit's own report gives no figure


@dataclass(frozen=True)
class Alternative:
    """Another reading of the indicator with the value that it would give."""

    formula: str
    in_words: str
    note: str
    value: Decimal | None
    problem: str = ""


@dataclass(frozen=True)
class Equivalent:
    """An indicator of another plan of the same group; ``is_seen``: the plan is in force here, so it has a page."""

    line: Line
    is_same_formula: bool
    is_seen: bool

    @property
    def target_text(self) -> str:
        """The last target as the document means it, whatever month is shown."""
        target = max(self.line.indicator.targets.all(), key=lambda each: each.due_on, default=None)
        if target is None or target.value is None:
            return self.line.indicator.printed_target
        return target_text(target.value, target.comparator, self.line.indicator)

    @property
    def due_on(self) -> dt.date | None:
        return max((target.due_on for target in self.line.indicator.targets.all()), default=None)


class IndicatorPage:
    """Reads what the page needs for one indicator, unit and month; the caller has checked that the user sees them."""

    def __init__(
        self,
        user: User,
        indicator: Indicator,
        unit: OrgUnit,
        month: dt.date,
        owner: OrgUnit | None = None,
        as_of: dt.date | None = None,
    ) -> None:
        self.as_of = as_of
        self.user, self.indicator, self.unit, self.month = user, indicator, unit, month
        self.owner = owner or indicator.plan.org_unit  # the unit that has the plan in force
        self.catalogue = FullCatalogue()
        self.formula: Formula | None = (
            self.catalogue.formula(indicator.formula) if indicator.formula else None
        )
        self.missing = self._missing_words()
        self.explanation: Explanation = explain_indicator(
            indicator, unit, month, self.catalogue, as_of, self._word(self.missing.whole(unit))
        )
        self.expected = expectation_for(indicator, self.formula, month) if self.formula else None
        self.values = {
            value.org_unit_id: value
            for value in self._published().filter(
                indicator=indicator, month=month, org_unit__path__startswith=self.owner.path
            )
        }
        goal = self.expected.goal if self.expected else None
        self.line = Line(indicator, self.values.get(unit.pk), goal, missing=self.missing.whole(unit))
        self.line.gaps = gaps_of(self.line, unit, month, self.catalogue)

    def _missing_words(self) -> MissingWords:
        """How the month's reports stand: one query, none where no report is read or the day is a day gone by."""
        if self.as_of or self.formula is None or self.indicator.is_registered:
            return MissingWords()
        reports = MonthlyReport.objects.visible_to(self.user).for_month(self.month)
        return MissingWords.of(reports.filter(org_unit__path__startswith=self.owner.path))

    def _word(self, missing: str) -> str:
        return NOT_REGISTERED if self.indicator.is_registered else missing

    @property
    def missing_in_total(self) -> str:
        return self._word(NOT_REVIEWED)

    def _published(self) -> ValueQuerySet:
        return published(IndicatorValue, self.as_of).visible_to(self.user)

    @property
    def shows_calculation(self) -> bool:
        """Not for a metric that is shown as it is: “412 = 412” explains nothing."""
        return self.formula.denominator is not None or len(self.formula.terms) > 1 or self.formula.scale != 1

    def trend(self, span: int) -> list[TrendPoint]:
        """The last ``span`` months and, while the due date lies ahead, up to a year of the path beyond."""
        if self.formula is None:
            return []
        first = max(add_months(self.month, 1 - span), self.indicator.plan.base_month)
        last = self.month
        if self.expected.goal and month_of(self.expected.goal.due_on) > last:
            last = min(month_of(self.expected.goal.due_on), add_months(last, AHEAD))
        stored = self._stored(first)
        bases: dict[dt.date, Decimal | None] = {}
        points = [self._point(month, stored, bases) for month in months_between(first, last)]
        return [replace(point, forecast=self._forecast(point.month)) for point in points]

    def _forecast(self, month: dt.date) -> Decimal | None:
        chosen = self.outlook.chosen if self.outlook else None
        return chosen.at(month) if chosen and month >= chosen.last else None

    def _stored(self, first: dt.date) -> dict[dt.date, IndicatorValue]:
        rows = self._published().filter(
            indicator=self.indicator, org_unit=self.unit, month__range=(first, self.month)
        )
        return {row.month: row for row in rows}

    def _point(
        self, month: dt.date, stored: dict[dt.date, IndicatorValue], bases: dict[dt.date, Decimal | None]
    ) -> TrendPoint:
        value = stored.get(month)
        if value is not None:
            target = None if self._is_sum_of_parts else value.target
            return TrendPoint(month, value, value.path, target, missing=self.missing_in_total)
        if not self._is_judged or self._is_sum_of_parts:
            return TrendPoint(month, None, None, None)
        expected = expectation_for(self.indicator, self.formula, month)
        target = expected.goal.value if expected.goal else None
        path = None
        if expected.start and month > self.month:
            path = path_value(self._base(expected.start, bases), expected.progress, target)
        return TrendPoint(month, None, path, target)

    @property
    def _is_sum_of_parts(self) -> bool:
        """The target is each part's, and the value what they have together: not to be drawn in one chart."""
        return (
            self.unit == self.owner
            and self.indicator.value_kind != Indicator.ValueKind.RATIO
            and is_judged_by_unit(self.indicator, self.owner)
        )

    @property
    def _is_judged(self) -> bool:
        """A township is held to a ratio, not to the county's total."""
        return self.unit == self.owner or self.indicator.value_kind == Indicator.ValueKind.RATIO

    def _base(self, start, bases: dict[dt.date, Decimal | None]) -> Decimal | None:
        """Where the path starts: the printed baseline for the county, the portal's own value for a township."""
        is_own = self.unit.pk == self.indicator.plan.org_unit_id or not start.is_printed
        if start.value is not None and self.unit == self.owner and is_own:
            return start.value
        if start.month not in bases:
            bases[start.month] = (
                self._published()
                .filter(indicator=self.indicator, org_unit=self.unit, month=start.month)
                .values_list("value", flat=True)
                .first()
            )
        return bases[start.month]

    def comparison(self, units: Sequence[OrgUnit]) -> list[ComparisonRow]:
        """The townships, best first; those without a value at the end."""
        explained = {row.unit.pk: row for row in self.explanation.units}
        rows = []
        for unit in units:
            row = explained.get(unit.pk)
            value = self.values.get(unit.pk)
            if row is None and value is None:
                continue
            inputs = row.inputs if row else [(False, None) for _ in self.formula.terms]
            line = Line(self.indicator, value, self.line.goal, missing=self.missing.whole(unit))
            rows.append(self._row(unit, line, inputs))
        falls = self.line.comparator in ("<=", "<")
        return sorted(rows, key=lambda row: _order(row.line.value, falls))

    def others(self, units: Sequence[OrgUnit]) -> list[ComparisonRow]:
        """Reporting units that are no township of the list: the county's own report."""
        listed = {unit.pk for unit in units}
        if len(self.explanation.units) == 1:  # its row is the total already
            listed.add(self.unit.pk)
        return [
            self._row(row.unit, Line(self.indicator, None, None), row.inputs)
            for row in self.explanation.units
            if row.unit.pk not in listed
        ]

    def _row(self, unit: OrgUnit, line: Line, inputs: Sequence[tuple[bool, Decimal | None]]) -> ComparisonRow:
        return ComparisonRow(unit, line, self._with_codes(inputs), self._word(self.missing.own(unit)))

    def _with_codes(
        self, inputs: Sequence[tuple[bool, Decimal | None]]
    ) -> list[tuple[bool, Decimal | None, str]]:
        """A term over several months is no list of rows of one month."""
        codes = [
            term.name
            if not term.function and not self.indicator.is_registered and is_counted(term.name)
            else ""
            for term in self.formula.terms
        ]
        return [(owed, value, code) for (owed, value), code in zip(inputs, codes, strict=True)]

    @cached_property
    def _complete(self) -> list[IndicatorValue]:
        """The last twelve months in which every unit had reported."""
        rows = sorted(self._stored(add_months(self.month, -11)).items())
        return [row for _, row in rows if is_complete(row)]

    @property
    def last_denominator(self) -> Decimal | None:
        return self._complete[-1].denominator if self._complete else None

    def projection(self) -> Projection | None:
        if not is_projected(self.line):
            return None
        return project(
            [(row.month, row.value) for row in self._complete],
            target=self.line.target,
            comparator=self.line.comparator,
            due_on=self.line.goal.due_on,
            ceiling=ceiling_of(self.indicator, self.catalogue),
        )

    @cached_property
    def outlook(self) -> Outlook | None:
        """The value at the due date by three methods, while that lies ahead."""
        return outlook_of(self.line, self._complete, self.catalogue)

    def equivalents(self) -> list["Equivalent"]:
        """Indicators of other plans that measure the same, with their values for the same unit and month."""
        groups = list(self.indicator.equivalences.all())
        if not groups:
            return []
        others = list(
            Indicator.objects.filter(equivalences__in=groups, is_active=True)
            .exclude(pk=self.indicator.pk)
            .select_related("plan")
            .prefetch_related("targets", "baselines")
            .order_by("plan__code", "number")
            .distinct()
        )
        values = {
            value.indicator_id: value
            for value in self._published().filter(indicator__in=others, org_unit=self.unit, month=self.month)
        }
        seen = set(Plan.objects.visible_to(self.user).values_list("pk", flat=True))
        return [
            Equivalent(
                Line(
                    other,
                    values.get(other.pk),
                    goal_of(other, self.catalogue, self.month),
                    missing=self.line.missing,
                ),
                other.formula == self.indicator.formula,
                other.plan_id in seen,
            )
            for other in others
        ]

    def alternatives(self) -> list[Alternative]:
        """Worked out from the figures that stand now, so not for a day gone by."""
        if self.as_of:
            return []
        return [self._alternative(row) for row in self.indicator.alternatives or []]

    def _alternative(self, row: dict) -> Alternative:
        text, note = row.get("formula", ""), row.get("note", "")
        try:
            formula = self.catalogue.formula(text)
        except ExpressionError as error:
            return Alternative(text, "", note, None, str(error))
        other = copy.copy(self.indicator)
        other.formula = text
        rows = preview(specs_for_month(self.month, [other], self.catalogue))
        value = next((r["value"] for r in rows if r["org_unit_id"] == self.unit.pk), None)
        words = formula.expression.pretty({term: self.catalogue.names[term.name] for term in formula.terms})
        return Alternative(text, words, note, value)


def _order(value: IndicatorValue | None, falls: bool) -> tuple:
    if value is None or not value.reported:
        return (2, 0)
    if value.value is None:
        return (1, 0)
    return (0, value.value if falls else -value.value)


def trend_chart(points: Sequence[TrendPoint], indicator: Indicator, found: Outlook | None = None) -> dict:
    """The series for the chart; values as numbers, ``None`` where there is none."""

    def number(value: Decimal | None) -> float | None:
        return None if value is None else round(float(value), 4)

    return {
        "unit": indicator.unit,
        "months": [f"{point.month:%Y-%m}" for point in points],
        "values": [number(comparable(point.value)) if point.value else None for point in points],
        "partial": [number(point.value.value) if _is_open(point.value) else None for point in points],
        "reported": [f"{point.value.reported}/{point.value.owed}" if point.value else "" for point in points],
        "low": [number(point.value.low) if _is_open(point.value) else None for point in points],
        "high": [number(point.value.high) if _is_open(point.value) else None for point in points],
        "path": [number(point.path) for point in points],
        "target": [number(point.target) for point in points],
        "is_flag": indicator.is_confirmation,
        "forecast": [number(point.forecast) for point in points],
        "forecast_name": f"推算：{method_text(found)}" if found else "",
    }


def _is_open(value: IndicatorValue | None) -> bool:
    return value is not None and value.reported < value.owed


def comparison_chart(rows: Sequence[ComparisonRow], line: Line, whole: str = "全县") -> dict:
    return {
        "whole": whole,
        "unit": line.indicator.unit,
        "units": [row.unit.name for row in rows],
        "values": [
            round(float(row.line.value.value), 4)
            if row.line.value and row.line.value.value is not None
            else None
            for row in rows
        ],
        "statuses": [row.line.status for row in rows],
        "labels": [row.line.value_text for row in rows],
        "target": float(line.target) if line.target is not None and _is_ratio(line.indicator) else None,
        "decimals": line.indicator.decimals,
        "county": round(float(line.value.value), 4)
        if line.value and line.value.value is not None and _is_ratio(line.indicator)
        else None,
    }


def _is_ratio(indicator: Indicator) -> bool:
    return indicator.value_kind == Indicator.ValueKind.RATIO
