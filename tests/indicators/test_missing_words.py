"""Only approved reports count, so who handed in and waits is not said to have reported nothing.

One township of four is approved, one waits for the reviewer, one was sent back, one is still a draft.
"""

import datetime as dt
import io
import json
import re

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from eldercare.models import OrgUnit
from indicators.models import Indicator, MonthlyReport, Plan, Registration
from indicators.pages.display import value_text
from indicators.pages.missing_words import MissingWords
from indicators.pages.official_preview import lights_of
from indicators.rollup import roll_up_months
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan
from tests.indicators.shelf import JUNE, read, words
from tests.indicators.test_standings import standing

pytestmark = pytest.mark.django_db

STATES = {"甲镇": "approved", "乙镇": "submitted", "丙镇": "returned", "丁镇": "draft"}
HINT = "还有单位未报或未审核通过的为“数据未齐”"
WORDS = {"乙镇": "待审核", "丙镇": "已退回", "丁镇": "未报"}
CODES = {name: f"33042430{number}" for number, name in enumerate(STATES)}


@pytest.fixture
def units(cast) -> dict[str, OrgUnit]:
    """Beds 100, of which 60 for nursing, in each; only the first report has passed."""
    beds = make_metric("beds", name="床位数", unit="张")
    make_metric("nursing", name="护理型床位数", unit="张", subset_of=beds)
    plan = make_plan(cast.county, code="haiyan", title="海盐县规划", short_title="海盐规划")
    make_indicator(plan, "nursing / beds * 100", target="60", name="护理型床位占比", is_headline=True)
    make_indicator(
        plan, "nursing", target="500", name="护理型床位数", value_kind="quantity", unit="张", decimals=0
    )
    OrgUnit.objects.filter(level="township").update(valid_to=dt.date(2001, 1, 1))
    found = {}
    for name, status in STATES.items():
        found[name] = OrgUnit.objects.create(
            code=CODES[name], name=name, level="township", parent=cast.county,
            path=f"{cast.county.path}{CODES[name]}/", valid_from=dt.date(2000, 1, 1),
        )  # fmt: skip
        figures = {"beds": 100, "nursing": 60}
        file_report(found[name], JUNE, figures, by=cast.county_clerk, status=status)
    roll_up_months([JUNE])
    return found


@pytest.fixture
def leader(cast, enter, units):
    return enter(cast.leader)


def sheets(client, name: str, **params) -> list[list[tuple]]:
    answer = client.get(reverse(name, args=["haiyan"]), {"month": "2025-06", **params})
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def table(rows: list[tuple]) -> list[dict]:
    heading = next(row for row in rows if row[0] == "序号")
    body = rows[rows.index(heading) + 1 :]
    return [dict(zip(heading, row, strict=False)) for row in body if isinstance(row[0], int | float)]


