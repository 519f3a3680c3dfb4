"""The user's own workbook given back: intact, annotated, and accepted again once it is corrected."""

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from eldercare.excel.columns import Severity
from eldercare.excel.reading import open_upload
from eldercare.excel.receipt import write_receipt
from tests.eldercare.excel.samples import COLUMNS, CONTEXT, FILES, ROW, read

RED, YELLOW = "00FFC7CE", "00FFEB9C"


@pytest.fixture
def own(tmp_path):
    """A clerk's workbook: a title, widths, fonts, a comment, formulas on another sheet, two wrong cells."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "台账"
    page.append(["2025年6月台账"])
    page.merge_cells("A1:E1")
    page.append([*ROW, "开业日期"])
    page.append([*ROW.values(), "2022-2-30"])
    page.append(["沈荡镇", "新丰村", "新丰照料中心", "约12", "2022.3"])
    page.append(["沈荡镇", "新丰村", "沈荡食堂", 0, "2020-01-01"])
    page.column_dimensions["C"].width = 41.5
    page["C3"].font = Font(name="楷体", bold=True, color="FF0000FF")
    page["D4"].comment = Comment("核对过", "张映雪")
    page.add_data_validation(DataValidation(type="list", formula1='"沈荡镇,百步镇"', sqref="A3:A99"))
    other = book.create_sheet("汇总")
    other["A1"] = "=SUM(台账!D3:D5)"
    other["A2"] = "文字"
    other.column_dimensions["A"].width = 33
    book.create_sheet("隐藏").sheet_state = "hidden"
    path = tmp_path / "台账.xlsx"
    book.save(path)
    return path


def receipt_of(path, out):
    with open_upload(path) as upload:
        table = upload.find_table(COLUMNS)
        findings = [finding for batch in table.read(CONTEXT) for finding in batch.findings]
        return write_receipt(path, out, table=table, findings=findings), findings


def test_wrong_cells_are_coloured_and_explained(own, tmp_path):
    receipt, findings = receipt_of(own, tmp_path / "回执.xlsx")
    assert receipt.original
    assert {(each.place, each.severity) for each in findings} == {
        ("E3", Severity.ERROR),
        ("D4", Severity.ERROR),
        ("E4", Severity.WARNING),
    }
    page = openpyxl.load_workbook(tmp_path / "回执.xlsx")["台账"]
    assert page["E3"].fill.fgColor.rgb == RED
    assert page["E4"].fill.fgColor.rgb == YELLOW
    assert "没有 30 日" in page["E3"].comment.text
    assert page["D4"].comment.text.startswith("核对过\n")
    assert page["F2"].value == "错误说明"
    assert (
        page["F3"].value
        == "【错误】E列“开业日期”：“2022-2-30”：2022 年 2 月没有 30 日。请写成 2022-03-01 的样子。"
    )
    assert page["F4"].value.splitlines()[1].startswith("【请核对】E列")
    assert page["F5"].value is None
    assert page["C5"].fill.fill_type is None


def test_everything_else_is_as_it_was(own, tmp_path):
    receipt_of(own, tmp_path / "回执.xlsx")
    before, after = openpyxl.load_workbook(own), openpyxl.load_workbook(tmp_path / "回执.xlsx")
    assert after.sheetnames == before.sheetnames
    assert after["隐藏"].sheet_state == "hidden"
    assert after["汇总"]["A1"].value == "=SUM(台账!D3:D5)"
    assert after["汇总"].column_dimensions["A"].width == 33
    page = after["台账"]
    assert page.column_dimensions["C"].width == 41.5
    assert page["C3"].font.name == "楷体"
    assert page["C3"].font.bold
    assert [str(each) for each in page.merged_cells.ranges] == ["A1:E1"]
    assert len(page.data_validations.dataValidation) == 1
    for row in before["台账"].iter_rows():
        for cell in row:
            assert page[cell.coordinate].value == cell.value


def test_corrected_and_uploaded_as_it_is_it_goes_through(own, tmp_path):
    receipt_of(own, tmp_path / "回执.xlsx")
    book = openpyxl.load_workbook(tmp_path / "回执.xlsx")
    book["台账"]["E3"], book["台账"]["D4"], book["台账"]["E4"] = "2022-02-28", 12, "2022-03-01"
    book.save(tmp_path / "改.xlsx")
    reading = read(tmp_path / "改.xlsx")
    assert reading.findings == []
    assert reading["beds"] == [60, 12, 0]
    assert reading.table.layout.fingerprint == read(own).table.layout.fingerprint


def test_a_second_receipt_replaces_the_first(own, tmp_path):
    receipt_of(own, tmp_path / "一.xlsx")
    book = openpyxl.load_workbook(tmp_path / "一.xlsx")
    book["台账"]["E3"] = "2022-02-28"
    book.save(tmp_path / "改.xlsx")
    receipt_of(tmp_path / "改.xlsx", tmp_path / "二.xlsx")
    page = openpyxl.load_workbook(tmp_path / "二.xlsx")["台账"]
    assert page["E3"].comment is None
    assert page["E3"].fill.fill_type is None
    assert page["F3"].value is None
    assert page["D4"].comment.text.count("养老服务数据门户") == 1
    assert [cell.value for cell in page[2]].count("错误说明") == 1


def test_texts_never_become_formulas(tmp_path):
    book = openpyxl.Workbook()
    book.active.append([*ROW, "备注"])
    book.active.append(["=沈荡", "", "x", "=1+1", ""])
    for letter, text in (("A", "=沈荡"), ("D", "=1+1"), ("E", "@x")):
        cell = book.active[f"{letter}2"]
        cell.value, cell.data_type = text, "s"
    book.save(tmp_path / "a.xlsx")
    receipt_of(tmp_path / "a.xlsx", tmp_path / "回执.xlsx")
    page = openpyxl.load_workbook(tmp_path / "回执.xlsx").active
    assert {page[name].data_type for name in ("A2", "D2", "E2", "F2")} == {"s"}
    assert page["D2"].value == "=1+1"


@pytest.mark.parametrize("name", ["ledger.xls", "ledger.ods"])
def test_other_formats_come_back_as_a_copy_that_says_so(name, tmp_path):
    receipt, _ = receipt_of(FILES / name, tmp_path / "回执.xlsx")
    assert not receipt.original
    assert name[-3:] in receipt.message
    assert "副本" in receipt.message
    book = openpyxl.load_workbook(tmp_path / "回执.xlsx")
    assert book.sheetnames == ["封面", "台账"]
    page = book["台账"]
    assert page["A1"].value == "2025年6月养老机构台账"
    assert page["G4"].value.strftime("%Y-%m-%d") == "2015-03-01"
    assert "#N/A" in page["L6"].value
    assert page["K6"].fill.fgColor.rgb == "FFFFC7CE"
    first, again = read(FILES / name), read(tmp_path / "回执.xlsx")
    assert again.values == first.values
    assert [(each.place, each.message) for each in again.findings] == [
        (each.place, each.message) for each in first.findings
    ]


def test_a_text_table_comes_back_as_a_copy(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(
        "所在镇（街道）,机构名称,床位总数,信用代码\n沈荡镇,敬老院,约60,0533304240012345\n".encode("gbk")
    )
    receipt, _ = receipt_of(path, tmp_path / "回执.xlsx")
    assert not receipt.original
    reading = read(tmp_path / "回执.xlsx")
    assert reading["credit_code"] == ["0533304240012345"]
    assert "要确切的数" in reading.said(2, "beds")


def test_a_workbook_that_cannot_be_edited_comes_back_as_a_copy(own, tmp_path, monkeypatch):
    monkeypatch.setattr("eldercare.excel.receipt.EDITABLE_CELLS", 3)
    receipt, _ = receipt_of(own, tmp_path / "回执.xlsx")
    assert not receipt.original
    assert "太大" in receipt.message
    assert read(tmp_path / "回执.xlsx")["name"] == ["沈荡镇敬老院", "新丰照料中心", "沈荡食堂"]


def test_merged_cells_carry_the_comment_where_their_value_is(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(list(ROW))
    book.active.append(["武当镇", None, "敬老院", 5])
    book.active.append([None, None, "食堂", 5])
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    receipt_of(tmp_path / "a.xlsx", tmp_path / "回执.xlsx")
    page = openpyxl.load_workbook(tmp_path / "回执.xlsx").active
    assert page["A2"].comment.text.count("武当镇") == 2
    assert page["E3"].value.startswith("【错误】A列")
