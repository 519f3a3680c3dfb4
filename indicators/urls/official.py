"""Addresses of the official report, below /official/."""

from django.urls import path

from indicators.views import official_reports as views

urlpatterns = [
    path("", views.report_list, name="official-report-list"),
    path("new/", views.create, name="official-report-create"),
    path("<int:pk>/", views.detail, name="official-report"),
    path("<int:pk>/edit/", views.edit, name="official-report-edit"),
    path("<int:pk>/sections/<slug:key>/", views.section, name="official-report-section"),
    path("<int:pk>/seal/", views.seal, name="official-report-seal"),
    path("<int:pk>/ask/", views.ask, name="official-report-ask"),
    path("<int:pk>/renew/", views.renew, name="official-report-renew"),
    path("<int:pk>/discard/", views.discard, name="official-report-discard"),
    path("<int:pk>/files/<slug:kind>/", views.file, name="official-report-file"),
]
