"""The demo's register and payments, in small: they count to the figures, and every fen is what the rules give."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.conf import settings

from eldercare import ledger_metrics
from eldercare.identity import check_id_number, is_synthetic
from eldercare.models import User
from subsidies.demo.payments import seed_payments
from subsidies.demo.people import seed_register
from subsidies.engine import identity
from subsidies.fixtures import load_programmes
from subsidies.models import Batch, Elder, PaymentLine, Programme
from tests.subsidies.oracle import entitlement
from tests.subsidies.oracle_world import load

pytestmark = pytest.mark.django_db
MONTHS = [dt.date(2024 + place // 12, place % 12 + 1, 1) for place in range(9, 20)]
TODAY = dt.date(2025, 8, 22)


def wanted(start: int) -> dict[str, list[int]]:
    """Figures of a township: more and more elders, a few in need."""
    return {
        "registered_elders_60": [start + 2 * place for place in range(len(MONTHS))],
        "registered_elders_80": [start // 7 + place // 2 for place in range(len(MONTHS))],
        "destitute_wishing_central_care": [6, 6, 5, 5, 5, 6, 6, 6, 6, 5, 5],
        "destitute_wishing_in_central_care": [4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5],
        "service_subsidy_recipients": [9, 9, 10, 11, 11, 11, 10, 12, 12, 13, 13],
        "home_adaptations": [1, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0],
        "home_adaptations_needed": [7] * 11,
    }


@pytest.fixture
def figures(cast):
    return {cast.township.code: wanted(700), cast.other_township.code: wanted(500)}


@pytest.fixture
def seeded(cast, figures):
    User.objects.update(is_demo=True)
    document = json.loads((settings.BASE_DIR / "fixtures/programmes/haiyan.json").read_text(encoding="utf-8"))
    load_programmes(document | {"org_unit": cast.county.code})
    return seed_register(figures, [0] * len(MONTHS), MONTHS, today=TODAY)


def test_the_register_counts_to_the_figures_of_every_month(cast, figures, seeded):
    seed_payments(cast.county, MONTHS)  # who is not paid in a settled month is no recipient
    units = [cast.township, cast.other_township]
    codes = list(wanted(1))
    for place, month in enumerate(MONTHS):
        counted = ledger_metrics.figures(units, month, codes=codes)
        assert {(unit.code, code): counted[unit.pk, code] for unit in units for code in codes} == {
            (unit.code, code): figures[unit.code][code][place] for unit in units for code in codes
        }, month


def test_nobody_has_the_number_of_a_real_person(seeded):
    numbers = [number.reveal() for number in Elder.objects.values_list("id_number", flat=True)]
    assert len(set(numbers)) == len(numbers) > 1200
    assert all(is_synthetic(number) and not check_id_number(number).findings for number in numbers)


def test_every_line_is_what_the_oracle_says_and_none_is_missing(cast, seeded):
    seed_payments(cast.county, MONTHS)
    paying = Programme.objects.filter(batches__isnull=False).distinct()
    world = load(paying)
    paid = {
        (line.enrolment_id, line.for_month): line.amount
        for line in PaymentLine.objects.filter(kind="regular")
    }
    owed = {
        (place.id, month): amount
        for place in world.places.values()
        for month in MONTHS
        if (amount := entitlement(world, place, month).net)
    }
    assert paid == owed
    assert sum(paid.values(), Decimal(0)) > 10_000
    assert paying.count() >= 4


def test_the_last_batch_waits_for_its_clerk_and_pays_what_failed(cast, seeded):
    seed_payments(cast.county, MONTHS)
    last = Batch.objects.get(programme__kind="old_age", month=MONTHS[-1])
    assert last.state == Batch.State.CHECKING
    assert identity(last).holds
    failed = PaymentLine.objects.filter(batch__programme=last.programme, state="failed")
    assert failed.exists()
    assert set(last.lines.filter(kind="supplement").values_list("enrolment_id", "for_month")) == set(
        failed.values_list("enrolment_id", "for_month")
    )
    assert not last.lines.filter(kind="back_pay").exists()


def test_seeding_again_adds_nothing(cast, figures, seeded):
    seed_payments(cast.county, MONTHS)
    before = PaymentLine.objects.count()
    assert seed_register(figures, [0] * len(MONTHS), MONTHS, today=TODAY) == {}
    assert seed_payments(cast.county, MONTHS) == {"发放明细": 0}
    assert PaymentLine.objects.count() == before
