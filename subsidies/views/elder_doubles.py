"""Double records: found, laid side by side, merged, and the merge undone. For the county clerk."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.identity import check_id_number
from eldercare.permissions import Permission, requires
from subsidies.actions import elder_merges as actions
from subsidies.actions.elders import persons_with
from subsidies.forms.elder_parts import ReasonForm
from subsidies.models import Elder, ElderMerge
from subsidies.pages.elder_doubles import LIMIT, compare, forget_number_of_pairs, merges_done, pairs
from subsidies.views.elders import METHODS, person_of

MERGES_SHOWN = 50


@never_cache
@require_safe
@requires(Permission.MERGE_PEOPLE)
def doubles(request: HttpRequest) -> HttpResponse:
    found = pairs(request.user)
    context = {
        "pairs": found[:LIMIT],
        "is_more": len(found) > LIMIT,
        "limit": LIMIT,
        "merges": merges_done(request.user)[:MERGES_SHOWN],
    }
    return render(request, "elders/doubles.html", context)


@require_POST
@requires(Permission.MERGE_PEOPLE)
def doubles_find(request: HttpRequest) -> HttpResponse:
    """Two records by their numbers, of the register or of identity: hence a POST."""
    found = [_named(request, request.POST.get(name, "").strip()) for name in ("one", "other")]
    if None in found or found[0] == found[1]:
        messages.error(request, "请填写两份不同档案的编号，或完整的证件号码；其中有一份没有找到。")
        return redirect("elder-doubles")
    return redirect("elder-compare", found[0].pk, found[1].pk)


def _named(request: HttpRequest, text: str) -> Elder | None:
    people = Elder.objects.visible_to(request.user)
    if text.isascii() and text.isdecimal() and len(text) < 12:
        return people.filter(pk=int(text)).first()
    checked = check_id_number(text)
    return (persons_with(checked.value) & people).order_by("pk").first() if checked.usable else None


@never_cache
@require_http_methods(METHODS)
@requires(Permission.MERGE_PEOPLE)
def compare_two(request: HttpRequest, one: int, other: int) -> HttpResponse:
    first, second = person_of(request, one), person_of(request, other)
    if first == second:
        raise Http404
    form = ReasonForm(request.POST or None)
    wanted = request.POST.get("keep", "")
    if request.method == "POST" and form.is_valid():
        kept, dropped = (second, first) if wanted == str(second.pk) else (first, second)
        if wanted not in (str(first.pk), str(second.pk)):
            form.add_error(None, "请选择保留哪一份档案。")
        else:
            try:
                reason = form.cleaned_data["reason"]
                actions.merge(kept=kept, dropped=dropped, reason=reason, by=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                forget_number_of_pairs(request.user)
                messages.success(request, f"已并档：编号 {dropped.pk} 并入编号 {kept.pk}。可在本页撤销。")
                return redirect("elder-detail", kept.pk)
    context = {"comparison": compare(first, second), "form": form, "wanted": wanted}
    return render(request, "elders/compare.html", context)


@require_POST
@requires(Permission.MERGE_PEOPLE)
def distinct(request: HttpRequest, one: int, other: int) -> HttpResponse:
    first, second = person_of(request, one), person_of(request, other)
    if first == second:
        raise Http404
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明核对为不同的人的依据。")
        return redirect("elder-compare", one, other)
    actions.mark_distinct(one=first, other=second, reason=form.cleaned_data["reason"], by=request.user)
    forget_number_of_pairs(request.user)
    messages.success(request, "已记为不同的人，不再提示。")
    return redirect("elder-doubles")


@never_cache
@require_http_methods(METHODS)
@requires(Permission.MERGE_PEOPLE)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    people = Elder.objects.visible_to(request.user)
    rows = ElderMerge.objects.filter(kept__in=people.values("pk")).select_related(
        "kept", "dropped", "merged_by"
    )
    merge = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        try:
            actions.undo(merge=merge, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            forget_number_of_pairs(request.user)
            messages.success(request, "并档已撤销，两份档案恢复原样。")
            return redirect("elder-detail", merge.dropped_id)
    return render(request, "elders/merge_undo.html", {"merge": merge})
