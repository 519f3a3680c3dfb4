"""A few cases of each kind that payments meet: applicants on a public notice, claims, family beds, a return with failures."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from eldercare.models import OrgUnit, User
from eldercare.permissions import Role
from facilities.models import Bed
from subsidies.actions import bank_return, bank_sheet
from subsidies.actions.batches import make_due, request_batch
from subsidies.actions.gate import approve, decide, submit
from subsidies.models import (
    Batch,
    Elder,
    Enrolment,
    EnrolmentStep,
    FamilyBed,
    PaymentLine,
    Programme,
    PublicNotice,
    Recovery,
    RecoveryEntry,
)
from subsidies.rules.enrolments import notice_end

FEW = 3


def seed_notice(county: OrgUnit, today: dt.date) -> int:
    """Who turns 80 next, on a public notice of the township with the most of them."""
    programme = Programme.objects.filter(org_unit=county, kind=Programme.Kind.OLD_AGE).first()
    clerk = User.objects.filter(
        role=Role.TOWNSHIP_CLERK, is_demo=True, org_unit__path__startswith=county.path
    ).order_by("pk").first()  # fmt: skip
    if programme is None or clerk is None or programme.notices.exists():
        return 0
    soon = Elder.objects.registered_on(today).aged(79, today, below=80).filter(org_unit=clerk.org_unit)
    people = soon.exclude(enrolments__programme=programme).order_by("born_on", "pk")[:FEW]
    applied = Enrolment.objects.bulk_create(
        Enrolment(
            programme=programme,
            org_unit=clerk.org_unit,
            elder=elder,
            state=Enrolment.State.ON_NOTICE,
            applied_on=today - dt.timedelta(days=9),
        )
        for elder in people
    )
    if not applied:
        return 0
    notice = PublicNotice.objects.create(
        programme=programme,
        org_unit=clerk.org_unit,
        starts_on=today - dt.timedelta(days=1),
        ends_on=notice_end(today - dt.timedelta(days=1), programme.notice_days),
        contact=f"{clerk.org_unit}民政办 0573-00000000",
        published_by=clerk,
    )
    notice.enrolments.set(applied)
    kinds = EnrolmentStep.Kind
    EnrolmentStep.objects.bulk_create(
        EnrolmentStep(enrolment=each, kind=kind, by=clerk)
        for each in applied
        for kind in (kinds.APPLY, kinds.CHECK, kinds.NOTICE)
    )
    return len(applied)


def seed_claims(programme: Programme) -> int:
    """Paid twice by mistake some months ago, found and claimed since: one due, one in part repaid, one settled."""
    batches = list(programme.batches.filter(state=Batch.State.RECONCILED).order_by("month"))[-6:]
    if len(batches) < 6:
        return 0
    wrong, found = batches[1], batches[4]
    lines = list(
        wrong.lines.filter(kind="regular", state="paid", elder__died_on=None).order_by("pk")[40:400:130]
    )
    for place, line in enumerate(lines):
        _add(line, wrong, "back_pay", line.amount)
        claim = Recovery.objects.create(
            batch=found, enrolment_id=line.enrolment_id, from_month=wrong.month, to_month=wrong.month, months=1,
            amount=line.amount, reason="银行卡更换期间重复发放一次",
        )  # fmt: skip
        _add(line, found, "recovery", -line.amount, recovery=claim, state="planned")
        repaid = (Decimal(0), (line.amount / 2).quantize(Decimal("0.01")), line.amount)[place % 3]
        if repaid:
            day = (found.month + dt.timedelta(days=40)).replace(day=15)
            RecoveryEntry.objects.create(
                recovery=claim, kind="repaid", amount=repaid, on=day, note="缴款书（示例）", by=found.made_by
            )
            Recovery.objects.filter(pk=claim.pk).update(repaid=repaid)
    return len(lines)


def _add(line: PaymentLine, batch: Batch, kind: str, amount: Decimal, *, recovery=None, state="paid") -> None:
    PaymentLine.objects.create(
        batch=batch, enrolment_id=line.enrolment_id, elder_id=line.elder_id, org_unit_id=line.org_unit_id,
        month=batch.month, for_month=line.for_month, kind=kind, state=state, amount=amount, recovery=recovery,
        version_id=line.version_id, band_id=line.band_id, facts=line.facts, payee_name=line.payee_name,
        payee_bank=line.payee_bank, payee_account=line.payee_account,
        settled_on=None if recovery else batch.month + dt.timedelta(days=11),
    )  # fmt: skip


def seed_family_beds(county: OrgUnit, today: dt.date) -> int:
    """People behind some of the beds at home that the facilities count already, and one application."""
    if FamilyBed.objects.exists():
        return 0
    beds = Bed.objects.in_use_on(today).filter(
        kind=Bed.Kind.FAMILY, family_bed=None, facility__org_unit__path__startswith=county.path
    )
    made = []
    for bed in beds.select_related("facility").order_by("pk")[:FEW]:
        elder = _needy(bed.facility.org_unit_id, today, [each.elder_id for each in made])
        if elder:
            begun = bed.in_use_from
            made.append(_bed(elder, bed, begun))
    if made:
        other = _needy(made[0].facility.org_unit_id, today, [each.elder_id for each in made])
        if other:
            made.append(
                FamilyBed(elder=other, facility=made[0].facility, applied_on=today - dt.timedelta(days=5))
            )
    return len(FamilyBed.objects.bulk_create(made))


def _needy(unit: int, today: dt.date, taken: list[int]) -> Elder | None:
    people = Elder.objects.resident_on(today).filter(
        residence_unit=unit, tags__kind="disabled", tags__held__on=today
    )
    return people.exclude(pk__in=taken).order_by("pk").first()


def _bed(elder: Elder, bed: Bed, begun: dt.date) -> FamilyBed:
    return FamilyBed(
        elder=elder, facility=bed.facility, bed=bed, applied_on=begun - dt.timedelta(days=40),
        assessed_on=begun - dt.timedelta(days=30), approved_on=begun - dt.timedelta(days=20), accepted_on=begun,
        equipment="护理床、紧急呼叫、床边扶手", services="助浴、康复护理、夜间巡视", monthly_fee=Decimal(600),
    )  # fmt: skip


def pay_really(programme: Programme, month: dt.date, clerk: User, reviewer: User) -> Batch:
    """A batch through all its steps, with a sheet for the bank and a return in which one payment failed."""
    batch = request_batch(programme=programme, month=month, by=clerk)
    make_due(batch.pk)
    if batch.findings.exists():
        findings = batch.findings.all()
        unpaid = findings.filter(kind__in=("no_account", "no_id_number"))
        for some, decision in ((unpaid, "hold"), (findings.exclude(pk__in=unpaid.values("pk")), "pay")):
            if some.exists():
                decide(batch=batch, findings=some, decision=decision, reason="已电话核实（示例）", by=clerk)
    submit(batch=batch, by=clerk)
    approve(batch=batch, by=reviewer)
    bank_sheet.export(batch=batch, by=clerk)
    sent = bank_return.expected_of(batch)
    rows = [
        bank_return.Dated(
            place, serial, each.name, each.account, each.amount, "failed" if serial == 2 else "paid",
            "账户已销户" if serial == 2 else "", day=timezone.localdate(),
        )
        for place, (serial, each) in enumerate(sorted(sent.items()), 2)
    ]  # fmt: skip
    bank_return.register(batch=batch, rows=rows, problems=[], only_agreeing=False, by=clerk)
    return Batch.objects.get(pk=batch.pk)
