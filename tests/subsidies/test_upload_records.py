"""The sheets about people who are on the register: kinds, assessments, certifications, visits."""

import datetime as dt

import pytest

from eldercare.spells import Spells
from subsidies.models import Assessment, AssessmentSettings, Certification, ElderTag, LevelMapping, Visit
from tests.subsidies.factories import make_assessment, make_elder, make_tag
from tests.subsidies.uploads import (
    DAY,
    Status,
    apply,
    counts,
    lost_digits,
    messages,
    number_of,
    sheet,
    take_back,
)

pytestmark = pytest.mark.django_db
UNKNOWN = "本单位的老年人档案里没有这个证件号码。请核对号码；没有登记的，请先登记老年人档案。"
MAY = dt.date(2025, 5, 6)
# Each sheet with a row that is right, after name and number.
SHEETS = {
    "elder_tags": (("类别", "起始日期", "截止日期", "来源"), ("低保", MAY, None, "低保台账"), ElderTag),
    "assessments": (("评估日期", "总分", "结论"), (MAY, 50, "中度失能"), Assessment),
    "certifications": (("认证日期", "方式"), (MAY, "视频"), Certification),
    "visits": (("日期", "方式", "情况", "探访人"), (MAY, "电话", "正常", "沈小云"), Visit),
}
every_sheet = pytest.mark.parametrize("key", SHEETS)


def row_of(key: str, name: str, number: object) -> tuple:
    return (name, number, *SHEETS[key][1])


def sent(key: str, *rows: tuple, by):
    return sheet(key, ("姓名", "身份证号", *SHEETS[key][0]), *rows, by=by)


@every_sheet
def test_a_row_is_written_once_and_can_be_taken_back(cast, key):
    elder, model = make_elder(cast.township, "陆大有"), SHEETS[key][2]
    row = row_of(key, "陆大有", elder.id_number.reveal())
    batch = sent(key, row, by=cast.township_clerk)
    assert counts(batch) == (1, 0, 0, 0), messages(batch)
    assert elder.id_number.reveal() not in str(list(batch.lines.values()))
    apply(batch)
    assert batch.status == Status.APPLIED, batch.message
    assert model.objects.get().elder == elder
    assert counts(sent(key, row, by=cast.township_clerk)) == (0, 0, 1, 0)
    take_back(batch)
    assert (batch.status, model.objects.count(), batch.undo_left) == (Status.UNDONE, 0, [])


@every_sheet
def test_a_person_of_another_township_is_unknown_like_nobody(cast, key):
    there = make_elder(cast.other_township, "吴嘉言")
    rows = (row_of(key, "吴嘉言", there.id_number.reveal()), row_of(key, "无此人", number_of(111)))
    batch = sent(key, *rows, by=cast.township_clerk)
    assert messages(batch) == {2: [UNKNOWN], 3: [UNKNOWN]}
    assert counts(sent(key, rows[0], by=cast.county_clerk)) == (1, 0, 0, 0)
    at_home = make_elder(cast.other_township, "住在这里", residence_unit=cast.township)
    mine = sent(key, row_of(key, "住在这里", at_home.id_number.reveal()), by=cast.township_clerk)
    assert counts(mine) == (1, 0, 0, 0), messages(mine)


@every_sheet
def test_wrong_numbers_wrong_names_and_doubles(cast, key):
    elder = make_elder(cast.township, "陆大有")
    second = make_elder(cast.township, "沈二宝")
    number = elder.id_number.reveal()
    rows = (
        row_of(key, "陆大有", lost_digits(number)),
        row_of(key, "陆大有", number[:-1]),
        row_of(key, "陆小有", number),
        row_of(key, "沈二宝", second.id_number.reveal()),
        row_of(key, "沈二宝", second.id_number.reveal()),
    )
    batch = sent(key, *rows, by=cast.township_clerk)
    assert counts(batch) == (0, 0, 0, 5)
    said = messages(batch)
    assert "15 位" in said[2][0]
    assert "17 位" in said[3][0]
    assert said[4] == ["姓名与老年人档案里这个证件号码的姓名不同，请核对是哪一个写错。"]
    assert "第 6 行重复" in said[5][0]
    assert number[:-1] not in str(list(batch.lines.values()))


