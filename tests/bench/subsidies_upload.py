"""The first upload of a register of elders, with its numbers encrypted and with a plain copy in their place."""

from collections.abc import Iterable
from pathlib import Path
from unittest import mock

from eldercare.excel import staging
from tests.bench import county, staff_sheet, subsidies_register
from tests.bench.cases import Case, Figures, Measurement, Ratio
from tests.bench.uploads import FEW, FEW_ROWS, WITHOUT, through_the_portal

SHEET = "elders.xlsx"
HEADINGS = (
    "姓名",
    "证件号码",
    "性别",
    "出生日期",
    "户籍镇(街道)",
    "居住镇(街道)",
    "联系电话",
    "低保",
    "独居",
    "备注",
)


def row(index: int) -> list:
    number = subsidies_register.number(index)
    unit = f"第{index % 9 + 1}镇"
    return [
        subsidies_register.name(index), number, "男" if int(number[16]) % 2 else "女", subsidies_register.born(index),
        unit, unit, f"139{index % 100_000_000:08d}", "是" if index % 10 == 0 else "否",
        "是" if index % 8 == 0 else "否", None,
    ]  # fmt: skip


def prepare(folder: Path, size: int) -> None:
    for name, number in ((SHEET, size), (FEW, FEW_ROWS)):
        staff_sheet.write_rows(folder / name, "老年人", HEADINGS, (row(index) for index in range(number)))
    county.make_county()
    county.tidy()


def portal(folder: Path, size: int) -> Figures:
    return through_the_portal(folder / SHEET, "elders")


def plain(folder: Path, size: int) -> Figures:
    with mock.patch.object(staging, "encrypt_many", _copied):
        return portal(folder, size)


def _copied(field: object, values: Iterable[str | None]) -> list[str | None]:
    """As long as what is encrypted, and in the form that the column takes."""
    return [each and f"plain:{each}".ljust(56, "=") for each in values]


PLAIN = "plain copy"
CASE = Case(
    title="First upload of a register of elders, three of its columns encrypted",
    what="rows",
    sizes=(10_000, 100_000),
    prepare=prepare,
    measurements=(Measurement(PLAIN, plain), Measurement("encrypted", portal)),
    ratios=(
        Ratio("encrypted", PLAIN, "≤ 1.5 at 100,000 rows"),
        Ratio(f"encrypted: {WITHOUT}", f"{PLAIN}: {WITHOUT}"),
    ),
)
