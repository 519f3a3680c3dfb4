"""The list of elders, the page of one of them, registering and correcting."""

from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.identity import check_id_number
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from facilities.views.editing import edited
from subsidies.actions import elders as actions
from subsidies.actions.elder_merges import may_merge
from subsidies.forms.elders import ElderCreateForm, ElderEditForm
from subsidies.models import Elder
from subsidies.pages.elder_detail import load_person
from subsidies.pages.elders import ElderFilterForm, elder_branches, elder_listing, everybody_of

FEWEST_DIGITS = 15  # of an identity number; a name holds none
MOST_DIGITS = 6  # that may get into an address: seven may be a telephone number, or part of another
METHODS = ["GET", "HEAD", "POST"]


def person_of(request: HttpRequest, pk: int) -> Elder:
    people = Elder.objects.visible_to(request.user)
    return get_object_or_404(
        people.select_related("org_unit", "village", "residence_unit", "residence_village", "merged_into"),
        pk=pk,
    )


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def elder_list(request: HttpRequest) -> HttpResponse:
    form = ElderFilterForm(request.GET, by=request.user)
    today = timezone.localdate()
    everything = everybody_of(request.user, today)
    return list_page(
        request,
        elder_listing(form, today),
        form=form,
        everything=everything,
        rows=elder_branches(everything, form, today),
        template="elders/list.html",
        context={
            "may_edit": request.user.may(Permission.EDIT_PEOPLE),
            "may_merge": may_merge(request.user),
            "name": form.chosen().get("q", ""),
            "query": request.GET.urlencode(),
        },
    )


@require_POST
@requires(Permission.VIEW_PEOPLE)
def find(request: HttpRequest) -> HttpResponse:
    """A name, or an identity number in full, which must not get into an address: hence a POST."""
    text = request.POST.get("text", "").strip()
    left_out = ("q", "page", "after", "before", "count")
    kept = {name: value for name, value in parse_qsl(request.POST.get("query", "")) if name not in left_out}
    digits = sum(letter.isdigit() for letter in text)
    if digits >= FEWEST_DIGITS:
        return _find_number(request, text, kept)
    if digits > MOST_DIGITS:
        messages.info(
            request, "请输入姓名（其中任意两个字即可），或完整的证件号码；不能按电话或号码的一部分查找。"
        )
        text = ""
    return _list(kept | ({"q": text[:40]} if text else {}))


def _find_number(request: HttpRequest, text: str, kept: dict[str, str]) -> HttpResponse:
    checked = check_id_number(text)
    if checked.usable:
        found = actions.persons_with(checked.value) & Elder.objects.visible_to(request.user)
        person = found.order_by("merged_into", "pk").first()
        if person is not None:
            return redirect("elder-detail", person.pk)
        messages.info(request, "本单位名册里没有这个证件号码。")
    else:
        messages.error(request, checked.errors[0].message)
    return _list(kept)


def _list(query: dict[str, str]) -> HttpResponse:
    return redirect(reverse("elder-list") + (f"?{urlencode(query)}" if query else ""))


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    elder = person_of(request, pk)
    actions.record_view(elder=elder, by=request.user)
    today = timezone.localdate()
    page = load_person(elder, user=request.user, today=today)
    context = {
        "person": page,
        "elder": elder,
        "history": page.history,
        "today": today,
        "may_edit": request.user.may(Permission.EDIT_PEOPLE) and not elder.merged_into_id,
        "may_apply": request.user.may(Permission.CHECK_ENROLMENTS)
        and not elder.merged_into_id
        and not elder.died_on,
        "may_merge": may_merge(request.user),
    }
    return render(request, "elders/detail.html", context)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def create(request: HttpRequest) -> HttpResponse:
    form = ElderCreateForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_elder(values=form.values(), by=request.user)
        except Refused as refusal:
            form.add_error("id_number", str(refusal))
        else:
            messages.success(request, f"{made.name}已登记。请继续登记人员类别和收款账户。")
            return redirect("elder-detail", made.pk)
    return render(request, "elders/create.html", {"form": form, "known": _known(request, form)})


def _known(request: HttpRequest, form: ElderCreateForm) -> Elder | None:
    """Whoever has the number already, if the user may see that."""
    number = form.cleaned_data.get("id_number") if form.is_bound and form.errors else None
    typed = number or (form.data.get("id_number") if form.is_bound and form.errors else None)
    if not typed:
        return None
    found = actions.persons_with(check_id_number(str.__str__(typed)).value)
    return (found & Elder.objects.visible_to(request.user)).order_by("pk").first()


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    elder = person_of(request, pk)
    if not actions.is_responsible(elder, request.user) or elder.merged_into_id:
        words = (
            actions.MERGED if elder.merged_into_id else f"此人的档案由{elder.org_unit}管理，本单位不能修改。"
        )
        messages.error(request, words)
        return redirect("elder-detail", pk)
    form = ElderEditForm(request.POST or None, instance=elder, by=request.user)
    return edited(
        request,
        form,
        save=lambda data: actions.edit_elder(
            elder=elder, changes=form.values(), seen=data["seen"] or 0, by=request.user
        ),
        again=lambda: person_of(request, pk),
        done="elder-detail",
        template="elders/edit.html",
        context={"elder": elder},
    )
