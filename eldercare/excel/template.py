"""The workbook that a township downloads, fills in and uploads: a data sheet, instructions, hidden lists.

    write_template(file, title="养老机构台账", columns=COLUMNS, lists={"village": names}, rows=present_rows, places=PLACES)

Codes and IDs are formatted as text before anything is typed. Drop-downs point at a hidden sheet: a list written
into the cell rule itself may not exceed 255 characters, or Excel calls the file damaged. Nothing is protected.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from eldercare.excel.cells.texts import plain
from eldercare.excel.cells.words import TOWNSHIP, Places
from eldercare.excel.columns import Column, Kind
from eldercare.excel.writing import sheet_name

FONT = "宋体"
LISTS = "选项"
INSTRUCTIONS = "填写说明"
SPARE_ROWS = 5_000  # rows below the present ones that have drop-downs
FORMATS = {
    Kind.INTEGER: "0",
    Kind.NUMBER: "#,##0.##",
    Kind.MONEY: "#,##0.00",
    Kind.DATE: "yyyy-mm-dd",
    Kind.MONTH: "yyyy-mm",
}  # anything else is text
HOW = {
    Kind.TEXT: "文字",
    Kind.NAME: "姓名，与身份证一致",
    Kind.CODE: "文本格式的号码，不要让它变成 3.30424E+17 的样子",
    Kind.INTEGER: "整数",
    Kind.NUMBER: "数，不写“约”“余”“以上”",
    Kind.MONEY: "金额，最多到分",
    Kind.DATE: "日期，如 2022-03-01",
    Kind.MONTH: "年月，如 2022-03",
    Kind.YESNO: "是 或 否",
    Kind.CHOICE: "从下拉列表中选",
    Kind.TOWNSHIP: "镇（街道）名称或代码",
    Kind.VILLAGE: "村（社区）名称或代码",
}
GENERAL = (
    "带 * 的列必填。列的先后可以调整，不用的列可以删去；表头文字请不要改。",
    "身份证号、证书编号等请按文本填写；从别处复制时用“选择性粘贴—数值”，以免改变格式。",
    "一行一条，不要合并单元格；合计、小计行和表下的说明会自动跳过。",
    "填好后保存为 .xlsx 上传。上传后先看到变更单，确认之后才会写入。",
)


def write_template(
    file: IO[bytes],
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, object]] = (),
    lists: Mapping[str, Sequence[str]] | None = None,
    places: Places | None = None,
    instructions: Sequence[str] = (),
) -> None:
    """``rows``: values by column key, as cleaning returns them. ``lists``: drop-down of a column, e.g. its villages."""
    page = Page(title, columns, rows, lists or {})
    write_pages(file, [page], described=page, places=places, instructions=[*GENERAL, *instructions])


@dataclass(frozen=True)
class Page:
    """One sheet of a template. ``keys`` of its columns are its own, also beside other sheets."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, object]] = ()
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write_pages(
    file: IO[bytes],
    pages: Sequence[Page],
    *,
    described: Page,
    places: Places | None = None,
    instructions: Sequence[str] = (),
) -> None:
    """A workbook of several sheets; ``described`` is the one whose columns the instructions explain."""
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        taken = {INSTRUCTIONS.lower(), LISTS.lower()}
        sheets = [book.add_worksheet(sheet_name(page.title, taken)) for page in pages]
        _write_instructions(book, described.columns, instructions)
        ranges = _write_lists(book, {page.title: _lists(page.columns, page.lists, places) for page in pages})
        styles = _styles(book)
        for sheet, page in zip(sheets, pages, strict=True):
            _write_page(sheet, page, ranges, styles, places)
        sheets[0].activate()


def _write_page(sheet, page: Page, ranges: Mapping[tuple, str], styles, places: Places | None) -> None:
    for index, column in enumerate(page.columns):
        style = styles[FORMATS.get(column.kind, "@")]
        sheet.set_column(index, index, column.width, style)
        heading = f"{column.heading}*" if column.required else column.heading
        sheet.write_string(0, index, heading, styles["required" if column.required else "heading"])
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 0)
    last = _write_rows(sheet, page.columns, page.rows, styles, places)
    for index, column in enumerate(page.columns):
        if rule := _rule(column, ranges.get((page.title, column.key))):
            sheet.data_validation(1, index, last + SPARE_ROWS, index, rule)


