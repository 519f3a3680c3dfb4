"""Where an indicator is heading: a straight line through its last months. Pure functions.

The line is fitted by least squares through the values of the last twelve months (at least six of them), all
months weighing the same. It answers two questions: what will the value be on the due date, and, when that is
past or missed, in which month would the target be reached at the present pace. It knows nothing of seasons or of
plans for new buildings, so it is shown as "at the present pace" and never counts for the status.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from indicators.rules.months import add_months, month_distance, month_of
from indicators.rules.targets import is_met

MONTHS_USED = 12
POINTS_NEEDED = 6
HORIZON = 120  # months; beyond ten years a straight line says nothing
PLACES = 6

Point = tuple[dt.date, Decimal]


class Outcome(Enum):
    """What the line says about the target."""

    REACHED = "reached"  # already met in the last month
    ON_TIME = "on_time"
    LATE = "late"  # after the due date, in ``reached_in``
    NEVER = "never"  # the line runs level, the wrong way, past the ceiling or beyond the horizon


@dataclass(frozen=True)
class Line:
    """``value = level + slope × months`` with months counted from ``origin``."""

    origin: dt.date
    level: Fraction
    slope: Fraction

    def at(self, month: dt.date) -> Fraction:
        return self.level + self.slope * month_distance(self.origin, month)


@dataclass(frozen=True)
class Projection:
    """``pace`` is the change per month; ``at_due`` the value on the line in the due month when that lies ahead."""

    outcome: Outcome
    pace: Decimal
    at_due: Decimal | None
    reached_in: dt.date | None
    first: dt.date
    last: dt.date
    points: int


def fit(points: Sequence[Point]) -> Line | None:
    """The least-squares line; ``None`` with fewer than two different months."""
    if len({month for month, _ in points}) < 2:
        return None
    origin = points[0][0]
    xs = [Fraction(month_distance(origin, month)) for month, _ in points]
    ys = [Fraction(value) for _, value in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum(
        (x - mean_x) ** 2 for x in xs
    )
    return Line(origin, mean_y - slope * mean_x, slope)


def project(
    points: Sequence[Point],
    *,
    target: Decimal,
    comparator: str,
    due_on: dt.date,
    ceiling: Decimal | None = None,
) -> Projection | None:
    """The projection from ``points`` (ascending months), or ``None`` when there are too few of them.

    ``ceiling`` is the largest value there can be (100 for a share of a whole): the line stops there.
    """
    if not points:
        return None
    last = points[-1][0]
    used = [point for point in points if month_distance(point[0], last) < MONTHS_USED]
    line = fit(used)
    if len(used) < POINTS_NEEDED or line is None:
        return None
    due = month_of(due_on)
    at_due = _capped(line.at(due), ceiling) if due > last else None
    reached_in = _first_month(line, last, target, comparator, ceiling)
    if is_met(used[-1][1], comparator, target):
        outcome = Outcome.REACHED
    elif reached_in is None:
        outcome = Outcome.NEVER
    else:
        outcome = Outcome.ON_TIME if reached_in <= due else Outcome.LATE
    return Projection(outcome, _decimal(line.slope), at_due, reached_in, used[0][0], last, len(used))


def _first_month(
    line: Line, last: dt.date, target: Decimal, comparator: str, ceiling: Decimal | None
) -> dt.date | None:
    """The first month after ``last`` in which the line meets the target."""
    for step in range(1, HORIZON + 1):
        month = add_months(last, step)
        if is_met(_capped(line.at(month), ceiling), comparator, target):
            return month
    return None


def _capped(value: Fraction, ceiling: Decimal | None) -> Decimal:
    exact = _decimal(max(value, Fraction(0)))
    return exact if ceiling is None else min(exact, ceiling)


def _decimal(value: Fraction) -> Decimal:
    return round(Decimal(value.numerator) / Decimal(value.denominator), PLACES)
