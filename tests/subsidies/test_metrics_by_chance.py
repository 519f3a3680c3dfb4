"""Figures of registers made by chance agree with counting in plain Python, and with their lists.

The oracle shares no condition with the product; who is due for a visit it takes from the definition in
subsidies/rules/visits.py, which is tested by examples.
"""

import datetime as dt
import random
from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import Sum

from eldercare.ledger_metrics import figures, period_of, rows_of, source_of
from eldercare.spells import Spells
from facilities.models import Employment
from subsidies.models import (
    Adaptation,
    Batch,
    Elder,
    ElderTag,
    Enrolment,
    PaymentLine,
    Programme,
    Service,
    Visit,
    VisitRule,
)
from subsidies.rules.visits import is_due, periods_of_month
from tests.facilities.factories import make_facility, make_post
from tests.subsidies.factories import LONG_AGO, make_assessment, make_elder, make_enrolment, make_programme
from tests.subsidies.metric_cases import ADAPTATIONS, ELDERS, PAYMENTS, VISITS
from tests.subsidies.test_visit_statement import Chance, person_of, rules_of

CODES = [
    case.code
    for case in ELDERS + PAYMENTS + VISITS + ADAPTATIONS
    if case.code != "service_subsidy_eligible_elders"  # the engine's tests have an oracle of their own
]
MONTHS = (dt.date(2026, 3, 1), dt.date(2026, 8, 1))
KINDS = ("destitute_central", "destitute_scattered", "living_alone", "disabled", "in_hospital")
PROGRAMMES = ("service_subsidy", "post_allowance", "old_age")


class Register(Chance):
    def __init__(self, cast, seed: int) -> None:
        super().__init__(seed)
        self.dice = random.Random(seed)  # noqa: S311 - the same register every time
        self.cast = cast
        self.townships = [cast.township, cast.other_township]
        self.elders = [self.elder() for _ in range(50)]
        for category, service, frequency in (
            ("living_alone", "visit", "week"),
            ("disabled", "visit", "month"),
            ("destitute_scattered", "laundry", "half_month"),
        ):
            VisitRule.objects.create(
                org_unit=cast.county,
                category=category,
                service=service,
                frequency=frequency,
                effective_from=LONG_AGO,
            )
        self.enrolments()

    def elder(self) -> Elder:
        elder = make_elder(
            self.dice.choice(self.townships),
            born=dt.date(
                self.dice.choice((1925, 1926, 1935, 1946, 1960, 1966)), self.dice.randint(1, 12), 15
            ),
            registered=Spells.since(LONG_AGO) if self.maybe(0.7) else self.spells(),
            resident=Spells.since(LONG_AGO) if self.maybe(0.7) else self.spells(),
            residence_unit=self.dice.choice([*self.townships, None]),
            died_on=self.day() if self.maybe(0.2) else None,
            wishes_central_care=self.spells() if self.maybe(0.4) else Spells(),
        )
        for kind in self.dice.sample(KINDS, self.dice.randint(0, 3)):
            ElderTag.objects.create(elder=elder, kind=kind, held=self.spells())
        for on in {self.day() for _ in range(self.dice.randint(0, 2))}:
            make_assessment(
                elder,
                self.dice.choice((0, 1, 3, 4, None)),
                on,
                has_dementia=self.maybe(0.3),
                valid_until=on + dt.timedelta(days=90) if self.maybe(0.4) else None,
            )
        for on in {self.day() for _ in range(25)}:
            Visit.objects.create(
                elder=elder,
                org_unit=elder.org_unit,
                visited_on=on,
                service=self.dice.choice(("visit", "visit", "laundry")),
                result=self.dice.choice(("well", "not_met", "urgent")),
            )
        if self.maybe(0.8):
            self.adaptation(elder)
        return elder

    def adaptation(self, elder: Elder) -> None:
        for number in range(self.dice.randint(1, 2)):
            needed, later = sorted((self.day(), self.day()))
            end = self.dice.choice(
                ({}, {"accepted_on": later}, {"cancelled_on": later, "cancel_reason": "搬迁"})
            )
            Adaptation.objects.create(
                elder=elder, org_unit=elder.org_unit, round=str(number), needed_from=needed, **end
            )

    def enrolments(self) -> None:
        self.programmes = []
        for kind in PROGRAMMES:
            beneficiary = "post" if kind == "post_allowance" else "elder"
            self.programmes.append(make_programme(self.cast.county, kind=kind, beneficiary=beneficiary))
        second = make_programme(self.cast.county, kind="service_subsidy")
        for programme in (self.programmes[0], self.programmes[2], second):
            for elder in self.dice.sample(self.elders, 25):
                make_enrolment(programme, elder, **self.state())
        home = make_facility(self.cast.township)
        for _ in range(10):
            ends = self.day() if self.maybe(0.3) else None
            post = make_post(home, employed_to=ends, level=None)
            Enrolment.objects.create(
                programme=self.programmes[1],
                post=post,
                org_unit=self.cast.township,
                applied_on=LONG_AGO,
                approved_on=self.day(),
                state="running",
            )
        for programme in self.programmes:
            self.batch(programme)

    def state(self) -> dict:
        fields = {"approved_on": self.day()}
        if self.maybe(0.3):
            fields |= {"state": "ended", "ended_from": self.day().replace(day=1), "end_reason": "given_up"}
        if self.maybe(0.2):
            first = self.day().replace(day=1)
            fields["suspended"] = Spells.since(first, dt.date(2026, 12, 1) if first.month < 9 else None)
        if self.maybe(0.2):
            fields["not_before"] = self.day().replace(day=1)
        return fields

    def batch(self, programme: Programme) -> None:
        for month in MONTHS:
            batch = Batch.objects.create(
                programme=programme,
                month=month,
                state=self.dice.choice(("sent", "cancelled")),
                made_by=self.cast.county_clerk,
            )
            for enrolment in programme.enrolments.all():
                for kind in self.dice.sample(
                    ("regular", "back_pay", "offset", "recovery"), self.dice.randint(0, 2)
                ):
                    PaymentLine.objects.create(
                        batch=batch,
                        enrolment=enrolment,
                        elder=enrolment.elder,
                        org_unit=enrolment.org_unit,
                        month=month,
                        for_month=month if kind == "regular" else month.replace(month=1),
                        kind=kind,
                        state=self.dice.choice(("paid", "paid", "failed", "sent", "held")),
                        amount=Decimal(self.dice.randint(1, 9999))
                        / 100
                        * (-1 if kind in ("offset", "recovery") else 1),
                        settled_on=self.dice.choice((None, month.replace(day=20), self.day())),
                    )


