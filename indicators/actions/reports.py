"""The monthly report: typing figures and moving the report through its states."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, Notice, OrgUnit, User
from eldercare.permissions import Permission
from indicators.actions.rollups import request_roll_up_from
from indicators.models import CellComment, Metric, MetricEntry, MonthlyReport, ReportEvent
from indicators.rules.checks import Finding, MetricRule, change_findings, subset_findings
from indicators.rules.figures import FigureError, FigureRule, format_figure, parse_figure
from indicators.rules.months import add_months
from indicators.rules.transitions import TRANSITIONS

Status = MonthlyReport.Status


@dataclass(frozen=True)
class FigureChange:
    """A cell as it was typed. ``seen`` is the text that the person saw before; ``None`` means "do not compare"."""

    code: str
    text: str
    seen: str | None = None
    reason: str | None = None


@dataclass
class SaveResult:
    """What became of the cells: saved values, and for each refused cell the sentence that says why."""

    saved: dict[str, Decimal | None] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)  # by metric name: old → new, what the log keeps


# --- Reading what the actions and the pages both need ---------------------------------------------------------


def figures_of(report: MonthlyReport) -> dict[str, Decimal]:
    """Typed figures by metric code."""
    return dict(report.entries.values_list("metric__code", "value"))


def last_month_figures(report: MonthlyReport) -> dict[str, Decimal]:
    """The figures of the unit's report of the month before, in whatever state it is."""
    return dict(
        MetricEntry.objects.filter(
            report__org_unit=report.org_unit_id, report__month=add_months(report.month, -1)
        ).values_list("metric__code", "value")
    )


def rules_for(metrics: Iterable[Metric]) -> list[MetricRule]:
    return [
        MetricRule(m.code, m.name, m.unit, m.subset_of.code if m.subset_of_id else None, m.plausible_change)
        for m in metrics
    ]


def owed_metrics(unit: OrgUnit) -> list[Metric]:
    return list(Metric.objects.owed_by(unit).select_related("subset_of"))


def findings_for(report: MonthlyReport, metrics: list[Metric] | None = None) -> list[Finding]:
    """All that the checks say about a report as it stands, hard findings first."""
    rules = rules_for(metrics or owed_metrics(report.org_unit))
    entries = {e.metric.code: e for e in report.entries.select_related("metric")}
    figures = {code: entry.value for code, entry in entries.items()}
    reasons = {code: entry.reason for code, entry in entries.items()}
    return [
        *subset_findings(rules, figures),
        *change_findings(rules, figures, last_month_figures(report), reasons),
    ]


# --- Typing figures -------------------------------------------------------------------------------------------


@transaction.atomic
def save_figures(*, report: MonthlyReport, changes: Iterable[FigureChange], by: User) -> SaveResult:
    """Write typed cells into an open report; each good cell is saved, each bad one comes back with a reason.

    A cell that somebody else saved since it was shown (``seen`` differs) is a conflict and is left alone. An
    empty text removes the figure: not reported is not 0. Raises ``NotAllowed`` for a foreign unit and
    ``Refused`` when the report is no longer open.
    """
    _require(by, Permission.ENTER_REPORTS, report.org_unit)
    report = (
        MonthlyReport.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=report.pk)
    )
    if not report.is_editable:
        raise Refused(f"{report}{report.get_status_display()}，现在不能修改。")
    wanted = list(changes)
    metrics = {m.code: m for m in Metric.objects.filter(code__in=[c.code for c in wanted])}
    entries = {
        e.metric.code: e
        for e in report.entries.filter(metric__in=metrics.values()).select_related("metric", "entered_by")
    }
    result = SaveResult()
    for change in wanted:
        metric = metrics.get(change.code)
        if metric is None or metric.reporter == Metric.Reporter.REGISTERED:
            result.errors[change.code] = (
                f"没有代码为“{change.code[:80]}”的填报指标，请在“基础指标”页查对代码。"
            )
            continue
        _save_one(report, metric, entries.get(change.code), change, by, result)
    if result.written:
        audit.record(
            AuditEvent.Action.FIGURE,
            by=by,
            subject=f"{report} 填报 {len(result.written)} 项",
            org_unit=report.org_unit,
            figures=result.written,
        )
    return result


def _save_one(
    report: MonthlyReport,
    metric: Metric,
    entry: MetricEntry | None,
    change: FigureChange,
    by: User,
    result: SaveResult,
) -> None:
    rule = FigureRule(metric.name, metric.unit, metric.decimals)
    try:
        value = parse_figure(change.text, rule)
    except FigureError as error:
        result.errors[change.code] = str(error)
        return
    stored = entry.value if entry else None
    if change.seen is not None and _seen_value(change.seen, rule) != stored and value != stored:
        result.conflicts[change.code] = _conflict_text(entry)
        return
    reason = change.reason if change.reason is not None else ""
    if value is None:
        if entry:
            entry.delete()
    elif entry is None:
        MetricEntry.objects.create(report=report, metric=metric, value=value, reason=reason, entered_by=by)
    elif value != stored or (change.reason is not None and reason != entry.reason):
        entry.reason = reason if change.reason is not None or value != stored else entry.reason
        entry.value, entry.entered_by, entry.entered_at = value, by, timezone.now()
        entry.save(update_fields=["value", "reason", "entered_by", "entered_at"])
    result.saved[change.code] = value
    if value != stored:
        result.written[metric.name] = f"{format_figure(stored) or '空'} → {format_figure(value) or '空'}"


def _seen_value(text: str, rule: FigureRule) -> Decimal | str | None:
    """The figure that the person saw; a text that is none is kept as it is and differs from every figure."""
    try:
        return parse_figure(text, rule)
    except FigureError:
        return text


