"""Typing figures and moving a report through its states."""

import datetime as dt
from decimal import Decimal

import pytest

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, Notice, OrgUnit
from indicators.actions import figures, reports
from indicators.actions.figures import FigureChange, save_figures
from indicators.models import CellComment, Metric, MetricEntry, MonthlyReport, RollupRequest
from tests.conftest import make_unit
from tests.indicators.conftest import JUNE
from tests.indicators.factories import file_report, make_metric

Status = MonthlyReport.Status


def change(desk, *changes: FigureChange, by=None):
    return save_figures(report=desk.report, changes=changes, by=by or desk.clerk)


def notices(person) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(recipient=person).values_list("kind", "text"))


# --- Typing ----------------------------------------------------------------------------------------------------


def test_a_figure_is_stored_with_who_and_when(desk):
    desk.save(nursing_beds="１２")
    entry = MetricEntry.objects.get(report=desk.report)
    assert (entry.value, entry.entered_by, entry.metric.code) == (12, desk.clerk, "nursing_beds")


def test_good_cells_are_saved_and_bad_ones_come_back_with_a_reason(desk):
    result = desk.save(institution_beds="120", nursing_beds="很多", no_such_metric="1")
    assert result.saved == {"institution_beds": Decimal(120)}
    assert "不是数字" in result.errors["nursing_beds"]
    assert "没有代码为“no_such_metric”" in result.errors["no_such_metric"]
    assert desk.figure("nursing_beds") is None


def test_a_bad_text_leaves_the_stored_figure_alone(desk):
    desk.save(nursing_beds="80")
    desk.save(nursing_beds="8o")
    assert desk.figure("nursing_beds") == 80


def test_an_empty_text_removes_the_figure_and_zero_is_kept(desk):
    desk.save(nursing_beds="80", care_staff="0")
    desk.save(nursing_beds="")
    assert desk.figure("nursing_beds") is None
    assert desk.figure("care_staff") == 0


def test_who_saw_an_older_figure_is_told_what_and_by_whom(desk):
    desk.save(nursing_beds="80")
    change(desk, FigureChange("nursing_beds", "85", seen="80"), by=desk.county_clerk)
    result = change(desk, FigureChange("nursing_beds", "90", seen="80"))
    assert "张映雪已于" in result.conflicts["nursing_beds"]
    assert "先保存为 85" in result.conflicts["nursing_beds"]
    assert desk.figure("nursing_beds") == 85


def test_who_did_not_see_that_the_cell_was_emptied_is_told(desk):
    desk.save(nursing_beds="80")
    desk.save(nursing_beds="")
    result = change(desk, FigureChange("nursing_beds", "90", seen="80"))
    assert "他人已先清空" in result.conflicts["nursing_beds"]


def test_every_changed_figure_is_in_the_log_old_and_new(desk):
    desk.save(nursing_beds="80", care_staff="0")
    desk.save(nursing_beds="85", care_staff="0")
    desk.save(nursing_beds="85", institution_beds="不知道")
    logged = AuditEvent.objects.filter(action=AuditEvent.Action.FIGURE).order_by("id")
    name = Metric.objects.get(code="nursing_beds").name
    assert [event.detail["figures"].get(name) for event in logged] == ["空 → 80", "80 → 85"]
    assert {event.username for event in logged} == {desk.clerk.username}


def test_two_people_who_type_the_same_agree(desk):
    desk.save(nursing_beds="80", by=desk.county_clerk)
    result = change(desk, FigureChange("nursing_beds", "80", seen=""))
    assert result.conflicts == {}


def test_a_reason_is_kept_with_its_figure_and_goes_when_the_figure_changes(desk):
    change(desk, FigureChange("nursing_beds", "200", reason="新院投用"))
    change(desk, FigureChange("nursing_beds", "200"))
    assert MetricEntry.objects.get(report=desk.report).reason == "新院投用"
    change(desk, FigureChange("nursing_beds", "81"))
    assert MetricEntry.objects.get(report=desk.report).reason == ""


