"""Where a sheet's table begins, and which of its columns is which field.

    layout = find_layout(head, columns, merged=merged, remembered=TOWNSHIP_MAPPINGS)
    layout.fields       {"name": 1, "beds": 4}: matched by name or alias, or remembered from a match by hand
    layout.unmatched    headings that a person may match by hand, each with a suggestion
    layout.missing      required columns that no heading matches
    layout.fingerprint  the same for every upload of the same layout: the key to remember a match by hand under

Headings are matched by name only. What is merely similar is suggested to a person, never taken.
"""

import difflib
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from eldercare.errors import Refused
from eldercare.excel.cells.numbers import TIMES
from eldercare.excel.cells.texts import as_typed, squeezed
from eldercare.excel.columns import Column, column_letters

RECEIPT_HEADING = "错误说明"
DEEPEST = 20  # rows above the headings
TALLEST = 3  # heading rows
IGNORE = ""  # the field of a heading that a person matched to nothing
SIMILAR = 0.6
FALSE_FRIENDS = re.compile(r"^(?:序号|编号|No\.?|行号)$", re.IGNORECASE)

_BRACKETS = re.compile(r"[(（\[【〔]([^()（）\[\]【】〔〕]*)[)）\]】〕]")
_HINT = re.compile(  # what stands in brackets without changing what the column is
    r"^(?:必填|选填|可空|可不填|必选|下拉.*|选择.*|请.*|格式.*|如.*|例.*|单位.*|(?:千|万|亿)?元|张|人|名|个|位|岁|户|次|处|家|天|日|月|年|年月日|小时|学时"
    r"|平方米|㎡|m2|%|\d+位.*|是[/或、]否|有[/或、]无|是否|[√×/]+|[ymd]+.*|文本.*|数字|公历|阳历|元/月|元/人.*|\*)$",
    re.IGNORECASE,
)
_NEUTRAL = re.compile(
    r"(?:信息|情况|其中|资料|内容|明细|数据)[:：]?$"
)  # a heading above others that only groups them
_UNIT_ABOVE = re.compile(r"单位[:：]\s*((?:千|万|亿)?元)")
_UNIT_IN_BRACKETS = re.compile(r"[(（\[【〔](?:单位[:：])?([^()（）\[\]【】〔〕]{1,4})[)）\]】〕]")
_MARKS = re.compile(r"[\s*＊:：、，,。./／\\|_\-—~·“”\"'‘’()（）\[\]【】〔〕<>《》]+")

Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True)
class Heading:
    index: int  # column of the sheet, from 0
    text: str  # parts of merged headings joined: 床位/护理型
    field: str = ""
    confidence: float = 0.0  # 1: its full name; 0.9: without what only groups it; 0: no field
    suggestion: str = ""  # the field that a person may mean
    why: str = ""  # why it has no field, if it might have had one

    @property
    def letters(self) -> str:
        return column_letters(self.index)


@dataclass(frozen=True)
class Layout:
    first_heading: int  # row of the sheet, from 0
    first_data: int
    headings: tuple[Heading, ...]
    above: tuple[str, ...] = ()  # titles and notes above the table
    missing: tuple[Column, ...] = ()
    receipt: int = -1  # the column 错误说明 that an earlier receipt added
    times: Mapping[str, int] = field(default_factory=dict)  # field → factor of the unit in its heading
    fingerprint: str = ""
    score: float = 0.0

    @property
    def fields(self) -> dict[str, int]:
        return {heading.field: heading.index for heading in self.headings if heading.field}

    @property
    def unmatched(self) -> tuple[Heading, ...]:
        return tuple(heading for heading in self.headings if not heading.field)

    @property
    def remarks(self) -> list[str]:
        """What a person should know of how the columns were read."""
        texts = {heading.field: heading for heading in self.headings if heading.field}
        said = [
            f"{texts[key].letters} 列“{texts[key].text}”的数按表中写明的单位乘以 {times:,}。"
            for key, times in self.times.items()
        ]
        return said + [f"{each.letters} 列“{each.text}”：{each.why}" for each in self.headings if each.why]

    @property
    def complete(self) -> bool:
        return bool(self.fields) and not self.missing


@lru_cache(4_096)
def heading_key(text: str) -> str:
    """How headings are compared: without marks, spaces, and hints in brackets such as （必填） or （元）."""
    word = _BRACKETS.sub(lambda match: "" if _HINT.match(match.group(1)) else match.group(0), squeezed(text))
    return (_MARKS.sub("", word) or _MARKS.sub("", squeezed(text))).lower()


