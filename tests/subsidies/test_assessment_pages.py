"""Assessments in the browser: entering scores and older results, correcting them."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from subsidies.models import Assessment, LevelMapping
from subsidies.rules.assessments import ITEMS
from tests.subsidies.factories import make_assessment, make_elder

TODAY = dt.date.today()
DAY = dt.timedelta(days=1)
FULL = [item.full for item in ITEMS]


@pytest.fixture
def elder(cast):
    return make_elder(cast.township, "林桂香")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


def text(answer) -> str:
    return answer.content.decode()


def scored(items=FULL, **changes) -> dict:
    return {
        **{f"item_{number}": str(score) for number, score in enumerate(items)},
        "reason": "first",
        "assessed_on": "2026-03-10",
        "valid_until": "",
        "risk_events": "0",
        "first_assessor": "沈评",
        "second_assessor": "周估",
        "agency": "县评估中心",
        "note": "",
    } | changes


def with_total(total: int) -> list[int]:
    left, found = total, []
    for most in FULL:
        found.append(min(most, left))
        left -= found[-1]
    return found


# --- Scores -----------------------------------------------------------------------------------------------------


def test_scores_are_added_up_judged_and_hold_for_two_years(clerk, elder):
    answer = clerk.post(reverse("assessment-create", args=[elder.pk]), scored(with_total(50)), follow=True)
    made = Assessment.objects.get()
    assert (made.total, made.level, made.valid_until) == (50, 2, dt.date(2028, 3, 9))
    assert made.items == with_total(50)
    page = text(answer)
    assert "已登记林桂香的评估：中度失能" in page
    assert "总分 50 分，属中度失能（46～65 分），没有加重情形，评定为中度失能。" in page
    assert elder.id_number.masked in page
    assert str.__str__(elder.id_number) not in page


def test_circumstances_make_the_level_worse_as_the_county_has_set_it(cast, clerk, enter, elder):
    settings = {
        "coma": "severe",
        "dementia_steps": 2,
        "risk_event_limit": 3,
        "risk_steps": 1,
        "valid_months": 12,
    }
    saved = enter(cast.county_clerk).post(reverse("assessment-settings"), settings, follow=True)
    assert "已保存评估设置" in text(saved)
    address = reverse("assessment-create", args=[elder.pk])
    clerk.post(address, scored(with_total(80), has_dementia="on", risk_events="2"))
    clerk.post(address, scored(is_comatose="on", assessed_on="2026-04-01", accepted="1"))
    first, second = Assessment.objects.order_by("assessed_on")
    assert (first.level, first.valid_until) == (3, dt.date(2027, 3, 9))
    assert second.level == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"second_assessor": "沈 评"}, "两名评估员不能是同一人"),
        ({"second_assessor": ""}, "请填写评估员姓名"),
        ({"item_3": ""}, "未评分"),
        ({"item_12": "5"}, "满分 4。"),
        ({"item_18": "2"}, "满分 1。"),
        ({"assessed_on": f"{TODAY + DAY}"}, "评估日期还没有到"),
        ({"valid_until": "2026-03-01"}, "有效期不能早于评估日期"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(clerk, elder, changes, words):
    page = text(
        clerk.post(reverse("assessment-create", args=[elder.pk]), scored(agency="东塘评估站") | changes)
    )
    assert words in page
    assert "东塘评估站" in page
    assert not Assessment.objects.exists()


def test_a_stark_change_wants_a_second_look(clerk, elder):
    make_assessment(elder, 0, dt.date(2025, 1, 1))
    address = reverse("assessment-create", args=[elder.pk])
    page = text(clerk.post(address, scored(with_total(40))))
    assert "上一次评估为能力完好，这一次为重度失能，相差两级以上" in page
    assert Assessment.objects.count() == 1
    clerk.post(address, scored(with_total(40), accepted="1"))
    assert Assessment.objects.count() == 2


def test_a_second_assessment_of_a_day_is_refused_in_words(clerk, elder):
    address = reverse("assessment-create", args=[elder.pk])
    clerk.post(address, scored())
    assert "此人同一天已有一次同一标准的评估" in text(clerk.post(address, scored()))
    assert Assessment.objects.count() == 1


def test_empty_scores_are_filled_without_javascript_and_nothing_is_saved(clerk, elder):
    data = scored(item_0="2", item_1="", item_25="", fill="1", note="未完")
    page = text(clerk.post(reverse("assessment-create", args=[elder.pk]), data))
    values = {
        int(number): value
        for value, number in re.findall(r'name="item_\d+" value="(\d)"[^>]*id="id_item_(\d+)"', page)
    }
    assert (values[0], values[1], values[25]) == ("2", "4", "4")
    assert "未完" in page
    assert not Assessment.objects.exists()


def test_correcting_a_score_judges_anew_and_stands_in_the_history(clerk, elder):
    clerk.post(reverse("assessment-create", args=[elder.pk]), scored(with_total(67)))
    made = Assessment.objects.get()
    address = reverse("assessment-edit", args=[made.pk])
    seen = re.search(r'name="seen" value="(\d+)"', text(clerk.get(address))).group(1)
    items = [*made.items]
    items[0] = 2  # of 4
    page = text(clerk.post(address, scored(items, seen=seen, valid_until="2028-03-09"), follow=True))
    made.refresh_from_db()
    assert (made.total, made.level) == (65, 2)
    assert "进食：4 → 2" in page
    assert "能力等级：轻度失能 → 中度失能" in page


def test_new_settings_leave_an_older_level_alone(cast, clerk, enter, elder):
    clerk.post(reverse("assessment-create", args=[elder.pk]), scored(has_dementia="on"))
    made = Assessment.objects.get()
    assert made.level == 1
    settings = {
        "coma": "complete",
        "dementia_steps": 3,
        "risk_event_limit": 2,
        "risk_steps": 1,
        "valid_months": 24,
    }
    enter(cast.county_clerk).post(reverse("assessment-settings"), settings)
    page = text(clerk.get(reverse("assessment-detail", args=[made.pk])))
    assert "登记时按当时的评估设置评定为轻度失能" in page
    address = reverse("assessment-edit", args=[made.pk])
    seen = re.search(r'name="seen" value="(\d+)"', text(clerk.get(address))).group(1)
    clerk.post(address, scored(has_dementia="on", note="补记", seen=seen, valid_until="2028-03-09"))
    made.refresh_from_db()
    assert (made.note, made.level) == ("补记", 1)


def test_somebody_elses_change_is_not_overwritten(clerk, elder):
    made = make_assessment(elder, 2, TODAY, items=with_total(50), total=50)
    address = reverse("assessment-edit", args=[made.pk])
    seen = re.search(r'name="seen" value="(\d+)"', text(clerk.get(address))).group(1)
    made.agency = "乙中心"
    made.save()
    page = text(
        clerk.post(address, scored(with_total(50), seen=seen, agency="甲中心", assessed_on=f"{TODAY}"))
    )
    assert "别人修改了这条记录" in page
    assert "乙中心" in page
    assert "甲中心" in page
    made.refresh_from_db()
    assert made.agency == "乙中心"


def test_a_mistaken_assessment_is_deleted_after_a_question(clerk, elder):
    made = make_assessment(elder, 2, TODAY)
    address = reverse("assessment-delete", args=[made.pk])
    page = text(clerk.get(address))
    seen = re.search(r'name="seen" value="(\d+)"', page).group(1)
    assert "可能产生补发或追缴" in page
    clerk.post(address, {"seen": seen})
    assert not Assessment.objects.exists()


# --- Results of other standards ---------------------------------------------------------------------------------


def result(**changes) -> dict:
    return {
        "standard": "mzt039",
        "original": "中度失能",
        "level": "",
        "reason": "regular",
        "assessed_on": "2026-03-10",
        "valid_until": "2026-09-09",
    } | changes


@pytest.fixture
def mapping(db):
    LevelMapping.objects.create(standard="mzt039", original="中度失能", level=2)
    LevelMapping.objects.create(standard="three_levels", original="半失能", level=None)


def test_the_mapping_proposes_and_a_person_confirms(clerk, elder, mapping):
    address = reverse("assessment-create-result", args=[elder.pk])
    page = text(clerk.post(address, result()))
    assert "对照表提示为“中度失能”" in page
    assert '<option value="2" selected>' in page
    assert not Assessment.objects.exists()
    clerk.post(address, result(level="2"))
    made = Assessment.objects.get()
    assert (made.original, made.level, made.valid_until, made.total) == (
        "中度失能",
        2,
        dt.date(2026, 9, 9),
        None,
    )


@pytest.mark.parametrize("level", [None, 2])
def test_half_able_is_never_mapped_by_itself(clerk, elder, mapping, level):
    """Not even where somebody has written a level into the table by other ways."""
    LevelMapping.objects.filter(original="半失能").update(level=level)
    address = reverse("assessment-create-result", args=[elder.pk])
    half = result(standard="three_levels", original="半失能")
    page = text(clerk.post(address, half))
    assert "没有固定对应的等级，请按实际情况选择" in page
    assert not Assessment.objects.exists()
    answer = clerk.post(address, half | {"level": "pending"}, follow=True)
    assert Assessment.objects.get().level is None
    assert "等级待确认" in text(answer)
    assert "按没有评估处理" in text(answer)


def test_a_level_is_confirmed_later(clerk, elder):
    made = make_assessment(elder, None, TODAY, standard="three_levels", original="半自理")
    listed = text(clerk.get(reverse("assessment-list"), {"level": "none"}))
    assert elder.name in listed
    address = reverse("assessment-edit", args=[made.pk])
    seen = re.search(r'name="seen" value="(\d+)"', text(clerk.get(address))).group(1)
    clerk.post(
        address,
        result(
            standard="three_levels",
            original="半自理",
            level="1",
            seen=seen,
            assessed_on=f"{TODAY}",
            valid_until="",
        ),
    )
    made.refresh_from_db()
    assert made.level == 1
    assert elder.name not in text(clerk.get(reverse("assessment-list"), {"level": "none"}))
