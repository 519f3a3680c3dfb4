"""Amounts in capital numerals: the examples of the rules for bills, and every amount read back by another way."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subsidies.rules.capitals import in_capitals

WORDS = [
    ("0", "零元整"),
    ("0.05", "伍分"),
    ("0.30", "叁角整"),
    ("0.32", "叁角贰分"),
    ("10", "壹拾元整"),
    ("100", "壹佰元整"),
    ("101", "壹佰零壹元整"),
    ("1001.00", "壹仟零壹元整"),
    ("1010", "壹仟零壹拾元整"),
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("107000.53", "壹拾万柒仟元伍角叁分"),
    ("100500", "壹拾万零伍佰元整"),
    ("1000001", "壹佰万零壹元整"),
    ("100000000", "壹亿元整"),
    ("105000000", "壹亿零伍佰万元整"),
    ("100000001", "壹亿零壹元整"),
    ("1000000000000", "壹万亿元整"),
    ("1234500000000", "壹万贰仟叁佰肆拾伍亿元整"),
    ("-20.5", "负贰拾元伍角整"),
]


@pytest.mark.parametrize(("amount", "words"), WORDS)
def test_an_amount_in_words(amount, words):
    assert in_capitals(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["0.001", "1e16", "NaN"])
def test_what_cannot_be_written(amount):
    with pytest.raises((ValueError, ArithmeticError)):
        in_capitals(Decimal(amount))


DIGITS = {word: value for value, word in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_back(text: str) -> Decimal:
    """As a person reads: digits gather under 拾佰仟, groups under 万, those under 亿."""
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负").removesuffix("整")
    yuan, mark, rest = text.partition("元")
    if not mark:
        yuan, rest = "", text
    total = group = digit = 0
    for letter in yuan:
        if letter in DIGITS:
            digit = DIGITS[letter]
        elif letter in UNITS:
            group += digit * UNITS[letter]
            digit = 0
        elif letter == "万":
            total += (group + digit) * 10_000
            group = digit = 0
        elif letter == "亿":
            total = (total + group + digit) * 100_000_000
            group = digit = 0
    total += group + digit
    fen = 0
    for letter in rest:
        if letter in DIGITS:
            digit = DIGITS[letter]
        else:
            fen += digit * {"角": 10, "分": 1}[letter]
    return sign * (Decimal(total) + Decimal(fen) / 100)


AMOUNTS = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.lists(st.sampled_from("0001"), min_size=1, max_size=18).map(lambda digits: int("".join(digits))),
)


@given(AMOUNTS)
def test_every_amount_reads_back(fen):
    amount = Decimal(fen) / 100
    words = in_capitals(amount)
    assert read_back(words) == amount
    assert "零零" not in words
    assert words.endswith("整") == (fen % 10 == 0)
