"""What an address of the API is made of: throttled, asked for once or again, described in the schema.

@requires(Permission.VIEW_REPORTS)
@endpoint("GET", summary="月报列表", answer=ReportSerializer, many=True, filters=ReportFilters, tag="月报")
def report_list(request): ...
"""

import time
from collections.abc import Callable, Sequence
from functools import wraps

from django.conf import settings
from django.db import connection
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, parser_classes, throttle_classes
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from eldercare.api import idempotency
from eldercare.api.bodies import PortalJSONParser
from eldercare.api.lists import page_of

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class TokenOrSession(SessionAuthentication):
    """The middleware has found the token; without one it is the session, with its check against forged requests."""

    def authenticate(self, request: Request):
        token = getattr(request._request, "api_token", None)
        return (request._request.user, token) if token else super().authenticate(request)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class PerOwner(BaseThrottle):
    """So many requests a minute for a token, or for a person in the browser; counted in the database, for all web
    processes together."""

    COUNT = """
        INSERT INTO eldercare_apiusage AS usage (owner, minute, number) VALUES (%s, %s, 1)
        ON CONFLICT (owner) DO UPDATE SET minute = EXCLUDED.minute,
               number = CASE WHEN usage.minute = EXCLUDED.minute THEN usage.number + 1 ELSE 1 END
        RETURNING number"""

    def allow_request(self, request: Request, view) -> bool:
        now = time.time()
        self.left = 60 - now % 60
        with connection.cursor() as cursor:
            cursor.execute(self.COUNT, [owner_of(request), int(now // 60)])
            return cursor.fetchone()[0] <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> float:
        return self.left


def owner_of(request: Request) -> str:
    return f"token:{request.auth.pk}" if request.auth else f"user:{request.user.pk}"


class ProblemSerializer(serializers.Serializer):
    detail = serializers.CharField(help_text="一句话说明")
    code = serializers.CharField(help_text="供程序判断的代码")
    fields = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="有错的字段 → 说明"
    )


def _header(name: str, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, "header", required, description)


IDEMPOTENCY_KEY = _header(idempotency.HEADER, "同一个键只执行一次；重发得到同样的回答。最多 100 个字符。")
IF_MATCH = _header("If-Match", "读取时的 ETag；内容已变的回 412。")
IF_MATCH_REQUIRED = _header("If-Match", "读取时的 ETag，必带；内容已变的回 412。", required=True)


def endpoint(
    *methods: str,
    summary: str,
    tag: str,
    answer=None,
    many: bool = False,
    status: int = 200,
    body=None,
    filters: type | None = None,
    headers: Sequence[OpenApiParameter] = (),
    parsers: Sequence[type] = (PortalJSONParser,),
    media: str = "application/json",
    description: str = "",
    problems: Sequence[int] = (),
    still_visible: idempotency.Check | None = None,
) -> Callable[[Callable], Callable]:
    """``answer``, ``body``: serializers; ``many``: a page of a list; ``media``: of an answer that is no JSON;
    ``still_visible``: needed with POST, see idempotency.py."""
    if "POST" in methods and still_visible is None:
        raise TypeError(f"{summary}: an answer that is given again must be looked at again.")
    writes = bool(set(methods) & set(UNSAFE))
    shown = page_of(answer) if many else answer
    usual = [400, 401, 403, 404, 429, *((409, 412, 413, 415, 422) if writes else ()), *problems]
    key = (status, media) if media != "application/json" else status
    replies = {key: OpenApiResponse(shown, description="成功")} | dict.fromkeys(
        sorted(set(usual)), ProblemSerializer
    )
    parameters = [*([filters] if filters else ()), *headers]
    if "POST" in methods:
        parameters.append(IDEMPOTENCY_KEY)

    def wrap(view: Callable) -> Callable:
        name = view.__name__
        inner = idempotency.once(view, still_visible) if "POST" in methods else view

        @wraps(view)
        def handler(request: Request, *args, **kwargs):
            return inner(request, *args, **kwargs)

        for decorate in (
            throttle_classes([PerOwner]),
            parser_classes(list(parsers)),
            authentication_classes([TokenOrSession]),
            api_view(list(methods)),
            extend_schema(
                operation_id=name,
                summary=summary,
                description=description,
                tags=[tag],
                request=body if writes else None,
                responses=replies,
                parameters=parameters,
            ),
        ):
            handler = decorate(handler)
        return handler

    return wrap


def together(**views: Callable) -> Callable:
    """Endpoints of one address, by method: ``together(get=batch_list, post=batch_create)``."""
    classes = {method: view.cls for method, view in views.items()}
    parsers = dict.fromkeys(each for cls in classes.values() for each in cls.parser_classes)
    names = "_and_".join(cls.__name__ for cls in classes.values())
    attributes = {method: getattr(cls, method) for method, cls in classes.items()}
    attributes |= {"http_method_names": list(views), "parser_classes": list(parsers)}
    return type(names, (next(iter(classes.values())),), attributes).as_view()
