"""A month of task progress: a unit's form, the county's desk, the overview of all units, the standings."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Max, Prefetch
from django.utils import timezone

from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from indicators.actions.task_progress import reminder_subject, shortcomings, version
from indicators.forms.tasks import TypedProgress
from indicators.models import TaskBulletin, TaskEvidence, TaskProgress
from indicators.pages.tasks import STATUS_COLOURS
from indicators.rules.months import add_months, month_of
from indicators.rules.tasks import Record, standings
from indicators.task_duties import Duty, duties, units_that_report

Status = TaskProgress.Status


class Missing(Exception):
    """There is no such page for this user; ``str()`` says why."""


def find_unit(user: User, code: str) -> OrgUnit:
    """A unit that the user sees and that has tasks; alike for one that does not exist and one out of view."""
    unit = units_that_report(user).filter(code=code[:20].replace("\0", "")).first()
    if unit is None:
        raise Missing(f"没有代码为“{code[:20]}”的责任单位，或者它不在您的查看范围内。")
    return unit


def check_month(month: dt.date) -> None:
    if month > month_of(timezone.localdate()):
        raise Missing(f"{month.year}年{month.month}月还没有到，任务进展从当月 1 日起填报。")


def _evidence() -> Prefetch:
    return Prefetch(
        "evidence", TaskEvidence.objects.select_related("file").defer("file__content").order_by("pk")
    )


# --- One unit ----------------------------------------------------------------------------------------------------


@dataclass
class EntryRow:
    duty: Duty
    row: TaskProgress | None
    before: TaskProgress | None
    typed: TypedProgress | None = None
    problem: str = ""

    @property
    def text(self) -> str:
        return self.typed.text if self.typed else self.row.text if self.row else ""

    @property
    def percent(self) -> str:
        if self.typed:
            return self.typed.percent
        return "" if self.row is None or self.row.percent is None else str(self.row.percent)

    @property
    def state(self) -> str:
        return self.typed.state if self.typed else self.row.state if self.row else ""

    @property
    def seen(self) -> str:
        # After a conflict the form has seen the newer words: saving once more replaces them, knowingly.
        return version(self.row)

    @property
    def evidence(self) -> list[TaskEvidence]:
        return list(self.row.evidence.all()) if self.row else []

    @property
    def is_open(self) -> bool:
        return self.row is None or self.row.is_editable

    @property
    def label(self) -> str:
        if self.row is None:
            return "未填"
        return self.row.get_status_display()

    @property
    def colour(self) -> str:
        return STATUS_COLOURS[Status(self.row.status)] if self.row else "secondary"

    @property
    def lacks(self) -> str:
        if not self.is_open:
            return ""
        return shortcomings(self.row.text, self.row.percent, self.row.state) if self.row else "没有填写"


@dataclass
class EntryPage:
    unit: OrgUnit
    month: dt.date
    rows: list[EntryRow]
    may_enter: bool

    @property
    def due_on(self) -> dt.date | None:
        return min((each.duty.due_on for each in self.rows), default=None)

    @property
    def open_rows(self) -> list[EntryRow]:
        return [each for each in self.rows if each.is_open]

    @property
    def ready(self) -> int:
        return sum(each.is_open and not each.lacks for each in self.rows)

    @property
    def lacking(self) -> int:
        return len(self.open_rows) - self.ready

    @property
    def returned(self) -> list[EntryRow]:
        return [each for each in self.rows if each.row and each.row.status == Status.RETURNED]

    @property
    def can_copy(self) -> bool:
        return any(each.row is None and each.before for each in self.rows)

    @property
    def previous_month(self) -> dt.date:
        return add_months(self.month, -1)

    @property
    def next_month(self) -> dt.date | None:
        following = add_months(self.month, 1)
        return following if following <= month_of(timezone.localdate()) else None


def load_entry(
    user: User,
    unit: OrgUnit,
    month: dt.date,
    *,
    typed: Mapping[int, TypedProgress] | None = None,
) -> EntryPage:
    """Five queries, whatever the number of tasks."""
    typed = typed or {}
    now, before = {}, {}
    rows = (
        TaskProgress.objects.visible_to(user)
        .filter(org_unit=unit, month__in=(month, add_months(month, -1)))
        .select_related("task__plan", "submitted_by", "reviewed_by", "org_unit")
        .prefetch_related(_evidence())
    )
    for row in rows:
        (now if row.month == month else before)[row.task_id] = row
    owed = duties(user, month, unit=unit)
    known = {duty.task.pk for duty in owed}
    # What was reported while it was owed stays on the page, also when the task was settled since.
    extra = [Duty(row.task, unit, month, month) for key, row in now.items() if key not in known]
    return EntryPage(
        unit,
        month,
        [
            EntryRow(
                duty,
                now.get(duty.task.pk),
                before.get(duty.task.pk),
                typed.get(duty.task.pk),
                typed[duty.task.pk].problem if duty.task.pk in typed else "",
            )
            for duty in [*owed, *extra]
        ],
        may_enter=user.may(Permission.REPORT_TASKS) and user.org_unit_id == unit.pk,
    )


# --- All units -----------------------------------------------------------------------------------------------------


@dataclass
class UnitMonth:
    unit: OrgUnit
    due_on: dt.date
    owed: int = 0
    of: dict[str, int] = field(default_factory=dict)  # status → rows
    on_time: int = 0
    late: int = 0
    percents: list[int] = field(default_factory=list)
    reminded_at: dt.datetime | None = None
    today: dt.date = field(default_factory=timezone.localdate)

    @property
    def handed_in(self) -> int:
        return self.of.get(Status.SUBMITTED, 0) + self.of.get(Status.ACCEPTED, 0)

    @property
    def open(self) -> int:
        return self.owed - self.handed_in

    @property
    def accepted(self) -> int:
        return self.of.get(Status.ACCEPTED, 0)

    @property
    def submitted(self) -> int:
        return self.of.get(Status.SUBMITTED, 0)

    @property
    def returned(self) -> int:
        return self.of.get(Status.RETURNED, 0)

    @property
    def is_overdue(self) -> bool:
        return self.open - self.returned > 0 and self.today > self.due_on

    @property
    def label(self) -> str:
        if not self.open:
            return "已通过" if self.accepted == self.owed else "待审核"
        if self.is_overdue:
            return "逾期未报齐" if self.handed_in or self.returned else "逾期未报"
        if self.returned:
            return "有退回"
        return "部分已报" if self.handed_in else "未报"

    @property
    def colour(self) -> str:
        if not self.open:
            return "green" if self.accepted == self.owed else "blue"
        return "red" if self.is_overdue else "orange" if self.returned else "secondary"

    @property
    def percent(self) -> int | None:
        return sum(self.percents) // len(self.percents) if self.percents else None

    @property
    def is_reminded_today(self) -> bool:
        return self.reminded_at is not None and timezone.localdate(self.reminded_at) == self.today

    def record(self) -> Record:
        return Record(self.unit.code, self.owed, self.on_time, self.late, self.percent)


def load_units(user: User, month: dt.date) -> list[UnitMonth]:
    """How each unit stands with its tasks of a month, in the order of the administrative codes. Four queries."""
    found: dict[int, UnitMonth] = {}
    owed = set()
    for duty in duties(user, month):
        line = found.setdefault(duty.unit.pk, UnitMonth(duty.unit, duty.due_on))
        line.owed += 1
        line.due_on = min(line.due_on, duty.due_on)
        owed.add((duty.task.pk, duty.unit.pk))
    rows = TaskProgress.objects.visible_to(user).filter(month=month)
    for row in rows.values_list(
        "task_id", "org_unit_id", "status", "percent", "is_late", "first_submitted_at"
    ):
        task, unit, status, percent, is_late, first = row
        if (task, unit) not in owed:
            continue
        line = found[unit]
        line.of[status] = line.of.get(status, 0) + 1
        if first is not None:
            line.late += is_late
            line.on_time += not is_late
            if percent is not None:
                line.percents.append(percent)
    if user.may(Permission.REMIND_UNITS):
        _add_reminders(user, month, list(found.values()))
    return list(found.values())


def _add_reminders(user: User, month: dt.date, lines: list[UnitMonth]) -> None:
    by_subject = {reminder_subject(line.unit, month): line for line in lines}
    events = AuditEvent.objects.visible_to(user).filter(
        action=AuditEvent.Action.REMIND, subject__in=by_subject
    )
    for subject, at in events.order_by().values_list("subject").annotate(at=Max("at")):
        by_subject[subject].reminded_at = at


# --- The county's desk ---------------------------------------------------------------------------------------------


@dataclass
class DeskRow:
    row: TaskProgress
    before: TaskProgress | None
    note: str = ""
    is_own: bool = False

    @property
    def change(self) -> int | None:
        """Percentage points since last month."""
        if self.before is None or self.before.percent is None or self.row.percent is None:
            return None
        return self.row.percent - self.before.percent


def load_desk(
    user: User, month: dt.date, *, notes: Mapping[int, str] | None = None
) -> list[tuple[OrgUnit, list[DeskRow]]]:
    """What waits for the reviewer, unit by unit. Three queries."""
    waiting = (
        TaskProgress.objects.visible_to(user)
        .waiting()
        .filter(month=month)
        .select_related("task__plan", "org_unit", "submitted_by")
        .prefetch_related(_evidence())
        .order_by("org_unit__path", "task__plan_id", "task__number")
    )
    rows = list(waiting)
    earlier = TaskProgress.objects.visible_to(user).filter(
        month=add_months(month, -1), task__in={row.task_id for row in rows}
    )
    before = {(row.task_id, row.org_unit_id): row for row in earlier}
    groups: dict[int, tuple[OrgUnit, list[DeskRow]]] = {}
    for row in rows:
        desk = DeskRow(
            row,
            before.get((row.task_id, row.org_unit_id)),
            (notes or {}).get(row.pk, ""),
            user.pk in (row.submitted_by_id, row.entered_by_id),
        )
        groups.setdefault(row.org_unit_id, (row.org_unit, []))[1].append(desk)
    return list(groups.values())


# --- Standings -----------------------------------------------------------------------------------------------------


def bulletin_lines(units: list[UnitMonth]) -> list[dict[str, object]]:
    """As they are kept in a bulletin: whole numbers and names, the share in percent with one decimal."""
    by_code = {line.unit.code: line for line in units}
    lines = []
    for rank in standings(line.record() for line in units):
        record, line = rank.record, by_code[rank.record.unit]
        lines.append(
            {
                "rank": rank.place,
                "is_tied": rank.is_tied,
                "code": record.unit,
                "unit": line.unit.name,
                "owed": record.owed,
                "on_time": record.on_time,
                "late": record.late,
                "missing": record.missing,
                "accepted": line.accepted,
                "share": f"{float(record.share) * 100:.1f}",
                "percent": record.percent,
            }
        )
    return lines


def bulletin_of(user: User, month: dt.date) -> TaskBulletin | None:
    """The newest one that this user may read: a township reads its county's."""
    found = TaskBulletin.objects.visible_to(user).filter(month=month).select_related("org_unit", "issued_by")
    return found.order_by("org_unit__path").first()
