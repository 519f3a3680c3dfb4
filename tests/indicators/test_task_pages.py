"""Pages of key tasks: the list, one task, the unit's month with files, the county's desk, rounds, supervision."""

import datetime as dt
import io
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from eldercare import todo
from eldercare.models import AuditEvent
from indicators.actions import tasks as task_actions
from indicators.models import (
    EvaluationRound,
    Supervision,
    Task,
    TaskEvidence,
    TaskProgress,
    TaskUnit,
)
from tests.indicators.conftest import text_of
from tests.indicators.factories import make_indicator, make_plan
from tests.indicators.task_world import PDF, make_progress, make_task

pytestmark = pytest.mark.django_db
MAY, JUNE = dt.date(2025, 5, 1), dt.date(2025, 6, 1)
ENTRY = "/tasks/months/2025-06/units/330424101/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime(2025, 6, 16, 2, tzinfo=dt.UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture
def plan(cast):
    return make_plan(cast.county, report_day=20)


@pytest.fixture
def task(cast, plan):
    return make_task(
        plan,
        cast.township,
        cast.other_township,
        lead=cast.county,
        name="完善助餐服务",
        deadline=dt.date(2025, 6, 30),
    )


def typed(task, *, text="完成 3 户", percent="60", state="on_course", seen="", **more):
    return {
        f"text-{task.pk}": text,
        f"percent-{task.pk}": percent,
        f"state-{task.pk}": state,
        f"seen-{task.pk}": seen,
    } | more


# --- List and one task -------------------------------------------------------------------------------------------


def test_the_list_filters_by_what_is_worked_out(cast, plan, task, enter):
    done = make_task(plan, cast.township, name="建成敬老院")
    make_progress(done, cast.township, MAY, by=cast.township_clerk, percent=100)
    client = enter(cast.leader)
    assert [line.row for line in client.get("/tasks/").context["ledger"].lines] == [task, done]
    for query, expected in (
        ("?state=done", [done]),
        ("?q=助餐", [task]),
        ("?due=soon", [task]),
        ("?due=none", [done]),
        (f"?unit={cast.county.code}", [task]),
        ("?state=done&q=助餐", []),
    ):
        assert [line.row for line in client.get(f"/tasks/{query}").context["ledger"].lines] == expected, query


def test_the_list_takes_the_same_number_of_queries_for_many_tasks(
    cast, plan, task, enter, django_assert_max_num_queries
):
    client = enter(cast.county_clerk)
    client.get("/tasks/")
    for _ in range(20):
        make_task(plan, cast.township, cast.other_township, lead=cast.county)
    with django_assert_max_num_queries(14):
        client.get("/tasks/")


