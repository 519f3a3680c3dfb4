"""Columns of the elders behind a figure. Numbers are masked by their type."""

from eldercare.excel.writing import Kind
from eldercare.lists import Column


def elder_columns(path: str = "") -> tuple[Column, ...]:
    """``path``: attributes from the row to the elder, "" when the row is one."""
    dots, underscores = (f"{path}.", f"{path.replace('.', '__')}__") if path else ("", "")
    return (
        Column("name", "姓名", f"{dots}name", order=(f"{underscores}name_key", "pk"), is_personal=True),
        Column("id_number", "证件号码", f"{dots}id_number", width=22, css="code", is_personal=True),
        Column(
            "sex",
            "性别",
            f"{dots}get_sex_display",
            order=(f"{underscores}sex", "pk"),
            width=8,
            is_personal=True,
        ),
        Column(
            "born",
            "出生日期",
            f"{dots}born_on",
            order=(f"{underscores}born_on", "pk"),
            kind=Kind.DATE,
            is_personal=True,
        ),
    )


def place_columns(path: str = "") -> tuple[Column, ...]:
    dots, underscores = (f"{path}.", f"{path.replace('.', '__')}__") if path else ("", "")
    return (
        Column("unit", "管理镇(街道)", f"{dots}org_unit.name", order=(f"{underscores}org_unit__code", "pk")),
        Column("village", "户籍村(社区)", f"{dots}village.name", order=(f"{underscores}village__code", "pk")),
    )
