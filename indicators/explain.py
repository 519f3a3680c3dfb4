"""Why an indicator has its value: its formula with the numbers put in, unit by unit.

Reads the same windows as the roll-up, for one indicator, and adds them up in Python; a test holds the two
against each other.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q

from eldercare.expressions import Term
from eldercare.models import OrgUnit
from indicators.models import Indicator, IndicatorValue, Metric, MetricValue, Registration
from indicators.models.adoptions import lower_units
from indicators.models.values import published
from indicators.rules.figures import format_figure
from indicators.rules.formulas import FUNCTION_LABELS, Formula
from indicators.rules.months import add_months
from indicators.rules.windows import Anchors, Window, anchors_for, windows_of
from indicators.specs import Catalogue, expectation_for, is_judged_by_unit

TermValues = dict[Term, Decimal | None]


@dataclass(frozen=True)
class InputRow:
    """One term of the formula with the figure that went in; ``None`` when nothing was reported."""

    key: str
    metric_code: str
    label: str
    value: Decimal | None


@dataclass(frozen=True)
class UnitRow:
    """What one reporting unit contributed. ``inputs`` follow the order of the formula's terms; a term that the
    unit does not owe is ``None`` with ``owes`` false."""

    unit: OrgUnit
    inputs: list[tuple[bool, Decimal | None]]
    is_complete: bool


@dataclass
class Explanation:
    indicator: Indicator
    unit: OrgUnit
    month: dt.date
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    reported: int = 0
    owed: int = 0
    target: Decimal | None = None
    comparator: str = ""
    due_on: dt.date | None = None
    path: Decimal | None = None
    status: str = IndicatorValue.Status.NOT_REPORTED
    formula_text: str = ""
    formula_with_numbers: str = ""
    inputs: list[InputRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    as_of: dt.date | None = None
    missing: str = "未报"  # stands in the formula for a figure that there is not


def explain_indicator(
    indicator: Indicator,
    unit: OrgUnit,
    month: dt.date,
    catalogue: Catalogue | None = None,
    as_of: dt.date | None = None,
    missing: str = "未报",
) -> Explanation:
    """The published value of ``indicator`` for ``unit`` and ``month``, with everything behind it; ``as_of`` a day,
    what stood at its end."""
    explanation = Explanation(indicator, unit, month, as_of=as_of, missing=missing)
    stored = published(IndicatorValue, as_of).filter(indicator=indicator, org_unit=unit, month=month).first()
    if stored:
        for name in (
            "value",
            "numerator",
            "denominator",
            "low",
            "high",
            "reported",
            "owed",
            "path",
            "status",
        ):
            setattr(explanation, name, getattr(stored, name))
    if not indicator.formula:
        explanation.status = IndicatorValue.Status.NOT_JUDGED
        return explanation
    catalogue = catalogue or Catalogue()
    formula = catalogue.formula(indicator.formula)
    goal = expectation_for(indicator, formula, month).goal
    if goal:
        explanation.target, explanation.comparator, explanation.due_on = (
            goal.value,
            goal.comparator,
            goal.due_on,
        )
        if as_of and stored:
            explanation.target = stored.target
    labels = {term: term_label(term, catalogue) for term in formula.terms}
    explanation.formula_text = formula.expression.pretty(labels)
    if (
        stored or not indicator.is_registered
    ):  # what is registered belongs to the unit that it is computed for
        _put_numbers_in(explanation, formula, labels, catalogue)
    return explanation


def term_label(term: Term, catalogue: Catalogue) -> str:
    name = catalogue.names.get(term.name, term.name)
    return f"{name}({FUNCTION_LABELS[term.function]})" if term.function else name


def _put_numbers_in(
    explanation: Explanation, formula: Formula, labels: dict[Term, str], catalogue: Catalogue
) -> None:
    indicator = explanation.indicator
    anchors = anchors_for(explanation.month, plan_start=indicator.plan.starts_on, period=indicator.period)
    windows = {
        term: windows_of(term, is_flow=term.name in catalogue.flows, anchors=anchors)
        for term in formula.terms
    }
    if any(found is None for found in windows.values()):
        return
    read = _registered if indicator.is_registered else _reported
    by_unit = read(explanation, windows, anchors, catalogue)
    totals: dict[Term, Decimal | None] = dict.fromkeys(formula.terms)
    for unit, values in by_unit.items():
        complete = all(value is not None for value in values.values())
        row = [(term in values, values.get(term)) for term in formula.terms]
        explanation.units.append(UnitRow(unit, row, complete))
        if complete:
            for term, value in values.items():
                totals[term] = (totals[term] or Decimal(0)) + value
    explanation.inputs = [
        InputRow(str(term), term.name, labels[term], totals[term]) for term in formula.terms
    ]
    explanation.formula_with_numbers = formula.expression.render(
        {term: value for term, value in totals.items() if value is not None}, missing=explanation.missing
    )


def _reported(
    explanation: Explanation,
    windows: dict[Term, list[Window]],
    anchors: Anchors,
    catalogue: Catalogue,
) -> dict[OrgUnit, TermValues]:
    """Term values per reporting unit; a term that the unit does not owe in the month is not in its dict."""
    wanted = Q()
    for term, found in windows.items():
        for window in found:
            wanted |= Q(metric=catalogue.ids[term.name], month__range=(window.first, window.last))
        wanted |= Q(metric=catalogue.ids[term.name], month=anchors.as_of)
    rows = (
        published(MetricValue, explanation.as_of)
        .filter(wanted, is_total=False, org_unit__path__startswith=explanation.unit.path)
        .select_related("org_unit", "metric")
        .order_by("org_unit__code")
    )
    figures: dict[tuple[int, str], dict[dt.date, Decimal | None]] = defaultdict(dict)
    units: dict[int, OrgUnit] = {}
    for row in rows:
        if not _is_meant(row.org_unit, explanation.indicator):
            continue
        units[row.org_unit_id] = row.org_unit
        figures[row.org_unit_id, row.metric.code][row.month] = row.value
    return {
        unit: {
            term: _term_value(figures[pk, term.name], found)
            for term, found in windows.items()
            if anchors.as_of in figures[pk, term.name]
        }
        for pk, unit in units.items()
        if any(anchors.as_of in figures[pk, term.name] for term in windows)
    }


def _is_meant(unit: OrgUnit, indicator: Indicator) -> bool:
    """Not where the document asks some units only of those that belong to its issuer, and this is none of them."""
    if not indicator.only_units or not indicator.plan.org_unit.contains(unit):
        return True
    return any(code in indicator.only_units for code in unit.path.split("/"))


def _term_value(figures: dict[dt.date, Decimal | None], windows: list[Window]) -> Decimal | None:
    total = Decimal(0)
    for window in windows:
        inside = {m: v for m, v in figures.items() if window.first <= m <= window.last and v is not None}
        if sum(1 for m in inside if m >= window.needed_from) != window.needed_months:
            return None
        total += window.sign * sum(inside.values(), Decimal(0))
    return total


def _registered(
    explanation: Explanation,
    windows: dict[Term, list[Window]],
    anchors: Anchors,
    catalogue: Catalogue,
) -> dict[OrgUnit, TermValues]:
    """Values registered for the indicator itself: the latest quantity of a stock, the sum of a flow."""
    indicator, unit = explanation.indicator, explanation.unit
    units = list(lower_units(unit).order_by("code")) if is_judged_by_unit(indicator, unit) else []
    facts = list(
        Registration.objects.in_force(explanation.as_of)
        .filter(indicator=indicator, org_unit__in=units or [unit])
        .select_related("metric")
        .order_by("happened_on", "id")
    )
    return {
        each: {
            term: _registered_value([f for f in facts if f.org_unit_id == each.pk], term, found, catalogue)
            for term, found in windows.items()
        }
        for each in units or [unit]
    }


def _registered_value(
    facts: list[Registration], term: Term, windows: list[Window], catalogue: Catalogue
) -> Decimal | None:
    total: Decimal | None = None
    for window in windows:
        end = add_months(window.last, 1)
        rows = [f for f in facts if f.metric.code == term.name and f.happened_on < end]
        if term.name in catalogue.flows:
            part = sum((f.quantity for f in rows if f.happened_on >= window.first), Decimal(0))
        elif rows:
            part = rows[-1].quantity
        else:
            continue
        total = (total or Decimal(0)) + window.sign * part
    return total


def gap_in_units(
    explanation: Explanation,
    catalogue: Catalogue | None = None,
    metrics: Mapping[str, Metric] | None = None,
) -> list["Gap"]:
    """How much more is needed to reach the target, in the unit of the numerator's metric.

    For a ratio of a part to its whole there are two ways: turning existing units into what is counted (the whole
    stays), or adding new ones (part and whole both grow). For another ratio the denominator stays as it is.
    Empty when the target is met, or is no lower bound, or nothing was reported. ``metrics`` by code, with their
    ``subset_of``, save a query for each of many indicators.
    """
    if explanation.value is None or explanation.target is None or explanation.comparator not in (">=", ">"):
        return []
    catalogue = catalogue or Catalogue()
    formula = catalogue.formula(explanation.indicator.formula)
    if len(formula.numerator) != 1:
        return []
    ((term, weight),) = formula.numerator.items()
    metric = metrics[term.name] if metrics else Metric.objects.select_related("subset_of").get(code=term.name)
    strict = explanation.comparator == ">"
    target = explanation.target / (Decimal(formula.scale.numerator) / Decimal(formula.scale.denominator))
    if formula.denominator is None:
        missing = _whole_up(target / weight - explanation.numerator / weight, strict, metric.decimals)
        return [Gap(metric, missing, "再增加")] if missing > 0 else []
    missing = _whole_up(
        (target * explanation.denominator - explanation.numerator) / weight, strict, metric.decimals
    )
    if missing <= 0:
        return []
    whole = metric.subset_of.code if metric.subset_of_id else None
    is_part = formula.denominator == {Term(None, whole): 1} and term.function is None and weight == 1
    if not is_part:
        return [Gap(metric, missing, "再增加")]
    if target >= 1:
        return [Gap(metric, missing, "由现有转化")]
    new = _whole_up(
        (target * explanation.denominator - explanation.numerator) / (1 - target), strict, metric.decimals
    )
    return [Gap(metric, new, "新增"), Gap(metric, missing, "由现有转化")]


@dataclass(frozen=True)
class Gap:
    """``amount`` of ``metric`` still needed, and by which way (Chinese verb)."""

    metric: Metric
    amount: Decimal
    way: str

    @property
    def text(self) -> str:
        return (
            f"{self.way} {format_figure(self.amount)} {self.metric.unit}{self.metric.name.removesuffix('数')}"
        )


def _whole_up(amount: Decimal, strict: bool, decimals: int) -> Decimal:
    """The smallest amount in the metric's own steps that is enough."""
    step = Decimal(1).scaleb(-decimals)
    steps = (amount / step).to_integral_value(rounding="ROUND_CEILING")
    if strict and steps == amount / step:
        steps += 1
    return steps * step
