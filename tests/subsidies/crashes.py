"""Processes that take the steps of a payment batch and may be killed, and sessions that make them wait."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from eldercare.management.commands.portal import set_parent_death_signal
from tests.machine import REPO
from tests.plugins import start_process

PATIENCE = 60  # seconds; a limit against hanging
HANDS = Path(__file__).with_name("crash_hands.py")


def wait_for(ready: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited in vain for {what}.")
        time.sleep(0.02)


class Hands:
    """Takes steps of ``manage.py payments`` one after the other, each in a process of its own."""

    def __init__(self) -> None:
        environment = os.environ | {
            "ELDERCARE_DB_NAME": settings.DATABASES["default"]["NAME"],
            "SECRET_KEY": settings.SECRET_KEY,
        }
        self.popen = subprocess.Popen(
            [sys.executable, HANDS],
            cwd=REPO,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=set_parent_death_signal,
        )
        assert self._said() == "ready"

    def _said(self):
        return json.loads(self.popen.stdout.readline())

    def begin(self, *arguments: object, dies_at: int | None = None, dies_after: float | None = None) -> None:
        order = {"arguments": [str(each) for each in arguments], "dies_at": dies_at, "dies_after": dies_after}
        self.popen.stdin.write(json.dumps(order) + "\n")
        self.popen.stdin.flush()

    def end(self) -> dict:
        return self._said()

    def run(self, *arguments: object) -> dict:
        self.begin(*arguments)
        return self.end()

    def kill_somewhere(self, chance: random.Random, usual: dict, *arguments: object) -> bool:
        """At a point or a moment by chance of a run that took ``usual``; False if it was faster."""
        if chance.random() < 0.5:
            self.begin(*arguments, dies_at=chance.randint(1, usual["points"]))
        else:
            self.begin(*arguments, dies_after=chance.uniform(0, usual["seconds"]))
        return self.end()["code"] == -signal.SIGKILL

    def stop(self) -> None:
        self.popen.stdin.close()
        self.popen.wait(PATIENCE)
        self.popen.stdout.close()


# --- A real worker --------------------------------------------------------------------------------------------


def start_worker(folder: Path, number: int):
    log = folder / f"worker{number}.log"
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    options = ["--hostname", f"w{number}@%h", "--concurrency", "1", "-l", "info", *quiet]
    worker = start_process(["celery", "-A", "eldercare", "worker", *options], log)
    worker.wait_for(lambda: b" ready." in log.read_bytes(), "The Celery worker")
    return worker


def send() -> None:
    call = [sys.executable, "-m", "celery", "-A", "eldercare", "call", "subsidies.tasks.make_batches"]
    environment = os.environ | {
        "ELDERCARE_DB_NAME": settings.DATABASES["default"]["NAME"],
        "SECRET_KEY": settings.SECRET_KEY,
    }
    subprocess.run(call, cwd=REPO, env=environment, check=True, capture_output=True)


# --- Two at once ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def holding(statement: str, *params: object) -> Iterator[None]:
    """Another session holds what the statement locks."""
    with psycopg.connect(
        **connection.get_connection_params() | {"cursor_factory": psycopg.Cursor, "autocommit": False}
    ) as other:
        other.execute(statement, params)
        yield
        other.rollback()


def waiting() -> int:
    """Sessions of the test's database that wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )
        return cursor.fetchone()[0]


def both(pair: tuple[Hands, Hands], held: tuple, *arguments: object) -> list[dict]:
    """Two processes take the same step; both have begun and wait for the same row before either goes on."""
    with holding(*held):
        for each in pair:
            each.begin(*arguments)
        wait_for(lambda: waiting() == 2, "both to wait")
    return [each.end() for each in pair]
