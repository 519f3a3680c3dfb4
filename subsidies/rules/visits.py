"""Who is to be visited how often, and what counts as done: the definition of the rates of visits (探访率).

**Periods.** A week is Monday to Sunday, a half month the 1st to the 15th or the 16th to the last day; months and
quarters are those of the calendar. A period belongs to the month of its last day: a week that crosses two months
counts in the second one.

**Due.** A person is due for a period when, on the *last day* of it,

* the person lives in the county: alive (the day of death no longer counts), on the register once (not merged into
  another record), with a period of living in the county that contains the day;
* the person is at home: not staying in a care home, in hospital or away;
* of the rules in force that fit the person and the service, the *most frequent* has the frequency of the period.

So whoever dies, moves away or goes to hospital during a period is not in it, whoever comes in during it is, and a
person with several reasons for visits is counted once, for the most frequent. While the period still runs, its last
day lies ahead; what is known today about that day decides.

**Done.** At least one visit (for a household service: one such service) lies in the period, from its first to its
last day, in whatever way it was made; one at which the person was not met (未见到本人) does not count.

**Counted.** In the figures of a month a week or half month counts, in due and in done, once it is over: its last day
lies before today. One that runs or is to come is neither due nor done yet. What is due by the month or the quarter
counts from its first day, for the report of a month is handed in before the month is over. Past months stay as they are.

**Rates.** done ÷ due, added up over persons and periods; never an average of percentages. Weekly visits (周探访) are
the visits due by the week, monthly visits (月探访) those due by the month; whoever is due by the week is not counted
again by the month. Periodic services (定期探视服务) are all others: household services, and visits due by the half
month or the quarter.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

WEEK, HALF_MONTH, MONTH, QUARTER = "week", "half_month", "month", "quarter"
FREQUENCIES = (WEEK, HALF_MONTH, MONTH, QUARTER)  # from the most frequent on
SHORT = (WEEK, HALF_MONTH)  # than a month
ONE_DAY = dt.timedelta(days=1)
MIDDLE = 15  # last day of the first half of a month
AGES = {"aged_80": 80, "aged_90": 90}
ASSESSED_DISABLED = "assessed_disabled"
LEAST_DISABILITY = 1  # 轻度失能


class Period(NamedTuple):
    frequency: str
    first: dt.date
    last: dt.date


class Held(Protocol):
    """Periods in which something held."""

    def on(self, day: dt.date) -> bool: ...


@dataclass(frozen=True)
class Rule:
    category: str
    service: str
    frequency: str
    effective_from: dt.date
    effective_to: dt.date | None = None

    def is_in_force(self, day: dt.date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


class AssessedLevel(NamedTuple):
    """A result of an assessment; ``order`` tells which of one day came last."""

    assessed_on: dt.date
    valid_until: dt.date | None
    level: int | None
    order: int = 0


@dataclass(frozen=True)
class Person:
    born_on: dt.date
    died_on: dt.date | None
    resident: Held
    tags: Mapping[str, Held] = field(default_factory=dict)
    assessments: Sequence[AssessedLevel] = ()
    is_merged: bool = False


def last_of_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=31)).replace(day=1) - ONE_DAY


def period_on(frequency: str, day: dt.date) -> Period:
    """The period of that length in which the day lies."""
    if frequency == WEEK:
        monday = day - dt.timedelta(days=day.weekday())
        return Period(WEEK, monday, monday + dt.timedelta(days=6))
    if frequency == HALF_MONTH:
        if day.day <= MIDDLE:
            return Period(HALF_MONTH, day.replace(day=1), day.replace(day=MIDDLE))
        return Period(HALF_MONTH, day.replace(day=MIDDLE + 1), last_of_month(day))
    if frequency == MONTH:
        return Period(MONTH, day.replace(day=1), last_of_month(day))
    if frequency == QUARTER:
        first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        return Period(QUARTER, first, last_of_month(first.replace(month=first.month + 2)))
    raise ValueError(f"Unknown frequency {frequency!r}.")


def periods_on(day: dt.date) -> list[Period]:
    """The running period of each length."""
    return [period_on(frequency, day) for frequency in FREQUENCIES]


def periods_before(day: dt.date) -> list[Period]:
    """Of each length the last period that is over."""
    return [period_on(each.frequency, each.first - ONE_DAY) for each in periods_on(day)]


def periods_of_month(month: dt.date) -> list[Period]:
    """Those that belong to the month of the day: their last day lies in it."""
    end = last_of_month(month)
    found = []
    for frequency in FREQUENCIES:
        period = period_on(frequency, month.replace(day=1))
        while period.last <= end:
            found.append(period)
            period = period_on(frequency, period.last + ONE_DAY)
    return found


def is_counted(frequency: str, last: dt.date, today: dt.date) -> bool:
    """Whether a period that has begun counts in the figures of its month."""
    return last < today or frequency not in SHORT


def periods_counted(periods: Iterable[Period], today: dt.date) -> list[Period]:
    return [each for each in periods if each.first <= today and is_counted(each.frequency, each.last, today)]


def fits(category: str, person: Person, day: dt.date) -> bool:
    """Whether the person belongs to a category of a rule on the day."""
    if category in AGES:
        return _age(person.born_on, day) >= AGES[category]
    if category == ASSESSED_DISABLED:
        level = _level(person.assessments, day)
        return level is not None and level >= LEAST_DISABILITY
    return category in person.tags and person.tags[category].on(day)


def _age(born_on: dt.date, day: dt.date) -> int:
    """Full years by months: a birthday counts from its month on."""
    return ((day.year - born_on.year) * 12 + day.month - born_on.month) // 12


def _level(assessments: Iterable[AssessedLevel], day: dt.date) -> int | None:
    valid = [
        each
        for each in assessments
        if each.level is not None
        and each.assessed_on <= day
        and (each.valid_until is None or each.valid_until >= day)
    ]
    return max(valid, key=lambda each: (each.assessed_on, each.order)).level if valid else None


def fitting_rules(rules: Iterable[Rule], service: str, person: Person, day: dt.date) -> list[Rule]:
    """Those in force that fit the person, the most frequent first."""
    found = [
        rule
        for rule in rules
        if rule.service == service and rule.is_in_force(day) and fits(rule.category, person, day)
    ]
    return sorted(found, key=lambda rule: FREQUENCIES.index(rule.frequency))


def is_at_home(person: Person, absent: Iterable[str], day: dt.date) -> bool:
    """Lives in the county and can be visited at home; ``absent``: the kinds of tags of those who cannot."""
    return (
        not person.is_merged
        and (person.died_on is None or day < person.died_on)
        and person.resident.on(day)
        and not any(kind in person.tags and person.tags[kind].on(day) for kind in absent)
    )


def frequency_for(
    rules: Iterable[Rule], service: str, person: Person, day: dt.date, *, absent: Iterable[str]
) -> str | None:
    """How often the service is due, by what holds on the day; None: not at all."""
    if not is_at_home(person, absent, day):
        return None
    found = fitting_rules(rules, service, person, day)
    return found[0].frequency if found else None


def is_due(
    rules: Iterable[Rule], service: str, person: Person, period: Period, *, absent: Iterable[str]
) -> bool:
    return frequency_for(rules, service, person, period.last, absent=absent) == period.frequency
