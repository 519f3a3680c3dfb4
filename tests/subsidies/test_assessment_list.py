"""The list of assessments, finding a person, disagreement with tags, the county's settings, the home page."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eldercare.models import AuditEvent
from subsidies.models import ElderTag, LevelMapping
from subsidies.rules.assessments import ITEMS
from tests.subsidies.factories import make_assessment, make_elder, make_tag

TODAY = dt.date.today()
DAY = dt.timedelta(days=1)
FULL = [item.full for item in ITEMS]


@pytest.fixture
def elder(cast):
    return make_elder(cast.township, "林桂香")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


@pytest.fixture
def mapping(db):
    LevelMapping.objects.create(standard="mzt039", original="中度失能", level=2)
    LevelMapping.objects.create(standard="three_levels", original="半失能", level=None)


def text(answer) -> str:
    return answer.content.decode()


# --- The list ---------------------------------------------------------------------------------------------------


def names(client, **query) -> set[str]:
    page = text(client.get(reverse("assessment-list"), query))
    return set(re.findall(r'<a href="/assessments/\d+/">([^<]+)</a>', page))


@pytest.fixture
def register(cast):
    """Last assessments: 甲 valid, 乙 ends in 60 days, 丙 in 61, 丁 ended yesterday, 戊 renewed, 己 dead, 庚 elsewhere."""
    make = {name: make_elder(cast.township, f"陈{name}") for name in "甲乙丙丁戊"}
    make_assessment(make["甲"], 0, TODAY - 30 * DAY)
    make_assessment(make["乙"], 2, TODAY - 30 * DAY, valid_until=TODAY + 60 * DAY)
    make_assessment(make["丙"], 3, TODAY - 30 * DAY, valid_until=TODAY + 61 * DAY)
    make_assessment(
        make["丁"], 1, TODAY - 30 * DAY, valid_until=TODAY - DAY, standard="mzt039", original="轻度失能"
    )
    make_assessment(make["戊"], 1, TODAY - 900 * DAY, valid_until=TODAY - 170 * DAY)
    make_assessment(make["戊"], 2, TODAY - 30 * DAY, valid_until=TODAY + 700 * DAY)
    dead = make_elder(cast.township, "陈己", died_on=TODAY - DAY)
    make_assessment(dead, 2, TODAY - 900 * DAY, valid_until=TODAY - 5 * DAY)
    make_assessment(make_elder(cast.other_township, "陈庚"), 4, TODAY - 30 * DAY)
    return make


def test_the_list_shows_the_last_of_each_of_the_living(cast, clerk, enter, register):
    assert names(clerk) == {"陈甲", "陈乙", "陈丙", "陈丁", "陈戊"}
    assert names(enter(cast.county_clerk)) == {"陈甲", "陈乙", "陈丙", "陈丁", "陈戊", "陈庚"}
    assert names(enter(cast.county_clerk), unit="330424102") == {"陈庚"}
    assert names(clerk, state="all") == {"陈甲", "陈乙", "陈丙", "陈丁", "陈戊", "陈己"}


def test_the_list_finds_what_must_be_renewed(clerk, register):
    assert names(clerk, state="expiring") == {"陈乙"}
    assert names(clerk, state="expired") == {"陈丁"}
    assert names(clerk, level="2") == {"陈乙", "陈戊"}
    assert names(clerk, standard="mzt039") == {"陈丁"}
    assert names(clerk, q="陈丙") == {"陈丙"}


def test_a_number_is_not_searched_for_in_the_address(clerk, register):
    page = text(clerk.get(reverse("assessment-list"), {"q": "19440506"}))
    assert "没有采用" in page


def test_the_list_asks_a_fixed_number_of_queries(cast, clerk, register):
    address = reverse("assessment-list")
    clerk.get(address)
    with CaptureQueriesContext(connection) as few:
        clerk.get(address)
    for number in range(30):
        make_assessment(make_elder(cast.township, f"周多{number}"), number % 5, TODAY)
    with CaptureQueriesContext(connection) as many:
        clerk.get(address)
    assert len(many) == len(few)


def test_the_export_holds_what_is_filtered_masked_and_is_logged(clerk, register):
    answer = clerk.get(reverse("assessment-list"), {"state": "expired", "export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert "陈丁" in cells
    assert "陈甲" not in cells
    number = register["丁"].id_number
    assert number.masked in cells
    assert str.__str__(number) not in "".join(cells)
    assert AuditEvent.objects.filter(action="export", subject="能力评估台账").count() == 1


# --- Finding the person -----------------------------------------------------------------------------------------


def test_a_person_is_found_by_name_or_whole_number(cast, clerk, elder):
    make_elder(cast.other_township, "林桂香")
    address = reverse("assessment-find")
    assert clerk.post(address, {"text": "桂香"})["Location"] == reverse("assessment-create", args=[elder.pk])
    number = str.__str__(elder.id_number)
    assert clerk.post(address, {"text": number})["Location"] == reverse("assessment-create", args=[elder.pk])
    assert "不能按电话或号码的一部分查找" in text(clerk.post(address, {"text": number[:12]}))
    assert "没有找到" in text(clerk.post(address, {"text": "不存在的人"}))


# --- Tags -------------------------------------------------------------------------------------------------------


def test_a_tag_at_odds_is_shown_with_a_way_to_correct_and_never_changed(clerk, elder):
    able = make_assessment(elder, 0, TODAY, items=FULL, total=90)
    tag = make_tag(elder, "disabled")
    page = text(clerk.get(reverse("assessment-detail", args=[able.pk])))
    assert "评估为能力完好，档案中有“失能”类别。" in page
    assert reverse("elder-tag-end", args=[tag.pk]) in page
    assert ElderTag.objects.get().held.on(TODAY)
    assert names(clerk, state="odds") == {elder.name}


def test_tags_that_agree_are_not_mentioned(cast, clerk, elder):
    make_assessment(elder, 3, TODAY, has_dementia=True)
    make_tag(elder, "disabled")
    make_tag(elder, "dementia")
    other = make_elder(cast.township, "无标签")
    make_assessment(other, 3, TODAY)
    assert "不一致，请核实" not in text(clerk.get(reverse("assessment-person", args=[elder.pk])))
    page = text(clerk.get(reverse("assessment-person", args=[other.pk])))
    assert "评估为重度失能，档案中没有“失能”类别。" in page
    assert reverse("elder-tag-create", args=[other.pk]) in page
    assert names(clerk, state="odds") == {"无标签"}


# --- Settings, log, home page -----------------------------------------------------------------------------------


def settings_page(client) -> dict:
    stamp = re.search(r'name="seen" value="(\w+)"', text(client.get(reverse("assessment-settings")))).group(1)
    return {
        "coma": "complete", "dementia_steps": 1, "risk_event_limit": 2, "risk_steps": 1, "valid_months": 24, "seen": stamp,
    }  # fmt: skip


def test_the_county_edits_the_mapping(cast, enter, mapping):
    county = enter(cast.county_clerk)
    known = LevelMapping.objects.get(original="中度失能")
    data = settings_page(county) | {
        f"level_{known.pk}": "3",
        "new_standard": "care_level",
        "new_original": "介助",
        "new_level": "1",
    }
    county.post(reverse("assessment-settings"), data)
    assert set(LevelMapping.objects.values_list("original", "level")) == {
        ("中度失能", 3),
        ("半失能", None),
        ("介助", 1),
    }
    data = settings_page(county) | {f"remove_{known.pk}": "on"}
    county.post(reverse("assessment-settings"), data)
    assert not LevelMapping.objects.filter(pk=known.pk).exists()


def test_half_able_cannot_be_given_a_level_in_the_mapping(cast, enter, mapping):
    county = enter(cast.county_clerk)
    data = settings_page(county) | {"new_standard": "care_level", "new_original": "半 失能", "new_level": "2"}
    page = text(county.post(reverse("assessment-settings"), data))
    assert "要逐人确认，不能设为固定等级" in page
    assert not LevelMapping.objects.filter(standard="care_level").exists()


def test_two_clerks_do_not_overwrite_each_others_settings(cast, enter, mapping):
    county = enter(cast.county_clerk)
    first, second = settings_page(county), settings_page(county)
    known = LevelMapping.objects.get(original="中度失能")
    county.post(reverse("assessment-settings"), first | {f"level_{known.pk}": "2", "valid_months": 12})
    page = text(
        county.post(reverse("assessment-settings"), second | {f"level_{known.pk}": "2", "valid_months": 6})
    )
    assert "别人修改了设置或对照表" in page
    assert 'value="6"' in page
    assert 'name="valid_months" value="12"' in text(county.get(reverse("assessment-settings")))


def test_who_looks_at_a_person_stands_in_the_log_without_the_name(cast, clerk, elder):
    made = make_assessment(elder, 2, TODAY)
    clerk.get(reverse("assessment-detail", args=[made.pk]))
    event = AuditEvent.objects.get(action="person")
    assert (event.user, event.subject) == (cast.township_clerk, f"老年人 编号 {elder.pk}")
    assert elder.name not in str(event.detail)


def test_thousands_on_the_home_page_are_set_apart(cast, clerk, enter, register, monkeypatch):
    number = {"expired": 0, "expiring": 2930, "unsettled": 1046}
    monkeypatch.setattr("subsidies.todo_assessments.pages.renewals", lambda *_: number)
    page = text(clerk.get(reverse("home")))
    assert "2,930 人的能力评估 60 天内到期" in page
    assert "1,046 人的评估结论没有确认能力等级" in page
    assert "能力评估：2,930 人 60 天内到期，1,046 人未确认等级" in text(
        enter(cast.county_clerk).get(reverse("home"))
    )


def test_the_home_page_says_what_must_be_renewed(cast, clerk, enter, register):
    make_assessment(register["甲"], None, TODAY, standard="three_levels", original="半失能")
    page = text(clerk.get(reverse("home")))
    assert "1 人的能力评估已过期" in page
    assert "1 人的能力评估 60 天内到期" in page
    assert "1 人的评估结论没有确认能力等级" in page
    county = text(enter(cast.county_clerk).get(reverse("home")))
    assert "能力评估：1 人已过期，1 人 60 天内到期，1 人未确认等级" in county
    assert (
        "能力评估"
        not in text(enter(cast.leader).get(reverse("home"))).split("shortcuts")[0].split("待办事项")[1]
    )
