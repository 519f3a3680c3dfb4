"""What if there were n more: worked out by hand here, by the roll-up's statement on the page; nothing is written."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.models import IndicatorValue, MetricEntry, MetricValue, MonthlyReport
from tests.indicators.factories import make_indicator, make_metric
from tests.indicators.shelf import Shelf, read, words


@pytest.fixture
def shelf(cast):
    """June: 46 + 156 = 202 nursing beds of 100 + 300; staff 20 + 30; 7 months of visits, 2 and 3 each."""
    shelf = Shelf(cast)
    metrics = {
        "staff": make_metric("staff", name="护理人员数", unit="人"),
        "visits": make_metric("visits", name="探访人次", unit="人次", nature="flow"),
    }
    make_indicator(shelf.plan, "institution_beds / staff", target="8", comparator="<=", unit="张/人",
                   name="每名护理人员床位数")  # fmt: skip
    make_indicator(shelf.plan, "sum_since_year_start(visits)", target="40", value_kind="quantity", unit="人次",
                   name="全年探访")  # fmt: skip
    figures = {cast.township: {"staff": 20, "visits": 2}, cast.other_township: {"staff": 30, "visits": 3}}
    MetricEntry.objects.bulk_create(
        MetricEntry(report=report, metric=metrics[code], value=value, entered_by=cast.county_clerk)
        for report in MonthlyReport.objects.select_related("org_unit")
        for code, value in figures[report.org_unit].items()
    )
    shelf.roll_up()
    return shelf


def moved(html: str) -> dict[int, tuple[str, str]]:
    found = re.findall(r'data-moved="(\d+)" data-before="([^"]*)" data-after="([^"]*)"', html)
    return {int(number): (before, after) for number, before, after in found}


def test_more_beds_in_the_county_move_every_indicator_that_uses_them(shelf, cast, enter):
    """(202 + 98) / (400 + 100) = 60 %; 500 / 50 = 10."""
    before = list(IndicatorValue.versions.order_by("pk").values()), list(MetricValue.versions.values())
    html = read(
        enter(cast.leader), "plan-what-if", "haiyan", add_nursing_beds="98", add_institution_beds="+100"
    )
    assert moved(html) == {1: ("50.5", "60"), 2: ("8", "10")}
    page = words(html)
    assert "差 9.5 个百分点" in page
    assert "恰好达到目标" in page
    assert "变动 2 项，其中 2 项状态改变" in page
    assert "现有 400 张，变为 500 张" in page
    assert (
        list(IndicatorValue.versions.order_by("pk").values()),
        list(MetricValue.versions.values()),
    ) == before


def test_one_township(shelf, cast, enter):
    """(46 + 14) / 100 = 60 %."""
    html = read(enter(cast.leader), "plan-what-if", "haiyan", org=cast.township.code, add_nursing_beds="14")
    assert moved(html) == {1: ("46", "60")}


def test_total_of_the_year_counts_what_is_added(shelf, cast, enter):
    """January to June: 6 × (2 + 3) = 30."""
    html = read(enter(cast.leader), "plan-what-if", "haiyan", indicator=3, add_visits="10")
    assert moved(html) == {3: ("30", "40")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("viele", "不是数"),
        ("1.5", "请填整数"),
        ("-500", "不能减少 500 张"),
        ("9999999999999", "太大"),
        ("NaN", "不是数"),
    ],
)
def test_wrong_number_is_said_beside_its_field_and_kept(shelf, cast, enter, text, said):
    answer = enter(cast.leader).get(
        reverse("plan-what-if", args=["haiyan"]), {"indicator": 1, "add_institution_beds": text}
    )
    assert answer.status_code == 400
    html = answer.content.decode()
    assert said in html
    assert f'value="{text}"' in html
    assert not moved(html)


def test_metric_without_figures_cannot_be_added_to(shelf, cast, enter):
    make_metric("cars", name="车辆数", unit="辆")
    make_indicator(shelf.plan, "cars", value_kind="quantity", unit="辆", name="车辆")
    answer = enter(cast.leader).get(
        reverse("plan-what-if", args=["haiyan"]), {"indicator": 4, "add_cars": "1"}
    )
    assert "还没有公布的“车辆数”" in answer.content.decode()


def test_indicator_page_leads_to_it_with_its_own_fields(shelf, cast, enter):
    html = read(enter(cast.leader), "indicator", "haiyan", 1)
    form = html[html.index('id="h-what-if"') :]
    assert f'action="{reverse("plan-what-if", args=["haiyan"])}"' in form
    fields = re.findall(r'name="(add_\w+)"', form)
    assert sorted(fields) == ["add_institution_beds", "add_nursing_beds"]


def asked(html: str) -> list[str]:
    """The metrics with a field to type in."""
    return re.findall(r'name="add_(\w+)"', html)


def test_metrics_are_chosen_first_those_of_the_indicator_suggested(shelf, cast, enter):
    client = enter(cast.leader)
    html = read(client, "plan-what-if", "haiyan", indicator=2)
    assert asked(html) == []
    suggested = re.findall(r'class="btn btn-sm pick" type="submit" name="metric" value="(\w+)"', html)
    assert suggested == [
        "institution_beds",
        "staff",
        "nursing_beds",
    ]  # its own terms, then what is part of them
    more = html[html.index("data-metric-picker") :]
    assert re.findall(r'<option value="(\w+)"', more) == ["visits"]
    html = read(client, "plan-what-if", "haiyan", indicator=2, metric=["staff", "visits"])
    assert asked(html) == ["staff", "visits"]
    assert 'name="metric" value="staff"' in html  # the choice stays when n is still to be typed


def test_a_field_that_is_dropped_leaves_the_address(shelf, cast, enter):
    client = enter(cast.leader)
    query = {"metric": ["staff", "visits"], "add_staff": "5", "add_visits": "7", "drop": "visits"}
    answer = client.get(reverse("plan-what-if", args=["haiyan"]), query)
    assert answer.url == "/plans/haiyan/what-if/?metric=staff&add_staff=5"
    assert asked(read(client, "plan-what-if", "haiyan", metric="no_such_metric")) == []


def test_township_reads_its_own_only(shelf, cast, enter):
    client = enter(cast.township_clerk)
    html = read(client, "plan-what-if", "haiyan", add_nursing_beds="14")
    assert moved(html) == {1: ("46", "60")}
    address = reverse("plan-what-if", args=["haiyan"])
    assert client.get(address, {"org": cast.other_township.code, "add_nursing_beds": "1"}).status_code == 404


def test_queries_do_not_grow_with_indicators(shelf, cast, enter):
    client, address = enter(cast.leader), reverse("plan-what-if", args=["haiyan"])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(address, {"add_institution_beds": "5", "indicator": "1"})
        return len(found)

    queries()
    few = queries()
    for number in range(6):
        make_indicator(
            shelf.plan, "nursing_beds / institution_beds * 100", target=str(number), name=f"{number}"
        )
    shelf.roll_up()
    assert queries() == few