class Oracle:
    def __init__(self, cast, month: dt.date) -> None:
        self.cast, (self.first, self.day) = cast, period_of(month)
        self.rules = rules_of(cast.county)
        self.elders = list(Elder.objects.prefetch_related("tags", "assessments", "visits"))

    def counts(self) -> Counter:
        """By (unit id or None for the county, code)."""
        found: Counter = Counter()
        for elder in self.elders:
            for code in self.of_elder(elder):
                found[elder.org_unit_id, code] += 1
            if elder.residence_unit_id:
                for code in self.of_resident(elder):
                    found[elder.residence_unit_id, code] += 1
        for unit, _ in {
            (each.elder.org_unit_id, each.elder_id)
            for each in Enrolment.objects.filter(programme__kind="service_subsidy").select_related("elder")
            if self.receives(each) and self.lives(each.elder)
        }:
            found[unit, "service_subsidy_recipients"] += 1
        posts = Enrolment.objects.filter(programme__kind="post_allowance").select_related("post")
        found[None, "caregivers_on_post_allowance"] = len(
            {each.post.caregiver_id for each in posts if self.receives(each) and self.employed(each.post)}
        )
        self.payments(found)
        self.adaptations(found)
        return found

    def lives(self, elder: Elder) -> bool:
        return elder.died_on is None or elder.died_on > self.day

    def employed(self, post: Employment) -> bool:
        return post.employed_to is None or post.employed_to > self.day

    def age(self, elder: Elder) -> int:
        return (self.day.year - elder.born_on.year) - (self.day.month < elder.born_on.month)

    def last_assessment(self, elder: Elder):
        valid = [
            each
            for each in elder.assessments.all()
            if each.level is not None
            and each.assessed_on <= self.day
            and not (each.valid_until and each.valid_until < self.day)
        ]
        return max(valid, key=lambda each: (each.assessed_on, each.pk), default=None)

    def of_elder(self, elder: Elder) -> list[str]:
        if not self.lives(elder):
            return []
        tags = {tag.kind for tag in elder.tags.all() if tag.held.on(self.day)}
        central, destitute = (
            "destitute_central" in tags,
            bool(tags & {"destitute_central", "destitute_scattered"}),
        )
        found, last, age = [], self.last_assessment(elder), self.age(elder)
        registered, resident = elder.registered.on(self.day), elder.resident.on(self.day)
        if registered:
            found += [
                name
                for years, name in (
                    (60, "registered_elders_60"),
                    (80, "registered_elders_80"),
                    (100, "centenarians"),
                )
                if age >= years
            ]
            if destitute and age >= 60:
                found += ["destitute_elders"] + ["destitute_elders_in_care"] * central
            if destitute and last and last.level >= 3:
                found += ["destitute_unable_self_care"] + ["destitute_unable_self_care_in_care"] * central
            if destitute and (central or elder.wishes_central_care.on(self.day)):
                found += ["destitute_wishing_central_care"] + ["destitute_wishing_in_central_care"] * central
        if (registered or resident) and age >= 60 and last and (last.level >= 1 or last.has_dementia):
            found.append("disabled_elders")
        return found

    def of_resident(self, elder: Elder) -> list[str]:
        found = []
        if self.lives(elder) and elder.resident.on(self.day):
            found += [f"resident_elders_{years}" for years in (60, 65) if self.age(elder) >= years]
        person = person_of(elder)
        for period in periods_of_month(self.day):
            for service in Service.values:
                if not is_due(
                    self.rules, service, person, period, absent=("in_hospital", "away", "in_care_home")
                ):
                    continue
                name = {("visit", "week"): "weekly_visits", ("visit", "month"): "monthly_visits"}.get(
                    (service, period.frequency), "periodic_care_services"
                )
                found.append(f"{name}_due")
                if any(
                    each.service == service
                    and each.result != "not_met"
                    and period.first <= each.visited_on <= period.last
                    for each in elder.visits.all()
                ):
                    found.append(f"{name}_done")
        return found

    def receives(self, each: Enrolment) -> bool:
        if each.state not in ("running", "ended") or each.approved_on > self.day:
            return False
        if (each.ended_from and each.ended_from <= self.first) or each.suspended.on(self.first):
            return False
        if each.not_before and each.not_before > self.first:
            return False
        settled = each.programme.batches.filter(month=self.first, state="sent").exists()
        paid = any(
            line.for_month == self.first
            and line.kind != "recovery"
            and line.state in ("paid", "sent", "planned")
            for line in each.lines.all()
        )
        return paid or not settled

    def payments(self, found: Counter) -> None:
        pairs = set()
        for line in PaymentLine.objects.all():
            arrived = (line.settled_on or line.month).replace(day=1) == self.first
            if line.state == "paid" and line.kind != "recovery" and arrived:
                found[None, "subsidy_paid_amount"] += line.amount
                found[line.org_unit_id, "subsidy_paid_amount"] += line.amount
                if line.kind != "offset":
                    pairs.add((line.org_unit_id, line.batch_id, line.enrolment_id))
        for unit, *_ in pairs:
            found[unit, "subsidy_payments"] += 1
            found[None, "subsidy_payments"] += 1

    def adaptations(self, found: Counter) -> None:
        needed = set()
        for row in Adaptation.objects.all():
            if row.accepted_on and self.first <= row.accepted_on <= self.day:
                found[row.org_unit_id, "home_adaptations"] += 1
            if row.needed_from <= self.day and not (row.cancelled_on and row.cancelled_on <= self.day):
                needed.add((row.org_unit_id, row.elder_id))
        for unit, _ in needed:
            found[unit, "home_adaptations_needed"] += 1


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_is_what_plain_python_counts_and_as_long_as_its_list(cast, seed):
    register = Register(cast, seed)
    seen: set[str] = set()
    for month in MONTHS:
        counts = Oracle(cast, month).counts()
        found = figures([cast.county, *register.townships], month, codes=CODES)
        seen |= {code for (_, code), value in counts.items() if value}
        for code in CODES:
            own = code == "caregivers_on_post_allowance"
            for unit in register.townships if not own else ():
                assert found[unit.pk, code] == counts[unit.pk, code], (month, unit, code)
                rows, total = rows_of(code, month, unit), source_of(code)[1].total
                listed = rows.aggregate(sum=Sum(total))["sum"] or 0 if total else rows.count()
                assert listed == found[unit.pk, code], (month, unit, code)
            if source_of(code)[1].at_county == "within":
                assert found[cast.county.pk, code] == counts[None, code], (month, code)
    assert len(seen) > len(CODES) - 4  # chance has something of nearly everything
