"""The steps of an enrolment: who may take which, in which order, and what each leaves behind."""

import datetime as dt

import pytest
from django.utils import timezone

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent
from subsidies.actions import enrolments as actions
from subsidies.actions import enrolments_running as running
from subsidies.models import Enrolment, EnrolmentStep
from tests.facilities.factories import make_facility, make_post
from tests.facilities.test_stays import at_once
from tests.subsidies.factories import make_elder, make_enrolment, make_programme

pytestmark = pytest.mark.django_db
State = Enrolment.State
DAY = dt.date(2025, 3, 10)


@pytest.fixture
def programme(cast):
    return make_programme(cast.county)


@pytest.fixture
def elder(cast):
    return make_elder(cast.township, "沈阿福")


@pytest.fixture
def applied(cast, programme, elder):
    return actions.apply(programme=programme, holder=elder, applied_on=DAY, by=cast.township_clerk)


def in_state(programme, elder, state, **fields):
    return make_enrolment(programme, elder, state=state, approved_on=None, **fields)


def test_from_application_to_approval_every_step_is_kept(cast, applied):
    actions.check(enrolment=applied, by=cast.township_clerk, comment="材料齐全")
    Enrolment.objects.update(state=State.NOTICED)
    applied.refresh_from_db()
    actions.approve(enrolment=applied, by=cast.county_clerk)
    applied.refresh_from_db()
    assert (applied.state, applied.approved_on) == (State.RUNNING, timezone.localdate())
    assert [(each.kind, each.by) for each in applied.steps.all()] == [
        ("apply", cast.township_clerk),
        ("check", cast.township_clerk),
        ("approve", cast.county_clerk),
    ]
    subjects = list(
        AuditEvent.objects.filter(action=AuditEvent.Action.ENROLMENT)
        .order_by("id")
        .values_list("subject", flat=True)
    )
    assert [each.split("：")[0] for each in subjects] == ["申请", "乡镇审核通过", "县级批准"]
    assert "沈阿福" not in "".join(subjects)


def test_who_applied_or_checked_does_not_approve(cast, programme, elder):
    enrolment = actions.apply(programme=programme, holder=elder, applied_on=DAY, by=cast.county_clerk)
    Enrolment.objects.update(state=State.NOTICED)
    enrolment.refresh_from_db()
    with pytest.raises(NotAllowed, match="不能由您批准"):
        actions.approve(enrolment=enrolment, by=cast.county_clerk)
    enrolment.refresh_from_db()
    assert enrolment.state == State.NOTICED
    actions.approve(enrolment=enrolment, by=cast.county_reviewer)
    enrolment.refresh_from_db()
    assert enrolment.state == State.RUNNING


def test_a_township_approves_nothing_and_a_reviewer_applies_for_nobody(cast, programme, elder):
    enrolment = in_state(programme, elder, State.NOTICED)
    with pytest.raises(NotAllowed):
        actions.approve(enrolment=enrolment, by=cast.township_clerk)
    with pytest.raises(NotAllowed):
        actions.refuse(enrolment=enrolment, by=cast.township_clerk, comment="不符")
    with pytest.raises(NotAllowed):
        actions.apply(
            programme=programme, holder=make_elder(cast.township), applied_on=DAY, by=cast.county_reviewer
        )


def test_another_townships_people_are_left_alone(cast, programme, elder):
    lives_here = make_elder(cast.other_township, residence_unit=cast.township)
    with pytest.raises(NotAllowed, match="百步镇"):
        actions.apply(programme=programme, holder=lives_here, applied_on=DAY, by=cast.township_clerk)
    enrolment = in_state(programme, elder, State.APPLIED)
    with pytest.raises(NotAllowed):
        actions.check(enrolment=enrolment, by=cast.other_township_clerk)


def test_nobody_is_in_a_programme_twice(cast, programme, elder, applied):
    with pytest.raises(Refused, match="已在该项目中申请或享受"):
        actions.apply(programme=programme, holder=elder, applied_on=DAY, by=cast.township_clerk)
    actions.withdraw(enrolment=applied, by=cast.township_clerk, comment="本人放弃")
    again = actions.apply(programme=programme, holder=elder, applied_on=DAY, by=cast.township_clerk)
    assert (again.state, again.not_before) == (State.APPLIED, None)


