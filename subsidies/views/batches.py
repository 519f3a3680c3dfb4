"""Payment batches: the home page, the request, one batch, its lines."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from eldercare.errors import Refused
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from subsidies.actions import batches as actions
from subsidies.forms.batches import CancelForm, LineFilterForm, RequestForm, TermFilterForm
from subsidies.models import Batch, Enrolment, PaymentLine
from subsidies.pages import bank
from subsidies.pages import batches as pages
from subsidies.pages.batches_home import load_home
from subsidies.pages.batches_lists import TERMS, behind_term, filter_lines, listing_for, term_listing
from subsidies.tasks import hint_batches
from subsidies.views.stepping import acted

LONG = 60  # seconds in the queue


@never_cache
@require_safe
@requires(Permission.VIEW_PAYMENTS)
def home(request: HttpRequest) -> HttpResponse:
    context = {
        "home": load_home(request.user, timezone.localdate()),
        "may_prepare": request.user.may(Permission.PREPARE_PAYMENTS),
        "today": timezone.localdate(),
    }
    return render(request, "payments/home.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_PAYMENTS)
def create(request: HttpRequest) -> HttpResponse:
    initial = {
        "programme": request.GET.get("programme"),
        "month": request.GET.get("month") or f"{timezone.localdate():%Y-%m}",
    }
    form = RequestForm(request.POST or None, user=request.user, initial=initial)
    if form.is_valid():
        try:
            batch = actions.request_batch(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            hint_batches()
            return redirect("batch-detail", batch.pk)
    return render(request, "payments/new.html", {"form": form})


# --- One batch ----------------------------------------------------------------------------------------------


def find(request: HttpRequest, pk: int) -> Batch:
    batches = Batch.objects.visible_to(request.user).defer("sheet")
    people = ("made_by", "submitted_by", "approved_by", "sent_by")
    return get_object_or_404(batches.select_related("programme__org_unit", *people), pk=pk)


@never_cache
@require_safe
@requires(Permission.VIEW_PAYMENTS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, find(request, pk))


def page(request: HttpRequest, batch: Batch, *, refusal: str = "", **more: object) -> HttpResponse:
    """The page of a batch; ``refusal``: why what was just asked for was not done."""
    user = request.user
    groups = pages.finding_groups(batch, user)
    card = bank.job_card(batch, user) if batch.state in Batch.SETTLED else None
    context = {
        "batch": batch,
        "state": pages.state_of(batch),
        "way": pages.way_of(batch),
        "steps": pages.steps_for(batch, user, is_at_work=bool(card and card.is_open)),
        "figures": pages.figures_of(batch, user),
        "groups": groups,
        "undecided": sum(group.open for group in groups),
        "identity": pages.identity_of(batch, user),
        "bank": pages.bank_state(batch, user),
        "card": card,
        "bounces": bank.bounces_of(batch, user) if batch.sheet_checksum else [],
        "failed": pages.failed_rows(batch, user) if user.may(Permission.VIEW_PEOPLE) else [],
        "sees_people": user.may(Permission.VIEW_PEOPLE),
        "is_waiting_long": _is_waiting_long(batch),
        "refusal": refusal,
    }
    return render(request, "payments/batch.html", context | more)


def _is_waiting_long(batch: Batch) -> bool:
    waited = timezone.now() - batch.requested_at
    return batch.state == Batch.State.MAKING and not batch.attempts and waited.total_seconds() > LONG


@never_cache
@require_safe
@requires(Permission.VIEW_PAYMENTS)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the worker has done; then the page is loaded anew."""
    batch = find(request, pk)
    if not request.htmx:
        return redirect("batch-detail", pk)
    if batch.state != Batch.State.MAKING or batch.error:
        return HttpResponseClientRefresh()
    context = {"batch": batch, "is_waiting_long": _is_waiting_long(batch)}
    return render(request, "payments/_making.html", context)


@never_cache
@require_POST
@requires(Permission.PREPARE_PAYMENTS)
def remake(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    full = True if request.POST.get("is_full_check") else None
    try:
        actions.remake(batch=batch, by=request.user, is_full_check=full)
    except Refused as refusal:
        return page(request, find(request, pk), refusal=str(refusal))
    hint_batches()
    return redirect("batch-detail", pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_PAYMENTS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)

    def act(data: dict) -> str:
        actions.cancel(batch=batch, by=request.user, **data)
        return f"{batch}已作废，没有发放。"

    form = CancelForm(request.POST or None)
    return acted(request, form, act, ("payment-home",), "payments/cancel.html", batch=batch)


# --- Who is in it -------------------------------------------------------------------------------------------


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def lines(request: HttpRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    form = LineFilterForm(request.GET, user=request.user, batch=batch)
    everything = PaymentLine.objects.visible_to(request.user).filter(batch=batch)
    rows = filter_lines(everything, form.chosen())
    total = pages.total_of(rows)
    context = {"batch": batch, "state": pages.state_of(batch), "total": total}
    return list_page(
        request, listing_for(batch), form=form, everything=everything, rows=rows, template="payments/lines.html", context=context,
        count=total["count"],
    )  # fmt: skip


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def identity(request: HttpRequest, pk: int, term: str) -> HttpResponse:
    """The people behind a term of the identity."""
    batch = find(request, pk)
    if term not in TERMS:
        raise Http404
    amounts = behind_term(batch, term)
    form = TermFilterForm(request.GET, user=request.user)
    everything = Enrolment.objects.visible_to(request.user).filter(pk__in=list(amounts))
    rows = everything.select_related(
        "elder__org_unit", "org_unit", "facility", "post__caregiver", "programme"
    )
    chosen = form.chosen()
    if unit := chosen.get("unit"):
        rows = rows.filter(org_unit=unit)
    if text := chosen.get("q"):
        rows = rows.filter(elder__name__icontains=text)
    context = {"batch": batch, "term": TERMS[term], "terms": TERMS, "current": term}
    return list_page(
        request,
        term_listing(term, amounts),
        form=form,
        everything=everything,
        rows=rows,
        template="payments/term.html",
        context=context,
    )
