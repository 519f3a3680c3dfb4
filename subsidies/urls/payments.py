"""Addresses of payments."""

from django.urls import path

from subsidies.views import bank_return, batches, gate, listed_persons, recoveries, statements

urlpatterns = [
    path("payments/", batches.home, name="payment-home"),
    path("payments/batches/new/", batches.create, name="batch-create"),
    path("payments/batches/<int:pk>/", batches.detail, name="batch-detail"),
    path("payments/batches/<int:pk>/progress/", batches.progress, name="batch-progress"),
    path("payments/batches/<int:pk>/remake/", batches.remake, name="batch-remake"),
    path("payments/batches/<int:pk>/cancel/", batches.cancel, name="batch-cancel"),
    path("payments/batches/<int:pk>/lines/", batches.lines, name="batch-lines"),
    path("payments/batches/<int:pk>/identity/<slug:term>/", batches.identity, name="batch-identity"),
    path("payments/batches/<int:pk>/findings/", gate.findings, name="batch-findings"),
    path("payments/batches/<int:pk>/findings/decide/", gate.decide, name="batch-decide"),
    path("payments/batches/<int:pk>/submit/", gate.submit, name="batch-submit"),
    path("payments/batches/<int:pk>/withdraw/", gate.withdraw, name="batch-withdraw"),
    path("payments/batches/<int:pk>/send-back/", gate.send_back, name="batch-send-back"),
    path("payments/batches/<int:pk>/approve/", gate.approve, name="batch-approve"),
    path("payments/batches/<int:pk>/sheet/", bank_return.sheet, name="batch-sheet"),
    path("payments/batches/<int:pk>/return/", bank_return.register_return, name="batch-return"),
    path("payments/batches/<int:pk>/bounce/", bank_return.register_bounce, name="batch-bounce"),
    path("payments/batches/<int:pk>/bank/progress/", bank_return.progress, name="batch-bank-progress"),
    path(
        "payments/batches/<int:pk>/bounce/<int:number>/confirm/",
        bank_return.confirm_bounce,
        name="batch-bounce-confirm",
    ),
    path(
        "payments/batches/<int:pk>/bounce/<int:number>/refuse/",
        bank_return.refuse_bounce,
        name="batch-bounce-refuse",
    ),
    path("payments/listed/", listed_persons.listed_person_list, name="listed-person-list"),
    path("payments/recoveries/", recoveries.recovery_list, name="recovery-list"),
    path("payments/recoveries/<int:pk>/", recoveries.detail, name="recovery-detail"),
    path("payments/recoveries/<int:pk>/repaid/", recoveries.repaid, name="recovery-repaid"),
    path("payments/recoveries/<int:pk>/written-off/", recoveries.written_off, name="recovery-written-off"),
    path("payments/of/<int:pk>/", statements.statement, name="payment-statement"),
]
