"""The composition root: the only module that may import every app."""

from django.urls import include, path

from eldercare.views import (
    accounts,
    digests,
    help,
    home,
    import_files,
    imports,
    logs,
    notices,
    reveal,
    sign_in,
    tokens,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", sign_in.change_password, name="password-change"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/read-all/", notices.read_all, name="notice-read-all"),
    path("notices/<int:pk>/read/", notices.read, name="notice-read"),
    path("digests/", digests.digest_list, name="digest-list"),
    path("digests/<int:pk>/", digests.detail, name="digest"),
    path("accounts/", accounts.account_list, name="account-list"),
    path("accounts/new/", accounts.create, name="account-create"),
    path("accounts/<int:pk>/", accounts.detail, name="account-detail"),
    path("accounts/<int:pk>/edit/", accounts.edit, name="account-edit"),
    path("accounts/<int:pk>/disable/", accounts.disable, name="account-disable"),
    path("accounts/<int:pk>/enable/", accounts.enable, name="account-enable"),
    path("accounts/<int:pk>/reset/", accounts.reset, name="account-reset"),
    path("accounts/<int:pk>/unlock/", accounts.unlock, name="account-unlock"),
    path("log/", logs.log_list, name="log-list"),
    path("log/export/", logs.export, name="log-export"),
    path("help/", help.help_page, name="help"),
    path("numbers/<slug:kind>/<int:pk>/<slug:field>/", reveal.number, name="number-reveal"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", import_files.create, name="import-create"),
    path("imports/template/<str:ledger>/", import_files.template, name="import-template"),
    path("imports/<int:pk>/", imports.detail, name="import-detail"),
    path("imports/<int:pk>/progress/", imports.progress, name="import-progress"),
    path("imports/<int:pk>/file/", import_files.original, name="import-file"),
    path("imports/<int:pk>/receipt/", import_files.receipt, name="import-receipt"),
    path("imports/<int:pk>/match/", imports.match, name="import-match"),
    path("imports/<int:pk>/forget/", imports.forget, name="import-forget"),
    path("imports/<int:pk>/apply/", imports.apply, name="import-apply"),
    path("imports/<int:pk>/discard/", imports.discard, name="import-discard"),
    path("imports/<int:pk>/undo/", imports.take_back, name="import-undo"),
    path("tokens/", tokens.token_list, name="token-list"),
    path("tokens/new/", tokens.create, name="token-create"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("tokens/system/", tokens.system_list, name="token-system-list"),
    path("tokens/system/new/", tokens.system_create, name="token-system-create"),
    path("tokens/system/<int:pk>/revoke/", tokens.system_revoke, name="token-system-revoke"),
    path("api/v1/", include("eldercare.api.urls")),
    path("ledgers/", include("facilities.urls")),
    path("", include("subsidies.urls")),
    path("", include("indicators.urls")),
    path("api/v1/", include("facilities.urls.api")),
    path("api/v1/", include("subsidies.urls.api")),
    path("api/v1/", include("indicators.urls.api")),
]


handler400 = "eldercare.views.errors.bad_request"
handler403 = "eldercare.views.errors.forbidden"
handler404 = "eldercare.views.errors.not_found"
handler500 = "eldercare.views.errors.server_error"
