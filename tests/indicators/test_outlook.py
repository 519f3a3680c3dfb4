"""The value at the due date by three methods, which one is taken and why, and what the page says of it."""

import datetime as dt
import io
import json
import re
import tempfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.urls import reverse

from indicators.models import Plan, RollupRequest, Target
from indicators.pages.history import history_of
from indicators.plan_documents import document_of
from indicators.plan_fixtures import load_plan
from indicators.resources.plan_reading import read_plan
from indicators.resources.plan_sheet import write_plan
from indicators.rules.months import add_months
from indicators.rules.outlook import Method, Reason, outlook
from tests.indicators.shelf import Shelf, read, words

JANUARY = dt.date(2024, 1, 1)
DUE = dt.date(2025, 6, 30)


def looked(*values, target="60", comparator=">=", due=DUE, path=None, ceiling=None, wanted=None):
    points = [(add_months(JANUARY, step), Decimal(str(value))) for step, value in enumerate(values)]
    return outlook(
        points,
        target=Decimal(target),
        comparator=comparator,
        due_on=due,
        path=None if path is None else Decimal(path),
        ceiling=None if ceiling is None else Decimal(ceiling),
        wanted=wanted,
    )


def at_due(found) -> dict[Method, Decimal]:
    return {each.method: each.at_due for each in found.forecasts}


def test_three_methods_by_hand():
    """Twelve months 40, 41, … 51 to December; June is six months on. Path 54: three behind, so 57 at the due date."""
    found = looked(*range(40, 52), path="54")
    assert at_due(found) == {Method.LINEAR: 57, Method.PATH: 57, Method.LAST: 51}
    assert (found.chosen.method, found.reason, found.months) == (Method.LINEAR, Reason.TREND, 12)
    assert not any(each.is_met for each in found.forecasts)
    assert found.chosen.at(dt.date(2025, 3, 1)) == 54


def test_only_the_last_twelve_months_make_the_line():
    """Two wild months before them change nothing."""
    assert at_due(looked(900, 0, *range(40, 52), due=dt.date(2025, 8, 31)))[Method.LINEAR] == 57


@pytest.mark.parametrize(
    ("values", "path", "method", "reason"),
    [
        ([40, 41, 42], "41", Method.PATH, Reason.FEW_MONTHS),
        ([40, 41, 42], None, Method.LAST, Reason.FEW_MONTHS),
        ([50] * 6 + [58] * 6, "41", Method.LAST, Reason.STEPS),
        ([50] * 12, "41", Method.LAST, Reason.LEVEL),
    ],
)
def test_method_is_chosen_by_what_the_months_are_like(values, path, method, reason):
    found = looked(*values, path=path)
    assert (found.chosen.method, found.reason) == (method, reason)


def test_a_chosen_method_is_taken_whatever_the_months_are_like():
    found = looked(*range(40, 52), path="54", wanted=Method.LAST)
    assert (found.chosen.method, found.reason) == (Method.LAST, Reason.WANTED)
    assert found.chosen.at_due == 51


def test_a_chosen_method_without_figures_gives_way_to_the_automatic_choice():
    found = looked(40, 41, 42, wanted=Method.LINEAR)
    assert (found.chosen.method, found.reason) == (Method.LAST, Reason.FEW_MONTHS)
    assert found.is_wanted_missing


def test_direction_ceiling_and_floor():
    falling = looked(*range(30, 18, -1), target="15", comparator="<=")
    assert at_due(falling)[Method.LINEAR] == 13
    assert falling.chosen.is_met
    assert at_due(looked(*range(88, 100), target="100", ceiling="100"))[Method.LINEAR] == 100
    assert at_due(looked(*range(12, 0, -1), target="0", comparator="<="))[Method.LINEAR] == 0


def test_nothing_to_say_without_months_or_after_the_due_date():
    assert looked() is None
    assert looked(*range(40, 52), due=dt.date(2024, 12, 31)) is None


