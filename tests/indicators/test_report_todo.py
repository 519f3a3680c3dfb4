"""What the monthly report puts on each home page."""

import datetime as dt

import pytest

from eldercare import todo
from eldercare.todo import Urgency
from indicators.actions import reports
from indicators.actions.calendar import open_month
from indicators.models import MetricEntry
from tests.indicators.conftest import JUNE


def lines(user) -> list[tuple[str, Urgency]]:
    """Titles about reports, without what the shell itself adds."""
    return [(item.title, item.urgency) for item in todo.items_for(user) if "月报" in item.title]


@pytest.fixture
def opened(desk):
    open_month(JUNE)
    return desk


def test_a_clerk_is_told_of_the_report_that_is_due(opened):
    assert lines(opened.clerk) == [("填报2026年6月份月报", Urgency.DUE)]
    (item,) = [item for item in todo.items_for(opened.clerk) if "月报" in item.title]
    assert item.link == opened.url()
    assert "还有 5 天，截止 06-20，已填 0 项" in item.detail


def test_early_in_the_month_it_is_an_ordinary_line(opened, in_june):
    in_june.move_to(dt.datetime(2026, 6, 3, 2, 0, tzinfo=dt.UTC))
    assert lines(opened.clerk) == [("填报2026年6月份月报", Urgency.NORMAL)]


def test_after_the_deadline_it_is_late(opened, in_june):
    in_june.move_to(dt.datetime(2026, 6, 23, 2, 0, tzinfo=dt.UTC))
    assert lines(opened.clerk) == [("2026年6月份月报逾期未报", Urgency.OVERDUE)]
    assert ("2026年6月份月报还有 3 个单位没有报送", Urgency.OVERDUE) in lines(opened.county_clerk)


def test_dates_of_another_year_are_shown_with_their_year(opened, in_june):
    in_june.move_to(dt.datetime(2027, 1, 4, 2, 0, tzinfo=dt.UTC))
    (item,) = [item for item in todo.items_for(opened.clerk) if "月报" in item.title]
    assert "截止 2026-06-20，" in item.detail


def test_a_returned_report_comes_back_to_its_clerk_alone(opened):
    opened.save(**opened.good)
    reports.submit(report=opened.report, by=opened.clerk)
    assert lines(opened.clerk) == []
    reports.return_report(report=opened.report, by=opened.reviewer, comments={}, note="请核对")
    assert lines(opened.clerk) == [("2026年6月份月报被退回，请修改", Urgency.RETURNED)]
    assert lines(opened.cast.other_township_clerk) == [("填报2026年6月份月报", Urgency.DUE)]


def test_a_reviewer_is_told_of_each_report_that_waits(opened):
    opened.save(**opened.good)
    reports.submit(report=opened.report, by=opened.clerk)
    assert ("审核沈荡镇2026年6月份月报", Urgency.NORMAL) in lines(opened.reviewer)


def test_own_figures_wait_for_another_reviewer(opened):
    opened.save(**opened.good)
    MetricEntry.objects.filter(report=opened.report).update(entered_by=opened.reviewer)
    reports.submit(report=opened.report, by=opened.clerk)
    assert ("沈荡镇2026年6月份月报待他人审核", Urgency.INFO) in lines(opened.reviewer)


def test_an_approval_is_news_for_a_week(opened, in_june):
    opened.save(**opened.good)
    reports.submit(report=opened.report, by=opened.clerk)
    reports.approve(report=opened.report, by=opened.reviewer)
    assert lines(opened.clerk) == [("2026年6月份月报已审核通过", Urgency.INFO)]
    in_june.move_to(dt.datetime(2026, 6, 23, 2, 0, tzinfo=dt.UTC))
    assert lines(opened.clerk) == []


def test_a_leader_sees_how_the_month_stands(opened):
    assert lines(opened.cast.leader) == [("2026年6月份月报还有 3 个单位没有报送", Urgency.INFO)]


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_others_have_nothing_to_do_with_reports(opened, role):
    assert lines(getattr(opened.cast, role)) == []


def test_the_home_page_costs_few_queries(opened, enter, django_assert_max_num_queries):
    client = enter(opened.reviewer)
    client.get("/")
    with django_assert_max_num_queries(19):
        assert "海盐县" in client.get("/").content.decode()
