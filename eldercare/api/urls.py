"""Addresses of the shell's part of the API, below /api/v1/."""

from django.urls import path

from eldercare.api import batches, schema, units

urlpatterns = [
    path("docs/", schema.docs, name="api-docs"),
    path("schema/", schema.schema, name="api-schema"),
    path("org-units/", units.org_unit_list, name="api-org-units"),
    path("ledgers/", batches.ledger_list, name="api-ledgers"),
    path("batches/", batches.batch_collection, name="api-batches"),
    path("batches/<int:pk>/", batches.batch, name="api-batch"),
    path("batches/<int:pk>/lines/", batches.batch_lines, name="api-batch-lines"),
    path("batches/<int:pk>/apply/", batches.batch_apply, name="api-batch-apply"),
    path("batches/<int:pk>/discard/", batches.batch_discard, name="api-batch-discard"),
    path("batches/<int:pk>/undo/", batches.batch_undo, name="api-batch-undo"),
]
