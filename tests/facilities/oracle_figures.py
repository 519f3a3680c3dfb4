"""By metric, how the oracle counts it: every metric but those of a county's own level is asked of a township."""

from collections.abc import Callable
from itertools import chain

from eldercare.models import OrgUnit
from tests.facilities.oracle import CENTERS, COMMUNITY_KINDS, PUBLIC, TECHNICAL, TRADE, Oracle

Count = Callable[[Oracle, OrgUnit], int]
COMMUNITY = (range(1, 200), range(400, 500))
VILLAGE = (range(200, 400), range(500, 600))
ENTRUSTED = {"public_built_private_run", "public_owned_private_run"}


def homes(test) -> Count:
    return lambda o, unit: o.count_institutions(unit, lambda f: test(o, f))


def homes_with(*names: str) -> Count:
    return homes(lambda o, f: o.has(f, *names))


def facilities(kind: str, test=lambda o, f: True) -> Count:
    return lambda o, unit: o.count_facilities(unit, lambda f: f.kind == kind and test(o, f))


def beds(test) -> Count:
    return lambda o, unit: o.count_beds(unit, lambda bed: test(o, bed))


def institution_beds(test=lambda o, b: True) -> Count:
    return beds(lambda o, b: o.in_institution(b) and test(o, b))


def is_public(f) -> bool:
    return f.operation in PUBLIC


def sponsored(*sponsors: str, test=lambda o, f: True) -> Count:
    return homes(lambda o, f: is_public(f) and f.sponsor in sponsors and test(o, f))


def three_star(o, f) -> bool:
    return o.level(f, "star") >= 3


def large(o, f) -> bool:
    return o.bed_counts[f.pk] >= 100


INSTITUTIONS: dict[str, Count] = {
    "care_institutions": homes(lambda o, f: True),
    "public_institutions": homes(lambda o, f: is_public(f)),
    "publicly_built_privately_run_institutions": homes(lambda o, f: f.operation in ENTRUSTED),
    "filed_institutions": homes_with("filed", "incorporated"),
    "fire_accepted_institutions": homes_with("fire_accepted"),
    "standards_compliant_institutions": homes_with("safety_standard", "quality_standard"),
    "quality_standard_compliant_institutions": homes_with("quality_standard"),
    "institutions_with_clinic": homes_with("clinic"),
    "institutions_contracted_no_clinic": homes(
        lambda o, f: o.has(f, "medical_contract") and not o.has(f, "clinic")
    ),
    "institutions_with_medical_contract": homes_with("medical_contract"),
    "institutions_with_dementia_zone": homes_with("dementia_zone"),
    "rated_institutions": homes(lambda o, f: o.level(f, "star") > 0),
    "institutions_two_star_up": homes(lambda o, f: o.level(f, "star") >= 2),
    "municipal_public_institutions": sponsored("municipal"),
    "municipal_public_institutions_three_star_up": sponsored("municipal", test=three_star),
    "county_public_institutions": sponsored("county"),
    "county_public_institutions_three_star_up": sponsored("county", test=three_star),
    "municipal_and_county_public_institutions": sponsored("municipal", "county"),
    "municipal_and_county_public_institutions_with_dementia_zone": sponsored(
        "municipal", "county", test=lambda o, f: o.has(f, "dementia_zone")
    ),
    "institutions_100_beds_up": homes(large),
    "institutions_100_beds_up_with_rehab_room": homes(lambda o, f: large(o, f) and o.has(f, "rehab_room")),
    "rehab_rooms": lambda o, unit: sum(
        f.rehab_room_count
        for f in o.facilities
        if unit.contains(f.org_unit) and o.institution(f) and o.has(f, "rehab_room")
    ),
    "urban_institutions": homes(lambda o, f: o.urban(f)),
    "urban_institutions_with_home_link": homes(lambda o, f: o.urban(f) and o.has(f, "home_link")),
    "rural_institutions": homes(lambda o, f: o.rural(f)),
    "rural_institutions_with_home_link": homes(lambda o, f: o.rural(f) and o.has(f, "home_link")),
    "institutions_with_kitchen": homes_with("kitchen"),
    "institutions_with_open_kitchen": homes_with("kitchen", "open_kitchen"),
    "institutions_food_grade_ab": homes(lambda o, f: o.has(f, "kitchen") and o.level(f, "food") in (2, 3)),
    "institutions_with_party_coverage": homes_with("party_coverage"),
    "institutions_with_party_site": homes_with("party_site"),
    "institutions_with_liability_insurance": homes_with("liability_insurance"),
    "four_star_institutions": homes(lambda o, f: o.level(f, "star") == 4),
    "four_star_institutions_with_rehab_nurse": homes(
        lambda o, f: o.level(f, "star") == 4 and o.employs(f, "rehab_nurse")
    ),
    "five_star_institutions": homes(lambda o, f: o.level(f, "star") == 5),
    "five_star_institutions_with_rehab_doctor": homes(
        lambda o, f: o.level(f, "star") == 5 and o.employs(f, "rehab_therapist")
    ),
    "public_institutions_with_joint_clinic": homes(lambda o, f: is_public(f) and o.has(f, "joint_clinic")),
    "smart_care_institutions": homes_with("smart"),
}

