"""PostgreSQL gives for every expression and every row exactly what `evaluate` gives."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import BooleanField, Case, F, Q, Sum, Value, When
from django.db.models.expressions import ExpressionWrapper, RawSQL
from hypothesis import given
from hypothesis import strategies as st

from eldercare.expressions import Expression, Term, parse, sql_of
from tests.eldercare.expression_trees import (
    FLAG_TERMS,
    NUMBER_TERMS,
    TEXT_TERMS,
    formulas,
    read,
    rules,
    term_values,
    value_maps,
)

pytestmark = pytest.mark.django_db

COLUMNS = {term: f"v{index}" for index, term in enumerate([*NUMBER_TERMS, *FLAG_TERMS, *TEXT_TERMS])}
TYPES = {"numeric": NUMBER_TERMS, "boolean": FLAG_TERMS, "text": TEXT_TERMS}
CASTS = {term: name for name, terms in TYPES.items() for term in terms}

# The database fixture is set up once for all examples of a test; they only read.


def raw(text: str) -> RawSQL:
    return RawSQL(text, [])  # noqa: S611 - written here, not by a user


def in_postgresql(expression: Expression, rows: list[dict]) -> list:
    """The expression on `rows` as one statement over columns of a VALUES list."""
    text, params = sql_of(expression.as_django(lambda term: raw(f"t.{COLUMNS[term]}")), connection)
    row = "(" + ", ".join(f"%s::{CASTS[term]}" for term in COLUMNS) + ")"
    listed = ", ".join([row] * len(rows))
    # Every piece of the statement is written above; values go as parameters.
    statement = f"SELECT {text} FROM (VALUES {listed}) AS t({', '.join(COLUMNS.values())})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *(row[term] for row in rows for term in COLUMNS)])
        return [found for (found,) in cursor.fetchall()]


@given(formulas(max_leaves=25), st.lists(value_maps(), min_size=1, max_size=4))
def test_a_formula_agrees(tree, rows):
    expression = read(tree)
    assert in_postgresql(expression, rows) == [expression.evaluate(row) for row in rows]


@given(rules(), st.lists(value_maps(), min_size=1, max_size=4))
def test_a_rule_agrees(tree, rows):
    expression = read(tree)
    assert in_postgresql(expression, rows) == [expression.evaluate(row) for row in rows]


@given(st.integers(-(10**45), 10**45), st.integers(-(10**45), 10**45), st.integers(0, 55), st.integers(0, 55))
def test_a_quotient_agrees_at_any_size(a, b, places, more_places):
    """PostgreSQL's own `/` rounds at a scale that depends on size; here that must not show."""
    row = dict.fromkeys(COLUMNS) | term_values(
        a=Decimal(a).scaleb(-places), b=Decimal(b).scaleb(-more_places)
    )
    expression = parse("a / b", names=None)
    assert in_postgresql(expression, [row]) == [expression.evaluate(row)]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    "a", ["1.4999999999999999999999999", "1.5", "0.5", "0.49999999999999999999999999999"]
)
def test_a_quotient_near_one_half_is_rounded_once(a, sign):
    row = dict.fromkeys(COLUMNS) | term_values(a=Decimal(a).copy_sign(sign), b=Decimal("1E+20"))
    expression = parse("a / b", names=None)
    expected = {"1.4": 1, "1.5": 2, "0.5": 1, "0.4": 0}[a[:3]] * sign * Decimal("1E-20")
    assert in_postgresql(expression, [row]) == [expected] == [expression.evaluate(row)]


def test_integers_are_not_divided_as_integers():
    text, params = sql_of(
        parse("a / b * 100", names=None).as_django(lambda term: raw(f"t.v[{' ab'.index(term.name)}]")),
        connection,
    )
    statement = f"SELECT {text}, %s FROM (VALUES (ARRAY[1, 8])) AS t(v)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, "after"])
        assert cursor.fetchone() == (Decimal("12.5"), "after")


