"""The editor of registers: the definition with a preview, columns, figures."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from indicators.actions import register_definitions as actions
from indicators.forms.register_definitions import (
    ColumnForm,
    MetricForm,
    NewColumnForm,
    NewRegisterForm,
    RegisterForm,
)
from indicators.forms.registers import RegisterFilterForm, row_form
from indicators.models import RegisterColumn, RegisterMetric
from indicators.pages import registers as pages
from indicators.views.registers import METHODS, find_register


@never_cache
@require_safe
@requires(Permission.VIEW_LEDGERS)
def definition(request: HttpRequest, code: str) -> HttpResponse:
    """What the register asks, and how its list and its form look."""
    register = find_register(code)
    columns = list(register.columns.all())
    current = [column for column in columns if not column.is_retired]
    listing = pages.listing_of(register, current, request.user)
    context = {
        "register": register,
        "columns": columns,
        "metrics": pages.metric_lines(register),
        "headings": [column.heading for column in listing.columns],
        "filters": RegisterFilterForm(request.GET, user=request.user, columns=current),
        "preview": row_form(register, current)(user=request.user, register=register, prefix="preview"),
        "history": pages.definition_history(register, request.user),
        "may_define": request.user.may(Permission.DEFINE_REGISTERS),
    }
    return render(request, "registers/definition.html", context)


def _done(request: HttpRequest, form, write: Callable[[], object], words: str) -> tuple[bool, object]:
    """Whether it was written; what stands in the way of it is said in the form."""
    try:
        write()
    except actions.InTheWay as refusal:
        form.add_error(None, str(refusal))
        return False, refusal
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False, None
    messages.success(request, words)
    return True, None


@never_cache
@require_http_methods(METHODS)
@requires(Permission.DEFINE_REGISTERS)
def create(request: HttpRequest) -> HttpResponse:
    form = NewRegisterForm(request.POST or None)
    if form.is_valid():
        fields = form.changes() | {"code": form.cleaned_data["code"]}

        def write() -> None:
            actions.create_register(fields=fields, columns=form.first_columns(), by=request.user)

        is_done, _ = _done(request, form, write, f"已建立登记簿“{fields['name']}”，接着增加登记项目。")
        if is_done:
            return redirect("register-definition", fields["code"])
    return render(request, "registers/register_form.html", {"form": form})


@never_cache
@require_http_methods(METHODS)
@requires(Permission.DEFINE_REGISTERS)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    register = find_register(code)
    form = RegisterForm(request.POST or None, instance=register)
    if form.is_valid():

        def write() -> None:
            actions.edit_register(register=register, changes=form.changes(), by=request.user)

        is_done, _ = _done(request, form, write, "已保存。")
        if is_done:
            return redirect("register-definition", code)
    return render(request, "registers/register_form.html", {"form": form, "register": find_register(code)})


@never_cache
@require_http_methods(METHODS)
@requires(Permission.DEFINE_REGISTERS)
def column_add(request: HttpRequest, code: str) -> HttpResponse:
    register = find_register(code)
    form = NewColumnForm(request.POST or None, register=register)
    found = None
    if form.is_valid():

        def write() -> None:
            actions.add_column(register=register, fields=form.fields_of(), by=request.user)

        is_done, found = _done(request, form, write, f"已增加“{form.cleaned_data['heading']}”。")
        if is_done:
            return redirect("register-definition", code)
    return _column_page(request, {"form": form, "register": register}, found)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.DEFINE_REGISTERS)
def column_edit(request: HttpRequest, code: str, key: str) -> HttpResponse:
    register = find_register(code)
    column = get_object_or_404(register.columns.all(), key=key)
    form = ColumnForm(request.POST or None, instance=column)
    found = None
    if form.is_valid():

        def write() -> None:
            actions.edit_column(column=column, changes=form.changes(), by=request.user)

        is_done, found = _done(request, form, write, f"已保存“{form.cleaned_data['heading']}”。")
        if is_done:
            return redirect("register-definition", code)
    shown = RegisterColumn.objects.get(pk=column.pk)
    return _column_page(request, {"form": form, "register": register, "column": shown}, found)


def _column_page(request: HttpRequest, context: dict, found: actions.InTheWay | None) -> HttpResponse:
    """With the rows that stand in the way of what was wanted."""
    if found:
        columns = list(context["register"].columns.current())
        context["in_the_way"] = [(row, pages.title_of(row, columns)) for row in found.rows]
        context["number"] = found.number
    return render(request, "registers/column_form.html", context)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.DEFINE_REGISTERS)
def metric_add(request: HttpRequest, code: str) -> HttpResponse:
    return _metric(request, code, RegisterMetric())


@never_cache
@require_http_methods(METHODS)
@requires(Permission.DEFINE_REGISTERS)
def metric_edit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    return _metric(request, code, get_object_or_404(find_register(code).metrics.all(), pk=pk))


def _metric(request: HttpRequest, code: str, instance: RegisterMetric) -> HttpResponse:
    register = find_register(code)
    form = MetricForm(request.POST or None, instance=instance, register=register)
    if form.is_valid():

        def write() -> None:
            actions.save_metric(
                register=register,
                definition=form.definition(),
                new_metric=None if instance.pk else form.new_metric(),
                by=request.user,
            )

        is_done, _ = _done(request, form, write, "指标已保存，从现在起按登记簿计数。")
        if is_done:
            return redirect("register-definition", code)
    return render(request, "registers/metric_form.html", {"form": form, "register": register})


@never_cache
@require_POST
@requires(Permission.DEFINE_REGISTERS)
def metric_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = get_object_or_404(find_register(code).metrics.select_related("register", "metric"), pk=pk)
    try:
        actions.remove_metric(definition=found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{found.metric}”不再由登记簿计数，基础指标本身保留。")
    return redirect("register-definition", code)
