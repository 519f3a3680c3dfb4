"""Correcting a locked month: a slip is drafted, sent for approval with what it moves, and approved by another person."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from eldercare import audit
from eldercare import evidence as files
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, Notice, OrgUnit, User
from eldercare.notices import holders, tell
from eldercare.permissions import Permission
from indicators.actions.figures import figures_of, owed_metrics, rules_for
from indicators.actions.rollups import request_roll_up_from
from indicators.correction_effects import Row, measure, write_lines
from indicators.models import (
    CorrectionEvidence,
    CorrectionLine,
    CorrectionSlip,
    Metric,
    MonthlyReport,
    ReportEvent,
)
from indicators.rules.checks import subset_findings
from indicators.rules.figures import FigureError, FigureRule, format_figure, parse_figure

Status = CorrectionSlip.Status
FIRST_PUBLICATION = 1
MOST_FILES = 20  # of a slip
NOT_REPORTED = "未报"  # typed where a figure shall be taken out


@transaction.atomic
def start(*, county: OrgUnit, month: dt.date, reason: str, evidence: str, by: User) -> CorrectionSlip:
    """A new slip for a month of the county that has locked reports."""
    _require(by, Permission.PREPARE_CORRECTIONS, county)
    if not _locked_reports(county, month).exists():
        raise Refused(
            f"{month.year}年{month.month}月没有已锁定的月报，不需要更正单：未锁定的月报可以退回或撤销审核后修改。"
        )
    year = timezone.localdate().year
    # One slip at a time per county gets a number: the row of the county is the lock.
    OrgUnit.objects.select_for_update().get(pk=county.pk)
    last = CorrectionSlip.objects.filter(org_unit=county, year=year).aggregate(last=Max("serial"))["last"]
    slip = CorrectionSlip.objects.create(
        org_unit=county,
        month=month,
        year=year,
        serial=(last or 0) + 1,
        reason=_needed(reason, "更正原因"),
        evidence=_needed(evidence, "依据"),
        prepared_by=by,
        edited_by=by,
    )
    _record(slip, "起草", by)
    return slip


@transaction.atomic
def describe(*, slip: CorrectionSlip, reason: str, evidence: str, by: User) -> None:
    """Change reason and evidence of a slip that is still at the desk."""
    slip = _at_desk(slip, by)
    slip.reason, slip.evidence = _needed(reason, "更正原因"), _needed(evidence, "依据")
    slip.save(update_fields=["reason", "evidence", "edited_by"])


@transaction.atomic
def set_lines(
    *, slip: CorrectionSlip, report: MonthlyReport, texts: Mapping[str, str], by: User
) -> dict[str, str]:
    """What the figures of one report shall be, by metric code; an empty text leaves a figure as it was published.

    Returns the sentence of each text that is no figure; nothing is written while there is one.
    """
    slip = _at_desk(slip, by)
    if report.month != slip.month or not slip.org_unit.contains(report.org_unit):
        raise Refused(f"{report}不属于{slip}更正的月份。")
    if report.status != MonthlyReport.Status.LOCKED:
        raise Refused(f"{report}还没有锁定，请退回或撤销审核后修改，不用更正单。")
    # What the form shows: a figure that the unit owes, or has published.
    metrics = {m.code: m for m in owed_metrics(report)}
    metrics |= {m.code: m for m in Metric.objects.filter(entries__report=report)}
    published = figures_of(report)
    wanted, errors = [], {}
    for code, text in texts.items():
        metric = metrics.get(code)
        if metric is None or not text.strip():
            continue
        try:
            value = _typed(text, metric)
        except FigureError as error:
            errors[code] = str(error)
            continue
        if value != published.get(code):
            wanted.append(
                CorrectionLine(
                    slip=slip,
                    report=report,
                    metric=metric,
                    old_value=published.get(code),
                    new_value=value,
                )
            )
    if errors:
        return errors
    slip.lines.filter(report=report).delete()
    CorrectionLine.objects.bulk_create(wanted)
    slip.save(update_fields=["edited_by"])
    return {}


def _typed(text: str, metric: Metric) -> Decimal | None:
    if text.strip() == NOT_REPORTED:
        return None
    return parse_figure(text, FigureRule(metric.name, metric.unit, metric.decimals))


@transaction.atomic
def submit(*, slip: CorrectionSlip, by: User) -> CorrectionSlip:
    """Send the slip for approval, with the values that it moves."""
    slip = _at_desk(slip, by)
    lines = _checked_lines(slip)
    if not lines:
        raise Refused("更正单里还没有要更正的数据，请先选择单位、填写更正后的数。")
    _refuse_impossible(lines)
    slip.effect = measure(slip)
    slip.status, slip.submitted_at, slip.opinion = Status.SUBMITTED, timezone.now(), ""
    slip.save(update_fields=["effect", "status", "submitted_at", "opinion", "edited_by"])
    _record(slip, "送审", by)
    people, authors = holders(slip.org_unit, Permission.APPROVE_CORRECTIONS), slip.authors()
    others = [person for person in people if person.pk not in authors]
    tell(others, Notice.Kind.SUBMITTED, f"{slip}已送审，请审批。", slip_link(slip), by=by)
    return slip


@transaction.atomic
def withdraw(*, slip: CorrectionSlip, by: User) -> None:
    """Take a slip back from approval."""
    slip = _locked(slip)
    _require(by, Permission.PREPARE_CORRECTIONS, slip.org_unit)
    _expect(slip, Status.SUBMITTED)
    slip.status, slip.effect = Status.DRAFT, []
    slip.save(update_fields=["status", "effect"])
    _record(slip, "撤回", by)


@transaction.atomic
def return_slip(*, slip: CorrectionSlip, opinion: str, by: User) -> None:
    """Send a slip back to whoever drafted it, with the reason."""
    slip = _locked(slip)
    _may_decide(slip, by)
    slip.opinion = _needed(opinion, "退回意见")[:300]
    slip.status, slip.decided_by, slip.decided_at = Status.RETURNED, by, timezone.now()
    slip.save(update_fields=["opinion", "status", "decided_by", "decided_at"])
    _record(slip, "退回", by, opinion=slip.opinion)
    text = f"{slip}被退回：{slip.opinion[:100]}"
    tell([slip.prepared_by], Notice.Kind.RETURNED, text, slip_link(slip), by=by)


@transaction.atomic
def cancel(*, slip: CorrectionSlip, by: User) -> None:
    """Give a slip up; it stays in the list."""
    slip = _at_desk(slip, by)
    slip.status = Status.CANCELLED
    slip.save(update_fields=["status"])
    _record(slip, "作废", by)


# --- Evidence -------------------------------------------------------------------------------------------------


@transaction.atomic
def add_evidence(*, slip: CorrectionSlip, filename: str, content: bytes, by: User) -> CorrectionEvidence:
    """Attach a file to a slip at the desk. The same file twice is attached once."""
    slip = _at_desk(slip, by)
    piece = files.attach(slip.files, filename=filename, content=content, most=MOST_FILES, by=by)
    slip.save(update_fields=["edited_by"])
    _record(slip, "上传佐证材料", by, file=piece.file.sha256[:16])
    return piece


@transaction.atomic
def remove_evidence(*, piece: CorrectionEvidence, by: User) -> None:
    """Take a file back while its slip is at the desk."""
    slip = _at_desk(piece.slip, by)
    slip.save(update_fields=["edited_by"])
    _record(slip, "删除佐证材料", by, file=piece.file.sha256[:16])
    files.detach(piece)


# --- Approval -------------------------------------------------------------------------------------------------


class EffectChanged(Conflict):
    """Published values changed since the slip was sent: what it moves is not what the approver saw."""


@transaction.atomic
def approve(*, slip: CorrectionSlip, by: User, opinion: str = "") -> CorrectionSlip:
    """Write the figures, make a new revision of the month and ask for its roll-up.

    Raises ``EffectChanged`` when the slip no longer moves exactly what it lists, and ``Conflict`` when a figure
    is no longer the one that it names.
    """
    slip = _locked(slip)
    _may_decide(slip, by)
    # One revision after the other: two slips of a month may be approved at the same moment.
    OrgUnit.objects.select_for_update(no_key=True).get(pk=slip.org_unit_id)
    lines = _checked_lines(slip)
    if measure(slip) != slip.effect:
        raise EffectChanged("送审之后已公布的数有变动，影响清单已重新计算，请核对后再批准。")
    write_lines(slip, lines)
    last = CorrectionSlip.objects.filter(org_unit=slip.org_unit, month=slip.month).aggregate(
        last=Max("revision")
    )["last"]
    slip.revision = (last or FIRST_PUBLICATION) + 1
    slip.status, slip.decided_by, slip.decided_at = Status.APPROVED, by, timezone.now()
    slip.opinion = opinion.strip()[:300]
    slip.save(update_fields=["revision", "status", "decided_by", "decided_at", "opinion"])
    reports = {line.report_id: line.report for line in lines}
    for report in reports.values():
        note_on(report, slip, lines, by)
    request_roll_up_from(slip.month)
    _record(slip, "批准", by, revision=slip.revision)
    people = [slip.prepared_by]
    for report in reports.values():
        people += holders(report.org_unit, Permission.ENTER_REPORTS)
    text = f"{slip}已生效：{slip.month.year}年{slip.month.month}月 {len(lines)} 项数据更正。"
    tell(people, Notice.Kind.APPROVED, text, slip_link(slip), by=by)
    return slip


@transaction.atomic
def renew_effect(*, slip: CorrectionSlip) -> list[Row]:
    """Measure again what a slip moves that waits for approval."""
    slip = _locked(slip)
    _expect(slip, Status.SUBMITTED)
    slip.effect = measure(slip)
    slip.save(update_fields=["effect"])
    return slip.effect


# ---------------------------------------------------------------------------------------------------------------


def note_on(
    report: MonthlyReport, slip: CorrectionSlip, lines: list[CorrectionLine], by: User
) -> ReportEvent:
    """The correction among the steps of the report, which has the new figures already."""
    words = [
        f"{line.metric.name} {_plain(line.old_value)} → {_plain(line.new_value)}"
        for line in lines
        if line.report_id == report.pk
    ]
    return ReportEvent.objects.create(
        report=report,
        from_status=report.status,
        to_status=report.status,
        by=by,
        note=f"{slip}：{'；'.join(words)}"[:300],
        figures={code: format_figure(v, grouped=False) for code, v in figures_of(report).items()},
    )


def _plain(value: Decimal | None) -> str:
    return NOT_REPORTED if value is None else format_figure(value)


def _checked_lines(slip: CorrectionSlip) -> list[CorrectionLine]:
    """The slip's lines, their reports locked in the database and their old figures compared."""
    lines = list(
        slip.lines.select_related("report__org_unit", "metric__subset_of").order_by("report_id", "metric_id")
    )
    reports = {
        report.pk: report
        for report in MonthlyReport.objects.select_for_update(of=("self",))
        .select_related("org_unit")
        .filter(pk__in={line.report_id for line in lines})
        .order_by("pk")
    }
    figures = {pk: figures_of(report) for pk, report in reports.items()}
    for line in lines:
        line.report = reports[line.report_id]
        now = figures[line.report_id].get(line.metric.code)
        if now != line.old_value:
            raise Conflict(
                f"{line.report.org_unit.name}的“{line.metric.name}”现在公布的是 {_plain(now)}，"
                f"更正单上的原数是 {_plain(line.old_value)}：请退回，由起草人重新填写这一项。"
            )
    return lines