def test_int_columns_do_not_overflow():
    expression = parse("a * a * a * a * 999999999999999999", names=None).as_django(
        lambda term: raw("2147483647")
    )
    text, params = sql_of(expression, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {text}", params)
        assert cursor.fetchone() == (Decimal(2147483647**4 * 999999999999999999),)


FIELDS = {"id": F("id"), "app": F("app_label"), "model": F("model"), "is_user": Q(model="user")}


@pytest.fixture
def rows() -> list[ContentType]:
    """Six rows with known numbers, in a table that every Django project has."""
    kinds = ["t-auth user", "t-auth t-auth", "trial user", "trial bed", "t-x y", "t-x t-x"]
    return ContentType.objects.bulk_create(
        ContentType(pk=pk, app_label=kind.split()[0], model=kind.split()[1])
        for pk, kind in enumerate(kinds, 100_001)
    )


def own_rows():
    return ContentType.objects.filter(pk__gt=100_000)


def resolve(term: Term):
    field = FIELDS[term.name]
    return ExpressionWrapper(field, output_field=BooleanField()) if isinstance(field, Q) else field


def values_of(row: ContentType) -> dict:
    return term_values(id=row.id, app=row.app_label, model=row.model, is_user=row.model == "user")


@pytest.mark.parametrize(
    "text",
    [
        'model == "user"',
        'app in ("t-auth", "t-x") and not is_user',
        "is_user or id * 2 > 200009",
        "not is_user and id / 3 < 33335",
        "100001 < id <= 100004",
        "model != app",
        "id not in (100001, 100002, -3)",
    ],
)
def test_a_rule_filters_a_queryset(text, rows):
    rule = parse(text, names=FIELDS)
    expected = {row.pk for row in rows if rule.evaluate(values_of(row))}
    assert 0 < len(expected) < len(rows)
    assert {row.pk for row in own_rows().filter(rule.as_django(resolve))} == expected
    assert {row.pk for row in own_rows().exclude(rule.as_django(resolve))} == {r.pk for r in rows} - expected
    mark = Case(When(rule.as_django(resolve), then=Value(1)), default=Value(0))
    marked = own_rows().annotate(fits=rule.as_django(resolve), mark=mark)
    assert {row.pk for row in marked if row.fits} == expected
    assert {row.pk for row in marked.filter(mark=1, fits=True)} == expected


def test_a_formula_annotates_filters_and_sorts_a_queryset(rows):
    formula = parse("id / 7 * 100 - id", names=FIELDS)
    found = own_rows().annotate(figure=formula.as_django(resolve)).order_by("-figure", "pk")
    expected = {row.pk: formula.evaluate(values_of(row)) for row in rows}
    assert {row.pk: row.figure for row in found} == expected
    assert [row.pk for row in found] == sorted(expected, key=lambda pk: (-expected[pk], pk))
    one = found[0]
    assert found.get(figure=one.figure) == one
    assert found.annotate(more=F("figure") + F("id")).get(pk=one.pk).more == one.figure + one.pk


def test_a_formula_takes_aggregates(rows):
    formula = parse("total / 7", names=None)
    found = own_rows().aggregate(figure=formula.as_django(lambda term: Sum("pk")))["figure"]
    assert found == formula.evaluate(term_values(total=sum(row.pk for row in rows)))


def test_quoted_text_goes_as_a_parameter():
    rule = parse("""name == "x' OR %s 100%" """, names=None)
    text, params = sql_of(rule.as_django(lambda term: raw("t.name")), connection)
    assert "OR" not in text
    assert params == ["x' OR %s 100%"]


def test_the_longest_expression_compiles():
    text = "+".join(["(-a/b*2)"] * 28)
    expression = parse(text, names=None)
    row = dict.fromkeys(COLUMNS) | term_values(a=Decimal(1), b=Decimal(3))
    assert in_postgresql(expression, [row]) == [expression.evaluate(row)]
    deep = parse("a/(b+" * 14 + "a" + ")" * 14, names=None)
    assert in_postgresql(deep, [row]) == [deep.evaluate(row)]
