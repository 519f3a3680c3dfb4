"""Dates and months, as townships write them."""

import datetime as dt

import pytest

from eldercare.excel.cleaning import Context
from eldercare.excel.columns import CellError, Kind
from tests.eldercare.excel.cells import NOTE, WARNING, clean, good, refused

FIRST = dt.date(2022, 3, 1)


@pytest.mark.parametrize(
    "typed",
    [
        "2022-03-01", "2022-3-1", "2022/3/1", "2022.3.1", "2022年3月1日", "2022年03月01日", "20220301", " 2022 年 3 月 1 日 ",
        "２０２２．３．１", "2022-03-01 00:00:00", "2022/3/1 0:00", "2022-03-01T00:00:00", "2022.3.1\n", FIRST, 20220301.0,
        "2022年3月1",
    ],
)  # fmt: skip
def test_dates(typed):
    assert good(typed, Kind.DATE) == FIRST


@pytest.mark.parametrize(
    ("typed", "severity", "word"),
    [
        (44621.0, NOTE, "日期序号"),
        ("44621", NOTE, "日期序号"),
        (dt.datetime(2022, 3, 1, 10, 5), NOTE, "时间 10:05 不取"),
        ("2022-03-01 10:05", NOTE, "时间不取"),
        (44621.5, NOTE, "时间不取"),
        ("2022.3", WARNING, "只写到月"),
        (2022.3, WARNING, "只写到月"),
        ("2022年3月", WARNING, "只写到月"),
        ("202203", WARNING, "只写到月"),
        (202203, WARNING, "只写到月"),
    ],
)
def test_dates_that_need_a_word(typed, severity, word):
    value, finding = clean(typed, Kind.DATE)
    assert value == FIRST
    assert finding.severity is severity
    assert word in finding.message


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("2022-2-30", "2022 年 2 月没有 30 日"),
        ("2023-02-29", "2023 年 2 月没有 29 日"),
        ("20221301", "没有 13 月"),
        ("2022-00-10", "没有 0 月"),
        ("1022-3-1", "年份 1022"),
        ("2022", "只写了年份 2022，请补上月和日"),
        (2022.0, "只写了年份"),
        ("2022年", "只写了年份"),
        ("22.3.1", "只写了两位"),
        ("22.3", "只写了两位"),
        ("11.3", "没有写年份"),
        ("11-30", "没有写年份"),
        ("11月3日", "没有写年份"),
        ("11月3号上午", "没有写年份"),
        (11.3, "没有写年份"),
        ("3/1/2022", "分不清哪个是月"),
        (2022.1, "可能是 1 月，也可能是 10 月"),
        (2022.13, "不是年月"),
        (60.0, "不是日期"),
        (12.0, "不是日期"),
        (1e300, "不是日期"),
        ("2022.1 1", "不是日期"),
        ("2022 1 1", "不是日期"),
        ("2022\u00a011", "不是日期"),
        ("去年三月", "不是日期"),
        ("长期", "不是日期"),
        (True, "不是日期"),
        (dt.time(8), "不是日期"),
        (dt.date(1899, 12, 31), "年份"),
        (CellError("#VALUE!"), "#VALUE!"),
    ],
)
def test_dates_that_are_none(typed, word):
    assert word in refused(typed, Kind.DATE)


def test_how_much_of_a_date_is_enough():
    assert "要写到日" in refused("2022.3", Kind.DATE, coarsest="day")
    value, finding = clean("2022", Kind.DATE, coarsest="year")
    assert (value, finding.severity) == (dt.date(2022, 1, 1), WARNING)


def test_serials_of_1904_workbooks():
    value, _ = clean(43159.0, Kind.DATE, context=Context(date1904=True))
    assert value == FIRST


@pytest.mark.parametrize(
    "typed",
    [
        "2022-03",
        "2022.3",
        "2022年3月",
        "2022年3月份",
        "202203",
        202203.0,
        2022.3,
        "2022/03",
        FIRST,
        "2022 年 3 月",
    ],
)
def test_months(typed):
    assert good(typed, Kind.MONTH) == FIRST


def test_october_is_not_january():
    assert good("2022.10", Kind.MONTH) == dt.date(2022, 10, 1)
    assert good("2022.1", Kind.MONTH) == dt.date(2022, 1, 1)
    assert good(2022.11, Kind.MONTH) == dt.date(2022, 11, 1)
    assert "也可能是 10 月" in refused(2022.1, Kind.MONTH)


@pytest.mark.parametrize("typed", ["2022-03-15", dt.date(2022, 3, 15), 44635.0, dt.datetime(2022, 3, 15, 8)])
def test_days_of_a_month_are_dropped_with_a_note(typed):
    value, finding = clean(typed, Kind.MONTH)
    assert (value, finding.severity) == (FIRST, NOTE)
