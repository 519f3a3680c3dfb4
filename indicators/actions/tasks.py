"""What the county does to its list of key tasks: add, change, confirm, decide a state; supervise; make standings known."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.identity import holds_id_number
from eldercare.models import AuditEvent, Notice, OrgUnit, User
from eldercare.notices import holders, tell
from eldercare.permissions import Permission
from indicators.models import (
    Plan,
    Supervision,
    SupervisionReply,
    Task,
    TaskBulletin,
    TaskMilestone,
    TaskState,
    TaskUnit,
)

LEVELS = (
    OrgUnit.Level.COUNTY,
    OrgUnit.Level.TOWNSHIP,
    OrgUnit.Level.REPORTING,
    OrgUnit.Level.DEPARTMENT,
)


def _require(by: User, permission: Permission, unit: OrgUnit) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.get_role_display()}不能办理此事。")
    if not by.org_unit.contains(unit):
        raise NotAllowed("这不是本单位的规划，只能查看。")


def _log(by: User, task: Task, step: str, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.TASK, by=by, subject=f"{task} {step}", org_unit=task.plan.org_unit, **detail
    )


@transaction.atomic
def create_task(*, plan: Plan, values: Mapping[str, Any], by: User) -> Task:
    """A task that the county adds by hand; ``values`` as ``TaskForm`` gives them. Its code is the plan's next."""
    _require(by, Permission.EDIT_TASKS, plan.org_unit)
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    number = (plan.tasks.aggregate(last=Max("number"))["last"] or 0) + 1
    fields = {key: value for key, value in values.items() if key not in PARTS}
    task = Task.objects.create(plan=plan, number=number, code=f"{plan.code}-T{number}", **fields)
    _write_parts(task, values, by)
    _log(by, task, "新增")
    return task


@transaction.atomic
def edit_task(*, task: Task, values: Mapping[str, Any], seen: str, by: User) -> Task:
    """Change a task unless somebody else has done so since ``seen`` (``task_version``)."""
    _require(by, Permission.EDIT_TASKS, task.plan.org_unit)
    task = Task.objects.select_for_update(of=("self",)).select_related("plan__org_unit").get(pk=task.pk)
    if task_version(task) != seen:
        raise Conflict("这项任务刚被他人改过，请对照下方修改记录核对后再保存。")
    for key, value in values.items():
        if key not in PARTS:
            setattr(task, key, value)
    task.save()
    _write_parts(task, values, by)
    _log(by, task, "修改")
    return task


PARTS = ("leads", "responsible", "milestones", "indicators")


def task_version(task: Task) -> str:
    """Moves with every change of the task and of its parts."""
    counts = (
        Task.pgh_event_model.objects.filter(pgh_obj_id=task.pk).count(),
        TaskUnit.pgh_event_model.objects.filter(task_id=task.pk).count(),
        TaskMilestone.pgh_event_model.objects.filter(task_id=task.pk).count(),
    )
    return "-".join(map(str, counts))


def _write_parts(task: Task, values: Mapping[str, Any], by: User) -> None:
    task.indicators.set(values["indicators"])
    _write_units(task, TaskUnit.Role.LEAD, values["leads"], by)
    _write_units(task, TaskUnit.Role.RESPONSIBLE, values["responsible"], by)
    wanted: list[tuple[dt.date, str]] = list(values["milestones"])
    for old in task.milestones.all():
        if (old.due_on, old.what) in wanted:
            wanted.remove((old.due_on, old.what))
        else:
            old.delete()
    for due_on, what in wanted:
        TaskMilestone.objects.create(task=task, due_on=due_on, what=what)


def _write_units(task: Task, role: str, units: Iterable[OrgUnit], by: User) -> None:
    """What was printed stays; a unit that a person has chosen is no longer inferred."""
    wanted = {unit.pk for unit in units}
    for part in task.units.filter(role=role, org_unit__isnull=False):
        if part.org_unit_id not in wanted:
            part.delete()
        else:
            wanted.discard(part.org_unit_id)
            if part.is_open:
                _confirm(part, by)
    for unit in wanted:
        TaskUnit.objects.create(
            task=task, role=role, org_unit_id=unit, confirmed_by=by, confirmed_at=timezone.now()
        )


def _confirm(part: TaskUnit, by: User) -> None:
    part.confirmed_by, part.confirmed_at = by, timezone.now()
    part.save(update_fields=["confirmed_by", "confirmed_at"])


@transaction.atomic
def confirm_units(*, task: Task, by: User) -> int:
    """Say that the inferred units of a task are right. Returns how many were waiting."""
    _require(by, Permission.EDIT_TASKS, task.plan.org_unit)
    waiting = [part for part in task.units.select_for_update() if part.is_open]
    for part in waiting:
        _confirm(part, by)
    if waiting:
        _log(by, task, "确认责任单位")
    return len(waiting)


@transaction.atomic
def set_state(*, task: Task, state: str, reason: str, by: User) -> Task:
    """Decide a state by hand, or (``state`` empty) let the portal work it out again. Both need a reason."""
    _require(by, Permission.EDIT_TASKS, task.plan.org_unit)
    if not reason.strip():
        raise Refused("请写明理由，例如依据的会议纪要或文件。")
    task = Task.objects.select_for_update(of=("self",)).select_related("plan__org_unit").get(pk=task.pk)
    task.state_set = state
    task.state_reason = reason.strip()[:200] if state else ""
    task.state_set_by, task.state_set_at = by, timezone.now()
    task.save(update_fields=["state_set", "state_reason", "state_set_by", "state_set_at"])
    _log(
        by, task, f"认定为{TaskState(state).label}" if state else "改回自动判定", reason=reason.strip()[:200]
    )
    return task


