"""What the leader's dashboard shows, read in a fixed number of queries whatever the number of indicators and months.

The statuses and values are those that the roll-up published; nothing is computed here but sums of counts, the
distance to the target and how many units of the metric are still needed.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import Prefetch, Q

from eldercare.models import OrgUnit, User
from indicators.models import Baseline, Indicator, IndicatorValue, MonthlyReport, Plan
from indicators.pages.display import COUNTED_STATUSES, LOOKS, Look
from indicators.pages.lines import FullCatalogue, Line, comparable, gaps_of, goal_of
from indicators.pages.missing_words import MissingWords
from indicators.pages.published import as_then
from indicators.pages.selection import Selection
from indicators.rules.months import add_months

Status = IndicatorValue.Status
SPARK_MONTHS = 12
CARDS_WITHOUT_HEADLINES = 12


@dataclass(frozen=True)
class Tally:
    """How many indicators are in which state, and what share of those that apply is met."""

    counts: Counter

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """What the completion rate is taken of: without those that do not apply."""
        return self.total - self.counts[Status.NOT_APPLICABLE] - self.counts[Status.NOT_JUDGED]

    @property
    def not_judged(self) -> int:
        """Without a target that a figure could be held against; in the total, and in none of the parts."""
        return self.counts[Status.NOT_JUDGED]

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
class NamedTally(Tally):
    name: str


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
    missing: MissingWords = field(default_factory=MissingWords)
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
            line
            for line in self.shown
            if line.is_counted and (self.selection.is_county or line.value.target is not None)
        ]

    @cached_property
    def tally(self) -> Tally:
        return _tally("全部约束性指标", self.counted)

    @cached_property
    def tallies(self) -> list[Tally]:
        return [
            _tally("数量指标", [line for line in self.counted if not line.indicator.is_confirmation]),
            _tally("制度机制（是/否）", [line for line in self.counted if line.indicator.is_confirmation]),
        ]

    @cached_property
    def by_group(self) -> list[Tally]:
        found = [
            _tally(group, [line for line in self.counted if line.indicator.group == group])
            for group in self.groups
        ]
        return [tally for tally in found if tally.total]

    @cached_property
    def soft(self) -> Tally:
        return _tally(
            "软性目标", [line for line in self.shown if line.indicator.is_soft and not line.is_fact]
        )

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
            key=lambda line: (
                line.indicator.is_confirmation,
                line.attainment or Decimal(0),
                line.indicator.number,
            ),
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
        lines = [
            line for line in self.heat_lines if everything or line.indicator.is_headline
        ] or self.heat_lines
        return [HeatRow(line, [self._cell(line, unit) for unit in self.selection.units]) for line in lines]

    def _cell(self, line: Line, unit: OrgUnit) -> HeatCell:
        value = self.cells.get((line.indicator.pk, unit.pk))
        own = Line(line.indicator, value, line.goal, missing=self.missing.whole(unit))
        share = own.attainment
        return HeatCell(unit, own, _heat_class(value, share), share)

    @property
    def late_reports(self) -> list[MonthlyReport]:
        return [report for report in self.reports if report.status not in MonthlyReport.PUBLISHED]

    @property
    def data_as_of(self) -> dt.datetime | None:
        return max((line.value.computed_at for line in self.lines if line.value), default=None)


def _tally(name: str, lines: list[Line]) -> Tally:
    return NamedTally(Counter(line.status for line in lines), name)


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
    _read_reports(user, board)
    for indicator in indicators:
        value = board.cells.get((indicator.pk, unit.pk))
        history = histories.get(indicator.pk, {})
        board.lines.append(
            Line(
                indicator,
                value,
                goal_of(indicator, catalogue, month),
                [(m, history.get(m)) for m in _spark_months(month)] if history else [],
                missing=board.missing.whole(unit),
            )
        )
    for line in board.behind:
        line.gaps = gaps_of(line, unit, month, catalogue)
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


def _read_reports(user: User, board: Dashboard) -> None:
    """The month's reports of the chosen unit, and how those of all units stand that are compared with it."""
    selection = board.selection
    rows = (
        MonthlyReport.objects.visible_to(user)
        .for_month(selection.month)
        .filter(org_unit__path__startswith=selection.owner.path)
        .select_related("org_unit")
        .order_by("org_unit__code")
    )
    reports = as_then(rows, selection.as_of)
    board.reports = [report for report in reports if selection.unit.contains(report.org_unit)]
    if selection.as_of is None:
        board.missing = MissingWords.of(reports)


def _spark_months(month: dt.date) -> list[dt.date]:
    return [add_months(month, step) for step in range(1 - SPARK_MONTHS, 1)]


def _read_values(user: User, board: Dashboard) -> dict[int, dict[dt.date, Decimal | None]]:
    """Fills the cells of the month; returns the last months of the headline indicators for the chosen unit."""
    selection = board.selection
    unit, month = selection.unit, selection.month
    rows = (
        selection.values.visible_to(user)
        .filter(indicator__plan=selection.plan)
        .filter(
            Q(month=month)
            | Q(
                month__range=(add_months(month, 1 - SPARK_MONTHS), month),
                org_unit=unit,
                indicator__is_headline=True,
            )
        )
    )
    histories: dict[int, dict[dt.date, Decimal | None]] = {}
    for row in rows:
        if row.month == month:
            board.cells[row.indicator_id, row.org_unit_id] = row
        if row.org_unit_id == unit.pk:
            histories.setdefault(row.indicator_id, {})[row.month] = comparable(row)
    return {pk: history for pk, history in histories.items() if len(history) > 1}
