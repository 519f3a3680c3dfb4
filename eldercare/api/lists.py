"""Lists of the API: filters that say what is wrong with them, pages that begin behind a row, what has changed since.

class FacilityFilters(Filters):
    org_unit = UnitField()
    kind = serializers.ChoiceField(choices=Facility.Kind.choices, required=False, help_text="设施类别")

chosen = FacilityFilters.of(request)
return paged(request, rows, chosen, FacilitySerializer)
"""

import base64
import binascii
import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare.api.problems import Invalid
from eldercare.models import OrgUnit, User

USUAL, MOST = 100, 500
WRONG_CURSOR = "翻页标记无效，请从第一页重新读取。"


class MonthField(serializers.Field):
    """``2026-06`` as the first day of that month."""

    default_error_messages = {"invalid": "月份应写成 2026-06 的样子。"}  # noqa: RUF012 - as in the base class

    def to_internal_value(self, data: Any) -> dt.date:
        try:
            if len(data) != 7 or not data.isascii():
                raise ValueError
            return dt.datetime.strptime(data, "%Y-%m").date()
        except (TypeError, ValueError):
            self.fail("invalid")

    def to_representation(self, value: dt.date) -> str:
        return f"{value:%Y-%m}"


extend_schema_field({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "example": "2026-06"})(MonthField)


class AmountField(serializers.DecimalField):
    """A figure as text, exact, without zeros behind: "62.4"."""

    def __init__(self, **kwargs) -> None:
        kwargs = {"max_digits": None, "decimal_places": None, "normalize_output": True} | kwargs
        super().__init__(**kwargs)


class PlainChar(serializers.CharField):
    """Texts of an address: short, and without what cannot be stored."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**{"max_length": 80, "required": False} | kwargs)


class Conditions(serializers.Serializer):
    """What an address can ask for; an unknown condition is an error, not a longer list."""

    @classmethod
    def of(cls, request: Request) -> dict:
        """The conditions of the address. Raises Invalid (400)."""
        filters = cls(data=request.query_params)
        wrong = {name: ["没有这个查询条件。"] for name in request.query_params if name not in filters.fields}
        twice = {name: ["只能写一次。"] for name, texts in request.query_params.lists() if len(texts) > 1}
        if not filters.is_valid():
            wrong = {name: [str(each) for each in texts] for name, texts in filters.errors.items()} | wrong
        if wrong or twice:
            raise Invalid(twice | wrong, status=400)
        return dict(filters.validated_data)


class Filters(Conditions):
    """Those of a list, page by page."""

    limit = serializers.IntegerField(
        min_value=1, max_value=MOST, default=USUAL, help_text=f"每页行数，最多 {MOST}"
    )
    cursor = serializers.CharField(max_length=40, required=False, help_text="上一页 next 里的翻页标记")


class Since(serializers.DateTimeField):
    """``changed_since``: with its zone, as 2026-06-01T00:00:00+08:00; without one it is Shanghai's."""

    def __init__(self) -> None:
        super().__init__(required=False, help_text="只取此后有变动的，如 2026-06-01T00:00:00+08:00")


def changed_since(rows: QuerySet, since: dt.datetime | None) -> QuerySet:
    """Rows whose history has an entry since then."""
    if since is None:
        return rows
    events = rows.model.pgh_event_model.objects
    return rows.filter(Exists(events.filter(pgh_obj=OuterRef("pk"), pgh_created_at__gte=since)))


def unit_of(user: User, code: str | None) -> OrgUnit | None:
    """The unit of a filter, with all below it. Raises Invalid alike for none and for one out of sight."""
    if not code:
        return None
    found = OrgUnit.objects.visible_to(user).filter(code=code).first()
    if found is None:
        raise Invalid({"org_unit": [f"没有代码为“{code[:20]}”的单位，或者它不在查看范围内。"]}, status=400)
    return found


def paged(
    request: Request,
    rows: QuerySet,
    chosen: dict,
    serializer: type[serializers.Serializer],
    *,
    attach: Callable[[list[Model]], None] | None = None,
    most: int = MOST,
    context: dict | None = None,
) -> Response:
    """A page in the order of the keys: each costs the same, and rows that come or go meanwhile shift nothing."""
    limit = min(chosen["limit"], most)
    if cursor := chosen.get("cursor"):
        rows = rows.filter(pk__gt=key_of(cursor))
    found = list(rows.order_by("pk")[: limit + 1])
    is_more, found = len(found) > limit, found[:limit]
    if attach:
        attach(found)
    data = serializer(found, many=True, context={"request": request, **(context or {})}).data
    following = _next(request, found[-1].pk) if is_more else None
    return Response({"results": data, "next": following})


def _next(request: Request, pk: int) -> str:
    query = request.query_params.copy()
    query["cursor"] = cursor_of(pk)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def cursor_of(pk: int) -> str:
    return base64.urlsafe_b64encode(f"k{pk}".encode()).decode().rstrip("=")


def key_of(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not text.startswith("k") or not text[1:].isdecimal() or len(text) > 19:
        raise Invalid({"cursor": [WRONG_CURSOR]}, status=400)
    return int(text[1:])


_pages: dict[str, type[serializers.Serializer]] = {}


def page_of(serializer: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The form of a page of such rows, for the schema."""
    name = serializer.__name__.replace("Serializer", "PageSerializer")
    if name not in _pages:
        fields = {
            "results": serializer(many=True),
            "next": serializers.URLField(allow_null=True, help_text="下一页的地址；最后一页为 null"),
        }
        _pages[name] = type(name, (serializers.Serializer,), fields)
    return _pages[name]
