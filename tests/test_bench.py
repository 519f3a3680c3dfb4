"""`make bench` itself: that it runs, on a scratch database which is gone afterwards, and says what it measured."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.django_db
def test_a_case_runs_and_shows_its_table(tmp_path):
    figures = tmp_path / "figures.json"
    options = ["--cases", "uploads", "exports", "--sizes", "200", "--runs", "1", "--json", figures]
    environment = {key: value for key, value in os.environ.items() if key != "ELDERCARE_DB_NAME"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *options],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for line in ("Upload of a staff ledger", "django-import-export / portal =", "portal / COPY to CSV ="):
        assert line in done.stdout
    uploads, exports = json.loads(figures.read_text())["cases"]
    floor, portal, stock = uploads["measurements"]
    assert portal["counts"]["total"] == 200
    assert (portal["counts"]["new"], portal["counts"]["errors"]) == (
        stock["counts"]["new"],
        stock["counts"]["invalid"],
    )
    assert min(each["seconds"] for each in (floor, portal, stock, *exports["measurements"])) > 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE '%%\\_copy'")
        assert cursor.fetchall() == []
