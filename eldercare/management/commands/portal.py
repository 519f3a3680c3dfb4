"""`make run`: the whole portal in one command, and everything it started gone when it ends.

Starts (or joins) the embedded PostgreSQL, migrates, loads the fixtures and, on an empty database, the demo
county; then runs a Celery worker, Celery beat and the web server as child processes, restarts one that
dies, and stops them all on Ctrl-C or SIGTERM. If this process is killed, the kernel ends the children
(Linux), and the next start ends what is left.
"""

import contextlib
import ctypes
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection

from eldercare import embedded
from eldercare.demo import is_demo_database
from eldercare.portal_lock import PortalLock

HOST = "127.0.0.1"
PR_SET_PDEATHSIG = 1
READY_TIMEOUT = 90  # seconds until the first page must answer
GRACE = 6  # seconds between the polite and the final signal
FAST_DEATHS = 5  # so many deaths of one child ...
FAST_WINDOW = 90  # ... within so many seconds, and the portal gives up
TELLING = (" WARNING ", " ERROR ", " CRITICAL ", "[ERROR]", "[CRITICAL]")


class Command(BaseCommand):
    help = "Runs the whole portal on this machine (`make run`): database, worker, beat and web server."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="port of the web server")

    def handle(self, *, port: str, **_options) -> None:
        number = port_number(port)
        end_with_parent(stops_with_parent())
        var = embedded.make_var_dir()
        lock = PortalLock(var / "portal.lock")
        try:
            parent = os.getppid() if stops_with_parent() else 0
            lock.take(f"http://{HOST}:{number}", parent=parent, say=self.say)
            for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(ending, lambda *_signal: interrupt(lock))
            end_left_overs(var / "portal.json")
            check_port_free(number)
            self.prepare()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
            return
        portal = Portal(number, var, lock=lock, say=self.say, makes_people=self.makes_people)
        try:
            portal.run(on_ready=lambda: self.welcome(number))
        finally:
            portal.stop()
            lock.release()
        self.stdout.write("Stopped.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def prepare(self) -> None:
        self.say("Starting the database ...")
        embedded.ensure_started()
        try:
            connection.ensure_connection()
        except OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"The database does not answer; check DATABASE_URL ({reason}).") from error
        self.say("Bringing the tables up to date ...")
        call_command("migrate", interactive=False, verbosity=0)
        self.say("Loading the reference data ...")
        call_command("load_fixtures", verbosity=0, stdout=io.StringIO())
        if not settings.PRODUCTION and not get_user_model().objects.exists():
            self.say("Making the demo county (only the first time) ...")
            call_command("seed_demo", verbosity=0, stdout=io.StringIO())
        self.makes_people = settings.DEMO_PEOPLE and is_demo_database()
        connection.close()

    def welcome(self, port: int) -> None:
        self.say(f"\nThe portal is running: http://{HOST}:{port}\n")
        if not settings.PRODUCTION:
            for line in account_table():
                self.say(line)
        if self.makes_people:
            self.say(
                "The demo's elders and two years of payments are written meanwhile (a few minutes, the first time)."
            )
        self.say(f"Logs are in {embedded.var_dir() / 'log'}. Ctrl-C stops everything.")


# --- Before anything is started ---------------------------------------------------------------------------