def test_the_dead_and_dropped_records_do_not_apply(cast, programme, elder):
    dead = make_elder(cast.township, died_on=dt.date(2025, 1, 2))
    dropped = make_elder(cast.township, merged_into=elder)
    for holder, word in ((dead, "死亡"), (dropped, "并入")):
        with pytest.raises(Refused, match=word):
            actions.apply(programme=programme, holder=holder, applied_on=DAY, by=cast.township_clerk)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(Refused, match="还没有到"):
        actions.apply(programme=programme, holder=elder, applied_on=tomorrow, by=cast.township_clerk)


def test_a_programme_that_is_over_takes_no_applications(cast, elder):
    over = make_programme(cast.county, ends_on=dt.date(2024, 12, 1))
    with pytest.raises(Refused, match="2024-12 终止"):
        actions.apply(programme=over, holder=elder, applied_on=DAY, by=cast.township_clerk)


def test_posts_and_facilities_apply_too(cast):
    home = make_facility(cast.township, "沈荡敬老院")
    post = make_post(home)
    for beneficiary, holder in (("post", post), ("facility", home)):
        programme = make_programme(cast.county, eligibility="age >= 1", beneficiary=beneficiary)
        made = actions.apply(programme=programme, holder=holder, applied_on=DAY, by=cast.township_clerk)
        assert (made.holder, made.org_unit) == (holder, cast.township)


def test_after_an_ended_enrolment_the_new_one_begins_where_it_stopped(cast, programme, elder, applied):
    applied.delete()
    make_enrolment(programme, elder, state=State.ENDED, ended_from=dt.date(2024, 9, 1), end_reason="given_up")
    second = {"not_before": dt.date(2024, 9, 1), "ended_from": dt.date(2025, 2, 1), "end_reason": "given_up"}
    make_enrolment(programme, elder, state=State.ENDED, **second)
    again = actions.apply(programme=programme, holder=elder, applied_on=DAY, by=cast.township_clerk)
    assert again.not_before == dt.date(2025, 2, 1)


@pytest.mark.parametrize(
    ("state", "act", "leads_to"),
    [
        (State.ON_NOTICE, actions.object_to, State.APPLIED),
        (State.CHECKED, actions.send_back, State.APPLIED),
        (State.APPLIED, actions.refuse, State.REFUSED),
        (State.ON_NOTICE, actions.withdraw, State.WITHDRAWN),
    ],
)
def test_a_way_back_takes_a_reason(cast, programme, elder, state, act, leads_to):
    enrolment = in_state(programme, elder, state)
    with pytest.raises(Refused, match="请写明原因"):
        act(enrolment=enrolment, by=cast.township_clerk, comment=" ")
    act(enrolment=enrolment, by=cast.township_clerk, comment="户口簿不符")
    enrolment.refresh_from_db()
    assert enrolment.state == leads_to
    assert enrolment.steps.get().comment == "户口簿不符"


def test_the_county_sends_back_and_refuses_what_waits_for_it(cast, programme, elder):
    enrolment = in_state(programme, elder, State.NOTICED)
    actions.send_back(enrolment=enrolment, by=cast.county_reviewer, comment="补材料")
    enrolment.refresh_from_db()
    assert enrolment.state == State.APPLIED
    with pytest.raises(NotAllowed):
        actions.refuse(enrolment=enrolment, by=cast.county_reviewer, comment="不符")