def test_a_foreign_unit_or_a_reading_role_may_not_type(desk):
    for person in (desk.cast.other_township_clerk, desk.cast.leader, desk.reviewer, desk.cast.auditor):
        with pytest.raises(NotAllowed):
            desk.save(nursing_beds="1", by=person)
    assert desk.figure("nursing_beds") is None


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED, Status.LOCKED])
def test_a_report_that_is_handed_in_cannot_be_typed_into(desk, status):
    MonthlyReport.objects.filter(pk=desk.report.pk).update(status=status)
    with pytest.raises(Refused, match="现在不能修改"):
        desk.save(nursing_beds="1")


def test_history_keeps_every_figure_that_was_typed(desk):
    desk.save(nursing_beds="80")
    desk.save(nursing_beds="81")
    desk.save(nursing_beds="")
    events = MetricEntry.pgh_event_model.objects.filter(report=desk.report).order_by("pgh_id")
    assert [(event.pgh_label, event.value) for event in events] == [
        ("insert", 80),
        ("update", 81),
        ("delete", 81),
    ]


# --- Copying last month ----------------------------------------------------------------------------------------


def test_copying_fills_empty_stocks_and_leaves_flows_and_typed_figures(desk):
    desk.save(nursing_beds="81")
    assert figures.copy_last_month(report=desk.report, by=desk.clerk) == 2
    assert desk.figure("institution_beds") == 120
    assert desk.figure("care_staff") == 35
    assert desk.figure("nursing_beds") == 81
    assert desk.figure("home_adaptations") is None


def test_copying_twice_changes_nothing_more(desk):
    figures.copy_last_month(report=desk.report, by=desk.clerk)
    assert figures.copy_last_month(report=desk.report, by=desk.clerk) == 0


# --- Submitting ------------------------------------------------------------------------------------------------


def submit(desk, **options):
    return reports.submit(report=desk.report, by=desk.clerk, **options)


def test_a_complete_report_is_handed_in_and_the_reviewers_hear_of_it(desk):
    desk.save(**desk.good)
    report = submit(desk)
    assert (report.status, report.submitted_by, report.is_late) == (Status.SUBMITTED, desk.clerk, False)
    ((kind, text),) = notices(desk.reviewer)
    assert kind == "submitted"
    assert "沈荡镇2026年6月份月报已提交" in text
    assert notices(desk.county_clerk) == []
    assert AuditEvent.objects.filter(
        action="report", user=desk.clerk, subject="沈荡镇2026年6月份月报 提交"
    ).exists()


def test_an_empty_report_is_refused(desk):
    with pytest.raises(Refused, match="还是空的"):
        submit(desk, allow_missing=True)


def test_missing_figures_are_named_and_can_be_allowed(desk):
    desk.save(institution_beds="120", nursing_beds="80")
    with pytest.raises(Refused, match=r"还有 2 项未填.*养老服务从业人员数.*缺项提交"):
        submit(desk)
    submit(desk, allow_missing=True)
    assert desk.report.steps.get().note == "缺 2 项"


def test_a_hard_finding_blocks(desk):
    desk.save(**{**desk.good, "nursing_beds": "121"})
    with pytest.raises(Refused, match=r"护理型床位数.121.大于养老机构床位数"):
        submit(desk)
    assert desk.status() == Status.DRAFT


def test_a_soft_finding_blocks_until_it_is_explained(desk):
    desk.save(**{**desk.good, "care_staff": "60"})
    with pytest.raises(Refused, match="由上月 35 变为 60"):
        submit(desk)
    change(desk, FigureChange("care_staff", "60", reason="新院投用"))
    assert submit(desk).status == Status.SUBMITTED


def test_after_the_deadline_a_report_is_late_for_good(desk, in_june):
    desk.save(**desk.good)
    in_june.move_to(dt.datetime(2026, 6, 20, 16, 1, tzinfo=dt.UTC))  # 00:01 on the 21st in Shanghai
    assert submit(desk).is_late
    reports.return_report(report=desk.report, by=desk.reviewer, comments={}, note="请核对")
    assert submit(desk).is_late


