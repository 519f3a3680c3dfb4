"""Workbooks for tests of uploads, and the way from a file to a slip without a worker process."""

import datetime as dt
import io
import uuid
from collections.abc import Sequence

import xlsxwriter

from eldercare.excel.batches import ask_to_apply, take_in
from eldercare.excel.ledgers import ledger_of
from eldercare.excel.working import work_on
from eldercare.models import ImportBatch, OrgUnit, User

DAY = dt.date(2025, 6, 30)


def workbook(headings: Sequence[str], *rows: Sequence[object]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate([headings, *rows]):
            for column, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(line, column, value, day)
                elif value is not None:
                    sheet.write(line, column, value)
    return file.getvalue()


def upload(
    ledger: str, content: bytes, *, by: User, org_unit: OrgUnit | None = None, as_of: dt.date = DAY, **more
) -> ImportBatch:
    """The batch as it stands once a worker has read the file."""
    batch = take_in(
        ledger=ledger_of(ledger),
        content=content,
        filename=more.pop("filename", "台账.xlsx"),
        org_unit=org_unit or by.org_unit,
        as_of=as_of,
        by=by,
        token=more.pop("token", uuid.uuid4()),
        **more,
    )
    work_on(batch.pk)
    batch.refresh_from_db()
    return batch


def apply(batch: ImportBatch, *, by: User | None = None, **choices) -> ImportBatch:
    ask_to_apply(batch, by=by or batch.created_by, **choices)
    work_on(batch.pk)
    batch.refresh_from_db()
    return batch
