"""Correction slips for the pages: the list, the figures that can be corrected, what a slip moves."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from eldercare.models import OrgUnit, User
from indicators.actions.corrections import NOT_REPORTED
from indicators.actions.figures import owed_metrics
from indicators.ledger_figures import counted_for
from indicators.models import CorrectionEvidence, CorrectionLine, CorrectionSlip, Metric, MonthlyReport
from indicators.pages.display import LOOKS, rounded
from indicators.rules.figures import format_figure

COLOURS = {
    "draft": "blue",
    "submitted": "orange",
    "returned": "red",
    "approved": "green",
    "cancelled": "secondary",
}


def badge(slip: CorrectionSlip) -> Badge:
    return Badge(slip.get_status_display(), COLOURS[slip.status])


SLIPS = Listing(
    "更正单",
    (
        Column(
            "number",
            "编号",
            str,
            order=("year", "serial"),
            link=lambda slip: reverse("correction", args=[slip.pk]),
            width=20,
            css="nowrap",
        ),
        Column("month", "更正月份", "month", order=("month",), kind=Kind.MONTH),
        Column("reason", "更正原因", "reason", width=40),
        Column("lines", "更正项", "line_count", kind=Kind.INTEGER),
        Column("moved", "变动的指标值", lambda slip: len(slip.effect) or None, kind=Kind.INTEGER),
        Column("prepared", "起草人", "prepared_by.full_name", css="nowrap"),
        Column("decided", "审批人", "decided_by.full_name", css="nowrap"),
        Column("revision", "公布版次", lambda slip: revision_text(slip), css="nowrap"),
        Column("status", "状态", badge, order=("status",)),
    ),
    order=("-year", "-serial"),
    unit="份",
    is_off=lambda slip: slip.status == CorrectionSlip.Status.CANCELLED,
)


def revision_text(slip: CorrectionSlip) -> str | None:
    return f"第 {slip.revision} 版" if slip.revision else None


def filter_slips(slips: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    slips = slips.select_related("prepared_by", "decided_by").annotate(line_count=Count("lines"))
    if status := chosen.get("status"):
        slips = slips.filter(status=status)
    if month := chosen.get("month"):
        slips = slips.filter(month=dt.date.fromisoformat(month))
    if text := chosen.get("q"):
        slips = slips.filter(contains(text, "reason", "evidence"))
    return slips


def reports_of(slip: CorrectionSlip) -> list[MonthlyReport]:
    """The locked reports whose figures the slip may correct."""
    return list(
        MonthlyReport.objects.filter(
            org_unit__path__startswith=slip.org_unit.path,
            month=slip.month,
            status=MonthlyReport.Status.LOCKED,
        )
        .select_related("org_unit")
        .order_by("org_unit__path")
    )


@dataclass(frozen=True)
class FigureRow:
    """One published figure, what the ledger counts now, and what is typed beside it."""

    metric: Metric
    published: Decimal | None
    ledger: Decimal | None
    typed: str
    error: str = ""

    @property
    def differs(self) -> bool:
        return self.ledger is not None and self.ledger != self.published


def figure_rows(
    slip: CorrectionSlip,
    report: MonthlyReport,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[FigureRow]:
    """All figures that the report owes or has, in the order of its form; a fixed number of queries."""
    entries = {entry.metric.code: entry for entry in report.entries.select_related("metric")}
    owed = owed_metrics(report)
    codes = {metric.code for metric in owed}
    metrics = [*owed, *(entry.metric for code, entry in entries.items() if code not in codes)]
    ledger = counted_for(report.org_unit, report.month, metrics).figures
    if typed is None:
        typed = {
            line.metric.code: typed_text(line.new_value)
            for line in slip.lines.filter(report=report).select_related("metric")
        }
    return [
        FigureRow(
            metric,
            entries[metric.code].value if metric.code in entries else None,
            ledger.get(metric.code),
            typed.get(metric.code, ""),
            (errors or {}).get(metric.code, ""),
        )
        for metric in metrics
    ]


def typed_text(value: Decimal | None) -> str:
    return NOT_REPORTED if value is None else format_figure(value, grouped=False)


@dataclass(frozen=True)
class UnitLines:
    unit: OrgUnit
    lines: list[CorrectionLine]


def lines_by_unit(slip: CorrectionSlip, user: User) -> list[UnitLines]:
    """The slip's lines as far as the user sees their reports."""
    lines = slip.lines.filter(report__in=MonthlyReport.objects.visible_to(user)).select_related(
        "report__org_unit", "metric"
    )
    grouped = groupby(lines, key=lambda line: line.report.org_unit)
    return [UnitLines(unit, list(rows)) for unit, rows in grouped]


