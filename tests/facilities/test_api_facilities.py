"""Facilities through the API: what they are, and how many beds, residents and staff they have on a day."""

import datetime as dt

import pytest

from tests.eldercare.test_tokens import bearer, issue
from tests.facilities.factories import make_bed, make_facility, make_post, make_stay

FACILITIES = "/api/v1/facilities/"
DAY = "2026-06-15"


@pytest.fixture
def home(cast):
    home = make_facility(cast.township, "沈荡敬老院", beds=3, has=("filed",))
    make_stay(make_bed(home, "a1"))
    make_bed(home, "a2", kind="family")
    make_bed(home, "a3", in_use_to=dt.date(2026, 1, 1))
    make_post(home, level=3)
    make_post(home, role="nurse")
    make_facility(cast.other_township, "百步养老院", beds=1)
    return home


@pytest.fixture
def program(cast):
    return bearer(issue(cast.leader, "ledgers:read")[1])


def test_a_facility_comes_with_its_numbers_of_the_day(home, program):
    found = program.get(FACILITIES, {"on": DAY, "org_unit": "330424101"}).json()["results"]
    (found,) = found
    assert (found["name"], found["qualifications"], found["rating"]) == ("沈荡敬老院", ["filed"], "")
    assert found["beds"] == {
        "institutional": 4,
        "nursing": 0,
        "day_care": 0,
        "mutual_aid": 0,
        "family": 1,
        "residents": 1,
    }
    assert found["staff"] == {"total": 2, "caregivers": 1}
    assert program.get(f"{FACILITIES}{home.pk}/").json()["name"] == "沈荡敬老院"


def test_units_have_the_numbers_of_their_facilities(home, program):
    units = program.get("/api/v1/unit-counts/", {"on": DAY}).json()["results"]
    counted = {each["name"]: (each["facilities"], each["beds"]["institutional"]) for each in units}
    assert counted == {"海盐县": (0, 0), "沈荡镇": (1, 4), "百步镇": (1, 1)}


def test_filters(home, program):
    assert len(program.get(FACILITIES, {"is_open": "true"}).json()["results"]) == 2
    assert program.get(FACILITIES, {"is_open": "false"}).json()["results"] == []
    assert program.get(FACILITIES, {"kind": "canteen"}).json()["results"] == []
    since = "2000-01-01T00:00:00+08:00"
    assert len(program.get(FACILITIES, {"changed_since": since}).json()["results"]) == 2
    assert program.get(FACILITIES, {"changed_since": "2999-01-01T00:00:00Z"}).json()["results"] == []


def test_a_page_costs_a_fixed_number_of_queries(home, program, django_assert_max_num_queries):
    program.get(FACILITIES)
    with django_assert_max_num_queries(8):
        program.get(FACILITIES)
    with django_assert_max_num_queries(8):
        program.get("/api/v1/unit-counts/")
