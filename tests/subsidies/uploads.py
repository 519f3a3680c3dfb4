"""What the tests of this app's sheets share; files and slips are made as in tests/facilities/uploads.py."""

import datetime as dt

from eldercare.excel.undoing import undo
from eldercare.identity import synthetic_id
from eldercare.models import ImportBatch, ImportLine, User
from tests.facilities.uploads import DAY, apply, upload, workbook

Status, State = ImportBatch.Status, ImportLine.State
BORN = dt.date(1941, 3, 9)

__all__ = [
    "BORN", "DAY", "State", "Status", "apply", "counts", "lost_digits", "messages", "number_of", "sheet", "take_back",
    "upload", "workbook",
]  # fmt: skip


def number_of(place: int, born: dt.date = BORN) -> str:
    """The place-th number of people born that day: odd is a man's."""
    return synthetic_id(born, place)


def sheet(ledger: str, headings: tuple[str, ...], *rows: tuple, by: User, **more) -> ImportBatch:
    return upload(ledger, workbook(headings, *rows), by=by, **more)


def messages(batch: ImportBatch) -> dict[int, list[str]]:
    """What was said about each row."""
    lines = batch.lines.exclude(findings=[])
    return {line.row: [each["message"] for each in line.findings] for line in lines}


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """New, changed, unchanged, in error."""
    return batch.new, batch.changed, batch.unchanged, batch.errors


def take_back(batch: ImportBatch) -> None:
    undo(batch, by=batch.created_by, reason="传错了文件")
    batch.refresh_from_db()


def lost_digits(number: str) -> float:
    """A number as Excel keeps it in a cell that is not text."""
    return float(number[:15] + "000")
