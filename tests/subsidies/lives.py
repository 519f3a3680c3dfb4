"""Random lives: programmes with random rules, and people to whom everything happens.

One number makes one county, so a failing example can be made again: ``County(unit, seed)``. Days crowd at the ends
and beginnings of months, where rules go wrong.
"""

import datetime as dt
import random
from decimal import Decimal

from eldercare.models import OrgUnit
from eldercare.spells import Spells
from subsidies.models import (
    Adaptation,
    Assessment,
    Band,
    Certification,
    Elder,
    ElderTag,
    Enrolment,
    Exclusion,
    Programme,
    RuleVersion,
)
from tests.numbering import numbers
from tests.subsidies.oracle import last_day, month_of, plus

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2025, 12, 1)  # the months that are worked out
LONG_AGO = dt.date(2000, 1, 1)
TAGS = (
    "destitute_central",
    "destitute_scattered",
    "low_income",
    "low_income_edge",
    "severe_disability",
    "living_alone",
    "empty_nest",
    "in_care_home",
)
ELIGIBILITIES = (
    "age >= 80",
    "age >= 60",
    "age >= 60",
    "registered or age >= 60",
    "age >= 79 and registered",
    "registered or resident",
    "registered",
    "age >= 60 and not registered",
    "resident and not in_care_home",
    "age >= 65 and (low_income or destitute)",
    "not (registered and resident) or age > 82",
    "assessed and ability >= 1",
    "ability < 3 or severe_disability",
    "not (ability > 2)",
    'sex == "female" or age >= 81',
    "adaptation_cost > 0",
    "age - 80 >= 0 or living_alone",
)
CONDITIONS = ("", "", "living_alone", "age >= 85 or ability == 4", "not destitute", "resident", "registered")
AMOUNTS = ("50", "60", "100", "33.3333", "0.125", "1234.56", "200", "0", "89.995")


