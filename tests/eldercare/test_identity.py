"""Identity numbers and credit codes: published examples, properties, and cells as spreadsheets leave them."""

import datetime as dt
import math
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eldercare.identity import (
    PROVINCES,
    Severity,
    Sex,
    check_card,
    check_credit_code,
    check_id_number,
    check_phone,
    compare_with_id,
    credit_check_character,
    id_check_character,
    is_synthetic,
    ordinary_id,
    synthetic_id,
)
from eldercare.identity.organisations import ALPHABET

TODAY = dt.date(2026, 11, 21)
LONG_AGO = TODAY.replace(year=TODAY.year - 119)
BIRTHS = st.dates(LONG_AGO, TODAY)
NUMBERS = st.builds(synthetic_id, BIRTHS, st.integers(0, 999)).filter(lambda each: each[15] not in "09")
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def codes(checked) -> list[str]:
    return [each.code for each in checked.findings]


def check(value, **options):
    return check_id_number(value, today=TODAY, **options)


def check_digit_by_table(first17: str) -> str:
    """GB 11643 as printed: weights and remainders from the table."""
    return "10X98765432"[sum(int(d) * w for d, w in zip(first17, ID_WEIGHTS, strict=True)) % 11]


# --- Identity numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "birth", "sex", "found"),
    [
        ("11010519491231002X", dt.date(1949, 12, 31), Sex.FEMALE, []),
        ("440524188001010014", dt.date(1880, 1, 1), Sex.MALE, ["age"]),
    ],
)
def test_the_standard_s_examples(number, birth, sex, found):
    checked = check(number)
    assert (checked.birth_date, checked.sex, codes(checked)) == (birth, sex, found)
    assert checked.usable
    assert id_check_character(number[:17]) == number[17]


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_the_check_character_is_the_table_s(first17):
    assert id_check_character(first17) == check_digit_by_table(first17)


@given(NUMBERS)
def test_a_valid_number_has_no_finding_and_tells_birth_and_sex(number):
    checked = check(number)
    assert checked.findings == ()
    assert f"{checked.birth_date:%Y%m%d}" == number[6:14]
    assert checked.sex == (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)
    assert checked.province == "浙江省"


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_wrong_character_is_found(number, place, letter):
    assume(letter != number[place])
    assert check(number[:place] + letter + number[place + 1 :]).findings


@given(NUMBERS, st.integers(0, 16))
def test_any_swap_of_neighbours_is_found(number, place):
    left, right = number[place], number[place + 1]
    assume(left != right)
    assert check(number[:place] + right + left + number[place + 2 :]).findings


@given(
    st.builds(synthetic_id, st.dates(dt.date(1900, 1, 1), TODAY), st.integers(0, 999)),
    st.integers(0, 17),
    st.sampled_from("0123456789Xx９٣ "),
)
def test_the_short_way_knows_only_numbers_of_which_nothing_is_to_be_said(number, place, letter):
    for each in (number, number[:place] + letter + number[place + 1 :], number[:place], number + letter):
        checked = check(each)
        is_ordinary = not checked.findings and checked.value == each and len(each) == 18
        assert ordinary_id(each, TODAY) == ((checked.birth_date, checked.sex) if is_ordinary else None)


@given(
    st.one_of(
        st.text(max_size=25),
        st.integers(),
        st.floats(),
        st.decimals(),
        st.none(),
        st.booleans(),
        st.dates(),
        st.binary(),
    )
)
def test_no_cell_breaks_a_check_and_no_message_repeats_it(value):
    for checked in (check(value), check_credit_code(value), check_card(value), check_phone(value)):
        assert isinstance(checked.value, str)
        for each in checked.findings:
            assert len(checked.value) < 8 or checked.value not in each.message


@pytest.mark.parametrize(
    "typed",
    [
        "33802419400101123{}", " 33802419400101123{} ", "'33802419400101123{}", "’33802419400101123{}",
        "338024 19400101 123{}", "33802419400101123{}\n", "\u200b33802419400101123{}\ufeff", "33802419400101\xa0123{}",
        "３３８０２４１９４００１０１１２３{}",
    ],
)  # fmt: skip
def test_stray_characters_are_cleaned_away(typed):
    last = check_digit_by_table("33802419400101123")
    checked = check(typed.format(last))
    assert checked.value == f"33802419400101123{last}"
    assert checked.findings == ()


