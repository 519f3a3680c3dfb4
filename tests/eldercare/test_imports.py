"""The pages of uploads, from the form to the undo, as a clerk meets them."""

import datetime as dt
import io
import re

import openpyxl
import pghistory
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from eldercare.excel.limits import LIMITS
from eldercare.excel.working import work_on
from eldercare.models import ColumnMapping, ImportBatch
from facilities.models import Bed
from tests.eldercare.import_pages import BAD, GOOD, HEADINGS, form_data, page_of, send, text_of, write
from tests.facilities.factories import make_bed, make_facility
from tests.facilities.uploads import DAY, apply, upload, workbook

Status = ImportBatch.Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


# --- The form -----------------------------------------------------------------------------------------------------


def test_a_file_is_taken_in_read_looked_at_and_written(cast, clerk, home):
    answer = send(clerk, GOOD, "六月床位.xlsx")
    batch = ImportBatch.objects.get()
    assert answer.headers["Location"] == reverse("import-detail", args=[batch.pk])
    assert (batch.org_unit, batch.as_of, batch.created_by) == (cast.township, DAY, cast.township_clerk)
    assert "正在排队" in text_of(page_of(clerk, batch))
    assert not Bed.objects.exists()

    work_on(batch.pk)
    page = text_of(page_of(clerk, batch))
    assert "将新增 2 张" in page
    assert "沈荡敬老院 101 1" in page

    write(clerk, batch)
    assert "正在排队" in text_of(page_of(clerk, batch))
    work_on(batch.pk)
    assert "已由顾云舟于" in text_of(page_of(clerk, batch))
    assert Bed.objects.count() == 2


def test_two_clicks_are_one_upload(clerk, home):
    data = form_data(clerk)
    for _ in range(2):
        clerk.post(reverse("import-create"), data | {"file": SimpleUploadedFile("台账.xlsx", GOOD)})
    assert ImportBatch.objects.count() == 1


def test_the_same_form_with_another_file_does_not_pass_for_the_first(clerk, home):
    data = form_data(clerk)
    clerk.post(reverse("import-create"), data | {"file": SimpleUploadedFile("台账.xlsx", GOOD)})
    answer = clerk.post(reverse("import-create"), data | {"file": SimpleUploadedFile("台账.xlsx", BAD)})
    assert "已经上传过另一个文件" in text_of(answer)
    token = re.search(r'name="token" value="([^"]+)"', answer.content.decode())[1]
    assert token != data["token"]
    assert ImportBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("照片.xlsx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "PNG 图片"),
        ("台账.xlsm", GOOD, "宏"),
        ("台账.xlsx", GOOD[: len(GOOD) // 2], "不完整"),
        ("台账.xlsx", b"", "文件是空的"),
        ("台账.docx", b"hello", "内容却不是 Excel 表格"),
    ],
)
def test_what_is_no_table_is_said_on_the_page_at_once(clerk, name, content, sentence):
    answer = send(clerk, content, name)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert 'value="2025-06-30"' in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_too_large_is_refused_with_its_size(clerk, monkeypatch):
    monkeypatch.setattr("eldercare.forms_imports.LIMITS", type(LIMITS)(file_bytes=1024 * 1024))
    answer = send(clerk, b"PK" + b"\x00" * (2 * 1024 * 1024))
    assert "文件有 2.0 MB，超过了 1 MB" in text_of(answer)


def test_a_request_beyond_any_upload_is_refused_before_it_is_read(clerk):
    answer = clerk.post(
        reverse("import-create"), {"x": "1"}, headers={"Content-Length": str(LIMITS.file_bytes * 4)}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"ledger": ""}, "请选择要上传哪一种台账"),
        ({"as_of": ""}, "此项必填。"),
        ({"as_of": "2999-01-01"}, "数据日期不能晚于今天"),
        ({"as_of": "1999-12-31"}, "数据日期不能早于"),
    ],
)
def test_what_is_missing_in_the_form_is_said(clerk, more, sentence):
    data = form_data(clerk) | more | {"file": SimpleUploadedFile("台账.xlsx", GOOD)}
    answer = clerk.post(reverse("import-create"), data)
    assert sentence in text_of(answer)
    assert "请重新选择" in text_of(answer)
    assert not ImportBatch.objects.exists()


