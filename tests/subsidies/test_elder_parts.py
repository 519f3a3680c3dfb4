"""Tags, accounts and the head of household of one person."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from eldercare.spells import Spells
from subsidies.models import ElderTag, HouseholdHead, Payee
from tests.subsidies.factories import make_elder, make_payee, make_tag
from tests.subsidies.test_elder_pages import BORN, NUMBER, inputs, page_of, text


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


@pytest.fixture
def elder(cast):
    return make_elder(cast.township, "陆知秋", born=BORN, id_number=NUMBER, sex="male", village=cast.village)


# --- Tags -------------------------------------------------------------------------------------------------------


def tag_form(**changes) -> dict:
    return {"kind": "low_income", "first": "2025-03-01", "source": "2025年3月低保台账"} | changes


def test_a_tag_is_begun_ended_and_begun_again_in_one_row(clerk, elder):
    new = reverse("elder-tag-create", args=[elder.pk])
    clerk.post(new, tag_form())
    tag = ElderTag.objects.get()
    assert tag.held == Spells.since(dt.date(2025, 3, 1))
    end = reverse("elder-tag-end", args=[tag.pk])
    clerk.post(end, inputs(text(clerk.get(end))) | {"last": "2025-08-31"})
    tag.refresh_from_db()
    assert tag.held == Spells.since(dt.date(2025, 3, 1), dt.date(2025, 9, 1))
    clerk.post(new, tag_form(first="2026-01-01"))
    tag.refresh_from_db()
    assert str(tag.held) == "2025-03-01至2025-08-31；2026-01-01至今"


def test_periods_are_corrected_and_an_empty_tag_is_deleted(clerk, elder):
    tag = make_tag(elder, "veteran")
    address = reverse("elder-tag-edit", args=[tag.pk])
    clerk.post(address, inputs(text(clerk.get(address))) | {"held": "2001-01-01至2002-12-31"})
    tag.refresh_from_db()
    assert tag.held == Spells.since(dt.date(2001, 1, 1), dt.date(2003, 1, 1))
    clerk.post(address, inputs(text(clerk.get(address))) | {"held": ""})
    assert not ElderTag.objects.exists()
    assert "优抚对象" in page_of(clerk, elder)  # in the history


@pytest.mark.parametrize(
    ("held", "added", "words"),
    [
        ("destitute_scattered", "low_income", "特困人员不同时享受低保"),
        ("destitute_central", "living_alone", "集中供养的人不独居"),
        ("living_alone", "empty_nest", "独居是一人居住"),
    ],
)
def test_contradictions_want_a_tick(clerk, elder, held, added, words):
    make_tag(elder, held)
    address = reverse("elder-tag-create", args=[elder.pk])
    page = text(clerk.post(address, tag_form(kind=added)))
    assert words in page
    assert "2025-03-01" in page
    assert not elder.tags.filter(kind=added).exists()
    clerk.post(address, tag_form(kind=added, accepted="1"))
    assert elder.tags.filter(kind=added).exists()


def test_tags_that_followed_one_another_do_not_contradict(clerk, elder):
    make_tag(elder, "low_income_edge", until=dt.date(2025, 3, 1))
    clerk.post(reverse("elder-tag-create", args=[elder.pk]), tag_form())
    assert elder.tags.filter(kind="low_income").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": (timezone.localdate() + dt.timedelta(days=1)).isoformat()}, "不能晚于今天"),
        ({"first": "1943-07-08"}, "早于出生日期"),
        ({"last": "2025-02-28"}, "最后一天早于开始日期"),
        ({"source": ""}, "此项必填"),
    ],
)
def test_impossible_tags_are_refused(clerk, elder, changes, words):
    assert words in text(clerk.post(reverse("elder-tag-create", args=[elder.pk]), tag_form(**changes)))
    assert not ElderTag.objects.exists()


# --- Accounts and household -------------------------------------------------------------------------------------


def payee_form(**changes) -> dict:
    return {
        "relation": "本人",
        "name": "陆知秋",
        "bank": "海盐农村商业银行",
        "account": "6228480402564890018",  # a Luhn number
        "used_from": "2026-02-01",
    } | changes


def test_a_new_account_ends_the_old_one(clerk, elder):
    old = make_payee(elder)
    clerk.post(reverse("payee-create", args=[elder.pk]), payee_form())
    old.refresh_from_db()
    assert old.used_to == dt.date(2026, 2, 1)
    assert elder.payees.get(used_to=None).account == "6228480402564890018"


def test_an_account_that_looks_wrong_wants_a_tick(clerk, elder):
    address = reverse("payee-create", args=[elder.pk])
    wrong = payee_form(account="6228480402564890019")
    assert "校验位不符" in text(clerk.post(address, wrong))
    assert not Payee.objects.exists()
    clerk.post(address, wrong | {"accepted": "1"})
    assert Payee.objects.get().account == "6228480402564890019"


def test_an_account_of_somebody_else_is_pointed_out_without_a_name(clerk, cast, elder):
    make_payee(make_elder(cast.other_township, "邻人"), account="6228480402564890018")
    page = text(clerk.post(reverse("payee-create", args=[elder.pk]), payee_form()))
    assert "已登记给别的享受人" in page
    assert "邻人" not in page


def test_an_account_older_than_the_one_in_use_is_refused(clerk, elder):
    make_payee(elder, used_from=dt.date(2026, 3, 1))
    page = text(clerk.post(reverse("payee-create", args=[elder.pk]), payee_form()))
    assert "不能早于现用账户的启用日期（2026-03-01）" in page
    assert elder.payees.count() == 1


def test_an_account_is_corrected_and_ended(clerk, elder):
    payee = make_payee(elder)
    address = reverse("payee-edit", args=[payee.pk])
    clerk.post(address, inputs(text(clerk.get(address))) | {"bank": "海盐邮政储蓄", "accepted": "1"})
    payee.refresh_from_db()
    assert payee.bank == "海盐邮政储蓄"
    end = reverse("payee-end", args=[payee.pk])
    clerk.post(end, inputs(text(clerk.get(end))) | {"day": "2026-05-01"})
    payee.refresh_from_db()
    assert payee.used_to == dt.date(2026, 5, 1)


def test_the_head_of_the_household_is_set_changed_and_taken_back(clerk, elder):
    address = reverse("elder-household", args=[elder.pk])
    assert "此项必填" in text(clerk.post(address, {"relation": "儿子"}))
    clerk.post(address, {"relation": "儿子", "name": "陆小秋"})
    clerk.post(address, inputs(text(clerk.get(address))) | {"name": "陆大秋"})
    assert HouseholdHead.objects.get().name == "陆大秋"
    clerk.post(address, {"is_self": "on"})
    assert not HouseholdHead.objects.exists()
