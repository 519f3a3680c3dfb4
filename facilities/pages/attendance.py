"""What the attendance pages show: facilities of a month with how many cells are filled, one facility's table."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from eldercare.models import User
from facilities.actions.attendance import attendance_posts
from facilities.models import Attendance, Employment, Facility


def parse_month(text: str) -> dt.date | None:
    """2025-06 as the first day of the month; None for anything else, for years out of reach and for the future."""
    try:
        month = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if len(text) == 7 and month.year >= 2000 else None


def add_months(month: dt.date, number: int) -> dt.date:
    whole = month.year * 12 + month.month - 1 + number
    return dt.date(whole // 12, whole % 12 + 1, 1)


@dataclass
class Standing:
    facility: Facility
    posts: int
    filled: int

    @property
    def colour(self) -> str:
        return "green" if self.filled >= self.posts else ("orange" if self.filled else "secondary")

    @property
    def label(self) -> str:
        return "已填" if self.filled >= self.posts else ("未填完" if self.filled else "未填")


def load_overview(user: User, month: dt.date) -> list[Standing]:
    """Facilities where somebody was employed in the month."""
    rows = (
        Employment.objects.visible_to(user)
        .filter(facility__isnull=False, employed_from__lt=add_months(month, 1))
        .exclude(employed_to__lte=month)
        .order_by()
        .values("facility")
        .annotate(
            posts=Count("pk", distinct=True),
            filled=Count("attendance", filter=Q(attendance__month=month), distinct=True),
        )
    )
    counts = {row["facility"]: row for row in rows}
    facilities = (
        Facility.objects.visible_to(user).filter(pk__in=counts).select_related("org_unit")
        .order_by("org_unit__code", "kind", "name")
    )  # fmt: skip
    return [Standing(each, counts[each.pk]["posts"], counts[each.pk]["filled"]) for each in facilities]


@dataclass
class Grid:
    """Posts of a facility in a month, the days of that month and of the month before, by post."""

    posts: list[Employment]
    stored: dict[int, int]
    before: dict[int, int]


def load_grid(user: User, facility: Facility, month: dt.date) -> Grid:
    posts = list(attendance_posts(facility, month, user))
    earlier = add_months(month, -1)
    stored: dict[int, int] = {}
    before: dict[int, int] = {}
    for each in Attendance.objects.filter(employment__in=posts, month__in=(month, earlier)):
        (stored if each.month == month else before)[each.employment_id] = each.days
    return Grid(posts, stored, before)
