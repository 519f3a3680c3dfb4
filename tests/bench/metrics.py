"""The ledger metrics of one month for nine townships and their county, against an ORM aggregate for each figure."""

import statistics
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from django.db import connection
from django.db.models import Count, Sum
from django.test.utils import CaptureQueriesContext

from eldercare import ledger_metrics
from eldercare.models import OrgUnit
from tests.bench import bed_sheet, county
from tests.bench.cases import Case, Figures, Measurement, Ratio

MONTH = county.DAY.replace(day=1)
BEDS_PER_WORKER = 5
TIMES = 7  # a hundredth of a second is easily disturbed


def prepare(folder: Path, size: int) -> None:
    county.make_county()
    places = county.make_places(-(-size // bed_sheet.BEDS_PER_PLACE))
    county.fill_beds(list(range(size)), places)
    county.fill_staff(list(range(size // BEDS_PER_WORKER)), places)
    county.tidy()


def _townships() -> list[OrgUnit]:
    return list(OrgUnit.objects.townships().order_by("code"))


def _figures(units: Sequence[OrgUnit]) -> tuple[Figures, dict]:
    found = ledger_metrics.figures(units, MONTH)  # a worker has written its statements before
    figures = Figures()
    seconds = []
    for _ in range(TIMES):
        with figures.clock():
            ledger_metrics.figures(units, MONTH)
        seconds.append(figures.seconds)
    figures.seconds = statistics.median(seconds)
    with CaptureQueriesContext(connection) as queries:
        ledger_metrics.figures(units, MONTH)
    figures.counts = {"statements": len(queries), "figures": len(found)}
    return figures, found


def whole_month(folder: Path, size: int) -> Figures:
    return _figures([*_townships(), county.county()])[0]


def one_township(folder: Path, size: int) -> Figures:
    return _figures(_townships()[:1])[0]


def one_by_one(folder: Path, size: int) -> Figures:
    """The townships' figures only; they are compared with ours."""
    units = _townships()
    ours = _figures(units)[1]
    figures, found = Figures(), {}
    with figures.clock():
        for unit in units:
            for code in sorted(ledger_metrics.codes()):
                found[unit.pk, code] = _aggregate(code, unit)
    figures.counts = {"statements": len(found), "figures": len(found)}
    if found != ours:
        raise RuntimeError(f"Different: {[key for key in ours if ours[key] != found[key]][:5]}")
    return figures


def _aggregate(code: str, unit: OrgUnit) -> Decimal:
    rows, metric = ledger_metrics.rows_of(code, MONTH, unit), ledger_metrics.source_of(code)[1]
    what = (
        Sum(metric.total) if metric.total else Count(metric.distinct or "pk", distinct=bool(metric.distinct))
    )
    return Decimal(rows.order_by().aggregate(figure=what)["figure"] or 0)


CASE = Case(
    title="Ledger metrics of one month: nine townships and the county",
    what="beds, and a fifth as many staff",
    sizes=(5_000, 50_000),
    prepare=prepare,
    measurements=(
        Measurement("whole month", whole_month),
        Measurement("one township", one_township),
        Measurement("one ORM aggregate per figure", one_by_one, once_from=10),
    ),
    ratios=(
        Ratio("one ORM aggregate per figure", "whole month"),
        Ratio("one township", "whole month", "≤ 0.2"),
    ),
)
