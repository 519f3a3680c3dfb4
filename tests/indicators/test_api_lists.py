"""Lists of the API: filters, pages, what has changed since; and exports."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from defusedxml import ElementTree as ET
from django.utils import timezone

from indicators.models import Indicator, IndicatorValue, MetricValue
from indicators.rollup import roll_up_month
from tests.indicators.factories import make_indicator, make_metric
from tests.indicators.test_api_reports import client_of

VALUES = "/api/v1/indicator-values/"
ADX = "{urn:ihe:qrph:adx:2015}"


@pytest.fixture
def published(desk):
    """One ratio of two townships' approved reports of May, 80 of 120 beds each."""
    indicator = make_indicator(desk.plan, "nursing_beds / institution_beds * 100", target="60")
    make_metric("lonely", name="没有报的")
    roll_up_month(dt.date(2026, 5, 1))
    return indicator


@pytest.fixture
def program(desk):
    return client_of(desk.cast.leader)


def rows(client, address: str) -> list[dict]:
    """Every page, one after the other."""
    found = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        found += body["results"]
        parts = urlsplit(body["next"] or "")
        address = f"{parts.path}?{parts.query}" if body["next"] else ""
    return found


def test_an_indicator_comes_with_both_sides_of_its_division(published, program):
    (county,) = rows(program, f"{VALUES}?org_unit=330424&below=false&month=2026-05")
    assert (Decimal(county["numerator"]), Decimal(county["denominator"])) == (160, 240)
    assert county["value"].startswith("66.6666")
    assert (county["target"], county["reported"], county["owed"]) == ("60", 2, 2)
    assert county["indicator"] == published.document_code


def test_own_figures_and_totals_are_told_apart(published, program):
    found = rows(program, "/api/v1/metric-values/?metric=institution_beds&month=2026-05")
    assert {(each["org_unit"], each["source"], each["value"]) for each in found} == {
        ("330424101", "own", "120"),
        ("330424102", "own", "120"),
        ("330424", "total", "240"),
    }


def test_pages_hold_every_row_once(published, program):
    whole = rows(program, "/api/v1/metric-values/")
    assert len(whole) == MetricValue.objects.count() > 5
    assert rows(program, "/api/v1/metric-values/?limit=2") == whole


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("limit=501", "limit", "500"),
        ("limit=0", "limit", "1"),
        ("limit=x", "limit", "整数"),
        ("cursor=zzz", "cursor", "翻页标记无效"),
        ("cursor=a99" + "9" * 30, "cursor", "翻页标记无效"),
        ("month=2026-13", "month", "2026-06 的样子"),
        ("month=2026-6", "month", "2026-06 的样子"),
        ("moth=2026-06", "moth", "没有这个查询条件"),
        ("month=2026-05&month=2026-06", "month", "只能写一次"),
        ("changed_since=gestern", "changed_since", "格式"),
        ("org_unit=330402", "org_unit", "不在查看范围内"),
        ("org_unit=%00", "org_unit", ""),
        ("status=good", "status", "good"),
        ("published_on=2026-02-30", "published_on", "格式"),
    ],
)
def test_a_condition_that_is_wrong_is_said_and_not_left_out(published, program, query, field, words):
    answer = program.get(f"{VALUES}?{query}")
    assert answer.status_code == 400
    assert words in answer.json()["fields"][field][0]
    assert answer.json()["detail"].startswith(f"{field}：")


def test_only_what_has_changed_since(published, program):
    now = timezone.now().isoformat()
    assert program.get(VALUES, {"changed_since": now}).json()["results"] == []
    value = IndicatorValue.objects.filter(org_unit__code="330424101").get()
    IndicatorValue.objects.filter(pk=value.pk).update(computed_at=timezone.now())
    (found,) = program.get(VALUES, {"changed_since": now}).json()["results"]
    assert found["org_unit"] == "330424101"


