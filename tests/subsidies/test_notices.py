"""Public notices: who is on them, how names are shown, when they are over and when they are gone."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from eldercare.errors import Conflict, NotAllowed, Refused
from subsidies.actions import notices as actions
from subsidies.models import Enrolment, PublicNotice
from tests.subsidies.factories import make_elder, make_enrolment, make_programme

pytestmark = pytest.mark.django_db
State = Enrolment.State
MONDAY = dt.date(2026, 3, 2)
FRIDAY = dt.date(2026, 3, 6)


@pytest.fixture
def on(monkeypatch):
    """``on(day)``: what follows happens on that day."""
    reverse("home")  # loads every page first: a form that proposes today keeps the calendar it was made with

    def move(day):
        monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: day)

    move(MONDAY)
    return move


@pytest.fixture
def programme(cast):
    return make_programme(cast.county, name="高龄津贴")


def checked(cast, programme, name, **fields):
    elder = make_elder(cast.township, name, village=cast.village)
    return make_enrolment(programme, elder, state=State.CHECKED, approved_on=None, **fields)


def publish(cast, programme, *enrolments, **fields):
    defaults = {"starts_on": MONDAY, "ends_on": FRIDAY, "contact": "0573-86000000"}
    return actions.publish(
        programme=programme,
        org_unit=cast.township,
        enrolments=enrolments,
        by=cast.township_clerk,
        **(defaults | fields),
    )


def states(*enrolments):
    return [Enrolment.objects.get(pk=each.pk).state for each in enrolments]


def test_the_page_shows_villages_bands_and_half_names_but_no_number(cast, enter, on, programme):
    one, other = checked(cast, programme, "张三"), checked(cast, programme, "王小明")
    notice = publish(cast, programme, one, other)
    answer = enter(cast.township_clerk).get(reverse("public-notice-detail", args=[notice.pk]))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<td>张*</td>" in page
    assert "<td>王*明</td>" in page
    assert "中钱村" in page
    assert "每月 50 元" in page
    assert "0573-86000000" in page
    assert "5 个工作日" in page
    for secret in ("张三", "王小明", one.elder.id_number.reveal(), one.elder.id_number.masked):
        assert secret not in page
    assert states(one, other) == [State.ON_NOTICE, State.ON_NOTICE]


def test_after_its_last_day_only_the_county_still_sees_the_names(cast, enter, on, programme):
    notice = publish(cast, programme, checked(cast, programme, "王小明"))
    address = reverse("public-notice-detail", args=[notice.pk])
    on(FRIDAY)
    assert "王*明" in enter(cast.township_clerk).get(address).content.decode()
    on(FRIDAY + dt.timedelta(days=1))
    gone = enter(cast.township_clerk).get(address)
    assert gone.status_code == 410
    assert "王*明" not in gone.content.decode()
    assert "公示期已满" in gone.content.decode()
    assert "王*明" in enter(cast.county_reviewer).get(address).content.decode()


def test_a_notice_stands_for_the_working_days_of_the_programme(cast, on, programme):
    enrolment = checked(cast, programme, "王小明")
    with pytest.raises(Refused, match="2026-03-06"):
        publish(cast, programme, enrolment, ends_on=dt.date(2026, 3, 5))
    with pytest.raises(Refused, match="已经过了"):
        publish(cast, programme, enrolment, starts_on=dt.date(2026, 2, 27))
    with pytest.raises(Refused, match="勾选"):
        publish(cast, programme)
    assert states(enrolment) == [State.CHECKED]


def test_who_has_moved_on_meanwhile_stops_the_whole_notice(cast, on, programme):
    one, other = checked(cast, programme, "张三"), checked(cast, programme, "王小明")
    Enrolment.objects.filter(pk=other.pk).update(state=State.WITHDRAWN)
    with pytest.raises(Conflict, match="刚刚变动"):
        publish(cast, programme, one, other)
    assert states(one, other) == [State.CHECKED, State.WITHDRAWN]
    assert not PublicNotice.objects.exists()


def test_over_without_objection_it_goes_to_the_county(cast, on, programme):
    kept, objected = checked(cast, programme, "张三"), checked(cast, programme, "王小明")
    notice = publish(cast, programme, kept, objected)
    Enrolment.objects.filter(pk=objected.pk).update(state=State.APPLIED)
    on(FRIDAY)
    with pytest.raises(Refused, match="期满"):
        actions.close_notice(notice=notice, by=cast.township_clerk)
    on(dt.date(2026, 3, 7))
    assert actions.close_notice(notice=notice, by=cast.township_clerk) == 1
    assert states(kept, objected) == [State.NOTICED, State.APPLIED]
    assert list(kept.steps.values_list("kind", flat=True)) == ["notice", "notice_over"]
    with pytest.raises(Conflict, match="已经办结"):
        actions.close_notice(notice=notice, by=cast.township_clerk)


def test_who_is_on_a_later_notice_waits_for_that_one(cast, on, programme):
    enrolment = checked(cast, programme, "张三")
    first = publish(cast, programme, enrolment)
    Enrolment.objects.filter(pk=enrolment.pk).update(state=State.CHECKED)
    publish(cast, programme, enrolment, ends_on=dt.date(2026, 3, 20))
    on(dt.date(2026, 3, 9))
    assert actions.close_notice(notice=first, by=cast.township_clerk) == 0
    assert states(enrolment) == [State.ON_NOTICE]


def test_a_reviewer_puts_up_nothing_and_a_township_only_its_own(cast, on, programme):
    enrolment = checked(cast, programme, "张三")
    for by in (cast.county_reviewer, cast.other_township_clerk):
        with pytest.raises(NotAllowed):
            actions.publish(
                programme=programme,
                org_unit=cast.township,
                enrolments=[enrolment],
                starts_on=MONDAY,
                ends_on=FRIDAY,
                contact="",
                by=by,
            )


def test_from_the_list_to_the_printed_page(cast, enter, programme):
    """With the real calendar: the page proposes days that its action accepts."""
    enrolment = checked(cast, programme, "张三")
    clerk = enter(cast.township_clerk)
    assert "发起公示" in clerk.get(reverse("public-notice-list")).content.decode()
    address = reverse("public-notice-create", args=[programme.pk, cast.township.code])
    form = clerk.get(address).context["form"]
    typed = {
        "starts_on": form["starts_on"].value().isoformat(),
        "ends_on": form["ends_on"].value().isoformat(),
        "contact": "0573-86000000",
        "enrolment": [enrolment.pk],
    }
    answer = clerk.post(address, typed, follow=True)
    assert "已公示" in answer.content.decode()
    assert "张*" in answer.content.decode()
    assert states(enrolment) == [State.ON_NOTICE]
