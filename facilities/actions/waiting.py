"""The waiting list of a facility: positions 1, 2, 3 … without gaps among those who still wait."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Refused
from eldercare.models import AuditEvent, User
from facilities.actions.guards import check_version, in_words, require_editor, visible, write
from facilities.actions.stays import move_in
from facilities.models import Bed, Facility, Stay, WaitingEntry

EDITABLE = ("name", "id_number", "phone", "asked_on", "reason", "note")
Outcome = WaitingEntry.Outcome
NOTE_LENGTH = WaitingEntry._meta.get_field("note").max_length


def add_entry(
    *, facility: Facility, fields: Mapping[str, object], by: User, id_reason: str = ""
) -> WaitingEntry:
    """At the end of the list."""
    require_editor(by)
    with transaction.atomic():
        facility = _locked(facility, by)
        if facility.closed_on and facility.closed_on <= timezone.localdate():
            raise Refused(f"{facility.name}已停办，不能登记轮候。")
        known = _open(facility).filter(id_number=fields["id_number"]).first()
        if known:
            raise Refused(f"{known.name}已在{facility.name}轮候，排第 {known.position} 位。")
        entry = WaitingEntry(facility=facility, position=_open(facility).count() + 1, entered_by=by, **fields)
        with in_words(WaitingEntry):
            entry.save()
        _record(entry, "登记轮候", by=by, **({"id_reason": id_reason} if id_reason else {}))
    return entry


def edit_entry(
    *, entry: WaitingEntry, changes: Mapping[str, object], seen: int | None, by: User, id_reason: str = ""
) -> list[str]:
    """Returns the labels of what changed."""
    require_editor(by)
    with transaction.atomic():
        current = visible(
            WaitingEntry.objects.select_related("facility__org_unit"), by, entry.pk, "这条轮候登记"
        )
        check_version(current, seen)
        words = write(current, {name: value for name, value in changes.items() if name in EDITABLE})
        if words:
            _record(
                current, "修改轮候", by=by, fields=words, **({"id_reason": id_reason} if id_reason else {})
            )
    return words


def move_entry(*, entry: WaitingEntry, to: int, reason: str, by: User) -> WaitingEntry:
    """To position ``to``; the others close up. The reason stands in the note and in the log."""
    require_editor(by)
    with transaction.atomic():
        current = _current(entry, by)
        before = current.position
        line = [each for each in _open(current.facility) if each.pk != current.pk]
        to = min(max(to, 1), len(line) + 1)
        if to == before:
            raise Refused(f"{current.name}已排第 {to} 位，没有变动。")
        remark = f"{timezone.localdate()} 由第 {before} 位调到第 {to} 位：{reason}"
        current.note = f"{remark}；{current.note}".strip("；")[:NOTE_LENGTH]
        current.save(update_fields=["note"])
        line.insert(to - 1, current)
        _number(line)
        _record(current, "调整轮候次序", by=by, before=before, after=to, reason=reason)
    return current


def close_entry(*, entry: WaitingEntry, outcome: str, day: dt.date, note: str, by: User) -> WaitingEntry:
    """For every outcome but admission, which is ``admit``."""
    require_editor(by)
    if outcome == Outcome.ADMITTED:
        raise Refused("已入住的请用“办理入住”，同时登记床位。")
    with transaction.atomic():
        current = _current(entry, by)
        _close(current, outcome, day, note=note)
        _record(current, "了结轮候", by=by, outcome=current.get_outcome_display())
    return current


def admit(
    *, entry: WaitingEntry, bed: Bed, day: dt.date, by: User, is_respite: bool = False, id_reason: str = ""
) -> Stay:
    """The person moves in, and no longer waits: both, or neither."""
    require_editor(by)
    with transaction.atomic():
        current = _current(entry, by)
        if bed.facility_id != current.facility_id:
            raise Refused(f"这张床位不属于{current.facility.name}。")
        stay = move_in(
            bed=bed,
            name=current.name,
            id_number=current.id_number,
            day=day,
            is_respite=is_respite,
            by=by,
            id_reason=id_reason,
        )
        _close(current, Outcome.ADMITTED, day, stay=stay)
        _record(current, "轮候入住", by=by)
    return stay


def _locked(facility: Facility, by: User) -> Facility:
    """One change of a list at a time."""
    return visible(Facility.objects.select_related("org_unit"), by, facility.pk, "这个机构")


def _current(entry: WaitingEntry, by: User) -> WaitingEntry:
    _locked(entry.facility, by)
    current = visible(WaitingEntry.objects.select_related("facility__org_unit"), by, entry.pk, "这条轮候登记")
    if current.closed_on:
        raise Refused(
            f"{current.name}的轮候已于 {current.closed_on} 了结（{current.get_outcome_display()}）。"
        )
    return current


def _open(facility: Facility):
    return facility.waiting_entries.filter(closed_on=None).order_by("position", "asked_on", "id")


def _close(
    entry: WaitingEntry, outcome: str, day: dt.date, *, stay: Stay | None = None, note: str = ""
) -> None:
    if day < entry.asked_on:
        raise Refused(f"日期不能早于登记轮候的日期（{entry.asked_on}），请核对。")
    entry.outcome, entry.closed_on, entry.stay = outcome, day, stay
    entry.note = f"{note}；{entry.note}".strip("；")[:NOTE_LENGTH]
    with in_words(WaitingEntry):
        entry.save(update_fields=["outcome", "closed_on", "stay", "note"])
    _number(list(_open(entry.facility)))


def _number(line: list[WaitingEntry]) -> None:
    moved = []
    for position, each in enumerate(line, start=1):
        if each.position != position:
            each.position = position
            moved.append(each)
    WaitingEntry.objects.bulk_update(moved, ["position"], batch_size=500)


def _record(entry: WaitingEntry, what: str, *, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.LEDGER,
        by=by,
        org_unit=entry.facility.org_unit,
        subject=f"{what}：{entry.facility.name}，轮候编号 {entry.pk}",
        **detail,
    )
