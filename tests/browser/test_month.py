"""A month from entry to the dashboard, as the people of the county live it: in a browser, with a real worker."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from eldercare.models import OrgUnit, User
from eldercare.permissions import Role
from indicators.actions.calendar import open_month
from indicators.actions.reports import return_report
from indicators.actions.rollups import request_roll_up_from
from indicators.models import IndicatorValue, MetricEntry, MonthlyReport, owed_by
from indicators.rollup import roll_up_due
from indicators.rules.months import add_months, month_of
from tests.conftest import PASSWORD
from tests.indicators.factories import file_report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NURSING_SHARE = 8  # 养老机构护理型床位占比 = nursing_beds / institution_beds * 100
FIGURES = {
    "institution_beds": 400,
    "nursing_beds": 240,
    "registered_population": 30_000,
    "registered_elders_60": 9_000,
}


@dataclass
class Town:
    """沈荡镇 with the fixtures of the county: last month approved, this month open and empty."""

    unit: OrgUnit
    clerk: User
    county_clerk: User
    reviewer: User
    leader: User
    month: dt.date
    codes: list[str]

    @property
    def url(self) -> str:
        return f"/reports/{self.month:%Y-%m}/{self.unit.code}/"

    @property
    def report(self) -> MonthlyReport:
        return MonthlyReport.objects.get(org_unit=self.unit, month=self.month)

    def figures(self) -> dict[str, int]:
        rows = MetricEntry.objects.filter(report__org_unit=self.unit, report__month=self.month)
        return {code: int(value) for code, value in rows.values_list("metric__code", "value")}


@pytest.fixture
def town(transactional_db, make_person) -> Town:
    call_command("load_fixtures", place=["haiyan"], verbosity=0)
    county, unit = OrgUnit.objects.get(code="330424"), OrgUnit.objects.get(code="330424101")
    town = Town(
        unit=unit,
        clerk=make_person("shendang", "顾云舟", Role.TOWNSHIP_CLERK, unit),
        county_clerk=make_person("xianji", "张映雪", Role.COUNTY_CLERK, county),
        reviewer=make_person("shenhe", "李怀谷", Role.COUNTY_REVIEWER, county),
        leader=make_person("lingdao", "王守拙", Role.LEADER, county),
        month=month_of(timezone.localdate()),
        codes=[metric.code for metric in owed_by(unit, month_of(timezone.localdate()))],
    )
    file_report(unit, add_months(town.month, -1), last_month(town), by=town.clerk)
    open_month(town.month)
    request_roll_up_from(add_months(town.month, -1))
    roll_up_due()
    return town


def last_month(town: Town) -> dict[str, int]:
    """Parts as large as their wholes, so that no check stands in the way."""
    return {code: FIGURES.get(code, 20) for code in town.codes}


def copy_as_from_excel(page: Page, text: str) -> None:
    """Put ``text`` on the clipboard the way another program does: select it elsewhere and press Ctrl+C."""
    other = page.context.new_page()
    other.set_content("<textarea></textarea>")
    other.fill("textarea", text)
    other.focus("textarea")
    other.keyboard.press("Control+A")
    other.keyboard.press("Control+C")
    other.close()
    page.bring_to_front()


def all_saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_contain_text("全部已保存", timeout=20_000)


def answer_yes(page: Page, label: str) -> None:
    page.locator("dialog.ask").get_by_role("button", name=label).click()


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def county_value(town: Town):
    return (
        IndicatorValue.objects.filter(
            indicator__number=NURSING_SHARE, org_unit__code="330424", month=town.month
        )
        .values_list("value", flat=True)
        .first()
    )


def test_a_month_from_entry_to_the_dashboard(town, open_browser, celery_worker_process):
    clerk = open_browser(town.clerk)
    enter_month(town, clerk)
    assert town.report.status == "submitted"

    reviewer = open_browser(town.reviewer)
    open_todo(town, reviewer)
    reviewer.fill("[name=comment-nursing_beds]", "与床位台账不符，请核对")
    reviewer.get_by_role("button", name="退回修改").click()
    answer_yes(reviewer, "退回")
    expect(reviewer.locator(".notice-line")).to_contain_text("月报已退回")

    correct(town, clerk)
    assert county_value(town) is None

    board = open_browser(town.leader)
    board.goto(f"/dashboard/?month={town.month:%Y-%m}")
    card = board.locator(f'[data-indicator="{NURSING_SHARE}"]').first
    expect(card).to_have_attribute("data-value", "")

    reviewer.goto(town.url)
    changes = reviewer.locator("section", has_text="退回后的改动")
    expect(changes).to_contain_text("与床位台账不符，请核对")
    expect(changes.locator("tr", has_text="护理型床位数")).to_contain_text("240")
    reviewer.get_by_role("button", name="审核通过").click()
    answer_yes(reviewer, "通过")
    # Nobody runs a command and nobody reloads the dashboard.
    expect(card).to_have_attribute("data-value", "62.5", timeout=5_000)
    expect(reviewer.locator(".notice-line")).to_contain_text("已审核通过")
    assert round(county_value(town), 4) == 62.5


def open_todo(town: Town, page: Page) -> None:
    """From the to-do list of the home page, one click."""
    page.locator(f'.todo-item a.btn[href="{town.url}"]').click()
    page.wait_for_url(f"**{town.url}")  # loaded, scripts included


def enter_month(town: Town, page: Page) -> None:
    """The first three figures by keyboard, the others pasted from a sheet; then submitted."""
    open_todo(town, page)
    first, second, third, fourth = (page.locator(f"#v-{code}") for code in town.codes[:4])
    first.focus()
    page.keyboard.type("２０")
    page.keyboard.press("Enter")
    expect(second).to_be_focused()
    page.keyboard.type("20")
    page.keyboard.press("ArrowDown")
    expect(third).to_be_focused()
    page.keyboard.type("999")
    page.keyboard.press("ArrowUp")
    expect(second).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(first).to_be_focused()
    all_saved(page)
    assert town.figures() == {town.codes[0]: 20, town.codes[1]: 20, town.codes[2]: 999}
    expect(page.locator(f'tr[data-code="{town.codes[2]}"] [data-findings]')).to_contain_text("请填写简短说明")

    third.focus()
    page.keyboard.type("1")
    page.keyboard.press("Escape")
    expect(third).to_have_value("999")
    expected = last_month(town)
    column = [f"{expected[code]:,}" for code in town.codes[2:]]
    copy_as_from_excel(page, "\r\n".join(column) + "\r\n")
    third.focus()
    page.keyboard.press("Control+V")
    all_saved(page)
    assert town.figures() == expected
    expect(page.locator("[data-filled]")).to_have_text(str(len(town.codes)))
    expect(fourth).to_have_value(str(expected[town.codes[3]]))
    page.get_by_role("button", name="提交审核").click()
    answer_yes(page, "提交")
    expect(page.locator(".notice-line").first).to_contain_text("月报已提交")


def correct(town: Town, page: Page) -> None:
    page.goto("/")
    open_todo(town, page)
    expect(page.locator(".returned-line")).to_contain_text("护理型床位数")
    expect(page.locator('tr[data-code="nursing_beds"]')).to_contain_text("与床位台账不符，请核对")
    page.locator(".returned-line").get_by_role("link", name="护理型床位数").click()
    page.fill("#v-nursing_beds", "250")
    page.keyboard.press("Enter")
    all_saved(page)
    page.get_by_role("button", name="提交审核").click()
    answer_yes(page, "提交")
    expect(page.locator(".notice-line").first).to_contain_text("月报已提交")


def test_a_conflict_offers_both_figures(town, open_browser, watch):
    watch.expected = ("409 (Conflict)",)
    mine, theirs = open_browser(town.clerk), open_browser(town.county_clerk)
    mine.goto(town.url)
    theirs.goto(town.url)
    theirs.fill("#v-care_staff", "21")
    theirs.keyboard.press("Enter")
    all_saved(theirs)
    mine.fill("#v-care_staff", "22")
    mine.keyboard.press("Enter")
    problem = mine.locator('tr[data-code="care_staff"] [data-problem]')
    expect(problem).to_contain_text("张映雪已于")
    assert town.figures() == {"care_staff": 21}
    problem.get_by_role("button", name="改为我的 22").click()
    all_saved(mine)
    assert town.figures() == {"care_staff": 22}


def test_what_is_typed_outlives_a_broken_network_and_an_ended_session(town, open_browser, watch):
    watch.expected = ("ERR_INTERNET_DISCONNECTED", "401 (Unauthorized)")
    page = open_browser(town.clerk)
    page.goto(town.url)
    page.context.set_offline(True)
    page.fill("#v-care_staff", "21")
    page.keyboard.press("Enter")
    expect(page.locator("[data-save-state]")).to_contain_text("网络不通，1 项没有保存")
    expect(page.locator("#v-care_staff")).to_have_value("21")
    page.context.set_offline(False)
    all_saved(page)

    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.fill("#v-caregivers", "19")
    page.keyboard.press("Enter")
    expect(page.locator("[data-save-state]")).to_contain_text("登录已失效，1 项没有保存")
    expect(page.locator("#v-caregivers")).to_have_value("19")
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="重试").click()
    all_saved(page)
    assert town.figures() == {"care_staff": 21, "caregivers": 19}


def test_signing_in_again_in_another_window_saves_by_itself(town, open_browser, watch):
    watch.expected = ("401 (Unauthorized)",)
    page = open_browser(town.clerk)
    page.goto(town.url)
    page.context.clear_cookies(name="sessionid")
    page.fill("#v-caregivers", "19")
    page.keyboard.press("Enter")
    expect(page.locator("[data-save-state]")).to_contain_text("登录已失效，1 项没有保存")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="在新窗口登录").click()
    other = opened.value
    other.fill("input[name=username]", town.clerk.username)
    other.fill("input[name=password]", PASSWORD)
    other.click("form button[type=submit]:has-text('登录')")
    other.wait_for_url(lambda url: "/sign-in/" not in url)
    all_saved(page)
    assert town.figures() == {"caregivers": 19}


@pytest.fixture
def returned(town) -> Town:
    """Sent back with remarks on two figures, last month's being the same."""
    file_report(town.unit, town.month, last_month(town), by=town.clerk, status="submitted")
    remarks = {"nursing_beds": "与床位台账不符，请核对", "care_staff": "请核对"}
    return_report(report=town.report, by=town.reviewer, comments=remarks)
    return town


