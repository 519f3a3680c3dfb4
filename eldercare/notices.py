"""Notices on the home pages of those whom something concerns: who they are, and telling them."""

from collections.abc import Iterable

from eldercare.models import Notice, OrgUnit, User
from eldercare.permissions import Permission

TEXT_LENGTH = Notice._meta.get_field("text").max_length


def holders(unit: OrgUnit, permission: Permission) -> list[User]:
    """The active accounts of the unit that may do something."""
    people = User.objects.filter(org_unit=unit, is_active=True).order_by("pk")
    return [person for person in people if person.may(permission)]


def nearest_holders(unit: OrgUnit, permission: Permission) -> list[User]:
    """Those of the unit itself, else of the nearest unit above that has any: a township's reviewers are the county's,
    those of a district that reports to a city the city's. One query."""
    codes = [code for code in unit.path.split("/") if code]
    people = User.objects.filter(org_unit__code__in=codes, is_active=True).select_related("org_unit")
    found = [person for person in people.order_by("pk") if person.may(permission)]
    nearest = max((len(person.org_unit.path) for person in found), default=0)
    return [person for person in found if len(person.org_unit.path) == nearest]


def tell(people: Iterable[User], kind: Notice.Kind, text: str, link: str, *, by: User | None = None) -> int:
    """One notice for each, but none for whoever has just done it; returns how many were told."""
    each = {person.pk: person for person in people}
    if by is not None:
        each.pop(by.pk, None)
    Notice.objects.bulk_create(
        Notice(recipient=person, kind=kind, text=text[:TEXT_LENGTH], link=link, created_by=by)
        for person in each.values()
    )
    return len(each)
