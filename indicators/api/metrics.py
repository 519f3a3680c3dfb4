"""Base metrics and their published figures."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare.api.endpoints import endpoint
from eldercare.api.lists import AmountField, Filters, MonthField, PlainChar, Since, paged, unit_of
from eldercare.models import User
from eldercare.permissions import Permission, requires
from indicators.models import Metric, MetricValue
from indicators.models.values import published

TAG = "基础指标"
AS_PUBLISHED = "按这一天公布的数；不填为现在的数"


class MetricSerializer(serializers.ModelSerializer):
    group_label = serializers.CharField(source="get_group_display")
    subset_of = serializers.CharField(source="subset_of.code", default=None, allow_null=True)

    class Meta:
        model = Metric
        fields = (
            "code", "catalogue_code", "name", "definition", "unit", "decimals", "nature", "time_aggregate",
            "unit_aggregate", "group", "group_label", "reporter", "is_collected", "subset_of",
        )  # fmt: skip


class MetricFilters(Filters):
    group = serializers.ChoiceField(choices=Metric.Group.choices, required=False, help_text="分组")
    is_collected = serializers.BooleanField(
        required=False, default=None, allow_null=True, help_text="列入月报"
    )


class ValueFilters(Filters):
    """What figures of metrics and of indicators have in common."""

    org_unit = PlainChar(max_length=20, help_text="单位代码")
    below = serializers.BooleanField(default=True, help_text="含下属单位")
    month = MonthField(required=False, help_text="月份，如 2026-06")
    month_from = MonthField(required=False, help_text="从这个月起")
    month_to = MonthField(required=False, help_text="到这个月止")
    changed_since = Since()
    published_on = serializers.DateField(required=False, help_text=AS_PUBLISHED)


def narrowed(rows: QuerySet, chosen: dict, user: User) -> QuerySet:
    if unit := unit_of(user, chosen.get("org_unit")):
        inside = {"org_unit__path__startswith": unit.path} if chosen["below"] else {"org_unit": unit}
        rows = rows.filter(**inside)
    for name, look_up in (("month", "month"), ("month_from", "month__gte"), ("month_to", "month__lte")):
        if name in chosen:
            rows = rows.filter(**{look_up: chosen[name]})
    if since := chosen.get("changed_since"):
        rows = rows.filter(computed_at__gte=since)
    return rows


class MetricValueSerializer(serializers.Serializer):
    metric = serializers.CharField(source="metric.code")
    org_unit = serializers.CharField(source="org_unit.code")
    month = MonthField()
    source = serializers.SerializerMethodField(help_text="own：该单位自报或登记；total：该单位及下属单位之和")
    value = AmountField(allow_null=True, help_text="null 为没有审核通过的数，不是 0")
    low = AmountField(allow_null=True, help_text="其余单位审核通过之后可能的下限")
    high = AmountField(allow_null=True, help_text="可能的上限")
    reported = serializers.IntegerField(help_text="已审核单位数：月报审核通过的才计入")
    owed = serializers.IntegerField(help_text="应报单位数")
    computed_at = serializers.DateTimeField()

    def get_source(self, value: MetricValue) -> str:
        return "total" if value.is_total else "own"


class MetricValueFilters(ValueFilters):
    metric = PlainChar(help_text="基础指标代码")
    source = serializers.ChoiceField(
        choices=["own", "total"], required=False, help_text="own：本单位的数；total：合计"
    )


@requires(Permission.VIEW_INDICATORS)
@endpoint("GET", summary="基础指标目录", tag=TAG, answer=MetricSerializer, many=True, filters=MetricFilters)
def metric_list(request: Request) -> Response:
    chosen = MetricFilters.of(request)
    rows = Metric.objects.select_related("subset_of")
    if group := chosen.get("group"):
        rows = rows.filter(group=group)
    if chosen.get("is_collected") is not None:
        rows = rows.filter(is_collected=chosen["is_collected"])
    return paged(request, rows, chosen, MetricSerializer)


@requires(Permission.VIEW_INDICATORS)
@endpoint("GET", summary="一项基础指标", tag=TAG, answer=MetricSerializer)
def metric(request: Request, code: str) -> Response:
    found = get_object_or_404(Metric.objects.select_related("subset_of"), code=code)
    return Response(MetricSerializer(found).data)


@requires(Permission.VIEW_INDICATORS)
@endpoint(
    "GET",
    summary="基础指标的数值",
    tag=TAG,
    answer=MetricValueSerializer,
    many=True,
    filters=MetricValueFilters,
)
def metric_value_list(request: Request) -> Response:
    chosen = MetricValueFilters.of(request)
    rows = published(MetricValue, chosen.get("published_on")).visible_to(request.user)
    rows = narrowed(rows, chosen, request.user).select_related("metric", "org_unit")
    if code := chosen.get("metric"):
        rows = rows.filter(metric__code=code)
    if source := chosen.get("source"):
        rows = rows.filter(is_total=source == "total")
    return paged(request, rows, chosen, MetricValueSerializer)
