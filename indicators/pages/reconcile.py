"""Reported figures against the ledgers (账表核对): what was reported, what the ledger says now and what it said
when the report was handed in."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from indicators.actions.figures import owed_metrics
from indicators.ledger_figures import counted_for, ledger_name
from indicators.models import Metric, MetricEntry, MonthlyReport, ReportEvent
from indicators.rules.checks import difference_words, ledger_differences
from indicators.rules.figures import format_figure


@dataclass(frozen=True)
class Line:
    """One metric that a ledger counts."""

    metric: Metric
    entry: MetricEntry | None
    source: str  # name of the ledger
    is_kept: bool
    now: Decimal | None
    then: Decimal | None  # when the report was last handed in

    @property
    def value(self) -> Decimal | None:
        return self.entry.value if self.entry else None

    @property
    def reason(self) -> str:
        return self.entry.reason if self.entry else ""

    @property
    def is_taken(self) -> bool:
        return self.entry is not None and self.entry.source == MetricEntry.Source.LEDGER

    @property
    def difference(self) -> Decimal | None:
        if self.value is None or self.now is None:
            return None
        return self.value - self.now

    @property
    def differs(self) -> bool:
        return bool(self.difference)

    @property
    def has_moved(self) -> bool:
        """Whether the ledger says something else now than when the report was handed in."""
        return self.then is not None and self.now is not None and self.then != self.now

    @property
    def difference_text(self) -> str:
        """“+3”, “-2”, “一致”; empty where there is nothing to compare."""
        if self.difference is None:
            return ""
        if not self.difference:
            return "一致"
        return f"{'+' if self.difference > 0 else '-'}{format_figure(abs(self.difference))}"


@dataclass
class Reconciliation:
    report: MonthlyReport
    lines: list[Line]
    handed_in: ReportEvent | None

    @property
    def is_published(self) -> bool:
        return self.report.status in MonthlyReport.PUBLISHED

    @property
    def kept(self) -> list[Line]:
        return [line for line in self.lines if line.is_kept]

    @property
    def differing(self) -> list[Line]:
        return [line for line in self.lines if line.differs]

    @property
    def unexplained(self) -> list[Line]:
        return [line for line in self.differing if not line.reason]

    @property
    def agreeing(self) -> list[Line]:
        return [line for line in self.kept if line.difference == 0]

    @property
    def absent(self) -> list[Line]:
        return [line for line in self.kept if line.value is None]

    @property
    def moved(self) -> list[Line]:
        return [line for line in self.kept if line.has_moved]

    @property
    def not_kept(self) -> list[Line]:
        return [line for line in self.lines if not line.is_kept]


def reconcile(report: MonthlyReport) -> Reconciliation:
    """All metrics of the report that a ledger counts, in the order of the form. A fixed number of statements."""
    entries = {
        entry.metric.code: entry
        for entry in report.entries.select_related("metric", "entered_by").order_by("metric__position")
    }
    owed = owed_metrics(report)
    codes = {metric.code for metric in owed}
    metrics = [*owed, *(entry.metric for code, entry in entries.items() if code not in codes)]
    ledger = counted_for(report.org_unit, report.month, metrics)
    handed_in = report.steps.filter(to_status=MonthlyReport.Status.SUBMITTED).order_by("id").last()
    then = handed_in.ledger_figures if handed_in else {}
    lines = [
        Line(
            metric,
            entries.get(metric.code),
            ledger_name(metric.code),
            metric.code in ledger.figures,
            ledger.figures.get(metric.code),
            Decimal(then[metric.code]) if then.get(metric.code) else None,
        )
        for metric in metrics
        if metric.code in ledger.figures or metric.code in ledger.not_kept
    ]
    return Reconciliation(report, lines, handed_in)


def unexplained_differences(report: MonthlyReport) -> int:
    """How many figures of the report are not the ledger's and have no reason."""
    entries = {entry.metric.code: entry for entry in report.entries.select_related("metric")}
    ledger = counted_for(report.org_unit, report.month, [entry.metric for entry in entries.values()])
    differing = ledger_differences({code: e.value for code, e in entries.items()}, ledger.figures)
    return sum(1 for code in differing if not entries[code].reason)


@dataclass(frozen=True)
class Replacement:
    """A typed figure that the ledger's would replace."""

    metric: Metric
    value: Decimal
    now: Decimal
    reason: str

    @property
    def words(self) -> str:
        return difference_words(self.value - self.now, self.metric.unit)


def replacements(report: MonthlyReport, codes: Collection[str]) -> list[Replacement]:
    typed = report.entries.filter(metric__code__in=codes)
    entries = list(typed.select_related("metric").order_by("metric__position"))
    ledger = counted_for(report.org_unit, report.month, [entry.metric for entry in entries]).figures
    return [
        Replacement(entry.metric, entry.value, ledger[entry.metric.code], entry.reason)
        for entry in entries
        if entry.metric.code in ledger
    ]
