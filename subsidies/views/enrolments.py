"""Enrolments: the list, applying, one enrolment, many approved at once."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare import audit
from eldercare.errors import Refused
from eldercare.lists import list_page
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from subsidies.actions import enrolments as actions
from subsidies.actions.payees import payee_in_use
from subsidies.forms.enrolments import ApplyForm, EnrolmentFilterForm, FindForm
from subsidies.models import Enrolment, Programme
from subsidies.pages.enrolments import (
    ENROLMENTS,
    filter_enrolments,
    find_holders,
    holder_for,
    holder_of_elders,
    in_state,
    light,
    load_enrolment,
    place_of,
    tabs,
)
from subsidies.pages.matching import bands_of

MOST_AT_ONCE = 200


def find(request: HttpRequest, pk: int) -> Enrolment:
    rows = Enrolment.objects.visible_to(request.user).select_related(
        "programme__org_unit",
        "org_unit",
        "elder__org_unit",
        "elder__village",
        "post__caregiver",
        "post__facility",
        "post__org_unit",
        "facility__org_unit",
    )
    return get_object_or_404(rows, pk=pk)


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def enrolment_list(request: HttpRequest) -> HttpResponse:
    form = EnrolmentFilterForm(request.GET, by=request.user)
    chosen = form.chosen()
    everything = Enrolment.objects.visible_to(request.user)
    today = timezone.localdate()
    rows = filter_enrolments(everything, chosen)
    state = chosen.get("state", "")
    query = request.GET.copy()
    for name in ("state", "page", "export"):
        query.pop(name, None)
    columns = [each for each in ENROLMENTS.columns if each.key != "unit" or "unit" in form.fields]
    return list_page(
        request,
        replace(ENROLMENTS, columns=columns),
        form=form,
        everything=everything,
        rows=light(in_state(rows, state, today)),
        template="enrolments/list.html",
        context={
            "tabs": tabs(rows, query.urlencode(), state, today),
            "may_apply": request.user.may(Permission.CHECK_ENROLMENTS),
            "may_approve": request.user.may(Permission.APPROVE_ENROLMENTS),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHECK_ENROLMENTS)
def enrolment_find(request: HttpRequest) -> HttpResponse:
    """Who applies: by name, or by an identity number in full, which must not get into an address: hence a POST."""
    chosen = holder_of_elders(request.GET.get("elder", ""), request.user)
    initial = {"programme": request.GET.get("programme")}
    form = FindForm(request.POST if request.method == "POST" else None, by=request.user, initial=initial)
    found = None
    if form.is_valid():
        programme = form.cleaned_data["programme"]
        try:
            found = find_holders(programme, form.cleaned_data["text"], request.user)
        except Refused as refusal:
            form.add_error("text", str(refusal))
    programme = form.cleaned_data.get("programme") if form.is_bound else None
    context = {"form": form, "found": found, "programme": programme}
    if chosen and not form.is_bound:
        offered = form.fields["programme"].queryset.filter(beneficiary=Programme.Beneficiary.ELDER)
        context |= {"elder": chosen[0], "about": chosen[1], "offered": offered}
    return render(request, "enrolments/find.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHECK_ENROLMENTS)
def enrolment_create(request: HttpRequest) -> HttpResponse:
    """``?programme=&holder=``: the holder is the key of an elder, post or facility."""
    programmes = Programme.objects.visible_to(request.user)
    pk = request.GET.get("programme", "")
    known = programmes.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 12 else None
    chosen = holder_for(known, request.GET.get("holder", ""), request.user) if known else None
    if chosen is None:
        return redirect("enrolment-find")
    holder, about = chosen
    form = ApplyForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.apply(programme=known, holder=holder, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已提出申请：{made.holder_name}，{known.name}。核对后办理审核。")
            return redirect("enrolment-detail", made.pk)
    context = {"form": form, "programme": known, "about": about}
    return render(request, "enrolments/create.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def enrolment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    enrolment = find(request, pk)
    audit.record(
        AuditEvent.Action.PERSON,
        by=request.user,
        request=request,
        org_unit=enrolment.org_unit,
        subject=f"享受资格：资格编号 {enrolment.pk}",
    )
    sheet = load_enrolment(enrolment, request.user)
    context = {"enrolment": enrolment, "sheet": sheet, "history": sheet.history}
    if enrolment.elder_id is None:  # an elder's account stands on the elder's page
        context |= {
            "payee": payee_in_use(enrolment),
            "may_set_payee": request.user.may(Permission.EDIT_PEOPLE),
        }
    return render(request, "enrolments/detail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.APPROVE_ENROLMENTS)
def enrolment_approvals(request: HttpRequest) -> HttpResponse:
    """Those whose notice is over, of one programme: ticked, then approved each by itself."""
    waiting = Enrolment.objects.visible_to(request.user).filter(state=Enrolment.State.NOTICED)
    programmes = Programme.objects.filter(pk__in=waiting.values("programme")).order_by("pk")
    wanted = request.POST.get("programme") or request.GET.get("programme", "")
    programme = next((each for each in programmes if str(each.pk) == wanted), None) or programmes.first()
    if request.method == "POST":
        return _approve_ticked(request, waiting, programme)
    rows = light(waiting.filter(programme=programme)).order_by("org_unit__code", "elder__name_key", "pk")
    shown = list(rows[:MOST_AT_ONCE])
    bands = bands_of(shown, timezone.localdate().replace(day=1))
    own = set(
        shown
        and Enrolment.objects.filter(
            pk__in=[each.pk for each in shown],
            steps__kind__in=actions.PREPARED,
            steps__by=request.user,
        ).values_list("pk", flat=True)
    )
    context = {
        "programmes": programmes,
        "programme": programme,
        "rows": [(each, place_of(each), bands.get(each.pk), each.pk in own) for each in shown],
        "total": rows.count(),
    }
    return render(request, "enrolments/approvals.html", context)


def _approve_ticked(request: HttpRequest, waiting, programme: Programme | None) -> HttpResponse:
    ticked = [
        int(pk) for pk in request.POST.getlist("enrolment") if pk.isascii() and pk.isdigit() and len(pk) < 12
    ]
    chosen = list(
        waiting.filter(pk__in=ticked[:MOST_AT_ONCE]).select_related("programme", "org_unit", "elder")
    )
    if not ticked:
        messages.error(request, "请先勾选要批准的人。")
    else:
        done, left = actions.approve_many(enrolments=chosen, by=request.user)
        gone = len(set(ticked)) - len(chosen)
        if done:
            messages.success(request, f"已批准 {done} 人。")
        for each, why in left:
            messages.error(request, f"{each.holder_name}没有批准：{why}")
        if gone:
            messages.warning(request, f"另有 {gone} 人别人刚刚办理过，没有改动。")
    answer = redirect("enrolment-approvals")
    if programme:
        answer["Location"] += f"?programme={programme.pk}"
    return answer
