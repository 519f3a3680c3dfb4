from django.urls import include, path

urlpatterns = [
    path("reports/", include("indicators.urls.reports")),
    path("", include("indicators.urls.plans")),
]
