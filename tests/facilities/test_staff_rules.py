"""What the rules say of a person with a post: errors that refuse, warnings that ask for a second look."""

import datetime as dt

import pytest

from eldercare.identity import synthetic_id
from facilities.rules.staff import attendance_limit, check_post, map_level

TODAY = dt.date(2025, 6, 30)
NUMBER = synthetic_id(dt.date(1980, 3, 15), 11)  # odd sequence: a man
GOOD = {
    "id_number": NUMBER,
    "sex": "male",
    "born_on": dt.date(1980, 3, 15),
    "role": "caregiver",
    "employed_from": dt.date(2020, 1, 1),
    "certificate": "skill_level",
    "level": 4,
    "issued_on": dt.date(2019, 5, 1),
    "expires_on": dt.date(2027, 5, 1),
}


def found(**changes) -> list[tuple[str, bool]]:
    return [(each.key, each.is_error) for each in check_post(GOOD | changes, today=TODAY)]


def test_a_good_row_is_good():
    assert found() == []
    assert check_post({}, today=TODAY) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"employed_to": dt.date(2019, 12, 31)}, [("employed_to", True)]),
        ({"employed_to": dt.date(2020, 1, 1)}, []),  # came and left on one day
        ({"employed_to": dt.date(2025, 7, 1)}, [("employed_to", False)]),
        ({"employed_from": dt.date(2025, 7, 1)}, [("employed_from", False)]),
        ({"employed_from": dt.date(2025, 6, 30)}, []),
        ({"employed_from": dt.date(1996, 3, 14)}, [("employed_from", True)]),  # 15 years old
        ({"employed_from": dt.date(1996, 3, 15)}, []),  # 16 on that day
        ({"expires_on": dt.date(2019, 4, 30)}, [("expires_on", True)]),
        ({"expires_on": dt.date(2019, 5, 1)}, []),
        ({"level": None}, [("level", False)]),
        ({"certificate": "social_work"}, [("level", True)]),
        ({"certificate": "social_work", "level": None}, []),
        ({"certificate": "qualification", "level": None}, []),
        ({"certificate": ""}, [("certificate", True)]),
        ({"issued_on": None, "expires_on": None}, [("issued_on", True)]),
        ({"issued_on": dt.date(2025, 7, 1)}, [("issued_on", False)]),
        ({"issued_on": dt.date(1979, 1, 1)}, [("issued_on", True)]),
        ({"sex": "female"}, [("sex", False)]),
        ({"born_on": dt.date(1980, 3, 16)}, [("born_on", False)]),
        ({"sex": "", "born_on": None}, []),
        ({"facility_opened_on": dt.date(2021, 1, 1)}, [("employed_from", False)]),
        ({"facility_closed_on": dt.date(2020, 1, 1)}, [("employed_from", True)]),
        ({"facility_closed_on": dt.date(2020, 1, 2)}, []),
        ({"phone": "13957300000"}, []),
        ({"phone": "12"}, [("phone", False)]),
        ({"phone": "1395****000"}, [("phone", True)]),
    ],
)
def test_each_rule(changes, expected):
    assert found(**changes) == expected


def test_who_is_over_75_is_a_warning():
    old = {"id_number": None, "sex": "", "born_on": dt.date(1944, 1, 1), "issued_on": dt.date(2019, 5, 1)}
    assert found(**old, employed_from=dt.date(2020, 1, 1)) == [("employed_from", False)]  # 76
    assert found(**old, employed_from=dt.date(2019, 12, 31)) == []  # 75


def test_a_wrong_check_character_wants_a_reason_and_is_settled_by_it():
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    assert found(id_number=wrong) == [("id_reason", False)]
    assert found(id_number=wrong, id_reason="  ") == [("id_reason", False)]
    assert found(id_number=wrong, id_reason="户口簿、身份证原件一致") == []


@pytest.mark.parametrize("number", ["3304", "E12345678", "无", "330424********1234", "330424198013151234"])
def test_what_is_no_identity_number_is_refused(number):
    assert ("id_number", True) in found(id_number=number)


def test_no_message_repeats_the_number():
    for number in (NUMBER[:-1] + "Q", NUMBER[:-2] + "00", "330424198013151234"):
        for each in check_post(GOOD | {"id_number": number}, today=TODAY):
            assert number not in each.message
            assert number[:12] not in each.message


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("初级", 5), ("初级工", 5), ("五级", 5), ("五级/初级工", 5), ("五级（初级工）", 5), ("初级养老护理员", 5),
        ("中级", 4), ("中级工", 4), ("四级", 4), ("高级", 3), ("高级工", 3), ("三级/高级工", 3), ("养老护理员三级", 3),
        ("技师", 2), ("二级", 2), ("二级技师", 2), ("高级技师", 1), ("一级", 1), ("一级/高级技师", 1), ("一级（高级技师）", 1),
        ("５级", 5), ("Ⅲ级", 3), ("3", 3), (" 三 级 ", 3), (4, 4),
        ("", None), (None, None), ("无", None), ("六级", None), ("6", None), (0, None), (True, None),
        ("三级和四级", None), ("高级/技师", None), ("高级社工", None),
    ],
)  # fmt: skip
def test_names_of_levels_old_and_new(text, level):
    assert map_level(text) == level


def test_every_label_of_the_model_maps_to_its_level():
    from facilities.models import Certificate

    assert {map_level(label): value for value, label in Certificate.Level.choices} == {
        value: value for value in Certificate.Level.values
    }


@pytest.mark.parametrize(
    ("begins", "ends", "days"),
    [
        ("2020-01-01", None, 29),
        ("2024-02-20", None, 10),
        ("2020-01-01", "2024-02-11", 10),
        ("2024-02-05", "2024-02-06", 1),
        ("2020-01-01", "2024-02-01", 0),
        ("2024-03-01", None, 0),
    ],
)
def test_nobody_is_present_on_more_days_than_employed(begins, ends, days):
    end = dt.date.fromisoformat(ends) if ends else None
    assert attendance_limit(dt.date(2024, 2, 1), dt.date.fromisoformat(begins), end) == days
