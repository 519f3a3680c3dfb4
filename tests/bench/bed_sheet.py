"""A ledger of beds of any size as a workbook, and the same beds in the database. Shares as in ``staff_sheet``."""

import datetime as dt
from pathlib import Path

from tests.bench import staff_sheet

HEADINGS = (
    "镇(街道)", "机构(设施)名称", "房间", "床号", "床位类型", "护理型", "认知障碍照护", "医养结合", "暂停使用", "启用日期", "停用日期", "备注",
)  # fmt: skip
BEDS_PER_PLACE = 100


def bed(index: int) -> list:
    """One row as it stands in the ledger."""
    place, number = divmod(index, BEDS_PER_PLACE)
    return [
        f"第{place % 9 + 1}镇",
        f"第{place + 1}养老院",
        f"{number // 20 + 1}{number % 20 // 2 + 1:02d}",
        f"{number % 2 + 1}床",
        "机构床位",
        "是" if index % 3 == 0 else "否",
        "是" if index % 11 == 0 else "否",
        "否",
        "是" if index % 97 == 0 else "否",
        dt.date(2015, 1, 1) + dt.timedelta(days=index * 31 % 3_000),
        None,
        "朝南" if index % 5 == 0 else None,
    ]


def row(index: int, count: int) -> list:
    """The same as it is uploaded."""
    values, state = bed(index), staff_sheet.state(index, count)
    if state == "changed":
        values[11] = "已加装扶手"
    elif state == "wrong":
        values[9] = "2022-2-30"
    return values


def write(path: Path, count: int) -> None:
    staff_sheet.write_rows(path, "床位", HEADINGS, (row(index, count) for index in range(count)))
