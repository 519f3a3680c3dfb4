"""What the leader's dashboard shows, read in a fixed number of queries whatever the number of indicators and months.

The statuses and values are those that the roll-up published; nothing is computed here but sums of counts, the
distance to the target and how many units of the metric are still needed.
"""

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Prefetch, Q, Subquery

from eldercare.models import OrgUnit, User
from indicators import display
from indicators.display import COUNTED_STATUSES, LOOKS, Look, attainment
from indicators.explain import Explanation, Gap, gap_in_units
from indicators.models import Baseline, Indicator, IndicatorValue, Metric, MonthlyReport, Plan
from indicators.months import add_months
from indicators.selection import Selection
from indicators.specs import FACTS, Catalogue, expectation_for
from indicators.targets import Goal

Status = IndicatorValue.Status
SPARK_MONTHS = 12
CARDS_WITHOUT_HEADLINES = 12


class FullCatalogue(Catalogue):
    """A catalogue that keeps the metrics themselves, each with the one it is part of; one query."""

    def _rows(self) -> list[tuple]:
        by_pk = Metric.objects.in_bulk()
        for metric in by_pk.values():
            metric.subset_of = by_pk.get(metric.subset_of_id)
        self.metrics = {metric.code: metric for metric in by_pk.values()}
        return [
            (code, m.pk, m.nature, m.name, m.subset_of.code if m.subset_of else None)
            for code, m in self.metrics.items()
        ]

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(self.ids)


