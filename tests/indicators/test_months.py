"""Months and deadlines."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.rules.months import (
    MonthError,
    add_months,
    due_date,
    month_distance,
    month_end,
    months_between,
    parse_month,
)

MONTHS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)).map(lambda day: day.replace(day=1))


@pytest.mark.parametrize(
    "text", ["2025-06", "2025-6", "2025/06", "2025.6", "2025年6月", "２０２５-０６", " 2025-06 "]
)
def test_months_are_read_as_people_write_them(text):
    assert parse_month(text) == dt.date(2025, 6, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025-13", "应在 1 到 12 之间"),
        ("2025-00", "应在 1 到 12 之间"),
        ("1999-12", "应在 2000 到 2100 之间"),
        ("2025", "不是月份"),
        ("六月", "不是月份"),
        ("", "不是月份"),
        ("2025-06-01", "不是月份"),
        ("9" * 10_000, "不是月份"),
    ],
)
def test_what_is_no_month_is_refused_in_words(text, words):
    with pytest.raises(MonthError, match=words) as refusal:
        parse_month(text)
    assert len(str(refusal.value)) < 80


@given(MONTHS, st.integers(-600, 600))
def test_adding_months_goes_there_and_back(month, count):
    there = add_months(month, count)
    assert there.day == 1
    assert add_months(there, -count) == month
    assert month_distance(month, there) == count


def test_months_between_holds_both_ends_and_crosses_the_year():
    months = list(months_between(dt.date(2024, 11, 1), dt.date(2025, 2, 1)))
    assert [f"{month:%Y-%m}" for month in months] == ["2024-11", "2024-12", "2025-01", "2025-02"]


def test_month_end_knows_leap_years():
    assert month_end(dt.date(2024, 2, 1)) == dt.date(2024, 2, 29)
    assert month_end(dt.date(2025, 2, 1)) == dt.date(2025, 2, 28)


def test_the_deadline_is_the_twentieth_of_the_month_itself():
    assert due_date(dt.date(2026, 6, 1), day=20, moves_from_weekend=False) == dt.date(2026, 6, 20)


def test_a_saturday_moves_to_monday_only_where_the_plan_says_so():
    assert dt.date(2026, 6, 20).weekday() == 5
    assert due_date(dt.date(2026, 6, 1), day=20, moves_from_weekend=True) == dt.date(2026, 6, 22)


def test_a_deadline_beyond_the_months_end_is_its_last_day():
    assert due_date(dt.date(2025, 2, 1), day=31, moves_from_weekend=False) == dt.date(2025, 2, 28)
