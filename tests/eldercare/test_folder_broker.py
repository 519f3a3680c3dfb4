"""Messages in folders: whoever looks into the folder at any moment finds whole files."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from django.conf import settings
from kombu import Connection

from eldercare import embedded, folder_broker

MESSAGES = 400
# Another process that sends.
SENDER = f"""
from tests.eldercare.test_folder_broker import options, connection
channel = connection(options()).channel()
for number in range({MESSAGES}):
    channel._put("jobs", {{"number": number, "text": "一" * 3000}})
"""


def options() -> dict:
    """As the portal's processes have them, by ELDERCARE_VAR."""
    return embedded.broker_settings(os.environ)["BROKER_TRANSPORT_OPTIONS"]


def connection(transport_options: dict) -> Connection:
    url = embedded.broker_settings(os.environ)["BROKER_URL"]
    return Connection(url, transport_options=transport_options)


@pytest.fixture
def folders(tmp_path, monkeypatch) -> dict:
    monkeypatch.setenv("ELDERCARE_VAR", str(tmp_path))
    monkeypatch.delenv("REDIS_URL", raising=False)
    return options()


@pytest.fixture
def channel(folders) -> Iterator[folder_broker.Channel]:
    with connection(folders) as link:
        yield link.channel()


def run(program: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )


class Watching:
    """A text that looks for empty files in a folder while it is written."""

    def __init__(self, folder: str) -> None:
        self.folder, self.looks, self.empty = Path(folder), 0, []

    def __json__(self) -> str:
        self.looks += 1
        self.empty += [each.name for each in self.folder.iterdir() if not each.stat().st_size]
        return "text"


def test_no_message_is_seen_before_it_is_written(channel, folders):
    text = Watching(folders["data_folder_in"])
    channel._put("jobs", {"body": text})
    assert (text.looks, text.empty) == (1, [])
    assert channel._get("jobs") == {"body": "text"}


def test_no_table_of_queues_is_seen_before_it_is_written(channel, folders):
    """A worker that finds an empty one does not start."""
    text = Watching(folders["control_folder"])
    channel._queue_bind("tables", text, "", "jobs")
    assert text.looks
    assert text.empty == []
    assert {each.queue for each in channel.get_table("tables")} == {"jobs"}


def test_every_message_arrives_once_while_others_are_written(channel):
    sender = run(SENDER)
    found: list[int] = []
    deadline = time.monotonic() + 60
    while len(found) < MESSAGES and time.monotonic() < deadline:
        try:
            found.append(channel._get("jobs")["number"])
        except Empty:
            time.sleep(0.001)
    assert sender.wait(30) == 0
    sender.stdout.close()
    assert sorted(found) == list(range(MESSAGES))


def test_two_queues_of_one_table_are_both_kept(channel):
    channel._queue_bind("tables", "first", "", "first")
    channel._queue_bind("tables", "second", "", "second")
    channel._queue_bind("tables", "second", "", "second")
    assert {each.queue for each in channel.get_table("tables")} == {"first", "second"}
    assert len(channel.get_table("tables")) == 2


def test_a_folder_that_cannot_be_written_is_said(channel, folders):
    for each in Path(folders["data_folder_in"]).iterdir():
        each.unlink()
    Path(folders["data_folder_in"]).rmdir()
    with pytest.raises(folder_broker.ChannelError, match=r"Cannot write .*jobs\.msg"):
        channel._put("jobs", {"body": 1})
