"""Expressions as Django ORM expressions for PostgreSQL; the twin of `evaluation.py`.

Every number is cast to `numeric` without limits, where `+ - *` are exact. Its `/` chooses a scale by the
size of the operands and rounds there, so rounding again to a fixed scale would round twice; `DIV` cuts off
exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import BooleanField, DecimalField, Func, TextField, Value
from django.db.models import Expression as DjangoExpression
from django.db.models.sql import Query

from .evaluation import QUOTIENT_PLACES
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

Resolve = Callable[[Term], DjangoExpression]

_DOUBLED_UNITS = 2 * 10**QUOTIENT_PLACES  # a quotient in halves of its last place …
_HALF_UNIT = f"0.{5:0>{QUOTIENT_PLACES + 1}}"  # … and the worth of one such half
_CASTS = {
    Kind.NUMBER: ("(%(expressions)s)::numeric", DecimalField),
    Kind.TEXT: ("(%(expressions)s)::text", TextField),
    Kind.BOOLEAN: ("(%(expressions)s)", BooleanField),
}


def compile_node(node: Node, resolve: Resolve) -> DjangoExpression:
    """`node` with `resolve(term)` in the place of each term; see `Expression.as_django`."""
    match node:
        case Number(value):
            return _number("%(expressions)s::numeric", [Value(value, output_field=DecimalField())])
        case Text(value):
            return Func(Value(value), template="%(expressions)s::text", output_field=TextField())
        case Reference(term, Kind.ANY):
            return resolve(term)
        case Reference(term, kind):
            template, field = _CASTS[kind]
            return Func(resolve(term), template=template, output_field=field())
        case Negative(operand):
            return _number("(- %(expressions)s)", [compile_node(operand, resolve)])
        case Sum(items):
            return _number("(%(expressions)s)", [_signed(*item, resolve) for item in items], " + ")
        case Chain():
            return _chain(node, resolve)
    return _condition(node, resolve)


def _signed(minus: bool, node: Node, resolve: Resolve) -> DjangoExpression:
    return compile_node(Negative(node) if minus else node, resolve)


def _chain(node: Chain, resolve: Resolve) -> DjangoExpression:
    above = _product(node.numerators, resolve)
    if not node.divisors:
        return above
    # Twice the quotient, cut off, still shows which side of one half the last place is on; ROUND then rounds
    # half away from zero, once.
    doubled = _number(f"(%(expressions)s * {_DOUBLED_UNITS})", [above])
    divisor = _number("NULLIF(%(expressions)s, 0)", [_product(node.divisors, resolve)])
    template = f"ROUND(DIV(%(expressions)s) * {_HALF_UNIT}, {QUOTIENT_PLACES})"
    return _number(template, [doubled, divisor], ", ")


def _product(nodes: Iterable[Node], resolve: Resolve) -> DjangoExpression:
    return _number("(%(expressions)s)", [compile_node(node, resolve) for node in nodes], " * ")


def _condition(node: Node, resolve: Resolve) -> DjangoExpression:
    match node:
        case Compare(operator, left, right):
            symbol = {"==": "=", "!=": "<>"}.get(operator, operator)
            sides = [compile_node(left, resolve), compile_node(right, resolve)]
            return _boolean("(%(expressions)s)", sides, f" {symbol} ")
        case Membership(item, members, negated):
            listed = _boolean("(%(expressions)s)", [compile_node(m, resolve) for m in members], ", ")
            return _boolean(
                "(%(expressions)s)", [compile_node(item, resolve), listed], " NOT IN " if negated else " IN "
            )
        case Not(operand):
            return _boolean("(NOT %(expressions)s)", [compile_node(operand, resolve)])
        case Junction(word, operands):
            parts = [compile_node(operand, resolve) for operand in operands]
            return _boolean("(%(expressions)s)", parts, f" {word.upper()} ")
    raise TypeError(f"not an expression: {node!r}")


def _number(template: str, parts: list[Any], joiner: str = "") -> Func:
    # Limits on digits would make Django cast or round; PostgreSQL's plain numeric has none.
    return Func(*parts, template=template, arg_joiner=joiner, output_field=DecimalField())


def _boolean(template: str, parts: list[Any], joiner: str = "") -> Func:
    return Func(*parts, template=template, arg_joiner=joiner, output_field=BooleanField())


def sql_of(expression: DjangoExpression, connection: Any) -> tuple[str, list[Any]]:
    """SQL text and parameters of an expression that stands on no table.

    Its leaves are RawSQL or Value, e.g. `RawSQL("t.v[3]", [])`, so the text can be set into a larger
    statement. Parameters are in the order of their placeholders.
    """
    query = Query(None)
    compiler = query.get_compiler(connection=connection)
    text, params = compiler.compile(expression.resolve_expression(query))
    return text, list(params)
