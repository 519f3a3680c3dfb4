"""Addresses of programmes."""

from django.urls import URLPattern, path

from subsidies.views import programmes, rule_replays, rule_versions

urlpatterns: list[URLPattern] = [
    path("programmes/", programmes.programme_list, name="programme-list"),
    path("programmes/new/", programmes.programme_create, name="programme-create"),
    path("programmes/exclusions/", programmes.exclusion_list, name="programme-exclusion-list"),
    path("programmes/exclusions/new/", programmes.exclusion_create, name="programme-exclusion-create"),
    path("programmes/exclusions/<int:pk>/", programmes.exclusion_edit, name="programme-exclusion-edit"),
    path(
        "programmes/exclusions/<int:pk>/delete/",
        programmes.exclusion_delete,
        name="programme-exclusion-delete",
    ),
    path("programmes/replays/<int:pk>/", rule_replays.detail, name="programme-replay"),
    path("programmes/replays/<int:pk>/progress/", rule_replays.progress, name="programme-replay-progress"),
    path("programmes/replays/<int:pk>/people/", rule_replays.people, name="programme-replay-people"),
    path("programmes/<int:pk>/", programmes.programme_detail, name="programme-detail"),
    path("programmes/<int:pk>/edit/", programmes.programme_edit, name="programme-edit"),
    path("programmes/<int:pk>/versions/new/", rule_versions.create, name="programme-version-create"),
    path("programmes/<int:pk>/versions/<int:version>/", rule_versions.edit, name="programme-version-edit"),
    path(
        "programmes/<int:pk>/versions/<int:version>/copy/", rule_versions.copy, name="programme-version-copy"
    ),
    path(
        "programmes/<int:pk>/versions/<int:version>/try/", rule_versions.try_out, name="programme-version-try"
    ),
    path(
        "programmes/<int:pk>/versions/<int:version>/delete/",
        rule_versions.delete,
        name="programme-version-delete",
    ),
]
