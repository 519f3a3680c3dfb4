"""What a version means in words, what is odd about its bands; steps, masks, notices and months of stopping."""

import datetime as dt
from decimal import Decimal

import pytest

from subsidies.rules.enrolments import WAYS, masked_name, notice_end, stop_month, working_days
from subsidies.rules.facts import FACTS
from subsidies.rules.programmes import (
    BandRow,
    Words,
    ages_in_words,
    back_pay_sentence,
    band_warnings,
    pay_months_sentence,
    sentences,
    shares_problem,
    what_is_paid,
    who_fits,
)

WORDS = Words(
    facts={name: fact.label for name, fact in FACTS["elder"].items()},
    abilities={3: "重度失能", 4: "完全失能"},
    economics={"low_income": "低保"},
    livings={"living_alone": "独居"},
)
VERSION = {
    "population": "registered",
    "eligibility": "age >= 80 and low_income",
    "facts_day": "previous_month_end",
    "start": "application",
    "start_offset": 1,
    "back_pay": "this_year",
    "back_pay_months": 0,
    "death": "paid",
    "moving_out": "unpaid",
    "certification": "quarterly",
    "resume_months": 6,
    "pay_months": [],
}


def band(label, first=None, last=None, **more):
    return BandRow(label=label, amount=Decimal(50), age_from=first, age_to=last, **more)


def test_a_version_is_told_in_sentences():
    said = dict(sentences(VERSION, WORDS))
    assert said["享受条件"] == "年龄 ≥ 80 且 低保。"
    assert said["起发"] == "从申请次月起发。"
    assert said["补发"] == "以前符合条件而没有发的，只补申请当年的。"
    assert said["死亡"] == "死亡当月照发，次月停发。"
    assert said["迁出"] == "迁出当月起停发。"
    assert said["生存认证"] == "每季度认证一次，逾期暂停发放；恢复认证后最多补发 6 个月。"
    assert said["发放月份"] == "每月发放。"
    assert "次月起" in said["条件从何时算"]


def test_what_does_not_concern_posts_is_not_said_of_them():
    said = dict(sentences(VERSION | {"eligibility": "employed"}, WORDS, beneficiary="post"))
    assert said.keys().isdisjoint({"对象", "死亡", "迁出", "生存认证"})


def test_months_and_back_pay_in_words():
    assert pay_months_sentence([9, 3]) == "每年只在 3、9 月发放。"
    assert back_pay_sentence(VERSION | {"back_pay": "months", "back_pay_months": 3}).endswith(
        "最多补 3 个月。"
    )
    assert "不补" in back_pay_sentence(VERSION | {"back_pay": "none"})
    assert "符合条件之月" in back_pay_sentence(VERSION | {"start": "eligible", "back_pay": "none"})


def test_a_band_is_told_in_words():
    one = band("高龄失能", 80, 89, abilities=[3, 4], economics=["low_income"], condition="not in_care_home")
    assert who_fits(one, WORDS) == "80～89 周岁，重度失能或完全失能，低保，非 入住养老机构"
    assert who_fits(band("人人"), WORDS) == "全部"
    assert what_is_paid(one, WORDS) == "每月 50 元"
    paid = BandRow(label="改造", amount=Decimal("0.5"), quantity="adaptation_cost", cap=Decimal(3000))
    assert what_is_paid(paid, WORDS) == "每月 0.5 元 × 当月验收的适老化改造费用，最高 3,000 元"
    assert ages_in_words(100, None) == "100 周岁及以上"


def test_a_gap_and_an_overlap_of_ages_are_said():
    assert band_warnings([band("八十", 80, 89), band("九十", 90, 99), band("百岁", 100)]) == []
    assert band_warnings([band("八十", 80, 89), band("九十五", 95)]) == [
        "90～94 周岁没有档次，这些人不发钱，请核对。"
    ]
    (overlap,) = band_warnings([band("八十", 80, 90), band("九十", 90)])
    assert "90 周岁" in overlap
    assert "按排在前面的“八十”发" in overlap
    assert band_warnings([band("困难", 80, economics=["low_income"]), band("其他", 80)]) == []
    assert "没有档次" in band_warnings([])[0]


@pytest.mark.parametrize(
    ("percents", "is_wrong"), [((), False), (("60", "40"), False), (("60", "39.99"), True), (("100",), False)]
)
def test_shares_add_up_to_a_hundred(percents, is_wrong):
    assert bool(shares_problem(map(Decimal, percents))) is is_wrong


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("王小明", "王*明"), ("欧阳小云", "欧**云"), ("李", "*"), ("", "")],
)
def test_names_on_a_notice_hide_the_middle(name, shown):
    assert masked_name(name) == shown


def test_a_notice_counts_working_days():
    friday, saturday = dt.date(2026, 3, 6), dt.date(2026, 3, 7)
    # Friday is the first, Monday to Thursday the other four.
    assert notice_end(friday, 5) == dt.date(2026, 3, 12)
    assert notice_end(saturday, 5) == dt.date(2026, 3, 13)
    assert working_days(friday, dt.date(2026, 3, 12)) == 5


@pytest.mark.parametrize(
    ("reason", "day", "rules", "month"),
    [
        ("died", "2026-03-31", {"death": "paid"}, "2026-04"),
        ("died", "2026-03-01", {"death": "unpaid"}, "2026-03"),
        ("died", "2026-12-15", {"death": "by_day"}, "2027-01"),
        ("moved_out", "2026-03-10", {"moving_out": "paid"}, "2026-04"),
        ("moved_out", "2026-03-01", {"moving_out": "paid"}, "2026-03"),
        ("moved_out", "2026-03-10", {"moving_out": "unpaid"}, "2026-03"),
        ("not_eligible", "2026-03-10", {"facts_day": "month_end"}, "2026-03"),
        ("not_eligible", "2026-03-10", {"facts_day": "previous_month_end"}, "2026-04"),
        ("given_up", "2026-03-10", {}, "2026-04"),
    ],
)
def test_the_month_of_stopping_follows_the_rules(reason, day, rules, month):
    settings = {"death": "paid", "moving_out": "paid", "facts_day": "month_end"} | rules
    assert f"{stop_month(reason, dt.date.fromisoformat(day), settings):%Y-%m}" == month


def test_every_step_leads_from_and_to_states_that_there_are():
    from subsidies.models import Enrolment, EnrolmentStep

    states, kinds = set(Enrolment.State.values), set(EnrolmentStep.Kind.values)
    for kind, way in WAYS.items():
        assert kind in kinds
        assert set(way.sources) <= states
        assert way.to == "" or way.to in states
