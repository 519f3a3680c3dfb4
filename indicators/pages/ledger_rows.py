"""The rows of a ledger behind one figure: exactly those that were counted, as of the end of the month."""

import copy
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from eldercare import ledger_kept, ledger_metrics
from eldercare.ledger_metrics import LedgerMetric, Source
from eldercare.models import OrgUnit
from indicators.ledger_figures import is_counted
from indicators.models import Metric
from indicators.pages.report_places import Missing, Place, next_month
from indicators.rules.months import add_months, month_end

TOO_MANY_UNITS = 40  # below that many the townships are named side by side


@dataclass
class UnitCount:
    """A township and its figure, for the county's page."""

    unit: OrgUnit
    number: Decimal | None  # None: the ledger is not kept there


@dataclass
class LedgerRows:
    """``number`` is the figure, ``rows`` are what it counted."""

    metric: Metric
    source: Source
    definition: LedgerMetric
    place: Place
    is_own: bool  # of a county: what it reports itself, not all below it
    is_kept: bool
    rows: QuerySet
    number: Decimal
    units: list[UnitCount]

    @property
    def day(self) -> dt.date:
        return month_end(self.place.month)

    @property
    def previous_month(self) -> dt.date:
        return add_months(self.place.month, -1)

    @property
    def next_month(self) -> dt.date | None:
        return next_month(self.place.month)

    @property
    def is_sum(self) -> bool:
        return bool(self.definition.total)

    @property
    def is_of_people(self) -> bool:
        return bool(self.definition.distinct)


def load_rows(place: Place, code: str, *, is_own: bool) -> LedgerRows:
    """Raises ``Missing`` for a metric that no ledger counts."""
    metric = Metric.objects.filter(code=code).first()
    if metric is None or not is_counted(code):
        raise Missing(f"没有代码为“{code[:40]}”的台账指标，请从月报或指标页进入。")
    source, definition = ledger_metrics.source_of(code)
    is_county = ledger_metrics.is_county(place.unit)
    everywhere = is_county and not is_own
    rows = ledger_metrics.rows_of(code, place.month, _as_a_place(place.unit) if everywhere else place.unit)
    units = [unit for unit in place.units if not ledger_metrics.is_county(unit)] if is_county else []
    kept = ledger_kept.kept([place.unit, *units], place.month)
    found = ledger_metrics.figures(units, place.month, codes=[code]) if units else {}
    return LedgerRows(
        metric,
        source,
        definition,
        place,
        is_own=is_county and is_own,
        is_kept=kept[place.unit.pk, source.ledger],
        rows=rows,
        number=_number(rows, definition),
        units=[
            UnitCount(unit, found[unit.pk, code] if kept[unit.pk, source.ledger] else None)
            for unit in units[:TOO_MANY_UNITS]
        ],
    )


def _as_a_place(county: OrgUnit) -> OrgUnit:
    """The county as an area and not as somebody who reports: all rows at or below it."""
    area = copy.copy(county)
    area.level = OrgUnit.Level.REPORTING
    return area


def _number(rows: QuerySet, definition: LedgerMetric) -> Decimal:
    if definition.total:
        return Decimal(rows.order_by().aggregate(sum=Sum(definition.total))["sum"] or 0)
    return Decimal(rows.order_by().count())
