"""What a hostile or careless clerk may try with uploads: another township's rows, persons' numbers, formulas, races."""

import datetime as dt
import io
import json
import os
import re
import time

import openpyxl
import pytest
from django.urls import reverse

from eldercare.audit import masked
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.excel.batches import ask_to_apply, discard
from eldercare.excel.scratch import LEFT_BEHIND, PREFIX, scratch
from eldercare.excel.undoing import undo
from eldercare.excel.working import work_on
from eldercare.models import AuditEvent, ImportBatch, Notice
from facilities.models import Bed, Employment, Facility
from tests.eldercare.excel.hostile import CASES
from tests.eldercare.import_pages import page_of, send, text_of
from tests.facilities.factories import make_caregiver, make_facility, make_post, next_id
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
        "caregivers",
        workbook(PEOPLE, ("周小禾", next_id(), home.name, "护理员", MAY)),
        by=cast.township_clerk,
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
        batch = upload(
            "caregivers", workbook(PEOPLE, ("冒名", form, home.name, "护理员", MAY)), by=cast.township_clerk
        )
        assert "吴嘉言" not in stored(batch), form
        assert batch.errors == 1, (form, stored(batch))
    person.refresh_from_db()
    assert person.name == "吴嘉言"


def test_county_figures_of_an_upload_made_for_a_township_stay_with_the_county(cast, home, enter):
    batch = upload(
        "beds", workbook(BEDS, (home.name, "1", "1", "是")), by=cast.county_clerk, org_unit=cast.township
    )
    line = {
        "indicator": "全县指标",
        "number": 1,
        "plan": "规划",
        "before": "11111",
        "after": "22222",
        "url": "/",
    }
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
        "beds",
        workbook(BEDS, (home.name, "1", "1", "是")),
        by=cast.township_clerk,
        filename=f"张三{number}.xlsx",
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


@pytest.mark.parametrize(
    "text", ["2025-06-30 至 2025-07-01", "2025-06-30 10:20", "101-1、102-2", "1号楼 302-1", "编号 120345"]
)
def test_what_only_looks_like_a_number_is_left(text):
    assert masked(text) == text


def test_the_workbook_of_a_worker_that_was_killed_does_not_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old, fresh = tmp_path / f"{PREFIX}old", tmp_path / f"{PREFIX}fresh"
    for each in (old, fresh):
        each.mkdir()
        (each / "upload").write_bytes(b"330424")
    long_ago = time.time() - LEFT_BEHIND - 60
    os.utime(old, (long_ago, long_ago))
    with scratch() as folder:
        assert folder.is_dir()
        assert fresh.is_dir()  # somebody may be at it
        assert not old.exists()
    assert not folder.exists()


def test_a_number_in_a_reason_is_hidden(cast, home):
    number = next_id()
    batch = upload("beds", workbook(BEDS, (home.name, "1", "1", "是")), by=cast.township_clerk)
    apply(batch, reason=f"核对过{number}")
    undo(batch, by=cast.township_clerk, reason=f"{number}传错")
    batch.refresh_from_db()
    assert number not in batch.reason + batch.undo_reason + everything_said(batch)


# --- Formulas and scripts -----------------------------------------------------------------------------------------

SLY = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "=HYPERLINK(1)", "<script>alert(1)</script>", "\t=2+2")


def formulas(content: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [
        cell.coordinate
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def test_texts_that_begin_like_formulas_stay_texts_on_every_way_out(cast, enter):
    clerk = enter(cast.township_clerk)
    rows = [(f"{sly}养老院", "民办养老院", "民非", sly, sly) for sly in SLY]
    heads = ("机构名称", "类别", "运营方式", "地址", "联系人")
    batch = upload(
        "facilities",
        workbook(heads, *rows),
        by=cast.township_clerk,
        filename="=1+1<script>alert(1)</script>.xlsx",
    )
    apply(batch, only_good=True, reason="已核对")
    assert batch.status == Status.APPLIED, batch.message
    names = set(Facility.objects.values_list("name", flat=True))
    assert "=1+1养老院" in names
    wrong = [(name, "x", "也许", *SLY[:2]) for name in names]
    bad = upload("facilities", workbook(heads, *wrong), by=cast.township_clerk)
    ways = [
        reverse("facility-list") + "?export=xlsx",
        reverse("import-list") + "?export=xlsx",
        reverse("import-template", args=["facilities"]) + "?rows=1",
        reverse("import-template", args=["beds"]),
        reverse("import-receipt", args=[bad.pk]),
    ]
    for way in ways:
        answer = clerk.get(way)
        assert answer.status_code == 200, way
        assert formulas(answer.content) == [], way
    for page in (reverse("facility-list"), reverse("import-list"), reverse("home"), reverse("notice-list")):
        assert "<script>alert" not in clerk.get(page).content.decode()
    for each in (batch, bad):
        assert "<script>alert" not in page_of(clerk, each).content.decode()
    for facility in Facility.objects.all():
        assert (
            "<script>alert" not in clerk.get(reverse("facility-detail", args=[facility.pk])).content.decode()
        )


# --- What a browser may send --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.xlsx",
        "长" * 300 + ".xlsx",
        "😀.xlsx",
        "表\u202exslx.xlsx",
        "C:\\表\\a.xlsx",
        "a\x00b.xlsx",
    ],
)
def test_odd_file_names(cast, home, enter, name):
    clerk = enter(cast.township_clerk)
    answer = send(clerk, workbook(BEDS, (home.name, "1", "1", "是")), name=name)
    batch = ImportBatch.objects.get()
    assert answer.status_code == 302
    assert "/" not in batch.filename
    assert "\u202e" not in batch.filename
    assert clerk.get(reverse("import-file", args=[batch.pk])).status_code == 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_a_hostile_file_gets_a_sentence(cast, enter, tmp_path, case):
    """Refused on the page, or taken in for the worker, whose refusals have tests of their own; never an error."""
    _, filename, make, words = case
    path = tmp_path / "file"
    make(path)
    answer = send(enter(cast.township_clerk), path.read_bytes(), name=filename)
    assert answer.status_code in (200, 302, 413)
    if answer.status_code == 200:
        assert not ImportBatch.objects.exists()
        assert re.search(words, text_of(answer))


