"""Processes killed while a batch is made, approved, exported and matched, and two of them at once: every fen once.

Two programmes with the same rules pay the same people. One month after the other is taken to the end for both: for
one without any trouble, for the other with kills at random points; afterwards both books hold the same.
"""

import contextlib
import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from eldercare.management.commands.portal import set_parent_death_signal
from eldercare.models import AuditEvent
from eldercare.spells import Spells
from subsidies.actions.batches import remake, request_batch
from subsidies.actions.gate import decide, submit
from subsidies.models import Band, Batch, Elder, ElderTag, PaymentLine, Programme, Recovery, RecoveryEntry
from tests.machine import REPO
from tests.plugins import start_process
from tests.subsidies.batches import returned, rows_of
from tests.subsidies.factories import (
    LONG_AGO,
    make_elder,
    make_enrolment,
    make_payee,
    make_programme,
    make_tag,
)

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 60
KILLS = 50
PER_STEP = 4
MOST_MONTHS = 8
PATIENCE = 60  # seconds; a limit against hanging
HANDS = Path(__file__).with_name("crash_hands.py")
STEPS = (
    "提出发放批次：",
    "送审：",
    "审批通过：",
    "导出银行表：",
)  # written once per batch, whoever was killed
State, Kind = Batch.State, PaymentLine.Kind
CLERK, REVIEWER = ("--user", "xianji"), ("--user", "shenhe")


