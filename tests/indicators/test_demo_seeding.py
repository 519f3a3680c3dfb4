"""Writing the demo county: the same every time, and only where nothing of a county's own is."""

import datetime as dt
import hashlib

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from eldercare.demo import is_demo_database
from eldercare.models import OrgUnit
from facilities.models import Facility
from indicators.demo.county import COUNTY
from indicators.demo.seeding import CannotSeed, seed
from indicators.fixtures import load_all
from indicators.models import MetricEntry, MonthlyReport

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 2, 25)
THROUGH = dt.date(2026, 2, 1)


def entries_hash() -> str:
    rows = MetricEntry.objects.order_by(
        "report__month", "report__org_unit__code", "metric__code"
    ).values_list("report__month", "report__org_unit__code", "metric__code", "value", "reason")
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()


def test_seeding_writes_the_same_entries_every_time():
    load_all(places=["haiyan"])
    hashes = []
    for _ in range(2):
        point = transaction.savepoint()
        seed(through=dt.date(2021, 2, 1), today=TODAY, roll_up=False)
        hashes.append(entries_hash())
        transaction.savepoint_rollback(point)
    assert hashes[0] == hashes[1]


def test_seeding_without_fixtures_says_what_to_do():
    with pytest.raises(CannotSeed, match="load_fixtures"):
        seed(today=TODAY)


def test_seeding_refuses_a_database_with_reports_of_its_own():
    load_all(places=["haiyan"])
    MonthlyReport.objects.create(
        org_unit=OrgUnit.objects.get(code=COUNTY), month=THROUGH, due_on=THROUGH.replace(day=20)
    )
    with pytest.raises(CommandError, match="已有月报"):
        call_command("seed_demo")
    assert MonthlyReport.objects.count() == 1
    assert not Facility.objects.exists()
    assert not is_demo_database()


@pytest.mark.parametrize("through", ["2020-11", "2126-01", "2025-13"])
def test_seeding_refuses_an_impossible_month(through):
    load_all(places=["haiyan"])
    with pytest.raises(CommandError):
        call_command("seed_demo", through=through)
