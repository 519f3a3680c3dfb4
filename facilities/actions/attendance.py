"""Days present per post and month (出勤): one table saved together."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from django.db import transaction

from eldercare import audit
from eldercare.errors import Conflict, Refused
from eldercare.models import AuditEvent, User
from facilities.models import Attendance, Employment, Facility
from facilities.rules.staff import attendance_limit


class Entry(NamedTuple):
    """What stood in the cell when the page was opened, and what stands there now. None: empty, which is not 0."""

    seen: int | None
    days: int | None


def attendance_posts(facility: Facility, month: dt.date, user: User):
    """Posts of the facility that were held on some day of the month."""
    after = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return (
        Employment.objects.visible_to(user)
        .filter(facility=facility, employed_from__lt=after)
        .exclude(employed_to__lte=month)
        .select_related("caregiver")
        .order_by("role", "caregiver__name", "pk")
    )


@transaction.atomic
def save_attendance(*, facility: Facility, month: dt.date, entries: Mapping[int, Entry], by: User) -> int:
    """Write the cells that were changed; returns how many. Raises Conflict naming the people whose days somebody
    else has changed meanwhile, and writes nothing then."""
    posts = {each.pk: each for each in attendance_posts(facility, month, by).select_for_update(of=("self",))}
    if set(entries) - set(posts):
        raise Refused("名单已有变动，请重新打开本页。")
    stored = {
        each.employment_id: each for each in Attendance.objects.filter(employment__in=posts, month=month)
    }
    overtaken, written = [], 0
    for pk, entry in entries.items():
        now = stored[pk].days if pk in stored else None
        if entry.days in (entry.seen, now):
            continue  # untouched here, or the same as somebody else has typed
        if now != entry.seen:
            overtaken.append(f"{posts[pk].caregiver.name}（现为 {_words(now)}）")
            continue
        limit = attendance_limit(month, posts[pk].employed_from, posts[pk].employed_to)
        if entry.days is not None and entry.days > limit:
            raise Refused(f"{posts[pk].caregiver.name}本月在职 {limit} 天，出勤不能是 {entry.days} 天。")
        _write(stored.get(pk), posts[pk], month, entry.days)
        written += 1
    if overtaken:
        raise Conflict(f"下列人员的出勤刚被别人改过，请核对后再保存：{'、'.join(overtaken)}。")
    if written:
        audit.record(
            AuditEvent.Action.LEDGER,
            by=by,
            subject=f"{facility.name} {month:%Y-%m} 出勤",
            step="登记出勤",
            rows=written,
        )
    return written


def _write(row: Attendance | None, post: Employment, month: dt.date, days: int | None) -> None:
    if days is None:
        if row:
            row.delete()
    elif row:
        row.days = days
        row.save(update_fields=["days"])
    else:
        Attendance.objects.create(employment=post, month=month, days=days)


def _words(days: int | None) -> str:
    return "空" if days is None else f"{days} 天"
