"""Files of uploads: the form that takes one, templates, the original, the receipt."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare import audit
from eldercare.errors import Conflict, Refused
from eldercare.excel import batches
from eldercare.excel.ledgers import Ledger, Situation
from eldercare.excel.scratch import scratch
from eldercare.excel.template import write_template
from eldercare.excel.working import situation_of
from eldercare.excel.writing import CONTENT_TYPE
from eldercare.forms_imports import UploadForm, ledgers_for, units_for_uploads
from eldercare.models import AuditEvent, ImportBatch, OrgUnit, User
from eldercare.permissions import Permission, requires
from eldercare.tasks import hint_imports
from eldercare.views.imports import visible_batch

ANOTHER_FILE = "这一页刚才已经上传过另一个文件。请重新选择文件，再点一次上传。"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def create(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, user=request.user)
        if form.is_valid():
            try:
                batch = _take_in(form, request.user)
            except Refused as refusal:
                form.add_error("file", str(refusal))
                form.renew()
            else:
                hint_imports()
                return redirect("import-detail", pk=batch.pk)
    else:
        form = UploadForm(user=request.user, initial=_initial(request))
    chosen = form["ledger"].value()
    unit = form["unit"].value() if "unit" in form.fields else ""
    context = {
        "form": form,
        "ledgers": [(each, each.key == chosen, each.present_rows is not None) for each in form.ledgers],
        "query": f"?unit={unit}" if unit and str(unit).isascii() and str(unit).isdigit() else "",
    }
    return render(request, "imports/new.html", context)


def _initial(request: HttpRequest) -> dict:
    wanted = request.GET.get("ledger", "")
    keys = [each.key for each in ledgers_for(request.user, wanted)]
    return {
        "ledger": wanted if wanted in keys else "",
        "unit": request.GET.get("unit") or request.user.org_unit.code,
        "as_of": timezone.localdate(),
        "token": uuid.uuid4(),
    }


def _take_in(form: UploadForm, user: User) -> ImportBatch:
    data = form.cleaned_data
    batch = batches.take_in(
        ledger=data["ledger"],
        content=form.content,
        filename=data["file"].name,
        org_unit=form.org_unit,
        as_of=data["as_of"],
        by=user,
        token=data["token"],
    )
    if batch.file.sha256 != hashlib.sha256(form.content).hexdigest():
        raise Conflict(ANOTHER_FILE)
    return batch


@never_cache
@require_safe
@requires(Permission.EDIT_LEDGERS)
def template(request: HttpRequest, ledger: str) -> HttpResponse:
    """The workbook to fill in; with ``rows=1`` with the unit's present rows, which is an entry of the log."""
    found = next((each for each in ledgers_for(request.user, ledger) if each.key == ledger), None)
    if found is None:
        raise Http404
    unit = _unit(request)
    day = _day(request.GET.get("date", ""))
    filled = request.GET.get("rows") == "1" and found.present_rows is not None
    rows = _Counted(found.present_rows(unit, day) if filled else ())
    file = BytesIO()
    situation = situation_of(ImportBatch(org_unit=unit, created_by=request.user, as_of=day), {})
    write_template(
        file,
        title=found.title,
        columns=found.columns,
        rows=rows,
        lists=_lists(found, situation),
        places=situation.places,
        instructions=found.instructions,
    )
    if filled:
        audit.record(
            AuditEvent.Action.EXPORT,
            by=request.user,
            org_unit=unit,
            subject=f"{found.label}模板（填有现有数据）",
            request=request,
            rows=rows.number,
        )
    kind = f"{found.label}_{day:%Y%m%d}" if filled else f"{found.label}模板"
    return _download(file.getvalue(), f"{unit.name}{kind}.xlsx", CONTENT_TYPE)


class _Counted:
    """Rows that are counted while they are written."""

    def __init__(self, rows: Iterable) -> None:
        self.rows, self.number = rows, 0

    def __iter__(self) -> Iterator:
        for row in self.rows:
            self.number += 1
            yield row


def _unit(request: HttpRequest) -> OrgUnit:
    """Only units that the user may upload for: any other is not found."""
    code = request.GET.get("unit", "")
    if not code:
        return request.user.org_unit
    found = units_for_uploads(request.user).filter(code=code[:20].replace("\0", "")).first()
    if found is None:
        raise Http404
    return found


def _day(text: str):
    try:
        return parse_date(text) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


def _lists(ledger: Ledger, situation: Situation) -> dict[str, list[str]]:
    """Drop-downs of what belongs to the unit."""
    own = [unit for unit in situation.units.values() if unit.path.startswith(situation.unit.path)]
    own.sort(key=lambda unit: unit.code)
    level = OrgUnit.Level
    lists = {
        "township": [unit.name for unit in own if unit.level in (level.TOWNSHIP, level.REPORTING)],
        "village": [unit.name for unit in own if unit.level == level.VILLAGE],
    }
    if ledger.lists:
        lists |= ledger.lists(situation.unit, situation.as_of)
    keys = ledger.by_key.keys()
    return {key: options for key, options in lists.items() if key in keys and options}


@never_cache
@require_safe
@requires(Permission.EDIT_LEDGERS)
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook as it came: full numbers are in it, so each download is an entry of the log."""
    batch = with_file(request, pk)
    content = batches.content_of(batch)
    _record(request, batch, "原表")
    return _download(content, batch.filename, "application/octet-stream")


@never_cache
@require_safe
@requires(Permission.EDIT_LEDGERS)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    batch = with_file(request, pk)
    try:
        with scratch() as folder:
            out = folder / "receipt.xlsx"
            made = batches.receipt(batch, out)
            content = out.read_bytes()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("import-detail", pk=pk)
    _record(request, batch, "原表回执")
    if not made.original:
        messages.info(request, made.message)
    return _download(content, f"{Path(batch.filename).stem}_回执.xlsx", CONTENT_TYPE)


def with_file(request: HttpRequest, pk: int) -> ImportBatch:
    """An upload whose file the user may have: full numbers are in it, and the county may have taken the wrong unit."""
    batch = visible_batch(request, pk)
    if not batches.may_have_file(request.user, batch):
        raise Http404
    return batch


def _record(request: HttpRequest, batch: ImportBatch, what: str) -> None:
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        org_unit=batch.org_unit,
        subject=f"{what} {batch.filename}",
        request=request,
        batch=batch.pk,
    )


def _download(content: bytes, filename: str, content_type: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=filename),
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
