"""Waiting lists: all of them, one facility's, one person's place in it."""

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
from facilities.actions import waiting as actions
from facilities.forms.waiting import AdmitForm, CloseForm, MoveForm, WaitingFilterForm, WaitingForm
from facilities.models import Facility, WaitingEntry
from facilities.pages.beds import (
    WAITING,
    bed_figures,
    filter_waiting,
    free_beds,
    queue_of,
    waiting_elsewhere,
    waiting_state,
)
from facilities.views.editing import edited
from facilities.views.stays import chosen_day


@require_safe
@requires(Permission.VIEW_LEDGERS)
def waiting_list(request: HttpRequest) -> HttpResponse:
    form = WaitingFilterForm(request.GET, user=request.user)
    everything = WaitingEntry.objects.visible_to(request.user)
    return list_page(
        request,
        WAITING,
        form=form,
        everything=everything,
        rows=filter_waiting(everything, form.chosen()),
        template="beds/waiting.html",
        context={"may_edit": request.user.may(Permission.EDIT_LEDGERS)},
    )


@require_safe
@requires(Permission.VIEW_LEDGERS)
def facility_queue(request: HttpRequest, pk: int) -> HttpResponse:
    """Those who wait for one facility, in order."""
    facilities = Facility.objects.visible_to(request.user).select_related("org_unit")
    facility = get_object_or_404(facilities, pk=pk)
    today = timezone.localdate()
    context = {
        "facility": facility,
        "queue": queue_of(facility),
        "closed": facility.waiting_entries.exclude(closed_on=None).count(),
        "figures": bed_figures(facility, today),
        "free": free_beds(request.user, today, facility).count(),
        "may_edit": request.user.may(Permission.EDIT_LEDGERS),
    }
    return render(request, "beds/waiting_facility.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def create(request: HttpRequest) -> HttpResponse:
    initial = {"facility": request.GET.get("facility")}
    form = WaitingForm(request.POST or None, user=request.user, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            entry = actions.add_entry(
                facility=data["facility"], fields=form.changes(), id_reason=data["id_reason"], by=request.user
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"{entry.name}已登记到{entry.facility.name}的轮候，排第 {entry.position} 位。"
            )
            return redirect("waiting-facility", entry.facility_id)
    return render(request, "beds/waiting_form.html", {"form": form})


def find(request: HttpRequest, pk: int) -> WaitingEntry:
    entries = WaitingEntry.objects.visible_to(request.user)
    return get_object_or_404(
        entries.select_related("facility__org_unit", "entered_by", "stay__bed__facility"), pk=pk
    )


@require_safe
@requires(Permission.VIEW_LEDGERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    entry = find(request, pk)
    context = {
        "entry": entry,
        "state": waiting_state(entry),
        "others": waiting_elsewhere(entry, request.user),
        "history": history_of(entry, user=request.user),
        "may_edit": request.user.may(Permission.EDIT_LEDGERS),
    }
    return render(request, "beds/waiting_entry.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    entry = find(request, pk)
    form = WaitingForm(request.POST or None, user=request.user, instance=entry)
    return edited(
        request,
        form,
        save=lambda data: actions.edit_entry(
            entry=entry,
            changes=form.changes(),
            seen=data["seen"],
            id_reason=data["id_reason"],
            by=request.user,
        ),
        again=lambda: find(request, pk),
        done="waiting-detail",
        template="beds/waiting_form.html",
        context={"entry": entry},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    entry = find(request, pk)
    queue = list(queue_of(entry.facility))
    form = MoveForm(
        request.POST or None,
        length=len(queue),
        position=entry.position,
        initial={"to": request.GET.get("to")},
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            moved = actions.move_entry(entry=entry, to=data["to"], reason=data["reason"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{moved.name}已调到第 {moved.position} 位。")
            return redirect("waiting-facility", entry.facility_id)
    return render(request, "beds/waiting_move.html", {"form": form, "entry": entry, "queue": queue})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    entry = find(request, pk)
    form = CloseForm(request.POST or None)
    if form.is_valid():
        try:
            actions.close_entry(entry=entry, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{entry.name}的轮候已了结，后面的人依次前移。")
            return redirect("waiting-facility", entry.facility_id)
    return render(request, "beds/waiting_close.html", {"form": form, "entry": entry})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    """``?day=`` offers the beds that were free then."""
    entry = find(request, pk)
    day = chosen_day(request)
    beds = free_beds(request.user, day, entry.facility)
    form = AdmitForm(request.POST or None, beds=beds, day=day, initial={"day": day})
    if form.is_valid():
        try:
            stay = actions.admit(entry=entry, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"{stay.name}已入住{entry.facility.name}床位 {stay.bed}，轮候同时了结。"
            )
            return redirect("stay-detail", stay.pk)
    return render(
        request, "beds/admit.html", {"form": form, "entry": entry, "day": day, "free": beds.count()}
    )
