"""Which months of which metric a term of a formula reads: pure functions over months."""

import datetime as dt
import re
from dataclasses import dataclass

from eldercare.expressions import Term
from indicators.rules.formulas import SUM_FUNCTIONS
from indicators.rules.months import add_months, month_distance

_YEARS = re.compile(r"(\d{4})-(\d{4})")


@dataclass(frozen=True)
class Anchors:
    """The days that windows start from, for one plan, indicator and month."""

    plan_start: dt.date
    year_start: dt.date
    period_start: dt.date
    as_of: dt.date  # the month that is read: the report's month, or the end of a period that lies before it
    is_range: bool  # the period is a range of years: a bare flow is summed over it

    def start_of(self, function: str) -> dt.date:
        return {
            "plan": self.plan_start,
            "year": self.year_start,
            "period": self.period_start,
        }[function.split("_since_")[1].removesuffix("_start")]


@dataclass(frozen=True)
class Window:
    """Months ``first`` to ``last`` of a metric, added with ``sign``.

    A unit counts as having reported when it has every month from ``needed_from`` on.
    """

    first: dt.date
    last: dt.date
    sign: int
    needed_from: dt.date

    @property
    def needed_months(self) -> int:
        return month_distance(self.needed_from, self.last) + 1


def anchors_for(month: dt.date, *, plan_start: dt.date, period: str) -> Anchors:
    """``period`` is empty, ``week``, ``month``, ``year`` or a range of years such as ``2016-2020``."""
    years = _YEARS.fullmatch(period)
    as_of = min(month, dt.date(int(years[2]), 12, 1)) if years else month
    year_start = as_of.replace(month=1)
    if years:
        period_start = dt.date(int(years[1]), 1, 1)
    else:
        period_start = plan_start if not period else (year_start if period == "year" else as_of)
    return Anchors(plan_start.replace(day=1), year_start, period_start.replace(day=1), as_of, bool(years))


def windows_of(term: Term, *, is_flow: bool, anchors: Anchors) -> list[Window] | None:
    """The windows that a term adds up, or ``None`` when the month lies before the term's anchor.

    ``sum_since_…``: the flow from the anchor to the month. ``change_since_…`` of a stock: the month less the
    month before the anchor; of a flow: the sum since the anchor less the equally long span just before it.
    """
    as_of = anchors.as_of
    if term.function is None:
        first = anchors.period_start if is_flow and anchors.is_range else as_of
        return [Window(first, as_of, 1, as_of)]
    start = anchors.start_of(term.function)
    if start > as_of:
        return None
    since = Window(start, as_of, 1, as_of)
    if term.function in SUM_FUNCTIONS:
        return [since]
    if is_flow:
        before = add_months(start, -1 - month_distance(start, as_of))
        return [since, Window(before, add_months(start, -1), -1, before)]
    base = add_months(start, -1)
    return [Window(as_of, as_of, 1, as_of), Window(base, base, -1, base)]
