"""What a hostile or careless clerk may try with uploads: another township's rows, persons' numbers, formulas, races."""

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.urls import reverse

from eldercare.audit import masked
from eldercare.excel.batches import ask_to_apply, discard
from eldercare.excel.undoing import undo
from eldercare.excel.working import work_on
from eldercare.models import AuditEvent, ImportBatch, Notice
from facilities.actions.facilities import edit_facility
from facilities.models import Bed, Caregiver, Employment
from tests.eldercare.import_pages import form_data, page_of, send
from tests.facilities.factories import make_bed, make_caregiver, make_facility, make_post, next_id
from tests.facilities.uploads import apply, upload, workbook

Status = ImportBatch.Status
MAY = dt.date(2021, 5, 6)
PEOPLE = ("姓名", "身份证号", "工作单位", "岗位", "入职日期")
BEDS = ("机构名称", "房间", "床号", "护理型")

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def there(cast):
    return make_facility(cast.other_township, "百步敬老院")


def stored(batch: ImportBatch) -> str:
    """All that is kept of a slip, as text."""
    lines = list(batch.lines.values("label", "old", "new", "findings"))
    return json.dumps([lines, batch.layout, batch.message, batch.effects], ensure_ascii=False, default=str)


# --- Another township's rows --------------------------------------------------------------------------------------


def test_a_person_registered_elsewhere_since_the_preview_is_neither_shown_nor_changed(cast, home, there):
    """Between reading and writing another township registers the person: the check has to hold then too."""
    number = next_id()
    content = workbook(PEOPLE, ("冒名", number, home.name, "护理员", MAY))
    batch = upload("caregivers", content, by=cast.township_clerk)
    assert batch.new == 1
    person = make_caregiver("吴嘉言", id_number=number, education="college")
    make_post(there, person)
    apply(batch)
    assert batch.status == Status.READY
    assert "吴嘉言" not in stored(batch)
    assert (batch.errors, batch.new, batch.changed) == (1, 0, 0)
    apply(batch, only_good=True)
    person.refresh_from_db()
    assert person.name == "吴嘉言"
    assert Employment.objects.count() == 1


def test_a_facility_that_went_to_another_township_since_the_preview_is_not_written_to(cast, home):
    batch = upload("beds", workbook(BEDS, (home.name, "101", "1", "是")), by=cast.township_clerk)
    people = upload(
        "caregivers", workbook(PEOPLE, ("周小禾", next_id(), home.name, "护理员", MAY)), by=cast.township_clerk
    )
    home.org_unit = cast.other_township
    home.save()
    for each in (batch, people):
        apply(each)
        apply(each, only_good=True)
    assert not Bed.objects.exists()
    assert not Employment.objects.exists()


def test_other_ways_to_write_a_number_find_nobody_elsewhere(cast, home, there):
    number = next_id()
    person = make_caregiver("吴嘉言", id_number=number)
    make_post(there, person)
    wide = str.maketrans("0123456789Xx", "０１２３４５６７８９ＸＸ")
    forms = [number, number.lower(), number.translate(wide), f" {number[:6]} {number[6:14]} {number[14:]}"]
    if number[6:8] == "19":
        forms.append(number[:6] + number[8:17])
    for form in forms:
        batch = upload("caregivers", workbook(PEOPLE, ("冒名", form, home.name, "护理员", MAY)), by=cast.township_clerk)
        assert "吴嘉言" not in stored(batch), form
        assert batch.errors == 1, (form, stored(batch))
    person.refresh_from_db()
    assert person.name == "吴嘉言"


def test_county_figures_of_an_upload_made_for_a_township_stay_with_the_county(cast, home, enter):
    batch = upload("beds", workbook(BEDS, (home.name, "1", "1", "是")), by=cast.county_clerk, org_unit=cast.township)
    line = {"indicator": "全县指标", "number": 1, "plan": "规划", "before": "11111", "after": "22222", "url": "/"}
    batch.effects = [line | {"unit": cast.county.name}, line | {"unit": cast.township.name, "after": "33333"}]
    batch.save()
    own = page_of(enter(cast.township_clerk), batch).content.decode()
    assert "33333" in own
    assert "22222" not in own
    assert "22222" in page_of(enter(cast.county_clerk), batch).content.decode()


# --- Persons' numbers -----------------------------------------------------------------------------------------------


def everything_said(batch: ImportBatch) -> str:
    said = [stored(batch), batch.filename]
    said += Notice.objects.values_list("text", flat=True)
    said += [f"{each.subject} {each.detail}" for each in AuditEvent.objects.all()]
    return "\n".join(said)


def test_a_number_in_a_file_name_is_hidden_everywhere(cast, home, enter):
    number = next_id()
    batch = upload(
        "beds", workbook(BEDS, (home.name, "1", "1", "是")), by=cast.township_clerk, filename=f"张三{number}.xlsx"
    )
    assert batch.status == Status.READY
    assert number not in everything_said(batch)
    assert number not in page_of(enter(cast.township_clerk), batch).content.decode()


def test_rows_without_a_heading_do_not_show_numbers_as_headings(cast, home, enter):
    numbers = [next_id() for _ in range(4)]
    content = workbook(*[(f"员工{n}", n, home.name, "护理员", "13800001111") for n in numbers])
    batch = upload("caregivers", content, by=cast.township_clerk)
    page = page_of(enter(cast.township_clerk), batch).content.decode()
    for number in (*numbers, "13800001111"):
        assert number not in everything_said(batch)
        assert number not in page


def test_numbers_in_the_wrong_column_are_hidden_on_the_slip(cast, home, enter):
    number = next_id()
    rows = (
        (number, number, home.name, "护理员", MAY),
        ("甲", "乙", number, "护理员", MAY),
        ("甲", number, home.name, number, number),
        (f"甲{number}", next_id(), home.name, "护理员", MAY),
    )
    batch = upload("caregivers", workbook(PEOPLE, *rows), by=cast.township_clerk)
    assert number not in everything_said(batch)
    beds = upload("beds", workbook(BEDS, (number, number, number, number)), by=cast.township_clerk)
    assert number not in everything_said(beds)


@pytest.mark.parametrize(
    "number",
    ["330424195001011234", "33042419500101123x", "３３０４２４１９５００１０１１２３４", "３３０４２４１９５００１０１１２３Ｘ", "330424 19500101 1234",
     "330424 1950 0101 1234", "13800001111", "138 0000 1111", "138-0000-1111", "1380000 1111", "330424500101123"],
)  # fmt: skip
def test_a_number_is_masked_however_it_is_written(number):
    for text in (number, f"张三{number}。", f"电话：{number}，"):
        assert number not in masked(text)


def test_what_only_looks_like_a_number_is_left():
    for text in ("2025-06-30 至 2025-07-01", "330424101201", "2025-06-30 10:20", "101-1、102-2", "12 34 56"):
        kept = "330424101201" if text == "330424101201" else None
        assert kept or masked(text) == text
