"""States of tasks, what is owed, the order of units: worked out by hand."""

import datetime as dt

import pytest

from indicators.rules.tasks import (
    Record,
    UnitWord,
    is_owed,
    overall_percent,
    path_percent,
    standings,
    worked_out_state,
)

BEGIN, DUE = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
MIDDLE = dt.date(2025, 7, 2)  # 182 of 364 days: half the way


def state(*words: UnitWord, today: dt.date = MIDDLE) -> str:
    return worked_out_state(words, begins_on=BEGIN, due_on=DUE, today=today)


def test_the_straight_way_from_start_to_deadline():
    assert path_percent(BEGIN, DUE, BEGIN) == 0
    assert path_percent(BEGIN, DUE, MIDDLE) == 50
    assert path_percent(BEGIN, DUE, DUE) == 100
    assert path_percent(BEGIN, DUE, dt.date(2024, 5, 1)) == 0


def test_units_without_a_word_count_as_nothing_done():
    assert overall_percent([UnitWord(100, "done"), UnitWord()]) == 50
    assert (
        overall_percent([UnitWord(100, "done"), UnitWord(99, "on_course"), UnitWord(99, "on_course")]) == 99
    )
    assert overall_percent([UnitWord(), UnitWord()]) is None


@pytest.mark.parametrize(
    ("words", "today", "expected"),
    [
        ([UnitWord(100, "done"), UnitWord(100, "done")], MIDDLE, "done"),
        ([UnitWord(100, "done"), UnitWord(100, "done")], dt.date(2026, 3, 1), "done"),
        ([UnitWord(100, "done"), UnitWord(90, "on_course")], MIDDLE, "on_course"),
        ([UnitWord(50, "on_course")], MIDDLE, "on_course"),
        ([UnitWord(49, "on_course")], MIDDLE, "behind"),
        ([UnitWord(80, "behind")], MIDDLE, "behind"),  # the unit says so itself
        ([UnitWord(99, "on_course")], DUE, "behind"),
        ([UnitWord(99, "on_course")], dt.date(2026, 1, 1), "behind"),
        ([UnitWord()], MIDDLE, "not_started"),
        ([UnitWord(0, "not_started")], MIDDLE, "not_started"),
        ([UnitWord()], dt.date(2026, 1, 1), "behind"),
        ([], MIDDLE, "not_started"),
    ],
)
def test_state_of_a_task(words, today, expected):
    assert state(*words, today=today) == expected


def test_a_task_is_owed_from_its_first_month_to_the_one_in_which_it_was_finished():
    begins, settled = dt.date(2025, 3, 15), dt.date(2025, 5, 1)
    owed = [is_owed(dt.date(2025, month, 1), begins_on=begins, settled_on=settled) for month in range(1, 8)]
    assert owed == [False, False, True, True, True, False, False]
    assert is_owed(dt.date(2030, 1, 1), begins_on=begins, settled_on=None)


def test_standings_with_ties_and_without_those_that_owe_nothing():
    records = [
        Record("a", owed=4, on_time=4, late=0, percent=60),
        Record("b", owed=2, on_time=1, late=1, percent=90),
        Record("c", owed=8, on_time=8, late=0, percent=60),
        Record("d", owed=0, on_time=0, late=0, percent=None),
        Record("e", owed=2, on_time=1, late=0, percent=95),
        Record("f", owed=3, on_time=0, late=0, percent=None),
    ]
    found = [(rank.record.unit, rank.place, rank.is_tied) for rank in standings(records)]
    # a and c are equal in everything; b reported all, though late, and so is before e.
    assert found == [("a", 1, True), ("c", 1, True), ("b", 3, False), ("e", 4, False), ("f", 5, False)]
