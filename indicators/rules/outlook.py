"""What an indicator comes to at its due date, by three methods, and which of them is taken: the one that somebody
chose for the indicator, else the one that fits its figures. Pure functions.

- linear: the least-squares line through the last twelve months (rules/projection.py);
- path: from the last value on, each month the step that the target path takes: who is behind it stays as far behind;
- last: the last value stays as it is.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from indicators.rules.months import month_distance, month_of
from indicators.rules.projection import MONTHS_USED, PLACES, POINTS_NEEDED, Point, fit
from indicators.rules.targets import is_met

FEW_CHANGES = 2  # so many changes in a year or fewer are steps, not a trend


class Method(Enum):
    LINEAR = "linear"
    PATH = "path"
    LAST = "last"


class Reason(Enum):
    """Why a method is taken."""

    WANTED = "wanted"  # somebody chose it for this indicator
    TREND = "trend"  # enough months that keep moving
    FEW_MONTHS = "few_months"
    STEPS = "steps"
    LEVEL = "level"


@dataclass(frozen=True)
class Forecast:
    """A straight line from the last month with a complete value: ``level`` there, ``slope`` each month after it."""

    method: Method
    last: dt.date
    level: Decimal
    slope: Decimal
    at_due: Decimal
    is_met: bool
    ceiling: Decimal | None = None

    def at(self, month: dt.date) -> Decimal:
        return _bounded(self.level + self.slope * month_distance(self.last, month), self.ceiling)


@dataclass(frozen=True)
class Outlook:
    """All methods that can be worked out, and the one that is taken."""

    forecasts: tuple[Forecast, ...]
    chosen: Forecast
    reason: Reason
    months: int  # complete months of the last twelve
    changes: int  # in how many of them the value moved
    wanted: Method | None = None  # chosen for the indicator, even when it cannot be worked out now

    @property
    def is_wanted(self) -> bool:
        return self.chosen.method is self.wanted

    @property
    def is_wanted_missing(self) -> bool:
        """Chosen, but there are not the figures for it: the automatic choice stands in."""
        return self.wanted is not None and not self.is_wanted


def outlook(
    points: Sequence[Point],
    *,
    target: Decimal,
    comparator: str,
    due_on: dt.date,
    path: Decimal | None = None,
    ceiling: Decimal | None = None,
    wanted: Method | None = None,
) -> Outlook | None:
    """From ``points`` (ascending months, complete values) to the due month; ``path`` is the path's value in the last
    of them, ``wanted`` the method to take, ``None`` for the one that fits. ``None`` without points, or when the due
    month is not ahead of the last one."""
    if not points or month_of(due_on) <= points[-1][0]:
        return None
    last, value = points[-1]
    ahead = month_distance(last, month_of(due_on))
    used = [point for point in points if month_distance(point[0], last) < MONTHS_USED]

    def forecast(method: Method, level: Decimal, slope: Decimal) -> Forecast:
        at_due = round(_bounded(level + slope * ahead, ceiling), PLACES)
        return Forecast(method, last, level, slope, at_due, is_met(at_due, comparator, target), ceiling)

    found = {}
    line = fit(used) if len(used) >= POINTS_NEEDED else None
    if line is not None:
        level, slope = line.at(last), line.slope
        found[Method.LINEAR] = forecast(
            Method.LINEAR,
            Decimal(level.numerator) / Decimal(level.denominator),
            Decimal(slope.numerator) / Decimal(slope.denominator),
        )
    if path is not None:
        found[Method.PATH] = forecast(Method.PATH, value, (target - path) / ahead)
    found[Method.LAST] = forecast(Method.LAST, value, Decimal(0))
    changes = sum(1 for (_, before), (_, after) in pairwise(used) if before != after)
    method, reason = (wanted, Reason.WANTED) if wanted in found else _choose(found.keys(), changes)
    return Outlook(tuple(found.values()), found[method], reason, len(used), changes, wanted)


def _choose(methods, changes: int) -> tuple[Method, Reason]:
    if Method.LINEAR not in methods:
        return (Method.PATH if Method.PATH in methods else Method.LAST), Reason.FEW_MONTHS
    if changes == 0:
        return Method.LAST, Reason.LEVEL
    if changes <= FEW_CHANGES:
        return Method.LAST, Reason.STEPS
    return Method.LINEAR, Reason.TREND


def _bounded(value: Decimal, ceiling: Decimal | None) -> Decimal:
    value = max(value, Decimal(0))
    return value if ceiling is None else min(value, ceiling)
