"""Monthly reports through the API: the actions of the pages, and what guards them against doing a thing twice."""

import json
import threading

import pytest
from django.db import connection
from django.test import Client

from eldercare import tokens
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.scopes import scopes_of
from indicators.models import MetricEntry, ReportEvent
from tests.eldercare.test_tokens import bearer, issue

LIST = "/api/v1/reports/"


def client_of(user, *scopes: str) -> Client:
    return bearer(issue(user, *(scopes or [str(each) for each in scopes_of(user.role)]))[1])


def send(client: Client, method: str, address: str, body: object = None, **headers: str):
    return getattr(client, method)(
        address,
        json.dumps({} if body is None else body),
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@pytest.fixture
def address(desk) -> str:
    return f"/api/v1/reports/2026-06/{desk.cast.township.code}/"


@pytest.fixture
def program(desk) -> Client:
    return client_of(desk.clerk)


def fill(program: Client, address: str, **figures: str):
    body = {"figures": [{"metric": code, "value": value} for code, value in figures.items()]}
    return send(program, "patch", f"{address}figures/", body)


# --- The way of a report ----------------------------------------------------------------------------------------


def test_a_report_is_filled_in_submitted_returned_and_approved(desk, program, address):
    assert fill(program, address, **desk.good).status_code == 200
    answer = send(program, "post", f"{address}submit/")
    assert (answer.status_code, answer.json()["status"], answer.json()["missing"]) == (200, "submitted", [])
    reviewer = client_of(desk.reviewer)
    remark = {"remarks": {"care_staff": "请核对人数"}, "note": "请改"}
    answer = send(reviewer, "post", f"{address}return/", remark)
    assert answer.json()["remarks"][0]["text"] == "请核对人数"
    assert answer.json()["status"] == "returned"
    fill(program, address, care_staff="36")
    send(program, "post", f"{address}submit/")
    assert send(reviewer, "post", f"{address}approve/").json()["status"] == "approved"
    assert ReportEvent.objects.filter(report=desk.report).count() == 4
    answer = send(reviewer, "post", f"{address}reopen/", {"note": "数据有误"})
    assert answer.json()["state"] == "已退回"


def test_a_refusal_says_what_the_page_says(desk, program, address):
    answer = send(program, "post", f"{address}submit/")
    assert answer.status_code == 409
    assert answer.json() == {"detail": "月报还是空的，请先填报数据。", "code": "refused", "fields": {}}
    fill(program, address, institution_beds="120", nursing_beds="130")
    report = program.get(address).json()
    first = report["checks"][0]
    assert (first["metric"], first["is_hard"]) == ("nursing_beds", True)
    assert report["missing"] == ["care_staff", "home_adaptations"]


def test_who_filled_in_does_not_approve(desk, address):
    both = client_of(desk.county_clerk)
    fill(both, address, **desk.good)
    send(both, "post", f"{address}submit/")
    answer = send(both, "post", f"{address}approve/")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert desk.status() == "submitted"


def test_figures_are_written_all_or_none(desk, program, address):
    answer = fill(program, address, institution_beds="120", care_staff="很多", nursing_beds="-1")
    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "invalid"
    assert set(body["fields"]) == {"care_staff", "nursing_beds"}
    assert "不能小于 0" in body["fields"]["nursing_beds"][0]
    assert not MetricEntry.objects.filter(report=desk.report).exists()


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ([{"metric": "no_such", "value": "1"}], "没有代码为“no_such”的指标"),
        ([{"metric": "lottery_fund", "value": "1"}], "没有代码为“lottery_fund”的指标"),
        ([{"metric": "care_staff", "value": "1"}] * 2, "写了两次"),
        ([{"metric": "care_staff"}], "必填"),
        ([], "1"),
        ("care_staff", "列表"),
    ],
)
def test_a_body_that_is_wrong_names_its_fields(desk, program, address, figures, words):
    answer = send(program, "patch", f"{address}figures/", {"figures": figures})
    assert answer.status_code == 422
    assert words in json.dumps(answer.json()["fields"], ensure_ascii=False)


def test_an_empty_text_is_not_reported_and_nought_is_nought(desk, program, address):
    fill(program, address, institution_beds="0", care_staff="7")
    answer = fill(program, address, care_staff="")
    assert [(each["metric"], each["value"]) for each in answer.json()["figures"]] == [
        ("institution_beds", "0")
    ]


def test_the_log_tells_of_the_program_as_of_the_person(desk, program, address):
    fill(program, address, care_staff="7")
    event = AuditEvent.objects.filter(action="figure").latest("pk")
    assert (event.user, event.org_unit) == (desk.clerk, desk.cast.township)
    entry = MetricEntry.pgh_event_model.objects.latest("pgh_id")
    assert entry.pgh_context.metadata["credential"].startswith("统计脚本（…")


# --- The state that was read ------------------------------------------------------------------------------------


def test_what_was_changed_meanwhile_is_not_overwritten(desk, program, address):
    fill(program, address, care_staff="35")
    seen = program.get(address)["ETag"]
    desk.save(care_staff="36")
    body = {"figures": [{"metric": "care_staff", "value": "37"}]}
    answer = send(program, "patch", f"{address}figures/", body, If_Match=seen)
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert desk.figure("care_staff") == 36
    now = program.get(address)["ETag"]
    answer = send(program, "patch", f"{address}figures/", body, If_Match=now)
    assert (answer.status_code, desk.figure("care_staff")) == (200, 37)
    assert answer["ETag"] not in (seen, now)
    assert send(program, "post", f"{address}submit/", If_Match=now).status_code == 412


def test_who_has_the_newest_answer_gets_none(desk, program, address):
    first = program.get(address)
    again = program.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    listed = program.get(LIST)
    assert program.get(LIST, headers={"If-None-Match": listed["ETag"]}).status_code == 304
    desk.save(care_staff="35")
    assert program.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


