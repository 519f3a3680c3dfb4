"""Rounds of checks and the supervision list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import NotAllowed, Refused
from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains, list_page
from eldercare.models import OrgUnit
from eldercare.permissions import Permission, requires
from indicators.actions import task_rounds as actions
from indicators.actions import tasks as task_actions
from indicators.forms.tasks import (
    RoundForm,
    SupervisionFilterForm,
    SupervisionForm,
    TextForm,
    read_scores,
)
from indicators.models import EvaluationRound, Supervision, TaskUnit
from indicators.pages import task_rounds as pages
from indicators.pages.tasks import SUPERVISION_COLOURS
from indicators.rules.months import month_of
from indicators.views.tasks import visible_task


def _frame(**context: object) -> dict[str, object]:
    return context | {"this_month": month_of(timezone.localdate())}


# --- Rounds ------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def round_list(request: HttpRequest) -> HttpResponse:
    context = _frame(
        rounds=pages.load_rounds(request.user), may_open=request.user.may(Permission.EVALUATE_TASKS)
    )
    return render(request, "tasks/rounds.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EVALUATE_TASKS)
def round_create(request: HttpRequest) -> HttpResponse:
    form = RoundForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_round(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made}已发起，各单位会收到自评通知。")
            return redirect("round", pk=made.pk)
    return render(request, "tasks/round_form.html", _frame(form=form))


def _visible_round(request: HttpRequest, pk: int) -> EvaluationRound:
    rounds = EvaluationRound.objects.visible_to(request.user)
    return get_object_or_404(rounds.select_related("plan__org_unit", "opened_by", "closed_by"), pk=pk)


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def round_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _visible_round(request, pk))


def _show(
    request: HttpRequest,
    found: EvaluationRound,
    *,
    typed: dict | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    unit = request.GET.get("unit", "")
    sheet = pages.load_round(request.user, found, unit=unit, typed=typed)
    context = _frame(round=found, sheet=sheet, problem=problem)
    return render(request, "tasks/round.html", context, status=status)


@require_POST
@requires(Permission.REPORT_TASKS)
def round_self(request: HttpRequest, pk: int) -> HttpResponse:
    return _score(request, pk, "self")


@require_POST
@requires(Permission.EVALUATE_TASKS)
def round_scores(request: HttpRequest, pk: int) -> HttpResponse:
    return _score(request, pk, "score")


def _score(request: HttpRequest, pk: int, prefix: str) -> HttpResponse:
    """Save the scores of the form: the unit's own (``self``) or the checked ones (``score``)."""
    found = _visible_round(request, pk)
    items = pages.items_of(request.user, found).values_list("pk", flat=True)
    typed = read_scores(request.POST, items, prefix)
    scores, wrong = {}, {}
    for item, each in typed.items():
        try:
            scores[item] = each.value()
        except ValueError as problem:
            wrong[item] = str(problem)
    if wrong:
        sentence = f"有 {len(wrong)} 项没有填对，都没有保存，原因见各项下的红字。"
        return _show(request, found, typed=_with_problems(typed, wrong), problem=sentence, status=422)
    write = actions.score_own if prefix == "self" else actions.check
    try:
        number = write(round_=found, scores=scores, by=request.user)
    except Refused as refusal:
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return _show(request, found, typed=_with_problems(typed, {}), problem=str(refusal), status=status)
    messages.success(request, f"已保存 {number} 项。" if number else "没有改动。")
    unit = request.GET.get("unit", "")
    tail = f"?unit={unit}" if unit.isalnum() else ""
    return redirect(f"{reverse('round', args=[pk])}{tail}")


def _with_problems(typed: dict, wrong: dict[int, str]) -> dict:
    return {item: (each, wrong.get(item, "")) for item, each in typed.items()}


