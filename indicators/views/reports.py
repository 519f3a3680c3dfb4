"""The page of one monthly report: a form for who may still enter, otherwise for reading and reviewing."""

import datetime as dt
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare.permissions import Permission, requires
from eldercare.replies import refusal, wants_json
from indicators.pages.report_pages import load_page
from indicators.pages.report_places import Missing, Place, find_place
from indicators.pages.report_rows import TypedCell


def missing(request: HttpRequest, problem: Missing | str) -> HttpResponse:
    if wants_json(request):
        return refusal(str(problem), status=404)
    return render(request, "reports/missing.html", {"message": str(problem)}, status=404)


@never_cache
@require_safe
@requires(Permission.VIEW_REPORTS)
def report(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    try:
        place = find_place(request.user, month, code)
    except Missing as problem:
        return missing(request, problem)
    return show(request, place)


def show(
    request: HttpRequest,
    place: Place,
    *,
    status: int = 200,
    problem: str = "",
    typed: Mapping[str, TypedCell] | None = None,
    remarks: Mapping[str, str] | None = None,
    note: str = "",
) -> HttpResponse:
    """The page; after a refused action with the ``problem`` and everything that had been typed."""
    page = load_page(
        unit=place.unit, month=place.month, user=request.user, units=place.units, typed=typed, remarks=remarks
    )
    context = {"page": page, "unit": place.unit, "month": place.month, "problem": problem, "note": note}
    if page is None:
        context["may_open"] = request.user.may(Permission.ENTER_REPORTS) and place.may_be_opened
        return render(request, "reports/unopened.html", context, status=status)
    if page.may_enter:
        return render(request, "reports/entry.html", context, status=status)
    context["only_notable"] = request.GET.get("rows") == "notable"
    context["typed"] = [row for row in page.rows if row.typed] if typed else []
    context["unsent_remarks"] = [row for row in page.rows if row.remark] if not page.may_review else []
    return render(request, "reports/review.html", context, status=status)
