"""Who is told: those of the unit, or of the nearest unit above that has any; never whoever has just done it."""

import pytest

from eldercare.models import Notice, OrgUnit
from eldercare.notices import holders, nearest_holders, tell
from eldercare.permissions import Permission, Role
from tests.conftest import make_unit

REVIEW = Permission.REVIEW_REPORTS


@pytest.fixture
def city(cast, make_person):
    """A city with reviewers of its own, a district without, a zone, and a district that has one."""
    level = OrgUnit.Level
    city = make_unit("330200", "宁波市", level.CITY)
    places = {
        "city": city,
        "district": make_unit("330203", "海曙区", level.COUNTY, city),
        "zone": make_unit("3302F01", "高新区", level.REPORTING, city),
        "able": make_unit("330204", "江北区", level.COUNTY, city),
    }
    make_person("shi", "郑思齐", Role.COUNTY_REVIEWER, city)
    make_person("gone", "周已离", Role.COUNTY_REVIEWER, city, is_active=False)
    make_person("qu", "戴溪桥", Role.COUNTY_CLERK, places["district"])
    make_person("able", "章有人", Role.COUNTY_REVIEWER, places["able"])
    return places


@pytest.mark.parametrize(
    ("place", "told"), [("city", ["shi"]), ("district", ["shi"]), ("zone", ["shi"]), ("able", ["able"])]
)
def test_the_nearest_reviewers_are_found(city, place, told):
    assert [person.username for person in nearest_holders(city[place], REVIEW)] == told


def test_a_townships_reviewers_are_the_countys(cast):
    assert nearest_holders(cast.township, REVIEW) == [cast.county_reviewer]
    assert holders(cast.township, REVIEW) == []


def test_a_notice_for_each_but_the_one_who_did_it(cast):
    people = [cast.leader, cast.county_clerk, cast.leader, cast.county_reviewer]
    number = tell(people, Notice.Kind.SYSTEM, "长" * 400, "/reports/", by=cast.county_clerk)
    found = Notice.objects.order_by("recipient__username")
    assert number == 2
    assert [each.recipient for each in found] == [cast.leader, cast.county_reviewer]
    assert {len(each.text) for each in found} == {300}
