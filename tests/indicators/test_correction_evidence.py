"""Evidence of a correction slip: taken in at the desk, read by the county, kept for ever; whoever wrote does not decide."""

import datetime as dt
import hashlib

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from eldercare.errors import Conflict, Refused
from eldercare.models import AuditEvent, ImportFile, Notice
from eldercare.permissions import Role
from indicators.actions import corrections as actions
from indicators.models import CorrectionEvidence, CorrectionSlip
from tests.indicators.conftest import text_of
from tests.indicators.correction_world import Archive
from tests.indicators.registers import number
from tests.indicators.task_world import PDF


@pytest.fixture
def archive(cast):
    with time_machine.travel(dt.datetime(2026, 6, 10, 2, 0, tzinfo=dt.UTC), tick=True) as clock:
        made = Archive(cast)
        clock.move_to(dt.datetime(2026, 7, 15, 2, 0, tzinfo=dt.UTC))
        yield made


@pytest.fixture
def clerk(archive, enter):
    return enter(archive.cast.county_clerk)


def attach(
    archive, slip: CorrectionSlip, content: bytes = PDF, name: str = "验收单.pdf"
) -> CorrectionEvidence:
    return actions.add_evidence(slip=slip, filename=name, content=content, by=archive.cast.county_clerk)


def send(browser, slip: CorrectionSlip, *files: tuple[str, bytes]):
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post(f"/corrections/{slip.pk}/evidence/", {"files": uploads}, follow=True)


def test_the_list_names_the_month_that_is_corrected(archive, clerk):
    slip = archive.slip(homes="4")
    page = clerk.get("/corrections/").content.decode()
    assert f">{slip.month:%Y-%m}<" in page
    assert f">{slip.month:%Y-%m-%d}<" not in page


# --- Files ------------------------------------------------------------------------------------------------------


def test_the_approver_reads_what_the_clerk_attached(archive, clerk, enter):
    slip = archive.slip(homes="4")
    assert "已上传 1 个佐证材料" in text_of(send(clerk, slip, ("验收单.pdf", PDF)))
    actions.submit(slip=slip, by=archive.cast.county_clerk)
    reviewer = enter(archive.cast.county_reviewer)
    page = text_of(reviewer.get(f"/corrections/{slip.pk}/"))
    assert "验收单.pdf" in page
    assert hashlib.sha256(PDF).hexdigest()[:12] in page
    assert "删除验收单.pdf" not in page
    piece = CorrectionEvidence.objects.get()
    answer = reviewer.get(f"/corrections/evidence/{piece.pk}/")
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert AuditEvent.objects.filter(
        action="export", user=archive.cast.county_reviewer, subject=f"{slip}佐证材料 验收单.pdf"
    ).exists()


