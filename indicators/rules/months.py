"""Months and deadlines: pure functions over local dates. A month is its first day."""

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator

_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")


class MonthError(ValueError):
    """A text that names no month; the message says what to write instead."""


def parse_month(text: str) -> dt.date:
    """Read ``2025-06`` (also 2025/6, 2025.06, 2025年6月, full-width digits) as the first day of that month."""
    found = _MONTH.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise MonthError(f"“{text[:20]}”不是月份，请按 2025-06 的样式填写。")
    year, month = int(found[1]), int(found[2])
    if not 1 <= month <= 12:
        raise MonthError(f"“{text[:20]}”中的月份应在 1 到 12 之间，请按 2025-06 的样式填写。")
    if not 2000 <= year <= 2100:
        raise MonthError(f"“{text[:20]}”中的年份应在 2000 到 2100 之间。")
    return dt.date(year, month, 1)


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def add_months(month: dt.date, count: int) -> dt.date:
    index = month.year * 12 + month.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)


def months_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every month from ``first`` to ``last``, both included."""
    month = first
    while month <= last:
        yield month
        month = add_months(month, 1)


def month_distance(first: dt.date, last: dt.date) -> int:
    """Months from ``first`` to ``last``; 0 for the same month."""
    return (last.year - first.year) * 12 + last.month - first.month


def month_end(month: dt.date) -> dt.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def due_date(month: dt.date, *, day: int, moves_from_weekend: bool) -> dt.date:
    """The day until which the month's report counts as on time: ``day`` of the month itself (一月一报).

    A deadline on a Saturday or Sunday moves to Monday only where the plan says so; public holidays are not
    known to the portal.
    """
    due = month.replace(day=min(day, calendar.monthrange(month.year, month.month)[1]))
    if moves_from_weekend and due.weekday() >= 5:
        due += dt.timedelta(days=7 - due.weekday())
    return due
