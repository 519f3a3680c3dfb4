"""Periods, numbering and placing of the official report."""

import datetime as dt
from decimal import Decimal

import pytest

from indicators.rules.official import (
    Paragraph,
    Period,
    chinese_number,
    date_text,
    ends_a_period,
    paragraphs,
    signature_indents,
    title_lines,
    title_of,
    width_of,
)

JUNE, DECEMBER = dt.date(2026, 6, 1), dt.date(2026, 12, 1)


@pytest.mark.parametrize(
    ("kind", "month", "text", "first", "before", "against", "next_end"),
    [
        (
            "month",
            JUNE,
            "2026年6月",
            dt.date(2026, 6, 1),
            dt.date(2026, 5, 1),
            "较上月",
            dt.date(2026, 7, 31),
        ),
        (
            "half_year",
            JUNE,
            "2026年上半年",
            dt.date(2026, 1, 1),
            dt.date(2025, 12, 1),
            "较上年末",
            dt.date(2026, 12, 31),
        ),
        (
            "half_year",
            DECEMBER,
            "2026年下半年",
            dt.date(2026, 7, 1),
            dt.date(2026, 6, 1),
            "较6月末",
            dt.date(2027, 6, 30),
        ),
        (
            "year",
            DECEMBER,
            "2026年度",
            dt.date(2026, 1, 1),
            dt.date(2025, 12, 1),
            "较上年末",
            dt.date(2027, 12, 31),
        ),
    ],
)
def test_periods(kind, month, text, first, before, against, next_end):
    period = Period(kind, month)
    assert (period.text, period.first, period.before) == (text, first, before)
    assert (period.against, period.next_end) == (against, next_end)


def test_a_half_year_ends_in_june_or_december():
    assert [m for m in range(1, 13) if ends_a_period("half_year", dt.date(2026, m, 1))] == [6, 12]
    assert [m for m in range(1, 13) if ends_a_period("year", dt.date(2026, m, 1))] == [12]


def test_titles():
    assert title_of("海盐县", Period("month", JUNE)) == "海盐县2026年6月养老服务工作进展月报"
    assert title_of("海盐县", Period("half_year", JUNE)) == "海盐县2026年上半年养老服务工作进展报告"


def test_a_long_title_is_broken_where_its_subject_begins():
    assert title_lines("海盐县2026年6月养老服务工作进展月报") == ["海盐县2026年6月养老服务工作进展月报"]
    assert title_lines("景宁畲族自治县2026年上半年养老服务工作进展报告") == [
        "景宁畲族自治县2026年上半年",
        "养老服务工作进展报告",
    ]
    first, second = title_lines("关于进一步推进全县城乡社区居家照料设施建设运营情况的报告")
    assert abs(len(first) - len(second)) <= 1


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")]
)
def test_chinese_numbers(number, text):
    assert chinese_number(number) == text


def test_second_level_headings_are_told_from_text():
    text = "（一）机构建设\n　　新增床位。\r\n\n（二）队伍建设。培训 3 场。\n1.任务一（进度5%）。"
    assert paragraphs(text) == [
        Paragraph("（一）机构建设", ""),
        Paragraph("", "新增床位。"),
        Paragraph("（二）队伍建设。", "培训 3 场。"),
        Paragraph("", "1.任务一（进度5%）。"),
    ]


def test_the_signatory_is_centred_above_the_date():
    """海盐县民政局 is 6 characters wide; 2026年6月5日 has six digits of half width and three characters: 6."""
    assert width_of("2026年6月5日") == Decimal(6)
    assert signature_indents("海盐县民政局", "2026年6月5日") == (4, 4)
    assert signature_indents("民政局", "2026年6月5日") == (Decimal("5.5"), 4)


def test_a_long_signatory_keeps_two_characters_from_the_edge():
    signed, dated = signature_indents("某某某市某某某区养老服务工作领导小组办公室", "2026年6月5日")
    assert signed == 2
    assert dated == 2 + (Decimal(21) - 6) / 2


def test_dates_have_no_leading_zeros():
    assert date_text(dt.date(2026, 6, 5)) == "2026年6月5日"
