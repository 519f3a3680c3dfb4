"""Programmes: the list, one programme, creating, changing; how programmes go together."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Refused
from eldercare.history import Part, history_of
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from facilities.views.editing import edited
from subsidies.actions import programmes as actions
from subsidies.forms.programmes import ExclusionForm, ProgrammeFilterForm, ProgrammeForm
from subsidies.models import Exclusion, Programme
from subsidies.pages.programmes import (
    exclusion_in_words,
    exclusions_of,
    filter_programmes,
    load_programme,
    programme_listing,
    programme_rows,
)
from subsidies.pages.replays import recent
from subsidies.views.rule_replays import digest_in, replayed_first, typed_in


def find(request: HttpRequest, pk: int) -> Programme:
    return get_object_or_404(Programme.objects.visible_to(request.user).select_related("org_unit"), pk=pk)


@require_safe
@requires(Permission.VIEW_PAYMENTS)
def programme_list(request: HttpRequest) -> HttpResponse:
    form = ProgrammeFilterForm(request.GET)
    today = timezone.localdate()
    everything = Programme.objects.visible_to(request.user)
    return list_page(
        request,
        programme_listing(today),
        form=form,
        everything=everything,
        rows=programme_rows(filter_programmes(everything, form.chosen(), today), today),
        template="programmes/list.html",
        context={"may_edit": request.user.may(Permission.EDIT_PROGRAMMES)},
    )


@never_cache
@require_safe
@requires(Permission.VIEW_PAYMENTS)
def programme_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """``?version=`` shows another version than the one in force."""
    programme = find(request, pk)
    sheet = load_programme(
        programme, wanted=request.GET.get("version", ""), user=request.user, today=timezone.localdate()
    )
    context = {
        "programme": programme,
        "sheet": sheet,
        "history": sheet.history,
        "exclusions": [(each, exclusion_in_words(each)) for each in sheet.exclusions],
        "may_edit": request.user.may(Permission.EDIT_PROGRAMMES),
        "replays": recent(programme, request.user) if request.user.may(Permission.EDIT_PROGRAMMES) else [],
        "sees_people": request.user.may(Permission.VIEW_PEOPLE),
    }
    return render(request, "programmes/detail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def programme_create(request: HttpRequest) -> HttpResponse:
    form = ProgrammeForm(request.POST or None)
    if form.is_valid():
        try:
            programme = actions.create_programme(fields=form.changes(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已新建“{programme.name}”。接着录入它的第一个政策版本。")
            return redirect("programme-version-create", programme.pk)
    return render(request, "programmes/form.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
@replayed_first
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    programme = find(request, pk)
    form = ProgrammeForm(typed_in(request), instance=programme)
    if request.method != "POST":
        return render(request, "programmes/form.html", {"form": form, "programme": programme, "newer": []})
    return edited(
        request,
        form,
        save=lambda data: actions.edit_programme(
            programme=programme,
            changes=form.changes(),
            seen=data["seen"],
            by=request.user,
            replayed=digest_in(request),
        ),
        again=lambda: find(request, pk),
        done="programme-detail",
        template="programmes/form.html",
        context={"programme": programme},
    )


# --- How programmes go together ---------------------------------------------------------------------------------


@require_safe
@requires(Permission.VIEW_PAYMENTS)
def exclusion_list(request: HttpRequest) -> HttpResponse:
    found = exclusions_of(request.user, timezone.localdate())
    shown = [each.pk for each in found]
    context = {
        "exclusions": [(each, exclusion_in_words(each)) for each in found],
        "history": history_of(Part(Exclusion, pgh_obj_id__in=shown), user=request.user),
        "may_edit": request.user.may(Permission.EDIT_PROGRAMMES),
    }
    return render(request, "programmes/exclusions.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
@replayed_first
def exclusion_create(request: HttpRequest) -> HttpResponse:
    initial = {"yielding": request.GET.get("programme")}
    return _exclusion_form(request, ExclusionForm(typed_in(request), by=request.user, initial=initial))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
@replayed_first
def exclusion_edit(request: HttpRequest, pk: int) -> HttpResponse:
    exclusion = _find_exclusion(request, pk)
    return _exclusion_form(request, ExclusionForm(typed_in(request), by=request.user, instance=exclusion))


def _exclusion_form(request: HttpRequest, form: ExclusionForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            exclusion = actions.save_exclusion(
                exclusion=form.result(), by=request.user, replayed=digest_in(request)
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已保存：{exclusion_in_words(exclusion)}")
            return redirect("programme-exclusion-list")
    context = {"form": form, "exclusion": form.instance if form.instance.pk else None}
    return render(request, "programmes/exclusion_form.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
@replayed_first
def exclusion_delete(request: HttpRequest, pk: int) -> HttpResponse:
    exclusion = _find_exclusion(request, pk)
    if request.method == "POST":
        try:
            actions.delete_exclusion(exclusion=exclusion, by=request.user, replayed=digest_in(request))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "已删除这条项目衔接。")
        return redirect("programme-exclusion-list")
    context = {"exclusion": exclusion, "words": exclusion_in_words(exclusion)}
    return render(request, "programmes/exclusion_delete.html", context)


def _find_exclusion(request: HttpRequest, pk: int) -> Exclusion:
    found = Exclusion.objects.visible_to(request.user).select_related(
        "yielding__org_unit", "prevailing__org_unit"
    )
    return get_object_or_404(found, pk=pk)
