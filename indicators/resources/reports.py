"""Columns of the workbooks of the monthly report, with their Chinese headings."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils import timezone
from import_export import fields, resources, widgets

from eldercare.excel.writing import Column, Kind, Sheet
from eldercare.models import OrgUnit
from indicators.models import Metric, MonthlyReport


class AsIs(widgets.Widget):
    """Hands a value on as it is: the writer knows how a figure or a date is stored."""

    def render(self, value, obj=None, **kwargs):
        return value


class ColumnField(fields.Field):
    """A field that also says how wide its column is and what its cells hold."""

    def __init__(self, heading: str, attribute: str, width: float = 14, kind: Kind = Kind.TEXT) -> None:
        super().__init__(attribute=attribute, column_name=heading, widget=AsIs(), readonly=True)
        self.column = Column(heading, width, kind)


class WorkbookResource(resources.Resource):
    """A resource whose columns are written by :mod:`eldercare.excel.writing`."""

    def sheet(self, title: str, objects: Iterable[object], *, heading: str = "") -> Sheet:
        columns = [field.column for field in self.get_export_fields()]
        return Sheet(title, columns, (self.export_resource(each) for each in objects), heading)


class FigureResource(WorkbookResource):
    """A unit's report line by line; from :class:`indicators.pages.report_pages.Row`."""

    group = ColumnField("分组", "metric__get_group_display", 16)
    code = ColumnField("指标代码", "metric__code", 34)
    name = ColumnField("指标名称", "metric__name", 38)
    measure = ColumnField("计量单位", "metric__unit", 10)
    nature = ColumnField("性质", "metric__get_nature_display", 10)
    before = ColumnField("上月", "before", 14, Kind.NUMBER)
    value = ColumnField("本月", "value", 14, Kind.NUMBER)
    change = ColumnField("较上月（%）", "change", 12, Kind.DECIMAL1)
    reason = ColumnField("说明", "reason", 30)
    entered_by = ColumnField("填报人", "entry__entered_by__full_name", 10)
    entered_at = ColumnField("填报时间", "entry__entered_at", 18, Kind.DATETIME)
    ledger = ColumnField("台账数", "ledger", 14, Kind.NUMBER)
    source = ColumnField("来源", "source_label", 12)


class StandingResource(WorkbookResource):
    """How the units stand in a month; from :class:`indicators.pages.report_lists.Standing`."""

    code = ColumnField("单位代码", "unit__code", 14)
    name = ColumnField("单位名称", "unit__name", 20)
    state = ColumnField("状态", "label", 12)
    due_on = ColumnField("截止日", "report__due_on", 12, Kind.DATE)
    owed = ColumnField("应填项数", "owed", 10, Kind.INTEGER)
    filled = ColumnField("已填项数", "filled", 10, Kind.INTEGER)
    submitted_at = ColumnField("提交时间", "report__submitted_at", 18, Kind.DATETIME)
    submitted_by = ColumnField("提交人", "report__submitted_by__full_name", 10)
    late = ColumnField("逾期情况", "late_text", 16)
    approved_at = ColumnField("通过时间", "report__approved_at", 18, Kind.DATETIME)
    approved_by = ColumnField("审核人", "report__approved_by__full_name", 10)


class MonthResource(WorkbookResource):
    """All units × metrics of a month: a line per metric, a column per unit; a cell is empty when not reported."""

    group = ColumnField("分组", "get_group_display", 16)
    code = ColumnField("指标代码", "code", 34)
    name = ColumnField("指标名称", "name", 38)
    measure = ColumnField("计量单位", "unit", 10)

    def __init__(
        self, units: list[tuple[OrgUnit, str]], figures: dict[tuple[int, int], Decimal], **kwargs
    ) -> None:
        super().__init__(**kwargs)
        for unit, state in units:
            self.fields[f"unit_{unit.code}"] = _UnitField(unit, state, figures)


class _UnitField(ColumnField):
    def __init__(self, unit: OrgUnit, state: str, figures: dict[tuple[int, int], Decimal]) -> None:
        super().__init__(f"{unit.name}（{state}）", "", 20, Kind.NUMBER)
        self.unit_id, self.figures = unit.pk, figures

    def get_value(self, instance: Metric) -> Decimal | None:
        return self.figures.get((self.unit_id, instance.pk))


def report_note(report: MonthlyReport) -> str:
    """Who handed the report in and who approved it, for the line below the table."""
    parts = [f"状态：{report.get_status_display()}"]
    if report.submitted_at and report.submitted_by:
        at = timezone.localtime(report.submitted_at)
        parts.append(f"提交：{report.submitted_by.full_name} {at:%Y-%m-%d %H:%M}")
    if report.approved_at and report.approved_by:
        at = timezone.localtime(report.approved_at)
        parts.append(f"审核：{report.approved_by.full_name} {at:%Y-%m-%d %H:%M}")
    return " ".join(parts) + " 空白为未报。"
