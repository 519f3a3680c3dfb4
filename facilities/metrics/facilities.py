"""Facilities of every kind that are open, and those built or upgraded in the month."""

from django.db.models import F, Q

from eldercare.ledger_metrics import LedgerMetric, Period, Source, register
from facilities.metrics.columns import FACILITY_COLUMNS, FACILITY_RELATED
from facilities.metrics.conditions import always, both, held, rated
from facilities.models import Facility, FacilityRating

Kind = Facility.Kind
TOWNSHIP_CENTERS = (Kind.HOME_CARE_CENTER, Kind.COMPREHENSIVE_CENTER)
FIVE_A = 5


def of_kind(kind: str):
    return always(kind=kind)


OPEN = (
    LedgerMetric("destitute_care_homes", of_kind(Kind.DESTITUTE_HOME)),
    LedgerMetric(
        "destitute_care_homes_upgraded",
        lambda period: Q(upgraded_on__lte=period.last),
        part_of="destitute_care_homes",
    ),
    LedgerMetric("destitute_care_homes_incorporated", held("incorporated"), part_of="destitute_care_homes"),
    LedgerMetric(
        "disability_care_institutions",
        always(kind=Kind.DISABILITY_CARE, sponsor=Facility.Sponsor.COUNTY),
        at_county="within",
    ),
    LedgerMetric("home_care_centers", of_kind(Kind.HOME_CARE_CENTER)),
    LedgerMetric(
        "home_care_centers_5a",
        rated(FacilityRating.Scheme.CENTER, exactly=FIVE_A),
        part_of="home_care_centers",
    ),
    LedgerMetric("demonstration_home_care_centers", held("demonstration"), part_of="home_care_centers"),
    LedgerMetric(
        "home_care_centers_with_teaching_point", held("teaching_point"), part_of="home_care_centers"
    ),
    LedgerMetric("rural_regional_centers", of_kind(Kind.REGIONAL_CENTER)),
    LedgerMetric("community_care_centers", of_kind(Kind.COMMUNITY_CARE_CENTER)),
    LedgerMetric(
        "community_care_centers_socially_run", held("socially_run"), part_of="community_care_centers"
    ),
    LedgerMetric(
        "community_care_centers_with_medical",
        lambda period: Q(clinic__on=period.last) | Q(medical_contract__on=period.last),
        part_of="community_care_centers",
    ),
    LedgerMetric("community_day_care_centers", of_kind(Kind.DAY_CARE_CENTER)),
    LedgerMetric("urban_comprehensive_centers", of_kind(Kind.URBAN_COMPREHENSIVE_CENTER)),
    LedgerMetric(
        "community_facilities_with_medical_contract",
        both(
            always(kind__in=(Kind.DAY_CARE_CENTER, Kind.URBAN_COMPREHENSIVE_CENTER)), held("medical_contract")
        ),
    ),
    LedgerMetric("rural_mutual_aid_homes", of_kind(Kind.MUTUAL_AID_HOME)),
    LedgerMetric("elder_canteens", of_kind(Kind.CANTEEN)),
    LedgerMetric("standard_elder_canteens", held("standardised"), part_of="elder_canteens"),
    LedgerMetric("health_care_unions", of_kind(Kind.HEALTH_CARE_UNION), at_county="own"),
    LedgerMetric("elder_activity_facilities", of_kind(Kind.ACTIVITY_SITE)),
)

FACILITIES = register(
    Source(
        key="facilities",
        label="设施台账",
        ledger="facilities",
        rows=lambda period: Facility.objects.open_on(period.last),
        unit="org_unit",
        metrics=OPEN,
        columns=FACILITY_COLUMNS,
        related=FACILITY_RELATED,
    )
)


def upgraded(period: Period) -> Q:
    return Q(upgraded_on__range=period)


def built(period: Period) -> Q:
    """Opened; but where the acceptance came first, that month has counted it already."""
    return Q(opened_on__range=period) & (Q(upgraded_on=None) | Q(upgraded_on__gte=F("opened_on")))


# Flows: what was finished in the month, also when it was closed soon after or is not in use yet.
FINISHED = (
    LedgerMetric("township_centers_built_or_rebuilt", always(kind__in=TOWNSHIP_CENTERS)),
    LedgerMetric("day_care_centers_upgraded", both(of_kind(Kind.DAY_CARE_CENTER), upgraded)),
    LedgerMetric("mutual_aid_homes_upgraded", both(of_kind(Kind.MUTUAL_AID_HOME), upgraded)),
)

WORKS = register(
    Source(
        key="works",
        label="设施台账",
        ledger="facilities",
        rows=lambda period: Facility.objects.filter(upgraded(period) | built(period)),
        unit="org_unit",
        metrics=FINISHED,
        columns=FACILITY_COLUMNS,
        related=FACILITY_RELATED,
    )
)
