"""A ledger's columns, the places of a county, and workbooks made by hand. All names are invented."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from eldercare.excel.cells.words import TOWNSHIP, VILLAGE, Place, Places
from eldercare.excel.cleaning import Context
from eldercare.excel.columns import Choice, Column, Finding, Kind, Severity
from eldercare.excel.reading import Table, open_upload

FILES = Path(__file__).parent / "files"

COLUMNS = (
    Column("township", "所在镇（街道）", aliases=("乡镇", "镇街道"), kind=Kind.TOWNSHIP, required=True),
    Column("village", "所在村（社区）", aliases=("村社区",), kind=Kind.VILLAGE),
    Column(
        "name",
        "机构名称",
        aliases=("养老机构名称", "单位名称"),
        required=True,
        width=28,
        help="与登记证书一致",
    ),
    Column("credit_code", "统一社会信用代码", aliases=("信用代码",), kind=Kind.CODE, width=22),
    Column(
        "mode",
        "运营方式",
        kind=Kind.CHOICE,
        choices=(
            Choice("public", "公办公营", ("公办",)),
            Choice("entrusted", "公建民营", ("委托经营",)),
            Choice("private", "民办", ("民办非企业", "民非")),
        ),
    ),
    Column(
        "beds",
        "床位总数",
        aliases=("床位数", "床位/总数"),
        kind=Kind.INTEGER,
        required=True,
        unit="张",
        minimum=0,
    ),
    Column("nursing_beds", "护理型床位", aliases=("床位/护理型",), kind=Kind.INTEGER, unit="张", minimum=0),
    Column("opened", "开业日期", aliases=("成立时间",), kind=Kind.DATE),
    Column("licensed", "是否备案", kind=Kind.YESNO),
    Column("invested", "总投资", kind=Kind.MONEY, unit="元"),
    Column("manager", "负责人", kind=Kind.NAME),
    Column("phone", "联系电话", kind=Kind.CODE, digits=(11,)),
    Column("month", "统计年月", kind=Kind.MONTH),
    Column("remark", "备注"),
)
BY_KEY = {column.key: column for column in COLUMNS}

PLACES = Places(
    (
        Place("330424101", "沈荡镇", TOWNSHIP, former=("横港乡",)),
        Place("330424102", "百步镇", TOWNSHIP),
        Place("330424001", "武原街道", TOWNSHIP),
        Place("330424101201", "中钱村", VILLAGE, "330424101"),
        Place("330424101202", "新丰村", VILLAGE, "330424101"),
        Place("330424102201", "新丰村", VILLAGE, "330424102"),
        Place("330424001001", "城西社区", VILLAGE, "330424001"),
    )
)
CONTEXT = Context(places=PLACES)

# One row as a clerk would type it, by heading.
ROW = {
    "所在镇（街道）": "沈荡镇",
    "所在村（社区）": "中钱村",
    "机构名称": "沈荡镇敬老院",
    "床位总数": 60,
}


class Reading:
    """Everything that came of one file."""

    def __init__(
        self, table: Table, values: dict[str, list], rows: list[int], findings: list[Finding]
    ) -> None:
        self.table, self.values, self.rows, self.findings = table, values, rows, findings

    def __getitem__(self, key: str) -> list:
        return self.values[key]

    def said(self, row: int, key: str) -> str:
        return "；".join(each.message for each in self.findings if each.row == row and each.key == key)

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.findings if each.severity is Severity.ERROR]


def read(
    path: Path, columns: Sequence[Column] = COLUMNS, *, context: Context = CONTEXT, name: str = "", **how
) -> Reading:
    values: dict[str, list] = {column.key: [] for column in columns}
    rows, findings = [], []
    with open_upload(path, name or path.name) as upload:
        table = upload.find_table(columns, **how)
        for batch in table.read(context):
            rows += batch.rows
            findings += batch.findings
            for key, cells in batch.values.items():
                values[key] += cells
    return Reading(table, values, rows, findings)


# --- workbooks by hand: what the writing libraries would not write ---------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_TYPE}.worksheet+xml"/></Types>'
)
ROOT_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def worksheet(rows: str, *, dimension: str = "", after: str = "") -> str:
    mark = f'<dimension ref="{dimension}"/>' if dimension else ""
    return f'<worksheet xmlns="{MAIN}">{mark}<sheetData>{rows}</sheetData>{after}</worksheet>'


def xlsx_parts(sheet: str) -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": PROLOG + CONTENT_TYPES,
        "_rels/.rels": PROLOG + ROOT_RELATIONS,
        "xl/workbook.xml": PROLOG + BOOK,
        "xl/_rels/workbook.xml.rels": PROLOG + BOOK_RELATIONS,
        "xl/worksheets/sheet1.xml": PROLOG + sheet,
    }


def write_zip(path: Path, parts: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
