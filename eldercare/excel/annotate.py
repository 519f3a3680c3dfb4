"""Writes a receipt, inside the child process: into the user's own workbook, or into a copy of its values."""

import datetime as dt
import zipfile
from collections.abc import Sequence
from copy import copy
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from eldercare.excel.grid import SheetGrid, TextGrid, code, open_grid
from eldercare.excel.limits import Limits

AUTHOR = "养老服务数据门户"
MARK = "【养老服务数据门户】"
FILLS = {3: "FFC7CE", 2: "FFEB9C"}  # error, warning
WIDTH = 60


def write(path: Path, kind: str, job: dict, limits: Limits) -> bool:
    if job["mode"] == "original":
        return _annotate(path, job)
    _copy(open_grid(path, kind, limits), job)
    return False


# --- the user's own workbook ---------------------------------------------------------------------


def _annotate(path: Path, job: dict) -> bool:
    with open(path, "rb") as file:  # by name, openpyxl would refuse whatever does not end in .xlsx
        book = openpyxl.load_workbook(file, rich_text=True)
    page = book[job["name"]]
    _clear_earlier(page, job)
    tops = _tops(page)
    fills = {severity: PatternFill("solid", fgColor=colour) for severity, colour in FILLS.items()}
    for row, column, severity, message in job["cells"]:
        place = tops.get((row + 1, column + 1), (row + 1, column + 1))
        cell = page.cell(*place)
        cell.fill = fills[severity]
        _comment(cell, message)
    _write_column(page, job)
    book.save(job["out"])
    with zipfile.ZipFile(path) as archive:
        return any(name.startswith(("xl/drawings/drawing", "xl/media/")) for name in archive.namelist())


def _tops(page) -> dict[tuple[int, int], tuple[int, int]]:
    """Merged cell → the one that holds its value: only that one may carry a comment."""
    return {
        (row, column): (each.min_row, each.min_col)
        for each in page.merged_cells.ranges
        if each.size["rows"] * each.size["columns"] <= 100_000
        for row in range(each.min_row, each.max_row + 1)
        for column in range(each.min_col, each.max_col + 1)
    }


def _clear_earlier(page, job: dict) -> None:
    """What an earlier receipt left: comments, colours, the texts of its column."""
    ours = {f"00{colour}" for colour in FILLS.values()}
    for row in page.iter_rows():
        for cell in row:
            comment = getattr(cell, "comment", None)
            if comment is None or MARK not in comment.text:
                continue
            before = comment.text.partition(MARK)[0].rstrip("\n")
            cell.comment = Comment(before, comment.author) if before else None
            if cell.fill.fgColor.rgb in ours:
                cell.fill = PatternFill()
    for row in range(job["heading"] + 2, page.max_row + 1):
        cell = page.cell(row, job["column"] + 1)
        if not isinstance(cell, MergedCell) and cell.value is not None:
            cell.value = None


def _comment(cell, message: str) -> None:
    text = f"{MARK}\n{message}"
    author = AUTHOR
    if cell.comment is not None:
        author = cell.comment.author or AUTHOR
        text = (
            f"{cell.comment.text}\n{message}" if MARK in cell.comment.text else f"{cell.comment.text}\n{text}"
        )
    cell.comment = Comment(text[:2_000], author, width=320, height=110)


def _write_column(page, job: dict) -> None:
    column = job["column"] + 1
    heading = page.cell(job["heading"] + 1, column)
    if not isinstance(heading, MergedCell):
        heading.value = job["column_heading"]
        if column > 1 and not heading.has_style:
            beside = page.cell(job["heading"] + 1, column - 1)
            heading._style = copy(beside._style)
        heading.font = Font(name=heading.font.name, size=heading.font.size, bold=True, color="C00000")
    page.column_dimensions[get_column_letter(column)].width = WIDTH
    for row, text in job["texts"]:
        cell = page.cell(row + 1, column)
        if not isinstance(cell, MergedCell):
            cell.value = text
            cell.data_type = "s"  # text, whatever it begins with
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(color="C00000")


