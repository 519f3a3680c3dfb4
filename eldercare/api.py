"""What every API of the portal shares: reading a body, and refusing in one Chinese sentence."""

import re
from typing import Any

from django.conf import settings
from rest_framework import exceptions, status
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import exception_handler

from eldercare.replies import STALE_PAGE, TOO_LARGE, UNSTORABLE

UNREADABLE = "提交的内容无法识别，请刷新页面后重试。"
SENTENCES = {
    status.HTTP_400_BAD_REQUEST: UNREADABLE,
    status.HTTP_401_UNAUTHORIZED: "请先登录。",
    status.HTTP_403_FORBIDDEN: "您的角色不能进行此项操作。",
    status.HTTP_404_NOT_FOUND: "没有找到这条记录。",
    status.HTTP_405_METHOD_NOT_ALLOWED: "这个地址不支持此种操作，请刷新页面后重试。",
    status.HTTP_406_NOT_ACCEPTABLE: "不能以所要求的格式回答。",
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: TOO_LARGE,
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "提交内容的格式不受支持，请刷新页面后重试。",
    status.HTTP_429_TOO_MANY_REQUESTS: "操作过于频繁，请稍后再试。",
}
OWN_SENTENCES = {status.HTTP_400_BAD_REQUEST, status.HTTP_403_FORBIDDEN, status.HTTP_404_NOT_FOUND}
CHINESE = re.compile("[\u4e00-\u9fff]")


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = TOO_LARGE


class PortalJSONParser(JSONParser):
    """JSON that can be stored: not too large, not too deep, without NUL."""

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            data = super().parse(stream, media_type, parser_context)
            unstorable = has_nul(data)
        except (exceptions.ParseError, RecursionError) as error:
            raise exceptions.ParseError(UNREADABLE) from error
        if unstorable:
            raise exceptions.ParseError(UNSTORABLE)
        return data


def has_nul(data: Any) -> bool:
    if isinstance(data, dict):
        return any("\0" in key or has_nul(value) for key, value in data.items())
    if isinstance(data, list):
        return any(map(has_nul, data))
    return isinstance(data, str) and "\0" in data


def answer_to(exception: Exception, context: dict) -> Response | None:
    """``{"detail": sentence}``: our own words where the code gave them, else those for the status.

    What no rule foresees is left to the page for a broken server, which answers in JSON too.
    """
    answer = exception_handler(exception, context)
    if answer is not None:
        answer.data = {"detail": sentence(exception, answer)}
    return answer


def sentence(exception: Exception, answer: Response) -> str:
    said = first_text(answer.data)
    if said.startswith("CSRF"):
        return STALE_PAGE
    own = answer.status_code in OWN_SENTENCES or answer.status_code not in SENTENCES
    generic = isinstance(exception, exceptions.APIException) and said == str(exception.default_detail)
    if own and CHINESE.search(said) and not generic:
        return said
    return SENTENCES.get(answer.status_code, UNREADABLE)


def first_text(data: Any) -> str:
    """The first sentence of what REST framework has gathered, however nested."""
    while isinstance(data, dict | list) and data:
        data = next(iter(data.values())) if isinstance(data, dict) else data[0]
    return str(data)
