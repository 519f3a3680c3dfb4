"""A unit's monthly progress on its tasks: typed, proved, handed in, returned or accepted."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eldercare import audit, evidence
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.identity import holds_id_number
from eldercare.models import AuditEvent, Notice, OrgUnit, User
from eldercare.notices import holders, nearest_holders, tell
from eldercare.permissions import Permission
from indicators.models import TaskEvidence, TaskProgress, TaskState
from indicators.rules.months import add_months, month_of
from indicators.task_duties import Duty, duties

Status = TaskProgress.Status
MOST_FILES = 10  # per task and month


@dataclass(frozen=True)
class ProgressChange:
    """What a form brings for one task; ``seen`` is the version that the person saw, "" for none."""

    text: str
    percent: int | None
    state: str
    seen: str = ""


@dataclass
class Saved:
    """Task pk → what happened."""

    saved: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)


def version(progress: TaskProgress | None) -> str:
    """What a form holds to notice that somebody else has written meanwhile."""
    return progress.entered_at.isoformat() if progress else ""


def _own_duties(unit: OrgUnit, month: dt.date, by: User) -> dict[int, Duty]:
    """What ``unit`` owes for ``month``; ``by`` must be one of its people."""
    if not by.may(Permission.REPORT_TASKS):
        raise NotAllowed(f"{by.get_role_display()}不能填报任务进展。")
    if by.org_unit_id != unit.pk:
        raise NotAllowed("只能填报本单位的任务进展。")
    if month > month_of(timezone.localdate()):
        raise Refused(f"{month:%Y-%m} 还没有到，不能填报未来的月份。")
    return {duty.task.pk: duty for duty in duties(by, month, unit=unit)}


@transaction.atomic
def save_progress(*, unit: OrgUnit, month: dt.date, changes: Mapping[int, ProgressChange], by: User) -> Saved:
    """Write what was typed, task by task; what cannot be written is said and changes nothing."""
    owed = _own_duties(unit, month, by)
    rows = _locked_rows(unit, month)
    result = Saved()
    for task, change in changes.items():
        row = rows.get(task)
        if task not in owed and row is None:
            result.refused[task] = "本月不需要填报这项任务。"
        elif row is None:
            if change.text or change.percent is not None or change.state:
                _create(owed[task], change, by)
                result.saved.add(task)
        elif (row.text, row.percent, row.state) == (change.text, change.percent, change.state):
            continue
        elif not row.is_editable:
            result.refused[task] = f"这项{row.get_status_display()}，不能再改。"
        elif version(row) != change.seen:
            result.refused[task] = (
                f"{row.entered_by.full_name}刚刚改过这一项：{row.text[:60] or '（空）'}"
                f"（{'' if row.percent is None else row.percent}%）。要以您的为准，请再保存一次。"
            )
        else:
            row.text, row.percent, row.state = change.text, change.percent, change.state
            row.entered_by, row.entered_at = by, timezone.now()
            row.save(update_fields=["text", "percent", "state", "entered_by", "entered_at"])
            result.saved.add(task)
    return result


def _locked_rows(unit: OrgUnit, month: dt.date) -> dict[int, TaskProgress]:
    rows = TaskProgress.objects.select_for_update(of=("self",)).filter(org_unit=unit, month=month)
    return {row.task_id: row for row in rows.select_related("entered_by", "task", "org_unit")}


def _create(duty: Duty, change: ProgressChange, by: User) -> TaskProgress:
    row, is_new = TaskProgress.objects.get_or_create(
        task=duty.task,
        org_unit=duty.unit,
        month=duty.month,
        defaults={
            "text": change.text,
            "percent": change.percent,
            "state": change.state,
            "entered_by": by,
        },
    )
    if not is_new:
        raise Conflict("同一单位的另一位同事刚刚开始填写这一项，请刷新后再填。")
    return row


@transaction.atomic
def copy_last_month(*, unit: OrgUnit, month: dt.date, by: User) -> int:
    """Put last month's words into the tasks that are still empty; they are to be gone through. Returns how many."""
    owed = _own_duties(unit, month, by)
    rows = _locked_rows(unit, month)
    before = TaskProgress.objects.filter(
        org_unit=unit, month=add_months(month, -1), task__in=[task for task in owed if task not in rows]
    )
    for old in before:
        _create(owed[old.task_id], ProgressChange(old.text, old.percent, old.state), by)
    return len(before)


