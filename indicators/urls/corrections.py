"""Addresses of correction slips, below /corrections/."""

from django.urls import path

from indicators.views import correction_evidence, corrections

urlpatterns = [
    path("", corrections.correction_list, name="correction-list"),
    path("new/", corrections.create, name="correction-create"),
    path("<int:pk>/", corrections.detail, name="correction"),
    path("<int:pk>/edit/", corrections.edit, name="correction-edit"),
    path("<int:pk>/figures/<slug:code>/", corrections.figures, name="correction-figures"),
    path("<int:pk>/evidence/", correction_evidence.add, name="correction-evidence-add"),
    path("evidence/<int:pk>/", correction_evidence.download, name="correction-evidence"),
    path("evidence/<int:pk>/remove/", correction_evidence.remove, name="correction-evidence-remove"),
    path("<int:pk>/submit/", corrections.submit, name="correction-submit"),
    path("<int:pk>/withdraw/", corrections.withdraw, name="correction-withdraw"),
    path("<int:pk>/cancel/", corrections.cancel, name="correction-cancel"),
    path("<int:pk>/return/", corrections.return_, name="correction-return"),
    path("<int:pk>/approve/", corrections.approve, name="correction-approve"),
]
