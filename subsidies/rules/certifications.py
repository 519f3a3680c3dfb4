"""Until when a certification (生存认证) covers; the definition is §3.7 of docs/payment-rules.md."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def add_months(day: dt.date, number: int) -> dt.date:
    """The first day of the month so many months after that of ``day``."""
    whole = day.year * 12 + day.month - 1 + number
    return dt.date(whole // 12, whole % 12 + 1, 1)


def covered_until(applied_on: dt.date, last: dt.date | None, period: int) -> dt.date:
    """The last month covered, by its first day. ``period``: months between certifications, 1, 3, 6 or 12.

    The application covers like a certification; ``last`` is the day of the last certification.
    """
    return add_months(max(applied_on, last or applied_on), period)


def latest_uncovering(month: dt.date, period: int) -> dt.date:
    """The boundary: whoever applied and was last certified before this day is not covered in ``month``."""
    return add_months(month, -period)


class Cover(NamedTuple):
    """What covers a person in one programme, and till when."""

    programme: str
    until: dt.date


def first_to_end(covers: Iterable[Cover]) -> dt.date | None:
    return min((cover.until for cover in covers), default=None)
