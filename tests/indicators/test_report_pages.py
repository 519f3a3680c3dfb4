"""The pages of the monthly report as each role sees and uses them, without JavaScript."""

import datetime as dt
import re

from indicators.actions import reports
from indicators.actions.figures import FigureChange, save_figures
from indicators.models import MetricEntry, MonthlyReport, RollupRequest
from tests.indicators.conftest import JUNE, submit, text_of

Status = MonthlyReport.Status


def form_of(page: str) -> dict[str, str]:
    """The fields of the entry form as a browser would send them."""
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attributes and attributes.get("type") != "checkbox":
            fields[attributes["name"]] = attributes.get("value", "")
    return fields


# --- Entering ---------------------------------------------------------------------------------------------------


def test_the_form_lists_what_the_unit_owes_with_last_month(desk, clerk):
    page = text_of(clerk.get(desk.url()))
    for name in ("养老机构床位数", "护理型床位数", "养老服务从业人员数", "适老化改造完成户数"):
        assert name in page
    assert "福彩公益金" not in page
    assert "不列入月报" not in page
    assert 'data-before="120"' in page
    assert "已填 <strong data-filled>0</strong>/4" in page


def test_the_county_owes_its_own_metrics(desk, enter):
    reports_of_county = "/reports/2026-06/330424/"
    client = enter(desk.county_clerk)
    client.post(f"{reports_of_county}save/", {"open": "1"})
    page = text_of(client.get(reports_of_county))
    assert "福彩公益金" in page
    assert "护理型床位数" not in page


def test_each_field_has_its_definition_for_hover_and_focus(desk, clerk):
    page = text_of(clerk.get(desk.url()))
    assert 'aria-describedby="d-nursing_beds m-nursing_beds"' in page
    assert 'role="tooltip" id="d-nursing_beds"' in page


def test_empty_and_zero_look_different(desk, clerk):
    desk.save(care_staff="0")
    page = text_of(clerk.get(desk.url()))
    assert 'name="value-care_staff" value="0"' in page
    assert 'name="value-nursing_beds" value="" placeholder="未报"' in page


def test_saving_the_form_stores_each_cell_and_says_how_many(desk, clerk):
    fields = form_of(clerk.get(desk.url()).content.decode())
    fields |= {"value-institution_beds": "1,200", "value-care_staff": "０"}
    answer = clerk.post(desk.url("save/"), fields, follow=True)
    assert "已保存 2 项" in text_of(answer)
    assert (desk.figure("institution_beds"), desk.figure("care_staff")) == (1200, 0)
    assert desk.figure("nursing_beds") is None


