"""Sheets of registers through the engine of uploads: read, compared, written, taken back."""

import datetime as dt
import json
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from eldercare.errors import Refused
from eldercare.models import ImportBatch
from indicators.actions.register_definitions import add_column
from indicators.models import Register, RegisterRow
from tests.facilities.uploads import workbook
from tests.indicators.registers import make_register, make_row, number, slots
from tests.subsidies.uploads import State, Status, apply, counts, messages, sheet, take_back

pytestmark = pytest.mark.django_db
KEY = "register:helpers"
HEADINGS = ("姓名", "身份证号", "联系电话", "村(社区)", "方式", "特长", "开始日期", "时长", "已培训")
FIRST = ("沈一", number(1), "13800001111", "中钱村", "助餐", "护理、法律", dt.date(2025, 3, 1), 2.5, "是")
SECOND = ("沈二", number(2), None, None, "助浴", None, dt.date(2025, 4, 1), 3, "否")


@pytest.fixture
def register(cast) -> Register:
    return make_register(cast.county_clerk)


def stored(register: Register) -> list[dict]:
    """By name: rows of one upload are written in no order."""
    columns = list(register.columns.all())
    return sorted((row.values(columns) for row in RegisterRow.objects.all()), key=lambda row: row["name"])


def test_a_sheet_becomes_rows(cast, register):
    batch = apply(sheet(KEY, HEADINGS, FIRST, SECOND, by=cast.township_clerk))
    assert (batch.status, counts(batch)) == (Status.APPLIED, (2, 0, 0, 0))
    first, second = stored(register)
    assert first["skills"] == "|护理|法律|"
    assert (first["hours"], first["trained"], first["village"]) == (Decimal("2.5"), True, cast.village)
    assert first["id_number"] == number(1)
    assert (second["phone"], second["trained"]) == (None, False)
    assert set(RegisterRow.objects.values_list("org_unit", flat=True)) == {cast.township.pk}


def test_the_same_sheet_again_changes_nothing(cast, register):
    apply(sheet(KEY, HEADINGS, FIRST, SECOND, by=cast.township_clerk))
    again = sheet(KEY, HEADINGS, FIRST, SECOND, by=cast.township_clerk)
    assert counts(again) == (0, 0, 2, 0)


def test_a_row_made_in_the_browser_is_the_same_row(cast, register):
    make_row(register, cast.township, cast.township_clerk, 1, hours=Decimal(1))
    batch = apply(sheet(KEY, HEADINGS, FIRST, by=cast.township_clerk))
    assert counts(batch) == (0, 1, 0, 0)
    assert RegisterRow.objects.get().values(register.columns.all())["hours"] == Decimal("2.5")


def test_a_change_is_shown_and_can_be_taken_back(cast, register):
    apply(sheet(KEY, HEADINGS, FIRST, by=cast.township_clerk))
    batch = apply(sheet(KEY, HEADINGS, (*FIRST[:4], "陪聊", *FIRST[5:]), SECOND, by=cast.township_clerk))
    assert counts(batch) == (1, 1, 0, 0)
    changed = batch.lines.get(state=State.CHANGED)
    assert (changed.old, changed.new) == ({"way": "助餐"}, {"way": "陪聊"})
    take_back(batch)
    (only,) = stored(register)
    assert only["way"] == "助餐"


def test_what_is_wrong_is_said_at_its_row(cast, register):
    wrong = {1: "330424", 3: "不存在村", 4: "做饭", 5: "护理、唱歌", 6: None}
    lines = []
    for place, (column, value) in enumerate(wrong.items(), 3):
        line = ["沈一", number(place), *FIRST[2:]]
        line[column] = value
        lines.append(tuple(line))
    batch = sheet(KEY, HEADINGS, *lines, SECOND, by=cast.township_clerk)
    said = messages(batch)
    assert counts(batch) == (1, 0, 0, 5)
    assert set(said) == {2, 3, 4, 5, 6}
    assert "没有“唱歌”这个选项" in said[5][0]
    assert "必填" in said[6][0]


def test_two_rows_of_one_person_are_refused(cast, register):
    batch = sheet(KEY, HEADINGS, FIRST, ("沈三", *FIRST[1:]), by=cast.township_clerk)
    assert batch.errors == 2


