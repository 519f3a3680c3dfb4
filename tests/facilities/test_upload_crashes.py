"""Workers and servers that die in the middle: afterwards nothing or everything is written, and the work goes on."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from eldercare.excel.batches import ask_to_apply, take_in
from eldercare.excel.ledgers import ledger_of
from eldercare.excel.staging import Stage
from eldercare.models import ImportBatch
from facilities.models import Bed
from tests.facilities.factories import make_facility
from tests.facilities.uploads import DAY
from tests.machine import REPO, environment
from tests.plugins import start_process

ROWS = 6_000
MANY = 40_000  # enough for the reading to take a while
PATIENCE = 90  # seconds; a limit against hanging
Status = ImportBatch.Status

pytestmark = pytest.mark.django_db(transaction=True)


def wait_for(ready: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited in vain for {what}.")
        time.sleep(0.05)


class Workers:
    """Real Celery workers with a broker of their own, started and killed at will."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.started = folder, []

    def start(self):
        log = self.folder / f"worker{len(self.started)}.log"
        options = [
            "--concurrency",
            "1",
            "-l",
            "info",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
        worker = start_process(
            ["celery", "-A", "eldercare", "worker", "--hostname", f"w{len(self.started)}@%h", *options], log
        )
        self.started.append(worker)
        worker.wait_for(lambda: b" ready." in log.read_bytes(), "The Celery worker")
        return worker

    def send(self) -> None:
        call = [sys.executable, "-m", "celery", "-A", "eldercare", "call", "eldercare.tasks.work_on_imports"]
        environ = os.environ | {
            "ELDERCARE_DB_NAME": settings.DATABASES["default"]["NAME"],
            "SECRET_KEY": settings.SECRET_KEY,
        }
        subprocess.run(call, cwd=REPO, env=environ, check=True, capture_output=True)

    def kill(self, worker) -> None:
        os.killpg(worker.popen.pid, signal.SIGKILL)
        worker.popen.wait()


@pytest.fixture
def workers(tmp_path, monkeypatch) -> Iterator[Workers]:
    monkeypatch.setenv("ELDERCARE_BROKER_NAME", f"crash-{uuid.uuid4().hex[:12]}")
    workers = Workers(tmp_path)
    yield workers
    for each in workers.started:
        if each.popen.poll() is None:
            each.stop()


@pytest.fixture
def batch(cast, request) -> ImportBatch:
    make_facility(cast.township, "沈荡敬老院")
    count = getattr(request, "param", ROWS)
    rows = "\n".join(f"沈荡敬老院,{number // 10},{number % 10},是" for number in range(count))
    return take_in(
        ledger=ledger_of("beds"),
        content=f"机构名称,房间,床号,护理型\n{rows}\n".encode(),
        filename="床位.csv",
        org_unit=cast.township,
        as_of=DAY,
        by=cast.township_clerk,
        token=uuid.uuid4(),
    )


def status(batch: ImportBatch) -> str:
    batch.refresh_from_db()
    return batch.status


def send_until(workers: Workers, ready: Callable[[], bool], what: str) -> None:
    """The backend of a dead worker may hold its lock for a moment; beat would send again as well."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited in vain for {what}.")
        workers.send()
        for _ in range(100):
            if ready():
                return
            time.sleep(0.05)


@pytest.mark.parametrize("batch", [MANY], indirect=True)
def test_worker_killed_while_reading(batch, workers):
    first = workers.start()
    workers.send()
    wait_for(lambda: ImportBatch.objects.get().progress > 0, "the first rows")
    workers.kill(first)
    assert status(batch) == Status.READING
    assert Bed.objects.count() == 0
    workers.start()
    send_until(workers, lambda: status(batch) == Status.READY, "the slip")
    assert (batch.new, batch.errors, batch.total) == (MANY, 0, MANY)


@pytest.fixture
def held() -> Iterator[psycopg.Connection]:
    """Keeps the last statement of an apply, the record of it in the log, waiting."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        yield other


def hold_log(other: psycopg.Connection) -> None:
    other.execute("LOCK TABLE eldercare_auditevent IN SHARE MODE")


def backend_that_waits() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
            WHERE datname = current_database() AND NOT granted AND relation = 'eldercare_auditevent'::regclass"""
        )
        row = cursor.fetchone()
    return row[0] if row else None


def written_but_not_committed(batch, workers, held):
    worker = workers.start()
    send_until(workers, lambda: status(batch) == Status.READY, "the slip")
    hold_log(held)
    ask_to_apply(batch, by=batch.created_by)
    workers.send()
    wait_for(backend_that_waits, "the apply to come to its end")
    return worker


def test_worker_killed_while_writing(batch, workers, held):
    worker = written_but_not_committed(batch, workers, held)
    workers.kill(worker)
    held.rollback()
    wait_for(lambda: backend_that_waits() is None, "the dead worker's session")
    assert (status(batch), Bed.objects.count()) == (Status.APPLYING, 0)
    workers.start()
    send_until(workers, lambda: status(batch) == Status.APPLIED, "the apply")
    assert Bed.objects.count() == ROWS


def test_connection_lost_while_writing(batch, workers, held):
    written_but_not_committed(batch, workers, held)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend_that_waits()])
    held.rollback()
    wait_for(lambda: backend_that_waits() is None, "the lost session")
    assert (status(batch), Bed.objects.count()) == (Status.APPLYING, 0)
    send_until(workers, lambda: status(batch) == Status.APPLIED, "the apply")
    assert Bed.objects.count() == ROWS


def test_two_workers_at_once_write_once(batch, workers):
    workers.start()
    workers.start()
    send_until(workers, lambda: status(batch) == Status.READY, "the slip")
    ask_to_apply(batch, by=batch.created_by)
    for _ in range(3):
        workers.send()
    send_until(workers, lambda: status(batch) == Status.APPLIED, "the apply")
    assert Bed.objects.count() == ROWS
    event = next(iter(Bed.pgh_event_models.values()))
    assert event.objects.count() == ROWS


def test_rows_lost_with_the_staging_table_are_read_again(batch, workers):
    workers.start()
    send_until(workers, lambda: status(batch) == Status.READY, "the slip")
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Stage(batch, ledger_of('beds')).table}")
    ask_to_apply(batch, by=batch.created_by)
    send_until(workers, lambda: status(batch) == Status.READY, "the slip again")
    assert "再确认一次" in batch.message
    assert Bed.objects.count() == 0
    ask_to_apply(batch, by=batch.created_by)
    send_until(workers, lambda: status(batch) == Status.APPLIED, "the apply")
    assert Bed.objects.count() == ROWS


RESTART = Path(__file__).with_name("restart_while_writing.py")


def test_database_server_crashes_while_writing(tmp_path):
    """On a server of its own: a backend that is killed makes PostgreSQL restart and lose unlogged tables."""
    done = subprocess.run(
        [sys.executable, str(RESTART)],
        cwd=REPO,
        env=environment(tmp_path / "var"),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said == {
        "after the crash": ["applying", 0],
        "read again": ["ready", 0, True],
        "applied": ["applied", 3000],
    }
