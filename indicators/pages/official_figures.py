"""What the official report shows in figures: read in a fixed number of queries, and kept as JSON when it is sealed.

Values, lights and words are those of the dashboard (:class:`indicators.pages.dashboard.Dashboard`); the report adds
the change against the period before. What is read is what the county sees, whoever opens the report.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Prefetch, Q, Sum
from django.utils import timezone

from eldercare.models import OrgUnit, User
from eldercare.permissions import Role
from indicators.models import (
    Adoption,
    Baseline,
    Indicator,
    IndicatorValue,
    Metric,
    MetricNeed,
    MetricValue,
    MonthlyReport,
    Plan,
    Task,
    TaskProgress,
)
from indicators.pages.dashboard import Dashboard
from indicators.pages.display import is_counted_by_unit, rounded, shown
from indicators.pages.lines import FullCatalogue, Line, comparable, gaps_of, goal_of
from indicators.pages.selection import Selection
from indicators.pages.task_months import load_units
from indicators.rules.figures import format_figure
from indicators.rules.months import months_between
from indicators.rules.official import MONTH, Period
from indicators.task_duties import Standing, standings_of

Status = IndicatorValue.Status


@dataclass
class PlanFigures:
    plan: Plan
    board: Dashboard
    before: dict[int, IndicatorValue]  # by indicator, at the end of the period before

    @cached_property
    def headlines(self) -> list[Line]:
        return self.board.cards

    @cached_property
    def others(self) -> list[Line]:
        first = {line.indicator.pk for line in self.headlines}
        return [line for line in self.board.counted if line.indicator.pk not in first]

    @cached_property
    def soft(self) -> list[Line]:
        first = {line.indicator.pk for line in self.headlines}
        lines = (line for line in self.board.shown if line.indicator.is_soft and not line.is_fact)
        return [line for line in lines if line.indicator.pk not in first]

    def status_before(self, line: Line) -> str | None:
        value = self.before.get(line.indicator.pk)
        return value.status if value else None


@dataclass
class UnitRecord:
    """How a unit handed in over the period; several months for a half-year."""

    name: str
    owed: int = 0
    late: int = 0
    missing: int = 0
    waiting: int = 0  # handed in, not yet approved


@dataclass
class Reading:
    """Everything that a report of ``unit`` for ``period`` is written from."""

    unit: OrgUnit
    period: Period
    plans: list[PlanFigures] = field(default_factory=list)
    reports: list[UnitRecord] = field(default_factory=list)
    duties: list[UnitRecord] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    progress: dict[int, list[TaskProgress]] = field(default_factory=dict)  # by task, accepted ones
    flows: list[tuple[Metric, Decimal, int]] = field(default_factory=list)

    @property
    def missing_units(self) -> list[str]:
        """Units whose report of the period is not handed in or not yet approved."""
        return [each.name for each in self.reports if each.missing or each.waiting]

    @property
    def data_as_of(self) -> dt.datetime | None:
        return max((each.board.data_as_of for each in self.plans if each.board.data_as_of), default=None)


def read(unit: OrgUnit, period: Period, plan: Plan | None = None) -> Reading:
    """Raises nothing when there is nothing: the report then says so."""
    reader = User(org_unit=unit, role=Role.LEADER)
    plans = plans_of(unit, period.last)
    if plan is not None:
        plans = [each for each in plans if each.pk == plan.pk]
    reading = Reading(unit, period)
    reading.plans = _plan_figures(reader, unit, period, plans)
    reading.reports = _reports(reader, period)
    reading.duties = _duties(reader, period, {each.pk for each in plans})
    tasks = Task.objects.filter(plan__in=plans).select_related("plan").prefetch_related("milestones")
    tasks = tasks.order_by("plan__starts_on", "plan__code", "number")
    reading.standings = standings_of(tasks, min(timezone.localdate(), _end_of(period)))
    reading.progress = _progress(reader, period, plans)
    if period.kind != MONTH:
        reading.flows = _flows(unit, period, plans)
    return reading


def plans_of(unit: OrgUnit, month: dt.date) -> list[Plan]:
    """The plans that are in force for the unit in the month; its own first."""
    adopted = Adoption.objects.in_force(month).filter(org_unit=unit).values("plan_id")
    plans = Plan.objects.filter(pk__in=adopted).select_related("org_unit").order_by("-starts_on", "code")
    return sorted(plans, key=lambda plan: plan.org_unit_id != unit.pk)


def _end_of(period: Period) -> dt.date:
    return period.next_first - dt.timedelta(days=1)


def _plan_figures(reader: User, unit: OrgUnit, period: Period, plans: list[Plan]) -> list[PlanFigures]:
    indicators: dict[int, list[Indicator]] = {}
    active = (
        Indicator.objects.visible_to(reader)
        .filter(plan__in=plans, is_active=True)
        .select_related("plan")
        .prefetch_related("targets", Prefetch("baselines", Baseline.objects.none()))
        .order_by("number")
    )
    for indicator in active:
        indicators.setdefault(indicator.plan_id, []).append(indicator)
    values: dict[dt.date, dict[int, IndicatorValue]] = {}
    rows = IndicatorValue.objects.filter(
        indicator__plan__in=plans, org_unit=unit, month__in=(period.last, period.before)
    )
    for row in rows:
        values.setdefault(row.month, {})[row.indicator_id] = row
    now, before = values.get(period.last, {}), values.get(period.before, {})
    catalogue = FullCatalogue()
    found = []
    for plan in plans:
        board = Dashboard(Selection([plan], plan, unit, unit, [], unit, month=period.last))
        for indicator in indicators.get(plan.pk, []):
            goal = goal_of(indicator, catalogue, period.last)
            board.lines.append(Line(indicator, now.get(indicator.pk), goal))
        for line in board.behind:
            line.gaps = gaps_of(line, unit, period.last, catalogue)
        found.append(PlanFigures(plan, board, before))
    return found


def _reports(reader: User, period: Period) -> list[UnitRecord]:
    rows = (
        MonthlyReport.objects.visible_to(reader)
        .filter(month__range=(period.first, period.last))
        .order_by("org_unit__path")
        .values("org_unit__name", "org_unit__path")
        .annotate(
            owed=Count("pk"),
            late=Count("pk", filter=Q(is_late=True)),
            missing=Count("pk", filter=Q(status__in=MonthlyReport.EDITABLE)),
            waiting=Count("pk", filter=Q(status=MonthlyReport.Status.SUBMITTED)),
        )
    )
    return [
        UnitRecord(
            _own_name(reader, row["org_unit__name"], row["org_unit__path"]),
            row["owed"],
            row["late"],
            row["missing"],
            row["waiting"],
        )
        for row in rows
    ]


def _own_name(reader: User, name: str, path: str) -> str:
    """What the county does itself is not what it is."""
    return f"{name}本级" if path == reader.org_unit.path else name


def _duties(reader: User, period: Period, plans: set[int]) -> list[UnitRecord]:
    """What units owed on tasks: two queries a month. Nothing where no plan of the report has tasks."""
    if not plans:
        return []
    found: dict[str, UnitRecord] = {}
    for month in months_between(period.first, period.last):
        for line in load_units(reader, month):
            name = _own_name(reader, line.unit.name, line.unit.path)
            each = found.setdefault(line.unit.path, UnitRecord(name))
            each.owed += line.owed
            each.late += line.late
            each.missing += line.open
            each.waiting += line.submitted
    return [found[path] for path in sorted(found)]


def _progress(reader: User, period: Period, plans: list[Plan]) -> dict[int, list[TaskProgress]]:
    """The newest accepted word of each unit in the period."""
    rows = (
        TaskProgress.objects.visible_to(reader)
        .accepted()
        .filter(task__plan__in=plans, month__range=(period.first, period.last))
        .select_related("org_unit")
        .order_by("month")
    )
    newest = {(row.task_id, row.org_unit.path): row for row in rows}
    found: dict[int, list[TaskProgress]] = {}
    for task, path in sorted(newest):
        found.setdefault(task, []).append(newest[task, path])
    return found


def _flows(unit: OrgUnit, period: Period, plans: list[Plan]) -> list[tuple[Metric, Decimal, int]]:
    """What was done over the period: the sums of the flows that the plans read, with their months."""
    metrics = Metric.objects.filter(
        nature="flow", pk__in=MetricNeed.objects.filter(plan__in=plans).values("metric")
    )
    sums = {
        row["metric"]: row
        for row in MetricValue.objects.filter(
            metric__in=metrics,
            org_unit=unit,
            is_total=True,
            month__range=(period.first, period.last),
            value__isnull=False,
        )
        .order_by()
        .values("metric")
        .annotate(total=Sum("value"), months=Count("month"))
    }
    return [(m, sums[m.pk]["total"], sums[m.pk]["months"]) for m in metrics if m.pk in sums]


# --- As JSON -------------------------------------------------------------------------------------------------------


def as_json(reading: Reading) -> dict[str, Any]:
    """What is frozen when the report is sealed, and what the tables of a draft are made from."""
    as_of = reading.data_as_of
    return {
        "unit": reading.unit.name,
        "period": reading.period.text,
        "as_of": timezone.localtime(as_of).isoformat(timespec="seconds") if as_of else "",
        "missing": reading.missing_units,
        "plans": [_plan_json(each) for each in reading.plans],
        "flows": [
            {
                "name": metric.name,
                "unit": metric.unit,
                "value": format_figure(total, grouped=False),
                "months": months,
            }
            for metric, total, months in reading.flows
        ],
    }


def _plan_json(each: PlanFigures) -> dict[str, Any]:
    tally = each.board.tally
    return {
        "code": each.plan.code,
        "title": each.plan.title,
        "short_title": each.plan.short_title,
        "total": tally.total,
        "judged": tally.judged,
        "counts": dict(Counter(look.label for look, count in tally.parts for _ in range(count))),
        "rate": "" if tally.rate is None else str(rounded(tally.rate, 1)),
        "facts": each.board.facts,
        "headline": [row_of(line, each) for line in each.headlines],
        "binding": [row_of(line, each) for line in each.others],
        "soft": [row_of(line, each) for line in each.soft],
    }


def row_of(line: Line, each: PlanFigures) -> dict[str, Any]:
    """One line of a table; numbers as plain texts beside the words."""
    value = line.value
    change, change_text = _change(line, each.before.get(line.indicator.pk))
    is_open = value is not None and value.reported < value.owed and not line.indicator.is_registered
    return {
        "number": line.indicator.number,
        "name": line.indicator.name,
        "unit": "" if line.indicator.is_confirmation else line.indicator.unit,
        "target": "" if line.target is None else f"{line.target.normalize():f}",
        "target_text": line.target_text,
        "value": line.plain_value,
        "value_text": line.value_text,
        "units_text": line.units_text,
        "change": change,
        "change_text": change_text,
        "distance_text": line.distance_text,
        "status": line.status,
        "light": line.look.label,
        "reported_text": line.reported_text if is_open else "",
    }


def _change(line: Line, before: IndicatorValue | None) -> tuple[str, str]:
    """The change since the period before, in the indicator's own unit; “—” where two values cannot be compared."""
    now = line.value
    if now is None or before is None or line.indicator.is_confirmation:
        return "", "—"
    if is_counted_by_unit(now) and is_counted_by_unit(before):
        difference = Decimal(now.units_met - before.units_met)
        places = 0
    elif comparable(now) is None or comparable(before) is None:
        return "", "—"
    else:
        difference = comparable(now) - comparable(before)
        places = line.indicator.decimals
    if not difference:
        return "0", "持平"
    if not rounded(difference, places + 1):
        return f"{difference.normalize():f}", "基本持平"
    text = shown(abs(difference), places, target=Decimal(0))
    return f"{difference.normalize():f}", f"{'+' if difference > 0 else '-'}{text}"
