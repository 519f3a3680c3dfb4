"""The plan's table and its workbook, and a page for every entry of the real plan."""

import io

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from eldercare.models import AuditEvent, OrgUnit
from eldercare.permissions import Role
from indicators.models import Indicator, Metric, MonthlyReport, owed_by
from indicators.rollup import roll_up_months
from tests.indicators.factories import file_report, make_indicator, make_plan
from tests.indicators.shelf import JUNE, Shelf, read, rows_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(cast):
    return Shelf(cast)


@pytest.fixture
def leader(cast, enter):
    return enter(cast.leader)


@pytest.fixture
def table(shelf):
    make_indicator(
        shelf.plan,
        "institution_beds",
        target="100",
        value_kind="quantity",
        unit="张",
        name="床位",
        group="乙组",
    )
    make_indicator(
        shelf.plan, "", role="status", value_kind="quantity", unit="年", name="连续年数", group="乙组"
    )
    make_indicator(
        shelf.plan, "institution_beds", value_kind="quantity", unit="张", name="探索", is_soft=True
    )
    shelf.roll_up()
    return shelf


def test_a_plan_without_figures_does_not_speak_of_a_search(cast, leader):
    plan = make_plan(cast.county, code="bare")
    make_indicator(plan, "institution_beds", target="100", value_kind="quantity", unit="张", name="床位")
    html = leader.get(reverse("plan", args=["bare"])).content.decode()
    assert "还没有汇总数据" in html
    assert "没有符合条件的指标" not in html


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({}, [1, 2, 3, 4]),
        ({"group": "乙组"}, [2, 3]),
        ({"role": "status"}, [3]),
        ({"status": "met"}, [2]),
        ({"soft": "yes"}, [4]),
        ({"q": "护理"}, [1]),
        ({"q": "3"}, [3]),
        ({"q": "没有的"}, []),
        ({"group": "没有的组"}, [1, 2, 3, 4]),
        ({"sort": "share"}, [1, 2, 3, 4]),
        ({"sort": "status"}, [1, 2, 3, 4]),
        ({"sort": "drop table"}, [1, 2, 3, 4]),
    ],
)
def test_table_filters_and_sorts(table, leader, params, numbers):
    assert rows_of(read(leader, "plan", "haiyan", **params)) == numbers


def test_table_leads_editors_to_the_form(table, cast, enter, leader):
    edit = reverse("indicator-edit", args=["haiyan", 1])
    assert edit in read(enter(cast.county_clerk), "plan", "haiyan")
    assert edit not in read(leader, "plan", "haiyan")


def test_stopped_indicators_are_listed_for_the_editor_alone(table, cast, enter, leader):
    Indicator.objects.filter(number=2).update(is_active=False)
    assert "已停用的指标" in read(enter(cast.county_clerk), "plan", "haiyan")
    html = read(leader, "plan", "haiyan")
    assert "已停用的指标" not in html
    assert 2 not in rows_of(html)


def workbook(client, **params):
    answer = client.get(reverse("plan-export", args=["haiyan"]), params)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active


def test_export_has_chinese_headings_and_what_is_filtered(table, leader):
    sheet = workbook(leader, group="乙组")
    rows = list(sheet.iter_rows(values_only=True))
    heading = next(row for row in rows if row[0] == "序号")
    for expected in (
        "指标",
        "出处",
        "目标",
        "期限",
        "数值",
        "与目标的距离",
        "状态",
        "已审核/应报",
        "公式",
        "原文",
    ):
        assert expected in heading
    numbers = [row[0] for row in rows[rows.index(heading) + 1 :] if isinstance(row[0], int | float)]
    assert numbers == [2, 3]
    beds = dict(zip(heading, rows[rows.index(heading) + 1], strict=False))
    assert beds["数值"] == 400
    assert beds["状态"] == "已达标"
    assert any("分组=乙组" in str(row[0]) for row in rows)
    assert AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT).count() == 1


def test_export_leaves_a_value_that_was_not_reported_empty(table, leader):
    MonthlyReport.objects.filter(month=JUNE).update(status="draft")
    table.roll_up()
    rows = list(workbook(leader, month="2025-06").iter_rows(values_only=True))
    heading = next(row for row in rows if row[0] == "序号")
    first = dict(zip(heading, rows[rows.index(heading) + 1], strict=False))
    assert first["数值"] is None
    assert first["读数"] == "未审核"


def test_export_of_a_township_holds_its_own_values(table, cast, enter):
    rows = list(workbook(enter(cast.township_clerk)).iter_rows(values_only=True))
    heading = next(row for row in rows if row[0] == "序号")
    first = dict(zip(heading, rows[rows.index(heading) + 1], strict=False))
    assert first["数值"] == 46


def test_plan_list_counts(table, leader):
    text = words(read(leader, "plan-list"))
    assert "海盐县规划" in text
    assert "4 条指标" in text
    assert "2 条约束性" in text


def test_every_entry_of_the_real_plan_and_every_metric_has_its_page(make_person, enter, db):
    call_command("load_fixtures", place=["haiyan"], verbosity=0)
    county, town = OrgUnit.objects.get(code="330424"), OrgUnit.objects.get(code="330424101")
    leader = make_person("lingdao", "王守拙", Role.LEADER, county)
    clerk = make_person("xianji", "张映雪", Role.COUNTY_CLERK, county)
    codes = owed_by(town, JUNE).values_list("code", flat=True)
    file_report(town, JUNE, dict.fromkeys(codes, 3), by=clerk)
    roll_up_months([JUNE])
    reading, editing = enter(leader), enter(clerk)
    for indicator in Indicator.objects.order_by("number"):
        assert indicator.name in read(reading, "indicator", "haiyan", indicator.number)
    for number in (8, 12, 22, 75, 128):
        assert "公式检查" in read(editing, "indicator-edit", "haiyan", number)
    for code in Metric.objects.values_list("code", flat=True):
        read(reading, "metric", code)
    assert len(rows_of(read(reading, "plan", "haiyan"))) == 132
    assert "共 184 个" in words(read(reading, "metric-list"))
    read(reading, "dashboard", heat="all")
