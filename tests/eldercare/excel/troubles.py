"""One sheet with what townships do to their ledgers, and what has to come of each cell.

Written by several programs: LibreOffice (``files/make.py``), openpyxl and XlsxWriter (``test_other_programs.py``).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from eldercare.excel.columns import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
SHENDANG, ZHONGQIAN, XINFENG = "330424101", "330424101201", "330424101202"
FIRST = dt.date(2022, 3, 1)

# Column A holds serial numbers, E is blank; the keys are those of samples.COLUMNS.
LETTERS = {
    "township": "B", "village": "C", "name": "D", "beds": "F", "nursing_beds": "G", "opened": "H", "licensed": "I",
    "invested": "J", "phone": "K", "credit_code": "L", "month": "M", "remark": "N",
}  # fmt: skip
HEADINGS = (
    ("序号", "机构基本信息", "", "", "", "规模情况", "", "成立时间", "是否备案", "总投资", "其他信息", "", "", ""),
    ("", "乡镇", "村 社区", "养老机构名称\n（必填）", "", "床位", "", "", "", "", "联系电话", "信用代码*", "统计年月", "备注"),
    ("", "", "", "", "", "总数", "护理型", "", "", "", "", "", "", ""),
)  # fmt: skip
MERGED = (
    "A3:A5", "B3:D3", "B4:B5", "C4:C5", "D4:D5", "F3:G3", "F4:G4", "H3:H5", "I3:I5", "J3:J5", "K3:N3", "K4:K5", "L4:L5",
    "M4:M5", "N4:N5",
)  # fmt: skip
ABOVE = (
    ("2026年6月养老机构台账",),
    ("填报单位：沈荡镇人民政府", "", "", "", "", "", "", "", "", "单位：元、张"),
)
BELOW = (
    ("", "小计", "", "", "", 2280, 760),
    ("", "合 计", "", "", "", 2280, 760),
    ("注：床位数以备案为准。",),
    ("", "制表人：马行简", "", "审核人：宋遥知", "", "", "", "2026年6月30日"),
)
FIRST_ROW = 6
HIDDEN = 8  # a row of the sheet


@dataclass(frozen=True)
class Case:
    """A cell as typed, the value that it means, and, when something is to be said about it, what."""

    key: str
    typed: object
    value: object
    severity: Severity | None = None
    word: str = ""


def same(key: str, value: object, *typed: object) -> list[Case]:
    return [Case(key, each, value) for each in typed]


CASES = (
    *same("township", SHENDANG, "沈荡", " 沈荡镇 ", "沈\u3000荡镇", "沈荡镇\u200b", "330424101", 330424101),
    Case("township", "横港乡", SHENDANG, NOTE, "旧名"),
    Case("township", "沈当镇", None, ERROR, "是不是“沈荡镇”"),
    *same("village", XINFENG, "新丰村", "新丰", "沈荡镇新丰村", "330424101202", 330424101202),
    Case("village", "新风村", None, ERROR, "新丰村"),
    *same("name", "沈荡镇养老院（东区）", "沈荡镇养老院（东区）", "沈荡镇\u200b养老院（东区）", "\ufeff沈荡镇养老院（东区）\u00a0"),
    *same("beds", 1060, 1060, "1060", "１０６０", "1,060", " 1060 ", "1060张", "10\u200b60"),
    Case("beds", "约60", None, ERROR, "要确切的数"),
    Case("beds", "60.5", None, ERROR, "不是整数"),
    Case("beds", "", None, ERROR, "必填"),
    *same("nursing_beds", 0, 0, "0", "０"),
    *same("nursing_beds", None, "", "\u3000"),
    Case("nursing_beds", "/", None, NOTE, "按空白读取"),
    *same(
        "opened", FIRST, FIRST, "2022-03-01", "2022/3/1", "2022.3.1", "2022年3月1日", "20220301", 20220301,
        "２０２２．３．１", " 2022 年 3 月 1 日",
    ),
    *(Case("opened", typed, FIRST, WARNING, "只写到月") for typed in ("2022.3", "2022年3月", 2022.3, 202203)),
    *(Case("opened", typed, FIRST, NOTE, "日期序号") for typed in (44621, "44621")),
    Case("opened", dt.datetime(2022, 3, 1, 10, 5), FIRST, NOTE, "10:05"),
    Case("opened", "2022.2.30", None, ERROR, "没有 30 日"),
    Case("opened", 2022.1, None, ERROR, "10 月"),
    *same("licensed", True, "是", "√", "有", "1", 1, True, "Y", "yes", "对", "✔"),
    *same("licensed", False, "否", "×", "无", "0", 0, False, "N", "no", "错", "没有"),
    Case("licensed", "待定", None, ERROR, "不能确定"),
    *same("invested", Decimal(1205000), 1205000, "1205000", "1,205,000元", "￥1205000", "1205000.00"),
    *(Case("invested", typed, Decimal(1205000), NOTE, "1,205,000 元") for typed in ("120.5万元", "120.5万")),
    *same("phone", "13900000001", "13900000001", 13900000001, "139 0000 0001", "１３９００００００01", "'13900000001"),
    Case("phone", 573860001, None, ERROR, "开头的 0"),
    Case("credit_code", 330424195001010000, None, ERROR, "丢失了末几位"),
    Case("credit_code", "3.30424E+17", None, ERROR, "丢失了末几位"),
    *same("credit_code", "330424195001010000", "330424195001010000", "３３０４２４１９５００１０１００００"),
    *same("month", dt.date(2026, 6, 1), "2026.6", "2026年6月", "202606", 202606, "2026-06", dt.date(2026, 6, 1)),
    *(Case("remark", text, text) for text in ("=1+1", "+86 573", "-3 号楼", "@SUM(A1)", "=cmd|' /C calc'!A0")),
    Case("remark", "第一行\n第二行", "第一行\n第二行"),
    Case("remark", '含“引号”, <尖括号> & "符号"', '含“引号”, <尖括号> & "符号"'),
    Case("remark", dt.date(2022, 3, 1), "2022-03-01", WARNING, "自动改成了日期"),
)  # fmt: skip


def good_row(number: int) -> dict[str, object]:
    return {"township": "沈荡镇", "village": "中钱村", "name": f"第{number}敬老院", "beds": 20}


def rows() -> list[tuple]:
    """The whole sheet, row by row; a row of data for each case."""
    found = [*ABOVE, *HEADINGS]
    for number, case in enumerate(CASES, start=1):
        row = good_row(number) | {case.key: case.typed}
        letters = {letter: row.get(key, "") for key, letter in LETTERS.items()}
        found.append((number, *(letters.get(chr(code), "") for code in range(ord("B"), ord("O")))))
    middle = FIRST_ROW - 1 + len(CASES) // 2
    return [*found[:middle], ("", "小计", "", "", "", 1000, 20), (), *found[middle:], *BELOW]


def places() -> list[int]:
    """The sheet's row of each case: a subtotal and a blank row stand in the middle."""
    half = len(CASES) // 2
    return [FIRST_ROW + place + (2 if place >= half else 0) for place in range(len(CASES))]
