"""What follows the making of a batch, as docs/payment-rules.md §6 says it, for tests of the engine alone."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from eldercare.models import User
from subsidies.engine import make, settle_lines
from subsidies.models import Batch, Enrolment, PaymentLine, Programme, Recovery, RecoveryEntry, ReturnRow

Kind, State = PaymentLine.Kind, PaymentLine.State


@transaction.atomic
def new_batch(programme: Programme, month: dt.date, by: User, **fields) -> Batch:
    """The next batch of a month, made."""
    earlier = programme.batches.filter(month=month).aggregate(last=Max("sequence"))["last"] or 0
    batch = Batch.objects.create(programme=programme, month=month, sequence=earlier + 1, made_by=by, **fields)
    return make(batch)


@transaction.atomic
def made_again(batch: Batch) -> Batch:
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.MAKING)
    return make(batch)


@transaction.atomic
def cancelled(batch: Batch) -> None:
    batch.lines.all().delete()
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.CANCELLED)


@transaction.atomic
def settle(batch: Batch, decided: Mapping[int, str], by: User, approver: User) -> None:
    """Decide every finding, approve, pay, and hear from the bank. ``decided`` as in ``oracle_batches.Books``."""
    words = {"held": "hold", "dropped": "end"}
    for finding in batch.findings.all():
        finding.decision = words.get(decided.get(finding.enrolment_id), "pay")
        finding.reason, finding.decided_by, finding.decided_at = "测试", by, timezone.now()
        finding.save()
    settle_lines(batch)
    for enrolment in Enrolment.objects.filter(pk__in=[pk for pk, way in decided.items() if way == "dropped"]):
        enrolment.state, enrolment.end_reason = Enrolment.State.ENDED, "other"
        enrolment.ended_from = min(batch.month, enrolment.ended_from or batch.month)
        enrolment.save()
    _claim(batch)
    _offset(batch, decided)
    failed = [pk for pk, way in decided.items() if way == "failed"]
    sent = batch.lines.filter(state=State.PLANNED).exclude(kind=Kind.RECOVERY)
    sent.filter(enrolment__in=failed).update(state=State.FAILED, failure="账号有误")
    batch.lines.filter(state=State.PLANNED).update(state=State.PAID)
    batch.state, batch.approved_by, batch.submitted_by = Batch.State.RECONCILED, approver, by
    batch.submitted_at = batch.approved_at = batch.sent_at = batch.reconciled_at = timezone.now()
    batch.save()


@transaction.atomic
def sent_to_bank(batch: Batch) -> None:
    """Serials and results as the sheet and the return file leave them; one person of these tests is one enrolment."""
    sent = batch.lines.filter(state__in=(State.PAID, State.FAILED)).exclude(kind=Kind.RECOVERY)
    rows = []
    for serial, (enrolment, amount) in enumerate(
        sent.order_by("enrolment").values_list("enrolment").annotate(total=Sum("amount")), 1
    ):
        if amount:  # whose money is all kept back gets nothing from the bank
            sent.filter(enrolment=enrolment).update(serial=serial)
            result = sent.filter(enrolment=enrolment).values_list("state", flat=True)[0]
            rows.append(
                ReturnRow(
                    batch=batch, serial=serial, name="测试", account="6200", amount=amount, result=result
                )
            )
    ReturnRow.objects.bulk_create(rows)


def _claim(batch: Batch) -> None:
    """One claim per person for what was found to be paid too much."""
    found: dict[int, list[PaymentLine]] = {}
    for line in batch.lines.filter(kind=Kind.RECOVERY, state=State.PLANNED):
        found.setdefault(line.enrolment_id, []).append(line)
    for enrolment, lines in found.items():
        claim = Recovery.objects.create(
            batch=batch,
            enrolment_id=enrolment,
            from_month=min(line.for_month for line in lines),
            to_month=max(line.for_month for line in lines),
            months=len(lines),
            amount=-sum(line.amount for line in lines),
        )
        batch.lines.filter(pk__in=[line.pk for line in lines]).update(recovery=claim)


def _offset(batch: Batch, decided: Mapping[int, str]) -> None:
    """What was taken off is settled; where the bank failed, nothing was taken."""
    for line in batch.lines.filter(kind=Kind.OFFSET, state=State.PLANNED).select_related("recovery"):
        if decided.get(line.enrolment_id) == "failed":
            continue
        claim = line.recovery
        RecoveryEntry.objects.create(
            recovery=claim, kind="offset", amount=-line.amount, on=batch.month, line=line
        )
        claim.offset -= line.amount
        claim.save()
