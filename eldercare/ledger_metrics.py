"""Figures counted from the ledgers: a metric is a condition on the rows of a ledger, as of a month.

    register(
        Source(
            key="beds",
            label="床位台账",
            ledger="beds",
            rows=lambda period: Bed.objects.in_use_on(period.last),
            unit="facility__org_unit",
            metrics=(
                LedgerMetric("institution_beds", lambda period: Q(kind="institutional")),
                LedgerMetric("nursing_beds", lambda period: Q(nursing__on=period.last), part_of="institution_beds"),
            ),
        )
    )

The module ``metrics`` of each app registers its sources when the portal starts; sources that come from definitions in
the database are ``defined``. A figure is a queryset, so it can list its rows: ``rows_of(code, month, unit)`` gives exactly
those that ``figures`` counted. Ledger rows carry their dates, so any past month can be counted again.

Who may see a unit's figure may see its rows: the caller checks the unit, not each row.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    F,
    Func,
    Min,
    Model,
    Q,
    QuerySet,
    Value,
    When,
)

from eldercare.lists import Column
from eldercare.models import OrgUnit, User
from eldercare.remembered import Remembered

COUNTY_LEVELS = (OrgUnit.Level.COUNTY, OrgUnit.Level.CITY)


class Period(NamedTuple):
    """A month: its first and last day."""

    first: dt.date
    last: dt.date


def period_of(month: dt.date) -> Period:
    """The month in which the day lies."""
    first = month.replace(day=1)
    return Period(first, (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1))


@dataclass(frozen=True)
class LedgerMetric:
    """Counts the rows of its source for which ``condition`` holds.

    The condition must depend on nothing but the period: it is worked out once and kept (what is looked up in the
    database belongs in a subquery). It must give each row once: look into other tables with Exists or ``__in``,
    never through a join to many. It holds together with that of ``part_of``, another metric of the same source.
    """

    code: str
    condition: Callable[[Period], Q]
    distinct: str = ""  # count different values of this look-up instead of rows
    total: str = ""  # sum of this column instead of a count
    at_county: Literal["within", "own", "none"] = (
        "none"  # a county's own figure: all rows below it, only its own, 0
    )
    part_of: str = ""


@dataclass(frozen=True)
class Source:
    """Rows of a ledger as of a month, and what is counted of them."""

    key: str
    label: str  # in Chinese, as the office calls the ledger
    ledger: str  # as in the catalogue of metrics
    rows: Callable[[Period], QuerySet]
    unit: str  # look-up from the row to its OrgUnit; "" when the row is one
    metrics: tuple[LedgerMetric, ...]
    columns: tuple[Column, ...] = ()  # of the list of rows behind a figure
    related: tuple[str, ...] = ()  # select_related for the columns
    # Where the rows are worked out and not kept: the model, and its look-up to the unit, whose rows are the ledger.
    kept_in: tuple[type[Model], str] | None = None
    kept_from: str = ""  # its day: of months before the first, the ledger says nothing
    is_by_rules: bool = False  # its statement holds rules of the database, or today: written anew each time
    # Of such a one: the same rows, but worked out for these units alone (by their ids).
    rows_of_units: Callable[[Period, Collection[int]], QuerySet] | None = None
    kept_where: tuple[tuple[str, object], ...] = ()  # look-ups: which rows of the table are this ledger's

    @property
    def unit_key(self) -> str:
        """Look-up to the id of the unit."""
        return self.unit or "pk"


_sources: dict[str, Source] = {}
_by_code: dict[str, tuple[Source, LedgerMetric]] = {}
defined: Remembered[tuple[Source, ...]] = Remembered(())  # sources made in the browser


def register(source: Source) -> Source:
    """Raises ValueError for a key or code that is taken, and for a part of something unknown."""
    own = {metric.code: (source, metric) for metric in source.metrics}
    taken = own.keys() & _by_code.keys()
    if source.key in _sources or taken or len(own) < len(source.metrics):
        raise ValueError(f"Ledger metrics registered twice: {source.key} {sorted(taken)}.")
    unknown = {metric.part_of for metric in source.metrics} - own.keys() - {""}
    if unknown:
        raise ValueError(f"The source {source.key} has no metric {sorted(unknown)}.")
    _sources[source.key] = source
    _by_code.update(own)
    return source


def known_sources() -> tuple[dict[str, Source], dict[str, tuple[Source, LedgerMetric]]]:
    """All sources by key, all metrics by code; of two that count the same metric the program's stands."""
    more = defined.get()
    by_code = {metric.code: (source, metric) for source in more for metric in source.metrics}
    return {source.key: source for source in more} | _sources, by_code | _by_code


def source_of(code: str) -> tuple[Source, LedgerMetric]:
    """Raises KeyError for a metric that no ledger counts."""
    return known_sources()[1][code]


def codes() -> frozenset[str]:
    return frozenset(known_sources()[1])