def test_the_export_has_what_is_filtered(cast, plan, task, enter):
    make_task(plan, name="另一项", lead=cast.county)
    answer = enter(cast.county_clerk).get("/tasks/?q=助餐&export=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert [row[1] for row in rows if row[0] in ("plan-T1", "plan-T2")] == ["完善助餐服务"]
    assert AuditEvent.objects.filter(action="export", subject="重点任务").exists()


def test_a_township_sees_the_task_but_not_the_progress_of_others(cast, task, enter):
    make_progress(task, cast.other_township, MAY, by=cast.other_township_clerk, text="百步镇的进展")
    make_progress(task, cast.township, MAY, by=cast.township_clerk, text="沈荡镇的进展")
    page = text_of(enter(cast.township_clerk).get(f"/tasks/{task.code}/"))
    assert "沈荡镇的进展" in page
    assert "百步镇的进展" not in page
    county = text_of(enter(cast.leader).get(f"/tasks/{task.code}/"))
    assert "百步镇的进展" in county


def test_an_inferred_unit_says_so_until_a_person_confirms_it(cast, plan, enter):
    task = make_task(plan, name="未写单位")
    TaskUnit.objects.create(task=task, role="lead", org_unit=cast.county, is_inferred=True)
    client = enter(cast.county_clerk)
    assert "推定" in text_of(client.get(f"/tasks/{task.code}/"))
    client.post(f"/tasks/{task.code}/confirm/")
    assert TaskUnit.objects.get(task=task).confirmed_by == cast.county_clerk
    assert "推定无误" not in text_of(client.get(f"/tasks/{task.code}/"))


def form_of(task, **more):
    return {
        "name": task.name,
        "section": task.section,
        "quote": task.quote,
        "deadline": "2025-06-30",
        "leads": [part.org_unit_id for part in task.units.filter(role="lead")],
        "responsible": [part.org_unit_id for part in task.units.filter(role="responsible")],
        "seen": task_actions.task_version(task),
    } | more


def test_the_county_changes_units_milestones_and_links(cast, plan, task, enter):
    indicator = make_indicator(plan, "beds", target="60")
    client = enter(cast.county_clerk)
    sent = form_of(
        task,
        responsible=[cast.department.pk],
        milestones="2025-03-31 选址\n2025年6月15日：开业",
        indicator_numbers=str(indicator.number),
    )
    assert client.post(f"/tasks/{task.code}/edit/", sent).status_code == 302
    assert [part.org_unit for part in task.units.filter(role="responsible")] == [cast.department]
    assert [str(each) for each in task.milestones.all()] == ["2025-03-31 选址", "2025-06-15 开业"]
    assert list(task.indicators.all()) == [indicator]
    page = text_of(client.get("/tasks/calendar/?year=2025"))
    assert "开业" in page
    assert "选址" in page


def test_a_form_that_is_out_of_date_writes_nothing_and_keeps_what_was_typed(cast, task, enter):
    sent = form_of(task, name="我的名称")
    task_actions.set_state(task=task, state="on_course", reason="会议纪要", by=cast.county_clerk)
    answer = enter(cast.county_clerk).post(f"/tasks/{task.code}/edit/", sent)
    assert "刚被他人改过" in text_of(answer)
    assert "我的名称" in text_of(answer)
    assert Task.objects.get(pk=task.pk).name == "完善助餐服务"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("milestones", "明年春天 开工", "看不出日期"),
        ("milestones", "2025-02-30 开工", "看不出日期"),
        ("indicator_numbers", "99", "没有序号为 99 的指标"),
        ("indicator_numbers", "八", "不是指标序号"),
        ("quantity_target", "5", "请选它说的是哪个基础指标"),
    ],
)
def test_what_is_wrong_in_a_task_is_said_at_its_field(cast, task, enter, field, value, words):
    answer = enter(cast.county_clerk).post(f"/tasks/{task.code}/edit/", form_of(task, **{field: value}))
    assert words in text_of(answer)


def test_a_task_added_by_hand_is_owed_by_several_units(cast, plan, enter):
    sent = {"name": "新任务", "leads": [cast.department.pk], "responsible": [cast.township.pk]}
    enter(cast.county_clerk).post("/tasks/new/", sent)
    made = Task.objects.get()
    assert (made.code, made.number) == ("plan-T1", 1)
    page = enter(cast.department_clerk).get(f"/tasks/months/2025-06/units/{cast.department.code}/")
    assert [row.duty.task for row in page.context["page"].rows] == [made]


def test_a_state_decided_by_hand_needs_a_reason_and_is_shown_with_it(cast, task, enter):
    client = enter(cast.county_clerk)
    assert "此项必填" in text_of(client.post(f"/tasks/{task.code}/state/", {"state": "cancelled"}))
    client.post(f"/tasks/{task.code}/state/", {"state": "cancelled", "reason": "县政府会议决定取消"})
    page = text_of(enter(cast.leader).get(f"/tasks/{task.code}/"))
    assert "县政府会议决定取消" in page
    assert "已取消" in page


# --- The unit's month --------------------------------------------------------------------------------------------


