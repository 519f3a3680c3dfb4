"""The gate before payment (发放前闸口): findings decided by a person, submitted, approved by another.

A decision takes the person's lines out of the batch or puts them back. What reaches beyond the batch – enrolments
that end, claims that open, offsets that count – is written by the approval.
"""

import datetime as dt

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import Notice, User
from eldercare.permissions import Permission
from subsidies import engine
from subsidies.actions.batches_steps import approvers, expect, locked, move, now, record, require, tell
from subsidies.models import (
    Batch,
    Enrolment,
    EnrolmentStep,
    Finding,
    Payee,
    PaymentLine,
    Recovery,
    RecoveryEntry,
)

State = Batch.State
Decision = Finding.Decision
ON_OWN = "编制、送审的人不能审批自己的批次，请由另一位有审批权限的人办理。"


# --- Findings -----------------------------------------------------------------------------------------------


@transaction.atomic
def decide(
    *, batch: Batch, findings: QuerySet[Finding], decision: str, reason: str, by: User, end_reason: str = ""
) -> int:
    """Pay, hold or end for each finding; how many. ``end_reason`` goes into the enrolment once the batch is approved."""
    require(by, Permission.PREPARE_PAYMENTS)
    batch = _checked(batch, by, to="处理问题")
    mine = batch.findings.filter(pk__in=findings.values("pk"))
    if decision == Decision.PAY:
        _refuse_unpayable(mine)
    number = mine.update(
        decision=decision,
        reason=reason,
        end_reason=end_reason if decision == Decision.END else "",
        decided_by=by,
        decided_at=now(),
    )
    if not number:
        raise Refused("没有选中要处理的问题。")
    engine.settle_lines(batch)
    record(batch, "处理核对问题", by=by, findings=number, decision=Decision(decision).label, reason=reason)
    return number


@transaction.atomic
def undecide(*, batch: Batch, findings: QuerySet[Finding], by: User) -> int:
    """Take decisions back, as long as the batch is being checked."""
    require(by, Permission.PREPARE_PAYMENTS)
    batch = _checked(batch, by, to="撤回处理")
    mine = batch.findings.exclude(decision="").filter(pk__in=findings.values("pk"))
    number = mine.update(decision="", reason="", end_reason="", decided_by=None, decided_at=None)
    if not number:
        raise Refused("选中的问题都还没有处理，没有可撤回的。")
    engine.settle_lines(batch)
    record(batch, "撤回处理", by=by, findings=number)
    return number


def _checked(batch: Batch, by: User, *, to: str) -> Batch:
    batch = locked(batch, by)
    expect(batch, State.CHECKING, to=to)
    return batch


def _refuse_unpayable(findings: QuerySet[Finding]) -> None:
    """Without an account or a number nothing can be paid, whatever a person decides."""
    today = timezone.localdate()
    used = Payee.objects.filter(used_from__lte=today).filter(Q(used_to=None) | Q(used_to__gt=today))
    has_account = (
        Exists(used.filter(elder=OuterRef("enrolment__elder")))
        | Exists(used.filter(caregiver=OuterRef("enrolment__post__caregiver")))
        | Exists(used.filter(facility=OuterRef("enrolment__facility")))
    )
    none = findings.filter(~has_account, kind=Finding.Kind.NO_ACCOUNT).count()
    if none:
        raise Refused(f"有 {none} 人没有在用的收款账户，发不出去，不能“照发”。请先补登账户，或选“暂缓”。")
    unnamed = findings.filter(
        kind=Finding.Kind.NO_ID_NUMBER, enrolment__elder__isnull=False, enrolment__elder__id_number=None
    ).count()
    if unnamed:
        raise Refused(f"有 {unnamed} 人没有证件号码，不能“照发”。请先补登证件号码，或选“暂缓”。")


# --- Two pairs of eyes --------------------------------------------------------------------------------------


@transaction.atomic
def submit(*, batch: Batch, by: User) -> Batch:
    require(by, Permission.PREPARE_PAYMENTS)
    batch = _checked(batch, by, to="送审")
    undecided = batch.findings.filter(decision="").count()
    if undecided:
        raise Refused(f"还有 {undecided} 个问题没有处理，全部处理后才能送审。")
    if not batch.lines.live().exists():
        raise Refused("这一批没有可发放或追缴的明细，不用送审；请作废，或处理问题后重新生成。")
    move(batch, State.SUBMITTED, submitted_by=by, submitted_at=now(), return_note="")
    record(batch, "送审", by=by)
    tell(batch, approvers(batch), Notice.Kind.SUBMITTED, f"{batch}已送审，请审批", by=by)
    return batch


@transaction.atomic
def withdraw(*, batch: Batch, by: User) -> Batch:
    """Back from the approver, before it was looked at, by those who prepared it."""
    require(by, Permission.PREPARE_PAYMENTS)
    batch = locked(batch, by)
    expect(batch, State.SUBMITTED, to="撤回")
    move(batch, State.CHECKING)
    record(batch, "撤回送审", by=by)
    return batch


@transaction.atomic
def send_back(*, batch: Batch, note: str, by: User) -> Batch:
    require(by, Permission.APPROVE_PAYMENTS)
    batch = locked(batch, by)
    expect(batch, State.SUBMITTED, to="退回")
    move(batch, State.CHECKING, return_note=note)
    record(batch, "退回批次", by=by, reason=note)
    people = [batch.made_by, batch.submitted_by or batch.made_by]
    tell(batch, people, Notice.Kind.RETURNED, f"{batch}被退回：{note}", by=by)
    return batch