def test_what_was_sent_back_is_followed_while_typing(returned, open_browser):
    page = open_browser(returned.clerk)
    page.goto(returned.url)
    changed = page.locator('tr[data-code="nursing_beds"] [data-changed]')
    untouched = page.locator("[data-untouched-box]")
    expect(changed).to_be_hidden()
    expect(untouched).to_contain_text("退回意见 2 项未改")
    page.locator("#v-nursing_beds").fill("250")
    expect(changed).to_have_text("已改240 → 250")
    page.locator("#v-nursing_beds").fill("1251")
    expect(changed).to_have_text("已改240 → 1,251")
    page.locator("#v-nursing_beds").fill("")
    expect(changed).to_have_text("已改240 → 未报")
    page.locator("#v-nursing_beds").fill("240")
    expect(changed).to_be_hidden()
    page.locator("#v-nursing_beds").fill("251")
    page.keyboard.press("Enter")
    all_saved(page)
    expect(changed).to_have_text("已改240 → 251")
    expect(untouched).to_contain_text("退回意见 1 项未改")
    expect(page.locator("[data-all-clear]")).to_be_hidden()
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("dialog.ask")).to_contain_text("退回意见还有 1 项未改。提交后由县级审核")
    answer_yes(page, "提交")
    expect(page.locator(".notice-line").first).to_contain_text("月报已提交")


