"""The gate before payment: findings and decisions, submitting, sending back, approving."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.lists import Column, Listing, list_page
from eldercare.permissions import Permission, requires
from subsidies.actions import gate as actions
from subsidies.forms.batches import DecideForm, FindingFilterForm, SendBackForm
from subsidies.models import Batch, Finding
from subsidies.pages import batches as pages
from subsidies.pages.batches_lists import FINDING_COLUMNS, FINDINGS, filter_findings, tick_of
from subsidies.views.batches import find, page
from subsidies.views.stepping import acted

FILTERED = "filtered"
TO_TICK = Listing(
    FINDINGS.title,
    (Column("tick", "选", tick_of, css="cell-tick"), *FINDING_COLUMNS),
    order=FINDINGS.order,
    unit=FINDINGS.unit,
)


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def findings(request: HttpRequest, pk: int) -> HttpResponse:
    return _list(request, find(request, pk), DecideForm())


def _list(
    request: HttpRequest, batch: Batch, decide: DecideForm, ticked: tuple[str, ...] = ()
) -> HttpResponse:
    """With the decision as it was typed, and the rows as they were ticked, when it was refused."""
    query = request.GET if request.method == "GET" else QueryDict(request.POST.get("query", ""))
    form = FindingFilterForm(query, user=request.user)
    everything = Finding.objects.visible_to(request.user).filter(batch=batch)
    steps = pages.steps_for(batch, request.user)
    groups = pages.finding_groups(batch, request.user)
    context = {
        "batch": batch,
        "state": pages.state_of(batch),
        "steps": steps,
        "groups": groups,
        "undecided": sum(group.open for group in groups),
        "decide": decide,
        "ticked": set(ticked),
        "query": query.urlencode(),
    }
    is_export = bool(request.GET.get("export"))
    may_tick = steps.decide and not is_export
    rows = filter_findings(everything, form.chosen())
    if not is_export:
        context["folded"] = pages.folded(groups, is_narrowed=form.is_narrowed)
        rows = rows.exclude(kind__in=[group.kind for group in context["folded"]])
    return list_page(
        request,
        TO_TICK if may_tick else FINDINGS,
        form=form,
        everything=everything,
        rows=rows,
        template="payments/findings.html",
        context=context,
    )


@never_cache
@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision for the ticked findings, or for all that the filter finds."""
    batch = find(request, pk)
    form = DecideForm(request.POST)
    chosen, problem = _chosen(request, batch)
    if not problem and not form.is_valid():
        problem = form.sentence()
    if not problem:
        data = form.cleaned_data
        try:
            if data["decision"] == DecideForm.UNDO:
                number = actions.undecide(batch=batch, findings=chosen, by=request.user)
                messages.success(request, f"已撤回 {number} 个问题的处理。")
            else:
                number = actions.decide(batch=batch, findings=chosen, by=request.user, **data)
                label = Finding.Decision(data["decision"]).label
                messages.success(request, f"{number} 个问题已按“{label}”处理。")
        except Refused as refusal:
            problem = str(refusal)
    if problem:
        messages.error(request, problem)
        return _list(request, find(request, pk), form, tuple(request.POST.getlist("finding")))
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return redirect(reverse("batch-findings", args=[pk]) + (f"?{query}" if query else ""))


def _chosen(request: HttpRequest, batch: Batch) -> tuple[QuerySet[Finding], str]:
    everything = Finding.objects.visible_to(request.user).filter(batch=batch)
    if request.POST.get("scope") == FILTERED:
        form = FindingFilterForm(QueryDict(request.POST.get("query", "")), user=request.user)
        chosen = filter_findings(everything, form.chosen())
        if form.unused():  # left out, it would mean more findings than anybody has seen
            return everything.none(), f"筛选条件“{'、'.join(form.unused())}”有误，请重新筛选后再选择。"
        apart = pages.folded(pages.finding_groups(batch, request.user), is_narrowed=form.is_narrowed)
        chosen = chosen.exclude(kind__in=[group.kind for group in apart])
        return chosen, ""
    ticked = [int(each) for each in request.POST.getlist("finding") if each.isdecimal() and len(each) < 18]
    if not ticked:
        return everything.none(), "请先在问题前打勾，或选择“筛选出的全部”。"
    return everything.filter(pk__in=ticked), ""


# --- Two pairs of eyes --------------------------------------------------------------------------------------


@never_cache
@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    try:
        actions.submit(batch=batch, by=request.user)
    except Refused as refusal:
        return page(request, find(request, pk), refusal=str(refusal))
    messages.success(request, f"{batch}已送审，请另一位有审批权限的人审批。")
    return redirect("batch-detail", pk)


@never_cache
@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    try:
        actions.withdraw(batch=batch, by=request.user)
    except Refused as refusal:
        return page(request, find(request, pk), refusal=str(refusal))
    messages.success(request, f"{batch}已撤回，可以继续核对。")
    return redirect("batch-detail", pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.APPROVE_PAYMENTS)
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)

    def act(data: dict) -> str:
        actions.send_back(batch=batch, by=request.user, **data)
        return f"{batch}已退回编制人。"

    form = SendBackForm(request.POST or None)
    return acted(request, form, act, ("batch-detail", pk), "payments/send_back.html", batch=batch)


@never_cache
@require_POST
@requires(Permission.APPROVE_PAYMENTS)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    seen = parse_datetime(request.POST.get("seen", "")[:40])
    try:
        approved = actions.approve(batch=batch, by=request.user, seen=seen)
    except Refused as refusal:
        return page(request, find(request, pk), refusal=str(refusal))
    then = (
        "编制人可以导出银行表了"
        if approved.state == Batch.State.APPROVED
        else "没有要通过银行发放的钱，已办结"
    )
    messages.success(request, f"{batch}已审批通过，{then}。")
    return redirect("batch-detail", pk)
