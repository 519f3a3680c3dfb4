"""A month of key tasks in a browser: reported with evidence, returned, corrected, accepted, made known."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from indicators.models import TaskEvidence, TaskProgress
from indicators.rules.months import month_of
from tests.browser.test_month import answer_yes
from tests.indicators.factories import make_plan
from tests.indicators.task_world import PDF, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_month_of_a_task_from_the_unit_to_the_bulletin(cast, open_browser, watch, tmp_path):
    watch.expected = ("status of 422",)  # the file that is none is refused
    today = timezone.localdate()
    month = month_of(today)
    plan = make_plan(
        cast.county,
        starts_on=dt.date(today.year, 1, 1),
        ends_on=dt.date(today.year + 1, 12, 31),
        report_day=28,
    )
    task = make_task(plan, cast.township, name="完善老年助餐服务")
    proof, page_in_disguise = tmp_path / "验收单.pdf", tmp_path / "网页.pdf"
    proof.write_bytes(PDF)
    page_in_disguise.write_bytes(b"<html><script>alert(1)</script></html>")

    # The unit reports, first with a file that is none.
    unit = open_browser(cast.township_clerk)
    unit.click("text=去填报")
    row = unit.locator(f"#task-{task.pk}")
    row.locator("textarea").fill("新建助餐点 2 个")
    row.locator("[data-percent]").fill("100")
    row.locator("[data-percent]").press("Enter")
    expect(row.locator("[data-state]")).to_have_value("done")
    row.locator("input[type=file]").set_input_files(page_in_disguise)
    unit.click("button:has-text('提交审核')")
    expect(row.locator(".field-error")).to_contain_text("其实是网页")
    expect(row.locator("textarea")).to_have_value("新建助餐点 2 个")
    row.locator("input[type=file]").set_input_files(proof)
    unit.click("button:has-text('提交审核')")
    expect(unit.locator(".alert-success")).to_contain_text("已提交 1 项")
    assert TaskEvidence.objects.get().filename == "验收单.pdf"

    # The county returns it.
    county = open_browser(cast.county_reviewer)
    county.click("text=去审核")
    with county.expect_download() as download:
        county.click("text=验收单.pdf")
    assert download.value.suggested_filename == "验收单.pdf"
    county.fill("input[name^=note-]", "请写明地点")
    county.click("button:has-text('退回写了意见的')")
    expect(county.locator(".alert-success")).to_contain_text("已退回 1 项")

    # The unit corrects it.
    unit.goto("/")
    unit.click("text=去修改")
    expect(row).to_contain_text("退回意见：请写明地点")
    row.locator("textarea").fill("在中钱村、新丰村新建助餐点 2 个")
    unit.click("button:has-text('提交审核')")
    expect(unit.locator(".alert-success")).to_contain_text("已提交 1 项")

    # Accepted; the task is done, and the standings are made known.
    county.reload()
    county.click("button:has-text('全选')")
    county.click("button:has-text('通过所选')")
    expect(county.locator(".alert-success")).to_contain_text("已通过 1 项")
    assert TaskProgress.objects.get().status == "accepted"
    county.goto(f"/tasks/{task.code}/")
    expect(county.locator(".page-subtitle")).to_contain_text("已完成")
    county.goto(f"/tasks/months/{month:%Y-%m}/notice/")
    county.fill("#notice-text", "进展良好。")
    county.click("button:has-text('印发')")
    answer_yes(county, "印发")
    expect(county.locator(".alert-success")).to_contain_text("已印发")
    unit.goto(f"/tasks/months/{month:%Y-%m}/notice/")
    expect(unit.locator("tbody tr")).to_contain_text(["沈荡镇"])
    expect(unit.locator(".notice-text")).to_contain_text("进展良好。")