def test_a_step_out_of_turn_is_refused(cast, programme, elder):
    enrolment = in_state(programme, elder, State.CHECKED)
    with pytest.raises(Conflict, match="待公示"):
        actions.approve(enrolment=enrolment, by=cast.county_reviewer)
    stale = Enrolment.objects.get(pk=enrolment.pk)
    actions.send_back(enrolment=enrolment, by=cast.township_clerk, comment="再核")
    with pytest.raises(Conflict, match="刚刚办理过"):
        actions.withdraw(enrolment=stale, by=cast.township_clerk, comment="放弃")


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_approve_once(cast, programme, elder):
    enrolment = in_state(programme, elder, State.NOTICED)

    def approve(by):
        actions.approve(enrolment=Enrolment.objects.get(pk=enrolment.pk), by=by)

    refusals = at_once(lambda: approve(cast.county_clerk), lambda: approve(cast.county_reviewer))
    assert [type(each) for each in refusals if each] in ([Conflict], [])
    assert EnrolmentStep.objects.filter(kind="approve").count() == 1
    enrolment.refresh_from_db()
    assert enrolment.state == State.RUNNING


@pytest.mark.django_db(transaction=True)
def test_two_who_apply_at_once_apply_once(cast, programme, elder):
    def apply(by):
        actions.apply(programme=programme, holder=elder, applied_on=DAY, by=by)

    at_once(lambda: apply(cast.township_clerk), lambda: apply(cast.county_clerk))
    assert Enrolment.objects.count() == 1
    assert EnrolmentStep.objects.count() == 1


# --- Running ------------------------------------------------------------------------------------------------------


def test_suspending_and_resuming_keep_to_months(cast, programme, elder):
    enrolment = make_enrolment(programme, elder)
    march, may = dt.date(2025, 3, 1), dt.date(2025, 5, 1)
    with pytest.raises(Refused, match="月初"):
        running.suspend(enrolment=enrolment, from_month=DAY, comment="x", by=cast.township_clerk)
    running.suspend(enrolment=enrolment, from_month=march, comment="逾期未认证", by=cast.township_clerk)
    enrolment.refresh_from_db()
    assert str(enrolment.suspended) == "2025-03-01至今"
    with pytest.raises(Conflict, match="2025-03"):
        running.suspend(enrolment=enrolment, from_month=may, comment="又", by=cast.township_clerk)
    running.resume(enrolment=enrolment, from_month=may, comment="", by=cast.township_clerk)
    enrolment.refresh_from_db()
    assert str(enrolment.suspended) == "2025-03-01至2025-04-30"
    assert enrolment.state == State.RUNNING
    with pytest.raises(Conflict, match="不用恢复"):
        running.resume(enrolment=enrolment, from_month=may, comment="", by=cast.township_clerk)


def test_resuming_from_the_first_month_takes_the_suspension_back(cast, programme, elder):
    enrolment = make_enrolment(programme, elder)
    march = dt.date(2025, 3, 1)
    running.suspend(enrolment=enrolment, from_month=march, comment="误停", by=cast.township_clerk)
    running.resume(enrolment=enrolment, from_month=march, comment="", by=cast.township_clerk)
    enrolment.refresh_from_db()
    assert enrolment.suspended == ()


def test_ending_keeps_month_and_reason_and_another_person_takes_it_back(cast, programme, elder):
    enrolment = make_enrolment(programme, elder)
    april = dt.date(2025, 4, 1)
    running.end(
        enrolment=enrolment, end_reason="died", ended_from=april, comment="殡葬比对", by=cast.county_clerk
    )
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.ended_from, enrolment.end_reason) == (State.ENDED, april, "died")
    with pytest.raises(NotAllowed, match="另一位"):
        running.reopen(enrolment=enrolment, comment="登记错了", by=cast.county_clerk)
    with pytest.raises(NotAllowed):
        running.reopen(enrolment=enrolment, comment="登记错了", by=cast.township_clerk)
    running.reopen(enrolment=enrolment, comment="登记错了", by=cast.county_reviewer)
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.ended_from, enrolment.end_reason) == (State.RUNNING, None, "")


def test_an_ended_enrolment_is_not_opened_beside_a_newer_one(cast, programme, elder):
    old = make_enrolment(
        programme, elder, state=State.ENDED, ended_from=dt.date(2025, 1, 1), end_reason="given_up"
    )
    actions.apply(programme=programme, holder=elder, applied_on=DAY, by=cast.township_clerk)
    with pytest.raises(Refused, match="已在该项目中申请或享受"):
        running.reopen(enrolment=old, comment="恢复", by=cast.county_reviewer)
