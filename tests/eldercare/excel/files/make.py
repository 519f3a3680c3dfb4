"""Makes the workbooks of this folder with LibreOffice; see README.md. By hand, from the top of the project, with
soffice, the Debian package python3-uno and msoffcrypto-tool installed:

    python -m tests.eldercare.excel.files.make [name …]
"""

import datetime as dt
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from openpyxl.styles import numbers
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.eldercare.excel import troubles

HERE = Path(__file__).parent
XLSX, XLS, ODS = "xlsx:Calc MS Excel 2007 XML", "xls:MS Excel 97", "ods"
HEADINGS = (
    ("序号", "所在镇（街道）", "所在村（社区）", "机构名称", "床位", None, "成立时间", "是否备案", "总投资（万元）", "负责人", "备注"),
    (None, None, None, None, "总数", "护理型", None, None, None, None, None),
)  # fmt: skip
ROWS = (
    (1, "沈荡镇", "中钱村", "沈荡镇敬老院", 60, 20, dt.date(2015, 3, 1), "是", 120.5, "顾云舟", None),
    (2, None, "新丰村", "新丰照料中心", 12, 0, dt.date(2019, 11, 20), "√", 8, "朱若溪", "隐藏行"),
    (3, "百步镇", "新丰村", "百步镇养护院", 100, 45, "2020年5月6日", "否", "=300+20", "张映雪", "=NA()"),
    (None, "合计", None, None, "=SUM(E4:E6)", "=SUM(F4:F6)", None, None, None, None, None),
    ("制表人：马行简", None, None, "审核：宋遥知", None, None, None, None, None, None, None),
)


def ledger() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "封面"
    cover["B2"] = "养老机构台账"
    page = book.create_sheet("台账")
    page["A1"] = "2025年6月养老机构台账"
    page.merge_cells("A1:K1")
    for row in (*HEADINGS, *ROWS):
        page.append(row)
    for letters in "ABCDGHIJK":
        page.merge_cells(f"{letters}2:{letters}3")
    page.merge_cells("E2:F2")
    page.merge_cells("B4:B5")
    page.row_dimensions[5].hidden = True
    for row in (4, 5):
        page.cell(row, 7).number_format = numbers.FORMAT_DATE_YYYYMMDD2
    return book


def old_mac() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = book.active
    page.append(("所在镇（街道）", "机构名称", "床位总数", "开业日期"))
    page.append(("沈荡镇", "沈荡镇敬老院", 60, dt.date(2022, 3, 1)))
    page.append(("沈荡镇", "新丰照料中心", 12, 43159))  # an unformatted cell: 2022-03-01, too
    return book


def all_troubles() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "六月"
    for row in troubles.rows():
        page.append([None if value == "" else value for value in row])
    for cells in page.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # "=1+1" was typed as a text
    for area in troubles.MERGED:
        page.merge_cells(area)
    page.row_dimensions[troubles.HIDDEN].hidden = True
    return book


def only_good(remark: str = "") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.append(("所在镇（街道）", "机构名称", "床位总数", "备注"))
    book.active.append(("沈荡镇", "沈荡镇敬老院", 60, remark))
    return book


# What --convert-to cannot do: run with the system's python3, which has LibreOffice's interface.
BY_HAND = """
import subprocess, sys, time, uno
from com.sun.star.beans import PropertyValue
folder, password, formula, *kinds = sys.argv[1:]

def connect():
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(200):
        try:
            context = resolver.resolve("uno:pipe,name=ledgers;urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:
            time.sleep(0.3)
    sys.exit("LibreOffice did not start.")

office = subprocess.Popen(["soffice", "--headless", "--norestore", "--accept=pipe,name=ledgers;urp;"])
desktop = connect()
try:
    document = desktop.loadComponentFromURL(
        f"file://{folder}/source.xlsx", "_blank", 0, (PropertyValue("Hidden", 0, True, 0),)
    )
    if formula:
        document.Sheets[0].getCellRangeByName("C2").setFormula(formula)
    for kind in kinds:
        name, _, filter_name = kind.partition(":")
        options = [PropertyValue("FilterName", 0, filter_name, 0)]
        if password:
            options.append(PropertyValue("Password", 0, password, 0))
        document.storeToURL(f"file://{folder}/{name}", tuple(options))
    document.close(True)
finally:
    desktop.terminate()
    office.wait()
"""


def by_hand(name: str, *suffixes: str, password: str = "", formula: str = "") -> None:
    """In a folder of a fixed name, for links to other files name it."""
    folder = Path(tempfile.gettempdir()) / "ledgers"
    folder.mkdir()
    try:
        only_good().save(folder / "source.xlsx")
        only_good().save(folder / "other.xlsx")
        kinds = {"xlsx": "Calc MS Excel 2007 XML", "xls": "MS Excel 97", "ods": "calc8"}
        wanted = [f"{name}.{suffix}:{kinds[suffix]}" for suffix in suffixes]
        formula = formula.format(folder=folder)
        subprocess.run(
            ["/usr/bin/python3", "-c", BY_HAND, str(folder), password, formula, *wanted], check=True
        )
        for suffix in suffixes:
            shutil.copy(folder / f"{name}.{suffix}", HERE)
    finally:
        shutil.rmtree(folder)


def lock_xlsx() -> None:
    """LibreOffice 7.4 puts no password on an .xlsx without its window: the program msoffcrypto-tool does."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.xlsx"
        only_good().save(source)
        subprocess.run(["msoffcrypto-tool", "-e", "-p", "ledger", source, HERE / "locked.xlsx"], check=True)


def convert(book: openpyxl.Workbook, name: str, *kinds: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{name}.xlsx"
        book.save(source)
        for kind in kinds:
            out = Path(folder) / kind.partition(":")[0]
            subprocess.run(
                ["soffice", "--headless", "--convert-to", kind, "--outdir", str(out), str(source)],
                check=True,
                stdout=sys.stderr,
            )
            for made in out.iterdir():
                shutil.copy(made, HERE / made.name)


MAKERS = {
    "ledger": lambda: convert(ledger(), "ledger", XLSX, XLS, ODS),
    "old_mac": lambda: convert(old_mac(), "old_mac", XLS, ODS),
    "text": lambda: [
        convert(only_good('含逗号, 和“引号"”'), "gbk", "csv:Text - txt - csv (StarCalc):44,34,67"),
        convert(only_good('含逗号, 和“引号"”'), "utf8", "csv:Text - txt - csv (StarCalc):44,34,76"),
    ],
    "troubles": lambda: convert(all_troubles(), "troubles", XLSX, XLS, ODS),
    "locked": lambda: [by_hand("locked", "xls", "ods", password="ledger"), lock_xlsx()],
    "linked": lambda: by_hand(
        "linked", "xlsx", "xls", "ods", formula="='file://{folder}/other.xlsx'#$Sheet.C2"
    ),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or MAKERS:
        MAKERS[name]()
