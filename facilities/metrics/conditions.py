"""Conditions that several ledger metrics share. Every one is as of the end of a day."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import Exact, GreaterThanOrEqual

from eldercare.ledger_metrics import Period
from facilities.models import Bed, Employment, Facility, FacilityRating

Condition = Callable[[Period], Q]

# The last three digits of a township's code: 0.. is a street (街道), others a town (镇) or township (乡). Of a
# village's: 001-199 and 400-499 a residents' committee (社区), 200-399 and 500-599 a villagers' one (行政村).
# Source: 统计用区划代码和城乡划分代码编制规则（国家统计局）.
STREET = r"^\d{6}0"
RURAL_TOWNSHIP = r"^\d{6}[1-9]"
COMMUNITY = r"^\d{9}[014]"
VILLAGE = r"^\d{9}[235]"


def everything(period: Period) -> Q:
    return Q()


def always(**look_ups: object) -> Condition:
    """The same in every month."""
    return lambda period: Q(**look_ups)


def held(*qualifications: str) -> Condition:
    """All of the qualifications are held on the last day."""
    return lambda period: Q(**{f"{name}__on": period.last for name in qualifications})


def both(*conditions: Condition) -> Condition:
    def condition(period: Period) -> Q:
        found = Q()
        for each in conditions:
            found &= each(period)
        return found

    return condition


def institutions_on(day: dt.date) -> QuerySet[Facility]:
    """Care institutions (养老机构): open, round-the-clock, at least 10 beds in use."""
    enough = has_beds(Facility.SMALLEST_INSTITUTION)(Period(day, day))
    return Facility.objects.open_on(day).institutions().filter(enough)


def has_beds(number: int) -> Condition:
    """A facility has at least so many institutional beds in use: the search stops at that one."""

    def condition(period: Period) -> Q:
        beds = Bed.objects.in_use_on(period.last).filter(facility=OuterRef("pk"), kind=Bed.Kind.INSTITUTIONAL)
        return Q(Exists(beds.order_by()[number - 1 : number]))

    return condition


def valid_on(day: dt.date) -> Q:
    """Of ratings and certificates: issued, and not yet expired."""
    return Q(issued_on__lte=day) & (Q(expires_on=None) | Q(expires_on__gte=day))


def rated(scheme: str, *, exactly: int | None = None, at_least: int = 1) -> Condition:
    """The level in force, that of the latest issued rating still valid."""

    def condition(period: Period) -> Q:
        valid = FacilityRating.objects.filter(
            valid_on(period.last), facility=OuterRef("pk"), scheme=scheme
        ).order_by("-issued_on")
        in_force = Subquery(valid.values("level")[:1])
        return Q(Exact(in_force, exactly) if exactly is not None else GreaterThanOrEqual(in_force, at_least))

    return condition


def employs(role: str) -> Condition:
    """Somebody holds such a post at the facility."""

    def condition(period: Period) -> Q:
        return Q(Exists(Employment.objects.on(period.last).filter(facility=OuterRef("pk"), role=role)))

    return condition


def in_country(facility: str = "") -> Q:
    """The facility is rural; where that was not entered, its township says it. ``facility``: look-up to it."""
    return _setting(facility, Facility.Setting.RURAL, RURAL_TOWNSHIP)


def in_town(facility: str = "") -> Q:
    return _setting(facility, Facility.Setting.URBAN, STREET)


def _setting(facility: str, setting: str, township: str) -> Q:
    prefix = f"{facility}__" if facility else ""
    return Q(**{f"{prefix}setting": setting}) | Q(
        **{f"{prefix}setting": "", f"{prefix}org_unit__code__regex": township}
    )
