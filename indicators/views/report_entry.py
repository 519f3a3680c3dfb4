"""What a clerk does with a report, each also without JavaScript: save, copy last month, take the ledgers' figures,
submit.

The buttons stand in one form, so each first saves what the form brings: nothing typed is lost, whichever
button is pressed.
"""

import datetime as dt
from dataclasses import dataclass, field, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from eldercare.errors import NotAllowed, Refused
from eldercare.permissions import Permission, requires
from indicators.actions import figures as actions
from indicators.actions import reports as steps
from indicators.actions.calendar import report_for
from indicators.forms.reports import TypedCells, read_cells
from indicators.models import MonthlyReport, owed_by
from indicators.pages.reconcile import replacements
from indicators.pages.report_places import Missing, Place, find_place
from indicators.pages.report_rows import TypedCell
from indicators.rules.figures import format_figure
from indicators.views.reports import missing, show

EVERY_FIGURE = "all"


@dataclass
class Saved:
    """What became of the form's cells; ``left`` are those that could not be saved, as they were typed."""

    count: int = 0
    left: dict[str, TypedCell] = field(default_factory=dict)
    refusal: str = ""

    @property
    def problem(self) -> str:
        if self.refusal:
            return self.refusal
        done = f"已保存 {self.count} 项，另有 " if self.count else "有 "
        return f"{done}{len(self.left)} 项没有保存，原因见各项旁的红字；您输入的内容仍在框中。"


@require_POST
@requires(Permission.ENTER_REPORTS)
def save(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    try:
        place = _find_place(request, month, code)
    except Missing as problem:
        return missing(request, problem)
    report, saved = _save_typed(request, place)
    if saved.left or saved.refusal:
        return _show_left(request, place, saved)
    if saved.count:
        messages.success(request, f"已保存 {saved.count} 项。")
    elif "open" in request.POST:
        messages.success(request, "月报已开启，请开始填报。")
    else:
        messages.info(request, "没有改动，不需要保存。")
    return _to_report(report)


@require_POST
@requires(Permission.ENTER_REPORTS)
def copy(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    try:
        place = _find_place(request, month, code)
    except Missing as problem:
        return missing(request, problem)
    report, saved = _save_typed(request, place)
    if saved.refusal:
        return _show_left(request, place, saved)
    try:
        number = actions.copy_last_month(report=report, by=request.user)
    except Refused as refusal:
        return _show_left(request, place, replace(saved, refusal=str(refusal)))
    if number:
        messages.success(
            request, f"已把上月的 {number} 项时点数复制到未填的项，请逐项核对后再提交。有台账的项请取台账数。"
        )
    else:
        messages.info(request, "没有可复制的项：时点数都已填写或有台账数可取，或者上月没有填报。")
    return _show_left(request, place, saved) if saved.left else _to_report(report)


@require_POST
@requires(Permission.ENTER_REPORTS)
def take(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    """Take the ledger's figure of one metric (``take=<code>``), or of all that are empty or follow it already
    (``take=all``). Typed figures that differ are replaced only after a question that names them: they come back
    as ``replace=<code>``."""
    wanted = request.POST.get("take") or request.GET.get("take", "")
    try:
        place = _find_place(request, month, code)
    except Missing as problem:
        return missing(request, problem)
    report, saved = _save_typed(request, place, but=wanted)
    if saved.refusal:
        return _show_left(request, place, saved)
    codes = [wanted]
    if wanted == EVERY_FIGURE:
        found = actions.to_take(report)
        if found.typed and "asked" not in request.POST and not saved.left:
            rows = replacements(report, found.typed)
            context = {"unit": place.unit, "month": month, "rows": rows, "empty": len(found.follow)}
            return render(request, "reports/take.html", context)
        agreed = set(request.POST.getlist("replace")) if request.POST.get("asked") == "replace" else set()
        codes = found.follow + [each for each in found.typed if each in agreed]
    try:
        result = actions.take_ledger_figures(report=report, codes=codes, by=request.user)
    except Refused as refusal:
        return _show_left(request, place, replace(saved, refusal=str(refusal)))
    for problem in result.errors.values():
        messages.error(request, problem)
    if result.saved:
        messages.success(request, f"已取台账数 {len(result.saved)} 项，请核对。")
    elif not result.errors:
        messages.info(request, "没有可取的项：已填的数都与台账一致，或者台账未启用。")
    return _show_left(request, place, saved) if saved.left else _to_report(report)


@require_POST
@requires(Permission.ENTER_REPORTS)
def submit(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    try:
        place = _find_place(request, month, code)
    except Missing as problem:
        return missing(request, problem)
    report, saved = _save_typed(request, place)
    if saved.left or saved.refusal:
        return _show_left(request, place, saved)
    try:
        steps.submit(report=report, by=request.user, allow_missing="allow_missing" in request.POST)
    except Refused as refusal:
        return show(request, place, status=status_of(refusal), problem=f"没有提交：{refusal}")
    messages.success(request, f"{report}已提交，请等候审核。")
    return _to_report(report)


def _find_place(request: HttpRequest, month: dt.date, code: str) -> Place:
    """The place of a report that is open, or may still be opened by this request."""
    place = find_place(request.user, month, code)
    if place.report() is None and not place.may_be_opened:
        raise Missing(f"{month.year}年{month.month}月早于规划基期年，不填报月报。")
    return place


def status_of(refusal: Refused) -> int:
    return 403 if isinstance(refusal, NotAllowed) else 409


def _save_typed(request: HttpRequest, place: Place, *, but: str = "") -> tuple[MonthlyReport, Saved]:
    """Save the form's cells, ``but`` one whose text does not matter any more."""
    report = report_for(place.unit, place.month)
    cells = read_cells(request.POST, [code for code in _codes_of(report) if code != but])
    saved = Saved()
    try:
        result = actions.save_figures(report=report, changes=cells.changes, by=request.user)
    except Refused as refusal:
        return report, Saved(left=dict(cells.texts), refusal=str(refusal))
    saved.count = len(result.saved)
    saved.left = _left(cells, result, report)
    return report, saved


def _codes_of(report: MonthlyReport) -> list[str]:
    """What may be typed: the metrics that the unit owes, and those that the report already holds."""
    owed = set(owed_by(report.org_unit, report.month).values_list("code", flat=True))
    return sorted(owed | set(report.entries.values_list("metric__code", flat=True)))


def _left(cells: TypedCells, result: actions.SaveResult, report: MonthlyReport) -> dict[str, TypedCell]:
    """The unsaved cells with their reasons. After a conflict the form shows the newer figure as seen: saving
    once more then replaces it, knowingly."""
    errors, left = cells.errors | result.errors, {}
    stored = actions.figures_of(report) if result.conflicts else {}
    for code, cell in cells.texts.items():
        if code in errors:
            left[code] = replace(cell, error=errors[code])
        elif code in result.conflicts:
            seen = format_figure(stored.get(code), grouped=False)
            left[code] = replace(cell, conflict=result.conflicts[code], seen=seen)
    return left


def _show_left(request: HttpRequest, place: Place, saved: Saved) -> HttpResponse:
    return show(request, place, status=409 if saved.refusal else 422, problem=saved.problem, typed=saved.left)


def _to_report(report: MonthlyReport) -> HttpResponse:
    return redirect("report", month=report.month, code=report.org_unit.code)
