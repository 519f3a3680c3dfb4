"""Yes or no, one of a list, a township or a village."""

import difflib
import re
from dataclasses import dataclass, field
from functools import lru_cache

from eldercare.excel.cells.flawed import error, note
from eldercare.excel.cells.texts import as_typed, cell_error, squeezed
from eldercare.excel.columns import CellError, Choice, Column

YES = "是 √ ✓ ✔ ☑ 有 对 真 1 1.0 y yes t true ok 已 正确 具备 符合"
NO = "否 × ✗ ✘ ✕ ☒ x 无 错 假 0 0.0 n no f false 未 没有 不是 错误 不具备 不符合"
_YES_NO = {squeezed(word).lower(): True for word in YES.split()} | {
    squeezed(word).lower(): False for word in NO.split()
}
_ASKS = re.compile("^(?:是否|有无|已)")
_SAYS_YES = re.compile("^(?:已经?|有|是|属于)")
_SAYS_NO = re.compile("^(?:没有|不是|不属于|未|无|非|不|没)")


def clean_yes_no(text: str, column: Column) -> object:
    word = squeezed(text).lower()
    if not word:
        return None
    if word in _YES_NO:
        return _YES_NO[word]
    own = _own_words((column.heading, *column.aliases))
    if _SAYS_YES.sub("", word, count=1) in own:
        return True
    if (denied := _SAYS_NO.sub("", word, count=1)) != word and denied in own:
        return False
    return error(f"“{text.strip()[:20]}”不能确定是“是”还是“否”。请填“是”或“否”。")


@lru_cache(1_024)
def _own_words(names: tuple[str, ...]) -> frozenset[str]:
    """What the column is called, without 是否: a township writes 低保 under 低保, and 已投保 under 是否投保."""
    return frozenset(_ASKS.sub("", squeezed(name).lower(), count=1) for name in names)


def yes_no_of_other(value: object, column: Column) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return value == 1
    if isinstance(value, CellError):
        return cell_error(value)
    return error(f"“{as_typed(value)}”不能确定是“是”还是“否”。请填“是”或“否”。")


# --- one of a list -------------------------------------------------------------------------------


def word_key(text: str) -> str:
    return squeezed(text).lower()


def choice_table(choices: tuple[Choice, ...]) -> dict[str, str]:
    """By label, code and alias. A word that stands for two of them is no key."""
    table: dict[str, str] = {}
    double = set()
    for name in (lambda c: (c.label, c.code), lambda c: c.aliases):
        for choice in choices:
            for word in name(choice):
                key = word_key(word)
                if table.setdefault(key, choice.code) != choice.code:
                    double.add(key)
    return {key: code for key, code in table.items() if key not in double}


def unknown_choice(text: str, choices: tuple[Choice, ...]) -> object:
    labels = [choice.label for choice in choices]
    near = difflib.get_close_matches(text.strip()[:40], labels, 1, 0.6)
    hint = f"是不是“{near[0]}”？" if near else ""
    shown = "、".join(labels[:12]) + (" 等" if len(labels) > 12 else "")
    return error(f"“{text.strip()[:30]}”不在可选项里。{hint}可填：{shown}。")


# --- townships and villages ----------------------------------------------------------------------

