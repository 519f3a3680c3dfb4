"""Standings of the townships: over a plan, for one of its indicators, and both as a workbook."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare import audit
from eldercare.excel.writing import Column, Kind, Sheet, workbook_response
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from indicators.pages import standings as page
from indicators.pages.dashboard import build
from indicators.pages.display import COUNTED_STATUSES, LOOKS, ONLY_APPROVED, month_text
from indicators.pages.selection import Selection, select


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def standings(request: HttpRequest, code: str) -> HttpResponse:
    """``?indicator=8`` shows the standing of that indicator first."""
    selection, found = _read(request, code)
    line = _line(request, found)
    context = {
        "selection": selection,
        "plan": selection.plan,
        "query": selection.query(plan=None),
        "standings": found,
        "overall": found.overall() if found.is_enough else [],
        "looks": [LOOKS[status] for status in COUNTED_STATUSES],
        "line": line,
        "rows": found.of(line) if line and found.is_enough else [],
        "direction": page.direction_text(line) if line else "",
    }
    return render(request, "plans/standings.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def export(request: HttpRequest, code: str) -> HttpResponse:
    selection, found = _read(request, code)
    if not found.is_enough:
        raise Http404("您的查看范围内只有一个单位，没有排名可以导出。")
    when = month_text(selection.month) if selection.month else "尚无数据"
    if selection.as_of:
        when += f"（{selection.as_of_text}公布）"
    subject = f"{selection.plan.short_title}{selection.part_word}排名"
    overall, each = list(page.overall_rows(found)), list(page.all_rows(found))
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        subject=subject,
        request=request,
        rows=len(overall) + len(each),
        conditions=when,
    )
    counts = [Column(LOOKS[status].label, 12, Kind.INTEGER) for status in COUNTED_STATUSES]
    first = [Column(name, width) for name, width in page.OVERALL_HEADINGS]
    first[2] = Column(first[2].heading, first[2].width, Kind.DECIMAL1)
    columns = [*first, *counts, Column("判定项数", 12, Kind.INTEGER)]
    sheets = [
        Sheet("总排名", columns, overall, heading=f"{subject}（{when}）"),
        Sheet("各指标排名", [Column(*heading) for heading in page.HEADINGS], each),
    ]
    note = f"数值相同的并列；没有数、数据未齐和不适用的不排名次。{ONLY_APPROVED}"
    return workbook_response(f"{subject}_{when}.xlsx", sheets=sheets, note=note, by=request.user)


def _read(request: HttpRequest, code: str) -> tuple[Selection, page.Standings]:
    selection = select(request.user, request.GET, plan_code=code)
    return selection, page.Standings(build(request.user, selection))


def _line(request: HttpRequest, found: page.Standings):
    """The indicator that is asked for, else the first headline that units are compared by."""
    text = request.GET.get("indicator", "")
    if text:
        line = found.line(int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else None
        if line is None and found.board.lines:
            found.board.selection.notes.append(
                f"第“{text[:10]}”项没有分{found.board.selection.part_word}的数值，请另选一项。"
            )
        return line
    judged = [line for line in found.lines if line.is_counted and line.goal]
    headlines = [line for line in judged if line.indicator.is_headline]
    return next(iter(headlines or judged or found.lines), None)
