"""What the reading of a plan's workbook gives: the document, what is wrong in it, and which rows are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from eldercare.excel.rows import Skipped
from indicators.plan_documents import Row


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell, with its place in the file."""

    place: str
    heading: str
    message: str
    value: str = ""


@dataclass
class Reading:
    """A document, complete as soon as there are no ``problems``; ``notes`` are only said."""

    document: Row
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    examples: int = 0


class NumberedRows:
    """Takes every row with something in its first columns: in a plan “养老床位合计” is an indicator, no total."""

    def __init__(self, first_data: int, keys: Sequence[int]) -> None:
        self.first_data, self.keys = first_data, keys
        self.skipped: list[Skipped] = []

    def keep(self, first: int, columns: Sequence[Sequence[object]]) -> Sequence[int]:
        count = len(columns[0]) if columns else 0
        return [
            at
            for at in range(max(0, self.first_data - first), count)
            if any(key < len(columns) and columns[key][at] not in ("", None) for key in self.keys)
        ]
