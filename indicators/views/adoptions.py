"""Which plans are in force in the user's place, putting one in force, and the figures that a plan prints checked."""

import datetime as dt

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from eldercare.errors import NotAllowed, Refused
from eldercare.permissions import Permission, requires
from indicators.actions.adoptions import adopt_plan, end_adoption
from indicators.forms.adoptions import MonthForm
from indicators.models import Adoption, Plan
from indicators.pages.display import month_text
from indicators.pages.plan_check import printed_figures
from indicators.pages.selection import select
from indicators.rules.months import month_of
from indicators.rules.printed import Agreement
from indicators.tasks import hint_roll_up


@never_cache
@require_safe
@requires(Permission.EDIT_PLANS)
def adoptions(request: HttpRequest) -> HttpResponse:
    """Every plan of the portal: in force in the user's place, ended, or there to be adopted."""
    unit = request.user.org_unit
    own = Adoption.objects.visible_to(request.user).filter(org_unit=unit).select_related("changed_by")
    plans = (
        Plan.objects.select_related("org_unit")
        .prefetch_related(Prefetch("adoptions", own, to_attr="own_adoptions"))
        .annotate(entries=Count("indicators", filter=Q(indicators__is_active=True)))
        .order_by("-starts_on", "code")
    )
    this_month = month_of(timezone.localdate())
    rows = [(plan, _state(plan, this_month)) for plan in plans]
    context = {"rows": rows, "unit": unit, "this_month": this_month}
    return render(request, "plans/adoptions.html", context)


def _state(plan: Plan, month: dt.date) -> str:
    adoption = plan.own_adoptions[0] if plan.own_adoptions else None
    if adoption is None:
        return "none"
    if adoption.is_in_force(month):
        return "in_force"
    return "ended" if adoption.until_month else "ahead"


@require_POST
@requires(Permission.EDIT_PLANS)
def adopt(request: HttpRequest, code: str) -> HttpResponse:
    """Any plan of the portal may be adopted: a plan is a published document."""
    plan = get_object_or_404(Plan, code=code)
    form = MonthForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"没有办理：{form.errors['month'][0]}")
        return redirect("plan-adoptions")
    month = form.cleaned_data["month"]
    try:
        adoption = adopt_plan(plan=plan, unit=request.user.org_unit, from_month=month, by=request.user)
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    else:
        hint_roll_up()
        began = f"{month_text(adoption.from_month)}起执行" if adoption.from_month else "执行"
        messages.success(request, f"{began}“{plan.short_title}”，所需基础指标列入月报。")
    return redirect("plan-adoptions")


@require_POST
@requires(Permission.EDIT_PLANS)
def end(request: HttpRequest, code: str) -> HttpResponse:
    found = Adoption.objects.visible_to(request.user).select_related("plan", "org_unit")
    adoption = get_object_or_404(found, plan__code=code, org_unit=request.user.org_unit)
    form = MonthForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"没有办理：{form.errors['month'][0]}")
        return redirect("plan-adoptions")
    month = form.cleaned_data["month"]
    try:
        end_adoption(adoption=adoption, until_month=month, by=request.user)
    except (Refused, NotAllowed) as refusal:
        messages.error(request, str(refusal))
    else:
        hint_roll_up()
        messages.success(request, f"“{adoption.plan.short_title}”执行至{month_text(month)}。")
    return redirect("plan-adoptions")


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def check(request: HttpRequest, code: str) -> HttpResponse:
    """The figures that the plan prints, worked out again."""
    params = request.GET.copy()
    params.pop("as_of", None)  # held against what is published now
    selection = select(request.user, params, plan_code=code)
    figures = printed_figures(request.user, selection.plan, selection.county)
    only = request.GET.get("show", "")
    shown = [each for each in figures if not only or each.agreement.name.lower() == only]
    counts = [(each, sum(1 for figure in figures if figure.agreement is each)) for each in Agreement]
    context = {
        "plan": selection.plan,
        "selection": selection,
        "figures": shown,
        "total": len(figures),
        "counts": counts,
        "only": only,
        "query": selection.query(plan=None, month=None),
    }
    return render(request, "plans/check.html", context)
