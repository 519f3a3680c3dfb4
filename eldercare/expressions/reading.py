"""Expressions as text: in the language itself, and for people, with labels or figures put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from .evaluation import Value
from .nodes import (
    Chain,
    Compare,
    Junction,
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

# How tightly each form binds; an operand that binds less tightly than its place gets brackets.
_OR, _AND, _NOT, _COMPARE, _SUM, _CHAIN, _NEGATIVE, _ATOM = range(8)


class Style(NamedTuple):
    """How terms, numbers, texts and symbols are written."""

    symbols: Mapping[str, str]
    number: Callable[[Decimal], str]
    text: Callable[[str], str]
    term: Callable[[Term], str]


_CODE_SYMBOLS = {
    key: f" {key} " for key in ("+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in")
}
_CODE_SYMBOLS |= {"not in": " not in ", "not": "not ", "minus": "-", "(": "(", ")": ")", ",": ", "}
_READING_SYMBOLS = {
    **_CODE_SYMBOLS,
    **{"-": " − ", "*": " × ", "/": " ÷ ", "==": " = ", "!=": " ≠ ", "<=": " ≤ ", ">=": " ≥ ", "minus": "−"},
    **{"and": " 且 ", "or": " 或 ", "not": "非 ", "in": " 属于", "not in": " 不属于", ",": "、"},
}


def code(node: Node) -> str:
    """`node` in the expression language; parsing it gives an equal expression."""
    return _write(node, Style(_CODE_SYMBOLS, lambda v: f"{v:f}", lambda v: f'"{v}"', str))[0]


def pretty(node: Node, labels: Mapping[Term, str]) -> str:
    """`node` for reading, each term by its label (by its code where it has none)."""
    return _write(node, _reading(lambda term: labels.get(term, str(term))))[0]


def render(
    node: Node, values: Mapping[Term, Value], labels: Mapping[Term, str] | None = None, missing: str = "未报"
) -> str:
    """`node` for reading, each term by its value; one without a value as `missing`, after its label if given."""

    def shown(term: Term) -> str:
        value = values.get(term)
        if value is None:
            return f"{labels[term]}{missing}" if labels and term in labels else missing
        return _figure(value)

    return _write(node, _reading(shown))[0]


def _reading(term: Callable[[Term], str]) -> Style:
    return Style(_READING_SYMBOLS, _figure, lambda value: f"“{value}”", term)


def _figure(value: Decimal | int | str | bool) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return f"“{value}”"
    digits = f"{value:,f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return digits.replace("-", "−")


def _write(node: Node, style: Style) -> tuple[str, int]:
    """`node` and how tightly it binds."""
    match node:
        case Number(value):
            return style.number(value), _NEGATIVE if value < 0 else _ATOM
        case Text(value):
            return style.text(value), _ATOM
        case Reference(term):
            written = style.term(term)
            return written, _NEGATIVE if written.startswith("−") else _ATOM
        case Negative(operand):
            return style.symbols["minus"] + _place(operand, _ATOM, style), _NEGATIVE
        case Sum(items):
            return _flat(items, "+", "-", _SUM, style), _SUM
        case Chain(factors):
            return _flat(factors, "*", "/", _CHAIN, style), _CHAIN
    return _write_condition(node, style)


def _write_condition(node: Node, style: Style) -> tuple[str, int]:
    match node:
        case Compare(operator, left, right):
            sides = _place(left, _SUM, style), _place(right, _SUM, style)
            return style.symbols[operator].join(sides), _COMPARE
        case Membership(item, members, negated):
            listed = style.symbols[","].join(_write(member, style)[0] for member in members)
            # A tuple of one needs no comma in this language.
            options = style.symbols["("] + listed + style.symbols[")"]
            word = style.symbols["not in" if negated else "in"]
            return _place(item, _SUM, style) + word + options, _COMPARE
        case Not(operand):
            return style.symbols["not"] + _place(operand, _NOT, style), _NOT
        case Junction(word, operands):
            level = _AND if word == "and" else _OR
            return style.symbols[word].join(_place(o, level + 1, style) for o in operands), level
    raise TypeError(f"not an expression: {node!r}")


def _flat(items: tuple[tuple[bool, Node], ...], plain: str, inverse: str, level: int, style: Style) -> str:
    """A sum or chain: the first item bare, the others after their sign and, if negative, in brackets."""
    written = _place(items[0][1], level + 1, style)
    for inverted, node in items[1:]:
        written += style.symbols[inverse if inverted else plain] + _place(node, _ATOM, style, level)
    return written


def _place(node: Node, least: int, style: Style, level: int | None = None) -> str:
    """`node` in a place that takes what binds at least as tightly as `least`, or more than `level`."""
    written, tightness = _write(node, style)
    fits = tightness >= least or (level is not None and level < tightness < _NEGATIVE)
    return written if fits else style.symbols["("] + written + style.symbols[")"]
