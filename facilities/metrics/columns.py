"""Columns of the facilities behind a figure."""

from eldercare.excel.writing import Kind
from eldercare.lists import Column

FACILITY_COLUMNS = (
    Column("name", "名称", "name", order=("name", "pk"), width=30),
    Column("kind", "类别", "get_kind_display", order=("kind", "pk"), width=24),
    Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code", "pk")),
    Column("village", "村(社区)", "village.name", order=("village__code", "pk")),
    Column("operation", "运营方式", "get_operation_display", order=("operation", "pk")),
    Column("opened", "投入使用", "opened_on", order=("opened_on", "pk"), kind=Kind.DATE),
    Column("upgraded", "改造验收", "upgraded_on", order=("upgraded_on", "pk"), kind=Kind.DATE),
)
FACILITY_RELATED = ("org_unit", "village")
