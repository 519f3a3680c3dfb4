"""Batches whose lines are worked out by hand: what was overpaid, failed, held or became known late.

One person is owed 50 yuan a month from January 2025 on; each test says what happens to that.
"""

import datetime as dt
from decimal import Decimal

import pytest

from eldercare.errors import Refused
from subsidies.models import Batch, Exclusion, Recovery
from tests.subsidies.factories import make_elder, make_enrolment, make_programme
from tests.subsidies.settling import new_batch, settle

# Committed, because which enrolments have changed is told by the history of the tables.
pytestmark = pytest.mark.django_db(transaction=True)


class Office:
    def __init__(self, cast, **fields) -> None:
        self.cast = cast
        self.programme = make_programme(
            cast.county,
            starts=dt.date(2025, 1, 1),
            eligibility="age >= 80",
            amounts=((None, None, "50"),),
            rules={"back_pay": "eligible"},
            **fields,
        )
        self.elder = make_elder(cast.township, born=dt.date(1940, 1, 1))
        self.enrolment = make_enrolment(self.programme, self.elder)

    def make(self, month: int, **fields) -> Batch:
        return new_batch(self.programme, dt.date(2025, month, 1), self.cast.county_clerk, **fields)

    def lines(self, batch: Batch) -> list[tuple[int, str, str]]:
        """(month the money is for, kind, yuan)."""
        rows = batch.lines.order_by("for_month", "kind").values_list("for_month", "kind", "amount")
        return [(for_month.month, kind, f"{amount:.0f}") for for_month, kind, amount in rows]

    def pay(self, month: int, way: str = "", **fields) -> list[tuple[int, str, str]]:
        """The lines of the month's batch; ``way``: what becomes of the person's money."""
        batch = self.make(month, **fields)
        lines = self.lines(batch)
        decided = {self.enrolment.pk: way} if way else {}
        settle(batch, decided, self.cast.county_clerk, self.cast.county_reviewer)
        return lines

    def save(self, **fields) -> None:
        for name, value in fields.items():
            setattr(self.elder, name, value)
        self.elder.save()


def offsets(lines) -> list[str]:
    return [amount for _, kind, amount in lines if kind == "offset"]


@pytest.mark.parametrize(("way", "kind"), [("failed", "supplement"), ("held", "supplement")])
def test_what_was_held_or_failed_comes_with_the_next_batch_once(cast, way, kind):
    office = Office(cast)
    assert office.pay(1, way) == [(1, "regular", "50")]
    assert office.pay(2, way) == [(1, kind, "50"), (2, "regular", "50")]
    assert office.pay(3) == [(1, kind, "50"), (2, kind, "50"), (3, "regular", "50")]
    assert office.pay(4) == [(4, "regular", "50")]


def test_a_further_batch_of_the_month_pays_what_failed_and_who_is_new(cast):
    office = Office(cast)
    office.pay(1, "failed")
    new = make_enrolment(office.programme, make_elder(cast.township, born=dt.date(1930, 1, 1)))
    batch = office.make(1)
    assert batch.sequence == 2
    assert set(batch.lines.values_list("enrolment", "kind", "amount")) == {
        (office.enrolment.pk, "supplement", Decimal(50)),
        (new.pk, "back_pay", Decimal(50)),
    }


def test_who_is_ended_is_paid_no_more_but_what_was_owed_before_is(cast):
    office = Office(cast)
    office.pay(1, "failed")
    assert office.pay(2, "dropped") == [(1, "supplement", "50"), (2, "regular", "50")]
    assert office.pay(3) == [(1, "supplement", "50")]


def test_a_death_that_becomes_known_late_and_was_a_mistake(cast):
    """Dead since 20 February: March and April are claimed. Revoked: paid again, and May with it."""
    office = Office(cast)
    for month in (1, 2, 3, 4):
        office.pay(month)
    office.save(died_on=dt.date(2025, 2, 20))
    assert office.pay(5) == [(3, "recovery", "-50"), (4, "recovery", "-50")]
    claim = Recovery.objects.get()
    assert (claim.amount, claim.months, claim.from_month.month, claim.to_month.month) == (100, 2, 3, 4)
    assert office.pay(6) == []
    office.save(died_on=None)
    paid = [(month, "back_pay", "50") for month in (3, 4, 5, 6)]
    assert office.pay(7) == [*paid, (7, "regular", "50")]


def test_claims_are_offset_month_by_month_and_never_beyond_what_is_due(cast):
    """Away from March to May, known in June: 150 claimed; 20 repaid, so 50, 50 and 30 are taken off."""
    office = Office(cast, offsets_recoveries=True)
    for month in (1, 2, 3, 4, 5):
        office.pay(month)
    registered = office.elder.registered
    office.save(registered=registered.ended(dt.date(2025, 2, 28)).begun(dt.date(2025, 6, 1)))
    june = office.pay(6)
    assert [line for line in june if line[1] == "recovery"] == [
        (3, "recovery", "-50"),
        (4, "recovery", "-50"),
        (5, "recovery", "-50"),
    ]
    assert offsets(june) == []  # a claim is offset from the batches after its own
    Recovery.objects.update(repaid=20)
    assert [offsets(office.pay(month)) for month in (7, 8, 9, 10)] == [["-50"], ["-50"], ["-30"], []]
    assert not Recovery.objects.outstanding().exists()


def test_an_offset_of_a_payment_that_failed_is_taken_again(cast):
    office = Office(cast, offsets_recoveries=True)
    for month in (1, 2, 3):
        office.pay(month)
    office.programme.versions.get().bands.update(amount=Decimal(40))
    assert office.pay(4) == [
        (1, "recovery", "-10"),
        (2, "recovery", "-10"),
        (3, "recovery", "-10"),
        (4, "regular", "40"),
    ]
    assert offsets(office.pay(5, "failed")) == ["-30"]
    assert office.pay(6)[1:] == [(6, "offset", "-30"), (6, "regular", "40")]
    assert offsets(office.pay(7)) == []


def test_a_place_in_another_programme_changes_this_one_without_a_full_check(cast):
    office = Office(cast)
    other = make_programme(cast.county, starts=dt.date(2025, 1, 1), amounts=((None, None, "60"),))
    Exclusion.objects.create(
        yielding=office.programme, prevailing=other, relation="exclusive", effective_from=dt.date(2025, 2, 1)
    )
    for month in (1, 2, 3):
        office.pay(month)
    make_enrolment(other, office.elder)
    assert office.pay(4) == [(2, "recovery", "-50"), (3, "recovery", "-50")]


def test_a_month_that_was_left_out_is_paid_later_and_an_earlier_batch_is_refused(cast):
    office = Office(cast)
    office.pay(1)
    assert office.pay(4) == [(2, "back_pay", "50"), (3, "back_pay", "50"), (4, "regular", "50")]
    with pytest.raises(Refused):
        office.make(3)


def test_months_before_the_portal_are_neither_paid_nor_claimed(cast):
    office = Office(cast, portal_from=dt.date(2025, 3, 1))
    assert office.pay(4) == [(3, "back_pay", "50"), (4, "regular", "50")]
    office.save(died_on=dt.date(2025, 1, 10))
    assert office.pay(5) == [(3, "recovery", "-50"), (4, "recovery", "-50")]
