"""Standings of the units that file for a plan: for one indicator, and over the whole plan.

Places are given by the published values; equal ones share a place. Who has none, or only a part of it, or nothing to
divide by, is listed last without one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from eldercare.models import OrgUnit
from indicators.models import IndicatorValue
from indicators.pages.dashboard import Dashboard, Tally
from indicators.pages.display import LOOKS, NOT_REGISTERED, NOT_REVIEWED
from indicators.pages.lines import Line, comparable
from indicators.pages.missing_words import NOT_HANDED_IN, RETURNED, WAITING
from indicators.rules.standings import places

Status = IndicatorValue.Status
NO_DENOMINATOR, PARTLY = LOOKS[Status.NOT_APPLICABLE].label, LOOKS[Status.NOT_REPORTED].label
WITHOUT_PLACE = (
    NO_DENOMINATOR, PARTLY, WAITING, RETURNED, NOT_REVIEWED, NOT_REGISTERED, NOT_HANDED_IN,
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """One unit for one indicator; ``why`` says why there is no place."""

    unit: OrgUnit
    line: Line
    place: int | None
    why: str = ""


@dataclass(frozen=True)
class Overall(Tally):
    """One unit over all indicators that it is held to."""

    unit: OrgUnit
    place: int | None = None
    why: str = ""


@dataclass
class Standings:
    """Of a dashboard's plan, month and units."""

    board: Dashboard
    lines: list[Line] = field(default_factory=list)  # those that units below have values of

    def __post_init__(self) -> None:
        units = {unit.pk for unit in self.units}
        with_units = {indicator for indicator, unit in self.board.cells if unit in units}
        self.lines = [line for line in self.board.lines if line.indicator.pk in with_units]

    @property
    def units(self) -> list[OrgUnit]:
        return self.board.selection.townships

    @property
    def is_enough(self) -> bool:
        return len(self.units) > 1

    def line(self, number: int) -> Line | None:
        return next((line for line in self.lines if line.indicator.number == number), None)

    def of(self, line: Line) -> list[Standing]:
        """The units by their place, those without one at the end."""
        own = {unit: self._own(line, unit) for unit in self.units}
        why = {unit: _why_without(each) for unit, each in own.items() if each.value}
        values = {
            unit: _measure(each) for unit, each in own.items() if each.value is not None and not why[unit]
        }
        found = places(values, lower_is_better=_lower_is_better(line))
        rows = [Standing(unit, own[unit], found.get(unit), why[unit]) for unit in why]
        return sorted(rows, key=lambda row: _order(row.place, row.why, row.unit))

    def overall(self) -> list[Overall]:
        """By the share of binding indicators that are met, of those the unit is held to."""
        rows = [self._overall(unit) for unit in self.units]
        found = places({row.unit: row.rate for row in rows if not row.why})
        placed = [Overall(row.counts, row.unit, found.get(row.unit), row.why) for row in rows]
        return sorted(placed, key=lambda row: _order(row.place, row.why, row.unit))

    def _overall(self, unit: OrgUnit) -> Overall:
        values = [
            value
            for line in self.lines
            if line.is_counted
            and (value := self.board.cells.get((line.indicator.pk, unit.pk)))
            and value.target is not None
        ]
        counts = Counter(value.status for value in values)
        row = Overall(counts, unit)
        if not row.judged:
            return Overall(counts, unit, why=NO_DENOMINATOR)
        if not any(value.reported for value in values):
            return Overall(counts, unit, why=self.board.missing.whole(unit))
        return row

    def _own(self, line: Line, unit: OrgUnit) -> Line:
        value = self.board.cells.get((line.indicator.pk, unit.pk))
        return Line(line.indicator, value, line.goal, missing=self.board.missing.whole(unit))


def _why_without(line: Line) -> str:
    value = line.value
    if not value.reported:
        return line.missing_word
    if value.value is None:
        return NO_DENOMINATOR
    return "" if comparable(value) is not None else PARTLY


def _measure(line: Line) -> Decimal:
    """What is compared: the value, or how far it is from a target that is to be hit exactly."""
    value = line.value
    if line.comparator == "=" and value.target is not None:
        return abs(value.value - value.target)
    return value.value


def _lower_is_better(line: Line) -> bool:
    is_to_be_hit = line.comparator == "=" and line.goal is not None and line.goal.value is not None
    return is_to_be_hit or line.comparator in ("<=", "<")


def _order(place: int | None, why: str, unit: OrgUnit) -> tuple:
    return (place is None, place or WITHOUT_PLACE.index(why), unit.code)


def direction_text(line: Line) -> str:
    if line.comparator == "=" and line.goal and line.goal.value is not None:
        return "离目标近的在前"
    return "数值低的在前" if _lower_is_better(line) else "数值高的在前"


OVERALL_HEADINGS = (("名次", 8), ("单位", 20), ("达标率（%）", 14))
HEADINGS = (("序号", 8), ("指标", 36), ("名次", 8), ("单位", 20), ("数值", 16), ("目标", 16), ("状态", 16))


def overall_rows(standings: Standings) -> Iterator[list[object]]:
    for row in standings.overall():
        rate = None if row.rate is None else round(row.rate, 1)
        yield [row.place or row.why, row.unit.name, rate, *(count for _, count in row.parts), row.judged]


def all_rows(standings: Standings) -> Iterator[list[object]]:
    """Every indicator's standing, one below the other."""
    for line in standings.lines:
        for row in standings.of(line):
            yield [
                line.indicator.number,
                line.indicator.name,
                row.place or row.why,
                row.unit.name,
                row.line.value_text,
                row.line.target_text,
                row.line.look.label,
            ]
