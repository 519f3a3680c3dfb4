"""The command line takes the same steps, and refuses with a sentence and exit code 2."""

import datetime as dt
import json
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests.subsidies.batches import make_register, returned, rows_of

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2025, 6, 12, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(TODAY, tick=False):
        yield


def run(*arguments) -> dict:
    out = StringIO()
    call_command("payments", *map(str, arguments), stdout=out)
    return json.loads(out.getvalue())


def refused(*arguments) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert caught.value.returncode == 2
    return str(caught.value)


def test_from_making_to_the_return_file(cast, tmp_path):
    make_register(cast, code="old-age")
    clerk, reviewer = ("--user", "xianji"), ("--user", "shenhe")
    made = run("make", "old-age", "2025-05", *clerk)
    assert (made["state"], made["people"], made["amount"], made["undecided"]) == ("checking", 6, "300.00", 0)
    number = made["batch"]
    assert run("submit", number, *clerk)["state"] == "submitted"
    assert "不能审批" in refused("approve", number, *clerk)
    assert run("approve", number, *reviewer)["state"] == "approved"
    sheet = tmp_path / "sheet.xlsx"
    assert run("export", number, "--out", sheet, *clerk)["first_export"] is True
    first = sheet.read_bytes()
    assert run("export", number, "--out", sheet, *clerk)["first_export"] is False
    assert sheet.read_bytes() == first
    back = tmp_path / "back.xlsx"
    rows = rows_of(first)
    back.write_bytes(returned([rows[0] | {"补贴金额": 1}, *rows[1:]]))
    assert "没有登记。第 2 行" in refused("match", number, "--file", back, *clerk)
    back.write_bytes(returned(rows, failed={"1": "销户"}))
    answer = run("match", number, "--file", back, *clerk)
    assert (answer["state"], answer["paid"], answer["failed_amount"]) == ("reconciled", 5, "50.00")


def test_refusals_are_sentences(cast, tmp_path):
    make_register(cast, code="old-age")
    assert "没有代码为“young-age”" in refused("make", "young-age", "2025-05", "--user", "xianji")
    assert "月份应写成" in refused("make", "old-age", "五月", "--user", "xianji")
    assert "没有用户名" in refused("make", "old-age", "2025-05", "--user", "nobody")
    assert "不能编制" in refused("make", "old-age", "2025-05", "--user", "lingdao")
    assert "没有编号为 0" in refused("submit", 0, "--user", "xianji")
