"""Refusing a program: one shape, ``{"detail", "code", "fields"}``, one Chinese sentence in ``detail``.

``code`` is for programs; ``fields`` names what is wrong where, as lists of sentences, and is empty otherwise.
"""

import re
from typing import Any

from rest_framework import exceptions, status
from rest_framework.response import Response

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.replies import STALE_PAGE, TOO_LARGE

ROOT = "/api/"
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
# A program has no page to load anew.
SENTENCES_OF_API = SENTENCES | {
    status.HTTP_400_BAD_REQUEST: "提交的内容无法识别，请核对是不是合法的 JSON。",
    status.HTTP_401_UNAUTHORIZED: "请带上有效的接口凭证，或先登录。",
    status.HTTP_403_FORBIDDEN: "这个账号或凭证没有此项权限。",
    status.HTTP_405_METHOD_NOT_ALLOWED: "这个地址不支持此种方法。",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "提交内容的格式不受支持，请按文档用 JSON 或表单提交。",
    status.HTTP_429_TOO_MANY_REQUESTS: "调用过于频繁，请按 Retry-After 的秒数等待后再试。",
}
CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    428: "precondition_required",
    429: "throttled",
}
OWN_SENTENCES = {status.HTTP_400_BAD_REQUEST, status.HTTP_403_FORBIDDEN, status.HTTP_404_NOT_FOUND}
CHINESE = re.compile("[\u4e00-\u9fff]")


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = TOO_LARGE


class Problem(exceptions.APIException):
    """A refusal with its status, sentence and the fields that it is about."""

    def __init__(
        self, sentence: str, status: int, *, code: str = "", fields: dict[str, list[str]] | None = None
    ) -> None:
        super().__init__(sentence)
        self.status_code, self.code, self.fields = status, code, fields or {}


class Invalid(Problem):
    """Something that was sent is not as it must be: 422, or 400 for what stands in the address."""

    def __init__(self, fields: dict[str, list[str]], status: int = 422) -> None:
        name, sentences = next(iter(fields.items()))
        more = f"（共 {len(fields)} 处，见 fields）" if len(fields) > 1 else ""
        super().__init__(f"{name}：{sentences[0]}{more}", status, fields=fields)


def answer_to(exception: Exception, context: dict) -> Response | None:
    """Our own words where the code gave them, else those for the status.

    What no rule foresees is left to the page for a broken server, which answers in JSON too.
    """
    from rest_framework.views import exception_handler  # its module asks for our parser while it is loaded

    is_api = context["request"].path.startswith(ROOT)
    if is_api and isinstance(exception, exceptions.ValidationError):
        exception = Invalid(flat(exception.detail))
    if is_api and isinstance(exception, Refused):
        exception = of_refusal(exception)
    answer = exception_handler(exception, context)
    if answer is None:
        return None
    answer.data = {"detail": sentence(exception, answer, SENTENCES_OF_API if is_api else SENTENCES)}
    if is_api:
        code = getattr(exception, "code", "") or CODES.get(answer.status_code, "error")
        answer.data |= {"code": code, "fields": getattr(exception, "fields", {})}
    return answer


def of_refusal(refusal: Refused) -> Problem:
    if isinstance(refusal, NotAllowed):
        return Problem(str(refusal), 403, code="not_allowed")
    return Problem(str(refusal), 409, code="conflict" if isinstance(refusal, Conflict) else "refused")


def flat(detail: Any, name: str = "") -> dict[str, list[str]]:
    """``{"rows.3.value": ["…"]}`` from whatever REST framework has gathered, however nested."""
    if isinstance(detail, dict):
        parts = detail.items()
    elif isinstance(detail, list) and any(isinstance(each, dict | list) for each in detail):
        parts = ((str(number), each) for number, each in enumerate(detail) if each)
    else:
        texts = detail if isinstance(detail, list) else [detail]
        return {name or "body": [str(each) for each in texts]}
    found: dict[str, list[str]] = {}
    for key, each in parts:
        key = "" if key == "non_field_errors" else str(key)
        found |= flat(each, ".".join(filter(None, (name, key))))
    return found


def sentence(exception: Exception, answer: Response, sentences: dict[int, str]) -> str:
    if isinstance(exception, Problem):
        return str(exception.detail)
    said = first_text(answer.data)
    if said.startswith("CSRF"):
        return STALE_PAGE
    own = answer.status_code in OWN_SENTENCES or answer.status_code not in sentences
    generic = isinstance(exception, exceptions.APIException) and said == str(exception.default_detail)
    if own and CHINESE.search(said) and not generic:
        return said
    return sentences.get(answer.status_code, sentences[400])


def first_text(data: Any) -> str:
    """The first sentence of what REST framework has gathered, however nested."""
    while isinstance(data, dict | list) and data:
        data = next(iter(data.values())) if isinstance(data, dict) else data[0]
    return str(data)
