"""Reading what a program sends: not too large, not too deep, nothing that cannot be stored."""

from typing import Any

from django.conf import settings
from rest_framework import exceptions
from rest_framework.parsers import JSONParser

from eldercare.api.problems import UNREADABLE, TooLarge
from eldercare.replies import UNSTORABLE

DEEPEST = 20  # lists and objects inside one another; our own bodies need four
TOO_DEEP = "提交的内容嵌套太深，请按文档的格式提交。"
NOTHING = "提交的内容是空的（null），请按文档的格式提交。"


class PortalJSONParser(JSONParser):
    """JSON that can be stored: not too large, not too deep, without NUL."""

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            data = super().parse(stream, media_type, parser_context)
        except (exceptions.ParseError, RecursionError) as error:
            raise exceptions.ParseError(UNREADABLE) from error
        if data is None:
            raise exceptions.ParseError(NOTHING)
        check(data)
        return data


def check(data: Any) -> None:
    """Raises ParseError. Level by level, so that depth itself costs nothing."""
    level = [data]
    for _ in range(DEEPEST + 1):
        texts = [each for each in level if isinstance(each, str)]
        below = []
        for each in level:
            if isinstance(each, dict):
                texts += each
                below += each.values()
            elif isinstance(each, list):
                below += each
        if any("\0" in text or _is_broken(text) for text in texts):
            raise exceptions.ParseError(UNSTORABLE)
        if not below:
            return
        level = below
    raise exceptions.ParseError(TOO_DEEP)


def _is_broken(text: str) -> bool:
    """Half of a surrogate pair, as ``"\\ud800"`` makes one: no database takes it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
