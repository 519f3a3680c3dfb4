"""Money to be got back (追缴): repaid, or written off by somebody who may approve payments. Never beyond the claim."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission
from subsidies.models import Recovery, RecoveryEntry

Kind = RecoveryEntry.Kind


def repay(
    *, recovery: Recovery, amount: Decimal, on: dt.date, note: str, by: User, seen: Decimal | None = None
) -> RecoveryEntry:
    """The person has paid back. ``seen``: what was still due on the page, so that two clicks are not two payments."""
    if not by.may(Permission.PREPARE_PAYMENTS):
        raise NotAllowed("您的账号不能登记追回。")
    return _settle(recovery, Kind.REPAID, amount, on, note, by, seen)


def write_off(
    *, recovery: Recovery, amount: Decimal, on: dt.date, note: str, by: User, seen: Decimal | None = None
) -> RecoveryEntry:
    if not by.may(Permission.APPROVE_PAYMENTS):
        raise NotAllowed("核销须由有审批权限的人办理。")
    return _settle(recovery, Kind.WRITTEN_OFF, amount, on, note, by, seen)


@transaction.atomic
def _settle(
    recovery: Recovery, kind: Kind, amount: Decimal, on: dt.date, note: str, by: User, seen: Decimal | None
) -> RecoveryEntry:
    found = (
        Recovery.objects.visible_to(by).select_for_update(of=("self",)).select_related("enrolment__org_unit")
    )
    current = found.filter(pk=recovery.pk).first()
    if current is None:
        raise Refused("这笔追缴不存在，或不在您的管理范围内。")
    if seen is not None and seen != current.outstanding:
        raise Conflict(
            f"在您打开页面之后，这笔追缴又有入账，现在还应追 {current.outstanding:,.2f} 元。请核对后再登记。"
        )
    if amount > current.outstanding:
        raise Refused(f"还应追 {current.outstanding:,.2f} 元，{kind.label}的金额不能超过它。")
    column = {Kind.REPAID: "repaid", Kind.WRITTEN_OFF: "written_off"}[kind]
    setattr(current, column, getattr(current, column) + amount)
    current.save(update_fields=[column])
    entry = RecoveryEntry.objects.create(recovery=current, kind=kind, amount=amount, on=on, note=note, by=by)
    audit.record(
        AuditEvent.Action.PAYMENT,
        by=by,
        org_unit=current.enrolment.org_unit,
        subject=f"追缴{kind.label}：追缴编号 {current.pk}",
        amount=str(amount),
        left=str(current.outstanding),
    )
    return entry
