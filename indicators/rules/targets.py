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
    """Where a path begins; ``value`` is ``None`` when the portal's own value of ``month`` is to be taken.

    ``is_printed``: the document gives the value, for the unit that issued it.
    """

    month: dt.date
    value: Decimal | None
    is_printed: bool = False


@dataclass(frozen=True)
class Recurrence:
    """A goal that comes round ``every`` so many times a year, in the years from ``from_year`` to ``to_year``.

    Of a figure that is added up from January (``is_cumulative``) half is due by the end of June where the goal is
    due every half year: “每年6月、12月” with two times a year.
    """

    every: int | None = None
    from_year: int | None = None
    to_year: int | None = None
    is_cumulative: bool = False

    def covers(self, year: int) -> bool:
        return (self.from_year or year) <= year <= (self.to_year or year)


ONCE = Recurrence()


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
    month: dt.date, goals: Sequence[Goal], *, start: Start | None, recurrence: Recurrence = ONCE
) -> Expectation:
    """The goal in force in ``month`` and how far the path towards it should be.

    The goal in force is the earliest that is not yet past at the month's end, else the last one. A goal that
    comes round is due at the end of each of its spans and has no path.
    """
    if not goals:
        return Expectation(None)
    ordered = sorted(goals, key=lambda goal: goal.due_on)
    if recurrence.every:
        return _recurring(month, ordered[-1], recurrence)
    end = month_end(month)
    index = next((i for i, goal in enumerate(ordered) if goal.due_on >= end), len(ordered) - 1)
    goal = ordered[index]
    if goal.due_on <= end:
        return Expectation(goal, is_past_due=True)
    if index > 0 and ordered[index - 1].value is not None:
        start = Start(month_of(ordered[index - 1].due_on), ordered[index - 1].value)
    return Expectation(goal, False, start, _progress(month, start, goal))


def _recurring(month: dt.date, goal: Goal, recurrence: Recurrence) -> Expectation:
    if not recurrence.covers(month.year):
        return Expectation(None)
    span = 12 // recurrence.every
    turn = (month.month - 1) // span + 1
    due = month_end(dt.date(month.year, turn * span, 1))
    value = goal.value
    if recurrence.is_cumulative and value is not None:
        value = value * turn / recurrence.every
    return Expectation(Goal(value, goal.comparator, due), is_past_due=due == month_end(month))


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
