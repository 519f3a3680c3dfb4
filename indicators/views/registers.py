"""Registers: all of them, the list of one, its rows one at a time, the mechanisms that they serve."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Refused
from eldercare.history import version_of
from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from facilities.views.editing import edited
from indicators.actions.registers import add_row, delete_row, edit_row, may_write
from indicators.forms.register_definitions import DeleteForm
from indicators.forms.registers import RegisterFilterForm, RowForm, offer_kept, row_form
from indicators.metrics.registers import source_key
from indicators.models import Register, RegisterColumn, RegisterRow
from indicators.pages import mechanisms as mechanism_pages
from indicators.pages import registers as pages
from indicators.pages.registers import columns_for

METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def register_list(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip().replace("\0", "")[:40]
    context = {
        "groups": pages.groups(request.user, text),
        "q": text,
        "may_define": request.user.may(Permission.DEFINE_REGISTERS),
    }
    return render(request, "registers/index.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def mechanisms(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:40]
    every = mechanism_pages.documents()
    found = mechanism_pages.filtered(every, text) if text else every
    context = {
        "documents": found,
        "total": sum(len(each.mechanisms) for each in every),
        "found": sum(len(each.mechanisms) for each in found),
        "q": text,
    }
    return render(request, "registers/mechanisms.html", context)


@require_safe
@requires(Permission.VIEW_LEDGERS)
def register(request: HttpRequest, code: str) -> HttpResponse:
    found = find_register(code)
    columns = columns_for(found, request.user)
    form = RegisterFilterForm(request.GET, user=request.user, columns=columns)
    everything = pages.rows_of(found, columns, request.user)
    rows = form.narrow(everything)
    context = {
        "register": found,
        "totals": pages.totals(rows, columns),
        "metrics": pages.metric_lines(found),
        "serves": mechanism_pages.of_register(found.code),
        "may_write": may_write(request.user, found),
        "may_define": request.user.may(Permission.DEFINE_REGISTERS),
        "ledger_key": source_key(found.code),
    }
    return list_page(
        request,
        pages.listing_of(found, columns, request.user),
        form=form,
        everything=everything,
        rows=rows,
        template="registers/list.html",
        context=context,
    )


def find_register(code: str) -> Register:
    return get_object_or_404(Register.objects.all(), code=code)


def find_row(request: HttpRequest, pk: int) -> RegisterRow:
    rows = RegisterRow.objects.visible_to(request.user)
    related = rows.select_related("register", "org_unit", "village__parent", "facility__org_unit")
    return get_object_or_404(related, pk=pk)


def _writable(request: HttpRequest, found: Register) -> list[RegisterColumn]:
    """The columns of its form; a register that the account does not write has none."""
    if not may_write(request.user, found):
        raise Http404
    return list(found.columns.current())


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def row(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_row(request, pk)
    columns = columns_for(found.register, request.user)
    context = {
        "row": found,
        "register": found.register,
        "title": pages.title_of(found, columns),
        "facts": pages.facts_of(found, columns),
        "history": pages.row_history(found, columns, request.user),
        "may_write": may_write(request.user, found.register),
    }
    return render(request, "registers/row.html", context)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def row_create(request: HttpRequest, code: str) -> HttpResponse:
    found = find_register(code)
    columns = _writable(request, found)
    form = row_form(found, columns)(request.POST or None, user=request.user, register=found)
    if form.is_valid():
        try:
            made = add_row(register=found, values=form.changes(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已登记。")
            if "again" in request.POST:
                return redirect("register-row-create", found.code)
            return redirect("register-row", made.pk)
    return render(request, "registers/row_form.html", {"form": form, "register": found})


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def row_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_row(request, pk)
    columns = _writable(request, found.register)
    form: RowForm = row_form(found.register, columns)(
        request.POST or None, instance=found, user=request.user, register=found.register
    )
    offer_kept(form)
    return edited(
        request,
        form,
        save=lambda data: edit_row(row=found, changes=form.changes(), seen=data["seen"], by=request.user),
        again=lambda: find_row(request, pk),
        done="register-row",
        template="registers/row_form.html",
        context={"row": found, "register": found.register, "title": pages.title_of(found, columns)},
    )


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def row_delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_row(request, pk)
    columns = _writable(request, found.register)
    form = DeleteForm(request.POST or None)
    if form.is_valid():
        try:
            delete_row(row=found, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已删除这条记录。")
            return redirect(reverse("register-rows", args=[found.register.code]))
    context = {
        "form": form,
        "row": found,
        "register": found.register,
        "title": pages.title_of(found, columns),
        "seen": version_of(found),
    }
    return render(request, "registers/row_delete.html", context)
