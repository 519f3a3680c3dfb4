"""Addresses of the registers, below /registers/."""

from django.urls import path

from indicators.views import register_definitions, registers

urlpatterns = [
    path("", registers.register_list, name="register-list"),
    path("mechanisms/", registers.mechanisms, name="register-mechanisms"),
    path("new/", register_definitions.create, name="register-create"),
    path("rows/<int:pk>/", registers.row, name="register-row"),
    path("rows/<int:pk>/edit/", registers.row_edit, name="register-row-edit"),
    path("rows/<int:pk>/delete/", registers.row_delete, name="register-row-delete"),
    path("<slug:code>/", registers.register, name="register-rows"),
    path("<slug:code>/new/", registers.row_create, name="register-row-create"),
    path("<slug:code>/definition/", register_definitions.definition, name="register-definition"),
    path("<slug:code>/definition/edit/", register_definitions.edit, name="register-edit"),
    path("<slug:code>/columns/new/", register_definitions.column_add, name="register-column-add"),
    path("<slug:code>/columns/<slug:key>/", register_definitions.column_edit, name="register-column-edit"),
    path("<slug:code>/metrics/new/", register_definitions.metric_add, name="register-metric-add"),
    path("<slug:code>/metrics/<int:pk>/", register_definitions.metric_edit, name="register-metric-edit"),
    path(
        "<slug:code>/metrics/<int:pk>/remove/",
        register_definitions.metric_remove,
        name="register-metric-remove",
    ),
]
