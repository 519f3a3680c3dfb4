"""The light of an indicator in words an office uses."""

import datetime as dt

import pytest

from indicators.models import IndicatorValue
from indicators.pages.lines import FullCatalogue, Line, goal_of
from indicators.rollup import roll_up_months
from tests.indicators.factories import (
    file_report,
    make_county,
    make_indicator,
    make_metric,
    make_plan,
    make_user,
    townships_of,
)

pytestmark = pytest.mark.django_db
BEFORE, DUE = dt.date(2025, 11, 1), dt.date(2025, 12, 1)


@pytest.fixture
def county(db):
    county = make_county(2)
    beds = make_metric("beds")
    make_metric("nursing", subset_of=beds)
    make_indicator(make_plan(county), "nursing / beds * 100", target="60")
    return county


def light(county, month, *figures) -> str:
    """The label of the county's light for a month in which each township reported ``(beds, nursing)`` or nothing."""
    clerk = county.users.first() or make_user(county, "county_clerk", "clerk")
    for town, row in zip(townships_of(county), figures, strict=True):
        typed = dict(zip(("beds", "nursing"), row or (), strict=False))
        file_report(town, month, typed, by=clerk, status="approved" if row else "draft")
    roll_up_months([month])
    value = IndicatorValue.objects.select_related("indicator__plan").get(org_unit=county, month=month)
    goal = goal_of(value.indicator, FullCatalogue(), month)
    return Line(value.indicator, value, goal).look.label


def test_a_miss_is_overdue_only_from_the_month_in_which_it_was_due(county):
    light(county, dt.date(2020, 12, 1), (100, 50), (100, 50))
    assert light(county, BEFORE, (100, 55), (100, 55)) == "进度滞后"
    assert light(county, DUE, (100, 55), (100, 55)) == "逾期未达标"


def test_met_without_all_reports_is_met_so_far_unless_nothing_can_undo_it(county):
    assert light(county, BEFORE, (100, 95), (100, 95)) == "已达标"
    assert light(county, DUE, (100, 61), None) == "暂达标（未齐）"
    assert light(county, DUE, (9000, 8900), None) == "已达标"
