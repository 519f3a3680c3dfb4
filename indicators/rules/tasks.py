"""Key tasks: what state a task is in, what a unit owes for a month, and the order of units. Pure functions."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from indicators.rules.months import month_end, month_of

NOT_STARTED, ON_COURSE, BEHIND, DONE, CANCELLED = "not_started", "on_course", "behind", "done", "cancelled"
WHOLE = 100


@dataclass(frozen=True)
class UnitWord:
    """The newest accepted word of a unit on its part: percentage and state, both empty before the first."""

    percent: int | None = None
    state: str = ""

    @property
    def is_done(self) -> bool:
        return self.percent == WHOLE or self.state == DONE


def overall_percent(words: Sequence[UnitWord]) -> int | None:
    """The mean over the reporting units, rounded down; a unit without a word counts 0, none at all gives None.

    Rounded down, so that 100 is shown only when every unit has reached it.
    """
    if not any(word.percent is not None for word in words):
        return None
    return int(sum(Fraction(WHOLE if word.is_done else word.percent or 0) for word in words) / len(words))


def path_percent(begins_on: dt.date, due_on: dt.date, today: dt.date) -> int:
    """Where a task should be on ``today`` on the straight way from its start to its deadline, in percent."""
    if today >= due_on:
        return WHOLE
    if today <= begins_on:
        return 0
    return (today - begins_on).days * WHOLE // (due_on - begins_on).days


def worked_out_state(
    words: Sequence[UnitWord], *, begins_on: dt.date, due_on: dt.date, today: dt.date
) -> str:
    """Done when every unit is; behind after the deadline, where a unit says so, or below the straight way.

    Without any progress a task that has begun is 未启动 until its deadline, then behind.
    """
    if words and all(word.is_done for word in words):
        return DONE
    if today > due_on:
        return BEHIND
    percent = overall_percent(words)
    if not percent and not any(word.state in (ON_COURSE, BEHIND) for word in words):
        return NOT_STARTED
    if any(word.state == BEHIND for word in words):
        return BEHIND
    # The first days of a long task ask for less than one percent of anybody.
    return ON_COURSE if (percent or 0) >= path_percent(begins_on, due_on, today) else BEHIND


def is_owed(month: dt.date, *, begins_on: dt.date, settled_on: dt.date | None) -> bool:
    """Whether a unit reports on a task for ``month``: from the month it begins in up to the one it is settled in."""
    return begins_on <= month_end(month) and (settled_on is None or month <= month_of(settled_on))


@dataclass(frozen=True)
class Record:
    """What a unit owed and did in a month."""

    unit: str
    owed: int
    on_time: int
    late: int  # reported, but after the deadline
    percent: int | None  # mean of what it reported

    @property
    def missing(self) -> int:
        return self.owed - self.on_time - self.late

    @property
    def share(self) -> Fraction:
        return Fraction(self.on_time, self.owed) if self.owed else Fraction(0)


@dataclass(frozen=True)
class Rank:
    """A place in the standings. Units with equal records share it, and the next place is left out (1, 1, 3)."""

    place: int
    is_tied: bool
    record: Record


def standings(records: Iterable[Record]) -> list[Rank]:
    """By the share reported on time, then by what is missing, then by progress; units that owe nothing stay out."""
    taking_part = [record for record in records if record.owed]
    ordered = sorted(taking_part, key=lambda record: (_merit(record), record.unit))
    merits = [_merit(record) for record in ordered]
    return [
        Rank(merits.index(merit) + 1, merits.count(merit) > 1, record)
        for record, merit in zip(ordered, merits, strict=True)
    ]


def _merit(record: Record) -> tuple[Fraction, Fraction, int]:
    return -record.share, Fraction(record.missing, record.owed), -(record.percent or 0)
