"""The expression language without a database: reading, calculating, ranges, ratios, writing out."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eldercare.expressions import MAX_LENGTH, ExpressionError, Term, parse
from eldercare.expressions.reading import code
from tests.eldercare.expression_trees import (
    FUNCTIONS,
    figures,
    formulas,
    number,
    read,
    rules,
    term_values,
    truth,
    value_maps,
)

# --- what is read ---


def test_terms_are_listed_once_in_the_order_of_the_text():
    expression = parse("sum_since(b) / (a + b) * b", names={"a", "b"}, functions={"sum_since"})
    assert expression.terms == (Term("sum_since", "b"), Term(None, "a"), Term(None, "b"))
    assert expression.names == ("b", "a")
    assert expression.text == "sum_since(b) / (a + b) * b"


@pytest.mark.parametrize(
    ("text", "condition"),
    [("a / b", False), ("a", False), ("(a > 1)", True), ("not p", True), ('s in ("x",)', True)],
)
def test_a_condition_is_told_from_a_formula(text, condition):
    assert parse(text, names=None).is_condition is condition


def test_a_lone_name_is_what_the_caller_asks_for():
    assert parse("registered", names=None, condition=True).evaluate(term_values(registered=True)) is True
    assert parse("beds", names=None, condition=False).evaluate(term_values(beds=3)) == 3
    with pytest.raises(ExpressionError, match="这里要写条件"):
        parse("a / b", names=None, condition=True)
    with pytest.raises(ExpressionError, match="不能当作数字使用"):
        parse("a > b", names=None, condition=False)


def test_full_width_characters_are_read_as_what_they_stand_for():
    text = "（ａ＋１２．５）×３÷ｂ−１\u3000≥　２ ａｎｄ economic in （“低保”，‘特困’）"
    values = term_values(a=Decimal(2), b=Decimal(4), economic="特困")
    expression = parse(text, names={"a", "b", "economic"})
    assert expression.evaluate(values) is True
    assert expression.names == ("a", "b", "economic")


def test_quoted_text_is_taken_as_written():
    assert parse("s == “ａ，（１）”", names=None).evaluate(term_values(s="ａ，（１）")) is True


def test_an_expression_can_be_cached_and_sent_to_another_process():
    expression = parse("a / b * 100", names=None)
    assert expression == parse("a / b * 100", names=None)
    assert len({expression, parse("a / b * 100", names=None)}) == 1
    assert pickle.loads(pickle.dumps(expression)) == expression  # noqa: S301
    error = ExpressionError("第 1 个字符", 3, 4)
    assert vars(pickle.loads(pickle.dumps(error))) == vars(error)  # noqa: S301


def test_a_long_sum_is_not_deep():
    text = " + ".join(["a"] * 100)
    assert parse(text, names=None).evaluate(term_values(a=Decimal(2))) == 200


# --- calculating ---


def same(found: Decimal | None, expected: Fraction | None) -> bool:
    return found is None if expected is None else found is not None and Fraction(found) == expected


@given(formulas(max_leaves=25), value_maps())
def test_a_formula_is_exact(tree, values):
    assert same(read(tree).evaluate(values), number(tree, values))


@given(
    st.recursive(
        st.sampled_from("abc") | st.integers(0, 99).map(str),
        lambda p: st.one_of(
            st.tuples(p, st.sampled_from(["+", "-", "*"]), p).map(" ".join),
            p.map("({})".format),
            p.map("-{}".format),
        ),
    ),
    st.tuples(figures(), figures(), figures()),
)
def test_precedence_is_python_s(text, figures_of_names):
    values = dict(zip("abc", figures_of_names, strict=True))
    try:
        found = parse(text, names="abc").evaluate(term_values(**values))
    except ExpressionError:
        assume(False)
    fractions = {name: Fraction(value) for name, value in values.items()}
    assert found == eval(text, {"__builtins__": {}}, fractions)  # noqa: S307


@given(rules(), value_maps())
def test_a_rule_follows_three_valued_logic(tree, values):
    assert read(tree).evaluate(values) is truth(tree, values)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("1", "3", "0.33333333333333333333"),
        ("2", "3", "0.66666666666666666667"),
        ("-2", "3", "-0.66666666666666666667"),
        ("1", "2E+20", "0.00000000000000000001"),
        ("-1", "2E+20", "-0.00000000000000000001"),
        ("4.9", "1E+21", "0"),
        ("-4.9", "1E+21", "0"),
        ("1.4999999999999999999999999", "1E+20", "0.00000000000000000001"),
        ("5", "0", None),
        (None, "0", None),
    ],
)
def test_a_quotient_is_rounded_once_half_away_from_zero(a, b, expected):
    values = term_values(a=a and Decimal(a), b=Decimal(b))
    found = parse("a / b", names=None).evaluate(values)
    assert found == (expected and Decimal(expected))
    assert found is None or found.is_signed() == (found < 0), "a zero has no sign"


def test_a_zero_has_no_sign():
    assert str(parse("a * -1", names=None).evaluate(term_values(a=0))) == "0"


def test_a_chain_is_divided_last():
    assert parse("a / 3 * 3", names=None).evaluate(term_values(a=Decimal(1))) == 1
    assert parse("a * (b / c)", names=None).evaluate(term_values(a=3, b=1, c=3)) == 1
    assert parse("s / (b / 60)", names=None).evaluate(term_values(s=2, b=60)) == 2


def test_a_value_of_the_wrong_type_or_size_is_the_caller_s_mistake():
    expression = parse("a / b", names=None)
    for wrong in (0.5, "1", True):
        with pytest.raises(TypeError, match="a is used as NUMBER"):
            expression.evaluate(term_values(a=wrong, b=Decimal(1)))
    for wrong in ("NaN", "Infinity", "1E+60", "1E-61"):
        with pytest.raises(ValueError, match=r"finite|digits"):
            expression.evaluate(term_values(a=Decimal(wrong), b=Decimal(1)))
    with pytest.raises(TypeError, match="cannot compare"):
        parse("a == b", names=None).evaluate(term_values(a=Decimal(1), b="1"))


@pytest.mark.parametrize(("left", "right"), [("杭州", "杭州"), (Decimal("1.0"), Decimal(1)), (True, True)])
def test_two_names_can_be_compared_whatever_they_are(left, right):
    assert parse("a == b", names=None).evaluate(term_values(a=left, b=right)) is True
    assert parse("a != b", names=None).evaluate(term_values(a=left, b=None)) is None


# --- ranges ---


@given(formulas(), st.data())
def test_a_range_holds_every_value_it_can_take(tree, data):
    expression = read(tree)
    triples = st.lists(figures(), min_size=3, max_size=3).map(sorted)
    drawn = {term: data.draw(triples, str(term)) for term in expression.terms}
    found = expression.evaluate_range({term: (low, high) for term, (low, _, high) in drawn.items()})
    assume(found is not None)
    picks = st.sampled_from([0, 1, 2])
    for _ in range(4):
        value = expression.evaluate({term: triple[data.draw(picks)] for term, triple in drawn.items()})
        assert found[0] <= value <= found[1]


@given(formulas(), value_maps())
def test_the_range_of_known_values_is_the_value(tree, values):
    expression = read(tree)
    value = expression.evaluate(values)
    ranges = {term: None if v is None else (v, v) for term, v in values.items()}
    assert expression.evaluate_range(ranges) == (None if value is None else (value, value))


def test_a_range_needs_every_term_and_a_divisor_that_cannot_be_zero():
    rate = parse("a / b * 100", names=None)
    whole = {Term(None, "a"): (Decimal(1), Decimal(2)), Term(None, "b"): (Decimal(4), Decimal(8))}
    assert rate.evaluate_range(whole) == (Decimal("12.5"), Decimal(50))
    assert rate.evaluate_range({Term(None, "a"): (Decimal(1), Decimal(2))}) is None
    assert rate.evaluate_range(whole | {Term(None, "b"): (Decimal(0), Decimal(8))}) is None
    with pytest.raises(ValueError, match="above"):
        rate.evaluate_range(whole | {Term(None, "a"): (Decimal(2), Decimal(1))})
    with pytest.raises(TypeError, match="arithmetic"):
        parse("a > b", names=None).evaluate_range(whole)


# --- ratios ---


@pytest.mark.parametrize(
    ("text", "numerator", "denominator", "scale"),
    [
        ("a / b * 100", "a", "b", "100"),
        ("100 * a / b", "a", "b", "100"),
        ("(a / b) * 100", "a", "b", "100"),
        ("-(a / b)", "a", "b", "-1"),
        ("s / (b / 60)", "s", "b / 60", "1"),
        ("p / 10000", "p", None, "0.0001"),
        ("p / 60", "p / 60", None, "1"),
        ("a / b / 3", "a", "b * 3", "1"),
        ("(a + b) / c * 1000", "a + b", "c", "1000"),
        ("a / b + c / d", "a / b + c / d", None, "1"),
        ("a * b / c / d", "a * b", "c * d", "1"),
        ("100 / b", "100", "b", "1"),
        ("a", "a", None, "1"),
        ("a * 5", "a", None, "5"),
        ("sum_since(a) / sum_since(b) * 100", "sum_since(a)", "sum_since(b)", "100"),
    ],
)
def test_a_ratio_is_split_at_its_outermost_chain(text, numerator, denominator, scale):
    ratio = parse(text, names=None, functions=FUNCTIONS).ratio()
    assert ratio.numerator.text == numerator
    assert (ratio.denominator and ratio.denominator.text) == denominator
    assert ratio.scale == Decimal(scale)


def test_a_condition_has_no_ratio():
    assert parse("a > b", names=None).ratio() is None


@given(formulas(), value_maps())
def test_a_ratio_gives_the_value_of_the_whole_text(tree, values):
    expression = read(tree)
    ratio, value = expression.ratio(), expression.evaluate(values)
    below = ratio.denominator and ratio.denominator.evaluate(values)
    found = ratio.value(ratio.numerator.evaluate(values), below)
    if value is None or found is None or ratio.denominator is not None:
        assert found == value
    else:
        assert abs(Fraction(found) - Fraction(value)) <= Fraction(1, 10**20)


def test_a_long_scale_is_exact():
    ratio = parse("-71428571428061225 * (a * 14.0000000001)", names=None).ratio()
    assert ratio.scale == Decimal("-1000000000000000007.1428061225")


def test_a_ratio_of_nothing_is_unknown():
    ratio = parse("a / b * 100", names=None).ratio()
    assert ratio.value(Decimal(2327), Decimal(4230)) == Decimal("55.01182033096926713948")
    assert ratio.value(None, Decimal(1)) is None
    assert ratio.value(Decimal(1), None) is None
    assert ratio.value(Decimal(1), Decimal(0)) is None


# --- writing out ---


def test_a_formula_is_shown_with_its_figures():
    expression = parse("nursing_beds/institution_beds*100", names=None)
    values = term_values(nursing_beds=Decimal("2327.00"), institution_beds=4230)
    assert expression.render(values) == "2,327 ÷ 4,230 × 100"
    del values[Term(None, "nursing_beds")]
    labels = {Term(None, "nursing_beds"): "护理型床位数"}
    assert expression.render(values) == "未报 ÷ 4,230 × 100"
    assert expression.render(values, labels) == "护理型床位数未报 ÷ 4,230 × 100"


def test_negative_figures_get_brackets():
    expression = parse("a - (b - c) * -d", names=None)
    assert expression.render(term_values(a=-1, b=Decimal("-2.50"), c=3, d=-4)) == "−1 − (−2.5 − 3) × (−(−4))"


def test_a_formula_is_shown_with_its_labels():
    labels = term_values(nursing_beds="护理型床位数", institution_beds="养老机构床位数")
    expression = parse("nursing_beds / institution_beds * 100", names=None)
    assert expression.pretty(labels) == "护理型床位数 ÷ 养老机构床位数 × 100"


def test_a_rule_is_shown_in_words():
    rule = parse('age >= 80 and not (in_care or economic in ("低保","特困"))', names=None)
    labels = term_values(age="年龄", in_care="已入住机构", economic="经济状况")
    assert rule.pretty(labels) == "年龄 ≥ 80 且 非 (已入住机构 或 经济状况 属于(“低保”、“特困”))"
    values = term_values(age=82, in_care=False, economic="低保")
    assert rule.render(values) == "82 ≥ 80 且 非 (否 或 “低保” 属于(“低保”、“特困”))"


@given(formulas(max_leaves=25) | rules())
def test_an_expression_written_as_code_reads_the_same(tree):
    """What `Ratio` shows as the text of its parts means what it says."""
    expression = read(tree)
    text = code(expression.node)
    assume(len(text) <= MAX_LENGTH)
    assert parse(text, names=None, functions=FUNCTIONS).node == expression.node