def port_number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def check_port_free(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise CommandError(
                f"Port {port} is reserved for root: use another, PORT=8001 make run."
            ) from error
        except OSError as error:
            raise CommandError(
                f"Port {port} of {HOST} is taken by another program: use another, PORT={port + 1} make run."
            ) from error


def interrupt(lock: PortalLock) -> None:
    lock.say_stopping()
    raise KeyboardInterrupt


def stops_with_parent() -> bool:
    return os.environ.get("ELDERCARE_STOP_WITH_PARENT") == "1"


def end_with_parent(wanted: bool) -> None:
    """Be told to stop when `make`, which started this process, is killed."""
    if wanted:
        set_parent_death_signal()


def set_parent_death_signal() -> None:
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


LIBC: Any = ctypes.CDLL(None)  # loaded here: a forked child must not have to


def end_left_overs(file: Path) -> None:
    """End what a killed portal left: only processes with the recorded number, start time and command."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        for entry in json.loads(file.read_text()):
            with contextlib.suppress(psutil.Error, ProcessLookupError, PermissionError):
                process = psutil.Process(entry["pid"])
                same = (
                    process.cmdline() == entry["command"]
                    and abs(process.create_time() - entry["started"]) < 5
                )
                if same:
                    os.killpg(process.pid, signal.SIGTERM)
                    with contextlib.suppress(psutil.TimeoutExpired):
                        process.wait(GRACE)
                    os.killpg(process.pid, signal.SIGKILL)
        file.unlink()


def account_table() -> list[str]:
    """One demo account per role, in columns; Chinese characters are two columns wide."""
    from eldercare.demo import ACCOUNTS

    first = {account["role"]: account for account in reversed(ACCOUNTS)}
    roles = dict.fromkeys(account["role"] for account in ACCOUNTS)
    rows = [("Role", "Name", "Account", "Password")]
    rows += [tuple(first[r][k] for k in ("role_label", "full_name", "username", "password")) for r in roles]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)) for row in rows
    ]
    return ["Demo accounts (invented people and figures):", *(f"  {line.rstrip()}" for line in lines), ""]


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


# --- While it runs ----------------------------------------------------------------------------------------


@dataclass
class Child:
    name: str
    command: list[str]
    is_once: bool = False  # works to its end; not started again
    process: subprocess.Popen | None = None
    deaths: list[float] = field(default_factory=list)
    start_at: float = 0.0
    read_to: int = 0


class Portal:
    """The child processes: started, watched, restarted, stopped."""

    def __init__(self, port: int, var: Path, *, lock: PortalLock, say, makes_people: bool = False) -> None:
        self.port = port
        self.lock = lock
        self.var = var
        self.say = say
        self.stopping = False
        self.log_folder = var / "log"
        beat_folder = var / "beat"
        for folder in (self.log_folder, beat_folder):
            folder.mkdir(exist_ok=True)
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "-A", "eldercare"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        web = [
            "--interface",
            "wsgi",
            "--host",
            HOST,
            "--port",
            str(port),
            "--workers",
            "2",
            "--no-ws",
            "--http",
            "1",
        ]
        web += ["--blocking-threads", "1", "--respawn-failed-workers", "--workers-kill-timeout", "4"]
        self.children = [
            Child(
                "worker",
                [*celery, "worker", "--concurrency", "2", "--hostname", "portal@%h", "-l", "info", *quiet],
            ),
            Child(
                "beat",
                [*celery, "beat", "--schedule", str(beat_folder / "schedule"), "--pidfile=", "-l", "info"],
            ),
            Child("web", [*python, "granian", *web, "eldercare.wsgi:application"]),
        ]
        # 140,000 people take minutes: beside the running portal, and least of all in its way.
        people = ["nice", "-n", "15", sys.executable, "manage.py", "seed_demo", "--people"]
        self.later = [Child("demo", people, is_once=True)] if makes_people else []

    def run(self, *, on_ready) -> None:
        """Start everything; return when told to stop. Raises CommandError if a child cannot be kept alive."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        self.say("Starting worker, beat and web server ...")
        for child in self.children:
            rotate(self.log_folder / f"{child.name}.log")
        ready = False
        give_up = time.monotonic() + READY_TIMEOUT
        while not self.stopping:
            for child in [*self.children]:
                self.keep_alive(child)
                self.relay_warnings(child)
            if not ready and self.answers():
                ready = True
                on_ready()
                self.children += self.later
            elif not ready and time.monotonic() > give_up:
                raise CommandError(f"The web server does not answer: see {self.log_folder / 'web.log'}.")
            time.sleep(0.2)

    def on_signal(self, *_signal) -> None:
        if self.stopping:  # asked twice: no more patience
            self.signal_all(signal.SIGKILL)
        self.stopping = True
        self.lock.say_stopping()

    def keep_alive(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None and child.process.poll() is not None:
            code = child.process.returncode
            kill_group(child.process.pid)
            child.process = None
            if child.is_once:
                self.children.remove(child)
                if code:
                    self.say(f"The {child.name} process failed: see {self.log_folder / f'{child.name}.log'}.")
                return
            child.deaths = [*(d for d in child.deaths if now - d < FAST_WINDOW), now]
            if len(child.deaths) >= FAST_DEATHS:
                log = self.log_folder / f"{child.name}.log"
                raise CommandError(f"The {child.name} process keeps ending (exit code {code}): see {log}.")
            child.start_at = now + 2 ** (len(child.deaths) - 1)
            self.say(f"The {child.name} process ended (exit code {code}); starting it again.")
        if child.process is None and now >= child.start_at and not self.stopping:
            self.start(child)

    def start(self, child: Child) -> None:
        # Celery: SIGTERM ends running tasks instead of waiting for them; their job rows bring them back.
        environment = os.environ | {"PYTHONUNBUFFERED": "1", "REMAP_SIGTERM": "SIGQUIT"}
        environment["DJANGO_SETTINGS_MODULE"] = "eldercare.settings"
        with open(self.log_folder / f"{child.name}.log", "ab") as log:
            child.process = subprocess.Popen(
                child.command,
                cwd=settings.BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches this process only, which then stops them in order
                preexec_fn=set_parent_death_signal,
            )
        self.record()

    def record(self) -> None:
        entries = []
        for child in self.children:
            with contextlib.suppress(psutil.Error, AttributeError):
                process = psutil.Process(child.process.pid)
                entries.append(
                    {
                        "pid": process.pid,
                        "started": process.create_time(),
                        "command": [*map(str, child.command)],
                    }
                )
        draft = self.var / "portal.json.draft"
        draft.write_text(json.dumps(entries))
        draft.replace(self.var / "portal.json")

    def answers(self) -> bool:
        link = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            link.request("GET", "/")
            return link.getresponse().status < 500
        except OSError:
            return False
        finally:
            link.close()

    def relay_warnings(self, child: Child) -> None:
        """Show what the child logged as a warning or worse, one short line each."""
        log = self.log_folder / f"{child.name}.log"
        if not log.exists() or log.stat().st_size <= child.read_to:
            return
        with open(log, "rb") as stream:
            stream.seek(child.read_to)
            text = stream.read(200_000)
        whole = text.rfind(b"\n") + 1
        child.read_to += whole or (len(text) if len(text) == 200_000 else 0)
        lines = [
            line
            for line in text[:whole].decode(errors="replace").splitlines()
            if any(m in line for m in TELLING)
        ]
        for line in lines[:5]:
            self.say(f"[{child.name}] {line[:200]}")
        if len(lines) > 5:
            self.say(f"[{child.name}] ... and {len(lines) - 5} more: see {log}")

    def stop(self) -> None:
        self.stopping = True
        self.lock.say_stopping()
        self.signal_all(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline and any(
            c.process and c.process.poll() is None for c in self.children
        ):
            time.sleep(0.05)
        for child in self.children:
            if child.process is not None:
                kill_group(child.process.pid)
                child.process.wait()
        (self.var / "portal.json").unlink(missing_ok=True)

    def signal_all(self, number: int) -> None:
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    child.process.send_signal(number)


def kill_group(pid: int) -> None:
    """End what is left of a child's own process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def rotate(log: Path, keep: int = 3) -> None:
    for number in range(keep, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        newer = log.with_name(f"{log.name}.{number - 1}") if number > 1 else log
        if newer.exists():
            newer.replace(older)