class County:
    """A county of its own by ``seed``: ``programmes`` and ``people`` in the database."""

    def __init__(self, unit: OrgUnit, seed: int, people: int = 40, programmes: int = 4) -> None:
        self.unit = unit
        self.random = random.Random(seed)  # noqa: S311 - chance for tests
        self.programmes = [self.programme() for _ in range(programmes)]
        self.exclusions()
        self.elders = Elder.objects.bulk_create([self.elder(number) for number in range(people)])
        self.fill_lives()
        self.fill_enrolments()
        self.merge()

    # chance

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, *options):
        return self.random.choice(options)

    def month(self, first: dt.date = FIRST, last: dt.date = LAST) -> dt.date:
        span = (last.year - first.year) * 12 + last.month - first.month
        return plus(first, self.random.randint(0, span))

    def day(self, first: dt.date = FIRST, last: dt.date = LAST) -> dt.date:
        month = self.month(month_of(first), month_of(last))
        end = last_day(month)
        return self.pick(month, month.replace(day=2), end, end - dt.timedelta(days=1), self.any_day(month))

    def any_day(self, month: dt.date) -> dt.date:
        return month.replace(day=self.random.randint(1, last_day(month).day))

    def spells(self, always: float) -> Spells:
        """Mostly always or never; else one to three periods, also two within one month."""
        if self.chance(always):
            return Spells.since(LONG_AGO)
        if self.chance(0.1):
            return Spells()
        days = sorted({self.day(plus(FIRST, -2), LAST) for _ in range(self.random.randint(1, 6))})
        if self.chance(0.3):
            month = self.month()
            days = sorted({*days, *(self.any_day(month) for _ in range(4))})
        if self.chance(0.5):
            days = [LONG_AGO, *days]
        ends = [*days[1::2], None][: len(days[::2])]
        return Spells(zip(days[::2], ends, strict=True))

    # rules

    def programme(self) -> Programme:
        starts = self.pick(plus(FIRST, -12), FIRST, FIRST, plus(FIRST, self.random.randint(1, 4)))
        programme = Programme.objects.create(
            org_unit=self.unit,
            code=f"chance-{numbers.next()}",
            name="随机津贴",
            kind=Programme.Kind.OTHER,
            starts_on=starts,
            ends_on=self.month(plus(FIRST, 12)) if self.chance(0.1) else None,
            portal_from=self.pick(starts, FIRST, plus(FIRST, 2)),
            offsets_recoveries=self.chance(0.8),
        )
        begins = {plus(starts, -1), *(self.month() for _ in range(self.pick(0, 0, 1, 2)))}
        for effective_from in sorted(begins):
            self.version(programme, effective_from)
        return programme

    def version(self, programme: Programme, effective_from: dt.date) -> RuleVersion:
        rules = RuleVersion
        version = rules.objects.create(
            programme=programme,
            effective_from=effective_from,
            document_number="测民〔2024〕1号",
            population=self.pick(*rules.Population.values),
            eligibility=self.pick(*ELIGIBILITIES),
            facts_day=self.pick(*rules.FactsDay.values),
            start=self.pick(*rules.Start.values),
            start_offset=self.pick(0, 1),
            back_pay=self.pick(*rules.BackPay.values),
            back_pay_months=self.pick(0, 1, 3),
            death=self.pick(*rules.Stop.values),
            moving_out=self.pick("paid", "unpaid"),
            certification=self.pick(*["none"] * 5, "monthly", "quarterly", "half_yearly", "yearly"),
            resume_months=self.pick(0, 0, 1, 3),
            pay_months=self.pick(*[[]] * 8, [3, 9], [1, 2, 4, 5, 7, 8, 10, 11]),
        )
        for _ in range(self.random.randint(1, 4)):
            self.band(version)
        if self.chance(0.7):  # for everybody who is left
            Band.objects.create(
                version=version, position=9, label="其余", amount=Decimal(self.pick(*AMOUNTS))
            )
        return version

    def band(self, version: RuleVersion) -> Band:
        age = self.pick(None, 60, 80, 81, 85)
        return Band.objects.create(
            version=version,
            position=self.pick(1, 1, 2, 3),  # the same twice: the older band first
            label=f"档{numbers.next()}",
            age_from=age,
            age_to=self.pick(None, (age or 60) + self.pick(0, 1, 5, 9)),
            abilities=self.pick([], [], [], [0, 1], [2, 3, 4]),
            economics=self.pick([], [], [], ["low_income", "low_income_edge"], list(ElderTag.DESTITUTE)),
            livings=self.pick([], [], [], ["living_alone"], ["empty_nest", "in_care_home"]),
            condition=self.pick(*CONDITIONS),
            amount=Decimal(self.pick(*AMOUNTS)),
            quantity=self.pick("", "", "", "age", "adaptation_cost"),
            cap=self.pick(None, None, Decimal("500.00"), Decimal("0.55")),
        )

    def exclusions(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            self.exclusion()
        if self.chance(0.6):  # one that gives way to several
            for prevailing in self.programmes[1:]:
                self.exclusion(
                    self.programmes[0], prevailing, relation=self.pick("offset", "offset", "higher")
                )

    def exclusion(self, *pair: Programme, relation: str = "") -> None:
        yielding, prevailing = pair or self.random.sample(self.programmes, 2)
        since = self.pick(plus(FIRST, -3), plus(FIRST, -3), self.month())
        Exclusion.objects.get_or_create(
            yielding=yielding,
            prevailing=prevailing,
            effective_from=since,
            defaults={
                "relation": relation or self.pick(*Exclusion.Relation.values),
                "effective_to": self.pick(
                    None, plus(since, self.random.randint(0, 9)), max(since, plus(FIRST, 9))
                ),
            },
        )

    # people

    def elder(self, number: int) -> Elder:
        years = self.pick(65, 80, 80, 81, 85, 90, 90, 100)
        month = plus(self.month(), -12 * years)
        born = self.pick(month, last_day(month), self.any_day(month), dt.date(1944, 2, 29))
        died = self.day() if self.chance(0.25) else None
        name = f"随机老人{number}"
        return Elder(
            org_unit=self.unit,
            residence_unit=self.unit,
            id_kind=Elder.IdKind.NONE,
            name=name,
            name_key=name,
            sex=self.pick("male", "female"),
            born_on=born,
            registered=self.spells(0.5),
            resident=self.spells(0.5),
            died_on=died,
        )

    def merge(self) -> None:
        """The last two are second records of the first two."""
        for kept, dropped in zip(self.elders, self.elders[-2:], strict=False):
            Elder.objects.filter(pk=dropped.pk).update(merged_into=kept)

    def fill_lives(self) -> None:
        tags, assessments, certifications, works = [], [], [], []
        for elder in self.elders:
            for kind in self.random.sample(TAGS, self.random.randint(0, 4)):
                tags.append(ElderTag(elder=elder, kind=kind, held=self.spells(0.3), source="测试"))
            for day in {self.day(plus(FIRST, -6), LAST) for _ in range(self.random.randint(0, 3))}:
                assessments += self.assessments_on(elder, day)
            for day in {self.day(plus(FIRST, -6), LAST) for _ in range(self.random.randint(0, 5))}:
                certifications.append(Certification(elder=elder, certified_on=day))
            for _ in range(self.pick(0, 0, 1, 2)):
                works.append(self.adaptation(elder))
        ElderTag.objects.bulk_create(tags)
        Assessment.objects.bulk_create(assessments)
        Certification.objects.bulk_create(certifications)
        Adaptation.objects.bulk_create(works)

    def assessments_on(self, elder: Elder, day: dt.date) -> list[Assessment]:
        """One, or two by different standards on one day, of which the later entered counts."""
        standards = ["gbt42195", "mzt039"][: self.pick(1, 1, 2)]
        return [
            Assessment(
                elder=elder,
                standard=standard,
                assessed_on=day,
                valid_until=self.pick(None, last_day(plus(month_of(day), self.random.randint(0, 8)))),
                level=self.pick(None, 0, 1, 2, 3, 4),
            )
            for standard in standards
        ]

    def adaptation(self, elder: Elder) -> Adaptation:
        return Adaptation(
            elder=elder,
            org_unit=self.unit,
            round=f"第{numbers.next()}批",
            needed_from=LONG_AGO,
            accepted_on=self.pick(None, self.day(), self.day()),
            cost=self.pick(None, Decimal("3000.00"), Decimal("12345.67"), Decimal("0.50")),
        )

    def fill_enrolments(self) -> None:
        self.enrolments = Enrolment.objects.bulk_create(
            [
                enrolment
                for elder in self.elders
                for programme in self.programmes
                if self.chance(0.8)
                for enrolment in self.enrolment(programme, elder)
            ]
        )

    def enrolment(self, programme: Programme, elder: Elder) -> list[Enrolment]:
        """One, or an ended one and the one that followed it."""
        applied = self.pick(self.day(), *(self.day(plus(FIRST, -3), plus(FIRST, 4)) for _ in range(2)))
        running = Enrolment.State.RUNNING
        first = Enrolment(
            programme=programme,
            elder=elder,
            org_unit=self.unit,
            state=self.pick(*[running] * 7, "ended", "ended", self.pick("noticed", "refused")),
            applied_on=applied,
            approved_on=applied + dt.timedelta(days=self.pick(0, 1, 9, 45)),
            not_before=self.pick(*[None] * 7, self.month()),
            suspended=self.suspensions(),
        )
        if first.state != "ended":
            return [first]
        first.ended_from, first.end_reason = self.month(), "other"
        if self.chance(0.5):
            return [first]
        again = Enrolment(
            programme=programme,
            elder=elder,
            org_unit=self.unit,
            state=running,
            applied_on=first.ended_from,
            approved_on=first.ended_from,
            not_before=max(first.ended_from, first.not_before or first.ended_from),
        )
        return [first, again]

    def suspensions(self) -> Spells:
        if self.chance(0.8):
            return Spells()
        first = self.month()
        if self.chance(0.2):  # not from month to month: the first day of a month decides
            return Spells.since(self.day(FIRST, first), plus(first, 1).replace(day=2))
        return Spells.since(first, self.pick(None, plus(first, self.random.randint(1, 4))))
