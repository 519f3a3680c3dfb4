"""The columns of the indicator table as a workbook."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from import_export import resources
from import_export.fields import Field

from eldercare.excel.writing import Column, Kind
from indicators.pages import display
from indicators.pages.lines import Line
from indicators.pages.outlook import method_text
from indicators.rules.outlook import Outlook


class IndicatorResource(resources.Resource):
    """One row per indicator as it stands for a unit and month; columns with Chinese headings, in their order."""

    number = Field(column_name="序号")
    document_code = Field(column_name="文件编号")
    name = Field(column_name="指标")
    group = Field(column_name="分组")
    role = Field(column_name="性质")
    soft = Field(column_name="约束力")
    place = Field(column_name="出处")
    target = Field(column_name="目标")
    due = Field(column_name="期限")
    value = Field(column_name="数值")
    unit = Field(column_name="单位")
    reading = Field(column_name="读数")
    distance = Field(column_name="与目标的距离")
    status = Field(column_name="状态")
    forecast = Field(column_name="到期推算")
    forecast_method = Field(column_name="推算方法")
    forecast_met = Field(column_name="推算能否达标")
    reported = Field(column_name="已审核/应报")
    range = Field(column_name="可能范围")
    numerator = Field(column_name="分子")
    denominator = Field(column_name="分母")
    formula = Field(column_name="公式")
    scope = Field(column_name="范围与分母")
    quote = Field(column_name="原文")
    notes = Field(column_name="备注")

    WIDTHS = {  # noqa: RUF012
        "number": 6, "document_code": 10, "name": 34, "group": 22, "role": 10, "soft": 10, "place": 20,
        "target": 14, "due": 14, "value": 12, "unit": 12, "reading": 14, "distance": 20, "status": 11, "forecast": 12,
        "forecast_method": 16, "forecast_met": 13,
        "reported": 13, "range": 18, "numerator": 14, "denominator": 14, "formula": 44, "scope": 26,
        "quote": 44, "notes": 30,
    }  # fmt: skip
    KINDS = {  # noqa: RUF012
        "number": Kind.INTEGER,
        "value": Kind.NUMBER,
        "forecast": Kind.NUMBER,
        "numerator": Kind.NUMBER,
        "denominator": Kind.NUMBER,
    }

    def __init__(self, outlooks: Mapping[int, Outlook] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outlooks = outlooks or {}

    def columns(self) -> list[Column]:
        return [
            Column(field.column_name, self.WIDTHS[name], self.KINDS.get(name, Kind.TEXT))
            for name, field in self.fields.items()
        ]

    def rows(self, lines: Iterable[Line]) -> Iterator[list[object]]:
        for line in lines:
            cells = self._cells(line)
            yield [cells[name] for name in self.fields]

    def _cells(self, line: Line) -> dict[str, object]:
        indicator, value = line.indicator, line.value
        has_number = value is not None and value.value is not None and bool(value.reported)
        found = self.outlooks.get(indicator.pk)
        return {
            "number": indicator.number,
            "document_code": indicator.document_code,
            "name": indicator.name,
            "group": indicator.group,
            "role": indicator.get_role_display(),
            "soft": "软性目标" if indicator.is_soft else ("" if line.is_fact else "约束性"),
            "place": indicator.place,
            "target": line.target_text or indicator.printed_target,
            "due": f"{line.goal.due_on:%Y-%m-%d}" if line.goal else "",
            "value": display.rounded(value.value, 6)
            if has_number and not indicator.is_confirmation
            else None,
            "unit": indicator.unit,
            "reading": line.value_text,
            "distance": line.distance_text,
            "status": line.look.label,
            "forecast": display.rounded(found.chosen.at_due, 6) if found else None,
            "forecast_method": method_text(found) if found else "",
            "forecast_met": ("能" if found.chosen.is_met else "不能") if found else "",
            "reported": f"{value.reported}/{value.owed}" if value and not indicator.is_registered else "",
            "range": line.range_text,
            "numerator": value.numerator if has_number else None,
            "denominator": value.denominator if has_number else None,
            "formula": indicator.formula,
            "scope": indicator.scope,
            "quote": indicator.quote,
            "notes": indicator.notes,
        }