def test_a_wrong_cell_keeps_its_text_beside_its_reason_and_the_good_ones_are_saved(desk, clerk):
    fields = form_of(clerk.get(desk.url()).content.decode())
    answer = clerk.post(
        desk.url("save/"), fields | {"value-institution_beds": "120", "value-nursing_beds": "八十"}
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert "已保存 1 项，另有 1 项没有保存" in page
    assert 'name="value-nursing_beds" value="八十"' in page
    assert "“八十”不是数字" in page
    assert desk.figure("institution_beds") == 120
    assert desk.figure("nursing_beds") is None


def test_a_conflict_shows_the_other_figure_keeps_the_typed_one_and_can_be_settled(desk, clerk):
    fields = form_of(clerk.get(desk.url()).content.decode())
    desk.save(nursing_beds="77", by=desk.county_clerk)
    answer = clerk.post(desk.url("save/"), fields | {"value-nursing_beds": "88"})
    page = text_of(answer)
    assert "张映雪已于" in page
    assert 'name="value-nursing_beds" value="88"' in page
    clerk.post(desk.url("save/"), form_of(answer.content.decode()))
    assert desk.figure("nursing_beds") == 88


def test_cells_that_nobody_touched_are_no_conflict(desk, clerk):
    fields = form_of(clerk.get(desk.url()).content.decode())
    desk.save(nursing_beds="77", by=desk.county_clerk)
    clerk.post(desk.url("save/"), fields | {"value-care_staff": "36"})
    assert (desk.figure("nursing_beds"), desk.figure("care_staff")) == (77, 36)


def test_a_forged_or_broken_form_is_refused_for_its_cell_only(desk, clerk):
    fields = {
        "value-care_staff": "1",
        "seen-care_staff": "sNaN",
        "value-nursing_beds": "2",
        "seen-nursing_beds": "",
    }
    answer = clerk.post(desk.url("save/"), fields)
    assert "页面内容不完整" in text_of(answer)
    assert (desk.figure("care_staff"), desk.figure("nursing_beds")) == (None, 2)


def test_a_long_reason_is_refused_and_kept(desk, clerk):
    reason = "扩" * 201
    answer = clerk.post(
        desk.url("save/"), {"value-care_staff": "1", "seen-care_staff": "", "reason-care_staff": reason}
    )
    assert "说明最多 200 字，现在有 201 字" in text_of(answer)
    assert reason in text_of(answer)


def test_copying_last_month_saves_what_was_typed_first(desk, clerk):
    fields = form_of(clerk.get(desk.url()).content.decode()) | {"value-nursing_beds": "81"}
    answer = clerk.post(desk.url("copy/"), fields, follow=True)
    assert "2 项时点数" in text_of(answer)
    assert [desk.figure(code) for code in ("institution_beds", "nursing_beds", "care_staff")] == [120, 81, 35]
    assert desk.figure("home_adaptations") is None


def test_submitting_saves_what_was_typed_first(desk, clerk):
    fields = form_of(clerk.get(desk.url()).content.decode())
    fields |= {f"value-{code}": text for code, text in desk.good.items()}
    answer = clerk.post(desk.url("submit/"), fields, follow=True)
    assert "月报已提交" in text_of(answer)
    assert desk.status() == Status.SUBMITTED
    assert desk.figure("nursing_beds") == 80


def test_submission_stops_at_findings_with_links_to_the_cells(desk, clerk):
    desk.save(**{**desk.good, "nursing_beds": "121"})
    answer = clerk.post(desk.url("submit/"))
    page = text_of(answer)
    assert "没有提交" in page
    assert 'href="#v-nursing_beds"' in page
    assert desk.status() == Status.DRAFT


def test_missing_figures_need_the_tick(desk, clerk):
    desk.save(institution_beds="120")
    assert "缺项提交" in text_of(clerk.post(desk.url("submit/")))
    assert desk.status() == Status.DRAFT
    clerk.post(desk.url("submit/"), {"allow_missing": "1"})
    assert desk.status() == Status.SUBMITTED


def test_typing_into_a_report_handed_in_meanwhile_loses_nothing(desk, clerk):
    fields = form_of(clerk.get(desk.url()).content.decode()) | {"value-nursing_beds": "81"}
    submit(desk)
    answer = clerk.post(desk.url("save/"), fields)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "现在不能修改" in page
    assert "护理型床位数：81" in page


def test_taking_back_and_handing_in_again(desk, clerk):
    submit(desk)
    assert "撤回修改" in text_of(clerk.get(desk.url()))
    clerk.post(desk.url("withdraw/"))
    assert desk.status() == Status.DRAFT
    clerk.post(desk.url("submit/"))
    assert desk.status() == Status.SUBMITTED


def test_a_month_without_a_report_can_be_opened_by_who_enters(desk, clerk, enter):
    url = "/reports/2026-03/330424101/"
    assert "开始填报" in text_of(clerk.get(url))
    assert "开始填报" not in text_of(enter(desk.cast.leader).get(url))
    assert not MonthlyReport.objects.filter(month=dt.date(2026, 3, 1)).exists()
    assert "月报已开启" in text_of(clerk.post(f"{url}save/", {"open": "1"}, follow=True))


def test_months_before_the_base_year_of_the_plan_cannot_be_opened(desk, clerk):
    url = "/reports/2019-12/330424101/"
    assert "开始填报" not in text_of(clerk.get(url))
    answer = clerk.post(f"{url}save/", {"open": "1"})
    assert answer.status_code == 404
    assert "早于规划基期年" in text_of(answer)
    assert "开始填报" in text_of(clerk.get("/reports/2020-01/330424101/"))


# --- Reviewing --------------------------------------------------------------------------------------------------


def test_the_reviewer_sees_figures_changes_and_reasons(desk, reviewer):
    desk.save(**{**desk.good, "care_staff": "60"})
    save_figures(
        report=desk.report,
        changes=[FigureChange("care_staff", "60", reason="新院投用")],
        by=desk.clerk,
    )
    reports.submit(report=desk.report, by=desk.clerk)
    page = text_of(reviewer.get(desk.url()))
    assert "+71.4%" in page
    assert "新院投用" in page
    assert "提交：顾云舟" in page
    assert "审核通过" in page


def test_a_return_comes_back_with_remarks_and_the_second_round_shows_what_changed(desk, clerk, reviewer):
    submit(desk)
    reviewer.post(desk.url("return/"), {"comment-nursing_beds": "与台账不符", "note": "请尽快改正"})
    page = text_of(clerk.get(desk.url()))
    assert "与台账不符" in page
    assert "请尽快改正" in page
    assert 'href="#v-nursing_beds"' in page
    desk.save(nursing_beds="82", care_staff="")
    assert "已改</strong>80 → <span data-changed-to>82" in text_of(clerk.get(desk.url()))
    clerk.post(desk.url("submit/"), {"allow_missing": "1"})
    page = text_of(reviewer.get(desk.url()))
    assert "退回后的改动" in page
    assert "已改</strong>80 → <span data-changed-to>82" in page
    assert "已改</strong>35 → <span data-changed-to>未报" in page


def hidden(page: str, name: str) -> bool:
    return re.search(rf"<[^>]*\bdata-{name}\b[^>]*>", page)[0].endswith(" hidden>")


def test_remarks_that_changed_nothing_are_named_before_submitting_and_stop_nobody(desk, clerk):
    submit(desk)
    remarks = {"nursing_beds": "与台账不符", "care_staff": "请核对"}
    reports.return_report(report=desk.report, by=desk.reviewer, comments=remarks)
    desk.save(care_staff="36")
    page = text_of(clerk.get(desk.url()))
    assert not hidden(page, "untouched-box")
    assert hidden(page, "all-clear")
    assert "退回意见 <span data-untouched-count>1</span> 项未改" in page
    assert 'data-untouched-list><a href="#v-nursing_beds">护理型床位数</a></p>' in page
    desk.save(nursing_beds="81")
    page = text_of(clerk.get(desk.url()))
    assert hidden(page, "untouched-box")
    assert not hidden(page, "all-clear")
    desk.save(nursing_beds="80")
    clerk.post(desk.url("submit/"))
    assert desk.status() == Status.SUBMITTED


def test_a_resubmission_taken_back_still_shows_what_the_reviewer_said(desk, clerk):
    submit(desk)
    reports.return_report(report=desk.report, by=desk.reviewer, comments={"nursing_beds": "与台账不符"})
    desk.save(nursing_beds="82")
    clerk.post(desk.url("submit/"))
    answer = clerk.post(desk.url("withdraw/"), follow=True)
    page = text_of(answer)
    assert desk.status() == Status.RETURNED
    assert f"月报已退回（{desk.reviewer.full_name}" in page
    assert "与台账不符" in page
    assert "已改</strong>80 → <span data-changed-to>82" in page


def test_a_return_without_a_word_or_with_too_many_keeps_what_was_typed(desk, reviewer):
    submit(desk)
    assert "请写明退回的原因" in text_of(reviewer.post(desk.url("return/"), {"note": " "}))
    long = "长" * 301
    page = text_of(reviewer.post(desk.url("return/"), {"comment-nursing_beds": long, "note": "留下这句"}))
    assert "护理型床位数：意见最多 300 字，现在有 301 字" in page
    assert long in page
    assert "留下这句" in page
    assert desk.status() == Status.SUBMITTED


def test_remarks_are_kept_when_somebody_else_was_faster(desk, reviewer):
    submit(desk)
    reports.withdraw(report=desk.report, by=desk.clerk)
    page = text_of(
        reviewer.post(desk.url("return/"), {"comment-nursing_beds": "与台账不符", "note": "总的话"})
    )
    assert "现在是“填报中”" in page
    assert "护理型床位数：与台账不符" in page
    assert "总的话" in page


def test_an_approval_publishes_and_unsent_remarks_stop_it(desk, reviewer):
    submit(desk)
    assert "请先清空意见" in text_of(reviewer.post(desk.url("approve/"), {"comment-nursing_beds": "?"}))
    assert desk.status() == Status.SUBMITTED
    assert "已审核通过" in text_of(reviewer.post(desk.url("approve/"), follow=True))
    assert desk.status() == Status.APPROVED
    assert RollupRequest.objects.get(month=JUNE).version == 1


def test_own_work_cannot_be_approved_and_the_button_says_why(desk, reviewer):
    submit(desk)
    MetricEntry.objects.filter(report=desk.report, metric__code="care_staff").update(entered_by=desk.reviewer)
    page = text_of(reviewer.get(desk.url()))
    assert "其中 1 项数据是您本人填写的" in page
    assert re.search(r'formaction="[^"]*approve/"[^>]*\bdisabled\b', page)
    assert "不能由本人审核" in text_of(reviewer.post(desk.url("approve/")))
    assert desk.status() == Status.SUBMITTED


def test_an_approval_is_undone_with_a_reason(desk, reviewer):
    submit(desk)
    reviewer.post(desk.url("approve/"))
    assert "请写明撤销审核的原因" in text_of(reviewer.post(desk.url("reopen/")))
    reviewer.post(desk.url("reopen/"), {"note": "床位数有误"})
    assert desk.status() == Status.RETURNED
    assert "床位数有误" in text_of(reviewer.get(desk.url()))


def test_a_leader_reads_and_has_no_buttons(desk, enter):
    submit(desk)
    page = text_of(enter(desk.cast.leader).get(desk.url()))
    for word in ("审核通过", "退回修改", "撤回修改", "保存"):
        assert f">{word}<" not in page
    assert "护理型床位数" in page


def test_the_filter_leaves_what_needs_a_second_look(desk, reviewer):
    desk.save(**{key: text for key, text in desk.good.items() if key != "care_staff"})
    reports.submit(report=desk.report, by=desk.clerk, allow_missing=True)
    page = text_of(reviewer.get(desk.url() + "?rows=notable"))
    assert 'id="row-care_staff"' in page
    assert 'id="row-nursing_beds"' not in page


def test_the_record_names_every_step(desk, reviewer):
    submit(desk)
    reviewer.post(desk.url("return/"), {"note": "请核对床位"})
    page = text_of(reviewer.get(desk.url()))
    assert "填报中 → 待审核" in page
    assert "待审核 → 已退回" in page
    assert "请核对床位" in page
