"""The lists of beds, stays and waiting people: which rows fit the filter, and what their columns show."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from eldercare.models import User
from facilities.models import Bed, Facility, Stay, WaitingEntry, without_qualifications

# 2 before 10: shorter numbers first, then by letter.
BED_ORDER = ("room_length", "room", "number_length", "number")
INSTITUTIONAL_FIRST = Case(When(kind=Bed.Kind.INSTITUTIONAL, then=0), default=1)


def in_order(beds: QuerySet) -> QuerySet:
    return beds.annotate(room_length=Length("room"), number_length=Length("number"))


def beds_on(beds: QuerySet, day: dt.date) -> QuerySet:
    """With ``day`` and who lives in the bed on it: ``occupant``, ``occupied_since``, ``stay_pk``."""
    stays = Stay.objects.filter(bed=OuterRef("pk")).on(day).order_by()
    return in_order(beds).annotate(
        day=Value(day, output_field=DateField()),
        occupant=Subquery(stays.values("name")[:1], output_field=CharField()),
        occupied_since=Subquery(stays.values("moved_in_on")[:1]),
        stay_pk=Subquery(stays.values("pk")[:1]),
    )


def filter_beds(beds: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    """``chosen`` from BedFilterForm; the beds as they stand on its day."""
    day = chosen.get("day") or timezone.localdate()
    beds = beds_on(_at_place(beds, chosen, "facility"), day).select_related("facility__org_unit")
    beds = without_qualifications(beds, "facility")
    if kind := chosen.get("kind"):
        beds = beds.filter(kind=kind)
    if attribute := chosen.get("attribute"):
        beds = beds.filter(**{f"{attribute}__on": day})
    if state := chosen.get("state"):
        beds = _in_state(beds, state, day)
    if text := chosen.get("q"):
        beds = beds.filter(contains(text, "room", "number", "facility__name"))
    return beds


def _at_place(rows: QuerySet, chosen: dict[str, Any], path: str) -> QuerySet:
    if unit := chosen.get("unit"):
        rows = rows.filter(**{f"{path}__org_unit": unit})
    if facility := chosen.get("facility"):
        rows = rows.filter(**{path: facility})
    return rows


def _in_state(beds: QuerySet, state: str, day: dt.date) -> QuerySet:
    open_then = Q(facility__closed_on=None) | Q(facility__closed_on__gt=day)
    if state in ("in_use", "free", "occupied"):
        lived_in = Stay.objects.on(day).filter(bed__isnull=False).values("bed")
        beds = beds.in_use_on(day)
        if state == "free":
            return beds.exclude(pk__in=lived_in)
        return beds.filter(pk__in=lived_in) if state == "occupied" else beds
    if state == "future":
        return beds.filter(in_use_from__gt=day)
    if state == "retired":
        return beds.filter(in_use_from__lte=day).exclude(
            open_then & (Q(in_use_to=None) | Q(in_use_to__gt=day))
        )
    return beds.filter(open_then, in_use_from__lte=day, out_of_service__on=day).filter(
        Q(in_use_to=None) | Q(in_use_to__gt=day)
    )


def free_beds(user: User, day: dt.date, *facilities: Facility) -> QuerySet:
    """Beds that somebody could move into on ``day`` and stay: nobody is in them then or later."""
    taken = Stay.objects.filter(bed__facility__in=facilities).filter(
        Q(moved_out_on=None) | Q(moved_out_on__gt=day)
    )
    beds = Bed.objects.visible_to(user).filter(facility__in=facilities).in_use_on(day)
    return in_order(beds.exclude(pk__in=taken.values("bed"))).order_by("facility__name", *BED_ORDER)


def state_of(bed: Bed) -> Badge:
    """On ``bed.day``; see ``beds_on``."""
    day, facility = bed.day, bed.facility
    if bed.in_use_from > day:
        return Badge("未启用", "secondary")
    if not facility.is_open_on(day) or (bed.in_use_to and bed.in_use_to <= day):
        return Badge("已停用", "secondary")
    if bed.out_of_service.on(day):
        return Badge("暂停使用", "orange")
    return Badge("有人", "blue") if bed.occupant else Badge("空床", "green")


def traits_of(bed: Bed) -> str:
    held = (name for name in ("nursing", "dementia", "medical") if getattr(bed, name).on(bed.day))
    return "、".join(str(Bed._meta.get_field(name).verbose_name) for name in held)


def is_retired(bed: Bed) -> bool:
    return state_of(bed).label == "已停用"


BED_COLUMNS = (
    Column("unit", "镇(街道)", "facility.org_unit.name", order=("facility__org_unit__code",), width=14),
    Column(
        "facility",
        "机构(设施)",
        "facility.name",
        order=("facility__name", *BED_ORDER),
        width=30,
    ),
    Column("room", "房间", "room", order=("room_length", "room", "number_length", "number"), width=10),
    Column(
        "number",
        "床号",
        "number",
        order=("number_length", "number"),
        width=10,
        link=lambda bed: reverse("bed-detail", args=[bed.pk]),
    ),
    Column("kind", "床位类型", lambda bed: bed.get_kind_display(), order=("kind",), width=14),
    Column("traits", "属性", traits_of, width=26),
    Column("state", "状态", state_of, width=12),
    Column(
        "occupant",
        "入住人",
        "occupant",
        order=("occupant",),
        width=12,
        link=lambda bed: reverse("stay-detail", args=[bed.stay_pk]),
    ),
    Column("since", "入住日期", "occupied_since", order=("occupied_since",), kind=Kind.DATE, width=13),
    Column("from", "启用日期", "in_use_from", order=("in_use_from",), kind=Kind.DATE, width=13),
)
BEDS = Listing(
    "床位台账",
    BED_COLUMNS,
    order=("facility__org_unit__code", INSTITUTIONAL_FIRST, "facility__name", *BED_ORDER),
    unit="张",
    is_off=is_retired,
)


def _tick(bed: Bed) -> str:
    label = f"选择 {bed.facility.name} {bed}"
    return format_html(
        '<input class="form-check-input" type="checkbox" name="bed" value="{}" form="many" aria-label="{}">',
        bed.pk,
        label,
    )


# For the page only: a workbook has nothing to tick.
BEDS_TO_TICK = replace(BEDS, columns=(Column("tick", "选", _tick, css="cell-tick"), *BED_COLUMNS))


# --- Stays -----------------------------------------------------------------------------------------------------


def filter_stays(stays: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    """``chosen`` from StayFilterForm. Who had left by the day also came before it."""
    day = chosen.get("day") or timezone.localdate()
    stays = _at_place(stays, chosen, "bed__facility").select_related("bed__facility__org_unit")
    stays = without_qualifications(stays, "bed__facility")
    stays = stays.annotate(room_length=Length("bed__room"), number_length=Length("bed__number"))
    living = chosen.get("living")
    if living == "living":
        stays = stays.on(day)
    elif living == "left":
        stays = stays.filter(moved_out_on__lte=day)
    if respite := chosen.get("respite"):
        stays = stays.filter(is_respite=respite == "yes")
    if text := chosen.get("q"):
        stays = stays.filter(contains(text, "name", "bed__room", "bed__number", "bed__facility__name"))
    return stays


def whereabouts(stay: Stay) -> Badge:
    if stay.moved_out_on is None:
        return Badge("在住", "green")
    return Badge(stay.get_outcome_display() or "已离开", "secondary")


STAYS = Listing(
    "入住登记",
    (
        Column(
            "name", "姓名", "name", order=("name",), link=lambda stay: reverse("stay-detail", args=[stay.pk])
        ),
        Column("number", "证件号码", "id_number", css="code", width=22),
        Column("unit", "镇(街道)", "bed.facility.org_unit.name", order=("bed__facility__org_unit__code",)),
        Column("facility", "机构(设施)", "bed.facility.name", order=("bed__facility__name",), width=30),
        Column(
            "bed",
            "床位",
            lambda stay: str(stay.bed),
            order=("room_length", "bed__room", "number_length", "bed__number"),
            link=lambda stay: reverse("bed-detail", args=[stay.bed_id]),
        ),
        Column(
            "respite",
            "短期托养",
            lambda stay: "是" if stay.is_respite else "",
            order=("is_respite",),
            width=10,
        ),
        Column("in", "入住日期", "moved_in_on", order=("moved_in_on",), kind=Kind.DATE),
        Column("out", "离开日期", "moved_out_on", order=("moved_out_on",), kind=Kind.DATE),
        Column("state", "情况", whereabouts, order=("outcome",)),
    ),
    order=("-moved_in_on", "bed__facility__name", "name"),
    unit="人次",
    is_off=lambda stay: stay.moved_out_on is not None,
)


# --- Waiting lists ---------------------------------------------------------------------------------------------


def filter_waiting(entries: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    """``chosen`` from WaitingFilterForm."""
    entries = _at_place(entries, chosen, "facility").select_related("facility__org_unit")
    entries = without_qualifications(entries, "facility")
    state = chosen.get("state")
    if state in ("open", "closed"):
        entries = entries.filter(closed_on__isnull=state == "open")
    if reason := chosen.get("reason"):
        entries = entries.filter(reason=reason)
    if text := chosen.get("q"):
        entries = entries.filter(contains(text, "name", "facility__name"))
    return entries


def waiting_state(entry: WaitingEntry) -> Badge:
    if entry.closed_on is None:
        return Badge("轮候中", "blue")
    return Badge(entry.get_outcome_display(), "green" if entry.outcome == "admitted" else "secondary")


WAITING = Listing(
    "轮候登记",
    (
        Column("unit", "镇(街道)", "facility.org_unit.name", order=("facility__org_unit__code",)),
        Column(
            "facility",
            "机构",
            "facility.name",
            order=("facility__name", "position"),
            width=30,
            link=lambda entry: reverse("waiting-facility", args=[entry.facility_id]),
        ),
        Column(
            "position",
            "次序",
            lambda entry: entry.position if entry.closed_on is None else None,
            order=("position",),
            kind=Kind.INTEGER,
            width=8,
        ),
        Column(
            "name",
            "姓名",
            "name",
            order=("name",),
            link=lambda entry: reverse("waiting-detail", args=[entry.pk]),
        ),
        Column("number", "证件号码", "id_number", css="code", width=22),
        Column("phone", "联系电话", "phone", css="code", width=16),
        Column("reason", "轮候原因", lambda entry: entry.get_reason_display(), order=("reason",), width=20),
        Column("asked", "登记日期", "asked_on", order=("asked_on",), kind=Kind.DATE),
        Column("state", "状态", waiting_state, order=("outcome",)),
        Column("closed", "了结日期", "closed_on", order=("closed_on",), kind=Kind.DATE),
    ),
    order=("facility__org_unit__code", "facility__name", F("closed_on").asc(nulls_first=True), "position"),
    unit="人",
    is_off=lambda entry: entry.closed_on is not None,
)


def queue_of(facility: Facility) -> QuerySet:
    return facility.waiting_entries.filter(closed_on=None).order_by("position", "asked_on", "id")


def waiting_elsewhere(entry: WaitingEntry, user: User) -> QuerySet:
    """The same person on other lists that the user may see."""
    others = WaitingEntry.objects.visible_to(user).filter(id_number=entry.id_number, closed_on=None)
    return others.exclude(pk=entry.pk).select_related("facility")


def bed_figures(facility: Facility, day: dt.date) -> dict[str, int]:
    """Beds in use, people in them, and free beds of one facility."""
    beds = Bed.objects.filter(facility=facility).in_use_on(day)
    lived_in = Stay.objects.on(day).filter(bed__facility=facility).values("bed")
    return beds.aggregate(beds=Count("pk"), occupied=Count("pk", filter=Q(pk__in=lived_in)))
