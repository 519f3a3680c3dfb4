"""Rates of visits and the list behind each number."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare.lists import list_page
from eldercare.models import OrgUnit
from eldercare.permissions import Permission, requires
from subsidies.models import DuePeriod
from subsidies.pages.visit_rates import DUE, DueFilterForm, due_rows, load_rates
from subsidies.rules.visits import last_of_month, periods_of_month


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def rates(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    month = _month(request.GET.get("month", ""), today)
    unit = request.user.org_unit if request.user.is_township else None
    if unit is None and request.GET.get("unit"):
        unit = get_object_or_404(
            OrgUnit.objects.visible_to(request.user).townships(), code=request.GET["unit"]
        )
    context = {
        "rates": load_rates(request.user, month, unit),
        "month": month,
        "before": (month - dt.timedelta(days=1)).replace(day=1),
        "after": last_of_month(month) + dt.timedelta(days=1) if last_of_month(month) < today else None,
        "unit": unit,
        "today": today,
        "is_running": last_of_month(month) >= today,
    }
    return render(request, "care/rates.html", context)


def _month(text: str, today: dt.date) -> dt.date:
    """The month of the address; the running one where that is none, or one to come."""
    try:
        month = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return month if dt.date(2000, 1, 1) <= month <= today else today.replace(day=1)


@require_safe
@requires(Permission.VIEW_PEOPLE)
def due_list(request: HttpRequest) -> HttpResponse:
    form = DueFilterForm(request.GET, user=request.user)
    periods = periods_of_month(form.the_month())
    everything = DuePeriod.objects.of(periods).visible_to(request.user)
    return list_page(
        request,
        DUE,
        form=form,
        everything=everything,
        rows=due_rows(everything, form.chosen()),
        template="care/due_list.html",
    )
