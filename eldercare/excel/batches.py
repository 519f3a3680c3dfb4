"""The life of an upload: taken in, read by a worker, shown, applied by a worker, perhaps undone.

The row of the batch is the job. A worker holds a lock of the database session while it works on one, so a batch
is in one hand at a time, and the lock of a worker that was killed is gone with its connection. Reading starts
from nothing and may be repeated; applying is one transaction.
"""

import datetime as dt
import hashlib
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from django.db import connection, transaction

from eldercare import audit, jobs
from eldercare.encryption_keys import key_ring
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.excel.arms_length import started
from eldercare.excel.ledgers import Ledger, ledger_of
from eldercare.excel.limits import LIMITS
from eldercare.excel.reading import Table, open_upload
from eldercare.excel.receipt import Receipt, write_receipt
from eldercare.excel.scratch import scratch
from eldercare.excel.slips import as_findings
from eldercare.excel.staging import Stage
from eldercare.models import AuditEvent, ColumnMapping, ImportBatch, ImportFile, OrgUnit, User

Status = ImportBatch.Status
LOCK_CLASS = 0x696D70  # any fixed number, for the locks of batches
FILE_CONTEXT = "eldercare.ImportFile.content"
MOST_ATTEMPTS = 3


# --- What a person does ---------------------------------------------------------------------------------------


@transaction.atomic
def take_in(
    *,
    ledger: Ledger,
    content: bytes,
    filename: str,
    org_unit: OrgUnit,
    as_of: dt.date,
    by: User,
    token: uuid.UUID,
    sheet: str = "",
) -> ImportBatch:
    """Keep an uploaded file and ask a worker to read it. The same ``token`` again is the same upload."""
    require(by, ledger, org_unit)
    if not content:
        raise Refused("文件是空的，里面没有内容。请核对是不是选错了文件，或数据没有保存。")
    if len(content) > LIMITS.file_bytes:
        raise Refused(
            f"文件有 {len(content) / 1024 / 1024:.1f} MB，超过了 {LIMITS.file_bytes // 1024 // 1024} MB。请删去图片和无关的工作表，或分成几个文件。"
        )
    ledger_day = as_of.replace(day=1) if ledger.takes_month else as_of
    file = _keep(content)
    batch, created = ImportBatch.objects.get_or_create(
        token=token,
        defaults={
            "ledger": ledger.key,
            "org_unit": org_unit,
            "as_of": ledger_day,
            "file": file,
            "filename": _shown_name(filename),
            "sheet": sheet[:60],
            "created_by": by,
        },
    )
    if not created:
        file.delete()
        if batch.created_by_id != by.pk:
            raise Conflict("这次上传已被别人提交，请重新打开上传页。")
        return batch
    record_step(batch, by, "上传", file=batch.file.sha256[:16])
    return batch


def _keep(content: bytes) -> ImportFile:
    """Sent beside the statement. As Django writes it into the statement, in hex, a large file takes a third of a second."""
    kept = key_ring().encrypt_bytes(content, FILE_CONTEXT)
    file = ImportFile(sha256=hashlib.sha256(content).hexdigest(), size=len(content), content=kept)
    sql = "INSERT INTO eldercare_importfile (sha256, size, content) VALUES (%s, %s, %s) RETURNING id"
    with connection.cursor() as cursor:
        plain = psycopg.Cursor(cursor.connection)
        (file.pk,) = plain.execute(sql, [file.sha256, file.size, kept]).fetchone()
    return file


@transaction.atomic
def match(batch: ImportBatch, *, sheet: str, mapping: Mapping[str, str], by: User) -> ImportBatch:
    """Read again, from a chosen sheet and with headings that a person matched; remembered for the layout."""
    batch = _locked(batch)
    require(by, ledger_of(batch.ledger), batch.org_unit)
    if batch.status not in (Status.UNMATCHED, Status.READY):
        raise Refused(f"这次上传{batch.get_status_display()}，不能再改表头对应。")
    batch.sheet, batch.mapping = sheet[:60], dict(mapping)
    batch.status, batch.message, batch.attempts, batch.progress = Status.READING, "", 0, 0
    batch.save()
    return batch


@transaction.atomic
def ask_to_apply(
    batch: ImportBatch, *, by: User, only_good: bool = False, close_missing: bool = False, reason: str = ""
) -> ImportBatch:
    """Hand a slip that was looked at to the worker. Asking twice is asking once."""
    batch = _locked(batch)
    ledger = ledger_of(batch.ledger)
    require(by, ledger, batch.org_unit)
    if batch.status in (Status.APPLYING, Status.APPLIED):
        return batch
    if batch.status != Status.READY:
        raise Refused(f"这次上传{batch.get_status_display()}，现在不能写入。")
    if batch.errors and not only_good:
        raise Refused(f"还有 {batch.errors} 行有错误。请改正后重新上传，或勾选“只写入没有错误的行”。")
    reason = reason.strip()
    if batch.warnings and not reason:
        raise Refused(f"有 {batch.warnings} 行带警告。请核对后在“警告说明”里写明情况，再写入。")
    if close_missing and not ledger.closes:
        raise Refused("这种台账不能按“表中没有”停用。")
    if close_missing and batch.errors:
        # Who stands in a wrong row is not "no longer in the file".
        raise Refused("还有错误的行时，不能登记表中没有的：错误的行里可能就有它们。请改正后重新上传。")
    batch.only_good, batch.close_missing, batch.reason = only_good, close_missing, audit.masked(reason)[:200]
    batch.status, batch.message, batch.attempts, batch.applied_by = Status.APPLYING, "", 0, by
    batch.save()
    return batch


