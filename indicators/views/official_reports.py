"""The official report: list, drafting, the page that looks like the document, sealing, files."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare import audit, evidence
from eldercare.errors import Refused
from eldercare.history import version_of
from eldercare.ledger_metrics import is_county
from eldercare.lists import list_page
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission, requires
from indicators.actions import official_reports as actions
from indicators.forms.official_reports import EditForm, ReportFilterForm, SealForm, StartForm
from indicators.models import OfficialReport
from indicators.pages import official as pages
from indicators.pages.official_figures import read
from indicators.pages.official_history import steps_of
from indicators.pages.official_preview import folded
from indicators.pages.official_text import SECTIONS
from indicators.resources import official_docx, official_xlsx
from indicators.rules.official import Period

WRITERS = {"docx": official_docx.write, "xlsx": official_xlsx.write}


@never_cache
@require_safe
@requires(Permission.VIEW_REPORTS)
def report_list(request: HttpRequest) -> HttpResponse:
    form = ReportFilterForm(request.GET, user=request.user)
    everything = OfficialReport.objects.visible_to(request.user)
    return list_page(
        request,
        pages.REPORTS,
        form=form,
        everything=everything,
        rows=pages.filter_reports(everything, form.chosen()),
        template="official/list.html",
        context={"may_start": _may_prepare(request.user) and _county_of(request.user) is not None},
    )


def find(request: HttpRequest, pk: int) -> OfficialReport:
    reports = OfficialReport.objects.visible_to(request.user)
    related = ("org_unit", "plan", "created_by", "edited_by", "sealed_by")
    return get_object_or_404(reports.select_related(*related), pk=pk)


def _may_prepare(user: User) -> bool:
    return user.may(Permission.PREPARE_OFFICIAL_REPORTS)


def _county_of(user: User) -> OrgUnit | None:
    """A county, or a city that works by a plan of its own."""
    is_city = user.org_unit.level == OrgUnit.Level.CITY
    return user.org_unit if is_county(user.org_unit) or is_city else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_OFFICIAL_REPORTS)
def create(request: HttpRequest) -> HttpResponse:
    county = _county_of(request.user)
    if county is None:
        raise Http404("工作进展月报由县级编制。")
    form = StartForm(request.POST or None, county=county, initial={"month": request.GET.get("month", "")})
    if form.is_valid():
        try:
            report = _start(county, request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已按现有数据生成{report}的草稿，请核对、修改正文。")
            return redirect("official-report", report.pk)
    return render(request, "official/create.html", {"form": form})


def _start(county: OrgUnit, by: User, *, kind: str, month, plan) -> OfficialReport:
    sections = pages.sections_of(read(county, Period(kind, month), plan))
    return actions.start(county=county, kind=kind, month=month, plan=plan, sections=sections, by=by)


@never_cache
@require_safe
@requires(Permission.VIEW_REPORTS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as it will be printed, and what can be done with it."""
    return _show(request, find(request, pk))


