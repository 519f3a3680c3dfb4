"""Money that the bank sends back after it had reported success (退汇): it was not received, so it is owed again.

One person registers it, another confirms it (two pairs of eyes): until then the payment counts as paid.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import Notice, User
from eldercare.permissions import Permission
from subsidies.actions.bank_return import undo_offsets
from subsidies.actions.batches_steps import approvers, expect, locked, now, record, require, tell
from subsidies.models import Batch, Bounce, PaymentLine, Recovery, RecoveryEntry, ReturnRow

State = Batch.State
LineState = PaymentLine.State
BACK = "入账后退回"
ON_OWN = "这笔退汇是您登记的，须由另一位有审批权限的人确认。"


@transaction.atomic
def register_bounce(*, batch: Batch, serial: int, name: str, on: dt.date, reason: str, by: User) -> Bounce:
    """Of one row of the bank's sheet. ``name`` is checked against it, so that a slip in the serial hits nobody else."""
    require(by, Permission.PREPARE_PAYMENTS)
    batch = locked(batch, by)
    expect(batch, State.SENT, State.RECONCILED, to="登记退汇")
    row = _paid_row(batch, serial, on)
    # A bank's file need not say the names; the accounts were compared then.
    payee = row.name or batch.lines.filter(serial=serial).values_list("payee_name", flat=True).first()
    if payee != name.strip():
        raise Refused(f"花名册上序号 {serial} 的收款人不是“{name.strip()}”，请核对序号和姓名。")
    try:
        with transaction.atomic():
            bounce = Bounce.objects.create(
                batch=batch, serial=serial, name=payee, amount=row.amount, on=on, reason=reason, registered_by=by
            )  # fmt: skip
    except IntegrityError:
        raise Conflict(f"序号 {serial}（{payee}）已登记退汇，等另一人确认，不用再登记。") from None
    record(batch, "登记退汇", by=by, serial=serial, amount=str(row.amount), reason=reason)
    words = f"{batch}序号 {serial} 登记了退汇，请核对后确认"
    tell(batch, approvers(batch, but=(by.pk,)), Notice.Kind.SUBMITTED, words, by=by)
    return bounce


def _paid_row(batch: Batch, serial: int, on: dt.date) -> ReturnRow:
    row = batch.returns.select_for_update().filter(serial=serial).first()
    if row is None:
        raise Refused(
            f"序号 {serial} 没有登记过回盘结果，请核对序号；还没有回盘的，请在“登记银行回盘”里登记。"
        )
    if row.result == ReturnRow.Result.FAILED:
        raise Conflict(f"序号 {serial}（{row.name}）已登记为没有发到：{row.reason}。不用再登记。")
    if row.settled_on and on < row.settled_on:
        raise Refused(f"退回日期早于入账日期 {row.settled_on}，请核对。")
    return row


@transaction.atomic
def confirm_bounce(*, bounce: Bounce, by: User) -> Bounce:
    """The payment has failed: the next batch pays it again to whom it is still owed, and a claim for it is repaid."""
    batch, bounce = _to_decide(bounce, by)
    expect(batch, State.SENT, State.RECONCILED, to="确认退汇")
    row = _paid_row(batch, bounce.serial, bounce.on)
    row.result, row.settled_on = ReturnRow.Result.FAILED, bounce.on
    row.reason = f"{BACK}：{bounce.reason}"[:100]
    row.save(update_fields=["result", "settled_on", "reason"])
    lines = batch.lines.filter(serial=bounce.serial, state=LineState.PAID)
    lines.update(state=LineState.FAILED, settled_on=bounce.on, failure=row.reason)
    undo_offsets(batch, [bounce.serial])
    repaid = _repay_claims(batch, bounce.serial, bounce.on, by)
    _decide(bounce, Bounce.State.CONFIRMED, by)
    record(batch, "确认退汇", by=by, serial=bounce.serial, amount=str(bounce.amount), repaid=repaid)
    words = f"{batch}序号 {bounce.serial} 的退汇已确认，会在下一批补发"
    tell(batch, [batch.made_by, bounce.registered_by], Notice.Kind.APPROVED, words, by=by)
    return bounce


@transaction.atomic
def refuse_bounce(*, bounce: Bounce, note: str, by: User) -> Bounce:
    """It was no bounce, or not this one: the payment stays paid."""
    batch, bounce = _to_decide(bounce, by)
    _decide(bounce, Bounce.State.REFUSED, by, note=note)
    record(batch, "退汇不予确认", by=by, serial=bounce.serial, amount=str(bounce.amount), reason=note)
    words = f"{batch}序号 {bounce.serial} 登记的退汇没有确认：{note}"
    tell(batch, [bounce.registered_by], Notice.Kind.RETURNED, words, by=by)
    return bounce


def _to_decide(bounce: Bounce, by: User) -> tuple[Batch, Bounce]:
    require(by, Permission.APPROVE_PAYMENTS)
    batch = locked(bounce.batch, by)
    bounce = batch.bounces.select_for_update(of=("self",)).select_related("registered_by").get(pk=bounce.pk)
    if bounce.state != Bounce.State.WAITING:
        raise Conflict(f"序号 {bounce.serial} 的退汇登记刚才已有人处理，请刷新页面看最新情况。")
    if bounce.registered_by_id == by.pk:
        raise NotAllowed(ON_OWN)
    return batch, bounce


def _decide(bounce: Bounce, state: Bounce.State, by: User, note: str = "") -> None:
    bounce.state, bounce.decided_by, bounce.decided_at, bounce.note = state, by, now(), note
    bounce.save(update_fields=["state", "decided_by", "decided_at", "note"])


def _repay_claims(batch: Batch, serial: int, on: dt.date, by: User) -> int:
    """What was claimed back of the months that have come back needs no repaying: see docs/payment-rules.md, section 6."""
    came = batch.lines.filter(serial=serial, state=LineState.FAILED).money().exclude(kind="offset").order_by()
    number = 0
    for each in came.values("enrolment", "for_month").annotate(left=Sum("amount")):
        left = each["left"]
        claimed = PaymentLine.objects.live().filter(
            enrolment=each["enrolment"], for_month=each["for_month"], kind=PaymentLine.Kind.RECOVERY
        )
        # Locked, and looked at again once they are: another bounce may have settled one meanwhile.
        claimed = claimed.exclude(recovery=None).select_for_update(of=("self",))
        for line in claimed.order_by("recovery_id", "pk"):
            claim = Recovery.objects.select_for_update(of=("self",)).get(pk=line.recovery_id)
            if -line.amount > min(left, claim.outstanding):
                continue
            left += line.amount
            number += 1
            Recovery.objects.filter(pk=claim.pk).update(repaid=F("repaid") - line.amount)
            RecoveryEntry.objects.create(
                recovery=claim, kind=RecoveryEntry.Kind.REPAID, amount=-line.amount, on=on, note=f"{batch}退汇", by=by
            )  # fmt: skip
            PaymentLine.objects.filter(pk=line.pk).update(state=LineState.DROPPED, failure="原款已由银行退回")
    return number
