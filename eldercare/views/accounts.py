"""Accounts, for the administrator of the county."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare import accounts
from eldercare.account_history import history_of
from eldercare.errors import Refused
from eldercare.forms import AccountFilterForm, AccountForm
from eldercare.models import User
from eldercare.permissions import Permission, requires
from eldercare.token_models import ApiToken

PAGE_SIZE = 20
STEPS_SHOWN = 50


@require_safe
@requires(Permission.MANAGE_ACCOUNTS)
def account_list(request: HttpRequest) -> HttpResponse:
    form = AccountFilterForm(request.GET or None, by=request.user)
    locked = accounts.locked_usernames()
    users = _filtered(User.objects.visible_to(request.user), form.chosen(), locked=locked)
    users = users.annotate(
        is_program=Exists(ApiToken.objects.filter(user=OuterRef("pk"), kind=ApiToken.Kind.SYSTEM))
    )
    page = Paginator(users.order_by("org_unit__code", "username"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {"form": form, "page": page, "locked": locked}
    return render(request, "accounts/list.html", context)


def _filtered(users: QuerySet, chosen: dict, *, locked: set[str]) -> QuerySet:
    if text := chosen.get("q"):
        users = users.filter(Q(username__icontains=text) | Q(full_name__icontains=text))
    if role := chosen.get("role"):
        users = users.filter(role=role)
    if unit := chosen.get("unit"):
        users = users.filter(org_unit=unit)
    states = {
        "active": Q(is_active=True),
        "disabled": Q(is_active=False),
        "locked": Q(username__in=locked),
        "initial": Q(is_active=True, must_change_password=True),
    }
    return users.filter(states.get(chosen.get("state"), Q()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def create(request: HttpRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            user, password = accounts.create(by=request.user, request=request, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _password_slip(request, user, password, title="账号已创建")
    return render(request, "accounts/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    form = AccountForm(request.POST or None, by=request.user, instance=_account(request, pk))
    if form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("full_name", "role", "org_unit")}
        try:
            accounts.edit(by=request.user, user=account, request=request, **wanted)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{wanted['full_name']}({account.username})的账号已保存。")
            return redirect("account-detail", pk=pk)
    return render(request, "accounts/form.html", {"form": form, "account": account})


@require_safe
@requires(Permission.MANAGE_ACCOUNTS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    context = {
        "account": account,
        "is_locked": account.username in accounts.locked_usernames(),
        "is_program": account.api_tokens.filter(kind=ApiToken.Kind.SYSTEM).exists(),
        "history": history_of(account)[:STEPS_SHOWN],
    }
    return render(request, "accounts/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    if request.method != "POST":
        return render(request, "accounts/confirm_disable.html", {"account": account})
    return _done(request, account, accounts.disable, "已停用，立即生效。")


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, _account(request, pk), accounts.enable, "已启用。")


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, _account(request, pk), accounts.unlock, "已解锁，可以立即登录。")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    if request.method != "POST":
        return render(request, "accounts/confirm_reset.html", {"account": account})
    try:
        password = accounts.reset_password(by=request.user, user=account, request=request)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("account-detail", pk=pk)
    return _password_slip(request, account, password, title="密码已重置")


def _account(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


def _done(request: HttpRequest, account: User, action, words: str) -> HttpResponse:
    try:
        action(by=request.user, user=account, request=request)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{account.full_name}({account.username}){words}")
    return redirect("account-detail", pk=account.pk)


def _password_slip(request: HttpRequest, account: User, password: str, *, title: str) -> HttpResponse:
    """The only place where an initial password is ever seen; no cache and no session keeps it."""
    context = {"account": account, "initial_password": password, "title": title}
    return render(request, "accounts/password_slip.html", context)
