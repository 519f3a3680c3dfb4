"""The ledger of facilities: list, one facility, registering, changing; the townships side by side."""

from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Conflict, Refused
from eldercare.excel.writing import Kind
from eldercare.history import Part, history_of, version_of
from eldercare.lists import Badge, Column, Listing, list_page
from eldercare.permissions import Permission, requires
from facilities.actions import facilities as actions
from facilities.forms.facilities import FacilityFilterForm, FacilityForm, rebased
from facilities.models import Facility, FacilityRating, FacilityVillage
from facilities.pages.facilities import filtered, list_rows, load_sheet, rating_text
from facilities.pages.overview import expiring, load_overview

STEPS_SHOWN = 5


def _url(row: Facility) -> str:
    return reverse("facility-detail", args=[row.pk])


def _state(row: Facility) -> Badge:
    if row.closed_on:
        return Badge(f"停办 {row.closed_on:%Y-%m-%d}", "secondary")
    return Badge("运营", "green") if row.opened_on <= timezone.localdate() else Badge("未投用", "blue")


def _occupancy(row: Facility) -> float | None:
    return None if row.occupancy is None else round(row.occupancy, 1)


COLUMNS = (
    Column("name", "名称", "name", order=("name",), link=_url, width=34, css="ledger-name"),
    Column("kind", "设施类别", "get_kind_display", order=("kind_place",), width=24, css="ledger-text"),
    Column("operation", "运营方式", "get_operation_display", order=("operation",), width=18),
    Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap"),
    Column("village", "村(社区)", "village.name", order=("village__code",), css="nowrap"),
    Column(
        "beds", "机构床位", "institutional_beds", order=("institutional_beds",), kind=Kind.INTEGER, width=10
    ),
    Column("other", "其他床位", "other_beds", order=("other_beds",), kind=Kind.INTEGER, width=10),
    Column("residents", "入住", "residents", order=("residents",), kind=Kind.INTEGER, width=8),
    Column("occupancy", "入住率", _occupancy, order=("occupancy",), kind=Kind.PERCENT, width=10),
    Column("rating", "等级", rating_text, order=("rating_scheme", "rating_level"), width=10, css="nowrap"),
    Column("opened", "投入使用", "opened_on", order=("opened_on",), kind=Kind.DATE, width=12),
    Column("state", "状态", _state, order=("closed_on",)),
)
FACILITIES = Listing(
    "设施台账",
    COLUMNS,
    order=("org_unit__code", "kind_place", "name"),
    unit="个",
    is_off=lambda row: row.closed_on is not None,
)


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def facility_list(request: HttpRequest) -> HttpResponse:
    form = FacilityFilterForm(request.GET, by=request.user)
    chosen = form.chosen()
    day = chosen.get("day") or timezone.localdate()
    everything = Facility.objects.visible_to(request.user)
    columns = COLUMNS if "unit" in form.fields else [each for each in COLUMNS if each.key != "unit"]
    return list_page(
        request,
        replace(FACILITIES, columns=columns),
        form=form,
        everything=everything,
        rows=list_rows(filtered(everything, chosen, day), day),
        template="facilities/list.html",
        context={"may_edit": request.user.may(Permission.EDIT_LEDGERS), "day": day},
    )


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def facility_overview(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "overview": load_overview(request.user, today),
        "expiring": [(each, each.days_left(today)) for each in expiring(request.user, today)],
        "today": today,
        "threshold": f"{settings.LEDGER_SHORTAGE_OCCUPANCY * 100:g}",
    }
    return render(request, "facilities/overview.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def facility_detail(request: HttpRequest, pk: int) -> HttpResponse:
    facility = visible_facility(request, pk)
    today = timezone.localdate()
    history = history_of(
        facility,
        Part(FacilityRating, facility=facility),
        Part(FacilityVillage, facility=facility),
        user=request.user,
    )
    context = {
        "facility": facility,
        "sheet": load_sheet(facility, today),
        "history": history,
        "today": today,
        "is_open": facility.is_open_on(today),
        "may_edit": request.user.may(Permission.EDIT_LEDGERS),
    }
    return render(request, "facilities/detail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def facility_create(request: HttpRequest) -> HttpResponse:
    form = FacilityForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        fields = {"org_unit": request.user.org_unit} | form.values()
        try:
            facility = actions.create_facility(fields=fields, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记“{facility.name}”。接着可以登记它的床位、评定和覆盖村(社区)。")
            return redirect("facility-detail", pk=facility.pk)
    return render(request, "facilities/form.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def facility_edit(request: HttpRequest, pk: int) -> HttpResponse:
    facility = visible_facility(request, pk)
    version = version_of(facility)
    if request.method != "POST":
        form = FacilityForm(instance=facility, by=request.user, initial={"seen": version})
        return render(request, "facilities/form.html", {"form": form, "facility": facility})
    seen = _number(request.POST.get("seen", ""))
    if seen != version:
        return _conflict(request, pk, seen)
    form = FacilityForm(request.POST, instance=visible_facility(request, pk), by=request.user)
    if form.is_valid():
        try:
            changed = actions.edit_facility(
                facility=facility, changes=form.values(), seen=seen, by=request.user
            )
        except Conflict:
            return _conflict(request, pk, seen)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if changed:
                messages.success(request, f"“{form.cleaned_data['name']}”已保存。")
            else:
                messages.info(request, "没有改动，不用保存。")
            return redirect("facility-detail", pk=pk)
    return render(request, "facilities/form.html", {"form": form, "facility": facility})


def _conflict(request: HttpRequest, pk: int, seen: int) -> HttpResponse:
    """Somebody saved in between: show what they changed, keep what was typed, and let the clerk save again."""
    facility = visible_facility(request, pk)
    version = version_of(facility)
    since = history_of(Part(Facility, is_subject=True, pgh_obj_id=pk, pgh_id__gte=seen), user=request.user)
    before = FacilityForm(request.POST, instance=_as_seen(facility, seen), by=request.user)
    fresh = FacilityForm(instance=facility, by=request.user)
    data = rebased(request.POST, seen=before, fresh=fresh, version=version)
    form = FacilityForm(data, instance=visible_facility(request, pk), by=request.user)
    form.is_valid()
    context = {
        "form": form,
        "facility": facility,
        "conflict": actions.NEWER,
        "newer": since[:-1][:STEPS_SHOWN],
    }
    return render(request, "facilities/form.html", context, status=409)


def _as_seen(facility: Facility, seen: int) -> Facility:
    """The facility as it was when the page was opened; as it is now if that is not known."""
    event = facility.events.filter(pgh_id=seen).first()
    if event is None:
        return facility
    fields = [each.attname for each in Facility._meta.concrete_fields]
    return Facility(**{name: getattr(event, name) for name in fields})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def visible_facility(request: HttpRequest, pk: int) -> Facility:
    facilities = Facility.objects.visible_to(request.user).select_related("org_unit", "village")
    return get_object_or_404(facilities, pk=pk)
