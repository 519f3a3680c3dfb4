"""The accounts of staff and facilities: set on the page of the enrolment, used by the next sheet."""

import datetime as dt

import pytest
from django.urls import reverse

from subsidies.models import Enrolment, Payee
from tests.facilities.factories import make_facility, make_post
from tests.subsidies.factories import make_programme

pytestmark = pytest.mark.django_db
ONE, TWO = "6228480402564890018", "6222021001116245702"


@pytest.fixture
def enrolment(cast) -> Enrolment:
    programme = make_programme(
        cast.county,
        "post",
        beneficiary="post",
        name="岗位津贴",
        eligibility="employed",
        amounts=((None, None, "200"),),
    )
    post = make_post(make_facility(cast.township, "甲院"))
    return Enrolment.objects.create(
        programme=programme, org_unit=cast.township, post=post, state="running", applied_on=programme.starts_on,
        approved_on=programme.starts_on,
    )  # fmt: skip


def put(client, enrolment, **changes) -> str:
    typed = {"name": enrolment.holder_name, "bank": "海盐农商银行", "account": ONE, "used_from": "2025-01-01"}
    url = reverse("enrolment-payee", args=[enrolment.pk])
    return client.post(url, typed | changes, follow=True).content.decode()


def test_an_account_is_set_and_replaced(cast, enter, enrolment):
    client = enter(cast.township_clerk)
    page = client.get(reverse("enrolment-detail", args=[enrolment.pk])).content.decode()
    assert "没有在用的账户，不能发放" in page
    page = put(client, enrolment)
    assert "收款账户已登记" in page
    assert ONE not in page  # masked
    put(client, enrolment, account=TWO, used_from="2025-03-01")
    payees = Payee.objects.filter(caregiver=enrolment.post.caregiver).order_by("used_from")
    assert [(each.account.reveal(), each.used_to) for each in payees] == [
        (ONE, dt.date(2025, 3, 1)),
        (TWO, None),
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"account": "62284804025648900"[:10] + "x"}, "全是数字"),
        ({"used_from": "2999-01-01"}, "日期不能晚于今天"),
        ({"bank": ""}, "此项必填"),
    ],
)
def test_what_is_wrong_is_said_and_kept(cast, enter, enrolment, changes, words):
    page = put(enter(cast.township_clerk), enrolment, **changes)
    assert words in page
    assert not Payee.objects.exists()


def test_another_township_finds_nothing(cast, enter, enrolment):
    client = enter(cast.other_township_clerk)
    assert client.get(reverse("enrolment-payee", args=[enrolment.pk])).status_code == 404
