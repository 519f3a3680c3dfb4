"""Uploads from the command line, and two clerks at once."""

import json
import threading
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from eldercare.excel.batches import ask_to_apply
from eldercare.excel.working import work_on
from eldercare.models import ImportBatch
from facilities.models import Bed
from tests.facilities.factories import make_bed, make_facility
from tests.facilities.uploads import upload, workbook

HEADINGS = ("机构名称", "房间", "床号", "护理型")


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院")


def run(*arguments: str) -> dict:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.django_db
def test_import_prints_the_slip_and_undo_takes_it_back(cast, home, tmp_path):
    path, receipt = tmp_path / "床位.xlsx", tmp_path / "回执.xlsx"
    path.write_bytes(workbook(HEADINGS, ("沈荡敬老院", "101", "1", "是"), ("沈荡敬老院", "101", "2", "也许")))
    book = openpyxl.load_workbook(path)
    book["台账"]["A3"].number_format = "0.000"
    book.save(path)
    said = run("import_ledger", "beds", str(path), "--user", "shendang", "--receipt", str(receipt))
    assert {key: said[key] for key in ("new", "changed", "unchanged", "missing", "warnings", "errors")} == {
        "new": 1, "changed": 0, "unchanged": 0, "missing": 0, "warnings": 0, "errors": 1,
    }  # fmt: skip
    (error,) = said["error_list"]
    assert (error["sheet"], error["row"], error["column"], error["value"]) == ("台账", 3, "D", "也许")
    given_back = openpyxl.load_workbook(receipt)
    assert given_back["台账"]["D3"].comment is not None
    assert given_back["台账"]["A3"].number_format == "0.000"  # the own workbook, formats and all, not a copy
    assert Bed.objects.count() == 0

    with pytest.raises(CommandError, match="1 行有错误"):
        run("import_ledger", "beds", str(path), "--user", "shendang", "--apply")
    done = run(
        "import_ledger",
        "beds",
        str(path),
        "--user",
        "shendang",
        "--apply",
        "--only-good",
        "--month",
        "2024-05",
    )
    assert (done["status"], Bed.objects.get().in_use_from.isoformat()) == ("applied", "2024-05-31")
    undone = run("undo_import", str(done["import_id"]), "--user", "shendang", "--reason", "传错了")
    assert (undone["status"], undone["left"], Bed.objects.count()) == ("undone", [], 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--user", "nobody"), "没有用户名"),
        (("--user", "shendang", "--org", "330424102"), "只能上传本单位"),
        (("--user", "lingdao"), "不能上传"),
        (("--user", "shendang", "--month", "2024年5月"), "2025-06 的样子"),
        (("--user", "shendang", "--sheet", "没有的"), "没有名为"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(cast, home, tmp_path, arguments, words):
    path = tmp_path / "床位.xlsx"
    path.write_bytes(workbook(HEADINGS, ("沈荡敬老院", "101", "1", "是")))
    with pytest.raises(CommandError, match=words):
        run("import_ledger", "beds", str(path), *arguments)
    assert Bed.objects.count() == 0


@pytest.mark.django_db
def test_a_township_cannot_take_back_anothers_upload(cast, home, tmp_path):
    path = tmp_path / "床位.xlsx"
    path.write_bytes(workbook(HEADINGS, ("沈荡敬老院", "101", "1", "是")))
    done = run("import_ledger", "beds", str(path), "--user", "shendang", "--apply")
    with pytest.raises(CommandError, match="没有编号"):
        run("undo_import", str(done["import_id"]), "--user", "baibu", "--reason", "试试")
    assert Bed.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clerks_with_overlapping_files_do_not_interleave(cast, home):
    """Both want the same bed changed and the same bed made: one is written, the other sees it and decides again."""
    make_bed(home, "1", room="101")
    rows = [
        ("沈荡敬老院", "101", "1", "是"),
        *(("沈荡敬老院", "201", str(number), "是") for number in range(50)),
    ]
    first = upload("beds", workbook(HEADINGS, *rows), by=cast.township_clerk)
    second = upload("beds", workbook(HEADINGS, *rows), by=cast.county_clerk, org_unit=cast.township)
    for batch in (first, second):
        ask_to_apply(batch, by=batch.created_by)
    start = threading.Barrier(2)

    def work(pk: int) -> None:
        start.wait()
        try:
            work_on(pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(batch.pk,)) for batch in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for batch in (first, second):
        batch.refresh_from_db()
    assert sorted([first.status, second.status]) == [ImportBatch.Status.APPLIED, ImportBatch.Status.READY]
    loser = first if first.status == ImportBatch.Status.READY else second
    assert (loser.new, loser.changed, loser.unchanged) == (0, 0, 51)
    assert "又被改过" in loser.message
    assert Bed.objects.count() == 51