def shortcomings(text: str, percent: int | None, state: str) -> str:
    """Why a row cannot be handed in yet; empty when it can."""
    if not text.strip():
        return "没有写进展情况"
    if percent is None:
        return "没有填完成进度"
    if not state:
        return "没有选状态"
    if (percent == 100) != (state == TaskState.DONE):
        return "完成进度 100% 与状态“已完成”要一致"
    if state == TaskState.NOT_STARTED and percent:
        return "状态为“未启动”时完成进度应为 0"
    return ""


@transaction.atomic
def submit(*, unit: OrgUnit, month: dt.date, by: User, allow_missing: bool = False) -> int:
    """Hand in what is filled; with ``allow_missing`` the rest stays owed. Returns how many were handed in."""
    owed = _own_duties(unit, month, by)
    rows = _locked_rows(unit, month)
    wrong, ready = [], []
    for task, duty in owed.items():
        row = rows.get(task)
        if row is not None and not row.is_editable:
            continue
        problem = shortcomings(row.text, row.percent, row.state) if row else "没有填写"
        (wrong if problem else ready).append((duty, row, problem))
    if wrong and not (allow_missing and ready):
        listed = "；".join(f"{duty.task.code} {duty.task.name}：{problem}" for duty, _, problem in wrong[:5])
        raise Refused(
            f"还有 {len(wrong)} 项没有填好（{listed}{'；等' if len(wrong) > 5 else ''}）。"
            "补齐后再提交；确实要先报一部分的，请勾选“只提交填好的”。"
        )
    if not ready:
        raise Refused("没有要提交的：本月各项都已提交。")
    now, today = timezone.now(), timezone.localdate()
    for duty, row, _ in ready:
        row.status, row.submitted_at, row.submitted_by = Status.SUBMITTED, now, by
        row.is_late = row.is_late or (row.first_submitted_at is None and today > duty.due_on)
        row.first_submitted_at = row.first_submitted_at or now
        row.reviewed_by = row.reviewed_at = None
        row.save()
    _log(by, unit, month, f"提交 {len(ready)} 项")
    text = f"{unit.name}已提交 {len(ready)} 项任务进展，请审核。"
    reviewers = nearest_holders(unit, Permission.EVALUATE_TASKS)
    tell(reviewers, Notice.Kind.SUBMITTED, text, check_link(month), by=by)
    return len(ready)


@transaction.atomic
def accept(*, rows: Iterable[int], by: User) -> int:
    """Accept submitted progress. Nobody accepts what they typed or handed in themselves."""
    found = _for_review(rows, by, (Status.SUBMITTED,))
    own = [row for row in found if by.pk in (row.submitted_by_id, row.entered_by_id)]
    if own:
        raise Refused(f"{own[0].task.name}由您本人填报，不能由本人审核，请由另一位审核人办理。")
    now = timezone.now()
    for row in found:
        row.status, row.reviewed_by, row.reviewed_at, row.review_note = Status.ACCEPTED, by, now, ""
        row.save()
    for unit, month, number in _by_unit(found):
        _log(by, unit, month, f"审核通过 {number} 项")
        text = f"{month.year}年{month.month}月任务进展已审核通过 {number} 项。"
        _tell_reporters(unit, Notice.Kind.APPROVED, text, entry_link(unit, month), by)
    return len(found)


@transaction.atomic
def return_progress(*, notes: Mapping[int, str], by: User) -> int:
    """Send progress back with a reason each; an accepted one too, while it is found wrong later."""
    if any(not note.strip() for note in notes.values()) or not notes:
        raise Refused("退回要写明意见：哪里不清楚、要补什么。")
    if any(map(holds_id_number, notes.values())):
        raise Refused("退回意见会原样显示，不能写身份证号。")
    found = _for_review(notes, by, (Status.SUBMITTED, Status.ACCEPTED))
    now = timezone.now()
    for row in found:
        row.status, row.reviewed_at = Status.RETURNED, now
        row.reviewed_by = by if by.pk != row.submitted_by_id else None
        row.review_note = notes[row.pk].strip()[:300]
        row.save()
    for unit, month, number in _by_unit(found):
        _log(by, unit, month, f"退回 {number} 项")
        text = f"{month.year}年{month.month}月任务进展有 {number} 项被退回，请按意见修改。"
        _tell_reporters(unit, Notice.Kind.RETURNED, text, entry_link(unit, month), by)
    return len(found)


