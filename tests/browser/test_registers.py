"""Registers in a real browser: every mechanism's page opens; a register is made, filled and counted."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from eldercare.models import OrgUnit, User
from eldercare.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MECHANISMS = 209


@pytest.fixture
def county_clerk(transactional_db, make_person) -> User:
    call_command("load_fixtures", verbosity=0)
    return make_person("xianji", "张映雪", Role.COUNTY_CLERK, OrgUnit.objects.get(code="330424"))


def test_the_page_of_every_mechanism_opens(county_clerk, open_browser):
    """Several mechanisms share a page: it is opened once. ``open_browser`` fails on any complaint of the browser."""
    page = open_browser(county_clerk)
    page.goto("/registers/mechanisms/")
    links = page.locator(".mechanism-table tbody tr td:nth-child(4) a")
    expect(links).to_have_count(MECHANISMS)
    addresses = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    wrong = []
    for address in dict.fromkeys(addresses):
        answer = page.goto(address)
        heading = page.locator("h1").inner_text().strip()
        if answer.status != 200 or not heading:
            wrong.append((address, answer.status, heading))
    assert wrong == []


def test_a_register_is_made_filled_and_counted(county_clerk, open_browser):
    page = open_browser(county_clerk)
    page.goto("/registers/new/")
    page.fill("[name=name]", "敬老月活动")
    page.select_option("[name=field]", "work")
    page.fill("[name=row_name]", "次活动")
    page.fill("[name=first_heading]", "活动名称")
    page.click("main button[type=submit]")
    for heading, kind in (("活动日期", "date"), ("参加人数", "integer")):
        page.click("text=增加项目")
        page.fill("[name=heading]", heading)
        page.select_option("[name=kind]", kind)
        if kind == "date":
            page.check("[name=is_required]")
        page.click("main button[type=submit]")
    page.click("text=增加指标")
    page.select_option("[name=aggregate]", "sum")
    page.select_option("[name=column]", label="参加人数")
    page.select_option("[name=from_column]", label="活动日期")
    for name, value in (
        ("name", "敬老月参加人次"),
        ("code", "respect_month"),
        ("unit", "人次"),
        ("definition", "当月参加人次"),
    ):
        page.fill(f"[name=new_{name}]", value)
    for name, value in (("nature", "flow"), ("reporter", "township"), ("group", "V")):
        page.select_option(f"[name=new_{name}]", value)
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("“活动日期”在当月的，合计“参加人数”")
    page.click("nav[aria-label=breadcrumb] a:has-text('敬老月活动'), .breadcrumb a:has-text('敬老月活动')")
    page.click("text=登记第一条")
    page.select_option("[name=org_unit]", label="沈荡镇")
    page.fill("[name=text_1]", "百岁老人走访")
    page.fill("[name=date_1]", "2025-10-09")
    page.fill("[name=number_1]", "35")
    page.click("main button:has-text('保存')")
    expect(page.locator("h1")).to_have_text("百岁老人走访")
    page.goto("/figures/respect_month/330424101/2025-10/")
    expect(page.locator("main")).to_contain_text("百岁老人走访")
    expect(page.locator("main")).to_contain_text("35")
