"""Papers of the demo county: a sealed monthly report, a draft, a correction that took effect and one that waits.

The correction moves a month after its report was sealed, so the page of the report says so, and the values as they
were published before can be looked at. Invented, and without history rows: nobody typed these.
"""

import datetime as dt
import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal

import pgtrigger
from django.utils import timezone

from eldercare import evidence
from eldercare.excel.writing import Column, Kind, Sheet, write_workbook
from eldercare.models import OrgUnit, User
from eldercare.permissions import Role
from indicators.actions.corrections import FIRST_PUBLICATION, note_on
from indicators.correction_effects import measure, months_touched, write_lines
from indicators.demo.county import COUNTY, FIRST_MONTH
from indicators.demo.workflow import at_work_before
from indicators.models import (
    CorrectionEvidence,
    CorrectionLine,
    CorrectionSlip,
    IndicatorValue,
    MetricEntry,
    MetricValue,
    MonthlyReport,
    OfficialReport,
)
from indicators.pages import official
from indicators.pages.official_figures import read
from indicators.resources import official_docx, official_xlsx
from indicators.rollup import roll_up_months
from indicators.rules.months import add_months
from indicators.rules.official import Period, title_of

HISTORY = (
    "indicators.OfficialReport:insert_insert",
    "indicators.CorrectionSlip:insert_insert",
    "indicators.CorrectionSlip:update_update",
    "indicators.CorrectionEvidence:insert_insert",
    "indicators.MetricEntry:update_update",
)


@dataclass(frozen=True)
class Correction:
    """Figures of one township: code of the metric → by how much it was too low; never above ``within``."""

    unit: str
    figures: dict[str, tuple[int, str]]
    reason: str
    evidence: str
    filename: str
    rows: Sequence[tuple[str, str, int]]  # village, what, how many


IN_FORCE = Correction(
    "330424101",
    {"weekly_visits_done": (12, "weekly_visits_due"), "monthly_visits_done": (2, "monthly_visits_due")},
    "月末最后一周的探访记录在月报锁定后才补录完，公布的完成数偏少。",
    "沈荡镇探访补录清单，村(社区)已签字；已与探访台账逐条核对。",
    "沈荡镇探访补录清单.xlsx",
    (
        ("沈荡社区", "周探访", 5), ("聚金村", "周探访", 4), ("五圣村", "周探访", 3),
        ("聚金村", "月探访", 1), ("五圣村", "月探访", 1),
    ),
)  # fmt: skip
WAITING = Correction(
    "330424102",
    {"accident_insured_elders": (46, "registered_elders_60")},
    "保险公司月底后送来一批批改单，漏计新投保老年人。",
    "意外伤害险承保汇总（批改），盖承保机构业务章。",
    "百步镇意外伤害险承保汇总.xlsx",
    (("百步社区", "新投保人数", 19), ("超同村", "新投保人数", 15), ("横港村", "新投保人数", 12)),
)


def _without_history() -> AbstractContextManager[None]:
    """Around writing only: the statements of the roll-up do not go together with it."""
    return pgtrigger.ignore(*HISTORY)


def write_papers(users: dict[str, User], through: dt.date, today: dt.date) -> dict[str, int]:
    """After the months were rolled up: the papers of the last two locked months before ``through``."""
    earlier, latest = add_months(through, -2), add_months(through, -1)
    if earlier < FIRST_MONTH:
        return {}
    writer = _Writer(users, today)
    writer.write_report(earlier, is_sealed=True)
    writer.write_correction(IN_FORCE, earlier, is_approved=True)
    writer.write_report(latest, is_sealed=False)
    writer.write_correction(WAITING, latest, is_approved=False)
    return {"工作进展月报": 2, "更正单": 2}


