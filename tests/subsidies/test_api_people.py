"""People through the API: a scope of their own, masked numbers, every look in the log."""

import datetime as dt

import pytest

from eldercare.identity import synthetic_id
from eldercare.models import AuditEvent
from tests.eldercare.test_tokens import bearer, issue
from tests.subsidies.factories import make_elder, make_tag

PEOPLE = "/api/v1/people/"
BORN = dt.date(1941, 3, 2)
NUMBER = synthetic_id(BORN, 211)


@pytest.fixture
def elder(cast):
    elder = make_elder(cast.township, "王阿婆", id_number=NUMBER, born=BORN)
    make_tag(elder, "low_income")
    make_elder(cast.other_township, "李阿公", id_number=synthetic_id(BORN, 222), born=BORN)
    return elder


def client_of(user, *scopes: str):
    return bearer(issue(user, *scopes)[1])


def test_numbers_are_masked_and_the_look_is_in_the_log(cast, elder):
    answer = client_of(cast.township_clerk, "people:read").get(PEOPLE)
    (found,) = answer.json()["results"]
    assert (found["name"], found["tags"], found["org_unit"]) == ("王阿婆", ["低保"], "330424101")
    assert "*" in found["id_number"]
    assert NUMBER not in answer.content.decode()
    event = AuditEvent.objects.filter(action="person").get()
    assert (event.user, event.detail["credential"]) == (cast.township_clerk, "统计脚本")
    assert "王阿婆" not in event.subject


def test_other_scopes_open_nobody(cast, elder):
    client = client_of(cast.township_clerk, "indicators:read", "reports:write", "ledgers:write")
    for address in (PEOPLE, f"{PEOPLE}{elder.pk}/"):
        assert client.get(address).status_code == 403


def test_full_numbers_need_their_scope_and_are_recorded_one_by_one(cast, elder):
    refused = client_of(cast.county_clerk, "people:read").get(PEOPLE, {"in_full": "true"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert not AuditEvent.objects.filter(action="reveal").exists()
    client = client_of(cast.county_clerk, "people:full")
    assert NUMBER not in client.get(PEOPLE).content.decode()
    answer = client.get(PEOPLE, {"in_full": "true"})
    assert {each["id_number"] for each in answer.json()["results"]} == {NUMBER, synthetic_id(BORN, 222)}
    events = AuditEvent.objects.filter(action="reveal", user=cast.county_clerk)
    assert {each.subject for each in events} >= {f"老年人 编号 {elder.pk}"}
    assert {each.detail["reason"] for each in events} == {"每月取数"}
    assert events.count() == 2


def test_the_days_limit_holds_for_programs(cast, elder, settings):
    settings.REVEAL_DAILY_LIMIT = 1
    client = client_of(cast.county_clerk, "people:full")
    answer = client.get(PEOPLE, {"in_full": "true"})
    assert answer.status_code == 409
    assert "今天还可看 1 人" in answer.json()["detail"]
    assert NUMBER not in answer.content.decode()
    assert client.get(f"{PEOPLE}{elder.pk}/", {"in_full": "true"}).json()["id_number"] == NUMBER
    assert client.get(f"{PEOPLE}{elder.pk}/", {"in_full": "true"}).status_code == 409


def test_a_person_in_the_browser_is_shown_numbers_on_the_page_only(cast, elder, enter):
    answer = enter(cast.county_clerk).get(PEOPLE, {"in_full": "true"})
    assert answer.status_code == 403


def test_a_page_of_people_costs_a_fixed_number_of_queries(cast, elder, django_assert_max_num_queries):
    client = client_of(cast.county_clerk, "people:read")
    client.get(PEOPLE)
    with django_assert_max_num_queries(7):
        assert len(client.get(PEOPLE).json()["results"]) == 2
