"""Rules of a facility, on rows as the form and an upload give them."""

import datetime as dt

import pytest

from eldercare.identity.organisations import credit_check_character
from facilities.models import Facility
from facilities.rules import facilities as rules
from facilities.rules.facilities import check_facility

SOUND = {
    "name": "沈荡镇敬老院",
    "kind": "destitute_home",
    "operation": "public",
    "sponsor": "township",
    "setting": "rural",
    "org_unit": "330424101",
    "village": "330424101201",
    "credit_code": "",
    "opened_on": dt.date(2015, 6, 1),
    "closed_on": None,
    "institutional_beds": 40,
    "rehab_room_count": 1,
    "rehab_room": True,
    "kitchen": True,
    "open_kitchen": True,
    "joint_clinic": True,
    "incorporated": False,
}


def credit_code(first_two: str) -> str:
    first17 = f"{first_two}330424MA28A1XY7"
    return first17 + credit_check_character(first17)


def found(**changes) -> list[tuple[str, bool]]:
    return [(each.key, each.is_error) for each in check_facility(SOUND | changes)]


def test_a_sound_facility_gives_no_remark():
    assert found() == []


def test_what_is_missing_is_not_checked():
    assert check_facility({}) == []
    assert check_facility({"kind": "welfare_home"}) == []
    assert check_facility({"open_kitchen": True}) == []


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"closed_on": dt.date(2015, 5, 31)}, ("closed_on", True)),
        ({"opened_on": dt.date(1915, 6, 1)}, ("opened_on", False)),
        ({"institutional_beds": 9}, ("kind", False)),
        ({"credit_code": credit_code("52")[:-1] + "!"}, ("credit_code", True)),
        ({"credit_code": credit_code("52")}, ("operation", False)),
        ({"credit_code": credit_code("91")}, ("operation", False)),
        (
            {"credit_code": credit_code("12"), "operation": "for_profit", "joint_clinic": False},
            ("operation", False),
        ),
        ({"incorporated": True}, ("credit_code", False)),
        ({"kind": "private_home"}, ("operation", False)),
        ({"sponsor": "social"}, ("sponsor", False)),
        ({"operation": "non_profit"}, ("joint_clinic", False)),
        ({"org_unit": "330424", "village": ""}, ("org_unit", True)),
        ({"village": "330424102201"}, ("village", True)),
        ({"kind": "community_care_center", "village": ""}, ("village", False)),
        ({"kind": "mutual_aid_home", "setting": "urban"}, ("setting", False)),
        ({"kind": "urban_comprehensive_center"}, ("setting", False)),
        ({"kitchen": False}, ("open_kitchen", False)),
        ({"rehab_room": False, "rehab_room_count": 2}, ("rehab_room", False)),
        ({"rehab_room_count": 0}, ("rehab_room_count", False)),
    ],
)
def test_one_thing_wrong_gives_one_remark_at_its_field(changes, remark):
    assert found(**changes) == [remark]


@pytest.mark.parametrize(
    "changes",
    [
        {"institutional_beds": 10},
        {"institutional_beds": 3, "kind": "home_care_center"},
        {"institutional_beds": None},
        {"closed_on": dt.date(2015, 6, 1)},
        {"credit_code": credit_code("12")},
        {"credit_code": credit_code("52"), "operation": "public_built_private_run"},
        {"credit_code": credit_code("91"), "operation": "public_owned_private_run"},
        {"credit_code": credit_code("N2")},
        {"org_unit": "330424", "village": "", "kind": "device_platform"},
        {"org_unit": "330424", "village": "", "kind": "health_care_union"},
        {"rehab_room": False},
    ],
)
def test_what_may_be_so_gives_no_remark(changes):
    assert found(**changes) == []


def test_an_opening_in_the_future_is_odd_only_when_today_is_given():
    row = {"opened_on": dt.date(2030, 1, 1)}
    assert check_facility(row) == []
    assert [each.key for each in check_facility(row, today=dt.date(2026, 1, 1))] == ["opened_on"]
    assert check_facility(row, today=dt.date(2030, 1, 1)) == []


def test_messages_are_sentences_without_the_credit_code():
    code = credit_code("91")
    (remark,) = check_facility(SOUND | {"credit_code": code})
    assert remark.message.endswith("。")
    assert code not in remark.message
    assert "公办公营" in remark.message


def test_the_rules_know_the_kinds_and_operations_of_the_model():
    kinds, operations = set(Facility.Kind.values), set(Facility.Operation.values)
    assert set(rules.INSTITUTIONS) == set(Facility.INSTITUTIONS)
    assert rules.SMALLEST_INSTITUTION == Facility.SMALLEST_INSTITUTION
    assert set(rules.PUBLIC) == set(Facility.PUBLIC_OPERATIONS)
    assert {*rules.OF_THE_COUNTY, *rules.RURAL_KINDS, *rules.URBAN_KINDS, *rules.OF_A_VILLAGE} <= kinds
    assert set(rules.OPERATIONS) | set().union(*rules.DISAGREEING.values()) <= operations