FACILITIES: dict[str, Count] = {
    "destitute_care_homes": facilities("destitute_home"),
    "destitute_care_homes_upgraded": facilities(
        "destitute_home", lambda o, f: f.upgraded_on is not None and f.upgraded_on <= o.day
    ),
    "destitute_care_homes_incorporated": facilities("destitute_home", lambda o, f: o.has(f, "incorporated")),
    "townships_with_home_care_center": lambda o, unit: int(o.located(unit, CENTERS)),
    "home_care_centers": facilities("home_care_center"),
    "township_centers_built_or_rebuilt": lambda o, unit: o.count_works(unit, CENTERS, opened=True),
    "home_care_centers_5a": facilities("home_care_center", lambda o, f: o.level(f, "center") == 5),
    "demonstration_home_care_centers": facilities("home_care_center", lambda o, f: o.has(f, "demonstration")),
    "streets_with_comprehensive_center": lambda o, unit: int(
        int(unit.code[-3:]) < 100 and o.located(unit, {"comprehensive_center"})
    ),
    "rural_townships_with_regional_center": lambda o, unit: int(
        int(unit.code[-3:]) >= 100
        and (
            o.located(unit, {"regional_center"})
            or o.served(unit, "regional_center", (*COMMUNITY, *VILLAGE)) > 0
        )
    ),
    "rural_regional_centers": facilities("regional_center"),
    "community_care_centers": facilities("community_care_center"),
    "villages_covered_by_care_center": lambda o, unit: o.served(
        unit, "community_care_center", (*COMMUNITY, *VILLAGE)
    ),
    "community_care_centers_socially_run": facilities(
        "community_care_center", lambda o, f: o.has(f, "socially_run")
    ),
    "community_care_centers_with_medical": facilities(
        "community_care_center", lambda o, f: o.has(f, "clinic") or o.has(f, "medical_contract")
    ),
    "community_day_care_centers": facilities("day_care_center"),
    "communities_covered_by_day_care": lambda o, unit: o.served(unit, "day_care_center", COMMUNITY),
    "day_care_centers_upgraded": lambda o, unit: o.count_works(unit, {"day_care_center"}),
    "urban_comprehensive_centers": facilities("urban_comprehensive_center"),
    "rural_mutual_aid_homes": facilities("mutual_aid_home"),
    "villages_covered_by_mutual_aid_home": lambda o, unit: o.served(unit, "mutual_aid_home", VILLAGE),
    "mutual_aid_homes_upgraded": lambda o, unit: o.count_works(unit, {"mutual_aid_home"}),
    "community_facilities_with_medical_contract": lambda o, unit: o.count_facilities(
        unit,
        lambda f: (
            f.kind in ("day_care_center", "urban_comprehensive_center") and o.has(f, "medical_contract")
        ),
    ),
    "elder_canteens": facilities("canteen"),
    "standard_elder_canteens": facilities("canteen", lambda o, f: o.has(f, "standardised")),
    "health_care_unions": lambda o, unit: o.count_facilities(
        unit, lambda f: f.kind == "health_care_union" and f.org_unit_id == unit.pk
    ),
    "units_covered_by_health_care_union": lambda o, unit: int(o.located(unit, {"health_care_union"})),
    "disability_care_institutions": facilities("disability_care", lambda o, f: f.sponsor == "county"),
    "elder_activity_facilities": facilities("activity_site"),
    "home_care_centers_with_teaching_point": facilities(
        "home_care_center", lambda o, f: o.has(f, "teaching_point")
    ),
}