def _conflict_text(entry: MetricEntry | None) -> str:
    if entry is None:
        return "他人已先清空该数值，您的输入没有保存，请核对后重新填写。"
    when = timezone.localtime(entry.entered_at)
    return (
        f"{entry.entered_by.full_name}已于 {when:%m-%d %H:%M} 先保存为 {format_figure(entry.value)}，"
        "您的输入没有保存，请核对后重新填写。"
    )


@transaction.atomic
def copy_last_month(*, report: MonthlyReport, by: User) -> int:
    """Fill empty stocks with last month's figures; flows and what is typed already stay. Returns the count."""
    before = last_month_figures(report)
    filled = figures_of(report)
    changes = [
        FigureChange(m.code, format_figure(before[m.code], grouped=False), seen="")
        for m in owed_metrics(report.org_unit)
        if m.is_stock and m.code in before and m.code not in filled
    ]
    return len(save_figures(report=report, changes=changes, by=by).saved)


# --- Steps ----------------------------------------------------------------------------------------------------


@transaction.atomic
def submit(*, report: MonthlyReport, by: User, allow_missing: bool = False) -> MonthlyReport:
    """Hand the report in. Hard findings and unexplained soft ones refuse it; so do missing figures, unless
    ``allow_missing`` says that they really cannot be reported this month."""
    report = _locked(report)
    _require(by, Permission.ENTER_REPORTS, report.org_unit)
    metrics = owed_metrics(report.org_unit)
    findings = findings_for(report, metrics)
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
    report = _step("submit", report, by=by, note=f"缺 {len(missing)} 项" if missing else "", **stamps)
    report.comments.filter(resolved_at=None).update(resolved_at=now)
    _notify_reviewers(report, by)
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
    _notify_clerks(report, Notice.Kind.RETURNED, f"{report}被退回，{len(texts)} 处数据有意见。", by)
    return report


@transaction.atomic
def approve(*, report: MonthlyReport, by: User) -> MonthlyReport:
    """Approve a submitted report: its figures are published by the roll-up that this requests.

    Refused for whoever submitted the report or typed any of its figures (two pairs of eyes).
    """
    report = _locked(report)
    _require(by, Permission.REVIEW_REPORTS, report.org_unit)
    if report.submitted_by_id == by.pk or report.entries.filter(entered_by=by).exists():
        raise Refused("自己填报或提交的月报不能由本人审核，请由另一位审核人办理。")
    report = _step("approve", report, by=by, approved_at=timezone.now(), approved_by=by)
    request_roll_up_from(report.month)
    _notify_clerks(report, Notice.Kind.APPROVED, f"{report}已审核通过。", by)
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
    _notify_clerks(report, Notice.Kind.RETURNED, f"{report}的审核已撤销：{note.strip()[:100]}", by)
    return report


def _step(name: str, report: MonthlyReport, *, by: User | None, note: str = "", **fields) -> MonthlyReport:
    """Take one step of the transition table: ``UPDATE … WHERE status = old`` and its row count."""
    step = TRANSITIONS[name]
    if step.permission:
        _require(by, step.permission, report.org_unit)
    if report.status not in step.sources:
        if report.status == step.target:
            raise Conflict(f"{report}已是“{report.get_status_display()}”，不用重复办理。")
        raise Conflict(f"{report}现在是“{report.get_status_display()}”，不能{step.label}，请查看最新情况。")
    old = report.status
    changed = MonthlyReport.objects.filter(pk=report.pk, status=old).update(status=step.target, **fields)
    if not changed:
        raise Conflict(f"{report}的状态刚被他人改变，请查看最新情况。")
    figures = {code: format_figure(value, grouped=False) for code, value in figures_of(report).items()}
    ReportEvent.objects.create(
        report=report, from_status=old, to_status=step.target, by=by, note=note[:300], figures=figures
    )
    if by:
        audit.record(
            AuditEvent.Action.REPORT, by=by, subject=f"{report} {step.label}", org_unit=report.org_unit
        )
    report.refresh_from_db()
    return report


def _locked(report: MonthlyReport) -> MonthlyReport:
    return MonthlyReport.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=report.pk)


def _require(by: User, permission: Permission, unit: OrgUnit) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.get_role_display()}不能办理此事。")
    if not by.org_unit.contains(unit):
        raise NotAllowed("只能办理本单位的月报。")


def _notify_clerks(report: MonthlyReport, kind: str, text: str, by: User) -> None:
    people = User.objects.filter(org_unit=report.org_unit, is_active=True)
    _notify([p for p in people if p.may(Permission.ENTER_REPORTS)], kind, text, report, by)


def _notify_reviewers(report: MonthlyReport, by: User) -> None:
    county = report.org_unit if report.org_unit.level == OrgUnit.Level.COUNTY else report.org_unit.parent
    people = User.objects.filter(org_unit=county, is_active=True)
    reviewers = [p for p in people if p.may(Permission.REVIEW_REPORTS)]
    _notify(reviewers, Notice.Kind.SUBMITTED, f"{report}已提交，请审核。", report, by)


def _notify(people: Iterable[User], kind: str, text: str, report: MonthlyReport, by: User) -> None:
    Notice.objects.bulk_create(
        Notice(recipient=person, kind=kind, text=text[:300], link=report_link(report), created_by=by)
        for person in people
    )


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
        _notify_clerks(report, Notice.Kind.REMINDER, text, by)
        audit.record(AuditEvent.Action.REMIND, by=by, subject=str(report), org_unit=report.org_unit)
    return len(reports)