@transaction.atomic
def mark_milestone(*, milestone: TaskMilestone, done_on: dt.date | None, by: User) -> None:
    """Note the day on which a milestone was reached, or (None) that it was not."""
    _require(by, Permission.EDIT_TASKS, milestone.task.plan.org_unit)
    if done_on and done_on > timezone.localdate():
        raise Refused("完成日期不能晚于今天。")
    milestone.done_on = done_on
    milestone.save(update_fields=["done_on"])
    _log(by, milestone.task, f"分项“{milestone.what}”{'完成' if done_on else '改为未完成'}")


# --- Supervision ----------------------------------------------------------------------------------------------


@transaction.atomic
def issue_supervision(
    *, task: Task, unit: OrgUnit, demand: str, reply_due_on: dt.date, by: User
) -> Supervision:
    """Put a task to a unit that has to answer by a day."""
    _require(by, Permission.EDIT_TASKS, task.plan.org_unit)
    if not task.units.filter(org_unit=unit).exists():
        raise Refused(f"{unit.name}不是这项任务的牵头或责任单位。")
    today = timezone.localdate()
    if reply_due_on <= today:
        raise Refused("回复期限应晚于今天。")
    # One number after the other in a county and year.
    OrgUnit.objects.select_for_update().get(pk=task.plan.org_unit_id)
    if Supervision.objects.open().filter(task=task, org_unit=unit).exists():
        raise Conflict(f"{unit.name}的这项任务已在督办中，销号后才能再次督办。")
    numbers = Supervision.objects.filter(task__plan__org_unit=task.plan.org_unit_id, year=today.year)
    made = Supervision.objects.create(
        task=task,
        org_unit=unit,
        year=today.year,
        serial=(numbers.aggregate(last=Max("serial"))["last"] or 0) + 1,
        demand=demand.strip(),
        reply_due_on=reply_due_on,
        issued_by=by,
    )
    _log(by, task, f"{made}下发{unit.name}")
    _tell(
        made,
        holders(unit, Permission.REPORT_TASKS),
        f"{made}：“{task.name}”请于 {reply_due_on:%Y-%m-%d} 前回复。",
        by,
    )
    return made


@transaction.atomic
def reply_to_supervision(*, supervision: Supervision, text: str, by: User) -> SupervisionReply:
    """The unit's answer; more than one may be given until the matter is closed."""
    if not by.may(Permission.REPORT_TASKS) or by.org_unit_id != supervision.org_unit_id:
        raise NotAllowed("督办由被督办单位回复。")
    supervision = _locked(supervision)
    if supervision.status == Supervision.Status.CLOSED:
        raise Conflict(f"{supervision}已销号，不用再回复。")
    if not text.strip():
        raise Refused("请写明办理情况。")
    reply = SupervisionReply.objects.create(supervision=supervision, text=text.strip()[:1000], by=by)
    supervision.status = Supervision.Status.REPLIED
    supervision.save(update_fields=["status"])
    _log(by, supervision.task, f"{supervision}回复")
    _tell(supervision, [supervision.issued_by], f"{supervision.org_unit.name}已回复{supervision}。", by)
    return reply


@transaction.atomic
def close_supervision(*, supervision: Supervision, note: str, by: User) -> None:
    _require(by, Permission.EDIT_TASKS, supervision.task.plan.org_unit)
    supervision = _locked(supervision)
    if supervision.status == Supervision.Status.CLOSED:
        raise Conflict(f"{supervision}已经销号。")
    if not note.strip():
        raise Refused("请写明销号意见。")
    supervision.status, supervision.closing_note = Supervision.Status.CLOSED, note.strip()[:300]
    supervision.closed_by, supervision.closed_at = by, timezone.now()
    supervision.save()
    _log(by, supervision.task, f"{supervision}销号")
    reporters = holders(supervision.org_unit, Permission.REPORT_TASKS)
    _tell(supervision, reporters, f"{supervision}已销号：{note.strip()[:100]}", by)


def _locked(supervision: Supervision) -> Supervision:
    rows = Supervision.objects.select_for_update(of=("self",))
    return rows.select_related("task__plan__org_unit", "org_unit", "issued_by").get(pk=supervision.pk)


def _tell(supervision: Supervision, people: Iterable[User], text: str, by: User) -> None:
    tell(people, Notice.Kind.REMINDER, text, reverse("supervision", args=[supervision.pk]), by=by)


# --- Bulletin -------------------------------------------------------------------------------------------------


@transaction.atomic
def issue_bulletin(*, month: dt.date, lines: list[dict[str, object]], text: str, by: User) -> TaskBulletin:
    """Keep the standings of a month as they are now. Once issued they do not change."""
    _require(by, Permission.EVALUATE_TASKS, by.org_unit)
    if not lines:
        raise Refused("这个月没有单位应报任务进展，没有可通报的内容。")
    if holds_id_number(text):
        raise Refused("通报会发给各单位，不能写身份证号。")
    made, is_new = TaskBulletin.objects.get_or_create(
        org_unit=by.org_unit,
        month=month,
        defaults={"lines": lines, "text": text.strip()[:1000], "issued_by": by},
    )
    if not is_new:
        raise Conflict(f"{made}已由{made.issued_by.full_name}印发，不再改动。")
    audit.record(AuditEvent.Action.TASK, by=by, subject=f"印发{made}", org_unit=by.org_unit)
    return made
