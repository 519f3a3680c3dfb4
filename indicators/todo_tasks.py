"""What key tasks ask of each role, for the to-do list of the home page."""

import datetime as dt

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency
from indicators.models import EvaluationRound, RoundItem, Supervision, TaskProgress
from indicators.pages.task_months import load_units
from indicators.rules.months import add_months, month_of
from indicators.task_duties import duties

Status = TaskProgress.Status
SOON = 5  # days before the deadline from which it counts as urgent
NOT_REPORTED_FROM = 1  # months back that are still asked for


@todo.register
def own_progress(user: User) -> list[TodoItem]:
    """What the user's unit still has to hand in, this month and the one before, and what was returned."""
    if not user.may(Permission.REPORT_TASKS):
        return []
    today = timezone.localdate()
    this = month_of(today)
    unit = user.org_unit
    rows = TaskProgress.objects.visible_to(user).filter(
        org_unit=unit, month__gte=add_months(this, -NOT_REPORTED_FROM)
    )
    status = {(month, task): state for month, task, state in rows.values_list("month", "task_id", "status")}
    items = []
    for month in _months_asked(user, this):
        owed = duties(user, month, unit=unit)
        left = [duty for duty in owed if status.get((month, duty.task.pk), Status.DRAFT) == Status.DRAFT]
        if left:
            items.append(_due(left, month, reverse("task-entry", args=[month, unit.code]), today))
    for month in sorted({month for (month, _), state in status.items() if state == Status.RETURNED}):
        number = sum(key[0] == month and state == Status.RETURNED for key, state in status.items())
        items.append(
            TodoItem(
                f"{month.year}年{month.month}月任务进展有 {number} 项被退回，请修改",
                reverse("task-entry", args=[month, unit.code]),
                "按退回意见改好后重新提交。",
                Urgency.RETURNED,
                count=number,
                button="去修改",
            )
        )
    return items


def _months_asked(user: User, this: dt.date) -> list[dt.date]:
    """This month, and the one before for a unit that was reporting by then: nobody starts with a debt."""
    before = add_months(this, -NOT_REPORTED_FROM)
    rows = TaskProgress.objects.visible_to(user).filter(org_unit=user.org_unit, month__lte=before)
    return [before, this] if rows.exists() else [this]


def _due(left: list, month: dt.date, link: str, today: dt.date) -> TodoItem:
    due_on = min(duty.due_on for duty in left)
    days = (due_on - today).days
    name = f"{month.year}年{month.month}月任务进展"
    if days < 0:
        text = f"已逾期 {-days} 天，还有 {len(left)} 项没有提交。"
        return TodoItem(f"{name}逾期未报", link, text, Urgency.OVERDUE, len(left), "去填报")
    urgency = Urgency.DUE if days <= SOON else Urgency.NORMAL
    when = "今天截止" if days == 0 else f"还有 {days} 天"
    return TodoItem(
        f"填报{name}",
        link,
        f"{when}，截止 {due_on:%m-%d}，还有 {len(left)} 项没有提交。",
        urgency,
        len(left),
        "去填报",
    )


@todo.register
def progress_to_check(user: User) -> list[TodoItem]:
    """A line for each month in which progress waits for the reviewer."""
    if not user.may(Permission.EVALUATE_TASKS):
        return []
    months = (
        TaskProgress.objects.visible_to(user)
        .waiting()
        .order_by("month")
        .values_list("month")
        .annotate(rows=Count("pk"), units=Count("org_unit", distinct=True))
    )
    return [
        TodoItem(
            f"审核{month.year}年{month.month}月任务进展",
            reverse("task-check", args=[month]),
            f"{units} 个单位提交了 {rows} 项。",
            Urgency.NORMAL,
            rows,
            "去审核",
            "待审",
        )
        for month, rows, units in months
    ]


@todo.register
def units_late(user: User) -> list[TodoItem]:
    """For the county: which units let this month's deadline pass."""
    if not user.may(Permission.REMIND_UNITS):
        return []
    month = month_of(timezone.localdate())
    late = [each for each in load_units(user, month) if each.is_overdue and each.unit != user.org_unit]
    if not late:
        return []
    listed = "、".join(each.unit.name for each in late[:3])
    return [
        TodoItem(
            f"{month.year}年{month.month}月任务进展还有 {len(late)} 个单位逾期未报齐",
            reverse("task-month", args=[month]),
            f"{listed}{'等' if len(late) > 3 else ''}，共缺 {sum(each.open for each in late)} 项。",
            Urgency.OVERDUE,
            len(late),
            "去催报",
        )
    ]


@todo.register
def supervision(user: User) -> list[TodoItem]:
    """To answer for the unit; answered, for the county to settle."""
    if not user.may(Permission.VIEW_TASKS):
        return []
    rows = Supervision.objects.visible_to(user).open().select_related("task", "org_unit")
    today = timezone.localdate()
    items = []
    for each in rows:
        link = reverse("supervision", args=[each.pk])
        if (
            each.status == Supervision.Status.ISSUED
            and each.org_unit_id == user.org_unit_id
            and user.may(Permission.REPORT_TASKS)
        ):
            late = (today - each.reply_due_on).days
            when = f"已逾期 {late} 天。" if late > 0 else f"请于 {each.reply_due_on:%m-%d} 前回复。"
            urgency = Urgency.OVERDUE if late > 0 else Urgency.DUE
            items.append(
                TodoItem(f"回复{each}：{each.task.name}", link, when, urgency, None, "去回复", "督办")
            )
        elif each.status == Supervision.Status.REPLIED and user.may(Permission.EDIT_TASKS):
            text = f"{each.org_unit.name}已回复，办结的请销号。"
            items.append(
                TodoItem(f"{each}：{each.task.name}", link, text, Urgency.NORMAL, None, "去查看", "督办")
            )
    return items


@todo.register
def rounds_to_rate(user: User) -> list[TodoItem]:
    """Open rounds in which the unit has not scored itself, or the county has not checked."""
    rates, checks = user.may(Permission.REPORT_TASKS), user.may(Permission.EVALUATE_TASKS)
    if not (rates or checks):
        return []
    items = RoundItem.objects.visible_to(user).filter(round__closed_at=None, score=None)
    if not checks:
        items = items.filter(org_unit=user.org_unit, self_score=None)
    numbers = dict(items.order_by().values_list("round").annotate(number=Count("pk")))
    found = EvaluationRound.objects.visible_to(user).filter(pk__in=numbers) if numbers else []
    return [
        TodoItem(
            f"{each}{'核定' if checks else '自评'}",
            reverse("round", args=[each.pk]),
            f"还有 {numbers[each.pk]} 项没有{'核定' if checks else '自评'}。",
            Urgency.NORMAL,
            numbers[each.pk],
            "去核定" if checks else "去自评",
            "评估",
        )
        for each in found
    ]
