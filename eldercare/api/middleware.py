"""What every request to the API passes before anything else: who asks, by token or by session; and the form of
what comes back, whoever wrote it."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from eldercare import audit
from eldercare.api.problems import CODES, ROOT
from eldercare.replies import refusal
from eldercare.tokens import Unusable, account_of, digest_of, looks_like_token

IN_ADDRESS = "凭证不能写在地址里：地址会留在日志中。请作废这个凭证，改用 Authorization 请求头。"


class ApiMiddleware:
    """Stands behind Django's authentication: a token replaces the session for this request.

    ``request.api_token`` is the token or None. Elsewhere than below /api/ a token opens nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.api_token = None
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        response = self._identify(request) or self.get_response(request)
        if response.status_code >= 400:
            return in_one_shape(response)
        if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.streaming:
            return not_modified(request, response)
        return response

    def _identify(self, request: HttpRequest) -> HttpResponse | None:
        if any(looks_like_token(text) for _, texts in request.GET.lists() for text in texts):
            return refusal(IN_ADDRESS, status=400)
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            request.user, request.api_token = account_of(
                secret.strip(), address=audit.client_address(request)
            )
        except Unusable as reason:
            answer = refusal(str(reason), status=401)
            answer["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return answer
        return None


def in_one_shape(response: HttpResponse) -> HttpResponse:
    """Refusals of middleware and of Django itself know their sentence only."""
    if response.streaming or not response.get("Content-Type", "").startswith("application/json"):
        return response
    data = json.loads(response.content)
    if isinstance(data, dict) and "detail" in data and "code" not in data:
        data = {**data, "code": CODES.get(response.status_code, "error"), "fields": {}}
        response.content = json.dumps(data, ensure_ascii=False)
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
    if response.status_code == 401 and not response.has_header("WWW-Authenticate"):
        response["WWW-Authenticate"] = "Bearer"
    return response


def not_modified(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """304 for who has this answer already. A resource that can be written brings its own tag."""
    if not response.has_header("ETag"):
        response["ETag"] = quote_etag(digest_of(response.content.decode("utf-8", "replace"))[:32])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
