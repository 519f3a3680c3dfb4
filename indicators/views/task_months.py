"""A month of task progress: the unit's form, evidence, the county's desk, overview, standings."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from eldercare import audit, evidence
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, OrgUnit
from eldercare.permissions import Permission, requires
from indicators.actions import task_progress as actions
from indicators.actions.tasks import issue_bulletin
from indicators.forms.tasks import TypedProgress, read_progress
from indicators.models import TaskEvidence, TaskProgress
from indicators.models.task_work import UNIT_STATES
from indicators.pages.task_months import (
    Missing,
    bulletin_lines,
    bulletin_of,
    check_month,
    find_unit,
    load_desk,
    load_entry,
    load_units,
)
from indicators.rules.months import add_months, month_of
from indicators.task_duties import duties
from indicators.views.reports import missing

EVERY_UNIT = "all"
KEY_DIGITS = 18
Typed = dict[int, TypedProgress]


def _months(month: dt.date) -> dict:
    following = add_months(month, 1)
    now = month_of(timezone.localdate())
    return {
        "month": month,
        "previous_month": add_months(month, -1),
        "next_month": following if following <= now else None,
        "this_month": now,
    }


def _status(refusal: Refused) -> int:
    return 403 if isinstance(refusal, NotAllowed) else 409


# --- The unit's form ---------------------------------------------------------------------------------------------


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def entry(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    try:
        check_month(month)
        unit = find_unit(request.user, code)
    except Missing as problem:
        return missing(request, str(problem))
    return _show(request, unit, month)


def _show(
    request: HttpRequest,
    unit: OrgUnit,
    month: dt.date,
    *,
    typed: Typed | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    page = load_entry(request.user, unit, month, typed=typed)
    context = {
        "page": page,
        "unit": unit,
        "problem": problem,
        "accept": evidence.ACCEPT,
        "states": UNIT_STATES,
    }
    return render(request, "tasks/entry.html", context | _months(month), status=status)


@require_POST
@requires(Permission.REPORT_TASKS)
def save(request: HttpRequest, month: dt.date, code: str) -> HttpResponse:
    """All buttons of the form: each first saves what was typed and takes in the files, then does its own work."""
    try:
        check_month(month)
        unit = find_unit(request.user, code)
        if unit.pk != request.user.org_unit_id:
            raise Missing(f"任务进展由{unit.name}自己填报，您可以查看，不能代填。")
    except Missing as problem:
        return missing(request, str(problem))
    try:
        number, left = _save_typed(request, unit, month)
    except Refused as refusal:
        typed = read_progress(request.POST, _tasks_of(request, unit, month))
        return _show(request, unit, month, typed=typed, problem=str(refusal), status=_status(refusal))
    if left:
        return _show(request, unit, month, typed=left, problem=_left_text(number, left), status=422)
    step = request.POST.get("step", "save")
    try:
        done = _take_step(request, unit, month, step, number)
    except Refused as refusal:
        return _show(request, unit, month, problem=str(refusal), status=_status(refusal))
    messages.success(request, done)
    return redirect("task-entry", month=month, code=code)


def _take_step(request: HttpRequest, unit: OrgUnit, month: dt.date, step: str, saved: int) -> str:
    if step == "submit":
        number = actions.submit(
            unit=unit, month=month, by=request.user, allow_missing="allow_missing" in request.POST
        )
        return f"已提交 {number} 项，请等候审核。"
    if step == "copy":
        number = actions.copy_last_month(unit=unit, month=month, by=request.user)
        if number:
            return f"已把上月的 {number} 项复制过来，请逐项改成本月的情况后再提交。"
        return "没有可复制的项：各项都已填写，或者上月没有填报。"
    return f"已保存 {saved} 项。" if saved else "没有改动，不需要保存。"


def _tasks_of(request: HttpRequest, unit: OrgUnit, month: dt.date) -> list[int]:
    owed = {duty.task.pk for duty in duties(request.user, month, unit=unit)}
    rows = TaskProgress.objects.visible_to(request.user).filter(org_unit=unit, month=month)
    return sorted(owed | set(rows.values_list("task_id", flat=True)))


def _save_typed(request: HttpRequest, unit: OrgUnit, month: dt.date) -> tuple[int, Typed]:
    """How many were saved, and those that were not, as they were typed with the reason."""
    typed = read_progress(request.POST, _tasks_of(request, unit, month))
    changes, left = {}, {}
    for task, each in typed.items():
        try:
            changes[task] = each.change()
        except ValueError as problem:
            left[task] = replace(each, problem=str(problem))
    result = actions.save_progress(unit=unit, month=month, changes=changes, by=request.user)
    for task, problem in result.refused.items():
        left[task] = replace(typed[task], problem=problem)
    number = len(result.saved)
    for task, problem, count in _take_files(request, unit, month, typed):
        number += count
        if problem:
            before = left.get(task, typed[task])
            left[task] = replace(before, problem=f"{before.problem} {problem}".strip())
    return number, left


def _take_files(
    request: HttpRequest, unit: OrgUnit, month: dt.date, typed: Typed
) -> list[tuple[int, str, int]]:
    """Task, what is wrong with its files, how many were taken."""
    found = []
    rows = {
        row.task_id: row
        for row in TaskProgress.objects.visible_to(request.user)
        .filter(org_unit=unit, month=month)
        .select_related("org_unit")
    }
    for task in typed:
        files = request.FILES.getlist(f"files-{task}")
        problems, taken = [], 0
        for file in files:
            if task not in rows:
                problems.append(f"请先填写这项的进展，再上传“{evidence.shown_name(file.name)}”。")
                continue
            try:
                evidence.check_size(file.name, file.size)
                actions.add_evidence(
                    progress=rows[task],
                    filename=file.name,
                    content=file.read(),
                    by=request.user,
                )
                taken += 1
            except Refused as refusal:
                problems.append(str(refusal))
        if files:
            found.append((task, " ".join(problems), taken))
    return found


def _left_text(number: int, left: Typed) -> str:
    done = f"已保存 {number} 项，另有 " if number else "有 "
    return f"{done}{len(left)} 项没有保存，原因见各项下的红字；您输入的内容仍在框中。"


# --- Evidence ----------------------------------------------------------------------------------------------------


def _piece(request: HttpRequest, pk: int) -> TaskEvidence:
    pieces = TaskEvidence.objects.visible_to(request.user).select_related("progress__org_unit", "file")
    return get_object_or_404(pieces, pk=pk)


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    """As a download, never as a page; an entry of the log."""
    piece = _piece(request, pk)
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        org_unit=piece.progress.org_unit,
        subject=f"佐证材料 {piece.filename}",
        request=request,
    )
    return evidence.download(piece.file, filename=piece.filename, kind=piece.kind)


@require_POST
@requires(Permission.REPORT_TASKS)
def evidence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    piece = _piece(request, pk)
    unit, month = piece.progress.org_unit, piece.progress.month
    try:
        actions.remove_evidence(piece=piece, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已删除“{piece.filename}”。")
    return redirect("task-entry", month=month, code=unit.code)


# --- The county --------------------------------------------------------------------------------------------------


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def overview(request: HttpRequest, month: dt.date) -> HttpResponse:
    try:
        check_month(month)
    except Missing as problem:
        return missing(request, str(problem))
    units = load_units(request.user, month)
    context = {
        "units": units,
        "totals": _totals(units),
        "due_on": min((each.due_on for each in units), default=None),
        "to_remind": [each for each in units if each.open],
        "reminded_today": [each for each in units if each.open and each.is_reminded_today],
        "may_remind": request.user.may(Permission.REMIND_UNITS),
        "may_check": request.user.may(Permission.EVALUATE_TASKS),
        "waiting": sum(each.submitted for each in units),
    }
    return render(request, "tasks/month.html", context | _months(month))


def _totals(units: list) -> list[tuple[str, int, str]]:
    owed = sum(each.owed for each in units)
    opened = sum(each.open - each.returned for each in units)
    overdue = any(each.is_overdue for each in units)
    return [
        ("应报", owed, "secondary"),
        ("未报", opened, "red" if overdue else "secondary"),
        ("待审", sum(each.submitted for each in units), "blue"),
        ("退回", sum(each.returned for each in units), "orange"),
        ("通过", sum(each.accepted for each in units), "green"),
    ]


@require_POST
@requires(Permission.REMIND_UNITS)
def remind(request: HttpRequest, month: dt.date) -> HttpResponse:
    """One unit (``unit=<code>``) or all that still owe (``unit=all``)."""
    try:
        check_month(month)
    except Missing as problem:
        return missing(request, str(problem))
    wanted = request.POST.get("unit", "")
    lines = [each for each in load_units(request.user, month) if wanted in (EVERY_UNIT, each.unit.code)]
    if not lines:
        return missing(request, f"没有代码为“{wanted[:20]}”的责任单位，或者它不在您的查看范围内。")
    due = [each.unit for each in lines if request.POST.get("again") or not each.is_reminded_today]
    try:
        number = actions.remind(month=month, units=due, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if number:
            messages.success(request, f"已向 {number} 个单位发送催报通知。")
        else:
            messages.info(request, "没有需要催报的单位：都已报齐，或者今日已催报过。")
    return redirect("task-month", month=month)


@never_cache
@require_safe
@requires(Permission.EVALUATE_TASKS)
def check(request: HttpRequest, month: dt.date) -> HttpResponse:
    try:
        check_month(month)
    except Missing as problem:
        return missing(request, str(problem))
    return _desk(request, month)


def _desk(
    request: HttpRequest,
    month: dt.date,
    *,
    notes: dict[int, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    groups = load_desk(request.user, month, notes=notes)
    context = {
        "groups": groups,
        "number": sum(len(rows) for _, rows in groups),
        "problem": problem,
        "ticked": set(map(int, filter(_is_key, request.POST.getlist("row")))),
    }
    return render(request, "tasks/check.html", context | _months(month), status=status)


def _is_key(text: str) -> bool:
    """What can be the key of a row: thousands of digits are no number to Python either."""
    return text.isdecimal() and len(text) <= KEY_DIGITS


@require_POST
@requires(Permission.EVALUATE_TASKS)
def decide(request: HttpRequest, month: dt.date) -> HttpResponse:
    """``step=accept`` takes the ticked rows, ``step=return`` those with an opinion."""
    notes = {
        int(name[5:]): text.strip().replace("\0", "")[:300]
        for name, text in request.POST.items()
        if name.startswith("note-") and _is_key(name[5:]) and text.strip()
    }
    ticked = [int(each) for each in request.POST.getlist("row") if _is_key(each)]

    def act() -> str:
        if request.POST.get("step") == "return":
            number = actions.return_progress(notes=notes, by=request.user)
            return f"已退回 {number} 项，填报人会在首页看到通知。"
        if notes:
            raise Refused("您写了退回意见：要退回请点“退回写了意见的”，要通过请先清空意见。")
        if not ticked:
            raise Refused("请先勾选要通过的任务进展。")
        return f"已通过 {actions.accept(rows=ticked, by=request.user)} 项。"

    return _decided(request, month, notes, act)


def _decided(
    request: HttpRequest, month: dt.date, notes: dict[int, str], act: Callable[[], str]
) -> HttpResponse:
    try:
        check_month(month)
        done = act()
    except Missing as problem:
        return missing(request, str(problem))
    except Refused as refusal:
        return _desk(request, month, notes=notes, problem=str(refusal), status=_status(refusal))
    messages.success(request, done)
    return redirect("task-check", month=month)


# --- Standings ---------------------------------------------------------------------------------------------------


@never_cache
@require_safe
@requires(Permission.VIEW_TASKS)
def notice(request: HttpRequest, month: dt.date) -> HttpResponse:
    """The bulletin as issued; before that, for the county, the standings as they are now."""
    try:
        check_month(month)
    except Missing as problem:
        return missing(request, str(problem))
    return _notice(request, month)


def _notice(request: HttpRequest, month: dt.date, *, problem: str = "", status: int = 200) -> HttpResponse:
    bulletin = bulletin_of(request.user, month)
    is_county = request.user.org_unit.level in (OrgUnit.Level.COUNTY, OrgUnit.Level.CITY)
    lines = bulletin.lines if bulletin else []
    if bulletin is None and is_county:
        lines = bulletin_lines(load_units(request.user, month))
    context = {
        "bulletin": bulletin,
        "lines": lines,
        "is_county": is_county,
        "may_issue": request.user.may(Permission.EVALUATE_TASKS) and bulletin is None,
        "problem": problem,
        "text": request.POST.get("text", "")[:1000],
    }
    return render(request, "tasks/notice.html", context | _months(month), status=status)


@require_POST
@requires(Permission.EVALUATE_TASKS)
def notice_issue(request: HttpRequest, month: dt.date) -> HttpResponse:
    try:
        check_month(month)
    except Missing as problem:
        return missing(request, str(problem))
    lines = bulletin_lines(load_units(request.user, month))
    text = request.POST.get("text", "").replace("\0", "")
    try:
        made = issue_bulletin(month=month, lines=lines, text=text, by=request.user)
    except Refused as refusal:
        return _notice(request, month, problem=str(refusal), status=_status(refusal))
    messages.success(request, f"{made}已印发，各单位可在“重点任务”中查看。")
    return redirect("task-notice", month=month)
