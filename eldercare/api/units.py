"""Organisation units, as far as the account sees them."""

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare.api.endpoints import endpoint
from eldercare.api.lists import Filters, PlainChar, paged
from eldercare.models import OrgUnit
from eldercare.permissions import Permission, requires


class OrgUnitSerializer(serializers.ModelSerializer):
    parent = serializers.CharField(source="parent.code", default=None, allow_null=True, help_text="上级代码")

    class Meta:
        model = OrgUnit
        fields = ("code", "name", "level", "parent", "valid_from", "valid_to")


class OrgUnitFilters(Filters):
    level = serializers.ChoiceField(choices=OrgUnit.Level.choices, required=False, help_text="级别")
    parent = PlainChar(max_length=20, help_text="上级代码")
    on = serializers.DateField(required=False, help_text="在这一天有效；不填为今天")


@requires(Permission.VIEW_INDICATORS)
@endpoint("GET", summary="单位", tag="单位", answer=OrgUnitSerializer, many=True, filters=OrgUnitFilters)
def org_unit_list(request: Request) -> Response:
    chosen = OrgUnitFilters.of(request)
    rows = OrgUnit.objects.visible_to(request.user).as_of(chosen.get("on") or timezone.localdate())
    if level := chosen.get("level"):
        rows = rows.filter(level=level)
    if parent := chosen.get("parent"):
        rows = rows.filter(parent__code=parent)
    return paged(request, rows.select_related("parent"), chosen, OrgUnitSerializer)
