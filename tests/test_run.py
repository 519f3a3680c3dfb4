"""`make run`: what it starts, what it says, and that nothing of it is left."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from eldercare.demo import ACCOUNTS
from tests.machine import (
    PATIENCE,
    REPO,
    alive,
    environment,
    eventually,
    manage,
    reachable_folder,
    refusal,
)
from tests.plugins import free_port


class Run:
    """`manage.py portal`, as `make run` starts it, until it says that it is running.

    With ``under_make`` the process is a shell that stands where `make` does: the portal is its child. ``hear`` is
    called with each line that it says until then.
    """

    def __init__(
        self, var: Path, *, under_make: bool = False, hear: Callable[[str], None] = lambda line: None
    ) -> None:
        self.var = var
        self.port = free_port()
        command = [sys.executable, str(REPO / "manage.py"), "portal"]
        more = {}
        if under_make:
            command = ["sh", "-c", '"$@"; exit $?', "make", *command]
            more = {"ELDERCARE_STOP_WITH_PARENT": "1"}
        self.process = subprocess.Popen(
            command,
            env=environment(var, PORT=str(self.port), **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            hear(line)
            if "Ctrl-C stops everything" in line:
                return
        pytest.fail(f"The portal did not start:\n{self.said}")

    def all_processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, how: int) -> int:
        self.process.send_signal(how)
        self.said += self.process.communicate(timeout=PATIENCE)[0]
        return self.process.returncode


@pytest.fixture(scope="module")
def current() -> Iterator[dict[str, Run]]:
    """The portal of this module: one data folder, so that only its first run makes the demo county."""
    portals: dict[str, Run] = {}
    yield portals
    if "run" in portals:
        if portals["run"].process.poll() is None:
            portals["run"].end(signal.SIGTERM)
        shutil.rmtree(portals["run"].var)


@pytest.fixture
def run(current) -> Run:
    """A running portal; the same one until a test ends it."""
    if "run" not in current or current["run"].process.poll() is not None:
        current["run"] = Run(current["run"].var if "run" in current else reachable_folder())
    return current["run"]


def test_run_prints_the_address_and_an_account_for_each_role(run):
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/", timeout=30) as page:
        assert page.status == 200
        assert "sign-in" in page.url
    assert f"http://127.0.0.1:{run.port}" in run.said
    for role in {account["role_label"] for account in ACCOUNTS}:
        assert role in run.said
    assert (run.var / "secret_key").read_text().strip() not in run.said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_run_stops_everything_it_started_and_nothing_else(run, how, bystander):
    started = run.all_processes()
    names = " ".join(" ".join(process.cmdline()) for process in started)
    for part in ("worker", "beat", "granian", "postgres"):
        assert part in names
    assert run.end(how) == 0
    assert alive(started) == []
    assert alive([bystander])
    assert not (run.var / "portal.json").exists()


@pytest.mark.where("linux")  # the kernel's word to the children is Linux's
def test_killed_run_leaves_nothing_behind_and_starts_again(run):
    started = run.all_processes()
    run.end(signal.SIGKILL)
    assert eventually(lambda: not alive(started)), alive(started)
    again = Run(run.var)
    assert again.end(signal.SIGTERM) == 0


@pytest.mark.where("linux")
def test_a_run_after_make_was_killed_waits_until_the_portal_has_stopped(run):
    if run.process.poll() is None:
        run.end(signal.SIGTERM)
    orphan = Run(run.var, under_make=True)
    portal, *others = orphan.all_processes()
    children = [each for each in others if each.ppid() == portal.pid]
    portal.suspend()  # it stops as late as the next one has met it, however slow the machine is
    orphan.process.kill()
    orphan.process.wait()
    again = Run(run.var, hear=lambda line: portal.resume() if "still stopping" in line else None)
    left = alive([portal, *children])
    code = again.end(signal.SIGTERM)
    orphan.process.stdout.close()
    assert "still stopping" in again.said
    assert (left, code) == ([], 0)


def test_run_restarts_a_child_that_dies(run):
    def web_servers() -> list[psutil.Process]:
        children = psutil.Process(run.process.pid).children()
        return [child for child in alive(children) if "granian" in child.cmdline()]

    (web,) = web_servers()
    workers = web.children()
    web.kill()
    assert eventually(lambda: [p.pid for p in web_servers()] not in ([], [web.pid]))
    assert eventually(lambda: not alive(workers))


def test_second_run_of_a_folder_says_where_the_first_is(run):
    said = refusal(manage("portal", env=environment(run.var, PORT=str(free_port()))))
    assert "already running" in said
    assert str(run.port) in said


def test_taken_port_is_named_before_anything_is_started(var):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal(manage("portal", env=environment(var, PORT=str(port))))
    assert f"PORT={port + 1} make run" in said
    assert not (var / "postgres").exists()


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_port_that_is_none_is_refused(var, port):
    assert "PORT" in refusal(manage("portal", env=environment(var, PORT=port)))


def test_left_over_record_does_not_end_a_stranger(var, bystander):
    stale = [{"pid": bystander.pid, "started": bystander.create_time() - 100, "command": bystander.cmdline()}]
    stale += [{"pid": bystander.pid, "started": bystander.create_time(), "command": ["granian"]}]
    (var / "portal.json").write_text(json.dumps(stale))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        manage("portal", env=environment(var, PORT=str(other.getsockname()[1])))
    assert not (var / "portal.json").exists()
    assert alive([bystander])


def test_unreachable_database_is_one_sentence(var):
    env = environment(var, DATABASE_URL=f"postgresql://x@127.0.0.1:{free_port()}/x", PORT=str(free_port()))
    assert "DATABASE_URL" in refusal(manage("portal", env=env))
