"""The machinery behind the tests: the database server, a broker of the suite's own, real worker and web
processes.

The suite runs on the embedded PostgreSQL and the folder broker, or, with DATABASE_URL and REDIS_URL, on
those servers. `make test` runs it in several processes; each has a database, a broker and a portal of its own.
"""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from eldercare import embedded

pytest_plugins = ["tests.dealing", "tests.machine"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PATIENCE = 60  # seconds for a process to come up; a limit, not an expectation

# Tests that belong to one kind of run: `@pytest.mark.where("redis")`. Elsewhere they are not part of the suite.
WHERE = {
    "redis": "REDIS_URL" in os.environ,  # the second run of .ci/run
    "root": os.geteuid() == 0,
    "linux": sys.platform == "linux",
}


# Whoever asks for one of these meets the database server or the broker; every other test knows neither.
SERVERS = {"django_db_modify_db_settings", "own_broker"}


def pytest_addoption(parser: pytest.Parser) -> None:
    meaning = "only what meets the database server or the broker: the rest is the same on every server"
    parser.addoption("--on-servers", action="store_true", help=meaning)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"where(name): part of the suite only with {', '.join(WHERE)}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept, elsewhere = [], []
    for item in items:
        is_part = all(WHERE[mark.args[0]] for mark in item.iter_markers("where"))
        is_part &= meets_servers(item) or not config.getoption("on_servers")
        (kept if is_part else elsewhere).append(item)
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = kept


def meets_servers(item: pytest.Item) -> bool:
    is_marked = item.get_closest_marker("django_db") is not None
    return is_marked or not SERVERS.isdisjoint(item.fixturenames)


# Test data need not outlive a power cut. libpq hands this to every connection, those of child processes too.
os.environ["PGOPTIONS"] = "-c synchronous_commit=off"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(pytestconfig) -> None:
    """Start or join the database server, and name the test database after this process.

    So two suites can run at once. ``--reuse-db`` keeps the plain name.
    """
    from django.db import connection

    embedded.ensure_started()
    if not pytestconfig.getoption("reuse_db"):
        drop_databases_of_dead_suites()
        connection.settings_dict["TEST"]["NAME"] = f"test_{connection.settings_dict['NAME']}_{os.getpid()}"


def drop_databases_of_dead_suites() -> None:
    """Only on the embedded server: there alone a process number in a name means a process of this machine."""
    import psutil
    import psycopg

    if not embedded.uses_embedded():
        return
    parameters = {"host": str(embedded.socket_dir()), "user": embedded.ROLE, "dbname": embedded.DATABASE}
    with psycopg.connect(**parameters, autocommit=True) as connection:
        prefix = f"test_{embedded.DATABASE}_"
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        for (name,) in rows.fetchall():
            owner = name.removeprefix(prefix).split("_")[0]
            if owner.isdecimal() and not psutil.pid_exists(int(owner)):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session", autouse=True)
def broker_name() -> Iterator[None]:
    """Messages of this suite stay among its own processes: a folder, or a key prefix in Redis, of its own."""
    from eldercare.celery import app

    name = f"test-{os.getpid()}"
    os.environ["ELDERCARE_BROKER_NAME"] = name
    settings = {key.lower(): value for key, value in embedded.broker_settings(os.environ).items()}
    app.conf.update(settings)
    yield
    folder = settings["broker_transport_options"].get("control_folder")
    if folder:
        shutil.rmtree(Path(folder).parent, ignore_errors=True)
    else:
        forget_redis_keys(name)


@pytest.fixture(scope="session")
def own_broker(broker_name) -> None:
    """For tests that send or receive."""


def forget_redis_keys(name: str) -> None:
    import redis

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.scan_iter(f"{name}:*"):
            client.delete(key)


# --- Real processes on the test database ------------------------------------------------------------------


@dataclass
class Process:
    """A child of the suite that ends with it, and its log."""

    popen: subprocess.Popen
    log: Path

    def wait_for(self, ready, what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if self.popen.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{what} did not start:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        self.popen.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(10)
        # A child that outlives its parent would keep its session in the test database, which then cannot be dropped.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()


def start_process(arguments: list[str], log: Path) -> Process:
    """Run ``python -m ...`` from the project folder on the suite's test database and broker."""
    from django.conf import settings

    from eldercare.management.commands.portal import set_parent_death_signal

    environment = os.environ | {
        "ELDERCARE_DB_NAME": settings.DATABASES["default"]["NAME"],
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONUNBUFFERED": "1",
        "REMAP_SIGTERM": "SIGQUIT",
    }
    with open(log, "wb") as stream:
        popen = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            preexec_fn=set_parent_death_signal,
        )
    return Process(popen, log)


@pytest.fixture(scope="session")
def celery_worker_process(django_db_setup, own_broker, tmp_path_factory) -> Iterator[Process]:
    """A real Celery worker on the test database. Tests that need what it does must be transactional."""
    log = tmp_path_factory.mktemp("worker") / "worker.log"
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    options = ["--hostname", "suite@%h", "--concurrency", "1", "-l", "info", *quiet]
    worker = start_process(["celery", "-A", "eldercare", "worker", *options], log)
    worker.wait_for(lambda: b" ready." in log.read_bytes(), "The Celery worker")
    yield worker
    worker.stop()


@pytest.fixture(scope="session")
def live_portal(django_db_setup, own_broker, tmp_path_factory) -> Iterator[str]:
    """The address of the real web server on the test database. Tests that use it must be transactional."""
    log = tmp_path_factory.mktemp("web") / "web.log"
    port = free_port()
    options = [
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-ws",
        "--workers-kill-timeout",
        "4",
    ]
    web = start_process(["granian", *options, "--blocking-threads", "2", "eldercare.wsgi:application"], log)
    web.wait_for(lambda: answers(port), "The web server")
    yield f"http://127.0.0.1:{port}"
    web.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int, path: str = "/") -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", path)
        return link.getresponse().status < 500
    except OSError:
        return False
    finally:
        link.close()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The machine's own Chromium, for ``playwright.chromium.launch(executable_path=...)``."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    pytest.fail(
        "The browser tests need a Chromium: run `make test`, or apt-get install chromium fonts-noto-cjk."
    )
