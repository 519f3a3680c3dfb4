"""Workbooks of the monthly report: one unit's, or a whole month's. Every download is in the audit log."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from eldercare import audit
from eldercare.excel.writing import workbook_response
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from indicators.models import Metric, MetricEntry, MonthlyReport, owed_by_each
from indicators.pages.report_lists import load_overview
from indicators.pages.report_pages import load_page
from indicators.pages.report_places import Missing, check_month, find_place
from indicators.resources.reports import FigureResource, MonthResource, StandingResource, report_note
from indicators.views.reports import missing


@require_safe
@requires(Permission.VIEW_REPORTS)
def export_report(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    try:
        place = find_place(request.user, month, code)
        page = load_page(unit=place.unit, month=month, user=request.user, units=place.units)
        if page is None:
            raise Missing("这个月的月报还没有开启，没有可以导出的内容。")
    except Missing as problem:
        return missing(request, problem)
    title = f"{place.unit.name}{_words(month)}份月报"
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        subject=title,
        request=request,
        org_unit=place.unit,
        rows=page.filled,
    )
    sheet = FigureResource().sheet("月报", page.rows, heading=f"{title}（{place.unit.code}）")
    return workbook_response(f"{title}.xlsx", sheets=[sheet], note=report_note(page.report), by=request.user)


@require_safe
@requires(Permission.VIEW_REPORTS)
def export_month(request: HttpRequest, month: dt.date) -> HttpResponse:
    try:
        check_month(month)
        overview = load_overview(user=request.user, month=month)
        if overview.is_empty:
            raise Missing(f"{_words(month)}没有月报，没有可以导出的内容。")
    except Missing as problem:
        return missing(request, problem)
    units = [each.unit for each in overview.standings]
    reports = MonthlyReport.objects.visible_to(request.user).for_month(month)
    entries = MetricEntry.objects.filter(report__in=reports)
    figures = {(e.report.org_unit_id, e.metric_id): e.value for e in entries.select_related("report")}
    shown = {metric_id for _, metric_id in figures}
    shown |= {metric.pk for owed in owed_by_each(units, month).values() for metric in owed}
    metrics = list(Metric.objects.filter(pk__in=shown))
    title = f"{request.user.org_unit.name}{_words(month)}份月报汇总"
    audit.record(AuditEvent.Action.EXPORT, by=request.user, subject=title, request=request, rows=len(figures))
    matrix = MonthResource([(each.unit, each.label) for each in overview.standings], figures)
    states = StandingResource()
    reports_by_unit = {
        report.org_unit_id: report for report in reports.select_related("submitted_by", "approved_by")
    }
    for each in overview.standings:
        each.report = reports_by_unit.get(each.unit.pk)
    sheets = [
        matrix.sheet("数据", metrics, heading=title),
        states.sheet("报送情况", overview.standings, heading=f"{_words(month)}份月报报送情况"),
    ]
    note = "含未通过审核的数据，各单位状态见表头；空白为未报。"
    return workbook_response(f"{title}.xlsx", sheets=sheets, note=note, by=request.user)


def _words(month: dt.date) -> str:
    return f"{month.year}年{month.month}月"
