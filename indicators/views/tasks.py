"""Key tasks: list, one task, calendar; adding, changing, confirming, deciding a state."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Conflict, Refused
from eldercare.lists import Column, Listing, list_page
from eldercare.permissions import Permission, requires
from indicators.actions import tasks as actions
from indicators.forms.tasks import StateForm, TaskFilterForm, TaskForm
from indicators.models import Plan, Task, TaskMilestone, TaskState
from indicators.pages import tasks as pages
from indicators.rules.months import month_of

CAN_REPORT = Permission.REPORT_TASKS


def _deadline(task: Task) -> str:
    if task.deadline:
        return f"{task.deadline:%Y-%m-%d}"
    return f"{task.plan.ends_on:%Y-%m-%d}（推定）"


def _percent(task: Task) -> str:
    percent = task.standing.percent
    units = len(task.standing.reporting)
    if percent is None:
        return "—"
    return f"{percent}%" + (f"（{task.standing.done_units}/{units} 单位完成）" if units > 1 else "")


COLUMNS = (
    Column("code", "编号", "code", order=("plan__starts_on", "plan__code", "number"), css="nowrap", width=10),
    Column(
        "name",
        "任务",
        "name",
        order=("name",),
        link=lambda task: reverse("task", args=[task.code]),
        width=36,
        css="task-name",
    ),
    Column("plan", "规划", "plan.short_title", order=("plan__code",), width=24),
    Column("section", "出处", "section", width=12, css="nowrap"),
    Column("lead", "牵头单位", lambda task: pages.names(task.standing.leads), width=22),
    Column(
        "units", "责任单位", lambda task: pages.names(task.standing.responsible), width=36, css="task-units"
    ),
    Column("deadline", "完成时限", _deadline, order=("deadline",), width=20, css="nowrap"),
    Column("percent", "进度", _percent, width=20, css="nowrap"),
    Column("state", "状态", lambda task: pages.state_badge(task.standing), width=10),
)
TASKS = Listing(
    "重点任务",
    COLUMNS,
    order=("plan__starts_on", "plan__code", "number"),
    unit="项",
    attach=pages.attach,
    is_off=lambda task: task.standing.state == TaskState.CANCELLED,
)


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def task_list(request: HttpRequest) -> HttpResponse:
    form = TaskFilterForm(request.GET, by=request.user)
    everything = pages.list_rows(request.user)
    columns = [each for each in COLUMNS if each.key != "plan" or len(form.fields["plan"].queryset) > 1]
    return list_page(
        request,
        replace(TASKS, columns=columns),
        form=form,
        everything=everything,
        rows=pages.filtered(everything, form.chosen()),
        template="tasks/list.html",
        context=_places(request) | {"plans": _own_plans(request)},
    )


def _places(request: HttpRequest) -> dict:
    """What the tabs above every page of this part need."""
    return {"this_month": month_of(timezone.localdate())}


def _own_plans(request: HttpRequest) -> list[Plan]:
    """Plans whose tasks this user may change."""
    if not request.user.may(Permission.EDIT_TASKS):
        return []
    plans = Plan.objects.visible_to(request.user)
    return list(plans.filter(org_unit__path__startswith=request.user.org_unit.path))


def visible_task(request: HttpRequest, code: str) -> Task:
    return get_object_or_404(
        pages.list_rows(request.user).select_related("metric", "state_set_by"), code=code
    )


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def task(request: HttpRequest, code: str) -> HttpResponse:
    found = visible_task(request, code)
    sheet = pages.load_sheet(request.user, found)
    is_editor = request.user.may(Permission.EDIT_TASKS) and request.user.org_unit.contains(
        found.plan.org_unit
    )
    own = any(unit.pk == request.user.org_unit_id for unit in sheet.standing.reporting)
    context = {
        "task": found,
        "sheet": sheet,
        "history": pages.history_of(found, request.user),
        "may_edit": is_editor,
        "may_report": own and request.user.may(CAN_REPORT),
        "may_view_indicators": request.user.may(Permission.VIEW_INDICATORS),
        "today": timezone.localdate(),
    }
    return render(request, "tasks/task.html", context | _places(request))


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def calendar(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("year", "")
    is_year = len(text) == 4 and text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100
    year = int(text) if is_year else pages.default_year(request.user)
    context = {"calendar": pages.load_calendar(request.user, year), "today": timezone.localdate()}
    return render(request, "tasks/calendar.html", context | _places(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_TASKS)
def create(request: HttpRequest) -> HttpResponse:
    plans = _own_plans(request)
    plan = next((each for each in plans if each.code == request.GET.get("plan")), plans[0] if plans else None)
    if plan is None:
        messages.error(request, "还没有本单位的规划，请先在“规划指标”中建立规划。")
        return redirect("task-list")
    form = TaskForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_task(plan=plan, values=form.values(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已新增任务“{made.name}”。")
            return redirect("task", code=made.code)
    return render(request, "tasks/form.html", {"form": form, "plan": plan, "plans": plans} | _places(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_TASKS)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    found = visible_task(request, code)
    form = TaskForm(
        request.POST or None,
        plan=found.plan,
        instance=found,
        initial={"seen": actions.task_version(found)},
    )
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_task(
                task=found, values=form.values(), seen=form.cleaned_data["seen"], by=request.user
            )
        except Conflict as problem:
            conflict = str(problem)
            form.data = form.data.copy()
            form.data["seen"] = actions.task_version(found)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存。")
            return redirect("task", code=code)
    history = pages.history_of(found, request.user) if conflict else []
    context = {"form": form, "plan": found.plan, "task": found, "conflict": conflict, "history": history}
    return render(request, "tasks/form.html", context | _places(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_TASKS)
def state(request: HttpRequest, code: str) -> HttpResponse:
    found = visible_task(request, code)
    form = StateForm(request.POST or None, initial={"state": found.state_set, "reason": found.state_reason})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_state(task=found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "状态已更新。")
            return redirect("task", code=code)
    (standing,) = pages.standings_of([found])
    context = {"form": form, "task": found, "worked_out": TaskState(standing.worked_out).label}
    return render(request, "tasks/state.html", context | _places(request))


@require_POST
@requires(Permission.EDIT_TASKS)
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    found = visible_task(request, code)
    try:
        number = actions.confirm_units(task=found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已确认 {number} 个推定的单位。" if number else "没有待确认的单位。")
    return redirect("task", code=code)


@require_POST
@requires(Permission.EDIT_TASKS)
def milestone(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """``done_on`` a day, or empty for “not yet”."""
    found = visible_task(request, code)
    part = get_object_or_404(TaskMilestone.objects.select_related("task__plan__org_unit"), task=found, pk=pk)
    text = request.POST.get("done_on", "")
    try:
        done_on = parse_date(text) if text else None
    except ValueError:
        done_on = None
    if text and done_on is None:
        messages.error(request, f"“{text[:20]}”不是日期，请写成 2025-06-30 的样式。")
        return redirect("task", code=code)
    try:
        actions.mark_milestone(milestone=part, done_on=done_on, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "分项已更新。")
    return redirect("task", code=code)