def find_layout(
    head: Sequence[Sequence[object]],
    columns: Sequence[Column],
    *,
    merged: Merged = (),
    remembered: Mapping[str, Mapping[str, str]] | None = None,
) -> Layout | None:
    """The best reading of a sheet's first rows, or None if no heading there is known.

    ``remembered``: fingerprint → heading text → field (IGNORE for none), from earlier matches by hand.
    """
    names = _names(columns)
    best: tuple[tuple, Layout] | None = None
    for top in range(min(len(head), DEEPEST)):
        if sum(1 for value in head[top] if value not in ("", None)) < 1 or _cuts(head, top, merged):
            continue
        if best and best[1].complete and top >= best[1].first_data:
            break
        wanted = _height(head, top, merged)
        for height in range(1, TALLEST + 1):
            if top + height > len(head):
                break
            layout = _read(head, top, height, merged, columns, names, remembered or {})
            rank = (layout.score, height == wanted, -height, -top)
            if layout.score > 0 and (best is None or rank > best[0]):
                best = rank, layout
    return replace(best[1], headings=_suggest(best[1].headings, columns)) if best else None


def guess_layout(
    head: Sequence[Sequence[object]], columns: Sequence[Column], *, merged: Merged = ()
) -> Layout | None:
    """Where no heading is known: the row with most texts, as the fields that a person may match by hand."""
    texts = [sum(1 for value in row if isinstance(value, str) and value.strip()) for row in head[:DEEPEST]]
    if not texts or max(texts) < 2:
        return None
    top = texts.index(max(texts))
    layout = _read(head, top, 1, merged, columns, {}, {})
    return replace(layout, headings=_suggest(layout.headings, columns))


def match_by_hand(layout: Layout, mapping: Mapping[str, str], columns: Sequence[Column]) -> Layout:
    """``mapping``: heading text → field, IGNORE for none. Headings that it does not name stay as they are.

    Fields that no longer exist are left out. Raises Refused if two headings of the sheet are given the same field.
    """
    known = {column.key: column.heading for column in columns} | {IGNORE: ""}
    chosen = {each.text: mapping[each.text] for each in layout.headings if mapping.get(each.text) in known}
    taken = [field for field in chosen.values() if field]
    if double := next((field for field in taken if taken.count(field) > 1), None):
        raise Refused(f"“{known[double]}”对应了两列，请只选一列。")
    headings = []
    for heading in layout.headings:
        if heading.text in chosen:
            found = chosen[heading.text]
            heading = replace(heading, field=found, confidence=1.0 if found else 0.0, suggestion="", why="")
        elif heading.field and heading.field in taken:
            heading = replace(heading, field="", confidence=0.0, why="这一项已由人工对应到别的列。")
        headings.append(heading)
    return _finish(replace(layout, headings=tuple(headings)), columns)


# --- one candidate -------------------------------------------------------------------------------


def _names(columns: Sequence[Column]) -> dict[str, str]:
    """Heading key → field; a name that two fields claim is nobody's alias, but a field's own heading always counts."""
    names: dict[str, str] = {}
    double = set()
    for column in columns:
        for alias in column.aliases:
            if names.setdefault(heading_key(alias), column.key) != column.key:
                double.add(heading_key(alias))
    for key in double:
        del names[key]
    for column in columns:
        names[heading_key(column.heading)] = column.key
    return names


def _cuts(head: Sequence[Sequence[object]], top: int, merged: Merged) -> bool:
    """A heading merged downwards begins above this row and goes on in it: so do the headings as a whole."""
    return any(
        first < top <= last and left == right and left < len(head[first]) and _text(head[first][left])
        for (first, left), (last, right) in merged
    )


def _height(head: Sequence[Sequence[object]], top: int, merged: Merged) -> int:
    """How many rows the headings take, by the merged cells of their first row."""
    bottom = top
    for (first, left), (last, right) in merged:
        if first == top and last > top:
            bottom = max(bottom, last)
        elif first == last == top and right > left and top + 1 < len(head):
            below = [
                value for value in head[top + 1][left : right + 1] if isinstance(value, str) and value.strip()
            ]
            if len(below) > 1:
                bottom = max(bottom, top + 1)
    return min(bottom - top + 1, TALLEST)


def _read(head, top, height, merged, columns, names, remembered) -> Layout:
    headings, receipt = [], -1
    for index, parts in _paths(head, top, height, merged):
        text = "/".join(parts)
        if heading_key(text) == RECEIPT_HEADING:
            receipt = index
        else:
            found, confidence = _match(parts, names)
            headings.append(Heading(index, text, found, confidence))
    headings = _once(headings)
    layout = Layout(
        first_heading=top,
        first_data=top + height + _numbering(head, top + height, headings),
        headings=tuple(headings),
        above=_above(head, top),
        receipt=receipt,
        fingerprint=fingerprint([heading.text for heading in headings]),
        score=sum(heading.confidence for heading in headings),
    )
    if layout.score and layout.fingerprint in remembered:
        return match_by_hand(layout, remembered[layout.fingerprint], columns)
    return _finish(layout, columns)


