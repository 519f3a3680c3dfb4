"""Several people at once on one report, over connections of their own."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from eldercare.errors import Conflict, Refused
from indicators.actions import reports
from indicators.actions.figures import FigureChange, save_figures
from indicators.models import MonthlyReport, ReportEvent, RollupRequest
from tests.indicators.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)
Status = MonthlyReport.Status


@pytest.fixture
def desk(transactional_db, in_june, cast) -> Desk:
    return Desk(cast)


def all_at_once(*actions: Callable[[], object]) -> list[object]:
    """Run the actions at the same moment, each in a thread; what each returned or raised, in their order."""
    gate, outcomes = threading.Barrier(len(actions)), [None] * len(actions)

    def run(index: int, action: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            outcomes[index] = action()
        except Exception as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def saver(desk, person, text: str):
    change = FigureChange("nursing_beds", text, seen="")
    return lambda: save_figures(report=desk.report, changes=[change], by=person)


def test_of_two_savers_of_a_cell_one_saves_and_one_is_told(desk):
    for _ in range(5):
        desk.report.entries.all().delete()
        outcomes = all_at_once(saver(desk, desk.clerk, "81"), saver(desk, desk.county_clerk, "82"))
        assert sorted(len(outcome.saved) for outcome in outcomes) == [0, 1]
        assert sorted(len(outcome.conflicts) for outcome in outcomes) == [0, 1]
        (winner,) = [outcome.saved["nursing_beds"] for outcome in outcomes if outcome.saved]
        assert desk.figure("nursing_beds") == winner


def test_of_eight_approvals_one_counts(desk):
    desk.save(**desk.good)
    reports.submit(report=desk.report, by=desk.clerk)
    outcomes = all_at_once(*[lambda: reports.approve(report=desk.report, by=desk.reviewer)] * 8)
    assert sum(isinstance(outcome, MonthlyReport) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 7
    assert ReportEvent.objects.filter(report=desk.report, to_status=Status.APPROVED).count() == 1
    assert RollupRequest.objects.get().version == 1


def test_a_figure_saved_during_submission_is_in_it_or_is_refused(desk):
    for text in ("81", "82", "83", "84", "85"):
        MonthlyReport.objects.filter(pk=desk.report.pk).update(status=Status.DRAFT)
        ReportEvent.objects.all().delete()
        desk.save(**desk.good)
        change = FigureChange("nursing_beds", text)
        saved, submitted = all_at_once(
            lambda change=change: save_figures(report=desk.report, changes=[change], by=desk.county_clerk),
            lambda: reports.submit(report=desk.report, by=desk.clerk),
        )
        assert isinstance(submitted, MonthlyReport)
        recorded = ReportEvent.objects.get(report=desk.report).figures["nursing_beds"]
        assert recorded == f"{desk.figure('nursing_beds'):.0f}"
        assert recorded == "80" if isinstance(saved, Refused) else recorded == text


def test_approval_and_return_at_once_take_one_way(desk):
    desk.save(**desk.good)
    reports.submit(report=desk.report, by=desk.clerk)
    outcomes = all_at_once(
        lambda: reports.approve(report=desk.report, by=desk.reviewer),
        lambda: reports.return_report(report=desk.report, by=desk.reviewer, comments={}, note="请核对"),
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    assert desk.report.steps.exclude(to_status=Status.SUBMITTED).count() == 1


def test_two_who_open_the_same_month_open_it_once(desk):
    from indicators.actions.calendar import open_month, report_for

    MonthlyReport.objects.filter(month=desk.month).delete()
    outcomes = all_at_once(
        lambda: open_month(desk.month),
        lambda: open_month(desk.month),
        lambda: report_for(desk.cast.township, desk.month),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert MonthlyReport.objects.filter(month=desk.month).count() == 3
