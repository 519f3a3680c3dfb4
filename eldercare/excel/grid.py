"""A workbook as a grid of values, seen from inside the child process. Rows and columns count from 0."""

import datetime as dt
import threading
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

import python_calamine as calamine
from defusedxml import DefusedXmlException

from eldercare.excel import delimited, facts_ods, facts_xls, facts_xlsx, ole
from eldercare.excel.columns import column_letters
from eldercare.excel.facts import BookFacts, Broken, Facts, TooMuch
from eldercare.excel.limits import Limits

HEAD_ROWS = 40
LONGEST_HEAD = 500  # characters of a cell, for looking at
BATCH = 1_000
PLAIN = frozenset({str, float, int, bool})
BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, IndexError, ParseError, ExpatError, OSError,
    ole.Damaged, DefusedXmlException,
)  # fmt: skip


class Unfit(Exception):
    """The sentence says why the file is not read."""


def code(value: object) -> object:
    """A value that marshal cannot carry, as a tuple; arms_length.py has the way back."""
    if isinstance(value, dt.datetime):
        return ("T", value.year, value.month, value.day, value.hour, value.minute, value.second)
    if isinstance(value, dt.date):
        return ("D", value.year, value.month, value.day)
    if isinstance(value, dt.time):
        return ("t", value.isoformat())
    if isinstance(value, dt.timedelta):
        return ("d", value.total_seconds())
    return value


def pack(columns: list) -> list[int]:
    """Make ready for marshal, in place: which columns needed it. ``arms_length.unpack`` has the way back.

    Of a column with days: their numbers as bytes, and what else is there by its place; of others tuples for single cells.
    """
    packed = []
    for index, values in enumerate(columns):
        kinds = set(map(type, values))
        if kinds <= PLAIN:
            continue
        packed.append(index)
        if dt.date not in kinds:
            columns[index] = [value if type(value) in PLAIN else code(value) for value in values]
            continue
        days = array("i", [value.toordinal() if type(value) is dt.date else 0 for value in values])
        others = [
            (place, code(value)) for place, value in enumerate(values) if value != "" and not days[place]
        ]
        columns[index] = (days.tobytes(), others)
    return packed


Batch = tuple[int, list, list[tuple[int, int, int]]]  # first row, columns, cells that were filled down


def to_batch(first: int, rows: list, offset: int, filled: list) -> Batch:
    return first, [("",) * len(rows)] * offset + list(zip(*rows, strict=True)), filled


