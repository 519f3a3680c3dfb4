"""The catalogue of metrics and the page behind each figure, as each person sees them."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from indicators.models import Metric, MonthlyReport
from tests.indicators.factories import make_metric
from tests.indicators.shelf import JUNE, Shelf, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(cast):
    return Shelf(cast)


@pytest.fixture
def leader(cast, enter):
    return enter(cast.leader)


def test_metric_page_shows_each_township_the_total_and_its_uses(shelf, leader):
    text = words(read(leader, "metric", "nursing_beds"))
    assert "海盐县合计 2/2 已审核 202" in text
    assert "沈荡镇 46" in text
    assert "百步镇 156" in text
    assert "1 护理型床位占比" in text
    assert "养老机构床位数 ，不得大于它" in text


def test_metric_page_leads_to_the_report(shelf, leader):
    html = read(leader, "metric", "nursing_beds", month="2025-03")
    assert reverse("report", args=[dt.date(2025, 3, 1), "330424101"]) in html


def test_metric_page_bounds_what_is_missing(shelf, leader):
    MonthlyReport.objects.filter(org_unit=shelf.cast.township, month=JUNE).update(status="draft")
    Metric.objects.update(plausible_change=Decimal("0.10"))
    shelf.roll_up()
    text = words(read(leader, "metric", "nursing_beds", month="2025-06"))
    assert "1/2 已审核" in text
    assert "沈荡镇 未报 41 – 50" in text  # 45 in May, ten percent less or more


def test_township_clerk_sees_own_row_of_a_metric(shelf, cast, enter):
    text = words(read(enter(cast.township_clerk), "metric", "nursing_beds"))
    assert "沈荡镇 46" in text
    assert not re.search(r"百步镇|\b156\b|\b202\b|合计", text)


@pytest.mark.parametrize(("month", "said"), [("2025-13", "1 到 12"), ("x", "不是月份"), ("2019-01", "没有")])
def test_metric_page_says_what_is_wrong_with_a_month(shelf, leader, month, said):
    text = words(read(leader, "metric", "nursing_beds", month=month))
    assert said in text
    assert "沈荡镇 46" in text


def test_catalogue_filters_and_names_uses(shelf, leader):
    make_metric("visits", name="探访次数", group="V", is_collected=False, reporter="county")
    assert "共 3 个" in words(read(leader, "metric-list"))
    for params in ({"q": "nursing"}, {"q": "护理型"}):
        text = words(read(leader, "metric-list", **params))
        assert "护理型床位数" in text
        assert "探访次数" not in text
    assert "探访次数" in words(read(leader, "metric-list", group="V"))
    assert "探访次数" not in words(read(leader, "metric-list", collected="yes"))
    assert "没有符合条件" in words(read(leader, "metric-list", q="没有的"))


def test_unknown_metric_is_not_found(shelf, leader):
    assert leader.get(reverse("metric", args=["nothing"])).status_code == 404
