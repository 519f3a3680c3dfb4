"""Plans of a city, plans of others, and targets that are judged unit by unit."""

import datetime as dt
from decimal import Decimal

import pytest

from eldercare.models import OrgUnit
from indicators.models import Adoption, Indicator, IndicatorValue, Registration
from indicators.rollup import roll_up_month
from tests.indicators.factories import (
    SINCE,
    file_report,
    make_county,
    make_indicator,
    make_metric,
    make_plan,
    make_user,
    townships_of,
)

pytestmark = pytest.mark.django_db

MONTH = dt.date(2023, 6, 1)
DUE = dt.date(2023, 6, 30)
EACH = {"judging": "each_unit", "judged_level": "county"}


def make_city(names: tuple[str, ...] = ("东区", "西区", "新区")) -> OrgUnit:
    """A city with districts; the last one is no administrative division."""
    city = OrgUnit.objects.create(
        code="990100", name="示例市", level="city", path="/990100/", valid_from=SINCE
    )
    for index, name in enumerate(names):
        level = "reporting" if name == names[-1] else "county"
        code = f"9901{index + 1:02}"
        OrgUnit.objects.create(
            code=code, name=name, level=level, parent=city, path=f"/990100/{code}/", valid_from=SINCE
        )
    return city


@pytest.fixture
def city(db) -> OrgUnit:
    make_metric("beds", reporter="both")
    make_metric("care_beds", reporter="both")
    make_metric("streets", reporter="both")
    return make_city()


@pytest.fixture
def districts(city) -> list[OrgUnit]:
    return list(city.children.order_by("code"))


@pytest.fixture
def by(city):
    return make_user(city, "county_clerk", "filer")


def value_of(indicator: Indicator, unit: OrgUnit, month: dt.date = MONTH) -> IndicatorValue | None:
    return IndicatorValue.objects.filter(indicator=indicator, org_unit=unit, month=month).first()


def file_all(districts, by, rows, month: dt.date = MONTH) -> None:
    for unit, (beds, care_beds, streets) in zip(districts, rows, strict=True):
        file_report(unit, month, {"beds": beds, "care_beds": care_beds, "streets": streets}, by=by)


def test_city_ratio_is_divided_after_summing_its_districts(city, districts, by):
    share = make_indicator(make_plan(city), "care_beds / beds * 100", target="20", due=DUE)
    file_all(districts, by, [(100, 50, 1), (300, 30, 1), (100, 10, 1)])
    roll_up_month(MONTH)
    total = value_of(share, city)
    assert (total.numerator, total.denominator, total.value) == (90, 500, 18)
    assert (total.reported, total.owed, total.status) == (3, 3, "behind")
    assert [value_of(share, unit).value for unit in districts] == [50, 10, 10]


def test_a_city_that_meets_the_target_as_a_whole_fails_where_each_district_is_judged(city, districts, by):
    share = make_indicator(make_plan(city), "care_beds / beds * 100", target="6", due=DUE, **EACH)
    file_all(districts, by, [(100, 50, 1), (300, 30, 1), (100, 5, 1)])
    roll_up_month(MONTH)
    total = value_of(share, city)
    assert total.value == 17
    assert (total.units_met, total.units_due, total.status) == (2, 3, "behind")
    assert [value_of(share, unit).status for unit in districts] == ["met", "met", "behind"]


def test_every_district_meets_it(city, districts, by):
    share = make_indicator(make_plan(city), "care_beds / beds * 100", target="6", due=DUE, **EACH)
    file_all(districts, by, [(100, 6, 1), (300, 30, 1), (0, 0, 1)])
    roll_up_month(MONTH)
    total = value_of(share, city)
    # The zone has no beds at all, so the ratio does not apply to it.
    assert (total.units_met, total.units_due, total.status) == (2, 2, "met")


def test_a_district_that_did_not_report_leaves_it_open(city, districts, by):
    share = make_indicator(make_plan(city), "care_beds / beds * 100", target="6", due=DUE, **EACH)
    file_all(districts, by, [(100, 6, 1), (300, 30, 1), (None, None, None)])
    roll_up_month(MONTH)
    total = value_of(share, city)
    assert (total.units_met, total.units_due, total.status) == (2, 3, "not_reported")


def test_target_counts_once_for_every_street_of_a_district(city, districts, by):
    plan = make_plan(city)
    street = EACH | {
        "judged_level": "street",
        "judged_per": "streets",
        "value_kind": "quantity",
        "unit": "个",
    }
    centers = make_indicator(plan, "care_beds", target="1", due=DUE, **street)
    file_all(districts, by, [(0, 4, 4), (0, 9, 10), (0, 0, 0)])
    roll_up_month(MONTH)
    assert [value_of(centers, unit).target for unit in districts] == [4, 10, 0]
    total = value_of(centers, city)
    assert (total.value, total.units_met, total.units_due, total.status) == (13, 1, 2, "behind")


def test_target_does_not_apply_where_there_is_nothing_to_serve(city, districts, by):
    quantity = EACH | {"judged_where": "streets", "value_kind": "quantity", "unit": "个"}
    centers = make_indicator(make_plan(city), "care_beds", target="2", due=DUE, **quantity)
    file_all(districts, by, [(0, 2, 7), (0, 3, 1), (0, 0, 0)])
    roll_up_month(MONTH)
    total = value_of(centers, city)
    assert (total.units_met, total.units_due, total.status) == (2, 2, "met")
    assert value_of(centers, districts[2]).status == "not_applicable"