class TextGrid:
    """A .csv file: one sheet of texts."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits = path, limits

    def describe(self) -> list[dict]:
        head, count, width = [], 0, 0
        for row in delimited.rows(self.path, self.limits):
            count += 1
            width = max(width, len(row))
            if count <= HEAD_ROWS:
                head.append(row)
        return [
            {
                "number": 0, "name": "", "visible": True, "rows": count, "columns": width, "merged": [],
                "head": [[*row, *[""] * (width - len(row))] for row in head], "date1904": False,
            }
        ]  # fmt: skip

    def batches(self, number: int) -> Iterator[Batch]:
        first, batch = 0, []
        for row in delimited.rows(self.path, self.limits):
            batch.append(row)
            if len(batch) == BATCH:
                yield self._padded(first, batch)
                first += BATCH
                batch = []
        if batch:
            yield self._padded(first, batch)

    def _padded(self, first: int, batch: list[list[str]]) -> Batch:
        width = max(map(len, batch))
        return to_batch(first, [row + [""] * (width - len(row)) for row in batch], 0, [])

    def facts(self, number: int) -> dict:
        return {"hidden": []}


class SheetGrid:
    """A workbook that calamine reads. The largest sheet is kept, so that looking and reading parse it once."""

    def __init__(self, path: Path, kind: str, limits: Limits) -> None:
        self.path, self.kind, self.limits = path, kind, limits
        self.parts: list[str] = []
        self.document: list[Facts] = []
        self.stream, self.offsets = b"", []
        self.kept: tuple[int, object, Facts] | None = None
        self.about = self._look_inside()
        if self.about.refusal:
            raise Unfit(self.about.refusal)
        try:
            self.book = calamine.CalamineWorkbook.from_path(path)
        except calamine.PasswordError:
            raise Unfit("工作簿加了打开密码。请取消密码，保存后再上传。") from None
        except (calamine.CalamineError, OSError):
            raise Broken from None
        if len(self.book.sheets_metadata) > limits.sheets:
            raise Unfit(
                f"工作簿有 {len(self.book.sheets_metadata)} 张工作表，超过 {limits.sheets} 张的上限。请只留要上传的表。"
            )

    def _look_inside(self) -> BookFacts:
        try:
            if self.kind == "xlsx":
                self.parts, about = facts_xlsx.sheet_parts(self.path)
            elif self.kind == "xls":
                self.stream = facts_xls.workbook_stream(self.path.read_bytes())
                self.offsets, about = facts_xls.book_facts(self.stream)
            else:
                self.document, about = facts_ods.document_facts(self.path, self.limits)
        except BROKEN:
            raise Broken from None
        return about

    def _facts_of(self, number: int) -> Facts:
        try:
            if self.kind == "xlsx":
                return facts_xlsx.sheet_facts(self.path, self.parts[number], self.limits)
            if self.kind == "xls":
                return facts_xls.sheet_facts(self.stream, self.offsets[number])
            return self.document[number] if number < len(self.document) else Facts(merged=[])
        except BROKEN:
            raise Broken from None

    def _load(self, number: int):
        """calamine parses without holding the interpreter's lock, so the facts are gathered meanwhile."""
        if self.kept and self.kept[0] == number:
            return self.kept[1:]
        gathered: list = []

        def gather() -> None:
            try:
                gathered.append(self._facts_of(number))
            except BaseException as error:
                gathered.append(error)

        thread = threading.Thread(target=gather)
        try:
            thread.start()
        except RuntimeError:  # no memory for its stack
            raise MemoryError from None
        try:
            sheet = self.book.get_sheet_by_index(number)
        except (calamine.CalamineError, OSError):
            raise Broken from None
        finally:
            thread.join()
        facts = gathered[0]
        if isinstance(facts, BaseException):
            raise facts
        self._check_size(sheet)
        if facts.merged is None:
            facts.merged = list(sheet.merged_cell_ranges or [])[:200_000]
        if self.kept is None or sheet.total_height >= self.kept[1].total_height:
            self.kept = (number, sheet, facts)
        return sheet, facts

    def _check_size(self, sheet) -> None:
        if sheet.start is None:
            return
        rows, columns = sheet.end[0] + 1, sheet.end[1] + 1
        limits = self.limits
        if rows > limits.rows:
            raise Unfit(
                f"工作表“{sheet.name[:31]}”有内容到第 {rows} 行，超过 {limits.rows} 行的上限。"
                "请删去远处的零星内容，或按村（社区）分成几个文件上传。"
            )
        if columns > limits.columns:
            raise Unfit(
                f"工作表“{sheet.name[:31]}”有内容到第 {column_letters(columns - 1)} 列，超过 {limits.columns} 列的上限。"
                "请删去表格右边的零星内容，保存后再上传。"
            )
        if rows * columns > limits.cells:
            raise Unfit(f"工作表“{sheet.name[:31]}”有 {rows} 行 × {columns} 列，太大。请分成几个文件上传。")

    def describe(self) -> list[dict]:
        sheets = []
        for number, about in enumerate(self.book.sheets_metadata):
            if about.typ is not calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet, facts = self._load(number)
            head = self._head(sheet, facts)
            sheets.append(
                {
                    "number": number,
                    "name": about.name,
                    "visible": about.visible is calamine.SheetVisibleEnum.Visible,
                    "rows": sheet.end[0] + 1 if sheet.start else 0,
                    "columns": sheet.end[1] + 1 if sheet.start else 0,
                    "merged": [each for each in facts.merged if each[0][0] < HEAD_ROWS],
                    "head": head,
                    "date1904": self.about.date1904,
                }
            )
        return sheets

    def _head(self, sheet, facts: Facts) -> list[list]:
        if sheet.start is None:
            return []
        offset, head = sheet.start[1], []
        for number, row in enumerate(sheet.iter_rows()):
            if number == HEAD_ROWS:
                break
            values = [""] * offset + [
                value[:LONGEST_HEAD] if type(value) is str else code(value) for value in row
            ]
            for column, text in facts.errors.get(number, ()):
                if column < len(values):
                    values[column] = ("e", text)
            head.append(values)
        return head

    def batches(self, number: int) -> Iterator[Batch]:
        sheet, facts = self._load(number)
        if sheet.start is None:
            return
        offset = sheet.start[1]
        filler = _Filler(facts.merged, offset)
        first, batch = 0, []
        for row in sheet.iter_rows():
            batch.append(row)
            if len(batch) == BATCH:
                yield self._batch(first, batch, offset, facts, filler)
                first += BATCH
                batch = []
        if batch:
            yield self._batch(first, batch, offset, facts, filler)

    def _batch(self, first: int, rows: list, offset: int, facts: Facts, filler: "_Filler") -> Batch:
        if facts.errors:
            for position, row in enumerate(rows):
                for column, text in facts.errors.get(first + position, ()):
                    if 0 <= column - offset < len(row):
                        row[column - offset] = ("e", text)
        filled = filler.fill(first, rows)
        return to_batch(first, rows, offset, filled)

    def facts(self, number: int) -> dict:
        return {"hidden": self._load(number)[1].hidden}


