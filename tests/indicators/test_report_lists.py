"""Overviews of many reports, reminders, wrong addresses, workbooks, and what all of it costs in queries."""

import datetime as dt
import io
import re

import openpyxl
import pytest

from eldercare.models import AuditEvent, Notice
from indicators.actions import reports
from indicators.actions.calendar import open_month
from indicators.models import MonthlyReport
from tests.indicators.conftest import JUNE, MAY, submit, text_of
from tests.indicators.factories import file_report, make_metric

# --- Overviews ----------------------------------------------------------------------------------------------------


def test_the_month_shows_every_unit_and_counts_them(desk, reviewer):
    open_month(JUNE)
    submit(desk)
    page = text_of(reviewer.get("/reports/2026-06/"))
    for words in (
        "海盐县",
        "沈荡镇",
        "百步镇",
        "<strong>3</strong>应报",
        "<strong>2</strong>未报",
        "<strong>1</strong>待审",
    ):
        assert words in page


def test_the_figures_above_the_table_add_up(desk, enter, in_june):
    open_month(JUNE)
    submit(desk)
    in_june.move_to(dt.datetime(2026, 6, 23, 2, 0, tzinfo=dt.UTC))
    page = text_of(enter(desk.reviewer).get("/reports/2026-06/"))
    assert "<strong>2</strong>未报（其中逾期 2）" in page
    owed, *others = [int(number) for number in re.findall(r"<strong>(\d+)</strong>[应未待退通]", page)]
    assert (owed, sum(others)) == (3, 3)


def test_a_township_sees_only_itself(desk, clerk):
    open_month(JUNE)
    for url in ("/reports/2026-06/", "/reports/"):
        page = text_of(clerk.get(url))
        assert "沈荡镇" in page
        assert "百步镇" not in page


def test_late_units_are_shown_with_their_days(desk, enter, in_june):
    open_month(JUNE)
    in_june.move_to(dt.datetime(2026, 6, 23, 2, 0, tzinfo=dt.UTC))
    page = text_of(enter(desk.reviewer).get("/reports/2026-06/"))
    assert "逾期未报" in page
    assert "已逾期 3 天" in page


def test_reminding_one_and_all(desk, enter):
    open_month(JUNE)
    client = enter(desk.county_clerk)
    answer = client.post("/reports/2026-06/remind/", {"unit": desk.cast.other_township.code}, follow=True)
    assert "已向百步镇的填报人发送催报通知" in text_of(answer)
    assert re.search(r"百步镇.*?今日已催报 10:\d\d", text_of(answer))
    page = text_of(client.post("/reports/2026-06/remind/", {"unit": "all"}, follow=True))
    assert "已向 2 个单位的填报人发送催报通知。另有 1 个单位今日已催报过" in page
    assert Notice.objects.filter(recipient=desk.cast.other_township_clerk, kind="reminder").count() == 1


def test_reminding_again_on_the_same_day_asks_first(desk, enter, in_june):
    open_month(JUNE)
    client, unit = enter(desk.county_clerk), desk.cast.other_township.code
    client.post("/reports/2026-06/remind/", {"unit": unit})
    page = text_of(client.get("/reports/2026-06/"))
    assert re.search(r'data-confirm="今日 10:\d\d 已向百步镇催报过，确定再次催报吗？"', page)
    assert "其中 1 个今日已催报过。" in page
    events = AuditEvent.objects.filter(action="remind")
    answer = client.post("/reports/2026-06/remind/", {"unit": unit}, follow=True)
    assert "今日已催报过，没有重复发送" in text_of(answer)
    assert events.count() == 1
    client.post("/reports/2026-06/remind/", {"unit": unit, "again": "1"})
    assert events.count() == 2
    in_june.move_to(dt.datetime(2026, 6, 16, 2, 0, tzinfo=dt.UTC))
    client = enter(desk.county_clerk)
    page = text_of(client.get("/reports/2026-06/"))
    assert "今日" not in page
    assert re.search(r"06-15 10:\d\d", page)
    client.post("/reports/2026-06/remind/", {"unit": unit})
    assert events.count() == 3


