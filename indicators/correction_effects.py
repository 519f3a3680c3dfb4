"""What a correction slip moves: every published indicator value, measured with the roll-up itself.

The slip is written, the months are rolled up, the values that moved are read, and all of it is rolled back: so the
list is what will happen, cumulative figures, later months and the units above included.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from indicators.models import CorrectionLine, CorrectionSlip, IndicatorValue, MetricEntry, MonthlyReport
from indicators.rollup import roll_up_months
from indicators.rules.months import months_between

Row = dict[str, object]


class _Measured(Exception):
    """Ends the trial: nothing of it stays."""


def write_lines(slip: CorrectionSlip, lines: Iterable[CorrectionLine]) -> None:
    """Put the corrected figures into the reports. The caller has locked them and compared the old figures."""
    for line in lines:
        entry = MetricEntry.objects.filter(report=line.report_id, metric=line.metric_id)
        if line.new_value is None:
            entry.delete()
            continue
        changed = {
            "value": line.new_value,
            "reason": f"{slip}：{slip.reason}"[:200],
            "source": MetricEntry.Source.TYPED,
            "entered_by": slip.prepared_by,
            "entered_at": timezone.now(),
        }
        if not entry.update(**changed):
            MetricEntry.objects.create(report_id=line.report_id, metric_id=line.metric_id, **changed)


def measure(slip: CorrectionSlip) -> list[Row]:
    """The indicator values that the slip moves, in the county and in the units above it."""
    rows: list[Row] = []
    try:
        with transaction.atomic():
            newest = IndicatorValue.versions.aggregate(last=Max("pk"))["last"] or 0
            write_lines(slip, slip.lines.all())
            roll_up_months(months_touched(slip.month))
            rows = _moved(slip, newest)
            raise _Measured
    except _Measured:
        return rows


def months_touched(month: dt.date) -> list[dt.date]:
    """The month and all later ones with reports: cumulative figures build on earlier months."""
    last = MonthlyReport.objects.aggregate(last=Max("month"))["last"] or month
    return list(months_between(month, max(month, last)))


def _moved(slip: CorrectionSlip, newest: int) -> list[Row]:
    above = [code for code in slip.org_unit.path.split("/") if code]
    wanted = Q(org_unit__path__startswith=slip.org_unit.path) | Q(org_unit__code__in=above)
    versions = IndicatorValue.versions.filter(wanted, pk__gt=newest).select_related(
        "indicator__plan", "org_unit"
    )
    before = {_key(value): value for value in versions if value.superseded_at}
    added = {_key(value): value for value in versions if not value.superseded_at}
    now = {
        _key(value): value
        for value in IndicatorValue.objects.filter(
            wanted,
            month__in={month for *_, month in before},
            indicator__in={indicator for indicator, *_ in before},
        ).select_related("indicator__plan", "org_unit")
    } | added
    keys = sorted(before.keys() | added.keys(), key=lambda key: _order(before.get(key) or now[key]))
    rows = [_row(before.get(key), now.get(key)) for key in keys]
    return [row for row in rows if row["before"] != row["after"] or row["status"] != row["status_after"]]


def _key(value: IndicatorValue) -> tuple[int, int, dt.date]:
    return value.indicator_id, value.org_unit_id, value.month


def _order(value: IndicatorValue) -> tuple:
    indicator = value.indicator
    is_part = value.org_unit_id != indicator.plan.org_unit_id
    return is_part, indicator.plan.code, indicator.number, value.month, value.org_unit.code


def _row(before: IndicatorValue | None, after: IndicatorValue | None) -> Row:
    shown = before or after
    indicator = shown.indicator
    return {
        "plan": indicator.plan.code,
        "plan_title": indicator.plan.short_title,
        "number": indicator.number,
        "name": indicator.name,
        "measure": indicator.unit,
        "unit": shown.org_unit.code,
        "unit_name": shown.org_unit.name,
        "month": f"{shown.month:%Y-%m}",
        "before": _text(before),
        "after": _text(after),
        "status": before.status if before else "",
        "status_after": after.status if after else "",
    }


def _text(value: IndicatorValue | None) -> str | None:
    """At full precision, so that a move too small to be printed is listed too."""
    if value is None or value.value is None:
        return None
    return f"{value.value.normalize() + Decimal(0):f}"
