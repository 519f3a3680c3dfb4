"""The workbook that townships download: opened again, filled in, and read back."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from eldercare.excel.columns import Choice, Column, Kind
from eldercare.excel.template import INSTRUCTIONS, LISTS, write_template
from tests.eldercare.excel.samples import COLUMNS, PLACES, read

PRESENT = {
    "township": "330424101",
    "village": "330424101202",
    "name": "=新丰照料中心",
    "credit_code": "053330424MJ0012345",
    "mode": "entrusted",
    "beds": 60,
    "opened": dt.date(2015, 3, 1),
    "licensed": False,
    "invested": Decimal("1234567.89"),
    "manager": "顾云舟",
    "phone": "13900000000",
    "month": dt.date(2025, 6, 1),
}
VILLAGES = [f"第{number}村" for number in range(1, 123)]


def write(tmp_path, columns=COLUMNS, **more):
    path = tmp_path / "模板.xlsx"
    with path.open("wb") as file:
        write_template(file, title="养老机构", columns=columns, places=PLACES, **more)
    return path


@pytest.fixture
def book(tmp_path):
    return openpyxl.load_workbook(write(tmp_path, rows=[PRESENT], lists={"village": VILLAGES}))


def test_headings_and_required_marks(book):
    headings = [cell.value for cell in book["养老机构"][1]]
    assert headings[:4] == ["所在镇（街道）*", "所在村（社区）", "机构名称*", "统一社会信用代码"]
    assert book.active.title == "养老机构"


def test_codes_are_text_before_anything_is_typed(book):
    page = book["养老机构"]
    for index, column in enumerate(COLUMNS, 1):
        if column.kind in (Kind.CODE, Kind.TEXT, Kind.NAME):
            letter = openpyxl.utils.get_column_letter(index)
            assert (
                page.column_dimensions[letter].number_format == "@"
                or page.cell(2, index).number_format == "@"
            )
    assert page["D2"].data_type == "s"


def range_of(rule):
    (only,) = rule.sqref.ranges
    return only


def test_drop_downs_point_at_a_hidden_sheet(book):
    rules = {range_of(rule).min_col: rule for rule in book["养老机构"].data_validations.dataValidation}
    assert book[LISTS].sheet_state == "hidden"
    assert book["养老机构"].protection.sheet is False
    lists = {column: rule for column, rule in rules.items() if rule.type == "list"}
    assert [COLUMNS[column - 1].key for column in lists] == ["township", "village", "mode", "licensed"]
    for rule in lists.values():
        assert rule.formula1.startswith(f"'{LISTS}'!$")
        assert range_of(rule).max_row > 5_000
    villages = lists[2].formula1.split("!")[1].replace("$", "")
    assert [row[0].value for row in book[LISTS][villages]] == VILLAGES
    assert rules[3].prompt == "与登记证书一致"


def test_instructions_name_every_column(book):
    texts = {str(row[0].value) for row in book[INSTRUCTIONS].iter_rows()}
    assert {f"〔{column.heading}〕" for column in COLUMNS} <= texts


def test_present_rows_are_read_back_as_they_were(tmp_path):
    reading = read(write(tmp_path, rows=[PRESENT]))
    assert reading.findings == []
    assert {key: values[0] for key, values in reading.values.items() if values[0] is not None} == PRESENT


def test_an_empty_template_has_no_rows(tmp_path):
    book = openpyxl.load_workbook(write(tmp_path))
    assert book["养老机构"].max_row == 1


def test_long_headings_and_help_fit_what_excel_allows(tmp_path):
    column = Column("x", "很长的表头" * 10, help="说明" * 300, kind=Kind.CHOICE, choices=(Choice("a", "甲"),))
    file = io.BytesIO()
    write_template(file, title="一个长得超过三十一个字符的工作表名称" * 2, columns=[column])
    (rule,) = openpyxl.load_workbook(file).active.data_validations.dataValidation
    assert len(rule.prompt) == 255
    assert len(rule.promptTitle) == 32


@pytest.mark.parametrize("title", ["助餐/助浴[2026]", LISTS, INSTRUCTIONS, "很长" * 20, "'"])
def test_a_title_that_excel_would_not_take_as_a_sheets_name(tmp_path, title):
    path = tmp_path / "模板.xlsx"
    with path.open("wb") as file:
        write_template(file, title=title, columns=COLUMNS, places=PLACES)
    names = openpyxl.load_workbook(path).sheetnames
    assert len(names) == len(set(names)) == 3
    assert max(map(len, names)) <= 31
