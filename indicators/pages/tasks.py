"""The list of key tasks, one task, and the calendar of deadlines: read in a fixed number of queries."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from eldercare.history import Part, Step
from eldercare.history import history_of as steps_of
from eldercare.lists import Badge, contains
from eldercare.models import OrgUnit, User
from eldercare.permissions import Permission
from indicators.models import (
    Indicator,
    IndicatorValue,
    MetricValue,
    Supervision,
    Task,
    TaskEvidence,
    TaskMilestone,
    TaskProgress,
    TaskState,
    TaskUnit,
)
from indicators.pages.display import LOOKS, Look, comparator_sign, value_text
from indicators.rules.figures import format_figure
from indicators.task_duties import Standing, standings_of

STATE_COLOURS = {
    TaskState.NOT_STARTED: "secondary",
    TaskState.ON_COURSE: "blue",
    TaskState.BEHIND: "red",
    TaskState.DONE: "green",
    TaskState.CANCELLED: "secondary",
}
STATUS_COLOURS = {
    TaskProgress.Status.DRAFT: "secondary",
    TaskProgress.Status.SUBMITTED: "blue",
    TaskProgress.Status.RETURNED: "orange",
    TaskProgress.Status.ACCEPTED: "green",
}
SUPERVISION_COLOURS = {
    Supervision.Status.ISSUED: "red",
    Supervision.Status.REPLIED: "blue",
    Supervision.Status.CLOSED: "green",
}
SOON = 30  # days
MONTHS_SHOWN = 12
MOST_NAMES = 4  # of units in a row of the list


def state_badge(standing: Standing) -> Badge:
    return Badge(standing.label, STATE_COLOURS[TaskState(standing.state)])


def list_rows(user: User) -> QuerySet[Task]:
    return Task.objects.visible_to(user).select_related("plan__org_unit")


def filtered(rows: QuerySet[Task], chosen: dict) -> QuerySet[Task]:
    """What fits the filter form. The state is worked out, so its tasks are found by looking at each: three queries."""
    today = timezone.localdate()
    if "q" in chosen:
        rows = rows.filter(contains(chosen["q"], "name", "quote", "code", "section"))
    if "plan" in chosen:
        rows = rows.filter(plan=chosen["plan"])
    if "unit" in chosen:
        rows = rows.filter(pk__in=TaskUnit.objects.filter(org_unit=chosen["unit"]).values("task"))
    due = chosen.get("due")
    if due == "none":
        rows = rows.filter(deadline=None)
    elif due == "late":
        rows = rows.filter(Q(deadline__lt=today) | Q(deadline=None, plan__ends_on__lt=today))
    elif due == "soon":
        last = today + dt.timedelta(days=SOON)
        rows = rows.filter(
            Q(deadline__range=(today, last)) | Q(deadline=None, plan__ends_on__range=(today, last))
        )
    if "state" in chosen or due == "late":
        kept = [each for each in standings_of(rows) if _fits(each, chosen.get("state"), due)]
        rows = rows.filter(pk__in=[each.task.pk for each in kept])
    return rows


def _fits(standing: Standing, state: str | None, due: str | None) -> bool:
    return (not state or standing.state == state) and (due != "late" or standing.days_late > 0)


def attach(tasks: list[Task]) -> None:
    for task, standing in zip(tasks, standings_of(tasks), strict=True):
        task.standing = standing


def names(parts: list[TaskUnit]) -> str:
    """Each printed name once: 各乡镇街道 stands for nine rows."""
    shown = list(dict.fromkeys(part.printed or part.org_unit.name for part in parts))
    if len(shown) > MOST_NAMES:
        return f"{'、'.join(shown[: MOST_NAMES - 1])}等 {len(shown)} 个单位"
    return "、".join(shown)


@dataclass
class Linked:
    """A figure that a task works for, with its newest published value."""

    name: str
    goal: str
    value: str  # "" where it is not for the reader
    month: dt.date | None
    look: Look | None = None
    indicator: Indicator | None = None


@dataclass
class MonthRow:
    month: dt.date
    cells: list[TaskProgress]


@dataclass
class TaskSheet:
    standing: Standing
    linked: list[Linked]
    milestones: list[TaskMilestone]
    progress: list[MonthRow]
    evidence: list[TaskEvidence]
    supervisions: list[Supervision]
    shows_values: bool  # of the linked figures
    badge: Badge = field(init=False)

    def __post_init__(self) -> None:
        self.badge = state_badge(self.standing)

    @property
    def months(self) -> list[dt.date]:
        """Oldest first, for the overview of several units."""
        return [row.month for row in reversed(self.progress)]

    @property
    def matrix(self) -> list[tuple[OrgUnit, list[TaskProgress | None]]]:
        """Units × months; empty for a task of one unit, whose words say it all."""
        by_unit: dict[int, dict[dt.date, TaskProgress]] = {}
        units: dict[int, OrgUnit] = {}
        for row in self.progress:
            for cell in row.cells:
                by_unit.setdefault(cell.org_unit_id, {})[row.month] = cell
                units[cell.org_unit_id] = cell.org_unit
        if len(units) < 2:
            return []
        ordered = sorted(units.values(), key=lambda unit: unit.path)
        return [(unit, [by_unit[unit.pk].get(month) for month in self.months]) for unit in ordered]

    @property
    def open_leads(self) -> list[TaskUnit]:
        return [part for part in self.standing.units if part.is_open]

    @property
    def awaits_lead(self) -> bool:
        """The document's lead is not known for sure, and nobody has said who it is."""
        return bool(self.standing.task.lead_candidates) and not any(
            part.org_unit and not part.is_open for part in self.standing.leads
        )


