"""What if: how the indicators of a plan would stand with n more of something. By GET, so the address can be shared."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare.permissions import Permission, requires
from indicators.pages.selection import select
from indicators.pages.what_if import PREFIX, what_if


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def plan_what_if(request: HttpRequest, code: str) -> HttpResponse:
    """``?metric=beds&add_beds=50``, for the unit of ``org``; ``indicator`` suggests its own metrics.

    A field that is taken away leaves the address, so that the address stays fit to be shared.
    """
    if dropped := request.GET.get("drop"):
        return redirect(f"{request.path}?{_without(request.GET, dropped).urlencode()}")
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


def _without(params: QueryDict, code: str) -> QueryDict:
    left = params.copy()
    left.pop("drop", None)
    left.pop(f"{PREFIX}{code}", None)
    left.setlist("metric", [each for each in params.getlist("metric") if each not in ("", code)])
    return left
