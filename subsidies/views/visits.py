"""Visits: what is due today, quick entry in a village, many at once, the list, one person's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare import audit
from eldercare.errors import Refused
from eldercare.history import Part, history_of
from eldercare.lists import list_page
from eldercare.models import AuditEvent, OrgUnit
from eldercare.permissions import Permission, requires
from subsidies.actions import visits as actions
from subsidies.forms.visits import ManyForm, QuickForm, VisitFilterForm, VisitForm
from subsidies.models import Elder, Visit
from subsidies.pages import visits as pages

NAMED = 5


@require_safe
@requires(Permission.VIEW_PEOPLE)
def visit_list(request: HttpRequest) -> HttpResponse:
    form = VisitFilterForm(request.GET, user=request.user)
    everything = Visit.objects.visible_to(request.user)
    return list_page(
        request,
        pages.VISITS,
        form=form,
        everything=everything,
        rows=pages.visit_rows(everything, form.chosen()),
        template="care/visits.html",
        context={"may_edit": request.user.may(Permission.EDIT_PEOPLE)},
    )


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def due(request: HttpRequest) -> HttpResponse:
    """Townships, or the villages of one: ``?unit=`` its code, for a township its own."""
    today = timezone.localdate()
    unit = request.user.org_unit if request.user.is_township else None
    if unit is None and request.GET.get("unit"):
        townships = OrgUnit.objects.visible_to(request.user).townships()
        unit = get_object_or_404(townships, code=request.GET["unit"])
    lines, total = pages.due_lines(request.user, today, unit)
    context = {"lines": lines, "total": total, "unit": unit, "today": today}
    return render(request, "care/due.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def village(request: HttpRequest, code: str) -> HttpResponse:
    return _village_page(request, _place(request, code))


def _village_page(
    request: HttpRequest, place: OrgUnit, failed: Elder | None = None, form: QuickForm | None = None
) -> HttpResponse:
    today = timezone.localdate()
    cards = pages.cards_of(request.user, place, today)
    context = {
        "place": place,
        "cards": cards,
        "open": sum(bool(card.open) for card in cards),
        "late": sum(card.is_late for card in cards),
        "today": today,
        "failed": failed,
        "form": form,
        "results": Visit.Result.choices,
        "may_edit": request.user.may(Permission.EDIT_PEOPLE),
    }
    return render(request, "care/village.html", context)


@never_cache
@require_POST
@requires(Permission.EDIT_PEOPLE)
def quick(request: HttpRequest, elder: int) -> HttpResponse:
    """From a card of the village page, which comes back; what was typed stays when it is refused."""
    who = elder_or_404(request, elder)
    place = _place(request, request.POST.get("place", ""))
    form = QuickForm(request.POST)
    if form.is_valid():
        try:
            done = _record(request, [who.pk], form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if done.known:
                messages.info(request, f"{who.name}这一天已登记过，没有重复登记。")
            else:
                messages.success(request, f"已登记{who.name}的{done.added[0].get_service_display()}。")
            return redirect(f"{reverse('visit-village', args=[place.code])}#e{who.pk}")
    return _village_page(request, place, who, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def many(request: HttpRequest, code: str) -> HttpResponse:
    place = _place(request, code)
    today = timezone.localdate()
    cards = pages.cards_of(request.user, place, today)
    form = ManyForm(request.POST or None, offered={card.elder.pk for card in cards})
    if request.method == "POST" and form.is_valid():
        try:
            done = _record(request, form.ticked, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if done.added:
                messages.success(request, f"已登记 {len(done.added)} 人。")
            if done.known:
                names = "、".join(done.known[:NAMED]) + ("等" if len(done.known) > NAMED else "")
                messages.info(request, f"{names} {len(done.known)} 人这一天已登记过，没有重复登记。")
            return redirect("visit-village", place.code)
    context = {"place": place, "cards": cards, "form": form, "today": today}
    return render(request, "care/many.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one entry back; ``back`` is the page that it was found on."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user).select_related("elder"), pk=pk)
    back = request.POST.get("back") or request.GET.get("back") or ""
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("visit-person", args=[visit.elder_id])
    if request.method == "POST":
        try:
            actions.take_back(visit=visit, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, f"已撤销{visit.elder.name} {visit.visited_on} 的{visit.get_service_display()}。"
            )
        return redirect(back)
    return render(request, "care/visit_undo.html", {"visit": visit, "back": back})


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def person(request: HttpRequest, elder: int) -> HttpResponse:
    who = elder_or_404(request, elder)
    audit.record(
        AuditEvent.Action.PERSON,
        by=request.user,
        subject=f"老年人 编号 {who.pk}",
        request=request,
        org_unit=who.org_unit,
        step="查看探访记录",
    )
    return _person_page(request, who, VisitForm())


@never_cache
@require_POST
@requires(Permission.EDIT_PEOPLE)
def create(request: HttpRequest, elder: int) -> HttpResponse:
    """From the form on the person's page, which comes back when it is refused."""
    who = elder_or_404(request, elder)
    form = VisitForm(request.POST)
    if form.is_valid():
        try:
            done = _record(request, [who.pk], form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = "这一天已登记过，没有重复登记。" if done.known else "已登记。"
            messages.add_message(request, messages.INFO if done.known else messages.SUCCESS, said)
            return redirect("visit-person", who.pk)
    return _person_page(request, who, form)


def _person_page(request: HttpRequest, who: Elder, form: VisitForm) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "elder": who,
        "page": pages.person_page(who, today),
        "tags": pages.held_tags(who, today),
        "form": form,
        "history": history_of(Part(Visit, elder_id=who.pk), user=request.user),
        "may_edit": request.user.may(Permission.EDIT_PEOPLE) and not who.merged_into_id,
        "today": today,
    }
    return render(request, "care/person.html", context)


def _record(request: HttpRequest, elders, data: dict) -> actions.Recorded:
    return actions.record_visits(
        elders=elders,
        service=data["service"],
        day=data["visited_on"],
        method=data["method"],
        result=data["result"],
        visitor=data["visitor"] or request.user.full_name,
        note=data["note"],
        by=request.user,
    )


def elder_or_404(request: HttpRequest, pk: int) -> Elder:
    elders = Elder.objects.visible_to(request.user).select_related(
        "org_unit", "village", "residence_unit", "residence_village"
    )
    return get_object_or_404(elders, pk=pk)


def _place(request: HttpRequest, code: str) -> OrgUnit:
    return get_object_or_404(pages.place_of(request.user, code))
