"""What the page of one monthly report shows, read in a fixed number of queries however many metrics there are.

Read models only: nothing here writes. The same rows feed entry, review, print, the workbook and the API's answer.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from eldercare.models import OrgUnit, User
from eldercare.permissions import Permission
from indicators.actions.figures import owed_metrics, rules_for
from indicators.ledger_figures import counted_for
from indicators.models import CellComment, Metric, MetricEntry, MonthlyReport, ReportEvent
from indicators.models.owing import plans_using
from indicators.pages.report_places import next_month
from indicators.pages.report_rows import Group, Row, TypedCell
from indicators.rules.checks import Finding, change_findings, ledger_findings, subset_findings
from indicators.rules.months import add_months
from indicators.rules.transitions import TRANSITIONS

Status = MonthlyReport.Status

STATUS_COLOURS = {
    Status.DRAFT: "secondary",
    Status.SUBMITTED: "blue",
    Status.RETURNED: "orange",
    Status.APPROVED: "green",
    Status.LOCKED: "green",
}


@dataclass
class ReportPage:
    """A report as one person sees it."""

    report: MonthlyReport
    user: User
    units: list[OrgUnit]
    groups: list[Group]
    events: list[ReportEvent]
    last_return: ReportEvent | None

    @property
    def unit(self) -> OrgUnit:
        return self.report.org_unit

    @property
    def month(self) -> dt.date:
        return self.report.month

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def findings(self) -> list[Finding]:
        found = [finding for row in self.rows for finding in row.findings]
        return sorted(found, key=lambda finding: not finding.is_hard)

    @property
    def missing(self) -> list[Row]:
        return [row for row in self.rows if row.is_owed and row.value is None]

    @property
    def explained(self) -> list[Row]:
        return [row for row in self.rows if row.reason]

    @property
    def differing(self) -> list[Row]:
        return [row for row in self.rows if row.differs]

    @property
    def to_take(self) -> list[Row]:
        """Rows that are empty or differ although their ledger has a figure."""
        return [
            row for row in self.rows if row.is_owed and row.ledger is not None and row.value != row.ledger
        ]

    @property
    def has_ledgers(self) -> bool:
        """Whether the unit keeps a ledger that counts one of these figures."""
        return any(row.ledger is not None for row in self.rows)

    @property
    def columns(self) -> int:
        """Of the table for reading and reviewing."""
        return 6 + self.has_ledgers + self.may_review

    @property
    def has_sources(self) -> bool:
        return any(row.ledger is not None or row.not_kept for row in self.rows)

    @property
    def changed(self) -> list[Row]:
        return [row for row in self.rows if row.is_changed]

    @property
    def remarked(self) -> list[Row]:
        return [row for row in self.rows if row.comments]

    @property
    def untouched(self) -> list[Row]:
        """Figures that were sent back with a remark and still stand as they were."""
        is_returned = self.report.status == Status.RETURNED
        return [row for row in self.rows if is_returned and row.comments and not row.is_changed]

    @property
    def owed(self) -> int:
        return sum(group.owed for group in self.groups)

    @property
    def filled(self) -> int:
        return sum(group.filled for group in self.groups)

    @property
    def people(self) -> list[str]:
        """Who typed figures, most figures first."""
        names: dict[str, int] = {}
        for row in self.rows:
            if row.entry:
                name = row.entry.entered_by.full_name
                names[name] = names.get(name, 0) + 1
        return sorted(names, key=lambda name: -names[name])

    @property
    def last_entry_at(self) -> dt.datetime | None:
        return max((row.entry.entered_at for row in self.rows if row.entry), default=None)

    @property
    def colour(self) -> str:
        is_late_draft = self.is_overdue and self.report.status == Status.DRAFT
        return "red" if is_late_draft else STATUS_COLOURS[self.report.status]

    @property
    def is_overdue(self) -> bool:
        return self.report.is_editable and timezone.localdate() > self.report.due_on

    @property
    def days_left(self) -> int:
        return (self.report.due_on - timezone.localdate()).days

    # What this person may do now; the actions check again.

    def _may(self, step: str) -> bool:
        transition = TRANSITIONS[step]
        return self.user.may(transition.permission) and self.report.status in transition.sources

    @property
    def may_enter(self) -> bool:
        return self.user.may(Permission.ENTER_REPORTS) and self.report.is_editable

    @property
    def may_withdraw(self) -> bool:
        return self._may("withdraw")

    @property
    def may_review(self) -> bool:
        return self._may("approve")

    @property
    def may_reopen(self) -> bool:
        return self._may("reopen")

    @property
    def own_work(self) -> str:
        """Why this reviewer may not approve: they handed it in or typed figures of it; empty when they may."""
        if self.report.submitted_by_id == self.user.pk:
            return "这份月报是您本人提交的，须由另一位审核人办理。"
        own = sum(1 for row in self.rows if row.entry and row.entry.entered_by_id == self.user.pk)
        return f"其中 {own} 项数据是您本人填写的，须由另一位审核人办理。" if own else ""

    # Neighbours

    @property
    def previous_unit(self) -> OrgUnit | None:
        return _neighbour(self.units, self.unit, -1)

    @property
    def next_unit(self) -> OrgUnit | None:
        return _neighbour(self.units, self.unit, 1)

    @property
    def previous_month(self) -> dt.date:
        return add_months(self.month, -1)

    @property
    def next_month(self) -> dt.date | None:
        return next_month(self.month)


def _neighbour(units: list[OrgUnit], unit: OrgUnit, step: int) -> OrgUnit | None:
    codes = [each.code for each in units]
    index = codes.index(unit.code) + step if unit.code in codes else -1
    return units[index] if 0 <= index < len(units) else None


def load_page(
    *,
    unit: OrgUnit,
    month: dt.date,
    user: User,
    units: list[OrgUnit],
    typed: Mapping[str, TypedCell] | None = None,
    remarks: Mapping[str, str] | None = None,
) -> ReportPage | None:
    """The page of a report; ``None`` when that month's report has not been opened.

    ``typed`` and ``remarks`` are texts by metric code that were sent and not saved: they stay in their fields.
    """
    reports = MonthlyReport.objects.visible_to(user).select_related("submitted_by", "approved_by")
    report = reports.filter(org_unit=unit, month=month).first()
    if report is None:
        return None
    report.org_unit = unit
    rows = _rows(report)
    events = list(report.steps.select_related("by"))
    last_return = _last_return(report, events)
    _mark_return(rows, report, last_return)
    shared = plans_using(unit, month)
    for row in rows:
        row.plans = shared.get(row.metric.pk, [])
        row.typed = (typed or {}).get(row.metric.code)
        row.remark = (remarks or {}).get(row.metric.code, "")
    return ReportPage(report, user, units, _grouped(rows), events, last_return)


def _rows(report: MonthlyReport) -> list[Row]:
    """Owed metrics in the order of the form, and whatever else was typed, with last month and the findings."""
    entries = {
        entry.metric.code: entry
        for entry in report.entries.select_related("metric__subset_of", "entered_by").order_by(
            "metric__position"
        )
    }
    before = last_month_of(report)
    owed = owed_metrics(report)
    codes = {metric.code for metric in owed}
    extra = [entry.metric for code, entry in entries.items() if code not in codes]
    rows = [
        Row(metric, entries.get(metric.code), before.get(metric.code), is_owed=metric.code in codes)
        for metric in [*owed, *extra]
    ]
    figures = {row.metric.code: row.value for row in rows if row.value is not None}
    reasons = {row.metric.code: row.reason for row in rows}
    by_code = {row.metric.code: row for row in rows}
    ledger = counted_for(report.org_unit, report.month, [row.metric for row in rows])
    for row in rows:
        row.ledger = ledger.figures.get(row.metric.code)
        row.not_kept = ledger.not_kept.get(row.metric.code, "")
    # What moves in a ledger after the report was handed in is shown as a difference; it is no task any more.
    due = ledger.figures if report.is_editable else {}
    for finding in findings_in([row.metric for row in rows], figures, before, reasons, due):
        by_code[finding.code].findings.append(finding)
    return rows


def findings_in(
    metrics: list[Metric],
    figures: Mapping[str, Decimal],
    before: Mapping[str, Decimal],
    reasons: Mapping[str, str],
    ledger: Mapping[str, Decimal],
) -> list[Finding]:
    rules = rules_for(metrics)
    return [
        *subset_findings(rules, figures),
        *change_findings(rules, figures, before, reasons),
        *ledger_findings(rules, figures, ledger, reasons),
    ]


def last_month_of(report: MonthlyReport) -> dict[str, Decimal]:
    entries = MetricEntry.objects.filter(
        report__org_unit=report.org_unit_id, report__month=add_months(report.month, -1)
    )
    return dict(entries.values_list("metric__code", "value"))


def _last_return(report: MonthlyReport, events: list[ReportEvent]) -> ReportEvent | None:
    """The step of the reviewer; a resubmission that was taken back leads to the same state some time after it."""
    returns = [each for each in events if each.to_status == Status.RETURNED]
    return next((each for each in returns if report.returned_at and each.at >= report.returned_at), None)


def _mark_return(rows: list[Row], report: MonthlyReport, last_return: ReportEvent | None) -> None:
    """Put the remarks of the last return on their rows, and mark what has changed since then."""
    if last_return is None:
        return
    comments: dict[int, list[CellComment]] = {}
    for comment in report.comments.filter(created_at__gte=report.returned_at).select_related("created_by"):
        comments.setdefault(comment.metric_id, []).append(comment)
    for row in rows:
        row.comments = comments.get(row.metric.pk, [])
        row.was_returned = True
        then = last_return.figures.get(row.metric.code)
        row.returned_with = Decimal(then) if then else None
        row.is_changed = row.returned_with != row.value


def _grouped(rows: list[Row]) -> list[Group]:
    groups: dict[str, Group] = {}
    for row in rows:
        key = row.metric.group
        groups.setdefault(key, Group(key, row.metric.get_group_display(), [])).rows.append(row)
    return list(groups.values())
