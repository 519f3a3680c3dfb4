"""Workbooks (.xlsx) that the portal hands out.

    return workbook_response(
        "海盐县月报.xlsx",
        sheets=[Sheet("月报", [Column("代码", 12), Column("数值", 14, Kind.NUMBER)], rows)],
        note="筛选条件：2025年6月",
        by=request.user,
    )

Text stays text: a code keeps its leading zeros, an 18-digit number its last digits, and "=1+1" is no formula.
Rows may be a generator: they are written one by one in constant memory (streaming.py says how, and why so).
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import IO

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from eldercare.excel import streaming
from eldercare.models import User

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "宋体"
SHEET_NAME_LIMIT = 31


class Kind(Enum):
    """How the cells of a column are stored and shown."""

    TEXT = "@"
    INTEGER = "#,##0"
    NUMBER = "#,##0.####"
    DECIMAL1 = "#,##0.0"
    DECIMAL2 = "#,##0.00"
    MONEY = "#,##0.00 "
    PERCENT = '0.0"%"'
    DATE = "yyyy-mm-dd"
    MONTH = 'yyyy"年"m"月"'
    DATETIME = "yyyy-mm-dd hh:mm"


@dataclass(frozen=True)
class Column:
    heading: str
    width: float = 14  # characters
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Sheet:
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    heading: str = ""  # a title line above the table, across all columns


def workbook_response(
    filename: str, *, sheets: Sequence[Sheet], note: str = "", by: User | None = None
) -> HttpResponse:
    """A download named ``filename``; Chinese names go out in the form of RFC 5987."""
    file = io.BytesIO()  # the packed file: some 6 MB for 100,000 rows
    write_workbook(file, sheets=sheets, footer=footer_line(note=note, by=by))
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=filename),
        "Cache-Control": "no-store",
    }
    return HttpResponse(file.getvalue(), content_type=CONTENT_TYPE, headers=headers)


def footer_line(*, note: str = "", by: User | None = None) -> str:
    who = f"导出人：{by.full_name}({by.username}) " if by else ""
    line = f"{who}导出时间：{timezone.localtime():%Y-%m-%d %H:%M}"
    return f"{note} {line}" if note else line


def write_workbook(file: IO[bytes], *, sheets: Sequence[Sheet], footer: str = "") -> None:
    frame = io.BytesIO()
    with xlsxwriter.Workbook(frame, {"in_memory": True}) as book:
        styles = _Styles(book)
        taken: set[str] = set()
        places = [_write_frame(book, sheet, styles, name=sheet_name(sheet.title, taken)) for sheet in sheets]
    streaming.splice(
        frame, file, [(_rows_of(each, footer), line) for each, line in zip(sheets, places, strict=True)]
    )


def _rows_of(sheet: Sheet, footer: str) -> streaming.SheetRows:
    widths = [column.width for column in sheet.columns]
    return streaming.SheetRows(sheet.rows, widths, [each.kind is Kind.TEXT for each in sheet.columns], footer)


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        frame = {
            "font_name": FONT,
            "font_size": 11,
            "border": 1,
            "border_color": "#BFC7D1",
            "valign": "vcenter",
        }
        self.heading = book.add_format(
            frame | {"bold": True, "bg_color": "#DCE6F2", "align": "center", "text_wrap": True}
        )
        self.title = book.add_format({"font_name": FONT, "font_size": 14, "bold": True})
        self.footer = book.add_format({"font_name": FONT, "font_size": 9, "font_color": "#666666"})
        self.of = {kind: book.add_format(frame | {"num_format": kind.value}) for kind in Kind}
        self.wrapped = book.add_format(frame | {"num_format": "@", "text_wrap": True})


def _write_frame(book: xlsxwriter.Workbook, sheet: Sheet, styles: _Styles, *, name: str) -> int:
    """All of a sheet but its rows. The line, as Excel counts, of the pattern of their styles."""
    page = book.add_worksheet(name)
    for position, column in enumerate(sheet.columns):
        page.set_column(position, position, column.width)
    top = 0
    if sheet.heading:
        page.set_row(0, 24)
        page.write_string(0, 0, sheet.heading, styles.title)
        top = 1
    page.set_row(top, 22)
    for position, column in enumerate(sheet.columns):
        page.write_string(top, position, column.heading, styles.heading)
    page.freeze_panes(top + 1, 0)
    page.repeat_rows(top)
    pattern = [*(styles.of[column.kind] for column in sheet.columns), styles.wrapped, styles.footer]
    for position, style in enumerate(pattern):
        page.write_blank(top + 1, position, None, style)
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_footer("&C第 &P 页，共 &N 页")
    if sum(column.width for column in sheet.columns) > 90:
        page.set_landscape()
    return top + 2


def sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel accepts: 31 characters, none of ``[]:*?/\\``, no two alike."""
    base = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:SHEET_NAME_LIMIT] or "Sheet"
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        suffix = f" ({number})"
        name = base[: SHEET_NAME_LIMIT - len(suffix)] + suffix
    taken.add(name.lower())
    return name
