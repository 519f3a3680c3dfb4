"""Reading and checking a typed figure: pure functions, the same for page, API, command line and upload."""

import re
from dataclasses import dataclass
from decimal import Decimal

MAX_DIGITS = 14  # before the decimal point: beyond any figure a county reports, well inside the column
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
# Full-width forms (１２，＋) are what a Chinese keyboard types; other look-alikes (①, ²) are not figures.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x00A0: " ",
    0x2212: "-",
}
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([, ])[0-9]{3}(\1[0-9]{3})*(\.[0-9]*)?")
_EMPTY_MARKS = frozenset({"", "-", "—", "--", "/"})


class FigureError(ValueError):
    """A text that is not a figure the metric can take; the message says why and what to write."""


@dataclass(frozen=True)
class FigureRule:
    """What a figure of a metric may look like."""

    name: str
    unit: str
    decimals: int


def parse_figure(text: str, rule: FigureRule) -> Decimal | None:
    """Read what a person typed or pasted: ``None`` for an empty cell, which is *not* 0.

    Full-width digits (１２) and thousands groups (1,200 or 1 200) are understood. Raises ``FigureError`` for
    text, percent signs, negative values, too many digits, and fractions of what is counted in whole units.
    """
    shown = text.strip()[:20]
    plain = text.translate(_FULL_WIDTH).strip()
    if plain in _EMPTY_MARKS:
        return None
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise FigureError(_explain(shown, plain, rule))
    if len(plain.lstrip("+-").split(".")[0].lstrip("0")) > MAX_DIGITS:
        raise FigureError(f"“{shown}”数字太大，整数部分最多 {MAX_DIGITS} 位，请检查是否多输了数字。")
    value = Decimal(plain)
    if value < 0:
        raise FigureError(f"“{shown}”是负数，{rule.name}不能小于 0。")
    if value != round(value, rule.decimals):
        if rule.decimals == 0:
            raise FigureError(f"“{shown}”不是整数，{rule.name}按“{rule.unit}”计，请填整数。")
        raise FigureError(f"“{shown}”小数位过多，{rule.name}最多保留 {rule.decimals} 位小数。")
    return round(value, rule.decimals) + Decimal(0)


def _explain(shown: str, plain: str, rule: FigureRule) -> str:
    if "%" in plain:
        return f"“{shown}”带有百分号，这里填的是“{rule.unit}”数，不是比例。"
    if re.fullmatch(r"[0-9.,\s]+", plain) and re.search(r"\s", plain):
        return f"“{shown}”中间有空格，分不清是一个数还是两个数，请重新填写。"
    if "," in plain:
        return f"“{shown}”中的逗号位置不对，千分位写法如 1,200，也可以直接写 1200。"
    if re.fullmatch(r"[+-]?[\d.]+[eE][+-]?\d+", plain):
        return f"“{shown}”是科学计数法，请写成完整的数字。"
    return f"“{shown}”不是数字，请只填数字；没有数据请留空，确实为零才填 0。"


def format_figure(value: Decimal | None, *, grouped: bool = True) -> str:
    """A figure for reading, without trailing zeros; an empty text for ``None``."""
    if value is None:
        return ""
    text = f"{value:,f}" if grouped else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def relative_change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Change in percent against ``before``; ``None`` where there is nothing to compare with."""
    if now is None or before is None or before == 0:
        return None
    return (now - before) / before * 100


def needs_reason(now: Decimal | None, before: Decimal | None, plausible_change: Decimal) -> bool:
    """Whether a figure differs from last month's by more than is plausible for its metric.

    Small counts move by large percentages without meaning anything, so a change of fewer than 5 units is let
    pass, however large in percent.
    """
    if now is None or before is None or abs(now - before) < 5:
        return False
    return abs(now - before) > before * plausible_change