def test_each_district_registers_for_itself(city, districts, by):
    flag = make_metric("done", reporter="registered", is_collected=False)
    yes_no = EACH | {
        "input_source": "registered",
        "value_kind": "confirmation",
        "unit": "是/否",
        "decimals": 0,
    }
    done = make_indicator(make_plan(city), "done", target="1", due=DUE, comparator="=", **yes_no)
    for unit in districts[:2]:
        Registration.objects.create(
            indicator=done, metric=flag, org_unit=unit, happened_on=dt.date(2023, 5, 4), quantity=1,
            evidence="批复", created_by=by,
        )  # fmt: skip
    roll_up_month(MONTH)
    total = value_of(done, city)
    assert (total.units_met, total.units_due, total.status) == (2, 3, "behind")
    assert value_of(done, districts[0]).status == "met"
    assert value_of(done, districts[2]).status == "behind"


def test_only_the_named_units_count(city, districts, by):
    fields = {"value_kind": "quantity", "unit": "张", "only_units": [districts[0].code, districts[2].code]}
    beds = make_indicator(make_plan(city), "beds", target="150", due=DUE, **fields)
    file_all(districts, by, [(100, 0, 1), (300, 0, 1), (70, 0, 1)])
    roll_up_month(MONTH)
    assert value_of(beds, city).value == 170
    assert value_of(beds, city).owed == 2
    assert value_of(beds, districts[1]) is None


# --- Adoption -------------------------------------------------------------------------------------------------


def test_one_figure_serves_the_plans_of_the_county_and_of_the_city(city, districts, by):
    county = make_county(townships=2)
    own = make_indicator(make_plan(county), "care_beds / beds * 100", target="10", due=DUE)
    plan = make_plan(city, code="city-plan")
    theirs = make_indicator(plan, "care_beds / beds * 100", target="30", due=DUE)
    Adoption.objects.create(plan=plan, org_unit=county)
    for unit, beds, care in zip(townships_of(county), (40, 60), (10, 10), strict=True):
        file_report(unit, MONTH, {"beds": beds, "care_beds": care}, by=by)
    file_all(districts, by, [(10, 9, 1), (10, 9, 1), (10, 9, 1)])
    roll_up_month(MONTH)
    assert (value_of(own, county).value, value_of(own, county).status) == (20, "met")
    assert (value_of(theirs, county).value, value_of(theirs, county).status) == (20, "behind")
    # What the city's districts have does not mix with what the county has.
    assert (value_of(theirs, city).value, value_of(theirs, city).status) == (90, "met")
    assert value_of(own, city) is None


def test_an_adopted_plan_is_computed_in_the_months_of_its_adoption(city, districts, by):
    plan = make_plan(city)
    beds = make_indicator(plan, "beds", target="100", value_kind="quantity", unit="张")
    Adoption.objects.update(from_month=MONTH, until_month=dt.date(2023, 7, 1))
    for month in (dt.date(2023, 5, 1), MONTH, dt.date(2023, 7, 1), dt.date(2023, 8, 1)):
        file_all(districts, by, [(50, 0, 1), (30, 0, 1), (20, 0, 1)], month)
        roll_up_month(month)
    months = IndicatorValue.objects.filter(indicator=beds, org_unit=city).values_list("month", flat=True)
    assert sorted(months) == [MONTH, dt.date(2023, 7, 1)]


def test_a_county_that_adopts_is_itself_what_each_county_means(city, by):
    county = make_county(townships=2)
    plan = make_plan(city)
    centers = make_indicator(plan, "care_beds", target="2", due=DUE, value_kind="quantity", unit="个", **EACH)
    Adoption.objects.create(plan=plan, org_unit=county)
    for unit in townships_of(county):
        file_report(unit, MONTH, {"care_beds": 1, "beds": 5}, by=by)
    roll_up_month(MONTH)
    assert (value_of(centers, county).status, value_of(centers, county).units_due) == ("met", None)


def test_a_printed_starting_point_is_the_issuers_own(city, districts, by):
    county = make_county(townships=1)
    plan = make_plan(city)
    share = make_indicator(plan, "care_beds / beds * 100", target="100", due=dt.date(2023, 12, 31))
    share.baselines.create(
        year=2022, value=Decimal(40), kind="完成值", is_path_start=True, effective_on=dt.date(2022, 12, 31)
    )
    Adoption.objects.create(plan=plan, org_unit=county)
    file_report(townships_of(county)[0], MONTH, {"care_beds": 60, "beds": 100}, by=by)
    file_all(districts, by, [(100, 60, 1), (100, 60, 1), (100, 60, 1)])
    roll_up_month(MONTH)
    # Half of the way from 40 to 100 by the end of June; the county has no value of December 2022 to start from.
    assert (value_of(share, city).path, value_of(share, city).status) == (70, "behind")
    assert (value_of(share, county).path, value_of(share, county).status) == (None, "on_course")


def test_roll_up_statements_do_not_grow_with_plans_and_units(city, districts, by, django_assert_num_queries):
    plan = make_plan(city)
    make_indicator(plan, "care_beds / beds * 100", target="6", due=DUE, **EACH)
    file_all(districts, by, [(100, 6, 1), (300, 30, 1), (10, 0, 1)])
    roll_up_month(MONTH)
    with_one = _statements(lambda: roll_up_month(MONTH))
    county = make_county(townships=9)
    for index in range(4):
        other = make_plan(county, code=f"p{index}")
        for _ in range(5):
            make_indicator(other, "care_beds / beds * 100", target="6", due=DUE)
        Adoption.objects.create(plan=other, org_unit=city)
    for unit in townships_of(county):
        file_report(unit, MONTH, {"care_beds": 60, "beds": 100}, by=by)
    with django_assert_num_queries(with_one):
        roll_up_month(MONTH)
    assert IndicatorValue.objects.filter(month=MONTH).count() > 200


def _statements(call) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)
