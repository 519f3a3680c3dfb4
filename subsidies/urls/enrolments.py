"""Addresses of enrolments, public notices and 政策找人."""

from django.urls import URLPattern, path

from subsidies.views import enrolments, enrolments_steps, matching, notices, payees

urlpatterns: list[URLPattern] = [
    path("enrolments/", enrolments.enrolment_list, name="enrolment-list"),
    path("enrolments/find/", enrolments.enrolment_find, name="enrolment-find"),
    path("enrolments/new/", enrolments.enrolment_create, name="enrolment-create"),
    path("enrolments/approvals/", enrolments.enrolment_approvals, name="enrolment-approvals"),
    path("enrolments/matching/", matching.enrolment_matching, name="enrolment-matching"),
    path("enrolments/<int:pk>/", enrolments.enrolment_detail, name="enrolment-detail"),
    path("enrolments/<int:pk>/check/", enrolments_steps.check, name="enrolment-check"),
    path("enrolments/<int:pk>/objection/", enrolments_steps.objection, name="enrolment-objection"),
    path("enrolments/<int:pk>/approve/", enrolments_steps.approve, name="enrolment-approve"),
    path("enrolments/<int:pk>/return/", enrolments_steps.send_back, name="enrolment-return"),
    path("enrolments/<int:pk>/refuse/", enrolments_steps.refuse, name="enrolment-refuse"),
    path("enrolments/<int:pk>/withdraw/", enrolments_steps.withdraw, name="enrolment-withdraw"),
    path("enrolments/<int:pk>/suspend/", enrolments_steps.suspend, name="enrolment-suspend"),
    path("enrolments/<int:pk>/resume/", enrolments_steps.resume, name="enrolment-resume"),
    path("enrolments/<int:pk>/end/", enrolments_steps.end, name="enrolment-end"),
    path("enrolments/<int:pk>/reopen/", enrolments_steps.reopen, name="enrolment-reopen"),
    path("enrolments/<int:pk>/payee/", payees.set_payee, name="enrolment-payee"),
    path("public-notices/", notices.notice_list, name="public-notice-list"),
    path(
        "public-notices/new/<int:programme>/<slug:unit>/", notices.notice_create, name="public-notice-create"
    ),
    path("public-notices/<int:pk>/", notices.notice_detail, name="public-notice-detail"),
    path("public-notices/<int:pk>/close/", notices.notice_close, name="public-notice-close"),
]
