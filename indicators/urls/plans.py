"""Addresses of the dashboard, the plans with their indicators, and the base metrics."""

from django.urls import path

from indicators.views import (
    adoptions,
    dashboard,
    indicator_edit,
    indicator_pages,
    metrics,
    plans,
    standings,
    what_if,
)

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/wall/", dashboard.wall, name="dashboard-wall"),
    path("dashboard/stamp/", dashboard.stamp, name="dashboard-stamp"),
    path("plans/", plans.plan_list, name="plan-list"),
    path("plans/adoptions/", adoptions.adoptions, name="plan-adoptions"),
    path("plans/<slug:code>/", plans.plan, name="plan"),
    path("plans/<slug:code>/check/", adoptions.check, name="plan-check"),
    path("plans/<slug:code>/adopt/", adoptions.adopt, name="plan-adopt"),
    path("plans/<slug:code>/end/", adoptions.end, name="plan-adoption-end"),
    path("plans/<slug:code>/export/", plans.export, name="plan-export"),
    path("plans/<slug:code>/standings/", standings.standings, name="plan-standings"),
    path("plans/<slug:code>/standings/export/", standings.export, name="plan-standings-export"),
    path("plans/<slug:code>/what-if/", what_if.plan_what_if, name="plan-what-if"),
    path("plans/<slug:code>/<int:number>/", indicator_pages.indicator, name="indicator"),
    path("plans/<slug:code>/<int:number>/edit/", indicator_edit.edit, name="indicator-edit"),
    path("plans/<slug:code>/<int:number>/preview/", indicator_edit.preview, name="indicator-preview"),
    path(
        "plans/<slug:code>/<int:number>/projection/", indicator_edit.projection, name="indicator-projection"
    ),
    path(
        "plans/<slug:code>/<int:number>/registrations/",
        indicator_pages.registration_add,
        name="registration-add",
    ),
    path(
        "plans/<slug:code>/<int:number>/registrations/<int:pk>/withdraw/",
        indicator_pages.registration_withdraw,
        name="registration-withdraw",
    ),
    path("metrics/", metrics.metric_list, name="metric-list"),
    path("metrics/<slug:code>/", metrics.metric, name="metric"),
]
