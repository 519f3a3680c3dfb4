"""To the bank and back: the sheet, the return file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from eldercare.errors import Refused
from eldercare.excel.writing import CONTENT_TYPE
from eldercare.permissions import Permission, requires
from subsidies.actions import bank_bounce, bank_return, bank_sheet
from subsidies.forms.batches import BounceForm, ReturnForm
from subsidies.pages import batches as pages
from subsidies.views.batches import find, page

SHOWN = 200  # rows that do not agree


@never_cache
@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet with full numbers. The first time it freezes the lines."""
    batch = find(request, pk)
    try:
        made = bank_sheet.export(batch=batch, by=request.user)
    except Refused as refusal:
        return page(request, find(request, pk), refusal=str(refusal))
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=made.filename),
        "Cache-Control": "no-store",
    }
    return HttpResponse(made.content, content_type=CONTENT_TYPE, headers=headers)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_PAYMENTS)
def register_return(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    outcome = None
    form = ReturnForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            outcome = bank_return.match_return(
                batch=batch,
                content=file.read(),
                filename=file.name,
                only_agreeing=form.cleaned_data["only_agreeing"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            if outcome.is_written and not outcome.problems:
                messages.success(request, _words(outcome))
                return redirect("batch-detail", pk)
    batch = find(request, pk)
    context = {
        "form": form,
        "batch": batch,
        "state": pages.state_of(batch),
        "bank": pages.bank_state(batch, request.user),
        "outcome": outcome,
        "problems": outcome.problems[:SHOWN] if outcome else [],
    }
    return render(request, "payments/return.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_PAYMENTS)
def register_bounce(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    form = BounceForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        try:
            row = bank_bounce.bounce(batch=batch, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                f"已登记序号 {row.serial}（{row.name}）退汇 {row.amount:,.2f} 元，仍符合条件的在下一批补发。",
            )
            return redirect("batch-detail", pk)
    return render(request, "payments/bounce.html", {"form": form, "batch": batch})


def _words(outcome: bank_return.Outcome) -> str:
    if not outcome.new:
        return f"这份回盘的 {outcome.known} 行以前都已登记，没有变动。"
    words = f"已登记回盘：成功 {outcome.paid} 人 {outcome.paid_amount:,.2f} 元，失败 {outcome.failed} 人 {outcome.failed_amount:,.2f} 元"
    rest = "，全部已有结果，本批已对账。" if outcome.is_reconciled else f"，还有 {outcome.left} 人没有结果。"
    return words + rest
