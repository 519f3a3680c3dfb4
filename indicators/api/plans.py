"""Plans, their indicators, and the published values of these."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare.api.endpoints import endpoint
from eldercare.api.lists import AmountField, Filters, MonthField, PlainChar, changed_since, paged
from eldercare.api.lists import Since as SinceField
from eldercare.models import User
from eldercare.permissions import Permission, requires
from indicators.api.metrics import ValueFilters, narrowed
from indicators.models import Indicator, IndicatorValue, Plan, Target
from indicators.models.values import published

TAG = "规划指标"


class PlanSerializer(serializers.ModelSerializer):
    org_unit = serializers.CharField(source="org_unit.code", help_text="制定单位")

    class Meta:
        model = Plan
        fields = (
            "code", "title", "short_title", "org_unit", "issuer", "published_on", "starts_on", "ends_on",
            "base_year", "report_day",
        )  # fmt: skip


class TargetSerializer(serializers.ModelSerializer):
    value = AmountField(allow_null=True)

    class Meta:
        model = Target
        fields = ("value", "comparator", "due_on", "is_due_inferred", "is_interim", "quote")


class IndicatorSerializer(serializers.ModelSerializer):
    plan = serializers.CharField(source="plan.code")
    targets = TargetSerializer(many=True)

    class Meta:
        model = Indicator
        fields = (
            "plan", "number", "document_code", "name", "group", "role", "value_kind", "unit", "comparator",
            "printed_comparator", "printed_target", "decimals", "formula", "formula_note", "is_soft",
            "is_active", "place", "quote", "notes", "targets",
        )  # fmt: skip


class IndicatorFilters(Filters):
    plan = PlainChar(max_length=30, help_text="规划代码")
    value_kind = serializers.ChoiceField(
        choices=Indicator.ValueKind.choices, required=False, help_text="数值种类"
    )
    changed_since = SinceField()


class IndicatorValueSerializer(serializers.Serializer):
    plan = serializers.CharField(source="indicator.plan.code")
    indicator = serializers.CharField(source="indicator.document_code")
    org_unit = serializers.CharField(source="org_unit.code")
    month = MonthField()
    numerator = AmountField(allow_null=True)
    denominator = AmountField(allow_null=True)
    value = AmountField(allow_null=True, help_text="null 为没有审核通过的数或不适用，见 status")
    low = AmountField(allow_null=True)
    high = AmountField(allow_null=True)
    reported = serializers.IntegerField(help_text="已审核单位数：月报审核通过的才计入")
    owed = serializers.IntegerField(help_text="应报单位数")
    target = AmountField(allow_null=True, help_text="当期目标")
    path = AmountField(allow_null=True, help_text="到本月按目标路径应达到的数")
    status = serializers.ChoiceField(choices=IndicatorValue.Status.choices)
    computed_at = serializers.DateTimeField()


class IndicatorValueFilters(ValueFilters):
    plan = PlainChar(max_length=30, help_text="规划代码")
    indicator = PlainChar(max_length=20, help_text="规划指标的文件编号（document_code）")
    status = serializers.ChoiceField(choices=IndicatorValue.Status.choices, required=False, help_text="状态")


@requires(Permission.VIEW_INDICATORS)
@endpoint("GET", summary="规划", tag=TAG, answer=PlanSerializer, many=True, filters=Filters)
def plan_list(request: Request) -> Response:
    rows = Plan.objects.visible_to(request.user).select_related("org_unit")
    return paged(request, rows, Filters.of(request), PlanSerializer)


@requires(Permission.VIEW_INDICATORS)
@endpoint(
    "GET", summary="规划指标及目标", tag=TAG, answer=IndicatorSerializer, many=True, filters=IndicatorFilters
)
def indicator_list(request: Request) -> Response:
    chosen = IndicatorFilters.of(request)
    rows = Indicator.objects.visible_to(request.user)
    if code := chosen.get("plan"):
        rows = rows.filter(plan__code=code)
    if kind := chosen.get("value_kind"):
        rows = rows.filter(value_kind=kind)
    rows = changed_since(rows, chosen.get("changed_since"))
    return paged(
        request, rows.select_related("plan").prefetch_related("targets"), chosen, IndicatorSerializer
    )


@requires(Permission.VIEW_INDICATORS)
@endpoint("GET", summary="一项规划指标", tag=TAG, answer=IndicatorSerializer)
def indicator(request: Request, plan: str, number: int) -> Response:
    rows = Indicator.objects.visible_to(request.user).select_related("plan").prefetch_related("targets")
    return Response(IndicatorSerializer(get_object_or_404(rows, plan__code=plan, number=number)).data)


@requires(Permission.VIEW_INDICATORS)
@endpoint(
    "GET",
    summary="规划指标的数值",
    tag=TAG,
    answer=IndicatorValueSerializer,
    many=True,
    filters=IndicatorValueFilters,
)
def indicator_value_list(request: Request) -> Response:
    chosen = IndicatorValueFilters.of(request)
    return paged(request, values_for(request.user, chosen), chosen, IndicatorValueSerializer)


def values_for(user: User, chosen: dict) -> QuerySet[IndicatorValue]:
    """Values of units that the user sees, of plans that the user sees."""
    rows = published(IndicatorValue, chosen.get("published_on")).visible_to(user)
    rows = narrowed(rows, chosen, user).filter(indicator__in=Indicator.objects.visible_to(user))
    for name, look_up in (
        ("plan", "indicator__plan__code"),
        ("indicator", "indicator__document_code"),
        ("status", "status"),
    ):
        if name in chosen:
            rows = rows.filter(**{look_up: chosen[name]})
    return rows.select_related("indicator__plan", "org_unit")
