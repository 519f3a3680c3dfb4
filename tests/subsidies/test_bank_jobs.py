"""The bank's sheet and return file as jobs: little is done at once, much by a worker, and what became of it is kept."""

import datetime as dt
import threading

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from eldercare.errors import Conflict, NotAllowed
from eldercare.models import AuditEvent, Notice
from eldercare.todo import items_for
from subsidies import tasks
from subsidies.actions import bank_jobs
from subsidies.actions.bank_sheet import take_sheet
from subsidies.models import BankJob, Batch, ReturnRow
from tests.subsidies.batches import MAY, approved, made, make_register, returned, rows_of, sent

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2025, 6, 12, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def register(cast):
    return make_register(cast)


@pytest.fixture
def much(monkeypatch):
    """Six people and their file are much."""
    monkeypatch.setattr(bank_jobs, "SMALL_LINES", 2)


@pytest.fixture
def hints(monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.work_for_bank, "apply_async", lambda **_options: sent.append(1))
    return sent


def upload(content: bytes, name: str = "回盘.xlsx") -> dict:
    return {"file": SimpleUploadedFile(name, content)}


def address(name: str, batch) -> str:
    return reverse(f"batch-{name}", args=[batch.pk])


def text_of(answer) -> str:
    return answer.content.decode()


# --- Little is done at once -----------------------------------------------------------------------------------


def test_a_small_sheet_comes_with_the_click(cast, enter, register, hints):
    batch = approved(register[0], MAY, cast)
    answer = enter(cast.county_clerk).post(address("sheet", batch))
    assert len(rows_of(answer.content)) == 6
    batch.refresh_from_db()
    assert (batch.state, batch.sent_by) == (Batch.State.SENT, cast.county_clerk)
    assert (BankJob.objects.get().state, hints) == ("done", [])
    log = AuditEvent.objects.filter(detail__batch=batch.pk).order_by("pk").values_list("action", flat=True)
    assert list(log)[-3:] == ["payment", "payment", "export"]  # asked for, made, handed out


def test_a_small_return_file_is_registered_with_the_click(cast, enter, register, hints):
    batch, rows = sent(register[0], MAY, cast)
    answer = enter(cast.county_clerk).post(address("return", batch), upload(returned(rows)), follow=True)
    assert "成功 6 人 300.00 元，失败 0 人 0.00 元，全部已有结果，本批已对账" in text_of(answer)
    assert hints == []
    assert Notice.objects.filter(text__contains="回盘.xlsx").count() == 0  # who clicked sees it


# --- Much is a worker's ---------------------------------------------------------------------------------------


def test_a_large_sheet_is_made_by_a_worker_while_the_page_shows_it(
    cast, enter, register, much, hints, django_capture_on_commit_callbacks
):
    batch, clerk = approved(register[0], MAY, cast), enter(cast.county_clerk)
    with django_capture_on_commit_callbacks(execute=True):
        answer = clerk.post(address("sheet", batch))
    assert answer["Location"] == address("detail", batch)
    assert hints == [1]
    page = text_of(clerk.get(address("detail", batch)))
    assert "正在排队" in page
    assert address("sheet", batch) not in page  # nothing to click twice
    assert clerk.get(address("bank-progress", batch), headers=HTMX).status_code == 200
    assert "导出" not in " ".join(item.title for item in items_for(cast.county_clerk))

    # Somebody else, or the same person on another machine, sees the same; asked again it is the same job.
    clerk.post(address("sheet", batch))
    assert BankJob.objects.count() == 1
    assert tasks.work_for_bank() == 1
    assert tasks.work_for_bank() == 0
    assert clerk.get(address("bank-progress", batch), headers=HTMX)["HX-Refresh"] == "true"
    assert "银行表已生成" in Notice.objects.filter(recipient=cast.county_clerk).latest("pk").text
    assert "下载银行表" in text_of(clerk.get(address("detail", batch)))
    first, second = (clerk.post(address("sheet", batch)).content for _ in range(2))
    assert first == second
    assert len(rows_of(first)) == 6


