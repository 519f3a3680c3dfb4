"""The sheet of the register: who is made, what is refused, what one township learns of another."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eldercare.excel.ledgers import all_ledgers
from eldercare.spells import Spells
from subsidies.models import Elder, ElderChange, ElderTag
from tests.conftest import make_unit
from tests.subsidies.factories import make_elder, make_tag
from tests.subsidies.uploads import (
    BORN,
    DAY,
    Status,
    apply,
    counts,
    lost_digits,
    messages,
    number_of,
    sheet,
    take_back,
    upload,
)

pytestmark = pytest.mark.django_db
HEADINGS = (
    "姓名", "身份证号", "户籍村(社区)", "户籍地址", "居住镇街", "居住村社", "居住地址", "联系电话", "紧急联系人", "关系",
    "紧急电话", "备注",
)  # fmt: skip
SHORT = ("姓名", "身份证号")


def test_a_row_makes_a_person_with_sex_and_birth_date_from_the_number(cast):
    row = (
        "陆大有", number_of(111), "中钱村", "中钱村3组8号", "", "", "中钱村3组8号", "13800001234", "陆小有", "儿子",
        "0573-86012345", "低保户",
    )  # fmt: skip
    batch = sheet("elders", HEADINGS, row, by=cast.township_clerk)
    assert counts(batch) == (1, 0, 0, 0), messages(batch)
    (line,) = batch.lines.all()
    assert number_of(111) not in str(line.new)
    apply(batch)
    assert batch.status == Status.APPLIED, batch.message
    elder = Elder.objects.get()
    assert (elder.name, elder.id_number.reveal(), elder.sex, elder.born_on) == (
        "陆大有", number_of(111), "male", BORN,
    )  # fmt: skip
    assert (elder.org_unit, elder.village) == (cast.township, cast.village)
    assert (elder.residence_unit, elder.residence_village) == (cast.township, cast.village)
    assert elder.registered == elder.resident == Spells.since(BORN)
    assert (elder.phone.reveal(), elder.contact_phone.reveal()) == ("13800001234", "0573-86012345")
    assert (elder.contact_name, elder.contact_relation, elder.note) == ("陆小有", "儿子", "低保户")
    assert list(Elder.objects.filter(name_key=elder.name_key)) == [elder]
    again = sheet("elders", HEADINGS, row, by=cast.township_clerk)
    assert counts(again) == (0, 0, 1, 0)


def test_where_a_person_lives_may_be_another_township_or_outside(cast):
    other = make_unit("330424102202", "五丰村", cast.village.level, cast.other_township)
    rows = (
        ("甲某", number_of(111), "中钱村", "", "百步镇", "五丰村"),
        ("乙某", number_of(112), "中钱村", "", "县外", ""),
        ("丙某", number_of(113), "中钱村", "", "沈荡镇", "没有这个村"),
    )
    batch = sheet("elders", HEADINGS[:6], *rows, by=cast.township_clerk)
    assert counts(batch) == (2, 0, 0, 1), messages(batch)
    assert "没有这个村" in messages(batch)[4][0]
    apply(batch, only_good=True)
    first, second = Elder.objects.order_by("-name")
    assert (first.org_unit, first.residence_unit, first.residence_village) == (
        cast.township, cast.other_township, other,
    )  # fmt: skip
    assert (second.residence_unit, second.resident) == (None, Spells())
    assert first in Elder.objects.visible_to(cast.other_township_clerk)
    assert second not in Elder.objects.visible_to(cast.other_township_clerk)


def test_sex_and_birth_date_that_differ_from_the_number_want_a_reason(cast):
    headings = (*SHORT, "性别", "出生日期")
    row = ("陆大有", number_of(111), "女", dt.date(1941, 3, 10))
    batch = sheet("elders", headings, row, by=cast.township_clerk)
    assert (batch.errors, batch.warnings) == (0, 1)
    said = "".join(messages(batch)[2])
    assert "出生日期" in said
    assert "性别" in said
    apply(batch, reason="户口本与身份证不一致，已核对")
    assert (Elder.objects.get().sex, Elder.objects.get().born_on) == ("female", dt.date(1941, 3, 10))


def test_numbers_that_cannot_be_right(cast):
    wrong = number_of(113)[:17] + ("0" if number_of(113)[17] != "0" else "1")
    rows = (
        ("甲某", lost_digits(number_of(111))),
        ("乙某", number_of(112)[:-1]),
        ("丙某", wrong),
        ("丁某", "无"),
        ("戊某", ""),
    )
    batch = sheet("elders", SHORT, *rows, by=cast.township_clerk)
    assert (batch.new, batch.errors, batch.warnings) == (1, 4, 1), messages(batch)
    said = messages(batch)
    assert "15 位" in said[2][0]
    assert "17 位" in said[3][0]
    assert "校验" in said[4][0]
    assert "逐人登记" in said[5][0]
    assert [each for each in said[6] if "必填" in each] == said[6]
    stored = str(list(batch.lines.values()))
    assert number_of(112)[:-1] not in stored
    assert wrong not in stored


def test_other_documents_need_sex_and_birth_date(cast):
    headings = (*SHORT, "证件种类", "性别", "出生日期")
    rows = (
        ("约翰", "E12345678", "护照(外国人)", "男", dt.date(1950, 1, 2)),
        ("玛丽", "E12345679", "护照(外国人)", "", ""),
    )
    batch = sheet("elders", headings, *rows, by=cast.township_clerk)
    assert counts(batch) == (1, 0, 0, 1), messages(batch)
    assert messages(batch)[3] == ["从证件号码看不出出生日期，请填写。", "从证件号码看不出性别，请填写。"]
    apply(batch, only_good=True)
    assert Elder.objects.get().id_kind == "foreign"


def test_two_rows_of_one_person_and_two_numbers_of_one_name(cast):
    rows = (
        ("陆大有", number_of(111)),
        ("陆大有", number_of(111)),
        ("沈二宝", number_of(112)),
        ("沈二宝", number_of(114)),
    )
    batch = sheet("elders", SHORT, *rows, by=cast.township_clerk)
    assert (batch.errors, batch.new, batch.warnings) == (2, 2, 2), messages(batch)
    assert "第 3 行重复" in messages(batch)[2][0]
    assert "第 5 行同名、同出生日期" in messages(batch)[4][0]


def test_a_number_that_cannot_be_read_is_not_called_another_one(cast):
    make_elder(cast.township, "陆大有", born_on=dt.date(1950, 1, 2))
    headings = (*SHORT, "出生日期")
    batch = sheet("elders", headings, ("陆大有", "330****2685", dt.date(1950, 1, 2)), by=cast.township_clerk)
    (found,) = messages(batch)[2]
    assert "隐去" in found


def test_a_person_of_another_township_is_not_told_about(cast):
    there = make_elder(cast.other_township, "吴嘉言", note="百步的说明")
    row = ("吴嘉言", there.id_number.reveal())
    batch = sheet("elders", SHORT, row, by=cast.township_clerk)
    assert (batch.errors, messages(batch)) == (1, {2: ["已在其他镇(街道)登记，请联系县民政局。"]})
    assert "百步" not in str(list(batch.lines.values()))
    county = sheet("elders", ("镇(街道)", *SHORT), ("沈荡镇", *row), by=cast.county_clerk)
    assert messages(county) == {
        2: ["档案里此人归百步镇管理，与本行不同；县内变更管理镇(街道)请在老年人页面登记。"]
    }
    without = sheet("elders", SHORT, row, by=cast.county_clerk)
    assert messages(without) == {2: ["县级上传要写明每一行的镇(街道)。"]}


def test_what_is_written_changes_the_record_and_empty_cells_change_nothing(cast):
    elder = make_elder(cast.township, "陆大有", phone="13800001234", address="中钱村1号", note="老说明")
    row = ("陆大友", elder.id_number.reveal(), "", "", "", "", "中钱村2号", "", "", "", "", "")
    batch = sheet("elders", HEADINGS, row, by=cast.township_clerk)
    assert (batch.changed, batch.warnings) == (1, 1), messages(batch)
    assert "姓名不同" in messages(batch)[2][0]
    (line,) = batch.lines.all()
    assert (line.old, line.new) == (
        {"name": "陆大有", "address": "中钱村1号"},
        {"name": "陆大友", "address": "中钱村2号"},
    )
    apply(batch, reason="身份证上是“友”")
    elder.refresh_from_db()
    assert (elder.name, elder.address, elder.phone.reveal(), elder.note) == (
        "陆大友", "中钱村2号", "13800001234", "老说明",
    )  # fmt: skip
    saved = Elder.objects.get(pk=elder.pk)
    saved.save()
    assert saved.name_key == elder.name_key
    take_back(batch)
    elder.refresh_from_db()
    assert (elder.name, elder.address) == ("陆大有", "中钱村1号")


def test_a_death_is_registered_with_the_day_on_which_it_became_known(cast):
    elder = make_elder(cast.township, "陆大有")
    headings = (*SHORT, "死亡日期", "获知途径")
    row = ("陆大有", elder.id_number.reveal(), dt.date(2025, 6, 3), "殡葬")
    batch = apply(sheet("elders", headings, row, by=cast.township_clerk))
    assert batch.status == Status.APPLIED, batch.message
    elder.refresh_from_db()
    assert (elder.died_on, elder.death_known_on, elder.death_source) == (dt.date(2025, 6, 3), DAY, "funeral")
    change = ElderChange.objects.get()
    assert (change.elder, change.kind, change.happened_on, change.known_on, change.source, change.recorded_by) == (
        elder, "died", dt.date(2025, 6, 3), DAY, "funeral", cast.township_clerk,
    )  # fmt: skip
    assert counts(sheet("elders", headings, row, by=cast.township_clerk)) == (0, 0, 1, 0)
    take_back(batch)
    elder.refresh_from_db()
    assert (elder.died_on, elder.death_known_on, elder.death_source) == (None, None, "")
    assert not ElderChange.objects.exists()


def test_a_death_in_the_future_or_before_birth(cast):
    rows = (("甲某", number_of(111), dt.date(2025, 7, 3)), ("乙某", number_of(112), dt.date(1940, 1, 1)))
    batch = sheet("elders", (*SHORT, "死亡日期"), *rows, by=cast.township_clerk)
    assert batch.errors == 2
    assert "晚于数据日期" in messages(batch)[2][0]
    assert "早于出生日期" in messages(batch)[3][0]


def test_an_old_number_of_somebody_registered_under_the_new_one(cast):
    here = make_elder(cast.township, "陆大有").id_number.reveal()
    there = make_elder(cast.other_township, "吴嘉言").id_number.reveal()
    rows = [(name, each[:6] + each[8:17]) for name, each in (("陆大有", here), ("吴嘉言", there))]
    batch = sheet("elders", SHORT, *rows, by=cast.township_clerk)
    said = messages(batch)
    assert "此人已按 18 位身份证号登记，请改填 18 位号码。" in said[2]
    assert "已在其他镇(街道)登记，请联系县民政局。" in said[3]


def test_a_person_who_went_to_another_township_while_the_slip_waited(cast):
    elder = make_elder(cast.township, "陆大有", address="中钱村1号")
    headings = (*SHORT, "居住地址")
    row = ("陆大有", elder.id_number.reveal(), "中钱村2号")
    batch = sheet("elders", headings, row, by=cast.township_clerk)
    assert batch.changed == 1
    Elder.objects.filter(pk=elder.pk).update(org_unit=cast.other_township, address="百步的新址")
    apply(batch)
    elder.refresh_from_db()
    assert (batch.status, elder.address) == (Status.READY, "百步的新址")
    assert messages(batch) == {2: ["已在其他镇(街道)登记，请联系县民政局。"]}
    assert "百步" not in str(list(batch.lines.values()))


def test_many_rows_cost_no_more_statements(cast, django_assert_max_num_queries):
    """Reading is a fixed number of statements; what a second row adds is nothing."""
    few = [(f"陆{n}", number_of(100 + n)) for n in range(1, 3)]
    many = [(f"沈{n}", number_of(300 + n)) for n in range(1, 61)]
    with CaptureQueriesContext(connection) as first:
        sheet("elders", SHORT, *few, by=cast.township_clerk)
    with django_assert_max_num_queries(len(first)):
        sheet("elders", SHORT, *many, by=cast.township_clerk)


TAGS = (*SHORT, "特困", "低保", "重残", "独居", "三老")


def test_kinds_of_persons_begin_and_end_with_the_day_of_the_data(cast):
    elder = make_elder(cast.township, "陆大有")
    old = make_tag(elder, "low_income", dt.date(2020, 1, 1))
    make_tag(elder, "living_alone", dt.date(2021, 1, 1))
    row = ("陆大有", elder.id_number.reveal(), "分散", "否", "", "是", "是")
    batch = sheet("elders", TAGS, row, by=cast.township_clerk)
    assert counts(batch) == (0, 1, 0, 0), messages(batch)
    (line,) = batch.lines.all()
    assert line.new == {"destitute": "scattered", "low_income": False, "three_elders": True}
    assert line.old == {"low_income": True}
    apply(batch)
    held = {tag.kind: tag.held for tag in ElderTag.objects.filter(elder=elder)}
    assert held == {
        "low_income": Spells.since(dt.date(2020, 1, 1), DAY),
        "living_alone": Spells.since(dt.date(2021, 1, 1)),
        "destitute_scattered": Spells.since(DAY),
        "three_elders": Spells.since(DAY),
    }
    assert ElderTag.objects.get(kind="three_elders").source == "2025年6月老年人台账"
    assert counts(sheet("elders", TAGS, row, by=cast.township_clerk)) == (0, 0, 1, 0)
    take_back(batch)
    old.refresh_from_db()
    assert old.held == Spells.since(dt.date(2020, 1, 1))
    assert set(ElderTag.objects.values_list("kind", flat=True)) == {"low_income", "living_alone"}


def test_from_scattered_to_central_in_one_cell(cast):
    elder = make_elder(cast.township, "陆大有", tags=["destitute_scattered"])
    row = ("陆大有", elder.id_number.reveal(), "集中")
    batch = sheet("elders", TAGS[:3], row, by=cast.township_clerk)
    (line,) = batch.lines.all()
    assert (line.old, line.new) == ({"destitute": "scattered"}, {"destitute": "central"})
    apply(batch)
    held = {tag.kind: tag.held.on(DAY) for tag in ElderTag.objects.all()}
    assert held == {"destitute_scattered": False, "destitute_central": True}
    unclear = sheet("elders", TAGS[:3], ("陆大有", elder.id_number.reveal(), "是"), by=cast.township_clerk)
    assert "可填：集中、分散、否" in messages(unclear)[2][0]


def test_a_new_person_is_undone_with_all_that_was_made(cast):
    row = ("陆大有", number_of(111), "集中", "是", "是", "否", "")
    batch = apply(sheet("elders", TAGS, row, by=cast.township_clerk))
    assert set(ElderTag.objects.values_list("kind", flat=True)) == {
        "destitute_central", "low_income", "severe_disability",
    }  # fmt: skip
    take_back(batch)
    assert (batch.status, Elder.objects.count(), ElderTag.objects.count()) == (Status.UNDONE, 0, 0)


def test_moves_are_for_the_page(cast):
    elder = make_elder(cast.township, "陆大有", residence_village=cast.village)
    headings = (*SHORT, "本县户籍", "居住镇街")
    number = elder.id_number.reveal()
    batch = sheet("elders", headings, ("陆大有", number, "否", "县外"), by=cast.township_clerk)
    assert batch.errors == 1
    said = "".join(messages(batch)[2])
    assert "户籍迁入、迁出" in said
    assert "离县居住" in said
    moved = sheet("elders", headings, ("陆大有", number, "是", "百步镇"), by=cast.township_clerk)
    assert "两列都写明" in messages(moved)[2][0]
    village = sheet("elders", (*SHORT, "居住村社"), ("陆大有", number, "中钱村"), by=cast.township_clerk)
    assert counts(village) == (0, 0, 1, 0)


def test_who_is_not_in_the_file_is_shown_and_never_closed(cast):
    make_elder(cast.township, "沈二宝", village=cast.village)
    make_elder(cast.township, "别村人")
    make_elder(cast.other_township, "别镇管理", village=cast.village)
    batch = sheet(
        "elders", (*SHORT, "户籍村社"), ("陆大有", number_of(111), "中钱村"), by=cast.township_clerk
    )
    assert [line.label for line in batch.lines.filter(state="missing")] == ["沈二宝"]
    apply(batch)
    assert Elder.objects.filter(died_on=None).count() == 4


def test_present_rows_come_back_unchanged(cast, enter):
    other = make_unit("330424102202", "五丰村", cast.village.level, cast.other_township)
    make_elder(
        cast.township,
        "陆大有",
        village=cast.village,
        phone="13800001234",
        residence_unit=cast.other_township,
        residence_village=other,
        tags=["living_alone", "destitute_scattered"],
    )
    make_elder(cast.township, "沈二宝", residence_unit=None, resident=Spells())
    make_elder(cast.other_township, "别镇人")
    page = enter(cast.township_clerk).get(reverse("import-template", args=["elders"]), {"rows": "1"})
    content = b"".join(page.streaming_content) if page.streaming else page.content
    book = openpyxl.load_workbook(io.BytesIO(content))
    data = book.worksheets[0]
    assert [row[0] for row in data.iter_rows(min_row=2, values_only=True) if row[0]] == ["沈二宝", "陆大有"]
    batch = upload("elders", content, by=cast.township_clerk)
    assert counts(batch) == (0, 0, 2, 0), messages(batch)


def test_every_sheet_of_this_app_offers_a_template(cast, enter):
    keys = {each.key for each in all_ledgers() if each.key in OURS}
    assert keys == OURS
    browser = enter(cast.county_clerk)
    for key in sorted(OURS):
        page = browser.get(reverse("import-template", args=[key]), {"rows": "1"})
        content = b"".join(page.streaming_content) if page.streaming else page.content
        assert {"填写说明", "选项"} <= set(openpyxl.load_workbook(io.BytesIO(content)).sheetnames), key


OURS = {
    "elders", "elder_tags", "assessments", "enrolments", "payees", "listed_persons", "certifications", "visits",
}  # fmt: skip
