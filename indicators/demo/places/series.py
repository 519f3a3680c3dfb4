"""From the shape of a place to the figures of each of its reports: whole numbers, no part above its whole.

The same place gives the same figures every time; what differs between units comes from a seed of their names.
"""

import datetime as dt
import itertools
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from indicators.demo.places.shape import Each, Figure, Flow, Path, Place, month
from indicators.rules.months import month_distance

Figures = dict[str, Decimal]
Report = tuple[str, dt.date]  # name of the unit, month
Row = dict[str, Decimal]  # name of a unit → figure


def figures_of(
    place: Place, exists: Callable[[str, dt.date], bool] = lambda name, when: True
) -> dict[Report, Figures]:
    """The figures of every unit below the seat, and of the seat under the name “”.

    ``exists`` tells whether a unit is there in a month: one that was founded later has no report before.
    """
    found: dict[Report, Figures] = {}
    known: dict[str, dict[dt.date, Row]] = {}
    for code, figure in place.figures.items():
        known[code] = _rows(place, code, figure, known, exists)
        for when, row in known[code].items():
            for name, value in row.items():
                found.setdefault((name, when), {})[code] = value
    for when in place.months:
        found["", when] = {code: _own(figure, code, when) for code, figure in place.own.items()}
    return found


def _rows(
    place: Place,
    code: str,
    figure: Figure,
    known: Mapping[str, Mapping[dt.date, Row]],
    exists: Callable[[str, dt.date], bool],
) -> dict[dt.date, Row]:
    rows: dict[dt.date, Row] = {}
    for when in place.months:
        names = [name for name in place.sizes if exists(name, when)]
        match figure:
            case Each(steps):
                row = {name: Decimal(_step(steps.get(name, {}), when)) for name in names}
            case Path():
                caps = _caps(figure, known, when)
                row = _shared(place, code, figure, level(figure.totals, when), names, caps)
            case Flow(part_of=str() as whole):
                row = _part(code, figure, known[whole][when], when)
            case Flow():
                row = _flow(place, code, figure, when, names)
        rows[when] = row
    return rows


def _caps(figure: Path, known: Mapping[str, Mapping[dt.date, Row]], when: dt.date) -> Row | None:
    if figure.within is None:
        return None
    whole = known[figure.within][when]
    taken = known[figure.beside][when] if figure.beside else {}
    return {name: value - taken.get(name, Decimal(0)) for name, value in whole.items()}


def level(totals: Mapping[str, float], when: dt.date) -> Fraction:
    """The height of a path in a month."""
    points = sorted((month(text), Fraction(str(value))) for text, value in totals.items())
    if when <= points[0][0]:
        return points[0][1]
    for (start, low), (end, high) in itertools.pairwise(points):
        if when <= end:
            return low + (high - low) * month_distance(start, when) / month_distance(start, end)
    return points[-1][1]


def _step(steps: Mapping[str, int], when: dt.date) -> int:
    return max(
        ((month(text), value) for text, value in steps.items() if month(text) <= when), default=(None, 0)
    )[1]


def _skill(code: str, name: str, spread: float) -> Fraction:
    generator = random.Random(f"{code}:{name}")  # noqa: S311 - invented figures, nothing secret
    return Fraction(round(1000 * (1 + generator.uniform(-spread, spread))), 1000)


def _shared(
    place: Place,
    code: str,
    figure: Path,
    total: Fraction,
    names: list[str],
    caps: Mapping[str, Decimal] | None,
) -> Row:
    sizes = figure.share or (caps if caps is not None else place.sizes)
    weights = [int(sizes.get(name, 0) * int(1000 * _skill(code, name, figure.skill))) for name in names]
    limits = [int(caps[name]) for name in names] if caps is not None else None
    return _row(names, dealt(round(total), weights, limits))


def _row(names: list[str], values: list[int]) -> Row:
    return {name: Decimal(value) for name, value in zip(names, values, strict=True)}


def dealt(total: int, weights: list[int], limits: list[int] | None = None) -> list[int]:
    """``total`` in whole numbers by weight, none above its limit; what is over goes to the largest remainders."""
    if not any(weights):
        weights = [1] * len(weights)
    limits = [total] * len(weights) if limits is None else limits
    whole = sum(weights)
    values = [min(total * weight // whole, limit) for weight, limit in zip(weights, limits, strict=True)]
    order = sorted(range(len(weights)), key=lambda i: (not weights[i], -(total * weights[i] % whole), i))
    while (rest := total - sum(values)) > 0:
        room = [i for i in order if values[i] < limits[i]]
        wanting = [i for i in room if weights[i]] or room
        if not wanting:
            break
        step = max(rest // len(wanting), 1)
        for i in wanting[:rest]:
            values[i] = min(values[i] + step, limits[i])
    return values


def _part(code: str, figure: Flow, whole: Row, when: dt.date) -> Row:
    rate = level(figure.rates, when) / 100
    return {
        name: min(value, _cut(Fraction(value) * rate * _skill(code, name, figure.skill), figure.decimals))
        for name, value in whole.items()
    }


def _flow(place: Place, code: str, figure: Flow, when: dt.date, names: list[str]) -> Row:
    sizes = figure.share or place.sizes
    weights = {name: int(sizes.get(name, 0) * 1000) for name in names}
    amount = _amount(figure, when)
    if figure.decimals:
        whole = sum(weights.values())
        return {
            name: _cut(amount * weight / whole * _skill(code, name, figure.skill), figure.decimals)
            for name, weight in weights.items()
        }
    return _row(names, dealt(round(amount), list(weights.values())))


def _amount(figure: Flow, when: dt.date) -> Fraction:
    """What a month brings; whole numbers of a year add up to the year."""
    year = Fraction(str(figure.years.get(when.year, 0)))
    once = Fraction(str(figure.at_once.get(f"{when:%Y-%m}", 0)))
    if figure.decimals:
        return year / 12 + once
    return Fraction(int(year * when.month / 12) - int(year * (when.month - 1) / 12)) + once


def _own(figure: Path | Flow, code: str, when: dt.date) -> Decimal:
    if isinstance(figure, Path):
        return Decimal(round(level(figure.totals, when)))
    return _cut(_amount(figure, when), figure.decimals)


def _cut(value: Fraction, decimals: int) -> Decimal:
    return Decimal(int(value * 10**decimals)).scaleb(-decimals)
