"""Steps of an enrolment, names on a public notice, the end of a notice, the month from which payment stops."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

SATURDAY = 5


class Way(NamedTuple):
    """What a step leads from and to; ``to`` empty: the state stays."""

    sources: tuple[str, ...]
    to: str = ""


# The one table of what may follow what, by the kind of step.
WAYS: dict[str, Way] = {
    "check": Way(("applied",), "checked"),
    "notice": Way(("checked",), "on_notice"),
    "objection": Way(("on_notice",), "applied"),
    "notice_over": Way(("on_notice",), "noticed"),
    "approve": Way(("noticed",), "running"),
    "return": Way(("checked", "noticed"), "applied"),
    "refuse": Way(("applied", "checked", "on_notice", "noticed"), "refused"),
    "withdraw": Way(("applied", "checked", "on_notice", "noticed"), "withdrawn"),
    "suspend": Way(("running",)),
    "resume": Way(("running",)),
    "end": Way(("running",), "ended"),
    "reopen": Way(("ended",), "running"),
}


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def add_months(month: dt.date, count: int) -> dt.date:
    """The first day of the month so many months later."""
    index = month.year * 12 + month.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)


def masked_name(name: str) -> str:
    """As a notice shows it: 张*, 王*明, 欧**云; a name of one character is hidden whole."""
    name = name.strip()
    if len(name) < 2:
        return "*" * len(name)
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday: the portal does not know the public holidays, the clerk moves the end for them."""
    return day.weekday() < SATURDAY


def notice_end(first: dt.date, working_days: int) -> dt.date:
    """The last day of a notice that stands for so many working days, the first day included if it is one."""
    day, left = first, working_days - is_working_day(first)
    while left > 0:
        day += dt.timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days(first: dt.date, last: dt.date) -> int:
    return sum(is_working_day(first + dt.timedelta(days=each)) for each in range((last - first).days + 1))


def stop_month(reason: str, happened_on: dt.date, version: Mapping[str, Any]) -> dt.date:
    """应停发月: from which month on nothing is due, by the rules of the version in force.

    ``happened_on`` is the day of death, or the first day on which something no longer held. docs/payment-rules.md §3.
    """
    month = month_of(happened_on)
    following = add_months(month, 1)
    if reason == "died":
        return month if version["death"] == "unpaid" else following
    if reason == "moved_out":
        # Gone since the first of a month: there was no day of it in the county, so it is no month of leaving.
        is_paid = version["moving_out"] == "paid" and happened_on != month
        return following if is_paid else month
    if reason in ("not_eligible", "corrected", "policy"):
        return month if version["facts_day"] == "month_end" else following
    return following
