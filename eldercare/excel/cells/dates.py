"""Dates and months, in the ways that townships write them."""

import datetime as dt
import re

from eldercare.excel.cells.flawed import Flawed, error, note, warning
from eldercare.excel.cells.texts import as_typed, cell_error, squeezed
from eldercare.excel.cells.texts import plain as plain_text
from eldercare.excel.columns import CellError, Column, Kind

FIRST_YEAR, LAST_YEAR = 1900, 2100
LEAST_SERIAL = (
    3_000  # March 1908; less is a mistyped number. Also past the 29 February 1900 that Excel invents
)
EPOCH_1900, EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
WRITE = "请写成 2022-03-01 的样子。"
MONTH_WRITE = "请写成 2022-03 的样子。"

_FULL = re.compile(r"(\d{4})([-./年])(\d{1,2})([-./月])(\d{1,2})日?").fullmatch
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})").fullmatch
_YEAR_MONTH = re.compile(r"(\d{4})(?:[-./年])(\d{1,2})(?:月份?)?").fullmatch
_COMPACT_MONTH = re.compile(r"(\d{4})(\d{2})").fullmatch
_YEAR = re.compile(r"(\d{4})年?").fullmatch
_MIDNIGHT = re.compile(r"(.*日|.*\d(?=[T ]))[T ]?0?0:00(?::00(?:\.0+)?)?").fullmatch
_TIME = re.compile(r"(.*日|.*\d(?=[T ]))[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?").fullmatch
_GAP = re.compile(r" *([-./年月日]) *")
_SHORT_YEAR = re.compile(r"'?(\d{2})[-./年]\d{1,2}([-./月]\d{1,2}日?)?月?").fullmatch
_NO_YEAR = re.compile(r"(?:0?[1-9]|1[0-2])(?:月\d{1,2}[日号].{0,4}|[-./]\d{1,2})").fullmatch
_YEAR_LAST = re.compile(r"\d{1,2}[-./]\d{1,2}[-./]\d{4}").fullmatch
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def clean_date(text: str, column: Column, *, date1904: bool = False) -> object:
    # Spaces go only beside a separator: "2022.1 1" is no November.
    plain = _GAP.sub(r"\1", " ".join(map(squeezed, plain_text(text).split()))).strip()
    if not plain:
        return None
    if column.kind is Kind.MONTH:
        return _month_of_text(plain)
    if match := _FULL(plain):
        return _date(match.group(1), match.group(3), match.group(5), text)
    if match := _COMPACT(plain):
        return _date(*match.groups(), text)
    if (match := _YEAR_MONTH(plain)) or (match := _COMPACT_MONTH(plain)):
        return _month_for_date(int(match.group(1)), int(match.group(2)), text, column)
    if match := _YEAR(plain):
        return _year_for_date(int(match.group(1)), column)
    if plain.isdecimal() and len(plain) == 5:
        return serial(int(plain), column, date1904=date1904)
    if match := _MIDNIGHT(plain):
        return clean_date(match.group(1), column)
    if match := _TIME(plain):
        return _without_time(clean_date(match.group(1), column), text)
    return _unreadable(plain, text, WRITE)


def _unreadable(plain: str, text: str, write: str) -> Flawed:
    if write == WRITE and _NO_YEAR(plain):
        return error(f"“{text.strip()}”没有写年份。{write}")
    if _SHORT_YEAR(plain):
        return error(f"“{text.strip()}”的年份只写了两位，不知是 19 还是 20 开头。{write}")
    if _YEAR_LAST(plain):
        return error(f"“{text.strip()}”分不清哪个是月、哪个是日。{write}")
    return error(f"“{text.strip()[:30]}”不是日期。{write}")


def _date(year: str, month: str, day: str, text: str) -> object:
    y, m, d = int(year), int(month), int(day)
    if reason := _impossible(y, m, d):
        return error(f"“{text.strip()[:30]}”：{reason}。{WRITE}")
    return dt.date(y, m, d)


def _impossible(year: int, month: int, day: int = 1) -> str:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return f"年份 {year} 不在 {FIRST_YEAR} 到 {LAST_YEAR} 之间"
    if not 1 <= month <= 12:
        return f"没有 {month} 月"
    last = 28 if month == 2 and (year % 4 or (year % 100 == 0 and year % 400)) else _DAYS[month - 1]
    if not 1 <= day <= last:
        return f"{year} 年 {month} 月没有 {day} 日"
    return ""


def _month_for_date(year: int, month: int, text: str, column: Column) -> Flawed:
    if reason := _impossible(year, month):
        return error(f"“{text.strip()[:30]}”：{reason}。{WRITE}")
    if column.coarsest == "day":
        return error(f"“{text.strip()}”只写到月，这里要写到日。{WRITE}")
    first = dt.date(year, month, 1)
    return warning(first, f"“{text.strip()}”只写到月，按 {first} 记录；知道日期的请补上。")


def _year_for_date(year: int, column: Column) -> Flawed:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return error(f"“{year}”不是日期。{WRITE}")
    if column.coarsest != "year":
        return error(f"只写了年份 {year}，请补上月和日。{WRITE}")
    first = dt.date(year, 1, 1)
    return warning(first, f"只写了年份 {year}，按 {first} 记录；知道月日的请补上。")


def _without_time(cleaned: object, text: str) -> object:
    if isinstance(cleaned, dt.date):
        return note(cleaned, f"“{text.strip()}”只取日期 {cleaned}，时间不取。")
    return cleaned