@transaction.atomic
def discard(batch: ImportBatch, *, by: User) -> None:
    """Give an upload up; nothing of it was written."""
    batch = _locked(batch)
    require(by, ledger_of(batch.ledger), batch.org_unit)
    if batch.status not in (Status.READY, Status.UNMATCHED):
        raise Refused(f"这次上传{batch.get_status_display()}，不能放弃。")
    batch.status, batch.message = Status.DISCARDED, ""
    batch.save()
    batch.lines.all().delete()
    Stage(batch, ledger_of(batch.ledger)).drop()
    record_step(batch, by, "放弃上传")


# --- What pages and workers need ------------------------------------------------------------------------------


def require(by: User, ledger: Ledger, unit: OrgUnit) -> None:
    if not by.may(ledger.permission):
        raise NotAllowed("您的账号不能上传台账。")
    if not by.org_unit.contains(unit):
        raise NotAllowed("只能上传本单位的台账。")
    if unit.level not in (OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING):
        raise NotAllowed("台账由镇(街道)或县上传。")


def may_have_file(user: User, batch: ImportBatch) -> bool:
    """The workbook holds full numbers: it is for the unit that uploaded it and those above, whatever unit it is for."""
    return user.org_unit.contains(batch.created_by.org_unit)


def _shown_name(filename: str) -> str:
    """Without folders, signs that turn the writing direction, and the middle of a person's number."""
    name = Path(filename.replace("\\", "/")).name
    return audit.masked("".join(each for each in name if unicodedata.category(each) != "Cf"))[-200:]


def content_of(batch: ImportBatch) -> bytes:
    """Fetched as bytes; as Django asks for it, in hex, a large file takes three times as long."""
    sql = "SELECT content FROM eldercare_importfile WHERE id = %s"
    with connection.cursor() as cursor, connection.wrap_database_errors:
        plain = psycopg.Cursor(cursor.connection)
        ((kept,),) = plain.execute(sql, [batch.file_id], binary=True).fetchall()
    return key_ring().decrypt_bytes(kept, FILE_CONTEXT)


@contextmanager
def opened(
    batch: ImportBatch, ledger: Ledger, *, meanwhile: Callable[[], None] | None = None
) -> Iterator[Table]:
    """The batch's workbook with the table found in it. Raises Refused; NoTable when headings must be matched.

    ``meanwhile`` is called while the reader is busy with the file.
    """
    with started() as reader, scratch() as folder:
        remembered = dict(
            ColumnMapping.objects.filter(org_unit=batch.org_unit_id, ledger=ledger.key).values_list(
                "fingerprint", "mapping"
            )
        )
        path = folder / "upload"
        path.write_bytes(content_of(batch))
        with open_upload(path, batch.filename, meanwhile=meanwhile, process=reader) as upload:
            yield upload.find_table(
                ledger.columns,
                sheet=batch.sheet or None,
                remembered=remembered,
                mapping=batch.mapping or None,
            )


def receipt(batch: ImportBatch, out: Path) -> Receipt:
    """The user's own workbook with the errors and warnings of the slip written into it (原表回执)."""
    lines = batch.lines.exclude(findings=[]).order_by("row")
    findings = [each for line in lines for each in as_findings(line)]
    if not findings:
        raise Refused("这次上传没有错误和警告，不需要回执。")
    with opened(batch, ledger_of(batch.ledger)) as table:
        return write_receipt(table.upload.path, out, table=table, findings=findings)


def working_on(batch_id: int) -> AbstractContextManager[bool]:
    """Whether this session may work on the batch; False while another does."""
    return jobs.working_on(LOCK_CLASS, batch_id)


def lock_tables(ledger: Ledger) -> None:
    """Nobody else writes to the ledger until this transaction ends; reading goes on. Always in one order: of two
    who want them, writing and taking back, one waits."""
    tables = ", ".join(sorted(f'"{model._meta.db_table}"' for model in ledger.tracked))
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")


def who(user: User | None, **more: object) -> dict:
    """What the history keeps beside every row that an upload changes."""
    return ({"user": user.pk, "name": user.full_name} if user else {}) | more


def _locked(batch: ImportBatch) -> ImportBatch:
    return (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("org_unit", "created_by")
        .get(pk=batch.pk)
    )


def record_step(batch: ImportBatch, by: User, what: str, **detail: object) -> None:
    label = ledger_of(batch.ledger).label
    audit.record(
        AuditEvent.Action.IMPORT,
        by=by,
        org_unit=batch.org_unit,
        subject=f"{label} {batch.filename}",
        step=what,
        batch=batch.pk,
        **detail,
    )
