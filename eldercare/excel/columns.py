"""What a sheet's columns mean: declared once, used by the template, by reading and by the receipt.

NAME = Column("name", "机构名称", aliases=("养老机构名称", "单位名称"), required=True, width=28)
BEDS = Column("beds", "核定床位数", kind=Kind.INTEGER, unit="张", minimum=0)
MODE = Column("mode", "运营方式", kind=Kind.CHOICE, choices=(Choice("public", "公办公营"), ...))
ID = Column("id_number", "身份证号", kind=Kind.CODE, checker=check_id_number)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum


class Kind(Enum):
    TEXT = "text"
    NAME = "name"  # a person's name
    CODE = "code"  # ID and telephone numbers, credit codes, accounts: text, never a number
    INTEGER = "integer"  # int
    NUMBER = "number"  # Decimal
    MONEY = "money"  # Decimal, exact to the fen
    DATE = "date"
    MONTH = "month"  # the first day of the month
    YESNO = "yesno"  # bool
    CHOICE = "choice"  # the code of one of `choices`
    TOWNSHIP = "township"  # code of the unit
    VILLAGE = "village"  # code of the unit


class Severity(IntEnum):
    """ERROR: the cell has no value. WARNING: the value stands, a person must confirm it. NOTE: how it was read."""

    NOTE = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Problem:
    severity: Severity
    message: str


# Gets the cleaned value, never an empty one. None: nothing to say. An error takes the value away.
Checker = Callable[[object], Problem | None]


@dataclass(frozen=True)
class Choice:
    code: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    key: str
    heading: str
    aliases: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    required: bool = False
    width: float = 14  # characters
    choices: tuple[Choice, ...] = ()
    checker: Checker | None = None
    sure: str = ""  # pattern of texts that are right as they stand: neither cleaned nor checked
    help: str = ""
    unit: str = ""  # 元, 张, 人, %: what a number is counted in
    decimals: int = 2  # most decimal places of NUMBER and MONEY
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    max_length: int = 2_000  # characters of TEXT, NAME, CODE
    digits: tuple[int, ...] = ()  # CODE: a number cell with so many digits lost none, e.g. (11,) for mobiles
    coarsest: str = "month"  # DATE: "day", "month" or "year" may be the least that is written
    empty_words: tuple[str, ...] = (
        "-",
        "—",
        "——",
        "/",
        "\\",
        "--",
        "－",
    )  # read as an empty cell, with a note

    def __post_init__(self) -> None:
        if self.kind is Kind.CHOICE and not self.choices:
            raise ValueError(f"Column {self.key} is a choice without choices.")
        if self.coarsest not in ("day", "month", "year"):
            raise ValueError(f"Column {self.key}: coarsest must be day, month or year.")

    @property
    def names(self) -> tuple[str, ...]:
        return (self.heading, *self.aliases)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said about one cell. ``row`` counts as Excel does, ``column`` from 0; -1: not in the file."""

    row: int
    column: int
    key: str
    heading: str
    severity: Severity
    message: str
    value: str  # as typed

    @property
    def place(self) -> str:
        return f"{column_letters(self.column)}{self.row}" if self.column >= 0 else f"第{self.row}行"


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell without a usable value: a formula's error such as #N/A, or a formula that was never calculated."""

    text: str  # "" for a formula that was never calculated

    def __str__(self) -> str:
        return self.text or "未计算的公式"


def column_letters(index: int) -> str:
    """0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def unique_keys(columns: Sequence[Column]) -> None:
    keys = [column.key for column in columns]
    if len(set(keys)) != len(keys):
        raise ValueError("Two columns have the same key.")
