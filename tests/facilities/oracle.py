"""The same figures counted in plain Python, row by row, from the definitions of the catalogue.

``Oracle(day, month_first)`` reads the ledgers whole; ``count(code, unit)`` looks at every row. It shares no
condition with the product.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable

from eldercare.models import OrgUnit
from facilities.models import (
    Bed,
    Certificate,
    Employment,
    Facility,
    FacilityRating,
    FacilityVillage,
    Stay,
    Training,
)

INSTITUTION_KINDS = {"welfare_home", "destitute_home", "apartment", "private_home", "disability_care"}
PUBLIC = {"public", "public_built_private_run", "public_owned_private_run"}
TRADE = {"skill_level", "qualification", "social_work", "licence"}
TECHNICAL = {"social_worker", "doctor", "nurse", "rehab_therapist", "rehab_nurse", "nutritionist", "fire"}
COMMUNITY_KINDS = {
    "community_care_center",
    "day_care_center",
    "mutual_aid_home",
    "urban_comprehensive_center",
}
CENTERS = {"home_care_center", "comprehensive_center"}


def within(first: dt.date, until: dt.date | None, day: dt.date) -> bool:
    return first <= day and (until is None or until > day)


def valid(row, day: dt.date) -> bool:
    return row.issued_on <= day and (row.expires_on is None or row.expires_on >= day)


class Oracle:
    def __init__(self, first: dt.date, last: dt.date) -> None:
        self.first, self.day = first, last
        self.ratings = list(FacilityRating.objects.all())
        self.facilities = list(Facility.objects.select_related("org_unit"))
        by_id = {each.pk: each for each in self.facilities}
        self.coverage = list(FacilityVillage.objects.select_related("village"))
        self.beds = list(Bed.objects.all())
        self.posts = list(Employment.objects.select_related("org_unit"))
        for row in (*self.coverage, *self.beds, *self.posts):
            row.facility = by_id.get(row.facility_id)
        self.stays = list(Stay.objects.all())
        beds = {each.pk: each for each in self.beds}
        for stay in self.stays:
            stay.bed = beds[stay.bed_id]
        self.certificates, self.trainings = list(Certificate.objects.all()), list(Training.objects.all())
        self.beds = [bed for bed in self.beds if self.in_use(bed)]
        self.bed_counts = Counter(bed.facility_id for bed in self.beds if bed.kind == "institutional")
        self.posts = sorted(
            (post for post in self.posts if self.held(post)), key=lambda each: (each.employed_from, each.pk)
        )

    # facilities

    def open(self, facility: Facility) -> bool:
        return within(facility.opened_on, facility.closed_on, self.day)

    def in_use(self, bed: Bed) -> bool:
        return (
            within(bed.in_use_from, bed.in_use_to, self.day)
            and not bed.out_of_service.on(self.day)
            and self.open(bed.facility)
        )

    def institution(self, facility: Facility | None) -> bool:
        return (
            facility is not None
            and facility.kind in INSTITUTION_KINDS
            and self.open(facility)
            and self.bed_counts[facility.pk] >= 10
        )

    def level(self, facility: Facility, scheme: str) -> int:
        rated = [
            (each.issued_on, each.level)
            for each in self.ratings
            if each.facility_id == facility.pk and each.scheme == scheme and valid(each, self.day)
        ]
        return max(rated)[1] if rated else 0

    def has(self, facility: Facility, *names: str) -> bool:
        return all(getattr(facility, name).on(self.day) for name in names)

    def employs(self, facility: Facility, role: str) -> bool:
        return any(post.facility_id == facility.pk and post.role == role for post in self.posts)

    @staticmethod
    def rural(facility: Facility) -> bool:
        if facility.setting:
            return facility.setting == "rural"
        return len(facility.org_unit.code) == 9 and int(facility.org_unit.code[-3:]) >= 100

    @staticmethod
    def urban(facility: Facility) -> bool:
        if facility.setting:
            return facility.setting == "urban"
        return len(facility.org_unit.code) == 9 and int(facility.org_unit.code[-3:]) < 100

    def count_facilities(self, unit: OrgUnit, test: Callable[[Facility], bool]) -> int:
        return sum(
            self.open(each) and unit.contains(each.org_unit) and test(each) for each in self.facilities
        )

    def count_institutions(self, unit: OrgUnit, test: Callable[[Facility], bool] = lambda each: True) -> int:
        return self.count_facilities(unit, lambda each: self.institution(each) and test(each))

    def count_works(self, unit: OrgUnit, kinds: set[str], *, opened: bool = False) -> int:
        def finished(each: Facility) -> bool:
            in_month = [
                day
                for day in (each.upgraded_on, each.opened_on if opened else None)
                if day and self.first <= day <= self.day
            ]
            if in_month == [each.opened_on] and each.upgraded_on and each.upgraded_on < each.opened_on:
                return False  # counted when it was accepted
            return bool(in_month)

        return sum(
            unit.contains(each.org_unit) and each.kind in kinds and finished(each) for each in self.facilities
        )

    # places

    def served(self, unit: OrgUnit, kind: str, last_digits: Iterable[range]) -> int:
        villages = {
            each.village_id
            for each in self.coverage
            if each.facility.kind == kind
            and self.open(each.facility)
            and each.covered.on(self.day)
            and unit.contains(each.village)
            and any(int(each.village.code[-3:]) in digits for digits in last_digits)
        }
        return len(villages)

    def located(self, unit: OrgUnit, kinds: set[str]) -> bool:
        return any(
            each.org_unit_id == unit.pk and each.kind in kinds and self.open(each) for each in self.facilities
        )

    # beds

    def count_beds(self, unit: OrgUnit, test: Callable[[Bed], bool]) -> int:
        return sum(
            self.in_use(bed) and unit.contains(bed.facility.org_unit) and test(bed) for bed in self.beds
        )

    def in_institution(self, bed: Bed) -> bool:
        return bed.kind == "institutional" and self.institution(bed.facility)

    # people

    def held(self, post: Employment) -> bool:
        return within(post.employed_from, post.employed_to, self.day) and (
            post.facility is None or self.open(post.facility)
        )

    def persons(self, unit: OrgUnit, qualifies: Callable[[Employment], bool]) -> set[int]:
        """Those whose earliest qualifying post in a township of the county is in this one."""
        county = unit.path.split("/")[1]
        first: dict[int, Employment] = {}
        for post in self.posts:
            parts = post.org_unit.path.strip("/").split("/")
            if parts[0] == county and len(parts) == 2 and qualifies(post):
                first.setdefault(post.caregiver_id, post)
        return {person for person, post in first.items() if unit.contains(post.org_unit)}

    def certified(self, kinds: set[str], *, senior: bool = False) -> set[int]:
        return {
            each.caregiver_id
            for each in self.certificates
            if each.kind in kinds
            and valid(each, self.day)
            and (not senior or (each.level is not None and each.level <= 3))
        }

    def trained(self, subjects: set[str] | None = None) -> set[int]:
        return {
            each.caregiver_id
            for each in self.trainings
            if each.held_on.year == self.day.year
            and each.held_on <= self.day
            and (subjects is None or each.subject in subjects)
        }

    def passed(self, *subjects: str) -> set[int]:
        return {
            each.caregiver_id
            for each in self.trainings
            if each.is_passed and each.held_on <= self.day and each.subject in subjects
        }
