"""Checking a printed figure against one that is worked out: pure arithmetic.

A document rounds, cuts off, or writes “余”. A printed figure agrees when the worked-out one rounds to it; it agrees
but for the rounding when they are less than one unit of its last digit apart (86.6 for 86.67).
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction

from eldercare.expressions import Term
from indicators.rules.formulas import Formula


class Agreement(Enum):
    SAME = "一致"
    ROUNDING = "舍入不同"
    DIFFERENT = "不一致"
    UNKNOWN = "无从核对"


def places_of(printed: Decimal) -> int:
    return max(0, -printed.normalize().as_tuple().exponent)


def compare(
    printed: Decimal, found: Decimal | None, *, comparator: str = "=", is_approximate: bool = False
) -> Agreement:
    """How ``printed`` and the worked-out figure agree; “80%以上” agrees with anything not less."""
    if found is None:
        return Agreement.UNKNOWN
    if comparator in (">=", ">") and found >= printed:
        return Agreement.SAME
    step = Decimal(1).scaleb(-places_of(printed))
    if found.quantize(step, rounding=ROUND_HALF_UP) == printed.quantize(step):
        return Agreement.SAME
    slack = printed / 10 if is_approximate else step
    return Agreement.ROUNDING if abs(found - printed) < slack else Agreement.DIFFERENT


def printed_metric(formula: Formula, printed: Decimal) -> tuple[str, Decimal] | None:
    """The figure of the one metric that a printed number stands for (3.8954万人 is 38954), else ``None``."""
    if formula.denominator is not None or len(formula.numerator) != 1:
        return None
    ((term, weight),) = formula.numerator.items()
    if term.function:
        return None
    value = Fraction(printed) / formula.scale / weight
    return term.name, Decimal(value.numerator) / Decimal(value.denominator)


def work_out(formula: Formula, figures: Mapping[str, Decimal]) -> Decimal | None:
    """The formula's value with the metrics' figures; ``None`` where one is missing or the denominator is 0."""

    def side(weights: Mapping[Term, int]) -> Fraction:
        return sum((weight * Fraction(figures[term.name]) for term, weight in weights.items()), Fraction(0))

    if any(term.function or term.name not in figures for term in formula.terms):
        return None
    below = side(formula.denominator) if formula.denominator is not None else Fraction(1)
    if not below:
        return None
    value = side(formula.numerator) / below * formula.scale
    return round(Decimal(value.numerator) / Decimal(value.denominator), 12)