@pytest.mark.parametrize(
    "field",
    [
        {"token": "x"},
        {"token": ""},
        {"as_of": "0001-01-01"},
        {"as_of": "9999-12-31"},
        {"as_of": "x" * 5000},
        {"ledger": "x"},
    ],
)
def test_a_form_that_no_page_made(cast, enter, field):
    answer = send(enter(cast.township_clerk), b"x", **field)
    assert answer.status_code == 200
    assert not ImportBatch.objects.exists()


def test_an_upload_of_the_county_is_not_there_for_a_township(cast, home, enter):
    content = workbook(("镇(街道)", *BEDS), ("沈荡镇", home.name, "1", "1", "是"))
    batch = upload("beds", content, by=cast.county_clerk)
    apply(batch)
    clerk = enter(cast.township_clerk)
    for name in ("detail", "progress", "file", "receipt", "match", "forget", "apply", "discard", "undo"):
        address = reverse(f"import-{name}", args=[batch.pk])
        assert {clerk.get(address).status_code, clerk.post(address).status_code} <= {404, 405}, name
    with pytest.raises(NotAllowed):
        undo(batch, by=cast.township_clerk, reason="x")
    assert send(clerk, content, unit=cast.county.code).status_code == 302
    mine = ImportBatch.objects.latest("pk")
    assert mine.org_unit == cast.township
    assert batch.filename not in page_of(clerk, mine).content.decode().replace(mine.filename, "")


# --- Twice, and out of order ---------------------------------------------------------------------------------------


def test_steps_out_of_order_change_nothing(cast, home):
    batch = upload("beds", workbook(BEDS, (home.name, "1", "1", "是")), by=cast.township_clerk)
    discard(batch, by=cast.township_clerk)
    with pytest.raises(Refused):
        ask_to_apply(batch, by=cast.township_clerk)
    with pytest.raises(Refused):
        undo(batch, by=cast.township_clerk, reason="x")
    assert not work_on(batch.pk)
    assert not Bed.objects.exists()


def test_an_earlier_upload_is_not_taken_back_over_a_later_one(cast, home):
    first = apply(upload("beds", workbook(BEDS, (home.name, "1", "1", "是")), by=cast.township_clerk))
    second = apply(
        upload(
            "beds",
            workbook(BEDS, (home.name, "1", "1", "否")),
            by=cast.township_clerk,
            as_of=dt.date(2025, 7, 31),
        )
    )
    with pytest.raises(Conflict):
        undo(first, by=cast.township_clerk, reason="传错")
    undo(second, by=cast.township_clerk, reason="传错")
    assert undo(second, by=cast.township_clerk, reason="再来") == []
    bed = Bed.objects.get()
    assert bed.nursing.on(dt.date(2025, 7, 31))


def test_a_file_that_the_county_took_for_the_wrong_township_stays_with_the_county(cast, enter):
    make_facility(cast.township, "沈荡敬老院")
    content = workbook(("机构名称", "房间", "床号"), ("沈荡敬老院", "1", "1"), ("没有的院", "1", "1"))
    batch = upload("beds", content, by=cast.county_clerk, org_unit=cast.township)
    township, county = enter(cast.township_clerk), enter(cast.county_clerk)
    for name in ("import-file", "import-receipt"):
        assert township.get(reverse(name, args=[batch.pk])).status_code == 404
        assert county.get(reverse(name, args=[batch.pk])).status_code == 200
    page = township.get(reverse("import-detail", args=[batch.pk])).content.decode()
    assert "下载原表" not in page
    assert "下载回执" not in page
