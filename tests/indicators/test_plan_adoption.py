"""Pages of plans of a city, adopting a plan, indicators that measure the same, and checking printed figures."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from eldercare.errors import NotAllowed, Refused
from eldercare.models import OrgUnit
from indicators.actions.adoptions import adopt_plan, end_adoption
from indicators.actions.plans import add_registration
from indicators.models import Adoption, Equivalence, IndicatorValue, Registration, RollupRequest
from indicators.rollup import roll_up_month
from indicators.rules.formulas import parse_formula
from indicators.rules.printed import Agreement, compare, printed_metric, work_out
from tests.indicators.factories import (
    file_report,
    make_county,
    make_indicator,
    make_metric,
    make_plan,
    make_user,
    townships_of,
)
from tests.indicators.test_plan_reach import DUE, EACH, MONTH, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db) -> OrgUnit:
    make_metric("beds", reporter="both", name="床位数", unit="张")
    make_metric("care_beds", reporter="both", name="护理床位数", unit="张")
    return make_city()


@pytest.fixture
def districts(city) -> list[OrgUnit]:
    return list(city.children.order_by("code"))


@pytest.fixture
def clerk(city):
    return make_user(city, "county_clerk", "city-clerk")


@pytest.fixture
def page(clerk) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


def file_city(districts, by, rows) -> None:
    for unit, (beds, care_beds) in zip(districts, rows, strict=True):
        file_report(unit, MONTH, {"beds": beds, "care_beds": care_beds}, by=by)
    roll_up_month(MONTH)


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


# --- Pages of a city ------------------------------------------------------------------------------------------


def test_city_pages_say_how_many_districts_reached_the_target(city, districts, clerk, page):
    plan = make_plan(city)
    make_indicator(plan, "care_beds / beds * 100", target="6", due=DUE, is_headline=True, **EACH)
    file_city(districts, clerk, [(100, 50), (300, 30), (100, 5)])
    for address in ("/plans/plan/", "/plans/plan/1/", "/dashboard/"):
        shown = text_of(page.get(address))
        assert "2/3 达标" in shown, address
    shown = text_of(page.get("/plans/plan/1/"))
    assert "每个县区≥6%" in shown
    assert "还有 1 个单位未达标" in shown
    assert "全市" in shown
    assert all(unit.name in shown for unit in districts)
    assert "县（市、区）比较" in shown


def test_a_district_sees_its_own_value_of_the_citys_plan(city, districts, clerk):
    make_indicator(make_plan(city), "care_beds / beds * 100", target="6", due=DUE, **EACH)
    file_city(districts, clerk, [(100, 50), (300, 30), (100, 5)])
    client = Client()
    client.force_login(make_user(districts[2], "leader", "zone"))
    shown = text_of(client.get("/plans/plan/1/"))
    assert "差 1.0 个百分点" in shown
    assert districts[0].name not in shown


def test_each_district_is_registered_on_the_page(city, districts, clerk, page):
    make_metric("done", reporter="registered", is_collected=False, unit="是/否")
    yes_no = EACH | {
        "input_source": "registered",
        "value_kind": "confirmation",
        "unit": "是/否",
        "decimals": 0,
    }
    plan = make_plan(city)
    done = make_indicator(plan, "done", target="1", due=DUE, comparator="=", **yes_no)
    make_indicator(plan, "beds")
    file_city(districts, clerk, [(1, 1), (1, 1), (1, 1)])
    assert "0/3 已完成" in text_of(page.get("/plans/plan/1/"))
    data = {
        "unit": districts[1].code,
        "metric": "done",
        "happened_on": "2023-06-02",
        "quantity": "1",
        "evidence": "批复",
    }
    assert page.post("/plans/plan/1/registrations/", data).status_code == 302
    assert Registration.objects.get().org_unit == districts[1]
    roll_up_month(MONTH)
    assert "1/3 已完成" in text_of(page.get("/plans/plan/1/"))
    with pytest.raises(Refused, match="不单独登记"):
        add_registration(
            indicator=done, metric=Registration.objects.get().metric, happened_on=DUE, quantity=Decimal(1),
            evidence="批复", by=clerk, unit=city,
        )  # fmt: skip


# --- Adopting -------------------------------------------------------------------------------------------------


@pytest.fixture
def county(city) -> OrgUnit:
    county = make_county(townships=2)
    make_plan(county, code="own")
    return county


@pytest.fixture
def county_clerk(county):
    return make_user(county, "county_clerk", "county-clerk")


def test_adopted_plan_is_computed_for_the_county_and_shown_there(city, county, county_clerk, clerk):
    theirs = make_indicator(make_plan(city, code="theirs"), "care_beds / beds * 100", target="30", due=DUE)
    for unit in townships_of(county):
        file_report(unit, MONTH, {"beds": 50, "care_beds": 10}, by=county_clerk)
    client = Client()
    client.force_login(county_clerk)
    assert client.get("/plans/theirs/").status_code == 404
    assert "未执行" in text_of(client.get("/plans/adoptions/"))
    response = client.post("/plans/theirs/adopt/", {"month": "2023-06"}, follow=True)
    assert "2023年6月起执行" in response.content.decode()
    assert RollupRequest.objects.filter(month=MONTH).exists()
    roll_up_month(MONTH)
    assert IndicatorValue.objects.get(indicator=theirs, org_unit=county).value == 20
    assert "20.0%" in text_of(client.get("/plans/theirs/1/?month=2023-06"))
    # The issuer's plan is not the county's to change.
    assert client.get("/plans/theirs/1/edit/").status_code == 404


def test_who_sees_several_units_with_the_plan_goes_from_one_to_the_other(city, districts, clerk):
    """The zone executes the city's plan for itself as well: the city's leader chooses, month and group stay."""
    plan = make_plan(city)
    make_indicator(plan, "care_beds / beds * 100", target="6", due=DUE, is_headline=True)
    file_city(districts, clerk, [(100, 50), (300, 30), (100, 5)])
    client = Client()
    client.force_login(make_user(city, "leader", "leader"))
    assert "其他执行单位" not in text_of(client.get("/dashboard/"))
    make_plan(districts[0], code="own-of-district")
    Adoption.objects.create(plan=plan, org_unit=districts[0])
    for address in ("/dashboard/?plan=plan&", "/plans/plan/?", "/plans/plan/1/?", "/plans/plan/what-if/?"):
        shown = text_of(client.get(f"{address}month=2023-06"))
        others = shown.split('<optgroup label="其他执行单位">')[1].split("</optgroup>")[0]
        assert f'value="{districts[0].code}"' in others, address
        assert "selected>2023年6月" in shown
        shown = text_of(client.get(f"{address}month=2023-06&org={districts[0].code}"))
        assert f'<optgroup label="{districts[0].name}">' in shown, address
        others = shown.split('<optgroup label="其他执行单位">')[1].split("</optgroup>")[0]
        assert f'value="{city.code}"' in others
    # A plan of one district alone has no place for another: said, not refused.
    shown = text_of(client.get(f"/plans/own-of-district/?org={districts[1].code}"))
    assert f"{districts[1].name}没有执行这个规划，下面显示{districts[0].name}" in shown


def test_an_ended_adoption_keeps_what_was_published_and_can_begin_again(city, county, county_clerk):
    plan = make_plan(city, code="theirs")
    adoption = adopt_plan(plan=plan, unit=county, from_month=MONTH, by=county_clerk)
    with pytest.raises(Refused, match="已经在执行"):
        adopt_plan(plan=plan, unit=county, from_month=MONTH, by=county_clerk)
    with pytest.raises(Refused, match="早于开始执行"):
        end_adoption(adoption=adoption, until_month=dt.date(2023, 5, 1), by=county_clerk)
    end_adoption(adoption=adoption, until_month=dt.date(2023, 8, 1), by=county_clerk)
    assert not Adoption.objects.in_force(dt.date(2023, 9, 1)).filter(org_unit=county, plan=plan).exists()
    adopt_plan(plan=plan, unit=county, from_month=MONTH, by=county_clerk)
    assert Adoption.objects.get(org_unit=county, plan=plan).until_month is None


@pytest.mark.parametrize(("month", "is_taken"), [("2020-11", False), ("2020-12", True), ("2021-01", True)])
def test_no_plan_is_adopted_before_its_starting_point(city, county, county_clerk, month, is_taken):
    plan = make_plan(city, code="theirs", starts_on=dt.date(2021, 1, 1), base_year=2020)
    client = Client()
    client.force_login(county_clerk)
    page = client.post("/plans/theirs/adopt/", {"month": month}, follow=True)
    said = "规划期自2021年1月起，最早可以从2020年12月（基期）起执行。" in page.content.decode()
    assert (said, plan.adoptions.filter(org_unit=county).exists()) == (not is_taken, is_taken)


def test_nobody_adopts_for_another_place(city, county, county_clerk):
    with pytest.raises(NotAllowed):
        adopt_plan(plan=make_plan(city, code="theirs"), unit=city, from_month=MONTH, by=county_clerk)
    with pytest.raises(Refused, match="没有填报单位"):
        adopt_plan(plan=county.plans.get(), unit=townships_of(county)[0], from_month=MONTH, by=county_clerk)


# --- Indicators that measure the same -------------------------------------------------------------------------


def test_indicator_page_names_the_same_measure_of_other_plans(city, districts, county, county_clerk, clerk):
    own = make_indicator(county.plans.get(), "care_beds / beds * 100", target="10", due=DUE)
    plan = make_plan(city, code="theirs")
    same = make_indicator(plan, "care_beds / beds * 100", target="30", due=DUE, name="同样的占比")
    other = make_indicator(
        plan, "beds", target="9", due=DUE, name="另一个数", value_kind="quantity", unit="张", decimals=0
    )
    group = Equivalence.objects.create(code="share", name="护理型床位占比")
    group.indicators.set([own, same, other])
    for unit in townships_of(county):
        file_report(unit, MONTH, {"beds": 50, "care_beds": 10}, by=county_clerk)
    adopt_plan(plan=plan, unit=county, from_month=MONTH, by=county_clerk)
    roll_up_month(MONTH)
    client = Client()
    client.force_login(county_clerk)
    shown = text_of(client.get("/plans/own/1/?month=2023-06"))
    assert "同口径指标" in shown
    assert all(word in shown for word in ("护理型床位占比", "同样的占比", "≥30%", "不同式", "100 张"))
    metric = text_of(client.get("/metrics/beds/?month=2023-06"))
    assert "以上各规划共用" in metric


# --- Checking printed figures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "found", "comparator", "verdict"),
    [
        ("41.0", "41.0016", "=", Agreement.SAME),
        ("86.6", "86.6667", "=", Agreement.ROUNDING),
        ("32.03", "31.6270", "=", Agreement.DIFFERENT),
        ("80", "93.1", ">=", Agreement.SAME),
        ("80", "79.2", ">=", Agreement.ROUNDING),
        ("80", "70", ">=", Agreement.DIFFERENT),
    ],
)
def test_a_printed_figure_agrees_as_far_as_it_is_printed(printed, found, comparator, verdict):
    assert compare(Decimal(printed), Decimal(found), comparator=comparator) is verdict


def test_a_printed_number_in_ten_thousands_is_the_figure_itself():
    codes = ("elders", "beds")
    people = parse_formula("elders / 10000", codes=codes)
    assert printed_metric(people, Decimal("3.8954")) == ("elders", Decimal(38954))
    share = parse_formula("beds / elders * 1000", codes=codes)
    assert printed_metric(share, Decimal("32.03")) is None
    figures = {"elders": Decimal(38954), "beds": Decimal(1232)}
    assert round(work_out(share, figures), 2) == Decimal("31.63")
    assert work_out(share, {"beds": Decimal(1232)}) is None


def test_check_page_shows_arithmetic_source_and_what_the_remark_says(city, districts, clerk, page):
    plan = make_plan(city, printed_sums=[{"whole": 4, "parts": [5, 6]}])
    fact = {"role": "status", "comparator": "=", "value_kind": "quantity", "unit": "张", "decimals": 0}
    make_indicator(plan, "beds", target="300", due=DUE, name="床位总数", **fact)
    make_indicator(plan, "care_beds", target="100", due=DUE, name="护理床位", **fact)
    rate = {"role": "achieved", "comparator": "="}
    wrong = make_indicator(plan, "care_beds / beds * 100", target="35", due=DUE, name="占比", **rate)
    for name, value in (("合计", "10"), ("其中甲", "4"), ("其中乙", "5")):
        make_indicator(plan, "", target=value, due=DUE, name=name, **fact)
    remark = plan.remarks.create(
        code="X-O01", kind="比率不符", quote="占35%", issue="算得33.3%。", handling="并列显示。"
    )
    remark.indicators.add(wrong)
    file_city(districts, clerk, [(100, 50), (100, 30), (100, 20)])
    shown = text_of(page.get("/plans/plan/check/"))
    assert "33.33" in shown
    assert "100 / 300" in shown.replace("÷", "/")
    assert "取自第 2、1 项" in shown or "取自第 1、2 项" in shown
    assert "比率不符" in shown
    only = text_of(page.get("/plans/plan/check/?show=different"))
    assert "占比" in only
    assert "护理床位100" not in only
    # 4 + 5 is not 10.
    assert 'data-indicator="4" data-agreement="different"' in only
    assert 'data-indicator="1"' not in only


def test_check_page_asks_the_same_number_of_queries_whatever_it_shows(
    city, districts, clerk, page, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    plan = make_plan(city)
    fact = {"role": "status", "comparator": "=", "value_kind": "quantity", "unit": "张"}
    make_indicator(plan, "beds", target="300", due=DUE, **fact)
    page.get("/plans/plan/check/")
    with CaptureQueriesContext(connection) as few:
        page.get("/plans/plan/check/")
    for _ in range(8):
        make_indicator(plan, "beds", target="300", due=DUE, **fact)
    with django_assert_num_queries(len(few)):
        page.get("/plans/plan/check/")
