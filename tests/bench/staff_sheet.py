"""A staff ledger of any size as a workbook, and the same people in the database: invented, deterministic.

Of the rows uploaded 90 % are as they are in the ledger, 5 % differ in one cell, 4 % are new, 1 % are wrong.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import xlsxwriter

from eldercare.identity import synthetic_id

HEADINGS = (
    "序号", "镇(街道)", "姓名", "身份证号", "性别", "出生日期", "联系电话", "学历", "机构名称", "岗位", "入职日期", "离职日期",
    "证书种类", "证书等级", "证书编号", "发证日期", "有效期至", "最近培训日期", "培训内容", "培训学时",
)  # fmt: skip
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "安宁和平佳欣雨晨晓明思源若溪子涵梓萱一诺嘉禾云舟映雪望舒知远"
EDUCATION = ("初中", "高中", "大专", "本科")
LEVELS = ("五级", "四级", "三级", "二级")
ROLES = ("护理员", "护理员", "护理员", "护士", "社工", "其他人员")
UNCHANGED, CHANGED, NEW = 0.90, 0.95, 0.99
PEOPLE_PER_PLACE = 40
WRONG_DATE = "2022-2-30"


def person(index: int) -> list:
    """One row as it stands in the ledger."""
    random = Random(index)  # noqa: S311 - invented people
    born = dt.date(1958, 1, 1) + dt.timedelta(days=index * 7919 % 14_000)
    began = dt.date(2015, 1, 1) + dt.timedelta(days=random.randrange(3_000))
    issued = dt.date(2016, 1, 1) + dt.timedelta(days=random.randrange(2_500))
    # One round of birth dates per hundred; a second digit from 1 to 8 raises no doubt about the number.
    number = synthetic_id(born, (1 + index // 14_000) * 100 + (1 + index % 8) * 10 + index % 10)
    place = index // PEOPLE_PER_PLACE
    return [
        index + 1,
        f"第{place % 9 + 1}镇",
        random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN),
        number,
        "男" if int(number[16]) % 2 else "女",
        born,
        f"139{index % 100_000_000:08d}",
        random.choice(EDUCATION),
        f"第{place + 1}养老院",
        random.choice(ROLES),
        began,
        None,
        "职业技能等级证书",
        random.choice(LEVELS),
        f"S{index:012d}",
        issued,
        None,
        dt.date(2025, 3, 1 + index % 28),
        "职业技能",
        random.choice((8, 16, 24)),
    ]


def state(index: int, count: int) -> str:
    share = index * 7919 % count / count
    return (
        "unchanged"
        if share < UNCHANGED
        else "changed"
        if share < CHANGED
        else "new"
        if share < NEW
        else "wrong"
    )


def row(index: int, count: int) -> list:
    """The same as it is uploaded."""
    values, about = person(index), state(index, count)
    if about == "changed":
        values[6] = f"138{index % 100_000_000:08d}"
    elif about == "wrong":
        values[10] = WRONG_DATE
    return values


def is_in_ledger(index: int, count: int) -> bool:
    return state(index, count) != "new"


def write(path: Path, count: int) -> None:
    write_rows(path, "人员", HEADINGS, (row(index, count) for index in range(count)))


def write_with_wrong_cells(path: Path, count: int, wrong: int) -> None:
    """All people as they are in the ledger, but for ``wrong`` dates, spread evenly."""

    def rows() -> Iterator[list]:
        for index in range(count):
            values = person(index)
            if index * wrong % count < wrong:
                values[10] = WRONG_DATE
            yield values

    write_rows(path, "人员", HEADINGS, rows())


def write_rows(path: Path, title: str, headings: Sequence[str], rows: Iterable[Sequence]) -> None:
    options = {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(title)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, headings)
        for line, values in enumerate(rows, start=1):
            for column, value in enumerate(values):
                if isinstance(value, dt.date):
                    sheet.write_datetime(line, column, value, day)
                elif value is not None:
                    sheet.write(line, column, value)
