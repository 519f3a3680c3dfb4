"""Key tasks of the plans, how they stand, and what the units have reported of them."""

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare.api.endpoints import endpoint
from eldercare.api.lists import (
    AmountField,
    Filters,
    MonthField,
    PlainChar,
    Since,
    changed_since,
    paged,
    unit_of,
)
from eldercare.permissions import Permission, requires
from indicators.models import Task, TaskProgress, TaskState, TaskUnit
from indicators.pages.tasks import attach

TAG = "重点任务"


class TaskUnitSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=TaskUnit.Role.choices)
    printed = serializers.CharField(help_text="文件里的名称")
    org_unit = serializers.CharField(source="org_unit.code", default=None, allow_null=True)


class TaskSerializer(serializers.ModelSerializer):
    plan = serializers.CharField(source="plan.code")
    due_on = serializers.DateField(help_text="完成时限；文件没有写的取规划期末")
    metric = serializers.CharField(source="metric.code", default=None, allow_null=True)
    quantity_target = AmountField(allow_null=True)
    state = serializers.ChoiceField(choices=TaskState.choices, source="standing.state")
    percent = serializers.IntegerField(source="standing.percent", allow_null=True)
    units = TaskUnitSerializer(source="standing.units", many=True)

    class Meta:
        model = Task
        fields = (
            "code", "plan", "number", "name", "section", "quote", "starts_on", "deadline", "due_on", "is_soft",
            "metric", "quantity_target", "state", "percent", "units",
        )  # fmt: skip


class TaskFilters(Filters):
    plan = PlainChar(max_length=30, help_text="规划代码")
    org_unit = PlainChar(max_length=20, help_text="牵头或责任单位的代码")
    changed_since = Since()


class ProgressSerializer(serializers.Serializer):
    task = serializers.CharField(source="task.code")
    org_unit = serializers.CharField(source="org_unit.code")
    month = MonthField()
    text = serializers.CharField()
    percent = serializers.IntegerField(allow_null=True)
    state = serializers.CharField()
    status = serializers.ChoiceField(choices=TaskProgress.Status.choices)
    is_late = serializers.BooleanField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)


class ProgressFilters(Filters):
    task = PlainChar(max_length=30, help_text="任务编号")
    org_unit = PlainChar(max_length=20, help_text="单位代码，含下属单位")
    month = MonthField(required=False, help_text="月份，如 2026-06")
    changed_since = Since()


@requires(Permission.VIEW_TASKS)
@endpoint("GET", summary="重点任务", tag=TAG, answer=TaskSerializer, many=True, filters=TaskFilters)
def task_list(request: Request) -> Response:
    chosen = TaskFilters.of(request)
    rows = Task.objects.visible_to(request.user).select_related("plan", "metric")
    if code := chosen.get("plan"):
        rows = rows.filter(plan__code=code)
    if unit := unit_of(request.user, chosen.get("org_unit")):
        rows = rows.filter(pk__in=TaskUnit.objects.filter(org_unit=unit).values("task"))
    rows = changed_since(rows, chosen.get("changed_since"))
    return paged(request, rows, chosen, TaskSerializer, attach=attach)


@requires(Permission.VIEW_TASKS)
@endpoint("GET", summary="一项重点任务", tag=TAG, answer=TaskSerializer)
def task(request: Request, code: str) -> Response:
    rows = Task.objects.visible_to(request.user).select_related("plan", "metric")
    found = get_object_or_404(rows, code=code)
    attach([found])
    return Response(TaskSerializer(found).data)


@requires(Permission.VIEW_TASKS)
@endpoint("GET", summary="任务进展", tag=TAG, answer=ProgressSerializer, many=True, filters=ProgressFilters)
def task_progress_list(request: Request) -> Response:
    chosen = ProgressFilters.of(request)
    rows = TaskProgress.objects.visible_to(request.user).select_related("task", "org_unit")
    if unit := unit_of(request.user, chosen.get("org_unit")):
        rows = rows.filter(org_unit__path__startswith=unit.path)
    for name, look_up in (("task", "task__code"), ("month", "month")):
        if name in chosen:
            rows = rows.filter(**{look_up: chosen[name]})
    return paged(request, changed_since(rows, chosen.get("changed_since")), chosen, ProgressSerializer)
