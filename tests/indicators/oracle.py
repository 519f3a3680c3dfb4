"""An independent calculation of every indicator: plain Python, exact fractions, nothing of the portal's code.

It reads a formula with Python's own ``ast`` and never touches ``eldercare.expressions``, the formulas and
windows of the portal or the SQL of its roll-up. Where the portal brings a formula into a normal form of
weights, this walks the formula once per unit for its numerator and its denominator.

The rules, in words:

* Each reporting unit's figures are put into the numerator and into the denominator; both are added up over
  the units that have all the figures they owe, and divided once.
* A metric that a unit does not owe adds 0. A figure that is missing leaves the unit out. A denominator of 0
  gives no value.
* A bare stock is its value in the month; a bare flow the month's figure, or the sum over the period when that
  is a range of years. A range that ended before the month is read at its end.
* ``sum_since``: all months from the anchor to the month, of which the month itself must be there.
* ``change_since`` of a stock: the month less the month before the anchor. Of a flow: the sum since the anchor
  less the equally long span just before it, with every month of that span there.
* Registered indicators read their own register: the latest quantity of a stock, the sum of a flow's window.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

Month = tuple[int, int]  # (2021, 12)
Series = Mapping[Month, Fraction]  # a metric's published figures of one unit
Side = tuple[Fraction, Fraction]  # numerator, denominator


class Missing(Exception):
    """A figure that is owed is not there."""


class NotYet(Exception):
    """The month lies before the anchor: there is nothing to compute."""


@dataclass(frozen=True)
class Unit:
    """A reporting unit: what it owes in each month, and the figures of its published reports by metric."""

    owed: Mapping[Month, frozenset[str]]
    figures: Mapping[str, Series]


@dataclass(frozen=True)
class Registered:
    """An entry of an indicator's own register."""

    metric: str
    month: Month
    order: tuple  # later entries compare greater
    quantity: Fraction


@dataclass(frozen=True)
class Answer:
    numerator: Fraction | None
    value: Fraction | None
    reported: int
    owed: int


def shift(month: Month, count: int) -> Month:
    year, index = divmod(month[0] * 12 + month[1] - 1 + count, 12)
    return year, index + 1


def span(first: Month, last: Month) -> list[Month]:
    months = []
    while first <= last:
        months.append(first)
        first = shift(first, 1)
    return months


def metrics_named(formula: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(formula, mode="eval")))
    functions = {node.func.id for node in nodes if isinstance(node, ast.Call)}
    return {node.id for node in nodes if isinstance(node, ast.Name)} - functions


@dataclass(frozen=True)
class Question:
    """One indicator in one month."""

    formula: str
    month: Month
    flows: frozenset[str]
    period: str = ""
    plan_start: Month = (2021, 1)

    @property
    def tree(self) -> ast.expr:
        return ast.parse(self.formula, mode="eval").body

    @property
    def years(self) -> tuple[int, int] | None:
        found = re.fullmatch(r"(\d{4})-(\d{4})", self.period)
        return (int(found[1]), int(found[2])) if found else None

    @property
    def read_at(self) -> Month:
        return min(self.month, (self.years[1], 12)) if self.years else self.month

    def anchor(self, name: str) -> Month:
        if name == "plan_start":
            return self.plan_start
        if name == "year_start" or self.period == "year":
            return self.read_at[0], 1
        if self.years:
            return self.years[0], 1
        return self.read_at if self.period else self.plan_start

    def metrics(self) -> set[str]:
        return metrics_named(self.formula)

    # --- Reading one metric of one unit --------------------------------------------------------------------

    def bare(self, metric: str, series: Series) -> Fraction:
        if metric in self.flows and self.years:
            return total(series, span((self.years[0], 1), self.read_at), needed=[self.read_at])
        return total(series, [self.read_at], needed=[self.read_at])

    def called(self, function: str, metric: str, series: Series) -> Fraction:
        kind, name = function.split("_since_")
        anchor, now = self.anchor(name), self.read_at
        if anchor > now:
            raise NotYet
        since = span(anchor, now)
        if kind == "sum":
            return total(series, since, needed=[now])
        if metric in self.flows:
            before = span(shift(anchor, -len(since)), shift(anchor, -1))
            return total(series, since, needed=since[-1:]) - total(series, before, needed=before)
        base = shift(anchor, -1)
        return total(series, [now], needed=[now]) - total(series, [base], needed=[base])


