"""Asking for roll-ups: a row per month, written with the change that makes the roll-up necessary."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from indicators.models import MonthlyReport, RollupRequest
from indicators.rules.months import months_between


@transaction.atomic
def request_roll_ups(months: list[dt.date]) -> None:
    """Ask for each month to be rolled up (again)."""
    now = timezone.now()
    RollupRequest.objects.bulk_create(
        [RollupRequest(month=month, version=0, requested_at=now) for month in months], ignore_conflicts=True
    )
    RollupRequest.objects.filter(month__in=months).update(version=F("version") + 1, requested_at=now)


def request_roll_up_from(month: dt.date) -> None:
    """Ask for ``month`` and every later month with reports: cumulative figures and bounds build on earlier ones."""
    last = MonthlyReport.objects.aggregate(last=Max("month"))["last"] or month
    request_roll_ups(list(months_between(month, max(month, last))))


def request_nightly_roll_ups() -> None:
    """Ask for every month that still has open or unlocked reports."""
    months = (
        MonthlyReport.objects.exclude(status=MonthlyReport.Status.LOCKED)
        .order_by("month")
        .values_list("month", flat=True)
        .distinct()
    )
    request_roll_ups(list(months))
