"""Monthly reports: their figures and states; filling in and taking steps are the actions of the pages."""

import datetime as dt
import hashlib
from collections.abc import Callable

from django.db import transaction
from django.http import Http404
from django.utils.http import quote_etag
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare.api.endpoints import IF_MATCH, endpoint
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
from eldercare.api.preconditions import match
from eldercare.api.problems import Invalid, Problem
from eldercare.forms import without_invisible
from eldercare.permissions import Permission, requires
from indicators.actions import figures, reports
from indicators.actions.calendar import report_for
from indicators.forms.reports import NoteForm, ReturnForm, reason_problem
from indicators.models import Metric, MetricEntry, MonthlyReport
from indicators.pages.report_places import Missing, Place, find_place
from indicators.tasks import hint_roll_up

TAG = "月报"
MOST_FIGURES = 500


# --- What is shown ----------------------------------------------------------------------------------------------


class ReportSerializer(serializers.ModelSerializer):
    org_unit = serializers.CharField(source="org_unit.code")
    month = MonthField()
    state = serializers.CharField(source="get_status_display", help_text="状态的中文")

    class Meta:
        model = MonthlyReport
        fields = (
            "org_unit", "month", "status", "state", "due_on", "is_late", "first_submitted_at",
            "submitted_at", "returned_at", "approved_at",
        )  # fmt: skip


class FigureSerializer(serializers.Serializer):
    metric = serializers.CharField(source="metric.code")
    value = AmountField()
    reason = serializers.CharField(help_text="变动较大等的说明")
    source = serializers.ChoiceField(choices=MetricEntry.Source.choices)
    entered_at = serializers.DateTimeField()


class RemarkSerializer(serializers.Serializer):
    metric = serializers.CharField(source="metric.code")
    text = serializers.CharField()
    resolved_at = serializers.DateTimeField(allow_null=True)


class CheckSerializer(serializers.Serializer):
    metric = serializers.CharField(source="code")
    is_hard = serializers.BooleanField(help_text="true：不改不能提交；false：写明说明即可")
    text = serializers.CharField()


class WholeReportSerializer(ReportSerializer):
    figures = FigureSerializer(source="entries", many=True)
    remarks = RemarkSerializer(source="comments", many=True, help_text="退回意见")
    missing = serializers.ListField(child=serializers.CharField(), help_text="应填而未填的指标代码")
    checks = CheckSerializer(many=True, help_text="校验的问题")

    class Meta(ReportSerializer.Meta):
        fields = (*ReportSerializer.Meta.fields, "figures", "remarks", "missing", "checks")


class ReportFilters(Filters):
    org_unit = PlainChar(max_length=20, help_text="单位代码，含下属单位")
    month = MonthField(required=False, help_text="月份，如 2026-06")
    status = serializers.ChoiceField(choices=MonthlyReport.Status.choices, required=False, help_text="状态")
    is_late = serializers.BooleanField(required=False, default=None, allow_null=True, help_text="逾期")
    changed_since = Since()


# --- What is sent -----------------------------------------------------------------------------------------------


class NewFigureSerializer(serializers.Serializer):
    metric = serializers.CharField(max_length=80, help_text="基础指标代码")
    value = serializers.CharField(
        allow_blank=True, max_length=40, help_text="数值，写成文字以免失真；空文字表示未报"
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, help_text="说明")

    def validate_reason(self, reason: str) -> str:
        if problem := reason_problem(reason):
            raise serializers.ValidationError(problem)
        return without_invisible(reason)


class FiguresSerializer(serializers.Serializer):
    figures = NewFigureSerializer(many=True, min_length=1, max_length=MOST_FIGURES)


class SubmitSerializer(serializers.Serializer):
    allow_missing = serializers.BooleanField(default=False, help_text="缺项提交")


class ReturnSerializer(serializers.Serializer):
    note = serializers.CharField(default="", allow_blank=True, help_text="总的意见")
    remarks = serializers.DictField(child=serializers.CharField(), default=dict, help_text="指标代码 → 意见")


class ReopenSerializer(serializers.Serializer):
    note = serializers.CharField(allow_blank=True, help_text="撤销审核的原因")


# --- Reading ----------------------------------------------------------------------------------------------------


@requires(Permission.VIEW_REPORTS)
@endpoint("GET", summary="月报列表", tag=TAG, answer=ReportSerializer, many=True, filters=ReportFilters)
def report_list(request: Request) -> Response:
    chosen = ReportFilters.of(request)
    rows = MonthlyReport.objects.visible_to(request.user).select_related("org_unit")
    if unit := unit_of(request.user, chosen.get("org_unit")):
        rows = rows.filter(org_unit__path__startswith=unit.path)
    for name in ("month", "status", "is_late"):
        if chosen.get(name) is not None:
            rows = rows.filter(**{name: chosen[name]})
    return paged(request, changed_since(rows, chosen.get("changed_since")), chosen, ReportSerializer)


@requires(Permission.VIEW_REPORTS)
@endpoint("GET", summary="一份月报", tag=TAG, answer=WholeReportSerializer)
def report(request: Request, month: dt.date, unit: str) -> Response:
    found = _place(request, month, unit).report()
    if found is None:
        raise Http404
    return _answer(found)


def _place(request: Request, month: dt.date, unit: str) -> Place:
    try:
        return find_place(request.user, month, unit)
    except Missing as problem:
        raise Problem(str(problem), 404) from None


def _answer(found: MonthlyReport) -> Response:
    metrics = figures.owed_metrics(found)
    entries = list(found.entries.select_related("metric").order_by("metric__position"))
    filled = {entry.metric_id for entry in entries}
    found.missing = [metric.code for metric in metrics if metric.pk not in filled]
    found.checks = figures.findings_for(found, metrics)
    data = WholeReportSerializer(found).data
    data["figures"] = FigureSerializer(entries, many=True).data
    data["remarks"] = RemarkSerializer(found.comments.select_related("metric"), many=True).data
    return Response(data, headers={"ETag": tag_of(found)})


