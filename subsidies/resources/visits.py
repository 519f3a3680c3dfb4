"""The sheet of visits and services at home (探访服务台账)."""

import datetime as dt
from collections.abc import Iterator

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind
from eldercare.excel.ledgers import Check, Field, Ledger, Prepare, Situation, Target, register
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from facilities.resources.common import choices
from subsidies.models import Service, Visit
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
    Column("service", "服务", aliases=("服务项目", "服务内容", "服务类别"), kind=Kind.CHOICE, width=10, choices=choices(Service.choices, visit="巡访 探视 走访 探访关爱", cleaning="保洁 打扫卫生 助洁", laundry="洗衣服", haircut="理发服务 助发"), help="不填的为探访。"),
    Column("visited_on", "日期", aliases=("探访日期", "服务日期", "探访时间", "服务时间", "走访日期"), kind=Kind.DATE, required=True, width=14, coarsest="day"),
    Column("method", "方式", aliases=("探访方式", "服务方式"), kind=Kind.CHOICE, width=10, choices=choices(Visit.Method.choices, home="入户 上门探访 上门服务", phone="电话探访 电话联系 打电话", video="视频通话 微信视频 视频探访", monitor="智能监测 线上")),
    Column("result", "情况", aliases=("探访情况", "老人情况", "结果"), kind=Kind.CHOICE, width=12, choices=choices(Visit.Result.choices, well="良好 无异常 一切正常", needs_help="有需求 需帮助", not_met="未见到 不在家 未遇", urgent="紧急 异常"), help="不填的为正常。"),
    Column("visitor", "探访人", aliases=("服务人员", "探访员", "走访人"), width=12, max_length=40),
    Column("note", "说明", aliases=("备注", "情况说明"), width=24, max_length=200),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}


def _prepare(situation: Situation) -> Prepare:
    def prepare(rows: CleanBatch) -> None:
        add_name_keys(rows)
        rows.values["service"] = [each or "visit" for each in rows.values["service"]]
        not_in_future(situation, rows, BY_KEY["visited_on"])

    return prepare


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    """Of the month up to the day."""
    month = Visit.objects.filter(visited_on__gte=as_of.replace(day=1), visited_on__lte=as_of)
    for each in parts_of(month, unit):
        yield who_is(each.elder) | {
            key: getattr(each, key) for key in BY_KEY if key not in ("name", "id_number")
        }


DEAD = """
    SELECT s.row, '日期晚于登记的死亡日期，请核对；死亡登记有误的请先更正。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number AND s.visited_on > e.died_on
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id
      LEFT JOIN eldercare_orgunit r ON r.id = e.residence_unit_id
     WHERE u.path LIKE %(path)s || '%%' OR r.path LIKE %(path)s || '%%'"""

register(
    Ledger(
        key="visits",
        position=27,
        label="探访服务台账",
        title="探访服务台账",
        row_name="记录",
        measure_word="条",
        columns=COLUMNS,
        derived={"name_key": "text"},
        targets=(
            PERSON,
            Target(
                "visit",
                Visit,
                join="visit.elder_id = elder.id AND visit.service = s.service AND visit.visited_on = s.visited_on",
                parents=("elder",),
                distinct=("elder.id", "s.service", "s.visited_on"),
                constants={
                    "elder_id": "elder.id",
                    "service": "s.service",
                    "visited_on": "s.visited_on",
                    "org_unit_id": "coalesce(elder.residence_unit_id, elder.org_unit_id)",
                    "recorded_by_id": "%(user)s",
                },
                fields=(
                    Field("method", "method", keep=True, default="'home'"),
                    Field("result", "result", keep=True, default="'well'"),
                    Field("visitor", "visitor", keep=True, default="''"),
                    Field("note", "note", keep=True, default="''"),
                ),
            ),
        ),
        subject="visit",
        unique=("s.id_number", "s.service", "s.visited_on"),
        unique_key="visited_on",
        row_label="concat_ws(' ', s.name, s.visited_on)",
        prepare=_prepare,
        checks=(*PERSON_CHECKS, Check("visited_on", DEAD)),
        units_touched=TOUCHED,
        present_rows=_present_rows,
        instructions=(
            "一行是一个人一天的一项服务；同一人同一天同一项服务只有一条。",
            "现有记录列出数据日期所在月的。",
        ),
        permission=Permission.EDIT_PEOPLE,
    )
)
