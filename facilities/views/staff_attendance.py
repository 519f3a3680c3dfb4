"""Attendance (出勤): which facilities have filled in the month, and the table of one of them."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from eldercare.errors import Conflict, Refused
from eldercare.permissions import Permission, requires
from facilities.actions.attendance import save_attendance
from facilities.forms.staff_courses import Cell, entries, read_cells
from facilities.models import Facility
from facilities.pages.attendance import Grid, add_months, load_grid, load_overview, parse_month


def _this_month() -> dt.date:
    return timezone.localdate().replace(day=1)


@require_safe
@requires(Permission.VIEW_LEDGERS)
def overview(request: HttpRequest) -> HttpResponse:
    """The month of ``?month=2025-06``, by default the last whole one."""
    month = parse_month(request.GET.get("month", "")) or add_months(_this_month(), -1)
    month = min(month, _this_month())
    context = {
        "month": month,
        "earlier": add_months(month, -1),
        "later": add_months(month, 1) if month < _this_month() else None,
        "lines": load_overview(request.user, month),
        "may_edit": request.user.may(Permission.EDIT_LEDGERS),
    }
    return render(request, "staff/attendance_list.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def grid(request: HttpRequest, facility: int, month: str) -> HttpResponse:
    place, day = _wanted(request, facility, month)
    table = load_grid(request.user, place, day)
    cells = read_cells(None, table.posts, day, table.stored, table.before)
    return _page(request, place, day, cells, table)


@never_cache
@require_POST
@requires(Permission.EDIT_LEDGERS)
def save(request: HttpRequest, facility: int, month: str) -> HttpResponse:
    """``copy`` fills the empty cells from the month before and saves nothing; else the table is saved whole."""
    place, day = _wanted(request, facility, month)
    table = load_grid(request.user, place, day)
    cells = read_cells(request.POST, table.posts, day, table.stored, table.before)
    if "copy" in request.POST:
        number = _copy(cells)
        words = (
            f"已从上月带入 {number} 人的天数，尚未保存，请核对后保存。"
            if number
            else "上月没有可带入的天数。"
        )
        messages.info(request, words)
        return _page(request, place, day, cells, table)
    if any(cell.error for cell in cells):
        messages.error(request, "有填写错误，没有保存，请改正标红的格子。")
        return _page(request, place, day, cells, table)
    try:
        number = save_attendance(facility=place, month=day, entries=entries(cells), by=request.user)
    except Conflict as conflict:
        messages.error(request, str(conflict))
        now = load_grid(request.user, place, day).stored
        for cell in cells:  # what is there now; saving again is then meant
            cell.stored = now.get(cell.post.pk)
        return _page(request, place, day, cells, table)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, place, day, cells, table)
    messages.success(request, f"已保存 {number} 人的出勤。" if number else "没有改动。")
    return redirect("attendance-grid", place.pk, f"{day:%Y-%m}")


def _wanted(request: HttpRequest, facility: int, month: str) -> tuple[Facility, dt.date]:
    day = parse_month(month)
    if day is None or day > _this_month():
        raise Http404("没有这个月份。")
    return get_object_or_404(Facility.objects.visible_to(request.user), pk=facility), day


def _copy(cells: list[Cell]) -> int:
    """Only into empty cells, and not more than the days on which the post is held this month."""
    copied = [cell for cell in cells if not cell.text and cell.before is not None]
    for cell in copied:
        cell.text = str(min(cell.before, cell.limit))
    return len(copied)


def _page(
    request: HttpRequest, place: Facility, day: dt.date, cells: list[Cell], table: Grid
) -> HttpResponse:
    context = {
        "facility": place,
        "month": day,
        "earlier": add_months(day, -1),
        "later": add_months(day, 1) if day < _this_month() else None,
        "cells": cells,
        "total": sum(int(cell.text) for cell in cells if cell.text.isdecimal() and not cell.error),
        "filled": sum(bool(cell.text) for cell in cells),
        "may_edit": request.user.may(Permission.EDIT_LEDGERS),
    }
    return render(request, "staff/attendance.html", context)
