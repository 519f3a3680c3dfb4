"""A masked number in full: asked for with a reason, recorded without the number, a limited number of times."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.urls import reverse

from eldercare import reveal
from eldercare.identity import synthetic_id
from eldercare.models import AuditEvent
from facilities.models import Caregiver, WaitingEntry
from tests.facilities.factories import make_bed, make_caregiver, make_facility, make_post, make_stay

NUMBER = synthetic_id(dt.date(1979, 5, 6), 12)
MASKED = NUMBER[:6] + "*" * 8 + NUMBER[-4:]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def person(cast) -> Caregiver:
    someone = make_caregiver("沈青禾", id_number=NUMBER, phone="13957300000")
    make_post(make_facility(cast.township), someone)
    return someone


def address(thing, field="id_number", kind="caregiver") -> str:
    return reverse("number-reveal", kwargs={"kind": kind, "pk": thing.pk, "field": field})


def shown_events():
    return AuditEvent.objects.filter(action=AuditEvent.Action.REVEAL)


def test_asking_alone_shows_nothing(cast, enter, person):
    page = enter(cast.township_clerk).get(address(person)).content.decode()
    assert MASKED in page
    assert NUMBER not in page
    assert not shown_events().exists()


def test_with_a_reason_the_number_is_shown_and_recorded_without_it(cast, enter, person):
    answer = enter(cast.township_clerk).post(address(person), {"reason": "核对证件"})
    assert NUMBER in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    event = shown_events().get()
    assert event.user == cast.township_clerk
    assert event.subject == f"从业人员 编号 {person.pk}"
    assert event.detail == {"field": "证件号码", "reason": "核对证件"}
    assert NUMBER not in f"{event.subject}{event.detail}"


def test_the_number_is_shown_once_and_asked_for_again(cast, enter, person):
    client = enter(cast.township_clerk)
    client.post(address(person), {"reason": "核对证件"})
    assert NUMBER not in client.get(address(person)).content.decode()
    client.post(address(person), {"reason": "再次核对"})
    assert shown_events().count() == 2


@pytest.mark.parametrize("reason", ["", "   ", "。", "。。。。"])
def test_without_a_proper_reason_it_stays_masked(cast, enter, person, reason):
    page = enter(cast.township_clerk).post(address(person), {"reason": reason}).content.decode()
    assert NUMBER not in page
    assert "查看事由" in page
    assert not shown_events().exists()


def test_a_number_typed_as_reason_is_not_kept(cast, enter, person):
    enter(cast.township_clerk).post(address(person), {"reason": f"核对 {NUMBER}"})
    assert NUMBER not in str(shown_events().get().detail)


def test_another_township_is_told_nothing(cast, enter, person):
    client = enter(cast.other_township_clerk)
    assert client.post(address(person), {"reason": "核对证件"}).status_code == 404
    assert client.post(address(person, "name"), {"reason": "核对证件"}).status_code == 404
    assert not shown_events().exists()


@pytest.mark.parametrize("who", ["county_reviewer", "leader", "administrator", "auditor"])
def test_who_does_not_work_with_the_ledgers_sees_no_number(cast, enter, person, who):
    answer = enter(cast.everybody[who]).post(address(person), {"reason": "核对证件"})
    assert answer.status_code == 403


def test_the_daily_quota_is_for_one_account_and_one_day(cast, enter, person, settings):
    settings.REVEAL_DAILY_LIMIT = 2
    client = enter(cast.township_clerk)
    for _ in range(2):
        assert NUMBER in client.post(address(person), {"reason": "核对证件"}).content.decode()
    page = client.post(address(person), {"reason": "核对证件"}).content.decode()
    assert NUMBER not in page
    assert "每日上限" in page
    assert shown_events().count() == 2
    other = enter(cast.county_clerk).post(address(person), {"reason": "核对证件"})
    assert NUMBER in other.content.decode()
    assert reveal.used_today(cast.township_clerk) == 2
    assert reveal.used_today(cast.township_clerk, dt.date(2020, 1, 1)) == 2  # all since then
    tomorrow = dt.date.today() + dt.timedelta(days=2)
    assert reveal.used_today(cast.township_clerk, tomorrow) == 0


def test_with_htmx_only_the_piece_in_its_place_comes_back(cast, enter, person):
    client = enter(cast.township_clerk)
    piece = client.get(address(person), headers=HTMX).content.decode()
    assert "<html" not in piece
    assert "<form" in piece
    piece = client.post(address(person), {"reason": "核对证件"}, headers=HTMX).content.decode()
    assert NUMBER in piece
    assert "<html" not in piece
    piece = client.get(f"{address(person)}?closed", headers=HTMX).content.decode()
    assert MASKED in piece
    assert NUMBER not in piece
    assert "查看" in piece


def test_stays_and_waiting_entries_can_be_asked_for_too(cast, enter):
    facility = make_facility(cast.township)
    stay = make_stay(make_bed(facility), id_number=NUMBER)
    waiting = WaitingEntry.objects.create(
        facility=facility, name="测试老人", id_number=NUMBER, phone="0573-86012345",
        asked_on=dt.date(2025, 1, 1), position=1, reason=WaitingEntry.Reason.AGE,
    )  # fmt: skip
    client, reason = enter(cast.township_clerk), {"reason": "联系本人或家属"}
    assert NUMBER in client.post(address(stay, kind="stay"), reason).content.decode()
    assert "0573-86012345" in client.post(address(waiting, "phone", "waiting"), reason).content.decode()
    assert enter(cast.other_township_clerk).get(address(stay, kind="stay")).status_code == 404


def test_the_tag_shows_the_link_to_those_who_may_and_costs_no_query(
    cast, rf, person, django_assert_num_queries
):
    template = Template('{% load reveal %}{% number person "id_number" %}')
    for user, has_link in ((cast.township_clerk, True), (cast.leader, False)):
        request = rf.get("/")
        request.user = user
        with django_assert_num_queries(0):
            text = template.render(Context({"request": request, "person": person}))
        assert MASKED in text
        assert NUMBER not in text
        assert ("查看" in text) is has_link


def test_a_field_that_is_not_encrypted_is_refused_at_the_start():
    with pytest.raises(ValueError, match="name is not encrypted"):
        reveal.register("anything", Caregiver, fields=("name",), back=str)
