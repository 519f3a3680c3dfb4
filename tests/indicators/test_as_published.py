"""Pages "as published on a day": what stood then, what moved since, and which correction did it."""

import datetime as dt
import io
import json
import re

import openpyxl
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from indicators.actions import corrections as actions
from indicators.rollup import roll_up_due
from tests.indicators.shelf import read, words
from tests.indicators.test_corrections import APRIL, Archive

BEFORE = "2026-07-14"


@pytest.fixture
def corrected(cast):
    """Published on 10 June 2026: April 50 %; on 15 July a slip makes it (48 + 60) / 200 = 54 %."""
    with time_machine.travel(dt.datetime(2026, 6, 10, 2, 0, tzinfo=dt.UTC), tick=True) as clock:
        archive = Archive(cast)
        clock.move_to(dt.datetime(2026, 7, 15, 2, 0, tzinfo=dt.UTC))
        archive.slip_made = archive.sent(care_beds="48")
        actions.approve(slip=archive.slip_made, by=cast.county_reviewer)
        roll_up_due()
        archive.code = archive.plan.code
        yield archive


def shown(html: str, number: int) -> str:
    return re.search(rf'data-indicator="{number}" data-value="([^"]*)"', html).group(1)


def test_plan_and_indicator_show_what_stood_and_what_stands(corrected, cast, enter):
    client = enter(cast.leader)
    then = read(client, "plan", corrected.code, month="2026-04", as_of=BEFORE)
    now = read(client, "plan", corrected.code, month="2026-04")
    assert (shown(then, 1), shown(now, 1)) == ("50", "54")
    assert "按 2026年7月14日 公布的数显示，现行数已有变动 2 处" in words(
        then
    )  # the county's and the township's
    assert "公布的数显示" not in words(now)
    then = read(client, "indicator", corrected.code, 1, month="2026-04", as_of=BEFORE)
    assert shown(then, 1) == "50"
    assert "(40+60)" in re.sub(r"\s", "", then) or "100" in words(then)
    assert shown(read(client, "indicator", corrected.code, 1, month="2026-04"), 1) == "54"
    on_the_day = read(client, "plan", corrected.code, month="2026-04", as_of="2026-07-15")
    assert shown(on_the_day, 1) == "54"
    assert "与现行数相同" in words(on_the_day)


def test_links_of_the_pages_keep_the_day(corrected, cast, enter):
    client = enter(cast.leader)
    for html in (
        read(client, "dashboard", month="2026-04", as_of=BEFORE),
        read(client, "plan", corrected.code, month="2026-04", as_of=BEFORE),
    ):
        address = re.search(rf'href="(/plans/{corrected.code}/1/[^"]*)"', html).group(1)
        assert f"as_of={BEFORE}" in address
        assert shown(client.get(address).content.decode(), 1) == "50"
    html = read(client, "indicator", corrected.code, 1, month="2026-04", as_of=BEFORE)
    assert re.search(rf"/metrics/care_beds/\?month=2026-04&(amp;)?as_of={BEFORE}", html)


def test_dashboard_of_a_day_does_not_refresh_itself_and_the_wall_shows_what_is(corrected, cast, enter):
    client = enter(cast.leader)
    assert " data-live" in read(client, "dashboard")
    assert " data-live" not in read(client, "dashboard", as_of=BEFORE)
    wall = read(client, "dashboard-wall", month="2026-04", as_of=BEFORE)
    assert "54" in words(wall)
    assert "as_of" not in wall


def test_metric_page_shows_the_figures_of_the_day(corrected, cast, enter):
    client = enter(cast.leader)
    then = words(read(client, "metric", "care_beds", month="2026-04", as_of=BEFORE))
    now = words(read(client, "metric", "care_beds", month="2026-04"))
    assert "海盐县合计 2/2 已审核 100" in then
    assert "海盐县合计 2/2 已审核 108" in now
    assert "现行数已有变动 2 处" in then


def test_corrected_month_names_its_edition_and_slip(corrected, cast, enter):
    slip = corrected.slip_made
    client = enter(cast.leader)
    for html in (
        read(client, "dashboard", month="2026-04"),
        read(client, "plan", corrected.code, month="2026-04"),
        read(client, "indicator", corrected.code, 1, month="2026-04"),
        read(client, "metric", "care_beds", month="2026-04"),
    ):
        assert f"2026年4月公布的数为第 2 版 · {slip}" in words(html)
        assert reverse("correction", args=[slip.pk]) in html
    assert "第 2 版" not in read(client, "plan", corrected.code, month="2026-03")
    assert "第 2 版" not in read(client, "plan", corrected.code, month="2026-04", as_of=BEFORE)
    other = read(enter(cast.other_township_clerk), "plan", corrected.code, month="2026-04")
    assert "第 2 版" in other  # it reads the edition; the slip is another township's
    assert reverse("correction", args=[slip.pk]) not in other


def test_export_holds_the_figures_of_the_day(corrected, cast, enter):
    def value(**params) -> tuple:
        answer = enter(cast.leader).get(
            reverse("plan-export", args=[corrected.code]), {"month": "2026-04", **params}
        )
        rows = list(openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
        heading = next(row for row in rows if row[0] == "序号")
        first = dict(zip(heading, rows[rows.index(heading) + 1], strict=False))
        return first["数值"], any("2026年7月14日终了时公布的数" in str(row[0]) for row in rows)

    assert value(as_of=BEFORE) == (50, True)
    assert value() == (54, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [("2026-07-16", "不能晚于今天"), ("14.7.2026", "不是日期"), ("2026-02-30", "不是日期")],
)
def test_day_that_makes_no_sense_is_said(corrected, cast, enter, text, said):
    html = read(enter(cast.leader), "plan", corrected.code, month="2026-04", as_of=text)
    assert said in words(html)
    assert shown(html, 1) == "54"


def test_day_before_anything_was_published_says_so(corrected, cast, enter):
    client = enter(cast.leader)
    for name, args in (("dashboard", []), ("plan", [corrected.code]), ("indicator", [corrected.code, 1])):
        assert "当时还没有公布数据" in words(read(client, name, *args, as_of="2026-06-01"))
    assert "当时还没有公布数据" in words(read(client, "metric", "care_beds", as_of="2026-06-01"))


def test_command_prints_the_value_of_the_day(corrected):
    def printed(*more: str) -> dict:
        out = io.StringIO()
        call_command("indicator", corrected.code, "1", "--month", "2026-04", *more, stdout=out)
        return json.loads(out.getvalue())

    then = printed("--as-of", BEFORE)
    assert (float(then["value"]), float(then["inputs"]["care_beds"])) == (50, 100)
    assert float(printed()["value"]) == 54
    with pytest.raises(CommandError, match="不能晚于今天"):
        printed("--as-of", "2026-08-01")


def test_page_of_a_day_takes_a_fixed_number_of_queries(corrected, cast, enter, django_assert_num_queries):
    client = enter(cast.leader)
    address = reverse("plan", args=[corrected.code])
    client.get(address)
    with django_assert_num_queries(PLAN_QUERIES):
        client.get(address, {"month": f"{APRIL:%Y-%m}"})
    # What stood and what stands, less the slip of a later day.
    with django_assert_num_queries(PLAN_QUERIES + 1):
        client.get(address, {"month": "2026-04", "as_of": BEFORE})


PLAN_QUERIES = 12
