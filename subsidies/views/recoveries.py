"""Recoveries: the list, one claim, repaid, written off; and a person's statement."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Refused
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from subsidies.actions import recoveries as actions
from subsidies.forms.batches import RecoveryFilterForm, SettleForm
from subsidies.models import Recovery
from subsidies.pages import recoveries as pages


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def recovery_list(request: HttpRequest) -> HttpResponse:
    form = RecoveryFilterForm(request.GET, user=request.user)
    everything = Recovery.objects.visible_to(request.user)
    rows = pages.filter_recoveries(everything, form.chosen())
    return list_page(
        request,
        pages.RECOVERIES,
        form=form,
        everything=everything,
        rows=rows,
        template="payments/recoveries.html",
        context={"total": pages.totals_of(rows)},
    )


def find(request: HttpRequest, pk: int) -> Recovery:
    recoveries = Recovery.objects.visible_to(request.user).select_related(
        "batch__programme", "enrolment__programme", "enrolment__elder", "enrolment__org_unit",
        "enrolment__facility", "enrolment__post__caregiver",
    )  # fmt: skip
    return get_object_or_404(recoveries, pk=pk)


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    recovery = find(request, pk)
    open_ = recovery.outstanding > 0
    context = {
        "recovery": recovery,
        "state": pages.state_badge(recovery),
        "months": pages.months_of(recovery),
        "entries": recovery.entries.select_related("by").order_by("on", "pk"),
        "lines": pages.months_overpaid(recovery),
        "may_repay": open_ and request.user.may(Permission.PREPARE_PAYMENTS),
        "may_write_off": open_ and request.user.may(Permission.APPROVE_PAYMENTS),
    }
    return render(request, "payments/recovery.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PREPARE_PAYMENTS)
def repaid(request: HttpRequest, pk: int) -> HttpResponse:
    words = {
        "title": "登记追回",
        "button": "登记追回",
        "hint": "依据写收款凭证：如“缴款书 2026-017 号”。可以分几次登记。",
    }
    return _settle(request, pk, actions.repay, words)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.APPROVE_PAYMENTS)
def written_off(request: HttpRequest, pk: int) -> HttpResponse:
    words = {
        "title": "核销追缴款",
        "button": "核销",
        "hint": "确实追不回的才核销。依据写批准文件或会议纪要。核销后不再追缴、不再抵扣。",
    }
    return _settle(request, pk, actions.write_off, words)


def _settle(request: HttpRequest, pk: int, action: Callable, words: dict[str, str]) -> HttpResponse:
    recovery = find(request, pk)
    initial = {
        "amount": recovery.outstanding,
        "on": timezone.localdate(),
        "seen": recovery.outstanding,
    }
    form = SettleForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            entry = action(recovery=recovery, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            recovery = find(request, pk)
            form.data = form.data.copy()
            form.data["seen"] = str(recovery.outstanding)
        else:
            messages.success(request, f"已登记{entry.get_kind_display()} {entry.amount:,.2f} 元。")
            return redirect("recovery-detail", pk)
    return render(request, "payments/settle.html", {"form": form, "recovery": recovery, "words": words})
