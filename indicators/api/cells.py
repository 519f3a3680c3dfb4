"""The API of the monthly report: one cell at a time, saved as it is typed."""

import datetime as dt

from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare.errors import NotAllowed, Refused
from eldercare.forms import without_invisible
from eldercare.permissions import Permission, requires
from indicators.actions import figures as actions
from indicators.forms.reports import reason_problem, seen_problem
from indicators.ledger_figures import counted_for
from indicators.models import Metric, MetricEntry, MonthlyReport
from indicators.pages.report_pages import findings_in, last_month_of
from indicators.pages.report_places import Missing, find_place
from indicators.pages.report_rows import change_text
from indicators.rules.figures import format_figure

NO_SUCH_METRIC = "本单位的月报里没有代码为“{}”的指标，请刷新页面。"
NOT_OPENED = "这个月的月报还没有开启，请先在页面上开启。"


class CellSerializer(serializers.Serializer):
    """``value`` as it was typed; ``seen`` what the person saw before (omitted: do not compare).

    ``take``: the ledger's figure is wanted, whatever ``value`` says.
    """

    value = serializers.CharField(allow_blank=True, trim_whitespace=False)
    seen = serializers.CharField(allow_blank=True, allow_null=True, default=None)
    reason = serializers.CharField(allow_blank=True, allow_null=True, default=None)
    take = serializers.BooleanField(default=False)

    def validate_seen(self, seen: str | None) -> str | None:
        return _checked(seen, seen_problem(seen))

    def validate_reason(self, reason: str | None) -> str | None:
        return _checked(reason and without_invisible(reason), reason_problem(reason or ""))


def _checked(text: str | None, problem: str) -> str | None:
    if problem:
        raise serializers.ValidationError(problem)
    return text


@requires(Permission.ENTER_REPORTS)
@api_view(["PUT"])
def report_cell(request: Request, month: dt.date, code: str, metric: str) -> Response:
    """Save one figure.

    200 with the figure and all findings of the report; 404 unknown unit, month or metric; 409 when somebody else
    saved first, with their figure, or when the report is closed; 422 when the text is no figure.
    """
    try:
        place = find_place(request.user, month, code)
    except Missing as problem:
        return _refusal(str(problem), 404)
    report = place.report()
    if report is None:
        return _refusal(NOT_OPENED, 404)
    metrics = actions.owed_metrics(report)
    if (
        metric not in {each.code for each in metrics}
        and not report.entries.filter(metric__code=metric).exists()
    ):
        return _refusal(NO_SUCH_METRIC.format(metric[:40]), 404)
    body = CellSerializer(data=request.data)
    if not body.is_valid():
        return _refusal(_first_problem(body.errors), 422)
    typed = body.validated_data
    change = actions.FigureChange(
        metric, typed["value"], seen=typed["seen"], reason=typed["reason"], is_taken=typed["take"]
    )
    try:
        result = actions.save_figures(report=report, changes=[change], by=request.user)
    except NotAllowed as refusal:
        return _refusal(str(refusal), 403)
    except Refused as refusal:
        return _refusal(str(refusal), 409, closed=True)
    if metric in result.errors:
        return _refusal(result.errors[metric], 422)
    if metric in result.conflicts:
        return _refusal(result.conflicts[metric], 409, theirs=_theirs(report, metric))
    return Response(_saved(report, metrics, metric))


def _refusal(message: str, status: int, **more: object) -> Response:
    return Response({"detail": message, **more}, status=status)


def _first_problem(errors: dict) -> str:
    """The sentence of the first wrong field; our own sentences name no field."""
    field, problems = next(iter(errors.items()))
    text = str(problems[0])
    return text if field in ("seen", "reason") else f"填报内容无法识别：{text}"


def _theirs(report: MonthlyReport, code: str) -> dict:
    """What somebody else saved meanwhile; an empty value when they removed the figure."""
    entry = report.entries.filter(metric__code=code).select_related("entered_by").first()
    if entry is None:
        return {"value": "", "display": "", "by": "", "reason": ""}
    return {
        "value": format_figure(entry.value, grouped=False),
        "display": format_figure(entry.value),
        "by": entry.entered_by.full_name,
        "reason": entry.reason,
    }


def _saved(report: MonthlyReport, metrics: list[Metric], code: str) -> dict:
    entries = {
        entry.metric.code: entry
        for entry in MetricEntry.objects.filter(report=report).select_related("metric__subset_of")
    }
    known = {metric.code for metric in metrics}
    metrics = [*metrics, *(entry.metric for key, entry in entries.items() if key not in known)]
    figures = {key: entry.value for key, entry in entries.items()}
    reasons = {key: entry.reason for key, entry in entries.items()}
    before, value = last_month_of(report), figures.get(code)
    ledger = counted_for(report.org_unit, report.month, metrics).figures
    findings = findings_in(metrics, figures, before, reasons, ledger)
    return {
        "value": format_figure(value, grouped=False),
        "display": format_figure(value),
        "reason": reasons.get(code, ""),
        "change": change_text(value, before.get(code)),
        "ledger": format_figure(ledger.get(code), grouped=False),
        "taken": code in entries and entries[code].source == MetricEntry.Source.LEDGER,
        "filled": sum(key in figures for key in known),
        "owed": len(known),
        "findings": [{"code": f.code, "hard": f.is_hard, "text": f.text} for f in findings],
    }
