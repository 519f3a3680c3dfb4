"""The worker's side: hints, the timetable, a real worker process that reads and writes an upload."""

import logging
import time

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eldercare import tasks
from eldercare.models import ImportBatch
from facilities.models import Bed
from tests.eldercare.import_pages import GOOD, form_data, page_of, send, text_of, write
from tests.facilities.factories import make_facility
from tests.facilities.uploads import upload

PATIENCE = 30  # seconds; a limit against hanging
Status = ImportBatch.Status


def wait_for(pk: int, status: str) -> ImportBatch:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        batch = ImportBatch.objects.get(pk=pk)
        if batch.status == status:
            return batch
        time.sleep(0.05)
    pytest.fail(f"The upload is {batch.status}, not {status}: {batch.message}")


@pytest.mark.django_db(transaction=True)
def test_a_worker_reads_and_writes_an_upload(cast, enter, celery_worker_process):
    """Nothing but clicks: the hints after each commit set the worker going."""
    make_facility(cast.township, "沈荡敬老院")
    clerk = enter(cast.township_clerk)
    send(clerk, GOOD)
    batch = wait_for(ImportBatch.objects.get().pk, Status.READY)
    assert (batch.new, batch.errors) == (2, 0)
    write(clerk, batch)
    batch = wait_for(batch.pk, Status.APPLIED)
    assert batch.applied_by == cast.township_clerk
    assert Bed.objects.count() == 2
    clerk.post(reverse("import-undo", args=[batch.pk]), {"reason": "试一试"})
    assert not Bed.objects.exists()
    assert "原因：试一试" in text_of(page_of(clerk, batch))


def test_beat_looks_for_uploads_whose_hint_was_lost():
    entry = settings.CELERY_BEAT_SCHEDULE["sweep-imports"]
    assert entry["task"] == tasks.work_on_imports.name
    assert entry["schedule"] <= 10


@pytest.mark.django_db
def test_a_hint_is_sent_only_after_the_commit(cast, enter, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(tasks.work_on_imports, "apply_async", lambda **_options: sent.append(1))
    make_facility(cast.township, "沈荡敬老院")
    clerk = enter(cast.township_clerk)
    data = form_data(clerk) | {"file": SimpleUploadedFile("台账.xlsx", GOOD)}
    with django_capture_on_commit_callbacks(execute=True):
        clerk.post(reverse("import-create"), data)
        assert sent == []
    assert sent == [1]


@pytest.mark.django_db
def test_a_broker_that_is_away_does_not_fail_the_click(
    cast, enter, monkeypatch, django_capture_on_commit_callbacks
):
    def away(**_options):
        raise OSError("no broker")

    monkeypatch.setattr(tasks.work_on_imports, "apply_async", away)
    make_facility(cast.township, "沈荡敬老院")
    with django_capture_on_commit_callbacks(execute=True):
        assert send(enter(cast.township_clerk), GOOD).status_code == 302
    assert tasks.work_on_imports() == 1
    assert ImportBatch.objects.get().status == Status.READY


@pytest.mark.django_db
def test_what_goes_wrong_with_one_upload_does_not_stop_the_next(cast, monkeypatch, caplog):
    make_facility(cast.township, "沈荡敬老院")
    first, second = (upload("beds", GOOD, by=cast.township_clerk) for _ in range(2))
    ImportBatch.objects.update(status=Status.READING)
    real, secret = tasks.work_on, "330424198002020228"

    def work(pk):
        if pk == first.pk:
            raise RuntimeError(secret)
        return real(pk)

    monkeypatch.setattr(tasks, "work_on", work)
    with caplog.at_level(logging.ERROR):
        assert tasks.work_on_imports() == 1
    second.refresh_from_db()
    assert second.status == Status.READY
    assert "RuntimeError" in caplog.text
    assert secret not in caplog.text
