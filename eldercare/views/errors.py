"""What a person sees when something is refused, missing or broken: what happened, and a way on."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import requires_csrf_token

from eldercare.permissions import ROLE_PERMISSIONS, Permission, Role
from eldercare.replies import is_htmx, refusal, wants_json

logger = logging.getLogger(__name__)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, "404.html", status=404, message="没有找到这个页面或这条记录。")


def forbidden(
    request: HttpRequest, exception: Exception | None = None, *, permission: Permission | None = None
) -> HttpResponse:
    """``permission`` is what was lacking; the page then names the roles that have it."""
    roles = [role.label for role in Role if permission in ROLE_PERMISSIONS[role]] if permission else []
    message = str(exception) if exception and exception.args else "您的角色不能进行此项操作。"
    return _answer(request, "403.html", status=403, message=message, roles=roles)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, "400.html", status=400, message="请求的内容无法识别，请返回上一页重新操作。")


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Mostly a page left open while its session ended, or sign-in in another tab; seldom an attack."""
    logger.warning("CSRF check failed for %s: %s", request.path, reason)
    return _answer(
        request, "csrf_failure.html", status=403, message="页面已失效，本次操作没有保存。请刷新页面后重试。"
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Renders without the database: it may be the very thing that fails."""
    context = {"at": timezone.localtime(), "path": request.path}
    if wants_json(request) or is_htmx(request):
        return _answer(request, "500.html", status=500, message="系统出错，请稍后重试。")
    return HttpResponse(render_to_string("500.html", context), status=500)


def _answer(
    request: HttpRequest, template: str, *, status: int, message: str, roles: list[str] | None = None
) -> HttpResponse:
    """A page for a person; one sentence for htmx, which app.js shows in a corner; JSON for a program."""
    if is_htmx(request):
        return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
    if wants_json(request):
        return refusal(message, status=status)
    return render(request, template, {"message": message, "roles": roles or []}, status=status)
