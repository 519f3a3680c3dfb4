"""The sheet of staff: a person is one for the county, a post belongs to its place."""

import datetime as dt

import pytest

from eldercare.encryption import MASKS
from eldercare.models import ImportBatch, ImportLine
from facilities.models import Caregiver, Certificate, Employment, Training
from tests.facilities.factories import make_caregiver, make_facility, make_post, next_id
from tests.facilities.uploads import DAY, apply, upload, workbook

HEADINGS = ("姓名", "身份证号", "工作单位", "岗位", "入职日期", "证书等级", "发证日期", "培训日期")
Status, State = ImportBatch.Status, ImportLine.State
MAY = dt.date(2021, 5, 6)

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院")


def messages(batch: ImportBatch) -> dict[int, list[str]]:
    return {
        line.row: [each["message"] for each in line.findings] for line in batch.lines.exclude(findings=[])
    }


def test_a_row_makes_person_post_certificate_and_course(cast, home):
    number = next_id()
    content = workbook(
        HEADINGS,
        (
            "周小禾",
            number,
            "沈荡敬老院",
            "护理员",
            MAY,
            "高级护理员",
            dt.date(2022, 3, 1),
            dt.date(2025, 2, 2),
        ),
    )
    batch = upload("caregivers", content, by=cast.township_clerk)
    assert (batch.status, batch.new, batch.errors, batch.warnings) == (Status.READY, 1, 0, 0), messages(batch)
    (line,) = batch.lines.all()
    assert line.label == "周小禾 沈荡敬老院"
    assert number not in str(line.new)
    apply(batch)
    assert batch.status == Status.APPLIED, batch.message
    person = Caregiver.objects.get()
    assert (person.name, person.id_number.reveal(), person.born_on.isoformat()) == (
        "周小禾", number, f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
    )  # fmt: skip
    post = Employment.objects.get()
    assert (post.facility, post.org_unit, post.role, post.employed_from) == (
        home,
        cast.township,
        "caregiver",
        MAY,
    )
    certificate = Certificate.objects.get()
    assert (certificate.kind, certificate.level, certificate.issued_on) == (
        "skill_level",
        3,
        dt.date(2022, 3, 1),
    )
    assert Training.objects.get().held_on == dt.date(2025, 2, 2)
    again = upload("caregivers", content, by=cast.township_clerk)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)


def test_two_posts_of_one_person_are_one_person(cast, home):
    second = make_facility(cast.township, "中钱照料中心", kind="community_care_center")
    number = next_id()
    rows = (("周小禾", number, home.name, "护理员", MAY), ("周小禾", number, second.name, "护理员", MAY))
    batch = upload("caregivers", workbook(HEADINGS[:5], *rows), by=cast.township_clerk)
    assert (batch.new, batch.errors) == (2, 0)
    said = messages(batch)
    assert "第 3 行 中钱照料中心" in said[2][0]
    assert "第 2 行 沈荡敬老院" in said[3][0]
    apply(batch)
    assert (Caregiver.objects.count(), Employment.objects.count()) == (1, 2)


def test_same_number_two_names_is_an_error(cast, home):
    number = next_id()
    second = make_facility(cast.township, "中钱照料中心")
    rows = (("周小禾", number, home.name, "护理员", MAY), ("周晓禾", number, second.name, "护理员", MAY))
    batch = upload("caregivers", workbook(HEADINGS[:5], *rows), by=cast.township_clerk)
    assert batch.errors == 2


def test_a_person_of_another_township_is_not_told_about(cast, home):
    there = make_facility(cast.other_township, "百步敬老院")
    person = make_caregiver("吴嘉言")
    make_post(there, person)
    content = workbook(HEADINGS[:5], ("吴嘉言", person.id_number.reveal(), home.name, "护理员", MAY))
    batch = upload("caregivers", content, by=cast.township_clerk)
    (said,) = messages(batch).values()
    assert batch.errors == 1
    assert said == ["此人已在其他镇(街道)登记；如确在本单位任职，请联系县级经办添加任职。"]
    assert "百步" not in str(list(batch.lines.values()))
    county = workbook(
        ("镇(街道)", *HEADINGS[:5]), ("沈荡镇", "吴嘉言", person.id_number.reveal(), home.name, "护理员", MAY)
    )
    batch = upload("caregivers", county, by=cast.county_clerk)
    assert (batch.errors, batch.new) == (0, 1), messages(batch)
    assert "百步镇“百步敬老院”" in str(messages(batch))


