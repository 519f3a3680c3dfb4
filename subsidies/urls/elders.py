"""Addresses of the register of elders."""

from django.urls import path

from subsidies.views import elder_doubles, elder_parts, elders

urlpatterns = [
    path("elders/", elders.elder_list, name="elder-list"),
    path("elders/find/", elders.find, name="elder-find"),
    path("elders/new/", elders.create, name="elder-create"),
    path("elders/doubles/", elder_doubles.doubles, name="elder-doubles"),
    path("elders/doubles/find/", elder_doubles.doubles_find, name="elder-doubles-find"),
    path("elders/doubles/<int:one>/<int:other>/", elder_doubles.compare_two, name="elder-compare"),
    path("elders/doubles/<int:one>/<int:other>/distinct/", elder_doubles.distinct, name="elder-distinct"),
    path("elders/merges/<int:pk>/undo/", elder_doubles.undo, name="elder-merge-undo"),
    path("elders/<int:pk>/", elders.detail, name="elder-detail"),
    path("elders/<int:pk>/edit/", elders.edit, name="elder-edit"),
    path("elders/<int:pk>/changes/<slug:slug>/", elder_parts.change, name="elder-change"),
    path("elders/<int:pk>/household/", elder_parts.household, name="elder-household"),
    path("elders/<int:pk>/tags/new/", elder_parts.add_tag, name="elder-tag-create"),
    path("elders/tags/<int:pk>/edit/", elder_parts.edit_tag, name="elder-tag-edit"),
    path("elders/tags/<int:pk>/end/", elder_parts.end_tag, name="elder-tag-end"),
    path("elders/<int:pk>/payees/new/", elder_parts.add_payee, name="payee-create"),
    path("elders/payees/<int:pk>/edit/", elder_parts.edit_payee, name="payee-edit"),
    path("elders/payees/<int:pk>/end/", elder_parts.end_payee, name="payee-end"),
]
