"""To the bank and back: the sheet, the return file, money that comes back later."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from eldercare.errors import Refused
from eldercare.excel.writing import CONTENT_TYPE
from eldercare.permissions import Permission, requires
from subsidies.actions import bank_bounce, bank_jobs, bank_sheet
from subsidies.forms.batches import BounceForm, RefuseBounceForm, ReturnForm
from subsidies.models import Batch, Bounce
from subsidies.pages import bank
from subsidies.pages import batches as pages
from subsidies.tasks import hint_bank
from subsidies.views.batches import find, page
from subsidies.views.stepping import acted

METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet with full numbers. The first time a worker makes it and freezes the lines."""
    batch = find(request, pk)
    try:
        if batch.state == Batch.State.APPROVED:
            job = bank_jobs.ask_for_sheet(batch=batch, by=request.user)
            if not bank_jobs.do_now(job):
                hint_bank()
                return redirect("batch-detail", pk)
            if job.error:
                return redirect("batch-detail", pk)
        made = bank_sheet.take_sheet(batch=batch, by=request.user)
    except Refused as refusal:
        return page(request, find(request, pk), refusal=str(refusal))
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=made.filename),
        "Cache-Control": "no-store",
    }
    return HttpResponse(made.content, content_type=CONTENT_TYPE, headers=headers)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.PREPARE_PAYMENTS)
def register_return(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    form = ReturnForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = bank_jobs.ask_to_match(
                batch=batch,
                content=file.read(),
                filename=file.name,
                only_agreeing=form.cleaned_data["only_agreeing"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            if not bank_jobs.do_now(job):
                hint_bank()
                return redirect("batch-return", pk)
            card = bank.card_of(job)
            if card.is_agreed:
                messages.success(request, f"已登记回盘：{card.words}")
                return redirect("batch-detail", pk)
            if job.error:
                form.add_error("file", job.error)
    batch = find(request, pk)
    context = {
        "form": form,
        "batch": batch,
        "state": pages.state_of(batch),
        "bank": pages.bank_state(batch, request.user),
        "card": bank.job_card(batch, request.user),
    }
    return render(request, "payments/return.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_PAYMENTS)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the worker has come; when it is done, the page is loaded anew."""
    batch = find(request, pk)
    if not request.htmx:
        return redirect("batch-detail", pk)
    card = bank.job_card(batch, request.user)
    if card is None or not card.is_open:
        return HttpResponseClientRefresh()
    return render(request, "payments/_bank_working.html", {"batch": batch, "card": card})


# --- Money that comes back later ----------------------------------------------------------------------------


@never_cache
@require_http_methods(METHODS)
@requires(Permission.PREPARE_PAYMENTS)
def register_bounce(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)

    def act(data: dict) -> str:
        made = bank_bounce.register_bounce(batch=batch, by=request.user, **data)
        return (
            f"已登记序号 {made.serial}（{made.name}）退汇 {made.amount:,.2f} 元，等另一位有审批权限的人确认。"
        )

    form = BounceForm(request.POST or None, initial={"on": timezone.localdate()})
    return acted(request, form, act, ("batch-detail", pk), "payments/bounce.html", batch=batch)


def _bounce(batch: Batch, number: int) -> Bounce:
    return get_object_or_404(batch.bounces.select_related("registered_by"), pk=number)


@never_cache
@require_POST
@requires(Permission.APPROVE_PAYMENTS)
def confirm_bounce(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    batch = find(request, pk)
    bounce = _bounce(batch, number)
    try:
        bank_bounce.confirm_bounce(bounce=bounce, by=request.user)
    except Refused as refusal:
        return page(request, find(request, pk), refusal=str(refusal))
    messages.success(
        request,
        f"已确认序号 {bounce.serial}（{bounce.name}）退汇 {bounce.amount:,.2f} 元，仍符合条件的在下一批补发。",
    )
    return redirect("batch-detail", pk)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.APPROVE_PAYMENTS)
def refuse_bounce(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    batch = find(request, pk)
    bounce = _bounce(batch, number)

    def act(data: dict) -> str:
        bank_bounce.refuse_bounce(bounce=bounce, by=request.user, **data)
        return f"序号 {bounce.serial}（{bounce.name}）的退汇不予确认，仍按已发放计。"

    form = RefuseBounceForm(request.POST or None)
    return acted(
        request, form, act, ("batch-detail", pk), "payments/refuse_bounce.html", batch=batch, bounce=bounce
    )