def unit_row(html: str, unit: str) -> list[str]:
    """The cells of a unit's row in a table whose first cell names it."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html, flags=re.DOTALL)
    for row in rows:
        cells = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in row.split("</t")]
        if cells[0].startswith(unit):
            return [each.removeprefix("h>").removeprefix("d>").strip() for each in cells]
    raise AssertionError(f"{unit} has no row")


def test_dashboard_counts_what_was_approved_and_says_how_each_other_report_stands(leader):
    html = read(leader, "dashboard", month="2025-06")
    card = re.search(r'<article[^>]*data-indicator="1".*?</article>', html, re.DOTALL)[0]
    assert "1/4 已审核" in card
    assert "已报" not in words(html)
    for unit, word in WORDS.items():
        assert re.search(
            rf'class="heat heat-missing"><a[^>]*title="{unit}：{word}，{word}"[^>]*>{word}<', html
        )
    assert '<span class="heat-missing">未审核</span>' in html
    assert "审核通过的月报才计入" in words(html)
    assert "未报齐" not in html
    wall = words(read(leader, "dashboard-wall", month="2025-06"))
    assert all(word in wall for word in ("1/4 已审核", *WORDS.values()))


def test_total_that_waits_for_reports_or_for_the_reviewer_is_incomplete_either_way(leader):
    html = read(leader, "plan", "haiyan", month="2025-06")
    row = re.search(r'<tr data-indicator="2".*?</tr>', html, re.DOTALL)[0]
    assert "数据未齐" in row
    assert "1/4" in row
    assert re.search(r'<th scope="col" class="num">已审核</th>', html)
    MonthlyReport.objects.exclude(status="approved").update(status="submitted")
    assert "数据未齐" in read(leader, "plan", "haiyan", month="2025-06")
    assert "未报" not in words(html).replace(HINT, "")


def test_total_with_nothing_approved_is_not_said_to_be_unreported(leader):
    MonthlyReport.objects.update(status="submitted")
    roll_up_months([JUNE])
    for name, args in (("dashboard", []), ("plan", ["haiyan"]), ("indicator", ["haiyan", 1])):
        html = read(leader, name, *args, month="2025-06")
        assert re.search(r'data-indicator="1" data-value=""', html)
        assert "未审核" in words(html)
    html = read(leader, "indicator", "haiyan", 1, month="2025-06")
    assert unit_row(html, "海盐县合计")[1:4] == ["未审核", "未审核", "未审核"]
    assert "未审核 ÷ 未审核" in words(html)
    assert "未报" not in words(html).replace(HINT, "")


def test_one_township_is_shown_by_the_state_of_its_report(leader):
    for unit, word in WORDS.items():
        params = {"month": "2025-06", "org": CODES[unit]}
        board = read(leader, "dashboard", **params)
        card = re.search(r'<article[^>]*data-indicator="1".*?</article>', board, re.DOTALL)[0]
        assert words(f"<main>{card}").count(word) == 2  # value and light
        page = read(leader, "indicator", "haiyan", 1, **params)
        strip = re.search(r'<div class="strip-value">.*?</div>', page, re.DOTALL)
        assert words(f"<main>{strip[0]}").split() == [word, word]
        first = table(sheets(leader, "plan-export", org=CODES[unit])[0])[0]
        assert (first["读数"], first["状态"], first["已审核/应报"]) == (word, word, "0/1")


def test_a_township_looked_at_leaves_the_others_as_they_are(leader):
    html = read(leader, "dashboard", month="2025-06", org=CODES["乙镇"])
    assert "丙镇：已退回" in html
    assert re.search(r'id="h-late">.*?</section>', html, re.DOTALL)[0].count("<li>") == 1


def test_indicator_page_says_how_each_report_stands_and_leads_to_it(leader):
    html = read(leader, "indicator", "haiyan", 1, month="2025-06")
    assert "1/4 已审核" in words(html)
    for unit, word in WORDS.items():
        assert unit_row(html, unit)[1:5] == [word] * 4
        assert f'href="{reverse("report", args=[JUNE, CODES[unit]])}"' in html
    chart = json.loads(re.search(r'id="compare-data"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    labels = dict(zip(chart["units"], chart["labels"], strict=True))
    assert {unit: labels[unit] for unit in WORDS} == WORDS


def test_approved_report_that_left_the_figure_out_has_not_reported_it(leader, cast):
    MonthlyReport.objects.get(org_unit__name="甲镇").entries.filter(metric__code="nursing").delete()
    roll_up_months([JUNE])
    html = read(leader, "indicator", "haiyan", 1, month="2025-06")
    assert unit_row(html, "甲镇")[1:3] == ["未报", "100"]


def test_metric_page_says_how_each_report_stands(leader):
    html = read(leader, "metric", "nursing", month="2025-06")
    assert "海盐县合计 1/4 已审核 60 无法估计" in words(html)  # three have no earlier figure
    for unit, word in WORDS.items():
        assert unit_row(html, unit)[1] == word
    assert "未报" not in words(html).replace("丁镇 未报", "")


def test_standings_list_those_without_a_place_by_the_state_of_their_report(leader):
    html = read(leader, "plan-standings", "haiyan", month="2025-06", indicator=1)
    last = [("—", unit, word) for unit, word in WORDS.items()]
    assert standing(html, "data-place") == [("1", "甲镇", "60.0%"), *last]
    assert standing(html, "data-standing") == [("1", "甲镇", "100.0%"), *last]
    overall, each = sheets(leader, "plan-standings-export")
    places = {row[1]: row[0] for row in overall if row[1] in WORDS}
    assert places == WORDS
    found = {row[3]: (row[2], row[4], row[6]) for row in each if row[0] in (1, "1") and row[3] in WORDS}
    assert found == {unit: (word, word, word) for unit, word in WORDS.items()}


def test_on_a_day_gone_by_the_state_of_the_reports_is_not_claimed(leader):
    params = {"month": "2025-06", "as_of": f"{timezone.localdate():%Y-%m-%d}"}
    board = read(leader, "dashboard", **params)
    assert all(f"{unit}：未审核，未审核" in board for unit in WORDS)
    page = read(leader, "indicator", "haiyan", 1, **params)
    metric = read(leader, "metric", "nursing", **params)
    for unit in WORDS:
        assert unit_row(page, unit)[1:5] == ["未审核"] * 4
        assert unit_row(metric, unit)[1] == "未审核"
    ranked = read(leader, "plan-standings", "haiyan", indicator=1, **params)
    assert standing(ranked, "data-place")[1:] == [("—", unit, "未审核") for unit in WORDS]


def test_township_clerk_reads_that_the_report_waits(units, cast, enter):
    cast.township_clerk.org_unit = units["乙镇"]
    cast.township_clerk.save()
    client = enter(cast.township_clerk)
    for name, args in (("dashboard", []), ("indicator", ["haiyan", 1]), ("metric", ["nursing"])):
        text = words(read(client, name, *args, month="2025-06"))
        assert "待审核" in text
        assert "未报" not in text.replace(HINT, "")


def test_what_is_registered_has_no_report_that_could_be_approved(units, cast, leader):
    make_metric("done", reporter="registered", is_collected=False)
    make_indicator(
        Plan.objects.get(),
        "done",
        target="3",
        value_kind="quantity",
        input_source="registered",
        unit="个",
        name="示范点",
    )
    roll_up_months([JUNE])
    assert not Registration.objects.exists()
    html = read(leader, "plan", "haiyan", month="2025-06")
    row = re.search(r'<tr data-indicator="3".*?</tr>', html, re.DOTALL)[0]
    assert words(f"<main>{row}").count("未登记") == 2
    assert table(sheets(leader, "plan-export")[0])[2]["已审核/应报"] is None


def test_district_of_a_city_is_no_single_report(cast):
    """Its own report is one of those that its figures are made of."""
    words_of = MissingWords({cast.county.pk: "submitted", cast.township.pk: "locked"})
    assert (words_of.own(cast.county), words_of.whole(cast.county)) == ("待审核", "未审核")
    assert (words_of.own(cast.township), words_of.whole(cast.other_township)) == ("未报", "未报")


def test_lights_of_reports_that_were_sealed_under_the_older_words_are_counted():
    found = lights_of([["1", word] for word in ("未报", "未报齐", "暂达标（未报齐）", "数据未齐", "未审核")])
    assert {badge.label for badge, _ in found} == {
        "未报", "未报齐", "暂达标（未报齐）", "数据未齐", "未审核",
    }  # fmt: skip
    assert [number for _, number in found] == [1] * 5


def test_what_a_unit_is_not_asked_for_is_not_missing():
    assert value_text(None, Indicator(unit="%"), "待审核") == "—"
