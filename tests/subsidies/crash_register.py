"""A register with late news, a bank that sends payments back, and what the books must hold in the end."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from eldercare.models import AuditEvent
from eldercare.spells import Spells
from subsidies.models import Band, Batch, Elder, ElderTag, PaymentLine, Programme, Recovery, RecoveryEntry
from tests.subsidies.factories import (
    LONG_AGO,
    make_elder,
    make_enrolment,
    make_payee,
    make_programme,
    make_tag,
)

PEOPLE = 60
STEPS = (
    "提出发放批次：",
    "送审：",
    "审批通过：",
    "生成银行表：",
)  # written once per batch, whoever was killed
Kind = PaymentLine.Kind


@dataclass
class Person:
    """What the test knows of somebody; ``poor``: low income from each first day until before the second."""

    elder: Elder
    poor: tuple[tuple[dt.date, dt.date], ...] = ()
    died: dt.date | None = None

    def owed(self, month: dt.date) -> Decimal:
        """200 with a low income on the last day of the month, else 100 from 80 and 50 from 70; to the month of death."""
        last = (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        if self.died and self.died < month:
            return Decimal(0)
        if any(since <= last < until for since, until in self.poor):
            return Decimal(200)
        return Decimal(100 if month.year - self.elder.born_on.year >= 80 else 50)


def month_of(number: int) -> dt.date:
    return dt.date(2025, number, 1)


FOREVER = dt.date(9999, 1, 1)
# Paid too much for January, as is known in February; they get 200 in March, less what was too much.
OFFSET_IN_VAIN = ("老人040", "老人055")


def make_people(cast) -> list[Person]:
    """Half of them 90, half 75; every fifth with a low income; in two townships."""
    people = []
    for number in range(PEOPLE):
        unit = cast.township if number % 3 else cast.other_township
        born = dt.date(1935 if number % 2 else 1950, 1 + number % 12, 1 + number % 28)
        person = Person(make_elder(unit, f"老人{number:03d}", born=born))
        make_payee(person.elder)
        if number % 5 == 0:
            person.poor = ((LONG_AGO, FOREVER),)
            make_tag(person.elder, "low_income")
        people.append(person)
    return people


def make_scheme(cast, people: list[Person], code: str) -> Programme:
    programme = make_programme(
        cast.county,
        code,
        eligibility="age >= 70",
        amounts=((70, 79, "50"), (80, None, "100")),
        starts=month_of(1),
        rules={"facts_day": "month_end", "back_pay": "eligible"},
        offsets_recoveries=True,
        outlier_factor=Decimal(99),
    )
    Band.objects.create(
        version=programme.versions.get(),
        position=0,
        label="低保",
        economics=["low_income"],
        amount=Decimal(200),
    )
    for person in people:
        make_enrolment(programme, person.elder)
    return programme


def news(number: int, people: list[Person]) -> None:
    """What becomes known before a month is made, of earlier months: money too much and too little."""
    january, february = month_of(1), month_of(2)
    if number == 2:
        for person in people[0:30:5]:
            was_poor(person, (LONG_AGO, january))
        for person in people[35:60:5]:
            was_poor(person, (LONG_AGO, january), (february, FOREVER))
        for person in people[1:40:10]:
            was_poor(person, (january, FOREVER))
        for person in people[2:40:15]:
            dies(person, dt.date(2024, 12, 10))
    if number == 3:
        was_poor(people[30], (LONG_AGO, february))
        for person in people[3:40:20]:
            dies(person, dt.date(2025, 1, 15))


def was_poor(person: Person, *spans: tuple[dt.date, dt.date]) -> None:
    person.poor = spans
    held = Spells([(since, None if until == FOREVER else until) for since, until in spans])
    ElderTag.objects.update_or_create(elder=person.elder, kind="low_income", defaults={"held": held})


def dies(person: Person, on: dt.date) -> None:
    person.died = on
    person.elder.died_on = person.elder.death_known_on = on
    person.elder.save()


def failures(number: int, rows: list[dict]) -> dict[str, str]:
    """The bank sends back every eighth payment, and in March those from which a claim was taken; in April none."""
    sent_back = rows[number::8] if number <= 3 else []
    if number == 3:
        sent_back += [row for row in rows if row["收款人姓名"] in OFFSET_IN_VAIN]
    return {row["序号"]: "账号有误" for row in sent_back}


# --- What the books hold --------------------------------------------------------------------------------------


def books(programme: Programme) -> dict[str, Counter]:
    """Everything that was written for a programme, but for ids and times."""
    name = "enrolment__elder__name"
    lines = PaymentLine.objects.filter(batch__programme=programme)
    claims = Recovery.objects.filter(batch__programme=programme)
    entries = RecoveryEntry.objects.filter(recovery__batch__programme=programme)
    found = {
        "lines": lines.values_list(
            name, "month", "for_month", "kind", "state", "amount", "band__amount", "serial", "payee_name",
            "failure", "recovery__from_month", "recovery__amount", "settled_on",
        ),
        "claims": claims.values_list(
            name, "batch__month", "from_month", "to_month", "months", "amount", "repaid", "offset",
        ),
        "entries": entries.values_list("recovery__enrolment__elder__name", "kind", "amount", "line__month", "on"),
        "batches": programme.batches.values_list("month", "sequence", "state"),
        "findings": programme.batches.values_list("month", "findings__kind", "findings__decision"),
        "returns": programme.batches.values_list(
            "month", "returns__serial", "returns__name", "returns__amount", "returns__result", "returns__reason",
        ),
    }  # fmt: skip
    return {kind: Counter(rows.order_by()) for kind, rows in found.items()}


def assert_every_fen_once(programme: Programme, people: list[Person], months: int) -> None:
    """Against the test's own arithmetic: person by person and month by month, and the money as a whole."""
    lines = PaymentLine.objects.filter(batch__programme=programme).live()
    standing: Counter = Counter()
    for line in lines.exclude(kind=Kind.OFFSET).select_related("elder"):
        standing[line.elder_id, line.for_month] += line.amount
    owed = {
        (person.elder.pk, month_of(number)): person.owed(month_of(number))
        for person in people
        for number in range(1, months + 1)
    }
    assert {key: amount for key, amount in owed.items() if standing[key] != amount} == {}
    assert set(standing) <= set(owed)
    paid = sum(line.amount for line in lines.money())
    claimed = Recovery.objects.filter(batch__programme=programme)
    assert paid - sum(claim.outstanding for claim in claimed) == sum(owed.values())
    for claim in claimed:
        settled = Counter()
        for entry in claim.entries.all():
            settled[entry.kind] += entry.amount
        assert claim.offset == settled["offset"] - settled["not_offset"]
    assert all(line.state == PaymentLine.State.PAID for line in lines.money())


def times_recorded(batch: Batch) -> dict[str, int]:
    events = AuditEvent.objects.filter(detail__batch=batch.pk)
    return {words: events.filter(subject__startswith=words).count() for words in STEPS}
