"""What if: how the indicators of a plan would stand with n more of something. By GET, so the address can be shared."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare.permissions import Permission, requires
from indicators.pages.selection import select
from indicators.pages.what_if import what_if


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def plan_what_if(request: HttpRequest, code: str) -> HttpResponse:
    """``?add_<metric>=50``, for the unit of ``org``; ``indicator`` and ``metric`` choose which fields are shown."""
    params = request.GET.copy()
    params.pop("as_of", None)  # always from what is published now
    selection = select(request.user, params, plan_code=code)
    found = what_if(request.user, selection, params)
    context = {
        "selection": selection,
        "plan": selection.plan,
        "query": selection.query(plan=None),
        "found": found,
    }
    status = 400 if found.is_asked and not found.is_good else 200
    return render(request, "plans/what_if.html", context, status=status)
