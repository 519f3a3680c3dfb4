"""What enrolments ask of the clerks, for the to-do list of the home page. Imported by ``apps.py``."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency
from subsidies.models import Enrolment, PublicNotice

State = Enrolment.State
LONG = 10  # days that something has been waiting


@todo.register
def enrolments_waiting(user: User) -> list[TodoItem]:
    """For the township what waits for its check and its notice, for the county what waits for approval."""
    checks, approves = user.may(Permission.CHECK_ENROLMENTS), user.may(Permission.APPROVE_ENROLMENTS)
    states = [State.APPLIED, State.CHECKED] if checks and user.is_township else []
    states += [State.NOTICED] if approves else []
    if not states:
        return []
    counted = (
        Enrolment.objects.visible_to(user)
        .filter(state__in=states)
        .order_by()
        .values("state")
        .annotate(number=Count("pk"), oldest=Min("applied_on"))
    )
    found = {each["state"]: each for each in counted}
    return [_item(state, found[state]) for state in states if state in found]


WORDS = {
    State.APPLIED: ("人申请补贴待审核", "去审核", "待审核"),
    State.CHECKED: ("人已审核，待公示", "去公示", "待公示"),
    State.NOTICED: ("人公示期满，待县级审批", "去审批", "待审批"),
}


def _item(state: str, found: dict) -> TodoItem:
    title, button, tag = WORDS[state]
    address = {
        State.APPLIED: f"{reverse('enrolment-list')}?state={State.APPLIED}",
        State.CHECKED: reverse("public-notice-list"),
        State.NOTICED: reverse("enrolment-approvals"),
    }[state]
    days = (timezone.localdate() - found["oldest"]).days
    return TodoItem(
        f"{found['number']} {title}",
        address,
        f"最早的 {found['oldest']:%m-%d} 申请。",
        Urgency.DUE if days > LONG else Urgency.NORMAL,
        count=found["number"],
        button=button,
        tag=tag,
    )


@todo.register
def notices_over(user: User) -> list[TodoItem]:
    if not (user.may(Permission.CHECK_ENROLMENTS) and user.is_township):
        return []
    over = PublicNotice.objects.visible_to(user).filter(closed_at=None, ends_on__lt=timezone.localdate())
    number = over.count()
    if not number:
        return []
    return [
        TodoItem(
            f"{number} 期公示已满，待办结",
            f"{reverse('public-notice-list')}?state=due",
            "没有异议的办结后报县级审批。",
            Urgency.DUE,
            count=number,
            button="去办结",
            tag="公示期满",
        )
    ]