@dataclass
class Line:
    """One indicator as it stands for the chosen unit and month."""

    indicator: Indicator
    value: IndicatorValue | None
    goal: Goal | None
    history: list[tuple[dt.date, Decimal | None]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    ceiling: Decimal | None = None  # the largest value there can be: 100 for a share of a whole

    @property
    def status(self) -> str:
        if self.value is None:
            return Status.NOT_JUDGED if self.is_fact or not self.indicator.formula else Status.NOT_REPORTED
        return self.value.status

    @property
    def look(self) -> Look:
        return display.look_of(self.value) if self.value else LOOKS[self.status]

    @property
    def is_fact(self) -> bool:
        return self.indicator.role in FACTS

    @property
    def is_counted(self) -> bool:
        return not self.indicator.is_soft and not self.is_fact

    @property
    def comparator(self) -> str:
        return self.goal.comparator if self.goal else self.indicator.comparator

    @property
    def target(self) -> Decimal | None:
        """The target that this unit is judged by; a county's total is no target for a township."""
        return self.value.target if self.value else (self.goal.value if self.goal else None)

    @property
    def is_due_inferred(self) -> bool:
        """The document names no date for the target in force; the portal took the plan's end."""
        due_on = self.goal.due_on if self.goal else None
        return any(target.is_due_inferred and target.due_on == due_on for target in self.indicator.targets.all())

    @property
    def attainment(self) -> Decimal | None:
        return attainment(self.value, self.comparator)

    @property
    def value_text(self) -> str:
        return display.value_text(self.value, self.indicator)

    @property
    def plain_value(self) -> str:
        """For programs: all decimals, no separators; empty when there is no value."""
        if self.value is None or self.value.value is None or not self.value.reported:
            return ""
        return f"{self.value.value.normalize():f}"

    @property
    def target_text(self) -> str:
        return display.target_text(self.target, self.comparator, self.indicator)

    @property
    def distance_text(self) -> str:
        return display.distance_text(self.value, self.comparator, self.indicator)

    @property
    def range_text(self) -> str:
        return display.range_text(self.value, self.indicator, ceiling=self.ceiling)

    @property
    def reported_text(self) -> str:
        return display.reported_text(self.value)

    @property
    def will_be_met(self) -> bool:
        """Behind only because units have not reported yet."""
        return self.status in (Status.BEHIND, Status.NOT_REPORTED) and display.will_be_met(self.value, self.comparator)

    @property
    def gap_text(self) -> str:
        return "" if self.will_be_met else display.gap_text(self.gaps)


@dataclass(frozen=True)
class Tally:
    """How many indicators are in which state."""

    name: str
    counts: Counter

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """What the completion rate is taken of: without those that do not apply."""
        return self.total - self.counts[Status.NOT_APPLICABLE] - self.counts[Status.NOT_JUDGED]

    @property
    def met(self) -> int:
        return self.counts[Status.MET]

    @property
    def rate(self) -> Decimal | None:
        return Decimal(self.met) / self.judged * 100 if self.judged else None

    @property
    def parts(self) -> list[tuple[Look, int]]:
        return [(LOOKS[status], self.counts[status]) for status in COUNTED_STATUSES]


@dataclass(frozen=True)
class HeatCell:
    unit: OrgUnit
    line: Line
    css: str
    share: Decimal | None  # of the target, 1 = reached


@dataclass(frozen=True)
class HeatRow:
    line: Line
    cells: list[HeatCell]


@dataclass
class Dashboard:
    selection: Selection
    lines: list[Line] = field(default_factory=list)
    cells: dict[tuple[int, int], IndicatorValue] = field(default_factory=dict)
    reports: list[MonthlyReport] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    group: str = ""

    @cached_property
    def shown(self) -> list[Line]:
        """The lines of the chosen group that exist for the unit: a township has no county register."""
        lines = [line for line in self.lines if not self.group or line.indicator.group == self.group]
        if self.selection.is_county:
            return lines
        return [line for line in lines if line.value is not None]

    @cached_property
    def counted(self) -> list[Line]:
        """Binding targets that the unit is judged by."""
        return [
            line for line in self.shown if line.is_counted and (self.selection.is_county or line.value.target is not None)
        ]

    @cached_property
    def tally(self) -> Tally:
        return _tally("全部约束性指标", self.counted)

    @cached_property
    def tallies(self) -> list[Tally]:
        return [
            _tally("数量指标", [line for line in self.counted if not line.indicator.is_confirmation]),
            _tally("制度机制(是/否)", [line for line in self.counted if line.indicator.is_confirmation]),
        ]

    @cached_property
    def by_group(self) -> list[Tally]:
        found = [
            _tally(group, [line for line in self.counted if line.indicator.group == group]) for group in self.groups
        ]
        return [tally for tally in found if tally.total]

    @cached_property
    def soft(self) -> Tally:
        return _tally("软性目标", [line for line in self.shown if line.indicator.is_soft and not line.is_fact])

    @cached_property
    def facts(self) -> int:
        return sum(1 for line in self.shown if line.is_fact)

    @cached_property
    def cards(self) -> list[Line]:
        headlines = [line for line in self.shown if line.indicator.is_headline]
        if headlines:
            return headlines
        numeric = [line for line in self.counted if not line.indicator.is_confirmation]
        return numeric[:CARDS_WITHOUT_HEADLINES]

    @cached_property
    def behind(self) -> list[Line]:
        """What is behind, the furthest from its target first; yes/no ones last."""
        lines = [line for line in self.counted if line.status == Status.BEHIND]
        return sorted(
            lines,
            key=lambda line: (line.indicator.is_confirmation, line.attainment or Decimal(0), line.indicator.number),
        )

    @cached_property
    def behind_numeric(self) -> list[Line]:
        return [line for line in self.behind if not line.indicator.is_confirmation]

    @cached_property
    def behind_tasks(self) -> list[Line]:
        return [line for line in self.behind if line.indicator.is_confirmation]

    @cached_property
    def heat_lines(self) -> list[Line]:
        """Ratios that each township can be held to."""
        units = {unit.pk for unit in self.selection.townships}
        with_units = {pk for pk, unit in self.cells if unit in units}
        return [
            line
            for line in self.lines
            if line.indicator.pk in with_units
            and line.indicator.value_kind == Indicator.ValueKind.RATIO
            and line.is_counted
            and (not self.group or line.indicator.group == self.group)
        ]

    def heat(self, *, everything: bool) -> list[HeatRow]:
        lines = [line for line in self.heat_lines if everything or line.indicator.is_headline] or self.heat_lines
        return [HeatRow(line, [self._cell(line, unit) for unit in self.selection.units]) for line in lines]

    def _cell(self, line: Line, unit: OrgUnit) -> HeatCell:
        value = self.cells.get((line.indicator.pk, unit.pk))
        own = Line(line.indicator, value, line.goal)
        share = own.attainment
        return HeatCell(unit, own, _heat_class(value, share), share)

    @property
    def late_reports(self) -> list[MonthlyReport]:
        return [report for report in self.reports if report.status not in MonthlyReport.PUBLISHED]

    @property
    def data_as_of(self) -> dt.datetime | None:
        return max((line.value.computed_at for line in self.lines if line.value), default=None)


def _tally(name: str, lines: list[Line]) -> Tally:
    return Tally(name, Counter(line.status for line in lines))


HEAT_STEPS = ((Decimal(1), "heat-met"), (Decimal("0.9"), "heat-near"), (Decimal("0.7"), "heat-short"))


def _heat_class(value: IndicatorValue | None, share: Decimal | None) -> str:
    if value is None:
        return "heat-absent"
    if not value.reported:
        return "heat-missing"
    if value.value is None:
        return "heat-none"
    if share is None:
        return "heat-plain"
    return next((css for least, css in HEAT_STEPS if share >= least), "heat-far")


def build(user: User, selection: Selection, *, group: str = "") -> Dashboard:
    """The dashboard of the selection, in five queries."""
    board = Dashboard(selection)
    if selection.is_empty:
        return board
    plan, unit, month = selection.plan, selection.unit, selection.month
    indicators = list(indicators_of(user, plan))
    board.groups = list(dict.fromkeys(indicator.group for indicator in indicators))
    board.group = group if group in board.groups else ""
    catalogue = FullCatalogue()
    histories = _read_values(user, board)
    for indicator in indicators:
        value = board.cells.get((indicator.pk, unit.pk))
        history = histories.get(indicator.pk, {})
        board.lines.append(
            Line(
                indicator,
                value,
                goal_of(indicator, catalogue, month),
                [(m, history.get(m)) for m in _spark_months(month)] if history else [],
                ceiling=ceiling_of(indicator, catalogue),
            )
        )
    for line in board.behind:
        line.gaps = gaps_of(line, unit, month, catalogue)
    board.reports = list(
        MonthlyReport.objects.visible_to(user)
        .for_month(month)
        .filter(org_unit__path__startswith=unit.path)
        .select_related("org_unit")
        .order_by("org_unit__code")
    )
    return board


def indicators_of(user: User, plan: Plan):
    """Active indicators with their targets; paths are published already, so baselines are not read again."""
    return (
        Indicator.objects.visible_to(user)
        .filter(plan=plan, is_active=True)
        .select_related("plan")
        .prefetch_related("targets", Prefetch("baselines", Baseline.objects.none()))
        .order_by("number")
    )


def goal_of(indicator: Indicator, catalogue: Catalogue, month: dt.date) -> Goal | None:
    if not indicator.formula:
        return None
    return expectation_for(indicator, catalogue.formula(indicator.formula), month).goal


def ceiling_of(indicator: Indicator, catalogue: FullCatalogue) -> Decimal | None:
    """The formula's scale (100 for %) where a part is divided by the whole that it belongs to, else ``None``."""
    if not indicator.formula:
        return None
    formula = catalogue.formula(indicator.formula)
    if not catalogue.is_share(formula):
        return None
    return Decimal(formula.scale.numerator) / Decimal(formula.scale.denominator)


def gaps_of(line: Line, unit: OrgUnit, month: dt.date, catalogue: FullCatalogue) -> list[Gap]:
    """What is still needed, in units of the metric."""
    value = line.value
    if value is None or value.value is None or not line.indicator.formula or line.indicator.is_confirmation:
        return []
    explanation = Explanation(line.indicator, unit, month)
    explanation.value, explanation.target, explanation.comparator = value.value, value.target, line.comparator
    explanation.numerator, explanation.denominator = value.numerator, value.denominator
    return gap_in_units(explanation, catalogue, catalogue.metrics)


def _spark_months(month: dt.date) -> list[dt.date]:
    return [add_months(month, step) for step in range(1 - SPARK_MONTHS, 1)]


def _read_values(user: User, board: Dashboard) -> dict[int, dict[dt.date, Decimal | None]]:
    """Fills the cells of the month; returns the last months of the headline indicators for the chosen unit."""
    selection = board.selection
    unit, month = selection.unit, selection.month
    rows = IndicatorValue.objects.visible_to(user).filter(indicator__plan=selection.plan).filter(
        Q(month=month)
        | Q(month__range=(add_months(month, 1 - SPARK_MONTHS), month), org_unit=unit, indicator__is_headline=True)
    )
    histories: dict[int, dict[dt.date, Decimal | None]] = {}
    for row in rows:
        if row.month == month:
            board.cells[row.indicator_id, row.org_unit_id] = row
        if row.org_unit_id == unit.pk:
            histories.setdefault(row.indicator_id, {})[row.month] = comparable(row)
    return {pk: history for pk, history in histories.items() if len(history) > 1}


def comparable(value: IndicatorValue) -> Decimal | None:
    """The value where it can stand in a line with other months: a sum of some of the units cannot, a ratio can."""
    is_ratio = value.denominator is not None
    return value.value if is_ratio or value.reported == value.owed else None


def stamp_of(user: User, month: dt.date) -> str:
    """A short text that changes when something changes that the user's dashboard of ``month`` shows. One query."""
    newest_value = IndicatorValue.objects.visible_to(user).filter(month__gte=add_months(month, 1 - SPARK_MONTHS))
    newest_edit = Indicator.objects.visible_to(user).order_by("-updated_at")
    states = (
        MonthlyReport.objects.visible_to(user)
        .for_month(month)
        .order_by()
        .values("month")
        .annotate(states=StringAgg("status", ",", order_by="org_unit_id"))
    )
    row = (
        OrgUnit.objects.filter(pk=user.org_unit_id)
        .values(
            value=Subquery(newest_value.order_by("-computed_at").values("computed_at")[:1]),
            edit=Subquery(newest_edit.values("updated_at")[:1]),
            states=Subquery(states.values("states")),
        )
        .first()
    )
    return hashlib.sha256(repr(row).encode()).hexdigest()[:16]
