"""The figures of the official report as .xlsx: a sheet per plan, numbers as numbers."""

import io
from decimal import Decimal
from typing import Any

from eldercare.excel.writing import Column, Kind, Sheet, write_workbook
from indicators.pages.official import Content, as_of_text, period_of
from indicators.rules.official import Period


def write(content: Content) -> bytes:
    report, figures = content.report, content.figures
    period = period_of(report)
    sheets = [_plan_sheet(each, report.title, period) for each in figures["plans"]]
    if figures["flows"]:
        sheets.append(_flow_sheet(figures["flows"], report.title))
    if not sheets:
        sheets = [Sheet("指标", _columns(period), [], report.title)]
    file = io.BytesIO()
    footer = f"数据截至 {as_of_text(figures)}" if figures["as_of"] else "没有汇总数据"
    if report.sealed_at:
        footer += f" 第 {report.revision} 版"
    write_workbook(file, sheets=sheets, footer=footer)
    return file.getvalue()


def _columns(period: Period) -> list[Column]:
    return [
        Column("类别", 12),
        Column("序号", 8, Kind.INTEGER),
        Column("指标", 44),
        Column("计量单位", 12),
        Column("目标", 16),
        Column("目标值", 12, Kind.NUMBER),
        Column(period.value_heading, 18),
        Column(f"{period.value_heading}数值", 14, Kind.NUMBER),
        Column(period.against, 12, Kind.NUMBER),
        Column("与目标相差", 22),
        Column("状态", 16),
        Column("报送", 12),
    ]


def _plan_sheet(each: dict[str, Any], title: str, period: Period) -> Sheet:
    parts = (("主要指标", "headline"), ("约束性指标", "binding"), ("软性目标", "soft"))
    rows = [_cells(name, row) for name, key in parts for row in each[key]]
    return Sheet(each["short_title"], _columns(period), rows, f"{title}：{each['title']}")


def _cells(kind: str, row: dict[str, Any]) -> list[object]:
    return [
        kind,
        row["number"],
        row["name"],
        row["unit"],
        row["target_text"],
        _number(row["target"]),
        row["units_text"] or row["value_text"],
        _number(row["value"]),
        _number(row["change"]),
        row["distance_text"],
        row["light"],
        row["reported_text"],
    ]


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _flow_sheet(flows: list[dict[str, Any]], title: str) -> Sheet:
    columns = [
        Column("项目", 44),
        Column("计量单位", 12),
        Column("合计", 16, Kind.NUMBER),
        Column("有数据的月数", 14, Kind.INTEGER),
    ]
    rows = [[each["name"], each["unit"], _number(each["value"]), each["months"]] for each in flows]
    return Sheet("工作量合计", columns, rows, f"{title}：工作量合计")
