"""Every page of dashboard, plans and metrics in a real browser: nothing complains, nothing sticks out, charts are drawn.

``watch`` (through ``open_browser``) fails on a console message, a breach of the content policy and a request that
leaves the host.
"""

import datetime as dt
import io
import zipfile
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from eldercare.models import OrgUnit, User
from eldercare.permissions import Role
from indicators.actions.calendar import open_month
from indicators.models import Indicator, Metric, MetricEntry, MonthlyReport, Registration, owed_by
from indicators.rollup import roll_up_month, roll_up_months
from indicators.rules.months import add_months, months_between
from tests.indicators.factories import file_report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WINDOWS = [(1366, 768), (1920, 1080)]
LAST = dt.date(2025, 9, 1)
FIRST = add_months(LAST, -7)
LATE, RETURNED = "330424103", "330424105"
CHART = "[data-chart]"


@dataclass
class People:
    leader: User
    county_clerk: User
    township_clerk: User


@pytest.fixture
def people(transactional_db, make_person) -> People:
    """The fixtures' county with eight months of figures; in the last one a township is late and one returned."""
    call_command("load_fixtures", place=["haiyan"], verbosity=0)
    county, town = OrgUnit.objects.get(code="330424"), OrgUnit.objects.get(code="330424101")
    people = People(
        leader=make_person("lingdao", "王守拙", Role.LEADER, county),
        county_clerk=make_person("xianji", "张映雪", Role.COUNTY_CLERK, county),
        township_clerk=make_person("shendang", "顾云舟", Role.TOWNSHIP_CLERK, town),
    )
    codes = list(owed_by(town, LAST).values_list("code", flat=True))
    months = list(months_between(FIRST, LAST))
    for step, month in enumerate(months):
        open_month(month)
        for position, unit in enumerate(OrgUnit.objects.within(county).townships()):
            figures = dict.fromkeys(codes, 20 + position)
            figures |= {"institution_beds": 400, "nursing_beds": 190 + 8 * step + 5 * position}
            file_report(unit, month, figures, by=people.county_clerk)
    MonthlyReport.objects.filter(month=LAST, org_unit__code=LATE).update(status="draft", is_late=True)
    MonthlyReport.objects.filter(month=LAST, org_unit__code=RETURNED).update(status="returned")
    flag = Metric.objects.get(code="task_done_flag")
    for indicator in Indicator.objects.filter(formula="task_done_flag", number__lt=60):
        Registration.objects.create(
            indicator=indicator, metric=flag, org_unit=county, happened_on=FIRST, quantity=1,
            evidence="盐民〔2025〕15号", created_by=people.county_clerk,
        )  # fmt: skip
    roll_up_months(months)
    return people