@pytest.mark.parametrize("letter", ["x", "X", "ｘ", "Ｘ", "×", "х", "Χ"])
def test_what_looks_like_x_is_x(letter):
    assert check("11010519491231002" + letter).value == "11010519491231002X"
    assert check("11010519491231002" + letter).findings == ()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "missing"), ("", "missing"), (" \u3000", "missing"),
        ("无", "no_number"), ("不详", "no_number"), ("办理中", "no_number"), ("-", "no_number"),
        ("33042419400101", "length"), ("3304241940010112345", "length"), ("一二三", "length"),
        ("33042419401301123X", "date"), ("330424194002300018", "date"), ("330424203001010018", "date"),
        ("330424400230001", "date"),
        ("3304241940010112A4", "characters"), ("X30424194001011234", "characters"), ("33042440010112A", "characters"),
        ("٣٣٠٤٢٤١٩٤٠٠١٠١١٢٣٤", "characters"),
        ("990424194001011234", "foreigner"), ("000424194001011234", "province"),
        ("338024********1234", "masked"),
        ("E12345678", "other_document"), ("EA1234567", "other_document"), ("H1234567890", "other_document"),
        (True, "not_text"), (3.5, "not_text"), (-1, "not_text"), (math.nan, "not_text"), (dt.date(1940, 1, 1), "not_text"),
        (12345, "length"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(value, code):
    assert code in codes(check(value))
    assert check(value).usable == (code == "foreigner")


@pytest.mark.parametrize(
    "value",
    [
        3.30424194001011e17, 330424194001011000, 330424194001011234, Decimal("330424194001011234"), 1e300,
        10**400, "3.30424E+17", "3.30424E17", "3.30424194001011e+17", "３．３０４２４Ｅ＋１７",
        "330424194001011000", "330424194001011008", "330424194001011000.0", "330424194001011008.00",
    ],
)  # fmt: skip
def test_digits_that_excel_threw_away_are_an_error_that_says_so(value):
    checked = check(value)
    assert codes(checked) == ["lost_digits"]
    assert not checked.usable
    assert "Excel 丢失了末几位" in checked.findings[0].message


@given(NUMBERS.filter(lambda each: each[-1] != "X"))
def test_a_number_that_went_through_a_spreadsheet_never_passes_unseen(number):
    """As the cell itself, as Excel shows it, and as a program prints the fraction."""
    cell = float(number)
    kept = number[:15] + "000"
    assert codes(check(cell)) == ["lost_digits"]
    assert codes(check(f"{cell:.5E}")) == ["lost_digits"]
    assert codes(check(kept)) in (["lost_digits"], ["rounded"])
    printed = str(int(float(kept)))
    assert check(printed).findings or printed == number


def test_fifteen_digits_in_a_number_cell_are_refused_though_none_is_lost():
    assert codes(check(330424400101123)) == ["number_cell"]


def test_a_wrong_check_character_is_a_warning_that_asks_for_a_reason():
    finding = check("338024194001011234").findings[0]
    assert (finding.severity, finding.code) == (Severity.WARNING, "checksum")
    assert "说明原因" in finding.message


def test_an_old_number_stays_and_shows_what_it_became():
    checked = check("110105491231002")
    assert checked.value == "110105491231002"
    assert checked.upgrades == ("11010519491231002X",)
    assert (checked.birth_date, checked.sex) == (dt.date(1949, 12, 31), Sex.FEMALE)
    assert codes(checked) == ["old_number"]
    assert checked.usable


@pytest.mark.parametrize("code", ["996", "997", "998", "999"])
def test_the_century_of_a_centenarian_s_old_number_is_for_a_person_to_say(code):
    checked = check("330424010203" + code)
    assert codes(checked) == ["century"]
    assert "人工确认" in checked.findings[0].message
    assert checked.birth_date is None
    assert [each[6:14] for each in checked.upgrades] == ["18010203", "19010203"]
    assert codes(check("330424010203" + code, centenarian_codes=())) == ["age", "old_number"][::-1]


def test_a_leap_day_decides_the_century():
    assert [
        each[6:14] for each in check("330424000229999").upgrades
    ] == []  # neither 1800 nor 1900 was a leap year
    assert codes(check("330424000229999")) == ["date"]


def test_every_province_is_known():
    assert len(PROVINCES) == 35
    assert check("83" + "0000194001011234").findings[0].code == "checksum"


def test_what_was_typed_is_compared_and_not_replaced():
    checked = check("11010519491231002X")
    assert compare_with_id(checked, birth_date=dt.date(1949, 12, 31), sex="female") == ()
    found = compare_with_id(checked, birth_date=dt.date(1949, 12, 30), sex=Sex.MALE)
    assert [each.code for each in found] == ["birth_date_differs", "sex_differs"]
    assert compare_with_id(check("无"), birth_date=TODAY, sex="male") == ()


@pytest.mark.parametrize("arguments", [(dt.date(1940, 1, 1), 1000), (dt.date(1940, 1, 1), -1)])
def test_synthetic_numbers_keep_to_the_form(arguments):
    with pytest.raises(ValueError, match="0 to 999"):
        synthetic_id(*arguments)
    with pytest.raises(ValueError, match="six digits"):
        synthetic_id(TODAY, 1, area="33802")


def test_synthetic_numbers_belong_to_no_place_that_ever_was():
    number = synthetic_id(dt.date(1940, 1, 1), 123)
    assert is_synthetic(number)
    assert not is_synthetic("11010519491231002X")
    assert int(number[2:4]) not in {*range(1, 71), 90}  # cities, prefectures, directly governed counties


# --- Unified social credit codes ----------------------------------------------------------------------------

BODIES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["12", "52", "91"]),
        st.from_regex(r"[0-9]{6}", fullmatch=True),
        st.text(st.sampled_from(ALPHABET), min_size=9, max_size=9),
    ),
)


