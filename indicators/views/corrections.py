"""Correction slips: list, drafting, the figures of a unit, approval."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare import evidence
from eldercare.errors import Refused
from eldercare.ledger_metrics import is_county
from eldercare.lists import list_page
from eldercare.models import OrgUnit, User
from eldercare.permissions import Permission, requires
from indicators.actions import corrections as actions
from indicators.forms.corrections import OpinionForm, SlipFilterForm, SlipForm, StartForm
from indicators.models import CorrectionSlip, MonthlyReport
from indicators.pages import corrections as pages
from indicators.tasks import hint_roll_up

Status = CorrectionSlip.Status


@never_cache
@require_safe
@requires(Permission.VIEW_REPORTS)
def correction_list(request: HttpRequest) -> HttpResponse:
    form = SlipFilterForm(request.GET, user=request.user)
    everything = CorrectionSlip.objects.visible_to(request.user)
    return list_page(
        request,
        pages.SLIPS,
        form=form,
        everything=everything,
        rows=pages.filter_slips(everything, form.chosen()),
        template="corrections/list.html",
        context={"may_start": _county_of(request.user) is not None and _may_prepare(request.user)},
    )


def find(request: HttpRequest, pk: int) -> CorrectionSlip:
    slips = CorrectionSlip.objects.visible_to(request.user)
    return get_object_or_404(slips.select_related("org_unit", "prepared_by", "decided_by").distinct(), pk=pk)


def _may_prepare(user: User) -> bool:
    return user.may(Permission.PREPARE_CORRECTIONS)


def _county_of(user: User) -> OrgUnit | None:
    return user.org_unit if is_county(user.org_unit) else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_CORRECTIONS)
def create(request: HttpRequest) -> HttpResponse:
    """``?month=2025-06-01&unit=330424101`` comes from a report whose figure differs from its ledger."""
    county = _county_of(request.user)
    if county is None:
        raise Http404("更正单由县级起草。")
    initial = {"month": request.GET.get("month", "")}
    form = StartForm(request.POST or None, county=county, initial=initial)
    if form.is_valid():
        try:
            slip = actions.start(county=county, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已起草{slip}，请填写要更正的数据。")
            unit = next(
                (
                    r.org_unit.code
                    for r in pages.reports_of(slip)
                    if r.org_unit.code == request.GET.get("unit")
                ),
                None,
            )
            return redirect("correction-figures", slip.pk, unit) if unit else redirect("correction", slip.pk)
    return render(request, "corrections/form.html", {"form": form, "slip": None})


@never_cache
@require_safe
@requires(Permission.VIEW_REPORTS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, find(request, pk))


def show(request: HttpRequest, slip: CorrectionSlip, *, problem: str = "", status: int = 200) -> HttpResponse:
    user = request.user
    may_edit = slip.is_editable and _may_prepare(user)
    may_decide = slip.status == Status.SUBMITTED and user.may(Permission.APPROVE_CORRECTIONS)
    by_unit, authors = pages.lines_by_unit(slip, user), pages.authors_of(slip)
    context = {
        "slip": slip,
        "state": pages.badge(slip),
        "by_unit": by_unit,
        "reports": pages.reports_of(slip) if may_edit else [],
        "effect": pages.effect_of(slip, user),
        "evidence": pages.evidence_of(slip, user),
        "accept": evidence.ACCEPT,
        "problem": problem,
        "form": OpinionForm(request.POST or None),
        "may_edit": may_edit,
        "may_submit": may_edit and bool(by_unit),
        "may_withdraw": slip.status == Status.SUBMITTED and _may_prepare(user),
        "may_decide": may_decide,
        "authors": authors,
        "is_author": user.pk == slip.prepared_by_id or user in authors,
    }
    return render(request, "corrections/detail.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_CORRECTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    slip = find(request, pk)
    form = SlipForm(request.POST or None, initial={"reason": slip.reason, "evidence": slip.evidence})
    if form.is_valid():
        try:
            actions.describe(slip=slip, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已保存{slip}。")
            return redirect("correction", slip.pk)
    return render(request, "corrections/form.html", {"form": form, "slip": slip})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_CORRECTIONS)
def figures(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The published figures of one unit, beside each what it shall be."""
    slip = find(request, pk)
    report = _report_of(slip, code, request.user)
    typed = errors = None
    problem = ""
    if request.method == "POST":
        typed = {
            name.removeprefix("value-"): text
            for name, text in request.POST.items()
            if name.startswith("value-")
        }
        try:
            errors = actions.set_lines(slip=slip, report=report, texts=typed, by=request.user)
        except Refused as refusal:
            problem = str(refusal)
        else:
            if not errors:
                if slip.lines.filter(report=report).exists():
                    messages.success(request, f"已记下{report.org_unit.name}的更正。")
                else:
                    nothing = f"{report.org_unit.name}没有要更正的数：填的都与已公布的相同。"
                    messages.info(request, nothing)
                return redirect("correction", slip.pk)
            problem = f"有 {len(errors)} 处填写不对，还没有保存，请改正后再保存。"
    rows = pages.figure_rows(slip, report, typed=typed, errors=errors)
    context = {"slip": slip, "report": report, "rows": rows, "problem": problem}
    return render(request, "corrections/figures.html", context, status=422 if problem else 200)


def _report_of(slip: CorrectionSlip, code: str, user: User) -> MonthlyReport:
    reports = [each for each in pages.reports_of(slip) if user.org_unit.contains(each.org_unit)]
    report = next((each for each in reports if each.org_unit.code == code), None)
    if report is None:
        raise Http404("这个单位在该月没有已锁定的月报。")
    return report


@require_POST
@requires(Permission.PREPARE_CORRECTIONS)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, actions.submit, done="已送审，影响清单见下。")


@require_POST
@requires(Permission.PREPARE_CORRECTIONS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, actions.withdraw, done="已撤回，可以继续修改。")


@require_POST
@requires(Permission.PREPARE_CORRECTIONS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, actions.cancel, done="已作废。")


@require_POST
@requires(Permission.APPROVE_CORRECTIONS)
def return_(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, actions.return_slip, done="已退回起草人。")


@require_POST
@requires(Permission.APPROVE_CORRECTIONS)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    def act(*, slip: CorrectionSlip, opinion: str, by: User) -> None:
        try:
            actions.approve(slip=slip, opinion=opinion, by=by)
        except actions.EffectChanged:
            actions.renew_effect(slip=slip)
            raise
        hint_roll_up()

    return _decide(request, pk, act, done="已生效，各项指标随即重新汇总。")


def _decide(request: HttpRequest, pk: int, act: Callable, *, done: str) -> HttpResponse:
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return show(request, find(request, pk), problem=" ".join(form.errors["opinion"]), status=422)
    opinion = form.cleaned_data["opinion"]
    return _step(request, pk, lambda **given: act(opinion=opinion, **given), done=done)


def _step(request: HttpRequest, pk: int, act: Callable, *, done: str) -> HttpResponse:
    slip = find(request, pk)
    try:
        act(slip=slip, by=request.user)
    except Refused as refusal:
        return show(request, find(request, pk), problem=str(refusal), status=409)
    messages.success(request, f"{slip}{done}")
    return redirect("correction", slip.pk)
