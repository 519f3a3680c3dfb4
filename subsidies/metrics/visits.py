"""Visits and household services due in a month and done: one row per person, service and period.

What is due, and in which month and from when a period counts, is defined in :mod:`subsidies.rules.visits`.
"""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils import timezone

from eldercare.excel.writing import Kind as Format
from eldercare.ledger_metrics import LedgerMetric, Period, Source, register
from eldercare.lists import Column
from subsidies.metrics.columns import elder_columns
from subsidies.models import DuePeriod, Service, Visit, VisitRule
from subsidies.rules.visits import periods_counted, periods_of_month

Frequency = VisitRule.Frequency
WEEKLY = Q(service=Service.VISIT, frequency=Frequency.WEEK)
MONTHLY = Q(service=Service.VISIT, frequency=Frequency.MONTH)
DONE = Q(done_on__isnull=False)
NAMES = {"weekly_visits": WEEKLY, "monthly_visits": MONTHLY, "periodic_care_services": ~WEEKLY & ~MONTHLY}


def is_due(condition: Q):
    return lambda period: condition


def is_done(period: Period) -> Q:
    return DONE


def due_and_counted(period: Period, units: Collection[int] | None = None) -> QuerySet[DuePeriod]:
    """Of the month, what counts by today: it grows from day to day while the month runs."""
    return DuePeriod.objects.of(periods_counted(periods_of_month(period.last), timezone.localdate()), units)


VISITS = register(
    Source(
        key="visits",
        label="探访台账",
        ledger="visits",
        rows=due_and_counted,
        rows_of_units=due_and_counted,
        unit="unit",
        metrics=tuple(
            metric
            for name, condition in NAMES.items()
            for metric in (
                LedgerMetric(f"{name}_due", is_due(condition)),
                LedgerMetric(f"{name}_done", is_done, part_of=f"{name}_due"),
            )
        ),
        columns=(
            *elder_columns("elder"),
            Column("unit", "居住镇(街道)", "unit.name", order=("unit__code", "pk")),
            Column("village", "居住村(社区)", "village.name", order=("village__code", "pk")),
            Column("service", "服务", "get_service_display", order=("service", "pk")),
            Column("frequency", "频次", "get_frequency_display", order=("frequency", "pk")),
            Column("first", "期间起", "first_day", order=("first_day", "pk"), kind=Format.DATE),
            Column("last", "期间止", "last_day", order=("last_day", "pk"), kind=Format.DATE),
            Column("done", "完成日期", "done_on", order=("done_on", "pk"), kind=Format.DATE),
        ),
        related=("elder", "unit", "village"),
        kept_in=(Visit, "org_unit"),
        kept_from="visited_on",
        is_by_rules=True,  # today is in the statement
    )
)
