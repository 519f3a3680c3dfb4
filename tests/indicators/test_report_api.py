"""One cell at a time: what the page's script asks and what it is told."""

import json
import re

import pytest
from django.test import Client

from eldercare.models import AuditEvent
from indicators.models import MetricEntry, MonthlyReport

BAD_TEXTS = [
    ("-3", "不能小于 0"),
    ("12.5", "请填整数"),
    ("很多", "不是数字"),
    ("1e400", "科学计数法"),
    ("9" * 10_000, "整数部分最多 14 位"),
    ("x" * 10_000, "不是数字"),
    ("80%", "百分号"),
    ("1,2,3", "逗号位置不对"),
]


def put(client: Client, url: str, **body):
    return client.put(
        url, json.dumps(body), content_type="application/json", headers={"accept": "application/json"}
    )


@pytest.fixture
def cell(desk, enter):
    """``cell(code, value=…)`` saves a cell as the township's clerk."""
    client = enter(desk.clerk)
    return lambda code, **body: put(client, desk.url(f"cells/{code}/"), **body)


def test_a_figure_is_saved_and_comes_back_as_it_is_stored(desk, cell):
    answer = cell("institution_beds", value="１，２００", seen="")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["value"], body["display"], body["change"]) == ("1200", "1,200", "+900.0%")
    assert (body["filled"], body["owed"]) == (1, 4)
    assert desk.figure("institution_beds") == 1200


def test_findings_of_the_whole_report_come_along(desk, cell):
    cell("institution_beds", value="120")
    body = cell("nursing_beds", value="121").json()
    assert [(f["code"], f["hard"]) for f in body["findings"]] == [
        ("nursing_beds", True),
        ("nursing_beds", False),
    ]
    assert cell("institution_beds", value="125").json()["findings"][0]["hard"] is False


def test_a_reason_settles_a_finding(desk, cell):
    assert cell("care_staff", value="60").json()["findings"] != []
    body = cell("care_staff", value="60", seen="60", reason="新院投用").json()
    assert (body["findings"], body["reason"]) == ([], "新院投用")


def test_empty_and_zero_are_different(desk, cell):
    assert cell("care_staff", value="0").json()["filled"] == 1
    body = cell("care_staff", value="", seen="0").json()
    assert (body["filled"], body["value"], body["change"]) == (0, "", "—")
    assert desk.figure("care_staff") is None


@pytest.mark.parametrize(("text", "words"), BAD_TEXTS)
def test_bad_input_is_told_in_words_and_stores_nothing(desk, cell, text, words):
    desk.save(care_staff="35")
    answer = cell("care_staff", value=text, seen="35")
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert desk.figure("care_staff") == 35


def test_who_comes_second_is_told_what_the_first_saved(desk, cell):
    desk.save(care_staff="40", by=desk.county_clerk)
    answer = cell("care_staff", value="41", seen="")
    assert answer.status_code == 409
    assert answer.json()["theirs"] == {"value": "40", "display": "40", "by": "张映雪", "reason": ""}
    assert "张映雪" in answer.json()["detail"]
    assert cell("care_staff", value="41", seen="40").status_code == 200
    assert desk.figure("care_staff") == 41


def test_a_report_that_was_handed_in_meanwhile_refuses(desk, cell):
    MonthlyReport.objects.filter(pk=desk.report.pk).update(status="submitted")
    answer = cell("care_staff", value="41", seen="")
    assert answer.status_code == 409
    assert "现在不能修改" in answer.json()["detail"]
    assert "theirs" not in answer.json()


@pytest.mark.parametrize("code", ["no_such_metric", "lottery_fund", "not_collected"])
def test_a_metric_that_the_unit_does_not_owe_is_not_found(desk, cell, code):
    answer = cell(code, value="1")
    assert answer.status_code == 404
    assert code in answer.json()["detail"]
    assert not MetricEntry.objects.filter(report=desk.report).exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/reports/2025-13/330424101/cells/care_staff/", "应在 1 到 12 之间"),
        ("/reports/2026-07/330424101/cells/care_staff/", "还没有到"),
        ("/reports/2026-06/999999999/cells/care_staff/", "没有代码为“999999999”的填报单位"),
        ("/reports/2026-06/330424101201/cells/care_staff/", "没有代码为“330424101201”的填报单位"),
        ("/reports/2026-04/330424101/cells/care_staff/", "还没有开启"),
    ],
)
def test_addresses_that_name_nothing_are_explained(desk, enter, url, words):
    answer = put(enter(desk.clerk), url, value="1")
    assert answer.status_code == 404
    assert words in answer.json()["detail"]


