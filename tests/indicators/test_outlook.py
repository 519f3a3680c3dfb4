"""The value at the due date by three methods, which one is taken and why, and what the page says of it."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from indicators.models import Target
from indicators.rules.months import add_months
from indicators.rules.outlook import Method, Reason, outlook
from tests.indicators.shelf import Shelf, read, words

JANUARY = dt.date(2024, 1, 1)
DUE = dt.date(2025, 6, 30)


def looked(*values, target="60", comparator=">=", due=DUE, path=None, ceiling=None):
    points = [(add_months(JANUARY, step), Decimal(str(value))) for step, value in enumerate(values)]
    return outlook(
        points,
        target=Decimal(target),
        comparator=comparator,
        due_on=due,
        path=None if path is None else Decimal(path),
        ceiling=None if ceiling is None else Decimal(ceiling),
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
