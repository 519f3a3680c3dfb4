"""What the roll-up of a month has to compute: each indicator's formula, windows and goal as plain rows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from eldercare.expressions import Term
from eldercare.models import OrgUnit
from indicators.models import Adoption, Indicator, Metric
from indicators.rules.formulas import Formula, parse_formula
from indicators.rules.months import month_of
from indicators.rules.targets import Expectation, Goal, Recurrence, Start, expectation
from indicators.rules.windows import Anchors, Window, anchors_for, windows_of

PROGRESS_PLACES = 12
TOP, BOTTOM, PER, WHERE = "top", "bottom", "per", "where"


@dataclass(frozen=True)
class WindowSpec:
    """Months of one metric that are read; ``registered_for`` is an indicator whose own register is read."""

    id: int
    metric_id: int
    registered_for: int | None
    window: Window
    as_of: dt.date
    is_flow: bool


@dataclass(frozen=True)
class Part:
    """One term of a side of an indicator: weight (sign included) × window.

    ``side`` is ``top`` or ``bottom`` of the formula; ``per`` and ``where`` are the metrics that say how often the
    target counts in a unit, and whether it applies there.
    """

    indicator_id: int
    window_id: int
    side: str
    weight: Decimal


@dataclass(frozen=True)
class OnlyUnit:
    """A unit that an indicator is limited to, below the unit that issued the plan."""

    indicator_id: int
    issuer_id: int
    code: str


@dataclass(frozen=True)
class IndicatorSpec:
    """One indicator for one unit that has the plan in force (``org_unit_id``)."""

    indicator_id: int
    org_unit_id: int
    is_ratio: bool
    is_share: bool  # of a part in its whole: cannot exceed 1 × scale, whatever is still missing
    scale: Fraction
    decimals: int
    is_confirmation: bool
    is_judged: bool
    is_judged_everywhere: bool  # a ratio is judged for each township too, a county's total is not
    is_judged_by_unit: bool
    comparator: str
    target: Decimal | None
    is_past_due: bool
    base_value: Decimal | None
    base_month: dt.date | None
    progress: Decimal | None


@dataclass
class MonthSpecs:
    month: dt.date
    windows: list[WindowSpec] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    indicators: list[IndicatorSpec] = field(default_factory=list)
    only: list[OnlyUnit] = field(default_factory=list)


class Catalogue:
    """The metrics by code, read once."""

    def __init__(self) -> None:
        rows = self._rows()
        self.ids = {code: pk for code, pk, *_ in rows}
        self.names = {code: name for code, _, _, name, _ in rows}
        self.flows = frozenset(code for code, _, nature, *_ in rows if nature == Metric.Nature.FLOW)
        self.wholes = {code: whole for code, *_, whole in rows if whole}

    def _rows(self) -> list[tuple]:
        return list(Metric.objects.values_list("code", "id", "nature", "name", "subset_of__code"))

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(self.ids)

    def formula(self, text: str) -> Formula:
        return parse_formula(text, codes=self.codes, flows=self.flows)

    def is_part_of(self, code: str, whole: str) -> bool:
        """Whether a metric counts a part of what another counts, directly or through others."""
        seen = set()
        while code in self.wholes and code not in seen:
            seen.add(code)
            code = self.wholes[code]
            if code == whole:
                return True
        return False

    def is_share(self, formula: Formula) -> bool:
        """Whether a formula is one part over its whole, over the same months."""
        if formula.denominator is None or len(formula.numerator) != 1 or len(formula.denominator) != 1:
            return False
        (part, part_weight), (whole, whole_weight) = (
            *formula.numerator.items(),
            *formula.denominator.items(),
        )
        same_months = part.function == whole.function
        return same_months and part_weight == whole_weight == 1 and self.is_part_of(part.name, whole.name)


def active_indicators() -> list[Indicator]:
    """Indicators that are computed, with all that the specs read, in three queries."""
    return list(
        Indicator.objects.filter(is_active=True)
        .exclude(formula="")
        .select_related("plan")
        .prefetch_related("targets", "baselines")
    )


def specs_for_month(
    month: dt.date, indicators: Iterable[Indicator] | None = None, catalogue: Catalogue | None = None
) -> MonthSpecs:
    """The specs of ``month`` for all active indicators, or for the given (possibly unsaved) ones.

    An indicator is computed for every unit that has its plan in force in the month.
    """
    catalogue = catalogue or Catalogue()
    builder = _Builder(MonthSpecs(month), catalogue, owners_of_plans(month))
    for indicator in active_indicators() if indicators is None else indicators:
        builder.add(indicator)
    return builder.specs


class _Builder:
    """Collects the windows, each once, however many indicators read it."""

    def __init__(self, specs: MonthSpecs, catalogue: Catalogue, owners: dict[int, list[OrgUnit]]) -> None:
        self.specs = specs
        self.catalogue = catalogue
        self.owners = owners
        self.window_ids: dict[tuple, int] = {}

    def add(self, indicator: Indicator) -> None:
        owners = self.owners.get(indicator.plan_id, [])
        formula = self.catalogue.formula(indicator.formula)
        anchors = anchors_for(self.specs.month, plan_start=indicator.plan.starts_on, period=indicator.period)
        parts = []
        for term, weight, side in [*_weights(formula), *self._conditions(indicator)]:
            windows = windows_of(term, is_flow=term.name in self.catalogue.flows, anchors=anchors)
            if windows is None:  # the month lies before the plan (or period) that is counted from
                return
            parts += [
                Part(
                    indicator.pk,
                    self._window_id(indicator, term, window, anchors, side),
                    side,
                    Decimal(weight * window.sign),
                )
                for window in windows
            ]
        if not owners:
            return
        self.specs.parts += parts
        self.specs.only += [
            OnlyUnit(indicator.pk, indicator.plan.org_unit_id, code) for code in indicator.only_units
        ]
        is_share = self.catalogue.is_share(formula)
        self.specs.indicators += [
            _indicator_spec(indicator, formula, self.specs.month, owner, is_share=is_share)
            for owner in owners
        ]

    def _conditions(self, indicator: Indicator) -> Iterable[tuple[Term, int, str]]:
        """The metrics by which the target of a unit is multiplied, and that say where it applies."""
        if indicator.is_judged_by_unit:
            for side, code in ((PER, indicator.judged_per), (WHERE, indicator.judged_where)):
                if code in self.catalogue.ids:
                    yield Term(None, code), 1, side

    def _window_id(
        self, indicator: Indicator, term: Term, window: Window, anchors: Anchors, side: str
    ) -> int:
        is_own = indicator.is_registered and side in (TOP, BOTTOM)
        registered_for = indicator.pk if is_own else None
        key = (term.name, registered_for, window, anchors.as_of)
        if key not in self.window_ids:
            self.window_ids[key] = len(self.window_ids)
            self.specs.windows.append(
                WindowSpec(
                    self.window_ids[key],
                    self.catalogue.ids[term.name],
                    registered_for,
                    window,
                    anchors.as_of,
                    term.name in self.catalogue.flows,
                )
            )
        return self.window_ids[key]


def owners_of_plans(month: dt.date) -> dict[int, list[OrgUnit]]:
    """The units that each plan is computed for in ``month``; one query."""
    owners: dict[int, list[OrgUnit]] = defaultdict(list)
    for adoption in Adoption.objects.in_force(month).select_related("org_unit").order_by("org_unit__code"):
        owners[adoption.plan_id].append(adoption.org_unit)
    return owners


def _weights(formula: Formula) -> Iterable[tuple[Term, int, str]]:
    for term, weight in formula.numerator.items():
        yield term, weight, TOP
    for term, weight in (formula.denominator or {}).items():
        yield term, weight, BOTTOM


FACTS = (Indicator.Role.ACHIEVED, Indicator.Role.STATUS, Indicator.Role.FORECAST)


def expectation_for(indicator: Indicator, formula: Formula, month: dt.date) -> Expectation:
    """The goal in force in ``month`` and the path towards it; a plain fact is judged in its own month only."""
    targets = list(indicator.targets.all())
    if indicator.role in FACTS and not any(month_of(t.due_on) == month for t in targets):
        return Expectation(None)
    goals = [Goal(t.value, t.comparator, t.due_on) for t in targets]
    return expectation(
        month,
        goals,
        start=_path_start(indicator, formula),
        recurrence=Recurrence(
            every=RECURRING.get(indicator.recurrence),
            from_year=indicator.recurs_from,
            to_year=indicator.recurs_to,
            is_cumulative=_counts_up(formula, "_since_year_start"),
        ),
    )


# How many times a year a goal comes round; “irregular” says no interval, so it is due once.
RECURRING = {
    Indicator.Recurrence.YEAR: 1,
    Indicator.Recurrence.HALF_YEAR: 2,
    Indicator.Recurrence.MONTH: 12,
}


def _path_start(indicator: Indicator, formula: Formula) -> Start | None:
    for baseline in indicator.baselines.all():
        if baseline.is_path_start and baseline.effective_on:
            return Start(month_of(baseline.effective_on), baseline.value, is_printed=True)
    if indicator.is_confirmation:
        return None
    if _counts_up(formula, "_since_year_start"):
        first_due = min((target.due_on for target in indicator.targets.all()), default=None)
        return Start(dt.date(first_due.year - 1, 12, 1), Decimal(0)) if first_due else None
    counts_up = _counts_up(formula, "_since_plan_start")
    return Start(indicator.plan.base_month, Decimal(0) if counts_up else None)


def _counts_up(formula: Formula, anchor: str) -> bool:
    """Whether the value is a total that begins at 0 at the anchor."""
    is_total = formula.denominator is None
    return is_total and all((term.function or "").endswith(anchor) for term in formula.numerator)


def _indicator_spec(
    indicator: Indicator, formula: Formula, month: dt.date, owner: OrgUnit, *, is_share: bool
) -> IndicatorSpec:
    expected = expectation_for(indicator, formula, month)
    goal, start = expected.goal, expected.start
    # What the document prints as a starting point is the issuer's own; others start from their own value.
    is_own_start = start and (owner.pk == indicator.plan.org_unit_id or not start.is_printed)
    return IndicatorSpec(
        indicator_id=indicator.pk,
        org_unit_id=owner.pk,
        is_ratio=formula.denominator is not None,
        is_share=is_share,
        scale=formula.scale,
        decimals=indicator.decimals,
        is_confirmation=indicator.is_confirmation,
        is_judged=goal is not None and goal.value is not None,
        is_judged_everywhere=indicator.value_kind == Indicator.ValueKind.RATIO,
        is_judged_by_unit=is_judged_by_unit(indicator, owner),
        comparator=goal.comparator if goal else indicator.comparator,
        target=goal.value if goal else None,
        is_past_due=expected.is_past_due,
        base_value=start.value if is_own_start else None,
        base_month=start.month if start else None,
        progress=_decimal(expected.progress),
    )


def is_judged_by_unit(indicator: Indicator, owner: OrgUnit) -> bool:
    """Whether the units below ``owner`` are judged one by one; a county is itself what “每个县区” means."""
    is_itself = indicator.judged_level == Indicator.JudgedLevel.COUNTY and owner.level == OrgUnit.Level.COUNTY
    return indicator.is_judged_by_unit and not is_itself


def _decimal(share: Fraction | None) -> Decimal | None:
    if share is None:
        return None
    return round(Decimal(share.numerator) / Decimal(share.denominator), PROGRESS_PLACES)
