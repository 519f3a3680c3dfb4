"""The sheet of accounts (收款账户台账): who receives an elder's money, and where."""

import datetime as dt
from collections.abc import Iterator

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind, Severity
from eldercare.excel.ledgers import Check, Field, Ledger, Prepare, Situation, Target, register
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from facilities.resources.common import phone_problem, tell
from subsidies.models import Payee
from subsidies.resources.common import (
    ID_NUMBER,
    NAME,
    OWN_PERSON_CHECKS,
    PERSON,
    TOUCHED,
    add_name_keys,
    parts_of,
    who_is,
)
from subsidies.rules.elders import check_payee

SELF = "本人"
COLUMNS: tuple[Column, ...] = (
    NAME,
    ID_NUMBER,
    Column("payee", "收款人", aliases=("收款人姓名", "户名", "账户名", "开户人"), width=14, max_length=80, help="银行户名；不填的为本人。"),
    Column("relation", "与享受人关系", aliases=("与老人关系", "收款人关系", "关系"), width=12, max_length=20, help="如 本人、配偶、子女；收款人不是本人的必填。"),
    Column("payee_id", "收款人身份证号", aliases=("收款人证件号码", "户主身份证号", "开户人身份证号"), kind=Kind.CODE, width=22, max_length=30),
    Column("payee_phone", "收款人电话", aliases=("收款人联系电话",), kind=Kind.CODE, width=16, digits=(11,), max_length=30, checker=phone_problem),
    Column("bank", "开户银行", aliases=("开户行", "银行名称", "银行"), required=True, width=24, max_length=80),
    Column("account", "银行账号", aliases=("账号", "银行卡号", "卡号", "一卡通账号", "社保卡号", "银行账户"), kind=Kind.CODE, required=True, width=24, max_length=40),
    Column("used_from", "启用日期", aliases=("开始使用日期",), kind=Kind.DATE, width=14, coarsest="day", help="不填的，新增账户按数据日期。"),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
REMARKED = BY_KEY | {"id_number": BY_KEY["payee_id"], "phone": BY_KEY["payee_phone"], "name": BY_KEY["payee"]}


def _prepare(situation: Situation) -> Prepare:
    def prepare(rows: CleanBatch) -> None:
        add_name_keys(rows)
        values = rows.values
        keys = ("name", "payee", "relation", "payee_id", "account", "used_from")
        payees, relations = [], []
        for index, (name, payee, relation, number, account, used_from) in enumerate(
            zip(*(values[key] for key in keys), strict=True)
        ):
            is_self = not payee or payee == name
            if not is_self and not relation:
                message = "收款人不是本人的，请填写与享受人关系。"
                situation.say(rows, index, BY_KEY["relation"], message)
            if not is_self and relation == SELF:
                message = "关系写的是本人，收款人与姓名却不同，请核对。"
                situation.say(rows, index, BY_KEY["relation"], message, value=relation)
            payees.append(payee or name)
            relations.append(relation or (SELF if is_self else None))
            row = {"relation": relations[-1], "id_number": number, "account": account, "used_from": used_from}
            remarks = check_payee(row, today=situation.as_of)
            if not account:  # an empty or unreadable cell is an error already
                remarks = [each for each in remarks if each.key != "account"]
            tell(situation, rows, index, remarks, REMARKED)
        values["payee_name"], values["payee_relation"] = payees, relations

    return prepare


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    for each in parts_of(Payee.objects.filter(used_to=None, used_from__lte=as_of), unit):
        yield who_is(each.elder) | {
            "payee": each.name,
            "relation": each.relation,
            "payee_id": each.id_number.reveal() if each.id_number else "",
            "payee_phone": each.phone.reveal() if each.phone else "",
            "bank": each.bank,
            "account": each.account.reveal(),
            "used_from": each.used_from,
        }


def _relations(unit: OrgUnit, as_of: dt.date) -> dict[str, list[str]]:
    return {
        "relation": [SELF, "配偶", "子女", "儿媳", "女婿", "孙子女", "兄弟姐妹", "监护人", "村(社区)代管"]
    }


SHARED = """
    SELECT s.row, '与第 ' || string_agg(o.row::text, '、' ORDER BY o.row) || ' 行的人用同一个银行账号，请核对。'
      FROM {stage} s JOIN {stage} o ON o.account = s.account AND o.row <> s.row AND o.id_number <> s.id_number
     GROUP BY s.row"""
USED_BY_OTHERS = """
    SELECT DISTINCT s.row, '这个银行账号在用于本单位另一位老年人，请核对。'
      FROM {stage} s
      JOIN subsidies_payee p ON p.account = s.account AND p.used_to IS NULL
      JOIN subsidies_elder e ON e.id = p.elder_id AND e.id_number <> s.id_number
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id AND u.path LIKE %(path)s || '%%'
     WHERE NOT EXISTS (SELECT 1 FROM {stage} o WHERE o.id_number = e.id_number)"""

register(
    Ledger(
        key="payees",
        position=24,
        label="收款账户台账",
        title="收款账户台账",
        row_name="账户",
        measure_word="个",
        columns=COLUMNS,
        derived={"name_key": "text", "payee_name": "text", "payee_relation": "text"},
        targets=(
            PERSON,
            Target(
                "payee",
                Payee,
                # The account in use is changed in place. Lines that were paid keep the account of their time.
                join="payee.elder_id = elder.id AND payee.used_to IS NULL",
                parents=("elder",),
                distinct=("elder.id",),
                constants={"elder_id": "elder.id", "used_from": "coalesce(s.used_from, %(as_of)s::date)"},
                fields=(
                    Field("name", "payee", source="payee_name", keep=True),
                    Field("relation", "relation", source="payee_relation", keep=True, default=f"'{SELF}'"),
                    Field("id_number", "payee_id", keep=True, default="''"),
                    Field("phone", "payee_phone", keep=True, default="''"),
                    Field("bank", "bank"),
                    Field("account", "account"),
                ),
            ),
        ),
        subject="payee",
        unique=("s.id_number",),
        unique_key="id_number",
        row_label="concat_ws(' ', s.name, s.bank)",
        prepare=_prepare,
        checks=(
            *OWN_PERSON_CHECKS,
            Check("account", SHARED, Severity.WARNING),
            Check("account", USED_BY_OTHERS, Severity.WARNING),
        ),
        units_touched=TOUCHED,
        present_rows=_present_rows,
        lists=_relations,
        instructions=(
            "一行是一位老年人在用的收款账户。老年人、收款人可以不是同一人，分别填写。",
            "账号换了的直接填新账号：以后的发放用新账号，已发的明细和修改记录里仍是原账号。",
            "银行账号、身份证号请按文本填写。",
        ),
        permission=Permission.EDIT_PEOPLE,
    )
)
