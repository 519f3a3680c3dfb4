"""Payments while the key of personal data is changed, and after the old one is gone."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command

from subsidies.actions.bank_return import match_return
from subsidies.actions.bank_sheet import export
from subsidies.actions.batches import make_due, request_batch
from subsidies.models import Batch, ListedPerson
from tests.eldercare.test_encryption import NEW, OLD, use_keys
from tests.subsidies.batches import JUNE, MAY, made, make_register, returned, rows_of, sent

__all__ = ["use_keys"]  # a fixture
pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2025, 6, 22, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(TODAY, tick=False):
        yield


def test_what_was_sent_under_the_old_key_is_read_and_matched_under_the_new_one(cast, use_keys):
    programme, enrolments = make_register(cast)
    enrolments[1].elder.payees.update(account=enrolments[0].elder.payees.get().account)  # a couple
    batch, rows = sent(programme, MAY, cast)
    before = export(batch=batch, by=cast.county_clerk).content
    ListedPerson.objects.create(
        org_unit=cast.county, kind="death", id_number=enrolments[2].elder.id_number.reveal(), name="某"
    )
    use_keys(NEW, OLD)
    call_command("rotate_keys", verbosity=0)
    use_keys(NEW)
    again = export(batch=batch, by=cast.county_clerk)
    assert again.content == before
    assert [row["银行账号"] for row in rows_of(again.content)] == [row["银行账号"] for row in rows]
    outcome = match_return(
        batch=batch, content=returned(rows), filename="回盘.xlsx", by=cast.county_clerk
    )  # fmt: skip
    assert (outcome.paid, outcome.problems) == (len(rows), [])
    later = made(programme, JUNE, cast.county_clerk)
    found = later.findings.values_list("kind", "enrolment")
    assert ("on_death_list", enrolments[2].pk) in found
    assert {pk for kind, pk in found if kind == "shared_account"} == {enrolments[0].pk, enrolments[1].pk}


def test_no_batch_is_made_while_a_death_list_might_be_missed(cast, use_keys):
    """The list stands under the new key already, the register under the old one: comparing them finds nobody."""
    programme, enrolments = make_register(cast)
    use_keys(NEW, OLD)
    ListedPerson.objects.create(
        org_unit=cast.county, kind="death", id_number=enrolments[0].elder.id_number.reveal(), name="某"
    )
    batch = request_batch(programme=programme, month=JUNE, by=cast.county_clerk)
    make_due(batch.pk)
    batch.refresh_from_db()
    assert "密钥" in batch.error
    assert batch.state == Batch.State.MAKING
    assert not batch.lines.exists()
    call_command("rotate_keys", verbosity=0)
    made_after = Batch.objects.filter(pk=batch.pk)
    made_after.update(error="")
    make_due(batch.pk)
    assert made_after.get().findings.filter(kind="on_death_list", enrolment=enrolments[0]).exists()
