"""A month of a subsidy, from 政策找人 to the reconciled return file: in a browser, with a real worker."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Download, Page, expect

from indicators.rules.months import add_months, month_of
from subsidies.actions import bank_jobs
from subsidies.models import Batch, Elder, Enrolment, Programme, PublicNotice
from subsidies.tasks import work_for_bank
from tests.browser.test_month import answer_yes
from tests.subsidies.batches import returned, rows_of
from tests.subsidies.factories import make_elder, make_enrolment, make_payee, make_programme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = 60_000  # milliseconds; a limit against hanging
WANTED, RUNNING, WITHOUT_ACCOUNT = "沈阿福", "钱老太", "周无户"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def programme(transactional_db, cast) -> Programme:
    """50 yuan a month from 80 on, since last month. Two of the three are in it, one of them without an account."""
    made = make_programme(
        cast.county,
        name="高龄津贴",
        starts=add_months(month_of(timezone.localdate()), -1),
        rules={"start": "application"},
    )
    for name, born in (
        (WANTED, dt.date(1941, 2, 3)),
        (RUNNING, dt.date(1938, 4, 5)),
        (WITHOUT_ACCOUNT, dt.date(1936, 6, 7)),
    ):
        elder = make_elder(cast.township, name, born=born, village=cast.village)
        if name != WITHOUT_ACCOUNT:
            make_payee(elder)
        if name != WANTED:
            make_enrolment(made, elder)
    return made


def test_a_month_from_the_work_list_to_the_reconciled_return(
    cast, programme, open_browser, watch, celery_worker_process, tmp_path
):
    watch.expected = ("410 (Gone)",)  # the names of a notice that is over
    last = programme.starts_on
    township, county = open_browser(cast.township_clerk), open_browser(cast.county_clerk)
    apply_and_check(township)
    put_on_notice(township)
    the_notice_runs_out()
    close_notice(township)
    county.goto("/enrolments/approvals/")
    county.get_by_label(WANTED).check()
    county.get_by_role("button", name="批准勾选的").click()
    expect(county.locator(".notice-line").first).to_contain_text("批准")
    assert Enrolment.objects.get(elder__name=WANTED).state == Enrolment.State.RUNNING

    # Three people of 50 yuan each; who has no account is kept back, with a reason.
    batch = request_batch(county, last)
    expect(county.locator(".batch-total")).to_contain_text("150.00")
    expect(county.locator(".batch-total")).to_contain_text("壹佰伍拾元整")
    hold_who_has_no_account(county)
    county.goto(batch)
    expect(county.locator(".batch-total")).to_contain_text("100.00")
    county.get_by_role("button", name="送审").click()
    answer_yes(county, "送审")
    expect(county.locator("main")).to_contain_text("已送审")
    expect(county.get_by_role("button", name="审批通过")).to_have_count(0)  # two pairs of eyes

    reviewer = open_browser(cast.county_reviewer)
    expect(reviewer.locator("main")).to_contain_text("高龄津贴")  # on the list of things to do
    reviewer.goto(batch)
    reviewer.get_by_role("button", name="审批通过").click()
    answer_yes(reviewer, "审批通过")
    expect(reviewer.locator("main")).to_contain_text("已审批通过")

    the_worker_makes_the_sheet(cast, county, batch)
    rows = rows_of(bank_sheet(county, tmp_path))
    assert sorted(row["享受人"] for row in rows) == sorted((WANTED, RUNNING))
    failed = next(row["序号"] for row in rows if row["享受人"] == RUNNING)
    register_return(county, batch, returned(rows, failed={failed: "账户已销户"}))
    expect(county.locator("main")).to_contain_text(
        "成功 1 人 50.00 元，失败 1 人 50.00 元，全部已有结果，本批已对账"
    )
    expect(county.locator("#failed tbody tr")).to_have_count(1)
    expect(county.locator("#failed")).to_contain_text("账户已销户")

    # The same file again changes nothing.
    register_return(county, batch, returned(rows, failed={failed: "账户已销户"}))
    expect(county.locator("main")).to_contain_text("以前都已登记，没有变动")

    statement_says_what_and_why(county, last)

    # The next batch: 50 yuan for each of the three, and last month once more for the two who did not get it.
    following = request_batch(county, add_months(last, 1))
    expect(county.locator(".batch-total")).to_contain_text("250.00")
    county.goto(f"{following}lines/?kind=supplement")
    supplements = county.locator("main tbody tr")
    expect(supplements).to_have_count(2)
    expect(county.locator("main tbody")).to_contain_text(RUNNING)
    expect(county.locator("main tbody")).to_contain_text(WITHOUT_ACCOUNT)
    expect(county.locator("main tbody")).not_to_contain_text(WANTED)


# --- The township ------------------------------------------------------------------------------------------------


def apply_and_check(page: Page) -> None:
    page.goto("/enrolments/matching/")
    row = page.locator("main tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(WANTED)
    expect(row).to_contain_text("50")
    row.get_by_role("link", name="申请", exact=True).click()
    # Applied for in the month of the batch that is to come.
    page.fill("[name=applied_on]", f"{add_months(month_of(timezone.localdate()), -1):%Y-%m-%d}")
    page.get_by_role("button", name="提出申请").click()
    page.get_by_role("link", name="审核", exact=True).click()
    expect(page.locator(".case-amount")).to_contain_text("50")
    page.get_by_role("button", name="审核通过").click()
    expect(page.locator("main")).to_contain_text("等待公示")
    page.goto("/enrolments/matching/")
    expect(page.locator("main")).to_contain_text("没有漏掉的人")


def put_on_notice(page: Page) -> None:
    page.goto("/public-notices/")
    page.get_by_role("link", name="发起公示").click()
    page.fill("[name=contact]", "0573-86000000")
    page.get_by_role("button", name="公示勾选的").click()
    sheet = page.locator(".notice-sheet")
    expect(sheet).to_contain_text("沈*福")
    expect(sheet).not_to_contain_text(WANTED)


def the_notice_runs_out() -> None:
    """Five working days pass."""
    today = timezone.localdate()
    PublicNotice.objects.update(starts_on=today - dt.timedelta(days=8), ends_on=today - dt.timedelta(days=1))


def close_notice(page: Page) -> None:
    page.reload()
    page.get_by_role("button", name="期满办结").click()
    answer_yes(page, "办结")
    expect(page.locator("main")).to_contain_text("1 人报县级审批")


# --- The county --------------------------------------------------------------------------------------------------


def request_batch(page: Page, month: dt.date) -> str:
    """The path of the batch, once the worker has made it."""
    page.goto("/payments/batches/new/")
    page.select_option("[name=programme]", label="高龄津贴")
    page.select_option("[name=month]", f"{month:%Y-%m}")
    page.get_by_role("button", name="生成", exact=True).click()
    expect(page.locator(".batch-total")).to_be_visible(timeout=LONG)
    return re.sub(r"^https?://[^/]+", "", page.url)


def hold_who_has_no_account(page: Page) -> None:
    page.get_by_role("link", name="去处理问题").click()
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(WITHOUT_ACCOUNT)
    rows.locator("input[type=checkbox]").check()
    page.select_option("#many [name=decision]", "hold")
    page.locator("#many [name=reason]").fill("等社区补报账户")
    page.locator("#many").get_by_role("button", name="确定").click()
    expect(page.locator("main")).to_contain_text("1 个问题已按“暂缓")


def the_worker_makes_the_sheet(cast, page: Page, batch: str) -> None:
    """As for many thousands of people: two would get it with the click. The page shows by itself when it is done."""
    bank_jobs.ask_for_sheet(batch=Batch.objects.get(), by=cast.county_clerk)
    page.goto(batch)
    expect(page.locator(".working")).to_contain_text("正在排队")
    expect(page.get_by_role("button", name="导出银行表")).to_have_count(0)
    work_for_bank.apply_async()
    expect(page.get_by_role("button", name="下载银行表")).to_be_visible(timeout=LONG)


def bank_sheet(page: Page, folder: Path) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name="下载银行表").click()
    file: Download = download.value
    path = folder / "银行表.xlsx"
    file.save_as(path)
    return path.read_bytes()


def register_return(page: Page, batch: str, content: bytes) -> None:
    page.goto(f"{batch}return/")
    page.set_input_files("input[type=file]", {"name": "回盘.xlsx", "mimeType": EXCEL, "buffer": content})
    page.get_by_role("button", name="上传并登记").click()


def statement_says_what_and_why(page: Page, month: dt.date) -> None:
    elder = Elder.objects.get(name=WANTED)
    age = ((month.year - 1941) * 12 + month.month - 2) // 12
    page.goto(f"/payments/of/{elder.pk}/")
    row = page.locator("table.statement tbody tr").first
    expect(row).to_contain_text(f"{month:%Y-%m}")
    expect(row).to_contain_text("50.00")
    expect(row).to_contain_text("已发")
    expect(row).to_contain_text("测民〔2024〕1号")
    expect(row).to_contain_text(f"{age}")  # the person's values put into the rule
    expect(page.locator("main")).not_to_contain_text(elder.payees.get().account.reveal())
