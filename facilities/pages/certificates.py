"""Questions about certificates as of a day, for the list, the person's page and the to-do list."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from facilities.models import Certificate, Employment

SOON = dt.timedelta(days=60)
Kind = Certificate.Kind
# What counts as holding a certificate, by post; a note of attendance at a course does for none.
COUNTS_FOR: dict[str, tuple[str, ...]] = {
    Employment.Role.CAREGIVER: Certificate.CAREGIVER_KINDS,
    Employment.Role.SOCIAL_WORKER: (Kind.SOCIAL_WORK,),
}
ANY_KIND = (*Certificate.CAREGIVER_KINDS, Kind.SOCIAL_WORK, Kind.LICENCE)


def _valid(day: dt.date) -> Q:
    return Q(issued_on__lte=day) & (Q(expires_on=None) | Q(expires_on__gte=day))


def _of_person(path: str) -> QuerySet[Certificate]:
    return Certificate.objects.filter(caregiver=OuterRef(path))


def held(day: dt.date) -> Q:
    """Posts whose holder has a valid certificate of the kind that the post asks for."""
    valid = _of_person("caregiver").filter(_valid(day))
    found = Q()
    for role, kinds in COUNTS_FOR.items():
        found |= Q(role=role) & Q(Exists(valid.filter(kind__in=kinds)))
    others = ~Q(role__in=COUNTS_FOR) & Q(Exists(valid.filter(kind__in=ANY_KIND)))
    return found | others


def senior(day: dt.date) -> Q:
    """Posts whose holder is 高级工 or higher as a caregiver."""
    certificates = _of_person("caregiver").filter(
        _valid(day), kind__in=Certificate.CAREGIVER_KINDS, level__lte=Certificate.SENIOR
    )
    return Q(Exists(certificates))


def ending(day: dt.date) -> QuerySet[Certificate]:
    """Certificates that expire within SOON, with none of the same kind that lasts longer."""
    return Certificate.objects.filter(
        issued_on__lte=day, expires_on__range=(day, day + SOON), kind__in=ANY_KIND
    ).exclude(Exists(_longer(day + SOON)))


def ended(day: dt.date) -> QuerySet[Certificate]:
    """Certificates that have expired, with none of the same kind that is valid."""
    return Certificate.objects.filter(expires_on__lt=day, kind__in=ANY_KIND).exclude(
        Exists(_longer(day - dt.timedelta(days=1)))
    )


def _longer(day: dt.date) -> QuerySet[Certificate]:
    return Certificate.objects.filter(caregiver=OuterRef("caregiver"), kind=OuterRef("kind")).filter(
        Q(expires_on=None) | Q(expires_on__gt=day)
    )


def with_certificate(certificates: QuerySet[Certificate]) -> Q:
    """Posts whose holder has one of the certificates."""
    return Q(Exists(certificates.filter(caregiver=OuterRef("caregiver"))))


class Standing(NamedTuple):
    """A certificate as of a day, with the word and colour of its state."""

    certificate: Certificate
    word: str
    colour: str

    @property
    def label(self) -> str:
        return self.certificate.get_level_display() or self.certificate.get_kind_display()


def standing(certificate: Certificate, day: dt.date) -> Standing:
    if certificate.issued_on > day:
        return Standing(certificate, "尚未生效", "secondary")
    if certificate.expires_on is None:
        return Standing(certificate, "有效", "green")
    if certificate.expires_on < day:
        return Standing(certificate, "已过期", "red")
    if certificate.expires_on <= day + SOON:
        return Standing(certificate, "即将到期", "orange")
    return Standing(certificate, "有效", "green")


def best_of(certificates: Iterable[Certificate], day: dt.date) -> Standing | None:
    """The one to show: skill before the others and a note of attendance last, valid before expired, then the
    highest level, then the latest."""
    usable = [each for each in certificates if each.issued_on <= day]
    if not usable:
        return None

    def rank(each: Certificate) -> tuple:
        expired = each.expires_on is not None and each.expires_on < day
        return (
            each.kind == Kind.COURSE,
            expired,
            each.kind not in Certificate.CAREGIVER_KINDS,
            each.level or 9,
            -each.issued_on.toordinal(),
            -each.pk,
        )

    return standing(min(usable, key=rank), day)


def by_person(caregivers: Iterable[int]) -> dict[int, list[Certificate]]:
    found = defaultdict(list)
    for each in Certificate.objects.filter(caregiver__in=list(caregivers)):
        found[each.caregiver_id].append(each)
    return found
