"""Reported figures and the ledgers: a report held against them, and the rows behind a figure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare.lists import Column, ListFilterForm, Listing, list_page
from eldercare.models import User
from eldercare.permissions import Permission, requires
from indicators.pages.ledger_rows import LedgerRows, load_rows
from indicators.pages.reconcile import reconcile
from indicators.pages.report_pages import STATUS_COLOURS
from indicators.pages.report_places import Missing, find_place
from indicators.views.reports import missing

OWN = "own"


@never_cache
@require_safe
@requires(Permission.VIEW_REPORTS)
def reconcile_report(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    """账表核对: ``?rows=differing`` leaves out what agrees."""
    try:
        place = find_place(request.user, month, code)
        report = place.report()
        if report is None:
            raise Missing("这个月的月报还没有开启，没有可以核对的数据。")
    except Missing as problem:
        return missing(request, problem)
    found = reconcile(report)
    only_differing = request.GET.get("rows") == "differing"
    context = {
        "found": found,
        "lines": found.differing if only_differing else found.lines,
        "only_differing": only_differing,
        "report": report,
        "unit": place.unit,
        "month": month,
        "colour": STATUS_COLOURS[report.status],
        "may_enter": report.is_editable and request.user.may(Permission.ENTER_REPORTS),
        "may_correct": report.status == report.Status.LOCKED
        and request.user.may(Permission.PREPARE_CORRECTIONS),
    }
    return render(request, "reports/reconcile.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def ledger_rows(request: HttpRequest, code: str, unit: str, month: dt.date) -> HttpResponse:
    """The rows behind a figure. Of a county: all below it; ``?scope=own`` is what the county itself reports."""
    try:
        place = find_place(request.user, month, unit)
        found = load_rows(place, code, is_own=request.GET.get("scope") == OWN)
    except Missing as problem:
        return missing(request, problem)
    return list_page(
        request,
        _listing(found, request.user),
        form=RowsForm(request.GET),
        everything=found.rows,
        rows=found.rows,
        template="reports/rows.html",
        context={"found": found, "metric": found.metric, "unit": place.unit, "month": month},
    )


class RowsForm(ListFilterForm):
    """Nothing to filter: the list is what was counted. ``scope`` belongs to the address."""

    def unused(self) -> list[str]:
        return [name for name in super().unused() if name != "scope"]


# The page of a row, by its model: name of the address and the attribute that fills it.
PAGES = {
    "facility": ("facility-detail", "pk"),
    "facilityvillage": ("facility-detail", "facility_id"),
    "bed": ("bed-detail", "pk"),
    "stay": ("stay-detail", "pk"),
    "employment": ("caregiver-detail", "caregiver_id"),
    "certificate": ("caregiver-detail", "caregiver_id"),
    "training": ("caregiver-detail", "caregiver_id"),
    "caregiver": ("caregiver-detail", "pk"),
}


def _with_links(found: LedgerRows) -> Sequence[Column]:
    """The source's columns, the first leading to the row's own page where the source names none."""
    columns, page = found.source.columns, PAGES.get(found.rows.model._meta.model_name)
    if page is None or not columns or any(column.link for column in columns):
        return columns
    name, attribute = page
    first, *others = columns
    return (replace(first, link=lambda row: reverse(name, args=[getattr(row, attribute)])), *others)


def _listing(found: LedgerRows, user: User) -> Listing:
    """Without what says who an elder is, for those who see figures and not people."""
    month = found.place.month
    ordering = found.rows.model._meta.ordering
    return Listing(
        f"{found.metric.name}台账明细（{found.place.unit.name}{month.year}年{month.month}月）",
        [
            column
            for column in _with_links(found)
            if not column.is_personal or user.may(Permission.VIEW_PEOPLE)
        ],
        order=tuple(ordering),
    )
