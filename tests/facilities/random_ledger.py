"""A county with ledgers made by chance: several townships, closed facilities, expired ratings, people with two posts."""

import datetime as dt
import random

from django.db import connection

from eldercare.models import OrgUnit
from eldercare.spells import Spells
from facilities.models import (
    QUALIFICATIONS,
    Bed,
    Caregiver,
    Certificate,
    Employment,
    Facility,
    FacilityRating,
    FacilityVillage,
    Stay,
    Training,
)
from tests.conftest import Cast, make_unit
from tests.facilities.factories import next_id

FIRST, LAST = dt.date(2020, 1, 1), dt.date(2024, 12, 31)
MONTHS = (dt.date(2021, 2, 1), dt.date(2023, 12, 1), dt.date(2024, 6, 1))
LARGE = 104  # beds


class Ledger:
    """Fills the database; ``units`` are the county and its townships."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - the same ledger every time
        street = make_unit("330424001", "武原街道", "township", cast.county)
        self.townships = [cast.township, cast.other_township, street]
        self.units = [cast.county, *self.townships]
        self.villages = [
            make_unit(f"{township.code}{number}", f"村{number}", "village", township)
            for township in self.townships
            for number in ("001", "002", "203", "204", "401", "501")
        ]
        self.places = [*self.townships, *self.townships, cast.county, cast.neighbour]
        self.facilities = self._facilities()
        self._beds()
        self._posts()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # PostgreSQL would take the tables for empty

    def day(self) -> dt.date:
        return FIRST + dt.timedelta(days=self.chance.randrange((LAST - FIRST).days))

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def period(self, share_ended: float = 0.3) -> tuple[dt.date, dt.date | None]:
        first, second = sorted((self.day(), self.day()))
        return (first, second + dt.timedelta(days=1)) if self.maybe(share_ended) else (first, None)

    def spells(self, share_since_ever: float = 0) -> Spells:
        if self.maybe(share_since_ever):
            return Spells.since(FIRST)
        return Spells(self.period() for _ in range(self.chance.choice((0, 1, 1, 1, 2))))

    def _facilities(self) -> list[Facility]:
        kinds = [kind for kind in Facility.Kind for _ in range(12 if kind in Facility.INSTITUTIONS else 5)]
        facilities = []
        for number, kind in enumerate(kinds):
            opened, closed = self.period(0.2) if self.maybe(0.6) else (FIRST, None)
            facilities.append(
                Facility(
                    org_unit=self.chance.choice(self.places),
                    name=f"设施{number}",
                    name_key=f"设施{number}",
                    kind=kind,
                    operation=self.chance.choice(Facility.Operation.values),
                    sponsor=self.chance.choice(["", *Facility.Sponsor.values]),
                    setting=self.chance.choice(["", *Facility.Setting.values]),
                    opened_on=opened,
                    closed_on=closed,
                    upgraded_on=self.day() if self.maybe(0.6) else None,
                    rehab_room_count=self.chance.randrange(4),
                    **{name: self.spells(0.5) for name in QUALIFICATIONS},
                )
            )
        Facility.objects.bulk_create(facilities)
        FacilityRating.objects.bulk_create(
            (
                FacilityRating(
                    facility=facility,
                    scheme=scheme,
                    level=self.chance.randint(1, 3 if scheme == "food" else 5),
                    issued_on=first,
                    expires_on=until,
                )
                for facility in facilities
                for scheme in FacilityRating.Scheme.values
                for first, until in [self.period(0.7) for _ in range(self.chance.randrange(4))]
            ),
            ignore_conflicts=True,
        )
        FacilityVillage.objects.bulk_create(
            FacilityVillage(facility=facility, village=village, covered=self.spells())
            for facility in facilities
            for village in self.chance.sample(self.villages, 2)
        )
        return facilities

    def _beds(self) -> None:
        beds = []
        for facility in self.facilities:
            if facility.kind in Facility.INSTITUTIONS:
                count = LARGE if self.maybe(0.2) else self.chance.choice((9, 11, 12, 13))
                self._some_beds(beds, facility, ["institutional"] * count)
            self._some_beds(beds, facility, self.chance.choices(Bed.Kind.values, k=2))
        Bed.objects.bulk_create(beds)
        numbers = [next_id(1940) for _ in beds]
        stays = []
        for bed in self.chance.sample(beds, len(beds) // 4):
            moved_in, moved_out = self.period()
            stays.append(
                Stay(
                    bed=bed,
                    name="老人",
                    id_number=self.chance.choice(numbers),
                    moved_in_on=moved_in,
                    moved_out_on=moved_out,
                )
            )
        Stay.objects.bulk_create(stays)

    def _some_beds(self, beds: list[Bed], facility: Facility, kinds: list[str]) -> None:
        for kind in kinds:
            first, until = (FIRST, None) if self.maybe(0.9) else self.period()
            beds.append(
                Bed(
                    facility=facility,
                    number=str(len(beds)),
                    kind=kind,
                    nursing=self.spells(),
                    dementia=self.spells(),
                    medical=self.spells(),
                    in_use_from=first,
                    in_use_to=until,
                    out_of_service=self.spells() if self.maybe(0.05) else Spells(),
                )
            )

    def _posts(self) -> None:
        people = [Caregiver(name=f"员工{number}", id_number=next_id()) for number in range(200)]
        Caregiver.objects.bulk_create(people)
        posts, certificates, trainings = [], [], []
        for person in people:
            for place in self.chance.sample(self.facilities, self.chance.choice((1, 1, 2, 3))):
                posts.append(self._post(person, place, "facility"))
            if self.maybe(0.2):
                posts.append(self._post(person, None, self.chance.choice(("community", "organisation"))))
            for kind in self.chance.sample(Certificate.Kind.values, self.chance.randrange(3)):
                first, until = self.period()
                level = self.chance.choice((None, 1, 2, 3, 4, 5))
                certificates.append(
                    Certificate(caregiver=person, kind=kind, level=level, issued_on=first, expires_on=until)
                )
            for subject in self.chance.sample(Training.Subject.values, self.chance.randrange(4)):
                passed = self.maybe(0.7)
                trainings.append(
                    Training(caregiver=person, subject=subject, held_on=self.day(), is_passed=passed)
                )
        Employment.objects.bulk_create(posts)
        Certificate.objects.bulk_create(certificates)
        Training.objects.bulk_create(trainings)

    def _post(self, person: Caregiver, facility: Facility | None, workplace: str) -> Employment:
        first, until = self.period()
        if self.maybe(0.3):
            first = FIRST  # so that two posts begin on the same day
        unit: OrgUnit = facility.org_unit if facility else self.chance.choice(self.townships)
        role = self.chance.choice(["caregiver"] * 6 + ["social_worker"] * 4 + Employment.Role.values * 2)
        return Employment(
            caregiver=person,
            org_unit=unit,
            facility=facility,
            workplace=workplace,
            role=role,
            employed_from=first,
            employed_to=until,
        )