def test_a_county_clerk_chooses_the_unit_and_a_township_clerk_cannot(cast, enter, clerk):
    send(enter(cast.county_clerk), GOOD, unit=cast.other_township.code)
    assert ImportBatch.objects.get().org_unit == cast.other_township
    send(clerk, GOOD, unit=cast.other_township.code)
    assert ImportBatch.objects.order_by("pk").last().org_unit == cast.township
    refused = send(enter(cast.county_clerk), GOOD, unit=cast.neighbour.code)
    assert refused.status_code == 200
    assert ImportBatch.objects.count() == 2


# --- Reading, matching ----------------------------------------------------------------------------------------------


def test_progress_is_asked_for_in_the_background_and_ends_with_a_new_page(clerk, home):
    send(clerk, GOOD)
    batch = ImportBatch.objects.get()
    url, htmx = reverse("import-progress", args=[batch.pk]), {"HX-Request": "true"}
    ImportBatch.objects.filter(pk=batch.pk).update(progress=5000, attempts=1)
    piece = clerk.get(url, headers=htmx)
    assert "已读 5,000 行" in text_of(piece)
    assert "<html" not in piece.content.decode()
    work_on(batch.pk)
    assert clerk.get(url, headers=htmx).headers["HX-Refresh"] == "true"
    assert clerk.get(url).status_code == 302


def test_who_waits_for_long_is_told_that_the_file_is_safe(cast, clerk, home):
    send(clerk, GOOD)
    ImportBatch.objects.update(created_at=timezone.now() - dt.timedelta(minutes=3))
    assert "不用重传" in text_of(page_of(clerk, ImportBatch.objects.get()))


STRANGE = workbook(("所在地方", "房间", "铺位", "护理床位吗"), ("沈荡敬老院", "101", "1", "是"))


def test_headings_are_matched_by_hand_once(cast, clerk, home):
    batch = upload("beds", STRANGE, by=cast.township_clerk)
    assert batch.status == Status.UNMATCHED
    page = page_of(clerk, batch)
    assert "所在地方" in text_of(page)
    assert "猜测，请核对" in text_of(page)

    url = reverse("import-match", args=[batch.pk])
    short = clerk.post(url, {"sheet": "0", "h0": "facility", "h1": "room", "h2": "", "h3": "nursing"})
    assert "必填的 “床号” 还没有对应的列" in text_of(short)
    assert '<option value="facility" selected>' in short.content.decode()
    twice = clerk.post(url, {"sheet": "0", "h0": "facility", "h1": "number", "h2": "number", "h3": ""})
    assert "“床号”对应了 2 列" in text_of(twice)

    clerk.post(url, {"sheet": "0", "h0": "facility", "h1": "room", "h2": "number", "h3": "nursing"})
    work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.new, batch.errors) == (Status.READY, 1, 0)
    assert "顾云舟" in text_of(page_of(clerk, batch))

    again = upload("beds", STRANGE, by=cast.township_clerk)
    assert again.status == Status.READY
    assert upload("beds", STRANGE, by=cast.county_clerk).status == Status.UNMATCHED


def test_a_match_that_was_wrong_can_be_forgotten(cast, clerk, home):
    batch = upload("beds", STRANGE, by=cast.township_clerk)
    wrong = {"sheet": "0", "h0": "facility", "h1": "number", "h2": "room", "h3": ""}
    clerk.post(reverse("import-match", args=[batch.pk]), wrong)
    work_on(batch.pk)
    assert "重新对应" in text_of(page_of(clerk, batch))
    clerk.post(reverse("import-forget", args=[batch.pk]))
    work_on(batch.pk)
    batch.refresh_from_db()
    assert batch.status == Status.UNMATCHED
    assert not ColumnMapping.objects.exists()


