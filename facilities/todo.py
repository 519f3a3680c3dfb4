"""What the ledger of facilities asks of the clerks, for the to-do list of the home page."""

from collections import Counter

from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency
from facilities.models import WaitingEntry
from facilities.pages.overview import EXPIRY_DAYS, Expiry, TownshipLine, expiring, load_overview

SOON = 14  # days
NAMED = 3  # townships in one line


@todo.register
def short_of_beds(user: User) -> list[TodoItem]:
    """床位短缺预警: one line, whether one township is short or several. Leaders and reviewers are told too."""
    if not user.may(Permission.VIEW_LEDGERS):
        return []
    today = timezone.localdate()
    if not WaitingEntry.objects.visible_to(user).waiting_on(today).exists():
        return []
    short = load_overview(user, today).short
    if not short:
        return []
    title = f"床位短缺：{'、'.join(line.unit.name for line in short[:NAMED])}"
    if len(short) > NAMED:
        title += f"等 {len(short)} 个镇(街道)"
    return [
        TodoItem(
            title,
            reverse("facility-overview"),
            _facts(short),
            Urgency.DUE if user.may(Permission.EDIT_LEDGERS) else Urgency.INFO,
            count=len(short),
            button="查看",
            tag="预警",
        )
    ]


def _facts(short: list[TownshipLine]) -> str:
    if len(short) == 1:
        return f"入住率 {short[0].occupancy:.1f}%，轮候 {short[0].waiting} 人。"
    return f"共轮候 {sum(line.waiting for line in short)} 人。"


@todo.register
def expiring_soon(user: User) -> list[TodoItem]:
    """Ratings, insurance and contracts within 60 days of their last day, in one line."""
    if not user.may(Permission.EDIT_LEDGERS):
        return []
    today = timezone.localdate()
    found = expiring(user, today)
    if not found:
        return []
    numbers = Counter(_group(each) for each in found)
    first = found[0]
    return [
        TodoItem(
            f"{EXPIRY_DAYS} 天内到期：{'、'.join(f'{what} {number} 项' for what, number in numbers.items())}",
            f"{reverse('facility-overview')}#expiring",
            f"最早的是{first.facility.name}的{first.what}，{first.last_day:%m-%d} 到期。",
            Urgency.DUE if first.days_left(today) <= SOON else Urgency.NORMAL,
            count=len(found),
            button="查看",
            tag="到期",
        )
    ]


def _group(item: Expiry) -> str:
    return item.what.partition("（")[0]
