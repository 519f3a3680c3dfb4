"""A small register for tests: people who help, with a column of nearly every kind."""

import datetime as dt
from decimal import Decimal

from eldercare.identity import synthetic_id
from eldercare.models import OrgUnit, User
from indicators.actions.register_definitions import create_register
from indicators.actions.registers import add_row
from indicators.models import Register, RegisterRow

BORN = dt.date(1950, 5, 6)


def choices(*labels: str) -> list[dict]:
    return [{"code": label, "label": label} for label in labels]


COLUMNS = (
    {"key": "name", "heading": "姓名", "kind": "name", "is_required": True},
    {"key": "id_number", "heading": "身份证号", "kind": "id_number", "is_key": True, "is_required": True},
    {"key": "phone", "heading": "联系电话", "kind": "phone"},
    {"key": "village", "heading": "村(社区)", "kind": "village", "is_filter": True},
    {"key": "way", "heading": "方式", "kind": "choice", "choices": choices("助餐", "助浴", "陪聊"), "is_filter": True},
    {"key": "skills", "heading": "特长", "kind": "several", "choices": choices("护理", "康复", "法律"), "is_filter": True},
    {"key": "from_on", "heading": "开始日期", "kind": "date", "is_required": True, "is_filter": True},
    {"key": "until", "heading": "结束日期", "kind": "date"},
    {"key": "hours", "heading": "时长", "kind": "number", "unit": "小时", "is_summed": True},
    {"key": "times", "heading": "次数", "kind": "integer"},
    {"key": "trained", "heading": "已培训", "kind": "yesno", "is_filter": True},
    {"key": "note", "heading": "备注", "kind": "long", "in_list": False},
)  # fmt: skip


def make_register(by: User, code: str = "helpers", *, columns=COLUMNS, **fields) -> Register:
    defaults = {"name": "帮扶人员", "field": "service", "row_name": "人", "code": code}
    return create_register(fields=defaults | fields, columns=columns, by=by)


def number(place: int) -> str:
    return synthetic_id(BORN, 111 + place)


def slots(register: Register) -> dict[str, str]:
    return dict(register.columns.values_list("key", "slot"))


def make_row(register: Register, unit: OrgUnit, by: User, place: int = 0, **values) -> RegisterRow:
    defaults = {
        "name": f"沈一{place}",
        "id_number": number(place),
        "phone": f"1380000{place:04d}",
        "way": "助餐",
        "from_on": dt.date(2025, 3, 1),
        "hours": Decimal("2.50"),
    }
    places = slots(register)
    given = {places[key]: value for key, value in (defaults | values).items()}
    return add_row(register=register, values={"org_unit": unit, **given}, by=by)
