"""What belongs to a facility: ratings, villages covered; closing and re-opening it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from facilities.actions import facilities as actions
from facilities.forms.facilities import (
    CloseForm,
    CoverageForm,
    CoveragePeriodsForm,
    RatingForm,
    ReasonForm,
)
from facilities.models import Facility, FacilityRating, FacilityVillage
from facilities.views.facilities import visible_facility

METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def rating_create(request: HttpRequest, pk: int) -> HttpResponse:
    facility = visible_facility(request, pk)
    form = RatingForm(request.POST or None)
    return _rating(request, facility, form, "登记等级评定")


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def rating_edit(request: HttpRequest, pk: int, rating: int) -> HttpResponse:
    facility = visible_facility(request, pk)
    found = get_object_or_404(facility.ratings, pk=rating)
    form = RatingForm(request.POST or None, instance=found)
    return _rating(request, facility, form, "修改等级评定")


def _rating(request: HttpRequest, facility: Facility, form: RatingForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        rating = form.instance

        def write() -> None:
            actions.save_rating(facility=facility, rating=rating, by=request.user)

        if _done(request, form, write, "评定已保存。"):
            return redirect("facility-detail", pk=facility.pk)
    context = {"form": form, "facility": facility, "title": title}
    return render(request, "facilities/part_form.html", context)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def rating_delete(request: HttpRequest, pk: int, rating: int) -> HttpResponse:
    facility = visible_facility(request, pk)
    found: FacilityRating = get_object_or_404(facility.ratings.select_related("facility"), pk=rating)
    if request.method != "POST":
        return render(request, "facilities/rating_delete.html", {"facility": facility, "rating": found})
    label = found.label
    try:
        actions.delete_rating(rating=found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已删除评定“{label}”。")
    return redirect("facility-detail", pk=pk)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def coverage_add(request: HttpRequest, pk: int) -> HttpResponse:
    facility = visible_facility(request, pk)
    form = CoverageForm(request.POST or None, facility=facility)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data

        def write() -> None:
            actions.cover_villages(
                facility=facility, villages=chosen["villages"], since=chosen["since"], by=request.user
            )

        if _done(request, form, write, f"已登记覆盖 {len(chosen['villages'])} 个村(社区)。"):
            return redirect("facility-detail", pk=pk)
    return render(request, "facilities/coverage_add.html", {"form": form, "facility": facility})


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def coverage_edit(request: HttpRequest, pk: int, coverage: int) -> HttpResponse:
    facility = visible_facility(request, pk)
    found: FacilityVillage = get_object_or_404(
        facility.coverage.select_related("village", "facility"), pk=coverage
    )
    form = CoveragePeriodsForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():

        def write() -> None:
            actions.change_coverage(coverage=found, covered=form.cleaned_data["covered"], by=request.user)

        if _done(request, form, write, f"{found.village}的覆盖期间已保存。"):
            return redirect("facility-detail", pk=pk)
    context = {
        "form": form,
        "facility": facility,
        "title": f"{found.village}的覆盖期间",
        "note": "不再覆盖的，在最后一段写上最后一天；登记错了的，清空后保存，就从名单中删除。",
    }
    return render(request, "facilities/part_form.html", context)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def facility_close(request: HttpRequest, pk: int) -> HttpResponse:
    facility = visible_facility(request, pk)
    left = actions.what_closing_leaves(facility, timezone.localdate())
    needs = any(left.values())
    form = CloseForm(
        request.POST or None, needs_confirmation=needs, initial={"closed_on": timezone.localdate()}
    )
    if facility.closed_on is not None:
        messages.info(request, f"这个设施已登记停办（{facility.closed_on:%Y-%m-%d}）。")
        return redirect("facility-detail", pk=pk)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data

        def write() -> None:
            actions.close_facility(
                facility=facility, closed_on=chosen["closed_on"], reason=chosen["reason"], by=request.user
            )

        if _done(request, form, write, f"已登记“{facility.name}”停办。"):
            return redirect("facility-detail", pk=pk)
    return render(request, "facilities/close.html", {"form": form, "facility": facility, "left": left})


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def facility_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    facility = visible_facility(request, pk)
    form = ReasonForm(request.POST or None)
    if facility.closed_on is None:
        messages.info(request, "这个设施没有停办，不用恢复。")
        return redirect("facility-detail", pk=pk)
    if request.method == "POST" and form.is_valid():

        def write() -> None:
            actions.reopen_facility(facility=facility, reason=form.cleaned_data["reason"], by=request.user)

        if _done(request, form, write, f"“{facility.name}”已恢复运营。"):
            return redirect("facility-detail", pk=pk)
    context = {
        "form": form,
        "facility": facility,
        "title": "恢复运营",
        "button": "恢复运营",
        "note": f"原登记停办日期 {facility.closed_on:%Y-%m-%d} 将被撤销，期间视为一直在运营。"
        "停办后重新开办的，请按新设施登记。",
    }
    return render(request, "facilities/part_form.html", context)


def _done(request: HttpRequest, form, write: Callable[[], object], words: str) -> bool:
    """Whether the action went through; what refuses it is said on the form."""
    try:
        write()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, words)
    return True