def test_on_the_day_of_the_deadline_a_report_is_in_time(desk, in_june):
    desk.save(**desk.good)
    in_june.move_to(dt.datetime(2026, 6, 20, 15, 59, tzinfo=dt.UTC))
    assert not submit(desk).is_late


def test_what_was_in_time_does_not_become_late_by_being_returned(desk, in_june):
    desk.save(**desk.good)
    first = submit(desk).first_submitted_at
    reports.return_report(report=desk.report, by=desk.reviewer, comments={}, note="请核对")
    in_june.move_to(dt.datetime(2026, 6, 25, 2, 0, tzinfo=dt.UTC))
    report = submit(desk)
    assert (report.is_late, report.first_submitted_at) == (False, first)


# --- Reviewing -------------------------------------------------------------------------------------------------


@pytest.fixture
def submitted(desk):
    desk.save(**desk.good)
    submit(desk)
    return desk


def test_a_return_carries_remarks_on_cells_with_the_figure_of_that_moment(submitted):
    remarks = {"nursing_beds": " 与台账不符 ", "care_staff": " "}
    reports.return_report(report=submitted.report, by=submitted.reviewer, comments=remarks)
    comment = CellComment.objects.get()
    assert (comment.metric.code, comment.text, comment.value_then) == ("nursing_beds", "与台账不符", 80)
    assert comment.resolved_at is None
    kind, text = notices(submitted.clerk)[0]
    assert kind == "returned"
    assert "1 处数据有意见" in text


def test_a_return_without_a_word_is_refused(submitted):
    with pytest.raises(Refused, match="请写明退回的原因"):
        reports.return_report(report=submitted.report, by=submitted.reviewer, comments={"nursing_beds": " "})


def test_a_remark_on_an_unknown_metric_is_refused(submitted):
    with pytest.raises(Refused, match="没有代码为“x”的指标"):
        reports.return_report(report=submitted.report, by=submitted.reviewer, comments={"x": "?"})
    assert submitted.status() == Status.SUBMITTED


def test_submitting_again_settles_the_remarks(submitted):
    reports.return_report(report=submitted.report, by=submitted.reviewer, comments={"nursing_beds": "?"})
    submitted.save(nursing_beds="82")
    submit(submitted)
    assert CellComment.objects.get().resolved_at is not None


def test_an_approval_asks_for_the_roll_up_and_tells_the_clerk(submitted):
    report = reports.approve(report=submitted.report, by=submitted.reviewer)
    assert (report.status, report.approved_by) == (Status.APPROVED, submitted.reviewer)
    assert RollupRequest.objects.get(month=JUNE).version == 1
    assert notices(submitted.clerk)[0][0] == "approved"


def test_nobody_approves_what_they_typed_or_handed_in(desk):
    desk.save(**desk.good)
    MetricEntry.objects.filter(report=desk.report, metric__code="care_staff").update(entered_by=desk.reviewer)
    submit(desk)
    with pytest.raises(Refused, match="不能由本人审核"):
        reports.approve(report=desk.report, by=desk.reviewer)
    MetricEntry.objects.filter(report=desk.report).update(entered_by=desk.clerk)
    MonthlyReport.objects.filter(pk=desk.report.pk).update(submitted_by=desk.reviewer)
    with pytest.raises(Refused, match="不能由本人审核"):
        reports.approve(report=desk.report, by=desk.reviewer)
    assert desk.status() == Status.SUBMITTED
    assert not RollupRequest.objects.exists()


def test_a_second_approval_is_a_conflict(submitted):
    reports.approve(report=submitted.report, by=submitted.reviewer)
    with pytest.raises(Conflict, match="已通过"):
        reports.approve(report=submitted.report, by=submitted.reviewer)
    assert submitted.report.steps.filter(to_status=Status.APPROVED).count() == 1


