"""An uploaded workbook, from file to cleaned batches.

    with open_upload(path, filename) as upload:
        table = upload.find_table(columns, sheet=None, remembered=mappings)
        for batch in table.read(Context(places=places, township=code)):
            batch.rows, batch.values, batch.findings
        table.skipped, table.hidden_rows

Whatever is wrong with the file as a whole is a Refused with one sentence; what is wrong in a cell is a finding.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_uppercase, digits
from subprocess import Popen

from eldercare.errors import Refused
from eldercare.excel.arms_length import Child, OutOfMemory, decode, far_cells
from eldercare.excel.cleaning import CleanBatch, Cleaner, Context
from eldercare.excel.columns import Column, column_index, unique_keys
from eldercare.excel.layout import Layout, find_layout, guess_layout, match_by_hand
from eldercare.excel.limits import LIMITS, Limits
from eldercare.excel.preflight import FileKind, preflight
from eldercare.excel.rows import RowFilter, Skipped


@dataclass(frozen=True)
class Sheet:
    number: int
    name: str  # "" for a text table
    visible: bool
    rows: int
    columns: int
    head: tuple[tuple, ...]  # the first rows, for finding the headings and for showing
    merged: tuple
    date1904: bool

    @property
    def empty(self) -> bool:
        return self.rows == 0

    @property
    def title(self) -> str:
        return f"工作表“{self.name}”" if self.name else "文件"


class NoTable(Refused):
    """No sheet has the wanted columns. ``sheets`` and their layouts let a person choose and match by hand."""

    def __init__(self, sentence: str, candidates: Sequence[tuple[Sheet, Layout | None]]) -> None:
        super().__init__(sentence)
        self.candidates = list(candidates)


class Upload:
    def __init__(self, path: Path, kind: FileKind, child: Child) -> None:
        self.path, self.kind, self._child = path, kind, child
        self.sheets = [_sheet(each) for each in child.frame()[1]]
        if all(sheet.empty for sheet in self.sheets):
            raise Refused("文件里没有内容。请核对是不是选错了文件，或数据没有保存。")

    def find_table(
        self,
        columns: Sequence[Column],
        *,
        sheet: str | None = None,
        remembered: Mapping[str, Mapping[str, str]] | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> "Table":
        """The sheet with the columns' headings, by name or the one that fits. Raises NoTable.

        ``remembered``: fingerprint → mapping, of earlier matches by hand; ``mapping``: heading → field, for this file.
        """
        unique_keys(columns)
        wanted = self._wanted(sheet)
        candidates = []
        for each in wanted:
            layout = find_layout(each.head, columns, merged=each.merged, remembered=remembered)
            if layout is None and (layout := guess_layout(each.head, columns, merged=each.merged)):
                layout = match_by_hand(layout, (remembered or {}).get(layout.fingerprint, {}), columns)
            if layout and mapping:
                layout = match_by_hand(layout, mapping, columns)
            candidates.append((each, layout))
        complete = [(each, layout) for each, layout in candidates if layout and layout.complete]
        if not complete:
            raise NoTable(_nothing_fits(candidates), candidates)
        best = max(layout.score for _, layout in complete)
        chosen = [(each, layout) for each, layout in complete if layout.score == best]
        if len(chosen) > 1:
            names = "、".join(f"“{each.name}”" for each, _ in chosen)
            raise NoTable(f"工作表 {names} 的表头都符合，请选择要上传哪一张。", chosen)
        return Table(self, *chosen[0], columns)

    def _wanted(self, name: str | None) -> list[Sheet]:
        if name is None:
            return [each for each in self.sheets if each.visible and not each.empty]
        found = [each for each in self.sheets if each.name == name]
        if not found:
            names = "、".join(f"“{each.name}”" for each in self.sheets)
            raise Refused(f"文件里没有名为“{name}”的工作表，只有：{names}。")
        return found


class Table:
    """A sheet whose headings are known. Read it once."""

    def __init__(self, upload: Upload, sheet: Sheet, layout: Layout, columns: Sequence[Column]) -> None:
        self.upload, self.sheet, self.layout, self.columns = upload, sheet, layout, list(columns)
        self.filter = RowFilter(layout, columns)
        self.hidden_rows: list[
            int
        ] = []  # rows of the table that are hidden, as Excel counts; known after reading
        self.count = 0

    @property
    def skipped(self) -> list[Skipped]:
        return self.filter.skipped

    def read(self, context: Context | None = None) -> Iterator[CleanBatch]:
        context = replace(context or Context(), date1904=self.sheet.date1904)
        cleaner = Cleaner(
            self.columns, positions=self.layout.fields, context=context, times=self.layout.times
        )
        kept_rows: set[int] = set()
        hidden = self.upload._child
        for first, columns, filled in hidden.batches(self.sheet.number):
            positions = self.filter.keep(first, columns)
            if not positions:
                continue
            if len(positions) != len(columns[0]):
                columns, filled = _only(positions, columns, filled)
            rows = [first + position + 1 for position in positions]
            kept_rows.update(rows)
            self.count += len(rows)
            yield cleaner.clean(rows, columns, filled)
        self.hidden_rows = [row + 1 for row in hidden.hidden if row + 1 in kept_rows]
        if not self.count:
            raise Refused(f"{self.sheet.title}的表头下面没有数据行。请核对是不是选错了工作表。")


def _only(positions: list[int], columns: Sequence, filled: Sequence) -> tuple[list[list], list]:
    place = {position: index for index, position in enumerate(positions)}
    return (
        [[values[position] for position in positions] for values in columns],
        [(place[position], column, top) for position, column, top in filled if position in place],
    )


def _sheet(about: dict) -> Sheet:
    return Sheet(
        number=about["number"],
        name=about["name"],
        visible=about["visible"],
        rows=about["rows"],
        columns=about["columns"],
        head=tuple(tuple(map(decode, row)) for row in about["head"]),
        merged=tuple(about["merged"]),
        date1904=about["date1904"],
    )


def _nothing_fits(candidates: Sequence[tuple[Sheet, Layout | None]]) -> str:
    near = max(
        (each for each in candidates if each[1] and each[1].score),
        key=lambda each: each[1].score,
        default=None,
    )
    if near is None:
        return "没有找到表头：前 20 行里没有一个认识的列名。请核对是不是选错了文件，或下载模板对照。"
    sheet, layout = near
    missing = "、".join(f"“{column.heading}”" for column in layout.missing)
    return f"{sheet.title}第 {layout.first_heading + 1} 行的表头里缺少必填的列：{missing}。请把表中的列与之对应，或补上这些列。"


@contextlib.contextmanager
def open_upload(
    path: Path | str,
    filename: str = "",
    *,
    limits: Limits = LIMITS,
    meanwhile: Callable[[], None] | None = None,
    process: Popen | None = None,
) -> Iterator[Upload]:
    """The file is checked from outside, then opened by a child process that ends with this context.

    ``meanwhile`` is called while the child is busy with the file; ``process``: a child that was started before.
    """
    path = Path(path)
    kind = preflight(path, filename, limits=limits)
    with Child(path, kind.value, limits=limits, process=process) as child:
        if meanwhile:
            meanwhile()
        try:
            upload = Upload(path, kind, child)
        except OutOfMemory as error:
            raise OutOfMemory(_where_is_it(path, kind, limits) or str(error)) from None
        yield upload


def _is_far(lowest: str, rightmost: str, limits: Limits) -> bool:
    """Whether a grid up to these cells is larger than a ledger; else something else takes the memory."""
    if not (lowest and rightmost):
        return False
    rows = int(lowest.lstrip(ascii_uppercase))
    columns = column_index(rightmost.rstrip(digits)) + 1
    return rows > limits.rows or columns > limits.columns or rows * columns > limits.cells


def _where_is_it(path: Path, kind: FileKind, limits: Limits) -> str:
    if kind is not FileKind.XLSX:
        return ""
    lowest, rightmost = far_cells(path, limits)
    if not _is_far(lowest, rightmost, limits):
        return ""
    names = "、".join(dict.fromkeys((lowest, rightmost)))
    return (
        f"表格以外很远的地方有内容（最远到单元格 {names}），读它要的内存太多，已停止。"
        "请删去那里的内容和多余的行列，保存后再上传。"
    )
