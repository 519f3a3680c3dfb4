"""Addresses of assessments and certifications."""

from django.urls import path

from subsidies.views import assessment_settings, assessments, certifications

urlpatterns = [
    path("assessments/", assessments.assessment_list, name="assessment-list"),
    path("assessments/find/", assessments.find, name="assessment-find"),
    path("assessments/settings/", assessment_settings.settings_page, name="assessment-settings"),
    path("assessments/of/<int:elder>/", assessments.person, name="assessment-person"),
    path("assessments/of/<int:elder>/new/", assessments.create, name="assessment-create"),
    path("assessments/of/<int:elder>/result/", assessments.create_result, name="assessment-create-result"),
    path("assessments/<int:pk>/", assessments.detail, name="assessment-detail"),
    path("assessments/<int:pk>/edit/", assessments.edit, name="assessment-edit"),
    path("assessments/<int:pk>/delete/", assessments.delete, name="assessment-delete"),
    path("certifications/", certifications.certification_list, name="certification-list"),
    path("certifications/overview/", certifications.overview, name="certification-overview"),
    path("certifications/record/", certifications.record, name="certification-record"),
    path("certifications/of/<int:elder>/", certifications.person, name="certification-person"),
    path("certifications/of/<int:elder>/new/", certifications.create, name="certification-create"),
    path("certifications/<int:pk>/remove/", certifications.remove, name="certification-remove"),
]