def total(series: Series, months: Iterable[Month], *, needed: Iterable[Month]) -> Fraction:
    if any(month not in series for month in needed):
        raise Missing
    return sum((series[month] for month in months if month in series), Fraction(0))


# --- Walking a formula: each node is a pair of numerator and denominator -----------------------------------


def sides(node: ast.expr, read: Callable[[str | None, str], Fraction]) -> Side:
    """Numerator and denominator of a formula for one unit; ``read(function, metric)`` gives a figure.

    The two stay apart, so a unit whose denominator is 0 still brings its numerator.
    """
    match node:
        case ast.Constant(value=value):
            return Fraction(str(value)), Fraction(1)
        case ast.Name(id=metric):
            return read(None, metric), Fraction(1)
        case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=metric)]):
            return read(function, metric), Fraction(1)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            (a, b), (c, d) = sides(left, read), sides(right, read)
            return a * c, b * d
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            (a, b), (c, d) = sides(left, read), sides(right, read)
            return a * d, b * c
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            (a, b), (c, d) = sides(left, read), sides(right, read)
            assert b == d == 1, "sums of ratios are no indicator"
            return (a + c if isinstance(op, ast.Add) else a - c), b
    raise AssertionError(ast.dump(node))


def is_ratio(node: ast.expr) -> bool:
    """Whether a metric stands below a division bar."""
    for each in ast.walk(node):
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Div):
            names = [inner for inner in ast.walk(each.right) if isinstance(inner, ast.Name)]
            if names:
                return True
    return False


def reported_value(question: Question, units: Iterable[Unit]) -> Answer:
    """The county's value from the reports of its units."""
    top, bottom, reported, owed = Fraction(0), Fraction(0), 0, 0
    for unit in units:
        mine = question.metrics() & unit.owed.get(question.read_at, frozenset())
        if not mine:
            continue
        owed += 1
        try:
            above, below = sides(question.tree, _reader(question, unit, mine))
        except Missing:
            continue
        except NotYet:
            return Answer(None, None, 0, 0)
        reported += 1
        top, bottom = top + above, bottom + below
    return _answer(question, top, bottom, reported, owed)


def _reader(question: Question, unit: Unit, mine: set[str]) -> Callable[[str | None, str], Fraction]:
    def read(function: str | None, metric: str) -> Fraction:
        if metric not in mine:
            return Fraction(0)
        series = unit.figures.get(metric, {})
        return question.called(function, metric, series) if function else question.bare(metric, series)

    return read


def registered_value(question: Question, register: Iterable[Registered]) -> Answer:
    """The value of an indicator that has a register of its own."""
    entries = sorted(register, key=lambda entry: entry.order)

    def read(function: str | None, metric: str) -> Fraction:
        known = [e for e in entries if e.metric == metric and e.month <= question.read_at]
        if metric in question.flows:
            first = question.anchor(function.split("_since_")[1]) if function else question.read_at
            if first > question.read_at:
                raise NotYet
            return sum((e.quantity for e in known if e.month >= first), Fraction(0))
        if not known:
            raise Missing
        if function:
            before = [e for e in known if e.month < question.anchor(function.split("_since_")[1])]
            if not before:
                raise Missing
            return known[-1].quantity - before[-1].quantity
        return known[-1].quantity

    try:
        above, below = sides(question.tree, read)
    except NotYet:
        return Answer(None, None, 0, 0)
    except Missing:
        return Answer(None, None, 0, 1)
    return _answer(question, above, below, 1, 1)


def _answer(question: Question, top: Fraction, bottom: Fraction, reported: int, owed: int) -> Answer:
    if not reported:
        return Answer(None, None, reported, owed)
    if not is_ratio(question.tree):
        # Plain quantities: constants below the bar are the same for every unit.
        return Answer(top, top / (bottom / reported), reported, owed)
    return Answer(top, top / bottom if bottom else None, reported, owed)
