"""Uploads: the list of all, one upload in each of its states, what is done with its change slip."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from eldercare import import_actions, import_pages
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.excel import batches
from eldercare.excel.batches import may_have_file
from eldercare.excel.ledgers import Ledger, keys_hidden_from, ledger_of
from eldercare.excel.undoing import changed_since, undo
from eldercare.excel.writing import Kind
from eldercare.forms_imports import OPEN, ApplyForm, ImportFilterForm, MatchForm, UndoForm, ledgers_for
from eldercare.lists import Column, Listing, contains, list_page
from eldercare.models import ImportBatch, User
from eldercare.permissions import Permission, requires
from eldercare.tasks import hint_imports

Status = ImportBatch.Status


def _count(name: str):
    """A count of the slip; none before there is one."""
    return lambda batch: getattr(batch, name) if batch.status in import_pages.HAS_SLIP else None


COLUMNS = (
    Column("at", "上传时间", "created_at", order=("pk",), kind=Kind.DATETIME, width=18),
    Column("unit", "单位", "org_unit.name", order=("org_unit__code",), css="nowrap"),
    Column(
        "ledger", "台账", lambda batch: import_pages.label_of(batch.ledger), order=("ledger",), css="nowrap"
    ),
    Column(
        "file",
        "文件",
        "filename",
        order=("filename",),
        width=36,
        link=lambda batch: reverse("import-detail", args=[batch.pk]),
        css="import-name",
    ),
    Column("sum", "校验码", lambda batch: batch.file.sha256[:8], css="code", width=12),
    Column("by", "上传人", "created_by.full_name", order=("created_by__full_name",), css="nowrap"),
    Column("as_of", "数据日期", "as_of", order=("as_of",), kind=Kind.DATE, width=12),
    Column("total", "数据行", _count("total"), kind=Kind.INTEGER, width=9),
    Column("new", "新增", _count("new"), kind=Kind.INTEGER, width=8),
    Column("changed", "变更", _count("changed"), kind=Kind.INTEGER, width=8),
    Column("errors", "错误", _count("errors"), kind=Kind.INTEGER, width=8),
    Column("warnings", "警告", _count("warnings"), kind=Kind.INTEGER, width=8),
    Column("state", "状态", import_pages.state_of, order=("status",)),
)
IMPORTS = Listing(
    "上传记录",
    COLUMNS,
    order=("-pk",),
    unit="次",
    is_off=lambda batch: batch.status in (Status.DISCARDED, Status.UNDONE, Status.REFUSED),
)


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def import_list(request: HttpRequest) -> HttpResponse:
    form = ImportFilterForm(request.GET, user=request.user)
    everything = _visible(request.user)
    chosen, rows = form.chosen(), everything.select_related("org_unit", "created_by", "file")
    rows = rows.defer("file__content", "effects", "layout", "mapping", "undo_left")
    if ledger := chosen.get("ledger"):
        rows = rows.filter(ledger=ledger)
    if unit := chosen.get("unit"):
        rows = rows.filter(org_unit=unit)
    if state := chosen.get("state"):
        rows = rows.unfinished() if state == OPEN else rows.filter(status=state)
    if text := chosen.get("q"):
        rows = rows.filter(contains(text, "filename"))
    columns = COLUMNS if "unit" in form.fields else [each for each in COLUMNS if each.key != "unit"]
    return list_page(
        request,
        replace(IMPORTS, columns=columns),
        form=form,
        everything=everything,
        rows=rows,
        template="imports/list.html",
        context={"may_upload": bool(ledgers_for(request.user))},
    )


# --- One upload -------------------------------------------------------------------------------------------------


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, visible_batch(request, pk))


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a worker has come; when it is done, the page is loaded anew."""
    batch = visible_batch(request, pk)
    if not request.htmx:
        return redirect("import-detail", pk=pk)
    if batch.status not in ImportBatch.WORKING:
        return HttpResponseClientRefresh()
    context = {"batch": batch, "is_waiting_long": import_pages.is_waiting_long(batch)}
    return render(request, "imports/_working.html", context)


def _step(view: Callable[[HttpRequest, ImportBatch], HttpResponse]) -> Callable[..., HttpResponse]:
    """A button of an upload's page. Opened as an address, as links of a page that was refused do, it is that page."""

    @wraps(view)
    @require_http_methods(["GET", "HEAD", "POST"])
    def step(request: HttpRequest, pk: int) -> HttpResponse:
        batch = visible_batch(request, pk)
        if request.method == "POST":
            return view(request, batch)
        query = request.META["QUERY_STRING"]
        return redirect(reverse("import-detail", args=[pk]) + (f"?{query}" if query else ""))

    return requires(Permission.EDIT_LEDGERS)(step)


