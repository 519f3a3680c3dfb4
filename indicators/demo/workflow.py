"""Which state each report of the demo county is in, and when each step was taken.

Months that are over are approved, and locked once the grace period has passed. The month that the clock
stands in shows every state: after the deadline one township is late, one report is returned and one waits for
review; before it, the late one belongs to the month before.
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from enum import Enum
from zoneinfo import ZoneInfo

from indicators.demo.county import COUNTY, TOWNSHIPS
from indicators.rules.months import add_months, month_of

LATE, RETURNED, WAITING = "330424103", "330424005", "330424004"  # 于城镇， 望海街道， 秦山街道
EARLY = ("330424101", "330424102", COUNTY)  # hand in well before the deadline
REPORT_DAY = 20
LOCK_AFTER_DAYS = 5
ZONE = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = dt.time(8, 30), dt.time(17, 30)


class State(Enum):
    DONE = "done"
    LATE_DRAFT = "late"
    DRAFT = "draft"
    EMPTY = "empty"
    RETURNED = "returned"
    WAITING = "waiting"


@dataclass
class Step:
    source: str
    target: str
    role: str  # "clerk", "reviewer", "system"
    at: dt.datetime
    note: str = ""


@dataclass
class Progress:
    """A report's way so far."""

    state: State
    due_on: dt.date
    steps: list[Step] = field(default_factory=list)
    typed_at: dt.datetime | None = None
    reminded_at: dt.datetime | None = None  # of a report that is late

    @property
    def status(self) -> str:
        return self.steps[-1].target if self.steps else "draft"

    def last(self, target: str) -> dt.datetime | None:
        return next((step.at for step in reversed(self.steps) if step.target == target), None)

    @property
    def first_submitted_at(self) -> dt.datetime | None:
        return next((step.at for step in self.steps if step.target == "submitted"), None)

    @property
    def is_late(self) -> bool:
        first = self.first_submitted_at
        if first is None:
            return self.state is State.LATE_DRAFT
        return first.astimezone(ZONE).date() > self.due_on


def state_of(unit: str, month: dt.date, today: dt.date) -> State:
    """The state that the demo shows for a report, seen from ``today``."""
    current = month_of(today)
    if today.day > REPORT_DAY:
        special = {LATE: State.LATE_DRAFT, RETURNED: State.RETURNED, WAITING: State.WAITING}
        return special.get(unit, State.DONE) if month == current else State.DONE
    if month == add_months(current, -1) and unit == LATE:
        return State.LATE_DRAFT
    if month == current and unit not in EARLY:
        drafts = {unit: State.DRAFT if TOWNSHIPS.index(unit) % 2 else State.EMPTY for unit in TOWNSHIPS}
        return State.RETURNED if unit == RETURNED else drafts[unit]
    return State.DONE


def progress_of(unit: str, month: dt.date, today: dt.date) -> Progress:
    """State and steps of a report, all of them in office hours and none after the last working day before today."""
    state = state_of(unit, month, today)
    generator = random.Random(f"workflow:{unit}:{month}")  # noqa: S311 - invented days, nothing secret
    progress = Progress(state, month.replace(day=REPORT_DAY))
    if state is State.EMPTY:
        return progress
    is_current = month == month_of(today)
    handed_in = _moment(month, generator.randint(11, 18), generator)
    if not is_current and generator.random() < 0.03:
        handed_in = at_work_after(_moment(month, generator.randint(21, 23), generator))
    if state is State.WAITING:
        handed_in = _moment(month, REPORT_DAY, generator)
    yesterday = at_work_before(dt.datetime.combine(today - dt.timedelta(days=1), dt.time(16, 30), ZONE))
    handed_in = at_work_before(min(handed_in, yesterday - dt.timedelta(days=2)))
    progress.typed_at = at_work_before(handed_in - dt.timedelta(hours=generator.randint(2, 30)))
    if state is State.LATE_DRAFT:
        day_after = dt.datetime.combine(progress.due_on + dt.timedelta(days=1), dt.time(9, 20), ZONE)
        progress.reminded_at = min(at_work_after(day_after), yesterday)
    if state in (State.DRAFT, State.LATE_DRAFT):
        return progress
    progress.steps = _steps(state, handed_in, generator)
    if is_current:
        _bring_up_to(progress, yesterday - dt.timedelta(minutes=generator.randint(0, 180)))
    _lock(progress, today)
    return progress


def _steps(state: State, handed_in: dt.datetime, generator: random.Random) -> list[Step]:
    steps = [Step("draft", "submitted", "clerk", handed_in)]
    if state is State.WAITING:
        return steps
    reviewed = at_work_after(handed_in + dt.timedelta(days=1, minutes=generator.randint(5, 55)))
    if state is State.RETURNED:
        return [
            *steps,
            Step("submitted", "returned", "reviewer", reviewed, "两处数据与台账不符，请核对后重报。"),
        ]
    if generator.random() < 0.06:
        corrected = at_work_after(reviewed + dt.timedelta(hours=3))
        steps += [
            Step("submitted", "returned", "reviewer", reviewed, "请核对探访数据。"),
            Step("returned", "submitted", "clerk", corrected),
        ]
        reviewed = at_work_after(corrected + dt.timedelta(hours=20))
    return [*steps, Step("submitted", "approved", "reviewer", reviewed)]


def _bring_up_to(progress: Progress, latest: dt.datetime) -> None:
    """Review of the running month happened on the last working day, so that it is not locked yet."""
    for before_last, step in enumerate(reversed(progress.steps[1:])):
        step.at = latest - dt.timedelta(minutes=20 * before_last)


def _lock(progress: Progress, today: dt.date) -> None:
    approved = progress.last("approved")
    if approved is None:
        return
    at = approved + dt.timedelta(days=LOCK_AFTER_DAYS)
    if at.date() < today:
        progress.steps.append(Step("approved", "locked", "system", at, "期满自动锁定"))


def _moment(month: dt.date, day: int, generator: random.Random) -> dt.datetime:
    """An office hour of a day, which may be one of a weekend."""
    time = dt.time(generator.choice((9, 10, 11, 14, 15, 16)), generator.randint(0, 59))
    return dt.datetime.combine(month.replace(day=day), time, ZONE)


def is_at_work(moment: dt.datetime) -> bool:
    """In office hours, Monday to Friday; holidays are not looked at."""
    local = moment.astimezone(ZONE)
    return local.weekday() < 5 and OPENS <= local.time() <= CLOSES


def at_work_before(moment: dt.datetime) -> dt.datetime:
    """``moment``, or near the end of the working day before it."""
    local = moment.astimezone(ZONE)
    if is_at_work(local):
        return local
    is_morning = local.time() < OPENS
    day = local.date() - dt.timedelta(days=1) if is_morning else local.date()
    while day.weekday() >= 5:
        day -= dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(16, local.minute), ZONE)


def at_work_after(moment: dt.datetime) -> dt.datetime:
    """``moment``, or the beginning of the working day after it."""
    local = moment.astimezone(ZONE)
    if is_at_work(local):
        return local
    day = local.date() + dt.timedelta(days=1) if local.time() > CLOSES else local.date()
    while day.weekday() >= 5:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(9, local.minute), ZONE)
