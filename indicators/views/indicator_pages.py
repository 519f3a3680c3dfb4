"""One indicator: its page, editing it with the formula checked as it is typed, and registering facts for it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.history import Step
from eldercare.models import User
from eldercare.permissions import Permission, requires
from indicators.actions.plans import (
    add_registration,
    first_month_of,
    registered_codes,
    withdraw_registration,
)
from indicators.forms.plans import RegistrationForm, WithdrawForm
from indicators.models import Indicator, Metric, Plan, Registration, Target
from indicators.pages.display import month_text
from indicators.pages.history import history_of
from indicators.pages.indicators import SPANS, IndicatorPage, comparison_chart, trend_chart
from indicators.pages.outlook import chosen_by, method_text, reason_text, rows_of
from indicators.pages.selection import Selection, select
from indicators.pages.what_if import fields_of
from indicators.specs import is_judged_by_unit
from indicators.tasks import hint_roll_up


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def indicator(request: HttpRequest, code: str, number: int) -> HttpResponse:
    return indicator_page(request, code, number)


def find(request: HttpRequest, code: str, number: int) -> Indicator:
    found = (
        Indicator.objects.visible_to(request.user)
        .select_related("plan", "plan__org_unit")
        .prefetch_related("targets", "baselines", "equivalences")
    )
    return get_object_or_404(found, plan__code=code, number=number)


def indicator_page(
    request: HttpRequest, code: str, number: int, registration_form: RegistrationForm | None = None
) -> HttpResponse:
    found = find(request, code, number)
    selection = select(request.user, request.GET, plan_code=code)
    if selection.is_empty:
        return render(request, "plans/indicator_empty.html", {"indicator": found, "selection": selection})
    page = IndicatorPage(
        request.user, found, selection.unit, selection.month, selection.owner, selection.as_of
    )
    points = page.trend(_span(request))
    history = history_of(found)
    rows = page.comparison(selection.townships) if page.formula else []
    context = {
        "indicator": found,
        "plan": found.plan,
        "selection": selection,
        "query": selection.query(plan=None),
        "what_if": [] if selection.as_of else fields_of(found, page.catalogue),
        "standings_query": selection.query(plan=None, indicator=number),
        "page": page,
        "line": page.line,
        "explanation": page.explanation,
        "points": points,
        "has_values": any(point.value and point.value.value is not None for point in points),
        "trend_chart": trend_chart(points, found, page.outlook),
        **_outlook(page, history),
        "rows": rows,
        "other_rows": page.others(selection.townships) if page.formula else [],
        "is_printed_below": len(rows) > 1 or page.formula is None or found.is_confirmation,
        "comparison_chart": comparison_chart(rows, page.line, selection.whole),
        "projection": page.projection(),
        "alternatives": page.alternatives(),
        "equivalents": page.equivalents(),
        "groups": list(found.equivalences.all()),
        "target": _target_in_force(page),
        "remarks": found.remarks.all(),
        "is_past_due": page.line.is_past_due(selection.month),
        "may_edit": may_edit(request.user, found.plan),
        "history": history,
        "span": _span(request),
        "spans": [(span, selection.query(plan=None, span=span)) for span in SPANS],
        **_registrations(request, found, selection, registration_form),
    }
    return render(request, "plans/indicator.html", context, status=400 if registration_form else 200)


def _outlook(page: IndicatorPage, history: list[Step]) -> dict:
    if page.outlook is None:
        return {}
    return {
        "outlook_rows": rows_of(page.outlook, page.line, page.unit, page.catalogue, page.last_denominator),
        "outlook_reason": reason_text(page.outlook),
        "outlook_method": method_text(page.outlook),
        "outlook_chosen_by": chosen_by(history),
        "projections": Indicator.Projection.choices,
    }


def may_edit(user: User, plan: Plan) -> bool:
    """A plan is edited where it was issued, not where it is only adopted."""
    return user.may(Permission.EDIT_PLANS) and user.org_unit.contains(plan.org_unit)


def _target_in_force(page: IndicatorPage) -> Target | None:
    due_on = page.line.goal.due_on if page.line.goal else None
    return next((each for each in page.indicator.targets.all() if each.due_on == due_on), None)


def _span(request: HttpRequest) -> int:
    text = request.GET.get("span", "")
    return int(text) if text in {str(span) for span in SPANS} else SPANS[1]


def _registrations(
    request: HttpRequest, found: Indicator, selection: Selection, form: RegistrationForm | None
) -> dict:
    """What was registered, for those who see the county; the forms for who may confirm."""
    if not found.is_registered:
        return {"registrations": []}
    rows = (
        Registration.objects.visible_to(request.user)
        .filter(indicator=found, org_unit__path__startswith=selection.owner.path)
        .select_related("metric", "org_unit", "created_by", "withdrawn_by")
        .order_by("-happened_on", "-id")
    )
    may_confirm = request.user.may(Permission.CONFIRM_INDICATORS) and selection.county is not None
    is_by_unit = is_judged_by_unit(found, selection.owner)
    if may_confirm and form is None:
        form = _registration_form(found, selection)
    return {
        "registrations": rows,
        "registration_form": form,
        "may_confirm": may_confirm,
        "is_by_unit": is_by_unit,
    }


def _registration_form(found: Indicator, selection: Selection, data=None) -> RegistrationForm:
    """With the units to choose from where each registers for itself."""
    is_by_unit = is_judged_by_unit(found, selection.owner)
    units = selection.townships if is_by_unit else [selection.county] if selection.county else []
    return RegistrationForm(
        data, indicator=found, metrics=_metrics(found), units=units, auto_id="register-%s"
    )


def _metrics(found: Indicator) -> list[Metric]:
    codes = registered_codes(found)
    by_code = {metric.code: metric for metric in Metric.objects.filter(code__in=codes)}
    return [by_code[code] for code in codes]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONFIRM_INDICATORS)
def registration_add(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = find(request, code, number)
    address = reverse("indicator", args=[code, number])
    if request.method != "POST":
        return redirect(f"{address}#register")
    if not found.is_registered:
        raise Http404
    selection = select(request.user, request.GET, plan_code=code)
    form = _registration_form(found, selection, request.POST)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("happened_on", "quantity", "evidence")}
        metric = form.metrics[form.cleaned_data["metric"]]
        try:
            unit = form.chosen_unit()
            made = add_registration(indicator=found, metric=metric, by=request.user, unit=unit, **values)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            hint_roll_up()
            messages.success(request, f"已登记。{month_text(first_month_of(made))}起各月的数值正在重新汇总。")
            return redirect(f"{address}#registrations")
    return indicator_page(request, code, number, registration_form=form)


@require_POST
@requires(Permission.CONFIRM_INDICATORS)
def registration_withdraw(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    rows = Registration.objects.visible_to(request.user).select_related(
        "indicator__plan", "org_unit", "metric"
    )
    registration = get_object_or_404(rows, pk=pk, indicator__plan__code=code, indicator__number=number)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有撤回：请写明撤回的原因。")
    else:
        try:
            withdraw_registration(
                registration=registration, reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            hint_roll_up()
            messages.success(request, "登记已撤回，相关月份正在重新汇总。")
    return redirect(f"{reverse('indicator', args=[code, number])}#registrations")
