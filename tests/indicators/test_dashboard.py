"""The leader's dashboard: what it counts, whom it shows what, when it refreshes, and what it costs."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.models import IndicatorValue, MonthlyReport
from indicators.pages import dashboard
from indicators.pages.selection import select
from indicators.rollup import roll_up_month, roll_up_months
from indicators.rules.months import add_months
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan

pytestmark = pytest.mark.django_db
JUNE = dt.date(2025, 6, 1)
MAY = dt.date(2025, 5, 1)
QUERIES = 15


class Board:
    """沈荡镇 and 百步镇, one ratio with a target of 60 % and one total with a target of 500."""

    def __init__(self, cast):
        self.cast = cast
        self.beds = make_metric(
            "institution_beds", name="养老机构床位数", unit="张", plausible_change=Decimal("0.10")
        )
        self.nursing = make_metric("nursing_beds", name="护理型床位数", unit="张", subset_of=self.beds)
        self.homes = make_metric("homes", name="适老化改造户数", unit="户", nature="flow")
        self.plan = make_plan(cast.county, code="haiyan", short_title="海盐规划")
        self.share = make_indicator(
            self.plan,
            "nursing_beds / institution_beds * 100",
            target="60",
            name="护理型床位占比",
            is_headline=True,
        )
        self.total = make_indicator(
            self.plan,
            "sum_since_year_start(homes)",
            target="500",
            value_kind="quantity",
            unit="户",
            decimals=0,
            name="适老化改造",
        )

    def file(self, month, ours, theirs, status="approved"):
        """(beds, nursing beds, homes) of the two townships; ``None`` for an open report."""
        for unit, row in ((self.cast.township, ours), (self.cast.other_township, theirs)):
            names = ("institution_beds", "nursing_beds", "homes")
            figures = dict(zip(names, row, strict=True)) if row else {}
            file_report(
                unit, month, figures, by=self.cast.county_clerk, status=status if row is not None else "draft"
            )
        roll_up_month(month)

    def read(self, user=None, **params):
        user = user or self.cast.leader
        return dashboard.build(user, select(user, params), group=params.get("group", ""))


@pytest.fixture
def board(cast):
    return Board(cast)


@pytest.fixture
def leader(cast, enter):
    return enter(cast.leader)


def page(client, **params):
    answer = client.get(reverse("dashboard"), params)
    assert answer.status_code == 200
    return answer.content.decode()


def card(html: str, number: int) -> str:
    return re.search(rf'<article[^>]*data-indicator="{number}".*?</article>', html, re.DOTALL)[0]


def test_card_shows_value_target_light_distance_and_how_many_reported(board, leader):
    board.file(JUNE, (100, 50, 1), (100, 51, 1))
    found = card(page(leader), 1)
    assert 'data-value="50.5"' in found
    assert "50.5%" in found
    assert "目标 ≥60% · 2025-12-31" in found
    assert "进度滞后" in found or "进度正常" in found
    assert "差 9.5 个百分点" in found
    assert "2/2 已审核" in found
    assert "2025-06" in found


def test_missing_township_gives_a_range_and_is_no_zero(board, leader):
    board.file(MAY, (100, 50, 1), (100, 50, 1))
    board.file(JUNE, (100, 70, 1), None)
    html = page(leader, month="2025-06")
    assert "1/2 已审核" in card(html, 1)
    assert "数据齐后可能为" in card(html, 1)
    assert 'data-value="70"' in card(html, 1)
    assert re.search(r'class="heat heat-missing"[^>]*>\s*<a[^>]*title="百步镇：未报', html)


def test_zero_and_not_applicable_are_told_apart(board, leader):
    board.file(JUNE, (100, 0, 1), (0, 0, 1))
    html = page(leader)
    assert re.search(r'title="沈荡镇：0\.0%', html)
    assert re.search(r'class="heat heat-none"[^>]*>\s*<a[^>]*title="百步镇：不适用', html)


def test_tally_counts_binding_indicators_only(board):
    make_indicator(board.plan, "nursing_beds / institution_beds * 100", target="10", is_soft=True)
    make_indicator(board.plan, "institution_beds", role="status", value_kind="quantity", unit="张")
    make_indicator(board.plan, "nursing_beds / institution_beds * 100", target="10")
    board.file(JUNE, (100, 30, 250), (100, 30, 260))
    found = board.read()
    assert found.tally.total == 3
    assert found.tally.met == 2  # the easy ratio and the total of 510
    assert found.soft.total == 1
    assert found.facts == 1
    assert round(found.tally.rate, 1) == Decimal("66.7")


def test_a_soft_target_without_a_number_is_named_where_the_row_does_not_add_up(board, leader):
    make_indicator(board.plan, "nursing_beds / institution_beds * 100", target="10", is_soft=True)
    hint = "软性目标的合计中有 1 项没有可判定的目标"
    board.file(JUNE, (100, 30, 250), (100, 30, 260))
    assert hint not in page(leader)
    make_indicator(board.plan, "nursing_beds / institution_beds * 100", target=None, is_soft=True)
    board.file(JUNE, (100, 30, 250), (100, 30, 260))
    found = board.read().soft
    assert (found.total, sum(count for _, count in found.parts), found.not_judged) == (2, 1, 1)
    assert hint in page(leader)


def test_not_applicable_stays_out_of_the_rate(board):
    board.file(JUNE, (0, 0, 250), (0, 0, 260))
    found = board.read()
    assert found.tally.total == 2
    assert found.tally.rate == 100


def test_what_is_behind_says_how_much_more_is_needed(board, leader):
    board.file(dt.date(2026, 1, 1), (100, 55, 1), (100, 55, 1))
    html = page(leader, month="2026-01")
    assert "新增 25 张护理型床位，或由现有转化 10 张" in html


def test_total_that_missing_reports_may_still_complete_is_not_listed_as_behind(board):
    board.file(MAY, (100, 70, 200), (100, 70, 250))
    board.file(JUNE, (100, 70, 200), None)
    line = next(line for line in board.read(month="2025-06").lines if line.indicator == board.total)
    assert line.status == IndicatorValue.Status.NOT_REPORTED
    assert line.gap_text == ""


def test_late_and_returned_reports_are_listed(board, leader):
    board.file(JUNE, (100, 70, 1), None)
    MonthlyReport.objects.filter(org_unit=board.cast.other_township, month=JUNE).update(is_late=True)
    html = page(leader)
    listed = re.search(r'class="late-list">.*?</ul>', html, re.DOTALL)[0]
    assert "百步镇" in listed
    assert "逾期" in listed
    assert "沈荡镇" not in listed


def test_newest_month_is_shown_once_half_is_reported(board):
    board.file(MAY, (100, 50, 1), (100, 50, 1))
    board.file(JUNE, None, None)
    assert board.read().selection.month == MAY
    board.file(JUNE, (100, 50, 1), None)
    assert board.read().selection.month == JUNE


def test_month_that_has_begun_is_offered_before_it_is_shown(board, leader, cast):
    board.file(MAY, (100, 50, 1), (100, 50, 1))
    third = type(cast.township).objects.create(
        code="330424103", name="于城镇", level="township", parent=cast.county,
        path=f"{cast.county.path}330424103/", valid_from=dt.date(2000, 1, 1),
    )  # fmt: skip
    file_report(third, JUNE, {}, by=cast.county_clerk, status="draft")
    board.file(JUNE, (100, 50, 1), None)
    assert "2025年6月的月报正在报送" in page(leader)


@pytest.mark.parametrize(
    ("text", "words"), [("2025-13", "应在 1 到 12 之间"), ("前年", "不是月份"), ("2031-01", "没有汇总数据")]
)
def test_month_that_makes_no_sense_is_said_and_the_newest_shown(board, leader, text, words):
    board.file(JUNE, (100, 50, 1), (100, 50, 1))
    html = page(leader, month=text)
    assert words in html
    assert 'data-value="50"' in card(html, 1)


def test_unknown_plan_or_unit_is_not_found(board, leader):
    assert leader.get(reverse("dashboard"), {"org": "999999"}).status_code == 404
    assert leader.get(reverse("dashboard"), {"plan": "nowhere"}).status_code == 404


def test_group_filter_keeps_the_group(board, leader):
    make_indicator(
        board.plan,
        "institution_beds",
        group="其他",
        target="9",
        value_kind="quantity",
        unit="张",
        name="床位",
    )
    board.file(JUNE, (100, 50, 1), (100, 50, 1))
    html = page(leader, group="其他")
    assert 'data-indicator="3"' in html
    assert 'data-indicator="1"' not in html


def test_township_clerk_sees_own_values_only(board, cast, enter):
    board.file(JUNE, (100, 71, 1), (100, 37, 1))
    html = page(enter(cast.township_clerk))
    assert 'data-value="71"' in card(html, 1)
    for foreign in ("百步镇", "37.0", "54.0", "54%"):
        assert foreign not in html


@pytest.mark.parametrize("name", ["dashboard", "dashboard-wall"])
@pytest.mark.parametrize("org", ["330424102", "330424", "330402"])
def test_township_clerk_cannot_choose_another_unit(board, cast, enter, name, org):
    board.file(JUNE, (100, 71, 1), (100, 37, 1))
    assert enter(cast.township_clerk).get(reverse(name), {"org": org}).status_code == 404


def test_county_may_look_at_one_township(board, leader):
    board.file(JUNE, (100, 71, 1), (100, 37, 1))
    assert 'data-value="37"' in card(page(leader, org="330424102"), 1)


def test_fragment_is_the_changing_part_alone(board, leader):
    board.file(JUNE, (100, 50, 1), (100, 50, 1))
    answer = leader.get(reverse("dashboard"), headers={"X-Fragment": "live", "X-Background": "1"})
    html = answer.content.decode()
    assert html.lstrip().startswith('<div id="live"')
    assert "<html" not in html


def stamp(client, month="2025-06"):
    return client.get(reverse("dashboard-stamp"), {"month": month}, headers={"X-Background": "1"}).json()[
        "stamp"
    ]


def test_stamp_of_the_page_is_that_of_the_poll_until_something_changes(board, leader):
    board.file(JUNE, (100, 50, 1), None)
    shown = re.search(r'data-stamp="(\w+)"', page(leader))[1]
    assert stamp(leader) == shown
    roll_up_month(JUNE)  # nothing new
    assert stamp(leader) == shown
    board.file(JUNE, (100, 50, 1), (100, 60, 1))
    assert stamp(leader) != shown


def test_stamp_changes_with_a_report_state_and_with_an_edit(board, leader):
    board.file(JUNE, (100, 50, 1), None)
    first = stamp(leader)
    MonthlyReport.objects.filter(org_unit=board.cast.other_township).update(status="submitted")
    second = stamp(leader)
    board.share.updated_at += dt.timedelta(seconds=1)
    board.share.save()
    assert len({first, second, stamp(leader)}) == 3


def test_stamp_of_a_township_does_not_move_with_another(board, cast, enter):
    board.file(JUNE, (100, 50, 1), (100, 50, 1))
    own = enter(cast.township_clerk)
    before = stamp(own)
    board.file(JUNE, (100, 50, 1), (100, 60, 1))
    assert stamp(own) == before


def test_stamp_is_one_query_besides_session_and_account(board, leader, django_assert_num_queries):
    board.file(JUNE, (100, 50, 1), (100, 50, 1))
    stamp(leader)
    with django_assert_num_queries(3):
        stamp(leader)


@pytest.mark.parametrize("name", ["dashboard", "dashboard-wall"])
def test_queries_do_not_grow_with_indicators_months_and_townships(board, cast, leader, name):
    board.file(JUNE, (100, 50, 1), (100, 50, 1))
    url = reverse(name)
    leader.get(url)
    with CaptureQueriesContext(connection) as few:
        leader.get(url)
    for number in range(30):
        make_indicator(
            board.plan,
            "nursing_beds / institution_beds * 100",
            target=str(40 + number),
            is_headline=number % 2 == 0,
        )
    for number in range(8):
        unit = type(cast.township).objects.create(
            code=f"33042420{number}", name=f"第{number}镇", level="township", parent=cast.county,
            path=f"{cast.county.path}33042420{number}/", valid_from=dt.date(2000, 1, 1),
        )  # fmt: skip
        file_report(unit, JUNE, {"institution_beds": 10, "nursing_beds": 3}, by=cast.county_clerk)
    for step in range(1, 20):
        board.file(add_months(JUNE, -step), (100, 50, 1), (100, 50, 1))
    roll_up_months([JUNE])
    with CaptureQueriesContext(connection) as many:
        html = leader.get(url).content.decode()
    assert html.count("data-indicator=") > 10
    assert len(many) == len(few) <= QUERIES


def test_first_request_of_a_session_stays_within_the_limit(board, cast, enter, django_assert_max_num_queries):
    board.file(JUNE, (100, 50, 1), (100, 50, 1))
    client = enter(cast.leader)
    with django_assert_max_num_queries(QUERIES):
        client.get(reverse("dashboard"))


def test_without_figures_the_page_says_so(board, leader):
    assert "还没有汇总数据" in page(leader)


def test_without_a_plan_the_page_says_so(cast, enter):
    assert "还没有规划" in page(enter(cast.leader))
    assert "还没有汇总数据" in enter(cast.leader).get(reverse("dashboard-wall")).content.decode()


def test_wall_has_no_navigation_and_a_way_out(board, leader):
    board.file(JUNE, (100, 50, 1), (100, 50, 1))
    html = leader.get(reverse("dashboard-wall")).content.decode()
    assert "portal-nav" not in html
    assert f'data-exit="{reverse("dashboard")}' in html
    assert "wall-dark" in html
    assert "wall-light" in leader.get(reverse("dashboard-wall"), {"theme": "light"}).content.decode()
