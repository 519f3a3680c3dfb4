"""Cells as people and spreadsheets leave them: stray characters, and digits that Excel threw away."""

import math
import re
import unicodedata
from decimal import Decimal

from eldercare.identity.findings import Finding, error

APOSTROPHES = "'‘’`´′"
LETTERS_LIKE_X = str.maketrans({"×": "X", "✕": "X", "Х": "X", "Χ": "X", "╳": "X"})  # Cyrillic and Greek too
NO_NUMBER = frozenset({
    "无", "没有", "无证", "暂无", "不详", "未知", "遗失", "办理中", "补办中", "NONE", "NULL", "N/A", "/", "-", "--", "—",
})  # fmt: skip
SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,3}|[0-9]{14,}\.0*")
EXACT_LIMIT = 10**15  # a cell of type number keeps 15 digits
ABSURD = 10**30  # beyond any number that is meant


def clean(value: str) -> str:
    """NFKC, upper case, without spaces, line breaks, invisible characters and a leading apostrophe."""
    if value.isascii() and value.isalnum():
        return value.upper()
    text = unicodedata.normalize("NFKC", value)
    text = "".join(each for each in text if unicodedata.category(each)[0] not in "ZC")
    return text.lstrip(APOSTROPHES).upper()


def as_text(value: object, *, what: str) -> tuple[str, Finding | None]:
    """A cell's content as clean text, or what makes it unreadable. ``what`` names the column in messages."""
    if value is None:
        return "", None
    if isinstance(value, str):
        text = clean(value)
        if SCIENTIFIC.fullmatch(text):
            return text, lost_digits(what)
        if "*" in text:
            return text, error("masked", f"{what}是隐去了中间几位的脱敏号码，请填完整号码。")
        return text, None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return "", _not_text(what)
    return _number(value, what)


def _number(value: int | float | Decimal, what: str) -> tuple[str, Finding | None]:
    finite = isinstance(value, int) or (
        value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)
    )
    if finite and value >= EXACT_LIMIT:
        return (str(int(value)) if value < ABSURD else ""), lost_digits(what)
    if not finite or value < 0 or value != int(value):
        return "", _not_text(what)
    return str(int(value)), None


def _not_text(what: str) -> Finding:
    return error("not_text", f"这里应填{what}，单元格却是日期、小数或其他类型；请改为“文本”格式后重新填写。")


def lost_digits(what: str) -> Finding:
    return error(
        "lost_digits",
        f"单元格曾是数字格式，Excel 丢失了末几位，无法自动恢复；请把该列设为“文本”格式，再重新填写{what}。",
    )


def rounded_by_excel(digits: str) -> bool:
    """Whether the last three of 18 digits are what a spreadsheet number leaves behind.

    Excel writes 000. A program that reads the cell as a binary fraction and prints it as a whole number gets
    the nearest multiple of 16 to 128, such as …011008 for …011000. So the third last digit is 0 or 9.
    """
    number = int(digits)
    kept = round(number, -3)
    return number in (kept, int(float(kept)))
