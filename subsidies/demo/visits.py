"""Visits of the demo county from the first week of the running month on: those who live alone, every week; a few are still to be visited."""

import datetime as dt

from eldercare.models import OrgUnit
from facilities.demo.days import dice
from subsidies.demo.writing import copy
from subsidies.models import Elder, ElderTag, Visit, VisitRule

RULES = (
    (ElderTag.Kind.LIVING_ALONE, "visit", "week"),
    (ElderTag.Kind.LEFT_BEHIND, "visit", "week"),
    (ElderTag.Kind.DESTITUTE_SCATTERED, "visit", "week"),
    (ElderTag.Kind.DISABLED, "visit", "month"),
    (ElderTag.Kind.DESTITUTE_SCATTERED, "cleaning", "week"),
    (ElderTag.Kind.DESTITUTE_SCATTERED, "laundry", "half_month"),
    (ElderTag.Kind.DESTITUTE_SCATTERED, "haircut", "month"),
)
DONE = 0.97


def seed_visits(county: OrgUnit, month: dt.date, *, today: dt.date) -> dict[str, int]:
    """Rules from the month's first week on, and its visits until ``today``; nothing where there are rules already."""
    if VisitRule.objects.filter(org_unit=county).exists():
        return {}
    monday = month - dt.timedelta(days=month.weekday())  # a week counts in the month of its last day
    for category, service, frequency in RULES:
        VisitRule.objects.create(
            org_unit=county,
            category=category,
            service=service,
            frequency=frequency,
            effective_from=monday,
            document_number="示例〔2026〕3号",
        )
    visited = [category for category, service, _ in RULES if service == "visit"]
    people = (
        Elder.objects.resident_on(today)
        .filter(tags__kind__in=visited, tags__held__on=today)
        .distinct()
        .order_by("pk")
        .values_list("pk", "residence_unit")
    )
    rows = (row for pk, unit in people for row in _of(pk, unit, monday, today))
    return {"探访": copy(Visit, ("elder_id", "org_unit_id", "visited_on", "visitor"), rows)}


def _of(elder: int, unit: int, monday: dt.date, today: dt.date):
    generator = dice("visits", elder)
    while monday <= today:
        day = monday + dt.timedelta(days=generator.randint(0, 6))
        if day <= today and generator.random() < DONE:
            yield elder, unit, day, "村级探访员"
        monday += dt.timedelta(days=7)