@require_POST
@requires(Permission.EVALUATE_TASKS)
def round_close(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible_round(request, pk)
    try:
        actions.close_round(round_=found, by=request.user)
    except Refused as refusal:
        return _show(request, found, problem=str(refusal), status=409)
    messages.success(request, f"{found}已办结。")
    return redirect("round", pk=pk)


# --- Supervision -------------------------------------------------------------------------------------------------


def _url(row: Supervision) -> str:
    return reverse("supervision", args=[row.pk])


def _badge(row: Supervision) -> Badge:
    if row.status == Supervision.Status.ISSUED and row.reply_due_on < timezone.localdate():
        return Badge("逾期未回复", "red")
    return Badge(row.get_status_display(), SUPERVISION_COLOURS[Supervision.Status(row.status)])


SUPERVISIONS = Listing(
    "督办清单",
    (
        Column("number", "编号", str, order=("year", "serial"), link=_url, css="nowrap", width=16),
        Column("task", "任务", "task.name", order=("task__number",), width=34),
        Column("unit", "被督办单位", "org_unit.name", order=("org_unit__code",), width=18, css="nowrap"),
        Column("demand", "督办要求", "demand", width=44, css="task-units"),
        Column(
            "issued",
            "下发日期",
            lambda row: timezone.localdate(row.issued_at),
            order=("issued_at",),
            kind=Kind.DATE,
        ),
        Column("due", "回复期限", "reply_due_on", order=("reply_due_on",), kind=Kind.DATE),
        Column("state", "状态", _badge, order=("status",)),
    ),
    order=("-year", "-serial"),
    unit="件",
    is_off=lambda row: row.status == Supervision.Status.CLOSED,
)


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def supervision_list(request: HttpRequest) -> HttpResponse:
    form = SupervisionFilterForm(request.GET, by=request.user)
    everything = Supervision.objects.visible_to(request.user).select_related("task", "org_unit")
    chosen = form.chosen()
    rows = everything
    if "q" in chosen:
        rows = rows.filter(contains(chosen["q"], "task__name", "demand"))
    if "unit" in chosen:
        rows = rows.filter(org_unit=chosen["unit"])
    if "status" in chosen:
        rows = rows.filter(status=chosen["status"])
    return list_page(
        request,
        SUPERVISIONS,
        form=form,
        everything=everything,
        rows=rows,
        template="tasks/supervisions.html",
        context=_frame(may_edit=request.user.may(Permission.EDIT_TASKS)),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_TASKS)
def supervision_create(request: HttpRequest, code: str) -> HttpResponse:
    task = visible_task(request, code)
    parts = TaskUnit.objects.filter(task=task, org_unit__isnull=False)
    units = OrgUnit.objects.filter(pk__in=parts.order_by().values("org_unit")).order_by("path")
    form = SupervisionForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            made = task_actions.issue_supervision(task=task, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made}已下发{made.org_unit.name}。")
            return redirect("supervision", pk=made.pk)
    return render(request, "tasks/supervision_form.html", _frame(form=form, task=task))


def _visible_supervision(request: HttpRequest, pk: int) -> Supervision:
    rows = Supervision.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("task__plan__org_unit", "org_unit", "issued_by", "closed_by"), pk=pk
    )


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def supervision(request: HttpRequest, pk: int) -> HttpResponse:
    return _show_supervision(request, _visible_supervision(request, pk))


def _show_supervision(
    request: HttpRequest,
    found: Supervision,
    *,
    reply: TextForm | None = None,
    closing: TextForm | None = None,
    status: int = 200,
) -> HttpResponse:
    is_open = found.status != Supervision.Status.CLOSED
    user = request.user
    context = _frame(
        supervision=found,
        badge=_badge(found),
        replies=found.replies.select_related("by"),
        reply_form=reply or TextForm(label="办理情况"),
        closing_form=closing or TextForm(label="销号意见"),
        # A refused form stays on the page with what was typed, whatever has happened meanwhile.
        may_reply=reply is not None
        or (is_open and user.may(Permission.REPORT_TASKS) and user.org_unit_id == found.org_unit_id),
        may_close=closing is not None
        or (is_open and user.may(Permission.EDIT_TASKS) and user.org_unit.contains(found.task.plan.org_unit)),
    )
    return render(request, "tasks/supervision.html", context, status=status)


@require_POST
@requires(Permission.REPORT_TASKS)
def supervision_reply(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible_supervision(request, pk)
    form = TextForm(request.POST, label="办理情况")
    if form.is_valid():
        try:
            task_actions.reply_to_supervision(
                supervision=found, text=form.cleaned_data["text"], by=request.user
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已回复。")
            return redirect("supervision", pk=pk)
    return _show_supervision(request, found, reply=form, status=422)


@require_POST
@requires(Permission.EDIT_TASKS)
def supervision_close(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible_supervision(request, pk)
    form = TextForm(request.POST, label="销号意见")
    if form.is_valid():
        try:
            task_actions.close_supervision(supervision=found, note=form.cleaned_data["text"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found}已销号。")
            return redirect("supervision", pk=pk)
    return _show_supervision(request, found, closing=form, status=422)
