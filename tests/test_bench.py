"""`make bench` itself: that it runs, on a scratch database which is gone afterwards, and says what it measured."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.django_db
def test_cases_run_and_show_their_tables(tmp_path):
    figures = tmp_path / "figures.json"
    cases = ["uploads", "exports", "batches", "people", "elders", "register"]
    options = ["--cases", *cases, "--sizes", "200", "--runs", "1", "--json", figures]
    environment = {key: value for key, value in os.environ.items() if key != "ELDERCARE_DB_NAME"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *options],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for line in (
        "Upload of a staff ledger",
        "django-import-export / portal =",
        "portal / COPY to CSV =",
        "List of elders",
        "encrypted / plain copy =",
    ):
        assert line in done.stdout
    uploads, exports, batches, people, _, register = json.loads(figures.read_text())["cases"]
    floor, portal, stock = uploads["measurements"]
    assert portal["counts"]["total"] == 200
    assert (portal["counts"]["new"], portal["counts"]["errors"]) == (
        stock["counts"]["new"],
        stock["counts"]["invalid"],
    )
    assert min(each["seconds"] for each in (floor, portal, stock, *exports["measurements"])) > 0
    bare, made = batches["measurements"]
    assert made["counts"]["lines"] == bare["counts"]["lines"] > 200
    assert [each["counts"]["statements"] for each in people["measurements"]] == [4, 4, 4]
    assert {each["counts"]["new"] for each in register["measurements"]} == {200}
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE '%%\\_copy'")
        assert cursor.fetchall() == []
