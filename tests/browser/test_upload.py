"""A township's sheet of beds from the first mistake to the dashboard and back, in a browser, with a real worker."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from facilities.models import Bed
from indicators.actions.reports import approve, reopen, submit
from indicators.models import Metric, MetricEntry, owed_by
from indicators.rollup import roll_up_due
from tests.browser.test_month import Town, county_value, town, within
from tests.facilities.factories import SINCE, make_facility
from tests.facilities.uploads import workbook

__all__ = ["town"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEADINGS = ("机构名称", "房间", "床号", "床位类型", "护理型", "启用日期")
HOME = "沈荡敬老院"
LONG = 30_000  # milliseconds; a limit against hanging
# The one thing that time alone may change.
EXPORTED_AT = re.compile("导出时间：[0-9-]{10} [0-9:]{5}".encode())


def sheet(folder: Path) -> Path:
    """12 beds that are there, 8 nursing beds that are not, and three cells that are wrong."""
    old = [(HOME, "101", str(number), "机构床位", "否", SINCE) for number in range(1, 13)]
    new = [(HOME, "201", str(number), "机构床位", "是", SINCE) for number in range(1, 9)]
    new[0] = (HOME, "201", "1", "机构床位", "也许", SINCE)
    new[1] = ("沈荡养老院", "201", "2", "机构床位", "是", SINCE)
    new[2] = (HOME, "201", "3", "机构床位", "是", "2025-2-30")
    path = folder / "床位台账.xlsx"
    path.write_bytes(workbook(HEADINGS, *old, *new))
    return path


def choose(page: Page, path: Path) -> None:
    page.goto("/imports/new/?ledger=beds")
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("heading", name="核对后写入")).to_be_visible(timeout=LONG)


def export(page: Page) -> dict[str, bytes]:
    """The parts of the exported ledger, without the minute at which it was made."""
    answer = page.request.get("/ledgers/beds/?export=xlsx")
    assert answer.ok
    with zipfile.ZipFile(io.BytesIO(answer.body())) as book:
        parts = {name: book.read(name) for name in book.namelist() if not name.startswith("docProps/")}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet], stamps = EXPORTED_AT.subn(b"", parts[sheet])
    assert stamps == 1
    return parts


def fill_the_rest(town: Town) -> None:
    """Everything but the beds was typed in before."""
    for metric in owed_by(town.unit, town.month):
        MetricEntry.objects.get_or_create(
            report=town.report, metric=metric, defaults={"value": 20, "entered_by": town.clerk}
        )
    MetricEntry.objects.filter(report=town.report).update(reason="按实际填报")
    parts = Metric.objects.exclude(subset_of=None).exclude(code__in=("nursing_beds", "dementia_beds"))
    MetricEntry.objects.filter(report=town.report, metric__in=parts).update(value=0)
    MetricEntry.objects.filter(report=town.report, metric__code="dementia_beds").update(value=0)


def ledger_figure(page: Page, town: Town, code: str):
    page.goto(town.url)
    return page.locator(f"[data-code={code}] .ledger-figure")


def test_upload_correct_apply_and_undo(town, open_browser, celery_worker_process, tmp_path):
    home = make_facility(town.unit, HOME)
    Bed.objects.bulk_create(
        Bed(facility=home, room="101", number=str(number), in_use_from=SINCE) for number in range(1, 13)
    )
    page = open_browser(town.clerk)
    before_rows, before_export = list(Bed.objects.order_by("pk").values()), export(page)
    expect(ledger_figure(page, town, "institution_beds")).to_have_text("12")

    # Three wrong cells: the slip names them, and nothing can be written.
    choose(page, sheet(tmp_path))
    expect(page.locator(".finding")).to_have_count(3)
    expect(page.locator(".slip-card")).to_contain_text("不能确定是“是”还是“否”")
    expect(page.locator(".slip-card")).to_contain_text("没有“沈荡养老院”")
    assert Bed.objects.count() == 12

    # The receipt is the own workbook; corrected in it, it goes through.
    with page.expect_download() as download:
        page.get_by_role("link", name="下载回执").click()
    receipt = tmp_path / "回执.xlsx"
    download.value.save_as(receipt)
    book = openpyxl.load_workbook(receipt)
    table = book["台账"]
    assert [table.cell(1, column).value for column in range(1, 8)] == [*HEADINGS, "错误说明"]
    wrong = {cell.coordinate for row in table.iter_rows() for cell in row if cell.comment}
    assert wrong == {"E14", "A15", "F16"}
    table["E14"], table["A15"], table["F16"] = "是", HOME, SINCE
    book.save(receipt)
    choose(page, receipt)
    expect(page.locator(".apply-sum")).to_contain_text("将新增 8 张")
    expect(page.locator("main")).to_contain_text("养老机构床位数")  # what it does to the month's figures
    page.get_by_role("button", name="写入台账").click()
    expect(page.locator("main")).to_contain_text("写入：新增 8 张", timeout=LONG)
    address = page.url
    assert Bed.objects.count() == 20

    # The report follows the ledger, and once approved the dashboard follows the report.
    expect(ledger_figure(page, town, "institution_beds")).to_have_text("20")
    for code, figure in (("institution_beds", "20"), ("nursing_beds", "8")):
        expect(page.locator(f"[data-code={code}] .ledger-figure")).to_have_text(figure)
        page.click(f"[data-code={code}] [data-take]")
    expect(page.locator("#v-nursing_beds")).to_have_value("8")
    assert within(10, lambda: town.figures().get("nursing_beds") == 8)
    fill_the_rest(town)
    submit(report=town.report, by=town.clerk, allow_missing=True)
    approve(report=town.report, by=town.reviewer)
    roll_up_due()
    assert within(20, lambda: county_value(town) == 40)
    leader = open_browser(town.leader)
    leader.goto(f"/dashboard/?month={town.month:%Y-%m}")
    expect(leader.locator("main")).to_contain_text("护理型床位")

    # Undone: the ledger is byte for byte what it was; the published figure stays and shows as a difference.
    page.goto(address)
    page.get_by_role("link", name="撤销这次上传").click()
    page.fill("[name=reason]", "传错了表")
    page.get_by_role("button", name="撤销这次上传").click()
    expect(page.locator("main")).to_contain_text("已全部还原")
    assert list(Bed.objects.order_by("pk").values()) == before_rows
    assert export(page) == before_export
    page.goto(f"{town.url}reconcile/")
    expect(page.locator("main")).to_contain_text("养老机构床位数")
    assert county_value(town) == 40
    reopen(report=town.report, by=town.reviewer, note="台账已撤销")
    roll_up_due()
    expect(ledger_figure(page, town, "institution_beds")).to_have_text("12")
    assert county_value(town) != 40


def test_two_clicks_are_one_upload(town, open_browser, celery_worker_process, tmp_path):
    make_facility(town.unit, HOME)
    page = open_browser(town.clerk)
    page.goto("/imports/new/?ledger=beds")
    page.set_input_files("input[type=file]", str(sheet(tmp_path)))
    page.get_by_role("button", name="上传并预览").dblclick(no_wait_after=True)
    expect(page.get_by_role("heading", name="核对后写入")).to_be_visible(timeout=LONG)
    page.goto("/imports/")
    expect(page.locator("tbody tr")).to_have_count(1)
