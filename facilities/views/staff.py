"""The list of people who work in elder care, and the page of one of them."""

from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Conflict, Refused
from eldercare.identity import check_id_number
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from facilities.actions import staff as actions
from facilities.forms.staff import CertificateForm, PersonForm, PostForm, Settled
from facilities.models import Caregiver, Employment
from facilities.pages.staff import StaffFilterForm, load_person, staff_listing, staff_rows

FEWEST_DIGITS = 15  # of an identity number; a name holds none
MOST_DIGITS = 6  # that may get into an address: seven may be a telephone number, or part of another


@require_safe
@requires(Permission.VIEW_LEDGERS)
def staff_list(request: HttpRequest) -> HttpResponse:
    form = StaffFilterForm(request.GET, by=request.user)
    everything = Employment.objects.visible_to(request.user)
    chosen = form.chosen()
    return list_page(
        request,
        staff_listing(
            form.day, is_present=chosen.get("state") == "on", is_county=not request.user.is_township
        ),
        form=form,
        everything=everything,
        rows=staff_rows(everything, chosen, form.day),
        template="staff/list.html",
        context={
            "may_edit": request.user.may(Permission.EDIT_LEDGERS),
            "name": chosen.get("q", ""),
            "query": request.GET.urlencode(),
        },
    )


@require_POST
@requires(Permission.VIEW_LEDGERS)
def find(request: HttpRequest) -> HttpResponse:
    """A name, or an identity number in full, which must not get into an address: hence a POST."""
    text = request.POST.get("text", "").strip()
    kept = {
        name: value for name, value in parse_qsl(request.POST.get("query", "")) if name not in ("q", "page")
    }
    digits = sum(letter.isdigit() for letter in text)
    if digits >= FEWEST_DIGITS:
        return _find_number(request, text, kept)
    if digits > MOST_DIGITS:
        messages.info(request, "请输入姓名，或完整的证件号码；不能按电话或号码的一部分查找。")
        text = ""
    query = urlencode(kept | ({"q": text[:40]} if text else {}))
    return redirect(reverse("caregiver-list") + (f"?{query}" if query else ""))


def _find_number(request: HttpRequest, text: str, kept: dict[str, str]) -> HttpResponse:
    checked = check_id_number(text)
    numbers = actions.persons_with(checked.value) if checked.usable else Caregiver.objects.none()
    found = numbers.filter(pk__in=Caregiver.objects.visible_to(request.user).values("pk")).first()
    if found:
        return redirect("caregiver-detail", found.pk)
    if checked.usable:
        messages.info(request, "本单位没有登记这个证件号码的人员。")
    else:
        messages.error(request, checked.errors[0].message)
    query = urlencode(kept)
    return redirect(reverse("caregiver-list") + (f"?{query}" if query else ""))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def create(request: HttpRequest) -> HttpResponse:
    """A person, the first post and, if there is one, the certificate: one page, one transaction."""
    data = request.POST if request.method == "POST" else None
    person = PersonForm(data, by=request.user)
    post = PostForm(data, by=request.user)
    certificate = CertificateForm(data, prefix="certificate", is_optional=True)
    settled = Settled(person, post, certificate, confirmed=request.POST.get("confirmed", ""))
    if data is not None and settled.is_valid():
        try:
            made = actions.add_person(
                person=person.changes(),
                post=post.changes(),
                certificate=certificate.values(),
                by=request.user,
            )
        except Refused as refusal:
            person.add_error("id_number", str(refusal))
        else:
            messages.success(request, f"{made.name}已登记。")
            return redirect("caregiver-detail", made.pk)
    context = {
        "person": person,
        "post": post,
        "certificate": certificate,
        "settled": settled,
        "known": _known(request, person),
    }
    return render(request, "staff/create.html", context)


def _known(request: HttpRequest, person: PersonForm) -> Caregiver | None:
    """Whoever has the number already, if the user may see that."""
    number = person.cleaned_data.get("id_number") if person.is_bound and person.errors else None
    typed = number or (person.data.get("id_number") if person.is_bound and person.errors else None)
    if not typed:
        return None
    visible = Caregiver.objects.visible_to(request.user).values("pk")
    return actions.persons_with(check_id_number(typed).value).filter(pk__in=visible).first()


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    caregiver = get_object_or_404(Caregiver.objects.visible_to(request.user), pk=pk)
    today = timezone.localdate()
    page = load_person(caregiver, user=request.user, today=today)
    context = {
        "person": page,
        "caregiver": caregiver,
        "history": page.history,
        "today": today,
        "may_edit": request.user.may(Permission.EDIT_LEDGERS),
    }
    return render(request, "staff/detail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    caregiver = get_object_or_404(Caregiver.objects.visible_to(request.user), pk=pk)
    form = PersonForm(request.POST or None, instance=caregiver, by=request.user)
    settled = Settled(form, confirmed=request.POST.get("confirmed", ""))
    differences: list = []
    if request.method == "POST" and settled.is_valid():
        try:
            changed = actions.edit_person(
                caregiver=caregiver,
                changes=form.changes(),
                seen=form.cleaned_data["seen"],
                by=request.user,
            )
        except Conflict as conflict:
            differences = form.catch_up()
            form.add_error(None, str(conflict))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if changed:
                messages.success(request, f"已保存：{'、'.join(changed)}。")
            else:
                messages.info(request, "没有改动。")
            return redirect("caregiver-detail", pk)
    context = {
        "form": form,
        "settled": settled,
        "caregiver": caregiver,
        "title": f"修改人员信息：{caregiver.name}",
        "short": "修改人员信息",
        "differences": differences,
        "rows": (("name", "id_number", "id_reason", "phone"), ("sex", "born_on", "education")),
    }
    return render(request, "staff/form.html", context)
