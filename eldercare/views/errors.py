"""What a person sees when something is refused, missing or broken: what happened, and a way on."""

import logging

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import requires_csrf_token

from eldercare.permissions import ROLE_PERMISSIONS, Permission, Role
from eldercare.replies import STALE_PAGE, TOO_LARGE, is_htmx, refusal, wants_json

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
    """Also for Django's limits on the size and the number of fields of a form."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _answer(request, "413.html", status=413, message=TOO_LARGE)
    return _answer(request, "400.html", status=400, message="请求的内容无法识别，请返回上一页重新操作。")


def method_not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    message = "这个地址只供页面上的按钮使用，不能直接打开。"
    answer = _answer(request, "405.html", status=405, message=message)
    answer["Allow"] = allowed
    return answer


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Mostly a page left open while its session ended, or sign-in in another tab; seldom an attack."""
    logger.warning("CSRF check failed for %s: %s", request.path, reason)
    return _answer(request, "csrf_failure.html", status=403, message=STALE_PAGE)


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
