"""Answers in the form that the asker can use: a page for a person, a header for htmx, JSON for a program."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


def is_htmx(request: HttpRequest) -> bool:
    """For middleware that runs before ``HtmxMiddleware``; views use ``request.htmx``."""
    return request.headers.get("HX-Request") == "true"


def is_background(request: HttpRequest) -> bool:
    """True for polling that a page does by itself: nobody is sitting there because of it."""
    return request.headers.get("X-Background") == "1"


def wants_json(request: HttpRequest) -> bool:
    if request.path.startswith("/api/"):
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
