"""What an indicator should have reached by a month: the target in force and the straight path towards it.

Pure functions. The path runs in equal monthly steps from a starting value to the target's due month. It starts
from the baseline that the plan prints; where it prints none, from the portal's own value at the end of the base
year, and for figures that count up from the plan's start, from 0. An interim target is passed through.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from indicators.rules.months import month_distance, month_end, month_of


@dataclass(frozen=True)
class Goal:
    value: Decimal | None
    comparator: str
    due_on: dt.date


@dataclass(frozen=True)
class Start:
    """Where a path begins; ``value`` is ``None`` when the portal's own value of ``month`` is to be taken."""

    month: dt.date
    value: Decimal | None


@dataclass(frozen=True)
class Expectation:
    """What holds for one indicator in one month.

    ``progress`` is the share of the way from ``start`` to the goal that should be done, 0 to 1; ``None`` when
    there is no path (no starting value, a yearly goal, a goal that is past).
    """

    goal: Goal | None
    is_past_due: bool = False
    start: Start | None = None
    progress: Fraction | None = None


def expectation(
    month: dt.date, goals: Sequence[Goal], *, start: Start | None, every_year: bool = False
) -> Expectation:
    """The goal in force in ``month`` and how far the path towards it should be.

    The goal in force is the earliest that is not yet past at the month's end, else the last one. A yearly goal
    is due at each year's end and has no path.
    """
    if not goals:
        return Expectation(None)
    ordered = sorted(goals, key=lambda goal: goal.due_on)
    if every_year:
        year_end = dt.date(month.year, 12, 31)
        last = ordered[-1]
        return Expectation(Goal(last.value, last.comparator, year_end), is_past_due=month.month == 12)
    end = month_end(month)
    index = next((i for i, goal in enumerate(ordered) if goal.due_on >= end), len(ordered) - 1)
    goal = ordered[index]
    if goal.due_on <= end:
        return Expectation(goal, is_past_due=True)
    if index > 0 and ordered[index - 1].value is not None:
        start = Start(month_of(ordered[index - 1].due_on), ordered[index - 1].value)
    return Expectation(goal, False, start, _progress(month, start, goal))


def _progress(month: dt.date, start: Start | None, goal: Goal) -> Fraction | None:
    if start is None or goal.value is None:
        return None
    whole = month_distance(start.month, month_of(goal.due_on))
    if whole <= 0:
        return None
    done = month_distance(start.month, month)
    return min(max(Fraction(done, whole), Fraction(0)), Fraction(1))


def path_value(base: Decimal | None, progress: Fraction | None, target: Decimal | None) -> Decimal | None:
    """The value on the path; ``None`` without a base, a path or a target."""
    if base is None or progress is None or target is None:
        return None
    exact = Fraction(base) + (Fraction(target) - Fraction(base)) * progress
    return round(Decimal(exact.numerator) / Decimal(exact.denominator), 6)


def is_met(value: Decimal, comparator: str, target: Decimal) -> bool:
    """Whether ``value`` meets the target; for “=” compared as given."""
    return {
        ">=": value >= target,
        ">": value > target,
        "<=": value <= target,
        "<": value < target,
        "=": value == target,
    }[comparator]


def last_month_of_base_year(base_year: int) -> dt.date:
    return dt.date(base_year, 12, 1)
