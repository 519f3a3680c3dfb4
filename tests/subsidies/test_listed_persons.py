"""The page of the lists that other offices sent."""

import datetime as dt

import pytest

from subsidies.models import ListedPerson
from tests.subsidies.factories import make_elder

pytestmark = pytest.mark.django_db
PAGE = "/payments/listed/"


@pytest.fixture
def listed(cast):
    elder = make_elder(cast.township, "沈在册")
    both = ((elder.id_number.reveal(), "沈在册"), ("338024193001011234", "顾不在"))
    for number, name in both:
        ListedPerson.objects.create(
            org_unit=cast.county, kind="death", id_number=number, name=name, happened_on=dt.date(2025, 6, 3)
        )
    return elder


def test_whoever_is_on_the_register_is_marked_and_linked(cast, enter, listed):
    page = enter(cast.county_clerk).get(PAGE).content.decode()
    assert f'href="/elders/{listed.pk}/"' in page
    assert "顾不在" in page
    assert listed.id_number.reveal() not in page
    only = enter(cast.county_clerk).get(PAGE, {"found": "no"}).content.decode()
    assert "顾不在" in only
    assert "沈在册" not in only


def test_a_township_has_no_such_page(cast, enter, listed):
    assert enter(cast.township_clerk).get(PAGE).status_code == 403


def test_without_a_list_the_page_says_what_to_do(cast, enter):
    assert "还没有比对名单" in enter(cast.county_clerk).get(PAGE).content.decode()
