"""Whatever is in a cell: no crash, and a value that differs from what was typed has a finding.

The oracle is written apart from the cleaning: it compares what is left of a text and of its value when everything
that nobody sees is taken away.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from eldercare.excel.cleaning import Cleaner
from eldercare.excel.columns import CellError, Column, Finding, Kind, Severity
from eldercare.excel.layout import find_layout
from eldercare.excel.rows import RowFilter
from tests.eldercare.excel.samples import BY_KEY, COLUMNS, CONTEXT, PLACES

INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u00a0\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
YES = {
    "是",
    "√",
    "✓",
    "✔",
    "☑",
    "有",
    "对",
    "真",
    "1",
    "1.0",
    "y",
    "yes",
    "t",
    "true",
    "ok",
    "已",
    "正确",
    "具备",
    "符合",
}

LETTERS = "0123456789０１２３.．-－/年月日,，%元万张约余以上 是否√×有无YN\u200b\u00a0\u3000\n'·□¥"
WORDS = "2022 2022.3 20220301 -02- 12:30 00:00:00 沈荡镇 沈荡 百步 新丰村 公办 民非 E+17 =1+1"
pieces = st.sampled_from([*LETTERS, *WORDS.split()])
texts = st.one_of(st.lists(pieces, max_size=7).map("".join), st.text(max_size=12))
numbers = st.one_of(
    st.floats(),
    st.integers(0, 60_000).map(float),
    st.integers(1900, 2100).map(float),
    st.decimals(1900, 2101, places=2).map(float),
    st.integers(0, 30_000_000),
    st.integers(10**14, 10**18).map(float),
    st.decimals(-1000, 10**7, places=3).map(float),
)
others = st.one_of(
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from([CellError("#N/A"), CellError("")]),
)
cells = st.one_of(texts, texts, numbers, others)


def seen(text: str) -> str:
    """What a person sees of a text, spaces aside."""
    return "".join(
        unicodedata.normalize("NFKC", INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).split()
    )


def same_number(typed: object, value: Decimal | int, unit: str) -> bool:
    if isinstance(typed, str):
        bare = seen(typed).replace(",", "").lstrip("¥￥").removesuffix(unit)
        return Decimal(bare) == value
    return f"{float(value):.15g}" == f"{typed:.15g}" or Decimal(f"{typed:.15g}") == value


def same_date(typed: object, value: dt.date, kind: Kind) -> bool:
    if isinstance(typed, dt.date):
        return typed == (value if type(typed) is dt.date else dt.datetime.combine(value, dt.time()))
    text = seen(typed) if isinstance(typed, str) else f"{typed:.15g}"
    numbers_ = [int(each) for each in re.findall(r"\d+", text)]
    if kind is Kind.MONTH:
        return f"{value:%Y%m}" == text or (len(numbers_) == 2 and numbers_ == [value.year, value.month])
    whole = [value.year, value.month, value.day]
    spaced = (
        [int(each) for each in re.findall(r"\d+", unicodedata.normalize("NFKC", typed))]
        if isinstance(typed, str)
        else []
    )
    rest = spaced[3:]
    return (
        f"{value:%Y%m%d}" == text
        or (spaced[:3] == whole and not any(rest))
        or (spaced == [int(f"{value:%Y%m%d}"), *[0] * (len(spaced) - 1)])
    )


def same(typed: object, value: object, column: Column) -> bool:
    match column.kind:
        case Kind.TEXT | Kind.NAME:
            if isinstance(typed, str):
                return seen(typed) == seen(value)
            return float(value) == typed or value == f"{typed:.15g}"
        case Kind.CODE:
            if isinstance(typed, str):
                bare = re.sub(r'^="(.*)"$', r"\1", typed.strip(), flags=re.DOTALL)
                return seen(bare).lstrip("'`‘’").upper() == value
            return str(int(typed)) == value
        case Kind.INTEGER | Kind.NUMBER | Kind.MONEY:
            return same_number(typed, value, column.unit)
        case Kind.DATE | Kind.MONTH:
            return same_date(typed, value, column.kind)
        case Kind.YESNO:
            return value == (seen(typed).lower() in YES if isinstance(typed, str) else typed == 1)
        case Kind.CHOICE:
            choice = next(each for each in column.choices if each.code == value)
            return seen(str(typed)).lower() in {
                seen(each).lower() for each in (choice.code, choice.label, *choice.aliases)
            }
        case Kind.TOWNSHIP | Kind.VILLAGE:
            text = seen(typed) if isinstance(typed, str) else str(int(typed))
            name = PLACES.name_of(value)
            return value in text or any(text.endswith(each) for each in (name, name.rstrip("镇村"), name[:2]))
    raise AssertionError(column.kind)


def nothing_silent(typed: object, value: object, findings: Sequence[Finding], column: Column) -> None:
    """What came of a cell is what was typed, or something is said about it."""
    if findings:
        assert value is None or max(each.severity for each in findings) is not Severity.ERROR
        assert all(each.message for each in findings)
    elif value is None:
        assert isinstance(typed, str), (typed, value)
        assert seen(typed.strip("'`‘’ \n")).strip("'`‘’=\"") == ""
    else:
        assert same(typed, value, column), (typed, value)


CLEANERS = {
    column.key: Cleaner([column], positions={column.key: 0}, context=CONTEXT)
    for column in (*COLUMNS, Column("share", "比例", kind=Kind.NUMBER, unit="%"))
}


@settings(max_examples=1_500)
@given(key=st.sampled_from(sorted(CLEANERS)), typed=cells)
def test_no_cell_changes_without_a_finding(key, typed):
    cleaner = CLEANERS[key]
    column = cleaner.columns[0]
    batch = cleaner.clean([2], [[typed]])
    assert all(each.row == 2 for each in batch.findings)
    nothing_silent(typed, batch.values[key][0], batch.findings, column)


@settings(max_examples=200)
@given(typed=st.lists(cells, min_size=2, max_size=12), key=st.sampled_from(sorted(CLEANERS)))
def test_a_cell_reads_the_same_whatever_stands_around_it(typed, key):
    """What was seen before is looked up: 1, 1.0 and True must not be taken for one another."""
    column = CLEANERS[key].columns[0]
    together = CLEANERS[key].clean(list(range(len(typed))), [typed])
    for position, value in enumerate(typed):
        alone = Cleaner([column], positions={key: 0}, context=CONTEXT).clean([position], [[value]])
        assert alone.values[key] == together.values[key][position : position + 1]
        assert [each.message for each in alone.findings] == [
            each.message for each in together.findings if each.row == position
        ]


heads = st.lists(
    st.lists(
        st.one_of(st.sampled_from([*BY_KEY]).map(lambda key: BY_KEY[key].heading), cells),
        min_size=5,
        max_size=5,
    ),
    max_size=6,
)


@settings(max_examples=150)
@given(head=heads)
def test_any_first_rows_have_a_layout_or_none(head):
    layout = find_layout(head, COLUMNS)
    if layout is not None:
        chosen = RowFilter(layout, COLUMNS)
        kept = chosen.keep(0, list(zip(*head, strict=True)))
        below = max(0, len(head) - layout.first_data)
        assert len(kept) + len(chosen.skipped) + chosen.blank == below
