"""A month of task progress: who owes what, typed, handed in, returned, accepted; evidence; reminders; bulletins."""

import datetime as dt

import pytest
import time_machine

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import ImportFile, Notice
from eldercare.todo import items_for
from indicators.actions import task_progress as actions
from indicators.actions.task_progress import ProgressChange
from indicators.actions.tasks import issue_bulletin, set_state
from indicators.models import Adoption, TaskEvidence, TaskProgress
from indicators.pages.task_months import bulletin_lines, load_desk, load_entry, load_units
from indicators.task_duties import duties, standings_of
from tests.indicators.factories import make_plan
from tests.indicators.task_world import PDF, make_progress, make_task

pytestmark = pytest.mark.django_db
MAY, JUNE = dt.date(2025, 5, 1), dt.date(2025, 6, 1)


@pytest.fixture(autouse=True)
def today():
    """16 June 2025 in Shanghai, four days before the deadline."""
    with time_machine.travel(dt.datetime(2025, 6, 16, 2, tzinfo=dt.UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture
def plan(cast):
    return make_plan(cast.county, report_day=20)


@pytest.fixture
def task(cast, plan):
    return make_task(plan, cast.township, cast.other_township, cast.department, lead=cast.county)


def fill(cast, task, *, percent=60, state="on_course", text="已完成 3 户", by=None, unit=None, seen=""):
    by = by or cast.township_clerk
    change = ProgressChange(text, percent, state, seen)
    return actions.save_progress(unit=unit or by.org_unit, month=JUNE, changes={task.pk: change}, by=by)


def submitted(cast, task, **more) -> TaskProgress:
    fill(cast, task, **more)
    actions.submit(unit=cast.township, month=JUNE, by=cast.township_clerk)
    return TaskProgress.objects.get(org_unit=cast.township, month=JUNE)


# --- What is owed ------------------------------------------------------------------------------------------------


def test_every_unit_of_a_task_owes_it_once_also_when_it_leads_and_shares(cast, plan):
    task = make_task(plan, cast.county, cast.township, lead=cast.county)
    owed = duties(cast.county_reviewer, JUNE)
    assert [(duty.unit, duty.task) for duty in owed] == [(cast.county, task), (cast.township, task)]
    assert owed[0].is_lead
    assert owed[0].due_on == dt.date(2025, 6, 20)


def test_a_township_sees_what_it_owes_itself_only(cast, task):
    assert {duty.unit for duty in duties(cast.township_clerk, JUNE)} == {cast.township}
    assert {duty.unit for duty in duties(cast.department_clerk, JUNE)} == {cast.department}


def test_what_was_accepted_as_done_is_not_owed_again(cast, task):
    make_progress(task, cast.township, MAY, by=cast.township_clerk, percent=100)
    make_progress(
        task, cast.other_township, MAY, by=cast.other_township_clerk, percent=100, status="submitted"
    )
    units = {duty.unit for duty in duties(cast.county_reviewer, JUNE)}
    assert units == {cast.county, cast.other_township, cast.department}


def test_a_cancelled_task_is_owed_by_nobody_from_that_month_on(cast, task):
    set_state(task=task, state="cancelled", reason="并入其他任务", by=cast.county_clerk)
    assert duties(cast.county_reviewer, JUNE) == []
    assert len(duties(cast.county_reviewer, MAY)) == 4


def test_tasks_of_a_plan_that_was_stopped_are_owed_up_to_its_last_month(cast, plan, task):
    plan.adoptions.update(until_month=MAY)
    assert duties(cast.county_reviewer, JUNE) == []
    assert len(duties(cast.county_reviewer, MAY)) == 4
    assert "任务进展" not in " ".join(item.title for item in items_for(cast.township_clerk))
    assert fill(cast, task).refused == {task.pk: "本月不需要填报这项任务。"}


def test_a_plan_that_another_county_stopped_is_still_owed_where_it_goes_on(cast, plan, task):
    Adoption.objects.create(plan=plan, org_unit=cast.neighbour, until_month=MAY)
    assert len(duties(cast.county_reviewer, JUNE)) == 4


def test_duties_are_read_in_a_fixed_number_of_queries(cast, plan, task, django_assert_num_queries):
    for _ in range(5):
        make_task(plan, cast.township, cast.other_township)
    tasks = list(plan.tasks.select_related("plan"))
    with django_assert_num_queries(2):
        duties(cast.county_reviewer, JUNE)
    with django_assert_num_queries(2):
        standings_of(tasks)
    make_progress(task, cast.township, JUNE, by=cast.township_clerk, status="draft")
    # With the reminders of whoever may remind; with the evidence of what was typed.
    with django_assert_num_queries(4):
        load_units(cast.county_clerk, JUNE)
    with django_assert_num_queries(4):
        load_entry(cast.township_clerk, cast.township, JUNE)


# --- Typing and handing in ---------------------------------------------------------------------------------------


def test_what_a_colleague_wrote_meanwhile_is_not_overwritten_unseen(cast, task, make_person):
    colleague = make_person("second", "第二人", "township_clerk", cast.township)
    fill(cast, task)
    result = fill(cast, task, text="另一个说法", by=colleague, unit=cast.township)
    assert "顾云舟刚刚改过" in result.refused[task.pk]
    row = TaskProgress.objects.get()
    assert row.text == "已完成 3 户"
    assert fill(
        cast, task, text="另一个说法", by=colleague, unit=cast.township, seen=actions.version(row)
    ).saved


def test_nobody_reports_for_another_unit_or_a_month_to_come(cast, task):
    change = {task.pk: ProgressChange("x", 1, "on_course")}
    with pytest.raises(NotAllowed):
        actions.save_progress(unit=cast.township, month=JUNE, changes=change, by=cast.county_clerk)
    with pytest.raises(NotAllowed):
        actions.save_progress(unit=cast.county, month=JUNE, changes=change, by=cast.leader)
    with pytest.raises(Refused, match="还没有到"):
        actions.save_progress(
            unit=cast.township, month=dt.date(2025, 7, 1), changes=change, by=cast.township_clerk
        )


@pytest.mark.parametrize(
    ("percent", "state", "text", "words"),
    [
        (None, "on_course", "x", "没有填完成进度"),
        (50, "", "x", "没有选状态"),
        (50, "on_course", " ", "没有写进展情况"),
        (100, "on_course", "x", "要一致"),
        (90, "done", "x", "要一致"),
        (5, "not_started", "x", "进度应为 0"),
    ],
)
def test_what_lacks_something_is_not_handed_in(cast, task, percent, state, text, words):
    fill(cast, task, percent=percent, state=state, text=text)
    with pytest.raises(Refused, match=words):
        actions.submit(unit=cast.township, month=JUNE, by=cast.township_clerk)
    assert TaskProgress.objects.get().status == "draft"


def test_a_part_may_be_handed_in_and_the_rest_stays_owed(cast, plan, task):
    other = make_task(plan, cast.township)
    fill(cast, task)
    with pytest.raises(Refused, match="还有 1 项没有填好"):
        actions.submit(unit=cast.township, month=JUNE, by=cast.township_clerk)
    assert actions.submit(unit=cast.township, month=JUNE, by=cast.township_clerk, allow_missing=True) == 1
    page = load_entry(cast.township_clerk, cast.township, JUNE)
    assert [each.duty.task for each in page.open_rows] == [other]


@pytest.mark.parametrize(("day", "is_late"), [(20, False), (21, True)])
def test_late_is_who_hands_in_after_the_deadline(cast, task, today, day, is_late):
    fill(cast, task)
    today.move_to(dt.datetime(2025, 6, day, 2, tzinfo=dt.UTC))
    actions.submit(unit=cast.township, month=JUNE, by=cast.township_clerk)
    assert TaskProgress.objects.get().is_late is is_late


def test_last_months_words_are_copied_only_where_nothing_is_typed(cast, plan, task):
    other = make_task(plan, cast.township)
    for each in (task, other):
        make_progress(each, cast.township, MAY, by=cast.township_clerk, percent=40)
    fill(cast, task, text="本月新情况")
    assert actions.copy_last_month(unit=cast.township, month=JUNE, by=cast.township_clerk) == 1
    rows = {row.task: (row.text, row.status) for row in TaskProgress.objects.filter(month=JUNE)}
    assert rows == {task: ("本月新情况", "draft"), other: ("5 月进展", "draft")}


# --- Reviewing ---------------------------------------------------------------------------------------------------


def test_returned_corrected_and_accepted(cast, task, today):
    row = submitted(cast, task)
    assert Notice.objects.get(recipient=cast.county_reviewer).link == "/tasks/months/2025-06/check/"
    actions.return_progress(notes={row.pk: "请写明户数"}, by=cast.county_reviewer)
    row.refresh_from_db()
    assert (row.status, row.review_note) == ("returned", "请写明户数")
    today.move_to(dt.datetime(2025, 6, 23, 2, tzinfo=dt.UTC))
    fill(cast, task, text="完成 3 户，验收 2 户", seen=actions.version(row))
    actions.submit(unit=cast.township, month=JUNE, by=cast.township_clerk)
    assert actions.accept(rows=[row.pk], by=cast.county_reviewer) == 1
    row.refresh_from_db()
    # First handed in before the deadline: the second time does not make it late.
    assert (row.status, row.is_late) == ("accepted", False)
    assert fill(cast, task, text="再改", seen=actions.version(row)).refused[task.pk].startswith("这项已通过")


def test_only_accepted_progress_moves_the_task(cast, plan):
    task = make_task(plan, cast.township, starts_on=dt.date(2025, 1, 1), deadline=dt.date(2026, 1, 1))
    row = submitted(cast, task, percent=70)
    (before,) = standings_of([task])
    assert (before.percent, before.state) == (None, "not_started")
    actions.accept(rows=[row.pk], by=cast.county_reviewer)
    (after,) = standings_of([task])
    assert (after.percent, after.state) == (70, "on_course")


def test_a_return_needs_words_and_a_second_decision_is_a_conflict(cast, task):
    row = submitted(cast, task)
    with pytest.raises(Refused, match="写明意见"):
        actions.return_progress(notes={row.pk: " "}, by=cast.county_reviewer)
    actions.accept(rows=[row.pk], by=cast.county_reviewer)
    with pytest.raises(Conflict, match="已通过"):
        actions.accept(rows=[row.pk], by=cast.county_reviewer)
    with pytest.raises(NotAllowed):
        actions.accept(rows=[row.pk], by=cast.county_clerk)


def test_nobody_accepts_what_they_typed_themselves(cast, task, make_person):
    row = submitted(cast, task)
    row.entered_by = cast.county_reviewer
    row.save()
    with pytest.raises(Refused, match="不能由本人审核"):
        actions.accept(rows=[row.pk], by=cast.county_reviewer)


def test_the_desk_shows_what_moved_since_last_month(cast, task, django_assert_num_queries):
    make_progress(task, cast.township, MAY, by=cast.township_clerk, percent=40)
    submitted(cast, task, percent=65)
    with django_assert_num_queries(3):
        ((unit, (row,)),) = load_desk(cast.county_reviewer, JUNE)
    assert (unit, row.change) == (cast.township, 25)


# --- Evidence ----------------------------------------------------------------------------------------------------


def test_the_same_file_is_attached_once_and_not_after_handing_in(cast, task):
    fill(cast, task)
    row = TaskProgress.objects.get()
    for _ in range(2):
        actions.add_evidence(progress=row, filename="验收单.pdf", content=PDF, by=cast.township_clerk)
    piece = TaskEvidence.objects.get()
    assert ImportFile.objects.count() == 1
    with pytest.raises(NotAllowed):
        actions.add_evidence(progress=row, filename="a.pdf", content=PDF + b" ", by=cast.other_township_clerk)
    actions.submit(unit=cast.township, month=JUNE, by=cast.township_clerk)
    with pytest.raises(Refused, match="不能再删"):
        actions.remove_evidence(piece=piece, by=cast.township_clerk)


def test_a_file_taken_back_is_gone(cast, task):
    fill(cast, task)
    piece = actions.add_evidence(
        progress=TaskProgress.objects.get(), filename="a.pdf", content=PDF, by=cast.township_clerk
    )
    actions.remove_evidence(piece=piece, by=cast.township_clerk)
    assert not TaskEvidence.objects.exists()
    assert not ImportFile.objects.exists()


# --- Overview and bulletin ---------------------------------------------------------------------------------------


def test_reminders_go_to_units_that_still_owe_and_replace_unread_ones(cast, task):
    submitted(cast, task)
    for _ in range(2):
        units = [each.unit for each in load_units(cast.county_clerk, JUNE)]
        assert actions.remind(month=JUNE, units=units, by=cast.county_clerk) == 3
    assert Notice.objects.filter(recipient=cast.department_clerk).count() == 1
    assert not Notice.objects.filter(recipient=cast.township_clerk).exists()
    assert all(each.is_reminded_today for each in load_units(cast.county_clerk, JUNE) if each.open)


def test_departments_count_among_units_that_report_on_tasks_and_nowhere_else(cast, task):
    from indicators.actions.calendar import reporting_units

    assert cast.department in [each.unit for each in load_units(cast.county_clerk, JUNE)]
    assert cast.department not in reporting_units(JUNE)


def test_an_issued_bulletin_stays_as_it_is(cast, task, enter):
    submitted(cast, task, percent=65)
    lines = bulletin_lines(load_units(cast.county_reviewer, JUNE))
    assert [(line["unit"], line["rank"], line["is_tied"]) for line in lines] == [
        ("沈荡镇", 1, False),
        ("海盐县", 2, True),
        ("百步镇", 2, True),
        ("县卫生健康局", 2, True),
    ]
    assert (lines[0]["on_time"], lines[0]["missing"], lines[0]["percent"], lines[0]["share"]) == (
        1,
        0,
        65,
        "100.0",
    )
    page = enter(cast.other_township_clerk).get("/tasks/months/2025-06/notice/")
    assert "还没有印发" in page.content.decode()
    issue_bulletin(month=JUNE, lines=lines, text="请抓紧", by=cast.county_reviewer)
    fill(cast, task, by=cast.other_township_clerk)
    actions.submit(unit=cast.other_township, month=JUNE, by=cast.other_township_clerk)
    page = enter(cast.other_township_clerk).get("/tasks/months/2025-06/notice/")
    assert page.context["lines"] == lines
    with pytest.raises(Conflict, match="已由李怀谷印发"):
        issue_bulletin(month=JUNE, lines=lines, text="", by=cast.county_reviewer)
