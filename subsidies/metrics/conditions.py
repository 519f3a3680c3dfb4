"""Conditions on elders that several metrics share. Every one is as of the end of a day."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import Exact, GreaterThanOrEqual

from eldercare.ledger_metrics import Period
from subsidies.models import Ability, Assessment, Elder, ElderTag

Condition = Callable[[Period], Q]
# 生活不能自理: complete loss of self-care, and severe disability (含重度失能).
UNABLE_SELF_CARE = Ability.SEVERE


def both(*conditions: Condition) -> Condition:
    def condition(period: Period) -> Q:
        found = Q()
        for each in conditions:
            found &= each(period)
        return found

    return condition


def aged(years: int) -> Condition:
    """So many years at the end of the month, by months: a birthday counts from its month on."""

    def condition(period: Period) -> Q:
        after = period.last + dt.timedelta(days=1)
        return Q(born_on__lt=after.replace(year=after.year - years))

    return condition


def registered(period: Period) -> Q:
    return Q(registered__on=period.last)


def of_the_county(period: Period) -> Q:
    """With household registration in the county, or living in it."""
    return Q(registered__on=period.last) | Q(resident__on=period.last)


def tagged(*kinds: str, elder: str = "pk") -> Condition:
    """One of the kinds is held. ``elder``: look-up to the elder."""

    def condition(period: Period) -> Q:
        held = ElderTag.objects.filter(elder=OuterRef(elder), kind__in=kinds, held__on=period.last)
        return Q(Exists(held.order_by()))

    return condition


def alive(day: dt.date) -> Q:
    return Q(died_on=None) | Q(died_on__gt=day)


def _last_assessment(day: dt.date):
    """The result that counts on the day: the last that is valid and has a level (docs/payment-rules.md, ability)."""
    valid = Assessment.objects.valid_on(day).filter(elder=OuterRef("pk"), level__isnull=False)
    return valid.order_by("-assessed_on", "-pk")


def assessed(at_least: int) -> Condition:
    def condition(period: Period) -> Q:
        level = Subquery(_last_assessment(period.last).values("level")[:1])
        return Q(GreaterThanOrEqual(level, at_least))

    return condition


def found_disabled_or_demented(period: Period) -> Q:
    """失能(轻度及以上)或失智, by the assessment that counts."""
    demented = Subquery(_last_assessment(period.last).values("has_dementia")[:1])
    return assessed(Ability.MILD)(period) | Q(Exact(demented, True))


def elders_on(day: dt.date):
    """Everybody alive on the register, once."""
    return Elder.objects.current().filter(alive(day))
