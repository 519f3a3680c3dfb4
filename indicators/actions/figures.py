"""Typing figures into a monthly report, or taking them from the ledgers, and what the checks say of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from indicators.ledger_figures import NOTHING, Counted, counted_for
from indicators.models import Metric, MetricEntry, MonthlyReport, owed_by
from indicators.rules.checks import (
    Finding,
    MetricRule,
    change_findings,
    ledger_findings,
    subset_findings,
)
from indicators.rules.figures import FigureError, FigureRule, format_figure, needs_reason, parse_figure
from indicators.rules.months import add_months

Source = MetricEntry.Source


@dataclass(frozen=True)
class FigureChange:
    """A cell as it was typed. ``seen`` is the text that the person saw before; ``None`` means "do not compare".

    ``is_taken``: the ledger's figure is wanted, as it is counted at this moment, whatever the text says.
    """

    code: str
    text: str
    seen: str | None = None
    reason: str | None = None
    is_taken: bool = False


@dataclass
class SaveResult:
    """What became of the cells: saved values, and for each refused cell the sentence that says why."""

    saved: dict[str, Decimal | None] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)  # by metric name: old → new, what the log keeps
    ledger: Counted = NOTHING  # what the ledgers said of these metrics meanwhile


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


def owed_metrics(report: MonthlyReport) -> list[Metric]:
    return list(owed_by(report.org_unit, report.month).select_related("subset_of"))


def findings_for(
    report: MonthlyReport, metrics: list[Metric] | None = None, ledger: Counted | None = None
) -> list[Finding]:
    """All that the checks say about a report as it stands, hard findings first."""
    metrics = metrics or owed_metrics(report)
    rules = rules_for(metrics)
    ledger = ledger or counted_for(report.org_unit, report.month, metrics)
    entries = {e.metric.code: e for e in report.entries.select_related("metric")}
    figures = {code: entry.value for code, entry in entries.items()}
    reasons = {code: entry.reason for code, entry in entries.items()}
    return [
        *subset_findings(rules, figures),
        *change_findings(rules, figures, last_month_figures(report), reasons),
        *ledger_findings(rules, figures, ledger.figures, reasons),
    ]


# --- Typing figures -------------------------------------------------------------------------------------------


@transaction.atomic
def save_figures(*, report: MonthlyReport, changes: Iterable[FigureChange], by: User) -> SaveResult:
    """Write typed cells into an open report; each good cell is saved, each bad one comes back with a reason.

    A cell that somebody else saved since it was shown (``seen`` differs) is a conflict and is left alone. An
    empty text removes the figure: not reported is not 0. Raises ``NotAllowed`` for a foreign unit and
    ``Refused`` when the report is no longer open.
    """
    require(by, Permission.ENTER_REPORTS, report.org_unit)
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
    result = SaveResult(ledger=counted_for(report.org_unit, report.month, metrics.values()))
    before = last_month_figures(report) if any(change.is_taken for change in wanted) else {}
    for change in wanted:
        metric = metrics.get(change.code)
        if metric is None or metric.reporter == Metric.Reporter.REGISTERED:
            result.errors[change.code] = (
                f"没有代码为“{change.code[:80]}”的填报指标，请在“基础指标”页查对代码。"
            )
            continue
        if change.is_taken:
            if change.code not in result.ledger.figures:
                result.errors[change.code] = _nothing_to_take(metric, result.ledger)
                continue
            change = _taken(change, metric, entries.get(change.code), before, result.ledger)
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
    source = Source.LEDGER if change.is_taken else Source.TYPED
    ledger_value = result.ledger.figures.get(metric.code)
    if value is None:
        if entry:
            entry.delete()
    elif entry is None:
        MetricEntry.objects.create(
            report=report,
            metric=metric,
            value=value,
            reason=reason,
            source=source,
            ledger_value=ledger_value,
            entered_by=by,
        )
    elif _is_new(entry, change, value, reason):
        entry.reason = reason if change.reason is not None or value != stored else entry.reason
        if value != stored or change.is_taken or ledger_value is None:  # a reason alone leaves the source
            entry.source = source
        entry.value, entry.ledger_value = value, ledger_value
        entry.entered_by, entry.entered_at = by, timezone.now()
        entry.save(update_fields=["value", "reason", "source", "ledger_value", "entered_by", "entered_at"])
    result.saved[change.code] = value
    if value != stored:
        result.written[metric.name] = f"{format_figure(stored) or '空'} → {format_figure(value) or '空'}"


def _is_new(entry: MetricEntry, change: FigureChange, value: Decimal, reason: str) -> bool:
    return (
        value != entry.value
        or (change.reason is not None and reason != entry.reason)
        or (change.is_taken and entry.source != Source.LEDGER)
    )


def _taken(
    change: FigureChange,
    metric: Metric,
    entry: MetricEntry | None,
    before: Mapping[str, Decimal],
    ledger: Counted,
) -> FigureChange:
    """The change with the ledger's figure. A reason that explained the difference goes with it; one that
    explains an unusual change against last month stays."""
    value = ledger.figures[metric.code]
    reason = change.reason if change.reason is not None else (entry.reason if entry else "")
    if not needs_reason(value, before.get(metric.code), metric.plausible_change):
        reason = ""
    return replace(change, text=format_figure(value, grouped=False), reason=reason)


def _nothing_to_take(metric: Metric, ledger: Counted) -> str:
    if metric.code in ledger.not_kept:
        return f"{ledger.not_kept[metric.code]}未启用，没有可取的数：请先登记台账，或直接填写。"
    return f"{metric.name}没有台账，请直接填写。"


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
    """Fill empty stocks with last month's figures; flows, what is typed already and what a ledger counts stay.

    Returns the count.
    """
    before = last_month_figures(report)
    filled = figures_of(report)
    metrics = owed_metrics(report)
    ledger = counted_for(report.org_unit, report.month, metrics).figures
    changes = [
        FigureChange(m.code, format_figure(before[m.code], grouped=False), seen="")
        for m in metrics
        if m.is_stock and m.code in before and m.code not in filled and m.code not in ledger
    ]
    return len(save_figures(report=report, changes=changes, by=by).saved)


# --- Taking them from the ledgers -----------------------------------------------------------------------------


@dataclass
class ToTake:
    """What “take all” would do: ``follow`` are empty or were taken before; ``typed`` were typed and differ."""

    follow: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)


def to_take(report: MonthlyReport) -> ToTake:
    metrics = owed_metrics(report)
    ledger = counted_for(report.org_unit, report.month, metrics).figures
    entries = {entry.metric.code: entry for entry in report.entries.select_related("metric")}
    found = ToTake()
    for metric in metrics:
        code, entry = metric.code, entries.get(metric.code)
        if code not in ledger or (entry and entry.value == ledger[code]):
            continue
        is_typed = entry is not None and entry.source == Source.TYPED
        (found.typed if is_typed else found.follow).append(code)
    return found


@transaction.atomic
def take_ledger_figures(*, report: MonthlyReport, codes: Collection[str], by: User) -> SaveResult:
    """Write the ledger's figures, as they are counted now, over whatever these cells hold."""
    changes = [FigureChange(code, "", is_taken=True) for code in codes]
    return save_figures(report=report, changes=changes, by=by)


# ---------------------------------------------------------------------------------------------------------------


def require(by: User, permission: Permission, unit: OrgUnit) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.get_role_display()}不能办理此事。")
    if not by.org_unit.contains(unit):
        raise NotAllowed("只能办理本单位的月报。")
