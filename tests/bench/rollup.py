"""A month of all five plans, computed for one county: 443 entries for 9, 100 and 1,000 townships.

The county executes every plan, so each of its townships owes what any of them needs and is shown every indicator.
The number of statements must not depend on the number of townships, and a value must not cost more among many.
"""

import datetime as dt
from pathlib import Path

import pgtrigger
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eldercare.models import OrgUnit, User
from indicators.fixtures import load_all
from indicators.models import (
    Adoption,
    IndicatorValue,
    MetricEntry,
    MetricValue,
    MonthlyReport,
    Plan,
    owed_by_each,
)
from indicators.rollup import roll_up_month
from tests.bench import county
from tests.bench.cases import Case, Figures, Measurement, Ratio

BEFORE, MONTH = dt.date(2024, 12, 1), dt.date(2025, 6, 1)
TOWN_HALL = "990001"
AT_ONCE = 10_000


def prepare(folder: Path, size: int) -> None:
    """The month, and the one that growth since the year's start is measured from, which is published already."""
    load_all()
    Adoption.objects.all().delete()
    hall = OrgUnit.objects.create(
        code=TOWN_HALL, name="示例县", level="county", path=f"/{TOWN_HALL}/", valid_from=county.SINCE
    )
    townships = OrgUnit.objects.bulk_create(
        OrgUnit(
            code=f"{TOWN_HALL}{number:04d}",
            name=f"第{number}镇",
            level="township",
            parent=hall,
            path=f"/{TOWN_HALL}/{TOWN_HALL}{number:04d}/",
            valid_from=county.SINCE,
        )
        for number in range(1, size + 1)
    )
    clerk = User.objects.create(
        username="leader", full_name="领导", role="leader", org_unit=hall, must_change_password=False
    )
    Adoption.objects.bulk_create(Adoption(plan=plan, org_unit=hall) for plan in Plan.objects.all())
    for month in (BEFORE, MONTH):
        _file([hall, *townships], month, clerk)
    county.tidy()
    roll_up_month(BEFORE)
    county.tidy()


def _file(units: list[OrgUnit], month: dt.date, by: User) -> None:
    owed = owed_by_each(units, month)
    reports = MonthlyReport.objects.bulk_create(
        MonthlyReport(org_unit=unit, month=month, status="approved", due_on=month.replace(day=20))
        for unit in units
    )
    with pgtrigger.ignore("indicators.MetricEntry:insert_insert"):  # their history is not what is measured
        MetricEntry.objects.bulk_create(
            (
                MetricEntry(
                    report=report,
                    metric=metric,
                    value=100 + (report.pk * 7 + metric.pk * 13) % 900,
                    entered_by=by,
                )
                for report, unit in zip(reports, units, strict=True)
                for metric in owed[unit.pk]
            ),
            batch_size=AT_ONCE,
        )


def fresh(folder: Path, size: int) -> Figures:
    """All values of the month are new."""
    figures = Figures()
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries, figures.clock():
            roll_up_month(MONTH)
        _count(figures, len(queries))
        transaction.set_rollback(True)
    return figures


def repeated(folder: Path, size: int) -> Figures:
    """Once more, with nothing changed: what a late report costs beside its own values."""
    figures = Figures()
    with transaction.atomic():
        roll_up_month(MONTH)
        _gather_statistics()
        with CaptureQueriesContext(connection) as queries, figures.clock():
            changed = roll_up_month(MONTH)
        if changed.metric_values or changed.indicator_values:
            raise RuntimeError(f"Repeating it changed something: {changed}")
        _count(figures, len(queries))
        transaction.set_rollback(True)
    return figures


def dashboard(folder: Path, size: int) -> Figures:
    """The leader's page of the month."""
    figures = Figures()
    client = Client(HTTP_HOST="localhost")
    with transaction.atomic():
        roll_up_month(MONTH)
        _gather_statistics()
        client.force_login(User.objects.get(username="leader"))
        address = f"/dashboard/?month={MONTH:%Y-%m}"
        client.get(address)
        with CaptureQueriesContext(connection) as queries, figures.clock():
            answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        figures.counts = {"statements": len(queries)}
        transaction.set_rollback(True)
    return figures


def _gather_statistics() -> None:
    """As autovacuum does soon after a month was written."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE indicators_metricvalue, indicators_indicatorvalue")


def _count(figures: Figures, statements: int) -> None:
    values = (
        MetricValue.objects.filter(month=MONTH).count() + IndicatorValue.objects.filter(month=MONTH).count()
    )
    figures.counts = {
        "statements": statements,
        "values": values,
        "µs per value": round(figures.seconds * 1e6 / values),
    }


CASE = Case(
    title="Roll-up of a month: the 443 entries of five plans",
    what="townships",
    sizes=(9, 100, 1_000),
    prepare=prepare,
    measurements=(
        Measurement("all new", fresh),
        Measurement("nothing changed", repeated),
        Measurement("dashboard", dashboard),
    ),
    ratios=(Ratio("nothing changed", "all new", "≤ 1"),),
)