def tag_of(found: MonthlyReport) -> str:
    """Another state or another figure, another tag."""
    entries = found.entries.order_by("metric_id").values_list("metric_id", "value", "reason", "entered_at")
    facts = repr((found.pk, found.status, found.submitted_at, found.returned_at, list(entries)))
    return quote_etag(hashlib.sha256(facts.encode()).hexdigest()[:32])


# --- Writing ----------------------------------------------------------------------------------------------------


@requires(Permission.ENTER_REPORTS)
@endpoint(
    "PATCH",
    summary="填报数据",
    description="全部写入，或全部不写入。没有列出的指标不变。",
    tag=TAG,
    body=FiguresSerializer,
    answer=WholeReportSerializer,
    headers=(IF_MATCH,),
)
def report_figures(request: Request, month: dt.date, unit: str) -> Response:
    place = _place(request, month, unit)
    body = FiguresSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    sent = body.validated_data["figures"]
    codes = [each["metric"] for each in sent]
    if len(set(codes)) < len(codes):
        raise Invalid({"figures": ["同一项指标写了两次。"]})
    found = place.report()
    if found is None:
        if not place.may_be_opened:
            raise Problem(f"{month.year}年{month.month}月早于规划基期年，不填报月报。", 404)
        found = report_for(place.unit, month)
    _check_owed(found, codes)
    with transaction.atomic():
        _unchanged(request, found)
        changes = [
            figures.FigureChange(each["metric"], each["value"], reason=each.get("reason")) for each in sent
        ]
        result = figures.save_figures(report=found, changes=changes, by=request.user)
        if result.errors:
            raise Invalid({code: [text] for code, text in result.errors.items()})
    found.refresh_from_db()
    return _answer(found)


def _check_owed(found: MonthlyReport, codes: list[str]) -> None:
    known = {metric.code for metric in figures.owed_metrics(found)}
    known |= set(found.entries.values_list("metric__code", flat=True))
    wrong = [code for code in codes if code not in known]
    if wrong:
        raise Invalid({code: [f"{found.org_unit}的月报里没有代码为“{code[:40]}”的指标。"] for code in wrong})


def _unchanged(request: Request, found: MonthlyReport) -> None:
    """Compare under the lock that the action takes as well: nobody comes between."""
    now = MonthlyReport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    match(request, tag_of(now))


def _found(request: Request, month: dt.date, unit: str) -> MonthlyReport:
    """Before anything that was sent is looked at: what is out of sight is not there."""
    found = _place(request, month, unit).report()
    if found is None:
        raise Problem("这个月的月报还没有开启。", 404)
    return found


def _step(request: Request, found: MonthlyReport, act: Callable[..., object], **more: object) -> Response:
    with transaction.atomic():
        _unchanged(request, found)
        act(report=found, by=request.user, **more)
    hint_roll_up()  # only a hint: after a step that publishes nothing there is nothing to do
    found.refresh_from_db()
    return _answer(found)


def _sent(request: Request, serializer: type[serializers.Serializer]) -> dict:
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


def _still_visible(request: Request, answer: object, month: dt.date, unit: str) -> None:
    """Before an answer is given again."""
    _place(request, month, unit)


def _step_endpoint(summary: str, body: type[serializers.Serializer] | None = None) -> Callable:
    return endpoint(
        "POST",
        summary=summary,
        tag=TAG,
        body=body,
        answer=WholeReportSerializer,
        headers=(IF_MATCH,),
        still_visible=_still_visible,
    )


@requires(Permission.ENTER_REPORTS)
@_step_endpoint("提交", SubmitSerializer)
def report_submit(request: Request, month: dt.date, unit: str) -> Response:
    found = _found(request, month, unit)
    return _step(request, found, reports.submit, **_sent(request, SubmitSerializer))


@requires(Permission.ENTER_REPORTS)
@_step_endpoint("撤回")
def report_withdraw(request: Request, month: dt.date, unit: str) -> Response:
    return _step(request, _found(request, month, unit), reports.withdraw)


@requires(Permission.REVIEW_REPORTS)
@_step_endpoint("退回", ReturnSerializer)
def report_return(request: Request, month: dt.date, unit: str) -> Response:
    found = _found(request, month, unit)
    sent = _sent(request, ReturnSerializer)
    names = dict(Metric.objects.values_list("code", "name"))
    unknown = [code for code in sent["remarks"] if code not in names]
    if unknown:
        raise Invalid({"remarks": [f"没有代码为“{unknown[0][:40]}”的指标。"]})
    typed = {"note": sent["note"]} | {f"comment-{code}": text for code, text in sent["remarks"].items()}
    form = ReturnForm(typed, names)
    if problem := form.problem(names):
        raise Invalid({"remarks": [problem]})
    return _step(request, found, reports.return_report, comments=form.remarks, note=form.note)


@requires(Permission.REVIEW_REPORTS)
@_step_endpoint("审核通过")
def report_approve(request: Request, month: dt.date, unit: str) -> Response:
    return _step(request, _found(request, month, unit), reports.approve)


@requires(Permission.REVIEW_REPORTS)
@_step_endpoint("撤销审核", ReopenSerializer)
def report_reopen(request: Request, month: dt.date, unit: str) -> Response:
    found = _found(request, month, unit)
    form = NoteForm(_sent(request, ReopenSerializer))
    if not form.is_valid():
        raise Invalid({"note": form.errors["note"]})
    return _step(request, found, reports.reopen, note=form.cleaned_data["note"])
