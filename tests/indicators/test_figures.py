"""What a person may type for a figure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.rules.figures import (
    FigureError,
    FigureRule,
    format_figure,
    needs_reason,
    parse_figure,
    relative_change,
)

COUNT = FigureRule("护理型床位数", "张", 0)
MONEY = FigureRule("福彩公益金", "万元", 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("１２", 12),
        (" 12 ", 12),
        ("1 200", 1200),
        ("1,200", 1200),
        ("1，200", 1200),
        ("12,345,678", 12345678),
        ("0", 0),
        ("000", 0),
        ("12.0", 12),
        ("+7", 7),
        ("99999999999999", 99999999999999),
    ],
)
def test_figures_are_read_as_people_write_them(text, value):
    assert parse_figure(text, COUNT) == value


@pytest.mark.parametrize("text", ["", " ", "　", "-", "—", "/", "--"])
def test_an_empty_cell_is_no_figure_and_not_zero(text):
    assert parse_figure(text, COUNT) is None


def test_money_keeps_its_decimals():
    assert parse_figure("1,234.50", MONEY) == Decimal("1234.50")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-3", "是负数.护理型床位数不能小于 0"),
        ("12.5", "不是整数.护理型床位数按“张”计"),
        ("12张", "不是数字"),
        ("约12", "不是数字"),
        ("45%", "带有百分号"),
        ("1e400", "科学计数法"),
        ("1E5", "科学计数法"),
        ("12,34", "逗号位置不对"),
        ("1" * 15, "整数部分最多 14 位"),
        ("9" * 10_000, "整数部分最多 14 位"),
        ("x" * 10_000, "不是数字"),
        ("NaN", "不是数字"),
        ("Infinity", "不是数字"),
        ("__import__('os')", "不是数字"),
        ("1\x002", "不是数字"),
    ],
)
def test_what_is_no_figure_is_refused_in_words(text, words):
    with pytest.raises(FigureError, match=words) as refusal:
        parse_figure(text, COUNT)
    assert len(str(refusal.value)) < 120


def test_too_many_decimals_are_refused():
    with pytest.raises(FigureError, match="最多保留 2 位小数"):
        parse_figure("1.234", MONEY)


@given(st.text(max_size=60))
def test_any_text_is_a_figure_or_a_sentence(text):
    try:
        value = parse_figure(text, COUNT)
    except FigureError as refusal:
        value = None if str(refusal) else "a refusal without words"
    assert value is None or (value >= 0 and value == value.to_integral_value())


@given(st.decimals(min_value=0, max_value=10**13, places=2))
def test_what_is_shown_can_be_typed_again(value):
    assert parse_figure(format_figure(value), MONEY) == value
    assert parse_figure(format_figure(value, grouped=False), MONEY) == value


def test_zero_and_absent_look_different():
    assert format_figure(Decimal("0.0000")) == "0"
    assert format_figure(None) == ""


@pytest.mark.parametrize(
    ("value", "text"), [("1200", "1,200"), ("100", "100"), ("0.5000", "0.5"), ("1000.10", "1,000.1")]
)
def test_figures_are_shown_without_trailing_zeros(value, text):
    assert format_figure(Decimal(value)) == text


def test_change_is_relative_to_last_month():
    assert relative_change(Decimal(130), Decimal(100)) == 30
    assert relative_change(Decimal(5), Decimal(0)) is None
    assert relative_change(None, Decimal(5)) is None


@pytest.mark.parametrize(
    ("now", "before", "needed"),
    [
        (130, 100, False),
        (131, 100, True),
        (69, 100, True),
        (4, 0, False),
        (5, 0, True),
        (3, 1, False),
        (None, 9, False),
    ],
)
def test_a_reason_is_asked_for_beyond_the_plausible_change(now, before, needed):
    as_decimal = [None if each is None else Decimal(each) for each in (now, before)]
    assert needs_reason(*as_decimal, Decimal("0.30")) is needed


@pytest.mark.parametrize("text", ["12 34", "1 2", "1 20 000", "12 345 6"])
def test_blanks_that_are_no_thousands_groups_are_not_guessed_away(text):
    with pytest.raises(FigureError, match="分不清是一个数还是两个数"):
        parse_figure(text, COUNT)


@pytest.mark.parametrize("text", ["10²", "①", "½", "٣", "十二"])
def test_look_alikes_of_digits_are_not_figures(text):
    with pytest.raises(FigureError, match="不是数字"):
        parse_figure(text, COUNT)


@pytest.mark.parametrize(
    ("text", "value"), [("1 200", 1200), ("12 345 678", 12345678), ("　１，２００　", 1200)]
)
def test_thousands_groups_are_read(text, value):
    assert parse_figure(text, COUNT) == value