@dataclass(frozen=True)
class Evidence:
    """The slip's files for one who may open them; else only how many there are."""

    number: int
    pieces: list[CorrectionEvidence]


def evidence_of(slip: CorrectionSlip, user: User) -> Evidence:
    pieces = CorrectionEvidence.objects.visible_to(user).filter(slip=slip)
    shown = list(pieces.select_related("file", "uploaded_by").defer("file__content"))
    return Evidence(len(shown) or slip.files.count(), shown)


def authors_of(slip: CorrectionSlip) -> list[User]:
    """Who else than its drafter wrote on it: none of them approves it."""
    return list(User.objects.filter(pk__in=slip.authors() - {slip.prepared_by_id}).order_by("pk"))


@dataclass(frozen=True)
class Move:
    """One published value that moves, worded."""

    plan: str
    number: int
    name: str
    plan_title: str
    unit_name: str
    month: str
    before: str
    after: str
    status: str
    status_after: str

    @property
    def changes_status(self) -> bool:
        return self.status != self.status_after


@dataclass
class Effect:
    """What a slip moves: of the plans' own units first, the townships' folded below."""

    own: list[Move] = field(default_factory=list)
    parts: list[Move] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.own) + len(self.parts)

    @property
    def indicators(self) -> int:
        return len({(move.plan, move.number) for move in (*self.own, *self.parts)})

    @property
    def lights(self) -> int:
        return sum(move.changes_status for move in self.own)


def effect_of(slip: CorrectionSlip, user: User) -> Effect:
    """The slip's effect on units that the user sees. Values are shown with enough places to tell them apart."""
    seen = set(OrgUnit.objects.visible_to(user).values_list("code", flat=True))
    plans = {slip.org_unit.code, *(code for code in slip.org_unit.path.split("/") if code)}
    effect = Effect()
    for row in slip.effect:
        if row["unit"] not in seen:
            continue
        before, after = _pair(row["before"], row["after"])
        move = Move(
            row["plan"],
            row["number"],
            row["name"],
            row["plan_title"],
            row["unit_name"],
            row["month"],
            f"{before}{_suffix(row)}" if row["before"] is not None else "无",
            f"{after}{_suffix(row)}" if row["after"] is not None else "无",
            _status(row["status"]),
            _status(row["status_after"]),
        )
        (effect.own if row["unit"] in plans else effect.parts).append(move)
    return effect


def _pair(before: str | None, after: str | None) -> tuple[str, str]:
    """Both values with the same decimals: two, or as many as make them differ."""
    values = [None if text is None else Decimal(text) for text in (before, after)]
    places = 2
    while places < 12 and None not in values and rounded(values[0], places) == rounded(values[1], places):
        places += 1
    texts = ["" if value is None else f"{rounded(value, places):,f}" for value in values]
    while any("." in text for text in texts) and all(text[-1:] in ("", "0", ".") for text in texts):
        texts = [text[:-1] for text in texts]
    return texts[0], texts[1]


def _suffix(row: Mapping[str, Any]) -> str:
    unit = row["measure"]
    return unit if unit.startswith("%") else f" {unit}"


def _status(status: str) -> str:
    return LOOKS[status].label if status in LOOKS else "无"
