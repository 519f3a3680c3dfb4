"""Who moves into which bed, changes it, or leaves. A bed has one person at a time, and a person one bed."""

import datetime as dt
import zlib
from collections.abc import Mapping

from django.db import connection, transaction
from django.db.models import Q

from eldercare import audit
from eldercare.errors import Refused
from eldercare.models import AuditEvent, User
from facilities.actions.guards import check_version, in_words, require_editor, visible, write
from facilities.models import Bed, Stay

EDITABLE = ("name", "id_number", "is_respite", "moved_in_on", "moved_out_on", "outcome")
ELSEWHERE = "此人已在其他镇(街道)登记入住，请联系县级核实。"


def move_in(
    *,
    bed: Bed,
    name: str,
    id_number: str,
    day: dt.date,
    by: User,
    is_respite: bool = False,
    id_reason: str = "",
) -> Stay:
    """Raises Refused for a bed that is taken or not in use, and for a person who lives somewhere already."""
    require_editor(by)
    with transaction.atomic():
        bed = visible(Bed.objects.select_related("facility__org_unit"), by, bed.pk, "这张床位")
        _refuse_unusable(bed, day)
        _refuse_living_elsewhere(id_number, day, None, by=by)
        stay = Stay(bed=bed, name=name, id_number=id_number, is_respite=is_respite, moved_in_on=day)
        _save(stay)
        _record(stay, "入住", by=by, **({"id_reason": id_reason} if id_reason else {}))
    return stay


def move_out(*, stay: Stay, day: dt.date, outcome: str, by: User) -> Stay:
    require_editor(by)
    with transaction.atomic():
        current = visible(Stay.objects.select_related("bed__facility__org_unit"), by, stay.pk, "这条入住记录")
        if current.moved_out_on:
            raise Refused(f"{current.name}已于 {current.moved_out_on} 登记离开。")
        _refuse_ending_too_early(current, day, "离开")
        write(current, {"moved_out_on": day, "outcome": outcome})
        _record(current, "离开", by=by, outcome=current.get_outcome_display())
    return current


def change_bed(*, stay: Stay, to: Bed, day: dt.date, by: User) -> Stay:
    """Ends the stay and begins the next one on the same day. On the day of moving in itself the bed is corrected."""
    require_editor(by)
    with transaction.atomic():
        current = visible(Stay.objects.select_related("bed__facility__org_unit"), by, stay.pk, "这条入住记录")
        to = visible(Bed.objects.select_related("facility__org_unit"), by, to.pk, "这张床位")
        if current.moved_out_on:
            raise Refused(f"{current.name}已于 {current.moved_out_on} 离开，不能换床。")
        if to.pk == current.bed_id:
            raise Refused(f"{current.name}就住在这张床。")
        _refuse_unusable(to, day)
        before = f"{current.bed.facility.name} {current.bed}"
        if day == current.moved_in_on:
            current.bed = to
            _save(current)
            _record(current, "更正床位", by=by, before=before)
            return current
        _refuse_ending_too_early(current, day, "换床")
        write(current, {"moved_out_on": day, "outcome": Stay.Outcome.OTHER_BED})
        following = Stay(
            bed=to,
            name=current.name,
            id_number=current.id_number,
            is_respite=current.is_respite,
            moved_in_on=day,
        )
        _save(following)
        _record(following, "换床", by=by, before=before)
    return following


def edit_stay(
    *, stay: Stay, changes: Mapping[str, object], seen: int | None, by: User, id_reason: str = ""
) -> list[str]:
    """Corrects what was entered wrong; returns the labels of what changed."""
    require_editor(by)
    with transaction.atomic():
        current = visible(Stay.objects.select_related("bed__facility__org_unit"), by, stay.pk, "这条入住记录")
        check_version(current, seen)
        changes = {name: value for name, value in changes.items() if name in EDITABLE}
        came = changes.get("moved_in_on", current.moved_in_on)
        left = changes.get("moved_out_on", current.moved_out_on)
        number = str.__str__(changes.get("id_number", current.id_number))
        is_moved = (came, left) != (current.moved_in_on, current.moved_out_on)
        if is_moved:
            _refuse_outside_use(current.bed, came, left)
            _refuse_taken(current.bed, came, left, current)
        if is_moved or number != current.id_number:
            _refuse_living_elsewhere(number, came, left, by=by, but=current)
        words = write(current, changes)
        if words:
            _record(
                current, "修改入住", by=by, fields=words, **({"id_reason": id_reason} if id_reason else {})
            )
    return words