def test_a_definition_covers_no_name(town, open_browser):
    page = open_browser(town.clerk)
    page.goto(town.url)
    for code in (town.codes[1], town.codes[12]):
        page.focus(f"#v-{code}")
        tip = page.locator(f"#d-{code}").bounding_box()
        field = page.locator(f"#v-{code}").bounding_box()
        name = page.locator(f'tr[data-code="{code}"] .cell-name').bounding_box()
        assert tip["x"] >= name["x"] + name["width"]
        assert tip["x"] >= field["x"] + field["width"]
        assert tip["y"] >= name["y"] + name["height"]


def test_toasts_come_one_at_a_time_above_the_bar(town, open_browser, watch):
    watch.expected = ("422 (Unprocessable Entity)",)
    page = open_browser(town.clerk)
    page.goto(town.url)
    copy_as_from_excel(page, "20\n20\n20\n")
    page.focus("#v-care_staff")
    page.keyboard.press("Control+V")
    all_saved(page)
    page.get_by_role("button", name="撤销粘贴").click()
    all_saved(page)
    # What is no number is told at once, and once it is gone nothing is said to be unsaved.
    copy_as_from_excel(page, "20\nabc\n20\n")
    page.focus("#v-care_staff")
    page.keyboard.press("Control+V")
    expect(page.locator(".toast-line")).to_contain_text("其中 1 项不是数字，没有保存")
    expect(page.locator("[data-save-state]")).to_contain_text("1 项没有保存")
    page.get_by_role("button", name="撤销粘贴").click()
    expect(page.locator("[data-save-state]")).not_to_contain_text("没有保存")
    expect(page.locator(".toast-line")).to_have_count(1)
    expect(page.locator(".toast-line")).to_contain_text("已撤销粘贴")
    toast = page.locator(".toast-line").bounding_box()
    assert toast["y"] + toast["height"] <= page.locator(".entry-bar").bounding_box()["y"]


