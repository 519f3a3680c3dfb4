"""What a parsed expression is made of: small immutable nodes, typed by how they are used.

Chains of + and - and chains of * and / are kept flat. So a long sum is not deep, and all
divisions of a chain are carried out as one (see `evaluation.quotient`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What a name stands for; the value is the word used in messages."""

    NUMBER = "数字"
    TEXT = "文字"
    BOOLEAN = "条件（是或否）"
    ANY = "任意"  # `name == name`: whatever both are


class Term(NamedTuple):
    """A value the caller supplies: a name, or a named function of a name such as a windowed sum."""

    function: str | None
    name: str

    def __str__(self) -> str:
        return f"{self.function}({self.name})" if self.function else self.name


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    term: Term
    kind: Kind


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Node


@dataclass(frozen=True, slots=True)
class Sum:
    """Items are (is subtracted, node)."""

    items: tuple[tuple[bool, Node], ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A product with divisors; factors are (divides, node) in the order of the text."""

    factors: tuple[tuple[bool, Node], ...]

    @property
    def numerators(self) -> tuple[Node, ...]:
        return tuple(node for divides, node in self.factors if not divides)

    @property
    def divisors(self) -> tuple[Node, ...]:
        return tuple(node for divides, node in self.factors if divides)


@dataclass(frozen=True, slots=True)
class Compare:
    """`operator` is one of == != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Membership:
    item: Node
    members: tuple[Number | Text, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    operand: Node


@dataclass(frozen=True, slots=True)
class Junction:
    """`word` is "and" or "or"."""

    word: str
    operands: tuple[Node, ...]


Node = Number | Text | Reference | Negative | Sum | Chain | Compare | Membership | Not | Junction
CONDITIONS = (Compare, Membership, Not, Junction)


def children(node: Node) -> tuple[Node, ...]:
    """The operands of `node` in the order of the text."""
    match node:
        case Negative(operand) | Not(operand):
            return (operand,)
        case Sum(items) | Chain(items):
            return tuple(child for _, child in items)
        case Compare(_, left, right):
            return (left, right)
        case Membership(item, members, _):
            return (item, *members)
        case Junction(_, operands):
            return operands
    return ()


def references(node: Node) -> Iterator[Reference]:
    """Every use of a term below `node`, in the order of the text."""
    if isinstance(node, Reference):
        yield node
    for child in children(node):
        yield from references(child)


def is_constant(node: Node) -> bool:
    """Whether `node` is made of literals only."""
    return next(references(node), None) is None
