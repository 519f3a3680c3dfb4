"""Workbooks that leave the portal: text stays text, absent stays empty, names are Chinese."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl

from eldercare.excel.writing import Column, Kind, Sheet, workbook_response, write_workbook


def read_back(sheets, **options):
    file = io.BytesIO()
    write_workbook(file, sheets=sheets, **options)
    return openpyxl.load_workbook(file)


def test_codes_formulas_and_addresses_stay_text():
    values = ["007", "330424195001011234", "=1+1", "https://example.org/", "@SUM(A1)", "坏\x0b字符"]
    sheet = Sheet("文本", [Column("代码", 30)], ([value] for value in values))
    cells = [row[0] for row in read_back([sheet]).active.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [*values[:-1], "坏字符"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)


def test_absent_is_empty_and_zero_is_zero():
    sheet = Sheet("数值", [Column("值", 10, Kind.NUMBER)], [[None], [0], [Decimal("12.5")], [""]])
    values = [row[0] for row in read_back([sheet]).active.iter_rows(min_row=2, values_only=True)]
    assert values == [None, 0, 12.5, None]


def test_dates_are_local_dates():
    late = dt.datetime(2025, 6, 30, 17, 0, tzinfo=dt.UTC)
    columns = [Column("月份", 12, Kind.MONTH), Column("时间", 18, Kind.DATETIME)]
    row = list(read_back([Sheet("日期", columns, [[dt.date(2025, 6, 1), late]])]).active.values)[1]
    assert row == (dt.datetime(2025, 6, 1), dt.datetime(2025, 7, 1, 1, 0))


def test_sheets_have_a_frozen_heading_a_width_and_names_that_excel_accepts():
    sheets = [
        Sheet("镇/街道[月报]" * 5, [Column("名称", 33)], []),
        Sheet("镇/街道[月报]" * 5, [Column("名称")], []),
    ]
    book = read_back(sheets, footer="导出时间：2025-06-03 09:00")
    assert len(set(book.sheetnames)) == 2
    assert all(len(name) <= 31 for name in book.sheetnames)
    first = book.worksheets[0]
    assert first.freeze_panes == "A2"
    assert 33 <= first.column_dimensions["A"].width <= 34
    assert first["A3"].value == "导出时间：2025-06-03 09:00"


def test_a_title_line_stands_above_the_heading():
    sheet = Sheet("月报", [Column("名称")], [["床位"]], heading="海盐县2025年6月月报")
    page = read_back([sheet]).active
    assert [page["A1"].value, page["A2"].value, page["A3"].value] == ["海盐县2025年6月月报", "名称", "床位"]
    assert page.freeze_panes == "A3"


def test_the_download_has_a_chinese_name_and_is_not_kept_by_caches():
    answer = workbook_response("月报 6月.xlsx", sheets=[Sheet("月报", [Column("名称")], [["床位"]])])
    assert "filename*=utf-8''%E6%9C%88%E6%8A%A5%206%E6%9C%88.xlsx" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    assert answer.content[:2] == b"PK"
