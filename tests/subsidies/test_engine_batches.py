"""Batches over a few months of a few people: each expectation worked out by hand."""

import datetime as dt
from decimal import Decimal

import pghistory
import pytest

from eldercare.errors import Refused
from subsidies.engine import identity, make, settle_lines
from subsidies.models import Batch, Elder, Enrolment, PaymentLine, Recovery
from tests.subsidies.factories import (
    make_elder,
    make_enrolment,
    make_payee,
    make_programme,
)

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = (dt.date(2025, month, 1) for month in (5, 6, 7))


@pytest.fixture
def programme(cast):
    return make_programme(
        cast.county, starts=MAY, rules={"back_pay": "eligible", "facts_day": "previous_month_end"}
    )


@pytest.fixture
def enrol(cast, programme):
    def enrol(**fields) -> Enrolment:
        elder = make_elder(cast.township, born=dt.date(1930, 1, 1))
        make_payee(elder)
        return make_enrolment(programme, elder, **fields)

    return enrol


@pytest.fixture
def batch_of(cast, programme):
    def batch_of(month: dt.date, sequence: int = 1) -> Batch:
        batch = Batch.objects.create(
            programme=programme, month=month, sequence=sequence, made_by=cast.county_clerk
        )
        return make(batch)

    return batch_of


def settle(batch: Batch, **lines) -> None:
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.SENT)
    batch.lines.filter(state="planned").update(state=lines.get("state", "paid"))


def lines(batch: Batch) -> list[tuple[int, dt.date, str, Decimal]]:
    return sorted(batch.lines.values_list("enrolment_id", "for_month", "kind", "amount"))


def test_a_batch_pays_the_month_and_what_was_missed(programme, enrol, batch_of):
    first = enrol()
    batch = batch_of(MAY)
    assert batch.state == Batch.State.CHECKING
    assert lines(batch) == [(first.pk, MAY, "regular", 50)]
    settle(batch)
    second = enrol(applied_on=JUNE, approved_on=JUNE)
    assert lines(batch_of(JUNE)) == [
        (first.pk, JUNE, "regular", 50),
        (second.pk, MAY, "back_pay", 50),
        (second.pk, JUNE, "regular", 50),
    ]


def test_late_news_of_a_death_is_recovered(programme, enrol, batch_of):
    enrolment = enrol()
    settle(batch_of(MAY))
    settle(batch_of(JUNE))
    with pghistory.context():
        Elder.objects.filter(pk=enrolment.elder_id).update(died_on=dt.date(2025, 5, 20))
    assert lines(batch_of(JULY)) == [(enrolment.pk, JUNE, "recovery", -50)]


def test_what_failed_comes_back_as_a_supplement_and_only_once(programme, enrol, batch_of):
    enrolment = enrol()
    settle(batch_of(MAY), state="failed")
    second = batch_of(JUNE)
    assert lines(second) == [(enrolment.pk, MAY, "supplement", 50), (enrolment.pk, JUNE, "regular", 50)]
    settle(second)
    assert lines(batch_of(JULY)) == [(enrolment.pk, JULY, "regular", 50)]


def test_a_further_batch_of_the_month_pays_what_failed(programme, enrol, batch_of):
    enrolment = enrol()
    settle(batch_of(MAY), state="failed")
    again = batch_of(MAY, sequence=2)
    assert lines(again) == [(enrolment.pk, MAY, "supplement", 50)]


def test_making_again_gives_the_same_lines_and_keeps_decisions(cast, programme, enrol, batch_of):
    enrolment = enrol()
    enrolment.elder.payees.all().delete()
    batch = batch_of(MAY)
    finding = batch.findings.get(kind="no_account")
    finding.decision, finding.reason = "hold", "等家属提供账户"
    finding.save()
    settle_lines(batch)
    before = lines(batch)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.MAKING)
    make(batch)
    assert lines(batch) == before
    assert batch.lines.get().state == PaymentLine.State.HELD
    assert batch.findings.get().reason == "等家属提供账户"


def test_recoveries_are_offset_as_far_as_the_payment_goes(programme, enrol, batch_of):
    programme.offsets_recoveries = True
    programme.save()
    enrolment = enrol()
    batch = batch_of(MAY)
    settle(batch)
    old = Recovery.objects.create(
        batch=batch, enrolment=enrolment, from_month=MAY, to_month=MAY, months=1, amount=30
    )
    Recovery.objects.filter(pk=old.pk).update(repaid=10)
    june = batch_of(JUNE)
    assert (enrolment.pk, JUNE, "offset", -20) in lines(june)
    assert sum(line.amount for line in june.lines.all()) == 30


def test_the_identity_names_each_term(programme, enrol, batch_of):
    stays, leaves = enrol(), enrol()
    settle(batch_of(MAY))
    with pghistory.context():
        Enrolment.objects.filter(pk=leaves.pk).update(
            state="ended", ended_from=JUNE, end_reason=Enrolment.EndReason.GIVEN_UP
        )
    comes = enrol(applied_on=JUNE, approved_on=JUNE)
    found = identity(batch_of(JUNE))
    assert found.holds
    assert (found.before, found.begun, found.stopped, found.now) == ((2, 100), (1, 50), (1, 50), (2, 100))
    assert {stays.pk, comes.pk} == set(
        Batch.objects.get(month=JUNE).lines.filter(kind="regular").values_list("enrolment_id", flat=True)
    )


def test_a_batch_that_is_not_being_made_is_left_alone(programme, enrol, batch_of):
    enrol()
    batch = batch_of(MAY)
    with pytest.raises(Refused):
        make(batch)
    assert batch.lines.count() == 1