@every_sheet
def test_a_record_that_was_merged_takes_nothing_more(cast, key):
    kept = make_elder(cast.township, "陆大有")
    dropped = make_elder(cast.township, "陆大有", merged_into=kept)
    batch = sent(key, row_of(key, "陆大有", dropped.id_number.reveal()), by=cast.township_clerk)
    assert "已并入" in messages(batch)[2][0]


# --- Kinds of persons -----------------------------------------------------------------------------------------


def tag_row(elder, kind: str, begins: dt.date, ends: dt.date | None = None, source: str = "") -> tuple:
    return (elder.name, elder.id_number.reveal(), kind, begins, ends, source)


def test_periods_join_those_there_are(cast):
    elder = make_elder(cast.township, "陆大有")
    low = make_tag(elder, "low_income", dt.date(2018, 1, 1), dt.date(2019, 1, 1))
    alone = make_tag(elder, "living_alone", dt.date(2020, 1, 1))
    rows = (
        tag_row(elder, "低保", dt.date(2023, 3, 1), dt.date(2024, 12, 31), "2023年低保台账"),
        tag_row(elder, "独居", dt.date(2021, 1, 1), dt.date(2025, 5, 31)),
        tag_row(elder, "失智", dt.date(2024, 2, 1)),
    )
    batch = sent("elder_tags", *rows, by=cast.township_clerk)
    assert counts(batch) == (3, 0, 0, 0), messages(batch)
    assert [(line.label, line.new["kind"]) for line in batch.lines.order_by("row")] == [
        ("陆大有 2023-03-01至2024-12-31", "low_income"),
        ("陆大有 2021-01-01至2025-05-31", "living_alone"),
        ("陆大有 2024-02-01至今", "dementia"),
    ]
    apply(batch)
    held = {tag.kind: tag.held for tag in ElderTag.objects.all()}
    assert held == {
        "low_income": Spells(
            [(dt.date(2018, 1, 1), dt.date(2019, 1, 1)), (dt.date(2023, 3, 1), dt.date(2025, 1, 1))]
        ),
        "living_alone": Spells.since(dt.date(2020, 1, 1), dt.date(2025, 6, 1)),
        "dementia": Spells.since(dt.date(2024, 2, 1)),
    }
    low.refresh_from_db()
    assert low.source == "2023年低保台账"
    assert counts(sent("elder_tags", *rows, by=cast.township_clerk)) == (0, 0, 3, 0)
    take_back(batch)
    low.refresh_from_db()
    alone.refresh_from_db()
    assert low.held == Spells.since(dt.date(2018, 1, 1), dt.date(2019, 1, 1))
    assert alone.held == Spells.since(dt.date(2020, 1, 1))
    assert ElderTag.objects.count() == 2


def test_a_corrected_end_is_a_change(cast):
    elder = make_elder(cast.township, "陆大有")
    make_tag(elder, "low_income", dt.date(2020, 1, 1), dt.date(2023, 1, 1))
    longer = tag_row(elder, "低保", dt.date(2020, 1, 1), dt.date(2023, 6, 30))
    apply(sent("elder_tags", longer, by=cast.township_clerk))
    assert ElderTag.objects.get().held == Spells.since(dt.date(2020, 1, 1), dt.date(2023, 7, 1))
    shorter = tag_row(elder, "低保", dt.date(2020, 1, 1), dt.date(2022, 6, 30))
    apply(sent("elder_tags", shorter, by=cast.township_clerk))
    assert ElderTag.objects.get().held == Spells.since(dt.date(2020, 1, 1), dt.date(2022, 7, 1))


def test_periods_that_cannot_be(cast):
    elder = make_elder(cast.township, "陆大有")
    rows = (
        tag_row(elder, "低保", dt.date(2023, 3, 1), dt.date(2022, 12, 31)),
        tag_row(elder, "独居", dt.date(2025, 7, 1)),
        tag_row(elder, "五保", dt.date(2020, 1, 1)),
    )
    batch = sent("elder_tags", *rows, by=cast.township_clerk)
    assert counts(batch) == (0, 0, 0, 3)
    said = messages(batch)
    assert "截止日期早于起始日期" in said[2][0]
    assert "起始日期晚于数据日期" in said[3][0]
    assert "不在可选项里" in said[4][0]