class _Filler:
    """A cell merged over several rows shows its value for each of them; the file holds it in the first only."""

    def __init__(self, merged: list, offset: int) -> None:
        self.offset = offset
        self.tops: dict[int, list[tuple[int, int]]] = {}
        for (top, column), (bottom, _) in merged:
            if bottom > top and column >= offset:
                self.tops.setdefault(top, []).append((column - offset, bottom))
        self.last = max(self.tops, default=-1)
        self.active: list[tuple[int, int, object, int]] = []

    def fill(self, first: int, rows: list) -> list[tuple[int, int, int]]:
        """(row in the batch, column of the sheet, row of the merged cell) of each cell that was filled."""
        filled: list[tuple[int, int, int]] = []
        if not self.active and first > self.last:
            return filled
        for position, row in enumerate(rows):
            number = first + position
            if self.active:
                self.active = [each for each in self.active if each[1] >= number]
                for column, _, value, top in self.active:
                    if column < len(row) and row[column] == "":
                        row[column] = value
                        filled.append((position, column + self.offset, top))
            for column, bottom in self.tops.get(number, ()):
                if column < len(row) and row[column] != "":
                    self.active.append((column, bottom, row[column], number))
        return filled


def open_grid(path: Path, kind: str, limits: Limits) -> TextGrid | SheetGrid:
    return TextGrid(path, limits) if kind == "csv" else SheetGrid(path, kind, limits)


def farthest_cells(path: Path, limits: Limits) -> tuple[str, str]:
    """Asked after calamine ran out of memory: it makes room for every cell up to the farthest."""
    try:
        parts, _ = facts_xlsx.sheet_parts(path)
        found = [
            facts_xlsx.farthest(path, part, limits) for part in parts if part.startswith("xl/worksheets/")
        ]
    except (*BROKEN, TooMuch):
        return "", ""
    lowest = max(
        (low for low, _ in found if low),
        key=lambda name: int(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        default="",
    )
    rightmost = max(
        (right for _, right in found if right),
        key=lambda name: (len(name.rstrip("0123456789")), name),
        default="",
    )
    return lowest, rightmost
