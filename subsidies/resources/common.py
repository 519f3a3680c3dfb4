"""What the sheets of this app share: a row names a person by number and name, and that person is looked up in SQL."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import models

from eldercare.errors import Refused
from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind, Problem, Severity
from eldercare.excel.ledgers import Check, Ledger, Situation, Target
from eldercare.identity import check_id_number, name_key
from eldercare.models import ImportBatch, OrgUnit
from subsidies.models import Elder

NAME = Column("name", "姓名", aliases=("老人姓名", "老年人姓名", "享受人", "享受人姓名"), kind=Kind.NAME, required=True, width=12, max_length=40)  # fmt: skip
ID_ALIASES = (
    "身份证号", "身份证号码", "身份证", "公民身份号码", "证件号", "老人身份证号", "老年人身份证号", "享受人身份证号",
)  # fmt: skip


def id_problem(value: object) -> Problem | None:
    """What cannot be a number at all; whether it is somebody's is asked of the register."""
    number = str(value)
    if not number[:1].isdigit() or len(number) < 15:
        return None
    errors = check_id_number(number).errors
    return Problem(Severity.ERROR, errors[0].message) if errors else None


ID_NUMBER = Column(
    "id_number", "证件号码", aliases=ID_ALIASES, kind=Kind.CODE, required=True, width=22, max_length=30,
    checker=id_problem, help="按证件号码找人，须先在老年人档案中登记。",
)  # fmt: skip


def filled(sql: str, **parts: str) -> str:
    """A statement with its ``[parts]`` put in: constants of this package, never anything typed."""
    for name, text in parts.items():
        sql = sql.replace(f"[{name}]", text)
    return sql


NOT_HERE = "本单位的老年人档案里没有这个证件号码。请核对号码；没有登记的，请先登记老年人档案。"
# The same words whether the person is somebody else's or nobody's: a township learns nothing of another's.
UNKNOWN = filled(
    """
    SELECT s.row, '[words]'
      FROM {stage} s
      LEFT JOIN subsidies_elder e ON e.id_number = s.id_number
      LEFT JOIN eldercare_orgunit u ON u.id = e.org_unit_id AND u.path LIKE %(path)s || '%%'
      LEFT JOIN eldercare_orgunit r ON r.id = e.residence_unit_id AND r.path LIKE %(path)s || '%%'
     WHERE s.id_number IS NOT NULL AND u.id IS NULL AND r.id IS NULL""",
    words=NOT_HERE,
)
# Money goes out where the person's record is kept.
NOT_OURS = filled(
    """
    SELECT s.row, '[words]'
      FROM {stage} s
      LEFT JOIN subsidies_elder e ON e.id_number = s.id_number
      LEFT JOIN eldercare_orgunit u ON u.id = e.org_unit_id AND u.path LIKE %(path)s || '%%'
     WHERE s.id_number IS NOT NULL AND u.id IS NULL""",
    words=NOT_HERE,
)
OTHER_NAME = """
    SELECT s.row, '姓名与老年人档案里这个证件号码的姓名不同，请核对是哪一个写错。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number AND e.name_key <> s.name_key
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id
      LEFT JOIN eldercare_orgunit r ON r.id = e.residence_unit_id
     WHERE u.path LIKE %(path)s || '%%' OR r.path LIKE %(path)s || '%%'"""
MERGED = """
    SELECT s.row, '这个证件号码的档案已并入同一人的另一份档案，请改填保留的那份的证件号码。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number AND e.merged_into_id IS NOT NULL
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id
      LEFT JOIN eldercare_orgunit r ON r.id = e.residence_unit_id
     WHERE u.path LIKE %(path)s || '%%' OR r.path LIKE %(path)s || '%%'"""
PERSON_CHECKS = (
    Check("id_number", UNKNOWN),
    Check("id_number", MERGED),
    Check("name", OTHER_NAME),
)
OWN_PERSON_CHECKS = (
    Check("id_number", NOT_OURS),
    Check("id_number", MERGED),
    Check("name", OTHER_NAME),
)
# The person that a row is about: looked up, never made or changed.
PERSON = Target(
    "elder",
    Elder,
    join="elder.id_number = s.id_number",
    when="elder.id IS NOT NULL",
    distinct=("s.id_number",),
    constants={"id_number": "s.id_number"},
    fields=(),
)
TOUCHED = """
    SELECT DISTINCT coalesce(e.residence_unit_id, e.org_unit_id)
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number"""


def add_name_keys(rows: CleanBatch) -> None:
    rows.values["name_key"] = [name_key(name) if name else None for name in rows.values["name"]]


def not_in_future(situation: Situation, rows: CleanBatch, *columns: Column) -> None:
    """What happened cannot have happened after the day of the data."""
    for column in columns:
        for index, day in enumerate(rows.values[column.key]):
            if day is not None and day > situation.as_of:
                situation.say(
                    rows,
                    index,
                    column,
                    f"{column.heading}晚于数据日期（{situation.as_of}），请核对。",
                    value=day,
                )


def has_error(rows: CleanBatch, index: int, key: str) -> bool:
    """Whether something was said about the cell already, so that it is not called missing too."""
    return any(each.row == rows.rows[index] and each.key == key for each in rows.findings)


def county_only(batch: ImportBatch) -> None:
    if batch.org_unit.level != OrgUnit.Level.COUNTY:
        raise Refused("这种台账按全县上传，请把单位选为县。")


def who_is(elder: Elder) -> dict[str, Any]:
    """The two cells by which a row names a person."""
    return {"name": elder.name, "id_number": elder.id_number.reveal() if elder.id_number else ""}


def parts_of(rows: models.QuerySet, unit: OrgUnit) -> Iterator[Any]:
    """Rows about the unit's elders, for a template that is filled in."""
    mine = rows.filter(elder__org_unit__path__startswith=unit.path, elder__merged_into=None)
    with_number = mine.exclude(elder__id_number=None).select_related("elder")
    return with_number.order_by("elder__org_unit", "elder__name_key", "elder").iterator(2_000)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = dt.date(day.year + years, month + 1, 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


__all__ = [
    "ID_ALIASES", "ID_NUMBER", "MERGED", "NAME", "NOT_HERE", "OWN_PERSON_CHECKS", "PERSON", "PERSON_CHECKS", "TOUCHED",
    "Ledger", "add_name_keys", "county_only", "filled", "has_error", "months_after", "not_in_future", "parts_of", "who_is",
]  # fmt: skip