def test_the_remarks_of_a_printed_report_have_room(returned, open_browser):
    page = open_browser(returned.clerk)
    page.set_viewport_size({"width": 700, "height": 1000})  # what A4 leaves between its margins
    page.goto(returned.url)
    page.emulate_media(media="print")
    table = page.locator(".report-table").bounding_box()
    remarks = page.locator('tr[data-code="nursing_beds"] .cell-remarks').bounding_box()
    assert 0.24 <= remarks["width"] / table["width"] <= 0.27
    assert table["width"] <= 700


def test_pasting_by_name_too_much_and_undoing(town, open_browser):
    page = open_browser(town.clerk)
    page.goto(town.url)
    copy_as_from_excel(page, "护理型床位数\t240\r\n养老机构床位数\t400\r\n没有这一项\t7\r\n")
    page.focus("#v-care_staff")
    page.keyboard.press("Control+V")
    all_saved(page)
    assert town.figures() == {"nursing_beds": 240, "institution_beds": 400}
    expect(page.locator("#toasts")).to_contain_text("没有这一项")

    last = f"#v-{town.codes[-1]}"
    copy_as_from_excel(page, "20\n\n21\n")
    page.focus(last)
    page.keyboard.press("Control+V")
    expect(page.locator("#toasts")).to_contain_text("只有 1 格，多出的 1 个数没有填入")
    all_saved(page)
    page.focus(last)
    page.keyboard.press("Control+Z")
    expect(page.locator(last)).to_have_value("")
    all_saved(page)
    assert within(2, lambda: town.figures() == {"nursing_beds": 240, "institution_beds": 400})


def test_leaving_with_an_unsaved_figure_asks(town, open_browser, watch):
    watch.expected = ("422 (Unprocessable Entity)",)
    page = open_browser(town.clerk)
    page.goto(town.url)
    page.fill("#v-care_staff", "三十")
    page.keyboard.press("Enter")
    expect(page.locator('tr[data-code="care_staff"]')).to_contain_text("不是数字")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="首页").first.click()
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.input_value("#v-care_staff") == "三十"


def test_the_same_month_without_javascript(town, open_browser, watch):
    watch.expected = ("422 (Unprocessable Entity)",)
    page = open_browser(town.clerk, java_script_enabled=False)
    page.goto(town.url)
    page.fill("#v-care_staff", "二十")
    page.get_by_role("button", name="复制上月时点数").click()
    expect(page.locator("#v-care_staff")).to_have_value("二十")
    expect(page.locator('tr[data-code="care_staff"]')).to_contain_text("不是数字")
    page.fill("#v-care_staff", "20")
    for code in town.codes:
        if page.input_value(f"#v-{code}") == "":
            page.fill(f"#v-{code}", "20")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator(".notice-line").first).to_contain_text("月报已提交")
    assert town.figures() == last_month(town)


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_no_page_is_wider_than_the_window(town, open_browser, size):
    file_report(town.unit, town.month, last_month(town), by=town.clerk, status="submitted")
    page = open_browser(town.reviewer)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for url in (
        "/reports/",
        f"/reports/{town.month:%Y-%m}/",
        town.url,
        f"/reports/{town.month:%Y-%m}/330424102/",
    ):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], url
