"""Evidence files of a correction slip: taken in and removed at the desk, given back as downloads."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from eldercare import audit, evidence
from eldercare.errors import Refused
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from indicators.actions import corrections as actions
from indicators.models import CorrectionEvidence
from indicators.views.corrections import find, show


@require_POST
@requires(Permission.PREPARE_CORRECTIONS)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Each file by itself: one that is refused does not keep the others out."""
    slip = find(request, pk)
    taken, problems = 0, []
    for file in request.FILES.getlist("files"):
        try:
            evidence.check_size(file.name, file.size)
            actions.add_evidence(slip=slip, filename=file.name, content=file.read(), by=request.user)
            taken += 1
        except Refused as refusal:
            problems.append(str(refusal))
    if not taken and not problems:
        problems.append("请先选择要上传的文件。")
    if problems:
        done = f"已上传 {taken} 个；" if taken else ""
        return show(request, find(request, pk), problem=done + " ".join(problems), status=422)
    messages.success(request, f"已上传 {taken} 个佐证材料。")
    return redirect("correction", slip.pk)


def _piece(request: HttpRequest, pk: int) -> CorrectionEvidence:
    pieces = CorrectionEvidence.objects.visible_to(request.user).select_related("slip__org_unit", "file")
    return get_object_or_404(pieces, pk=pk)


@never_cache
@require_safe
@requires(Permission.VIEW_REPORTS)
def download(request: HttpRequest, pk: int) -> HttpResponse:
    piece = _piece(request, pk)
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        org_unit=piece.slip.org_unit,
        subject=f"{piece.slip}佐证材料 {piece.filename}",
        request=request,
    )
    return evidence.download(piece.file, filename=piece.filename, kind=piece.kind)


@require_POST
@requires(Permission.PREPARE_CORRECTIONS)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    piece = _piece(request, pk)
    slip = piece.slip
    try:
        actions.remove_evidence(piece=piece, by=request.user)
    except Refused as refusal:
        return show(request, find(request, slip.pk), problem=str(refusal), status=409)
    messages.success(request, f"已删除“{piece.filename}”。")
    return redirect("correction", slip.pk)
