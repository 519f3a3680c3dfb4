"""The public face of the expression language: `parse`, `Expression` and `Ratio`."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from . import evaluation, ratios, reading
from .evaluation import Range, Value
from .nodes import CONDITIONS, Kind, Node, Reference, Term, references
from .parser import build

if TYPE_CHECKING:
    from django.db.models import Expression as DjangoExpression


def parse(
    text: str,
    *,
    names: Collection[str] | None,
    functions: Collection[str] = (),
    condition: bool | None = None,
) -> Expression:
    """Read a formula or a rule.

    `names` are the names it may use (None: any), `functions` those it may call on one name. `condition`
    True asks for a rule, False for a formula, None takes either; with None a lone name is a number.
    Raises ExpressionError, with the place in `text` and a sentence for the user.
    """
    return Expression(text, build(text, names, functions, condition))


@dataclass(frozen=True)
class Expression:
    """A checked formula or rule. Immutable and hashable, so it can be cached by its text."""

    text: str
    node: Node = field(repr=False)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The values it needs, each once, in the order of the text."""
        return tuple(dict.fromkeys(reference.term for reference in references(self.node)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in `terms`, each once, in the order of the text."""
        return tuple(dict.fromkeys(term.name for term in self.terms))

    @property
    def is_condition(self) -> bool:
        """Whether the result is true or false rather than a number."""
        is_flag = isinstance(self.node, Reference) and self.node.kind is Kind.BOOLEAN
        return is_flag or isinstance(self.node, CONDITIONS)

    def evaluate(self, values: Mapping[Term, Value]) -> Decimal | bool | None:
        """The result for `values`; a term that is absent or None is unknown.

        `+ - *` are exact; a chain of `*` and `/` is divided last and rounded once, half away from zero, to
        QUOTIENT_PLACES. Unknown values and a divisor of 0 make a number None (show 不适用 or 未报), while
        conditions follow SQL's three-valued logic. Raises TypeError for a value of the wrong type (a float
        is one), ValueError for NaN, infinity or over 60 digits on a side of the point.
        """
        return evaluation.evaluate(self.node, values)

    def evaluate_range(self, values: Mapping[Term, Range | None]) -> Range | None:
        """The (lowest, highest) result when each term lies in its (lowest, highest), ends included.

        Never too narrow; wider than need be where a term occurs twice. None when a range is unknown or a
        divisor can be 0. Raises TypeError for a condition, ValueError for a range with its ends swapped.
        """
        return evaluation.evaluate_range(self.node, values)

    def ratio(self) -> Ratio | None:
        """Numerator, denominator and scale (see `Ratio`), or None for a condition."""
        if self.is_condition:
            return None
        numerator, denominator, scale = ratios.split(self.node)
        if numerator is self.node:
            return Ratio(self, None, scale)
        return Ratio(_expression(numerator), denominator and _expression(denominator), scale)

    def as_django(self, resolve: Callable[[Term], DjangoExpression]) -> DjangoExpression:
        """The same as a Django expression, `resolve` giving the one for each term.

        A formula is an exact PostgreSQL numeric (output field DecimalField without limits), a condition a
        boolean that filter(), annotate() and When() take. Equal to evaluate() on every row.
        """
        from . import sql  # the only part that needs Django

        return sql.compile_node(self.node, resolve)

    def render(
        self, values: Mapping[Term, Value], labels: Mapping[Term, str] | None = None, missing: str = "未报"
    ) -> str:
        """The expression with figures put in: `2,327 ÷ 4,230 × 100`; an unknown one as (label and) `missing`."""
        return reading.render(self.node, values, labels, missing)

    def pretty(self, labels: Mapping[Term, str]) -> str:
        """The expression with labels put in: `护理型床位数 ÷ 养老机构床位数 × 100`."""
        return reading.pretty(self.node, labels)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Ratio:
    """An expression as numerator / denominator * scale.

    Evaluate numerator and denominator, sum them over units and months, and divide last, through `value`.
    A formula that is no ratio has itself as numerator, no denominator and scale 1.
    """

    numerator: Expression
    denominator: Expression | None
    scale: Decimal

    def value(self, numerator: Decimal | None, denominator: Decimal | None = None) -> Decimal | None:
        """The figure for the two evaluated (and summed) parts; None if one is unknown or the divisor is 0.

        This is the authoritative figure of an indicator. With a denominator it is exactly what
        `Expression.evaluate` gives for the whole text on the same parts; without one it is exact, where
        `evaluate` rounds `p / 10000` to 20 decimals.
        """
        if numerator is None or (denominator is None and self.denominator is not None):
            return None
        with decimal.localcontext(evaluation.EXACT):
            scaled = +(Decimal(numerator) * self.scale)
        return scaled if self.denominator is None else evaluation.quotient(scaled, Decimal(denominator))


def _expression(node: Node) -> Expression:
    return Expression(reading.code(node), node)
