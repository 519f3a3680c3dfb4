"""`make bench` itself: that it runs, on a scratch database which is gone afterwards, and says what it measured."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.django_db
def test_every_case_runs_and_shows_its_table(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "ELDERCARE_DB_NAME"}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.bench",
            "--sizes",
            "60",
            "--runs",
            "1",
            "--json",
            tmp_path / "figures.json",
        ],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for line in (
        "Upload of a staff ledger",
        "django-import-export / portal =",
        "one township / whole month =",
    ):
        assert line in done.stdout
    cases = json.loads((tmp_path / "figures.json").read_text())["cases"]
    assert [each["case"] for each in cases] == ["uploads", "beds", "receipts", "exports", "metrics"]
    upload = next(each for each in cases[0]["measurements"] if each["label"] == "portal")
    assert upload["counts"]["total"] == 60
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", ["bench_"])
        assert cursor.fetchall() == []
