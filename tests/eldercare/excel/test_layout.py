"""Headings and the rows under them."""

import pytest

from eldercare.errors import Refused
from eldercare.excel.columns import Column, Kind
from eldercare.excel.layout import find_layout, guess_layout, heading_key, match_by_hand
from eldercare.excel.rows import RowFilter
from tests.eldercare.excel.samples import COLUMNS

PLAIN = ("所在镇（街道）", "机构名称", "床位总数", "备注")


def layout_of(*head, merged=(), **how):
    return find_layout(head, COLUMNS, merged=merged, **how)


def test_headings_in_any_order_by_name_and_alias():
    layout = layout_of(("备注", "床位数", "养老机构名称", "乡镇"))
    assert layout.fields == {"remark": 0, "beds": 1, "name": 2, "township": 3}
    assert layout.complete


@pytest.mark.parametrize(
    "heading",
    [
        "机构名称*",
        "* 机构 名称",
        "机构名称（必填）",
        "机构\n名称",
        "机构名称：",
        "【机构名称】",
        "机构名称(格式：全称)",
    ],
)
def test_marks_spaces_and_hints_do_not_count(heading):
    assert heading_key(heading) == heading_key("机构名称")


@pytest.mark.parametrize("heading", ["机构名称（曾用名）", "原机构名称", "机构", "名称"])
def test_what_changes_the_meaning_does_count(heading):
    layout = layout_of(("所在镇（街道）", heading, "床位总数"))
    assert "name" not in layout.fields
    assert layout.unmatched[0].suggestion == "name"


def test_title_rows_above_are_kept_as_text():
    layout = layout_of(("海盐县养老机构台账", "", "", ""), ("填报单位：沈荡镇", "", "", "2025年6月"), PLAIN)
    assert (layout.first_heading, layout.first_data) == (2, 3)
    assert layout.above == ("海盐县养老机构台账", "填报单位：沈荡镇 2025年6月")


