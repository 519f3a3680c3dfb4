"""Random posts and facilities under random rules: the engine says what the oracle says."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eldercare.models import OrgUnit
from eldercare.spells import Spells
from facilities.models import Attendance, Certificate, Employment, Facility, FacilityRating, Training
from subsidies.engine import entitlements
from subsidies.models import Band, Enrolment, Programme, RuleVersion
from tests.facilities.factories import make_bed, make_caregiver, make_facility, make_post, make_stay
from tests.numbering import numbers
from tests.subsidies.oracle import entitlement, last_day, months, plus
from tests.subsidies.oracle_world import load

pytestmark = pytest.mark.django_db
FIRST = dt.date(2024, 1, 1)
MONTHS = months(FIRST, dt.date(2025, 6, 1))
POST_CONDITIONS = (
    'role == "caregiver" and employed',
    "months_on_post >= 3 and attendance_days >= 20",
    'education in ("college", "bachelor") and months_on_post == 36',
    "skill_level <= 4",
    "not (skill_level > 3) or training_hours > 20",
    "training_hours >= 16 and employed",
)
FACILITY_CONDITIONS = (
    "institution and open",
    "beds >= 3 and open",
    'operation != "for_profit" and star_rating >= 2',
    "nursing_beds * 2 > beds",
    'kind in ("private_home", "canteen") or star_rating == 0',
    "new_beds > 0",
)
QUANTITIES = {
    "post": ("", "attendance_days", "training_hours", "skill_level", "months_on_post"),
    "facility": ("", "beds", "nursing_beds", "occupied_beds", "new_beds", "star_rating"),
}


class Places:
    """Eight posts and eight facilities, each enrolled in some of four programmes."""

    def __init__(self, unit: OrgUnit, seed: int) -> None:
        self.unit = unit
        self.random = random.Random(seed)  # noqa: S311 - chance for tests
        self.facilities = [self.facility() for _ in range(8)]
        self.posts = [self.post() for _ in range(8)]
        self.programmes = []
        for beneficiary in ("post", "post", "facility", "facility"):
            programme = self.programme(beneficiary)
            self.programmes.append(programme)
            for holder in self.posts if beneficiary == "post" else self.facilities:
                if self.random.random() < 0.8:
                    self.enrol(programme, **{beneficiary: holder})

    def pick(self, *options):
        return self.random.choice(options)

    def day(self, months_before: int = 0) -> dt.date:
        month = plus(FIRST, self.random.randint(-months_before, len(MONTHS) - 1))
        return self.pick(month, last_day(month), month.replace(day=self.random.randint(1, 28)))

    def later(self, day: dt.date) -> dt.date | None:
        return self.pick(None, None, max(day, self.day()))

    def facility(self) -> Facility:
        opened = self.pick(dt.date(2020, 1, 1), self.day(3))
        facility = make_facility(
            self.unit,
            kind=self.pick(*Facility.INSTITUTIONS, "canteen"),
            operation=self.pick(*Facility.Operation.values),
            opened_on=opened,
            closed_on=self.later(opened),
        )
        for number in range(self.random.randint(0, 6)):
            self.bed(facility, str(number))
        for day in {self.day(6) for _ in range(self.random.randint(0, 3))}:
            for scheme in ("star", self.pick("food", "center")):
                FacilityRating.objects.create(
                    facility=facility,
                    scheme=scheme,
                    level=self.random.randint(1, 5),
                    issued_on=day,
                    expires_on=self.later(day),
                )
        return facility

    def bed(self, facility: Facility, number: str) -> None:
        begun = self.pick(facility.opened_on, self.day())
        away = self.day()
        bed = make_bed(
            facility,
            number,
            kind=self.pick("institutional", "institutional", "institutional", "day_care"),
            in_use_from=begun,
            in_use_to=self.later(begun),
            nursing=self.pick(Spells(), Spells.since(begun), Spells.since(self.day())),
            out_of_service=self.pick(Spells(), Spells(), Spells.since(away, away + dt.timedelta(days=40))),
        )
        if self.random.random() < 0.7:
            moved_in = self.day(4)
            make_stay(bed, moved_in_on=moved_in, moved_out_on=moved_in + dt.timedelta(days=60))
            if self.random.random() < 0.5:
                make_stay(bed, moved_in_on=moved_in + dt.timedelta(days=60))

    def post(self) -> Employment:
        caregiver = make_caregiver(education=self.pick("", "senior", "college", "bachelor"))
        begun = self.pick(self.day(3), plus(self.day(), -36))
        post = make_post(
            self.pick(self.unit, *self.facilities),
            caregiver,
            role=self.pick("caregiver", "caregiver", "nurse"),
            employed_from=begun,
            employed_to=self.later(begun),
        )
        for day in {self.day(6) for _ in range(self.random.randint(0, 3))}:
            Certificate.objects.create(
                caregiver=caregiver,
                kind=self.pick("skill_level", "skill_level", "qualification", "course"),
                level=self.pick(None, 1, 3, 4, 5),
                issued_on=day,
                expires_on=self.later(day),
            )
        for day in {self.day(14) for _ in range(self.random.randint(0, 5))}:
            Training.objects.create(
                caregiver=caregiver, subject="skill", held_on=day, hours=self.pick(4, 8, 16)
            )
        for month in MONTHS:
            if self.random.random() < 0.8:
                Attendance.objects.create(employment=post, month=month, days=self.pick(19, 20, 22, 28))
        return post

    def programme(self, beneficiary: str) -> Programme:
        conditions = POST_CONDITIONS if beneficiary == "post" else FACILITY_CONDITIONS
        programme = Programme.objects.create(
            org_unit=self.unit.parent,
            code=f"places-{numbers.next()}",
            name="随机补贴",
            kind="other",
            beneficiary=beneficiary,
            starts_on=FIRST,
            portal_from=FIRST,
        )
        for effective_from in (FIRST, plus(FIRST, self.random.randint(3, 15))):
            version = RuleVersion.objects.create(
                programme=programme,
                effective_from=effective_from,
                document_number="测民〔2024〕1号",
                eligibility=self.pick(*conditions),
                facts_day=self.pick(*RuleVersion.FactsDay.values),
                start=self.pick(*RuleVersion.Start.values),
                start_offset=self.pick(0, 1),
                back_pay=self.pick(*RuleVersion.BackPay.values),
                back_pay_months=2,
                certification=self.pick("none", "monthly"),  # nobody certifies a post or a facility
            )
            for _ in range(2):
                Band.objects.create(
                    version=version,
                    position=self.pick(1, 2),
                    label="档",
                    age_from=self.pick(None, None, 60),  # they have no age
                    condition=self.pick("", *conditions),
                    amount=Decimal(self.pick("100", "33.3333", "0.5")),
                    quantity=self.pick(*QUANTITIES[beneficiary]),
                    cap=self.pick(None, Decimal("400.00")),
                )
        return programme

    def enrol(self, programme: Programme, **holder) -> None:
        applied = self.day(3)
        Enrolment.objects.create(
            programme=programme,
            org_unit=self.unit,
            state=self.pick("running", "running", "running", "noticed"),
            applied_on=applied,
            approved_on=applied + dt.timedelta(days=20),
            **holder,
        )


@settings(max_examples=8)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_posts_and_facilities_are_owed_what_the_oracle_says(cast, seed):
    places = Places(cast.township, seed)
    world = load(places.programmes)
    for programme in places.programmes:
        rows = {(row.enrolment_id, row.month): row for row in entitlements(programme, MONTHS)}
        for place in world.places.values():
            for month in MONTHS if place.scheme == programme.pk else ():
                wanted, row = entitlement(world, place, month), rows.get((place.id, month))
                got = (row.amount, row.band_id if row.amount else None) if row else (Decimal(0), None)
                said = f"{month} engine {row} oracle {wanted}\n{place}\n{world.schemes[programme.pk]}"
                assert got == (wanted.net, wanted.band if wanted.net else None), said
