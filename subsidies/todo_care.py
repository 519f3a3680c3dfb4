"""What the care at home asks of the clerks, for the to-do list of the home page."""

from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency
from subsidies.models import Adaptation, DuePeriod, VisitRule
from subsidies.pages.adaptations import in_state
from subsidies.rules.visits import periods_on

SUNDAY_IS_NEAR = 4  # Friday: the days of the week left are few


@todo.register
def visits_due(user: User) -> list[TodoItem]:
    """Visits and services still to be done in the running periods, for the township that makes them."""
    if not user.may(Permission.EDIT_PEOPLE) or not user.is_township:
        return []
    if not VisitRule.objects.visible_to(user).exists():
        return []
    today = timezone.localdate()
    due = DuePeriod.objects.of(periods_on(today)).visible_to(user).filter(done_on=None)
    of_week = due.filter(frequency="week").count()
    if not of_week:
        return []
    left = 6 - today.weekday()
    detail = "今天是最后一天。" if not left else f"本周还有 {left} 天。"
    return [
        TodoItem(
            f"本周还有 {of_week:,} 人次探访服务没有完成",
            reverse("visit-due"),
            detail,
            Urgency.DUE if today.weekday() >= SUNDAY_IS_NEAR else Urgency.NORMAL,
            count=of_week,
            tag="探访",
        )
    ]


@todo.register
def adaptations_waiting(user: User) -> list[TodoItem]:
    """Households that have applied and wait for their assessment."""
    if not user.may(Permission.EDIT_PEOPLE):
        return []
    waiting = Adaptation.objects.visible_to(user).filter(in_state(Adaptation.State.APPLIED)).count()
    if not waiting:
        return []
    return [
        TodoItem(
            f"适老化改造待评估 {waiting} 户",
            f"{reverse('adaptation-list')}?state=applied",
            "已申请，还没有评估。",
            count=waiting,
            tag="改造",
        )
    ]
