"""Addresses of the API of people, below /api/v1/."""

from django.urls import path

from subsidies import api

urlpatterns = [
    path("people/", api.person_list, name="api-people"),
    path("people/<int:pk>/", api.person, name="api-person"),
]
