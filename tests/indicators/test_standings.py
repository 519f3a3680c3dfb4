"""Standings of the townships: ties, missing reports, nothing to divide by, and which end is the better one."""

import datetime as dt
import io
import re
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eldercare.models import AuditEvent, OrgUnit
from indicators.rollup import roll_up_months
from indicators.rules.standings import places
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan
from tests.indicators.shelf import JUNE, read, words

# unit: beds, nursing beds, of which places unused; None has not reported
FIGURES = {
    "甲镇": (100, 60, 5),
    "乙镇": (200, 120, 40),  # 60 % as well
    "丙镇": (100, 80, 10),
    "丁镇": (0, 0, 0),  # nothing to divide by
    "戊镇": None,
    "己镇": (100, 20, 50),
}


def test_equal_values_share_a_place_and_the_next_is_left_out():
    values = {"a": Decimal(3), "b": Decimal("5.0"), "c": Decimal(5), "d": None, "e": Decimal(1)}
    assert places(values) == {"b": 1, "c": 1, "a": 3, "e": 4}
    assert places(values, lower_is_better=True) == {"e": 1, "a": 2, "b": 3, "c": 3}
    assert places({"d": None}) == {}


@pytest.fixture
def plan(cast):
    beds = make_metric("beds", name="床位数", unit="张")
    make_metric("nursing", name="护理型床位数", unit="张", subset_of=beds)
    make_metric("unused", name="空置床位数", unit="张", subset_of=beds)
    plan = make_plan(cast.county, code="haiyan", title="海盐县规划", short_title="海盐规划")
    make_indicator(plan, "nursing / beds * 100", target="60", name="护理型床位占比")
    make_indicator(plan, "unused / beds * 100", target="10", comparator="<=", name="床位空置率")
    OrgUnit.objects.filter(level="township").update(valid_to=dt.date(2001, 1, 1))
    for number, (name, figures) in enumerate(FIGURES.items()):
        code = f"33042430{number}"
        unit = OrgUnit.objects.create(
            code=code, name=name, level="township", parent=cast.county, path=f"{cast.county.path}{code}/",
            valid_from=dt.date(2000, 1, 1),
        )  # fmt: skip
        if figures:
            named = dict(zip(("beds", "nursing", "unused"), figures, strict=True))
            file_report(unit, JUNE, named, by=cast.county_clerk)
        else:
            file_report(unit, JUNE, {}, by=cast.county_clerk, status="draft")
    roll_up_months([JUNE])
    return plan


def standing(html: str, attribute: str) -> list[tuple[str, str, str]]:
    """Place, unit and the third column of a table's rows."""
    rows = re.findall(rf'<tr {attribute}="\d+">(.*?)</tr>', html, flags=re.DOTALL)
    found = []
    for row in rows:
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, flags=re.DOTALL)
        found.append(tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in cells[:3]))
    return found


def test_standing_of_one_indicator(plan, cast, enter):
    html = read(enter(cast.leader), "plan-standings", "haiyan", indicator=1)
    assert standing(html, "data-place") == [
        ("1", "丙镇", "80.0%"),
        ("2", "甲镇", "60.0%"),
        ("2", "乙镇", "60.0%"),
        ("4", "己镇", "20.0%"),
        ("—", "丁镇", "不适用"),
        ("—", "戊镇", "未报"),
    ]
    assert "数值高的在前" in words(html)


def test_lower_is_better_below_a_ceiling(plan, cast, enter):
    """5, 20, 10 and 50 %."""
    html = read(enter(cast.leader), "plan-standings", "haiyan", indicator=2)
    assert [row[:2] for row in standing(html, "data-place")] == [
        ("1", "甲镇"), ("2", "丙镇"), ("3", "乙镇"), ("4", "己镇"), ("—", "丁镇"), ("—", "戊镇"),
    ]  # fmt: skip
    assert "数值低的在前" in words(html)


def test_standing_over_the_plan(plan, cast, enter):
    """Of two indicators 甲 and 丙 meet both, 乙 one, 己 none."""
    html = read(enter(cast.leader), "plan-standings", "haiyan")
    assert standing(html, "data-standing") == [
        ("1", "甲镇", "100.0%"),
        ("1", "丙镇", "100.0%"),
        ("3", "乙镇", "50.0%"),
        ("4", "己镇", "0.0%"),
        ("—", "丁镇", "不适用"),
        ("—", "戊镇", "未报"),
    ]


def test_indicator_that_is_not_there_is_said(plan, cast, enter):
    for text in ("99", "x"):
        html = read(enter(cast.leader), "plan-standings", "haiyan", indicator=text)
        assert f"第“{text}”项没有分镇（街道）的数值" in words(html)


def test_workbook_holds_both_tables(plan, cast, enter):
    answer = enter(cast.leader).get(reverse("plan-standings-export", args=["haiyan"]))
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    overall, each = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    assert ("3", "乙镇", 50) in [row[:3] for row in overall] or (3, "乙镇", 50) in [
        row[:3] for row in overall
    ]
    assert [str(row[2]) for row in each if row[3] == "乙镇"] == ["2", "3"]
    assert [str(row[2]) for row in each if row[3] == "戊镇"] == ["未报", "未报"]
    assert AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT).count() == 1


def test_queries_do_not_grow_with_indicators(plan, cast, enter):
    client = enter(cast.leader)
    address = reverse("plan-standings", args=["haiyan"])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(8):
        make_indicator(plan, "nursing / beds * 100", target=str(number), name=f"第{number}项")
    roll_up_months([JUNE])
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def test_township_sees_itself_and_no_standing(plan, cast, enter):
    cast.township_clerk.org_unit.__class__.objects.filter(pk=cast.township.pk).update(valid_to=None)
    html = words(read(enter(cast.township_clerk), "plan-standings", "haiyan"))
    assert "还没有汇总数据" in html or "没有可以比较的单位" in html
    assert "丙镇" not in html
