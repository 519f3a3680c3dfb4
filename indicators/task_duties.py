"""Who owes a word on which task for a month, and how each task stands: read in a fixed number of queries.

What a unit owes follows from the tasks (a unit named by a task reports on it every month from its start until its
part is done or its plan is stopped), so nothing has to be opened at the beginning of a month.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from eldercare.models import OrgUnit, User
from indicators.models import Adoption, Plan, Task, TaskProgress, TaskState, TaskUnit
from indicators.rules.months import due_date, month_of
from indicators.rules.tasks import UnitWord, is_owed, overall_percent, path_percent, worked_out_state

WHOLE = 100


@dataclass
class Duty:
    """A unit's part of a task in a month; ``roles`` are 牵头, 责任 or both."""

    task: Task
    unit: OrgUnit
    month: dt.date
    due_on: dt.date
    roles: list[str] = field(default_factory=list)

    @property
    def is_lead(self) -> bool:
        return TaskUnit.Role.LEAD in self.roles


def report_due_on(plan: Plan, month: dt.date) -> dt.date:
    """The deadline of the month's progress: the same day and weekend rule as the monthly report of the plan."""
    moves = plan.weekend_rule == Plan.WeekendRule.NEXT_WORKDAY
    return due_date(month, day=plan.report_day, moves_from_weekend=moves)


def duties(user: User, month: dt.date, *, unit: OrgUnit | None = None) -> list[Duty]:
    """What the units that ``user`` sees (or just ``unit``) owe for ``month``, by unit and task. Two queries."""
    parts = (
        TaskUnit.objects.visible_to(user)
        .filter(task__plan__in=Plan.objects.visible_to(user), org_unit__isnull=False)
        .select_related("task__plan", "org_unit")
        .order_by("org_unit__path", "task__plan_id", "task__number", "role")
    )
    if unit is not None:
        parts = parts.filter(org_unit=unit)
    own = Adoption.objects.filter(plan=OuterRef("task__plan"), org_unit=OuterRef("task__plan__org_unit"))
    parts = parts.annotate(last_month=Subquery(own.values("until_month")))
    settled = _settled(parts)
    found: dict[tuple[int, int], Duty] = {}
    for part in parts:
        key = (part.task_id, part.org_unit_id)
        ends = (_ended_on(part.task) or settled.get(key), part.last_month)
        ended = min((day for day in ends if day), default=None)
        if not is_owed(month, begins_on=part.task.begins_on, settled_on=ended):
            continue
        due = report_due_on(part.task.plan, month)
        found.setdefault(key, Duty(part.task, part.org_unit, month, due)).roles.append(part.role)
    return list(found.values())


def units_that_report(user: User) -> QuerySet[OrgUnit]:
    """Units that the user sees and that some task names."""
    named = TaskUnit.objects.visible_to(user).filter(task__plan__in=Plan.objects.visible_to(user))
    return OrgUnit.objects.visible_to(user).filter(pk__in=named.order_by().values("org_unit"))


def _ended_on(task: Task) -> dt.date | None:
    """The month before a person called the whole task off or done: from then on nobody owes anything."""
    if task.state_set not in (TaskState.CANCELLED, TaskState.DONE) or task.state_set_at is None:
        return None
    return timezone.localdate(task.state_set_at).replace(day=1) - dt.timedelta(days=1)


def _settled(parts: QuerySet[TaskUnit]) -> dict[tuple[int, int], dt.date]:
    """The month in which each unit's part was accepted as done."""
    done = TaskProgress.objects.accepted().filter(Q(percent=WHOLE) | Q(state=TaskState.DONE))
    rows = done.filter(task__in=parts.order_by().values("task")).order_by().values_list("task", "org_unit")
    return {(task, unit): month for task, unit, month in rows.annotate(first=Min("month"))}


@dataclass
class Standing:
    """How a task stands today."""

    task: Task
    units: list[TaskUnit]
    words: dict[int, UnitWord]  # by unit, accepted ones only
    today: dt.date

    @property
    def reporting(self) -> list[OrgUnit]:
        """Units that report, each once, the leading ones first."""
        return list({part.org_unit_id: part.org_unit for part in self.units if part.org_unit}.values())

    @property
    def _words(self) -> list[UnitWord]:
        return [self.words.get(unit.pk, UnitWord()) for unit in self.reporting]

    @property
    def percent(self) -> int | None:
        return overall_percent(self._words)

    @property
    def done_units(self) -> int:
        return sum(word.is_done for word in self._words)

    @property
    def path(self) -> int:
        return path_percent(self.task.begins_on, self.task.due_on, self.today)

    @property
    def worked_out(self) -> str:
        return worked_out_state(
            self._words, begins_on=self.task.begins_on, due_on=self.task.due_on, today=self.today
        )

    @property
    def state(self) -> str:
        return self.task.state_set or self.worked_out

    @property
    def label(self) -> str:
        return str(TaskState(self.state).label)

    @property
    def days_late(self) -> int:
        """Days past the deadline of a task that is not finished."""
        if self.state in (TaskState.DONE, TaskState.CANCELLED):
            return 0
        return max((self.today - self.task.due_on).days, 0)

    @property
    def leads(self) -> list[TaskUnit]:
        return [part for part in self.units if part.role == TaskUnit.Role.LEAD]

    @property
    def responsible(self) -> list[TaskUnit]:
        return [part for part in self.units if part.role == TaskUnit.Role.RESPONSIBLE]


def standings_of(tasks: Iterable[Task], today: dt.date | None = None) -> list[Standing]:
    """In the order given; two queries whatever the number of tasks. The tasks bring their plan."""
    tasks = list(tasks)
    today = today or timezone.localdate()
    units: dict[int, list[TaskUnit]] = {}
    for part in TaskUnit.objects.filter(task__in=tasks).select_related("org_unit").order_by("role", "pk"):
        units.setdefault(part.task_id, []).append(part)
    words: dict[int, dict[int, UnitWord]] = {}
    newest = (
        TaskProgress.objects.accepted()
        .filter(task__in=tasks, month__lte=month_of(today))
        .order_by("task_id", "org_unit_id", "-month")
        .distinct("task_id", "org_unit_id")
        .values_list("task_id", "org_unit_id", "percent", "state")
    )
    for task, unit, percent, state in newest:
        words.setdefault(task, {})[unit] = UnitWord(percent, state)
    return [Standing(each, units.get(each.pk, []), words.get(each.pk, {}), today) for each in tasks]
