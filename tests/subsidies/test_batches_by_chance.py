"""Random lives, batch after batch, with late news between them: every line is what the oracle's books say."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from subsidies.actions.bank_bounce import confirm_bounce, register_bounce
from subsidies.engine import identity
from subsidies.models import Batch, PaymentLine
from tests.subsidies.lives import FIRST
from tests.subsidies.lives_news import NewsyCounty
from tests.subsidies.oracle import ZERO, entitlement, months, plus
from tests.subsidies.oracle_batches import DEAD, MONEY, OWED, Books, as_rows
from tests.subsidies.oracle_world import World, load
from tests.subsidies.settling import cancelled, made_again, new_batch, sent_to_bank, settle

# Committed, because which enrolments have changed is told by the history of the tables.
pytestmark = pytest.mark.django_db(transaction=True)


class Office:
    """A county's batches in the database and the oracle's books of them, side by side."""

    def __init__(self, cast, seed: int) -> None:
        self.clerk, self.reviewer = cast.county_clerk, cast.county_reviewer
        with transaction.atomic():
            self.county = NewsyCounty(cast.county, seed, people=20, programmes=3)
        self.books = {programme.pk: Books(programme.pk) for programme in self.county.programmes}
        self.chance = self.county.chance
        self.sent: list[tuple[Batch, list]] = []

    def pay(self, month: dt.date, *, last: bool = False) -> None:
        """A batch of every programme, compared line by line, with its decisions and its failures."""
        for programme in self.county.programmes:
            if month < programme.portal_from:
                continue
            batch = new_batch(programme, month, self.clerk, is_full_check=self.chance(0.1))
            wanted = self.books[programme.pk].batch(load(self.county.programmes), month, batch.sequence)
            self.compare(batch, wanted)
            self.identity_holds(batch)
            if self.chance(0.3):
                batch = self.once_more(programme, batch, wanted)
            decided = {} if last else self.decisions(batch)
            settle(batch, decided, self.clerk, self.reviewer)
            self.books[programme.pk].settle(wanted, decided)
            sent_to_bank(batch)
            self.compare_states(batch, wanted)
            self.sent.append((batch, wanted))

    def bounces(self) -> None:
        """Of some batches the bank sends money back that it had reported as paid."""
        for batch, wanted in self.sent:
            paid = batch.returns.filter(result="paid").order_by("serial")
            for row in [row for row in paid if self.chance(0.05)]:
                line = batch.lines.filter(serial=row.serial).first()
                bounce = register_bounce(
                    batch=batch, serial=row.serial, name=row.name, on=timezone.localdate(), reason="销户", by=self.clerk
                )  # fmt: skip
                confirm_bounce(bounce=bounce, by=self.reviewer)
                self.books[batch.programme_id].bounce(wanted, line.enrolment_id)
            self.compare_states(batch, wanted)

    def once_more(self, programme, batch: Batch, wanted) -> Batch:
        """Made again, or given up and asked for anew: the same lines."""
        if self.chance(0.5):
            batch = made_again(batch)
        else:
            cancelled(batch)
            sequence = batch.sequence
            Batch.objects.filter(pk=batch.pk).delete()
            batch = new_batch(programme, batch.month, self.clerk)
            assert batch.sequence == sequence
        self.compare(batch, wanted)
        return batch

    def compare(self, batch: Batch, wanted) -> None:
        got, books = as_rows(batch.lines.all()), as_rows(wanted)
        assert got == books, (
            f"{batch.month} no. {batch.sequence} of {batch.programme_id}, portal from {batch.programme.portal_from}:\n"
            f"only the engine: {got - books}\nonly the oracle: {books - got}"
        )

    def identity_holds(self, batch: Batch) -> None:
        """本月应发 = 上月应发 + 新增 − 停发 ± 调档, person by person, by the regular lines that stand."""
        if batch.sequence > 1:
            return
        lines = PaymentLine.objects.live().filter(batch__programme=batch.programme, kind="regular")
        before, now = (
            dict(lines.filter(for_month=month).values_list("enrolment", "amount"))
            for month in (plus(batch.month, -1), batch.month)
        )
        terms = identity(batch)
        assert terms.holds
        assert [terms.before.amount, terms.begun.amount, terms.stopped.amount, terms.changed.amount] == [
            sum(before.values()),
            sum(now[each] for each in now.keys() - before.keys()),
            sum(before[each] for each in before.keys() - now.keys()),
            sum(now[each] - before[each] for each in now.keys() & before.keys()),
        ]
        assert (terms.now.people, terms.now.amount) == (len(now), sum(now.values()))

    def compare_states(self, batch: Batch, wanted) -> None:
        dead = {(line.enrolment_id, line.kind) for line in batch.lines.filter(state__in=DEAD)}
        assert dead == {(line.enrolment, line.kind) for line in wanted if line.state in DEAD}

    def decisions(self, batch: Batch) -> dict[int, str]:
        """The bank can fail only those to whom something is sent."""
        sums: dict[int, object] = {}
        for line in batch.lines.filter(kind__in=(*MONEY, "offset")):
            sums[line.enrolment_id] = sums.get(line.enrolment_id, ZERO) + line.amount
        found = set(batch.findings.values_list("enrolment_id", flat=True))
        decided = {}
        for enrolment in sorted({line.enrolment_id for line in batch.lines.all()}):
            if enrolment in found and self.chance(0.1):
                decided[enrolment] = self.county.pick("held", "held", "dropped")
            elif sums.get(enrolment) and self.chance(0.1):
                decided[enrolment] = "failed"
        return decided

    def lines_add_up(self, until: dt.date) -> None:
        """Σ paid + Σ recoveries = Σ entitlement, person by person and month by month; and nothing else was booked."""
        world = load(self.county.programmes)
        for programme in self.county.programmes:
            booked: dict[tuple[int, dt.date], object] = {}
            lines = PaymentLine.objects.live().filter(batch__programme=programme, kind__in=OWED)
            for line in lines:
                key = line.enrolment_id, line.for_month
                booked[key] = booked.get(key, ZERO) + line.amount
            owed = {
                (place.id, month): entitlement(world, place, month).net
                for place in world.places.values()
                if place.scheme == programme.pk
                for month in months(programme.portal_from, until)
            }
            assert {key: sum_ for key, sum_ in booked.items() if sum_} == {k: v for k, v in owed.items() if v}
        self.exclusive_ones_never_meet(world, until)

    def exclusive_ones_never_meet(self, world: World, until: dt.date) -> None:
        for relation in world.relations:
            if relation.relation != "exclusive":
                continue
            paid = [self.paid(programme) for programme in (relation.yielding, relation.prevailing)]
            both = {
                (elder, month)
                for elder, month in paid[0] & paid[1]
                if relation.effective_from <= month <= (relation.effective_to or until)
            }
            assert not both

    def paid(self, programme: int) -> set[tuple[int, dt.date]]:
        """Who was paid for which month after everything."""
        sums: dict[tuple[int, dt.date], object] = {}
        lines = PaymentLine.objects.live().filter(batch__programme=programme, kind__in=OWED)
        for line in lines:
            sums[line.elder_id, line.for_month] = (
                sums.get((line.elder_id, line.for_month), ZERO) + line.amount
            )
        return {key for key, amount in sums.items() if amount}


@settings(max_examples=6)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_every_batch_holds_the_lines_of_the_oracles_books(cast, seed):
    office = Office(cast, seed)
    month = plus(FIRST, 6)
    for _ in range(5):
        office.pay(month)
        with transaction.atomic():
            office.county.news(office.county.pick(0, 2, 8, 20))
            office.bounces()
        month = plus(month, office.county.pick(0, 1, 1, 1, 2))  # again, the next month, or one is left out
    month = plus(month, 1)
    office.pay(month, last=True)
    office.lines_add_up(month)
