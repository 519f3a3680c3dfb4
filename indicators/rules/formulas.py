"""Indicator formulas: from a text to "numerator / denominator × scale", each side a sum of metrics.

Figures of townships are added up before anything is divided, so each side must be a plain sum of metrics with
fixed factors: ``nursing_beds / institution_beds * 100``, ``social_workers / (institution_beds / 60)``. A product
of two metrics, a sum of two ratios or an added constant would give another result after adding up, and is
refused with the reason. Exact: factors are fractions, and the one division comes last.
"""

import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from eldercare.expressions import Expression, ExpressionError, Term, parse
from eldercare.expressions.nodes import Chain, Negative, Node, Number, Reference, Sum

SUM_FUNCTIONS = ("sum_since_plan_start", "sum_since_year_start", "sum_since_period_start")
CHANGE_FUNCTIONS = ("change_since_plan_start", "change_since_year_start", "change_since_period_start")
FUNCTIONS = SUM_FUNCTIONS + CHANGE_FUNCTIONS
FUNCTION_LABELS = {
    "sum_since_plan_start": "规划期初以来累计",
    "sum_since_year_start": "年初以来累计",
    "sum_since_period_start": "统计期初以来累计",
    "change_since_plan_start": "较规划期初增减",
    "change_since_year_start": "较年初增减",
    "change_since_period_start": "较统计期初增减",
}

Weights = Mapping[Term, int]


class FormulaError(ExpressionError):
    """A formula that cannot be an indicator; the message says why and what to write instead."""


@dataclass(frozen=True)
class Formula:
    """``Σ numerator / Σ denominator × scale``; ``denominator`` is ``None`` for a plain quantity."""

    expression: Expression
    numerator: Weights
    denominator: Weights | None
    scale: Fraction

    @property
    def terms(self) -> tuple[Term, ...]:
        return self.expression.terms

    @property
    def metric_codes(self) -> frozenset[str]:
        return frozenset(term.name for term in self.terms)


@functools.lru_cache(maxsize=2048)
def _parse_cached(text: str, codes: frozenset[str]) -> Formula:
    expression = parse(text, names=codes, functions=FUNCTIONS)
    if expression.is_condition:
        raise FormulaError("公式应算出一个数值，不能是条件判断。", 0)
    numerator, denominator = _form(expression.node)
    return _normalised(expression, numerator, denominator)


def parse_formula(text: str, *, codes: Iterable[str], flows: Collection[str] | None = None) -> Formula:
    """Read an indicator formula over metric ``codes``.

    ``flows`` are the codes of flow metrics: only those can be added up over time. Raises ``ExpressionError``
    with the position in ``text`` for anything that is not a formula, ``FormulaError`` for a formula whose
    figures cannot be added up over units.
    """
    formula = _parse_cached(text, frozenset(codes))
    if flows is not None:
        for term in formula.terms:
            if term.function in SUM_FUNCTIONS and term.name not in flows:
                raise FormulaError(
                    f"“{term.name}”是时点数，不能按时间累计；要算增减请用 {term.function.replace('sum', 'change')}。",
                    max(text.find(str(term)), 0),
                )
    return formula


# A linear form maps a term to its factor; the key ``None`` holds the constant part.
_Linear = dict[Term | None, Fraction]
_ONE: _Linear = {None: Fraction(1)}


def _form(node: Node) -> tuple[_Linear, _Linear]:
    match node:
        case Number(value):
            return {None: Fraction(value)}, _ONE
        case Reference(term, _):
            return {term: Fraction(1)}, _ONE
        case Negative(operand):
            above, below = _form(operand)
            return _scaled(above, Fraction(-1)), below
        case Sum(items):
            return functools.reduce(_added, [_signed(is_minus, _form(item)) for is_minus, item in items])
        case Chain(factors):
            above, below = _ONE, _ONE
            for divides, factor in factors:
                top, bottom = _form(factor)
                if divides:
                    top, bottom = bottom, top
                above, below = _product(above, top), _product(below, bottom)
            return above, below
    raise FormulaError("公式应算出一个数值，只能用指标代码、数字和 + - * / 括号。", 0)


def _signed(is_minus: bool, form: tuple[_Linear, _Linear]) -> tuple[_Linear, _Linear]:
    return (_scaled(form[0], Fraction(-1)), form[1]) if is_minus else form


def _scaled(linear: _Linear, factor: Fraction) -> _Linear:
    return {term: value * factor for term, value in linear.items()}


def _is_constant(linear: _Linear) -> bool:
    return set(linear) <= {None}


def _added(left: tuple[_Linear, _Linear], right: tuple[_Linear, _Linear]) -> tuple[_Linear, _Linear]:
    if not (_is_constant(left[1]) and _is_constant(right[1])):
        raise FormulaError("两个比率不能相加减：请先把分子、分母各自相加，再相除。", 0)
    total: _Linear = _scaled(left[0], 1 / left[1][None])
    for term, value in _scaled(right[0], 1 / right[1][None]).items():
        total[term] = total.get(term, Fraction(0)) + value
    return {term: value for term, value in total.items() if value} or {None: Fraction(0)}, _ONE


def _product(left: _Linear, right: _Linear) -> _Linear:
    if _is_constant(left):
        return _scaled(right, left.get(None, Fraction(0)))
    if _is_constant(right):
        return _scaled(left, right.get(None, Fraction(0)))
    raise FormulaError("两个指标不能相乘：各镇街相加后结果会变，请改为分子、分母各为指标之和的比率。", 0)


def _normalised(expression: Expression, above: _Linear, below: _Linear) -> Formula:
    if not any(above) and not any(below):
        raise FormulaError("公式里没有指标，请至少写一个指标代码。", 0)
    top, top_factor = _whole(above)
    if _is_constant(below):
        if not below.get(None):
            raise FormulaError("除数为 0，请检查括号里的算式。", 0)
        return Formula(expression, top, None, top_factor / below[None])
    bottom, bottom_factor = _whole(below)
    return Formula(expression, top, bottom, top_factor / bottom_factor)


def _whole(linear: _Linear) -> tuple[Weights, Fraction]:
    """Take out the common factor, so that the weights are the smallest whole numbers."""
    if linear.get(None) and len(linear) > 1:
        raise FormulaError("不能加减固定的数：各镇街相加时会被重复计算。", 0)
    if set(linear) == {None}:
        raise FormulaError("分子、分母都应含有指标。", 0)
    weights = {term: value for term, value in linear.items() if term is not None and value}
    common = lcm(*(value.denominator for value in weights.values()))
    whole = {term: int(value * common) for term, value in weights.items()}
    divisor = gcd(*whole.values())
    return {term: value // divisor for term, value in whole.items()}, Fraction(divisor, common)