def test_one_of_several_sheets_is_chosen(cast, clerk, home):
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    copy = book.copy_worksheet(book.active)
    copy.title = "五月"
    copy.append(("沈荡敬老院", "102", "1", "否"))
    file = io.BytesIO()
    book.save(file)
    batch = upload("beds", file.getvalue(), by=cast.township_clerk)
    assert batch.status == Status.UNMATCHED
    page = page_of(clerk, batch, sheet=1)
    assert "五月" in text_of(page)
    fields = dict(zip(("h0", "h1", "h2", "h3"), ("facility", "room", "number", "nursing"), strict=True))
    clerk.post(reverse("import-match", args=[batch.pk]), {"sheet": "1"} | fields)
    work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.sheet, batch.new) == (Status.READY, "五月", 3)
    assert not ColumnMapping.objects.exists()


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(cast, clerk, home):
    batch = upload("beds", workbook(HEADINGS), by=cast.township_clerk)
    page = text_of(page_of(clerk, batch))
    assert "没有数据行" in page
    assert "重新上传" in page


# --- Writing -------------------------------------------------------------------------------------------------------


def test_errors_keep_everything_back_unless_only_the_good_rows_are_wanted(cast, clerk, home):
    batch = upload("beds", BAD, by=cast.township_clerk)
    page = text_of(page_of(clerk, batch))
    assert "有 1 行有错误（1 个单元格）" in page
    assert "D2" in page
    refused = write(clerk, batch)
    assert "还有 1 行有错误" in text_of(refused)
    # Links of this page lead on, although its address is that of the button.
    link = clerk.get(reverse("import-apply", args=[batch.pk]), {"tab": "new"}, follow=True)
    assert "沈荡敬老院 101 2" in text_of(link)
    batch.refresh_from_db()
    assert batch.status == Status.READY
    write(clerk, batch, only_good="on")
    work_on(batch.pk)
    assert [bed.number for bed in Bed.objects.all()] == ["2"]
    assert "有错误的 1 行没有写入" in text_of(page_of(clerk, batch))


def test_warnings_want_a_reason_and_nothing_typed_is_lost(cast, clerk, home):
    make_bed(home, "9", room="109")
    content = workbook(
        (*HEADINGS, "床位类型"), ("沈荡敬老院", "101", "1", "是", "日托")
    )  # 护理型 is of others
    batch = upload("beds", content, by=cast.township_clerk)
    assert batch.warnings == 1
    refused = write(clerk, batch, close_missing="on", reason=" ")
    assert "有 1 行带警告。请核对后" in text_of(refused)
    assert re.search(r'name="close_missing"[^>]*checked', refused.content.decode())
    write(clerk, batch, reason="已与机构核对")
    work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.reason) == (Status.APPLIED, "已与机构核对")
    assert "已与机构核对" in text_of(page_of(clerk, batch))


def test_a_row_that_is_wrong_is_not_taken_for_one_that_is_gone(cast, clerk, home):
    bed = make_bed(home, "1", room="101")
    content = workbook(HEADINGS, ("沈荡敬老院", "101", "1", "可能"), ("沈荡敬老院", "10l", "1", "可能"))
    batch = upload("beds", content, by=cast.township_clerk)
    other = upload("beds", workbook(HEADINGS, ("沈荡敬老院", "10l", "1", "可能")), by=cast.township_clerk)
    assert (batch.missing, other.missing) == (0, 1)
    page = text_of(page_of(clerk, other))
    assert "错误改正以后，才能登记为停用" in page
    refused = write(clerk, other, close_missing="on", only_good="on")
    assert "还有错误的行时，不能登记表中没有的" in text_of(refused)
    bed.refresh_from_db()
    assert bed.in_use_to is None