def _refuse_impossible(lines: list[CorrectionLine]) -> None:
    """A part larger than its whole is refused here as in a report."""
    for report in {line.report_id: line.report for line in lines}.values():
        figures = figures_of(report)
        for line in lines:
            if line.report_id == report.pk and line.new_value is None:
                figures.pop(line.metric.code, None)
            elif line.report_id == report.pk:
                figures[line.metric.code] = line.new_value
        found = subset_findings(rules_for(owed_metrics(report)), figures)
        if found:
            raise Refused(f"{report.org_unit.name}：{found[0].text}")


def _locked_reports(county: OrgUnit, month: dt.date):
    return MonthlyReport.objects.filter(
        org_unit__path__startswith=county.path, month=month, status=MonthlyReport.Status.LOCKED
    )


def _locked(slip: CorrectionSlip) -> CorrectionSlip:
    return (
        CorrectionSlip.objects.select_for_update(of=("self",))
        .select_related("org_unit", "prepared_by")
        .get(pk=slip.pk)
    )


def _at_desk(slip: CorrectionSlip, by: User) -> CorrectionSlip:
    """The slip for a change by ``by``, who is its editor as soon as it is saved."""
    slip = _locked(slip)
    _require(by, Permission.PREPARE_CORRECTIONS, slip.org_unit)
    if not slip.is_editable:
        raise Conflict(f"{slip}{slip.get_status_display()}，现在不能修改。")
    slip.edited_by = by
    return slip


def _expect(slip: CorrectionSlip, status: str) -> None:
    if slip.status != status:
        raise Conflict(f"{slip}现在是“{slip.get_status_display()}”，请查看最新情况。")


def _may_decide(slip: CorrectionSlip, by: User) -> None:
    _require(by, Permission.APPROVE_CORRECTIONS, slip.org_unit)
    _expect(slip, Status.SUBMITTED)
    if by.pk in slip.authors():
        raise Refused("起草、修改过这份更正单的人不能审批，请由另一位审核人办理。")


def _require(by: User, permission: Permission, county: OrgUnit) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.get_role_display()}不能办理更正单。")
    if not by.org_unit.contains(county):
        raise NotAllowed("只能办理本县的更正单。")


def _needed(text: str, what: str) -> str:
    if not text.strip():
        raise Refused(f"请写明{what}。")
    return text.strip()


def _record(slip: CorrectionSlip, what: str, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.REPORT,
        by=by,
        subject=f"{slip} {slip.month.year}年{slip.month.month}月 {what}",
        org_unit=slip.org_unit,
        **detail,
    )


def slip_link(slip: CorrectionSlip) -> str:
    return f"/corrections/{slip.pk}/"
