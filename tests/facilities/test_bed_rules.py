"""What holds among the values of a bed or a stay, without a database."""

import datetime as dt

import pytest

from eldercare.identity import synthetic_id
from facilities.rules.beds import NumbersError, check_bed, check_stay, parse_numbers
from tests.facilities.factories import SINCE

DAY = dt.date(2025, 6, 1)
TODAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-3,7", ["1", "2", "3", "7"]),
        ("01-03", ["01", "02", "03"]),
        ("A09-A11、B1", ["A09", "A10", "A11", "B1"]),
        ("A1-3", ["A1", "A2", "A3"]),
        ("1~2；东1", ["1", "2", "东1"]),
        ("101 102", ["101", "102"]),
    ],
)
def test_numbers_are_read_as_clerks_write_them(text, expected):
    assert parse_numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "请填写"),
        ("5-1", "小于"),
        ("1-3,2", "重复"),
        ("1-9999", "500"),
        ("A1-B2", "字头"),
        ("x" * 31, "太长"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_with_a_reason(text, word):
    with pytest.raises(NumbersError, match=word):
        parse_numbers(text)


@pytest.mark.parametrize(
    ("row", "key", "is_error"),
    [
        ({"in_use_from": DAY, "in_use_to": SINCE}, "in_use_to", True),
        ({"in_use_from": TODAY + dt.timedelta(days=1)}, "in_use_from", False),
        ({"kind": "family", "nursing": True}, "nursing", False),
        ({"kind": "day_care", "dementia": True}, "dementia", False),
        ({"kind": "mutual_aid", "facility_kind": "private_home"}, "kind", False),
        ({"kind": "institutional", "facility_kind": "community_care_center"}, "kind", False),
        ({"kind": "day_care", "facility_kind": "mutual_aid_home"}, "kind", False),
    ],
)
def test_what_is_odd_about_a_bed(row, key, is_error):
    remarks = check_bed(row, today=TODAY)
    assert [(each.key, each.is_error) for each in remarks] == [(key, is_error)]


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"kind": "institutional", "facility_kind": "apartment", "nursing": True, "dementia": True},
        {"kind": "mutual_aid", "facility_kind": "mutual_aid_home"},
        {"kind": "day_care", "facility_kind": "community_care_center"},
        {"kind": "family", "facility_kind": "home_care_center"},
        {"in_use_from": SINCE, "in_use_to": SINCE},
    ],
)
def test_ordinary_beds_pass(row):
    assert check_bed(row, today=TODAY) == []


def test_a_stay_is_checked_for_dates_and_number():
    good = synthetic_id(dt.date(1940, 5, 6), 123)  # a number that ends in 000 would be one that lost digits
    wrong_check = good[:17] + ("0" if good[17] != "0" else "1")
    assert check_stay({"id_number": good, "moved_in_on": DAY}, today=TODAY) == []
    asked = check_stay({"id_number": wrong_check}, today=TODAY)
    assert [(each.key, each.is_error) for each in asked] == [("id_reason", False)]
    assert check_stay({"id_number": wrong_check, "id_reason": "已核对原件"}, today=TODAY) == []
    assert [each.is_error for each in check_stay({"id_number": "330424"}, today=TODAY)] == [True]
    assert check_stay({"moved_in_on": DAY, "moved_out_on": DAY}, today=TODAY)[0].key == "moved_out_on"
