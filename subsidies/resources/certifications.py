"""The sheet of certifications (生存认证台账)."""

import datetime as dt
from collections.abc import Iterator

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind
from eldercare.excel.ledgers import Check, Field, Ledger, Prepare, Situation, Target, register
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from facilities.resources.common import choices
from subsidies.models import Certification
from subsidies.resources.common import (
    ID_NUMBER,
    NAME,
    PERSON,
    PERSON_CHECKS,
    TOUCHED,
    add_name_keys,
    not_in_future,
    parts_of,
    who_is,
)

COLUMNS: tuple[Column, ...] = (
    NAME,
    ID_NUMBER,
    Column("certified_on", "认证日期", aliases=("认证时间", "核查日期"), kind=Kind.DATE, required=True, width=14, coarsest="day"),
    Column("method", "方式", aliases=("认证方式", "认证途径"), kind=Kind.CHOICE, width=12, choices=choices(Certification.Method.choices, in_person="现场 到场认证 窗口", visit="入户 上门认证 入户核查", video="视频认证", app="手机 手机APP 小程序 APP 人脸识别 人脸认证 刷脸", comparison="比对 大数据比对"), help="不填的为到场。"),
    Column("note", "备注", aliases=("说明",), width=20, max_length=100),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}


def _prepare(situation: Situation) -> Prepare:
    def prepare(rows: CleanBatch) -> None:
        add_name_keys(rows)
        not_in_future(situation, rows, BY_KEY["certified_on"])

    return prepare


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    """Of the year up to the day."""
    year = Certification.objects.filter(certified_on__year=as_of.year, certified_on__lte=as_of)
    for each in parts_of(year, unit):
        yield who_is(each.elder) | {key: getattr(each, key) for key in ("certified_on", "method", "note")}


DEAD = """
    SELECT s.row, '认证日期晚于登记的死亡日期，请核对；死亡登记有误的请先更正。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number AND s.certified_on > e.died_on
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id
      LEFT JOIN eldercare_orgunit r ON r.id = e.residence_unit_id
     WHERE u.path LIKE %(path)s || '%%' OR r.path LIKE %(path)s || '%%'"""

register(
    Ledger(
        key="certifications",
        position=26,
        label="生存认证台账",
        title="生存认证台账",
        row_name="认证",
        measure_word="次",
        columns=COLUMNS,
        derived={"name_key": "text"},
        targets=(
            PERSON,
            Target(
                "certification",
                Certification,
                join="certification.elder_id = elder.id AND certification.certified_on = s.certified_on",
                parents=("elder",),
                distinct=("elder.id", "s.certified_on"),
                constants={"elder_id": "elder.id", "certified_on": "s.certified_on"},
                fields=(
                    Field("method", "method", keep=True, default="'in_person'"),
                    Field("note", "note", keep=True, default="''"),
                ),
            ),
        ),
        subject="certification",
        unique=("s.id_number", "s.certified_on"),
        unique_key="certified_on",
        row_label="concat_ws(' ', s.name, s.certified_on)",
        prepare=_prepare,
        checks=(*PERSON_CHECKS, Check("certified_on", DEAD)),
        units_touched=TOUCHED,
        present_rows=_present_rows,
        instructions=("一行是一个人的一次认证；同一个人同一天只有一次。",),
        permission=Permission.EDIT_PEOPLE,
    )
)
