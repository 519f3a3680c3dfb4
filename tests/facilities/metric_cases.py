"""For every metric that the ledger of facilities counts: what makes the figure, and what comes near but does not.

Each case puts things into the ledgers of the cast; the expectations follow the definitions of the catalogue,
at the end of June 2024.
"""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from eldercare.spells import Spells
from facilities.models import Bed, Facility, FacilityRating, FacilityVillage
from tests.conftest import Cast, make_unit
from tests.facilities.factories import SINCE, make_bed, make_facility, make_post

MONTH = dt.date(2024, 6, 1)
LAST = dt.date(2024, 6, 30)
JULY = dt.date(2024, 7, 1)
Kind, Operation, Sponsor = Facility.Kind, Facility.Operation, Facility.Sponsor
Make = Callable[[Cast], object]


class Case(NamedTuple):
    code: str
    counted: Make
    not_counted: Make
    value: int = 1
    at_county: bool = False


def all_of(*makes: Make) -> Make:
    return lambda cast: [make(cast) for make in makes]


def place(kind: str, *, beds: int = 0, rating: tuple | None = None, **fields) -> Make:
    """A facility of the township; ``rating``: scheme, level, expiry."""

    def make(cast: Cast) -> Facility:
        facility = make_facility(cast.township, kind=kind, **fields)
        Bed.objects.bulk_create(
            Bed(facility=facility, room="一", number=str(number), in_use_from=SINCE) for number in range(beds)
        )
        if rating:
            scheme, level, *expires = rating
            FacilityRating.objects.create(
                facility=facility,
                scheme=scheme,
                level=level,
                issued_on=SINCE,
                expires_on=(expires or [None])[0],
            )
        return facility

    return make


def home(*has: str, beds: int = 10, kind: str = Kind.PRIVATE_HOME, **fields) -> Make:
    """A care institution of ten beds."""
    return place(kind, beds=beds, has=has, **fields)


def public(*has: str, **fields) -> Make:
    return home(*has, operation=Operation.PUBLIC, **fields)


def employing(make: Make, role: str, **fields) -> Make:
    return lambda cast: make_post(make(cast), role=role, **fields)


def covering(kind: str, code: str, covered: Spells | None = None, **fields) -> Make:
    """A facility of the other township that serves a village or community of this one."""

    def make(cast: Cast) -> None:
        village = make_unit(code, f"村{code}", "village", cast.township)
        FacilityVillage.objects.create(
            facility=make_facility(cast.other_township, kind=kind, **fields),
            village=village,
            covered=Spells.since(SINCE) if covered is None else covered,
        )

    return make


def of_county(kind: str) -> Make:
    return lambda cast: make_facility(cast.county, kind=kind)


ENDED = Spells.since(SINCE, LAST)
TENTH_BED_ON_FIRST_JULY = all_of(
    home(beds=9), lambda cast: make_bed(Facility.objects.get(org_unit=cast.township), in_use_from=JULY)
)
CLOSED = {"closed_on": LAST}
CENTER, STREET_CENTER = Kind.HOME_CARE_CENTER, Kind.COMPREHENSIVE_CENTER
EXPIRED = dt.date(2024, 6, 29)