def test_an_approval_is_undone_with_a_reason_only(submitted):
    reports.approve(report=submitted.report, by=submitted.reviewer)
    with pytest.raises(Refused, match="撤销审核的原因"):
        reports.reopen(report=submitted.report, by=submitted.reviewer, note=" ")
    report = reports.reopen(report=submitted.report, by=submitted.reviewer, note="床位数有误")
    assert (report.status, report.approved_at, report.approved_by) == (Status.RETURNED, None, None)
    assert RollupRequest.objects.get(month=JUNE).version == 2


# --- Reminding -------------------------------------------------------------------------------------------------


def test_a_reminder_reaches_the_clerks_of_units_that_are_behind(submitted):
    from indicators.actions.calendar import report_for

    cast = submitted.cast
    report_for(cast.other_township, JUNE)
    units = [cast.township, cast.other_township]
    assert reports.remind(month=JUNE, units=units, by=submitted.county_clerk) == 1
    ((kind, text),) = notices(cast.other_township_clerk)
    assert kind == "reminder"
    assert "2026年6月份月报" in text
    assert "6月20日" in text
    assert notices(submitted.clerk) == []
    assert AuditEvent.objects.filter(action="remind", subject="百步镇2026年6月份月报").count() == 1


def test_a_township_cannot_remind(desk):
    with pytest.raises(NotAllowed):
        reports.remind(month=JUNE, units=[desk.cast.other_township], by=desk.clerk)


# --- Taking back -----------------------------------------------------------------------------------------------


def test_taking_back_an_unreviewed_report_takes_back_its_punctuality(desk):
    desk.save(**desk.good)
    reports.submit(report=desk.report, by=desk.clerk)
    report = reports.withdraw(report=desk.report, by=desk.clerk)
    assert (report.status, report.first_submitted_at, report.submitted_by) == (Status.DRAFT, None, None)
    MonthlyReport.objects.filter(pk=report.pk).update(due_on=dt.date(2000, 1, 20))
    assert reports.submit(report=report, by=desk.clerk).is_late, (
        "handed in on time once, taken back, late now"
    )


def test_taking_back_a_resubmission_keeps_the_remarks_open(desk):
    desk.save(**desk.good)
    reports.submit(report=desk.report, by=desk.clerk)
    reports.return_report(report=desk.report, by=desk.reviewer, comments={"nursing_beds": "与台账不符"})
    reports.submit(report=desk.report, by=desk.clerk)
    assert not desk.report.comments.filter(resolved_at=None).exists()
    report = reports.withdraw(report=desk.report, by=desk.clerk)
    assert report.status == Status.RETURNED
    assert report.first_submitted_at is not None
    assert [c.text for c in report.comments.filter(resolved_at=None)] == ["与台账不符"]


def test_a_reminder_that_nobody_has_read_is_replaced(desk):
    for _ in range(3):
        reports.remind(month=desk.report.month, units=[desk.report.org_unit], by=desk.county_clerk)
    assert len([kind for kind, _ in notices(desk.clerk) if kind == Notice.Kind.REMINDER]) == 1


def test_the_reviewers_of_a_city_are_told_of_a_districts_report(cast, make_person, in_june):
    """A district files for itself and has no reviewer of its own."""
    city = make_unit("330200", "宁波市", OrgUnit.Level.CITY)
    district = make_unit("330203", "海曙区", OrgUnit.Level.COUNTY, city)
    clerk = make_person("haishu", "戴溪桥", "county_clerk", district)
    reviewer = make_person("shi", "郑思齐", "county_reviewer", city)
    make_metric("institution_beds", reporter="both")
    report = file_report(district, JUNE, {"institution_beds": 120}, by=clerk, status="draft")
    reports.submit(report=report, by=clerk, allow_missing=True)
    assert [notice.recipient for notice in Notice.objects.filter(kind=Notice.Kind.SUBMITTED)] == [reviewer]
