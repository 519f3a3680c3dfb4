"""The home page tells who watches a plan what fell behind and what is due soon."""

import datetime as dt

import pytest
import time_machine

from indicators.models import Target
from indicators.rollup import roll_up_months
from indicators.todo_indicators import indicators_to_watch
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan

MAY, JUNE = dt.date(2025, 5, 1), dt.date(2025, 6, 1)


@pytest.fixture
def plan(cast):
    """Care beds of 100: 70 in May, 40 in June; the path to 60 % by 31 August starts from the base year's 50."""
    with time_machine.travel(dt.datetime(2025, 7, 10, 2, 0, tzinfo=dt.UTC)):
        beds = make_metric("beds", name="床位数", unit="张")
        make_metric("care", name="护理型床位数", unit="张", subset_of=beds)
        plan = make_plan(cast.county, code="haiyan", short_title="海盐规划")
        due = dt.date(2025, 8, 31)
        make_indicator(plan, "care / beds * 100", target="60", due=due, name="护理型床位占比")
        make_indicator(plan, "care / beds * 100", target="30", due=due, name="已达标的")
        make_indicator(plan, "care / beds * 100", target="90", due=due, name="探索的", is_soft=True)
        for month, care in ((dt.date(2024, 12, 1), 50), (MAY, 70), (JUNE, 40)):
            for unit in (cast.township, cast.other_township):
                file_report(unit, month, {"beds": 100, "care": care}, by=cast.county_clerk)
        roll_up_months([dt.date(2024, 12, 1), MAY, JUNE])
        Target.objects.filter(indicator__name="护理型床位占比").update(due_on=due)
        yield plan


def test_watchers_are_told_what_turned_and_what_is_due(plan, cast, django_assert_num_queries):
    with django_assert_num_queries(2):
        near, *more = sorted(indicators_to_watch(cast.leader), key=lambda item: item.tag)
    assert not more or more[0].tag == "滞后"
    assert near.title == "海盐规划90 天内到期、尚未达标 1 项"
    assert near.detail == "最早 2025-08-31：1 护理型床位占比。"


def test_fell_behind_after_the_due_date(plan, cast):
    """Due on 30 June: 40 % of 60 is behind in June, and was met in May."""
    Target.objects.filter(indicator__name="护理型床位占比").update(due_on=dt.date(2025, 6, 30))
    roll_up_months([JUNE])
    (turned,) = indicators_to_watch(cast.county_clerk)
    assert turned.title == "海盐规划新转为进度滞后 1 项"
    assert turned.detail == "1 护理型床位占比。"


def test_townships_and_the_administrator_are_not_asked(plan, cast):
    assert indicators_to_watch(cast.township_clerk) == []
    assert indicators_to_watch(cast.administrator) == []


def test_what_turned_long_ago_is_no_news(plan, cast):
    with time_machine.travel(dt.datetime(2025, 9, 10, 2, 0, tzinfo=dt.UTC)):
        assert indicators_to_watch(cast.leader) == []
