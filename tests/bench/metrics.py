"""The metrics of one month for nine townships and their county: those of facilities, beds and staff, against an ORM
aggregate for each figure, and all of them in a county that keeps its elders in the portal too."""

import statistics
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path

from django.db import connection
from django.db.models import Count, Sum
from django.test.utils import CaptureQueriesContext

from eldercare import ledger_metrics
from eldercare.models import OrgUnit
from tests.bench import bed_sheet, county, subsidies_register
from tests.bench.cases import Case, Figures, Measurement, Ratio

MONTH = county.DAY.replace(day=1)
BEDS_PER_WORKER = 5
ELDERS_PER_BED = 20
ENROLLED = 10  # one in so many, in each of four programmes
LEDGERS = ("facilities", "beds", "caregivers")
TIMES = 7  # a hundredth of a second is easily disturbed


def prepare(folder: Path, size: int) -> None:
    county.make_county()
    places = county.make_places(-(-size // bed_sheet.BEDS_PER_PLACE))
    county.fill_beds(list(range(size)), places)
    county.fill_staff(list(range(size // BEDS_PER_WORKER)), places)
    subsidies_register.fill_elders(size * ELDERS_PER_BED)
    subsidies_register.fill_programmes(county.county(), one_in=ENROLLED)
    county.tidy()


def _townships() -> list[OrgUnit]:
    return list(OrgUnit.objects.townships().order_by("code"))


def _of_ledgers() -> list[str]:
    return sorted(
        code for code in ledger_metrics.codes() if ledger_metrics.source_of(code)[0].ledger in LEDGERS
    )


def _figures(units: Sequence[OrgUnit], codes: Collection[str]) -> tuple[Figures, dict]:
    found = ledger_metrics.figures(units, MONTH, codes=codes)  # a worker has written its statements before
    figures = Figures()
    seconds = []
    for _ in range(TIMES):
        with figures.clock():
            ledger_metrics.figures(units, MONTH, codes=codes)
        seconds.append(figures.seconds)
    figures.seconds = statistics.median(seconds)
    with CaptureQueriesContext(connection) as queries:
        ledger_metrics.figures(units, MONTH, codes=codes)
    figures.counts = {"statements": len(queries), "figures": len(found)}
    return figures, found


def whole_month(folder: Path, size: int) -> Figures:
    return _figures([*_townships(), county.county()], _of_ledgers())[0]


def one_township(folder: Path, size: int) -> Figures:
    return _figures(_townships()[:1], _of_ledgers())[0]


def whole_month_with_elders(folder: Path, size: int) -> Figures:
    return _figures([*_townships(), county.county()], ledger_metrics.codes())[0]


def one_township_with_elders(folder: Path, size: int) -> Figures:
    return _figures(_townships()[:1], ledger_metrics.codes())[0]


def one_by_one(folder: Path, size: int) -> Figures:
    """The townships' figures only; they are compared with ours."""
    units, codes = _townships(), _of_ledgers()
    ours = _figures(units, codes)[1]
    figures, found = Figures(), {}
    with figures.clock():
        for unit in units:
            for code in codes:
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
    title="Metrics of one month: nine townships and the county",
    what="beds, a fifth as many staff, and twenty times as many elders",
    sizes=(5_000, 50_000),
    prepare=prepare,
    measurements=(
        Measurement("whole month", whole_month),
        Measurement("one township", one_township),
        Measurement("one ORM aggregate per figure", one_by_one, once_from=10),
        Measurement("whole month, with elders", whole_month_with_elders),
        Measurement("one township, with elders", one_township_with_elders),
    ),
    ratios=(
        Ratio("one ORM aggregate per figure", "whole month"),
        Ratio("one township", "whole month", "≤ 0.2"),
        Ratio("one township, with elders", "whole month, with elders", "≤ 0.2"),
    ),
)
