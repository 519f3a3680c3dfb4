"""What a person writes in the workbook of a plan: targets, starting figures, and formulas with names of metrics.

    read_targets("≥60（2025年）；≥70（2030年）", comparator=">=", end=dt.date(2030, 12, 31))
    with_codes("护理型床位数 / 养老机构床位数 * 100", names)

Pure functions. Whatever cannot be read raises ``PlanTextError`` with a sentence that quotes it.
"""

import calendar
import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

NO_VALUE = "无数值"
SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "=": "="}
COMPARATORS = {
    "≥": ">=", ">=": ">=", "不低于": ">=", "不少于": ">=", "达到": ">=", ">": ">", "超过": ">", "高于": ">",
    "≤": "<=", "<=": "<=", "不高于": "<=", "不超过": "<=", "<": "<", "低于": "<", "少于": "<", "=": "=",
}  # fmt: skip
_SIGN = "|".join(map(re.escape, sorted(COMPARATORS, key=len, reverse=True)))
_TARGET = re.compile(
    rf"(?P<sign>{_SIGN})?\s*(?P<value>{NO_VALUE}|-?[0-9][0-9,]*(?:\.[0-9]+)?)\s*(?P<unit>[^0-9()（）]{{0,12}}?)"
    r"\s*(?:[(（](?P<due>[^()（）]+)[)）])?"
)
_BASE = re.compile(
    r"(?P<value>-?[0-9][0-9,]*(?:\.[0-9]+)?)\s*[^0-9()（）]{0,12}?\s*[(（](?P<year>(?:19|20|21)[0-9]{2})年?末?[)）]"
)
_DAY = re.compile(r"([0-9]{4})(?:年|[-/.])?(?:([0-9]{1,2})(?:月|[-/.])?(?:([0-9]{1,2})日?)?)?(?:底|末|前)?")
_SEPARATORS = re.compile(r"[；;\n]+")
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，＞＜＝－", "0123456789.,><=-")


class PlanTextError(ValueError):
    """A text that cannot be read; the message says which and how to write it."""


@dataclass(frozen=True)
class TargetText:
    comparator: str
    value: Decimal | None
    due_on: dt.date


def read_day(text: str, *, is_start: bool = False) -> dt.date:
    """A day; of a year or month that is named alone the last day, for a beginning the first."""
    found = _DAY.fullmatch(text.strip().translate(_HALF_WIDTH).removesuffix(" 00:00:00"))
    if found is None:
        raise PlanTextError(f"“{text[:30]}”不是日期，请写成 2025-12-31、2025年6月 或 2025年。")
    year, month, day = (int(each) if each else None for each in found.groups())
    try:
        if day is None:
            month = month or (1 if is_start else 12)
            day = 1 if is_start else calendar.monthrange(year, month)[1]
        return dt.date(year, month, day)
    except ValueError:
        raise PlanTextError(f"没有“{text[:30]}”这一天，请核对日期。") from None


def read_targets(text: str, *, comparator: str, end: dt.date) -> list[TargetText]:
    """Targets one after the other; without a sign ``comparator`` holds, without a date the plan's ``end``."""
    rows = []
    for part in filter(None, (each.strip() for each in _SEPARATORS.split(text))):
        found = _TARGET.fullmatch(part.translate(_HALF_WIDTH))
        if found is None:
            raise PlanTextError(f"目标“{part[:40]}”读不懂，请写成“≥60（2025年）”，几个目标用分号隔开。")
        value = None if found["value"] == NO_VALUE else _decimal(found["value"])
        due = read_day(found["due"]) if found["due"] else end
        rows.append(TargetText(COMPARATORS[found["sign"]] if found["sign"] else comparator, value, due))
    days = [row.due_on for row in rows]
    if len(set(days)) < len(days):
        raise PlanTextError(f"“{text[:40]}”里同一个期限有两个目标，请只留一个。")
    return sorted(rows, key=lambda row: row.due_on)


def read_bases(text: str) -> list[tuple[int, Decimal]]:
    """Years and figures, “54.2（2020年）”."""
    rows = []
    for part in filter(None, (each.strip() for each in _SEPARATORS.split(text))):
        found = _BASE.fullmatch(part.translate(_HALF_WIDTH))
        if found is None:
            raise PlanTextError(f"基期值“{part[:40]}”读不懂，请写成“54.2（2020年）”，几个用分号隔开。")
        rows.append((int(found["year"]), _decimal(found["value"])))
    return rows


def _decimal(text: str) -> Decimal:
    value = Decimal(text.replace(",", ""))
    if abs(value) >= Decimal(10) ** 15 or value != round(value, 4):
        raise PlanTextError(f"“{text[:30]}”数字太大，或小数超过 4 位。")
    return value


def number_text(value: Decimal | None) -> str:
    """Plain digits without needless zeros."""
    if value is None:
        return NO_VALUE
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def target_text(comparator: str, value: Decimal | None, due_on: dt.date) -> str:
    return f"{SIGNS[comparator]}{number_text(value)}（{due_on:%Y-%m-%d}）"


def base_text(year: int, value: Decimal) -> str:
    return f"{number_text(value)}（{year}年）"


# --- Formulas ------------------------------------------------------------------------------------------------

_OPERATORS = {
    "×": "*",
    "÷": "/",
    "（": "(",
    "）": ")",
    "，": ",",
    "“": "",
    "”": "",
    "－": "-",
    "＋": "+",
    "／": "/",
}
_STOP = frozenset("+-*/(),\n ") | _OPERATORS.keys()
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def with_codes(text: str, names: Mapping[str, Sequence[str]]) -> str:
    """The formula with the codes in the place of the ``names`` (name → code, or several that are called so)."""
    if text.isascii():
        return text
    longest_first = sorted(names, key=len, reverse=True)
    written, position = [], 0
    while position < len(text):
        if (word := _WORD.match(text, position)) and _ends(text, word.end()):
            written.append(word[0])
            position = word.end()
            continue
        name = next((each for each in longest_first if _stands(text, each, position)), None)
        if name is not None:
            written.append(_only_code(name, names[name]))
            position += len(name)
        elif text[position] in _OPERATORS:
            written.append(_OPERATORS[text[position]])
            position += 1
        elif text[position].isascii():
            written.append(text[position])
            position += 1
        else:
            raise PlanTextError(_unknown(text, position, names))
    return "".join(written)


def _stands(text: str, name: str, position: int) -> bool:
    return text.startswith(name, position) and _ends(text, position + len(name))


def _ends(text: str, position: int) -> bool:
    return position >= len(text) or text[position] in _STOP


def _only_code(name: str, codes: Sequence[str]) -> str:
    if len(codes) > 1:
        raise PlanTextError(f"叫“{name}”的基础指标有 {len(codes)} 个，请改写代码：{'、'.join(codes)}。")
    return codes[0]


def _unknown(text: str, position: int, names: Mapping[str, Sequence[str]]) -> str:
    end = next((at for at in range(position, len(text)) if text[at] in _STOP), len(text))
    word = text[position:end]
    near = difflib.get_close_matches(word, names, n=3, cutoff=0.5)
    hint = f"是不是“{'”“'.join(near)}”？" if near else "名称和代码见工作表“基础指标”。"
    return f"公式第 {position + 1} 个字起：没有叫“{word[:30]}”的基础指标，{hint}"