def test_page_shows_the_methods_with_value_and_gap(cast, enter):
    """June 2025: 190 … 202 of 400 beds in seven months, half a point each; December comes to 50.5 + 6 × 0.5 = 53.5 %.

    Missing then: 60 % of 400 is 240, less 214: 26 to convert, or 26 / (1 − 0.6) = 65 new ones.
    """
    shelf = Shelf(cast)
    Target.objects.update(due_on=dt.date(2025, 12, 31))
    shelf.roll_up()
    html = read(enter(cast.leader), "indicator", "haiyan", 1)
    row = re.search(r'<tr data-method="linear".*?</tr>', html, flags=re.DOTALL).group()
    text = re.sub(r"<[^>]+>", " ", row)
    assert "53.5%" in text
    assert "自动选用" in text
    assert "不能达标" in text
    assert "差 6.5 个百分点" in text
    assert "65 张" in text
    assert "26 张" in text
    last = re.search(r'<tr data-method="last".*?</tr>', html, flags=re.DOTALL).group()
    assert "50.5%" in last
    assert "近 12 个月有 7 个月报齐，数值逐月变动" in words(html)
    assert '"forecast"' in html


def test_chosen_method_on_the_page_in_its_table_and_in_the_workbook(cast, enter):
    """Chosen 末值: 50.5 % from June to December, in the chart's table and in the export."""
    shelf = Shelf(cast)
    Target.objects.update(due_on=dt.date(2025, 12, 31))
    shelf.roll_up()
    client = enter(cast.county_clerk)
    url = reverse("indicator-projection", args=["haiyan", 1])
    assert "没有保存" in client.post(url, {"method": "crystal_ball"}, follow=True).content.decode()
    assert client.post(url, {"method": "last"}).url == "/plans/haiyan/1/#outlook"
    newest = history_of(shelf.share)[0]
    assert (newest.by, newest.words) == (cast.county_clerk.full_name, ["推算方法：自动 → 末值"])
    assert not RollupRequest.objects.exists()  # it moves no value
    html = read(client, "indicator", "haiyan", 1)
    page = words(html)
    assert f"到期推算方法 末值（指定） {cast.county_clerk.full_name}，" in page.replace("\u3000", " ")
    assert "推算末值（指定）" in page.replace(" ", "")
    table = dict(re.findall(r'data-forecast="([\d-]+)">([^<]*)<', html))
    assert (table["2025-05"], table["2025-06"], table["2025-12"]) == ("—", "50.5", "50.5")
    chart = json.loads(re.search(r'id="trend-data" type="application/json">(.*?)</script>', html).group(1))
    assert chart["forecast_name"] == "推算：末值（指定）"
    assert 'name="method"' in html
    assert 'name="method"' not in read(enter(cast.leader), "indicator", "haiyan", 1)
    answer = enter(cast.leader).get(reverse("plan-export", args=["haiyan"]))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
    at = next(number for number, row in enumerate(rows) if row[0] == "序号")
    cells = dict(zip(rows[at], rows[at + 1], strict=True))
    assert (cells["到期推算"], cells["推算方法"], cells["推算能否达标"]) == (50.5, "末值（指定）", "不能")


@pytest.mark.django_db
def test_documents_carry_the_method(cast):
    """A shipped document may name one; the workbook of the plan brings it back."""
    document = json.loads((settings.BASE_DIR / "fixtures/plans/haiyan.json").read_text())
    assert not any("projection" in each for each in document["indicators"])  # as they are: automatic
    entry = document["indicators"][0] | {"projection": "path"}
    document = document | {"indicators": [entry], "remarks": []}
    document["plan"]["org_unit"] = cast.county.code
    load_plan(document)
    plan = Plan.objects.get(code="haiyan")
    assert plan.indicators.get().projection == "path"
    whole = document_of(plan)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        with path.open("wb") as file:
            write_plan(file, whole)
        sheet = openpyxl.load_workbook(path)["指标"]
        texts = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
        assert "推算方法" in "".join(str(each) for each in texts)
        assert "目标路径" in texts
        back = read_plan(path, "plan.xlsx", current=lambda _: None, fresh=lambda: "new").document
    assert back["indicators"][0]["projection"] == "path"
