"""Certifications: who is due, entry per village, one person's, figures per unit."""

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
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from subsidies.actions import certifications as actions
from subsidies.forms.certifications import CertificationForm, TickedForm, VillageForm
from subsidies.models import Certification, Elder
from subsidies.pages import certifications as pages

NAMED = 5


@require_safe
@requires(Permission.VIEW_PEOPLE)
def certification_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    everything = pages.Question(request.user, today)
    form = pages.CertificationFilterForm(request.GET, question=everything, day=today)
    chosen = form.chosen()
    question = everything.only(chosen.get("programme"))
    return list_page(
        request,
        pages.certification_listing(question, is_county=not request.user.is_township),
        form=form,
        everything=everything.everybody(),
        rows=pages.certification_rows(question, chosen),
        template="certifications/list.html",
        context={
            "may_edit": request.user.may(Permission.EDIT_PEOPLE),
            "month": question.month,
            "village": chosen.get("village"),
        },
    )


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def overview(request: HttpRequest) -> HttpResponse:
    question = pages.Question(request.user, timezone.localdate())
    lines, total = pages.unit_lines(question)
    context = {"lines": lines, "total": total, "month": question.month, "programmes": question.needing}
    return render(request, "certifications/overview.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def record(request: HttpRequest) -> HttpResponse:
    """A village of the address, its people, and one date and method for all who are ticked."""
    today = timezone.localdate()
    choice = VillageForm(request.GET if "village" in request.GET else None, user=request.user)
    context: dict = {"choice": choice, "query": request.GET.urlencode()}
    if not choice.is_valid():
        return render(request, "certifications/record.html", context)
    village = choice.cleaned_data["village"]
    question = pages.Question(request.user, today)
    people = pages.people_of(question, village, everybody=choice.cleaned_data["show"] == "all")
    form = TickedForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.certify(
                elders=form.ticked,
                day=form.cleaned_data["certified_on"],
                method=form.cleaned_data["method"],
                note=form.cleaned_data["note"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _tell(request, done)
            return redirect(request.get_full_path())
    context |= {
        "village": village,
        "people": people,
        "form": form,
        "recent": pages.recent_of(request.user, village, today),
        "month": question.month,
    }
    return render(request, "certifications/record.html", context)


def _tell(request: HttpRequest, done: actions.Certified) -> None:
    if done.added:
        messages.success(request, f"已登记 {done.added} 人的生存认证。")
    if done.known:
        names = "、".join(done.known[:NAMED]) + ("等" if len(done.known) > NAMED else "")
        messages.info(request, f"{names} {len(done.known)} 人当天已登记过，没有重复登记。")


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def person(request: HttpRequest, elder: int) -> HttpResponse:
    who = _elder(request, elder)
    audit.record(
        AuditEvent.Action.PERSON,
        by=request.user,
        subject=f"老年人 编号 {who.pk}",
        request=request,
        org_unit=who.org_unit,
        step="查看生存认证",
    )
    return _person_page(request, who, CertificationForm())


@never_cache
@require_POST
@requires(Permission.EDIT_PEOPLE)
def create(request: HttpRequest, elder: int) -> HttpResponse:
    who = _elder(request, elder)
    form = CertificationForm(request.POST)
    if not form.is_valid():
        return _person_page(request, who, form)
    data = form.cleaned_data
    try:
        done = actions.certify(
            elders=[who.pk],
            day=data["certified_on"],
            method=data["method"],
            note=data["note"],
            by=request.user,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _person_page(request, who, form)
    _tell(request, done)
    return redirect("certification-person", who.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one entry back; ``back`` is the page that it was found on."""
    rows = Certification.objects.visible_to(request.user).select_related("elder")
    certification = get_object_or_404(rows, pk=pk)
    back = request.POST.get("back") or request.GET.get("back") or ""
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = reverse("certification-person", args=[certification.elder_id])
    if request.method == "POST":
        try:
            actions.remove(certification=certification, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, f"已撤销{certification.elder.name} {certification.certified_on} 的认证。"
            )
        return redirect(back)
    return render(request, "certifications/remove.html", {"certification": certification, "back": back})


def _elder(request: HttpRequest, pk: int) -> Elder:
    elders = Elder.objects.visible_to(request.user).select_related("org_unit", "village", "residence_village")
    return get_object_or_404(elders, pk=pk)


def _person_page(request: HttpRequest, elder: Elder, form: CertificationForm) -> HttpResponse:
    question = pages.Question(request.user, timezone.localdate())
    question.attach([elder])
    context = {
        "elder": elder,
        "form": form,
        "certifications": list(elder.certifications.all()),
        "covers": [(cover, pages.state_of(cover.until, question.month)) for cover in elder.covers],
        "history": history_of(
            Part(Certification, fields=("certified_on", "method", "note"), elder_id=elder.pk),
            user=request.user,
        ),
        "may_edit": request.user.may(Permission.EDIT_PEOPLE) and not elder.merged_into_id,
    }
    return render(request, "certifications/person.html", context)
