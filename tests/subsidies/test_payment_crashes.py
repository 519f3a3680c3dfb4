"""Processes killed while a batch is made, approved, exported and matched, and two of them at once: every fen once.

Two programmes with the same rules pay the same people. One month after the other is taken to the end for both: for
one without any trouble, for the other with kills at random points; afterwards both books hold the same.
"""

import os
import random
import signal
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from subsidies.actions.bank_jobs import ask_for_sheet, ask_to_match
from subsidies.actions.bank_sheet import take_sheet
from subsidies.actions.batches import remake, request_batch
from subsidies.actions.gate import decide, submit
from subsidies.models import BankJob, Batch, PaymentLine, Programme, Recovery, RecoveryEntry
from tests.subsidies.batches import returned, rows_of
from tests.subsidies.crash_register import (
    PEOPLE,
    STEPS,
    assert_every_fen_once,
    books,
    failures,
    make_people,
    make_scheme,
    month_of,
    news,
    times_recorded,
)
from tests.subsidies.crashes import Hands, both, holding, send, start_worker, wait_for, waiting

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 50
PER_STEP = 4
MOST_MONTHS = 8
State, Kind = Batch.State, PaymentLine.Kind
CLERK, REVIEWER = ("--user", "xianji"), ("--user", "shenhe")


@pytest.fixture
def hands() -> Iterator[Hands]:
    hands = Hands()
    yield hands
    hands.stop()


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
    killed: Counter = field(default_factory=Counter)

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
        if self.number % 2:
            self.by_command(batch)
        else:
            self.by_worker(batch)

    def by_command(self, batch: Batch) -> None:
        code = self.programme.code
        sheet, back = self.folder / f"{code}.xlsx", self.folder / f"{code}-back.xlsx"
        self.step("export", State.SENT, batch.pk, "--out", sheet, *CLERK)
        # Once more, for a process may have died between the commit and writing the file.
        self.again("export", batch.pk, "--out", sheet, *CLERK)
        rows = rows_of(sheet.read_bytes())
        back.write_bytes(returned(rows, failures(self.number, rows)))
        self.step("match", State.RECONCILED, batch.pk, "--file", back, *CLERK)
        answer = self.again("match", batch.pk, "--file", back, *CLERK)["answer"]
        assert (answer["paid"], answer["failed"], answer["known"]) == (0, 0, len(rows))

    def by_worker(self, batch: Batch) -> None:
        """As from the pages: a person asks, a worker does it."""
        clerk = self.cast.county_clerk
        self.job("export", State.SENT, lambda: ask_for_sheet(batch=batch, by=clerk))
        rows = rows_of(take_sheet(batch=batch, by=clerk).content)
        back = returned(rows, failures(self.number, rows))

        def ask() -> BankJob:
            return ask_to_match(batch=batch, content=back, filename="回盘.xlsx", by=clerk)

        self.job("match", State.RECONCILED, ask)
        once_more = ask()
        self.again("job", once_more.pk)
        once_more.refresh_from_db()
        outcome = once_more.outcome
        assert (outcome["paid"], outcome["failed"], outcome["known"]) == (0, 0, len(rows))

    def job(self, name: str, to: State, ask: Callable[[], BankJob]) -> None:
        """``ask`` gives the job that waits, or a new one after it was given up."""
        usual = f"{name} as a job"
        if self.chance is None:
            self.usual[usual] = self.again("job", ask().pk)
            assert self.state() == to
            return
        for _ in range(PER_STEP):
            if self.state() != to:
                self.killed[name] += self.hands.kill_somewhere(
                    self.chance, self.usual[usual], "job", ask().pk
                )

        def continued() -> bool:
            if self.state() != to:
                self.hands.run("job", ask().pk)
            return self.state() == to

        wait_for(continued, f"{name} to come to its end")
        assert not BankJob.objects.filter(batch=self.batch, state="waiting").exists()

    def step(self, name: str, to: State, *arguments: object) -> None:
        if self.chance is None:
            self.usual[name] = self.again(name, *arguments)
            assert self.state() == to
            return
        for _ in range(PER_STEP):
            if self.state() != to:
                self.killed[name] += self.hands.kill_somewhere(
                    self.chance, self.usual[name], name, *arguments
                )
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
    usual, killed, number = {}, Counter(), 0
    while killed.total() < KILLS or number < 4:
        number += 1
        assert number <= MOST_MONTHS, f"Only so many were killed: {killed}"
        news(number, people)
        Month(cast, hands, tmp_path, calm, number, usual).through()
        month = Month(cast, hands, tmp_path, troubled, number, usual, chance)
        month.through()
        killed += month.killed
        expected, found = books(calm), books(troubled)
        for kind in expected:
            assert found[kind] == expected[kind], (kind, number)
        assert times_recorded(month.batch) == dict.fromkeys(STEPS, 1)
    assert min(killed[name] for name in ("make", "approve", "export", "match")) >= 2, killed
    assert_every_fen_once(troubled, people, number)
    kinds = set(PaymentLine.objects.filter(batch__programme=troubled).values_list("kind", flat=True))
    assert kinds == set(Kind.values)
    settlements = RecoveryEntry.objects.filter(recovery__batch__programme=troubled)
    assert set(settlements.values_list("kind", flat=True)) == {"offset", "not_offset"}


# --- A real worker --------------------------------------------------------------------------------------------


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
