"""The page of an indicator, as each person sees it."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from eldercare.models import OrgUnit
from indicators.models import Baseline, MonthlyReport, PlanRemark, Registration
from indicators.rules.months import add_months
from tests.indicators.factories import file_report, make_indicator, make_metric
from tests.indicators.shelf import JUNE, Shelf, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(cast):
    return Shelf(cast)


@pytest.fixture
def leader(cast, enter):
    return enter(cast.leader)


def test_page_shows_the_formula_with_the_numbers_put_in(shelf, leader):
    text = words(read(leader, "indicator", "haiyan", 1))
    assert "护理型床位数 ÷ 养老机构床位数 × 100" in text
    assert "202 ÷ 400 × 100 = 50.5%" in text
    assert "差 9.5 个百分点" in text
    assert "2/2 已审核" in text


def test_page_lists_each_township_and_leads_to_its_report_and_metric(shelf, leader):
    html = read(leader, "indicator", "haiyan", 1)
    assert f'href="{reverse("report", args=[JUNE, "330424101"])}"' in html
    assert f'href="{reverse("metric", args=["nursing_beds"])}?month=2025-06"' in html
    text = words(html)
    assert text.index("百步镇 156 300 52.0") < text.index("沈荡镇 46 100 46.0")  # the best first


def test_page_shows_what_the_document_prints_and_what_is_odd_about_it(shelf, leader):
    Baseline.objects.create(
        indicator=shelf.share, year=2022, value=55, kind="存疑", printed_label="2022年实际值",
        note="文件发布时还不存在。", is_path_start=True, effective_on=dt.date(2021, 12, 31),
    )  # fmt: skip
    remark = PlanRemark.objects.create(
        plan=shelf.plan,
        code="O1",
        kind="标签矛盾",
        quote="实际值",
        issue="不可能是实际数。",
        handling="按存疑对待。",
    )
    remark.indicators.add(shelf.share)
    text = words(read(leader, "indicator", "haiyan", 1))
    for expected in (
        "≧60", "2|护理型床位占比|55|≧60", "占比达到60%", "表2 第2行", "2022年实际值", "文件发布时还不存在。",
        "不可能是实际数。", "按存疑对待。", "不乘百分", "0.505",
    ):  # fmt: skip
        assert expected in text


def test_page_says_what_is_needed_and_when_it_will_be_reached(shelf, leader):
    text = words(read(leader, "indicator", "haiyan", 1))
    assert "新增 95 张护理型床位，或由现有转化 38 张" in text
    assert "才能达到目标，晚于期限" in text  # half a point a month: 19 months from June 2025
    assert "2027年1月" in text
    assert "近 7 个报齐的月" in text


def test_trend_table_follows_the_span(shelf, leader):
    for span in (12, 24, 60):
        html = read(leader, "indicator", "haiyan", 1, span=span)
        months = re.findall(r'<td class="nowrap">(\d{4}-\d{2})</td>', html)
        assert "2025-06" in months
        assert months[0] == "2025-12"  # the path is drawn up to the due date
        assert len(months) == min(span, 55) + 6


def test_month_not_reported_is_no_zero_in_trend_and_comparison(shelf, leader):
    MonthlyReport.objects.filter(org_unit=shelf.cast.township, month=JUNE).update(status="returned")
    shelf.roll_up()
    html = read(leader, "indicator", "haiyan", 1, month="2025-06")
    text = words(html)
    assert "1/2 已审核" in text
    assert "沈荡镇 已退回 已退回 已退回" in text
    assert "数据齐后可能为" in text
    data = re.search(r'id="compare-data"[^>]*>(.*?)</script>', html, re.DOTALL)[1]
    assert '"values": [52.0, null]' in data


def test_township_clerk_sees_own_row_and_no_county_figure(shelf, cast, enter):
    html = read(enter(cast.township_clerk), "indicator", "haiyan", 1)
    assert "46.0%" in html
    assert not re.search(r"百步镇|50\.5|\b156\b|\b202\b", html)


@pytest.mark.parametrize("name", ["indicator", "plan", "plan-export"])
@pytest.mark.parametrize("org", ["330424102", "330424"])
def test_township_clerk_cannot_choose_another_unit(shelf, cast, enter, name, org):
    args = ["haiyan", 1] if name == "indicator" else ["haiyan"]
    assert enter(cast.township_clerk).get(reverse(name, args=args), {"org": org}).status_code == 404


def test_history_is_on_the_page(shelf, cast, enter):
    clerk = enter(cast.county_clerk)
    shelf.share.name = "改过的名称"
    shelf.share.save()
    assert "名称：护理型床位占比 → 改过的名称" in words(read(clerk, "indicator", "haiyan", 1))


def test_unknown_number_is_not_found(shelf, leader):
    assert leader.get(reverse("indicator", args=["haiyan", 99])).status_code == 404


def test_yes_no_indicator_shows_state_date_and_evidence(shelf, cast, enter, leader):
    flag = make_metric("done", reporter="registered", is_collected=False)
    task = make_indicator(
        shelf.plan, "done", target="1", comparator="=", value_kind="confirmation", input_source="registered",
        unit="是/否", name="失信惩戒机制",
    )  # fmt: skip
    Registration.objects.create(
        indicator=task, metric=flag, org_unit=cast.county, happened_on=JUNE, quantity=1,
        evidence="盐民〔2025〕15号", created_by=cast.county_clerk,
    )  # fmt: skip
    shelf.roll_up()
    for client, may in ((leader, False), (enter(cast.county_clerk), True)):
        html = read(client, "indicator", "haiyan", 2)
        assert "已完成" in html
        assert "盐民〔2025〕15号" in html
        assert (reverse("registration-add", args=["haiyan", 2]) in html) is may
    township = read(enter(cast.township_clerk), "indicator", "haiyan", 2)
    assert "盐民" not in township
    assert "由执行规划的单位登记" in township


def test_queries_of_the_page_do_not_grow_with_townships_and_months(shelf, cast, leader):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = reverse("indicator", args=["haiyan", 1])
    leader.get(url)
    with CaptureQueriesContext(connection) as few:
        leader.get(url)
    for number in range(5):
        unit = OrgUnit.objects.create(
            code=f"33042430{number}", name=f"第{number}镇", level="township", parent=cast.county,
            path=f"{cast.county.path}33042430{number}/", valid_from=dt.date(2000, 1, 1),
        )  # fmt: skip
        for step in range(7):
            file_report(
                unit,
                add_months(JUNE, -step),
                {"institution_beds": 9, "nursing_beds": 3},
                by=cast.county_clerk,
            )
    shelf.roll_up()
    with CaptureQueriesContext(connection) as many:
        leader.get(url)
    assert len(many) == len(few) <= 24
