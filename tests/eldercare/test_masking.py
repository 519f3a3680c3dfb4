"""Cards, telephones, masks and the key of a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eldercare.identity import (
    check_card,
    check_phone,
    luhn_holds,
    mask_card,
    mask_id,
    mask_other,
    mask_phone,
    name_key,
)
from tests.eldercare.test_identity import NUMBERS, codes

# --- Cards and telephones -----------------------------------------------------------------------------------


@given(st.from_regex(r"[0-9]{15,18}", fullmatch=True), st.data())
def test_luhn_finds_any_single_wrong_digit(body, data):
    number = next(body + str(d) for d in range(10) if luhn_holds(body + str(d)))
    assert check_card(number).findings == ()
    place = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda each: each != number[place]))
    assert codes(check_card(number[:place] + digit + number[place + 1 :])) == ["checksum"]


@pytest.mark.parametrize(
    ("value", "found", "usable"),
    [
        ("4111 1111 1111 1111", [], True),  # the card schemes' test number
        ("4111-1111-1111-1111", [], True),
        ("4111111111111112", ["checksum"], True),
        ("201000123456789", ["length"], True),
        (201000123456, ["number_cell"], True),
        ("", ["missing"], False),
        ("农商行", ["characters"], False),
        (6.22202e18, ["lost_digits"], False),
        ("6.22E+18", ["lost_digits"], False),
        ("***********1111", ["masked"], False),
    ],
)
def test_cards(value, found, usable):
    checked = check_card(value)
    assert (codes(checked), checked.usable) == (found, usable)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("138 1234 5678", "13812345678"), ("+86-13812345678", "13812345678"), ("8613812345678", "13812345678"),
        (13812345678.0, "13812345678"), (13812345678, "13812345678"), ("１３８１２３４５６７８", "13812345678"),
        ("0573-86012345", "0573-86012345"), ("(0573)86012345", "0573-86012345"), ("057386012345", "0573-86012345"),
        ("86012345", "86012345"), ("8601234", "8601234"), ("0573-86012345转801", "0573-86012345-801"),
        ("021—62345678", "021-62345678"),
    ],
)  # fmt: skip
def test_telephones_are_taken_as_people_write_them(value, kept):
    checked = check_phone(value)
    assert (checked.value, checked.findings) == (kept, ())


@pytest.mark.parametrize(
    ("value", "code", "usable"),
    [
        ("1381234567", "form", True), ("661234", "form", True), ("儿子的", "form", True),
        ("13812345678/0573-86012345", "several", True), ("13812345678、13912345678", "several", True),
        (57386012345, "area_code", True), ("1.38E+10", "lost_digits", False), ("138****5678", "masked", False),
        ("无", "no_number", False), (None, "missing", False),
    ],
)  # fmt: skip
def test_odd_telephones_are_named(value, code, usable):
    assert (codes(check_phone(value)), check_phone(value).usable) == ([code], usable)


# --- Masks and names ----------------------------------------------------------------------------------------


def test_masks_are_as_the_office_prints_them():
    assert mask_id("330424194001011234") == "330424********1234"
    assert mask_id("33042419400101123x") == "330424********123x"
    assert mask_id("330424400101123") == "330424*****1123"
    assert mask_card("6222021234567890123") == "***************0123"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("0573-86012345") == "0573-86****45"
    assert mask_phone("8601234") == "8****34"
    assert mask_other("EA1234567") == "EA*****67"
    assert (mask_id(None), mask_card(""), mask_phone("12345")) == ("", "", "*****")


@given(st.text(max_size=40))
def test_masks_never_show_more_than_allowed(text):
    for mask, most in ((mask_id, 10), (mask_card, 4), (mask_phone, 7), (mask_other, 4)):
        masked = mask(text)
        shown = sum(left == right != "*" for left, right in zip(masked, text, strict=True))
        assert shown <= most
        assert shown == 0 or len(text) - shown >= 4
        assert all(right in ("*", left) for left, right in zip(text, masked, strict=True))


@given(NUMBERS)
def test_a_masked_number_hides_day_and_year_of_birth(number):
    assert mask_id(number) == number[:6] + "*" * 8 + number[-4:]


@pytest.mark.parametrize(
    "spelling",
    [
        "买买提·艾力",
        "买买提•艾力",
        "买买提・艾力",
        "买买提‧艾力",
        "买买提.艾力",
        "买买提．艾力",
        "买买提 艾力",
        "买买提艾力",
        " 买买提\u200b·艾力\n",
        "买买提˙艾力",
    ],
)
def test_spellings_of_a_name_have_one_key(spelling):
    assert name_key(spelling) == "买买提艾力"


def test_other_names_have_other_keys():
    assert name_key("王 伟") == name_key("王伟") != name_key("王玮")
    assert name_key("ＬＩ Wei") == "liwei"
    assert name_key("葛\U000e0100") == "葛"
    assert name_key(None) == ""
    assert name_key("张□") == "张□"


@given(st.text(max_size=20))
def test_a_key_of_a_key_is_the_key(name):
    assert name_key(name_key(name)) == name_key(name)
