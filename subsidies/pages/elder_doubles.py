"""Records that look like one person: found, and laid side by side."""

from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import cache
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.functions import Length

from eldercare.history import NOTHING, shown
from eldercare.identity import check_id_number
from eldercare.models import OrgUnit, User
from subsidies.actions.elder_merges import PARTS, obstacles
from subsidies.models import DistinctElders, Elder, ElderMerge, ElderTag, HouseholdHead

LIMIT = 200  # pairs on one page
REMEMBERED = 600  # seconds, for the line on the home page

SAME_NAME_AND_BIRTH = """
    SELECT one.id, other.id
    FROM subsidies_elder one
    JOIN subsidies_elder other
      ON other.name_key = one.name_key AND other.born_on = one.born_on AND other.id > one.id
    WHERE one.merged_into_id IS NULL AND other.merged_into_id IS NULL
      AND one.org_unit_id = ANY (%(units)s) AND other.org_unit_id = ANY (%(units)s)
      AND NOT EXISTS (
          SELECT FROM subsidies_distinctelders seen WHERE seen.one_id = one.id AND seen.other_id = other.id)
    ORDER BY one.name_key, one.born_on, one.id, other.id
    LIMIT %(limit)s
"""


class Pair(NamedTuple):
    one: Elder
    other: Elder
    why: str


def pairs(user: User) -> list[Pair]:
    """One more than ``LIMIT`` tells that there are more."""
    found = dict.fromkeys(_same_number(user), "新旧证件号码相同")
    for key in _same_name_and_birth(user):
        found.setdefault(key, "姓名、出生日期相同")
    found = dict(list(found.items())[: LIMIT + 1])
    people = (
        Elder.objects.visible_to(user)
        .select_related("org_unit", "village")
        .in_bulk({pk for key in found for pk in key})
    )
    return [Pair(people[one], people[other], why) for (one, other), why in found.items()]


def number_of_pairs(user: User) -> int:
    """For the home page: at most ten minutes old."""
    key = f"elder-doubles-{user.org_unit_id}"
    return cache.get_or_set(key, lambda: len(_keys(user)), REMEMBERED)


def forget_number_of_pairs(user: User) -> None:
    cache.delete(f"elder-doubles-{user.org_unit_id}")


def _keys(user: User) -> set[tuple[int, int]]:
    return {*_same_number(user), *_same_name_and_birth(user)}


def _same_name_and_birth(user: User) -> list[tuple[int, int]]:
    keepers = OrgUnit.objects.visible_to(user).exclude(
        level=OrgUnit.Level.VILLAGE
    )  # few numbers: see visible_to
    units = list(keepers.order_by().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(SAME_NAME_AND_BIRTH, {"units": units, "limit": LIMIT + 1})
        return [tuple(row) for row in cursor.fetchall()]


def _same_number(user: User) -> list[tuple[int, int]]:
    """An old number of 15 digits and the number of 18 that it became. How long a number is shows in its cipher."""
    field = Elder._meta.get_field("id_number")
    lengths = {len(each) for each in field.candidates(["0" * 15])}
    people = Elder.objects.visible_to(user).current().order_by()
    old = people.alias(size=Length("id_number")).filter(id_kind=Elder.IdKind.RESIDENT, size__in=lengths)
    upgraded = {
        number: pk
        for pk, value in old.values_list("pk", "id_number")
        for number in check_id_number(str.__str__(value)).upgrades
    }
    if not upgraded:
        return []
    new = people.filter(id_number__in=list(upgraded)).values_list("pk", "id_number")
    keys = {tuple(sorted((upgraded[str.__str__(value)], pk))) for pk, value in new}
    seen = set(DistinctElders.objects.filter(one__in=[one for one, _ in keys]).values_list("one", "other"))
    return sorted(keys - seen)


def merges_done(user: User) -> QuerySet[ElderMerge]:
    people = Elder.objects.visible_to(user)
    return ElderMerge.objects.filter(kept__in=people.values("pk")).select_related(
        "kept", "dropped", "merged_by", "undone_by"
    )


# --- Side by side ----------------------------------------------------------------------------------------------

COMPARED = (
    "name",
    "id_kind",
    "id_number",
    "sex",
    "born_on",
    "org_unit",
    "village",
    "registered",
    "registered_address",
    "residence_unit",
    "residence_village",
    "resident",
    "address",
    "phone",
    "contact_name",
    "died_on",
    "note",
)


class Line(NamedTuple):
    label: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        return self.one != self.other


@dataclass
class Comparison:
    one: Elder
    other: Elder
    lines: list[Line]
    keep_one: list[str]  # what stands against keeping the first
    keep_other: list[str]
    suggested: int

    @property
    def is_possible(self) -> bool:
        return not self.keep_one or not self.keep_other


def compare(one: Elder, other: Elder) -> Comparison:
    lines = [_line(name, one, other) for name in COMPARED]
    lines.append(Line("人员类别", _tags(one), _tags(other)))
    for part in PARTS:
        lines.append(
            Line(str(part.model._meta.verbose_name), *(_number(part.model, each) for each in (one, other)))
        )
    heads = [HouseholdHead.objects.filter(elder=each).first() for each in (one, other)]
    lines.append(Line("户主", *(str(head) if head else NOTHING for head in heads)))
    keep_one, keep_other = obstacles(one, other), obstacles(other, one)
    suggested = other if (keep_one and not keep_other) or _is_better(other, one) else one
    return Comparison(one, other, lines, keep_one, keep_other, suggested.pk)


def _is_better(other: Elder, one: Elder) -> bool:
    """The number of 18 characters is the one that counts today; else the older record."""
    return _digits(other) > _digits(one)


def _digits(elder: Elder) -> int:
    return len(elder.id_number or "")


def _line(name: str, one: Elder, other: Elder) -> Line:
    column = one._meta.get_field(name)
    texts = []
    for each in (one, other):
        value = getattr(each, name)
        texts.append(str(value) if isinstance(value, Model) else shown(column, value))
    first, second = texts
    if first == second and getattr(one, name) != getattr(other, name):  # the difference is in what is masked
        second = f"{second}（隐去的数字不同）"
    return Line(str(column.verbose_name), first, second)


def _tags(elder: Elder) -> str:
    tags = ElderTag.objects.filter(elder=elder)
    return "；".join(f"{tag} {tag.held}" for tag in tags) or NOTHING


def _number(model: type[Model], elder: Elder) -> str:
    number = model._base_manager.filter(elder=elder).count()
    return f"{number} 条" if number else NOTHING