def of_disability_home(o, bed) -> bool:
    home = bed.facility
    return bed.kind == "institutional" and home.kind == "disability_care" and home.sponsor == "county"


def in_mutual_aid_home(bed) -> bool:
    return bed.facility.kind == "mutual_aid_home"


BEDS: dict[str, Count] = {
    "institution_beds": institution_beds(),
    "nursing_beds": institution_beds(lambda o, b: b.nursing.on(o.day)),
    "dementia_beds": institution_beds(lambda o, b: b.dementia.on(o.day)),
    "public_institution_beds": institution_beds(lambda o, b: is_public(b.facility)),
    "public_dementia_beds": institution_beds(lambda o, b: is_public(b.facility) and b.dementia.on(o.day)),
    "home_care_beds": beds(lambda o, b: b.kind == "family"),
    "day_care_beds": beds(lambda o, b: b.kind == "day_care" and not in_mutual_aid_home(b)),
    "mutual_aid_beds": beds(
        lambda o, b: b.kind == "mutual_aid" or (b.kind == "day_care" and in_mutual_aid_home(b))
    ),
    "medical_care_institution_beds": beds(lambda o, b: b.medical.on(o.day)),
    "disability_care_beds": beds(of_disability_home),
    "disability_care_nursing_beds": beds(lambda o, b: of_disability_home(o, b) and b.nursing.on(o.day)),
    "residents_in_institutions": lambda o, unit: len(
        {
            stay.id_number.reveal()
            for stay in o.stays
            if stay.moved_in_on <= o.day
            and (stay.moved_out_on is None or stay.moved_out_on > o.day)
            and o.in_institution(stay.bed)
            and unit.contains(stay.bed.facility.org_unit)
        }
    ),
}


def at_facility(o, post) -> bool:
    return post.facility is not None


def caregiver(o, post) -> bool:
    return post.facility is not None and post.role == "caregiver"


def rural(o, post) -> bool:
    return post.facility is not None and o.rural(post.facility)


def social_worker(o, post) -> bool:
    return post.role == "social_worker"


def technician(o, post) -> bool:
    return post.role in TECHNICAL and o.institution(post.facility)


QUALIFYING = {
    "care_staff": at_facility,
    "caregivers": caregiver,
    "rural_care_staff": rural,
    "elder_social_workers": social_worker,
    "institution_social_workers": lambda o, post: social_worker(o, post) and o.institution(post.facility),
    "community_elder_social_workers": lambda o, post: (
        social_worker(o, post)
        and (post.workplace == "community" or (post.facility and post.facility.kind in COMMUNITY_KINDS))
    ),
    "institution_technical_staff": technician,
}


def persons(whole: str, *having: Callable[[Oracle], set[int]]) -> Count:
    def count(o: Oracle, unit: OrgUnit) -> int:
        found = o.persons(unit, lambda post: bool(QUALIFYING[whole](o, post)))
        return len(found.intersection(*(people(o) for people in having)))

    return count


CAREGIVER_CERTIFICATES = {"skill_level", "qualification"}
REHAB = ("rehab_basics", "rehab_skills")
STAFF: dict[str, Count] = {code: persons(code) for code in QUALIFYING} | {
    "care_staff_trained": persons("care_staff", lambda o: o.trained()),
    "rural_care_staff_trained": persons("rural_care_staff", lambda o: o.trained()),
    "certified_caregivers": persons("caregivers", lambda o: o.certified(CAREGIVER_CERTIFICATES)),
    "senior_caregivers": persons("caregivers", lambda o: o.certified(CAREGIVER_CERTIFICATES, senior=True)),
    "caregivers_trained": persons("caregivers", lambda o: o.trained({"skill", *REHAB})),
    "caregivers_with_rehab_basics": persons("caregivers", lambda o: o.passed(*REHAB)),
    "senior_caregivers_with_rehab_skills": persons(
        "caregivers",
        lambda o: o.certified(CAREGIVER_CERTIFICATES, senior=True),
        lambda o: o.passed("rehab_skills"),
    ),
    "institution_technical_staff_certified": persons(
        "institution_technical_staff", lambda o: o.certified(TRADE)
    ),
}

FIGURES: dict[str, Count] = dict(chain(INSTITUTIONS.items(), FACILITIES.items(), BEDS.items(), STAFF.items()))
