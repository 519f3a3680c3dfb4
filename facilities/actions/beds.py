"""Beds: adding many, editing one, retiring or changing many. A bed with a person in it is not retired."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models, transaction
from django.db.models import F, Func, Q, QuerySet, Value
from psycopg.types.multirange import DateMultirange
from psycopg.types.range import DateRange

from eldercare import audit
from eldercare.errors import Refused
from eldercare.models import AuditEvent, User
from eldercare.spells import Spells, SpellsField
from facilities.actions.guards import check_version, in_words, require_editor, visible, write
from facilities.models import Bed, Facility, Stay

ATTRIBUTES = {
    name: str(Bed._meta.get_field(name).verbose_name) for name in ("nursing", "dementia", "medical")
}
EDITABLE = ("room", "number", "kind", *ATTRIBUTES, "in_use_from", "in_use_to", "out_of_service", "note")
NAMED = 20  # beds that a sentence names


class Change(models.TextChoices):
    RETIRE = "retire", "停用"
    PAUSE = "pause", "暂停使用"
    RESUME = "resume", "恢复使用"
    BEGIN = "begin", "增加属性"
    END = "end", "取消属性"


@dataclass(frozen=True)
class Wanted:
    """What shall be done to many beds from ``day`` on; ``attribute`` for BEGIN and END, ``until`` for PAUSE."""

    change: Change
    day: dt.date
    attribute: str = ""
    until: dt.date | None = None  # the first day on which the bed is in service again

    @property
    def label(self) -> str:
        words = (
            self.change.label.replace("属性", f"“{ATTRIBUTES[self.attribute]}”")
            if self.attribute
            else self.change.label
        )
        return f"自 {self.day} 起{words}"


@dataclass
class Outlook:
    """What a change would do, counted before it is done."""

    wanted: Wanted
    total: int = 0
    beds: list[Bed] = field(default_factory=list)  # those that change
    skipped: Counter = field(default_factory=Counter)  # why → how many
    occupied: list[Stay] = field(default_factory=list)  # stays that last into the change
    odd: int = 0  # beds for which the attribute makes no sense

    @property
    def digest(self) -> str:
        """Tells whether what a person confirms is what was shown."""
        people = [stay.pk for stay in self.occupied]
        text = repr((self.wanted, [bed.pk for bed in self.beds], people))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def facilities(self) -> list[tuple[str, int]]:
        return Counter(bed.facility.name for bed in self.beds).most_common()

    @property
    def reasons(self) -> list[tuple[str, int]]:
        return self.skipped.most_common()

    @property
    def is_refused(self) -> bool:
        return self.wanted.change == Change.RETIRE and bool(self.occupied)

    @property
    def refusal(self) -> str:
        if not self.is_refused:
            return ""
        names = "、".join(
            f"{each.bed.facility.name} {each.bed}（{each.name}）" for each in self.occupied[:NAMED]
        )
        more = f"等 {len(self.occupied)} 张" if len(self.occupied) > NAMED else ""
        return (
            f"{names}{more}在 {self.wanted.day} 之后还有人住，不能停用。请先办理离开或换床，或不选这些床位。"
        )


def add_beds(
    *,
    facility: Facility,
    room: str,
    numbers: Sequence[str],
    fields: Mapping[str, object],
    by: User,
    skip_existing: bool = False,
) -> tuple[int, list[str]]:
    """So many new beds, and the numbers that were left out because they exist."""
    require_editor(by)
    with transaction.atomic():
        facility = visible(Facility.objects, by, facility.pk, "这个机构")
        existing = existing_numbers(facility, room, numbers)
        if existing and not skip_existing:
            raise Refused(
                f"{facility.name}{f'房间 {room} ' if room else ''}已有床号 {'、'.join(existing[:NAMED])}"
                f"{'等' if len(existing) > NAMED else ''}。要跳过它们，请勾选“跳过已有的床号”。"
            )
        if facility.closed_on and fields["in_use_from"] >= facility.closed_on:
            raise Refused(f"{facility.name}已于 {facility.closed_on} 停办，之后不能增加床位。")
        wanted = [number for number in numbers if number not in set(existing)]
        if not wanted:
            raise Refused("填写的床号都已存在，没有新增。")
        with in_words(Bed):
            Bed.objects.bulk_create(
                [Bed(facility=facility, room=room, number=number, **fields) for number in wanted],
                batch_size=500,
            )
        audit.record(
            AuditEvent.Action.LEDGER,
            by=by,
            org_unit=facility.org_unit,
            subject=f"新增床位 {len(wanted)} 张：{facility.name} {room}".strip(),
            numbers="、".join(wanted),
            skipped=len(existing),
        )
    return len(wanted), existing


def existing_numbers(facility: Facility, room: str, numbers: Sequence[str]) -> list[str]:
    known = set(facility.beds.filter(room=room, number__in=numbers).values_list("number", flat=True))
    return [number for number in numbers if number in known]


def edit_bed(*, bed: Bed, changes: Mapping[str, object], seen: int | None, by: User) -> list[str]:
    """The labels of what changed. Raises Conflict when the bed changed since the page was opened."""
    require_editor(by)
    with transaction.atomic():
        current = visible(Bed.objects, by, bed.pk, "这张床位")
        check_version(current, seen)
        changes = {name: value for name, value in changes.items() if name in EDITABLE}
        _refuse_hiding_stays(current, changes)
        words = write(current, changes)
        if words:
            audit.record(
                AuditEvent.Action.LEDGER,
                by=by,
                org_unit=current.facility.org_unit,
                subject=f"修改床位：{current.facility.name} {current}",
                fields=words,
            )
    return words


def _refuse_hiding_stays(bed: Bed, changes: Mapping[str, object]) -> None:
    """Nobody sleeps in a bed before it is in use or after it was retired."""
    until = changes.get("in_use_to")
    if until and until != bed.in_use_to and (stay := _lasting(Stay.objects.filter(bed=bed), until).first()):
        raise Refused(
            f"{stay.name}自 {stay.moved_in_on} 起住在这张床，{until} 之后还没有离开，不能停用。请先办理离开或换床。"
        )
    first = changes.get("in_use_from")
    if first and first > bed.in_use_from:
        early = Stay.objects.filter(bed=bed, moved_in_on__lt=first).order_by("moved_in_on").first()
        if early:
            raise Refused(f"{early.name}自 {early.moved_in_on} 起住在这张床，启用日期不能晚于这一天。")


def _lasting(stays: QuerySet, day: dt.date) -> QuerySet:
    """Stays that go on after ``day``, or begin later."""
    return stays.filter(Q(moved_out_on=None) | Q(moved_out_on__gt=day)).order_by("moved_in_on")


def outlook(beds: QuerySet, wanted: Wanted) -> Outlook:
    """What ``wanted`` would do to ``beds``, in two queries."""
    found = Outlook(wanted)
    for bed in beds.select_related("facility").order_by(
        "facility__org_unit__code", "facility__name", "room", "number"
    ):
        found.total += 1
        reason = _reason_to_skip(bed, wanted)
        if reason:
            found.skipped[reason] += 1
            continue
        found.beds.append(bed)
        found.odd += wanted.change == Change.BEGIN and bed.kind != Bed.Kind.INSTITUTIONAL
    if wanted.change in (Change.RETIRE, Change.PAUSE):
        stays = _lasting(Stay.objects.filter(bed__in=[bed.pk for bed in found.beds]), wanted.day)
        if wanted.change == Change.PAUSE and wanted.until:
            stays = stays.filter(moved_in_on__lt=wanted.until)
        found.occupied = list(stays.select_related("bed__facility"))
    return found


def _reason_to_skip(bed: Bed, wanted: Wanted) -> str:
    if bed.in_use_to and bed.in_use_to <= wanted.day:
        return f"{wanted.day} 之前已停用"
    if bed.in_use_from > wanted.day:
        return f"{wanted.day} 之后才启用"
    if wanted.change == Change.PAUSE and bed.out_of_service.begun(wanted.day) == bed.out_of_service:
        return "当日已暂停使用"
    if wanted.change == Change.RESUME and bed.out_of_service.ended(wanted.day) == bed.out_of_service:
        return "当日没有暂停使用"
    if wanted.attribute:
        held: Spells = getattr(bed, wanted.attribute)
        name = ATTRIBUTES[wanted.attribute]
        if wanted.change == Change.BEGIN and held.on(wanted.day) and held.since_day:
            return f"当日已是{name}床位"
        if wanted.change == Change.END and held.ended(wanted.day) == held:
            return f"当日不是{name}床位"
    return ""


def change_beds(*, beds: QuerySet, wanted: Wanted, by: User) -> Outlook:
    """Do it to all that it concerns, or to none. Raises Refused for an occupied bed that would be retired."""
    require_editor(by)
    with transaction.atomic():
        pks = list(
            Bed.objects.visible_to(by)
            .filter(pk__in=beds.order_by().values("pk"))
            .order_by("pk")
            .select_for_update(of=("self",))
            .values_list("pk", flat=True)
        )
        found = outlook(Bed.objects.filter(pk__in=pks), wanted)
        if found.is_refused:
            raise Refused(found.refusal)
        if not found.beds:
            raise Refused("没有需要改动的床位。")
        Bed.objects.filter(pk__in=[bed.pk for bed in found.beds]).update(**_assignment(wanted))
        audit.record(
            AuditEvent.Action.LEDGER,
            by=by,
            subject=f"{wanted.label}：床位 {len(found.beds)} 张",
            facilities=[f"{name} {number} 张" for name, number in found.facilities[:NAMED]],
        )
    return found


def _assignment(wanted: Wanted) -> dict[str, object]:
    if wanted.change == Change.RETIRE:
        return {"in_use_to": wanted.day}
    column = wanted.attribute or "out_of_service"
    operator = " + " if wanted.change in (Change.PAUSE, Change.BEGIN) else " - "
    period = DateMultirange([DateRange(wanted.day, wanted.until)])
    return {
        column: Func(
            F(column),
            Value(period, output_field=SpellsField()),
            function="",
            arg_joiner=operator,
            output_field=SpellsField(),
        )
    }
