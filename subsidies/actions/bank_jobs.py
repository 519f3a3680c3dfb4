"""The bank's sheet and its return file as jobs of a worker: asked for, done, and what became of it kept.

The row is the job (eldercare/jobs.py). Each is one transaction together with its outcome, so a worker that is killed
leaves the batch as it was. Who asks for little does not wait for a worker: it is done at once, by the same road.
"""

import hashlib
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from eldercare import evidence, jobs
from eldercare.audit import masked
from eldercare.errors import Conflict, Refused
from eldercare.excel.limits import LIMITS
from eldercare.models import Notice, User
from eldercare.permissions import Permission
from subsidies.actions.bank_return import Outcome, read, register
from subsidies.actions.bank_sheet import make_sheet
from subsidies.actions.batches_steps import expect, locked, now, record, require, tell
from subsidies.models import BankJob, Batch

State, Kind = BankJob.State, BankJob.Kind
LOCK_CLASS = 0x62616E  # any fixed number, for the locks of these jobs
SMALL_LINES = 500  # of a batch: its sheet takes a fraction of a second
SMALL_FILE = 40_000  # bytes of a return file
KEPT_PROBLEMS = 200  # rows that do not agree
BROKEN_OFF = "处理时多次中断，已停止，没有写入任何内容。请再试一次；仍不行请联系系统管理员。"
BUSY = "{}正在{}（{}提出），请等处理完再办。"


# --- What a person asks for ---------------------------------------------------------------------------------


def ask_for_sheet(*, batch: Batch, by: User) -> BankJob:
    """Have the sheet of an approved batch made. Asking twice is asking once."""
    require(by, Permission.PREPARE_PAYMENTS)
    return _ask(batch, by, (Batch.State.APPROVED,), Kind.SHEET)


def ask_to_match(
    *, batch: Batch, content: bytes, filename: str, by: User, only_agreeing: bool = False
) -> BankJob:
    """Have a return file read and registered. The same file again, while it waits, is the same job."""
    require(by, Permission.PREPARE_PAYMENTS)
    if not content:
        raise Refused("文件是空的，请核对是不是选错了文件。")
    if len(content) > LIMITS.file_bytes:
        raise Refused(f"文件超过了 {LIMITS.file_bytes // 1024 // 1024} MB，请核对是不是选错了文件。")
    states = (Batch.State.SENT, Batch.State.RECONCILED)
    name = masked(evidence.shown_name(filename))[:120]
    return _ask(batch, by, states, Kind.MATCH, content=content, filename=name, only_agreeing=only_agreeing)


def _ask(
    batch: Batch,
    by: User,
    states: tuple[Batch.State, ...],
    kind: Kind,
    content: bytes = b"",
    **fields: object,
) -> BankJob:
    """A job that is open already is looked for first: while a worker is at it the batch is locked for long."""
    if open_one := open_job(batch):
        return _the_same(open_one, kind, content, fields)
    try:
        with transaction.atomic():
            batch = locked(batch, by)
            if open_one := open_job(batch):
                return _the_same(open_one, kind, content, fields)
            expect(batch, *states, to="导出银行表" if kind == Kind.SHEET else "登记回盘")
            file = evidence.keep(content) if content else None
            job = BankJob.objects.create(batch=batch, kind=kind, file=file, created_by=by, **fields)
            what = {"file": file.sha256[:16]} if file else {}
            record(batch, f"提出{kind.label}", by=by, **what)
            return job
    except IntegrityError:
        raise Conflict("刚才已有人提出，请刷新页面看最新情况。") from None


def open_job(batch: Batch) -> BankJob | None:
    waiting = _waiting().filter(batch=batch).select_related("created_by", "file", "batch__programme")
    return waiting.defer("file__content").first()


def _the_same(job: BankJob, kind: Kind, content: bytes, fields: dict[str, object]) -> BankJob:
    is_same = job.kind == kind and job.only_agreeing == fields.get("only_agreeing", False)
    if is_same and (not content or hashlib.sha256(content).hexdigest() == job.file.sha256):
        return job
    raise Conflict(BUSY.format(job.batch, job.get_kind_display(), job.created_by.full_name))


