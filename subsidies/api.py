"""People (老年人): for programs with a scope of their own, numbers masked unless the scope says otherwise.

Every look at them is in the log; numbers in full are an entry for each person, and count against the day's limit.
"""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare import audit, reveal
from eldercare.api.endpoints import endpoint
from eldercare.api.lists import MOST, Conditions, Filters, PlainChar, Since, changed_since, paged, unit_of
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from eldercare.scopes import Scope
from subsidies.models import Elder
from subsidies.pages.elders import attach_tags

TAG = "老年人"
MOST_IN_FULL = 50


class PersonSerializer(serializers.ModelSerializer):
    id_number = serializers.SerializerMethodField(help_text="证件号码；没有 people:full 权限时隐去中间各位")
    phone = serializers.SerializerMethodField(help_text="联系电话；同上")
    org_unit = serializers.CharField(source="org_unit.code", help_text="管理镇(街道)代码")
    residence_unit = serializers.CharField(
        source="residence_unit.code", default=None, allow_null=True, help_text="居住镇(街道)代码"
    )
    village = serializers.CharField(source="village.code", default=None, allow_null=True)
    tags = serializers.ListField(
        child=serializers.CharField(), source="current_tags", help_text="当前的人员类别"
    )

    class Meta:
        model = Elder
        fields = (
            "id", "name", "id_kind", "id_number", "sex", "born_on", "died_on", "org_unit", "village",
            "residence_unit", "phone", "tags",
        )  # fmt: skip

    def get_id_number(self, elder: Elder) -> str | None:
        return self._shown(elder.id_number)

    def get_phone(self, elder: Elder) -> str | None:
        return self._shown(elder.phone)

    def _shown(self, number) -> str | None:
        if number is None or number == "":
            return None
        return number.reveal() if self.context.get("in_full") else str(number)


class PersonFilters(Filters):
    org_unit = PlainChar(max_length=20, help_text="管理镇(街道)的代码")
    is_alive = serializers.BooleanField(required=False, default=None, allow_null=True, help_text="在世")
    in_full = serializers.BooleanField(
        default=False,
        help_text=f"号码不隐去：凭证须有 people:full 权限，每页最多 {MOST_IN_FULL} 人，逐人记入日志",
    )
    changed_since = Since()


class OneFilters(Conditions):
    in_full = serializers.BooleanField(default=False, help_text="号码不隐去：凭证须有 people:full 权限")


@requires(Permission.VIEW_PEOPLE)
@endpoint("GET", summary="老年人", tag=TAG, answer=PersonSerializer, many=True, filters=PersonFilters)
def person_list(request: Request) -> Response:
    chosen = PersonFilters.of(request)
    rows = Elder.objects.visible_to(request.user).current()
    if unit := unit_of(request.user, chosen.get("org_unit")):
        rows = rows.filter(org_unit__path__startswith=unit.path)
    if chosen.get("is_alive") is not None:
        rows = rows.filter(died_on__isnull=chosen["is_alive"])
    rows = changed_since(rows, chosen.get("changed_since"))
    in_full = chosen["in_full"]
    return paged(
        request,
        rows.select_related("org_unit", "village", "residence_unit"),
        chosen,
        PersonSerializer,
        attach=lambda found: _show(request, found, in_full),
        most=MOST_IN_FULL if in_full else MOST,
        context={"in_full": in_full},
    )


@requires(Permission.VIEW_PEOPLE)
@endpoint("GET", summary="一位老年人", tag=TAG, answer=PersonSerializer, filters=OneFilters)
def person(request: Request, pk: int) -> Response:
    in_full = OneFilters.of(request)["in_full"]
    rows = Elder.objects.visible_to(request.user).select_related("org_unit", "village", "residence_unit")
    found = get_object_or_404(rows, pk=pk)
    _show(request, [found], in_full)
    return Response(PersonSerializer(found, context={"in_full": in_full}).data)


def _show(request: Request, found: list[Elder], in_full: bool) -> None:
    """Recorded before anything is handed out. Raises NotAllowed without the scope, Refused beyond the limit."""
    attach_tags(found, today=timezone.localdate())
    if in_full:
        reveal.reveal_all(
            [f"{Elder._meta.verbose_name} 编号 {each.pk}" for each in found],
            reason=request.auth.purpose if request.auth else "",
            is_allowed=bool(request.auth) and Scope.FULL_NUMBERS in request.auth.scopes,
            by=request.user,
        )
    audit.record(
        AuditEvent.Action.PERSON,
        by=request.user,
        subject=f"接口读取老年人档案 {len(found)} 人" if len(found) != 1 else f"老年人 编号 {found[0].pk}",
        request=request._request,
        credential=request.auth.name if request.auth else "",
    )
