"""A database of the run's own, and measurements each in a process of its own."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from eldercare import embedded

REPO = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
# Neither a power cut nor the timing of the disk is what is measured; floors and portal alike run with it.
PG_OPTIONS = "-c synchronous_commit=off"


@contextlib.contextmanager
def scratch_database() -> Iterator[None]:
    """All of the portal's tables in a new database; dropped afterwards."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eldercare.settings")
    os.environ["PGOPTIONS"] = PG_OPTIONS
    embedded.ensure_started()
    import django

    django.setup()
    from django.db import connection

    plain = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"test_{plain}_{os.getpid()}"
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    os.environ["ELDERCARE_DB_NAME"] = name
    try:
        yield
    finally:
        connection.creation.destroy_test_db(plain, verbosity=0)


def measured(case: str, **arguments: object) -> dict:
    """The figures of one measurement: ``measure.py`` runs it in a new process and prints them."""
    command = [sys.executable, "-m", "tests.bench.measure", case, json.dumps(arguments)]
    done = subprocess.run(command, cwd=REPO, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def peak_memory(pid: int | str = "self") -> float | None:
    """The largest resident memory of a process so far, in MB. None where /proc does not tell.

    ``getrusage`` would do for oneself, but a child's figure there begins with its parent's.
    """
    with contextlib.suppress(OSError):
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return int(found[1]) * 1024 / MEGABYTE if found else None
    return None
