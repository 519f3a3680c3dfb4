"""What the reader does not tell of a sheet, and a person would be misled without.

calamine gives an empty text for a formula's error and for a formula that was never calculated, says nothing of
hidden rows, and of an .ods file's merged cells. All of it is found by one pass over the file, in which a search
for a few literal marks skips what has none of them. Rows and columns count from 0.
"""

from dataclasses import dataclass, field

MOST = 100_000  # of each; a sheet with more is not a ledger


class TooMuch(Exception):
    """More is unpacked than the file may hold."""


class Broken(Exception):
    """The file contradicts itself."""


@dataclass
class Facts:
    errors: dict[int, list[tuple[int, str]]] = field(
        default_factory=dict
    )  # row → (column, text; "": uncalculated)
    hidden: list[int] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] | None = None  # None: ask calamine

    def add_error(self, row: int, column: int, text: str) -> None:
        if len(self.errors) < MOST:
            self.errors.setdefault(row, []).append((column, text))

    def add_hidden(self, row: int) -> None:
        if len(self.hidden) < MOST:
            self.hidden.append(row)


@dataclass(frozen=True)
class BookFacts:
    date1904: bool = False
    refusal: str = ""  # what only the inside of the file shows: a password, links to other files