def test_a_large_return_file_is_read_by_a_worker(cast, enter, register, much, hints):
    batch, rows = sent(register[0], MAY, cast)
    clerk = enter(cast.county_clerk)
    file = returned(rows, failed={"3": "账户已销户"})
    assert clerk.post(address("return", batch), upload(file))["Location"] == address("return", batch)
    page = text_of(clerk.get(address("return", batch)))
    assert "正在排队" in page
    assert 'type="file"' not in page
    assert ReturnRow.objects.count() == 0
    assert clerk.post(address("return", batch), upload(file)).status_code == 302  # the same once more
    another = text_of(clerk.post(address("return", batch), upload(returned(rows[:2]))))
    assert "请等处理完再办" in another
    assert BankJob.objects.count() == 1

    assert tasks.work_for_bank() == 1
    words = "成功 5 人 250.00 元，失败 1 人 50.00 元，全部已有结果，本批已对账"
    assert words in text_of(clerk.get(address("return", batch)))
    assert words in text_of(clerk.get(address("detail", batch)))
    assert "回盘.xlsx" in Notice.objects.filter(recipient=cast.county_clerk).latest("pk").text
    assert BankJob.objects.get().progress == 6


def test_what_did_not_agree_is_still_there_tomorrow(cast, enter, register, much, hints):
    batch, rows = sent(register[0], MAY, cast)
    clerk = enter(cast.county_clerk)
    wrong = [rows[0] | {"补贴金额": 5}, rows[1] | {"银行账号": "6200000000000000"}, *rows[2:]]
    clerk.post(address("return", batch), upload(returned(wrong)))
    tasks.work_for_bank()
    with time_machine.travel(TODAY + dt.timedelta(days=1), tick=False):
        clerk = enter(cast.county_clerk)
        page = text_of(clerk.get(address("return", batch)))
        assert "有 2 行与送银行的表不符，没有登记任何一行" in page
        assert "送出 50.00 元，回盘 5.00 元" in page
        assert "6200000000000000" not in page
        assert "2 行不符" in text_of(clerk.get(address("detail", batch)))
    assert ReturnRow.objects.count() == 0


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(cast, enter, register, much, hints):
    batch, _ = sent(register[0], MAY, cast)
    clerk = enter(cast.county_clerk)
    clerk.post(address("return", batch), upload("甲,乙\n1,2\n".encode(), "别的.csv"))
    tasks.work_for_bank()
    job = BankJob.objects.get()
    assert (job.state, job.outcome) == ("failed", {})
    for name in ("return", "detail"):
        page = text_of(clerk.get(address(name, batch)))
        assert "别的.csv" in page
        assert "没有登记" in page
    assert [item.title for item in items_for(cast.county_clerk)] == [f"{batch}的回盘没有登记成"]
    assert "没有办成" in Notice.objects.filter(recipient=cast.county_clerk).latest("pk").text


def test_an_account_taken_away_meanwhile_is_told_and_the_sheet_may_be_asked_for_again(
    cast, enter, register, much, hints
):
    programme, enrolments = register
    batch, clerk = approved(programme, MAY, cast), enter(cast.county_clerk)
    payee = enrolments[0].elder.payees.get()
    payee.used_to = MAY
    payee.save()
    clerk.post(address("sheet", batch))
    tasks.work_for_bank()
    page = text_of(clerk.get(address("detail", batch)))
    assert "银行表没有生成：有 1 人没有在用的收款账户" in page
    assert address("sheet", batch) in page
    payee.used_to = None
    payee.save()
    clerk.post(address("sheet", batch))
    tasks.work_for_bank()
    assert len(rows_of(clerk.post(address("sheet", batch)).content)) == 6


# --- Who and when ---------------------------------------------------------------------------------------------


def test_only_who_prepares_payments_and_only_in_its_time(cast, register):
    batch = made(register[0], MAY, cast.county_clerk)
    for ask in (
        lambda by: bank_jobs.ask_for_sheet(batch=batch, by=by),
        lambda by: bank_jobs.ask_to_match(batch=batch, content=b"x", filename="x.csv", by=by),
    ):
        with pytest.raises(NotAllowed):
            ask(cast.county_reviewer)
        with pytest.raises(Conflict, match="待核对"):
            ask(cast.county_clerk)
    assert not BankJob.objects.exists()


def test_whoever_has_left_meanwhile_sends_nothing_to_the_bank(cast, register):
    batch = approved(register[0], MAY, cast)
    job = bank_jobs.ask_for_sheet(batch=batch, by=cast.county_clerk)
    cast.county_clerk.is_active = False
    cast.county_clerk.save()
    tasks.work_for_bank()
    job.refresh_from_db()
    batch.refresh_from_db()
    assert (job.state, batch.state) == ("failed", Batch.State.APPROVED)


