"""Family beds: the list, one from the application to its end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Refused
from eldercare.history import history_of
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from facilities.views.editing import edited
from subsidies.actions import family_beds as actions
from subsidies.forms.adaptations import (
    DatedReasonForm,
    FamilyBedEditForm,
    FamilyBedFilterForm,
    FamilyBedForm,
    FamilyBedStepForm,
    ReasonForm,
)
from subsidies.models import FamilyBed
from subsidies.pages import family_beds as pages
from subsidies.rules.adaptations import FAMILY_BED, last_done, next_step
from subsidies.views.stepping import acted, step_taken
from subsidies.views.visits import elder_or_404


@require_safe
@requires(Permission.VIEW_PEOPLE)
def family_bed_list(request: HttpRequest) -> HttpResponse:
    form = FamilyBedFilterForm(request.GET, user=request.user)
    everything = FamilyBed.objects.visible_to(request.user)
    return list_page(
        request,
        pages.FAMILY_BEDS,
        form=form,
        everything=everything,
        rows=pages.family_bed_rows(everything, form.chosen()),
        template="care/family_beds.html",
        context={
            "may_edit": request.user.may(Permission.EDIT_PEOPLE),
            "goals": pages.goals_with_beds(request.user),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def create(request: HttpRequest, elder: int) -> HttpResponse:
    who = elder_or_404(request, elder)
    form = FamilyBedForm(request.POST or None, user=request.user, elder=who)
    if form.is_valid():
        try:
            row = actions.apply(elder=who, fields=form.changes(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记{who.name}的家庭养老床位申请。")
            return redirect("family-bed-detail", row.pk)
    return render(request, "care/family_bed_form.html", {"form": form, "elder": who})


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    context = {
        "row": row,
        "state": pages.state_of(row),
        "steps": [(step, getattr(row, step.day)) for step in FAMILY_BED],
        "next": None if row.ended_on else next_step(FAMILY_BED, row),
        "last": None if row.ended_on else last_done(FAMILY_BED, row),
        "history": history_of(row, user=request.user),
        "may_edit": request.user.may(Permission.EDIT_PEOPLE),
    }
    return render(request, "care/family_bed.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    form = FamilyBedEditForm(request.POST or None, instance=row)
    return edited(
        request,
        form,
        save=lambda data: actions.edit(row=row, changes=form.changes(), seen=data["seen"], by=request.user),
        again=lambda: _row(request, pk),
        done="family-bed-detail",
        template="care/family_bed_form.html",
        context={"row": row, "elder": row.elder},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def step(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    wanted = None if row.ended_on else next_step(FAMILY_BED, row)
    if wanted is None:
        messages.info(request, f"这张床位现在是“{pages.state_of(row)}”，没有下一环节。")
        return redirect("family-bed-detail", row.pk)
    form = FamilyBedStepForm(request.POST or None, instance=row, step=wanted)
    return step_taken(
        request, row, wanted, form, actions.take_step, "family-bed-detail", "care/family_bed_step.html"
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def back(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)

    def act(data: dict) -> str:
        return f"已退回{actions.step_back(row=row, reason=data['reason'], by=request.user).name}。"

    form, last = ReasonForm(request.POST or None), last_done(FAMILY_BED, row)
    return acted(
        request, form, act, ("family-bed-detail", pk), "care/family_bed_back.html", row=row, last=last
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)

    def act(data: dict) -> str:
        actions.end(row=row, by=request.user, **data)
        return f"{row.elder.name}的家庭养老床位已终止，床位同时停用。"

    form = DatedReasonForm(request.POST or None)
    return acted(request, form, act, ("family-bed-detail", pk), "care/family_bed_end.html", row=row)


def _row(request: HttpRequest, pk: int) -> FamilyBed:
    rows = FamilyBed.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("elder__residence_unit", "facility__org_unit", "bed", "adaptation"), pk=pk
    )
