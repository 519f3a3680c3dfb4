"""What the pages of public notices show: names partly hidden, no numbers."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing
from eldercare.models import OrgUnit, User
from subsidies.models import Enrolment, Programme, PublicNotice
from subsidies.pages.enrolments import light, place_of
from subsidies.pages.matching import bands_of
from subsidies.pages.programmes import band_row, words_for
from subsidies.rules.enrolments import masked_name, working_days
from subsidies.rules.programmes import what_is_paid


def notice_badge(notice: PublicNotice, today: dt.date) -> Badge:
    if notice.closed_at:
        return Badge("已办结", "secondary")
    if notice.ends_on < today:
        return Badge("期满待办结", "red")
    return Badge("公示中", "green") if notice.starts_on <= today else Badge("未开始", "blue")


def notice_listing(today: dt.date) -> Listing:
    columns = (
        Column(
            "starts",
            "公示期",
            lambda row: f"{row.starts_on} 至 {row.ends_on}",
            order=("starts_on",),
            link=lambda row: reverse("public-notice-detail", args=[row.pk]),
            width=26,
            css="nowrap",
        ),
        Column("programme", "补贴项目", "programme.name", order=("programme__name",), width=24),
        Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap"),
        Column("number", "人数", "number", order=("number",), kind=Kind.INTEGER, width=8),
        Column("open", "仍在公示", "still_open", order=("still_open",), kind=Kind.INTEGER, width=10),
        Column("by", "公示人", "published_by.full_name", width=10),
        Column("state", "状态", lambda row: notice_badge(row, today)),
    )
    return Listing("公示", columns, order=("-starts_on",), unit="期")


def notice_rows(rows: QuerySet) -> QuerySet:
    on_notice = Q(enrolments__state=Enrolment.State.ON_NOTICE)
    return rows.select_related("programme", "org_unit", "published_by").annotate(
        number=Count("enrolments"), still_open=Count("enrolments", filter=on_notice)
    )


def filter_notices(rows: QuerySet, chosen: dict, today: dt.date) -> QuerySet:
    if programme := chosen.get("programme"):
        rows = rows.filter(programme=programme)
    if unit := chosen.get("unit"):
        rows = rows.filter(org_unit__path__startswith=unit.path)
    state = chosen.get("state")
    if state == "open":
        rows = rows.filter(closed_at=None)
    elif state == "due":
        rows = rows.filter(closed_at=None, ends_on__lt=today)
    elif state == "closed":
        rows = rows.exclude(closed_at=None)
    return rows


# --- One notice -------------------------------------------------------------------------------------------------


def is_shown(notice: PublicNotice, user: User, today: dt.date) -> bool:
    """The list of names is for the days of the notice; the county may look it up afterwards."""
    return today <= notice.ends_on or user.org_unit.level == OrgUnit.Level.COUNTY


@dataclass(frozen=True)
class NoticeLine:
    number: int
    name: str
    place: str
    band: str
    paid: str


def notice_lines(notice: PublicNotice) -> list[NoticeLine]:
    """A facility is no person: its name is shown in full."""
    rows = list(light(notice.enrolments.all()).order_by("elder__village__code", "elder__name_key", "pk"))
    bands = bands_of(rows, notice.starts_on.replace(day=1))
    words = words_for(notice.programme)
    lines = []
    for number, row in enumerate(rows, 1):
        band = bands.get(row.pk)
        name = row.holder_name if row.facility_id else masked_name(row.holder_name)
        paid = what_is_paid(band_row(band), words) if band else "按审批结果"
        lines.append(NoticeLine(number, name, place_of(row), band.label if band else "—", paid))
    return lines


def days_of(notice: PublicNotice) -> int:
    return working_days(notice.starts_on, notice.ends_on)


# --- Making one -------------------------------------------------------------------------------------------------


def waiting_groups(user: User) -> list[tuple[Programme, OrgUnit, int]]:
    """Programmes and townships with checked applicants."""
    counted = (
        Enrolment.objects.visible_to(user)
        .filter(state=Enrolment.State.CHECKED)
        .order_by("programme", "org_unit__code")
        .values("programme", "org_unit", "org_unit__code")
        .annotate(number=Count("pk"))
    )
    groups = list(counted)
    programmes = Programme.objects.in_bulk({each["programme"] for each in groups})
    units = OrgUnit.objects.in_bulk({each["org_unit"] for each in groups})
    return [(programmes[each["programme"]], units[each["org_unit"]], each["number"]) for each in groups]


def waiting_for_notice(user: User, programme: Programme, unit: OrgUnit) -> list[Enrolment]:
    rows = Enrolment.objects.visible_to(user).filter(
        state=Enrolment.State.CHECKED, programme=programme, org_unit=unit
    )
    return list(light(rows).order_by("elder__village__code", "elder__name_key", "pk"))
