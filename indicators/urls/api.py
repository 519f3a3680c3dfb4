"""Addresses of the API of metrics, plans, reports, tasks and registers, below /api/v1/."""

from django.urls import path

from indicators.api import exports, metrics, plans, registers, reports, tasks

REPORT = "reports/<report_month:month>/<slug:unit>"
urlpatterns = [
    path("metrics/", metrics.metric_list, name="api-metrics"),
    path("metrics/<slug:code>/", metrics.metric, name="api-metric"),
    path("metric-values/", metrics.metric_value_list, name="api-metric-values"),
    path("plans/", plans.plan_list, name="api-plans"),
    path("indicators/", plans.indicator_list, name="api-indicators"),
    path("indicators/<slug:plan>/<int:number>/", plans.indicator, name="api-indicator"),
    path("indicator-values/", plans.indicator_value_list, name="api-indicator-values"),
    path(
        "indicator-values/export/<slug:kind>/",
        exports.indicator_value_export,
        name="api-indicator-value-export",
    ),
    path("reports/", reports.report_list, name="api-reports"),
    path(f"{REPORT}/", reports.report, name="api-report"),
    path(f"{REPORT}/figures/", reports.report_figures, name="api-report-figures"),
    path(f"{REPORT}/submit/", reports.report_submit, name="api-report-submit"),
    path(f"{REPORT}/withdraw/", reports.report_withdraw, name="api-report-withdraw"),
    path(f"{REPORT}/return/", reports.report_return, name="api-report-return"),
    path(f"{REPORT}/approve/", reports.report_approve, name="api-report-approve"),
    path(f"{REPORT}/reopen/", reports.report_reopen, name="api-report-reopen"),
    path("tasks/", tasks.task_list, name="api-tasks"),
    path("tasks/<slug:code>/", tasks.task, name="api-task"),
    path("task-progress/", tasks.task_progress_list, name="api-task-progress"),
    path("registers/", registers.register_list, name="api-registers"),
    path("registers/<slug:code>/rows/", registers.register_row_list, name="api-register-rows"),
]
