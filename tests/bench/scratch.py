"""Databases of the run's own, and measurements each in a process of its own."""

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
# Neither a power cut nor the pace of the disk is what is measured; floors and portal alike run with it.
PG_OPTIONS = "-c synchronous_commit=off"


@contextlib.contextmanager
def empty_database() -> Iterator[None]:
    """All of the portal's tables in a new database, of which ``copy_of_it`` makes copies; dropped afterwards."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eldercare.settings")
    os.environ["PGOPTIONS"] = PG_OPTIONS
    embedded.ensure_started()
    import django

    django.setup()
    from django.db import connection

    from tests.template_database import prepared_template

    plain = connection.settings_dict["NAME"]
    # As the suite names its own, which clears away what a process that was killed left behind.
    connection.settings_dict["TEST"]["NAME"] = f"test_{plain}_{os.getpid()}"
    connection.settings_dict["TEST"]["TEMPLATE"] = prepared_template()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(plain, verbosity=0)


@contextlib.contextmanager
def copy_of_it() -> Iterator[None]:
    """This process and the measurements use a fresh copy of the empty database."""
    from django.db import connection

    settings = connection.settings_dict
    whole = settings["NAME"]
    connection.close()
    connection.creation.clone_test_db(suffix="copy", verbosity=0, autoclobber=True)
    settings["NAME"] = os.environ["ELDERCARE_DB_NAME"] = f"{whole}_copy"
    try:
        yield
    finally:
        connection.close()
        settings["NAME"] = whole
        connection.creation.destroy_test_db(old_database_name=None, verbosity=0, suffix="copy")


def measured(case: str, number: int, folder: Path, size: int) -> dict:
    """The figures of a case's measurement, made by a new process."""
    command = [sys.executable, "-m", "tests.bench.measure", case, str(number), str(folder), str(size)]
    done = subprocess.run(command, cwd=REPO, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def peak_memory(pid: int | str = "self") -> float | None:
    """The largest resident memory of a process so far, in MB. None where /proc does not tell.

    ``getrusage`` would not do: a child's figure begins there with its parent's.
    """
    with contextlib.suppress(OSError):
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return int(found[1]) / 1024 if found else None
    return None