def test_a_county_names_the_township_of_each_row(cast, register):
    rows = (("沈荡镇", *FIRST), ("", *SECOND))
    batch = sheet(KEY, ("镇(街道)", *HEADINGS), *rows, by=cast.county_clerk)
    assert counts(batch) == (1, 0, 0, 1)


def test_what_the_county_keeps_may_belong_to_no_township(cast):
    make_register(cast.county_clerk, "meetings", keeper="county")
    batch = apply(sheet("register:meetings", HEADINGS, SECOND, by=cast.county_clerk))
    assert RegisterRow.objects.get().org_unit == cast.county
    assert batch.status == Status.APPLIED
    refused = sheet("register:meetings", HEADINGS, SECOND, by=cast.township_clerk)
    assert (refused.status, "由县级登记" in refused.message) == (Status.REFUSED, True)


def test_a_slip_of_an_older_definition_is_not_written(cast, register):
    batch = sheet(KEY, HEADINGS, FIRST, by=cast.township_clerk)
    add_column(
        register=register, fields={"key": "level", "heading": "等级", "kind": "text"}, by=cast.county_clerk
    )
    batch = apply(batch)
    assert batch.status == Status.READY
    assert "重新上传" in batch.message
    assert not RegisterRow.objects.exists()


def test_the_template_takes_its_own_rows_back(cast, enter, register):
    apply(sheet(KEY, HEADINGS, FIRST, SECOND, by=cast.township_clerk))
    client = enter(cast.township_clerk)
    answer = client.get(reverse("import-template", args=[KEY]) + "?rows=1")
    page = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    lines = list(page.iter_rows(values_only=True))
    assert lines[0][:3] == ("镇(街道)", "姓名*", "身份证号*")
    again = sheet(KEY, lines[0], *lines[1:], by=cast.township_clerk)
    assert counts(again) == (0, 0, 2, 0)


def test_the_upload_page_offers_the_register(cast, enter, register):
    client = enter(cast.township_clerk)
    answer = client.get(reverse("import-create") + f"?ledger={KEY}")
    assert answer.context["ledgers"][0][0].label == "帮扶人员"
    assert KEY not in client.get(reverse("import-create")).content.decode()


def test_slips_of_people_are_hidden_from_who_sees_figures_only(cast, enter, register):
    batch = sheet(KEY, HEADINGS, FIRST, by=cast.township_clerk)
    address = reverse("import-detail", args=[batch.pk])
    assert enter(cast.leader).get(address).status_code == 404
    answer = enter(cast.township_clerk).get(address)
    assert "帮扶人员" in answer.content.decode()
    assert number(1) not in answer.content.decode()


def test_from_the_command_line(cast, register, tmp_path):
    path = tmp_path / "人员.xlsx"
    path.write_bytes(workbook(HEADINGS, FIRST, SECOND))
    out = StringIO()
    call_command("import_ledger", KEY, str(path), user=cast.township_clerk.username, apply=True, stdout=out)
    assert json.loads(out.getvalue())["new"] == 2
    assert ImportBatch.objects.get().ledger == KEY
    assert RegisterRow.objects.count() == 2
    with pytest.raises(Refused, match="register:nothing"):
        sheet("register:nothing", HEADINGS, FIRST, by=cast.township_clerk)


def test_every_slot_is_an_ordinary_column(cast, register):
    assert len(set(slots(register).values())) == register.columns.count()


def test_a_task_is_named_by_its_number(cast, enter):
    columns = (
        {"key": "matter", "heading": "事项", "kind": "text", "is_key": True, "is_required": True},
        {"key": "task", "heading": "重点任务编号", "kind": "task"},
    )
    register = make_register(cast.county_clerk, "matters", name="议定事项", columns=columns)
    batch = sheet(
        "register:matters",
        ("事项", "重点任务编号"),
        ("移交程序", "nothing-1"),
        ("助餐", None),
        by=cast.township_clerk,
    )
    assert "没有这个编号的重点任务" in messages(batch)[2][0]
    assert counts(batch) == (1, 0, 0, 1)
    answer = enter(cast.township_clerk).post(
        reverse("register-row-create", args=["matters"]), {"text_1": "移交程序", "text_2": "nothing-1"}
    )
    assert "没有这个编号的重点任务" in answer.content.decode()
    assert not register.rows.exists()
