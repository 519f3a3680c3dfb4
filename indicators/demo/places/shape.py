"""What a place of the demo is made of: who reports, in which months, and a path of totals for every metric."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from indicators.rules.months import months_between


@dataclass(frozen=True)
class Path:
    """Totals of a stock over the place: month → total, straight in between, held before and after.

    ``within`` is the metric that no unit may exceed, ``beside`` another part of it that takes its place there.
    ``share`` weighs the units, by name, where it is not their
    size; a unit that is not named has none. ``skill`` is how much the units differ.
    """

    totals: Mapping[str, float]
    within: str | None = None
    beside: str | None = None
    share: Mapping[str, float] | None = None
    skill: float = 0.0


@dataclass(frozen=True)
class Each:
    """A stock unit by unit: name → {month: value from then on}; a unit that is not named has 0."""

    steps: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Flow:
    """What comes in a year over the place, year → amount, in equal months; ``at_once`` in one month on top.

    With ``part_of`` the figure is that share (percent, month → share) of another flow of the same unit.
    """

    years: Mapping[int, float] = field(default_factory=dict)
    at_once: Mapping[str, float] = field(default_factory=dict)
    share: Mapping[str, float] | None = None
    decimals: int = 0
    part_of: str | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    skill: float = 0.0


@dataclass(frozen=True)
class Registered:
    """What is registered for an indicator: number, metric, day, quantity, evidence; ``unit`` by name, else the seat."""

    number: int
    metric: str
    day: str
    quantity: float
    evidence: str
    unit: str = ""


Figure = Path | Each | Flow


@dataclass(frozen=True)
class Place:
    """A place: the seat of its plan, the units that report to it with their sizes, and its figures.

    ``figures`` are reported by the units below the seat, ``own`` by the seat itself, each in the order in which
    they are worked out: a whole before its parts.
    """

    plan: str
    seat: str
    months: tuple[dt.date, ...]
    sizes: Mapping[str, float]
    figures: Mapping[str, Figure]
    own: Mapping[str, Path | Flow] = field(default_factory=dict)
    registered: tuple[Registered, ...] = ()
    confirmed: Mapping[int, str] = field(
        default_factory=dict
    )  # number of a yes/no entry → the day it was done


def months(*spans: str) -> tuple[dt.date, ...]:
    """“2020-12” or “2021-01:2021-12” as the first days of months."""
    found = []
    for span in spans:
        first, _, last = span.partition(":")
        found += months_between(month(first), month(last or first))
    return tuple(found)


def month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")
