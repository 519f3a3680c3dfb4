"""Periods of visits and who is due: the definition of the rates, by examples."""

import datetime as dt
from itertools import pairwise

import pytest

from subsidies.rules.visits import (
    HALF_MONTH,
    MONTH,
    QUARTER,
    WEEK,
    AssessedLevel,
    Period,
    Person,
    Rule,
    frequency_for,
    is_due,
    period_on,
    periods_before,
    periods_counted,
    periods_of_month,
)

START = dt.date(2020, 1, 1)
ABSENT = ("in_hospital", "away", "in_care_home")


class Since:
    """Held from a day on, until before another."""

    def __init__(self, first: dt.date = START, until: dt.date | None = None) -> None:
        self.first, self.until = first, until

    def on(self, day: dt.date) -> bool:
        return self.first <= day and (self.until is None or day < self.until)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def person(*kinds: str, **fields) -> Person:
    tags = {kind: Since() for kind in kinds} | fields.pop("tags", {})
    defaults = {"born_on": day("1950-05-20"), "died_on": None, "resident": Since()}
    return Person(tags=tags, **(defaults | fields))


RULES = (
    Rule("living_alone", "visit", WEEK, START),
    Rule("disabled", "visit", MONTH, START),
    Rule("assessed_disabled", "visit", MONTH, START),
    Rule("aged_80", "visit", QUARTER, START),
    Rule("destitute_scattered", "cleaning", WEEK, START, day("2026-06-30")),
)


def due_every(who: Person, on: str, service: str = "visit") -> str | None:
    return frequency_for(RULES, service, who, day(on), absent=ABSENT)


@pytest.mark.parametrize(
    ("frequency", "on", "first", "last"),
    [
        (WEEK, "2026-11-22", "2026-11-16", "2026-11-22"),  # a Sunday closes its week
        (WEEK, "2026-11-23", "2026-11-23", "2026-11-29"),
        (HALF_MONTH, "2026-02-15", "2026-02-01", "2026-02-15"),
        (HALF_MONTH, "2026-02-16", "2026-02-16", "2026-02-28"),
        (MONTH, "2028-02-10", "2028-02-01", "2028-02-29"),
        (QUARTER, "2026-05-31", "2026-04-01", "2026-06-30"),
        (QUARTER, "2026-12-31", "2026-10-01", "2026-12-31"),
    ],
)
def test_a_day_lies_in_one_period_of_each_length(frequency, on, first, last):
    assert period_on(frequency, day(on)) == Period(frequency, day(first), day(last))


def test_a_week_that_crosses_two_months_belongs_to_the_month_of_its_sunday():
    """November 2026 begins on a Sunday and ends on a Monday."""
    november = periods_of_month(day("2026-11-01"))
    weeks = [each for each in november if each.frequency == WEEK]
    assert [f"{each.first:%m-%d} {each.last:%m-%d}" for each in weeks] == [
        "10-26 11-01",
        "11-02 11-08",
        "11-09 11-15",
        "11-16 11-22",
        "11-23 11-29",
    ]
    december = [each for each in periods_of_month(day("2026-12-31")) if each.frequency == WEEK]
    assert december[0].first == day("2026-11-30")


def test_a_quarter_counts_in_its_last_month_only():
    of_month = {
        month: [each for each in periods_of_month(dt.date(2026, month, 1)) if each.frequency == QUARTER]
        for month in range(1, 13)
    }
    assert [month for month, found in of_month.items() if found] == [3, 6, 9, 12]


def test_every_week_of_ten_years_belongs_to_exactly_one_month():
    months = [dt.date(year, month, 1) for year in range(2020, 2030) for month in range(1, 13)]
    weeks = [each for month in months for each in periods_of_month(month) if each.frequency == WEEK]
    assert all((after.first - before.last).days == 1 for before, after in pairwise(weeks))


def test_the_period_before_is_the_one_that_is_over():
    assert [(each.frequency, each.last.isoformat()) for each in periods_before(day("2026-11-22"))] == [
        (WEEK, "2026-11-15"),
        (HALF_MONTH, "2026-11-15"),
        (MONTH, "2026-10-31"),
        (QUARTER, "2026-09-30"),
    ]


def test_of_several_reasons_the_most_frequent_counts():
    assert due_every(person("disabled", "living_alone"), "2026-11-01") == WEEK
    assert due_every(person("disabled"), "2026-11-01") == MONTH
    assert due_every(person(), "2026-11-01") is None


def test_a_rule_fits_by_age_from_the_month_of_the_birthday():
    eighty_in_may = person(born_on=day("1946-05-31"))
    assert due_every(eighty_in_may, "2026-04-30") is None
    assert due_every(eighty_in_may, "2026-05-01") == QUARTER


@pytest.mark.parametrize(
    ("results", "wanted"),
    [
        ([("2026-01-05", None, 1)], MONTH),
        ([("2026-01-05", None, 0)], None),
        ([("2026-01-05", None, 3), ("2026-02-05", None, 0)], None),  # the last one counts
        ([("2026-01-05", None, 3), ("2026-02-05", "2026-10-31", 0)], MONTH),  # which has expired
        ([("2026-01-05", "2026-10-31", 3)], None),
        ([("2026-01-05", None, 2), ("2026-02-05", None, None)], MONTH),  # not yet confirmed
    ],
)
def test_a_rule_fits_by_the_last_valid_assessment(results, wanted):
    levels = [AssessedLevel(day(on), day(until) if until else None, level) for on, until, level in results]
    assert due_every(person(assessments=levels), "2026-11-01") == wanted


@pytest.mark.parametrize(
    ("fields", "is_in"),
    [
        ({"died_on": "2026-11-08"}, False),
        ({"died_on": "2026-11-09"}, True),
        ({"resident": Since(until=day("2026-11-08"))}, False),
        ({"resident": Since(day("2026-11-08"))}, True),
        ({"tags": {"in_hospital": Since(day("2026-11-08"))}}, False),
        ({"tags": {"in_hospital": Since(until=day("2026-11-08"))}}, True),
        ({"tags": {"away": Since(day("2026-11-09"))}}, True),
        ({"is_merged": True}, False),
    ],
)
def test_the_last_day_of_the_period_decides_who_is_in_it(fields, is_in):
    if "died_on" in fields:
        fields = fields | {"died_on": day(fields["died_on"])}
    week = Period(WEEK, day("2026-11-02"), day("2026-11-08"))
    assert is_due(RULES, "visit", person("living_alone", **fields), week, absent=ABSENT) is is_in


def test_a_rule_is_in_force_up_to_and_on_its_last_day():
    who = person("destitute_scattered")
    assert due_every(who, "2026-06-30", "cleaning") == WEEK
    assert due_every(who, "2026-07-01", "cleaning") is None
    assert due_every(who, "2026-06-30") is None  # no visits, only cleaning


def test_a_week_counts_on_the_day_after_its_last_and_a_month_from_its_first():
    november = [each for each in periods_of_month(day("2026-11-01")) if each.frequency in (WEEK, MONTH)]
    lasts = {
        today: [each.last.day for each in periods_counted(november, day(today))]
        for today in ("2026-11-01", "2026-11-02", "2026-11-22", "2026-11-23", "2026-12-01")
    }
    assert lasts == {
        "2026-11-01": [30],
        "2026-11-02": [1, 30],
        "2026-11-22": [1, 8, 15, 30],
        "2026-11-23": [1, 8, 15, 22, 30],
        "2026-12-01": [1, 8, 15, 22, 29, 30],
    }