def test_times_of_another_year_are_shown_with_their_year(desk, clerk):
    submit(desk)
    assert re.search(r'<td class="nowrap">06-15 10:\d\d', text_of(clerk.get("/reports/2026-06/")))
    MonthlyReport.objects.filter(pk=desk.report.pk).update(
        submitted_at=dt.datetime(2025, 12, 30, 2, 0, tzinfo=dt.UTC)
    )
    assert '<td class="nowrap">2025-12-30 10:00 顾云舟' in text_of(clerk.get("/reports/2026-06/"))
    assert "提交：顾云舟 2025-12-30 10:00" in text_of(clerk.get(desk.url()))


def test_reminding_an_unknown_unit_is_not_found(desk, enter):
    client = enter(desk.county_clerk)
    assert client.post("/reports/2026-06/remind/", {"unit": "42"}).status_code == 404
    assert client.post("/reports/2026-06/remind/").status_code == 404


def test_the_matrix_shows_twelve_months(desk, reviewer):
    page = text_of(reviewer.get("/reports/"))
    assert page.count('<th scope="col"') == 13
    assert "沈荡镇2026年5月：已通过" in page


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/reports/2025-13/", "应在 1 到 12 之间"),
        ("/reports/2025-00/330424101/", "应在 1 到 12 之间"),
        ("/reports/1999-01/", "应在 2000 到 2100 之间"),
        ("/reports/latest/", "不是月份"),
        ("/reports/2026-07/", "还没有到"),
        ("/reports/2026-07/330424101/", "还没有到"),
        ("/reports/2026-06/999999999/", "没有代码为“999999999”的填报单位"),
        ("/reports/2026-06/沈荡/", "没有“沈荡”这个页面"),
        (f"/reports/{'9' * 4000}/", "不是月份"),
    ],
)
def test_wrong_addresses_are_explained(desk, reviewer, url, words):
    answer = reviewer.get(url)
    assert answer.status_code == 404
    assert words in text_of(answer)


@pytest.mark.parametrize("text", ["2026年6月", "2026-6", "2026.06"])
def test_a_month_written_otherwise_leads_on(desk, reviewer, text):
    assert reviewer.get(f"/reports/{text}/")["Location"] == "/reports/2026-06/"


def test_months_without_data_lead_to_the_first_with_data(desk, reviewer):
    page = text_of(reviewer.get("/reports/2005-01/"))
    assert "这个月没有月报" in page
    assert 'href="/reports/2026-05/">查看2026年5月' in page
    assert 'href="/reports/2026-05/">查看2026年5月' in text_of(reviewer.get("/reports/?to=2005-01"))
    assert reviewer.get("/reports/?to=2005-13").status_code == 200


def test_after_the_last_report_the_way_leads_back_to_it_not_to_the_first(desk, enter, in_june):
    MonthlyReport.objects.filter(month=MAY).update(month=dt.date(2024, 2, 1))
    MonthlyReport.objects.filter(month=JUNE).update(month=dt.date(2024, 3, 1))
    file_report(desk.cast.township, dt.date(2023, 12, 1), {}, by=desk.clerk)
    file_report(desk.cast.township, dt.date(2026, 6, 1), {}, by=desk.clerk)
    for user, address in ((desk.reviewer, "/reports/2024-03/"), (desk.clerk, "/reports/2024-03/330424101/")):
        page = text_of(enter(user).get("/reports/?to=2025-04"))
        assert f'href="{address}">查看2024年3月' in page
    assert 'href="/reports/2024-03/">查看2024年3月' in text_of(enter(desk.reviewer).get("/reports/2025-04/"))


# --- Workbooks ------------------------------------------------------------------------------------------------------