def fits(page: Page) -> bool:
    """The body has no horizontal scroll bar."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def charts_are_drawn(page: Page) -> bool:
    """Each chart holds shapes, not just an empty drawing."""
    script = """() => Array.from(document.querySelectorAll("[data-chart]")).every(
        (chart) => chart.querySelectorAll("svg path, canvas").length > 3)"""
    return page.evaluate(script)


EVERYBODY = [
    "/dashboard/",
    "/dashboard/?heat=all",
    "/dashboard/wall/",
    "/dashboard/wall/?theme=light",
    "/plans/",
    "/plans/haiyan/",
    "/plans/haiyan/8/",
    "/plans/haiyan/12/",
    "/plans/haiyan/28/",
    "/plans/haiyan/50/",
    "/plans/haiyan/75/",
    "/metrics/",
    "/metrics/nursing_beds/",
    "/metrics/task_done_flag/",
    "/metrics/streets/",
]
PAGES = {
    "leader": [*EVERYBODY, "/dashboard/?org=330424102", "/plans/haiyan/8/?org=330424102"],
    "county_clerk": [*EVERYBODY, "/plans/haiyan/8/edit/", "/plans/haiyan/15/edit/"],
    "township_clerk": EVERYBODY,
}


@pytest.mark.parametrize("role", PAGES)
def test_pages_look_finished(people, open_browser, role):
    page = open_browser(getattr(people, role))
    for address in PAGES[role]:
        answer = page.goto(address)
        assert answer.status == 200, address
        for width, height in WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(200)  # charts follow the window after a moment
            assert fits(page), f"{address} at {width} is too wide"
            assert charts_are_drawn(page), f"{address}: a chart is empty"


def test_charts_have_their_table_and_fold_it_away(people, open_browser):
    page = open_browser(people.leader)
    page.goto("/plans/haiyan/8/")
    assert page.locator(CHART).count() == 2
    table = page.locator("[data-chart-table] table")
    expect(table).to_be_hidden()
    page.click("text=显示数据表")
    expect(table).to_contain_text(f"{LAST:%Y-%m}")


def test_without_javascript_the_tables_are_there(people, open_browser):
    page = open_browser(people.leader, java_script_enabled=False)
    page.goto("/dashboard/")
    expect(page.locator("[data-chart-table] table")).to_be_visible()
    page.select_option("select[name=org]", label="百步镇")
    page.click("text=查看 >> nth=0")
    expect(page.locator(".page-subtitle")).to_contain_text("百步镇")


def test_printed_page_fits_a4_and_shows_the_tables(people, open_browser):
    page = open_browser(people.leader)
    portrait = {"width": 688, "height": 971}  # A4 less its margins
    landscape = {"width": 1032, "height": 703}
    for address, paper in (
        ("/dashboard/", portrait),
        ("/plans/haiyan/8/", portrait),
        ("/plans/haiyan/?status=behind", landscape),
        ("/metrics/nursing_beds/", portrait),
    ):
        page.goto(address)
        page.emulate_media(media="print")
        page.set_viewport_size(paper)
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert fits(page), f"{address} is wider than the paper"
        for table in page.locator("[data-chart-table]").all():
            expect(table).to_be_visible()
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1366, "height": 768})


def test_dashboard_shows_a_new_figure_by_itself_within_five_seconds(people, open_browser):
    page = open_browser(people.leader)
    page.goto("/dashboard/")
    card = page.locator(".figure-card[data-indicator='8']")
    before = card.get_attribute("data-value")
    MonthlyReport.objects.filter(month=LAST, org_unit__code=LATE).update(status="approved")
    roll_up_month(LAST)
    expect(card).not_to_have_attribute("data-value", before, timeout=5000)
    expect(card).to_contain_text("8/9 已审核")
    assert charts_are_drawn(page)


def test_dashboard_asks_in_the_background_and_only_while_it_is_seen(people, open_browser):
    page = open_browser(people.leader)
    page.goto("/dashboard/")
    with page.expect_request("**/dashboard/stamp/**", timeout=6000) as asked:
        pass
    assert asked.value.headers["x-background"] == "1"


def test_wall_turns_its_screens_and_esc_leaves(people, open_browser):
    page = open_browser(people.leader)
    page.goto("/dashboard/wall/")
    screens = page.locator("[data-wall-screen]")
    assert screens.count() >= 4
    expect(screens.nth(0)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(screens.nth(0)).to_be_hidden()
    expect(screens.nth(1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    page.keyboard.press("Escape")
    page.wait_for_url("**/dashboard/")


def test_formula_is_checked_while_it_is_typed(people, open_browser):
    page = open_browser(people.county_clerk)
    page.goto("/plans/haiyan/8/edit/")
    check = page.locator("#formula-check")
    page.fill("textarea[name=formula]", "nursing_beds / bed_of_roses * 100")
    expect(check.locator("mark")).to_have_text("bed_of_roses")
    page.fill("textarea[name=formula]", "nursing_beds / institution_beds * 1000")
    expect(check).to_contain_text("没有乘以 100")
    expect(check.locator(".row-changed").first).to_be_visible()
    assert Indicator.objects.get(number=8).formula == "nursing_beds / institution_beds * 100"
    page.click("button[name=save]")
    page.wait_for_url("**/plans/haiyan/8/")
    expect(page.locator(".timeline-list")).to_contain_text("* 100 → nursing_beds / institution_beds * 1000")
    page.goto("/plans/haiyan/contents/add/")
    page.fill("#pick-formula-search", "护理型")
    page.keyboard.press("Enter")  # picks, and does not send the form
    expect(page.locator("textarea[name=formula]")).to_have_value("nursing_beds")
    expect(check).to_contain_text("公式可以使用")


def test_menu_and_search_by_keyboard(people, open_browser):
    page = open_browser(people.leader)
    page.goto("/dashboard/")
    page.focus("nav summary")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans/")
    page.focus("nav summary")
    page.keyboard.press("Enter")
    expect(page.locator("nav .menu-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("nav .menu-list")).to_be_hidden()
    page.goto("/plans/haiyan/what-if/?indicator=8")
    expect(page.locator("[name^=add_]")).to_have_count(0)
    page.click("button.pick:has-text('护理型床位数')")
    page.fill("[name=add_nursing_beds]", "50")
    page.fill("#f-metric-search", "caregivers")
    page.keyboard.press("Enter")
    page.wait_for_url("**metric=caregivers**")
    expect(page.locator("[name^=add_]")).to_have_count(2)
    expect(page.locator("[name=add_nursing_beds]")).to_have_value("50")


def test_confirmation_is_registered_and_taken_back(people, open_browser):
    page = open_browser(people.county_clerk)
    page.goto("/plans/haiyan/60/")
    page.fill("input[name=happened_on]", "2025-08-15")
    page.fill("textarea[name=evidence]", "盐发改〔2025〕31号")
    page.click("button:has-text('登记')")
    expect(page.locator("#registrations")).to_contain_text("盐发改〔2025〕31号")
    page.fill("#registrations input[name=reason]", "文号有误")
    page.click("#registrations button:has-text('撤回')")
    expect(page.locator("#registrations")).to_contain_text("已撤回：文号有误")


def test_export_is_a_workbook_with_a_chinese_name(people, open_browser):
    page = open_browser(people.leader)
    page.goto("/plans/haiyan/?group=制度与机制")
    with page.expect_download() as started:
        page.click("text=导出 Excel")
    assert started.value.suggested_filename.startswith("海盐县")
    with open(started.value.path(), "rb") as file:
        assert zipfile.ZipFile(io.BytesIO(file.read())).testzip() is None


def test_figures_entered_are_those_shown(people, open_browser):
    """From a figure on the dashboard down to what the townships typed."""
    page = open_browser(people.leader)
    page.goto("/dashboard/")
    page.click(".figure-card[data-indicator='8'] h3 a")
    page.click("tr.row-total td a >> nth=0")
    page.wait_for_url("**/metrics/nursing_beds/**")
    rows = MetricEntry.objects.filter(
        metric__code="nursing_beds", report__month=LAST, report__status="approved"
    )
    total = sum(row.value for row in rows)
    expect(page.locator("tr.row-total")).to_contain_text(f"{total:,.0f}")
    page.click("tr:has-text('百步镇') td a")
    page.wait_for_url(f"**/reports/{LAST:%Y-%m}/330424102/")
