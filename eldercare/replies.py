"""Answers in the form that the asker can use: a page for a person, a header for htmx, JSON for a program."""

import inspect
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

TOO_LARGE = "提交的内容过大，系统没有接收。请减少内容，或分几次提交。"
STALE_PAGE = "页面已失效，本次操作没有保存。请刷新页面后重试。"
UNSTORABLE = "含有无法保存的字符，请删除后重试。"


def is_htmx(request: HttpRequest) -> bool:
    """For middleware that runs before ``HtmxMiddleware``; views use ``request.htmx``."""
    return request.headers.get("HX-Request") == "true"


def is_background(request: HttpRequest) -> bool:
    """True for polling that a page does by itself: nobody is sitting there because of it."""
    return request.headers.get("X-Background") == "1"


def wants_json(request: HttpRequest) -> bool:
    """True for a program: by the address, by the kind of view, by what it sends or by what it asks for."""
    match = request.resolver_match
    if request.path.startswith("/api/") or (match and hasattr(match.func, "cls")):
        return True
    if request.content_type == "application/json":
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def send_to(request: HttpRequest, url: str, *, message: str, status: int = 401) -> HttpResponse:
    """Send a person to ``url``; a program, which cannot go there, gets ``status`` and ``message`` as JSON."""
    if is_htmx(request):
        return HttpResponseClientRedirect(url)
    if wants_json(request):
        return refusal(message, status=status)
    return HttpResponseRedirect(url)


def refusal(message: str, *, status: int) -> JsonResponse:
    return JsonResponse({"detail": message}, status=status, json_dumps_params={"ensure_ascii": False})


def safe_path(request: HttpRequest, url: str | None, *, default: str = "") -> str:
    """``url`` when it stays on this host, else ``default``."""
    allowed = url_has_allowed_host_and_scheme(
        url=url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if url and allowed else default


def can_be_opened(url: str) -> bool:
    """True for the address of a page of ours, False for that of a button (POST only) and for none."""
    try:
        view = resolve(urlsplit(url).path).func
    except Resolver404:
        return False
    if hasattr(view, "cls"):
        return hasattr(view.cls, "get")
    return "GET" in methods_of(view)


def methods_of(view: Callable) -> list[str]:
    """What ``require_POST`` and its like let through; they keep it where only a look inside finds it."""
    while view is not None:
        if inspect.isfunction(view) and "request_method_list" in view.__code__.co_freevars:
            return list(inspect.getclosurevars(view).nonlocals["request_method_list"])
        view = getattr(view, "__wrapped__", None)
    return ["GET", "POST"]