def delete_stay(*, stay: Stay, reason: str, by: User) -> None:
    """For what should never have been entered; the history keeps it."""
    require_editor(by)
    with transaction.atomic():
        current = visible(Stay.objects.select_related("bed__facility__org_unit"), by, stay.pk, "这条入住记录")
        if hasattr(current, "waited"):
            raise Refused("这条入住由轮候登记而来，不能删除；请办理离开。")
        _record(current, "删除入住", by=by, reason=reason)
        current.delete()


def _save(stay: Stay) -> None:
    _refuse_taken(stay.bed, stay.moved_in_on, stay.moved_out_on, stay)
    with in_words(Stay):
        stay.save()


def _record(stay: Stay, what: str, *, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.LEDGER,
        by=by,
        org_unit=stay.bed.facility.org_unit,
        subject=f"{what}：{stay.bed.facility.name} {stay.bed}，入住编号 {stay.pk}",
        **detail,
    )


# --- What is refused -------------------------------------------------------------------------------------------


def _refuse_unusable(bed: Bed, day: dt.date) -> None:
    if not bed.facility.is_open_on(day):
        raise Refused(f"{bed.facility.name}在 {day} 没有运营，不能入住。")
    if bed.in_use_from > day:
        raise Refused(f"床位 {bed} 自 {bed.in_use_from} 起才启用，请另选床位或核对日期。")
    if bed.in_use_to and bed.in_use_to <= day:
        raise Refused(f"床位 {bed} 已于 {bed.in_use_to} 停用，请另选床位。")
    if bed.out_of_service.on(day):
        raise Refused(f"床位 {bed} 在 {day} 暂停使用，请另选床位。")


def _refuse_outside_use(bed: Bed, came: dt.date, left: dt.date | None) -> None:
    if came < bed.in_use_from:
        raise Refused(f"床位 {bed} 自 {bed.in_use_from} 起启用，入住日期不能早于这一天。")
    if bed.in_use_to and (left is None or left > bed.in_use_to):
        raise Refused(f"床位 {bed} 已于 {bed.in_use_to} 停用，离开日期不能晚于这一天。")


def _refuse_ending_too_early(stay: Stay, day: dt.date, what: str) -> None:
    if day <= stay.moved_in_on:
        raise Refused(f"{what}日期须晚于入住日期（{stay.moved_in_on}），请核对。")


def _overlapping(came: dt.date, left: dt.date | None) -> Q:
    found = Q(moved_out_on=None) | Q(moved_out_on__gt=came)
    return found & Q(moved_in_on__lt=left) if left else found


def _refuse_taken(bed: Bed, came: dt.date, left: dt.date | None, stay: Stay) -> None:
    """Says since when; the exclusion constraint has the last word."""
    others = (
        Stay.objects.filter(_overlapping(came, left), bed=bed).exclude(pk=stay.pk).order_by("moved_in_on")
    )
    other = others.first()
    if other is None:
        return
    if other.moved_in_on > came:
        raise Refused(
            f"床位 {bed} 自 {other.moved_in_on} 起由{other.name}入住，这段时间与它重叠，请另选床位或核对日期。"
        )
    until = f"至 {other.moved_out_on}" if other.moved_out_on else "，还没有离开"
    raise Refused(f"床位 {bed} 自 {other.moved_in_on} 起已由{other.name}入住{until}，请另选床位。")


def _refuse_living_elsewhere(
    id_number: str, came: dt.date, left: dt.date | None, *, by: User, but: Stay | None = None
) -> None:
    """Names the place within the user's own unit only: what other townships have stays theirs."""
    with connection.cursor() as cursor:  # two clerks cannot enter one person at the same moment
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [PERSON_LOCK, zlib.crc32(id_number.encode()) >> 1]
        )
    found = Stay.objects.filter(_overlapping(came, left), id_number=id_number)
    if but is not None:
        found = found.exclude(pk=but.pk)
    if not found.exists():
        return
    known = found.visible_to(by).select_related("bed__facility").first()
    if known is None:
        raise Refused(ELSEWHERE)
    raise Refused(
        f"{known.name}自 {known.moved_in_on} 起已住在{known.bed.facility.name}床位 {known.bed}，"
        "同一人同一时间只能住一张床。请先办理离开或换床。"
    )


PERSON_LOCK = 7461  # the first half of the advisory lock on a person's number