def _show(
    request: HttpRequest, report: OfficialReport, *, problem: str = "", status: int = 200
) -> HttpResponse:
    content = pages.load(report)
    may_edit = not report.is_sealed and _may_prepare(request.user)
    newest = (
        OfficialReport.objects.visible_to(request.user)
        .filter(org_unit=report.org_unit, plan=report.plan, kind=report.kind, month=report.month)
        .order_by("-revision")
        .only("pk", "revision", "status", "title")
        .first()
    )
    document = content.document
    context = {
        "report": report,
        "content": content,
        "document": document,
        "attachments": folded(content, document.attachments),
        "is_open": request.GET.get("open") == "all",
        "state": pages.badge(report),
        "as_of": pages.as_of_text(content.figures),
        "corrections": pages.corrections_since(report),
        "newest": newest if newest and newest.pk != report.pk else None,
        "history": steps_of(report, request.user),
        "outdated": [SECTIONS[key] for key in content.outdated],
        "may_edit": may_edit,
        "may_renew": report.is_sealed and _may_prepare(request.user) and newest.pk == report.pk,
        "may_seal": not report.is_sealed and request.user.may(Permission.SEAL_OFFICIAL_REPORTS),
        "problem": problem,
    }
    return render(request, "official/detail.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_OFFICIAL_REPORTS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)
    if report.is_sealed:
        return _show(
            request, report, problem=f"{report}已定稿，不能再修改；需要更正的，请另起草新的一版。", status=409
        )
    content = pages.load(report)
    initial = {name: getattr(report, name) for name in actions.HEAD_FIELDS}
    initial |= {"version": version_of(report)} | {f"text-{key}": text for key, text in content.texts.items()}
    form = EditForm(request.POST or None, initial=initial)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.edit(report=report, version=version, head=form.head, texts=form.texts, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存。")
            return redirect("official-report", report.pk)
    outdated = content.outdated
    parts = [
        {"key": key, "field": form[f"text-{key}"], "outdated": key in outdated, "place": place}
        for place, key in enumerate(SECTIONS, 1)
    ]
    context = {"report": report, "form": form, "parts": parts}
    return render(request, "official/edit.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_OFFICIAL_REPORTS)
def section(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Asks before a section is written anew from today's figures: what a person wrote in it is lost."""
    report = find(request, pk)
    if key not in SECTIONS:
        raise Http404("没有这个部分。")
    if report.is_sealed:
        return _show(request, report, problem=f"{report}已定稿，不能再修改。", status=409)
    content = pages.load(report)
    if request.method == "POST":
        try:
            actions.renew_section(report=report, key=key, text=content.proposals[key], by=request.user)
        except Refused as refusal:
            return _show(request, find(request, pk), problem=str(refusal), status=409)
        messages.success(request, f"已按现有数据重新生成“{SECTIONS[key]}”。")
        return redirect("official-report-edit", report.pk)
    context = {
        "report": report,
        "title": SECTIONS[key],
        "now": content.texts.get(key, ""),
        "proposal": content.proposals[key],
        "is_edited": any(each["key"] == key and each["text"] != each["proposal"] for each in report.sections),
    }
    return render(request, "official/section.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEAL_OFFICIAL_REPORTS)
def seal(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)
    if report.is_sealed:
        return _show(request, report, problem=f"{report}已经定稿。", status=409)
    version = version_of(report)
    content = pages.load(report)
    form = SealForm(request.POST or None, initial={"stamp": content.stamp})
    problem = ""
    if form.is_valid():
        if form.cleaned_data["stamp"] != content.stamp:
            problem = "您打开这一页之后，数据或正文有变动。请重新核对下面链接的预览，再定稿。"
            form = SealForm(initial={"stamp": content.stamp})
        else:
            accepted = form.cleaned_data["accept_missing"]
            try:
                actions.seal(
                    report=report,
                    sealing=_sealing(content, version),
                    accept_missing=accepted,
                    by=request.user,
                )
            except Refused as refusal:
                problem = str(refusal)
            else:
                messages.success(request, f"{report}已定稿，Word 和 Excel 文件已存档。")
                return redirect("official-report", report.pk)
    is_own = request.user.pk in report.authors()
    context = {"report": report, "content": content, "form": form, "problem": problem, "is_own": is_own}
    return render(request, "official/seal.html", context, status=409 if problem else 200)


def _sealing(content: pages.Content, version: int) -> actions.Sealing:
    """The files as of now, with today as the day below the text where none was given."""
    signed = copy(content.report)
    signed.signed_on = signed.signed_on or timezone.localdate()
    content = replace(content, report=signed)
    return actions.Sealing(
        version=version,
        figures=content.figures,
        docx=official_docx.write(content),
        xlsx=official_xlsx.write(content),
        signed_on=signed.signed_on,
    )


@require_safe
@requires(Permission.VIEW_REPORTS)
def file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The sealed file, the same bytes each time; of a draft one made now, and named so."""
    report = find(request, pk)
    if kind not in WRITERS:
        raise Http404("没有这种文件。")
    if report.is_sealed:
        try:
            content = actions.sealed_file(report, kind)
        except Refused as refusal:
            return _show(request, report, problem=str(refusal), status=409)
        name = str(report)
    else:
        content, name = WRITERS[kind](pages.load(report)), f"{report}（草稿）"
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        subject=f"{name}.{kind}",
        request=request,
        org_unit=report.org_unit,
    )
    return evidence.attachment(content, filename=f"{name}.{kind}", kind=kind)


@require_POST
@requires(Permission.PREPARE_OFFICIAL_REPORTS)
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version of a sealed report, from the figures as they stand now."""
    report = find(request, pk)

    def act() -> OfficialReport:
        return _start(report.org_unit, request.user, kind=report.kind, month=report.month, plan=report.plan)

    return _step(request, report, act, done="已起草新的一版，原定稿保留不变。")


@require_POST
@requires(Permission.PREPARE_OFFICIAL_REPORTS)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)

    def act() -> None:
        actions.ask_to_seal(report=report, by=request.user)

    return _step(request, report, act, done="已通知审核人定稿。")


@require_POST
@requires(Permission.PREPARE_OFFICIAL_REPORTS)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)
    try:
        actions.discard(report=report, by=request.user)
    except Refused as refusal:
        return _show(request, find(request, pk), problem=str(refusal), status=409)
    messages.success(request, f"已删除{report}的草稿。")
    return redirect("official-report-list")


def _step(
    request: HttpRequest, report: OfficialReport, act: Callable[[], OfficialReport | None], *, done: str
) -> HttpResponse:
    try:
        made = act()
    except Refused as refusal:
        return _show(request, find(request, report.pk), problem=str(refusal), status=409)
    messages.success(request, done)
    return redirect("official-report", (made or report).pk)
