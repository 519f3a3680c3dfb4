"""Makes the workbooks of this folder with LibreOffice. Run by hand, with `soffice` installed; see README.md."""

import datetime as dt
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from openpyxl.styles import numbers
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HERE = Path(__file__).parent
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


if __name__ == "__main__":
    convert(ledger(), "ledger", "xlsx:Calc MS Excel 2007 XML", "xls:MS Excel 97", "ods")
    convert(old_mac(), "old_mac", "xls:MS Excel 97", "ods")
    only = openpyxl.Workbook()
    only.active.append(("所在镇（街道）", "机构名称", "床位总数", "备注"))
    only.active.append(("沈荡镇", "沈荡镇敬老院", 60, '含逗号, 和“引号"”'))
    convert(only, "gbk", "csv:Text - txt - csv (StarCalc):44,34,67")
    convert(only, "utf8", "csv:Text - txt - csv (StarCalc):44,34,76")