def load_sheet(user: User, task: Task) -> TaskSheet:
    """Progress, evidence and supervision only as far as the user's unit reaches."""
    (standing,) = standings_of([task])
    rows = (
        TaskProgress.objects.visible_to(user)
        .filter(task=task)
        .select_related("org_unit", "entered_by", "reviewed_by")
        .prefetch_related("evidence")
        .order_by("-month", "org_unit__path")
    )
    months: dict[dt.date, list[TaskProgress]] = {}
    for row in rows:
        row.colour = STATUS_COLOURS[TaskProgress.Status(row.status)]
        months.setdefault(row.month, []).append(row)
    evidence = (
        TaskEvidence.objects.visible_to(user)
        .filter(progress__task=task)
        .select_related("progress__org_unit", "uploaded_by", "file")
        .defer("file__content")
        .order_by("-pk")
    )
    supervisions = Supervision.objects.visible_to(user).filter(task=task).select_related("org_unit")
    sees = _sees_figures(user, standing)
    return TaskSheet(
        standing,
        _linked(task, is_shown=sees),
        list(task.milestones.all()),
        [MonthRow(month, cells) for month, cells in list(months.items())[:MONTHS_SHOWN]],
        list(evidence[:50]),
        [_coloured(each) for each in supervisions],
        sees,
    )


def _coloured(supervision: Supervision) -> Supervision:
    supervision.colour = SUPERVISION_COLOURS[Supervision.Status(supervision.status)]
    return supervision


def coloured(supervisions: list[Supervision]) -> None:
    for each in supervisions:
        _coloured(each)


def _sees_figures(user: User, standing: Standing) -> bool:
    """Values of the plan's unit are for whoever reads its indicators, and for the units that the task names."""
    if any(unit.pk == user.org_unit_id for unit in standing.reporting):
        return True
    return user.may(Permission.VIEW_INDICATORS) and user.org_unit.contains(standing.task.plan.org_unit)


def _linked(task: Task, *, is_shown: bool) -> list[Linked]:
    """The goals are printed in the plan; the values only where ``is_shown``."""
    found = _with_values(task)
    if not is_shown:
        for each in found:
            each.value, each.month, each.look = "", None, None
    return found


def _with_values(task: Task) -> list[Linked]:
    indicators = list(task.indicators.prefetch_related("targets"))
    newest: dict[int, IndicatorValue] = {}
    values = IndicatorValue.objects.filter(
        indicator__in=indicators, org_unit=task.plan.org_unit, reported__gt=0
    )
    for value in values.order_by("month"):
        newest[value.indicator_id] = value
    found = [_linked_indicator(each, newest.get(each.pk)) for each in indicators]
    if task.metric:
        found.append(_linked_metric(task))
    return found