def test_what_is_no_longer_in_the_file_can_be_closed(cast, clerk, home):
    make_bed(home, "9", room="109")
    batch = upload("beds", GOOD, by=cast.township_clerk)
    page = page_of(clerk, batch)
    assert "把表中没有的 1 张登记为停用" in text_of(page)
    assert "109 9" in text_of(page_of(clerk, batch, tab="missing"))
    write(clerk, batch, close_missing="on")
    work_on(batch.pk)
    assert Bed.objects.get(room="109").in_use_to == DAY
    assert "表中没有的 1 张登记为停用" in text_of(page_of(clerk, batch))


def test_a_slip_that_changed_since_it_was_opened_is_shown_again(cast, clerk, home):
    bed = make_bed(home, "1", room="101")
    content = workbook((*HEADINGS, "床位类型"), ("沈荡敬老院", "101", "1", "是", "机构床位"))
    batch = upload("beds", content, by=cast.township_clerk)
    seen = re.search(r'name="seen" value="([^"]+)"', page_of(clerk, batch).content.decode())[1]
    bed.kind = Bed.Kind.DAY_CARE
    bed.save()
    write(clerk, batch)
    work_on(batch.pk)
    page = text_of(page_of(clerk, batch))
    assert "行又被改过" in page
    assert "预览后又改过" in page
    late = clerk.post(reverse("import-apply", args=[batch.pk]), {"seen": seen})
    assert late.status_code == 409
    assert "再看一遍" in text_of(late)
    batch.refresh_from_db()
    assert batch.status == Status.READY


def test_a_file_that_says_what_the_ledger_says_has_nothing_to_write(cast, clerk, home):
    apply(upload("beds", GOOD, by=cast.township_clerk))
    batch = upload("beds", GOOD, by=cast.township_clerk)
    page = page_of(clerk, batch)
    assert "与台账一致，没有要写入的" in text_of(page)
    assert "写入台账" not in page.content.decode()
    assert "已由顾云舟上传过一次（已写入）" in text_of(page)


def test_giving_up_leaves_the_ledger_alone(cast, clerk, home):
    batch = upload("beds", GOOD, by=cast.township_clerk)
    answer = clerk.post(reverse("import-discard", args=[batch.pk]), follow=True)
    assert "台账没有改动" in text_of(answer)
    assert "已放弃" in text_of(page_of(clerk, batch))
    assert not Bed.objects.exists()


# --- Undo ----------------------------------------------------------------------------------------------------------


def test_an_undone_upload_no_longer_says_what_it_does_to_the_figures(cast, clerk, home):
    batch = apply(upload("beds", GOOD, by=cast.township_clerk))
    made = [reverse("bed-detail", args=[bed.pk]) for bed in Bed.objects.all()]
    applied = page_of(clerk, batch)
    assert "月指标的影响" in text_of(applied)
    assert all(address in applied.content.decode() for address in made)
    clerk.post(reverse("import-undo", args=[batch.pk]), {"reason": "传错了"})
    undone = page_of(clerk, batch)
    assert not any(address in undone.content.decode() for address in made)  # nothing stands there any more
    page = text_of(undone)
    assert "已全部还原" in page
    assert "月指标的影响" not in page


def test_an_undo_wants_a_reason_and_says_what_was_left(cast, clerk, home):
    batch = apply(upload("beds", GOOD, by=cast.township_clerk))
    url = reverse("import-undo", args=[batch.pk])
    assert "请写明撤销的原因" in text_of(clerk.post(url, {"reason": ""}))
    touched = Bed.objects.get(number="2")
    touched.note = "靠窗"
    with pghistory.context(user=cast.township_clerk.pk):  # as in a request of its own
        touched.save()
    page = text_of(clerk.get(url))
    assert "有 1 行又被改过" in page
    conflict = clerk.post(url, {"reason": "传错了"})
    assert conflict.status_code == 409
    assert 'value="传错了"' in conflict.content.decode()
    assert Bed.objects.count() == 2
    clerk.post(url, {"reason": "传错了", "leave_changed": "on"})
    assert [bed.number for bed in Bed.objects.all()] == ["2"]
    page = text_of(page_of(clerk, batch))
    assert "原因：传错了" in page
    assert "写入之后又改过" in page
    assert clerk.get(url).status_code == 302