@transaction.atomic
def approve(*, batch: Batch, by: User, seen: dt.datetime | None = None) -> Batch:
    """Fix the lines. ``seen``: when the batch was submitted that the approver has looked at; None for no check."""
    require(by, Permission.APPROVE_PAYMENTS)
    batch = locked(batch, by)
    expect(batch, State.SUBMITTED, to="审批")
    if by.pk in (batch.made_by_id, batch.submitted_by_id):
        raise NotAllowed(ON_OWN)
    if seen is not None and seen != batch.submitted_at:
        raise Conflict("在您打开页面之后，这一批退回重做又送审了一次。请看过现在的数字再审批。")
    move(batch, State.APPROVED, approved_by=by, approved_at=now())
    ended = _end_enrolments(batch, by)
    claims = _open_recoveries(batch)
    offsets = _count_offsets(batch, by)
    _settle_without_bank(batch)
    record(batch, "审批通过", by=by, ended=ended, recoveries=claims, offsets=offsets)
    people = [batch.made_by, batch.submitted_by or batch.made_by]
    then = "可以导出银行表" if batch.state == State.APPROVED else "没有要通过银行发放的钱，已办结"
    tell(batch, people, Notice.Kind.APPROVED, f"{batch}已审批，{then}", by=by)
    return batch


def _end_enrolments(batch: Batch, by: User) -> int:
    """Of those for whom the clerk decided to end: from the month of the batch on, with the reason chosen."""
    wanted = {}
    for finding in batch.findings.filter(decision=Decision.END).order_by("kind"):
        wanted.setdefault(finding.enrolment_id, finding)
    steps = []
    later = Q(ended_from=None) | Q(ended_from__gt=batch.month)
    rows = Enrolment.objects.payable().filter(later, pk__in=wanted).select_for_update(of=("self",))
    for enrolment in rows.order_by("pk"):
        finding = wanted[enrolment.pk]
        enrolment.state, enrolment.ended_from = Enrolment.State.ENDED, batch.month
        enrolment.end_reason = finding.end_reason or Enrolment.EndReason.OTHER
        enrolment.save(update_fields=["state", "ended_from", "end_reason"])
        words = f"发放前核对（{finding.get_kind_display()}）：{finding.reason}"
        steps.append(
            EnrolmentStep(enrolment=enrolment, kind=EnrolmentStep.Kind.END, by=by, comment=words[:300])
        )
    EnrolmentStep.objects.bulk_create(steps)
    return len(steps)


def _open_recoveries(batch: Batch) -> int:
    """One claim per enrolment for what was paid and not owed; its lines name it."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_RECOVERIES, [batch.pk])
        number = cursor.rowcount
        cursor.execute(NAME_RECOVERIES, [batch.pk])
    return number


OPEN_RECOVERIES = """
    INSERT INTO subsidies_recovery
        (batch_id, enrolment_id, from_month, to_month, months, amount, repaid, "offset", written_off, reason)
    SELECT line.batch_id, line.enrolment_id, min(line.for_month), max(line.for_month),
        count(DISTINCT line.for_month), -sum(line.amount), 0, 0, 0,
        coalesce(max(to_char(elder.died_on, 'YYYY-MM-DD')) || ' 死亡', '资料或标准变动')
    FROM subsidies_paymentline line LEFT JOIN subsidies_elder elder ON elder.id = line.elder_id
    WHERE line.batch_id = %s AND line.kind = 'recovery' AND line.state NOT IN ('held', 'dropped', 'failed')
    GROUP BY line.batch_id, line.enrolment_id
    ORDER BY line.enrolment_id
    ON CONFLICT (batch_id, enrolment_id) DO NOTHING"""
NAME_RECOVERIES = """
    UPDATE subsidies_paymentline line SET recovery_id = claim.id
    FROM subsidies_recovery claim
    WHERE line.batch_id = %s AND line.kind = 'recovery' AND line.state NOT IN ('held', 'dropped', 'failed')
      AND claim.batch_id = line.batch_id AND claim.enrolment_id = line.enrolment_id"""


def _count_offsets(batch: Batch, by: User) -> int:
    """What is kept back in this batch settles claims of earlier ones."""
    lines = batch.lines.live().filter(kind=PaymentLine.Kind.OFFSET).order_by("recovery_id", "pk")
    lines = list(lines.select_related("elder"))
    claims = Recovery.objects.select_for_update(of=("self",)).order_by("pk")
    claims = claims.in_bulk([each.recovery_id for each in lines if each.recovery_id])
    entries = []
    for line in lines:
        claim = claims.get(line.recovery_id)
        if claim is None or claim.outstanding < -line.amount:
            who = line.elder.name if line.elder else f"明细 {line.pk}"
            raise Refused(
                f"{who}的追缴款在生成之后又有入账，抵扣 {-line.amount:,.2f} 元会超过应追金额。请退回，重新生成后再审批。"
            )
        claim.offset -= line.amount
        entries.append(
            RecoveryEntry(
                recovery=claim,
                kind=RecoveryEntry.Kind.OFFSET,
                amount=-line.amount,
                on=timezone.localdate(),
                note=str(batch)[:200],
                line=line,
                by=by,
            )
        )
    RecoveryEntry.objects.bulk_create(entries, batch_size=1000)
    Recovery.objects.bulk_update(claims.values(), ["offset"], batch_size=1000)
    return len(entries)


def _settle_without_bank(batch: Batch) -> None:
    """Nobody has money to get – all is kept back, or there are only claims: there is nothing to send."""
    money = batch.lines.live().money()
    if money.values("enrolment").annotate(total=Sum("amount")).filter(total__gt=0).exists():
        return
    money.update(state=PaymentLine.State.PAID, settled_on=timezone.localdate())
    move(batch, State.RECONCILED, reconciled_at=now())
