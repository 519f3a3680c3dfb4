"""Formulas become whole weights over metrics, or a sentence that says why not."""

from fractions import Fraction

import pytest

from eldercare.expressions import ExpressionError, Term
from indicators.rules.formulas import parse_formula

CODES = frozenset({"nursing_beds", "institution_beds", "adapted_homes", "social_workers", "elders"})
FLOWS = frozenset({"adapted_homes"})


def read(text):
    return parse_formula(text, codes=CODES, flows=FLOWS)


def term(name, function=None):
    return Term(function, name)


@pytest.mark.parametrize(
    ("text", "above", "below", "scale"),
    [
        ("nursing_beds / institution_beds * 100", {"nursing_beds": 1}, {"institution_beds": 1}, 100),
        ("100 * nursing_beds / institution_beds", {"nursing_beds": 1}, {"institution_beds": 1}, 100),
        ("social_workers / (institution_beds / 60)", {"social_workers": 1}, {"institution_beds": 1}, 60),
        ("elders / 10000", {"elders": 1}, None, Fraction(1, 10000)),
        ("elders / 3", {"elders": 1}, None, Fraction(1, 3)),
        ("nursing_beds / (elders - social_workers)", {"nursing_beds": 1}, {"elders": 1, "social_workers": -1}, 1),
        ("(2 * nursing_beds + 4 * elders) / institution_beds", {"nursing_beds": 1, "elders": 2},
         {"institution_beds": 1}, 2),
        ("nursing_beds + nursing_beds", {"nursing_beds": 1}, None, 2),
        ("-nursing_beds + elders", {"nursing_beds": -1, "elders": 1}, None, 1),
        ("nursing_beds / institution_beds / elders * institution_beds", None, None, None),
    ],
)  # fmt: skip
def test_formula_is_a_ratio_of_sums(text, above, below, scale):
    if above is None:
        with pytest.raises(ExpressionError, match="两个指标不能相乘"):
            read(text)
        return
    formula = read(text)
    assert formula.numerator == {term(code): weight for code, weight in above.items()}
    assert formula.denominator == (below and {term(code): weight for code, weight in below.items()})
    assert formula.scale == scale


def test_windowed_term_keeps_its_function():
    formula = read("sum_since_plan_start(adapted_homes)")
    assert formula.numerator == {term("adapted_homes", "sum_since_plan_start"): 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nursing_beds * elders", "两个指标不能相乘"),
        ("nursing_beds / elders + social_workers / elders", "两个比率不能相加减"),
        ("nursing_beds + 1", "不能加减固定的数"),
        ("100", "没有指标"),
        ("100 / nursing_beds", "分子、分母都应含有指标"),
        ("nursing_beds >= 3", "不能是条件"),
        ("sum_since_plan_start(elders)", "时点数"),
        ("nursing_bed / elders", "nursing_beds"),
        ("nursing_beds / 0", "0"),
        ("__import__('os')", "__import__"),
        ("1e400 * elders", "1e400"),
        ("(" * 5000 + "elders" + ")" * 5000, "1000|1,000"),
        ("elders + " * 1200 + "elders", "1000|1,000"),
        ("护理床位除以总床位", "护理床位除以总床位"),
    ],
)
def test_what_is_no_indicator_formula_is_refused_with_a_reason(text, reason):
    with pytest.raises(ExpressionError, match=reason):
        read(text)