def test_whoever_has_left_meanwhile_registers_nothing(cast, register):
    batch, rows = sent(register[0], MAY, cast)
    job = bank_jobs.ask_to_match(
        batch=batch, content=returned(rows), filename="回盘.xlsx", by=cast.county_clerk
    )
    cast.county_clerk.is_active = False
    cast.county_clerk.save()
    tasks.work_for_bank()
    job.refresh_from_db()
    assert (job.state, ReturnRow.objects.count()) == ("failed", 0)


def test_a_township_is_told_of_its_own_people_only(cast, enter, register):
    batch, rows = sent(register[0], MAY, cast)
    clerk, township = enter(cast.county_clerk), enter(cast.township_clerk)
    clerk.post(address("return", batch), upload(returned(rows[:5])))
    clerk.post(address("return", batch), upload(returned([rows[5] | {"补贴金额": 5}]), "百步.xlsx"))
    assert "百步.xlsx" in text_of(clerk.get(address("detail", batch)))
    assert "百步.xlsx" not in text_of(township.get(address("detail", batch)))
    clerk.post(address("return", batch), upload(returned(rows)))
    assert "最近一份回盘" in text_of(clerk.get(address("detail", batch)))
    assert "最近一份回盘" not in text_of(township.get(address("detail", batch)))


def test_the_same_file_to_be_taken_otherwise_is_another_job(cast, enter, register, much, hints):
    batch, rows = sent(register[0], MAY, cast)
    file, clerk = returned([rows[0] | {"补贴金额": 5}, *rows[1:]]), enter(cast.county_clerk)
    clerk.post(address("return", batch), upload(file))
    again = clerk.post(address("return", batch), upload(file) | {"only_agreeing": "on"})
    assert "请等处理完再办" in text_of(again)


def test_the_uploaded_file_is_kept_encrypted(cast, register):
    batch, rows = sent(register[0], MAY, cast)
    file = returned(rows)
    job = bank_jobs.ask_to_match(batch=batch, content=file, filename="回盘.xlsx", by=cast.county_clerk)
    kept = bytes(job.file.content)
    assert kept != file
    assert file[:2] == b"PK"
    assert b"PK\x03\x04" not in kept[:64]


def test_beat_looks_for_jobs_itself():
    entry = settings.CELERY_BEAT_SCHEDULE["sweep-bank-jobs"]
    assert entry["task"] == tasks.work_for_bank.name
    assert entry["schedule"] <= 10


# --- Broken off -----------------------------------------------------------------------------------------------


def test_what_breaks_off_is_tried_again_and_given_up_after_three_times(cast, enter, register, monkeypatch):
    batch = approved(register[0], MAY, cast)
    before = list(batch.lines.order_by("pk").values())
    job = bank_jobs.ask_for_sheet(batch=batch, by=cast.county_clerk)

    def killed(*args, **kwargs):
        raise RuntimeError("6200000000000000")

    with monkeypatch.context() as patch:
        patch.setattr("subsidies.actions.bank_sheet._workbook", killed)
        for _ in range(3):
            assert not bank_jobs.work_on(job.pk)
            job.refresh_from_db()
            assert job.state == "waiting"
        bank_jobs.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 4)
    assert "多次中断" in text_of(enter(cast.county_clerk).get(address("detail", batch)))
    assert list(batch.lines.order_by("pk").values()) == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_two_askers_at_once_do_it_once(cast, register):
    batch = approved(register[0], MAY, cast)

    def at_once(action):
        def run():
            try:
                action()
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    at_once(lambda: bank_jobs.ask_for_sheet(batch=batch, by=cast.county_clerk))
    job = BankJob.objects.get()
    at_once(lambda: bank_jobs.work_on(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)
    sheet = take_sheet(batch=batch, by=cast.county_clerk)
    file = returned(rows_of(sheet.content))
    at_once(
        lambda: bank_jobs.ask_to_match(batch=batch, content=file, filename="a.xlsx", by=cast.county_clerk)
    )
    at_once(tasks.work_for_bank)
    assert BankJob.objects.filter(kind="match").count() == 1
    assert BankJob.objects.get(kind="match").outcome["paid"] == 6
    assert ReturnRow.objects.count() == 6
    assert AuditEvent.objects.filter(subject__startswith="生成银行表：").count() == 1