def test_reports_have_changed_when_their_history_says_so(desk, program):
    """The history is written by the database, whose clock no test sets."""
    ask = {"changed_since": "2999-01-01T00:00:00+08:00"}
    assert program.get("/api/v1/reports/", ask).json()["results"] == []
    ask = {"changed_since": "2000-01-01T00:00:00+08:00", "status": "draft"}
    (found,) = program.get("/api/v1/reports/", ask).json()["results"]
    assert (found["org_unit"], found["month"], found["state"]) == ("330424101", "2026-06", "填报中")


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (VALUES, 5),
        ("/api/v1/metric-values/", 4),
        ("/api/v1/reports/", 4),
        ("/api/v1/indicators/", 5),
        ("/api/v1/metrics/", 4),
        ("/api/v1/org-units/", 4),
    ],
)
def test_a_page_costs_the_same_whatever_is_on_it(
    published, program, address, queries, django_assert_max_num_queries
):
    program.get(address)
    with django_assert_max_num_queries(queries):
        assert program.get(address).json()["results"]


def test_indicators_bring_their_targets(published, program):
    (found,) = rows(program, "/api/v1/indicators/?plan=plan")
    assert [(each["value"], each["comparator"]) for each in found["targets"]] == [("60", ">=")]
    assert program.get(f"/api/v1/indicators/plan/{published.number}/").json() == found


# --- Exports ----------------------------------------------------------------------------------------------------


def stream(client, kind: str, query: str = "") -> bytes:
    answer = client.get(f"{VALUES}export/{kind}/{query}")
    assert answer.status_code == 200
    assert answer.streaming
    return b"".join(answer.streaming_content)


def test_exports_hold_what_the_list_holds(published, program):
    listed = rows(program, VALUES)
    text = stream(program, "csv").decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    wanted = sorted((each["org_unit"], each["month"], each["value"] or "") for each in listed)
    assert sorted((each["org_unit"], each["month"], each["value"]) for each in table) == wanted
    answer = program.get(f"{VALUES}export/json/")
    found = json.loads(b"".join(answer.streaming_content))["results"]
    assert sorted(found, key=str) == sorted(listed, key=str)


def test_adx_is_what_dhis2_reads(published, program):
    root = ET.fromstring(stream(program, "adx", "?month=2026-05"))
    assert root.tag == f"{ADX}adx"
    assert dt.datetime.fromisoformat(root.get("exported")).tzinfo
    groups = {each.get("orgUnit"): each for each in root.findall(f"{ADX}group")}
    assert set(groups) == {"330424", "330424101", "330424102"}
    county = groups["330424"]
    assert (county.get("period"), county.get("dataSet")) == ("2026-05-01/P1M", "plan")
    (value,) = county
    assert value.tag == f"{ADX}dataValue"
    assert value.get("dataElement") == published.document_code
    assert Decimal(value.get("value")).quantize(Decimal("0.01")) == Decimal("66.67")


def test_a_value_that_is_not_there_is_left_out_of_adx(published, program):
    IndicatorValue.objects.update(value=None)
    assert len(ET.fromstring(stream(program, "adx"))) == 0
    assert stream(program, "csv").count(b"\r\n") == 1 + IndicatorValue.objects.count()


def test_a_document_code_that_begins_like_a_formula_is_text_in_a_spreadsheet(published, program):
    for code in ("=HYPERLINK(1)", "@SUM(1)", " +1+1", "-cmd", "＝1+1"):
        Indicator.objects.filter(pk=published.pk).update(document_code=code)
        table = csv.DictReader(io.StringIO(stream(program, "csv").decode("utf-8-sig")))
        assert f"'{code}" in {each["indicator"] for each in table}
    IndicatorValue.objects.update(value=Decimal("-3.5"))
    table = csv.DictReader(io.StringIO(stream(program, "csv").decode("utf-8-sig")))
    assert {Decimal(each["value"]) for each in table} == {Decimal("-3.5")}


def test_an_export_keeps_within_the_township(desk, published):
    township = client_of(desk.clerk)
    text = stream(township, "csv").decode("utf-8-sig")
    assert {each["org_unit"] for each in csv.DictReader(io.StringIO(text))} == {"330424101"}
