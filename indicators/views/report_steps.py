"""Steps of a report after it was handed in: take back, return, approve, reopen."""

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from indicators.actions import reports as actions
from indicators.forms.reports import NoteForm, ReturnForm
from indicators.models import Metric, MonthlyReport
from indicators.pages.report_places import Missing, Place, find_place
from indicators.tasks import hint_roll_up
from indicators.views.report_entry import status_of
from indicators.views.reports import missing, show

NOT_OPENED = "这个月的月报还没有开启。"


@require_POST
@requires(Permission.ENTER_REPORTS)
def withdraw(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    return _step(
        request, month, code,
        lambda report: actions.withdraw(report=report, by=request.user),
        done="已撤回，可以继续修改；改好后请再次提交。",
    )  # fmt: skip


@require_POST
@requires(Permission.REVIEW_REPORTS)
def reopen(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    problem = " ".join(form.errors.get("note", []))

    def act(report: MonthlyReport) -> None:
        if problem:
            raise Refused(problem)
        actions.reopen(report=report, by=request.user, note=note)
        hint_roll_up()

    return _step(request, month, code, act, done="的审核已撤销，退回填报单位修改。")


@require_POST
@requires(Permission.REVIEW_REPORTS)
def approve(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    def act(report: MonthlyReport) -> None:
        unsent = ReturnForm(request.POST, _codes())
        if unsent.remarks or unsent.note.strip():
            raise Refused("您写了退回意见，不能同时审核通过：要退回请点“退回修改”，要通过请先清空意见。")
        actions.approve(report=report, by=request.user)
        hint_roll_up()

    return _step(request, month, code, act, done="已审核通过，各项指标随即重新汇总。")


@require_POST
@requires(Permission.REVIEW_REPORTS)
def return_(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    names = dict(Metric.objects.values_list("code", "name"))
    form = ReturnForm(request.POST, names)

    def act(report: MonthlyReport) -> None:
        if problem := form.problem(names):
            raise Refused(problem)
        actions.return_report(report=report, by=request.user, comments=form.remarks, note=form.note)

    return _step(request, month, code, act, done="已退回，填报人会在首页看到通知。")


def _codes() -> list[str]:
    return list(Metric.objects.values_list("code", flat=True))


def _step(
    request: HttpRequest, month: dt.date, code: str, act: Callable[[MonthlyReport], object], *, done: str
) -> HttpResponse:
    """Take one step; refused, the page comes back with the reason and with what was typed on it."""
    try:
        place = find_place(request.user, month, code)
        report = place.report()
        if report is None:
            raise Missing(NOT_OPENED)
    except Missing as problem:
        return missing(request, problem)
    try:
        act(report)
    except Refused as refusal:
        return _refused(request, place, refusal)
    messages.success(request, f"{report}{done}")
    return redirect("report", month=month, code=code)


def _refused(request: HttpRequest, place: Place, refusal: Refused) -> HttpResponse:
    typed = ReturnForm(request.POST, _codes())
    return show(
        request,
        place,
        status=status_of(refusal),
        problem=str(refusal),
        remarks=typed.remarks,
        note=typed.note,
    )