INSTITUTIONS = [
    Case(
        "care_institutions", home(), all_of(TENTH_BED_ON_FIRST_JULY, home(**CLOSED), place(CENTER, beds=10))
    ),
    Case("public_institutions", home(operation=Operation.PUBLIC_OWNED_PRIVATE_RUN), home()),
    Case(
        "publicly_built_privately_run_institutions",
        home(operation=Operation.PUBLIC_BUILT_PRIVATE_RUN),
        public(),
    ),
    Case("filed_institutions", home("filed", "incorporated"), all_of(home("filed"), home("incorporated"))),
    Case("fire_accepted_institutions", home("fire_accepted"), home(fire_accepted=ENDED)),
    Case(
        "standards_compliant_institutions",
        home("safety_standard", "quality_standard"),
        all_of(home("safety_standard"), home("quality_standard")),
    ),
    Case("quality_standard_compliant_institutions", home("quality_standard"), home("safety_standard")),
    Case("institutions_with_clinic", home("clinic"), home("medical_contract")),
    Case(
        "institutions_contracted_no_clinic",
        home("medical_contract", clinic=ENDED),
        home("medical_contract", "clinic"),
    ),
    Case("institutions_with_medical_contract", home("medical_contract", "clinic"), home("clinic")),
    Case(
        "institutions_with_dementia_zone",
        home("dementia_zone"),
        place(Kind.PRIVATE_HOME, beds=9, has=("dementia_zone",)),
    ),
    Case("rated_institutions", home(rating=("star", 1, LAST)), home(rating=("star", 5, EXPIRED))),
    Case("institutions_two_star_up", home(rating=("star", 2)), home(rating=("star", 1))),
    Case(
        "municipal_public_institutions",
        public(sponsor=Sponsor.MUNICIPAL),
        home(sponsor=Sponsor.MUNICIPAL),
        at_county=True,
    ),
    Case(
        "municipal_public_institutions_three_star_up",
        public(sponsor=Sponsor.MUNICIPAL, rating=("star", 3)),
        all_of(
            public(sponsor=Sponsor.MUNICIPAL, rating=("star", 2)),
            public(sponsor=Sponsor.COUNTY, rating=("star", 3)),
        ),
        at_county=True,
    ),
    Case(
        "county_public_institutions",
        public(sponsor=Sponsor.COUNTY),
        public(kind=Kind.DESTITUTE_HOME, sponsor=Sponsor.TOWNSHIP),
        at_county=True,
    ),
    Case(
        "county_public_institutions_three_star_up",
        public(sponsor=Sponsor.COUNTY, rating=("star", 5)),
        public(sponsor=Sponsor.COUNTY),
        at_county=True,
    ),
    Case(
        "municipal_and_county_public_institutions",
        all_of(public(sponsor=Sponsor.COUNTY), public(sponsor=Sponsor.MUNICIPAL)),
        public(sponsor=Sponsor.TOWNSHIP),
        value=2,
        at_county=True,
    ),
    Case(
        "municipal_and_county_public_institutions_with_dementia_zone",
        public("dementia_zone", sponsor=Sponsor.COUNTY),
        public("dementia_zone", sponsor=Sponsor.VILLAGE),
        at_county=True,
    ),
    Case("institutions_100_beds_up", home(beds=100), home(beds=99)),
    Case(
        "institutions_100_beds_up_with_rehab_room",
        home("rehab_room", beds=100),
        all_of(home(beds=100), home("rehab_room", beds=99)),
    ),
    Case(
        "rehab_rooms",
        all_of(home("rehab_room", rehab_room_count=3), home("rehab_room", rehab_room_count=2)),
        home(rehab_room_count=7),
        value=5,
    ),
    Case("urban_institutions", home(setting="urban"), all_of(home(setting="rural"), home())),
    Case(
        "urban_institutions_with_home_link",
        home("home_link", setting="urban"),
        all_of(home("home_link", setting="rural"), home(setting="urban")),
    ),
    Case("rural_institutions", all_of(home(setting="rural"), home()), home(setting="urban"), value=2),
    Case("rural_institutions_with_home_link", home("home_link"), all_of(home(), home("home_link", **CLOSED))),
    Case("institutions_with_kitchen", home("kitchen"), home("open_kitchen")),
    Case("institutions_with_open_kitchen", home("kitchen", "open_kitchen"), home("open_kitchen")),
    Case(
        "institutions_food_grade_ab",
        all_of(home("kitchen", rating=("food", 2)), home("kitchen", rating=("food", 3))),
        all_of(home("kitchen", rating=("food", 1)), home(rating=("food", 3))),
        value=2,
    ),
    Case("institutions_with_party_coverage", home("party_coverage"), home("party_site")),
    Case("institutions_with_party_site", home("party_site"), home("party_coverage")),
    Case(
        "institutions_with_liability_insurance",
        home("liability_insurance"),
        home(liability_insurance=Spells.since(JULY)),
    ),
    Case("four_star_institutions", home(rating=("star", 4)), home(rating=("star", 5))),
    Case(
        "four_star_institutions_with_rehab_nurse",
        employing(home(rating=("star", 4)), "rehab_nurse"),
        all_of(
            employing(home(rating=("star", 4)), "nurse"), employing(home(rating=("star", 5)), "rehab_nurse")
        ),
    ),
    Case("five_star_institutions", home(rating=("star", 5)), home(rating=("center", 5))),
    Case(
        "five_star_institutions_with_rehab_doctor",
        employing(home(rating=("star", 5)), "rehab_therapist"),
        employing(home(rating=("star", 5)), "rehab_therapist", employed_to=LAST),
    ),
    Case("public_institutions_with_joint_clinic", public("joint_clinic"), home("joint_clinic")),
    Case("smart_care_institutions", home("smart"), place(CENTER, beds=10, has=("smart",))),
]

