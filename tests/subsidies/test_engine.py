"""The engine on a handful of people: each expectation worked out by hand."""

import datetime as dt
from decimal import Decimal

import pytest

from eldercare.spells import Spells
from subsidies.engine import candidates, entitlements
from subsidies.models import Exclusion
from tests.subsidies.factories import make_elder, make_enrolment, make_programme

pytestmark = pytest.mark.django_db
JUNE = dt.date(2025, 6, 1)


def amounts(programme, *months):
    return {(row.enrolment_id, row.month): row.amount for row in entitlements(programme, months)}


def test_an_elder_of_80_gets_the_amount_from_the_month_of_the_birthday(cast):
    programme = make_programme(cast.county, rules={"back_pay": "eligible"})
    elder = make_elder(cast.township, born=dt.date(1945, 6, 30))
    enrolment = make_enrolment(programme, elder)
    may = dt.date(2025, 5, 1)
    assert amounts(programme, may, JUNE) == {(enrolment.pk, may): 0, (enrolment.pk, JUNE): Decimal(50)}


def test_from_the_next_month_when_facts_are_those_of_the_month_before(cast):
    programme = make_programme(cast.county, rules={"back_pay": "eligible", "facts_day": "previous_month_end"})
    enrolment = make_enrolment(programme, make_elder(cast.township, born=dt.date(1945, 6, 1)))
    july = dt.date(2025, 7, 1)
    assert amounts(programme, JUNE, july) == {(enrolment.pk, JUNE): 0, (enrolment.pk, july): Decimal(50)}


def test_a_death_is_paid_by_days(cast):
    programme = make_programme(cast.county, amounts=((80, None, "0.45"),), rules={"death": "by_day"})
    elder = make_elder(cast.township, born=dt.date(1930, 1, 1), died_on=dt.date(2025, 6, 1))
    enrolment = make_enrolment(programme, elder)
    assert amounts(programme, JUNE)[enrolment.pk, JUNE] == Decimal("0.02")  # 45 fen / 30 = 1.5 fen, half up


def test_who_moved_out_is_paid_in_the_month_of_moving(cast):
    programme = make_programme(cast.county)
    spells = Spells.since(dt.date(2000, 1, 1), dt.date(2025, 6, 10))
    enrolment = make_enrolment(
        programme, make_elder(cast.township, born=dt.date(1930, 1, 1), registered=spells)
    )
    july = dt.date(2025, 7, 1)
    assert amounts(programme, JUNE, july) == {(enrolment.pk, JUNE): 50, (enrolment.pk, july): 0}


def test_the_higher_of_two_programmes_is_paid_once(cast):
    low = make_programme(cast.county, amounts=((80, None, "50"),))
    high = make_programme(cast.county, amounts=((80, None, "80"),))
    Exclusion.objects.create(
        yielding=low, prevailing=high, relation="higher", effective_from=dt.date(2024, 1, 1)
    )
    elder = make_elder(cast.township, born=dt.date(1930, 1, 1))
    first, second = make_enrolment(low, elder), make_enrolment(high, elder)
    assert amounts(low, JUNE)[first.pk, JUNE] == 0
    assert amounts(high, JUNE)[second.pk, JUNE] == 80


def test_candidates_are_those_who_satisfy_and_are_not_enrolled(cast):
    programme = make_programme(cast.county, eligibility="age >= 80 and low_income")
    poor = make_elder(cast.township, born=dt.date(1940, 1, 1), tags=("low_income",))
    make_elder(cast.township, born=dt.date(1940, 1, 1))
    enrolled = make_elder(cast.township, born=dt.date(1940, 1, 1), tags=("low_income",))
    make_enrolment(programme, enrolled)
    assert [row.holder_id for row in candidates(programme, JUNE)] == [poor.pk]
