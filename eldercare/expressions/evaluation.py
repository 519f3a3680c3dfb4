"""Exact Decimal arithmetic on nodes, with SQL's rules for what is missing.

`+ - *` are exact. A chain of `*` and `/` is one fraction (all factors over all divisors, in whichever order
the text has them) and is rounded once: see `quotient`. `sql.py` says the same in PostgreSQL.
"""

from __future__ import annotations

import decimal
import operator
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import product
from math import prod

from .nodes import (
    Chain,
    Compare,
    Junction,
    Kind,
    Membership,
    Negative,
    Node,
    Not,
    Number,
    Reference,
    Sum,
    Term,
    Text,
)

QUOTIENT_PLACES = 20  # decimals of a quotient
MAX_VALUE_DIGITS = 60  # of a supplied value, before and again after the point

Value = Decimal | str | bool | None
Range = tuple[Decimal, Decimal]

# 200 nodes of values this long stay far below the precision; Inexact proves it by raising.
EXACT = decimal.Context(
    prec=50_000,
    Emax=decimal.MAX_EMAX,
    Emin=decimal.MIN_EMIN,
    traps=[decimal.Inexact, decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)

_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TYPES = {
    Kind.NUMBER: (Decimal,),
    Kind.TEXT: (str,),
    Kind.BOOLEAN: (bool,),
    Kind.ANY: (Decimal, str, bool),
}


def quotient(numerator: Decimal, divisor: Decimal) -> Decimal | None:
    """`numerator / divisor` rounded half away from zero to QUOTIENT_PLACES; None for a divisor of 0."""
    if not divisor:
        return None
    with decimal.localcontext(EXACT):
        # Twice the quotient in units of the last place, cut off, still shows which side of one half it is on.
        doubled = numerator.scaleb(QUOTIENT_PLACES) * 2 // divisor
        units = (abs(doubled) + 1) // 2
        return +units.copy_sign(doubled).scaleb(-QUOTIENT_PLACES)


def evaluate(node: Node, values: Mapping[Term, Value]) -> Value:
    """The value of `node`; see `Expression.evaluate`."""
    with decimal.localcontext(EXACT):
        result = _value(node, values)
        return +result if isinstance(result, Decimal) else result  # no negative zero


def _value(node: Node, values: Mapping[Term, Value]) -> Value:
    match node:
        case Number(value) | Text(value):
            return value
        case Reference():
            return _read(node, values.get(node.term))
        case Negative() | Sum() | Chain():
            return _arithmetic(node, values)
    return _truth(node, values)


def _arithmetic(node: Negative | Sum | Chain, values: Mapping[Term, Value]) -> Decimal | None:
    match node:
        case Negative(operand):
            value = _value(operand, values)
            return None if value is None else -value
        case Sum(items):
            found = [_value(item, values) for _, item in items]
            if None in found:
                return None
            return sum(-value if minus else value for (minus, _), value in zip(items, found, strict=True))
        case Chain():
            above = [_value(factor, values) for factor in node.numerators]
            below = [_value(divisor, values) for divisor in node.divisors]
            if None in above or None in below:
                return None
            return quotient(prod(above), prod(below)) if below else prod(above)


def _truth(node: Node, values: Mapping[Term, Value]) -> bool | None:
    match node:
        case Not(operand):
            value = _value(operand, values)
            return None if value is None else not value
        case Junction(word, operands):
            return _junction(word == "or", [_value(operand, values) for operand in operands])
        case Compare():
            return _compare(node, _value(node.left, values), _value(node.right, values))
        case Membership(item, members, negated):
            value = _value(item, values)
            return None if value is None else (value in [m.value for m in members]) is not negated
    raise TypeError(f"not an expression: {node!r}")


def _junction(decisive: bool, found: list[bool | None]) -> bool | None:
    """SQL's AND and OR: one decisive value settles it, else one unknown leaves it unknown."""
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def _compare(node: Compare, left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None
    if type(left) is not type(right):
        raise TypeError(f"cannot compare {left!r} with {right!r}")
    return _COMPARE[node.operator](left, right)


def _read(node: Reference, value: Value | int) -> Value:
    """`value` as the kind the expression uses it as; an int is as good as a Decimal, a float is not exact."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, _TYPES[node.kind]):
        raise TypeError(f"{node.term} is used as {node.kind.name}, got {type(value).__name__}")
    return check_size(value) if isinstance(value, Decimal) else value


def check_size(value: Decimal) -> Decimal:
    """`value`, if it is finite and short enough for exact work; ValueError otherwise."""
    if not value.is_finite():
        raise ValueError(f"not a finite number: {value}")
    if value.adjusted() >= MAX_VALUE_DIGITS or value.as_tuple().exponent < -MAX_VALUE_DIGITS:
        raise ValueError(f"more than {MAX_VALUE_DIGITS} digits before or after the point: {value}")
    return value


def evaluate_range(node: Node, ranges: Mapping[Term, Range | None]) -> Range | None:
    """The range of `node`; see `Expression.evaluate_range`."""
    with decimal.localcontext(EXACT):
        found = _range(node, ranges)
        return None if found is None else (+found[0], +found[1])


def _range(node: Node, ranges: Mapping[Term, Range | None]) -> Range | None:
    match node:
        case Number(value):
            return value, value
        case Reference(term):
            return _given_range(node, ranges.get(term))
        case Negative(operand):
            found = _range(operand, ranges)
            return None if found is None else (-found[1], -found[0])
        case Sum(items):
            return _sum_range(items, [_range(item, ranges) for _, item in items])
        case Chain():
            above = _product_range(_range(factor, ranges) for factor in node.numerators)
            below = _product_range(_range(divisor, ranges) for divisor in node.divisors)
            return _quotient_range(above, below) if node.divisors else above
    raise TypeError("only an arithmetic expression has a range")


def _given_range(node: Reference, given: Range | None) -> Range | None:
    if given is None:
        return None
    low, high = (_read(node, bound) for bound in given)
    if low > high:
        raise ValueError(f"{node.term}: {low} is above {high}")
    return low, high


def _sum_range(items: tuple[tuple[bool, Node], ...], found: list[Range | None]) -> Range | None:
    if None in found:
        return None
    low = high = Decimal(0)
    for (minus, _), (smallest, largest) in zip(items, found, strict=True):
        low += -largest if minus else smallest
        high += -smallest if minus else largest
    return low, high


def _product_range(found: Iterable[Range | None]) -> Range | None:
    low = high = Decimal(1)
    for pair in found:
        if pair is None:
            return None
        corners = [a * b for a, b in product((low, high), pair)]
        low, high = min(corners), max(corners)
    return low, high


def _quotient_range(above: Range | None, below: Range | None) -> Range | None:
    """Rounding keeps order, so the corners bound every rounded quotient too."""
    if above is None or below is None or below[0] <= 0 <= below[1]:
        return None
    corners = [quotient(a, b) for a, b in product(above, below)]
    return min(corners), max(corners)