# --- Assessments ----------------------------------------------------------------------------------------------

ASSESSED = (
    "姓名", "身份证号", "评估标准", "评估日期", "总分", "结论", "有效期至", "评估员甲", "评估员乙", "评估机构",
)  # fmt: skip


def assessed(elder, *cells) -> tuple:
    return (elder.name, elder.id_number.reveal(), *cells)


def test_an_assessment_by_points_and_by_conclusion(cast):
    AssessmentSettings.objects.create(org_unit=cast.county, valid_months=12)
    elder, second = make_elder(cast.township, "陆大有"), make_elder(cast.township, "沈二宝")
    third = make_elder(cast.township, "徐三妹")
    rows = (
        assessed(elder, "GB/T 42195-2022", MAY, 66, "", "", "吴明", "郑亮", "康宁评估中心"),
        assessed(second, "", MAY, 50, "重度失能", dt.date(2026, 1, 31), "吴明", "郑亮", ""),
        assessed(third, "", MAY, 50, "轻度失能", "", "吴明", "吴明", ""),
    )
    batch = sheet("assessments", ASSESSED, *rows, by=cast.township_clerk)
    assert counts(batch) == (2, 0, 0, 1), messages(batch)
    assert messages(batch)[3] == ["总分 50 分对应中度失能，按等级变更后的重度失能登记。"]
    assert "应为中度失能或更重" in messages(batch)[4][0]
    assert "两名评估员不能是同一人" in messages(batch)[4][1]
    apply(batch, only_good=True)
    one, two = Assessment.objects.get(elder=elder), Assessment.objects.get(elder=second)
    assert (one.standard, one.level, one.total, one.original, one.valid_until) == (
        "gbt42195", 1, 66, "", dt.date(2026, 5, 5),
    )  # fmt: skip
    assert (one.first_assessor, one.second_assessor, one.agency) == ("吴明", "郑亮", "康宁评估中心")
    assert (two.level, two.valid_until) == (3, dt.date(2026, 1, 31))
    assert counts(sheet("assessments", ASSESSED, *rows[:2], by=cast.township_clerk)) == (0, 0, 2, 0)


def test_older_results_are_kept_as_they_were_and_mapped_by_the_county(cast):
    LevelMapping.objects.all().delete()
    LevelMapping.objects.create(standard="three_levels", original="不能自理", level=3)
    LevelMapping.objects.create(standard="three_levels", original="半自理", level=2)
    people = [make_elder(cast.township, name) for name in ("陆大有", "沈二宝", "徐三妹", "朱四喜")]
    words = ("不能自理", "半自理", "三级护理", "很不好")
    rows = [assessed(each, "", MAY, "", word) for each, word in zip(people, words, strict=True)]
    batch = sheet("assessments", ASSESSED[:6], *rows, by=cast.township_clerk)
    assert counts(batch) == (3, 0, 0, 1), messages(batch)
    assert "逐人确认" in messages(batch)[3][0]  # half able is never mapped by itself
    assert "看不出是哪种评估标准" in messages(batch)[5][0]
    apply(batch, only_good=True)
    found = {each.original: (each.standard, each.level) for each in Assessment.objects.all()}
    assert found == {
        "不能自理": ("three_levels", 3),
        "半自理": ("three_levels", None),
        "三级护理": ("care_level", None),
    }
    Assessment.objects.filter(original="半自理").update(level=1)
    again = sheet("assessments", ASSESSED[:6], *rows[:3], by=cast.township_clerk)
    assert counts(again) == (0, 0, 3, 0)
    other = assessed(people[1], "自理程度", MAY, "", "不能自理")
    corrected = sheet("assessments", ASSESSED[:6], other, by=cast.township_clerk)
    assert "原结论是“半自理”" in messages(corrected)[2][0]


def test_an_assessment_outside_a_life_or_of_too_many_points(cast):
    elder = make_elder(cast.township, "陆大有", died_on=dt.date(2025, 5, 1))
    second = make_elder(cast.township, "沈二宝")
    rows = (
        assessed(elder, "", MAY, 50, ""),
        assessed(second, "", dt.date(2025, 7, 1), 50, ""),
        assessed(second, "", MAY, 91, ""),
        assessed(second, "", dt.date(2025, 4, 1), "", ""),
    )
    batch = sheet("assessments", ASSESSED[:6], *rows, by=cast.township_clerk)
    said = messages(batch)
    assert counts(batch) == (0, 0, 0, 4), said
    assert "晚于登记的死亡日期" in said[2][0]
    assert "还没有到" in said[3][0]
    assert "最高 90 分" in said[4][0]
    assert "至少填一项" in said[5][0]


