"""Writing family beds (家庭养老床位). The accepted one has a bed at the signed facility, which the ledger counts."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Refused
from eldercare.models import AuditEvent, User
from facilities.actions.guards import check_version, in_words, visible, write
from facilities.models import Bed, Facility
from subsidies.actions.visits import require_editor
from subsidies.models import Elder, FamilyBed
from subsidies.rules.adaptations import FAMILY_BED, Step, day_problem, last_done, next_step

EDITABLE = ("equipment", "services", "monthly_fee", "subsidy", "adaptation")
ROOM = "家庭"


@transaction.atomic
def apply(*, elder: Elder, fields: Mapping[str, object], by: User) -> FamilyBed:
    require_editor(by)
    elder = visible(Elder.objects.current(), by, elder.pk, "这位老人")
    if elder.died_on:
        raise Refused(f"{elder.name}已登记死亡，不能申请家庭养老床位。")
    if fields["applied_on"] > timezone.localdate():
        raise Refused("申请日期还没有到，请核对。")
    row = FamilyBed(elder=elder, **fields)
    with in_words(FamilyBed):
        row.save()
    _record(row, "申请家庭养老床位", by)
    return row


@transaction.atomic
def edit(*, row: FamilyBed, changes: Mapping[str, object], seen: int | None, by: User) -> list[str]:
    require_editor(by)
    current = _locked(row, by)
    check_version(current, seen)
    words = write(current, {name: value for name, value in changes.items() if name in EDITABLE})
    if words:
        _record(current, "修改家庭养老床位", by, fields=words)
    return words


@transaction.atomic
def take_step(*, row: FamilyBed, state: str, day: dt.date, fields: Mapping[str, object], by: User) -> Step:
    """The next step; acceptance also puts a bed of the signed facility to use from that day."""
    require_editor(by)
    current = _locked(row, by)
    _refuse_ended(current)
    step = next_step(FAMILY_BED, current)
    if step is None or step.state != state:
        raise Refused("这张床位已由别人办理到下一环节，请按现在的环节办理。")
    problem = day_problem(FAMILY_BED, step, day, current, begins="applied_on", today=timezone.localdate())
    if problem:
        raise Refused(problem)
    changes = {step.day: day, **{name: fields[name] for name in step.fields if name in fields}}
    if step.state == "accepted":
        changes["bed"] = _put_to_use(current, day)
    write(current, changes)
    _record(current, f"家庭养老床位{step.name}", by, date=str(day))
    return step


def _put_to_use(row: FamilyBed, day: dt.date) -> Bed:
    """The bed of an earlier acceptance that was taken back is used again."""
    facility = Facility.objects.select_for_update().get(pk=row.facility_id)
    if facility.opened_on > day or (facility.closed_on and facility.closed_on <= day):
        raise Refused(f"{facility.name}在 {day} 没有运营，不能启用床位。请核对日期，或终止后改签别的机构。")
    if row.bed:
        write(row.bed, {"in_use_from": day, "in_use_to": None})
        return row.bed
    bed = Bed(
        facility=facility,
        room=ROOM,
        number=f"{row.pk}",
        kind=Bed.Kind.FAMILY,
        in_use_from=day,
        note="家庭养老床位",
    )
    with in_words(Bed):
        bed.save()
    return bed


@transaction.atomic
def step_back(*, row: FamilyBed, reason: str, by: User) -> Step:
    """Take the last step back; a bed that was put to use by mistake counts for no day."""
    require_editor(by)
    current = _locked(row, by)
    _refuse_ended(current)
    step = last_done(FAMILY_BED, current)
    if step is None:
        raise Refused("还没有办理任何环节，没有可退回的。")
    write(current, {step.day: None})
    if step.state == "accepted" and current.bed:
        write(current.bed, {"in_use_to": current.bed.in_use_from})
    _record(current, f"退回家庭养老床位{step.name}", by, reason=reason)
    return step


@transaction.atomic
def end(*, row: FamilyBed, day: dt.date, reason: str, by: User) -> FamilyBed:
    """From ``day`` on neither the contract nor the bed counts."""
    require_editor(by)
    current = _locked(row, by)
    _refuse_ended(current)
    begun = current.accepted_on or current.applied_on
    if day < begun or day > timezone.localdate():
        raise Refused(f"终止日期应在 {begun} 到今天之间，请核对。")
    write(current, {"ended_on": day, "end_reason": reason})
    if current.bed:
        if current.bed.stays.filter(Q(moved_out_on=None) | Q(moved_out_on__gt=day)).exists():
            raise Refused("这张床位在入住台账中还有人住，请先办理离开。")
        write(current.bed, {"in_use_to": day})
    _record(current, "终止家庭养老床位", by, reason=reason, date=str(day))
    return current


def _locked(row: FamilyBed, by: User) -> FamilyBed:
    rows = FamilyBed.objects.select_related("elder__org_unit", "facility", "bed")
    return visible(rows, by, row.pk, "这张家庭养老床位")


def _refuse_ended(row: FamilyBed) -> None:
    if row.ended_on:
        raise Refused(f"这张床位已于 {row.ended_on} 终止。再次建床请重新申请。")


def _record(row: FamilyBed, step: str, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.LEDGER,
        by=by,
        org_unit=row.elder.org_unit,
        subject=f"家庭养老床位 编号 {row.pk}",
        step=step,
        **detail,
    )
