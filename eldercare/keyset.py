"""Pages of a list of any length: each page costs as much as the first, and nothing is counted unless asked for.

``?count=1`` tells how many rows there are, once: no link carries it on. A page begins behind a row, not at a number: ``?after=<pk>`` or ``?before=<pk>`` (``before=end`` for the last
page). The address holds the key of the row only; what it is sorted by is looked up. The rows come from one or
several branches, querysets that share no row, so that each can be read in the order of an index of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.http import QueryDict

END = "end"


class Beyond(Func):
    """``(a, b, c) > (1, 2, 3)``, which an index over a, b, c answers."""

    output_field = BooleanField()

    def __init__(self, names: Sequence[str], values: Sequence[object], operator: str) -> None:
        super().__init__(*(F(each) for each in names), *(Value(each) for each in values))
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list]:
        pieces, params = [], []
        for each in self.get_source_expressions():
            sql, values = compiler.compile(each)
            pieces.append(sql)
            params += values
        half = len(pieces) // 2
        return f"({', '.join(pieces[:half])}) {self.operator} ({', '.join(pieces[half:])})", params


@dataclass
class KeysetPage:
    """``total``: None where it was neither asked for nor seen by itself."""

    object_list: list[Model]
    after: int | None  # the last row, when there are more behind it
    before: int | None  # the first row, when there are more before it
    total: int | None

    @property
    def is_whole(self) -> bool:
        return self.after is None and self.before is None


def page_of(
    query: QueryDict, everything: QuerySet, branches: Sequence[QuerySet], order: Sequence[str], size: int
) -> KeysetPage:
    """``order``: columns of the row itself that are never null, all rising or all falling, the last one the key.

    ``everything`` brings along what is shown of a row, and so do the branches, which are made of it. One statement.
    """
    names = [each.removeprefix("-") for each in order]
    place, is_back = _place(query, everything, names)
    way = _reversed(order) if is_back else list(order)
    ahead = [_beyond(branch, names, place, way).order_by(*way)[: size + 1] for branch in branches]
    if len(ahead) == 1:
        found = list(ahead[0])
    else:
        keys = [branch.values("pk") for branch in ahead]
        found = list(everything.filter(pk__in=keys[0].union(*keys[1:], all=True)).order_by(*way)[: size + 1])
    is_more = len(found) > size
    found = found[:size]
    if is_back:
        found.reverse()
    is_behind, is_before = (True, is_more) if is_back else (is_more, place is not None)
    if query.get("before") == END:
        is_behind = False
    after = found[-1].pk if found and is_behind else None
    before = found[0].pk if found and is_before else None
    total = len(found) if after is None and before is None else None
    if total is None and query.get("count"):
        total = sum(branch.order_by().count() for branch in branches)
    return KeysetPage(found, after, before, total)


def _beyond(branch: QuerySet, names: list[str], place: tuple | None, way: list[str]) -> QuerySet:
    if place is None:
        return branch
    return branch.filter(Beyond(names, place, "<" if way[0].startswith("-") else ">"))


def _place(query: QueryDict, everything: QuerySet, names: list[str]) -> tuple[tuple | None, bool]:
    """The sort key that the page begins behind, and whether it goes backwards."""
    if query.get("before") == END:
        return None, True
    for name in ("after", "before"):
        text = query.get(name, "")
        if text.isascii() and text.isdecimal() and len(text) < 18:
            key = everything.filter(pk=int(text)).values_list(*names).first()
            if key is not None:
                return key, name == "before"
    return None, False


def _reversed(order: Sequence[str]) -> list[str]:
    return [each.removeprefix("-") if each.startswith("-") else f"-{each}" for each in order]


def read_all(
    everything: QuerySet, branches: Sequence[QuerySet], order: Sequence[str], *, limit: int, chunk: int
) -> Iterator[list[Model]]:
    """Rows of all branches, one branch after the other, a chunk at a time."""
    left = limit
    for branch in branches:
        keys = branch.order_by(*order).values_list("pk", flat=True)[:left].iterator(chunk_size=chunk)
        for some in _chunks(iter(keys), chunk):
            left -= len(some)
            rows = everything.in_bulk(some)
            yield [rows[key] for key in some if key in rows]


def _chunks(keys: Iterator[int], size: int) -> Iterator[list[int]]:
    while some := list(islice(keys, size)):
        yield some
