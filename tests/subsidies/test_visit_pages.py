"""Visits as a clerk sees them: who is due, quick entry in a village, many at once, rates, rules."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eldercare.models import AuditEvent
from subsidies.models import Elder, Visit, VisitRule
from subsidies.rules.visits import period_on
from tests.conftest import Cast
from tests.subsidies.factories import LONG_AGO, make_elder

WEDNESDAY = dt.date(2026, 6, 17)
LAST_WEEK = dt.date(2026, 6, 10)


@pytest.fixture(autouse=True)
def today(monkeypatch) -> dt.date:
    """Every page believes that it is this Wednesday."""
    monkeypatch.setattr(timezone, "localdate", lambda *args: WEDNESDAY)
    return WEDNESDAY


@pytest.fixture
def weekly(cast) -> VisitRule:
    return make_rule(cast, "living_alone", "week")


def make_rule(cast: Cast, category: str, frequency: str, **fields) -> VisitRule:
    return VisitRule.objects.create(
        org_unit=cast.county, category=category, frequency=frequency, effective_from=LONG_AGO, **fields
    )


def villager(cast: Cast, name: str, *tags: str, **fields) -> Elder:
    return make_elder(cast.township, name, tags=tags, residence_village=cast.village, **fields)


def visit(elder: Elder, day: dt.date, **fields) -> Visit:
    return Visit.objects.create(elder=elder, org_unit=elder.org_unit, visited_on=day, **fields)


def text_of(answer) -> str:
    return answer.content.decode()


def quick(client, cast: Cast, elder: Elder, **data):
    typed = {"place": cast.village.code, "service": "visit", "method": "home", "result": "well"}
    return client.post(reverse("visit-quick", args=[elder.pk]), typed | data, follow=True)


def row_of(page: str, name: str) -> list[str]:
    """The numbers of the line of a village or township."""
    line = page.partition(f">{name}</a>")[2].partition("</tr>")[0]
    cells = line.replace("<strong>", "").replace("</strong>", "").split("<td")[1:]
    return [each.split(">", 1)[1].replace('<span class="muted">', "").split("<")[0] for each in cells]


def test_the_due_list_counts_what_is_to_be_done_this_week(cast, enter, weekly):
    done, open_, missed = (villager(cast, name, "living_alone") for name in ("甲老", "乙老", "丙老"))
    for elder in (done, open_):
        visit(elder, LAST_WEEK)
    visit(done, WEDNESDAY)
    villager(cast, "丁老", "living_alone", "in_hospital")
    villager(cast, "戊老")
    page = text_of(enter(cast.township_clerk).get(reverse("visit-due")))
    assert row_of(page, "中钱村")[:3] == ["3", "1", "2"]
    assert "其中上期漏访 1 人" in text_of(
        enter(cast.township_clerk).get(reverse("visit-village", args=[cast.village.code]))
    )
    assert missed.visits.count() == 0


def test_a_village_page_lists_open_ones_first_and_those_missed_before_them(cast, enter, weekly):
    names = ("甲老", "乙老", "丙老")
    for name in names:
        villager(cast, name, "living_alone")
    for elder in Elder.objects.filter(name__in=("甲老", "乙老")):
        visit(elder, LAST_WEEK)
    visit(Elder.objects.get(name="甲老"), WEDNESDAY)
    page = text_of(enter(cast.township_clerk).get(reverse("visit-village", args=[cast.village.code])))
    assert sorted(names, key=lambda name: page.index(f">{name}</a>")) == ["丙老", "乙老", "甲老"]
    assert page.count('name="method" value="home"') == 2  # nobody is asked for who has been visited


def test_one_press_enters_a_visit_of_today(cast, enter, weekly):
    elder = villager(cast, "甲老", "living_alone")
    page = text_of(quick(enter(cast.township_clerk), cast, elder, method="phone"))
    entry = Visit.objects.get()
    assert (entry.elder, entry.visited_on, entry.method, entry.result) == (elder, WEDNESDAY, "phone", "well")
    assert (entry.org_unit, entry.recorded_by) == (cast.township, cast.township_clerk)
    assert entry.visitor == "顾云舟"
    assert "已登记甲老的探访" in page
    assert "今天已登记：探访，电话，正常" in page
    assert AuditEvent.objects.filter(action="ledger", user=cast.township_clerk, subject="探访登记").exists()


def test_it_can_be_taken_back_from_the_same_page(cast, enter, weekly):
    elder = villager(cast, "甲老", "living_alone")
    client = enter(cast.township_clerk)
    quick(client, cast, elder)
    back = reverse("visit-village", args=[cast.village.code])
    answer = client.post(reverse("visit-undo", args=[Visit.objects.get().pk]), {"back": back}, follow=True)
    assert not Visit.objects.exists()
    assert answer.redirect_chain[-1][0] == back
    assert 'value="home"' in text_of(answer)


def test_a_second_press_enters_nothing_twice(cast, enter, weekly):
    elder = villager(cast, "甲老", "living_alone")
    client = enter(cast.township_clerk)
    quick(client, cast, elder)
    assert "没有重复登记" in text_of(quick(client, cast, elder))
    assert Visit.objects.count() == 1


def test_who_was_not_met_in_the_morning_can_be_met_in_the_afternoon(cast, enter, weekly):
    elder = villager(cast, "甲老", "living_alone")
    client = enter(cast.township_clerk)
    assert "上门" in text_of(quick(client, cast, elder, result="not_met"))
    quick(client, cast, elder)
    assert list(Visit.objects.values_list("result", flat=True)) == ["well"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"result": "urgent"}, "紧急情况的，请写明情况"),
        ({"visited_on": "2026-06-18", "note": "明天去"}, "日期还没有到"),
        ({"note": "证件330424194001011238"}, "不能写身份证号"),
    ],
)
def test_what_was_typed_stays_when_it_is_refused(cast, enter, weekly, typed, said):
    elder = villager(cast, "甲老", "living_alone")
    page = text_of(quick(enter(cast.township_clerk), cast, elder, **typed))
    assert said in page
    assert not Visit.objects.exists()
    if "note" in typed:
        assert f'value="{typed["note"]}"' in page


def test_nobody_is_visited_after_death(cast, enter, weekly):
    elder = villager(cast, "甲老", "living_alone", died_on=dt.date(2026, 6, 16))
    page = text_of(
        enter(cast.township_clerk).post(
            reverse("visit-create", args=[elder.pk]),
            {"service": "visit", "visited_on": "2026-06-17", "method": "home", "result": "well"},
        )
    )
    assert "已登记死亡" in page
    assert not Visit.objects.exists()


def test_many_of_a_village_are_entered_at_once(cast, enter, weekly):
    first, second, third = (villager(cast, name, "living_alone") for name in ("甲老", "乙老", "丙老"))
    visit(third, dt.date(2026, 6, 16))
    typed = {"service": "visit", "visited_on": "2026-06-16", "method": "home", "result": "well"}
    client = enter(cast.township_clerk)
    address = reverse("visit-many", args=[cast.village.code])
    assert "还没有勾选人员" in text_of(client.post(address, typed))
    answer = client.post(address, typed | {"people": [first.pk, second.pk, third.pk]}, follow=True)
    assert "已登记 2 人" in text_of(answer)
    assert "丙老 1 人这一天已登记过" in text_of(answer)
    assert Visit.objects.filter(visited_on=dt.date(2026, 6, 16)).count() == 3


def test_a_person_of_elsewhere_cannot_be_entered_with_the_village(cast, enter, weekly):
    stranger = make_elder(cast.other_township, tags=["living_alone"])
    typed = {"service": "visit", "visited_on": "2026-06-16", "method": "home", "result": "well"}
    address = reverse("visit-many", args=[cast.village.code])
    page = text_of(enter(cast.township_clerk).post(address, typed | {"people": [stranger.pk]}))
    assert "名单已有变动" in page
    assert not Visit.objects.exists()


def test_a_reviewer_reads_and_does_not_enter(cast, enter, weekly):
    elder = villager(cast, "甲老", "living_alone")
    client = enter(cast.county_reviewer)
    page = text_of(client.get(reverse("visit-village", args=[cast.village.code])))
    assert "甲老" in page
    assert 'value="home"' not in page
    typed = {"service": "visit", "visited_on": "2026-06-17", "method": "home", "result": "well"}
    assert client.post(reverse("visit-create", args=[elder.pk]), typed).status_code == 403
    assert not Visit.objects.exists()


def test_rates_by_week_and_month_and_the_list_behind_each_number(cast, enter, weekly):
    """June 2026 has the weeks that end on the 7th, 14th, 21st and 28th."""
    make_rule(cast, "disabled", "month")
    one, two = (villager(cast, name, "living_alone") for name in ("甲老", "乙老"))
    monthly = villager(cast, "丙老", "disabled")
    for day in (3, 10, 17):
        visit(one, dt.date(2026, 6, day))
    visit(two, dt.date(2026, 6, 7))
    visit(monthly, dt.date(2026, 6, 1))
    client = enter(cast.county_clerk)
    page = text_of(client.get(reverse("visit-rates"), {"month": "2026-06"}))
    line = page.partition(">沈荡镇</a>")[2].partition("</tr>")[0]
    assert [line.count(f">{each}</a>") for each in ("2/2", "1/2", "0/2", "3/4")] == [1, 2, 0, 1]
    assert "75.0%" in line
    assert "100.0%" in page.partition("月探访和定期服务")[2]
    behind = text_of(
        client.get(
            reverse("visit-due-list"),
            {"month": "2026-06", "unit": cast.township.code, "group": "weekly", "until": "2026-06-14"},
        )
    )
    assert behind.count(">甲老</a>") == behind.count(">乙老</a>") == 1
    assert "丙老" not in behind
    assert "过期未完成" in behind


def test_weeks_that_are_not_over_are_named_and_left_out_of_the_month(cast, enter, weekly):
    """Wednesday 17 June: the weeks to the 7th and 14th are over, that to the 21st runs, that to the 28th is to come."""
    make_rule(cast, "disabled", "month")
    elder = villager(cast, "甲老", "living_alone")
    for day in (3, 10, 17):
        visit(elder, dt.date(2026, 6, day))
    visit(villager(cast, "丙老", "disabled"), dt.date(2026, 6, 1))
    client = enter(cast.county_clerk)
    page = text_of(client.get(reverse("visit-rates"), {"month": "2026-06"}))
    heads = page.partition("<thead>")[2].partition("</thead>")[0].split("<th ")
    words = {week: "".join(each for each in heads if week in each) for week in ("14", "21", "28")}
    assert "已到期" in heads[-2]
    assert "进行中" in words["21"]
    assert "未开始" in words["28"]
    assert "进行中" not in words["14"] + words["28"]
    assert "未开始" not in words["14"] + words["21"]
    weeks, _, services = page.partition("月探访和定期服务")
    line = weeks.partition(">沈荡镇</a>")[2].partition("</tr>")[0]
    assert line.count(">2/2</a>") == 1
    assert "100.0%" in line
    month = services.partition('<th scope="row">沈荡镇</th>')[2].partition("</tr>")[0]
    assert "100.0%" in month  # what is due by the month counts from its first day
    address = line.partition(">2/2</a>")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert text_of(client.get(address)).count(">甲老</a>") == 2


def test_the_overview_says_which_family_beds_it_counts(cast, enter):
    page = text_of(enter(cast.township_clerk).get(reverse("care-home")))
    assert "月报数取自床位台账，还含机构自行签约的" in page


def test_the_finished_month_counts_all_its_weeks(cast, enter, weekly):
    make_rule(cast, "disabled", "month")
    visit(villager(cast, "甲老", "living_alone"), dt.date(2026, 5, 6))
    visit(villager(cast, "丙老", "disabled"), dt.date(2026, 5, 8))
    page = text_of(enter(cast.county_clerk).get(reverse("visit-rates"), {"month": "2026-05"}))
    weeks, _, services = page.partition("月探访和定期服务")
    assert ">1/5</a>" in weeks.partition(">沈荡镇</a>")[2].partition("</tr>")[0]
    assert "100.0%" in services
    assert "进行中" not in page
    assert "未开始" not in page


def test_a_month_before_the_ledger_began_says_so(cast, enter, weekly):
    visit(villager(cast, "甲老", "living_alone"), dt.date(2026, 5, 6))
    client = enter(cast.county_clerk)
    pages = {
        month: text_of(client.get(reverse("visit-rates"), {"month": month}))
        for month in ("2026-04", "2026-05")
    }
    lines = {month: page.partition(">沈荡镇</a>")[2].partition("</tr>")[0] for month, page in pages.items()}
    assert "台账未启用" in lines["2026-04"]
    assert "不适用" not in lines["2026-04"]
    assert "台账未启用" not in lines["2026-05"]
    villages = text_of(client.get(reverse("visit-rates"), {"month": "2026-04", "unit": cast.township.code}))
    assert "台账未启用" in villages.partition('<th scope="row">中钱村</th>')[2].partition("</tr>")[0]


def test_a_week_that_crosses_two_months_is_counted_in_the_second(cast, enter, weekly):
    visit(villager(cast, "甲老", "living_alone"), dt.date(2026, 4, 30))  # Thursday; the week ends on 3 May
    client = enter(cast.township_clerk)
    pages = {
        month: text_of(client.get(reverse("visit-rates"), {"month": month})).partition("中钱村")[2]
        for month in ("2026-04", "2026-05")
    }
    assert ">1/1</a>" not in pages["2026-04"].partition("</tr>")[0]
    assert ">1/1</a>" in pages["2026-05"].partition("</tr>")[0]


def test_the_number_of_queries_does_not_grow(cast, enter, weekly, django_assert_num_queries):
    def open_all(client) -> None:
        for address in (
            reverse("visit-due"),
            reverse("visit-village", args=[cast.village.code]),
            reverse("visit-rates"),
            reverse("visit-list"),
            reverse("visit-due-list"),
            reverse("care-home"),
        ):
            assert client.get(address).status_code == 200

    client = enter(cast.township_clerk)

    def populate(number: int) -> None:
        for each in range(number):
            visit(villager(cast, f"老{each}", "living_alone"), LAST_WEEK)

    populate(2)
    open_all(client)
    with CaptureQueriesContext(connection) as before:
        open_all(client)
    populate(12)
    with django_assert_num_queries(len(before)):
        open_all(client)


def test_the_export_masks_numbers_and_is_logged(cast, enter, weekly):
    visit(villager(cast, "甲老", "living_alone", id_number="330424194001011238"), WEDNESDAY)
    client = enter(cast.township_clerk)
    assert "330424194001011238" not in text_of(client.get(reverse("visit-list")))
    client.get(reverse("visit-list"), {"export": "xlsx"})
    assert AuditEvent.objects.filter(action="export", subject="探访记录").exists()


# --- Rules ------------------------------------------------------------------------------------------------------

RULE = {
    "category": "living_alone",
    "service": "visit",
    "frequency": "week",
    "effective_from": "2026-07-01",
    "effective_to": "",
    "document_number": "测民〔2026〕3号",
}


def test_a_rule_is_added_and_two_do_not_overlap(cast, enter, weekly):
    client = enter(cast.county_clerk)
    page = text_of(client.post(reverse("visit-rule-create"), RULE))
    assert "执行期间不能重叠" in page
    assert 'value="测民〔2026〕3号"' in page
    weekly.effective_to = dt.date(2026, 6, 30)
    weekly.save()
    client.post(reverse("visit-rule-create"), RULE)
    assert VisitRule.objects.count() == 2
    assert "测民〔2026〕3号" in text_of(enter(cast.township_clerk).get(reverse("visit-rule-list")))


def test_a_rule_is_given_a_last_day(cast, enter, weekly):
    client = enter(cast.county_clerk)
    address = reverse("visit-rule-edit", args=[weekly.pk])
    seen = client.get(address).context["form"]["seen"].value()
    typed = RULE | {"effective_from": "2000-01-01", "effective_to": "2026-06-30", "seen": seen}
    client.post(address, typed)
    weekly.refresh_from_db()
    assert weekly.effective_to == dt.date(2026, 6, 30)
    assert "别人修改了" in text_of(client.post(address, typed | {"effective_to": "2026-08-31"}))


def test_the_home_page_tells_the_township_what_is_left_this_week(cast, enter, weekly):
    villager(cast, "甲老", "living_alone")
    home = text_of(enter(cast.township_clerk).get("/"))
    assert "本周还有 1 人次探访服务没有完成" in home
    assert "本周还有 4 天" in home
    assert "人次探访服务" not in text_of(enter(cast.other_township_clerk).get("/"))


def test_the_test_believes_in_the_right_week():
    week = period_on("week", WEDNESDAY)
    assert (week.first, week.last) == (dt.date(2026, 6, 15), dt.date(2026, 6, 21))
