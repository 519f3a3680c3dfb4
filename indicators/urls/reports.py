"""Addresses of the monthly report, below /reports/."""

from django.urls import path, register_converter

from indicators.api import cells
from indicators.converters import MonthConverter
from indicators.views import ledger, report_entry, report_exports, report_lists, report_steps, reports

register_converter(MonthConverter, "report_month")

urlpatterns = [
    path("", report_lists.report_list, name="report-list"),
    path("<report_month:month>/", report_lists.month_overview, name="report-month"),
    path("<report_month:month>/remind/", report_lists.remind, name="report-remind"),
    path("<report_month:month>/export/", report_exports.export_month, name="report-month-export"),
    path("<report_month:month>/<slug:code>/", reports.report, name="report"),
    path("<report_month:month>/<slug:code>/save/", report_entry.save, name="report-save"),
    path("<report_month:month>/<slug:code>/copy/", report_entry.copy, name="report-copy"),
    path("<report_month:month>/<slug:code>/take/", report_entry.take, name="report-take"),
    path("<report_month:month>/<slug:code>/reconcile/", ledger.reconcile_report, name="report-reconcile"),
    path("<report_month:month>/<slug:code>/submit/", report_entry.submit, name="report-submit"),
    path("<report_month:month>/<slug:code>/withdraw/", report_steps.withdraw, name="report-withdraw"),
    path("<report_month:month>/<slug:code>/return/", report_steps.return_, name="report-return"),
    path("<report_month:month>/<slug:code>/approve/", report_steps.approve, name="report-approve"),
    path("<report_month:month>/<slug:code>/reopen/", report_steps.reopen, name="report-reopen"),
    path("<report_month:month>/<slug:code>/export/", report_exports.export_report, name="report-export"),
    path("<report_month:month>/<slug:code>/cells/<slug:metric>/", cells.report_cell, name="report-cell"),
    # Whatever else was typed for a month: say what is wrong with it.
    path("<path:text>", report_lists.unknown_month, name="report-unknown"),
]