# --- a copy of the values ------------------------------------------------------------------------


def _copy(grid: TextGrid | SheetGrid, job: dict) -> None:
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(job["out"], options) as book:
        writer = _CopyWriter(book, job)
        for about in grid.describe():
            own = about["number"] == job["sheet"]
            if own or about["visible"]:
                writer.sheet(grid, about, job if own else None)


class _CopyWriter:
    def __init__(self, book: xlsxwriter.Workbook, job: dict) -> None:
        self.book = book
        formats = {"D": "yyyy-mm-dd", "T": "yyyy-mm-dd hh:mm", "t": "hh:mm:ss", "d": "[h]:mm:ss"}
        self.dates = {name: {0: book.add_format({"num_format": text})} for name, text in formats.items()}
        self.texts = {0: book.add_format({"num_format": "@"})}
        self.plain: dict[int, object] = {0: None}
        for severity, colour in FILLS.items():
            self.texts[severity] = book.add_format({"num_format": "@", "bg_color": f"#{colour}"})
            self.plain[severity] = book.add_format({"bg_color": f"#{colour}"})
            for name, text in formats.items():
                self.dates[name][severity] = book.add_format({"num_format": text, "bg_color": f"#{colour}"})
        self.wrapped = book.add_format({"text_wrap": True, "font_color": "#C00000", "valign": "top"})
        self.bold = book.add_format({"bold": True, "font_color": "#C00000"})

    def sheet(self, grid: TextGrid | SheetGrid, about: dict, job: dict | None) -> None:
        page = self.book.add_worksheet(about["name"][:31] or "数据")
        flaws = {(row, column): severity for row, column, severity, _ in job["cells"]} if job else {}
        texts = dict(map(tuple, job["texts"])) if job else {}
        if job:
            page.set_column(0, max(0, job["column"] - 1), 16)
            page.set_column(job["column"], job["column"], WIDTH)
            for row, column, _, message in job["cells"]:
                page.write_comment(
                    row, column, f"{MARK}\n{message}"[:2_000], {"x_scale": 2.5, "author": AUTHOR}
                )
            texts[job["heading"]] = job["column_heading"]
        for first, columns, _ in grid.batches(about["number"]):
            for position, row in enumerate(zip(*columns, strict=True)):
                number = first + position
                for index, value in enumerate(row):
                    if job and index == job["column"]:
                        continue
                    if value != "" or (number, index) in flaws:
                        self._cell(page, number, index, value, flaws.get((number, index), 0))
                if job and number in texts:
                    style = self.bold if number == job["heading"] else self.wrapped
                    page.write_string(number, job["column"], texts[number], style)

    def _cell(self, page, row: int, column: int, value: object, severity: int) -> None:
        if isinstance(value, str):
            if value:
                page.write_string(row, column, value, self.texts[severity])
            else:
                page.write_blank(row, column, None, self.texts[severity])
        elif isinstance(value, bool):
            page.write_boolean(row, column, value, self.plain[severity])
        elif isinstance(value, int | float):
            if abs(value) < float("inf"):
                page.write_number(row, column, value, self.plain[severity])
        elif isinstance(found := code(value), tuple):
            self._coded(page, row, column, found, severity)

    def _coded(self, page, row: int, column: int, value: Sequence, severity: int) -> None:
        name, *rest = value
        if name == "e":
            page.write_formula(row, column, "=NA()", self.plain[severity], rest[0] or "#N/A")
            return
        style = self.dates[name][severity]
        if name == "D":
            page.write_datetime(row, column, dt.date(*rest), style)
        elif name == "T":
            page.write_datetime(row, column, dt.datetime(*rest), style)
        elif name == "t":
            page.write_datetime(row, column, dt.time.fromisoformat(rest[0]), style)
        elif name == "d":
            page.write_datetime(row, column, dt.timedelta(seconds=rest[0]), style)
