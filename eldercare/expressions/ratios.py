"""An arithmetic expression as numerator, denominator and scale, to be summed before it is divided."""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import prod

from .evaluation import EXACT, evaluate
from .nodes import Chain, Negative, Node, is_constant

MAX_SCALE_PLACES = 40  # decimals of a scale; a finer one stays in the expressions


def split(node: Node) -> tuple[Node, Node | None, Decimal]:
    """(numerator, denominator or None, scale) with node == numerator / denominator * scale.

    Constants go to the scale. Where they have no finite decimal (`a / 60`), constant divisors stay with the
    denominator, or, if there is none, everything stays in the numerator. What is no chain of factors is all
    numerator; so is what has no name above the line (`100 / b`) as far as its constants go.
    """
    whole = node, None, Decimal(1)
    sign = 1
    while isinstance(node, Negative):
        sign, node = -sign, node.operand
    if not isinstance(node, Chain):
        return whole
    above = [factor for factor in node.numerators if not is_constant(factor)]
    below = [divisor for divisor in node.divisors if not is_constant(divisor)]
    if not above:
        return (_joined(node.numerators), _joined(node.divisors), Decimal(sign)) if below else whole
    multiplier = _constant(node.numerators, sign)
    scale = _finite(multiplier, _constant(node.divisors))
    if scale is None and below:
        return _joined(above), _joined(node.divisors), multiplier
    if scale is None:
        return whole
    return _joined(above), _joined(below) if below else None, scale


def _constant(nodes: tuple[Node, ...], sign: int = 1) -> Decimal:
    """The product of the constants among `nodes`, exact whatever the thread's own Decimal context."""
    with decimal.localcontext(EXACT):
        return prod((evaluate(node, {}) for node in nodes if is_constant(node)), start=Decimal(sign))


def _finite(multiplier: Decimal, divisor: Decimal) -> Decimal | None:
    """multiplier / divisor as an exact decimal, if it has one of at most MAX_SCALE_PLACES decimals."""
    units = Fraction(multiplier) / Fraction(divisor) * 10**MAX_SCALE_PLACES
    if units.denominator != 1:
        return None
    with decimal.localcontext(EXACT):
        scale = Decimal(units.numerator).scaleb(-MAX_SCALE_PLACES)
        return scale.normalize().quantize(Decimal(1)) if scale == scale.to_integral() else scale.normalize()


def _joined(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Chain(tuple((False, node) for node in nodes))
