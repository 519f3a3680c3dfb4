"""What the calendar does: months open, deadlines pass, approved reports are locked."""

import datetime as dt

import pytest

from eldercare.models import OrgUnit
from indicators.actions import calendar, reports
from indicators.models import MonthlyReport, RollupRequest
from indicators.tasks import mark_late_and_lock, open_month
from tests.conftest import make_unit
from tests.indicators.conftest import JUNE

Status = MonthlyReport.Status


def test_opening_a_month_makes_a_report_for_the_county_and_each_township(desk):
    assert calendar.open_month(JUNE) == 2
    reports_of_june = MonthlyReport.objects.for_month(JUNE)
    assert {report.org_unit.name for report in reports_of_june} == {"海盐县", "沈荡镇", "百步镇"}
    assert {report.due_on for report in reports_of_june} == {dt.date(2026, 6, 20)}


def test_opening_twice_keeps_what_is_there(desk):
    desk.save(nursing_beds="80")
    calendar.open_month(JUNE)
    assert calendar.open_month(JUNE) == 0
    assert desk.figure("nursing_beds") == 80


def test_the_task_opens_the_month_that_it_is_in_shanghai(desk, in_june):
    in_june.move_to(dt.datetime(2026, 6, 30, 16, 5, tzinfo=dt.UTC))  # 00:05 on 1 July in Shanghai
    open_month()
    assert MonthlyReport.objects.filter(month=dt.date(2026, 7, 1)).count() == 3


def test_units_that_ended_or_have_not_begun_owe_nothing(desk):
    OrgUnit.objects.filter(pk=desk.cast.other_township.pk).update(valid_to=dt.date(2026, 6, 1))
    new = make_unit("330424900", "新区管委会", OrgUnit.Level.REPORTING, desk.cast.county)
    OrgUnit.objects.filter(pk=new.pk).update(valid_from=dt.date(2026, 6, 15))
    assert {unit.name for unit in calendar.reporting_units(JUNE)} == {"海盐县", "沈荡镇", "新区管委会"}
    assert {unit.name for unit in calendar.reporting_units(dt.date(2026, 5, 1))} == {
        "海盐县",
        "沈荡镇",
        "百步镇",
    }


def test_a_county_without_a_plan_owes_nothing(desk):
    assert desk.cast.neighbour not in calendar.reporting_units(JUNE)


def test_the_deadline_follows_the_plan(desk):
    desk.plan.report_day, desk.plan.weekend_rule = 20, "next_workday"
    desk.plan.save()
    assert calendar.report_due_on(JUNE, desk.cast.township) == dt.date(2026, 6, 22)


@pytest.mark.parametrize(("today", "marked"), [(dt.date(2026, 6, 20), 0), (dt.date(2026, 6, 21), 1)])
def test_the_day_after_the_deadline_marks_what_is_missing(desk, today, marked):
    assert calendar.mark_late(today) == marked
    assert MonthlyReport.objects.get(pk=desk.report.pk).is_late is bool(marked)


def test_what_was_handed_in_before_is_not_marked_late(desk):
    desk.save(**desk.good)
    reports.submit(report=desk.report, by=desk.clerk)
    reports.return_report(report=desk.report, by=desk.reviewer, comments={}, note="请核对")
    assert calendar.mark_late(dt.date(2026, 6, 25)) == 0


def test_an_approved_report_is_locked_after_the_days_of_grace(desk, in_june):
    desk.save(**desk.good)
    reports.submit(report=desk.report, by=desk.clerk)
    reports.approve(report=desk.report, by=desk.reviewer)
    assert calendar.lock_approved() == 0
    in_june.move_to(dt.datetime(2026, 6, 20, 2, 1, tzinfo=dt.UTC))
    assert mark_late_and_lock() == 1
    assert desk.status() == Status.LOCKED
    last = desk.report.steps.last()
    assert (last.to_status, last.by, last.note) == (Status.LOCKED, None, "期满自动锁定")
    assert calendar.lock_approved() == 0


def test_a_month_that_opens_asks_for_its_roll_up(desk):
    calendar.open_month(JUNE)
    assert RollupRequest.objects.filter(month=JUNE).exists()