def _linked_indicator(indicator: Indicator, value: IndicatorValue | None) -> Linked:
    targets = list(indicator.targets.all())
    goal = f"{targets[-1].due_on:%Y-%m-%d} {indicator.printed_target or ''}".strip() if targets else ""
    if targets and targets[-1].value is not None and not indicator.is_confirmation:
        last = targets[-1]
        number = f"{comparator_sign(last.comparator)}{format_figure(last.value)}"
        goal = f"{number} {indicator.unit}，{last.due_on:%Y-%m-%d} 前"
    return Linked(
        indicator.name,
        goal,
        value_text(value, indicator),
        value.month if value else None,
        LOOKS[value.status] if value else None,
        indicator,
    )


def _linked_metric(task: Task) -> Linked:
    total = (
        MetricValue.objects.filter(metric=task.metric, org_unit=task.plan.org_unit, is_total=True)
        .exclude(value=None)
        .order_by("-month")
        .first()
    )
    unit = task.metric.unit
    goal = f"≥{format_figure(task.quantity_target)} {unit}" if task.quantity_target is not None else ""
    reached = total and task.quantity_target is not None and total.value >= task.quantity_target
    return Linked(
        task.metric.name,
        goal,
        f"{format_figure(total.value)} {unit}" if total else "未报",
        total.month if total else None,
        LOOKS[IndicatorValue.Status.MET] if reached else None,
    )


FIELDS = (
    "name", "section", "chair", "starts_on", "deadline", "stage", "is_soft", "metric", "quantity_target",
    "state_set", "state_reason",
)  # fmt: skip


def history_of(task: Task, user: User) -> list[Step]:
    """Of the task itself, its units and milestones, and of progress as far as the user sees it."""
    units = TaskProgress.objects.visible_to(user).filter(task=task).order_by().values("org_unit")
    return steps_of(
        Part(Task, is_subject=True, fields=FIELDS, pgh_obj_id=task.pk),
        Part(TaskUnit, fields=("role", "org_unit", "confirmed_by"), task_id=task.pk),
        Part(TaskMilestone, fields=("due_on", "what", "done_on"), task_id=task.pk),
        Part(
            TaskProgress,
            fields=("org_unit", "month", "text", "percent", "state", "status", "review_note"),
            task_id=task.pk,
            org_unit_id__in=units,
        ),
        user=user,
    )


# --- Calendar ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Date:
    day: dt.date
    task: Task
    what: str
    is_done: bool
    is_late: bool
    is_milestone: bool

    @property
    def badge(self) -> Badge:
        if self.is_done:
            return Badge("已完成", "green")
        return Badge("逾期", "red") if self.is_late else Badge("待完成", "blue")


@dataclass
class Calendar:
    year: int
    years: list[int]
    months: list[tuple[dt.date, list[Date]]]
    without: int  # tasks without a deadline of their own

    @property
    def total(self) -> int:
        return sum(len(dates) for _, dates in self.months)


def load_calendar(user: User, year: int) -> Calendar:
    tasks = list(list_rows(user).prefetch_related("milestones").order_by("plan", "number"))
    today = timezone.localdate()
    dates: list[Date] = []
    for standing in standings_of(tasks, today):
        task = standing.task
        off = standing.state in (TaskState.DONE, TaskState.CANCELLED)
        if task.deadline:
            dates.append(Date(task.deadline, task, "全部完成", off, not off and task.deadline < today, False))
        for part in task.milestones.all():
            done = part.done_on is not None
            dates.append(Date(part.due_on, task, part.what, done, not done and part.due_on < today, True))
    months: dict[dt.date, list[Date]] = {}
    for date in sorted(dates, key=lambda each: (each.day, each.task.plan_id, each.task.number)):
        if date.day.year == year:
            months.setdefault(date.day.replace(day=1), []).append(date)
    years = sorted({date.day.year for date in dates} | {year})
    return Calendar(year, years, list(months.items()), sum(task.deadline is None for task in tasks))


def default_year(user: User) -> int:
    """This year, or the last one with a deadline when all are past."""
    last = list_rows(user).aggregate(day=Max("deadline"))["day"]
    this = timezone.localdate().year
    return min(this, last.year) if last else this
