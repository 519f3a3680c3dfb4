"""What goes into the staging table by COPY comes out as it was, and rows that repeat are noticed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.copying import write_columns
from eldercare.excel.staging import _Repeats

COLUMNS = {
    "words": ("text", st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))),
    "number": ("bigint", st.none() | st.integers(-(2**63), 2**63 - 1)),
    "amount": ("numeric", st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2)),
    "day": ("date", st.none() | st.dates(min_value=dt.date(1, 1, 1))),
    "yes": ("boolean", st.none() | st.booleans()),
}
ROWS = st.lists(st.tuples(*(values for _, values in COLUMNS.values())), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def table(django_db_setup, django_db_blocker):
    types = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE copied (place serial, {types}, list integer[])")
        yield cursor
        cursor.execute("DROP TABLE copied")


def through(cursor, names: list[str], columns: list) -> list[tuple]:
    with cursor.copy(f"COPY copied ({', '.join(names)}) FROM STDIN") as copy:
        write_columns(copy, columns)
    cursor.execute(f"SELECT {', '.join(names)} FROM copied ORDER BY place")  # noqa: S608 - names of this file
    found = cursor.fetchall()
    cursor.execute("DELETE FROM copied")
    return found


@given(rows=ROWS)
def test_every_value_comes_back(table, rows):
    assert through(table, [*COLUMNS], list(zip(*rows, strict=True))) == rows


@pytest.mark.parametrize("text", ["\\N", "\\.", "\\", "a\tb\nc\rd", "", " ", '"', "\\t", "𠮷", "\x0b\x7f"])
def test_texts_that_mean_something_to_copy(table, text):
    assert through(table, ["words"], [[text, None, "x"]]) == [(text,), (None,), ("x",)]


def test_other_types_and_mixed_columns_are_left_to_the_driver(table):
    assert through(table, ["list", "amount"], [[[1, 2], None], [Decimal("1.50"), 3]]) == [
        ([1, 2], Decimal("1.50")),
        (None, 3),
    ]


def test_no_rows_are_no_lines(table):
    assert through(table, ["words", "day"], [[], []]) == []


KEYS = st.lists(
    st.tuples(st.sampled_from("甲乙丙丁戊己庚辛壬癸"), st.integers(0, 4) | st.none()), max_size=12
)


@given(batches=st.lists(KEYS, max_size=4))
def test_rows_that_agree_are_noticed_across_batches(batches):
    """Rows without one of the values agree with none, as in the database."""
    repeats = _Repeats(("name", "number"))
    for keys in batches:
        columns = list(zip(*keys, strict=True)) or [(), ()]
        repeats.look_at(CleanBatch(list(range(len(keys))), {"name": [*columns[0]], "number": [*columns[1]]}))
    given_keys = [key for keys in batches for key in keys if None not in key]
    assert repeats.found == (len(set(given_keys)) < len(given_keys))
