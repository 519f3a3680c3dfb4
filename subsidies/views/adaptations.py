"""Home adaptations: the list, one household step by step, the townships' figures."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Refused
from eldercare.history import history_of
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from facilities.views.editing import edited
from subsidies.actions import adaptations as actions
from subsidies.forms.adaptations import (
    AdaptationEditForm,
    AdaptationFilterForm,
    AdaptationForm,
    AdaptationStepForm,
    DatedReasonForm,
    ReasonForm,
)
from subsidies.models import Adaptation
from subsidies.pages import adaptations as pages
from subsidies.rules.adaptations import ADAPTATION, last_done, next_step
from subsidies.views.stepping import acted, step_taken
from subsidies.views.visits import elder_or_404


@require_safe
@requires(Permission.VIEW_PEOPLE)
def adaptation_list(request: HttpRequest) -> HttpResponse:
    form = AdaptationFilterForm(request.GET, user=request.user)
    everything = Adaptation.objects.visible_to(request.user)
    return list_page(
        request,
        pages.ADAPTATIONS,
        form=form,
        everything=everything,
        rows=pages.adaptation_rows(everything, form.chosen()),
        template="care/adaptations.html",
        context={
            "tabs": pages.state_counts(everything),
            "state": form.chosen().get("state", ""),
            "may_edit": request.user.may(Permission.EDIT_PEOPLE),
        },
    )


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def figures(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    lines, total = pages.township_lines(request.user, today)
    goals = pages.goals_with_progress(request.user, today)
    context = {"lines": lines, "total": total, "today": today, "goals": goals}
    return render(request, "care/adaptation_figures.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def create(request: HttpRequest, elder: int) -> HttpResponse:
    who = elder_or_404(request, elder)
    form = AdaptationForm(request.POST or None)
    if form.is_valid():
        try:
            row = actions.create_adaptation(elder=who, fields=form.changes(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记{who.name}的适老化改造，现在是“{row.state.label}”。")
            return redirect("adaptation-detail", row.pk)
    return render(request, "care/adaptation_form.html", {"form": form, "elder": who})


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    context = {
        "row": row,
        "state": pages.badge_of(row),
        "steps": [(step, getattr(row, step.day)) for step in ADAPTATION],
        "next": None if row.cancelled_on else next_step(ADAPTATION, row),
        "last": None if row.cancelled_on else last_done(ADAPTATION, row),
        "history": history_of(row, user=request.user),
        "may_edit": request.user.may(Permission.EDIT_PEOPLE),
    }
    return render(request, "care/adaptation.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    form = AdaptationEditForm(request.POST or None, instance=row)
    return edited(
        request,
        form,
        save=lambda data: actions.edit_adaptation(
            row=row, changes=form.changes(), seen=data["seen"], by=request.user
        ),
        again=lambda: _row(request, pk),
        done="adaptation-detail",
        template="care/adaptation_form.html",
        context={"row": row, "elder": row.elder},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def step(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    wanted = None if row.cancelled_on else next_step(ADAPTATION, row)
    if wanted is None:
        messages.info(request, f"这一户现在是“{row.state.label}”，没有下一环节。")
        return redirect("adaptation-detail", row.pk)
    form = AdaptationStepForm(request.POST or None, instance=row, step=wanted)
    return step_taken(
        request, row, wanted, form, actions.take_step, "adaptation-detail", "care/adaptation_step.html"
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last step back, or the cancellation."""
    row = _row(request, pk)

    def act(data: dict) -> str:
        if row.cancelled_on:
            actions.restore(row=row, reason=data["reason"], by=request.user)
            return "已恢复办理。"
        return f"已退回{actions.step_back(row=row, reason=data['reason'], by=request.user).name}。"

    form, last = ReasonForm(request.POST or None), last_done(ADAPTATION, row)
    return acted(
        request, form, act, ("adaptation-detail", pk), "care/adaptation_back.html", row=row, last=last
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)

    def act(data: dict) -> str:
        actions.cancel(row=row, by=request.user, **data)
        return f"已取消{row.elder.name}的改造。"

    form = DatedReasonForm(request.POST or None)
    return acted(request, form, act, ("adaptation-detail", pk), "care/adaptation_cancel.html", row=row)


def _row(request: HttpRequest, pk: int) -> Adaptation:
    rows = Adaptation.objects.visible_to(request.user).select_related("elder", "org_unit")
    return get_object_or_404(rows, pk=pk)