def test_merged_headings_are_joined():
    head = (
        ("所在镇（街道）", "机构名称", "床位", "", "联系方式", ""),
        ("", "", "总数", "护理型", "联系电话", "备注"),
    )
    merged = [((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (0, 3)), ((0, 4), (0, 5))]
    layout = layout_of(*head, merged=merged)
    assert [each.text for each in layout.headings][2:4] == ["床位/总数", "床位/护理型"]
    assert layout.fields["beds"] == 2
    assert layout.fields["nursing_beds"] == 3
    assert layout.first_data == 2


def test_three_heading_rows_with_groups_that_say_nothing():
    head = (
        ("机构基本信息", "", "规模情况", ""),
        ("所在镇（街道）", "机构名称", "床位", ""),
        ("", "", "总数", "护理型"),
    )
    merged = [((0, 0), (0, 1)), ((0, 2), (0, 3)), ((1, 0), (2, 0)), ((1, 1), (2, 1)), ((1, 2), (1, 3))]
    layout = layout_of(*head, merged=merged)
    assert layout.fields == {"township": 0, "name": 1, "beds": 2, "nursing_beds": 3}
    assert layout.first_data == 3


def test_upper_headings_go_on_to_the_right_in_text_tables():
    layout = layout_of(("所在镇（街道）", "机构名称", "床位", ""), ("", "", "总数", "护理型"))
    assert layout.fields["nursing_beds"] == 3
    assert layout.first_data == 2


def test_a_group_that_changes_the_meaning_is_not_overlooked():
    merged = [((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (1, 2)), ((0, 3), (0, 4))]
    layout = layout_of(
        ("所在镇（街道）", "机构名称", "床位总数", "家属", ""),
        ("", "", "", "联系电话", "备注"),
        merged=merged,
    )
    assert "phone" not in layout.fields
    assert "remark" not in layout.fields
    assert [each.suggestion for each in layout.unmatched] == ["phone", "remark"]


def test_headings_merged_downwards_are_not_lost_beside_groups_that_are_not_understood():
    """The second row alone would give more fields, but not 总投资, and nobody would be told."""
    head = (
        ("所在镇（街道）", "总投资", "家属", "", "", ""),
        ("", "", "机构名称", "床位总数", "联系电话", "备注"),
    )
    merged = [((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (0, 5))]
    layout = layout_of(*head, merged=merged)
    assert layout.fields == {"township": 0, "invested": 1}
    assert [each.suggestion for each in layout.unmatched] == ["name", "beds", "phone", "remark"]
    assert layout.first_data == 2


def test_a_row_that_counts_the_columns_is_no_data():
    layout = layout_of(PLAIN, (1.0, 2.0, 3.0, 4.0), ("沈荡镇", "敬老院", 60.0, ""))
    assert layout.first_data == 2
    assert (
        layout_of(PLAIN, ("甲", "乙", "1", "2"), ("沈荡镇", "敬老院", 60.0, "")).first_data == 1
    )  # only two counted


def test_a_heading_twice_is_read_once_and_said():
    layout = layout_of(("所在镇（街道）", "机构名称", "床位总数", "床位数"))
    assert layout.fields["beds"] == 2
    assert layout.remarks == ["D 列“床位数”：与 C 列是同一项，没有读取。"]


def test_the_column_of_a_receipt_is_recognised_and_no_field():
    layout = layout_of((*PLAIN, "错误说明"))
    assert layout.receipt == 4
    assert layout.unmatched == ()
    assert layout.fingerprint == layout_of(PLAIN).fingerprint


def test_the_fingerprint_is_of_the_headings_not_of_titles():
    one = layout_of(("2025年6月台账", "", "", ""), PLAIN).fingerprint
    assert one == layout_of(PLAIN).fingerprint
    assert one != layout_of(PLAIN[::-1]).fingerprint


@pytest.mark.parametrize(
    ("above", "heading"),
    [("单位：万元", "总投资"), ("台账", "总投资（万元）"), ("台账", "总投资(单位:万元)")],
)
def test_amounts_in_ten_thousands_by_the_heading_or_the_title(above, heading):
    layout = layout_of((above, "", "", ""), ("所在镇（街道）", "机构名称", "床位总数", heading))
    assert layout.times == {"invested": 10_000}


def test_no_known_heading_no_layout():
    assert layout_of(("甲", "乙"), (1.0, 2.0)) is None
    assert layout_of() is None


def test_a_match_by_hand_takes_a_field_from_another_column():
    layout = layout_of(("所在镇（街道）", "机构名称", "床位总数", "核定床位"))
    changed = match_by_hand(layout, {"核定床位": "beds"}, COLUMNS)
    assert changed.fields["beds"] == 3
    assert [each.text for each in changed.unmatched] == ["床位总数"]
    assert changed.complete


def test_a_field_has_one_column_by_hand_too_and_fields_of_old_are_left_out():
    layout = layout_of(("所在镇（街道）", "名字", "床位总数", "核定床位"))
    with pytest.raises(Refused, match="“床位总数”对应了两列"):
        match_by_hand(layout, {"核定床位": "beds", "床位总数": "beds"}, COLUMNS)
    assert match_by_hand(layout, {"名字": "abolished"}, COLUMNS).fields == layout.fields


# --- rows ------------------------------------------------------------------------------------------


def reasons(*rows, head=PLAIN):
    layout = find_layout([head], COLUMNS)
    chosen = RowFilter(layout, COLUMNS)
    kept = chosen.keep(1, list(zip(*rows, strict=True)))
    return list(kept), [each.reason for each in chosen.skipped], chosen.blank


@pytest.mark.parametrize(
    "word",
    ["合计", "合 计", "小计", "总计", "本页合计", "沈荡镇小计", "合计：", "累计", "合计（张）", "共计12家"],
)
def test_totals_are_no_rows(word):
    row = ("沈荡镇", "敬老院", 60.0, "")
    assert reasons(row, (word, "", 60.0, ""), ("", word, 60.0, "")) == ([0], ["合计行", "合计行"], 0)


@pytest.mark.parametrize("word", ["会计", "李计", "小张会计", "沈荡镇设计院", "沈荡镇合计划生育协会养老院"])
def test_a_name_that_resembles_a_total_is_a_row(word):
    assert reasons(("沈荡镇", word, 60.0, "")) == ([0], [], 0)


@pytest.mark.parametrize(
    "cells",
    [
        ("注：1. 床位数以备案为准。", "", "", ""),
        ("填表说明", "", "", ""),
        ("制表人：马行简", "审核人：宋遥知", "", "2025年6月30日"),
        ("", "（盖章）", "", ""),
        ("", "", "", "以下空白"),
        ("本表统计截止六月三十日，各镇街道应于七月五日之前上报县局", "", "", ""),
    ],
)
def test_notes_and_signatures_are_no_rows(cells):
    row = ("沈荡镇", "敬老院", 60.0, "")
    kept, said, _ = reasons(row, cells)
    assert kept == [0]
    assert said == ["说明"]


def test_blank_rows_and_serial_numbers_filled_in_ahead_are_no_rows():
    head = ("序号", *PLAIN)
    row = (1.0, "沈荡镇", "敬老院", 60.0, "")
    assert reasons(row, (2.0, "", "", "", ""), ("", "", "", "", ""), ("", " ", "", "", ""), head=head) == (
        [0],
        [],
        3,
    )


def test_headings_printed_again_are_no_rows():
    row = ("沈荡镇", "敬老院", 60.0, "")
    assert reasons(row, PLAIN, row) == ([0, 2], ["重复的表头"], 0)


def test_a_row_with_one_cell_missing_stays_a_row():
    assert reasons(("沈荡镇", "", 60.0, ""), ("", "敬老院", "", "")) == ([0, 1], [], 0)


def test_a_sheet_without_one_known_heading_can_be_matched_by_hand():
    columns = (Column("name", "机构名称", required=True), Column("beds", "床位数", kind=Kind.INTEGER))
    head = (("甲乙丙表",), ("称谓", "张数量", "杂项"), ("沈荡院", 12.0, ""), ("百步院", 8.0, ""))
    assert find_layout(head, columns) is None
    layout = guess_layout(head, columns)
    assert [each.text for each in layout.headings] == ["称谓", "张数量", "杂项"]
    assert not layout.complete
    matched = match_by_hand(layout, {"称谓": "name", "张数量": "beds"}, columns)
    assert (matched.complete, matched.fields, matched.first_data) == (True, {"name": 0, "beds": 1}, 2)
