"""Random expressions for Hypothesis, and an oracle for them that shares no code with the module under test.

An expression is a tree of plain tuples, written as text by `write` and calculated with Fractions by `number`
and `truth`.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import assume
from hypothesis import strategies as st

from eldercare.expressions import MAX_LENGTH, Expression, Term, parse

FUNCTIONS = ("sum_since", "change_since")
NUMBER_TERMS = [Term(None, name) for name in "abcd"] + [Term("sum_since", "a"), Term("change_since", "e")]
FLAG_TERMS = [Term(None, "registered"), Term(None, "in_care")]
TEXT_TERMS = [Term(None, "economic"), Term(None, "town")]
TEXTS = ["低保", "特困", "", "a'b", "100%", "😀 %s"]
COMPARISONS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def literals() -> st.SearchStrategy:
    whole = st.integers(0, 10**18 - 1) | st.integers(0, 12)
    decimals = st.sampled_from(["", "", ".5", ".0000000001", ".3333333333", ".0"])
    return st.builds(lambda w, d: ("literal", f"{w}{d}"), whole, decimals)


def formulas(max_leaves: int = 12) -> st.SearchStrategy:
    leaves = st.sampled_from(NUMBER_TERMS).map(lambda term: ("term", term)) | literals()
    signs = st.sampled_from(["+", "-", "*", "*", "/", "/", "/", "minus"])  # divisions are what can go wrong
    return st.recursive(
        leaves,
        lambda parts: st.tuples(signs, parts, parts).map(
            lambda tree: tree[:2] if tree[0] == "minus" else tree
        ),
        max_leaves=max_leaves,
    )


def rules() -> st.SearchStrategy:
    numbers = formulas(max_leaves=4)
    texts = st.sampled_from(TEXT_TERMS).map(lambda term: ("term", term))
    members = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)
    leaves = (
        st.sampled_from(FLAG_TERMS).map(lambda term: ("term", term))
        | st.tuples(st.just("compare"), st.sampled_from(sorted(COMPARISONS)), numbers, numbers)
        | st.tuples(
            st.just("compare"),
            st.sampled_from(["==", "!="]),
            texts,
            st.sampled_from(TEXTS).map(lambda text: ("text", text)),
        )
        | st.tuples(st.sampled_from(["in", "not in"]), texts, members)
        | st.tuples(st.sampled_from(["in", "not in"]), numbers, st.lists(st.integers(-5, 5), min_size=1))
    )
    combined = st.recursive(
        leaves,
        lambda parts: (
            st.tuples(st.sampled_from(["and", "or"]), parts, parts) | st.tuples(st.just("not"), parts)
        ),
        max_leaves=5,
    )
    return combined.filter(lambda tree: tree[0] != "term")


def write(tree: tuple) -> str:
    """The text of `tree` with no more brackets than its precedence needs on the left, all on the right."""
    kind, *parts = tree
    if kind == "literal":
        return parts[0]
    if kind == "term":
        return str(parts[0])
    if kind == "text":
        return quoted(parts[0])
    if kind in {"minus", "not"}:
        return ("-" if kind == "minus" else "not ") + bracketed(parts[0])
    if kind == "compare":
        return f"{write(parts[1])} {parts[0]} {write(parts[2])}"
    if kind in {"in", "not in"}:
        listed = ", ".join(quoted(m) if isinstance(m, str) else str(m) for m in parts[1])
        return f"{write(parts[0])} {kind} ({listed})"
    same = {"+": "+-*/", "-": "+-*/", "*": "*/", "/": "*/", "and": (), "or": ()}[kind]
    left = write(parts[0]) if parts[0][0] in same else bracketed(parts[0])
    return f"{left} {kind} {bracketed(parts[1])}"


def bracketed(tree: tuple) -> str:
    return write(tree) if tree[0] in {"literal", "term"} else f"({write(tree)})"


def quoted(text: str) -> str:
    return f'"{text}"'


def rounded(value: Fraction) -> Fraction:
    """`value` to 20 decimals, halves away from zero."""
    units = floor(abs(value) * 10**20 + Fraction(1, 2))
    return Fraction(-units if value < 0 else units, 10**20)


class ConstantZero(Exception):
    """The tree divides by a zero made of literals."""


def number(tree: tuple, values: dict) -> Fraction | None:
    kind, *parts = tree
    if kind == "literal":
        return Fraction(parts[0])
    if kind == "term":
        value = values.get(parts[0])
        return None if value is None else Fraction(value)
    if kind == "minus":
        value = number(parts[0], values)
        return None if value is None else -value
    if kind in "+-":
        left, right = number(parts[0], values), number(parts[1], values)
        if left is None or right is None:
            return None
        return left + right if kind == "+" else left - right
    above, below = chain(tree)
    top, bottom = multiplied(above, values), multiplied(below, values)
    if top is None or bottom is None or not bottom:
        return None
    return rounded(top / bottom) if below else top


def chain(tree: tuple) -> tuple[list, list]:
    """What is multiplied and what is divided by in the whole chain of * and /."""
    if tree[0] == "*":
        (above, below), (more, less) = chain(tree[1]), chain(tree[2])
        return above + more, below + less
    if tree[0] == "/":
        above, below = chain(tree[1])
        return above, [*below, tree[2]]
    return [tree], []


def multiplied(trees: list, values: dict) -> Fraction | None:
    product = Fraction(1)
    for tree in trees:
        value = number(tree, values)
        if value is None:
            return None
        product *= value
    return product


def truth(tree: tuple, values: dict) -> bool | None:
    kind, *parts = tree
    if kind == "term":
        return values.get(parts[0])
    if kind == "not":
        value = truth(parts[0], values)
        return None if value is None else not value
    if kind in {"and", "or"}:
        found = {truth(part, values) for part in parts}
        settled = kind == "or"
        return settled if settled in found else None if None in found else not settled
    if kind == "compare":
        left, right = side(parts[1], values), side(parts[2], values)
        return None if left is None or right is None else COMPARISONS[parts[0]](left, right)
    item = side(parts[0], values)
    return None if item is None else (item in parts[1]) == (kind == "in")


def side(tree: tuple, values: dict) -> Fraction | str | None:
    if tree[0] == "text":
        return tree[1]
    return values.get(tree[1]) if tree[0] == "term" and tree[1] in TEXT_TERMS else number(tree, values)


def divides_by_zero(tree: object) -> bool:
    """Whether a divisor is made of literals only and comes to zero."""
    if not isinstance(tree, tuple) or tree[0] in {"literal", "term", "text"}:
        return False
    if tree[0] == "/" and is_literal(tree[2]) and not number(tree[2], {}):
        return True
    return any(divides_by_zero(part) for part in tree[1:])


def is_literal(tree: tuple) -> bool:
    return tree[0] == "literal" or (tree[0] in "minus+-*/" and all(is_literal(part) for part in tree[1:]))


def read(tree: tuple) -> Expression:
    """`tree` parsed; an example is skipped that is longer or deeper than the language allows."""
    assume(not divides_by_zero(tree))
    text = write(tree)
    assume(len(text) <= MAX_LENGTH)
    return parse(text, names=None, functions=FUNCTIONS)


def figures() -> st.SearchStrategy:
    """Decimals as they occur, and those that hurt: tiny, huge, many digits, one half of the last place."""
    return (
        st.integers(-20, 20).map(Decimal)
        | st.integers(-(10**9), 10**9).map(lambda n: Decimal(n) / 100)
        | st.sampled_from(
            [Decimal(text) for text in ["5E-21", "-5E-21", "1.4999999999999999999999999", "2E+20"]]
        )
        | st.integers(-(10**30), 10**30).map(Decimal)
        | st.integers(-(10**25), 10**25).map(lambda n: Decimal(n).scaleb(-40))
    )


def value_maps() -> st.SearchStrategy:
    entries = {term: st.none() | figures() for term in NUMBER_TERMS}
    entries |= {term: st.sampled_from([True, False, None]) for term in FLAG_TERMS}
    entries |= {term: st.sampled_from([*TEXTS, "其他", None]) for term in TEXT_TERMS}
    return st.fixed_dictionaries(entries)


def term_values(**values: object) -> dict[Term, object]:
    return {Term(None, name): value for name, value in values.items()}
