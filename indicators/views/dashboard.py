"""The leader's dashboard: the page, its live part, the wall display and the stamp that tells when to refresh."""

import datetime as dt

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare.permissions import Permission, requires
from indicators.pages.dashboard import Dashboard, build
from indicators.pages.lines import Line
from indicators.pages.selection import Selection, select
from indicators.pages.stamps import stamp_of
from indicators.rules.months import MonthError, month_of, parse_month

CARDS_PER_SCREEN = 6


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def dashboard(request: HttpRequest) -> HttpResponse:
    """The page; with the header ``X-Fragment: live`` only its part that changes."""
    return _board(request, "dashboard/dashboard.html", "dashboard/_live.html")


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def wall(request: HttpRequest) -> HttpResponse:
    """The same figures in large type, in turn, for a display on the wall."""
    return _board(request, "dashboard/wall.html", "dashboard/_wall.html", is_wall=True)


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def stamp(request: HttpRequest) -> HttpResponse:
    """``{"stamp": …}``: differs from the page's own when the page has something new to show."""
    try:
        month = parse_month(request.GET.get("month", ""))
    except MonthError:
        month = month_of(timezone.localdate())
    return JsonResponse({"stamp": stamp_of(request.user, month)})


def _board(request: HttpRequest, page: str, fragment: str, *, is_wall: bool = False) -> HttpResponse:
    params = request.GET.copy()
    if is_wall:
        params.pop("as_of", None)  # the wall shows what is, whatever link led to it
    selection = select(request.user, params)
    # Read before the figures: what arrives in between is shown at the next poll, never missed.
    mark = "" if selection.is_empty else stamp_of(request.user, selection.month)
    board = build(request.user, selection, group=request.GET.get("group", ""))
    everything = request.GET.get("heat") == "all"
    is_dark = request.GET.get("theme") != "light"
    context = {
        "board": board,
        "selection": selection,
        "heat": [] if selection.is_empty else board.heat(everything=everything),
        "is_heat_complete": everything,
        "stamp": mark,
        "stamp_url": "" if selection.as_of else _stamp_url(selection),
        "query": _query(board, selection),
        "chart": progress_chart(board),
        "screens": screens(board.cards),
        "is_dark": is_dark,
        "updated_at": board.data_as_of,
    }
    if request.headers.get("X-Fragment") == "live":
        return render(request, fragment, context)
    return render(request, page, context)


def _query(board: Dashboard, selection: Selection) -> dict[str, str]:
    """Queries of the links: the same view with one thing changed."""
    group = board.group or None
    started = selection.started
    return {
        "started": selection.query(group=group, month=f"{started.month:%Y-%m}") if started else "",
        "indicator": selection.query(plan=None),
        "all_heat": selection.query(group=group, heat="all"),
        "headline_heat": selection.query(group=group),
        "wall": selection.query(group=group, as_of=None),
        "dark": selection.query(group=group),
        "light": selection.query(group=group, theme="light"),
        "plan": selection.query(plan=None),
    }


def _stamp_url(selection: Selection) -> str:
    month = selection.month or dt.date(2000, 1, 1)
    return f"{reverse('dashboard-stamp')}?month={month:%Y-%m}"


def screens(cards: list[Line]) -> list[list[Line]]:
    """The cards of the wall display, a handful at a time."""
    return [cards[start : start + CARDS_PER_SCREEN] for start in range(0, len(cards), CARDS_PER_SCREEN)]


def progress_chart(board: Dashboard) -> dict:
    """Indicators by group and state, for the stacked bars."""
    tallies = board.by_group
    return {
        "groups": [tally.name for tally in tallies],
        "series": [
            {
                "status": look.status,
                "name": look.label,
                "values": [tally.counts[look.status] for tally in tallies],
            }
            for look, _ in board.tally.parts
        ],
    }