def _styles(book: xlsxwriter.Workbook) -> dict[str, object]:
    base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
    head = base | {"bold": True, "align": "center", "text_wrap": True, "border": 1, "border_color": "#BFC7D1"}
    styles = {name: book.add_format(base | {"num_format": name}) for name in {"@", *FORMATS.values()}}
    styles["heading"] = book.add_format(head | {"bg_color": "#DCE6F2", "num_format": "@"})
    styles["required"] = book.add_format(head | {"bg_color": "#FBE5D6", "num_format": "@"})
    return styles


def _write_instructions(
    book: xlsxwriter.Workbook, columns: Sequence[Column], instructions: Sequence[str]
) -> None:
    page = book.add_worksheet(INSTRUCTIONS)
    wrapped = book.add_format({"font_name": FONT, "font_size": 11, "text_wrap": True, "valign": "top"})
    bold = book.add_format({"font_name": FONT, "font_size": 11, "bold": True, "bg_color": "#DCE6F2"})
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 8)
    page.set_column(2, 2, 90)
    line = 0
    for number, text in enumerate(instructions, 1):
        page.merge_range(line, 0, line, 2, f"{number}. {text}", wrapped)
        line += 1
    line += 1
    for index, text in enumerate(("本表的列", "必填", "怎样填")):
        page.write_string(line, index, text, bold)
    for column in columns:
        line += 1
        page.write_string(line, 0, f"〔{column.heading}〕", wrapped)
        page.write_string(line, 1, "必填" if column.required else "", wrapped)
        page.write_string(line, 2, _help(column), wrapped)


def _help(column: Column) -> str:
    unit = f"（单位：{column.unit}）" if column.unit else ""
    return f"{HOW[column.kind]}{unit}。{column.help}"


def _lists(
    columns: Sequence[Column], lists: Mapping[str, Sequence[str]], places: Places | None
) -> dict[str, Sequence[str]]:
    """What may be chosen in each column. Villages are many: the caller names those of its township."""
    townships = [place.name for place in places.places if place.level == TOWNSHIP] if places else []
    usual = {Kind.YESNO: ["是", "否"], Kind.TOWNSHIP: townships}
    return {
        column.key: lists.get(column.key)
        or usual.get(column.kind)
        or [choice.label for choice in column.choices if column.kind is Kind.CHOICE]
        for column in columns
    }


def _write_lists(
    book: xlsxwriter.Workbook, lists: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[tuple[str, str], str]:
    """Sheet and column key → the range of its list on the hidden sheet."""
    page, ranges = None, {}
    wanted = [(title, key, options) for title, each in lists.items() for key, options in each.items()]
    for title, key, options in wanted:
        if not options:
            continue
        page = page or book.add_worksheet(LISTS)
        index = len(ranges)
        for line, option in enumerate(options):
            page.write_string(line, index, option)
        letters = xl_col_to_name(index, col_abs=True)
        ranges[title, key] = f"='{LISTS}'!{letters}$1:{letters}${len(options)}"
    if page:
        page.hide()
    return ranges


def _rule(column: Column, source: str | None) -> dict | None:
    rule: dict = {}
    if source:
        rule = {
            "validate": "list",
            "source": source,
            "error_type": "warning",
            "error_title": "不在列表中",
            "error_message": "请从下拉列表中选择。",
        }
    elif column.help:
        rule = {"validate": "any"}
    if column.help:
        rule |= {"input_title": column.heading[:32], "input_message": column.help[:255]}
    return rule or None


def _write_rows(page, columns: Sequence[Column], rows, styles, places: Places | None) -> int:
    line = 0
    labels = {
        column.key: {choice.code: choice.label for choice in column.choices}
        for column in columns
        if column.kind is Kind.CHOICE
    }
    for line, row in enumerate(rows, 1):
        for index, column in enumerate(columns):
            value = row.get(column.key)
            style = styles[FORMATS.get(column.kind, "@")]
            if value is None or value == "":
                continue
            if column.kind is Kind.CHOICE:
                page.write_string(line, index, labels[column.key].get(value, str(value)), style)
            elif isinstance(value, bool):
                page.write_string(line, index, "是" if value else "否", style)
            elif column.kind in (Kind.TOWNSHIP, Kind.VILLAGE) and places:
                page.write_string(line, index, places.name_of(str(value)), style)
            elif isinstance(value, dt.date):
                page.write_datetime(line, index, value, style)
            elif isinstance(value, int | float | Decimal) and column.kind in FORMATS:
                page.write_number(line, index, float(value), style)
            else:
                page.write_string(line, index, plain(str(value)), style)
    return line