def do_now(job: BankJob) -> bool:
    """Do a small job at once; False if it is left to a worker. Whoever asked is looking, so no notice is sent."""
    if job.state == State.WAITING and _is_small(job):
        work_on(job.pk, told=True)
        job.refresh_from_db()
    return job.state != State.WAITING


def _is_small(job: BankJob) -> bool:
    if job.kind == Kind.MATCH and job.file.size > SMALL_FILE:
        return False
    return not job.batch.lines.order_by()[SMALL_LINES : SMALL_LINES + 1].exists()


# --- The worker's part --------------------------------------------------------------------------------------


def due() -> list[int]:
    return list(_waiting().order_by("pk").values_list("pk", flat=True))


def _waiting() -> QuerySet:
    return BankJob.objects.filter(state=State.WAITING)


def work_on(pk: int, *, told: bool = False) -> bool:
    """Do one job; False if another worker is at it or there is nothing to do. Safe at any time.

    ``told``: who asked sees the outcome anyway.
    """
    return jobs.try_once(
        _waiting(),
        pk,
        related=("batch__programme__org_unit", "created_by__org_unit", "file"),
        lock_class=LOCK_CLASS,
        work=lambda job: WORK[job.kind](job, told),
        give_up=lambda job, words: _give_up(job, words, told),
        broken_off=BROKEN_OFF,
    )


@transaction.atomic
def _make(job: BankJob, told: bool) -> None:
    make_sheet(batch=job.batch, by=job.created_by)
    _finish(job, {}, "" if told else f"{job.batch}的银行表已生成，可以下载")


def _match(job: BankJob, told: bool) -> None:
    require(job.created_by, Permission.PREPARE_PAYMENTS)  # still
    BankJob.objects.filter(pk=job.pk).update(progress=0)
    rows, problems = read(evidence.content_of(job.file), job.filename, seen=lambda number: _show(job, number))
    with transaction.atomic():
        outcome = register(
            batch=job.batch, rows=rows, problems=problems, only_agreeing=job.only_agreeing, by=job.created_by
        )
        words = (
            "已登记，请看结果"
            if outcome.is_written
            else f"有 {len(outcome.problems)} 行与送银行的表不符，没有登记"
        )
        _finish(job, kept(outcome), "" if told else f"{job.batch}的回盘“{job.filename}”{words}")


WORK = {Kind.SHEET: _make, Kind.MATCH: _match}


def _show(job: BankJob, number: int) -> None:
    BankJob.objects.filter(pk=job.pk).update(progress=number)


def kept(outcome: Outcome) -> dict:
    """The outcome as it is stored: of the rows that do not agree the first ones, numbers hidden."""
    problems = [
        {"row": each.row, "serial": each.serial, "sentence": masked(each.sentence)[:300]}
        for each in outcome.problems[:KEPT_PROBLEMS]
    ]
    figures = asdict(outcome) | {
        "paid_amount": str(outcome.paid_amount),
        "failed_amount": str(outcome.failed_amount),
    }
    return figures | {"problems": problems, "problem_count": len(outcome.problems)}


def _finish(job: BankJob, outcome: dict, words: str) -> None:
    BankJob.objects.filter(pk=job.pk).update(state=State.DONE, outcome=outcome, finished_at=now())
    if words:
        tell(job.batch, [job.created_by], Notice.Kind.SYSTEM, words)


def _give_up(job: BankJob, words: str, told: bool) -> bool:
    error = masked(words)[:300]
    if not _waiting().filter(pk=job.pk).update(state=State.FAILED, error=error, finished_at=now()):
        return False
    if not told:
        tell(
            job.batch,
            [job.created_by],
            Notice.Kind.SYSTEM,
            f"{job.batch}{job.get_kind_display()}没有办成：{error}",
        )
    return True