def test_saved_with_a_file_and_submitted_without_javascript(cast, task, enter):
    client = enter(cast.township_clerk)
    file = SimpleUploadedFile("验收单.pdf", PDF)
    client.post(f"{ENTRY}save/", typed(task, step="save") | {f"files-{task.pk}": file})
    row = TaskProgress.objects.get()
    assert (row.text, row.percent, row.state, row.status) == ("完成 3 户", 60, "on_course", "draft")
    piece = TaskEvidence.objects.get()
    assert (piece.filename, piece.kind, piece.file.size) == ("验收单.pdf", "pdf", len(PDF))
    seen = client.get(ENTRY).context["page"].rows[0].seen
    answer = client.post(f"{ENTRY}save/", typed(task, seen=seen, step="submit"), follow=True)
    assert "已提交 1 项" in text_of(answer)
    download = client.get(f"/tasks/evidence/{piece.pk}/")
    assert download.content == PDF
    assert download["Content-Disposition"].startswith("attachment")
    assert download["X-Content-Type-Options"] == "nosniff"
    assert enter(cast.other_township_clerk).get(f"/tasks/evidence/{piece.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("页面.pdf", b"<html><script>alert(1)</script>", "其实是网页"),
        ("空.pdf", b"", "空文件"),
        ("图.svg", b"<svg onload='alert(1)'/>", "SVG"),
    ],
)
def test_a_hostile_file_is_refused_and_the_words_are_kept(cast, task, enter, name, content, words):
    file = SimpleUploadedFile(name, content)
    answer = enter(cast.township_clerk).post(
        f"{ENTRY}save/", typed(task, step="submit") | {f"files-{task.pk}": file}
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    assert "完成 3 户" in page
    assert not TaskEvidence.objects.exists()
    assert TaskProgress.objects.get().status == "draft"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"percent": "120"}, "0 到 100"),
        ({"percent": "一半"}, "0 到 100"),
        ({"text": "老人身份证号 330424195001011230"}, "不能写身份证号"),
        ({"state": "cancelled"}, "从列表中选状态"),
        ({"text": "长" * 2001}, "最多 2000 字"),
    ],
)
def test_what_cannot_be_stored_comes_back_with_its_reason(cast, task, enter, more, words):
    answer = enter(cast.township_clerk).post(f"{ENTRY}save/", typed(task, **more))
    assert answer.status_code == 422
    assert words in text_of(answer)
    row = answer.context["page"].rows[0]
    assert row.text == more.get("text", "完成 3 户")
    assert not TaskProgress.objects.exists()


def test_a_wrong_file_does_not_hide_that_the_words_beside_it_were_not_saved(cast, task, enter):
    make_progress(task, cast.township, JUNE, by=cast.township_clerk, status="draft")
    client = enter(cast.township_clerk)
    seen = client.get(ENTRY).content.decode().split(f'name="seen-{task.pk}" value="')[1].split('"')[0]
    wrong = SimpleUploadedFile("a.pdf", b"MZ")
    data = typed(task, percent="105", seen=seen, step="save", **{f"files-{task.pk}": [wrong]})
    page = text_of(client.post(ENTRY + "save/", data))
    assert "“105”不是 0 到 100 的整数。" in page
    assert "“a.pdf”不是可以上传的类型" in page
    assert TaskProgress.objects.get().percent == 50


def test_a_submission_that_lacks_something_keeps_what_was_saved(cast, plan, task, enter):
    make_task(plan, cast.township)
    answer = enter(cast.township_clerk).post(f"{ENTRY}save/", typed(task, step="submit"))
    assert answer.status_code == 409
    assert "还有 1 项没有填好" in text_of(answer)
    assert TaskProgress.objects.get().text == "完成 3 户"


