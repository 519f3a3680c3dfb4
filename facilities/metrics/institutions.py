"""Care institutions (养老机构数 and its parts)."""

from django.db.models import Q

from eldercare.ledger_metrics import LedgerMetric, Source, register
from facilities.metrics.columns import FACILITY_COLUMNS, FACILITY_RELATED
from facilities.metrics.conditions import (
    always,
    both,
    employs,
    everything,
    has_beds,
    held,
    in_country,
    in_town,
    institutions_on,
    rated,
)
from facilities.models import Employment, Facility, FacilityRating

MUNICIPAL, COUNTY = Facility.Sponsor.MUNICIPAL, Facility.Sponsor.COUNTY
STAR, FOOD = FacilityRating.Scheme.STAR, FacilityRating.Scheme.FOOD
FOOD_GRADE_B = 2
LARGE = 100  # beds

public = always(operation__in=Facility.PUBLIC_OPERATIONS)


def sponsored_by(*sponsors: str):
    return both(public, always(sponsor__in=sponsors))


REGISTRATION = (
    LedgerMetric("care_institutions", everything),
    LedgerMetric("public_institutions", public),
    LedgerMetric(
        "publicly_built_privately_run_institutions", always(operation__in=Facility.ENTRUSTED_OPERATIONS)
    ),
    LedgerMetric("filed_institutions", held("filed", "incorporated")),
    LedgerMetric("fire_accepted_institutions", held("fire_accepted")),
    LedgerMetric("quality_standard_compliant_institutions", held("quality_standard")),
    LedgerMetric("standards_compliant_institutions", held("safety_standard", "quality_standard")),
    LedgerMetric("institutions_with_liability_insurance", held("liability_insurance")),
    LedgerMetric("institutions_with_party_coverage", held("party_coverage")),
    LedgerMetric("institutions_with_party_site", held("party_site")),
    LedgerMetric("smart_care_institutions", held("smart")),
)

CARE = (
    LedgerMetric("institutions_with_clinic", held("clinic")),
    LedgerMetric("institutions_with_medical_contract", held("medical_contract")),
    LedgerMetric(
        "institutions_contracted_no_clinic",
        lambda period: Q(medical_contract__on=period.last) & ~Q(clinic__on=period.last),
    ),
    LedgerMetric(
        "public_institutions_with_joint_clinic", held("joint_clinic"), part_of="public_institutions"
    ),
    LedgerMetric("institutions_with_dementia_zone", held("dementia_zone")),
    LedgerMetric("institutions_100_beds_up", has_beds(LARGE)),
    LedgerMetric(
        "institutions_100_beds_up_with_rehab_room", held("rehab_room"), part_of="institutions_100_beds_up"
    ),
    LedgerMetric("rehab_rooms", held("rehab_room"), total="rehab_room_count"),
    LedgerMetric("institutions_with_kitchen", held("kitchen")),
    LedgerMetric("institutions_with_open_kitchen", held("open_kitchen"), part_of="institutions_with_kitchen"),
    LedgerMetric(
        "institutions_food_grade_ab", rated(FOOD, at_least=FOOD_GRADE_B), part_of="institutions_with_kitchen"
    ),
)

RATING = (
    LedgerMetric("rated_institutions", rated(STAR)),
    LedgerMetric("institutions_two_star_up", rated(STAR, at_least=2)),
    LedgerMetric("four_star_institutions", rated(STAR, exactly=4)),
    LedgerMetric(
        "four_star_institutions_with_rehab_nurse",
        employs(Employment.Role.REHAB_NURSE),
        part_of="four_star_institutions",
    ),
    LedgerMetric("five_star_institutions", rated(STAR, exactly=5)),
    LedgerMetric(
        "five_star_institutions_with_rehab_doctor",
        employs(Employment.Role.REHAB_THERAPIST),
        part_of="five_star_institutions",
    ),
)

SETTING = (
    LedgerMetric("urban_institutions", lambda period: in_town()),
    LedgerMetric("urban_institutions_with_home_link", held("home_link"), part_of="urban_institutions"),
    LedgerMetric("rural_institutions", lambda period: in_country()),
    LedgerMetric("rural_institutions_with_home_link", held("home_link"), part_of="rural_institutions"),
)

# Reported by the county, for all its townships.
HIGHER_LEVEL = (
    LedgerMetric("municipal_public_institutions", sponsored_by(MUNICIPAL), at_county="within"),
    LedgerMetric(
        "municipal_public_institutions_three_star_up",
        rated(STAR, at_least=3),
        at_county="within",
        part_of="municipal_public_institutions",
    ),
    LedgerMetric("county_public_institutions", sponsored_by(COUNTY), at_county="within"),
    LedgerMetric(
        "county_public_institutions_three_star_up",
        rated(STAR, at_least=3),
        at_county="within",
        part_of="county_public_institutions",
    ),
    LedgerMetric(
        "municipal_and_county_public_institutions", sponsored_by(MUNICIPAL, COUNTY), at_county="within"
    ),
    LedgerMetric(
        "municipal_and_county_public_institutions_with_dementia_zone",
        held("dementia_zone"),
        at_county="within",
        part_of="municipal_and_county_public_institutions",
    ),
)

INSTITUTIONS = register(
    Source(
        key="institutions",
        label="设施台账",
        ledger="facilities",
        rows=lambda period: institutions_on(period.last),
        unit="org_unit",
        metrics=REGISTRATION + CARE + RATING + SETTING + HIGHER_LEVEL,
        columns=FACILITY_COLUMNS,
        related=FACILITY_RELATED,
    )
)
