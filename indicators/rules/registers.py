"""Registers (登记簿): what kinds of columns there are, where a row keeps their values, what makes a row itself.

A row has a fixed number of typed places (*slots*): ``text_1`` …, ``number_1`` …; a column of a register is given one
when it is made and keeps it, also after it was retired. So the values are ordinary typed columns of one table: they
are compared, summed, sorted and filtered by the database as those of any other ledger.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds; the value is stored."""

    TEXT = "text"
    LONG = "long"
    INTEGER = "integer"
    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    YESNO = "yesno"
    CHOICE = "choice"
    SEVERAL = "several"
    VILLAGE = "village"
    FACILITY = "facility"
    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    TASK = "task"


KINDS: Mapping[Kind, str] = {
    Kind.TEXT: "文字",
    Kind.LONG: "长文字",
    Kind.INTEGER: "整数",
    Kind.NUMBER: "数（可有两位小数）",
    Kind.AMOUNT: "金额（元）",
    Kind.DATE: "日期",
    Kind.YESNO: "是/否",
    Kind.CHOICE: "单选",
    Kind.SEVERAL: "多选",
    Kind.VILLAGE: "村(社区)",
    Kind.FACILITY: "机构(设施)",
    Kind.NAME: "人员姓名",
    Kind.ID_NUMBER: "身份证号（加密）",
    Kind.PHONE: "电话（加密）",
    Kind.TASK: "重点任务编号",
}
FAMILY: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.LONG: "text",
    Kind.INTEGER: "number",
    Kind.NUMBER: "number",
    Kind.AMOUNT: "number",
    Kind.DATE: "date",
    Kind.YESNO: "flag",
    Kind.CHOICE: "text",
    Kind.SEVERAL: "text",
    Kind.VILLAGE: "village",
    Kind.FACILITY: "facility",
    Kind.NAME: "text",
    Kind.ID_NUMBER: "id",
    Kind.PHONE: "phone",
    Kind.TASK: "text",
}
# How many columns of a family a register may have. One village and one facility: a row belongs somewhere once.
PLACES: Mapping[str, int] = {"text": 16, "number": 8, "date": 6, "flag": 6, "id": 2, "phone": 2}
SINGLE = ("village", "facility")
SLOTS: tuple[str, ...] = (
    *(f"{family}_{number}" for family, most in PLACES.items() for number in range(1, most + 1)),
    *SINGLE,
)
NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.AMOUNT})
WITH_CHOICES = frozenset({Kind.CHOICE, Kind.SEVERAL})
PERSONAL = frozenset({Kind.NAME, Kind.ID_NUMBER, Kind.PHONE})  # say who somebody is
CONFIDENTIAL = frozenset({Kind.ID_NUMBER, Kind.PHONE})
FILTERED = WITH_CHOICES | {Kind.YESNO, Kind.DATE, Kind.VILLAGE, Kind.FACILITY}
SEARCHED = frozenset({Kind.TEXT, Kind.LONG, Kind.NAME, Kind.TASK})
SORTED = frozenset(Kind) - CONFIDENTIAL - {Kind.SEVERAL, Kind.LONG}
KEYS = frozenset(Kind) - {Kind.LONG, Kind.SEVERAL}
DISTINCT = frozenset(Kind) - {Kind.LONG, Kind.SEVERAL}
# A change of kind that no value can be in the way of. Names of persons never become plain text: everybody would
# see them.
WIDER: Mapping[Kind, frozenset[Kind]] = {
    Kind.INTEGER: frozenset({Kind.NUMBER, Kind.AMOUNT}),
    Kind.NUMBER: frozenset({Kind.AMOUNT}),
    Kind.AMOUNT: frozenset({Kind.NUMBER}),
    Kind.TEXT: frozenset({Kind.LONG}),
    Kind.TASK: frozenset({Kind.TEXT, Kind.LONG}),
}
SEPARATORS = re.compile(r"[、,，;；/|\n]+")
NAMES = re.compile(r"[a-z][a-z0-9_]{0,29}").fullmatch
# Words that the staging table of an upload needs for itself.
RESERVED = frozenset(
    {
        "row",
        "bad",
        "township",
        "org_unit_id",
        "facility_id",
        "village_id",
        "row_key",
        "and",
        "or",
        "not",
        "in",
    }
)


def name_problem(name: str) -> str:
    """Why ``name`` cannot be the code of a column; "" if it can."""
    if not NAMES(name):
        return "代码须以小写字母开头，只用小写字母、数字和下划线，不超过 30 位。"
    if name in RESERVED or name.startswith("dif_"):
        return f"“{name}”是系统用的代码，请换一个。"
    return ""


def free_slot(kind: Kind, taken: Iterable[str]) -> str | None:
    """The first place of the kind that no column has had; None when there is none left."""
    family, taken = FAMILY[kind], set(taken)
    if family in SINGLE:
        return None if family in taken else family
    return next(
        (slot for number in range(1, PLACES[family] + 1) if (slot := f"{family}_{number}") not in taken), None
    )


def may_keep_slot(old: Kind, new: Kind) -> bool:
    """Whether every value of the one kind is one of the other."""
    return old == new or new in WIDER.get(old, ())


# --- Several choices in one text ------------------------------------------------------------------------------


def packed(codes: Iterable[str]) -> str:
    """``|a|b|``: one of them is found by ``|a|``."""
    codes = list(codes)
    return f"|{'|'.join(codes)}|" if codes else ""


def unpacked(text: str) -> list[str]:
    return [code for code in text.split("|") if code]


@dataclass(frozen=True)
class Several:
    """What a cell with several choices says."""

    codes: tuple[str, ...]
    unknown: tuple[str, ...]


def read_several(text: str, choices: Sequence[Mapping[str, object]]) -> Several:
    """Words of a cell, with 、 or a comma between them, as codes in the order of the choices."""
    words = [word.strip() for word in SEPARATORS.split(text) if word.strip()]
    by_word = {str(each["label"]): str(each["code"]) for each in choices}
    by_word |= {str(each["code"]): str(each["code"]) for each in choices}
    found = {by_word[word] for word in words if word in by_word}
    return Several(
        tuple(str(each["code"]) for each in choices if each["code"] in found),
        tuple(word for word in words if word not in by_word),
    )


# --- What makes a row itself -----------------------------------------------------------------------------------

PART = "\x1f"


def key_text(values: Iterable[object]) -> str | None:
    """One text of the values by which a row is known; None when one is missing. Spaces and case do not matter."""
    parts = []
    for value in values:
        if value is None or value == "":
            return None
        text = str.__str__(value) if isinstance(value, str) else str(value)
        parts.append(re.sub(r"\s+", "", text).upper())
    return PART.join(parts)
