"""Real workbooks, from file to values: other programs' files, and those made by hand."""

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from eldercare.errors import Refused
from eldercare.excel.cleaning import Context
from eldercare.excel.columns import Severity
from eldercare.excel.reading import NoTable
from tests.eldercare.excel.samples import (
    BY_KEY,
    COLUMNS,
    FILES,
    PLACES,
    ROW,
    read,
    text_cell,
    worksheet,
    write_zip,
    xlsx_parts,
)

SHENDANG, BAIBU = "330424101", "330424102"


def save(tmp_path, *rows, name="a.xlsx", **more):
    """A workbook by openpyxl whose first sheet holds these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, cells in more.items():
        page = book.create_sheet(title)
        for row in cells:
            page.append(row)
    path = tmp_path / name
    book.save(path)
    return path


def with_row(tmp_path, **changes):
    row = ROW | {BY_KEY[key].heading: value for key, value in changes.items()}
    return save(tmp_path, list(row), list(row.values()))


@pytest.mark.parametrize("name", ["ledger.xlsx", "ledger.xls", "ledger.ods"])
def test_the_same_ledger_reads_alike_from_every_format(name):
    reading = read(FILES / name)
    assert reading.table.sheet.name == "台账"
    assert reading.rows == [4, 5, 6]
    assert reading["township"] == [SHENDANG, SHENDANG, BAIBU]
    assert reading["village"] == ["330424101201", "330424101202", "330424102201"]
    assert reading["name"] == ["沈荡镇敬老院", "新丰照料中心", "百步镇养护院"]
    assert reading["beds"] == [60, 12, 100]
    assert reading["nursing_beds"] == [20, 0, 45]
    assert reading["opened"] == [dt.date(2015, 3, 1), dt.date(2019, 11, 20), dt.date(2020, 5, 6)]
    assert reading["licensed"] == [True, True, False]
    assert reading["invested"] == [Decimal("1205000"), Decimal("80000"), Decimal("3200000")]
    assert reading.table.hidden_rows == [5]
    assert [(each.row, each.reason) for each in reading.table.skipped] == [(7, "合计行"), (8, "说明")]
    assert [(each.place, each.value) for each in reading.errors] == [("K6", "#N/A")]
    assert any("10,000" in remark for remark in reading.table.layout.remarks)


@pytest.mark.parametrize("name", ["old_mac.xls", "old_mac.ods"])
def test_dates_of_1904_workbooks(name):
    reading = read(FILES / name)
    assert reading["opened"] == [dt.date(2022, 3, 1)] * 2
    assert "2022-03-01" in reading.said(3, "opened")


def test_dates_of_a_1904_xlsx(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append([*ROW, "开业日期"])
    book.active.append([*ROW.values(), dt.date(2022, 3, 1)])
    book.active.append([*ROW.values(), 43159])
    book.active.append([*ROW.values(), "43159"])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")["opened"] == [dt.date(2022, 3, 1)] * 3


@pytest.mark.parametrize("name", ["gbk.csv", "utf8.csv"])
def test_text_tables_of_libreoffice(name):
    reading = read(FILES / name)
    assert reading["beds"] == [60]
    assert reading["remark"] == ['含逗号, 和“引号"”']


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_text_tables_in_every_encoding_and_separator(tmp_path, encoding, mark):
    lines = [["养老机构台账"], list(ROW), [str(value) for value in ROW.values()], [], ["合计", "", "", "60"]]
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join(mark.join(line) for line in lines).encode(encoding))
    reading = read(path)
    assert reading["name"] == ["沈荡镇敬老院"]
    assert reading["beds"] == [60]
    assert reading.rows == [3]


def test_wps_dimension_that_says_a1_only(tmp_path):
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            text_cell(f"{letter}{number}", str(text)) for letter, text in zip("ABCD", cells, strict=True)
        )
        + "</row>"
        for number, cells in ((1, ROW), (2, ROW.values()))
    )
    for dimension in ("A1", "A1:A1", "A1:XFD1048576", "Z9:B2"):
        path = write_zip(tmp_path / "a.xlsx", xlsx_parts(worksheet(rows, dimension=dimension)))
        assert read(path)["beds"] == [60], dimension


def test_rows_and_cells_without_their_numbers(tmp_path):
    cells = "".join(f"<c t='inlineStr'><is><t>{text}</t></is></c>" for text in ROW)
    values = "".join(f"<c t='inlineStr'><is><t>{text}</t></is></c>" for text in ROW.values())
    broken = "<row hidden='1'><c/><c/><c t='e'><v>#REF!</v></c><c><v>7</v></c></row>"
    path = write_zip(
        tmp_path / "a.xlsx", xlsx_parts(worksheet(f"<row>{cells}</row><row>{values}</row>{broken}"))
    )
    reading = read(path)
    assert reading.rows == [2, 3]
    assert reading.table.hidden_rows == [3]
    assert "#REF!" in reading.said(3, "name")


def test_a_workbook_by_xlsxwriter(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet("机构")
    page.write_row(2, 1, [*ROW, "开业日期", "是否备案"])
    page.write_row(3, 1, [*ROW.values()])
    page.write_datetime(3, 5, dt.datetime(2022, 3, 1), book.add_format({"num_format": "yyyy年m月d日"}))
    page.write_boolean(3, 6, True)
    book.close()
    reading = read(tmp_path / "a.xlsx")
    assert reading.rows == [4]
    assert reading["opened"] == [dt.date(2022, 3, 1)]
    assert reading["licensed"] == [True]
    assert reading.table.layout.fields["township"] == 1  # an empty column before the table


def test_the_sheet_that_fits_is_taken_wherever_it_is(tmp_path):
    path = save(
        tmp_path,
        ["说明"],
        ["请填写"],
        台账=[list(ROW), list(ROW.values())],
        其他=[["姓名", "年龄"], ["甲", 80]],
    )
    assert read(path).table.sheet.name == "台账"
    with pytest.raises(NoTable, match="没有找到表头"):
        read(path, sheet="Sheet")
    with pytest.raises(Refused, match="没有名为“六月”的工作表，只有：“Sheet”、“台账”、“其他”"):
        read(path, sheet="六月")


def test_two_sheets_that_fit_are_a_question(tmp_path):
    rows = [list(ROW), list(ROW.values())]
    path = save(tmp_path, *rows, 七月=rows)
    with pytest.raises(NoTable, match=r"“Sheet”、“七月”.*请选择"):
        read(path)
    assert read(path, sheet="七月")["beds"] == [60]


def test_a_hidden_sheet_is_read_only_when_named(tmp_path):
    book = openpyxl.Workbook()
    page = book.create_sheet("旧表")
    page.append(list(ROW))
    page.append(list(ROW.values()))
    page.sheet_state = "hidden"
    book.active["A1"] = "封面"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(NoTable):
        read(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx", sheet="旧表")["beds"] == [60]


def test_missing_columns_are_named_with_the_row_of_the_headings(tmp_path):
    path = save(tmp_path, ["台账"], ["乡镇", "单位名称", "电话"], ["沈荡镇", "敬老院", "x"])
    with pytest.raises(NoTable, match="第 2 行的表头里缺少必填的列：“床位总数”") as refusal:
        read(path)
    (_, layout), *_ = refusal.value.candidates
    assert [each.text for each in layout.unmatched] == ["电话"]
    assert layout.unmatched[0].suggestion == "phone"


def test_a_match_by_hand_is_remembered_for_the_layout(tmp_path):
    path = save(tmp_path, ["乡镇", "养老院", "张数", "备注"], ["沈荡镇", "沈荡镇敬老院", 60, "x"])
    with pytest.raises(NoTable) as refusal:
        read(path)
    fingerprint = refusal.value.candidates[0][1].fingerprint
    mapping = {"养老院": "name", "张数": "beds", "备注": ""}
    assert read(path, mapping=mapping)["beds"] == [60]
    later = save(
        tmp_path, ["七月台账"], ["乡镇", "养老院", "张数", "备注"], ["百步镇", "百步镇敬老院", 9, "y"]
    )
    reading = read(later, remembered={fingerprint: mapping})
    assert reading["name"] == ["百步镇敬老院"]
    assert reading["remark"] == [None]  # matched to nothing by hand


def test_a_table_without_rows_is_refused(tmp_path):
    with pytest.raises(Refused, match="没有数据行"):
        read(save(tmp_path, list(ROW)))


def test_formulas_that_were_never_calculated_are_errors(tmp_path):
    reading = read(with_row(tmp_path, beds="=30+30", remark="=A1"))
    assert reading["beds"] == [None]
    assert "保存后再上传" in reading.said(2, "beds")
    assert "保存后再上传" in reading.said(2, "remark")


def test_a_formula_with_an_empty_text_is_an_empty_cell(tmp_path):
    row = "".join(text_cell(f"{letter}1", text) for letter, text in zip("ABCDE", [*ROW, "备注"], strict=True))
    values = "".join(
        text_cell(f"{letter}2", str(text)) for letter, text in zip("ABCD", ROW.values(), strict=True)
    )
    formula = '<c r="E2" t="str"><f>IF(1,"","")</f><v></v></c>'
    path = write_zip(
        tmp_path / "a.xlsx",
        xlsx_parts(worksheet(f'<row r="1">{row}</row><row r="2">{values}{formula}</row>')),
    )
    reading = read(path)
    assert reading["remark"] == [None]
    assert reading.findings == []


def test_merged_numbers_are_filled_down_with_a_warning(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.append([*ROW, "总投资"])
    for name in ("敬老院", "照料中心", "食堂"):
        page.append(["沈荡镇", None, name, 5, None])
    page["E2"] = 900
    page.merge_cells("E2:E3")
    book.save(tmp_path / "a.xlsx")
    reading = read(tmp_path / "a.xlsx")
    assert reading["invested"] == [900, 900, None]
    assert [(each.place, each.severity) for each in reading.findings] == [("E3", Severity.WARNING)]
    assert "第 2 行是合并单元格" in reading.said(3, "invested")


def test_texts_that_look_like_formulas_are_texts(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"strings_to_formulas": False})
    page = book.add_worksheet()
    page.write_row(0, 0, [*ROW, "备注"])
    for number, text in enumerate(["=1+1", "+86", "-", "@SUM(A1)", "=cmd|' /C calc'!A0"], 1):
        page.write_row(number, 0, [*ROW.values(), text])
    book.close()
    assert read(tmp_path / "a.xlsx")["remark"] == ["=1+1", "+86", None, "@SUM(A1)", "=cmd|' /C calc'!A0"]


def test_rows_of_another_township_are_errors(tmp_path):
    path = save(tmp_path, list(ROW), list(ROW.values()), ["百步镇", "", "百步镇敬老院", 5])
    reading = read(path, context=Context(places=PLACES, township=SHENDANG))
    assert reading["township"] == [SHENDANG, None]
    assert (
        reading.said(3, "township")
        == "这一行写的是百步镇，您只能上传沈荡镇的数据。属于其他镇（街道）的请交县民政局。"
    )


def test_without_a_township_column_villages_are_the_uploaders(tmp_path):
    columns = [column for column in COLUMNS if column.key != "township"]
    path = save(tmp_path, ["村社区", "机构名称", "床位数"], ["新丰村", "照料中心", 5])
    reading = read(path, columns, context=Context(places=PLACES, township=BAIBU))
    assert reading["village"] == ["330424102201"]


def test_an_id_that_became_a_number_says_that_digits_are_lost(tmp_path):
    reading = read(with_row(tmp_path, credit_code=330424195001010000))
    assert reading["credit_code"] == [None]
    assert "Excel 丢失了末几位数字" in reading.said(2, "credit_code")
    assert reading.errors[0].value == "3.30424E+17"


def test_a_large_sheet_is_streamed_with_its_row_numbers(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"constant_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, list(ROW))
    for number in range(1, 2_501):
        page.write_row(
            number, 0, ["沈荡镇", "中钱村", f"第{number}敬老院", number if number != 1_777 else "约60"]
        )
    book.close()
    reading = read(tmp_path / "a.xlsx")
    assert len(reading.rows) == 2_500
    assert [each.place for each in reading.errors] == ["D1778"]
