from django.urls import include, path

urlpatterns = [
    path("reports/", include("indicators.urls_reports")),
    path("", include("indicators.urls_plans")),
]
