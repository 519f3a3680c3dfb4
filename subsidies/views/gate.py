"""The gate before payment: findings and decisions, submitting, sending back, approving."""

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from subsidies.actions import gate as actions
from subsidies.forms.batches import DecideForm, FindingFilterForm, SendBackForm
from subsidies.models import Batch, Finding
from subsidies.pages import batches as pages
from subsidies.pages.batches_lists import FINDINGS, filter_findings, findings_to_tick
from subsidies.views.batches import find, page
from subsidies.views.stepping import acted

TICKED, FILTERED = "ticked", "filtered"
HANDFUL = 5  # more, chosen by a filter, are asked for before they are written


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def findings(request: HttpRequest, pk: int) -> HttpResponse:
    return _list(request, find(request, pk), DecideForm())


def _list(request: HttpRequest, batch: Batch, decide: DecideForm) -> HttpResponse:
    """With the decision as it was typed, and what was chosen for it, when it was refused."""
    form = FindingFilterForm(request.GET, user=request.user)
    everything = Finding.objects.visible_to(request.user).filter(batch=batch)
    steps = pages.steps_for(batch, request.user)
    groups = pages.finding_groups(batch, request.user)
    scope = request.POST.get("scope")
    context = {
        "batch": batch,
        "state": pages.state_of(batch),
        "steps": steps,
        "groups": groups,
        "undecided": sum(group.open for group in groups),
        "decide": decide,
        "scope": scope if scope in (TICKED, FILTERED) else "",
        "query": request.GET.urlencode(),
        "list_url": _address(batch.pk),
    }
    is_export = bool(request.GET.get("export"))
    may_tick = steps.decide and not is_export
    rows = filter_findings(everything, form.chosen())
    if not is_export:
        context["folded"] = pages.folded(groups, is_narrowed=form.is_narrowed)
        rows = rows.exclude(kind__in=[group.kind for group in context["folded"]])
    return list_page(
        request,
        findings_to_tick(request.POST.getlist("finding")) if may_tick else FINDINGS,
        form=form,
        everything=everything,
        rows=rows,
        template="payments/findings.html",
        context=context,
        address=_address(batch.pk) if request.method == "POST" else "",
    )


def _address(pk: int, query: QueryDict | None = None) -> str:
    """Of the list of findings."""
    address = reverse("batch-findings", args=[pk])
    return f"{address}?{query.urlencode()}" if query else address


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_PAYMENTS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision for the ticked findings, or for all that the filter finds; opened, it leads to the list."""
    batch = find(request, pk)
    if request.method != "POST":
        return redirect(_address(pk, request.GET))
    # From here on the query is that of the list which the form stood under.
    request.GET = QueryDict(request.POST.get("query", ""), mutable=True)
    request.GET.pop("export", None)
    form = DecideForm(request.POST)
    chosen, problem = _chosen(request, batch)
    if not problem and not form.is_valid():
        problem = form.sentence()
    if not problem:
        if question := _question(request, batch, form.cleaned_data, chosen):
            return question
        try:
            messages.success(request, _write(request, batch, form.cleaned_data, chosen))
        except Refused as refusal:
            problem = str(refusal)
    if problem:
        messages.error(request, problem)
        return _list(request, find(request, pk), form)
    return redirect(_address(pk, request.GET))


def _write(request: HttpRequest, batch: Batch, data: dict, chosen: QuerySet[Finding]) -> str:
    if data["decision"] == DecideForm.UNDO:
        number = actions.undecide(batch=batch, findings=chosen, by=request.user)
        return f"已撤回 {number:,} 个问题的处理。"
    number = actions.decide(batch=batch, findings=chosen, by=request.user, **data)
    return f"{number:,} 个问题已按“{Finding.Decision(data['decision']).label}”处理。"


def _question(
    request: HttpRequest, batch: Batch, data: dict, chosen: QuerySet[Finding]
) -> HttpResponse | None:
    """The page that asks before many are decided by a filter; none when they are few, or it was answered."""
    if request.POST.get("scope") != FILTERED:
        return None
    if data["decision"] == DecideForm.UNDO:
        chosen = chosen.exclude(decision="")
    asked = chosen.order_by().aggregate(
        findings=Count("pk"),
        people=Count("enrolment", distinct=True),
        decided=Count("pk", filter=~Q(decision="")),
    )
    number = asked["findings"]
    if number <= HANDFUL or request.POST.get("sure") == str(number):
        return None
    query = request.GET.urlencode()
    fields = DecideForm().fields
    context = {
        "batch": batch,
        "asked": asked,
        "data": data,
        "label": dict(fields["decision"].choices)[data["decision"]],
        "end_reason": dict(fields["end_reason"].choices)[data["end_reason"]],
        "conditions": FindingFilterForm(request.GET, user=request.user).conditions(),
        "fields": [("scope", FILTERED), ("query", query), ("sure", number), *data.items()],
        "back": _address(batch.pk, request.GET),
    }
    return render(request, "payments/decide_many.html", context)


def _chosen(request: HttpRequest, batch: Batch) -> tuple[QuerySet[Finding], str]:
    everything = Finding.objects.visible_to(request.user).filter(batch=batch)
    if request.POST.get("scope") == FILTERED:
        form = FindingFilterForm(request.GET, user=request.user)
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
