"""From an uploaded workbook to a dashboard with figures, counted in clicks."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tests.indicators.factories import file_report, make_metric
from tests.indicators.test_plan_workbook import FACTS, ROWS, workbook

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MONTH = dt.date(2026, 5, 1)


class Clicks:
    """Clicks, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, selector: str) -> None:
        self.count += 1
        self.page.click(selector)


def test_a_workbook_becomes_a_dashboard_in_under_ten_clicks(cast, open_browser, tmp_path):
    for code, name in (("institution_beds", "养老机构床位数"), ("nursing_beds", "护理型床位数")):
        make_metric(code, name=name, unit="张", group="B")
    for unit, clerk in (
        (cast.township, cast.township_clerk),
        (cast.other_township, cast.other_township_clerk),
    ):
        file_report(unit, MONTH, {"institution_beds": 120, "nursing_beds": 80}, by=clerk)
    file = tmp_path / "规划.xlsx"
    file.write_bytes(workbook(FACTS, ROWS[:2]))
    page = open_browser(cast.county_clerk)
    click = Clicks(page)
    click("nav summary:has-text('规划任务')")
    click("nav a:has-text('规划指标')")
    click("a:has-text('新建规划')")
    with page.expect_file_chooser() as chooser:
        click("[name=file]")
    chooser.value.set_files(file)
    click("text=上传并预览")
    expect(page.locator("main")).to_contain_text("新增的指标（2）")
    click("text=确认建立")
    expect(page.locator("h1")).to_have_text("十五五养老规划看板")
    expect(page.locator("main")).to_contain_text("护理型床位占比")
    expect(page.locator("main")).to_contain_text("66.7")  # 160 of 240 beds
    assert click.count < 10
