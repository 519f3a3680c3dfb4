"""A payment batch from the request to its lines: requested by a clerk, made by a worker, made again, given up.

The row of the batch is the job (eldercare/jobs.py). What a worker makes is one transaction, so one that is killed
leaves nothing, and the next one begins again.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from eldercare import jobs
from eldercare.errors import Conflict, Refused
from eldercare.models import Notice, User
from eldercare.permissions import Permission
from subsidies import engine
from subsidies.actions.batches_steps import expect, locked, move, now, record, require, tell
from subsidies.models import Batch, Programme

State = Batch.State
LOCK_CLASS = 0x706179  # any fixed number, for the locks of batches being made
BROKEN_OFF = "生成时多次中断，已停止，没有写入任何明细。请稍后点“重新生成”；仍不行请联系系统管理员。"
EXAMPLE = "{}还是示例标准，不能发放。请先按本县文件改好政策版本，并取消项目的“示例标准”标记。"


@transaction.atomic
def request_batch(*, programme: Programme, month: dt.date, by: User, is_full_check: bool = False) -> Batch:
    """Ask for the batch of a month. Asking twice is asking once. What failed in a settled one comes as a further batch."""
    require(by, Permission.PREPARE_PAYMENTS)
    found = Programme.objects.visible_to(by).select_for_update(of=("self",)).select_related("org_unit")
    programme = found.filter(pk=programme.pk).first()
    if programme is None:
        raise Refused("这个补贴项目不存在，或不在您的管理范围内。")
    month = month.replace(day=1)
    _check_month(programme, month)
    if open_one := programme.batches.filter(state__in=Batch.OPEN).first():
        if open_one.month == month and open_one.state == State.MAKING:
            return open_one
        raise Conflict(
            f"{open_one}还没有办完（{open_one.get_state_display()}），请先办完或作废，再生成新的批次。"
        )
    settled = programme.batches.filter(state__in=Batch.SETTLED)
    last = settled.order_by("-month").first()
    if last and last.month > month:
        raise Refused(
            f"{programme}已发到 {last.month.year}年{last.month.month}月，不能再做更早的月份；以前月份少发、多发的，会在新批次里补发、追缴。"
        )
    sequence = settled.filter(month=month).count() + 1
    # One that was given up is taken up again under its number: the further ones of a month pay what failed.
    batch = programme.batches.filter(month=month, sequence=sequence).first()
    batch = batch or Batch(programme=programme, month=month, sequence=sequence)
    batch.state, batch.made_by, batch.is_full_check, batch.requested_at = (
        State.MAKING,
        by,
        is_full_check,
        now(),
    )
    batch.error, batch.attempts, batch.return_note = "", 0, ""
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError:
        raise Conflict("刚才已有人提出同一批次，请刷新页面看最新情况。") from None
    record(batch, "提出发放批次", by=by, full_check=is_full_check)
    return batch


def _check_month(programme: Programme, month: dt.date) -> None:
    if programme.is_example and not User.objects.filter(is_demo=True).exists():
        raise Refused(EXAMPLE.format(programme))
    if month > timezone.localdate():
        raise Refused("不能发放以后的月份：资料还会变动。")
    first = max(programme.starts_on, programme.portal_from)
    if month < first or (programme.ends_on and month > programme.ends_on):
        until = f"至 {programme.ends_on.year}年{programme.ends_on.month}月" if programme.ends_on else "起"
        raise Refused(f"{programme}在本系统从 {first.year}年{first.month}月{until}发放，请核对月份。")


@transaction.atomic
def remake(*, batch: Batch, by: User, is_full_check: bool | None = None) -> Batch:
    """Work it out again from the register as it is now. Decisions stay where the finding is still there."""
    require(by, Permission.PREPARE_PAYMENTS)
    batch = locked(batch, by)
    if batch.state == State.MAKING and not batch.error:
        return batch
    expect(batch, State.CHECKING, State.MAKING, to="重新生成")
    more = {} if is_full_check is None else {"is_full_check": is_full_check}
    move(batch, State.MAKING, error="", attempts=0, requested_at=now(), **more)
    record(batch, "重新生成", by=by)
    return batch


@transaction.atomic
def cancel(*, batch: Batch, reason: str, by: User) -> Batch:
    """Give a batch up before it is approved: its lines and findings are gone, nothing was paid."""
    require(by, Permission.PREPARE_PAYMENTS)
    batch = locked(batch, by)
    expect(batch, State.MAKING, State.CHECKING, to="作废")
    batch.findings.all().delete()
    batch.lines.all().delete()
    move(batch, State.CANCELLED, error="")
    record(batch, "作废批次", by=by, reason=reason)
    return batch


# --- The worker's part --------------------------------------------------------------------------------------


def due() -> list[int]:
    """Batches that wait to be made."""
    return list(_waiting().order_by("requested_at", "pk").values_list("pk", flat=True))


def _waiting() -> QuerySet:
    return Batch.objects.filter(state=State.MAKING, error="")


def make_due(pk: int) -> bool:
    """Make one batch; False if another worker is at it or there is nothing to do. Safe at any time."""
    return jobs.try_once(
        _waiting(),
        pk,
        related=("programme__org_unit", "made_by"),
        lock_class=LOCK_CLASS,
        work=_make,
        give_up=_give_up,
        broken_off=BROKEN_OFF,
    )


@transaction.atomic
def _make(batch: Batch) -> None:
    made = engine.make(batch)
    found = made.findings.filter(decision="").count()
    words = f"有 {found} 个问题待处理" if found else "没有要处理的问题，可以送审"
    tell(batch, [batch.made_by], Notice.Kind.SYSTEM, f"{batch}已生成，{words}")


def _give_up(batch: Batch, words: str) -> bool:
    waiting = Batch.objects.filter(pk=batch.pk, state=State.MAKING)
    if not waiting.update(error=words[:300]):
        return False  # taken back meanwhile
    tell(batch, [batch.made_by], Notice.Kind.SYSTEM, f"{batch}没有生成：{words}")
    return True
