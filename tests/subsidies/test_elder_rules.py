"""Rules of the register without a database: periods, contradictions, what a record may say."""

import datetime as dt

import pytest

from eldercare.identity import synthetic_id
from subsidies.rules.elders import (
    CONTRADICTIONS,
    age_by_month,
    check_elder,
    check_payee,
    contradictions,
    entered,
    first_overlap,
    left,
)

TODAY = dt.date(2026, 3, 15)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([("2020-01-01", None)], [("2021-01-01", None)], "2021-01-01"),
        ([("2020-01-01", "2021-01-01")], [("2021-01-01", None)], None),  # until is no longer held
        ([("2020-01-01", "2021-01-02")], [("2021-01-01", None)], "2021-01-01"),
        ([("2020-01-01", "2020-02-01"), ("2023-01-01", None)], [("2022-01-01", "2024-01-01")], "2023-01-01"),
        ([], [("2020-01-01", None)], None),
    ],
)
def test_the_first_day_on_which_both_hold(one, other, expected):
    def read(periods):
        return [(day(first), day(until) if until else None) for first, until in periods]

    wanted = day(expected) if expected else None
    assert first_overlap(read(one), read(other)) == wanted
    assert first_overlap(read(other), read(one)) == wanted


@pytest.mark.parametrize(("one", "other", "why"), CONTRADICTIONS)
def test_every_contradiction_is_seen_from_both_sides(one, other, why):
    held = {one: [(day("2020-01-01"), None)], other: [(day("2021-05-01"), None)]}
    assert (other, why, day("2021-05-01")) in contradictions(held, one)
    assert (one, why, day("2021-05-01")) in contradictions(held, other)


def test_entering_and_leaving():
    stay = [(day("2000-01-01"), None)]
    assert left(stay, day("2010-01-01")) == [(day("2000-01-01"), day("2010-01-01"))]
    gone = left(stay, day("2010-01-01"))
    assert entered(gone, day("2010-01-01")) == [*gone, (day("2010-01-01"), None)]
    with pytest.raises(ValueError, match="已登记迁出"):
        left(gone, day("2010-01-01"))
    with pytest.raises(ValueError, match="以前不在本县"):
        left(gone, day("2012-01-01"))
    with pytest.raises(ValueError, match="已登记在本县"):
        entered(gone, day("2009-12-31"))
    with pytest.raises(ValueError, match="已有一次迁入"):
        entered([(day("2015-01-01"), None)], day("2014-12-31"))


def test_a_birthday_counts_from_its_month():
    assert age_by_month(day("1946-03-31"), TODAY) == 80
    assert age_by_month(day("1946-04-01"), TODAY) == 79


def remarks(**row) -> dict[str, tuple[str, bool]]:
    found = check_elder({"id_kind": "resident"} | row, today=TODAY)
    return {each.key: (each.message, each.is_error) for each in found}


def test_a_good_record_says_nothing():
    born = day("1941-03-02")
    assert remarks(id_number=synthetic_id(born, 211), born_on=born, sex="male") == {}


@pytest.mark.parametrize(
    ("row", "key", "is_error"),
    [
        ({"id_kind": "foreign", "id_number": "护照"}, "id_number", True),
        ({"id_kind": "none", "id_number": "X"}, "id_number", True),
        ({"id_kind": "none", "born_on": day("2026-03-16")}, "born_on", True),
        ({"id_kind": "none", "born_on": day("1966-04-01")}, "born_on", False),
        ({"id_kind": "none", "born_on": day("1906-03-31")}, "born_on", False),
        ({"id_kind": "none", "phone": "无"}, "phone", True),
        ({"id_kind": "none", "registered_since": day("2026-03-16")}, "registered_since", True),
    ],
)
def test_what_is_wrong_or_worth_a_look(row, key, is_error):
    assert remarks(**row)[key][1] is is_error


def test_a_payee_who_is_somebody_else_is_asked_for_a_number():
    found = check_payee({"relation": "儿子", "account": "6228480402564890018"}, today=TODAY)
    assert [(each.key, each.is_error) for each in found] == [("id_number", False)]
