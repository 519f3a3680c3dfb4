"""Forms of the pages that write for many people at once: a course, a month's attendance."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict

from facilities.actions.attendance import Entry
from facilities.forms.staff import TrainingForm
from facilities.models import Employment
from facilities.rules.staff import attendance_limit


class CourseForm(TrainingForm):
    """The course; who attended is ticked in the table beside it."""

    def ticked(self) -> set[int]:
        return {int(each) for each in self.data.getlist("people") if each.isdecimal() and len(each) < 18}


@dataclass
class Cell:
    """A post's days in the month: as stored when the page was made, as typed, and what is wrong with it."""

    post: Employment
    limit: int
    stored: int | None
    text: str
    before: int | None  # the month before
    error: str = ""

    @property
    def name(self) -> str:
        return f"days-{self.post.pk}"


def read_cells(
    data: QueryDict | None,
    posts: Iterable[Employment],
    month: dt.date,
    stored: dict[int, int],
    before: dict[int, int],
) -> list[Cell]:
    """Without ``data``, what is stored. An empty cell means that nothing is known, which is not 0 days."""
    cells = []
    for post in posts:
        limit = attendance_limit(month, post.employed_from, post.employed_to)
        now = stored.get(post.pk)
        cell = Cell(post, limit, now, "" if now is None else str(now), before.get(post.pk))
        if data is not None and f"days-{post.pk}" in data:
            seen = data.get(f"seen-{post.pk}", "")
            cell.stored = int(seen) if seen.isdecimal() and len(seen) < 4 else None
            cell.text = data[f"days-{post.pk}"].strip()
            cell.error = _problem(cell)
        cells.append(cell)
    return cells


def _problem(cell: Cell) -> str:
    if not cell.text:
        return ""
    if not (cell.text.isascii() and cell.text.isdecimal()):
        return "请填整数天，没有数据的留空"
    if len(cell.text) > 3 or int(cell.text) > cell.limit:
        return f"本月在职 {cell.limit} 天，不能超过"
    return ""


def entries(cells: Iterable[Cell]) -> dict[int, Entry]:
    return {cell.post.pk: Entry(cell.stored, int(cell.text) if cell.text else None) for cell in cells}