def workbook(answer) -> openpyxl.Workbook:
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.getvalue()))


def test_a_units_workbook_has_chinese_headings_text_codes_and_empty_for_missing(desk, clerk):
    desk.save(nursing_beds="81", care_staff="0")
    sheet = workbook(clerk.get(desk.url("export/"))).active
    assert sheet["A1"].value == "沈荡镇2026年6月份月报（330424101）"
    headings = [cell.value for cell in sheet[2]]
    assert headings[:7] == ["分组", "指标代码", "指标名称", "计量单位", "性质", "上月", "本月"]
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=3) if row[1].value}
    assert (rows["nursing_beds"][5].value, rows["nursing_beds"][6].value) == (80, 81)
    assert rows["care_staff"][6].value == 0
    assert rows["institution_beds"][6].value is None
    assert rows["nursing_beds"][9].value == "顾云舟"
    event = AuditEvent.objects.get(action="export")
    assert (event.user, event.subject) == (desk.clerk, "沈荡镇2026年6月份月报")


def test_a_months_workbook_holds_all_units_by_metric(desk, reviewer):
    file_report(desk.cast.other_township, JUNE, {"nursing_beds": 5}, by=desk.cast.other_township_clerk)
    submit(desk)
    book = workbook(reviewer.get("/reports/2026-06/export/"))
    sheet = book["数据"]
    headings = [cell.value for cell in sheet[2]]
    own = headings.index("沈荡镇（待审核）")
    other = headings.index("百步镇（已通过）")
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=3) if row[1].value}
    assert (rows["nursing_beds"][own].value, rows["nursing_beds"][other].value) == (80, 5)
    assert rows["care_staff"][other].value is None
    states = {row[0].value: row for row in book["报送情况"].iter_rows(min_row=3) if row[0].value}
    assert states["330424101"][2].value == "待审核"
    assert states["330424101"][7].value == "顾云舟"


def test_a_townships_workbook_of_a_month_holds_itself_only(desk, clerk):
    file_report(desk.cast.other_township, JUNE, {"nursing_beds": 5}, by=desk.cast.other_township_clerk)
    book = workbook(clerk.get("/reports/2026-06/export/"))
    everything = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [value for value in everything if "百步" in value or "330424102" in value]


# --- Queries --------------------------------------------------------------------------------------------------------


@pytest.fixture
def many_metrics(desk):
    for number in range(120):
        make_metric(f"metric_{number}", group="V")
    figures = {f"metric_{number}": number for number in range(120)}
    file_report(desk.cast.township, MAY, figures, by=desk.clerk)
    open_month(JUNE)
    return figures


def test_the_report_page_needs_at_most_thirteen_queries(
    desk, clerk, reviewer, many_metrics, django_assert_max_num_queries
):
    file_report(desk.cast.township, JUNE, many_metrics, by=desk.clerk, status="draft")
    clerk.get(desk.url())
    with django_assert_max_num_queries(13):
        clerk.get(desk.url())
    reports.submit(report=desk.report, by=desk.clerk, allow_missing=True)
    reviewer.post(desk.url("return/"), {"comment-metric_1": "?", "comment-metric_2": "?"})
    reports.submit(report=desk.report, by=desk.clerk, allow_missing=True)
    with django_assert_max_num_queries(13):
        reviewer.get(desk.url())


@pytest.mark.parametrize("url", ["/reports/", "/reports/2026-06/"])
def test_overviews_cost_the_same_for_any_number_of_units(
    desk, enter, many_metrics, django_assert_num_queries, django_assert_max_num_queries, url
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.conftest import make_unit

    client = enter(desk.county_clerk)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(8):
        make_unit(f"33042420{number}", f"新镇{number}", "township", desk.cast.county)
    open_month(JUNE)
    with django_assert_num_queries(len(few)):
        client.get(url)
    assert len(few) <= 12