# --- Done once --------------------------------------------------------------------------------------------------


def test_a_request_that_comes_again_is_done_once_and_answered_alike(desk, program, address):
    fill(program, address, **desk.good)
    first = send(program, "post", f"{address}submit/", Idempotency_Key="june-1")
    again = send(program, "post", f"{address}submit/", Idempotency_Key="june-1")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert (again["Idempotent-Replay"], again["ETag"]) == ("true", first["ETag"])
    assert not first.has_header("Idempotent-Replay")
    assert ReportEvent.objects.filter(report=desk.report).count() == 1


def test_a_refusal_is_given_again_too(desk, program, address):
    first = send(program, "post", f"{address}submit/", Idempotency_Key="k")
    desk.save(**desk.good)
    again = send(program, "post", f"{address}submit/", Idempotency_Key="k")
    assert (first.status_code, again.status_code, again.json()) == (409, 409, first.json())
    assert send(program, "post", f"{address}submit/", Idempotency_Key="another").status_code == 200


def test_a_key_is_for_one_request_of_one_owner(desk, program, address):
    fill(program, address, **desk.good)
    send(program, "post", f"{address}submit/", Idempotency_Key="k")
    other = send(program, "post", f"{address}submit/", {"allow_missing": True}, Idempotency_Key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = send(program, "post", f"{address}withdraw/", Idempotency_Key="k")
    assert elsewhere.status_code == 422
    county = client_of(desk.county_clerk)
    assert send(county, "post", f"{address}withdraw/", Idempotency_Key="k").json()["status"] == "draft"


def test_an_answer_is_not_given_again_about_a_unit_that_is_out_of_sight(desk, address, enter):
    """The person moves to another township, the township to another county: an answer given before tells of it."""
    fill(client_of(desk.clerk), address, **desk.good)
    browser, county = enter(desk.clerk), client_of(desk.county_clerk)
    for client in (browser, county):
        send(client, "post", f"{address}submit/", Idempotency_Key="k")
        again = send(client, "post", f"{address}submit/", Idempotency_Key="k")
        assert again["Idempotent-Replay"] == "true"
    User.objects.filter(pk=desk.clerk.pk).update(org_unit=desk.cast.other_township)
    OrgUnit.objects.filter(pk=desk.cast.township.pk).update(path=f"/330482/{desk.cast.township.code}/")
    for client in (browser, county):
        answer = send(client, "post", f"{address}submit/", Idempotency_Key="k")
        assert (answer.status_code, "figures" in answer.json()) == (404, False)


@pytest.mark.parametrize("key", ["", "a b", "x" * 101, "键"])
def test_a_key_that_is_none_is_refused(desk, program, address, key):
    answer = send(program, "post", f"{address}submit/", Idempotency_Key=key)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]


@pytest.mark.django_db(transaction=True)
def test_two_that_come_at_once_are_one(desk, program, address):
    fill(program, address, **desk.good)
    answers = []

    def submit() -> None:
        try:
            client = Client(headers={"authorization": program.defaults["HTTP_AUTHORIZATION"]})
            answers.append(send(client, "post", f"{address}submit/", Idempotency_Key="both"))
        finally:
            connection.close()

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each.status_code for each in answers] == [200] * 4
    assert sum(each.has_header("Idempotent-Replay") for each in answers) == 3
    assert ReportEvent.objects.filter(report=desk.report).count() == 1


# --- How often, how much ----------------------------------------------------------------------------------------


def test_each_token_has_its_own_number_of_requests_a_minute(desk, program, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    assert [program.get(LIST).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = program.get(LIST)
    assert answer.json()["code"] == "throttled"
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert client_of(desk.reviewer).get(LIST).status_code == 200


def test_the_browser_of_a_person_is_counted_too_and_pages_are_not(desk, clerk, settings):
    settings.API_REQUESTS_PER_MINUTE = 1
    assert [clerk.get(LIST).status_code for _ in range(2)] == [200, 429]
    assert clerk.get("/reports/").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[" * 100_000, 400),
        ('{"figures": ' + "[" * 30 + "]" * 30 + "}", 400),
        ('{"figures": "\\ud800"}', 400),
        ('{"figures": "\\u0000"}', 400),
        ("{", 400),
        ("x" * 3_000_000, 413),
    ],
    ids=range(6),
)
def test_a_body_that_cannot_be_read_is_refused(desk, program, address, body, status):
    answer = program.patch(f"{address}figures/", body, content_type="application/json")
    assert answer.status_code == status
    assert set(answer.json()) == {"detail", "code", "fields"}


def test_the_browser_needs_its_mark_against_forgery_and_a_program_does_not(desk, enter, address):
    forged = enter(desk.clerk, enforce_csrf_checks=True)
    assert send(forged, "post", f"{address}submit/").status_code == 403
    secret = issue(desk.clerk, "reports:write")[1]
    program = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {secret}"})
    assert send(program, "post", f"{address}submit/").status_code == 409


# --- Outside ----------------------------------------------------------------------------------------------------


def test_a_township_bound_token_of_the_county_writes_for_that_township_only(desk):
    _, secret = tokens.issue_personal(
        by=desk.county_clerk,
        name="镇里的程序",
        purpose="报数",
        scopes=["reports:write"],
        org_unit=desk.cast.township,
        expires_on=issue(desk.county_clerk)[0].expires_on,
    )
    program = bearer(secret)
    other = f"/api/v1/reports/2026-06/{desk.cast.other_township.code}/"
    answer = fill(program, other, care_staff="1")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert {each["org_unit"] for each in program.get(LIST).json()["results"]} == {desk.cast.township.code}
