"""List pages of ledgers: filter, search, sort, page, and export what is filtered. Declared, not programmed.

    COLUMNS = (
        Column("name", "名称", "name", order=("name",), link=lambda row: reverse("facility-detail", args=[row.pk])),
        Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",)),
        Column("beds", "床位", "bed_count", order=("bed_count",), kind=Kind.INTEGER),
        Column("state", "状态", lambda row: Badge("停办", "secondary") if row.closed_on else Badge("运营", "green")),
        Column("phone", "联系电话", "phone"),       # an EncryptedField shows and exports itself masked
    )
    FACILITIES = Listing("设施台账", COLUMNS, order=("org_unit__code", "name"), unit="个")

    class FacilityFilterForm(ListFilterForm):      # all fields required=False; `initial` applies when left out
        q = search_field("名称、运营单位")
        kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部类别"), *Facility.Kind.choices])

    @require_safe
    @requires(Permission.VIEW_LEDGERS)
    def facility_list(request):
        form = FacilityFilterForm(request.GET)     # always bound; more arguments as your form needs
        everything = Facility.objects.visible_to(request.user)
        rows = filtered(everything, form.chosen()).select_related("org_unit")   # your function
        return list_page(request, FACILITIES, form=form, everything=everything, rows=rows,
                         template="facilities/list.html", context={...})

The template extends base.html, adds {% static 'css/ledgers.css' %} in the block styles, has the body class
"page-wide ledger-page" and writes {% include "_components/ledger_list.html" %} where the table belongs, with
``empty_title``, ``empty_text``, ``empty_url``, ``empty_action`` for a ledger without a row yet. The same address
with ``?export=xlsx`` gives the workbook; the link is part of the include. The context has ``ledger`` (ListPage).

The number of queries is fixed as long as ``rows`` brings what the columns read: select_related, annotations, or
``Listing.attach``, which gets the rows of a page (or 1,000 of an export) at once and adds attributes to them.
Identity and telephone numbers do not belong in an address: do not offer to search for them here.

A list of a hundred thousand rows and more: ``Listing(…, is_long=True)``. Then pages go forward and back without
numbers (see keyset.py), ``rows`` may be several querysets that share no row, ``everything`` brings what the columns
read, and a list can be ordered only by columns of the row itself that are never null and stand in an index.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from itertools import islice
from operator import and_, or_
from typing import Any, NamedTuple

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from eldercare import audit, keyset
from eldercare.excel import writing
from eldercare.excel.writing import Kind
from eldercare.forms import FilterForm
from eldercare.keyset import KeysetPage
from eldercare.models import AuditEvent

PAGE_SIZE = 50
EXPORT_LIMIT = 100_000
CHUNK = 1000
OWN = ("sort", "export", "after", "count")
NUMERIC = frozenset(Kind) - {Kind.TEXT, Kind.DATE, Kind.MONTH, Kind.DATETIME}


class Badge(NamedTuple):
    """A state as a word on a colour: green, blue, orange, red, secondary."""

    label: str
    colour: str = "secondary"

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Column:
    """``value`` is a path of attributes ("org_unit.name") or a function of the row; it may give a Badge."""

    key: str  # in ?sort=
    heading: str
    value: str | Callable[[Any], object]
    order: tuple[str, ...] = ()  # look-ups to sort by; none: cannot be sorted
    kind: Kind = Kind.TEXT
    width: float = 14  # characters, in the workbook
    link: Callable[[Any], str] | None = None
    css: str = ""  # of the cell: "nowrap", "code"
    is_personal: bool = False  # says who an elder is: not for leaders

    def of(self, row: Any) -> object:
        if callable(self.value):
            return self.value(row)
        for name in self.value.split("."):
            row = getattr(row, name, None)
            if row is None:
                return None
        return row() if callable(row) else row

    @property
    def cell_css(self) -> str:
        plain = {Kind.DATE: "num-left", Kind.DATETIME: "num-left", Kind.MONTH: "num-left"}.get(self.kind, "")
        return " ".join(filter(None, ("num" if self.kind in NUMERIC else plain, self.css)))


@dataclass(frozen=True)
class Listing:
    title: str  # of the workbook
    columns: Sequence[Column]
    order: tuple[str, ...]  # look-ups, "-" for falling
    unit: str = "条"
    attach: Callable[[list[Any]], None] | None = None
    is_off: Callable[[Any], bool] | None = None  # rows shown in grey
    is_long: bool = False


class ListFilterForm(FilterForm):
    """Always bound: a field that the address leaves out has its ``initial``."""

    def __init__(self, data: QueryDict, *args: Any, **kwargs: Any) -> None:
        filled = data.copy()
        self.typed = {name for name in data if data.get(name, "").strip()}
        super().__init__(filled, *args, **kwargs)
        for name, field in self.fields.items():
            initial = field.initial() if callable(field.initial) else field.initial
            if name not in filled and initial not in (None, ""):
                filled[name] = str(initial)

    def unused(self) -> list[str]:
        return [name for name in super().unused() if name not in OWN]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.typed & set(self.fields))

    def conditions(self) -> str:
        """类别=敬老院；城乡=农村, for the log and the foot of a workbook."""
        return "；".join(
            f"{self.fields[name].label}={self._shown(name, value)}" for name, value in self.chosen().items()
        )

    def _shown(self, name: str, value: Any) -> str:
        if value is True:
            return "是"
        if isinstance(value, dt.date | Model):
            return str(value)
        options = dict(getattr(self.fields[name], "choices", ()))
        if isinstance(value, list | tuple):
            return "、".join(str(options.get(each, each)) for each in value)
        return str(options.get(value, value))


def search_field(what: str) -> forms.CharField:
    return forms.CharField(
        label="查找",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": what, "type": "search", "autocomplete": "off"}),
    )


def contains(text: str, *fields: str) -> Q:
    """Every word of ``text`` stands in one of the fields."""
    words = text.split()
    each_word = (reduce(or_, (Q(**{f"{each}__icontains": word}) for each in fields)) for word in words)
    return reduce(and_, each_word, Q())


class Heading(NamedTuple):
    label: str
    css: str
    query: str  # address to sort by it; "" if that is not offered
    aria: str  # ascending, descending, none; "" as above


class Cell(NamedTuple):
    value: object
    css: str
    url: str
    colour: str


class Line(NamedTuple):
    row: Any
    cells: list[Cell]
    is_off: bool


@dataclass
class ListPage:
    """What the template shows."""

    form: ListFilterForm
    page: Page | KeysetPage
    headings: list[Heading]
    lines: list[Line]
    unused: str  # a sentence, or ""
    is_empty: bool  # no row at all, whatever the filter
    export_query: str
    unit: str
    sort: str
    is_long: bool = False
    address: str = ""  # of the list, where the page stands at another one

    @property
    def export_note(self) -> str:
        """Said before anybody waits for a workbook that is not the whole list."""
        if self.is_long:
            is_more = self.page.total is None or self.page.total > EXPORT_LIMIT
            is_more = is_more and not self.page.is_whole
        else:
            is_more = self.page.paginator.count > EXPORT_LIMIT
        return f"一次最多导出 {EXPORT_LIMIT:,} {self.unit}，更多的请缩小范围分次导出" if is_more else ""

    @property
    def numbers(self) -> list[int | str]:
        if self.page.paginator.num_pages == 1:
            return []
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1))


def list_page(
    request: HttpRequest,
    listing: Listing,
    *,
    form: ListFilterForm,
    everything: QuerySet,
    rows: QuerySet | Sequence[QuerySet],
    template: str,
    context: dict[str, Any] | None = None,
    count: int | None = None,
    address: str = "",
) -> HttpResponse:
    """``everything`` tells an empty ledger from a filter that nothing fits; ``rows`` are those that fit.

    ``count``: how many they are, where the page has asked for it already together with its sums.
    ``address``: of the list, where the page answers at another one, as a form that was refused does.
    """
    sort, problem = _sort_of(request, listing)
    if listing.is_long:
        source: _Source = _LongSource(listing, everything, rows, sort)
    else:
        source = _Source(listing, _ordered(rows, listing, sort), count)
    unused = [*form.unused(), *([problem] if problem else [])]
    sentence = f"查询条件{'、'.join(f'“{name}”' for name in unused)}没有采用，请查对。" if unused else ""
    if request.GET.get("export") == "xlsx":
        return _export(request, listing, form, source, sentence)
    page = source.page(request.GET)
    found = page.object_list
    if listing.attach and found:
        listing.attach(found)
    shown = ListPage(
        form=form,
        page=page,
        headings=[_heading(request, column, sort, address) for column in listing.columns],
        lines=[_line(listing, row) for row in found],
        unused=sentence,
        is_empty=not found and not everything.exists(),
        export_query=address + _query(request, export="xlsx"),
        unit=listing.unit,
        sort=sort,
        is_long=listing.is_long,
        address=address,
    )
    return render(request, template, {"ledger": shown, "form": form} | (context or {}))


class _Source:
    """Where the rows of a page and of an export come from."""

    def __init__(self, listing: Listing, rows: QuerySet, count: int | None = None) -> None:
        self.listing, self.rows, self.count = listing, rows, count

    def page(self, query: QueryDict) -> Page | KeysetPage:
        paginator = Paginator(self.rows, PAGE_SIZE)
        if self.count is not None:
            paginator.count = self.count
        page = paginator.get_page(query.get("page"))
        page.object_list = list(page.object_list)
        return page

    def number(self) -> int:
        """Up to one more than an export takes."""
        return self.rows.order_by()[: EXPORT_LIMIT + 1].count()

    def chunks(self) -> Iterator[list[Any]]:
        every = self.rows[:EXPORT_LIMIT].iterator(chunk_size=CHUNK)
        while chunk := list(islice(every, CHUNK)):
            yield chunk


class _LongSource(_Source):
    def __init__(
        self, listing: Listing, everything: QuerySet, rows: QuerySet | Sequence[QuerySet], sort: str
    ) -> None:
        self.everything = everything
        self.branches = [rows] if isinstance(rows, QuerySet) else list(rows)
        self.order = _long_order(listing, sort)

    def page(self, query: QueryDict) -> KeysetPage:
        return keyset.page_of(query, self.everything, self.branches, self.order, PAGE_SIZE)

    def number(self) -> int:
        return sum(branch.order_by()[: EXPORT_LIMIT + 1].count() for branch in self.branches)

    def chunks(self) -> Iterator[list[Any]]:
        return keyset.read_all(self.everything, self.branches, self.order, limit=EXPORT_LIMIT, chunk=CHUNK)


def _long_order(listing: Listing, sort: str) -> list[str]:
    """All in one direction, the key last: what an index can give."""
    if not sort:
        return [*listing.order, "pk"]
    column = next(each for each in listing.columns if each.key == sort.removeprefix("-"))
    falls = column.order[0].startswith("-") is not sort.startswith("-")
    names = [*(each.removeprefix("-") for each in column.order), "pk"]
    return [f"-{each}" if falls else each for each in names]


def _sort_of(request: HttpRequest, listing: Listing) -> tuple[str, str]:
    """The valid part of ?sort=, and what is wrong with it."""
    wanted = request.GET.get("sort", "")
    if not wanted or wanted.removeprefix("-") in {each.key for each in listing.columns if each.order}:
        return wanted, ""
    return "", f"排序：{wanted[:20]}"


def _ordered(rows: QuerySet, listing: Listing, sort: str) -> QuerySet:
    """Rows without a value last, either way; equal ones as the list stands by itself, so the order is total."""
    first: Iterable[Any] = ()
    if sort:
        column = next(each for each in listing.columns if each.key == sort.removeprefix("-"))
        way = "desc" if sort.startswith("-") else "asc"
        first = [getattr(F(each), way)(nulls_last=True) for each in column.order]
    return rows.order_by(*first, *listing.order, "pk")


def _query(request: HttpRequest, **changes: str) -> str:
    """The query of this address with changes, from the first page on."""
    query = request.GET.copy()
    for name in ("page", "after", "before", "count", "export"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _heading(request: HttpRequest, column: Column, sort: str, address: str = "") -> Heading:
    if not column.order:
        return Heading(column.heading, column.cell_css, "", "")
    aria = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "none")
    wanted = f"-{column.key}" if sort == column.key else column.key
    return Heading(column.heading, column.cell_css, address + _query(request, sort=wanted), aria)


def _line(listing: Listing, row: Any) -> Line:
    cells = []
    for column in listing.columns:
        value = column.of(row)
        url = column.link(row) if column.link and value not in (None, "") else ""
        colour = value.colour if isinstance(value, Badge) else ""
        cells.append(Cell(_shown(value, column.kind), column.cell_css, url or "", colour))
    return Line(row, cells, bool(listing.is_off and listing.is_off(row)))


def _shown(value: object, kind: Kind) -> object:
    if kind is Kind.PERCENT and value is not None:
        return f"{value:.1f}%"
    if kind is Kind.MONEY and isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if kind is Kind.MONTH and isinstance(value, dt.date):
        return f"{value:%Y-%m}"
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, dt.date) else value


def _export(
    request: HttpRequest, listing: Listing, form: ListFilterForm, source: _Source, sentence: str
) -> HttpResponse:
    """What is filtered, in the columns of the page. The export is an entry of the log."""
    number = source.number()
    conditions = form.conditions()
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        subject=listing.title,
        request=request,
        rows=min(number, EXPORT_LIMIT),
        conditions=conditions,
    )
    note = f"筛选条件：{conditions or '无'}。{sentence}"
    if number > EXPORT_LIMIT:
        note += f"共有超过 {EXPORT_LIMIT} {listing.unit}，只导出了前 {EXPORT_LIMIT} {listing.unit}，请缩小范围分次导出。"
    columns = [writing.Column(each.heading, each.width, each.kind) for each in listing.columns]
    sheet = writing.Sheet(listing.title, columns, _values(listing, source))
    name = f"{request.user.org_unit.name}{listing.title}_{timezone.localdate():%Y%m%d}.xlsx"
    return writing.workbook_response(name, sheets=[sheet], note=note, by=request.user)


def _values(listing: Listing, source: _Source) -> Iterator[list[object]]:
    for chunk in source.chunks():
        if listing.attach:
            listing.attach(chunk)
        for row in chunk:
            yield [_plain(column.of(row)) for column in listing.columns]


def _plain(value: object) -> object:
    return value.label if isinstance(value, Badge) else value
