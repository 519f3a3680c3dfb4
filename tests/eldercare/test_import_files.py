"""What is handed out and who may see it: templates, the original, the receipt, the list, the home page."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.urls import reverse

from eldercare.identity import synthetic_id
from eldercare.models import AuditEvent, ImportBatch
from eldercare.spells import Spells
from tests.eldercare.import_pages import BAD, GOOD, page_of, send, text_of
from tests.facilities.factories import SINCE, make_bed, make_caregiver, make_facility, make_post
from tests.facilities.uploads import apply, upload

Status = ImportBatch.Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


# --- Templates -----------------------------------------------------------------------------------------------------


def sheet_of(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def test_the_template_has_the_units_own_names_to_choose_from(cast, clerk, home):
    make_facility(cast.other_township, "百步敬老院")
    answer = clerk.get(reverse("import-template", args=["beds"]))
    assert "filename*=utf-8''" in answer.headers["Content-Disposition"].lower()
    book = sheet_of(answer)
    assert book["床位台账"].max_row == 1
    options = {cell.value for row in book["选项"].iter_rows() for cell in row}
    assert "沈荡敬老院" in options
    assert "沈荡镇" in options
    assert not options & {"百步敬老院", "百步镇"}
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT).exists()


def test_the_filled_template_goes_back_in_and_changes_nothing(cast, clerk, home):
    make_bed(home, "1", room="101", nursing=Spells.since(SINCE))
    born = dt.date(1980, 2, 2)
    number = synthetic_id(born, 22)  # an even number: a woman
    make_post(home, make_caregiver("潘秀英", id_number=number, sex="female", born_on=born), level=5)
    for ledger in ("beds", "caregivers", "facilities"):
        url = reverse("import-template", args=[ledger])
        answer = clerk.get(url, {"rows": "1", "date": "2025-06-30"})
        batch = upload(ledger, answer.content, by=cast.township_clerk)
        found = [(line.label, line.new) for line in batch.lines.filter(state__in=["new", "changed"])]
        assert (batch.status, batch.total, batch.errors, found) == (Status.READY, 1, 0, [])
    assert number not in str(list(AuditEvent.objects.values()))
    exports = AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT, user=cast.township_clerk)
    assert [event.detail["rows"] for event in exports] == [1, 1, 1]


def test_templates_are_of_visible_units_only(cast, clerk):
    url = reverse("import-template", args=["beds"])
    assert clerk.get(url, {"unit": cast.other_township.code, "rows": "1"}).status_code == 404
    assert clerk.get(url, {"unit": cast.county.code, "rows": "1"}).status_code == 404
    assert clerk.get(reverse("import-template", args=["nothing"])).status_code == 404
    assert clerk.get(url, {"date": "2025-13-45"}).status_code == 200


# --- Files ---------------------------------------------------------------------------------------------------------


def test_the_original_comes_back_as_it_went_in_and_is_recorded(cast, clerk, home):
    batch = upload("beds", BAD, by=cast.township_clerk, filename="六月 床位.xlsx")
    answer = clerk.get(reverse("import-file", args=[batch.pk]))
    assert answer.content == BAD
    assert "filename*=utf-8''%E5%85%AD%E6%9C%88%20" in answer.headers["Content-Disposition"]
    event = AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT).get()
    assert (event.user, event.org_unit) == (cast.township_clerk, cast.township)
    assert "六月 床位.xlsx" in event.subject


def test_the_receipt_corrected_goes_through(cast, clerk, home):
    batch = upload("beds", BAD, by=cast.township_clerk, filename="床位.xlsx")
    assert "下载回执（1 处错误）" in text_of(page_of(clerk, batch)).replace("（ ", "（")
    answer = clerk.get(reverse("import-receipt", args=[batch.pk]))
    book = sheet_of(answer)
    assert "不能确定" in str([cell.value for cell in book["台账"][2]])
    book["台账"]["D2"] = "是"
    file = io.BytesIO()
    book.save(file)
    assert upload("beds", file.getvalue(), by=cast.township_clerk).errors == 0


def test_no_receipt_without_anything_wrong(cast, clerk, home):
    batch = upload("beds", GOOD, by=cast.township_clerk)
    answer = clerk.get(reverse("import-receipt", args=[batch.pk]), follow=True)
    assert "不需要回执" in text_of(answer)


# --- The list, the home page -----------------------------------------------------------------------------------------


def test_the_list_shows_and_filters(cast, enter, clerk, home):
    upload("beds", GOOD, by=cast.township_clerk, filename="好的.xlsx")
    apply(upload("beds", GOOD, by=cast.township_clerk, filename="写了.xlsx"))
    upload("beds", GOOD, by=cast.county_clerk, org_unit=cast.other_township, filename="百步.xlsx")
    url = reverse("import-list")
    page = text_of(clerk.get(url))
    assert "好的.xlsx" in page
    assert "百步.xlsx" not in page
    assert "好的.xlsx" not in text_of(clerk.get(url, {"state": "applied"}))
    assert "写了.xlsx" not in text_of(clerk.get(url, {"state": "open"}))
    assert "好的.xlsx" not in text_of(clerk.get(url, {"ledger": "facilities"}))
    county = enter(cast.county_clerk)
    assert "百步.xlsx" in text_of(county.get(url))
    assert "好的.xlsx" not in text_of(county.get(url, {"unit": cast.other_township.code}))


def test_the_list_takes_the_same_statements_for_any_number(cast, clerk, home, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as few:
        clerk.get(reverse("import-list"))
    for _ in range(8):
        upload("beds", GOOD, by=cast.township_clerk)
    with django_assert_max_num_queries(12) as many:
        clerk.get(reverse("import-list"))
    assert len(many) <= len(few) + 1


def test_unfinished_uploads_are_on_the_home_page(cast, enter, clerk, home):
    batch = upload("beds", BAD, by=cast.township_clerk, filename="六月.xlsx")
    page = clerk.get("/").content.decode()
    assert "上传的“六月.xlsx”待核对写入" in page
    assert f'href="{reverse("import-detail", args=[batch.pk])}"' in page
    assert "待核对写入" not in enter(cast.other_township_clerk).get("/").content.decode()
    assert "待核对写入" not in enter(cast.county_clerk).get("/").content.decode()
    for _ in range(3):
        upload("beds", BAD, by=cast.township_clerk)
    assert "4 份上传还没有办完" in clerk.get("/").content.decode()


# --- Who may -------------------------------------------------------------------------------------------------------


def test_a_reader_sees_the_slip_and_no_buttons_nor_files(cast, enter, home):
    batch = upload("beds", BAD, by=cast.township_clerk)
    leader = enter(cast.leader)
    page = page_of(leader, batch).content.decode()
    assert "不能确定" in page
    for name in ("import-apply", "import-discard", "import-receipt", "import-file"):
        assert reverse(name, args=[batch.pk]) not in page
    assert leader.get(reverse("import-file", args=[batch.pk])).status_code == 403


def test_another_townships_upload_cannot_be_touched(cast, enter, home):
    batch = upload("beds", GOOD, by=cast.township_clerk)
    other = enter(cast.other_township_clerk)
    for name in ("apply", "discard", "match", "forget", "undo"):
        url = reverse(f"import-{name}", args=[batch.pk])
        assert other.post(url, {"reason": "x"}).status_code == 404
    batch.refresh_from_db()
    assert batch.status == Status.READY


def test_a_token_of_somebody_else_opens_nothing(cast, enter, clerk, home):
    token = str(uuid.uuid4())
    send(clerk, GOOD, token=token)
    answer = send(enter(cast.other_township_clerk), GOOD, token=token)
    assert "已被别人提交" in text_of(answer)
    assert ImportBatch.objects.count() == 1
