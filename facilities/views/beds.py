"""Beds: the list, one bed, adding many, changing many."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.history import history_of
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from facilities.actions.beds import Change, add_beds, change_beds, edit_bed, existing_numbers, outlook
from facilities.forms.beds import AddBedsForm, BedFilterForm, BedForm, ManyBedsForm
from facilities.models import Bed
from facilities.pages.beds import BEDS, BEDS_TO_TICK, beds_on, filter_beds, state_of, traits_of
from facilities.views.editing import edited

TICKED, FILTERED = "ticked", "filtered"


@require_safe
@requires(Permission.VIEW_LEDGERS)
def bed_list(request: HttpRequest) -> HttpResponse:
    form = BedFilterForm(request.GET, user=request.user)
    everything = Bed.objects.visible_to(request.user)
    may_edit = request.user.may(Permission.EDIT_LEDGERS)
    listing = BEDS_TO_TICK if may_edit and not request.GET.get("export") else BEDS
    return list_page(
        request,
        listing,
        form=form,
        everything=everything,
        rows=filter_beds(everything, form.chosen()),
        template="beds/list.html",
        context={"may_edit": may_edit, "changes": Change.choices, "query": request.GET.urlencode()},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def create(request: HttpRequest) -> HttpResponse:
    """First what would be made, then a second press makes it: nothing may differ in between."""
    initial = {"facility": request.GET.get("facility"), "in_use_from": timezone.localdate()}
    form = AddBedsForm(request.POST or None, user=request.user, initial=initial)
    preview = None
    if form.is_valid():
        data = form.cleaned_data
        existing = existing_numbers(data["facility"], data["room"], data["numbers"])
        wanted = [number for number in data["numbers"] if number not in existing]
        preview = {"existing": existing, "wanted": wanted, "digest": form.digest_of(existing), "data": data}
        if "save" in request.POST and data["digest"] == preview["digest"]:
            saved = _add(request, form)
            if saved is not None:
                return saved
        elif "save" in request.POST:
            messages.warning(request, "内容有改动，请核对下面的预览后再点“新增”。")
    return render(request, "beds/create.html", {"form": form, "preview": preview})


def _add(request: HttpRequest, form: AddBedsForm) -> HttpResponse | None:
    data = form.cleaned_data
    first = data["in_use_from"]
    fields = {"kind": data["kind"], "in_use_from": first, "note": data["note"]}
    fields |= {name: [(first, None)] for name in data["attributes"]}
    try:
        number, skipped = add_beds(
            facility=data["facility"],
            room=data["room"],
            numbers=data["numbers"],
            fields=fields,
            skip_existing=data["skip_existing"],
            by=request.user,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    rest = f"，跳过已有的 {len(skipped)} 张" if skipped else ""
    messages.success(request, f"{data['facility'].name}已新增床位 {number} 张{rest}。")
    return back_to_list(f"facility={data['facility'].pk}")


def back_to_list(query: str) -> HttpResponse:
    """With the filter as it was; what is no query is dropped."""
    return redirect(f"{reverse('bed-list')}?{QueryDict(query).urlencode()}")


@require_safe
@requires(Permission.VIEW_LEDGERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    bed = find(request, pk)
    context = {
        "bed": bed,
        "state": state_of(bed),
        "traits": traits_of(bed),
        "stays": bed.stays.order_by("-moved_in_on", "-pk"),
        "history": history_of(bed, user=request.user),
        "may_edit": request.user.may(Permission.EDIT_LEDGERS),
        "today": bed.day,
    }
    return render(request, "beds/detail.html", context)


def find(request: HttpRequest, pk: int) -> Bed:
    beds = beds_on(Bed.objects.visible_to(request.user), timezone.localdate())
    return get_object_or_404(beds.select_related("facility__org_unit"), pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    bed = find(request, pk)
    form = BedForm(request.POST or None, instance=bed)
    return edited(
        request,
        form,
        save=lambda data: edit_bed(bed=bed, changes=form.changes(), seen=data["seen"], by=request.user),
        again=lambda: find(request, pk),
        done="bed-detail",
        template="beds/edit.html",
        context={"bed": bed},
    )


@never_cache
@require_POST
@requires(Permission.EDIT_LEDGERS)
def many(request: HttpRequest) -> HttpResponse:
    """The chosen beds and what would happen to them; the second press, with the same count, does it."""
    beds, problem = _chosen(request)
    if problem:
        messages.error(request, problem)
        return back_to_list(request.POST.get("query", ""))
    is_first = "day" not in request.POST
    data = request.POST.copy()
    data.setdefault("day", timezone.localdate().isoformat())
    data.setdefault("attribute", "nursing")
    form = ManyBedsForm(data)
    found = None
    if form.is_valid():
        found = outlook(beds, form.wanted())
        if "confirm" in request.POST and request.POST.get("outlook") == found.digest and not found.is_refused:
            try:
                found = change_beds(beds=beds, wanted=form.wanted(), by=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"{found.wanted.label}：已改动床位 {len(found.beds)} 张。")
                return back_to_list(request.POST.get("query", ""))
        elif "confirm" in request.POST and not is_first:
            form.add_error(None, found.refusal or "情况有变化，请核对下面的数字后再点一次。")
    context = {
        "form": form,
        "found": found,
        "ticked": request.POST.getlist("bed"),
        "scope": request.POST.get("scope", ""),
        "query": request.POST.get("query", ""),
        "change": Change(form.data["change"]) if form.data.get("change") in Change.values else None,
    }
    return render(request, "beds/many.html", context)


def _chosen(request: HttpRequest):
    """The ticked beds, or all that the filter of the list finds; and what is wrong with the choice."""
    everything = Bed.objects.visible_to(request.user)
    if request.POST.get("scope") == FILTERED:
        form = BedFilterForm(QueryDict(request.POST.get("query", "")), user=request.user)
        chosen = filter_beds(everything, form.chosen())
        if form.unused():  # left out, it would mean more beds than anybody has seen
            return everything.none(), f"筛选条件“{'、'.join(form.unused())}”有误，请重新筛选后再选择。"
        return (chosen, "") if chosen.exists() else (chosen, "没有符合筛选条件的床位。")
    ticked = [int(each) for each in request.POST.getlist("bed") if each.isdecimal() and len(each) < 18]
    beds = everything.filter(pk__in=ticked)
    if not ticked:
        return beds, "请先在床位前打勾，或选择“筛选出的全部”。"
    return beds, "" if beds.exists() else "所选床位已不存在，请重新选择。"
