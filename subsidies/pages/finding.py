"""Finding a person for something to be entered: by name, or by a whole identity number."""

from eldercare.errors import Refused
from eldercare.identity import check_id_number
from eldercare.models import User
from subsidies.models import Elder

LIMIT = 30
FEWEST_DIGITS = 15  # of an identity number; a name holds none
MOST_DIGITS = 6


def find_elders(text: str, user: User) -> list[Elder]:
    """The living whom the user sees, at most LIMIT. Raises Refused for part of a number."""
    elders = (
        Elder.objects.visible_to(user).current().filter(died_on=None).select_related("org_unit", "village")
    )
    digits = sum(letter.isdigit() for letter in text)
    if digits > MOST_DIGITS:
        checked = check_id_number(text)
        if digits < FEWEST_DIGITS or not checked.usable:
            raise Refused("请输入姓名，或完整的证件号码；不能按电话或号码的一部分查找。")
        return list(elders.filter(id_number__in={checked.value, *checked.upgrades})[:1])
    return list(elders.named(text).order_by("name_key", "pk")[:LIMIT])
