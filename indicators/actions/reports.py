"""The monthly report's way through its states: submit, withdraw, return, approve, reopen; reminding."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, Notice, OrgUnit, User
from eldercare.notices import holders, nearest_holders, tell
from eldercare.permissions import Permission
from indicators.actions.figures import figures_of, findings_for, owed_metrics, require
from indicators.actions.rollups import request_roll_up_from
from indicators.ledger_figures import NOTHING, Counted, counted_for
from indicators.models import CellComment, Metric, MonthlyReport, ReportEvent
from indicators.rules.figures import format_figure
from indicators.rules.transitions import TRANSITIONS

Status = MonthlyReport.Status


@transaction.atomic
def submit(*, report: MonthlyReport, by: User, allow_missing: bool = False) -> MonthlyReport:
    """Hand the report in. Hard findings and unexplained soft ones refuse it; so do missing figures, unless
    ``allow_missing`` says that they really cannot be reported this month."""
    report = _locked(report)
    require(by, Permission.ENTER_REPORTS, report.org_unit)
    metrics = owed_metrics(report)
    ledger = counted_for(report.org_unit, report.month, metrics)
    findings = findings_for(report, metrics, ledger)
    if findings:
        raise Refused(f"还有 {len(findings)} 处需要处理：" + " ".join(f.text for f in findings[:5]))
    filled = figures_of(report)
    if not filled:
        raise Refused("月报还是空的，请先填报数据。")
    missing = [m.name for m in metrics if m.code not in filled]
    if missing and not allow_missing:
        names = "、".join(missing[:5])
        raise Refused(f"还有 {len(missing)} 项未填({names}等)。确实无法上报的，请勾选“缺项提交”。")
    now = timezone.now()
    stamps = {
        "submitted_at": now,
        "submitted_by": by,
        "first_submitted_at": report.first_submitted_at or now,
        # Whether a report was late is decided by the day it was first handed in, not by when a job looked.
        "is_late": report.is_late or (not report.first_submitted_at and timezone.localdate() > report.due_on),
    }
    note = f"缺 {len(missing)} 项" if missing else ""
    report = _step("submit", report, by=by, note=note, ledger=ledger, **stamps)
    report.comments.filter(resolved_at=None).update(resolved_at=now)
    reviewers = nearest_holders(report.org_unit, Permission.REVIEW_REPORTS)
    tell(reviewers, Notice.Kind.SUBMITTED, f"{report}已提交，请审核。", report_link(report), by=by)
    return report


@transaction.atomic
def withdraw(*, report: MonthlyReport, by: User) -> MonthlyReport:
    """Take back a report that is waiting for review.

    One that had been returned goes back to being returned, with its remarks open again. One that nobody has
    reviewed yet counts as not handed in at all: when it comes again decides whether it is late.
    """
    report = _locked(report)
    if report.returned_at:
        report.comments.filter(resolved_at=report.submitted_at).update(resolved_at=None)
        return _step("withdraw_returned", report, by=by, note="填报单位撤回")
    return _step("withdraw", report, by=by, first_submitted_at=None, submitted_at=None, submitted_by=None)


@transaction.atomic
def return_report(
    *, report: MonthlyReport, by: User, comments: Mapping[str, str], note: str = ""
) -> MonthlyReport:
    """Send a report back with remarks on single figures (metric code → text) and/or a general note."""
    report = _locked(report)
    texts = {code: text.strip()[:300] for code, text in comments.items() if text.strip()}
    if not texts and not note.strip():
        raise Refused("请写明退回的原因：可以对具体数据写意见，也可以写总的意见。")
    metrics = {m.code: m for m in Metric.objects.filter(code__in=texts)}
    unknown = sorted(set(texts) - set(metrics))
    if unknown:
        raise Refused(f"没有代码为“{unknown[0]}”的指标。")
    figures = figures_of(report)
    report = _step("return", report, by=by, note=note.strip(), returned_at=timezone.now())
    CellComment.objects.bulk_create(
        CellComment(
            report=report, metric=metrics[code], text=text, value_then=figures.get(code), created_by=by
        )
        for code, text in texts.items()
    )
    _tell_clerks(report, Notice.Kind.RETURNED, f"{report}被退回，{len(texts)} 处数据有意见。", by)
    return report


@transaction.atomic
def approve(*, report: MonthlyReport, by: User) -> MonthlyReport:
    """Approve a submitted report: its figures are published by the roll-up that this requests.

    Refused for whoever submitted the report or typed any of its figures (two pairs of eyes).
    """
    report = _locked(report)
    require(by, Permission.REVIEW_REPORTS, report.org_unit)
    if report.submitted_by_id == by.pk or report.entries.filter(entered_by=by).exists():
        raise Refused("自己填报或提交的月报不能由本人审核，请由另一位审核人办理。")
    report = _step("approve", report, by=by, approved_at=timezone.now(), approved_by=by)
    request_roll_up_from(report.month)
    _tell_clerks(report, Notice.Kind.APPROVED, f"{report}已审核通过。", by)
    return report


@transaction.atomic
def reopen(*, report: MonthlyReport, by: User, note: str) -> MonthlyReport:
    """Undo an approval while the month is not locked; the figures leave the published ones again."""
    if not note.strip():
        raise Refused("请写明撤销审核的原因。")
    report = _step(
        "reopen", _locked(report), by=by, note=note.strip(), approved_at=None, approved_by=None,
        returned_at=timezone.now(),
    )  # fmt: skip
    request_roll_up_from(report.month)
    _tell_clerks(report, Notice.Kind.RETURNED, f"{report}的审核已撤销：{note.strip()[:100]}", by)
    return report


def _step(
    name: str,
    report: MonthlyReport,
    *,
    by: User | None,
    note: str = "",
    ledger: Counted = NOTHING,
    **fields,
) -> MonthlyReport:
    """Take one step of the transition table: ``UPDATE … WHERE status = old`` and its row count."""
    step = TRANSITIONS[name]
    if step.permission:
        require(by, step.permission, report.org_unit)
    if report.status not in step.sources:
        if report.status == step.target:
            raise Conflict(f"{report}已是“{report.get_status_display()}”，不用重复办理。")
        raise Conflict(f"{report}现在是“{report.get_status_display()}”，不能{step.label}，请查看最新情况。")
    old = report.status
    changed = MonthlyReport.objects.filter(pk=report.pk, status=old).update(status=step.target, **fields)
    if not changed:
        raise Conflict(f"{report}的状态刚被他人改变，请查看最新情况。")
    ReportEvent.objects.create(
        report=report,
        from_status=old,
        to_status=step.target,
        by=by,
        note=note[:300],
        figures=_texts(figures_of(report)),
        ledger_figures=_texts(ledger.figures),
    )
    if by:
        audit.record(
            AuditEvent.Action.REPORT, by=by, subject=f"{report} {step.label}", org_unit=report.org_unit
        )
    report.refresh_from_db()
    return report


def _texts(figures: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: format_figure(value, grouped=False) for code, value in figures.items()}


def _locked(report: MonthlyReport) -> MonthlyReport:
    return MonthlyReport.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=report.pk)


def _tell_clerks(report: MonthlyReport, kind: str, text: str, by: User) -> None:
    tell(holders(report.org_unit, Permission.ENTER_REPORTS), kind, text, report_link(report), by=by)


def report_link(report: MonthlyReport) -> str:
    return f"/reports/{report.month:%Y-%m}/{report.org_unit.code}/"


@transaction.atomic
def remind(*, month: dt.date, units: Iterable[OrgUnit], by: User) -> int:
    """Put a reminder on the home page of every clerk of ``units`` whose report is still open."""
    if not by.may(Permission.REMIND_UNITS):
        raise NotAllowed(f"{by.get_role_display()}不能催报。")
    units = [unit for unit in units if by.org_unit.contains(unit)]
    reports = list(
        MonthlyReport.objects.for_month(month)
        .open_for_entry()
        .filter(org_unit__in=units)
        .select_related("org_unit")
    )
    for report in reports:
        due = report.due_on
        text = f"请尽快报送{month.year}年{month.month}月份月报，截止日 {due.month}月{due.day}日。"
        # A reminder that nobody has read yet is replaced, not repeated.
        Notice.objects.unread().filter(kind=Notice.Kind.REMINDER, link=report_link(report)).delete()
        _tell_clerks(report, Notice.Kind.REMINDER, text, by)
        audit.record(AuditEvent.Action.REMIND, by=by, subject=str(report), org_unit=report.org_unit)
    return len(reports)
