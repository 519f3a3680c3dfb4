"""The steps of an enrolment from the application to approval. Those of one that runs are in ``enrolments_running``."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from facilities.actions.guards import in_words
from facilities.models import Employment, Facility
from subsidies.models import Elder, Enrolment, EnrolmentStep, Programme
from subsidies.rules.enrolments import WAYS

State = Enrolment.State
Kind = EnrolmentStep.Kind
PREPARED = (Kind.APPLY, Kind.CHECK, Kind.IMPORT)  # who took one of these steps does not approve
SELF = "申请、审核由您经办的，不能由您批准，请交另一位同事审批。"


@transaction.atomic
def apply(
    *,
    programme: Programme,
    holder: Elder | Employment | Facility,
    applied_on: dt.date,
    by: User,
    note: str = "",
) -> Enrolment:
    """Raises ``Refused`` for somebody who is in the programme already, and for one who has died."""
    require(by, Permission.CHECK_ENROLMENTS)
    name = {"elder": "elder", "post": "post", "facility": "facility"}[programme.beneficiary]
    unit = _unit_of(holder, by)
    _refuse_odd(programme, holder, applied_on)
    ended = Enrolment.objects.filter(programme=programme, **{name: holder}, state=State.ENDED)
    last = ended.order_by("-ended_from").values_list("ended_from", flat=True).first()
    enrolment = Enrolment(
        programme=programme,
        org_unit=unit,
        applied_on=applied_on,
        not_before=last,
        note=note.strip(),
        **{name: holder},
    )
    with in_words(Enrolment):
        enrolment.save()
    record_step(enrolment, Kind.APPLY, by, note.strip())
    return enrolment


def _unit_of(holder: Elder | Employment | Facility, by: User) -> OrgUnit:
    """The township that answers for it."""
    if not by.org_unit.contains(holder.org_unit):
        raise NotAllowed(f"由{holder.org_unit}管理，请由{holder.org_unit}提出申请。")
    return holder.org_unit


def _refuse_odd(programme: Programme, holder: Elder | Employment | Facility, applied_on: dt.date) -> None:
    if applied_on > timezone.localdate():
        raise Refused("申请日期还没有到，请核对。")
    if programme.ends_on and programme.ends_on < applied_on.replace(day=1):
        raise Refused(f"“{programme.name}”已于 {programme.ends_on:%Y-%m} 终止，不再受理申请。")
    if isinstance(holder, Elder):
        if holder.merged_into_id:
            raise Refused("这份档案已并入另一份，请用保留的那份申请。")
        if holder.died_on:
            raise Refused(f"{holder.name}已登记于 {holder.died_on:%Y-%m-%d} 死亡，不能申请。")


def check(*, enrolment: Enrolment, by: User, comment: str = "") -> Enrolment:
    """乡镇审核通过."""
    require(by, Permission.CHECK_ENROLMENTS)
    return take_step(enrolment, Kind.CHECK, by, comment)


def object_to(*, enrolment: Enrolment, by: User, comment: str) -> Enrolment:
    """公示有异议: back to the township's desk, to be looked into."""
    require(by, Permission.CHECK_ENROLMENTS)
    return take_step(enrolment, Kind.OBJECTION, by, reason(comment))


@transaction.atomic
def approve(*, enrolment: Enrolment, by: User, comment: str = "") -> Enrolment:
    """Raises ``NotAllowed`` for who applied or checked: two people look at every enrolment."""
    require(by, Permission.APPROVE_ENROLMENTS)
    if enrolment.steps.filter(kind__in=PREPARED, by=by).exists():
        raise NotAllowed(SELF)
    return take_step(enrolment, Kind.APPROVE, by, comment, approved_on=timezone.localdate())


def approve_many(*, enrolments: Sequence[Enrolment], by: User) -> tuple[int, list[tuple[Enrolment, str]]]:
    """Each by itself: how many were approved, and of the others why not."""
    require(by, Permission.APPROVE_ENROLMENTS)
    done, left = 0, []
    for each in enrolments:
        try:
            approve(enrolment=each, by=by)
        except Refused as refusal:
            left.append((each, str(refusal)))
        else:
            done += 1
    return done, left


def send_back(*, enrolment: Enrolment, by: User, comment: str) -> Enrolment:
    """退回 to the township's desk: by the county before approval, by the township before the notice."""
    _require_of(enrolment, by)
    return take_step(enrolment, Kind.RETURN, by, reason(comment))


def refuse(*, enrolment: Enrolment, by: User, comment: str) -> Enrolment:
    _require_of(enrolment, by)
    return take_step(enrolment, Kind.REFUSE, by, reason(comment))


def withdraw(*, enrolment: Enrolment, by: User, comment: str) -> Enrolment:
    require(by, Permission.CHECK_ENROLMENTS)
    return take_step(enrolment, Kind.WITHDRAW, by, reason(comment))


def _require_of(enrolment: Enrolment, by: User) -> None:
    """The county decides once the notice is over, the township before."""
    is_county = enrolment.state == State.NOTICED
    require(by, Permission.APPROVE_ENROLMENTS if is_county else Permission.CHECK_ENROLMENTS)


# --- Common -----------------------------------------------------------------------------------------------------


def require(by: User, permission: Permission) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.get_role_display()}不能办理这一步。")


def reason(comment: str) -> str:
    if not comment.strip():
        raise Refused("请写明原因。")
    return comment.strip()


@transaction.atomic
def take_step(
    enrolment: Enrolment, kind: EnrolmentStep.Kind, by: User, comment: str = "", **changes: object
) -> Enrolment:
    """Move on, if nobody else has done so since ``enrolment`` was read. Raises ``Conflict`` if somebody has."""
    way = WAYS[kind]
    visible = Enrolment.objects.visible_to(by).filter(pk=enrolment.pk)
    if not visible.exists():
        raise NotAllowed("不在您的管理范围内。")
    if enrolment.state not in way.sources:
        raise Conflict(f"现在是“{enrolment.get_state_display()}”，不能办理“{kind.label}”。")
    values = changes | ({"state": way.to} if way.to else {})
    with in_words(Enrolment):
        moved = Enrolment.objects.filter(pk=enrolment.pk, state=enrolment.state).update(**values)
    if not moved:
        now = Enrolment.objects.get(pk=enrolment.pk)
        raise Conflict(f"别人刚刚办理过，现在是“{now.get_state_display()}”，请看办理记录。")
    for name, value in values.items():
        setattr(enrolment, name, value)
    record_step(enrolment, kind, by, comment)
    return enrolment


def record_step(enrolment: Enrolment, kind: EnrolmentStep.Kind, by: User, comment: str = "") -> None:
    EnrolmentStep.objects.create(enrolment=enrolment, kind=kind, by=by, comment=comment[:300])
    audit.record(
        AuditEvent.Action.ENROLMENT,
        by=by,
        org_unit=enrolment.org_unit,
        subject=f"{kind.label}：{enrolment.programme.name}，资格编号 {enrolment.pk}",
        **({"comment": comment} if comment else {}),
    )