def test_another_townships_report_looks_as_if_it_did_not_exist(desk, enter):
    other = put(enter(desk.cast.other_township_clerk), desk.url("cells/care_staff/"), value="1")
    nowhere = put(
        enter(desk.cast.other_township_clerk), "/reports/2026-06/330424999/cells/care_staff/", value="1"
    )
    assert (other.status_code, nowhere.status_code) == (404, 404)
    assert other.json()["detail"].replace("330424101", "") == nowhere.json()["detail"].replace(
        "330424999", ""
    )


@pytest.mark.parametrize("role", ["leader", "county_reviewer", "administrator", "auditor"])
def test_roles_that_do_not_enter_are_refused(desk, enter, role):
    answer = put(enter(getattr(desk.cast, role)), desk.url("cells/care_staff/"), value="1")
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("application/json")


def test_without_a_session_the_script_is_told_to_sign_in(desk, client):
    answer = put(client, desk.url("cells/care_staff/"), value="1")
    assert answer.status_code == 401
    assert "登录" in answer.json()["detail"]


def test_without_the_csrf_token_nothing_is_written(desk, enter):
    answer = put(enter(desk.clerk, enforce_csrf_checks=True), desk.url("cells/care_staff/"), value="1")
    assert answer.status_code == 403
    assert desk.figure("care_staff") is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"value": None},
        {"value": ["1"]},
        {"value": {"a": 1}},
        {"value": "1", "seen": "abc"},
        {"value": "1", "seen": "sNaN"},
        {"value": "1", "seen": "1e9"},
        {"value": "1", "reason": "长" * 201},
    ],
)
def test_a_malformed_body_is_refused_and_stores_nothing(desk, cell, body):
    answer = cell("care_staff", **body)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert desk.figure("care_staff") is None


@pytest.mark.parametrize(
    "body", ["{", "[" * 100_000, '{"value": "\\u0000"}', '{"value": "1", "reason": "\\u0000"}']
)
def test_what_is_no_json_is_refused_in_chinese(desk, enter, body):
    answer = enter(desk.clerk).put(desk.url("cells/care_staff/"), body, content_type="application/json")
    assert answer.status_code == 400
    assert "请" in answer.json()["detail"]
    assert desk.figure("care_staff") is None


def test_one_cell_costs_few_queries_however_many_are_filled(desk, enter, django_assert_max_num_queries):
    client = enter(desk.clerk)
    desk.save(**desk.good)
    put(client, desk.url("cells/care_staff/"), value="36")
    with django_assert_max_num_queries(24):
        put(client, desk.url("cells/care_staff/"), value="37", seen="36")


def test_without_an_accept_header_the_refusals_are_json_too(desk, client, enter):
    address = desk.url("cells/care_staff/")
    assert client.put(address, "{}").json() == {"detail": "请先登录。"}
    assert "不支持" in enter(desk.clerk).get(address).json()["detail"]
    stale = enter(desk.clerk, enforce_csrf_checks=True).put(address, "{}", content_type="application/json")
    assert "页面已失效" in stale.json()["detail"]


def test_who_saved_from_where_is_in_the_log(desk, enter):
    put(enter(desk.clerk, REMOTE_ADDR="10.1.2.3"), desk.url("cells/care_staff/"), value="36")
    assert AuditEvent.objects.latest("pk").address == "10.1.2.3"


def test_an_empty_body_is_refused_in_chinese(desk, enter):
    answer = enter(desk.clerk).put(desk.url("cells/care_staff/"), "", content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("填报内容无法识别：")
    assert not re.search("[A-Za-z]", answer.json()["detail"])