def test_the_desk_accepts_and_returns(cast, plan, task, enter):
    other = make_task(plan, cast.township)
    first = make_progress(task, cast.township, JUNE, by=cast.township_clerk, status="submitted")
    second = make_progress(other, cast.township, JUNE, by=cast.township_clerk, status="submitted")
    client = enter(cast.county_reviewer)
    both = client.post(
        "/tasks/months/2025-06/decide/", {"step": "accept", "row": [first.pk], f"note-{second.pk}": "不清楚"}
    )
    assert "您写了退回意见" in text_of(both)
    assert "不清楚" in text_of(both)
    client.post("/tasks/months/2025-06/decide/", {"step": "return", f"note-{second.pk}": "不清楚"})
    client.post("/tasks/months/2025-06/decide/", {"step": "accept", "row": [first.pk]})
    assert dict(TaskProgress.objects.values_list("pk", "status")) == {
        first.pk: "accepted",
        second.pk: "returned",
    }
    page = text_of(enter(cast.township_clerk).get(ENTRY))
    assert "退回意见：不清楚" in page


def test_the_desk_shows_what_was_asked_for_when_progress_comes_again(cast, task, enter):
    row = make_progress(task, cast.township, JUNE, by=cast.township_clerk, status="submitted")
    reviewer = enter(cast.county_reviewer)
    assert "上次退回意见" not in text_of(reviewer.get("/tasks/months/2025-06/check/"))
    reviewer.post("/tasks/months/2025-06/decide/", {"step": "return", f"note-{row.pk}": "请附验收单"})
    page = enter(cast.township_clerk).get(ENTRY).content.decode()
    seen = page.split(f'name="seen-{task.pk}" value="')[1].split('"')[0]
    enter(cast.township_clerk).post(ENTRY + "save/", typed(task, seen=seen, step="submit"))
    assert "上次退回意见：请附验收单" in text_of(reviewer.get("/tasks/months/2025-06/check/"))


@pytest.mark.parametrize("step", ["accept", "return"])
def test_a_click_with_nothing_ticked_says_what_is_missing(cast, task, enter, step):
    make_progress(task, cast.township, JUNE, by=cast.township_clerk, status="submitted")
    said = text_of(enter(cast.county_reviewer).post("/tasks/months/2025-06/decide/", {"step": step}))
    assert {"accept": "请先勾选要通过的任务进展。", "return": "退回要写明意见"}[step] in said


@pytest.mark.parametrize(("who", "offered"), [("county_clerk", True), ("department_clerk", False)])
def test_an_empty_list_of_supervisions_tells_only_those_who_may_how_to_issue_one(cast, enter, who, offered):
    page = text_of(enter(getattr(cast, who)).get("/tasks/supervisions/"))
    assert ("在任务页点“督办”下发" in page) is offered
    assert ("县级下发的督办会列在这里" in page) is not offered


def test_the_county_is_told_who_let_the_deadline_pass(cast, task, today):
    make_progress(task, cast.township, JUNE, by=cast.township_clerk, status="submitted")
    today.move_to(dt.datetime(2025, 6, 21, 2, tzinfo=dt.UTC))
    (item,) = [item for item in todo.items_for(cast.county_clerk) if "单位逾期" in item.title]
    assert item.title == "2025年6月任务进展还有 1 个单位逾期未报齐"
    assert item.detail == "百步镇，共缺 1 项。"


def test_what_the_home_page_asks_of_each(cast, task, enter):
    def titles(user):
        return [item.title for item in todo.items_for(user) if "任务" in item.title or "督办" in item.title]

    assert titles(cast.township_clerk) == ["填报2025年6月任务进展"]
    row = make_progress(task, cast.township, JUNE, by=cast.township_clerk, status="submitted")
    assert titles(cast.township_clerk) == []
    assert titles(cast.county_reviewer) == ["审核2025年6月任务进展"]
    TaskProgress.objects.filter(pk=row.pk).update(status="returned")
    assert titles(cast.township_clerk) == ["2025年6月任务进展有 1 项被退回，请修改"]
    issued = task_actions.issue_supervision(
        task=task,
        unit=cast.other_township,
        demand="请说明",
        reply_due_on=dt.date(2025, 6, 30),
        by=cast.county_clerk,
    )
    assert f"回复{issued}：完善助餐服务" in titles(cast.other_township_clerk)
    assert all("督办" not in title for title in titles(cast.township_clerk))


