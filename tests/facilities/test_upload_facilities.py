"""The sheet of facilities: qualifications by date, ratings beside."""

import datetime as dt

import pytest

from eldercare.models import ImportBatch
from eldercare.spells import Spells
from facilities.models import Facility, FacilityRating
from tests.facilities.factories import SINCE, make_facility
from tests.facilities.uploads import DAY, apply, upload, workbook

HEADINGS = (
    "序号",
    "机构名称",
    "村(社区)",
    "类型",
    "运营方式",
    "投用日期",
    "是否备案",
    "消防验收",
    "星级",
    "评定日期",
    "联系电话",
)
Status = ImportBatch.Status

pytestmark = pytest.mark.django_db


def said(batch):
    return {
        line.row: [each["message"] for each in line.findings] for line in batch.lines.exclude(findings=[])
    }


def test_new_facility_with_rating_and_qualifications(cast):
    content = workbook(
        HEADINGS,
        (
            1,
            "沈荡敬老院",
            "中钱村",
            "敬老院",
            "公建民营",
            SINCE,
            "是",
            "否",
            "三星",
            dt.date(2024, 5, 1),
            "0573-86011234",
        ),
        ("合计", "1家"),
    )
    batch = upload("facilities", content, by=cast.township_clerk)
    assert (batch.status, batch.new, batch.errors) == (Status.READY, 1, 0), (batch.message, said(batch))
    assert [each["reason"] for each in batch.layout["skipped"]] == ["合计行"]
    apply(batch, reason="已核对")
    home = Facility.objects.get()
    assert (home.org_unit, home.village, home.kind) == (cast.township, cast.village, "destitute_home")
    assert (home.filed, home.fire_accepted) == (Spells.since(DAY), Spells())
    assert home.phone.reveal() == "0573-86011234"
    rating = FacilityRating.objects.get()
    assert (rating.scheme, rating.level, rating.issued_on) == ("star", 3, dt.date(2024, 5, 1))
    again = upload("facilities", content, by=cast.township_clerk)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1), list(again.lines.values("old", "new"))


def test_a_qualification_ends_on_the_day_of_the_data(cast):
    home = make_facility(cast.township, "沈荡敬老院", has=("filed", "fire_accepted"))
    content = workbook(
        ("机构名称", "类型", "运营方式", "备案", "消防验收"), ("沈荡敬老院", "民办养老院", "民非", "否", "")
    )
    apply(upload("facilities", content, by=cast.township_clerk), reason="已核对")
    home.refresh_from_db()
    assert home.filed == Spells.since(SINCE, DAY)
    assert home.fire_accepted == Spells.since(SINCE)


def test_columns_that_the_sheet_lacks_change_nothing(cast):
    home = make_facility(cast.township, "沈荡敬老院", operator="某某公司", address="人民路1号")
    content = workbook(("机构名称", "类型", "运营方式", "地址"), ("沈荡敬老院", "民办养老院", "民非", ""))
    batch = apply(upload("facilities", content, by=cast.township_clerk), reason="已核对")
    assert batch.changed == 1
    home.refresh_from_db()
    assert (home.operator, home.address) == ("某某公司", "")


def test_rows_of_another_township(cast):
    make_facility(cast.other_township, "百步敬老院")
    content = workbook(
        ("镇(街道)", "机构名称", "类型", "运营方式"),
        ("百步镇", "百步敬老院", "敬老院", "公办"),
        ("沈荡", "百步敬老院", "敬老院", "公办"),
    )
    batch = upload("facilities", content, by=cast.township_clerk)
    assert batch.errors == 1
    assert batch.new == 1  # a facility of the same name in the own township is another facility
    county = upload(
        "facilities",
        workbook(("机构名称", "类型", "运营方式"), ("新院", "敬老院", "公办")),
        by=cast.county_clerk,
    )
    assert "县级上传要写明" in str(said(county))


def test_a_sheet_with_a_few_columns_changes_those_and_cannot_make_a_facility(cast):
    home = make_facility(cast.township, "沈荡敬老院", kind="destitute_home", operation="public")
    content = workbook(("机构名称", "消防验收"), ("沈荡敬老院", "是"), ("没有登记的院", "是"))
    batch = upload("facilities", content, by=cast.township_clerk)
    assert (batch.changed, batch.errors) == (1, 1)
    assert "新增的要填设施类别" in str(said(batch))
    apply(batch, only_good=True, reason="床位另表上传")
    home.refresh_from_db()
    assert (home.kind, home.operation, home.fire_accepted) == ("destitute_home", "public", Spells.since(DAY))


def test_a_wrong_credit_code_is_not_asked_for_a_second_time(cast):
    headings = (*HEADINGS, "统一社会信用代码", "法人登记")
    row = (1, "沈荡敬老院", "", "敬老院", "公建民营", SINCE, "是", "是", "", "", "", "91330424MA2B0", "是")
    batch = upload("facilities", workbook(headings, row), by=cast.township_clerk)
    (messages,) = said(batch).values()
    assert [each for each in messages if "信用代码" in each] == ["统一社会信用代码应为 18 位，这里是 13 位。"]


def test_the_grade_that_is_in_the_ledger_needs_no_date_again(cast):
    """A township's list has the stars, not the day on which they were given."""
    headings = ("机构名称", "星级", "食品等级", "负责人")
    home, other = (make_facility(cast.township, name) for name in ("沈荡敬老院", "百步敬老院"))
    make_facility(cast.township, "于城敬老院")
    for each in (home, other):
        FacilityRating.objects.create(facility=each, scheme="star", level=2, issued_on=dt.date(2021, 5, 1))
        FacilityRating.objects.create(facility=each, scheme="star", level=3, issued_on=dt.date(2024, 5, 1))
    FacilityRating.objects.create(facility=home, scheme="food", level=3, issued_on=dt.date(2023, 4, 1))
    rows = (
        ("沈荡敬老院", "三星", "A级", "陆主任"),
        ("百步敬老院", "二星", "", "沈主任"),
        ("于城敬老院", "三星", "A级", "徐主任"),
    )
    batch = upload("facilities", workbook(headings, *rows), by=cast.township_clerk)
    found = said(batch)
    assert (batch.changed, batch.errors) == (1, 2), found
    assert "与台账里的等级相同，没有写评定日期，等级不改。" in found[2]
    assert "填了等级，就要填等级评定日期。" in found[3]
    assert {"填了等级，就要填等级评定日期。", "填了食品安全等级，就要填食品等级评定日期。"} <= set(found[4])
    apply(batch, only_good=True, reason="床位另行登记")
    home.refresh_from_db()
    assert home.contact == "陆主任"
    assert FacilityRating.objects.filter(facility=home).count() == 3


@pytest.mark.parametrize(
    "below", ["填表人：徐念安", "注：本表每月25日前报。", "筛选条件：状态=运营中。 导出人：徐念安"]
)
def test_what_stands_below_the_table_in_the_column_of_names_is_no_facility(cast, below):
    """The list of facilities as the portal exports it, too, ends with such a line."""
    make_facility(cast.township, "沈荡敬老院")
    content = workbook(("机构名称", "负责人", "地址"), ("沈荡敬老院", "陆主任", "沈荡"), (below, "", ""))
    batch = upload("facilities", content, by=cast.township_clerk)
    assert (batch.total, batch.changed, batch.errors) == (1, 1, 0), said(batch)
    assert [each["reason"] for each in batch.layout["skipped"]] == ["说明"]
