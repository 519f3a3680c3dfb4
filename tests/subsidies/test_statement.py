"""A person's statement: what was paid, from which batch, and why this amount; whoever opens it stands in the log."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from eldercare.models import AuditEvent
from subsidies.actions.bank_return import match_return
from subsidies.models import Batch
from tests.subsidies.batches import JUNE, MAY, made, make_register, returned, sent
from tests.subsidies.factories import make_tag

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2025, 6, 12, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def paid(cast):
    """May paid, June sent; (programme, the first person)."""
    programme, enrolments = make_register(
        cast, people=2, other=0, eligibility="age >= 80 and (low_income or age >= 90)"
    )
    for enrolment in enrolments:
        make_tag(enrolment.elder, "low_income")
    batch, rows = sent(programme, MAY, cast)
    match_return(batch=batch, content=returned(rows), filename="回盘.xlsx", by=cast.county_clerk)
    sent(programme, JUNE, cast)
    return programme, enrolments[0].elder


def page_of(client, elder) -> str:
    return client.get(reverse("payment-statement", args=[elder.pk])).content.decode()


def test_why_this_amount(cast, enter, paid):
    _, elder = paid
    page = page_of(enter(cast.county_clerk), elder)
    assert "测民〔2024〕1号" in page
    assert "年龄 ≥ 80 且 (低保 或 年龄 ≥ 90)" in page
    assert "年龄：95周岁" in page  # born in 1930
    assert "低保：是" in page
    assert "80周岁起" in page


def test_totals_by_year_tell_paid_from_on_the_way(cast, enter, paid):
    page = page_of(enter(cast.county_clerk), paid[1])
    assert "已发 <strong>50.00</strong> 元，待发(在途) 50.00 元" in page
    assert "伍拾元整" in page


def test_a_batch_that_is_being_checked_does_not_stand_in_it(cast, enter):
    programme, enrolments = make_register(cast, people=1, other=0)
    made(programme, MAY, cast.county_clerk)
    assert "还没有发放记录" in page_of(enter(cast.county_clerk), enrolments[0].elder)


def test_opening_it_is_logged_without_the_name(cast, enter, paid):
    elder = paid[1]
    page_of(enter(cast.township_clerk), elder)
    event = AuditEvent.objects.get(action="person", user=cast.township_clerk)
    assert str(elder.pk) in event.subject
    assert elder.name not in event.subject


def test_what_was_paid_under_a_merged_record_is_there(cast, enter, paid):
    programme, elder = paid
    other = programme.enrolments.exclude(elder=elder).get().elder
    type(other).objects.filter(pk=other.pk).update(merged_into=elder)
    assert "已发 <strong>100.00</strong> 元" in page_of(enter(cast.county_clerk), elder)
    assert Batch.objects.count() == 2