def _for_review(pks: Iterable[int], by: User, states: tuple[str, ...]) -> list[TaskProgress]:
    if not by.may(Permission.EVALUATE_TASKS):
        raise NotAllowed(f"{by.get_role_display()}不能审核任务进展。")
    wanted = set(pks)
    rows = TaskProgress.objects.visible_to(by).select_for_update(of=("self",)).filter(pk__in=wanted)
    found = list(rows.select_related("task", "org_unit").order_by("org_unit__path", "task__number"))
    if len(found) != len(wanted) or not found:
        raise Refused("没有选中要办理的任务进展，或者它不在您的查看范围内。")
    stale = [row for row in found if row.status not in states]
    if stale:
        row = stale[0]
        raise Conflict(
            f"{row.org_unit.name}“{row.task.name}”现在{row.get_status_display()}，请刷新后再办理。"
        )
    return found


def _by_unit(rows: Iterable[TaskProgress]) -> list[tuple[OrgUnit, dt.date, int]]:
    counts: dict[tuple[int, dt.date], list[TaskProgress]] = {}
    for row in rows:
        counts.setdefault((row.org_unit_id, row.month), []).append(row)
    return [(group[0].org_unit, month, len(group)) for (_, month), group in counts.items()]


# --- Evidence -------------------------------------------------------------------------------------------------


@transaction.atomic
def add_evidence(*, progress: TaskProgress, filename: str, content: bytes, by: User) -> TaskEvidence:
    """Attach a file to progress that is not handed in yet. The same file twice is attached once."""
    _own_duties(progress.org_unit, progress.month, by)
    row = TaskProgress.objects.select_for_update().get(pk=progress.pk)
    if not row.is_editable:
        raise Refused(f"这项{row.get_status_display()}，不能再加材料。")
    piece = evidence.attach(row.evidence, filename=filename, content=content, most=MOST_FILES, by=by)
    _log(by, row.org_unit, row.month, "上传佐证材料", file=piece.file.sha256[:16])
    return piece


@transaction.atomic
def remove_evidence(*, piece: TaskEvidence, by: User) -> None:
    """Take a file back while its progress is not handed in."""
    _own_duties(piece.progress.org_unit, piece.progress.month, by)
    row = TaskProgress.objects.select_for_update().get(pk=piece.progress_id)
    if not row.is_editable:
        raise Refused(f"这项{row.get_status_display()}，材料不能再删。")
    _log(by, row.org_unit, row.month, f"删除佐证材料 {piece.filename}", file=piece.file.sha256[:16])
    evidence.detach(piece)


# --- Telling people -------------------------------------------------------------------------------------------


@transaction.atomic
def remind(*, month: dt.date, units: Iterable[OrgUnit], by: User) -> int:
    """Put a reminder on the home page of the people of ``units`` that still owe progress. Returns how many units."""
    if not by.may(Permission.REMIND_UNITS):
        raise NotAllowed(f"{by.get_role_display()}不能催报。")
    wanted = {unit.pk for unit in units if by.org_unit.contains(unit)}
    handed_in = set(
        TaskProgress.objects.visible_to(by)
        .filter(month=month)
        .exclude(status__in=TaskProgress.EDITABLE)
        .values_list("task_id", "org_unit_id")
    )
    open_duties: dict[int, list[Duty]] = {}
    for duty in duties(by, month):
        if duty.unit.pk in wanted and (duty.task.pk, duty.unit.pk) not in handed_in:
            open_duties.setdefault(duty.unit.pk, []).append(duty)
    for group in open_duties.values():
        unit, due = group[0].unit, min(duty.due_on for duty in group)
        link = entry_link(unit, month)
        Notice.objects.unread().filter(kind=Notice.Kind.REMINDER, link=link).delete()
        text = f"请尽快报送{month.year}年{month.month}月任务进展，还有 {len(group)} 项，截止 {due.month}月{due.day}日。"
        _tell_reporters(unit, Notice.Kind.REMINDER, text, link, by)
        audit.record(AuditEvent.Action.REMIND, by=by, subject=reminder_subject(unit, month), org_unit=unit)
    return len(open_duties)


def reminder_subject(unit: OrgUnit, month: dt.date) -> str:
    return f"{unit.name}{month.year}年{month.month}月任务进展"


def entry_link(unit: OrgUnit, month: dt.date) -> str:
    return reverse("task-entry", args=[month, unit.code])


def check_link(month: dt.date) -> str:
    return reverse("task-check", args=[month])


def _log(by: User, unit: OrgUnit, month: dt.date, step: str, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.TASK,
        by=by,
        subject=f"{unit.name} {month:%Y-%m} 任务进展 {step}",
        org_unit=unit,
        **detail,
    )


def _tell_reporters(unit: OrgUnit, kind: str, text: str, link: str, by: User) -> None:
    tell(holders(unit, Permission.REPORT_TASKS), kind, text, link, by=by)
