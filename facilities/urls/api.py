"""Addresses of the API of facilities, below /api/v1/."""

from django.urls import path

from facilities import api

urlpatterns = [
    path("facilities/", api.facility_list, name="api-facilities"),
    path("facilities/<int:pk>/", api.facility, name="api-facility"),
    path("unit-counts/", api.unit_count_list, name="api-unit-counts"),
]