def test_a_new_stay_after_leaving_is_a_new_post(cast, home):
    person = make_caregiver("周小禾")
    old = make_post(home, person, employed_to=dt.date(2023, 1, 1))
    content = workbook(
        HEADINGS[:5], ("周小禾", person.id_number.reveal(), home.name, "护理员", dt.date(2024, 1, 1))
    )
    apply(upload("caregivers", content, by=cast.township_clerk))
    assert Employment.objects.count() == 2
    old.refresh_from_db()
    assert old.employed_to == dt.date(2023, 1, 1)


def test_a_number_that_lost_digits_and_a_wrong_check_character(cast, home):
    number = next_id()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    rows = (("甲", 330424198001011230.0, home.name, "护理员", MAY), ("乙", wrong, home.name, "护理员", MAY))
    batch = upload("caregivers", workbook(HEADINGS[:5], *rows), by=cast.township_clerk)
    assert (batch.errors, batch.warnings, batch.new) == (1, 1, 1), messages(batch)
    typed = [each["value"] for line in batch.lines.all() for each in line.findings]
    assert not any(wrong in each for each in typed)
    assert MASKS["id"](wrong) != wrong
    apply(batch, only_good=True, reason="老证，已核对原件")
    assert Caregiver.objects.get().name == "乙"
    assert DAY


def test_what_was_accepted_once_is_not_asked_again(cast, home):
    number = next_id()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    content = workbook(HEADINGS[:5], ("乙", wrong, home.name, "护理员", MAY))
    batch = upload("caregivers", content, by=cast.township_clerk)
    assert batch.warnings == 1
    apply(batch, reason="老证，已核对原件")
    again = upload("caregivers", content, by=cast.township_clerk)
    assert (again.unchanged, again.warnings, again.lines.count()) == (1, 0, 0)
    changed = upload(
        "caregivers", workbook(HEADINGS[:5], ("乙", wrong, home.name, "社工", MAY)), by=cast.township_clerk
    )
    assert (changed.changed, changed.warnings) == (1, 1)


def test_a_doubtful_number_is_marked_where_it_stands_when_the_sheet_has_no_column_of_reasons(cast, home):
    number = next_id()
    doubtful = number[:17] + ("0" if number[17] != "0" else "1")
    content = workbook(HEADINGS, ("周小禾", doubtful, "沈荡敬老院", "护理员", MAY))
    (line,) = upload("caregivers", content, by=cast.township_clerk).lines.exclude(findings=[])
    (finding,) = [each for each in line.findings if "校验位" in each["message"]]
    assert (finding["key"], finding["column"]) == ("id_number", HEADINGS.index("身份证号"))


def test_a_kind_of_certificate_that_is_not_known_is_said_once(cast, home):
    headings = ("姓名", "身份证号", "工作单位", "岗位", "持证情况", "证书等级", "发证日期")
    nurse = ("周小禾", next_id(), "沈荡敬老院", "护士", "初级证", "五级", dt.date(2022, 3, 1))
    social = ("沈二宝", next_id(), "沈荡敬老院", "社会工作者", "初级证", "五级", dt.date(2022, 3, 1))
    batch = upload("caregivers", workbook(headings, nurse, social), by=cast.township_clerk)
    assert batch.errors == 2
    for row, found in messages(batch).items():
        assert len(found) == 1, (row, found)
        assert "“初级证”不在可选项里" in found[0]


def test_a_masked_number_is_said_in_its_row(cast, home):
    headings = ("姓名", "身份证号", "工作单位", "岗位", "联系电话")
    rows = (
        ("周小禾", "330****2685", "沈荡敬老院", "护理员", ""),
        ("沈二宝", next_id(), "沈荡敬老院", "护理员", "140****1285"),
        ("徐三妹", next_id(), "沈荡敬老院", "护理员", ""),
    )
    batch = upload("caregivers", workbook(headings, *rows), by=cast.township_clerk)
    assert (batch.status, batch.new, batch.errors) == (Status.READY, 1, 2), batch.message
    found = messages(batch)
    assert set(found) == {2, 3}
    for each in found.values():
        assert "隐去" in each[0]