class _Writer:
    def __init__(self, users: dict[str, User], today: dt.date) -> None:
        self.county = OrgUnit.objects.get(code=COUNTY)
        own = {user.role: user for user in users.values() if user.org_unit_id == self.county.pk}
        self.clerk, self.reviewer = own[Role.COUNTY_CLERK], own[Role.COUNTY_REVIEWER]
        self.yesterday = today - dt.timedelta(days=1)

    def _moment(self, month: dt.date, days: int, hour: int) -> dt.datetime:
        """At that hour of the day, or of the working day before it; not after yesterday."""
        day = min(month + dt.timedelta(days=days), self.yesterday)
        at = at_work_before(timezone.make_aware(dt.datetime.combine(day, dt.time(hour, 20))))
        return timezone.localtime(at).replace(hour=hour, minute=20)

    # --- Official reports -----------------------------------------------------------------------------------------

    def write_report(self, month: dt.date, *, is_sealed: bool) -> None:
        period = Period(OfficialReport.Kind.MONTH, month)
        begun, edited = self._moment(month, 28, 9), self._moment(month, 28, 15)
        report = OfficialReport(
            org_unit=self.county,
            kind=period.kind,
            month=month,
            title=title_of(self.county.name, period),
            document_number=f"盐民〔{month.year}〕{30 + month.month}号" if is_sealed else "",
            addressee="嘉兴市民政局",
            signatory=f"{self.county.name}民政局",
            sections=official.sections_of(read(self.county, period)),
            created_by=self.clerk,
            created_at=begun,
            edited_by=self.clerk,
            edited_at=edited,
        )
        if is_sealed:
            self._seal(report, self._moment(month, 29, 16))
        with _without_history():
            report.save()

    def _seal(self, report: OfficialReport, at: dt.datetime) -> None:
        for each in report.sections:
            each["text"] = each["text"] or "无。"
        report.signed_on = timezone.localdate(at)
        content = official.load(report)
        docx, xlsx = (evidence.keep(made.write(content)) for made in (official_docx, official_xlsx))
        report.figures = content.figures
        report.docx, report.docx_sha256 = docx, docx.sha256
        report.xlsx, report.xlsx_sha256 = xlsx, xlsx.sha256
        report.status, report.sealed_by, report.sealed_at = OfficialReport.Status.SEALED, self.reviewer, at

    # --- Corrections ----------------------------------------------------------------------------------------------

    def write_correction(self, what: Correction, month: dt.date, *, is_approved: bool) -> None:
        at = self._moment(month, 40, 14)
        serial = CorrectionSlip.objects.filter(org_unit=self.county, year=at.year).count() + 1
        slip = CorrectionSlip(
            org_unit=self.county,
            month=month,
            year=at.year,
            serial=serial,
            status=CorrectionSlip.Status.SUBMITTED,
            reason=what.reason,
            evidence=what.evidence,
            prepared_by=self.clerk,
            prepared_at=at,
            edited_by=self.clerk,
            submitted_at=at + dt.timedelta(minutes=35),
        )
        with _without_history():
            slip.save()
            self._attach(slip, what)
        lines = self._lines(slip, what)
        slip.effect = measure(slip)
        with _without_history():
            slip.save(update_fields=["effect"])
        if is_approved:
            self._approve(slip, lines, at + dt.timedelta(minutes=95))

    def _lines(self, slip: CorrectionSlip, what: Correction) -> list[CorrectionLine]:
        report = MonthlyReport.objects.get(org_unit__code=what.unit, month=slip.month)
        entries = {entry.metric.code: entry for entry in report.entries.select_related("metric")}
        lines = []
        for code, (more, within) in what.figures.items():
            old = entries[code].value
            room = entries[within].value - old
            # Where all are counted already, they were too many.
            moved = min(Decimal(more), room) if room > 0 else -min(Decimal(more), old)
            lines.append(
                CorrectionLine(
                    slip=slip,
                    report=report,
                    metric=entries[code].metric,
                    old_value=old,
                    new_value=old + moved,
                )
            )
        return CorrectionLine.objects.bulk_create(lines)

    def _attach(self, slip: CorrectionSlip, what: Correction) -> None:
        columns = [Column("村(社区)", 18), Column("项目", 18), Column("数量", 10, Kind.INTEGER)]
        file = io.BytesIO()
        write_workbook(
            file, sheets=[Sheet("清单", columns, what.rows, heading=what.filename.removesuffix(".xlsx"))]
        )
        CorrectionEvidence.objects.create(
            slip=slip,
            filename=what.filename,
            kind="xlsx",
            file=evidence.keep(file.getvalue()),
            uploaded_by=self.clerk,
            uploaded_at=slip.prepared_at + dt.timedelta(minutes=10),
        )

    def _approve(self, slip: CorrectionSlip, lines: list[CorrectionLine], at: dt.datetime) -> None:
        with _without_history():
            write_lines(slip, lines)
            MetricEntry.objects.filter(
                report=lines[0].report, metric__in=[line.metric_id for line in lines]
            ).update(entered_at=at)
        began = timezone.now()
        roll_up_months(months_touched(slip.month))
        for model in (MetricValue, IndicatorValue):
            model.versions.filter(superseded_at__gte=began).update(superseded_at=at)
            model.versions.filter(superseded_at=None, computed_at__gte=began).update(computed_at=at)
        slip.status, slip.revision = CorrectionSlip.Status.APPROVED, FIRST_PUBLICATION + 1
        slip.decided_by, slip.decided_at, slip.opinion = self.reviewer, at, "清单与台账一致，同意更正。"
        with _without_history():
            slip.save()
        event = note_on(lines[0].report, slip, lines, self.reviewer)
        event.at = at
        event.save(update_fields=["at"])
