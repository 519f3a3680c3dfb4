"""What the page of one monthly report shows, read in a fixed number of queries however many metrics there are.

Read models only: nothing here writes. The same rows feed entry, review, print, the workbook and the API's answer.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from eldercare.models import OrgUnit, User
from eldercare.permissions import Permission
from indicators.actions.reports import owed_metrics, rules_for
from indicators.models import CellComment, Metric, MetricEntry, MonthlyReport, ReportEvent
from indicators.pages.report_places import next_month
from indicators.rules.checks import Finding, change_findings, subset_findings
from indicators.rules.figures import format_figure, relative_change
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


@dataclass(frozen=True)
class TypedCell:
    """A cell as a form brought it: kept on the page when it could not be saved."""

    value: str
    seen: str | None
    reason: str
    error: str = ""
    conflict: str = ""


@dataclass
class Row:
    """One metric of the report."""

    metric: Metric
    entry: MetricEntry | None
    before: Decimal | None
    is_owed: bool = True
    findings: list[Finding] = field(default_factory=list)
    comments: list[CellComment] = field(default_factory=list)
    was_returned: bool = False
    returned_with: Decimal | None = None
    is_changed: bool = False  # since the report was last returned
    typed: TypedCell | None = None
    remark: str = ""  # the reviewer's, not sent yet

    @property
    def value(self) -> Decimal | None:
        return self.entry.value if self.entry else None

    @property
    def seen(self) -> str:
        """The stored figure as the field shows it; empty when nothing is reported."""
        return format_figure(self.value, grouped=False)

    @property
    def field_text(self) -> str:
        return self.typed.value if self.typed else self.seen

    @property
    def display(self) -> str:
        return format_figure(self.value)

    @property
    def before_display(self) -> str:
        return format_figure(self.before)

    @property
    def before_plain(self) -> str:
        return format_figure(self.before, grouped=False)

    @property
    def returned_plain(self) -> str:
        return format_figure(self.returned_with, grouped=False)

    @property
    def returned_display(self) -> str:
        return format_figure(self.returned_with) or "未报"

    @property
    def reason(self) -> str:
        return self.entry.reason if self.entry else ""

    @property
    def reason_text(self) -> str:
        return self.typed.reason if self.typed else self.reason

    @property
    def change(self) -> Decimal | None:
        return relative_change(self.value, self.before)

    @property
    def change_text(self) -> str:
        return change_text(self.value, self.before)

    @property
    def has_hard(self) -> bool:
        return any(finding.is_hard for finding in self.findings)

    @property
    def has_soft(self) -> bool:
        return any(not finding.is_hard for finding in self.findings)

    @property
    def is_wrong(self) -> bool:
        return self.has_hard or bool(self.typed and (self.typed.error or self.typed.conflict))

    @property
    def wants_reason(self) -> bool:
        return self.has_soft or bool(self.reason_text)

    @property
    def is_notable(self) -> bool:
        """Worth a reviewer's second look."""
        return bool(self.findings or self.reason or self.comments or self.is_changed or self.value is None)


def change_text(now: Decimal | None, before: Decimal | None) -> str:
    """The change against last month for reading, such as “+3.2%” or “持平”; a dash where nothing can be compared."""
    if now is None or before is None:
        return "—"
    if now == before:
        return "持平"
    change = relative_change(now, before)
    if change is None:
        return "由 0 变化"
    return f"{change:+.1f}%" if abs(change) >= Decimal("0.05") else "约持平"


@dataclass
class Group:
    key: str
    label: str
    rows: list[Row]

    @property
    def owed(self) -> int:
        return sum(row.is_owed for row in self.rows)

    @property
    def filled(self) -> int:
        return sum(row.is_owed and row.value is not None for row in self.rows)

    @property
    def has_problem(self) -> bool:
        return any(row.is_wrong or row.has_soft for row in self.rows)


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
    for row in rows:
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
    owed = owed_metrics(report.org_unit)
    codes = {metric.code for metric in owed}
    extra = [entry.metric for code, entry in entries.items() if code not in codes]
    rows = [
        Row(metric, entries.get(metric.code), before.get(metric.code), is_owed=metric.code in codes)
        for metric in [*owed, *extra]
    ]
    figures = {row.metric.code: row.value for row in rows if row.value is not None}
    reasons = {row.metric.code: row.reason for row in rows}
    by_code = {row.metric.code: row for row in rows}
    for finding in findings_in([row.metric for row in rows], figures, before, reasons):
        by_code[finding.code].findings.append(finding)
    return rows


def findings_in(
    metrics: list[Metric],
    figures: Mapping[str, Decimal],
    before: Mapping[str, Decimal],
    reasons: Mapping[str, str],
) -> list[Finding]:
    rules = rules_for(metrics)
    return [*subset_findings(rules, figures), *change_findings(rules, figures, before, reasons)]


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
