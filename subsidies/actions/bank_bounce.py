"""Money that the bank sends back after it had reported success (退汇): it was not received, so it is owed again."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Sum

from eldercare.errors import Conflict, Refused
from eldercare.models import Notice, User
from eldercare.permissions import Permission
from subsidies.actions.bank_return import undo_offsets
from subsidies.actions.batches_steps import expect, locked, record, require, tell
from subsidies.models import Batch, PaymentLine, Recovery, RecoveryEntry, ReturnRow

State = Batch.State
LineState = PaymentLine.State
BACK = "入账后退回"


@transaction.atomic
def bounce(*, batch: Batch, serial: int, name: str, on: dt.date, reason: str, by: User) -> ReturnRow:
    """Of one row of the bank's sheet. ``name`` is checked against it, so that a slip in the serial hits nobody else.

    The next batch pays it again to whom it is still owed. A claim for money that has come back in this way is repaid.
    """
    require(by, Permission.PREPARE_PAYMENTS)
    batch = locked(batch, by)
    expect(batch, State.SENT, State.RECONCILED, to="登记退汇")
    row = batch.returns.select_for_update().filter(serial=serial).first()
    if row is None:
        raise Refused(
            f"序号 {serial} 没有登记过回盘结果，请核对序号；还没有回盘的，请在“登记银行回盘”里登记。"
        )
    if row.result == ReturnRow.Result.FAILED:
        raise Conflict(f"序号 {serial}（{row.name}）已登记为没有发到：{row.reason}。不用再登记。")
    if row.name != name.strip():
        raise Refused(f"花名册上序号 {serial} 的收款人不是“{name.strip()}”，请核对序号和姓名。")
    if row.settled_on and on < row.settled_on:
        raise Refused(f"退回日期早于入账日期 {row.settled_on}，请核对。")
    row.result, row.settled_on = ReturnRow.Result.FAILED, on
    row.reason = f"{BACK}：{reason}"[:100]
    row.save(update_fields=["result", "settled_on", "reason"])
    lines = batch.lines.filter(serial=serial, state=LineState.PAID)
    lines.update(state=LineState.FAILED, settled_on=on, failure=row.reason)
    undo_offsets(batch, [serial])
    repaid = _repay_claims(batch, serial, on, by)
    record(batch, "登记退汇", by=by, serial=serial, amount=str(row.amount), repaid=repaid, reason=reason)
    words = f"{batch}序号 {serial} 入账后被银行退回，会在下一批补发"
    tell(batch, [batch.made_by], Notice.Kind.SYSTEM, words, by=by)
    return row


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
