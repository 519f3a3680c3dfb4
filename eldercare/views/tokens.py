"""Tokens of the API in the browser: everybody's own, and those of other systems for the administrator."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare import tokens
from eldercare.errors import Refused
from eldercare.forms_tokens import TokenForm
from eldercare.permissions import Permission, requires
from eldercare.scopes import Scope, scopes_of
from eldercare.token_models import ApiToken

Kind = ApiToken.Kind
SHOWN = 100


@never_cache
@require_safe
@requires(Permission.SIGNED_IN)
def token_list(request: HttpRequest) -> HttpResponse:
    return _list(request, Kind.PERSONAL, ApiToken.objects.personal_of(request.user))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SIGNED_IN)
def create(request: HttpRequest) -> HttpResponse:
    return _create(request, Kind.PERSONAL)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SIGNED_IN)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    return _revoke(request, get_object_or_404(ApiToken.objects.personal_of(request.user), pk=pk))


@never_cache
@require_safe
@requires(Permission.MANAGE_TOKENS)
def system_list(request: HttpRequest) -> HttpResponse:
    return _list(request, Kind.SYSTEM, ApiToken.objects.system_seen_by(request.user))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_TOKENS)
def system_create(request: HttpRequest) -> HttpResponse:
    return _create(request, Kind.SYSTEM)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_TOKENS)
def system_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    return _revoke(request, get_object_or_404(ApiToken.objects.system_seen_by(request.user), pk=pk))


def _list(request: HttpRequest, kind: str, found: QuerySet[ApiToken]) -> HttpResponse:
    rows = list(found.select_related("org_unit", "created_by", "user")[:SHOWN])
    for each in rows:
        each.labels = [Scope(scope).label for scope in each.scopes if scope in set(Scope)]
    offers = kind == Kind.SYSTEM or bool(scopes_of(request.user.role))
    return render(request, "tokens/list.html", {"tokens": rows, "offers": offers} | _frame(kind))


def _create(request: HttpRequest, kind: str) -> HttpResponse:
    form = TokenForm(request.POST or None, by=request.user, kind=kind)
    if form.is_valid():
        issue = tokens.issue_system if kind == Kind.SYSTEM else tokens.issue_personal
        try:
            token, secret = issue(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            # The only place where the secret is ever seen; no cache and no session keeps it.
            return render(request, "tokens/slip.html", {"token": token, "shown_once": secret} | _frame(kind))
    return render(request, "tokens/form.html", {"form": form} | _frame(kind))


def _revoke(request: HttpRequest, token: ApiToken) -> HttpResponse:
    frame = _frame(token.kind)
    if request.method != "POST":
        return render(request, "tokens/confirm_revoke.html", {"token": token} | frame)
    try:
        tokens.revoke(by=request.user, token=token)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"凭证“{token.name}”已作废，立即生效。")
    return redirect(frame["list_name"])


def _frame(kind: str) -> dict:
    """What the pages of the two kinds differ in."""
    is_system = kind == Kind.SYSTEM
    names = "token-system" if is_system else "token"
    return {
        "is_system": is_system,
        "list_name": f"{names}-list",
        "create_name": f"{names}-create",
        "revoke_name": f"{names}-revoke",
        "heading": "系统对接凭证" if is_system else "我的接口凭证",
    }
