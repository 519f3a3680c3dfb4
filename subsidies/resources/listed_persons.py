"""The sheet of lists for comparison (比对名单): deaths, moves and others, as other offices send them."""

import datetime as dt
from collections.abc import Iterator

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind
from eldercare.excel.ledgers import Field, Ledger, Prepare, Situation, Target, register
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from facilities.resources.common import choices
from subsidies.models import ListedPerson
from subsidies.resources.common import ID_ALIASES, county_only, id_problem, not_in_future

COLUMNS: tuple[Column, ...] = (
    Column("kind", "名单种类", aliases=("名单", "名单类别", "比对类别", "种类"), kind=Kind.CHOICE, required=True, width=20, choices=choices(ListedPerson.Kind.choices, death="死亡 去世 火化 殡葬 死亡名单 死亡注销", moved_out="迁出 户籍注销", imprisoned="监狱 在押 服刑人员", other_county="外县享受 异地享受")),
    Column("id_number", "证件号码", aliases=(*ID_ALIASES, "死者身份证号", "逝者身份证号"), kind=Kind.CODE, required=True, width=22, max_length=30, checker=id_problem),
    Column("name", "姓名", aliases=("死者姓名", "逝者姓名", "死亡人员姓名"), kind=Kind.NAME, width=12, max_length=40),
    Column("happened_on", "发生日期", aliases=("死亡日期", "死亡时间", "火化日期", "迁出日期", "日期", "收监日期"), kind=Kind.DATE, width=14),
    Column("source", "来源", aliases=("数据来源", "提供单位"), width=24, max_length=80, help="如：县殡仪馆2026年3月。"),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}


def _prepare(situation: Situation) -> Prepare:
    def prepare(rows: CleanBatch) -> None:
        not_in_future(situation, rows, BY_KEY["happened_on"])

    return prepare


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    for each in ListedPerson.objects.filter(org_unit=unit).order_by("kind", "id").iterator(2_000):
        plain = {key: getattr(each, key) for key in ("kind", "name", "happened_on", "source")}
        yield plain | {"id_number": each.id_number.reveal()}


register(
    Ledger(
        key="listed_persons",
        position=25,
        label="比对名单",
        title="比对名单",
        row_name="名单记录",
        measure_word="条",
        columns=COLUMNS,
        targets=(
            Target(
                "listed",
                ListedPerson,
                join="listed.org_unit_id = %(unit)s AND listed.kind = s.kind AND listed.id_number = s.id_number",
                distinct=("s.kind", "s.id_number"),
                constants={"org_unit_id": "%(unit)s", "kind": "s.kind", "id_number": "s.id_number"},
                fields=(
                    Field("name", "name", keep=True, default="''"),
                    Field("happened_on", "happened_on", keep=True),
                    Field("source", "source", keep=True, default="''"),
                ),
            ),
        ),
        subject="listed",
        unique=("s.kind", "s.id_number"),
        unique_key="id_number",
        row_label="coalesce(s.name, '（未写姓名）')",
        prepare=_prepare,
        present_rows=_present_rows,
        instructions=(
            "殡葬、公安、卫健、司法等部门给的名单，发放前与享受人员逐一比对；名单上的人不必在老年人档案里。",
            "一个人同一种名单只有一条；名单本身不改动任何人的档案。",
        ),
        permission=Permission.PREPARE_PAYMENTS,
        guard=county_only,
    )
)
