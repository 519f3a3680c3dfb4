"""The command line does what the pages do, through the same actions, and says clearly what is wrong."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from eldercare.models import OrgUnit
from indicators.models import MetricEntry, MonthlyReport
from tests.indicators.factories import (
    make_county,
    make_indicator,
    make_metric,
    make_plan,
    make_user,
    townships_of,
)

pytestmark = pytest.mark.django_db
MONTH = "2025-06"


@pytest.fixture
def county(db):
    county = make_county(2)
    first, second = townships_of(county)
    OrgUnit.objects.create(
        code="990001101001",
        name="示例村",
        level=OrgUnit.Level.VILLAGE,
        parent=first,
        path=f"{first.path}990001101001/",
        valid_from=dt.date(2000, 1, 1),
    )
    make_user(first, "township_clerk", "first")
    make_user(second, "township_clerk", "second")
    make_user(county, "county_clerk", "clerk")
    make_user(county, "county_reviewer", "reviewer")
    beds = make_metric("beds", name="养老机构床位数", unit="张")
    make_metric("nursing", name="护理型床位数", unit="张", subset_of=beds)
    plan = make_plan(county, code="demo")
    make_indicator(plan, "nursing / beds * 100", target="60", name="护理型床位占比")
    return county


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return json.loads(out.getvalue())


def enter(beds, nursing, *, org="990001101", user="first"):
    run("set_metric", "beds", str(beds), org=org, month=MONTH, user=user)
    run("set_metric", "nursing", str(nursing), org=org, month=MONTH, user=user)


def file_and_approve(org, user):
    run("report", "submit", org, MONTH, user=user)
    run("report", "approve", org, MONTH, user="reviewer")


def test_a_month_from_entry_to_indicator(county):
    enter(100, 50)
    file_and_approve("990001101", "first")
    found = run("indicator", "demo", "1", month=MONTH)
    assert found["value"] == 50
    assert (found["numerator"], found["denominator"]) == (50, 100)
    assert (found["reported"], found["owed"]) == (1, 1), "only one township has a report for the month so far"
    assert found["inputs"] == {"nursing": 50, "beds": 100}
    assert (found["unit"], found["target"], found["formula"]) == ("%", 60, "nursing / beds * 100")

    enter(300, 210, org="990001102", user="second")
    waiting = run("indicator", "demo", "1", month=MONTH)
    assert (waiting["value"], waiting["low"]) == (50, 50), "what is typed is not published before approval"
    file_and_approve("990001102", "second")
    found = run("indicator", "demo", "1", month=MONTH)
    assert (found["value"], found["status"], found["reported"]) == (65, "met", 2)
    township = run("indicator", "demo", "1", month=MONTH, org="990001102")
    assert township["value"] == 70


def test_indicator_without_any_report_is_null_not_zero(county):
    found = run("indicator", "demo", "1", month=MONTH)
    assert found["value"] is None
    assert found["inputs"] == {"nursing": None, "beds": None}
    assert found["status"] == "not_reported"


def test_return_needs_the_reviewer_and_reopens_the_entry(county):
    enter(100, 50)
    run("report", "submit", "990001101", MONTH, user="first")
    with pytest.raises(CommandError, match="待审核"):
        run("set_metric", "beds", "120", org="990001101", month=MONTH, user="first")
    with pytest.raises(CommandError, match="乡镇"):
        run("report", "return", "990001101", MONTH, user="first", note="请核对")
    run("report", "return", "990001101", MONTH, user="reviewer", comment=["nursing=与台账不符"])
    assert MonthlyReport.objects.get().comments.get().text == "与台账不符"
    run("set_metric", "nursing", "55", org="990001101", month=MONTH, user="first")
    assert MetricEntry.objects.get(metric__code="nursing").value == 55


def test_value_is_removed_by_an_empty_text(county):
    run("set_metric", "beds", "10", org="990001101", month=MONTH, user="first")
    run("set_metric", "beds", "", org="990001101", month=MONTH, user="first")
    assert not MetricEntry.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("set_metric", "beds", "12"), {"month": "2025-13"}, "1 到 12"),
        (("set_metric", "beds", "12"), {"month": "下个月"}, "2025-06 的样式"),
        (("set_metric", "beds", "12"), {"month": "2099-01"}, "未来"),
        (("set_metric", "beds", "12"), {"org": "123456789"}, "没有代码为“123456789”"),
        (("set_metric", "beds", "12"), {"org": "990001101001", "user": "clerk"}, "不是填报单位"),
        (("set_metric", "beds", "12"), {"user": "nobody"}, "没有用户名"),
        (("set_metric", "bed", "12"), {}, "没有代码为“bed”"),
        (("set_metric", "beds", "很多"), {}, "不是数字"),
        (("set_metric", "beds", "1e400"), {}, "科学计数法"),
        (("set_metric", "beds", "-3"), {}, "负数"),
        (("set_metric", "beds", "12.5"), {}, "整数"),
        (("set_metric", "beds", "55%"), {}, "百分号"),
        (("set_metric", "beds", "9" * 10_000), {}, "太大"),
        (("set_metric", "beds", "12"), {"user": "second"}, "本单位"),
        (("set_metric", "beds", "12"), {"user": "reviewer"}, "不能办理"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_stores_nothing(county, arguments, options, message):
    with pytest.raises(CommandError, match=message):
        run(*arguments, **({"org": "990001101", "month": MONTH, "user": "first"} | options))
    assert not MetricEntry.objects.exists()


@pytest.mark.parametrize(
    ("text", "value"), [("１２", 12), ("1,200", 1200), (" 1 200 ", 1200), ("0", 0), ("+7", 7)]
)
def test_what_people_type_is_understood(county, text, value):
    found = run("set_metric", "beds", text, org="990001101", month=MONTH, user="first")
    assert found["value"] == value


def test_part_larger_than_the_whole_blocks_submission(county):
    enter(100, 101)
    with pytest.raises(CommandError, match="护理型床位数（101）大于养老机构床位数（100）"):
        run("report", "submit", "990001101", MONTH, user="first")


def test_large_change_asks_for_a_reason(county):
    enter(100, 50)
    file_and_approve("990001101", "first")
    july = {"org": "990001101", "month": "2025-07", "user": "first"}
    found = run("set_metric", "beds", "200", **july)
    assert "由上月 100 变为 200" in found["remarks"][0]
    with pytest.raises(CommandError, match="简短说明"):
        run("report", "submit", "990001101", "2025-07", user="first")
    run("set_metric", "beds", "200", reason="新院启用", **july)
    assert run("report", "submit", "990001101", "2025-07", user="first")["status"] == "submitted"


def test_rollup_reports_what_changed_and_repeats_without_change(county):
    enter(100, 50)
    file_and_approve("990001101", "first")
    assert run("rollup", MONTH)[0]["indicator_values_changed"] > 0
    assert run("rollup", MONTH) == [
        {"month": MONTH, "metric_values_changed": 0, "indicator_values_changed": 0}
    ]


def test_lists_print_what_is_loaded(county):
    assert [m["code"] for m in run("metrics", format="json")] == ["beds", "nursing"]
    (indicator,) = run("indicators", "demo", format="json")
    assert indicator["targets"] == [
        {"value": 60, "comparator": ">=", "due": dt.date(2025, 12, 31).isoformat(), "due_inferred": False,
         "interim": False}
    ]  # fmt: skip
    with pytest.raises(CommandError, match="没有代码为“nowhere”的规划"):
        run("indicators", "nowhere")