def test_a_corrected_assessment_is_changed_and_restored(cast):
    elder = make_elder(cast.township, "陆大有")
    before = make_assessment(elder, 1, MAY, total=70)
    batch = sheet(
        "assessments", ASSESSED[:6], assessed(elder, "", MAY, 60, "中度失能"), by=cast.township_clerk
    )
    (line,) = batch.lines.all()
    assert (line.old, line.new) == (
        {"total": 70, "conclusion": "轻度失能"},
        {"total": 60, "conclusion": "中度失能"},
    )
    apply(batch)
    before.refresh_from_db()
    assert (before.level, before.total) == (2, 60)
    take_back(batch)
    before.refresh_from_db()
    assert (before.level, before.total) == (1, 70)


# --- Certifications and visits ----------------------------------------------------------------------------------


def test_certifications_after_death_or_in_the_future(cast):
    dead = make_elder(cast.township, "陆大有", died_on=dt.date(2025, 5, 1))
    alive = make_elder(cast.township, "沈二宝")
    rows = (
        ("陆大有", dead.id_number.reveal(), MAY, "到场"),
        ("沈二宝", alive.id_number.reveal(), dt.date(2025, 7, 1), "手机"),
        ("沈二宝", alive.id_number.reveal(), MAY, "手机"),
    )
    headings = ("姓名", "身份证号", "认证日期", "认证方式")
    batch = sheet("certifications", headings, *rows, by=cast.township_clerk)
    assert counts(batch) == (1, 0, 0, 2)
    apply(batch, only_good=True)
    found = Certification.objects.get()
    assert (found.elder, found.certified_on, found.method) == (alive, MAY, "app")


def test_a_visit_belongs_to_where_the_person_lives_and_to_who_uploaded_it(cast):
    elder = make_elder(cast.other_township, "陆大有", residence_unit=cast.township)
    headings = ("姓名", "身份证号", "服务项目", "探访日期", "探访方式", "探访情况", "探访人", "情况说明")
    row = (
        "陆大有", elder.id_number.reveal(), "打扫卫生", MAY, "入户", "需要帮助", "沈小云", "想换一个灯泡",
    )  # fmt: skip
    batch = apply(sheet("visits", headings, row, by=cast.township_clerk))
    assert batch.status == Status.APPLIED, batch.message
    visit = Visit.objects.get()
    assert (visit.org_unit, visit.recorded_by) == (cast.township, cast.township_clerk)
    assert (visit.service, visit.visited_on, visit.method, visit.result, visit.visitor, visit.note) == (
        "cleaning", MAY, "home", "needs_help", "沈小云", "想换一个灯泡",
    )  # fmt: skip
    later = sheet("visits", headings, (*row[:3], DAY + dt.timedelta(1), *row[4:]), by=cast.township_clerk)
    assert "晚于数据日期" in messages(later)[2][0]


@pytest.mark.parametrize(
    ("key", "headings", "written", "read"),
    [
        ("certifications", ("认证日期", "方式"), (MAY, "人脸识别"), {"method": "app"}),
        ("visits", ("日期", "方式"), (MAY, "打电话"), {"method": "phone"}),
        ("visits", ("日期", "方式"), (MAY, "微信视频"), {"method": "video"}),
        ("elder_tags", ("起始日期", "类别"), (MAY, "低保户"), {"kind": "low_income"}),
    ],
)
def test_words_of_everyday_are_understood(cast, key, headings, written, read):
    elder = make_elder(cast.township, "沈二宝")
    row = ("沈二宝", elder.id_number.reveal(), *written)
    batch = sheet(key, ("姓名", "身份证号", *headings), row, by=cast.township_clerk)
    assert counts(batch) == (1, 0, 0, 0), batch.lines.values_list("findings", flat=True)
    (line,) = batch.lines.all()
    assert read.items() <= line.new.items()