FACILITIES = [
    Case(
        "destitute_care_homes",
        place(Kind.DESTITUTE_HOME),
        all_of(home(), place(Kind.DESTITUTE_HOME, **CLOSED)),
    ),
    Case(
        "destitute_care_homes_upgraded",
        place(Kind.DESTITUTE_HOME, upgraded_on=dt.date(2021, 5, 1)),
        place(Kind.DESTITUTE_HOME, upgraded_on=JULY),
    ),
    Case(
        "destitute_care_homes_incorporated",
        place(Kind.DESTITUTE_HOME, has=("incorporated",)),
        all_of(place(Kind.DESTITUTE_HOME), home("incorporated")),
    ),
    Case("townships_with_home_care_center", all_of(place(CENTER), place(STREET_CENTER)), of_county(CENTER)),
    Case("home_care_centers", all_of(place(CENTER), place(CENTER)), place(STREET_CENTER), value=2),
    Case(
        "township_centers_built_or_rebuilt",
        all_of(
            place(CENTER, upgraded_on=MONTH),
            place(STREET_CENTER, opened_on=LAST),
            place(CENTER, opened_on=MONTH, closed_on=LAST),
        ),
        all_of(
            place(CENTER, upgraded_on=JULY),
            place(CENTER, opened_on=dt.date(2024, 6, 9), upgraded_on=dt.date(2024, 5, 20)),
            place(Kind.DAY_CARE_CENTER, upgraded_on=MONTH),
        ),
        value=3,
    ),
    Case("home_care_centers_5a", place(CENTER, rating=("center", 5)), place(CENTER, rating=("center", 4))),
    Case(
        "demonstration_home_care_centers",
        place(CENTER, has=("demonstration",)),
        place(STREET_CENTER, has=("demonstration",)),
    ),
    Case(
        "streets_with_comprehensive_center",
        lambda cast: [make_facility(_street(cast), kind=STREET_CENTER) for _ in range(2)],
        place(STREET_CENTER),  # a town, not a street
    ),
    Case(
        "rural_townships_with_regional_center",
        all_of(place(Kind.REGIONAL_CENTER), covering(Kind.REGIONAL_CENTER, "330424101301")),
        all_of(
            covering(Kind.REGIONAL_CENTER, "330424101302", ENDED),
            covering(Kind.COMMUNITY_CARE_CENTER, "330424101303"),
        ),
    ),
    Case("rural_regional_centers", place(Kind.REGIONAL_CENTER), place(CENTER)),
    Case("community_care_centers", place(Kind.COMMUNITY_CARE_CENTER), place(Kind.DAY_CARE_CENTER)),
    Case(
        "villages_covered_by_care_center",
        all_of(
            covering(Kind.COMMUNITY_CARE_CENTER, "330424101301"),
            covering(Kind.COMMUNITY_CARE_CENTER, "330424101002"),
        ),
        all_of(
            covering(Kind.COMMUNITY_CARE_CENTER, "330424101302", ENDED),
            covering(Kind.COMMUNITY_CARE_CENTER, "330424101303", **CLOSED),
            covering(Kind.DAY_CARE_CENTER, "330424101304"),
        ),
        value=2,
    ),
    Case(
        "community_care_centers_socially_run",
        place(Kind.COMMUNITY_CARE_CENTER, has=("socially_run",)),
        place(Kind.COMMUNITY_CARE_CENTER, operation=Operation.FOR_PROFIT),
    ),
    Case(
        "community_care_centers_with_medical",
        all_of(
            place(Kind.COMMUNITY_CARE_CENTER, has=("clinic",)),
            place(Kind.COMMUNITY_CARE_CENTER, has=("medical_contract",)),
        ),
        all_of(place(Kind.COMMUNITY_CARE_CENTER), home("clinic")),
        value=2,
    ),
    Case("community_day_care_centers", place(Kind.DAY_CARE_CENTER), place(Kind.MUTUAL_AID_HOME)),
    Case(
        "communities_covered_by_day_care",
        all_of(
            covering(Kind.DAY_CARE_CENTER, "330424101005"), covering(Kind.DAY_CARE_CENTER, "330424101401")
        ),
        covering(Kind.DAY_CARE_CENTER, "330424101205"),  # a village
        value=2,
    ),
    Case(
        "day_care_centers_upgraded",
        place(Kind.DAY_CARE_CENTER, upgraded_on=LAST),
        all_of(place(Kind.DAY_CARE_CENTER, opened_on=MONTH), place(Kind.DAY_CARE_CENTER, upgraded_on=SINCE)),
    ),
    Case("urban_comprehensive_centers", place(Kind.URBAN_COMPREHENSIVE_CENTER), place(STREET_CENTER)),
    Case("rural_mutual_aid_homes", place(Kind.MUTUAL_AID_HOME), place(Kind.MUTUAL_AID_HOME, opened_on=JULY)),
    Case(
        "villages_covered_by_mutual_aid_home",
        covering(Kind.MUTUAL_AID_HOME, "330424101206"),
        covering(Kind.MUTUAL_AID_HOME, "330424101006"),  # a community
    ),
    Case(
        "mutual_aid_homes_upgraded",
        place(Kind.MUTUAL_AID_HOME, upgraded_on=MONTH),
        place(Kind.MUTUAL_AID_HOME, upgraded_on=dt.date(2024, 5, 31)),
    ),
    Case(
        "community_facilities_with_medical_contract",
        all_of(
            place(Kind.DAY_CARE_CENTER, has=("medical_contract",)),
            place(Kind.URBAN_COMPREHENSIVE_CENTER, has=("medical_contract",)),
        ),
        all_of(
            place(Kind.COMMUNITY_CARE_CENTER, has=("medical_contract",)),
            place(Kind.DAY_CARE_CENTER, has=("clinic",)),
        ),
        value=2,
    ),
    Case("elder_canteens", place(Kind.CANTEEN), home("kitchen")),
    Case("standard_elder_canteens", place(Kind.CANTEEN, has=("standardised",)), place(Kind.CANTEEN)),
    Case("health_care_unions", place(Kind.HEALTH_CARE_UNION), of_county(Kind.HEALTH_CARE_UNION)),
    Case(
        "units_covered_by_health_care_union",
        all_of(place(Kind.HEALTH_CARE_UNION), place(Kind.HEALTH_CARE_UNION)),
        of_county(Kind.HEALTH_CARE_UNION),
    ),
    Case(
        "disability_care_institutions",
        place(Kind.DISABILITY_CARE, sponsor=Sponsor.COUNTY),
        place(Kind.DISABILITY_CARE, sponsor=Sponsor.SOCIAL),
        at_county=True,
    ),
    Case("elder_activity_facilities", place(Kind.ACTIVITY_SITE), place(Kind.TEACHING_POINT)),
    Case(
        "home_care_centers_with_teaching_point",
        place(CENTER, has=("teaching_point",)),
        place(Kind.TEACHING_POINT, has=("teaching_point",)),
    ),
]


def _street(cast: Cast):
    """The cast's townships are towns: make this one a street for the case."""
    cast.township.code = "330424009"
    cast.township.save()
    return cast.township
