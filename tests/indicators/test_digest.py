"""What the monthly report, the plans, the tasks and the corrections say in the weekly digest."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from eldercare.digest import COMING, Week, lines_of
from indicators.actions import corrections, reports
from indicators.actions.calendar import open_month
from indicators.actions.tasks import close_supervision
from indicators.models import Supervision, Target, TaskProgress
from indicators.rollup import roll_up_months
from tests.indicators.conftest import JUNE
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan
from tests.indicators.task_world import make_progress, make_task
from tests.indicators.test_corrections import Archive

WEEK = Week(dt.date(2026, 6, 15))  # the desk's present, with the deadline on its Saturday


def told(unit, week: Week, section: str) -> list[str]:
    return [line.text for line in lines_of(unit, week) if line.section == section]


@pytest.fixture
def filed(desk, in_june):
    """Submitted on Monday the 15th, approved on Wednesday."""
    open_month(JUNE)
    desk.save(**desk.good)
    reports.submit(report=desk.report, by=desk.clerk)
    in_june.move_to(dt.datetime(2026, 6, 17, 2, 0, tzinfo=dt.UTC))
    reports.approve(report=desk.report, by=desk.reviewer)
    in_june.move_to(dt.datetime(2026, 6, 22, 2, 0, tzinfo=dt.UTC))
    return desk


def test_steps_of_the_week_and_who_is_missing_after_the_deadline(filed, cast):
    steps, missing = told(cast.county, WEEK, "月报")
    assert steps == "2026年6月月报：提交 1 份、通过 1 份。"
    assert missing == (
        f"2026年6月月报已过截止日，仍有 2 个单位没有报送：{cast.county.name}、{cast.other_township.name}。"
    )
    assert told(cast.township, WEEK, "月报") == ["2026年6月月报：提交、通过。"]
    assert told(cast.other_township, WEEK, "月报") == ["2026年6月月报已过截止日，还没有报送。"]
    assert told(cast.neighbour, WEEK, "月报") == []


def test_a_digest_made_late_tells_what_was_known_then(filed, cast):
    """Of the week before, made only now: nobody had handed in by its end, and nobody was late."""
    before = Week(dt.date(2026, 6, 8))
    assert told(cast.county, before, COMING) == ["6月20日 2026年6月月报截止，3 个单位中还有 3 个没有报送。"]
    assert told(cast.county, before, "月报") == []
    assert told(cast.county, WEEK, COMING) == []


def test_lights_that_turned_since_the_week_before(cast):
    """Care beds of 100: 70 % in May is above the 60 of the target, 40 % in June is not, and the target is due."""
    with time_machine.travel(dt.datetime(2025, 6, 12, 2, 0, tzinfo=dt.UTC)) as clock:
        beds = make_metric("beds", name="床位数", unit="张")
        make_metric("care", name="护理型床位数", unit="张", subset_of=beds)
        plan = make_plan(cast.county, short_title="海盐规划")
        due = dt.date(2025, 6, 30)
        make_indicator(plan, "care / beds * 100", target="60", due=due, name="护理型床位占比")
        make_indicator(plan, "care / beds * 100", target="30", due=due, name="一直达标的")
        make_indicator(plan, "care / beds * 100", target="60", due=due, name="探索的", is_soft=True)
        file_report(cast.township, dt.date(2025, 5, 1), {"beds": 100, "care": 70}, by=cast.county_clerk)
        roll_up_months([dt.date(2025, 5, 1)])
        clock.move_to(dt.datetime(2025, 7, 10, 2, 0, tzinfo=dt.UTC))
        file_report(cast.township, dt.date(2025, 6, 1), {"beds": 100, "care": 40}, by=cast.county_clerk)
        roll_up_months([dt.date(2025, 6, 1)])
    july = Week(dt.date(2025, 7, 7))
    assert told(cast.county, july, "规划指标") == ["海盐规划新转为进度滞后 1 项：1 护理型床位占比。"]
    assert told(cast.county, Week(dt.date(2025, 6, 9)), "规划指标") == []  # first seen, not turned
    assert told(cast.county, Week(dt.date(2025, 7, 14)), "规划指标") == []
    Target.objects.filter(indicator__name="一直达标的").update(due_on=dt.date(2025, 7, 20))
    assert told(cast.county, july, COMING) == ["7月20日 海盐规划有 1 项指标到期：2 一直达标的。"]


def test_progress_and_supervisions(cast):
    with time_machine.travel(dt.datetime(2026, 6, 16, 2, 0, tzinfo=dt.UTC)) as clock:
        task = make_task(make_plan(cast.county), cast.township, cast.department, lead=cast.county)
        make_progress(task, cast.township, JUNE, by=cast.township_clerk, submitted_at=timezone.now())
        late = Supervision.objects.create(
            task=task, org_unit=cast.department, year=2026, serial=1, demand="请说明",
            reply_due_on=dt.date(2026, 6, 24), issued_by=cast.county_clerk,
        )  # fmt: skip
        clock.move_to(dt.datetime(2026, 6, 25, 2, 0, tzinfo=dt.UTC))
        close_supervision(supervision=late, note="已整改", by=cast.county_clerk)
    name = f"{cast.department.name}“{task.name}”"
    assert told(cast.county, WEEK, "重点任务") == ["任务进展：提交 1 项。", f"督办下发 1 件：{name}。"]
    TaskProgress.objects.update(status="accepted", reviewed_at=dt.datetime(2026, 6, 17, 2, tzinfo=dt.UTC))
    assert told(cast.township, WEEK, "重点任务") == ["任务进展：提交 1 项、通过 1 项。"]
    TaskProgress.objects.update(status="submitted", reviewed_at=None)
    assert told(cast.department, WEEK, "重点任务") == [f"督办下发 1 件：{name}。"]
    assert told(cast.township, WEEK, "重点任务") == ["任务进展：提交 1 项。"]
    assert told(cast.county, Week(dt.date(2026, 6, 22)), "重点任务") == [f"督办销号 1 件：{name}。"]


def test_an_answer_that_is_due(cast):
    with time_machine.travel(dt.datetime(2026, 6, 16, 2, 0, tzinfo=dt.UTC)):
        task = make_task(make_plan(cast.county), cast.department, lead=cast.county)
        Supervision.objects.create(
            task=task, org_unit=cast.department, year=2026, serial=1, demand="请说明",
            reply_due_on=dt.date(2026, 6, 24), issued_by=cast.county_clerk,
        )  # fmt: skip
    expected = [f"6月24日前 {cast.department.name}回复督办“{task.name}”。"]
    assert told(cast.department, WEEK, COMING) == expected
    assert told(cast.department, Week(dt.date(2026, 6, 8)), COMING) == []  # not issued by then


def test_a_correction_that_took_effect(cast):
    with time_machine.travel(dt.datetime(2026, 6, 10, 2, 0, tzinfo=dt.UTC), tick=True) as clock:
        archive = Archive(cast)
        clock.move_to(dt.datetime(2026, 7, 15, 2, 0, tzinfo=dt.UTC))
        slip = archive.sent(care_beds="48")
        corrections.approve(slip=slip, by=cast.county_reviewer)
    slip.refresh_from_db()
    week = Week(dt.date(2026, 7, 13))
    assert told(cast.county, week, "更正与公文") == [
        f"{slip}生效：2026年4月的数据有更正，现为第 {slip.revision} 版。"
    ]
    assert told(cast.county, Week(dt.date(2026, 7, 6)), "更正与公文") == []
