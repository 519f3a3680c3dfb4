"""A request that is sent again, because nobody knows whether it arrived, is done once and answered alike.

The key and the answer are written in the transaction of the action: either both are there or neither. Of two that
come at once the second waits for the first. Permission is asked for as at any request; what the answer is about may
have moved out of the asker's sight meanwhile, so that is looked at again too.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.db import connection, transaction
from django.http import Http404, QueryDict
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare.api.problems import Problem, answer_to
from eldercare.errors import Refused
from eldercare.token_models import ApiAnswer

HEADER = "Idempotency-Key"
LONGEST = 100
KEPT_HEADERS = ("Location", "ETag")
WRONG_KEY = "Idempotency-Key 须为 1 至 100 个可见的英文字符，不含空格。"
OTHER_BODY = "这个 Idempotency-Key 已用于另一个请求。新的请求请换一个新的键。"
# Such an answer says that nothing was tried: the same request may be right later.
NOT_KEPT = frozenset({401, 403, 412, 428, 429})


# Given the request, what was answered and the address; raises when that is out of the asker's sight by now.
Check = Callable[..., object]


def once(view: Callable[..., Response], still_visible: Check) -> Callable[..., Response]:
    @wraps(view)
    def handler(request: Request, *args, **kwargs) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return view(request, *args, **kwargs)
        if not 1 <= len(key) <= LONGEST or not all("!" <= letter <= "~" for letter in key):
            raise Problem(WRONG_KEY, 400)
        owner = f"token:{request.auth.pk}" if request.auth else f"user:{request.user.pk}"
        with transaction.atomic():
            _wait_for(f"{owner} {key}")
            asked = _digest(request)
            since = timezone.now() - dt.timedelta(hours=settings.API_IDEMPOTENCY_HOURS)
            ApiAnswer.objects.filter(owner=owner, created_at__lt=since).delete()
            known = ApiAnswer.objects.filter(owner=owner, key=key).first()
            if known:
                answer = _again(known, asked)
                still_visible(request, known.body, **kwargs)
                return answer
            answer = _answer(view, request, args, kwargs)
            if answer.status_code < 500 and answer.status_code not in NOT_KEPT:
                ApiAnswer.objects.create(
                    owner=owner,
                    key=key,
                    request=asked,
                    status=answer.status_code,
                    headers={name: answer[name] for name in KEPT_HEADERS if answer.has_header(name)},
                    body=json.loads(_render(answer)),
                )
            return answer

    return handler


def _wait_for(name: str) -> None:
    """Until this transaction ends, nobody else works on the same key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _answer(view: Callable, request: Request, args: tuple, kwargs: dict) -> Response:
    """A refusal is an answer as well; what it began is undone, its answer is kept."""
    try:
        with transaction.atomic():
            return view(request, *args, **kwargs)
    except (APIException, Refused, Http404) as refusal:
        return answer_to(refusal, {"request": request})


def _render(answer: Response) -> str:
    from rest_framework.renderers import JSONRenderer

    return JSONRenderer().render(answer.data).decode() or "null"


def _again(known: ApiAnswer, asked: str) -> Response:
    if known.request != asked:
        raise Problem(OTHER_BODY, 422, code="idempotency_key_reused")
    return Response(known.body, status=known.status, headers={**known.headers, "Idempotent-Replay": "true"})


def _digest(request: Request) -> str:
    """Of what is asked for, not of the bytes: the border between a form's parts differs each time."""
    data = request.data
    if isinstance(data, QueryDict):
        data = {name: [_part(each) for each in data.getlist(name)] for name in sorted(data)}
    facts = [request.method, request.get_full_path(), request.headers.get("If-Match", ""), data]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _part(value: object) -> str:
    if not hasattr(value, "chunks"):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return f"{value.name} {digest.hexdigest()}"