TOWNSHIP, VILLAGE = "township", "village"
_SUFFIXES = {
    TOWNSHIP: ("人民政府", "街道办事处", "街道办", "街道", "镇", "乡"),
    VILLAGE: (
        "村民委员会", "居民委员会", "社区居委会", "社区居民委员会", "村委会", "居委会", "社区", "行政村", "村", "居",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    level: str  # TOWNSHIP or VILLAGE
    parent: str = ""  # code of a village's township
    former: tuple[str, ...] = ()  # old names, and other names that only ever meant this place


@dataclass
class Places:
    """The places of a county, found by name, short name, former name or code."""

    places: tuple[Place, ...]
    _by_code: dict[str, Place] = field(init=False)
    _by_name: dict[tuple[str, str], list[Place]] = field(init=False)
    _by_short: dict[tuple[str, str], list[Place]] = field(init=False)
    _by_former: dict[tuple[str, str], list[Place]] = field(init=False)

    def __post_init__(self) -> None:
        self._by_code = {place.code: place for place in self.places}
        self._by_name, self._by_short, self._by_former = {}, {}, {}
        for place in self.places:
            self._by_name.setdefault((place.level, squeezed(place.name)), []).append(place)
            self._by_short.setdefault((place.level, short_name(place.name, place.level)), []).append(place)
            for name in place.former:
                self._by_former.setdefault((place.level, squeezed(name)), []).append(place)
                self._by_former.setdefault((place.level, short_name(name, place.level)), []).append(place)

    def name_of(self, code: str) -> str:
        place = self._by_code.get(code)
        return place.name if place else code

    def find(self, text: str, level: str, township: str | None = None) -> object:
        """The code; or what is wrong. ``township`` narrows villages, whose names repeat across townships."""
        word = squeezed(text)
        if not word:
            return None
        found, former = self._candidates(word, level)
        here = [place for place in found if not township or level == TOWNSHIP or place.parent == township]
        if len(here) == 1:
            return self._one(here[0], word, former)
        if len(here) > 1:
            names = "、".join(self._full_name(place) for place in here[:6])
            return error(f"“{word[:20]}”可能是 {names}，请写全名。")
        if found:
            names = "、".join(self._full_name(place) for place in found[:4])
            return error(f"“{word[:20]}”属于 {names}，不在{self.name_of(township or '')}，请核对。")
        return self._unknown(word, level, township)

    def _one(self, place: Place, word: str, former: bool) -> object:
        name = squeezed(place.name)
        if former:
            return note(place.code, f"“{word}”是旧名，按现名“{place.name}”读取。")
        if word.isdecimal() or word in (name, short_name(name, place.level)) or word.endswith(name):
            return place.code
        return note(place.code, f"“{word}”按“{place.name}”读取。")

    def _candidates(self, word: str, level: str) -> tuple[list[Place], bool]:
        if place := self._by_code.get(word):
            return ([place], False) if place.level == level else ([], False)
        if level == TOWNSHIP and len(word) == 12 and word.endswith("000") and word[:9] in self._by_code:
            return [self._by_code[word[:9]]], False  # the long form of a township's code
        for table in (self._by_name, self._by_short):
            for key in dict.fromkeys((word, short_name(word, level))):
                if places := table.get((level, key)):
                    return places, False
        for key in dict.fromkeys((word, short_name(word, level))):
            if places := self._by_former.get((level, key)):
                return list(dict.fromkeys(places)), True
        for unit in self._parents_named_in(word, level):
            rest = word.removeprefix(squeezed(unit.name))
            places, former = self._candidates(rest, level) if rest and rest != word else ([], False)
            if places := [place for place in places if place.parent == unit.code]:
                return places, former
        return [], False

    def _parents_named_in(self, word: str, level: str) -> list[Place]:
        """武原街道城西社区: the township written before the village."""
        if level != VILLAGE:
            return []
        return [
            place
            for place in self.places
            if place.level == TOWNSHIP and word.startswith(squeezed(place.name))
        ]

    def _full_name(self, place: Place) -> str:
        parent = self._by_code.get(place.parent)
        return f"{parent.name}{place.name}" if parent else place.name

    def _unknown(self, word: str, level: str, township: str | None) -> object:
        what = "镇（街道）" if level == TOWNSHIP else "村（社区）"
        names = [
            place.name
            for place in self.places
            if place.level == level and (not township or level == TOWNSHIP or place.parent == township)
        ]
        near = difflib.get_close_matches(word[:40], names, 1, 0.5)
        where = f"{self.name_of(township)}的" if township and level == VILLAGE else ""
        return error(
            f"“{word[:20]}”不是{where}{what}名。" + (f"是不是“{near[0]}”？" if near else "请写全名或代码。")
        )


def short_name(name: str, level: str) -> str:
    """沈荡 for 沈荡镇; a name is never cut to less than two characters."""
    word = squeezed(name)
    for suffix in sorted(_SUFFIXES[level], key=len, reverse=True):
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            return word.removesuffix(suffix)
    return word


def place_of_other(value: object, column: Column) -> object:
    """A code that Excel turned into a number has lost no digit: it has at most 12 and begins with no 0."""
    if isinstance(value, CellError):
        return cell_error(value)
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and value == value
        and abs(value) < 1e15
    ):
        return str(int(value)) if value == int(value) else error(f"“{as_typed(value)}”不是地名或代码。")
    return error(f"“{as_typed(value)}”不是地名或代码。")


def own_township(code: str, own: str, places: Places) -> object:
    return error(
        f"这一行写的是{places.name_of(code)}，您只能上传{places.name_of(own)}的数据。属于其他镇（街道）的请交县民政局。"
    )
