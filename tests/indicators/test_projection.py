"""The straight line through the last months, and what it says about the target."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.rules.months import add_months
from indicators.rules.projection import HORIZON, Outcome, fit, project

JANUARY = dt.date(2024, 1, 1)
DUE = dt.date(2025, 12, 31)


def series(*values, start=JANUARY):
    return [(add_months(start, step), Decimal(str(value))) for step, value in enumerate(values)]


def projected(points, target="60", comparator=">=", due=DUE, **options):
    return project(points, target=Decimal(target), comparator=comparator, due_on=due, **options)


def test_line_through_points_on_a_line_is_that_line():
    line = fit(series(10, 12, 14, 16))
    assert (line.level, line.slope) == (10, 2)
    assert line.at(dt.date(2025, 1, 1)) == 34


@given(
    st.lists(st.decimals(-1000, 1000, places=2), min_size=2, max_size=20),
)
def test_least_squares_leaves_residuals_that_sum_to_zero(values):
    points = series(*values)
    line = fit(points)
    residuals = [Decimal(str(value)) - Decimal(float(line.at(month))) for month, value in points]
    assert abs(sum(residuals)) < Decimal("0.001")


def test_target_ahead_is_reached_on_time():
    found = projected(series(50, 51, 52, 53, 54, 55))
    assert found.outcome is Outcome.ON_TIME
    assert found.reached_in == dt.date(2024, 11, 1)  # 50 + 10 months
    assert found.at_due == 73
    assert found.pace == 1


def test_slow_pace_is_late_and_says_when():
    found = projected(series(50, "50.1", "50.2", "50.3", "50.4", "50.5"))
    assert found.outcome is Outcome.LATE
    assert found.reached_in == add_months(JANUARY, 100)


def test_due_date_that_is_past_has_no_value_at_due():
    found = projected(series(50, 51, 52, 53, 54, 55), due=dt.date(2023, 12, 31))
    assert found.at_due is None
    assert found.outcome is Outcome.LATE
    assert found.reached_in == dt.date(2024, 11, 1)


@pytest.mark.parametrize("values", [(55, 54, 53, 52, 51, 50), (50, 50, 50, 50, 50, 50)])
def test_level_or_falling_line_never_reaches(values):
    assert projected(series(*values)).outcome is Outcome.NEVER


def test_line_beyond_the_horizon_never_reaches():
    step = Decimal(10) / (HORIZON + 50)
    values = [Decimal(50) + step * index for index in range(6)]
    assert projected(series(*values)).outcome is Outcome.NEVER


def test_share_of_a_whole_stops_at_the_whole():
    found = projected(series(90, 92, 94, 96, 98, 99), target="100", ceiling=Decimal(100))
    assert found.at_due == 100
    strict = projected(series(90, 92, 94, 96, 98, 99), target="100", comparator=">", ceiling=Decimal(100))
    assert strict.outcome is Outcome.NEVER


def test_target_already_met_says_so_whatever_the_trend():
    assert projected(series(70, 69, 68, 67, 66, 65)).outcome is Outcome.REACHED


def test_upper_limit_is_reached_from_above():
    found = projected(series(80, 78, 76, 74, 72, 70), comparator="<=")
    assert found.outcome is Outcome.ON_TIME
    assert found.reached_in == add_months(JANUARY, 10)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_points_give_no_projection(count):
    assert projected(series(*range(count))) is None


def test_only_the_last_twelve_months_count():
    flat_then_rising = series(*[50] * 12, *range(50, 62))
    assert projected(flat_then_rising, target="100").pace == 1
    assert projected(flat_then_rising, target="100").points == 12