# --- Supervision and rounds --------------------------------------------------------------------------------------


def test_supervision_from_issue_to_settlement(cast, task, enter):
    county, township = enter(cast.county_clerk), enter(cast.township_clerk)
    sent = {"unit": cast.township.code, "demand": "请报整改计划", "reply_due_on": "2025-06-25"}
    county.post(f"/tasks/{task.code}/supervise/", sent)
    found = Supervision.objects.get()
    assert str(found) == "督办〔2025〕1号"
    again = county.post(f"/tasks/{task.code}/supervise/", sent)
    assert "已在督办中" in text_of(again)
    address = reverse("supervision", args=[found.pk])
    assert "销号" not in text_of(township.get(address)).split("督办要求")[1]
    township.post(f"{address}reply/", {"text": "下周完成"})
    assert "下周完成" in text_of(county.get(address))
    assert "此项必填" in text_of(county.post(f"{address}close/", {"text": ""}))
    county.post(f"{address}close/", {"text": "已整改"})
    found.refresh_from_db()
    assert (found.status, found.closing_note) == ("closed", "已整改")
    assert "已销号，不用再回复" in text_of(township.post(f"{address}reply/", {"text": "再说一句"}))


def test_the_unit_to_supervise_is_asked_for_in_words(cast, task, enter):
    page = text_of(enter(cast.county_clerk).get(f"/tasks/{task.code}/supervise/"))
    assert "请选择单位" in page
    assert "---" not in page.split("<main")[1]


def test_a_unit_that_has_no_part_in_a_task_is_not_put_under_supervision(cast, task, enter):
    sent = {"unit": cast.department.code, "demand": "x", "reply_due_on": "2025-06-25"}
    enter(cast.county_clerk).post(f"/tasks/{task.code}/supervise/", sent)
    assert not Supervision.objects.exists()


def test_a_round_from_own_scores_to_the_closed_result(cast, plan, task, enter):
    reviewer, township = enter(cast.county_reviewer), enter(cast.township_clerk)
    wrong = reviewer.post("/tasks/rounds/new/", {"plan": plan.code, "kind": "half_year", "month": "2025-05"})
    assert "6 月或 12 月" in text_of(wrong)
    reviewer.post("/tasks/rounds/new/", {"plan": plan.code, "kind": "half_year", "month": "2025-06"})
    made = EvaluationRound.objects.get()
    items = {item.org_unit: item for item in made.items.all()}
    assert set(items) == {cast.county, cast.township, cast.other_township}
    address = reverse("round", args=[made.pk])
    own = items[cast.township]
    refused = township.post(f"{address}self/", {f"self-{own.pk}": "101", f"self-note-{own.pk}": "很好"})
    assert "0 到 100" in text_of(refused)
    assert "很好" in text_of(refused)
    township.post(f"{address}self/", {f"self-{own.pk}": "95.5", f"self-note-{own.pk}": "很好"})
    stranger = items[cast.other_township]
    township.post(f"{address}self/", {f"self-{stranger.pk}": "10"})
    assert "还有 3 项没有核定" in text_of(reviewer.post(f"{address}close/"))
    for unit, score in ((cast.county, "80"), (cast.township, "90"), (cast.other_township, "90")):
        item = items[unit]
        sent = {f"score-{item.pk}": score, f"score-note-{item.pk}": "资料齐全"}
        reviewer.post(f"{address}scores/?unit={unit.code}", sent)
    reviewer.post(f"{address}close/")
    made.refresh_from_db()
    assert made.is_closed
    own.refresh_from_db()
    stranger.refresh_from_db()
    assert (own.self_score, own.score, stranger.self_score) == (Decimal("95.5"), 90, None)
    places = {each.unit.name: each.place for each in reviewer.get(address).context["sheet"].units}
    assert places == {"沈荡镇": 1, "百步镇": 1, "海盐县": 3}
    late = township.post(f"{address}self/", {f"self-{own.pk}": "99"})
    assert "已经办结" in text_of(late)
