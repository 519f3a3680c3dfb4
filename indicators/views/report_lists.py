"""Overviews of the monthly reports: all months, one month; reminding the units that are behind."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from indicators.actions import reports as actions
from indicators.pages.report_lists import (
    MATRIX_MONTHS,
    load_matrix,
    load_overview,
    nearest_month,
    reminded_today,
)
from indicators.pages.report_places import Missing, check_month, next_month, reporting_units_seen_by
from indicators.rules.months import MonthError, add_months, month_of, parse_month
from indicators.views.reports import missing

EVERY_UNIT = "all"


@never_cache
@require_safe
@requires(Permission.VIEW_REPORTS)
def report_list(request: HttpRequest) -> HttpResponse:
    """Twelve months up to ``?to=2025-06``, by default up to the current month."""
    now = month_of(timezone.localdate())
    last = min(_month_or(request.GET.get("to", ""), now), now)
    matrix = load_matrix(user=request.user, last=last)
    context = {
        "matrix": matrix,
        "now": now,
        "later": min(add_months(last, MATRIX_MONTHS), now) if last < now else None,
        "nearest": nearest_month(request.user, last),
    }
    is_single = len(matrix.lines) == 1
    return render(request, "reports/list_unit.html" if is_single else "reports/list.html", context)


def _month_or(text: str, default: dt.date) -> dt.date:
    try:
        return parse_month(text) if text else default
    except MonthError:
        return default


@never_cache
@require_safe
@requires(Permission.VIEW_REPORTS)
def month_overview(request: HttpRequest, month: dt.date) -> HttpResponse:
    try:
        check_month(month)
    except Missing as problem:
        return missing(request, problem)
    overview = load_overview(user=request.user, month=month)
    context = {
        "overview": overview,
        "month": month,
        "previous_month": add_months(month, -1),
        "next_month": next_month(month),
        "may_remind": request.user.may(Permission.REMIND_UNITS),
        "may_review": request.user.may(Permission.REVIEW_REPORTS),
        "nearest": nearest_month(request.user, month) if overview.is_empty else None,
    }
    return render(request, "reports/month.html", context)


@require_POST
@requires(Permission.REMIND_UNITS)
def remind(request: HttpRequest, month: dt.date) -> HttpResponse:
    """Remind one unit (``unit=<code>``) or all that have not handed in (``unit=all``).

    Whoever was reminded today is left out, unless the person was asked and wants it (``again=1``).
    """
    try:
        check_month(month)
        wanted = request.POST.get("unit", "")
        units = [
            unit for unit in reporting_units_seen_by(request.user, month) if wanted in (EVERY_UNIT, unit.code)
        ]
        if not units:
            raise Missing(f"没有代码为“{wanted[:20]}”的填报单位，或者它不在您的查看范围内。")
    except Missing as problem:
        return missing(request, problem)
    done = set() if request.POST.get("again") else reminded_today(request.user, month)
    due = [unit for unit in units if unit.pk not in done]
    try:
        number = actions.remind(month=month, units=due, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("report-month", month=month)
    left_out = len(units) - len(due)
    if not number and left_out:
        messages.info(request, "今日已催报过，没有重复发送。确需再次催报，请再点“催报”并确认。")
    elif not number:
        messages.info(request, "没有需要催报的单位：月报都已提交，或者尚未开启。")
    elif wanted == EVERY_UNIT:
        rest = f"另有 {left_out} 个单位今日已催报过，没有重复发送。" if left_out else ""
        messages.success(request, f"已向 {number} 个单位的填报人发送催报通知。{rest}")
    else:
        messages.success(request, f"已向{units[0].name}的填报人发送催报通知。")
    return redirect("report-month", month=month)


@requires(Permission.VIEW_REPORTS)
def unknown_month(request: HttpRequest, text: str) -> HttpResponse:
    """An address below /reports/ that names no month or unit: lead on where its meaning is clear, else say
    what is wrong with it."""
    first, _, rest = text.partition("/")
    try:
        month = parse_month(first)
        check_month(month)
    except MonthError as problem:
        return missing(request, str(problem))
    except Missing as problem:
        return missing(request, problem)
    if rest.strip("/") or request.method not in ("GET", "HEAD"):
        return missing(request, f"月报中没有“{rest.strip('/')[:40]}”这个页面，请从月报列表进入。")
    return redirect("report-month", month=month)
