"""Townships that have a facility, and villages and communities that one serves: the rows are the units.

So a township counts once however many facilities it has, a village once however many serve it, and a village
counts where it lies, also when a facility of the township next door serves it.
"""

import datetime as dt

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from eldercare.ledger_metrics import LedgerMetric, Period, Source, register
from eldercare.lists import Column
from eldercare.models import OrgUnit
from facilities.metrics.conditions import COMMUNITY, RURAL_TOWNSHIP, STREET, VILLAGE, Condition, both
from facilities.metrics.facilities import TOWNSHIP_CENTERS
from facilities.models import Facility, FacilityVillage

Kind, Level = Facility.Kind, OrgUnit.Level
LOCATED = (*TOWNSHIP_CENTERS, Kind.REGIONAL_CENTER, Kind.HEALTH_CARE_UNION)
SERVING = (Kind.COMMUNITY_CARE_CENTER, Kind.DAY_CARE_CENTER, Kind.MUTUAL_AID_HOME)


def coverage_on(day: dt.date) -> QuerySet[FacilityVillage]:
    return FacilityVillage.objects.filter(covered__on=day, facility__in=Facility.objects.open_on(day))


def has(*kinds: str) -> Condition:
    """A facility of the kinds belongs to the township, or to the county itself."""

    def condition(period: Period) -> Q:
        return Q(
            Exists(Facility.objects.open_on(period.last).filter(org_unit=OuterRef("pk"), kind__in=kinds))
        )

    return condition


def served_by(kind: str) -> Condition:
    """A facility of the kind serves the village."""

    def condition(period: Period) -> Q:
        served = coverage_on(period.last).filter(village=OuterRef("pk"), facility__kind=kind)
        return Q(level=Level.VILLAGE) & Q(Exists(served))

    return condition


def has_or_is_served_by(kind: str) -> Condition:
    """A facility of the kind belongs to the township, or serves a village of it."""

    def condition(period: Period) -> Q:
        served = coverage_on(period.last).filter(village__parent=OuterRef("pk"), facility__kind=kind)
        return has(kind)(period) | Q(Exists(served))

    return condition


def level(*levels: str, code: str = "") -> Condition:
    return lambda period: Q(level__in=levels) & (Q(code__regex=code) if code else Q())


def rows(period: Period) -> QuerySet[OrgUnit]:
    """Units as of the last day, with the names of the facilities on account of which they are counted."""
    day = period.last
    serving = coverage_on(day).filter(facility=OuterRef("pk"))
    below = serving.filter(village__parent=OuterRef(OuterRef("pk")), facility__kind=Kind.REGIONAL_CENTER)
    here = Q(org_unit=OuterRef("pk"), kind__in=LOCATED) | Q(
        Exists(serving.filter(village=OuterRef(OuterRef("pk")))), kind__in=SERVING
    )
    names = Facility.objects.open_on(day).filter(here | Q(Exists(below))).values("name")
    return OrgUnit.objects.as_of(day).annotate(facility_names=ArraySubquery(names))


METRICS = (
    LedgerMetric("townships_with_home_care_center", both(level(Level.TOWNSHIP), has(*TOWNSHIP_CENTERS))),
    LedgerMetric(
        "streets_with_comprehensive_center",
        both(level(Level.TOWNSHIP, code=STREET), has(Kind.COMPREHENSIVE_CENTER)),
    ),
    LedgerMetric(
        "rural_townships_with_regional_center",
        both(level(Level.TOWNSHIP, code=RURAL_TOWNSHIP), has_or_is_served_by(Kind.REGIONAL_CENTER)),
    ),
    LedgerMetric(
        "units_covered_by_health_care_union",
        both(level(Level.TOWNSHIP, Level.COUNTY), has(Kind.HEALTH_CARE_UNION)),
        at_county="own",
    ),
    LedgerMetric("villages_covered_by_care_center", served_by(Kind.COMMUNITY_CARE_CENTER)),
    LedgerMetric(
        "communities_covered_by_day_care",
        both(level(Level.VILLAGE, code=COMMUNITY), served_by(Kind.DAY_CARE_CENTER)),
    ),
    LedgerMetric(
        "villages_covered_by_mutual_aid_home",
        both(level(Level.VILLAGE, code=VILLAGE), served_by(Kind.MUTUAL_AID_HOME)),
    ),
)

PLACES = register(
    Source(
        key="places",
        label="设施台账",
        ledger="facilities",
        rows=rows,
        unit="",
        metrics=METRICS,
        columns=(
            Column("name", "镇(街道)、村(社区)", "name", order=("code",), width=24),
            Column("code", "代码", "code", order=("code",), width=16, css="code"),
            Column("level", "级别", "get_level_display", order=("level", "code")),
            Column("facilities", "设施", lambda row: "、".join(row.facility_names), width=40),
        ),
    )
)
