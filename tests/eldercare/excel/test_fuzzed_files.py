"""Any cells, written into files by other programs and read back: no crash, and nothing changes without a word.

The oracle is that of ``test_nothing_changes_silently.py``; here the file formats and their readers are in between.
"""

import csv
import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from eldercare.errors import Refused
from tests.eldercare.excel.hostile import ods_parts
from tests.eldercare.excel.samples import BY_KEY, COLUMNS, ROW, read, write_zip
from tests.eldercare.excel.test_nothing_changes_silently import LETTERS, WORDS, nothing_silent

KEYS = [
    "remark",
    "name",
    "manager",
    "credit_code",
    "beds",
    "invested",
    "opened",
    "month",
    "licensed",
    "mode",
    "village",
]
HEADINGS = [column.heading for column in COLUMNS]

# What XML can hold; the cleaning itself is tested with every character.
characters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
pieces = st.sampled_from(
    [*LETTERS, *WORDS.split(), "_x0041_", "_x000D_", "&amp;", "<b>", '"', "\t", ";", "''"]
)
texts = st.one_of(st.lists(pieces, max_size=6).map("".join), st.text(characters, max_size=12))
numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 60_000),
    st.integers(10**10, 10**18).map(float),
    st.integers(19_000_101, 21_001_231),
    st.decimals(-1000, 10**7, places=3).map(float),
)
days = st.dates(dt.date(1900, 3, 1))
moments = st.datetimes(dt.datetime(1900, 3, 1)).map(lambda each: each.replace(microsecond=0))
cells = st.one_of(texts, texts, numbers, st.booleans(), days, moments)

ESCAPED = re.compile("_(x[0-9A-Fa-f]{4}_)")
Sheet = Sequence[Sequence[object]]


def by_openpyxl(path: Path, sheet: Sheet) -> None:
    book = openpyxl.Workbook()
    for number, row in enumerate(sheet, 1):
        for column, value in enumerate(row, 1):
            cell = book.active.cell(number, column, value)
            if isinstance(value, str):
                cell.value = ESCAPED.sub(r"_x005F_\1", value)  # as Excel does; openpyxl leaves it out
                cell.data_type = "s"
    book.save(path)


def by_xlsxwriter(path: Path, sheet: Sheet) -> None:
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    day, moment = (book.add_format({"num_format": text}) for text in ("yyyy年m月d日", "yyyy/m/d hh:mm:ss"))
    for number, row in enumerate(sheet):
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(number, column, value)
            elif isinstance(value, dt.date):
                page.write_datetime(number, column, value, moment if isinstance(value, dt.datetime) else day)
            else:
                page.write(number, column, value)
    book.close()


def ods_cell(value: object) -> str:
    if isinstance(value, bool):
        said = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, dt.date):
        said = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        said = f'office:value-type="float" office:value="{value!r}"'
    else:
        said = 'office:value-type="string"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f"<table:table-cell {said}>{lines}</table:table-cell>"


def by_hand_ods(path: Path, sheet: Sheet) -> None:
    rows = (f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in sheet)
    write_zip(path, ods_parts("".join(rows)))


def by_csv(path: Path, sheet: Sheet) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(sheet)


WRITERS: dict[str, tuple[str, Callable[[Path, Sheet], None]]] = {
    "openpyxl": ("a.xlsx", by_openpyxl),
    "XlsxWriter": ("a.xlsx", by_xlsxwriter),
    "OpenDocument": ("a.ods", by_hand_ods),
    "csv": ("a.csv", by_csv),
}


def sheet_of(typed: Sequence[tuple[str, object]]) -> Sheet:
    base = {column.heading: ROW.get(column.heading, "") for column in COLUMNS}
    return [HEADINGS, *(list((base | {BY_KEY[key].heading: value}).values()) for key, value in typed)]


@pytest.mark.parametrize("writer", WRITERS)
@settings(max_examples=12)
@given(typed=st.lists(st.tuples(st.sampled_from(KEYS), cells), min_size=30, max_size=60))
def test_what_is_read_is_what_was_written(writer, typed, tmp_path):
    name, write = WRITERS[writer]
    path = tmp_path / name
    write(path, sheet_of(typed))
    reading = read(path)
    assert reading.table.layout.first_data == 1
    left_out = {each.row for each in reading.table.skipped}
    for row, (key, value) in enumerate(typed, start=2):
        if row not in reading.rows:
            assert row in left_out, (row, key, value)  # said so, with the reason
            continue
        findings = [each for each in reading.findings if (each.row, each.key) == (row, key)]
        written = str(value) if writer == "csv" else value
        nothing_silent(written, reading[key][reading.rows.index(row)], findings, BY_KEY[key])
    assert {each.key for each in reading.errors} <= {key for key, _ in typed} | {
        "township",
        "village",
        "beds",
    }


@settings(max_examples=60)
@given(
    data=st.binary(max_size=400), name=st.sampled_from(["a.xlsx", "a.xls", "a.ods", "a.csv", "a.txt", "a"])
)
def test_any_bytes_are_read_or_refused_in_a_sentence(data, name, tmp_path):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Refused) as refusal:
        read(path)
    assert str(refusal.value).endswith(("。", "）"))
