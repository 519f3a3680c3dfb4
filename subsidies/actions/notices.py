"""Public notices (公示): put up for some working days, over without objection."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from subsidies.actions.enrolments import Kind, State, require
from subsidies.models import Enrolment, EnrolmentStep, Programme, PublicNotice
from subsidies.rules.enrolments import notice_end


@transaction.atomic
def publish(
    *,
    programme: Programme,
    org_unit: OrgUnit,
    enrolments: Sequence[Enrolment],
    starts_on: dt.date,
    ends_on: dt.date,
    contact: str,
    by: User,
) -> PublicNotice:
    """Checked applicants of one township. Raises ``Conflict`` when one of them is no longer waiting for it."""
    require(by, Permission.CHECK_ENROLMENTS)
    if not by.org_unit.contains(org_unit):
        raise NotAllowed("只能公示本单位的申请。")
    if not enrolments:
        raise Refused("请勾选要公示的申请人。")
    if starts_on < timezone.localdate():
        raise Refused("公示开始日期已经过了，请从今天或以后开始。")
    shortest = notice_end(starts_on, programme.notice_days)
    if ends_on < shortest:
        raise Refused(f"公示要满 {programme.notice_days} 个工作日，截止日期最早为 {shortest:%Y-%m-%d}。")
    pks = [each.pk for each in enrolments]
    waiting = Enrolment.objects.visible_to(by).filter(
        pk__in=pks, programme=programme, org_unit=org_unit, state=State.CHECKED
    )
    if waiting.update(state=State.ON_NOTICE) != len(set(pks)):
        raise Conflict("名单里有人的申请刚刚变动，请重新勾选。")
    notice = PublicNotice.objects.create(
        programme=programme,
        org_unit=org_unit,
        starts_on=starts_on,
        ends_on=ends_on,
        contact=contact.strip(),
        published_by=by,
    )
    notice.enrolments.set(pks)
    _record_steps(pks, Kind.NOTICE, by, f"{starts_on:%Y-%m-%d} 至 {ends_on:%Y-%m-%d}")
    _record(notice, "公示", by, number=len(pks))
    return notice


@transaction.atomic
def close_notice(*, notice: PublicNotice, by: User) -> int:
    """公示期满: who is still on it goes to the county. Returns how many. Safe to be asked twice."""
    require(by, Permission.CHECK_ENROLMENTS)
    if notice.ends_on >= timezone.localdate():
        raise Refused(f"公示到 {notice.ends_on:%Y-%m-%d} 才期满，请次日起办结。")
    open_ = PublicNotice.objects.visible_to(by).filter(pk=notice.pk, closed_at=None)
    if not open_.update(closed_at=timezone.now()):
        raise Conflict("这期公示已经办结。")
    # Somebody objected to may be on a later notice already: that one counts.
    later = PublicNotice.objects.filter(pk__gt=notice.pk).values("enrolments")
    pks = list(
        notice.enrolments.select_for_update(of=("self",))
        .filter(state=State.ON_NOTICE)
        .exclude(pk__in=later.filter(enrolments__isnull=False))
        .values_list("pk", flat=True)
    )
    Enrolment.objects.filter(pk__in=pks).update(state=State.NOTICED)
    _record_steps(pks, Kind.NOTICE_OVER, by, "")
    _record(notice, "公示期满", by, number=len(pks))
    return len(pks)


def _record_steps(pks: Sequence[int], kind: EnrolmentStep.Kind, by: User, comment: str) -> None:
    EnrolmentStep.objects.bulk_create(
        EnrolmentStep(enrolment_id=pk, kind=kind, by=by, comment=comment) for pk in pks
    )


def _record(notice: PublicNotice, what: str, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.ENROLMENT,
        by=by,
        org_unit=notice.org_unit,
        subject=f"{what}：{notice.org_unit.name}，{notice.programme.name}，公示编号 {notice.pk}",
        **detail,
    )
