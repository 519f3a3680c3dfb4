"""Overviews of many reports, each in a fixed number of queries: a month's units, a unit's months, the matrix."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from indicators.ledger_figures import NOTHING, counted
from indicators.models import Metric, MetricEntry, MonthlyReport, owed_by_each
from indicators.pages.report_pages import STATUS_COLOURS, findings_in
from indicators.pages.report_places import reporting_units_seen_by
from indicators.rules.checks import Finding
from indicators.rules.months import add_months, months_between

Status = MonthlyReport.Status
MATRIX_MONTHS = 12


@dataclass
class Standing:
    """How one unit stands with its report of one month."""

    unit: OrgUnit
    month: dt.date
    report: MonthlyReport | None
    owed: int
    filled: int = 0
    findings: list[Finding] = field(default_factory=list)
    reminded_at: dt.datetime | None = None
    today: dt.date = field(default_factory=timezone.localdate)

    @property
    def status(self) -> str:
        return self.report.status if self.report else ""

    @property
    def is_open(self) -> bool:
        """Still with the unit: not handed in, or sent back."""
        return self.report is not None and self.report.is_editable

    @property
    def is_overdue(self) -> bool:
        """Never handed in, or taken back, and the deadline has passed; a returned report is counted as returned."""
        return self.status == Status.DRAFT and self.today > self.report.due_on

    @property
    def label(self) -> str:
        if self.report is None:
            return "未开启"
        if self.status == Status.DRAFT:
            if self.is_overdue:
                return "逾期未报"
            return "填报中" if self.filled else "未填报"
        return self.report.get_status_display()

    @property
    def colour(self) -> str:
        if self.is_overdue:
            return "red"
        return STATUS_COLOURS.get(self.status, "secondary")

    @property
    def days_late(self) -> int:
        """Days between the deadline and the first submission, or today while there is none; 0 when in time."""
        if self.report is None:
            return 0
        first = self.report.first_submitted_at
        handed_in = timezone.localdate(first) if first else self.today
        return max((handed_in - self.report.due_on).days, 0)

    @property
    def late_text(self) -> str:
        if not self.days_late:
            return ""
        return (
            f"迟报 {self.days_late} 天" if self.report.first_submitted_at else f"已逾期 {self.days_late} 天"
        )

    @property
    def is_reminded_today(self) -> bool:
        return self.reminded_at is not None and timezone.localdate(self.reminded_at) == self.today

    @property
    def percent(self) -> int:
        return self.filled * 100 // self.owed if self.owed else 0

    @property
    def hard(self) -> int:
        return sum(finding.is_hard for finding in self.findings)

    @property
    def soft(self) -> int:
        return len(self.findings) - self.hard


@dataclass
class Overview:
    """A month's reports of all the units that the user may see."""

    month: dt.date
    standings: list[Standing]

    @property
    def is_empty(self) -> bool:
        return all(each.report is None for each in self.standings)

    @property
    def counts(self) -> list[tuple[str, int, str, str]]:
        """The figures above the table: label, number, colour, remark. The later ones add up to the first."""
        of = [each.status for each in self.standings]
        drafts = [each for each in self.standings if each.status in ("", Status.DRAFT)]
        late = sum(each.is_overdue for each in drafts)
        passed = of.count(Status.APPROVED) + of.count(Status.LOCKED)
        return [
            ("应报", len(of), "secondary", ""),
            ("未报", len(drafts), "red" if late else "secondary", f"其中逾期 {late}" if late else ""),
            ("待审", of.count(Status.SUBMITTED), "blue", ""),
            ("退回", of.count(Status.RETURNED), "orange", ""),
            ("通过", passed, "green", ""),
        ]

    @property
    def to_remind(self) -> list[Standing]:
        return [each for each in self.standings if each.is_open]

    @property
    def reminded_today(self) -> list[Standing]:
        return [each for each in self.to_remind if each.is_reminded_today]

    @property
    def due_on(self) -> dt.date | None:
        return next((each.report.due_on for each in self.standings if each.report), None)


