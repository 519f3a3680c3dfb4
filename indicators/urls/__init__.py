from django.urls import include, path

from indicators.views import ledger

urlpatterns = [
    path("reports/", include("indicators.urls.reports")),  # registers the converter of months
    path("figures/<slug:code>/<slug:unit>/<report_month:month>/", ledger.ledger_rows, name="ledger-rows"),
    path("corrections/", include("indicators.urls.corrections")),
    path("official/", include("indicators.urls.official")),
    path("registers/", include("indicators.urls.registers")),
    path("tasks/", include("indicators.urls.tasks")),
    path("plans/", include("indicators.urls.plan_building")),
    path("", include("indicators.urls.plans")),
]