def _finish(layout: Layout, columns: Sequence[Column]) -> Layout:
    fields = layout.fields
    times = {}
    above = _UNIT_ABOVE.findall(" ".join(layout.above))
    for column in columns:
        if column.key in fields and column.unit in TIMES:
            heading = next(each for each in layout.headings if each.field == column.key)
            written = above[-1:] + [unit for unit in _UNIT_IN_BRACKETS.findall(heading.text) if unit in TIMES]
            if (
                written
                and TIMES[written[-1]] != TIMES[column.unit]
                and TIMES[written[-1]] % TIMES[column.unit] == 0
            ):
                times[column.key] = TIMES[written[-1]] // TIMES[column.unit]
    missing = tuple(column for column in columns if column.required and column.key not in fields)
    score = sum(heading.confidence for heading in layout.headings)
    return replace(layout, missing=missing, times=times, score=score)


def _match(parts: Sequence[str], names: Mapping[str, str]) -> tuple[str, float]:
    """By the whole heading, or without what only groups; 家属/电话 is not 电话."""
    if FALSE_FRIENDS.match(squeezed(parts[-1])):
        return "", 0.0
    if found := names.get(heading_key("".join(parts))):
        return found, 1.0
    telling = [part for part in parts[:-1] if not _NEUTRAL.search(squeezed(part))] + [parts[-1]]
    if found := names.get(heading_key("".join(telling)).replace("其中", "")):
        return found, 0.9
    return "", 0.0


def _once(headings: Sequence[Heading]) -> list[Heading]:
    """A field has one column: the surest, then the first; the others say why they are not read."""
    best: dict[str, Heading] = {}
    for heading in headings:
        if heading.field and heading.confidence > (
            best[heading.field].confidence if heading.field in best else 0
        ):
            best[heading.field] = heading
    return [
        heading
        if not heading.field or best[heading.field] is heading
        else Heading(
            heading.index, heading.text, why=f"与 {best[heading.field].letters} 列是同一项，没有读取。"
        )
        for heading in headings
    ]


def _paths(head, top: int, height: int, merged: Merged) -> list[tuple[int, list[str]]]:
    """Each column's heading from top to bottom, without repetition; columns without one are left out."""
    block = [[_text(value) for value in head[row]] for row in range(top, top + height)]
    spans = [each for each in merged if top <= each[0][0] < top + height]
    for (first, left), (last, right) in spans:
        text = block[first - top][left] if left < len(block[first - top]) else ""
        for row in range(first - top, min(last - top + 1, height)):
            for index in range(left, min(right + 1, len(block[row]))):
                block[row][index] = text
    if not spans and height > 1:
        _fill_right(block)
    paths = []
    for index in range(max(map(len, block))):
        parts: list[str] = []
        for row in block:
            text = row[index] if index < len(row) else ""
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        if parts:
            paths.append((index, parts))
    return paths


def _fill_right(block: list[list[str]]) -> None:
    """Text tables have no merged cells: an upper heading goes on to the right while there is one below it."""
    for upper, lower in pairwise(block):
        last = ""
        for index, text in enumerate(upper):
            if text:
                last = text
            elif last and index < len(lower) and lower[index]:
                upper[index] = last
            else:
                last = ""


def _text(value: object) -> str:
    return " ".join(as_typed(value).split()) if value not in ("", None) else ""


def _numbering(head, row: int, headings: Sequence[Heading]) -> int:
    """1 if the row under the headings only counts the columns: 1, 2, 3 or 甲, 乙, 1, 2."""
    if row >= len(head):
        return 0
    values = [squeezed(_text(head[row][each.index])) for each in headings if each.index < len(head[row])]
    numbers = [value for value in values if value and not re.fullmatch("栏次|[甲乙丙丁戊]", value)]
    counted = [int(value) for value in numbers if value.isdecimal() and len(value) < 4]
    steps = (
        len(counted) >= 3
        and counted == list(range(counted[0], counted[0] + len(counted)))
        and counted[0] in (1, 2)
    )
    return (
        1
        if steps and len(counted) == len(numbers) and len(values) - values.count("") >= len(values) * 0.6
        else 0
    )


def _above(head, top: int) -> tuple[str, ...]:
    return tuple(text for row in head[:top] if (text := " ".join(filter(None, map(_text, row)))))


def _suggest(headings: Sequence[Heading], columns: Sequence[Column]) -> tuple[Heading, ...]:
    taken = {heading.field for heading in headings}
    free = {
        heading_key(name): column.key
        for column in columns
        if column.key not in taken
        for name in column.names
    }
    suggested = []
    for heading in headings:
        if not heading.field and not heading.why and free:
            key = heading_key(heading.text.rpartition("/")[2])
            near = difflib.get_close_matches(key, list(free), 1, SIMILAR) or [
                name for name in free if len(name) > 1 and (name in key or (len(key) > 1 and key in name))
            ]
            if near:
                heading = replace(heading, suggestion=free[near[0]])
        suggested.append(heading)
    return tuple(suggested)


def fingerprint(headings: Sequence[str]) -> str:
    """Of the headings in their order; titles, which name the month, do not count."""
    text = "\n".join(squeezed(heading).lower() for heading in headings)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