@_step
def match(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """The headings as a person matched them; with ``other`` back to the choice among all sheets."""
    form = None
    try:
        if "other" in request.POST:
            batches.match(batch, sheet="", mapping={}, by=request.user)
        else:
            form = _match_form(request, batch)
            if form is None:
                raise Conflict(f"这次上传{batch.get_status_display()}，不能再改表头对应。")
            if not form.is_valid():
                return _page(request, batch, match_form=form)
            batches.match(batch, sheet=form.candidate["sheet"], mapping=form.mapping(), by=request.user)
    except Refused as refusal:
        return _refused(request, batch, refusal, match_form=form)
    hint_imports()
    return redirect("import-detail", pk=batch.pk)


@_step
def forget(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    try:
        import_actions.forget_match(batch, by=request.user)
    except Refused as refusal:
        return _refused(request, batch, refusal)
    hint_imports()
    return redirect("import-detail", pk=batch.pk)


@_step
def apply(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return _page(request, batch, apply_form=form)
    try:
        import_actions.agree(batch, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        return _refused(request, batch, refusal, apply_form=form)
    hint_imports()
    return redirect("import-detail", pk=batch.pk)


@_step
def discard(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    try:
        batches.discard(batch, by=request.user)
    except Refused as refusal:
        return _refused(request, batch, refusal)
    messages.success(request, f"已放弃“{batch.filename}”，台账没有改动。")
    return redirect("import-list")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason, and says what can no longer be restored."""
    batch = visible_batch(request, pk)
    if batch.status == Status.UNDONE:
        return redirect("import-detail", pk=pk)
    form = UndoForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            left = undo(batch, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = _status_of(refusal)
        else:
            kept = f"；{len(left)} 行之后又改过或已被引用，保留不动" if left else ""
            messages.success(request, f"已撤销“{batch.filename}”{kept}。")
            return redirect("import-detail", pk=pk)
    applied = batch.status == Status.APPLIED
    context = {
        "batch": batch,
        "ledger": ledger_of(batch.ledger),
        "form": form,
        "closing": import_pages.closing_word(ledger_of(batch.ledger)),
        "is_applied": applied,
        "since": changed_since(batch) if applied else 0,
    }
    return render(request, "imports/undo.html", context, status=status)


def _visible(user: User) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(user).exclude(ledger__in=keys_hidden_from(user))


def visible_batch(request: HttpRequest, pk: int) -> ImportBatch:
    found = _visible(request.user).select_related(
        "org_unit", "file", "created_by__org_unit", "applied_by", "undone_by"
    )
    return get_object_or_404(found.defer("file__content"), pk=pk)


def _refused(request: HttpRequest, batch: ImportBatch, refusal: Refused, **forms) -> HttpResponse:
    """The page as it stands now, with the sentence on top and what was typed in it."""
    batch.refresh_from_db()
    return _page(request, batch, refusal=str(refusal), status=_status_of(refusal), **forms)


def _status_of(refusal: Refused) -> int:
    return 403 if isinstance(refusal, NotAllowed) else 409 if isinstance(refusal, Conflict) else 200


def _page(
    request: HttpRequest,
    batch: ImportBatch,
    *,
    refusal: str = "",
    status: int = 200,
    apply_form: ApplyForm | None = None,
    match_form: MatchForm | None = None,
) -> HttpResponse:
    ledger = ledger_of(batch.ledger)
    context = {
        "batch": batch,
        "ledger": ledger,
        "state": import_pages.state_of(batch),
        "steps": import_pages.steps_of(batch),
        "earlier": import_pages.earlier_upload(batch, request.user),
        "may_edit": request.user.may(ledger.permission),
        "may_have_file": request.user.may(ledger.permission) and may_have_file(request.user, batch),
        "closing": import_pages.closing_word(ledger),
        "refusal": refusal,
    }
    if batch.status in ImportBatch.WORKING:
        context["is_waiting_long"] = import_pages.is_waiting_long(batch)
    elif batch.status == Status.UNMATCHED:
        context["match_form"] = match_form or _match_form(request, batch)
    elif batch.status in import_pages.HAS_SLIP:
        context |= _slip(request, batch, ledger, apply_form)
    return render(request, "imports/detail.html", context, status=status)


def _slip(request: HttpRequest, batch: ImportBatch, ledger: Ledger, form: ApplyForm | None) -> dict:
    stamp = import_pages.slip_stamp(batch)
    if form is None:
        form = ApplyForm(initial={"seen": stamp, "reason": batch.reason})
    else:
        form.data = form.data.copy()
        form.data["seen"] = stamp  # the page that goes out now is what was looked at
    wrong, doubtful = import_pages.wrong_cells(batch)
    return {
        "slip": import_pages.load_slip(batch, ledger, request.GET),
        "effects": import_pages.effects_of(batch, request.user),
        "form": form,
        "wrong": wrong,
        "doubtful": doubtful,
        "is_kept_format": batch.filename.lower().endswith(".xlsx"),
        "is_nothing_new": import_pages.nothing_to_write(batch),
        "is_writable": not import_pages.nothing_to_write(batch) or import_pages.may_close(batch, ledger),
        "remembered": import_pages.remembered_match(batch),
    }


def _match_form(request: HttpRequest, batch: ImportBatch) -> MatchForm | None:
    candidates = batch.layout.get("candidates", [])
    if batch.status != Status.UNMATCHED or not candidates:
        return None
    wanted = request.POST if request.method == "POST" else request.GET
    number = import_pages.candidate_number(batch, wanted.get("sheet"))
    return MatchForm(
        request.POST if request.method == "POST" else None,
        ledger=ledger_of(batch.ledger),
        candidate=candidates[number],
        initial={"sheet": number},
    )
