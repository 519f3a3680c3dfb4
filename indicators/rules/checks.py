"""The checks of a monthly report: hard ones block submission, soft ones ask for a short reason.

Pure functions over figures that are already numbers; what a single typed text may be is in ``figures.py``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from indicators.rules.figures import format_figure, needs_reason, relative_change


@dataclass(frozen=True)
class MetricRule:
    """What the checks need to know of a metric."""

    code: str
    name: str
    unit: str
    subset_of: str | None
    plausible_change: Decimal


@dataclass(frozen=True)
class Finding:
    """One remark of a check on one figure."""

    code: str
    is_hard: bool
    text: str
    kind: str = ""


def subset_findings(rules: Iterable[MetricRule], figures: Mapping[str, Decimal]) -> list[Finding]:
    """Hard: a part larger than the whole, such as more nursing beds than institution beds."""
    rules_by_code = {rule.code: rule for rule in rules}
    findings = []
    for rule in rules_by_code.values():
        whole = rules_by_code.get(rule.subset_of or "")
        part_value, whole_value = figures.get(rule.code), figures.get(rule.subset_of or "")
        if part_value is None or whole_value is None or part_value <= whole_value:
            continue
        whole_name = whole.name if whole else rule.subset_of
        findings.append(
            Finding(
                rule.code,
                is_hard=True,
                kind="subset",
                text=f"{rule.name}（{format_figure(part_value)}）大于{whole_name}（{format_figure(whole_value)}），"
                "部分不能大于整体，请核对这两项。",
            )
        )
    return findings


def change_findings(
    rules: Iterable[MetricRule],
    figures: Mapping[str, Decimal],
    last_month: Mapping[str, Decimal],
    reasons: Mapping[str, str],
) -> list[Finding]:
    """Soft: a change against last month beyond what is plausible, and no reason given yet."""
    findings = []
    for rule in rules:
        now, before = figures.get(rule.code), last_month.get(rule.code)
        if reasons.get(rule.code) or not needs_reason(now, before, rule.plausible_change):
            continue
        change = relative_change(now, before)
        by_how_much = f"{change:+.1f}%" if change is not None else "由 0 变为非 0"
        findings.append(
            Finding(
                rule.code,
                is_hard=False,
                kind="change",
                text=f"{rule.name}由上月 {format_figure(before)} 变为 {format_figure(now)}（{by_how_much}），"
                "请核对；属实的请填写简短说明。",
            )
        )
    return findings


def ledger_differences(figures: Mapping[str, Decimal], ledger: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Reported less counted, where the two differ. A figure that is not reported differs from nothing, and
    what no ledger counts has nothing to differ from."""
    return {
        code: value - ledger[code]
        for code, value in figures.items()
        if code in ledger and value != ledger[code]
    }


def ledger_findings(
    rules: Iterable[MetricRule],
    figures: Mapping[str, Decimal],
    ledger: Mapping[str, Decimal],
    reasons: Mapping[str, str],
) -> list[Finding]:
    """Soft: a figure that is not the ledger's, and no reason given yet (账表不一致)."""
    differences = ledger_differences(figures, ledger)
    return [
        Finding(
            rule.code,
            is_hard=False,
            kind="ledger",
            text=f"{rule.name}填 {format_figure(figures[rule.code])}，台账为 {format_figure(ledger[rule.code])}"
            f"({difference_words(differences[rule.code], rule.unit)})，请取台账数或填写说明。",
        )
        for rule in rules
        if rule.code in differences and not reasons.get(rule.code)
    ]


def difference_words(difference: Decimal, unit: str) -> str:
    """“比台账多 3 张” or “比台账少 3 张”."""
    return f"比台账{'多' if difference > 0 else '少'} {format_figure(abs(difference))} {unit}"