def wait_for(ready: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited in vain for {what}.")
        time.sleep(0.02)


# --- Processes that take a step -------------------------------------------------------------------------------


class Hands:
    """Takes steps of ``manage.py payments`` one after the other, each in a process of its own."""

    def __init__(self) -> None:
        environment = os.environ | {
            "ELDERCARE_DB_NAME": settings.DATABASES["default"]["NAME"],
            "SECRET_KEY": settings.SECRET_KEY,
        }
        self.popen = subprocess.Popen(
            [sys.executable, HANDS],
            cwd=REPO,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=set_parent_death_signal,
        )
        assert self._said() == "ready"

    def _said(self):
        return json.loads(self.popen.stdout.readline())

    def begin(self, *arguments: object, dies_at: int | None = None, dies_after: float | None = None) -> None:
        order = {"arguments": [str(each) for each in arguments], "dies_at": dies_at, "dies_after": dies_after}
        self.popen.stdin.write(json.dumps(order) + "\n")
        self.popen.stdin.flush()

    def end(self) -> dict:
        return self._said()

    def run(self, *arguments: object) -> dict:
        self.begin(*arguments)
        return self.end()

    def kill_somewhere(self, chance: random.Random, usual: dict, *arguments: object) -> bool:
        """At a point or a moment by chance of a run that took ``usual``; False if it was faster."""
        if chance.random() < 0.5:
            self.begin(*arguments, dies_at=chance.randint(1, usual["points"]))
        else:
            self.begin(*arguments, dies_after=chance.uniform(0, usual["seconds"]))
        return self.end()["code"] == -signal.SIGKILL

    def stop(self) -> None:
        self.popen.stdin.close()
        self.popen.wait(PATIENCE)
        self.popen.stdout.close()


@pytest.fixture
def hands() -> Iterator[Hands]:
    hands = Hands()
    yield hands
    hands.stop()


# --- The register ---------------------------------------------------------------------------------------------


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


# --- A month, step by step ------------------------------------------------------------------------------------


@dataclass
class Month:
    """A month of a programme on its way; ``usual`` remembers what each step takes without trouble."""

    cast: object
    hands: Hands
    folder: Path
    programme: Programme
    number: int
    usual: dict[str, dict]
    chance: random.Random | None = None  # None: nobody is killed
    killed: int = 0

    @property
    def batch(self) -> Batch | None:
        return self.programme.batches.filter(month=month_of(self.number)).first()

    def state(self) -> str:
        return self.batch.state if self.batch else ""

    def through(self) -> None:
        code = self.programme.code
        self.step("make", State.CHECKING, code, f"2025-{self.number:02d}", *CLERK)
        batch = self.batch
        if batch.findings.exists():
            clerk = self.cast.county_clerk
            decide(batch=batch, findings=batch.findings.all(), decision="pay", reason="已核实", by=clerk)
        submit(batch=batch, by=self.cast.county_clerk)
        self.step("approve", State.APPROVED, batch.pk, *REVIEWER)
        sheet, back = self.folder / f"{code}.xlsx", self.folder / f"{code}-back.xlsx"
        self.step("export", State.SENT, batch.pk, "--out", sheet, *CLERK)
        self.again(
            "export", batch.pk, "--out", sheet, *CLERK
        )  # a process may have died before writing the file
        rows = rows_of(sheet.read_bytes())
        back.write_bytes(returned(rows, failures(self.number, rows)))
        self.step("match", State.RECONCILED, batch.pk, "--file", back, *CLERK)
        answer = self.again("match", batch.pk, "--file", back, *CLERK)["answer"]
        assert (answer["paid"], answer["failed"], answer["known"]) == (0, 0, len(rows))

    def step(self, name: str, to: State, *arguments: object) -> None:
        if self.chance is None:
            self.usual[name] = self.again(name, *arguments)
            assert self.state() == to
            return
        for _ in range(PER_STEP):
            if self.state() != to:
                self.killed += self.hands.kill_somewhere(self.chance, self.usual[name], name, *arguments)
        wait_for(lambda: self._continued(name, to, *arguments), f"{name} to come to its end")
        if name in ("make", "approve"):
            assert self.hands.run(name, *arguments)["code"] == 2  # done already

    def _continued(self, name: str, to: State, *arguments: object) -> bool:
        """The session of a dead process may hold its locks for a moment: then a step is asked for again."""
        if self.state() != to:
            self.hands.run(name, *arguments)
            if self.batch.error:  # after three deaths a person has to ask
                assert self.batch.lines.count() == 0
                remake(batch=self.batch, by=self.cast.county_clerk)
        return self.state() == to

    def again(self, name: str, *arguments: object) -> dict:
        done = self.hands.run(name, *arguments)
        assert done["code"] == 0, done["words"]
        return done


def test_fifty_kills_change_nothing(cast, hands, tmp_path):
    people = make_people(cast)
    calm, troubled = make_scheme(cast, people, "calm"), make_scheme(cast, people, "troubled")
    chance = random.Random(20250101)  # noqa: S311 - so that a failure can be repeated
    usual, killed, number = {}, 0, 0
    while killed < KILLS or number < 4:
        number += 1
        assert number <= MOST_MONTHS, f"Only {killed} were killed."
        news(number, people)
        Month(cast, hands, tmp_path, calm, number, usual).through()
        month = Month(cast, hands, tmp_path, troubled, number, usual, chance)
        month.through()
        killed += month.killed
        expected, found = books(calm), books(troubled)
        for kind in expected:
            assert found[kind] == expected[kind], (kind, number)
        assert times_recorded(month.batch) == dict.fromkeys(STEPS, 1)
    assert_every_fen_once(troubled, people, number)
    kinds = set(PaymentLine.objects.filter(batch__programme=troubled).values_list("kind", flat=True))
    assert kinds == set(Kind.values)
    settlements = RecoveryEntry.objects.filter(recovery__batch__programme=troubled)
    assert set(settlements.values_list("kind", flat=True)) == {"offset", "not_offset"}


# --- A real worker --------------------------------------------------------------------------------------------


def start_worker(folder: Path, number: int):
    log = folder / f"worker{number}.log"
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    options = ["--hostname", f"w{number}@%h", "--concurrency", "1", "-l", "info", *quiet]
    worker = start_process(["celery", "-A", "eldercare", "worker", *options], log)
    worker.wait_for(lambda: b" ready." in log.read_bytes(), "The Celery worker")
    return worker


def send() -> None:
    call = [sys.executable, "-m", "celery", "-A", "eldercare", "call", "subsidies.tasks.make_batches"]
    environment = os.environ | {
        "ELDERCARE_DB_NAME": settings.DATABASES["default"]["NAME"],
        "SECRET_KEY": settings.SECRET_KEY,
    }
    subprocess.run(call, cwd=REPO, env=environment, check=True, capture_output=True)


@contextlib.contextmanager
def holding(statement: str, *params: object) -> Iterator[None]:
    """Another session holds what the statement locks."""
    with psycopg.connect(
        **connection.get_connection_params() | {"cursor_factory": psycopg.Cursor, "autocommit": False}
    ) as other:
        other.execute(statement, params)
        yield
        other.rollback()


def waiting() -> int:
    """Sessions of the test's database that wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )
        return cursor.fetchone()[0]


def test_worker_killed_while_making(cast, tmp_path, monkeypatch):
    monkeypatch.setenv("ELDERCARE_BROKER_NAME", f"crash-{uuid.uuid4().hex[:12]}")
    people = make_people(cast)
    programme = make_scheme(cast, people, "old-age")
    batch = request_batch(programme=programme, month=month_of(1), by=cast.county_clerk)
    worker = start_worker(tmp_path, 1)
    # Its last statement, the notice to the clerk, is kept waiting: lines and findings are written, not committed.
    with holding("LOCK TABLE eldercare_notice IN SHARE MODE"):
        send()
        wait_for(waiting, "the making to come to its end")
        os.killpg(worker.popen.pid, signal.SIGKILL)
        worker.popen.wait()
    wait_for(lambda: not waiting(), "the dead worker's session")
    batch.refresh_from_db()
    assert (batch.state, batch.attempts, batch.lines.count()) == (State.MAKING, 1, 0)
    worker = start_worker(tmp_path, 2)
    try:
        send()
        wait_for(lambda: Batch.objects.get().state == State.CHECKING, "the batch")
    finally:
        worker.stop()
    amounts = {line.elder_id: line.amount for line in batch.lines.all()}
    assert amounts == {person.elder.pk: person.owed(month_of(1)) for person in people}
    assert batch.lines.count() == PEOPLE


# --- Two at once ----------------------------------------------------------------------------------------------


def both(pair: tuple[Hands, Hands], held: tuple, *arguments: object) -> list[dict]:
    """Two processes take the same step; both have begun and wait for the same row before either goes on."""
    with holding(*held):
        for each in pair:
            each.begin(*arguments)
        wait_for(lambda: waiting() == 2, "both to wait")
    return [each.end() for each in pair]


@pytest.fixture
def pair(hands) -> Iterator[tuple[Hands, Hands]]:
    other = Hands()
    yield hands, other
    other.stop()


def test_two_at_once_do_it_once(cast, pair, tmp_path):
    people = make_people(cast)
    programme = make_scheme(cast, people, "old-age")
    made = both(pair, ("SELECT 1 FROM subsidies_programme FOR UPDATE",), "make", "old-age", "2025-01", *CLERK)
    assert {done["code"] for done in made} <= {0, 2}
    batch = Batch.objects.get()
    assert (batch.state, batch.lines.count(), batch.attempts) == (State.CHECKING, PEOPLE, 1)
    submit(batch=batch, by=cast.county_clerk)
    row = ("SELECT 1 FROM subsidies_batch WHERE id = %s FOR UPDATE", batch.pk)
    approvals = both(pair, row, "approve", batch.pk, *REVIEWER)
    assert sorted(done["code"] for done in approvals) == [0, 2]
    assert "不能审批" in next(done["words"] for done in approvals if done["code"])
    sheet, back = tmp_path / "sheet.xlsx", tmp_path / "back.xlsx"
    exports = both(pair, row, "export", batch.pk, "--out", sheet, *CLERK)
    assert sorted(done["answer"]["first_export"] for done in exports) == [False, True]
    assert len({done["answer"]["checksum"] for done in exports}) == 1
    rows = rows_of(sheet.read_bytes())
    back.write_bytes(returned(rows, {"3": "销户"}))
    answers = [done["answer"] for done in both(pair, row, "match", batch.pk, "--file", back, *CLERK)]
    assert sorted((each["paid"], each["failed"], each["known"]) for each in answers) == [
        (0, 0, PEOPLE),
        (PEOPLE - 1, 1, 0),
    ]
    assert batch.returns.count() == PEOPLE
    assert times_recorded(batch) == dict.fromkeys(STEPS, 1)
    assert Counter(batch.lines.values_list("state", flat=True)) == {"paid": PEOPLE - 1, "failed": 1}
    assert sum(line.amount for line in PaymentLine.objects.filter(batch__programme=programme)) == sum(
        person.owed(month_of(1)) for person in people
    )


def test_two_approvals_at_once_open_each_claim_once(cast, pair):
    people = make_people(cast)
    programme = make_scheme(cast, people, "old-age")
    hands = pair[0]
    for number in (1, 2):
        news(number, people)
        hands.run("make", "old-age", f"2025-{number:02d}", *CLERK)
        batch = programme.batches.get(month=month_of(number))
        if batch.findings.exists():
            clerk = cast.county_clerk
            decide(batch=batch, findings=batch.findings.all(), decision="pay", reason="已核实", by=clerk)
        submit(batch=batch, by=cast.county_clerk)
        row = ("SELECT 1 FROM subsidies_batch WHERE id = %s FOR UPDATE", batch.pk)
        approvals = both(pair, row, "approve", batch.pk, *REVIEWER)
        assert sorted(done["code"] for done in approvals) == [0, 2]
    too_much = {
        person.elder.name: before - person.owed(month_of(1))
        for person in people
        if (before := _known_in_january(people.index(person))) > person.owed(month_of(1))
    }
    assert dict(Recovery.objects.values_list("enrolment__elder__name", "amount")) == too_much
    assert Recovery.objects.count() == len(too_much)


def _known_in_january(place: int) -> Decimal:
    """As ``make_people`` made them."""
    return Decimal(200 if place % 5 == 0 else 100 if place % 2 else 50)
