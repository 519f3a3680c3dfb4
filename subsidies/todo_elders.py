"""What the register of elders asks of the clerks, for the to-do list of the home page. Imported by ``apps.py``."""

from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency
from subsidies.actions.elder_merges import may_merge
from subsidies.pages.elder_detail import without_number
from subsidies.pages.elder_doubles import LIMIT, number_of_pairs


@todo.register
def elders_without_number(user: User) -> list[TodoItem]:
    if not user.may(Permission.EDIT_PEOPLE):
        return []
    number = without_number(user, timezone.localdate())
    if not number:
        return []
    return [
        TodoItem(
            f"{number:,} 位老年人没有证件号码",
            f"{reverse('elder-list')}?number=none",
            "没有证件号码的不能发放补贴，请核实后补填。",
            Urgency.NORMAL if user.is_township else Urgency.INFO,
            count=number,
            button="查看名单",
            tag="缺证件",
        )
    ]


@todo.register
def double_records(user: User) -> list[TodoItem]:
    """For the county clerk, who merges them."""
    if not may_merge(user):
        return []
    number = number_of_pairs(user)
    if not number:
        return []
    words = f"{LIMIT} 对以上" if number > LIMIT else f"{number} 对"
    return [
        TodoItem(
            f"{words}老年人档案疑似重复",
            reverse("elder-doubles"),
            "姓名、出生日期相同，或新旧证件号码相同；是同一人的并档，不是的记为不同的人。",
            Urgency.NORMAL,
            count=number,
            button="去核对",
            tag="重复",
        )
    ]