def load_overview(*, user: User, month: dt.date) -> Overview:
    units = reporting_units_seen_by(user, month)
    owed_of = owed_by_each(units, month)
    reports = _reports(user, month, month).select_related("submitted_by", "org_unit")
    by_unit = {report.org_unit_id: report for report in reports}
    figures = _figures(user, [add_months(month, -1), month])
    asked = {metric.pk: metric for owed in owed_of.values() for metric in owed}
    ledgers = counted([unit for unit in units if _is_open(by_unit.get(unit.pk))], month, [*asked.values()])
    reminded = last_reminders(user, by_unit.values()) if user.may(Permission.REMIND_UNITS) else {}
    standings = []
    for unit in units:
        owed = owed_of[unit.pk]
        now, reasons = figures.get((unit.pk, month), ({}, {}))
        before, _ = figures.get((unit.pk, add_months(month, -1)), ({}, {}))
        standings.append(
            Standing(
                unit,
                month,
                by_unit.get(unit.pk),
                owed=len(owed),
                filled=sum(metric.code in now for metric in owed),
                findings=findings_in(owed, now, before, reasons, ledgers.get(unit.pk, NOTHING).figures),
                reminded_at=reminded.get(unit.pk),
            )
        )
    return Overview(month, standings)


def _is_open(report: MonthlyReport | None) -> bool:
    return report is not None and report.is_editable


def _reports(user: User, first: dt.date, last: dt.date):
    return MonthlyReport.objects.visible_to(user).filter(month__range=(first, last))


def _figures(user: User, months: list[dt.date]) -> dict[tuple[int, dt.date], tuple[dict, dict]]:
    """Figures and reasons by metric code, for each unit and month."""
    found: dict[tuple[int, dt.date], tuple[dict[str, Decimal], dict[str, str]]] = {}
    rows = MetricEntry.objects.filter(
        report__in=MonthlyReport.objects.visible_to(user).filter(month__in=months)
    ).values_list("report__org_unit_id", "report__month", "metric__code", "value", "reason")
    for unit, month, code, value, reason in rows:
        figures, reasons = found.setdefault((unit, month), ({}, {}))
        figures[code] = value
        reasons[code] = reason
    return found


def reminded_today(user: User, month: dt.date) -> set[int]:
    """The units that were reminded of their report of ``month`` today."""
    reports = _reports(user, month, month).select_related("org_unit")
    today = timezone.localdate()
    return {unit for unit, at in last_reminders(user, reports).items() if timezone.localdate(at) == today}


def last_reminders(user: User, reports: Iterable[MonthlyReport]) -> dict[int, dt.datetime]:
    """When each unit was last reminded of these reports, from the log that ``remind`` writes."""
    subjects = {str(report): report.org_unit_id for report in reports}
    events = AuditEvent.objects.visible_to(user).filter(action=AuditEvent.Action.REMIND, subject__in=subjects)
    rows = events.order_by().values_list("subject").annotate(at=Max("at"))
    return {subjects[subject]: at for subject, at in rows}


@dataclass
class Matrix:
    """Months × units: how every report stands."""

    months: list[dt.date]
    lines: list[tuple[OrgUnit, list[Standing]]]

    @property
    def is_empty(self) -> bool:
        return all(each.report is None for _, standings in self.lines for each in standings)

    @property
    def earlier(self) -> dt.date:
        return add_months(self.months[0], -1)


def load_matrix(*, user: User, last: dt.date, count: int = MATRIX_MONTHS) -> Matrix:
    months = list(months_between(add_months(last, 1 - count), last))
    units = reporting_units_seen_by(user, last)
    owed = {unit: len(metrics) for unit, metrics in owed_by_each(units, last).items()}
    collected = Q(entries__metric__in=Metric.objects.collected())
    reports = _reports(user, months[0], last).annotate(filled=Count("entries", filter=collected))
    by_place = {(report.org_unit_id, report.month): report for report in reports}
    today = timezone.localdate()
    lines = []
    for unit in units:
        standings = []
        for month in months:
            report = by_place.get((unit.pk, month))
            filled = min(report.filled, owed[unit.pk]) if report else 0
            standings.append(Standing(unit, month, report, owed=owed[unit.pk], filled=filled, today=today))
        lines.append((unit, standings))
    return Matrix(months, lines)


def nearest_month(user: User, month: dt.date) -> dt.date | None:
    """The newest month up to ``month`` with a report that the user may see, else the earliest of all."""
    seen = MonthlyReport.objects.visible_to(user).order_by()
    found = seen.aggregate(first=Min("month"), before=Max("month", filter=Q(month__lte=month)))
    return found["before"] or found["first"]
