"""What every request passes: time-out, forced change of password, permission, history context.

All four fail closed: a view that nobody has marked is not found, whoever asks.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import pghistory.middleware
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_cache_control

from eldercare import audit
from eldercare.models import AuditEvent
from eldercare.permissions import Permission
from eldercare.replies import is_background, is_htmx, safe_path, send_to
from eldercare.views import errors

logger = logging.getLogger(__name__)

STARTED_AT = "started_at"
ACTIVE_AT = "active_at"
ACTIVITY_IS_STORED_EVERY = 60  # seconds: a session is not written on every click

SIGN_IN_MESSAGES = {
    "idle": "长时间未操作，已自动退出，请重新登录。",
    "expired": "本次登录已满最长时限，请重新登录。",
    "anonymous": "请先登录。",
}


class IdleTimeoutMiddleware:
    """Ends a session after half an hour without a person's request, and half a day after sign-in anyway.

    What a signed-in person saw is kept nowhere: after sign-out, “back” shows nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        response = self._end_if_overdue(request) or self.get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        return response

    def _end_if_overdue(self, request: HttpRequest) -> HttpResponse | None:
        if request.api_token:  # it has its own end, and no session
            return None
        reason = self._overdue(request)
        if not reason:
            return None
        audit.record(
            AuditEvent.Action.SIGN_OUT,
            by=request.user,
            subject=request.user.username,
            request=request,
            reason=reason,
        )
        logout(request)
        return ask_to_sign_in(request, reason)

    def process_view(self, request, view_func, view_args, view_kwargs) -> HttpResponse | None:
        """Answer the anonymous in their own form; Django's middleware behind this one is the second lock."""
        if request.user.is_authenticated or is_public(view_func):
            return None
        return ask_to_sign_in(request, "anonymous")

    def _overdue(self, request: HttpRequest) -> str:
        session, now = request.session, int(time.time())
        started = session.setdefault(STARTED_AT, now)
        active = session.setdefault(ACTIVE_AT, now)
        if now - started >= settings.SESSION_MAX_HOURS * 3600:
            return "expired"
        if now - active >= settings.IDLE_TIMEOUT_MINUTES * 60:
            return "idle"
        if now - active >= ACTIVITY_IS_STORED_EVERY and not is_background(request):
            session[ACTIVE_AT] = now
        return ""


def ask_to_sign_in(request: HttpRequest, reason: str) -> HttpResponse:
    """To the sign-in page, and from there back to where the person was."""
    query = {} if reason == "anonymous" else {"reason": reason}
    came_from = _page_of(request)
    if came_from and came_from != resolve_url(settings.LOGIN_REDIRECT_URL):
        query["next"] = came_from
    url = resolve_url(settings.LOGIN_URL) + (f"?{urlencode(query)}" if query else "")
    return send_to(request, url, message=SIGN_IN_MESSAGES[reason], status=401)


def _page_of(request: HttpRequest) -> str:
    """The page that a person sees: not the fragment that htmx asked for, nor the target of a form."""
    if is_htmx(request):
        url = request.headers.get("HX-Current-URL")
    elif request.method in ("GET", "HEAD"):
        return request.get_full_path()
    else:
        url = request.headers.get("Referer")
    parts = urlsplit(safe_path(request, url))
    return parts.path + (f"?{parts.query}" if parts.query else "")


class PasswordChangeMiddleware:
    """An initial or an old password opens nothing but the page on which it is changed."""

    OPEN = frozenset({"password-change", "sign-out", "sign-in"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or request.resolver_match.view_name in self.OPEN:
            return None
        if request.api_token:  # a program cannot change it; an initial password refuses the token itself
            return None
        if user.must_change_password or password_is_old(user):
            url = resolve_url("password-change")
            return send_to(request, url, message="请先修改密码，再继续使用。", status=403)
        return None


def password_is_old(user) -> bool:
    age = timezone.now() - user.password_changed_at
    return age >= dt.timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)


class PermissionMiddleware:
    """Enforces the mark that :func:`eldercare.permissions.requires` leaves on a view.

    A view's blank “405” becomes a page as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return errors.method_not_allowed(request, allowed=response["Allow"])
        return response

    def process_view(self, request, view_func, view_args, view_kwargs) -> HttpResponse | None:
        permission = permission_of(view_func)
        if permission is None:
            if is_public(view_func):
                return None
            logger.error("The view of %s names no permission: closed.", request.resolver_match.route)
            return errors.not_found(request)
        enough = (permission, *getattr(view_func, "instead", ()))
        if request.user.is_authenticated and any(map(request.user.may, enough)):
            return None
        record_denial(request, permission)
        return errors.forbidden(request, permission=permission)

    def process_exception(self, request, exception) -> None:
        if isinstance(exception, PermissionDenied) and request.user.is_authenticated:
            record_denial(request, permission_of(request.resolver_match.func))


def permission_of(view: Callable) -> Permission | None:
    """The permission a view asks for; a class may carry the mark itself or on what ``as_view`` made of it."""
    for marked in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        permission = getattr(marked, "permission", None)
        if permission is not None:
            return permission
    return None


def is_public(view: Callable) -> bool:
    """True for a view that is open on purpose, by ``login_not_required``.

    Django REST framework takes all its views out of Django's sign-in check, so theirs says nothing.
    """
    return not getattr(view, "login_required", True) and not hasattr(view, "cls")


def record_denial(request: HttpRequest, permission: Permission | None) -> None:
    audit.record(
        AuditEvent.Action.DENIED,
        by=request.user,
        subject=request.path,
        request=request,
        method=request.method,
        permission=str(permission or ""),
    )


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):
    """Every change recorded by the database's triggers carries who made it, on which page and from where.

    So does what an action writes into the audit log.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with audit.requested_from(audit.client_address(request)):
            return super().__call__(request)

    def get_context(self, request: HttpRequest) -> dict:
        user, place = request.user, {"path": request.path, "address": audit.client_address(request)}
        if not user.is_authenticated:
            return place
        if request.api_token:
            place["credential"] = f"{request.api_token.name}（…{request.api_token.tail}）"
        return {"user": user.pk, "name": user.full_name, **place}
