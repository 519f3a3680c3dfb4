"""Whether the ledgers hold anything of a unit: without a row a figure of 0 means nothing."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

from django.db import connection
from django.db.models import F, Model, OuterRef, QuerySet, Subquery, Value

from eldercare.ledger_metrics import IsOneOf, Source, known_sources, outermost, period_of
from eldercare.models import OrgUnit

# Stand in the statement for the paths of the units, and for the last day of a month.
_UNITS, _LAST = object(), object()


class _IsLikeOneOf(IsOneOf):
    template = "%(expressions)s::text[])"
    arg_joiner = " LIKE ANY ("


def kept(units: Sequence[OrgUnit], month: dt.date | None = None) -> dict[tuple[int, str], bool]:
    """By (unit id, ledger): whether the ledger holds any row of the unit, of any time; else its 0 means nothing.

    With ``month``, a ledger of events is kept from the month of its first one on. Rows that are units themselves say nothing: those come with the portal.
    """
    sources = tuple(known_sources()[0].values())
    result = {(unit.pk, source.ledger): False for unit in units for source in sources}
    if not units or not result:
        return result
    ledgers, statement, params = _kept_statement(sources)
    known = {
        _UNITS: [f"{path}%" for path in outermost(units)],
        _LAST: period_of(month).last if month else dt.date.max,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, [known.get(each, each) for each in params])
        for path, *found in cursor.fetchall():
            for ledger, first in zip(ledgers, found, strict=True):
                for unit in units:
                    result[unit.pk, ledger] |= first is not None and path.startswith(unit.path)
    return result


@lru_cache(maxsize=4)
def _kept_statement(sources: tuple[Source, ...]) -> tuple[list[str], str, tuple]:
    """Ledgers, and the statement that gives of each unit its path and the first row in each of them."""
    # One row of a unit is enough, so each is asked for alone; a village keeps no ledger.
    places = OrgUnit.objects.exclude(level=OrgUnit.Level.VILLAGE).filter(
        _IsLikeOneOf(F("path"), Value(_UNITS))
    )
    of_units = [source for source in sources if source.unit]
    rows = {source: source.kept_in or (_model_of(source), source.unit) for source in of_units}
    tables = {(*rows[each], each.kept_from, each.kept_where): each.ledger for each in of_units}
    firsts = {f"first_{number}": Subquery(_rows_of_a_unit(*table)[:1]) for number, table in enumerate(tables)}
    found = places.order_by().annotate(**firsts).values_list("path", *firsts)
    return [*tables.values()], *found.query.sql_with_params()


def _rows_of_a_unit(model: type[Model], unit: str, day: str, where: tuple) -> QuerySet:
    """To take the first of. Asked for in the order of an index, as a range: for a unit without rows the planner would
    else read the whole table, in the hope of meeting one soon."""
    key = f"{unit}_id"
    rows = model._default_manager.filter(
        **{f"{key}__gte": OuterRef("pk"), f"{key}__lte": OuterRef("pk")}, **dict(where)
    )
    return (rows.filter(**{f"{day}__lte": Value(_LAST)}) if day else rows).order_by(key).values("pk")


@lru_cache(maxsize=64)
def _model_of(source: Source) -> type[Model]:
    return source.rows(period_of(dt.date(2000, 1, 1))).model