def figures(
    units: Sequence[OrgUnit],
    month: dt.date,
    *,
    codes: Collection[str] | None = None,
    among: Mapping[str, Collection[int]] | None = None,
) -> dict[tuple[int, str], Decimal]:
    """By (unit id, code): every registered code, or those asked for, for every unit; 0 where none is counted.

    ``among``: source key → ids; of that source only these rows are counted, as a part of the figure that adds up.
    One statement per source and one for the units, whatever their number and that of the metrics. Raises KeyError for
    an unknown code, and ValueError for a part of a figure of different values, which would not add up.
    """
    sources, known = known_sources()
    wanted = list(known) if codes is None else [code for code in dict.fromkeys(codes) if known[code]]
    result = {(unit.pk, code): Decimal(0) for unit in units for code in wanted}
    by_source: dict[str, list[LedgerMetric]] = {}
    for code in wanted:
        source, metric = known[code]
        by_source.setdefault(source.key, []).append(metric)
    period = period_of(month)
    places = _places(units) if wanted else []
    counties = {unit.pk for unit in units if is_county(unit)}
    for key, metrics in by_source.items():
        # A county of which nothing is counted would only add all its rows to the work.
        has_county = any(metric.at_county != "none" for metric in metrics)
        asked = [place for place in places if has_county or place.unit not in counties]
        for unit_id, *values in _counted(sources[key], metrics, period, asked, (among or {}).get(key)):
            for metric, value in zip(metrics, values, strict=True):
                if metric.at_county != "none" or unit_id not in counties:
                    result[unit_id, metric.code] = Decimal(value or 0)
    return result


def sources_reading(tables: Collection[str], month: dt.date) -> dict[str, frozenset[str]]:
    """Source key → those of the tables into which its rows or conditions look in that month.

    By the words of its statement, so one may be there by chance; a source that is not named surely does not change
    with the tables.
    """
    words = {key: words_of([key], month) for key in known_sources()[0]}
    return {key: found for key in words if (found := words[key].intersection(tables))}


def words_of(keys: Iterable[str], month: dt.date) -> frozenset[str]:
    """All words of the sources' statements: what a column holds that is not among them is not counted."""
    sources, found = known_sources()[0], frozenset()
    for key in keys:
        words = _words_of.__wrapped__ if sources[key].is_by_rules else _words_of
        found |= words(sources[key], period_of(month))
    return found


@lru_cache(maxsize=64)
def _words_of(source: Source, period: Period) -> frozenset[str]:
    compile_ = _compiled.__wrapped__ if source.is_by_rules else _compiled
    compiled = compile_(source, source.metrics, period)
    return frozenset(re.findall(r"\w+", compiled[0])) if compiled else frozenset()


def codes_of(keys: Iterable[str]) -> list[str]:
    """The codes that the sources count."""
    sources, _ = known_sources()
    return [metric.code for key in keys for metric in sources[key].metrics]


def is_county(unit: OrgUnit) -> bool:
    """A county reports rows of its own; the figures of its townships are added up elsewhere."""
    return unit.level in COUNTY_LEVELS


def rows_of(code: str, month: dt.date, unit: OrgUnit) -> QuerySet:
    """The rows that the figure counted, with what the columns of the source read.

    As many as the figure says; of a ``distinct`` metric one row per value, of a ``total`` its sum over the rows.
    """
    source, metric = source_of(code)
    period = period_of(month)
    if source.rows_of_units:
        below = OrgUnit.objects.filter(_paths([unit])).order_by().values_list("pk", flat=True)
        rows = source.rows_of_units(period, list(below))
    else:
        rows = source.rows(period)
    counted = rows.filter(*(each.condition(period) for each in _conditions(metric)))
    if not is_county(unit) or metric.at_county == "within":
        counted = counted.filter(_below(source, [unit]))
    elif metric.at_county == "own":
        counted = counted.filter(**{source.unit_key: unit.pk})
    else:
        counted = counted.none()
    if metric.distinct:
        of_each = counted.order_by().exclude(**{metric.distinct: None}).values(metric.distinct)
        counted = rows.filter(pk__in=of_each.annotate(first_pk=Min("pk")).values("first_pk"))
    return counted.select_related(*source.related) if source.related else counted


def outermost(units: Iterable[OrgUnit]) -> list[str]:
    """Paths of the units that lie below no other of them."""
    outermost: list[str] = []
    for path in sorted(unit.path for unit in units):
        if not outermost or not path.startswith(outermost[-1]):
            outermost.append(path)
    return outermost


def _paths(units: Iterable[OrgUnit]) -> Q:
    """Units at or below those given."""
    condition = Q(pk__in=[])
    for path in outermost(units):
        condition |= Q(path__startswith=path)
    return condition


def _below(source: Source, units: Iterable[OrgUnit]) -> Q:
    """Rows of the units. Named by their keys, so that one township's rows are found through the index."""
    return Q(**{f"{source.unit_key}__in": OrgUnit.objects.filter(_paths(units)).order_by().values("pk")})


def _conditions(metric: LedgerMetric) -> Iterator[LedgerMetric]:
    """The metrics whose conditions hold for a counted row: its own, and those it is a part of."""
    yield metric
    while metric.part_of:
        metric = source_of(metric.part_of)[1]
        yield metric


