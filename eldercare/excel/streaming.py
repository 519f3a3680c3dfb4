"""The rows of a sheet as the XML of a workbook, made line by line; all else of the file is XlsxWriter's.

    splice(frame, file, [(SheetRows(columns, rows), 2)])

``frame`` is a workbook in which a *pattern row* stands where the rows belong. Its cells have the styles of the
columns, then that of a long text, then that of the line under the table.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from django.utils import timezone

from eldercare.excel.columns import column_letters

CELL_LIMIT = 32_767
LAST_ROW = 1_048_576
AT_ONCE = 1_000  # rows
REMEMBERED = 20_000  # texts and dates: names of places and kinds repeat, numbers of persons do not
LEVEL = 3  # of compression: a file a sixth larger than with the usual 6
BEGINNING = dt.datetime(1899, 12, 30)
FIRST_SURE_DAY = dt.date(1900, 3, 1)  # before it, Excel counts a day that never was
STYLE = re.compile(rb' s="(\d+)"')
NEEDS_CARE = re.compile(
    r"[&<>\r\n]|^\s|\s$|  |_x[0-9A-Fa-f]{4}_|[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
).search
ILLEGAL = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class SheetRows:
    rows: Iterable[Sequence[object]]
    widths: Sequence[float]  # of the columns; a longer text is wrapped
    texts: Sequence[bool]  # whether numbers of a column are text
    footer: str = ""


def splice(frame: IO[bytes], file: IO[bytes], sheets: Sequence[tuple[SheetRows, int]]) -> None:
    """Copy the workbook, with rows in place of the pattern rows; of each sheet in order: (rows, line of the pattern)."""
    parts = {f"xl/worksheets/sheet{number}.xml": each for number, each in enumerate(sheets, start=1)}
    with (
        zipfile.ZipFile(frame) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as target,
    ):
        for about in source.infolist():
            if about.filename not in parts:
                target.writestr(about, source.read(about), compress_type=zipfile.ZIP_DEFLATED)
                continue
            rows, line = parts[about.filename]
            with target.open(about.filename, "w", force_zip64=True) as part:
                for piece in _sheet(source.read(about), rows, line):
                    part.write(piece)


def _sheet(xml: bytes, sheet: SheetRows, line: int) -> Iterator[bytes]:
    xml = re.sub(
        rb"<dimension [^>]*/>", b"", xml
    )  # how far the rows go is not known yet, and need not be said
    begin = xml.index(b'<row r="%d"' % line)
    end = xml.index(b"</row>", begin) + len(b"</row>")
    styles = [int(each) for each in STYLE.findall(xml, begin, end)]
    yield xml[:begin]
    yield from _lines(sheet, line, styles)
    yield xml[end:]


def _lines(sheet: SheetRows, line: int, styles: Sequence[int]) -> Iterator[bytes]:
    *own, wrapped, under = styles
    cells = [
        _Cells(column_letters(number), style, wrapped, width, is_text)
        for number, (style, width, is_text) in enumerate(zip(own, sheet.widths, sheet.texts, strict=True))
    ]
    ready: list[str] = []
    for row in sheet.rows:
        if line > LAST_ROW - 10:
            raise ValueError("There are more rows than a workbook can hold.")
        inside = "".join([cell.xml(value, line) for cell, value in zip(cells, row, strict=True)])
        ready.append(f'<row r="{line}">{inside}</row>')
        line += 1
        if len(ready) == AT_ONCE:
            yield "".join(ready).encode()
            ready.clear()
    if sheet.footer:
        ready.append(f'<row r="{line + 1}"><c r="A{line + 1}" s="{under}" {_text(sheet.footer)}</row>')
    yield "".join(ready).encode()


class _Cells:
    """A column. What follows the place of a cell is kept by value, so that what repeats is made once."""

    def __init__(self, letters: str, style: int, wrapped: int, width: float, is_text: bool) -> None:
        self.begin = f'<c r="{letters}'
        self.plain, self.wrapped, self.width, self.is_text = (
            f'" s="{style}" ',
            f'" s="{wrapped}" ',
            width,
            is_text,
        )
        self.blank = f'" s="{style}"/>'
        self.known: dict[type, dict[object, str]] = {}

    def xml(self, value: object, line: int) -> str:
        known = self.known.get(type(value))
        if known is None:
            known = self.known[type(value)] = {}  # to one dictionary, True and 1 would be the same
        rest = known.get(value)
        if rest is None:
            rest = self._rest(value)
            if len(known) < REMEMBERED:
                known[value] = rest
        return f"{self.begin}{line}{rest}"

    def _rest(self, value: object) -> str:
        """An empty cell is a value that is absent; it is never written as 0."""
        if value is None or value == "":
            return self.blank
        if isinstance(value, bool):
            return self._worded("是" if value else "否")
        if isinstance(value, dt.datetime):
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return self._moment(local.replace(tzinfo=None))
        if isinstance(value, dt.date):
            return self._moment(dt.datetime(value.year, value.month, value.day))
        if isinstance(value, int | float | Decimal) and not self.is_text:
            number = float(value)
            return self._number(f"{number:.16G}") if abs(number) < float("inf") else self._worded(str(value))
        return self._worded(str(value))

    def _moment(self, value: dt.datetime) -> str:
        if value.date() < FIRST_SURE_DAY:
            return self._worded(str(value.date()))
        return self._number(f"{(value - BEGINNING) / dt.timedelta(days=1):.16G}")

    def _number(self, text: str) -> str:
        return f"{self.plain}><v>{text}</v></c>"

    def _worded(self, text: str) -> str:
        return f"{self.wrapped if len(text) > self.width else self.plain}{_text(text)}"


def _text(text: str) -> str:
    """The end of a cell that holds a text: as such, whatever it begins with."""
    text, space = clean(text), ""
    if NEEDS_CARE(text):
        text = LIKE_AN_ESCAPE.sub("_x005F_", text)
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        space = ' xml:space="preserve"'
    return f't="inlineStr"><is><t{space}>{text}</t></is></c>'


def clean(text: str) -> str:
    """Without characters that XML cannot hold, which Excel and WPS refuse to open; not longer than a cell can be."""
    if NEEDS_CARE(text):
        text = ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return text[:CELL_LIMIT]
