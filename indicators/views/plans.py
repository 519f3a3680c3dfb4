"""The plans, and the table of all indicators of one: filtered, sorted, exported."""

from collections.abc import Callable
from decimal import Decimal

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare import audit
from eldercare.excel.writing import Sheet, workbook_response
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from indicators.forms.plans import PlanFilterForm
from indicators.models import Adoption, Indicator, IndicatorValue, Plan
from indicators.pages.dashboard import Dashboard, build
from indicators.pages.display import COUNTED_STATUSES, LOOKS, ONLY_APPROVED, month_text
from indicators.pages.lines import FullCatalogue, Line
from indicators.pages.outlook import outlooks_of
from indicators.pages.selection import Selection, select
from indicators.resources.plans import IndicatorResource
from indicators.rules.outlook import Outlook
from indicators.views.indicator_pages import may_edit

STATUS_ORDER = {
    status: position
    for position, status in enumerate(
        [
            IndicatorValue.Status.BEHIND,
            IndicatorValue.Status.NOT_REPORTED,
            IndicatorValue.Status.ON_COURSE,
            IndicatorValue.Status.MET,
            IndicatorValue.Status.NOT_APPLICABLE,
            IndicatorValue.Status.NOT_JUDGED,
        ]
    )
}
SORTS: dict[str, tuple[str, Callable[[Line], object]]] = {
    "number": ("序号", lambda line: line.indicator.number),
    "name": ("指标", lambda line: line.indicator.name),
    "status": ("状态", lambda line: (STATUS_ORDER[line.status], line.indicator.number)),
    "due": (
        "期限",
        lambda line: (line.goal is None, str(line.goal.due_on) if line.goal else "", line.indicator.number),
    ),
    "share": (
        "达成程度",
        lambda line: (line.attainment is None, line.attainment or Decimal(0), line.indicator.number),
    ),
}


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def plan_list(request: HttpRequest) -> HttpResponse:
    binding = Q(indicators__is_active=True, indicators__is_soft=False) & Q(
        indicators__role__in=[Indicator.Role.TARGET, Indicator.Role.NORM]
    )
    plans = (
        Plan.objects.visible_to(request.user)
        .select_related("org_unit")
        .prefetch_related(
            Prefetch(
                "adoptions", Adoption.objects.around(request.user).select_related("org_unit"), to_attr="seats"
            )
        )
        .annotate(
            entries=Count("indicators", filter=Q(indicators__is_active=True)),
            binding=Count("indicators", filter=binding),
            headlines=Count("indicators", filter=Q(indicators__is_active=True, indicators__is_headline=True)),
        )
        .order_by("-starts_on", "code")
    )
    context = {"plans": plans, "may_adopt": request.user.may(Permission.EDIT_PLANS)}
    return render(request, "plans/list.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def plan(request: HttpRequest, code: str) -> HttpResponse:
    selection, board, form, lines = _table(request, code)
    is_editor = may_edit(request.user, selection.plan)
    context = {
        "selection": selection,
        "board": board,
        "plan": selection.plan,
        "form": form,
        "lines": lines,
        "sort": _sort(request),
        "sorts": SORTS,
        "looks": [LOOKS[status] for status in COUNTED_STATUSES],
        "indicator_query": selection.query(plan=None),
        "what_if_query": selection.query(plan=None, as_of=None),
        "stopped": _stopped(request, selection) if is_editor else [],
        "is_editor": is_editor,
    }
    return render(request, "plans/plan.html", context)


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The table as it is filtered and sorted, as a workbook; an entry of the log like every export."""
    selection, _, form, lines = _table(request, code)
    resource = IndicatorResource(_outlooks(request, selection, lines))
    conditions = _conditions(form)
    where = selection.unit.name if selection.unit else ""
    when = month_text(selection.month) if selection.month else "尚无数据"
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        subject=f"{selection.plan.short_title}指标表",
        request=request,
        rows=len(lines),
        conditions=conditions,
    )
    sheet = Sheet(
        "指标表",
        resource.columns(),
        resource.rows(lines),
        heading=f"{selection.plan.title}指标表（{where} {when}）",
    )
    note = f"筛选条件：{conditions or '无'}。{ONLY_APPROVED}"
    if selection.as_of:
        when += f"（{selection.as_of_text}公布）"
        note += f"数值、状态和已审核单位数为{selection.as_of_text}终了时公布的数。"
    name = f"{selection.plan.short_title}指标表_{where}_{when}.xlsx"
    return workbook_response(name, sheets=[sheet], note=note, by=request.user)


def _outlooks(request: HttpRequest, selection: Selection, lines: list[Line]) -> dict[int, Outlook]:
    if selection.is_empty:
        return {}
    values = selection.values.visible_to(request.user)
    return outlooks_of(lines, values, selection.unit, selection.month, FullCatalogue())


def _table(request: HttpRequest, code: str) -> tuple[Selection, Dashboard, PlanFilterForm, list[Line]]:
    selection = select(request.user, request.GET, plan_code=code)
    board = build(request.user, selection)
    form = PlanFilterForm(request.GET or None, groups=board.groups)
    lines = _filtered(board.lines, form.chosen() if form.is_bound else {})
    _, key = SORTS[_sort(request)]
    return selection, board, form, sorted(lines, key=key)


def _sort(request: HttpRequest) -> str:
    wanted = request.GET.get("sort", "")
    return wanted if wanted in SORTS else "number"


def _filtered(lines: list[Line], chosen: dict) -> list[Line]:
    text = chosen.get("q", "").strip()
    tests = {
        "group": lambda line, value: line.indicator.group == value,
        "role": lambda line, value: line.indicator.role == value,
        "status": lambda line, value: line.status == value,
        "soft": lambda line, value: line.indicator.is_soft == (value == "yes"),
    }
    for name, test in tests.items():
        if name in chosen:
            lines = [line for line in lines if test(line, chosen[name])]
    if text:
        lines = [line for line in lines if _matches(line.indicator, text)]
    return lines


def _matches(indicator: Indicator, text: str) -> bool:
    if text.isascii() and text.isdigit():
        return indicator.number == int(text)
    return any(
        text in field for field in (indicator.name, indicator.quote, indicator.place, indicator.document_code)
    )


def _stopped(request: HttpRequest, selection: Selection) -> list[Indicator]:
    return list(Indicator.objects.visible_to(request.user).filter(plan=selection.plan, is_active=False))


def _conditions(form: PlanFilterForm) -> str:
    chosen = form.chosen() if form.is_bound else {}
    labels = []
    for name, value in chosen.items():
        choices = dict(getattr(form.fields[name], "choices", []))
        labels.append(f"{form.fields[name].label}={choices.get(value, value)}")
    return "；".join(labels)