def serial(number: int, column: Column, *, date1904: bool = False) -> Flawed:
    """A date of an unformatted cell: days since the end of 1899, or since 1904 in workbooks of old Macs."""
    day = (EPOCH_1904 if date1904 else EPOCH_1900) + dt.timedelta(days=number)
    if number < LEAST_SERIAL or not FIRST_YEAR <= day.year <= LAST_YEAR:
        return error(f"“{number}”不是日期。{WRITE}")
    if column.kind is Kind.MONTH:
        return note(day.replace(day=1), f"{number} 是 Excel 的日期序号，按 {day:%Y-%m} 读取。")
    return note(day, f"{number} 是 Excel 的日期序号，按 {day} 读取。")


# --- cells that are no text ----------------------------------------------------------------------


def date_of_other(value: object, column: Column, *, date1904: bool) -> object:
    if isinstance(value, dt.datetime):
        if value.time() == dt.time() or not FIRST_YEAR <= value.year <= LAST_YEAR:
            return date_of_other(value.date(), column, date1904=date1904)
        if column.kind is Kind.MONTH:
            first = value.date().replace(day=1)
            return note(first, f"“{as_typed(value)}”只取年月 {first:%Y-%m}。")
        return note(value.date(), f"只取日期 {value.date()}，时间 {value:%H:%M} 不取。")
    if isinstance(value, dt.date):
        return _in_range(value) if column.kind is Kind.DATE else _month_of_day(value)
    if isinstance(value, CellError):
        return cell_error(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if column.kind is Kind.MONTH:
            return _month_of_number(value, column, date1904)
        return _date_of_number(value, column, date1904)
    return error(f"“{as_typed(value)}”不是日期。{WRITE}")


def _month_of_day(day: dt.date) -> object:
    if day.day == 1:
        return _in_range(day)
    return note(day.replace(day=1), f"日期 {day} 只取年月 {day:%Y-%m}。")


def _in_range(value: dt.date) -> object:
    if FIRST_YEAR <= value.year <= LAST_YEAR:
        return value
    return error(f"日期 {value} 的年份不在 {FIRST_YEAR} 到 {LAST_YEAR} 之间，请核对。")


def _date_of_number(value: float, column: Column, date1904: bool) -> object:
    if value == int(value) if abs(value) < 1e9 else False:
        number = int(value)
        if number >= 10_000_000 or 100_000 <= number <= 999_999:
            return clean_date(str(number), column)
        if FIRST_YEAR <= number <= LAST_YEAR:
            return _year_for_date(number, column)
        if 0 < number < 100_000:
            return serial(number, column, date1904=date1904)
        return error(f"“{as_typed(value)}”不是日期。{WRITE}")
    if FIRST_YEAR <= value < LAST_YEAR + 1:
        month = _month_of_fraction(value)
        if isinstance(month, Flawed):
            return month
        return _month_for_date(month.year, month.month, f"{value:.15g}", column)
    if 10_000 < value < 100_000:
        return _without_time(_value_of(serial(int(value), column, date1904=date1904)), as_typed(value))
    return _unreadable(as_typed(value), as_typed(value), WRITE)


def _value_of(cleaned: object) -> object:
    return cleaned.value if isinstance(cleaned, Flawed) and cleaned.value else cleaned


def _month_of_fraction(value: float) -> object:
    """2022.3 typed into a number cell is March; 2022.1 may have been 2022.10."""
    whole, _, fraction = f"{value:.15g}".partition(".")
    if fraction == "1":
        return error(f"数值 {whole}.1 可能是 1 月，也可能是 10 月（Excel 会去掉末尾的 0）。{MONTH_WRITE}")
    if not fraction.isdecimal() or len(fraction) > 2 or not 1 <= int(fraction) <= 12:
        return error(f"“{value:.15g}”不是年月。{MONTH_WRITE}")
    return dt.date(int(whole), int(fraction), 1)


def _month_of_number(value: float, column: Column, date1904: bool) -> object:
    if abs(value) >= 1e9 or value != value:
        return error(f"“{as_typed(value)}”不是年月。{MONTH_WRITE}")
    if value != int(value):
        if FIRST_YEAR <= value < LAST_YEAR + 1:
            return _month_of_fraction(value)
        return error(f"“{as_typed(value)}”不是年月。{MONTH_WRITE}")
    number = int(value)
    if 10_000 <= number < 100_000:
        return serial(number, column, date1904=date1904)
    return _month_of_text(str(number))


def _month_of_text(plain: str) -> object:
    if (match := _YEAR_MONTH(plain)) or (match := _COMPACT_MONTH(plain)):
        year, month = int(match.group(1)), int(match.group(2))
        if reason := _impossible(year, month):
            return error(f"“{plain}”：{reason}。{MONTH_WRITE}")
        return dt.date(year, month, 1)
    if match := _MIDNIGHT(plain):
        return _month_of_text(match.group(1))
    if match := _FULL(plain) or _COMPACT(plain):
        groups = [each for each in match.groups() if each.isdecimal()]
        day = _date(*groups, plain)
        return (
            note(day.replace(day=1), f"“{plain}”只取年月 {day:%Y-%m}。") if isinstance(day, dt.date) else day
        )
    if _YEAR(plain):
        return error(f"只写了年份 {plain}，请补上月份。{MONTH_WRITE}")
    return _unreadable(plain, plain, MONTH_WRITE)
