"""Rows as XML in a frame of XlsxWriter's: every text comes back as it was, whatever program reads it."""

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eldercare.excel import streaming
from eldercare.excel.writing import Column, Kind, Sheet, write_workbook

VISIBLE = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")


def page_of(rows, *columns, **options):
    file = io.BytesIO()
    write_workbook(
        file, sheets=[Sheet("台账", columns or [Column("内容", 20)], rows, **options)], footer="导出时间"
    )
    return openpyxl.load_workbook(file).active


PIECES = st.text(VISIBLE) | st.sampled_from(["\n", "\t", " ", "&", "<", "=1+1", "@", "_x000A_"])


@given(st.lists(st.lists(PIECES, min_size=1).map("".join).filter(bool), min_size=1))
def test_texts_come_back_as_they_were(texts):
    page = page_of([[text] for text in texts])
    read = [row[0] for row in page.iter_rows(min_row=2, max_row=len(texts) + 1)]
    assert {cell.data_type for cell in read} == {"s"}
    # In the file “_x000A_” is how a line break is written, and “_x005F_” keeps a reader from taking it for one.
    assert [openpyxl.utils.escape.unescape(cell.value) for cell in read] == texts


def test_what_xml_cannot_hold_is_left_out():
    page = page_of([["坏\x0b\x00\ufffe\ud800字"], ["一\r\n二\r三"]])
    assert [page["A2"].value, page["A3"].value] == ["坏字", "一\n二\n三"]


def test_more_rows_than_are_packed_at_once_keep_their_order_and_the_footer_its_place():
    count = streaming.AT_ONCE * 2 + 7
    page = page_of(([number] for number in range(count)), Column("序号", 8, Kind.INTEGER))
    assert [row[0] for row in page.iter_rows(min_row=2, max_row=count + 1, values_only=True)] == list(
        range(count)
    )
    assert page.cell(count + 3, 1).value == "导出时间"


def test_a_long_text_is_wrapped_and_a_number_has_the_format_of_its_column():
    columns = [Column("名称", 6), Column("金额", 12, Kind.MONEY), Column("代码", 12)]
    page = page_of([["很长很长的名称", 1.5, 330424], ["短", 2, "007"]], *columns)
    assert [page["A2"].alignment.wrap_text, bool(page["A3"].alignment.wrap_text)] == [True, False]
    assert [page["B2"].value, page["B2"].number_format] == [1.5, Kind.MONEY.value]
    assert [page["C2"].value, page["C2"].data_type] == ["330424", "s"]
    assert page["A2"].border.left.style == "thin"


def test_a_sheet_without_rows_has_its_headings():
    page = page_of([], heading="从业人员台账")
    assert [page["A1"].value, page["A2"].value, page["A3"].value] == ["从业人员台账", "内容", None]


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(streaming, "LAST_ROW", 20)
    with pytest.raises(ValueError, match="more rows than a workbook can hold"):
        page_of([[number] for number in range(20)])
