"""Stays: the list, moving in, out, to another bed, correcting."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Refused
from eldercare.history import history_of
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from facilities.actions import stays as actions
from facilities.forms.beds import facilities_of
from facilities.forms.stays import (
    ChangeBedForm,
    DeleteForm,
    MoveInForm,
    MoveOutForm,
    StayFilterForm,
    StayForm,
    WhereForm,
)
from facilities.models import Facility, Stay
from facilities.pages.beds import STAYS, filter_stays, free_beds, whereabouts
from facilities.views.editing import edited


@require_safe
@requires(Permission.VIEW_LEDGERS)
def stay_list(request: HttpRequest) -> HttpResponse:
    form = StayFilterForm(request.GET, user=request.user)
    everything = Stay.objects.visible_to(request.user)
    return list_page(
        request,
        STAYS,
        form=form,
        everything=everything,
        rows=filter_stays(everything, form.chosen()),
        template="beds/stays.html",
        context={"may_edit": request.user.may(Permission.EDIT_LEDGERS)},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def move_in(request: HttpRequest) -> HttpResponse:
    """``?facility=&day=`` choose where and when; then the form offers the beds that are free."""
    chosen = request.GET.copy()
    chosen.setdefault("day", str(timezone.localdate()))
    where = WhereForm(chosen if "facility" in chosen else None, user=request.user)
    context = {"where": where}
    if where.is_valid():
        facility, day = where.cleaned_data["facility"], where.cleaned_data["day"]
        beds = free_beds(request.user, day, facility)
        form = MoveInForm(request.POST or None, beds=beds, day=day, initial={"bed": request.GET.get("bed")})
        if form.is_valid():
            try:
                stay = _move_in(request, form, day)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"{stay.name}已入住{facility.name}床位 {stay.bed}。")
                return redirect("stay-detail", stay.pk)
        context |= {"form": form, "facility": facility, "day": day, "free": beds.count()}
    return render(request, "beds/move_in.html", context)


def _move_in(request: HttpRequest, form: MoveInForm, day: dt.date) -> Stay:
    data = form.cleaned_data
    return actions.move_in(
        bed=data["bed"],
        name=data["name"],
        id_number=data["id_number"],
        is_respite=data["is_respite"],
        id_reason=data["id_reason"],
        day=day,
        by=request.user,
    )


def find(request: HttpRequest, pk: int) -> Stay:
    stays = Stay.objects.visible_to(request.user).select_related("bed__facility__org_unit", "waited")
    return get_object_or_404(stays, pk=pk)


@require_safe
@requires(Permission.VIEW_LEDGERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    stay = find(request, pk)
    others = Stay.objects.visible_to(request.user).filter(id_number=stay.id_number).exclude(pk=pk)
    context = {
        "stay": stay,
        "state": whereabouts(stay),
        "others": others.select_related("bed__facility").order_by("-moved_in_on"),
        "entry": getattr(stay, "waited", None),
        "history": history_of(stay, user=request.user),
        "may_edit": request.user.may(Permission.EDIT_LEDGERS),
    }
    return render(request, "beds/stay.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def move_out(request: HttpRequest, pk: int) -> HttpResponse:
    stay = find(request, pk)
    form = MoveOutForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.move_out(stay=stay, day=data["day"], outcome=data["outcome"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{stay.name}已于 {data['day']} 离开{stay.bed.facility.name}。")
            return redirect("stay-detail", pk)
    return render(request, "beds/move_out.html", {"form": form, "stay": stay})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def change_bed(request: HttpRequest, pk: int) -> HttpResponse:
    """``?facility=`` offers the beds of another facility than the present one, ``?day=`` those free then."""
    stay = find(request, pk)
    facility = chosen_facility(request) or stay.bed.facility
    day = chosen_day(request)
    beds = free_beds(request.user, day, facility).exclude(pk=stay.bed_id)
    form = ChangeBedForm(request.POST or None, beds=beds, day=day, initial={"day": day})
    if form.is_valid():
        data = form.cleaned_data
        try:
            following = actions.change_bed(stay=stay, to=data["bed"], day=data["day"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{stay.name}已换到{data['bed'].facility.name}床位 {data['bed']}。")
            return redirect("stay-detail", following.pk)
    context = {
        "form": form,
        "stay": stay,
        "facility": facility,
        "facilities": facilities_of(request.user),
        "day": day,
        "free": beds.count(),
    }
    return render(request, "beds/change_bed.html", context)


def chosen_facility(request: HttpRequest) -> Facility | None:
    wanted = request.GET.get("facility", "")
    if not wanted.isdecimal() or len(wanted) > 17:
        return None
    return get_object_or_404(Facility.objects.visible_to(request.user), pk=int(wanted))


def chosen_day(request: HttpRequest) -> dt.date:
    """The day that is typed in the form, else that of the address, else today."""
    today = timezone.localdate()
    try:
        day = parse_date(request.POST.get("day") or request.GET.get("day", ""))
    except ValueError:
        day = None
    return min(day, today) if day else today


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    stay = find(request, pk)
    form = StayForm(request.POST or None, instance=stay)
    return edited(
        request,
        form,
        save=lambda data: actions.edit_stay(
            stay=stay,
            changes=form.changes(),
            seen=data["seen"],
            id_reason=data["id_reason"],
            by=request.user,
        ),
        again=lambda: find(request, pk),
        done="stay-detail",
        template="beds/stay_edit.html",
        context={"stay": stay},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    stay = find(request, pk)
    form = DeleteForm(request.POST or None)
    if form.is_valid():
        try:
            actions.delete_stay(stay=stay, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已删除{stay.name}在{stay.bed.facility.name}的这条入住记录。")
            return redirect("bed-detail", stay.bed_id)
    return render(request, "beds/stay_delete.html", {"form": form, "stay": stay})
