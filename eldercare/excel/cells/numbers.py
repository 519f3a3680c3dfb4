"""Counts, measures and amounts of money."""

import re
from decimal import Decimal

from eldercare.excel.cells.flawed import Flawed, checked, error, note
from eldercare.excel.cells.texts import EXACT, LOST_DIGITS, as_typed, cell_error, number_text, squeezed
from eldercare.excel.columns import CellError, Column, Kind, Problem, Severity

_PLAIN = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?").fullmatch
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d{1,10})?").fullmatch
_COMMA = re.compile(r"[+-]?[\d,]+(?:\.\d+)?").fullmatch
_WITH_UNIT = re.compile(r"([+-]?[\d,]*\.?\d+)([^\d.,+-].{0,7})").fullmatch
_VAGUE = re.compile(
    r"约|大概|大约|左右|上下|以上|以下|以内|至少|最多|不足|不到|近\d|超过|超\d|\d余|\d多|余[元张人万名户]|多[元张人万名户]"
    r"|\d[~～至—]\d|\d-\d|[<>≥≤＜＞]|\+$"
)
EXACT_NUMBER = "这里要确切的数，不能写“约”“余”“以上”或范围。"
TIMES = {"元": 1, "万元": 10_000, "万": 10_000, "亿元": 100_000_000, "亿": 100_000_000, "千元": 1_000}


def clean_number(text: str, column: Column, times: int = 1) -> object:
    """``times``: what the heading says the figures are counted in, 10,000 for 万元."""
    value = squeezed(text)
    if not value:
        return None
    if _PLAIN(value):
        return _finish(Decimal(value), column, times)
    if _VAGUE.search(value):
        return error(f"“{text.strip()[:30]}”不是确切的数。{EXACT_NUMBER}")
    bare = value.lstrip("¥￥")
    if _PLAIN(bare) or _THOUSANDS(bare):
        return _finish(Decimal(bare.replace(",", "")), column, times)
    if _COMMA(bare):
        return error(f"“{text.strip()[:30]}”的千分位逗号位置不对，不知是多少，请改正。")
    if match := _WITH_UNIT(bare):
        return _with_unit(match.group(1), match.group(2), text.strip(), column, times)
    return error(f"“{text.strip()[:30]}”不是数。请只填数字。")


def _with_unit(number: str, unit: str, text: str, column: Column, times: int) -> object:
    if not (_PLAIN(number) or _THOUSANDS(number)):
        return error(f"“{text[:30]}”不是数。请只填数字。")
    value = Decimal(number.replace(",", ""))
    if column.unit in TIMES and unit in TIMES:
        factor = Decimal(TIMES[unit]) / TIMES[column.unit]
        if factor == 1 and times == 1:
            return _finish(value, column, 1)
        read = note(value * factor, f"“{text}”按 {_shown(value * factor)} {column.unit}读取。")
        return _joined(_finish(value * factor, column, 1), read)
    if unit == column.unit or (column.unit == "人" and unit in ("名", "位", "个")):
        return _finish(value, column, times)
    if unit == "%" and column.unit != "%":
        return error(f"“{text}”是百分数，这里要的是{column.unit or '数'}。")
    return error(f"“{text[:30]}”里有单位“{unit}”，这里以{column.unit or '数字'}计。请只填数字。")


def _joined(finished: object, read: Flawed) -> object:
    if isinstance(finished, Flawed):
        return checked(read.value, Problem(finished.severity, finished.message), read)
    read.value = finished
    return read


def _shown(value: Decimal) -> str:
    return f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"


def _finish(value: Decimal, column: Column, times: int) -> object:
    """Whole, few decimals, within bounds. The heading's unit is a finding of the column, not of each cell."""
    if times != 1:
        value *= times
    if column.minimum is not None and value < column.minimum:
        return error(f"{_shown(value)} 小于 {column.minimum}，请核对。")
    if column.maximum is not None and value > column.maximum:
        return error(f"{_shown(value)} 大于 {column.maximum}，请核对。")
    if column.kind is Kind.INTEGER:
        whole = int(value)
        return whole if whole == value else error(f"{_shown(value)} 不是整数，请核对。")
    if (
        -value.as_tuple().exponent > column.decimals
        and -value.normalize().as_tuple().exponent > column.decimals
    ):
        what = (
            "金额最多到分"
            if column.kind is Kind.MONEY and column.decimals == 2
            else f"最多 {column.decimals} 位小数"
        )
        return error(f"{_shown(value)} 的小数位太多，{what}，请四舍五入后填写。")
    return value


def number_of_other(value: object, column: Column, times: int = 1) -> object:
    if isinstance(value, bool):
        return error(f"这一格是逻辑值 {as_typed(value)}，不是数。")
    if isinstance(value, int | float):
        if value != value or abs(value) == float("inf"):
            return error("这一格的数值不正常，请重新填写。")
        if abs(value) >= EXACT:
            return error(LOST_DIGITS.format(number_text(value)))
        if column.unit == "%" and 0 < abs(value) <= 1:
            return error(f"不知是 {value:.15g}% 还是 {value * 100:.15g}%。请写成带百分号的文字，如 85%。")
        return _finish(Decimal(f"{value:.15g}"), column, times)  # 15 digits: what Excel itself shows
    if isinstance(value, CellError):
        return cell_error(value)
    if isinstance(value, str):
        return clean_number(value, column, times)
    return error(
        f"这一格是日期或时间 {as_typed(value)}，不是数；可能是单元格格式不对，请设为“常规”后重新填写。"
    )


def fill_warning(value: object, top_row: int) -> Problem:
    return Problem(
        Severity.WARNING,
        f"与第 {top_row} 行是合并单元格，同一个数 {value} 用在了每一行；如应分开，请拆分后分别填写。",
    )