def credit_sum(first17: str) -> int:
    return sum(ALPHABET.index(c) * w for c, w in zip(first17, CREDIT_WEIGHTS, strict=True))


def credit_by_formula(first17: str) -> str:
    """GB 32100 as printed: C18 = 31 - Σ Ci·Wi mod 31, and 31 counts as 0."""
    missing = 31 - credit_sum(first17) % 31
    return ALPHABET[0 if missing == 31 else missing]


def test_the_published_credit_code():
    checked = check_credit_code("91350100M000100Y43", check_organisation=True)
    assert checked.findings == ()
    assert checked.kind == "企业"


@given(BODIES)
def test_the_credit_check_character_is_the_formula_s(body):
    assert credit_check_character(body) == credit_by_formula(body)
    assert check_credit_code(body + credit_by_formula(body)).findings == ()


def test_a_remainder_of_nought_gives_the_check_character_nought():
    bodies = (f"52330424MJ{number:07d}" for number in range(1000))
    body = next(each for each in bodies if credit_sum(each) % 31 == 0)
    assert check_credit_code(body + "0").findings == ()
    assert codes(check_credit_code(body + "1")) == ["checksum"]


@given(BODIES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_wrong_character_of_a_credit_code_is_found(body, place, letter):
    code = body + credit_by_formula(body)
    assume(code[place] != letter)
    assert not check_credit_code(code[:place] + letter + code[place + 1 :]).usable


@given(BODIES, st.integers(0, 16))
def test_any_swap_in_a_credit_code_is_found(body, place):
    code = body + credit_by_formula(body)
    assume(code[place] != code[place + 1])
    assert not check_credit_code(code[:place] + code[place + 1] + code[place] + code[place + 2 :]).usable


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "missing"), ("330424000012345", "old_number"), ("MA28A1234", "old_number"), ("9135010", "length"),
        ("91350100MO00100Y43", "characters"), ("9135A100M000100Y43", "characters"), ("91350100M000100Y44", "checksum"),
        (5.2330424e17, "lost_digits"), ("5.23304E+17", "lost_digits"), ("５２３３", "length"),
    ],
)  # fmt: skip
def test_a_wrong_credit_code_is_named(value, code):
    assert codes(check_credit_code(value)) == [code]
    assert not check_credit_code(value).usable


@pytest.mark.parametrize(
    ("start", "kind"), [("12", "事业单位"), ("52", "民办非企业单位"), ("91", "企业"), ("Q9", None)]
)
def test_the_first_two_characters_say_what_it_is(start, kind):
    body = start + "330424MJ8812345"
    checked = check_credit_code(f" {body.lower()}-{credit_by_formula(body)}")
    assert checked.kind == kind
    assert codes(checked) == ([] if kind else ["kind"])
    assert "organisation" in codes(check_credit_code(checked.value, check_organisation=True))
