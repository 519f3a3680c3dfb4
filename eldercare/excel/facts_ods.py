"""Hidden rows, merged cells and errors of the sheets of an .ods document."""

import zipfile
from pathlib import Path
from xml.parsers import expat

from eldercare.excel.facts import BookFacts, Facts, TooMuch
from eldercare.excel.limits import MB, Limits

BLOCK = 4 * MB
MARKS = (
    b"visibility=",
    b"rows-spanned=",
    b"columns-spanned=",
    b'value-type="error"',
    b"table-source",
    b"null-date",
)


def document_facts(path: Path, limits: Limits) -> tuple[list[Facts], BookFacts]:
    """Facts of each sheet in the document's order; none when the document has nothing to tell."""
    if not _has_marks(path, limits):
        return [], BookFacts()
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as file:
        while chunk := file.read(BLOCK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return reader.sheets, BookFacts(
        date1904=reader.null_date.startswith("1904"),
        refusal="表格里有指向其他文件的链接。请断开链接（编辑—链接到外部文件），保存后再上传。"
        if reader.linked
        else "",
    )


def _refuse(*_) -> None:
    raise TooMuch


def _has_marks(path: Path, limits: Limits) -> bool:
    total, tail, found = 0, b"", False
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as file:
        while chunk := file.read(BLOCK):
            total += len(chunk)
            if total > limits.unpacked_bytes:
                raise TooMuch
            found = found or any(mark in tail + chunk for mark in MARKS)
            tail = chunk[-32:]
    return found


class _Reader:
    """Keeps row and column while elements go by. Repetitions are counted, never unrolled but for hidden rows."""

    def __init__(self) -> None:
        self.sheets: list[Facts] = []
        self.linked = False
        self.null_date = ""
        self.depth = 0  # of tables: a table inside a cell is none of the sheets
        self.row = self.repeated = self.column = 0
        self.error: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "table":
            self.depth += 1
            if self.depth == 1:
                self.sheets.append(Facts(merged=[]))
                self.row = self.repeated = 0
        elif name == "table-source":
            self.linked = True
        elif name == "null-date":
            self.null_date = attributes.get("table:date-value", "")
        elif self.depth == 1 and name == "table-row":
            self._start_row(attributes)
        elif self.depth == 1 and name in ("table-cell", "covered-table-cell"):
            self._start_cell(attributes)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.repeated = _count(attributes.get("table:number-rows-repeated"))
        self.column = 0
        if attributes.get("table:visibility") in ("collapse", "filter") and self.repeated < 10_000:
            for row in range(self.row, self.row + self.repeated):
                self.sheets[-1].add_hidden(row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if attributes.get("calcext:value-type") == "error":
            self.error = []
        rows = _count(attributes.get("table:number-rows-spanned"))
        columns = _count(attributes.get("table:number-columns-spanned"))
        merged = self.sheets[-1].merged
        if (rows > 1 or columns > 1) and len(merged) < 200_000:
            merged.append(((self.row, self.column), (self.row + rows - 1, self.column + columns - 1)))
        self.advance = _count(attributes.get("table:number-columns-repeated"))

    def text(self, data: str) -> None:
        if self.error is not None:
            self.error.append(data)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "table":
            self.depth -= 1
        elif self.depth == 1 and name in ("table-cell", "covered-table-cell"):
            if self.error is not None:
                text = "".join(self.error).strip()[:20] or "#VALUE!"
                for column in range(self.column, self.column + min(self.advance, 100)):
                    self.sheets[-1].add_error(self.row, column, text)
                self.error = None
            self.column += self.advance
        elif self.depth == 1 and name == "table-row":
            self.row += self.repeated


def _count(text: str | None) -> int:
    return min(int(text), 1 << 20) if text and text.isdecimal() and len(text) < 9 else 1
