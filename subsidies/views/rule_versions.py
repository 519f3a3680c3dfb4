"""Rule versions of a programme: the whole version on one page, a copy for a new document, deleting one by mistake."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Conflict, Refused
from eldercare.permissions import Permission, requires
from subsidies.actions import rule_versions as actions
from subsidies.forms.programmes import TryForm
from subsidies.forms.rule_versions import CopyForm, VersionForm, WholeVersion, with_one_more
from subsidies.models import Programme, RuleVersion
from subsidies.pages import matching
from subsidies.rules.enrolments import add_months
from subsidies.rules.facts import FACTS
from subsidies.rules.programmes import band_warnings
from subsidies.views.programmes import find as find_programme
from subsidies.views.rule_replays import digest_in, replayed_first, typed_in


def find(request: HttpRequest, pk: int, version: int) -> tuple[Programme, RuleVersion]:
    programme = find_programme(request, pk)
    found = RuleVersion.objects.visible_to(request.user).filter(programme=programme)
    return programme, get_object_or_404(found, pk=version)


def _shown(programme: Programme, version: RuleVersion) -> str:
    return f"{reverse('programme-detail', args=[programme.pk])}?version={version.pk}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
@replayed_first
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """The first version; later ones are copies."""
    programme = find_programme(request, pk)
    initial = {"effective_from": programme.starts_on}
    form = VersionForm(typed_in(request), programme=programme, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            version = actions.create_version(
                programme=programme, fields=form.values(), by=request.user, replayed=digest_in(request)
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存。接着录入档次和资金分担。")
            return redirect("programme-version-edit", programme.pk, version.pk)
    context = {"programme": programme, "form": form, "names": FACTS[programme.beneficiary].items()}
    return render(request, "programmes/version_form.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
@replayed_first
def edit(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    programme, row = find(request, pk, version)
    if request.method == "POST" and "more" in request.POST:
        whole = WholeVersion(row, programme, with_one_more(request.POST)).without_errors()
        return _page(request, programme, row, whole)
    whole = WholeVersion(row, programme, typed_in(request))
    if request.method != "POST" or not whole.is_valid():
        return _page(request, programme, row, whole)
    status = 200
    try:
        words = actions.save_version(
            version=row,
            fields=whole.settings.values(),
            bands=whole.bands.rows(),
            shares=whole.shares.values(),
            seen=whole.settings.cleaned_data["seen"],
            by=request.user,
            replayed=digest_in(request),
        )
    except Conflict as conflict:
        whole.settings.add_error(None, f"{conflict}（改动见项目页面的修改记录）")
        whole.settings.data = request.POST.copy()
        whole.settings.data["seen"] = str(actions.stamp_of(row))
        status = 409
    except Refused as refusal:
        whole.settings.add_error(None, str(refusal))
    else:
        messages.success(request, f"已保存：{'、'.join(words)}。" if words else "没有改动，未保存。")
        for warning in band_warnings(whole.band_rows()):
            messages.warning(request, warning)
        return redirect(_shown(programme, row))
    return _page(request, programme, row, whole, status=status)


def _page(
    request: HttpRequest,
    programme: Programme,
    version: RuleVersion,
    whole: WholeVersion,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "programme": programme,
        "version": version,
        "form": whole.settings,
        "bands": whole.bands,
        "shares": whole.shares,
        "names": FACTS[programme.beneficiary].items(),
        "lines": actions.lines_of(version),
    }
    return render(request, "programmes/version_form.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
@replayed_first
def copy(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    programme, row = find(request, pk, version)
    initial = {"effective_from": add_months(timezone.localdate().replace(day=1), 1)}
    form = CopyForm(typed_in(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.copy_version(
                version=row, by=request.user, replayed=digest_in(request), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"已按 {row.effective_from:%Y-%m} 的版本建立新版本，请按新文件修改后保存。"
            )
            return redirect("programme-version-edit", programme.pk, made.pk)
    context = {"programme": programme, "version": row, "form": form}
    return render(request, "programmes/version_copy.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
@replayed_first
def delete(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    programme, row = find(request, pk, version)
    if request.method == "POST":
        try:
            actions.delete_version(version=row, by=request.user, replayed=digest_in(request))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"已删除 {row.effective_from:%Y-%m} 起的版本。")
        return redirect("programme-detail", programme.pk)
    context = {"programme": programme, "version": row, "lines": actions.lines_of(row)}
    return render(request, "programmes/version_delete.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_PAYMENTS)
def try_out(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """How many people would get how much in the month of ``?month=``; figures only."""
    programme, row = find(request, pk, version)
    today = timezone.localdate().replace(day=1)
    initial = max(today, row.effective_from, programme.starts_on)
    form = TryForm(request.GET if "month" in request.GET else None, initial={"month": initial})
    month = initial
    if form.is_bound:
        month = form.cleaned_data["month"] if form.is_valid() else None
    trial = matching.try_out(row, month, units=matching.units_of(request.user)) if month else None
    context = {"programme": programme, "version": row, "form": form, "month": month, "trial": trial}
    return render(request, "programmes/version_try.html", context)
