"""Which months a term reads."""

import datetime as dt

from eldercare.expressions import Term
from indicators.rules.windows import Window, anchors_for, windows_of

PLAN_START = dt.date(2021, 1, 1)


def month(year, number):
    return dt.date(year, number, 1)


def windows(function, *, is_flow, at, period=""):
    anchors = anchors_for(at, plan_start=PLAN_START, period=period)
    return windows_of(Term(function, "x"), is_flow=is_flow, anchors=anchors)


def test_bare_metric_is_read_in_the_month_itself():
    at = month(2023, 6)
    assert windows(None, is_flow=False, at=at) == [Window(at, at, 1, at)]
    assert windows(None, is_flow=True, at=at) == [Window(at, at, 1, at)]


def test_bare_flow_over_a_range_of_years_is_summed_and_stays_when_the_range_is_past():
    end = month(2020, 12)
    assert windows(None, is_flow=True, at=month(2023, 6), period="2016-2020") == [
        Window(month(2016, 1), end, 1, end)
    ]


def test_sum_since_plan_start_does_not_exist_before_the_plan():
    assert windows("sum_since_plan_start", is_flow=True, at=month(2020, 12)) is None


def test_sum_since_plan_start_needs_only_the_current_month_reported():
    at = month(2022, 3)
    assert windows("sum_since_plan_start", is_flow=True, at=at) == [Window(PLAN_START, at, 1, at)]


def test_change_of_a_stock_compares_with_the_month_before_the_anchor():
    at, base = month(2022, 3), month(2021, 12)
    assert windows("change_since_year_start", is_flow=False, at=at) == [
        Window(at, at, 1, at),
        Window(base, base, -1, base),
    ]


def test_change_of_a_flow_compares_with_the_equally_long_span_before():
    at = month(2022, 3)
    assert windows("change_since_year_start", is_flow=True, at=at) == [
        Window(month(2022, 1), at, 1, at),
        Window(month(2021, 10), month(2021, 12), -1, month(2021, 10)),
    ]
    assert windows("change_since_year_start", is_flow=True, at=at)[1].needed_months == 3


def test_period_start_is_the_first_year_of_the_range():
    end = month(2020, 12)
    found = windows("change_since_period_start", is_flow=False, at=month(2024, 1), period="2016-2020")
    assert found == [Window(end, end, 1, end), Window(month(2015, 12), month(2015, 12), -1, month(2015, 12))]