# Each condition is worked out once per row, in the inner select; the outer one only counts. A row meets every
# unit of the question that contains it: its township, and the county when that was asked for.
STATEMENT = """
    WITH counted AS MATERIALIZED ({rows})
    SELECT place.unit, {aggregates}
    FROM counted
    JOIN unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS place (id, unit, is_own) ON place.id = counted.row_unit
    GROUP BY place.unit
"""


class Place(NamedTuple):
    """A unit that may have rows, and one of those asked for that contains it."""

    id: int
    unit: int
    is_own: bool  # the row counts as the unit's own: it is no county, or has the row itself


def _places(units: Sequence[OrgUnit]) -> list[Place]:
    below = OrgUnit.objects.filter(_paths(units)).order_by().values_list("pk", "path")
    return [
        Place(pk, unit.pk, not is_county(unit) or pk == unit.pk)
        for pk, path in below
        for unit in units
        if path.startswith(unit.path)
    ]


class IsOneOf(Func):
    """``column = ANY (list)``: the same text of statement however long the list."""

    template = "%(expressions)s::bigint[])"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


# Stand in a compiled statement for the lists of units and of rows.
_UNITS, _ROWS = object(), object()


@lru_cache(maxsize=128)
def _compiled(
    source: Source, metrics: tuple[LedgerMetric, ...], period: Period, is_part: bool = False
) -> tuple[str, tuple] | None:
    """Statement and parameters, ``_UNITS`` among them and, for a part, ``_ROWS``; None when no row can count.

    Django takes longer to write these statements than PostgreSQL to answer them for a township.
    """
    needed = {each.code: each for metric in metrics for each in _conditions(metric)}
    names = {code: f"holds_{number}" for number, code in enumerate(needed)}
    columns: dict[str, Any] = {"row_unit": F(source.unit_key)}
    for code, metric in needed.items():
        condition = metric.condition(period) or Q(pk__isnull=False)
        columns[names[code]] = Case(When(condition, then=Value(True)), default=Value(False))
    for metric in metrics:
        if metric.distinct or metric.total:
            columns[f"value_of_{names[metric.code]}"] = F(metric.distinct or metric.total)
    rows = source.rows(period).filter(IsOneOf(F(source.unit_key), Value(_UNITS)))
    if is_part:
        rows = rows.filter(IsOneOf(F("pk"), Value(_ROWS)))
    try:
        inner, params = rows.order_by().annotate(**columns).values(*columns).query.sql_with_params()
    except EmptyResultSet:
        return None
    aggregates = ", ".join(_aggregate(metric, names) for metric in metrics)
    return STATEMENT.format(rows=inner, aggregates=aggregates), params


def _counted(
    source: Source,
    metrics: Sequence[LedgerMetric],
    period: Period,
    places: Sequence[Place],
    among: Collection[int] | None,
) -> list[tuple[Any, ...]]:
    """Rows of (unit id, value of each metric); a unit without rows is missing."""
    if among is not None and any(metric.distinct for metric in metrics):
        raise ValueError(f"The source {source.key} counts different values: parts do not add up.")
    units = sorted({place.id for place in places})
    compile_ = _compiled.__wrapped__ if source.is_by_rules else _compiled
    if source.rows_of_units:
        source = replace(source, rows=partial(source.rows_of_units, units=units))
    compiled = compile_(source, tuple(metrics), period, among is not None)
    if compiled is None or not places:
        return []
    statement, params = compiled
    lists = {_UNITS: units, _ROWS: list(among or ())}
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [
                *(lists[each] if each in (_UNITS, _ROWS) else each for each in params),
                *map(list, zip(*places, strict=True)),
            ],
        )
        return cursor.fetchall()


def _aggregate(metric: LedgerMetric, names: dict[str, str]) -> str:
    holds = [names[each.code] for each in _conditions(metric)]
    if metric.at_county != "within":
        holds.append("is_own")
    value = f"value_of_{names[metric.code]}"
    what = f"count(DISTINCT {value})" if metric.distinct else f"sum({value})" if metric.total else "count(*)"
    return f"{what} FILTER (WHERE {' AND '.join(holds)})"


class Change(NamedTuple):
    """What a change does to the figures of a unit, by code."""

    unit: OrgUnit
    before: Mapping[str, Decimal]
    after: Mapping[str, Decimal]


Effects = list[dict[str, Any]]
EffectProvider = Callable[[Sequence[Change], dt.date, User], Sequence[Effects]]
_effect_providers: list[EffectProvider] = []


def effect_provider(function: EffectProvider) -> EffectProvider:
    """Decorator: ``function`` will be asked what each change does to that which it knows of, the indicators say."""
    if function not in _effect_providers:
        _effect_providers.append(function)
    return function


def effects_of(changes: Sequence[Change], month: dt.date, user: User) -> Effects:
    """What the providers say of a month, unit by unit; what ``user`` may see of it."""
    said = [provider(changes, month, user) for provider in _effect_providers]
    return [effect for of_unit in zip(*said, strict=True) for effects in of_unit for effect in effects]
