"""Addresses of the register of elders, the subsidies and the care at home."""

from subsidies.urls import assessments, care, elders, enrolments, payments, programmes

urlpatterns = [
    *elders.urlpatterns,
    *assessments.urlpatterns,
    *programmes.urlpatterns,
    *enrolments.urlpatterns,
    *payments.urlpatterns,
    *care.urlpatterns,
]
