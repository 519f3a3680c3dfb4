"""One row of a monthly report, as entry, review, print and the workbook show it; and the groups of the form."""

from dataclasses import dataclass, field
from decimal import Decimal

from indicators.models import CellComment, Metric, MetricEntry
from indicators.rules.checks import Finding, difference_words
from indicators.rules.figures import format_figure, relative_change


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
    ledger: Decimal | None = None  # as it is counted now; None when no ledger that the unit keeps counts it
    plans: list[str] = field(default_factory=list)  # short titles of the plans in force that use the figure
    not_kept: str = ""  # the ledger that would count it, if the unit kept it

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
    def ledger_display(self) -> str:
        return format_figure(self.ledger)

    @property
    def ledger_plain(self) -> str:
        return format_figure(self.ledger, grouped=False)

    @property
    def differs(self) -> bool:
        """From what the ledger says now (账表不一致)."""
        return self.ledger is not None and self.value is not None and self.value != self.ledger

    @property
    def difference_text(self) -> str:
        return difference_words(self.value - self.ledger, self.metric.unit) if self.differs else ""

    @property
    def difference_sign(self) -> str:
        """“+3” or “-2” against the ledger."""
        difference = self.value - self.ledger if self.differs else Decimal(0)
        return f"{'+' if difference > 0 else '-'}{format_figure(abs(difference))}" if difference else ""

    @property
    def is_taken(self) -> bool:
        return self.entry is not None and self.entry.source == MetricEntry.Source.LEDGER

    @property
    def source_label(self) -> str:
        return self.entry.get_source_display() if self.entry else ""

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
        return bool(
            self.findings
            or self.reason
            or self.comments
            or self.is_changed
            or self.differs
            or self.value is None
        )


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