def test_files_are_judged_by_what_they_are_and_the_good_ones_taken(archive, clerk):
    slip = archive.slip(homes="4")
    answer = send(
        clerk,
        slip,
        ("名册.pdf", b"<html><script>1</script></html>"),
        ("验收单.pdf", PDF),
        (f"{number(1)}.pdf", PDF + b" "),
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert "“名册.pdf”其实是网页" in page
    assert "文件名里有身份证号" in page
    assert number(1) not in page
    assert "已上传 1 个" in page
    assert [piece.filename for piece in slip.files.all()] == ["验收单.pdf"]
    assert "请先选择要上传的文件" in text_of(send(clerk, slip))


def test_content_is_kept_encrypted_and_the_same_file_once(archive):
    slip = archive.slip(homes="4")
    first = attach(archive, slip)
    assert attach(archive, slip, name="又一次.pdf") == first
    assert PDF not in bytes(ImportFile.objects.get(pk=first.file_id).content)
    assert ImportFile.objects.count() == 1


def test_a_file_is_removed_at_the_desk_only(archive, clerk):
    slip = archive.slip(homes="4")
    wrong, kept = attach(archive, slip), attach(archive, slip, PDF + b" ", "名册.pdf")
    assert "已删除“验收单.pdf”" in text_of(
        clerk.post(f"/corrections/evidence/{wrong.pk}/remove/", follow=True)
    )
    actions.submit(slip=slip, by=archive.cast.county_clerk)
    answer = clerk.post(f"/corrections/evidence/{kept.pk}/remove/")
    assert answer.status_code == 409
    assert "待审批，现在不能修改" in text_of(answer)
    with pytest.raises(Conflict, match="现在不能修改"):
        attach(archive, slip, PDF + b"  ")
    assert [piece.pk for piece in slip.files.all()] == [kept.pk]
    assert ImportFile.objects.count() == 1


def test_evidence_of_an_approved_slip_stays_for_ever(archive):
    slip = archive.slip(homes="4")
    piece = attach(archive, slip)
    actions.submit(slip=slip, by=archive.cast.county_clerk)
    actions.approve(slip=slip, by=archive.cast.county_reviewer)
    acts = (piece.delete, lambda: slip.files.update(filename="别的.pdf"), piece.file.delete)
    for act in acts:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert slip.files.get().filename == "验收单.pdf"


def test_a_township_reads_the_slip_but_not_the_countys_files(archive, enter):
    slip = archive.slip(homes="4")
    piece = attach(archive, slip)
    actions.submit(slip=slip, by=archive.cast.county_clerk)
    township = enter(archive.cast.township_clerk)
    page = text_of(township.get(f"/corrections/{slip.pk}/"))
    assert "1 个" in page
    assert "限县级查看" in page
    assert "验收单.pdf" not in page
    assert township.get(f"/corrections/evidence/{piece.pk}/").status_code == 404


def test_many_files_cost_no_more_queries(archive, clerk, django_assert_max_num_queries):
    slip = archive.slip(homes="4")
    for place in range(4):
        attach(archive, slip, PDF + b" " * place, f"材料{place}.pdf")
    with django_assert_max_num_queries(24):
        assert text_of(clerk.get(f"/corrections/{slip.pk}/")).count("材料") >= 4


# --- Who wrote does not decide ----------------------------------------------------------------------------------


def test_whoever_ever_wrote_on_a_slip_does_not_approve_it(archive, make_person, enter):
    """A helper types the figures, the drafter goes over them, the helper is made a reviewer."""
    county = archive.cast.county
    helper = make_person("zhuzhu", "祝助", Role.COUNTY_CLERK, county)
    slip = archive.slip(homes="4")
    actions.set_lines(slip=slip, report=archive.report(), texts={"homes": "5"}, by=helper)
    actions.describe(slip=slip, reason="漏登", evidence="名册", by=archive.cast.county_clerk)
    helper.role = Role.COUNTY_REVIEWER
    helper.save()
    actions.submit(slip=slip, by=archive.cast.county_clerk)
    assert not Notice.objects.filter(recipient=helper).exists()
    assert Notice.objects.filter(recipient=archive.cast.county_reviewer).exists()
    with pytest.raises(Refused, match="起草、修改过这份更正单的人不能审批"):
        actions.approve(slip=slip, by=helper)
    page = text_of(enter(helper).get(f"/corrections/{slip.pk}/"))
    assert "须由另一位审核人审批" in page
    assert "批准生效" not in page
    assert archive.figure("homes") == 2
    actions.approve(slip=slip, by=archive.cast.county_reviewer)
    assert archive.figure("homes") == 5


@pytest.mark.parametrize("touch", ["evidence", "submit"])
def test_attaching_and_sending_are_writing_too(archive, make_person, touch):
    helper = make_person("zhuzhu", "祝助", Role.COUNTY_CLERK, archive.cast.county)
    slip = archive.slip(homes="4")
    if touch == "evidence":
        actions.add_evidence(slip=slip, filename="验收单.pdf", content=PDF, by=helper)
    actions.submit(slip=slip, by=helper if touch == "submit" else archive.cast.county_clerk)
    helper.role = Role.COUNTY_REVIEWER
    helper.save()
    with pytest.raises(Refused, match="不能审批"):
        actions.approve(slip=slip, by=helper)


def test_the_database_holds_the_last_editor_off_as_well(archive):
    slip = archive.sent(homes="4")
    CorrectionSlip.objects.filter(pk=slip.pk).update(edited_by=archive.cast.county_reviewer)
    with pytest.raises(IntegrityError, match="editor_does_not_approve"), transaction.atomic():
        CorrectionSlip.objects.filter(pk=slip.pk).update(
            status="approved", decided_by=archive.cast.county_reviewer
        )
