"""Running the portal's commands as somebody would on a machine of their own: helpers for the set-up tests."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from eldercare import embedded

REPO = embedded.REPO_DIR
PATIENCE = 60  # seconds; a limit against hanging, not an expectation


def environment(var: Path, **more: str) -> dict[str, str]:
    """Nothing of the suite's own: no server named, no test database, no broker."""
    ours = (
        "DATABASE_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "ALLOWED_HOSTS",
        "DEBUG",
        "PORT",
        "PGOPTIONS",
    )
    kept = {
        k: v for k, v in os.environ.items() if k not in ours and not k.startswith(("ELDERCARE_", "DJANGO_"))
    }
    return kept | {"ELDERCARE_VAR": str(var), "DEMO_PEOPLE": "0"} | more


def manage(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(REPO / "manage.py"), *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        timeout=PATIENCE,
    )


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    """What a command that must fail says: one line, no traceback."""
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def reachable_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="eldercare-test-"))
    folder.chmod(0o755)  # for root, PostgreSQL's own user must get in
    (folder / "assets").mkdir()
    return folder


@pytest.fixture
def var() -> Iterator[Path]:
    folder = reachable_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def bystander() -> Iterator[psutil.Process]:
    """A process of somebody else, whose number happens to stand in our files."""
    process = subprocess.Popen(["sleep", "300"])
    yield psutil.Process(process.pid)
    process.kill()
    process.wait()
