"""Goals in force and the path towards them."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from indicators.rules.targets import Goal, Recurrence, Start, expectation, path_value

FINAL = Goal(Decimal(60), ">=", dt.date(2025, 12, 31))
INTERIM = Goal(Decimal(20), ">=", dt.date(2022, 12, 31))
START = Start(dt.date(2020, 12, 1), Decimal(0))

YEARLY = Recurrence(every=1)


def at(year, month, goals=(FINAL,), **options):
    return expectation(dt.date(year, month, 1), list(goals), start=START, **options)


def test_path_runs_in_equal_monthly_steps():
    half_way = at(2023, 6)
    assert half_way.progress == Fraction(1, 2)
    assert path_value(Decimal(0), half_way.progress, Decimal(60)) == 30


def test_goal_is_due_in_its_own_month_and_stays_afterwards():
    assert not at(2025, 11).is_past_due
    assert at(2025, 12).is_past_due
    assert at(2027, 1).goal == FINAL
    assert at(2027, 1).is_past_due


def test_interim_goal_holds_until_its_due_date_and_then_starts_the_next_stretch():
    assert at(2022, 6, (FINAL, INTERIM)).goal == INTERIM
    later = at(2024, 6, (FINAL, INTERIM))
    assert later.goal == FINAL
    assert later.start == Start(dt.date(2022, 12, 1), Decimal(20))
    assert later.progress == Fraction(18, 36)


def test_yearly_goal_is_due_each_december_and_has_no_path():
    mid_year = at(2023, 6, recurrence=YEARLY)
    assert mid_year.goal.due_on == dt.date(2023, 12, 31)
    assert not mid_year.is_past_due
    assert mid_year.progress is None
    assert at(2023, 12, recurrence=YEARLY).is_past_due


def test_no_goal_no_expectation():
    assert expectation(dt.date(2023, 6, 1), [], start=START).goal is None


def test_no_path_without_a_base_or_a_target():
    assert path_value(None, Fraction(1, 2), Decimal(60)) is None
    assert path_value(Decimal(0), Fraction(1, 2), None) is None
    assert at(2023, 6, (Goal(None, ">=", dt.date(2025, 12, 31)),)).progress is None


def test_half_yearly_total_is_half_due_by_june():
    twice = Recurrence(every=2, is_cumulative=True)
    goal = Goal(Decimal(2), ">=", dt.date(2022, 12, 31))
    spring, june, autumn = (at(2021, month, (goal,), recurrence=twice) for month in (3, 6, 9))
    assert (spring.goal.value, spring.goal.due_on, spring.is_past_due) == (1, dt.date(2021, 6, 30), False)
    assert june.is_past_due
    assert (autumn.goal.value, autumn.goal.due_on) == (2, dt.date(2021, 12, 31))


def test_monthly_goal_is_due_in_every_month():
    found = at(2021, 3, recurrence=Recurrence(every=12))
    assert (found.goal.value, found.goal.due_on, found.is_past_due) == (60, dt.date(2021, 3, 31), True)


def test_yearly_goal_holds_in_its_years_only():
    bounded = Recurrence(every=1, from_year=2021, to_year=2025)
    assert at(2020, 12, recurrence=bounded).goal is None
    assert at(2021, 1, recurrence=bounded).goal.due_on == dt.date(2021, 12, 31)
    assert at(2026, 6, recurrence=bounded).goal is None
