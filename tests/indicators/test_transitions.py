"""The states of a report: what the table allows, every step of it, and nothing else."""

import itertools

import pytest
from django.utils import timezone

from eldercare.errors import Conflict, NotAllowed
from eldercare.permissions import Permission
from indicators.actions import reports
from indicators.models import MonthlyReport, ReportEvent
from indicators.rules.transitions import TRANSITIONS

Status = MonthlyReport.Status


def take(step: str, desk, by):
    """Take a step of the table through its action."""
    report = desk.report
    match step:
        case "submit":
            return reports.submit(report=report, by=by, allow_missing=True)
        case "withdraw" | "withdraw_returned":
            return reports.withdraw(report=report, by=by)
        case "return":
            return reports.return_report(report=report, by=by, comments={}, note="请核对")
        case "approve":
            return reports.approve(report=report, by=by)
        case "reopen":
            return reports.reopen(report=report, by=by, note="有误")
    raise AssertionError(step)


PEOPLE_STEPS = [step for step, transition in TRANSITIONS.items() if transition.permission]


def doer(step: str, desk):
    return desk.clerk if TRANSITIONS[step].permission == Permission.ENTER_REPORTS else desk.reviewer


def put(desk, status: str, step: str = "") -> None:
    was_returned = timezone.now() if step == "withdraw_returned" else None
    MonthlyReport.objects.filter(pk=desk.report.pk).update(status=status, returned_at=was_returned)
    desk.report.refresh_from_db()


def test_the_table_leads_only_to_known_states_and_every_state_is_reached():
    targets = {transition.target for transition in TRANSITIONS.values()}
    sources = set().union(*(transition.sources for transition in TRANSITIONS.values()))
    assert targets | sources == set(Status.values)
    assert targets == set(Status.values)


def test_a_locked_report_has_no_way_out():
    assert [step for step, each in TRANSITIONS.items() if Status.LOCKED in each.sources] == []


@pytest.mark.parametrize(("step", "status"), list(itertools.product(PEOPLE_STEPS, Status.values)))
def test_each_step_is_taken_from_its_sources_only(desk, step, status):
    desk.save(**desk.good)
    put(desk, status, step)
    if status in TRANSITIONS[step].sources:
        take(step, desk, doer(step, desk))
        event = ReportEvent.objects.get(report=desk.report)
        assert (event.from_status, event.to_status) == (status, TRANSITIONS[step].target)
        assert event.by == doer(step, desk)
        assert event.figures == desk.good
        assert desk.status() == TRANSITIONS[step].target
    else:
        with pytest.raises(Conflict, match=r"现在是|不用重复办理"):
            take(step, desk, doer(step, desk))
        assert desk.status() == status
        assert not ReportEvent.objects.exists()


@pytest.mark.parametrize("step", PEOPLE_STEPS)
@pytest.mark.parametrize("role", ["leader", "administrator", "auditor", "other_township_clerk"])
def test_a_step_is_refused_to_others(desk, step, role):
    desk.save(**desk.good)
    put(desk, next(iter(TRANSITIONS[step].sources)), step)
    before = desk.status()
    with pytest.raises(NotAllowed):
        take(step, desk, getattr(desk.cast, role))
    assert desk.status() == before


def test_a_reviewer_cannot_submit_and_a_clerk_cannot_review(desk):
    desk.save(**desk.good)
    with pytest.raises(NotAllowed):
        take("submit", desk, desk.reviewer)
    take("submit", desk, desk.clerk)
    for step in ("return", "approve"):
        with pytest.raises(NotAllowed):
            take(step, desk, desk.clerk)
        with pytest.raises(NotAllowed):
            take(step, desk, desk.county_clerk)
