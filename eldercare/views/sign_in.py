"""Sign-in, sign-out, one's own password."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from eldercare import accounts, audit
from eldercare.forms import PasswordChangeForm, SignInForm
from eldercare.middleware import ACTIVE_AT, SIGN_IN_MESSAGES, STARTED_AT, password_is_old
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission, Role, requires
from eldercare.replies import can_be_opened, safe_path

LOCKED_OUT_MESSAGE = "失败次数过多，请30分钟后再试或联系管理员。"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    next_page = safe_path(request, request.POST.get("next") or request.GET.get("next"))
    if not can_be_opened(next_page):
        next_page = ""
    if request.user.is_authenticated:
        return redirect(next_page or settings.LOGIN_REDIRECT_URL)
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            _start_session(request, form.get_user())
            return redirect(next_page or settings.LOGIN_REDIRECT_URL)
        if not getattr(request, "axes_locked_out", False):
            _record_failure(request, AuditEvent.Action.SIGN_IN_FAILED)
    reason = request.GET.get("reason", "")
    context = {
        "form": form,
        "next": next_page,
        "attempts": settings.AXES_FAILURE_LIMIT,
        "notice": SIGN_IN_MESSAGES[reason] if reason in ("idle", "expired") and not form.is_bound else "",
    }
    return render(request, "registration/sign_in.html", context)


def _start_session(request: HttpRequest, user: User) -> None:
    login(request, user)  # gives the session a new key
    request.session[STARTED_AT] = request.session[ACTIVE_AT] = int(time.time())
    audit.record(AuditEvent.Action.SIGN_IN, by=user, subject=user.username, request=request)


def _record_failure(request: HttpRequest, action: AuditEvent.Action) -> None:
    """An unknown name is not written down: people type their password into the wrong field.

    Such an entry belongs to the county that has an auditor to read it.
    """
    name = request.POST.get("username", "").strip()[:40].replace("\0", "")
    found = User.objects.filter(username__in=(name, name.lower())) if name else []
    user = max(found, key=lambda each: each.username == name, default=None)
    county = OrgUnit.objects.counties().filter(users__role=Role.AUDITOR).order_by("code").first()
    audit.record(
        action,
        by=user,
        subject=user.username if user else "不存在的用户名",
        request=request,
        org_unit=user.org_unit if user else county,
    )


def locked_out(request: HttpRequest, response=None, credentials: dict | None = None) -> HttpResponse:
    """Called by django-axes instead of the view's answer; for names that do not exist in the same words."""
    if request.user.is_authenticated:  # guessing the old password on the page that changes it
        audit.record(
            AuditEvent.Action.LOCKED_OUT, by=request.user, subject=request.user.username, request=request
        )
        logout(request)
    else:
        _record_failure(request, AuditEvent.Action.LOCKED_OUT)
    return render(request, "registration/locked_out.html", {"message": LOCKED_OUT_MESSAGE}, status=429)


@require_POST
@requires(Permission.SIGNED_IN)
def sign_out(request: HttpRequest) -> HttpResponse:
    audit.record(AuditEvent.Action.SIGN_OUT, by=request.user, subject=request.user.username, request=request)
    logout(request)
    messages.success(request, "您已安全退出。")
    return redirect(settings.LOGOUT_REDIRECT_URL)


@never_cache
@sensitive_post_parameters("old_password", "new_password", "new_password_again")
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SIGNED_IN)
def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordChangeForm(request, data=request.POST if request.method == "POST" else None)
    if form.is_valid():
        accounts.change_own_password(
            by=request.user, password=form.cleaned_data["new_password"], request=request
        )
        update_session_auth_hash(request, request.user)
        messages.success(request, "密码已修改。在其他电脑上的登录已全部退出。")
        return redirect(settings.LOGIN_REDIRECT_URL)
    context = {
        "form": form,
        "rules": [rule.removeprefix("你的密码") for rule in password_validators_help_texts()],
        "is_initial": request.user.must_change_password,
        "is_old": password_is_old(request.user),
        "max_age": settings.PASSWORD_MAX_AGE_DAYS,
    }
    return render(request, "registration/password_change.html", context)
