"""A formula while it is typed: is it one, which metrics does it use, does the unit fit, what would past months become.

Nothing is written here. The preview runs the roll-up's own statement over the unsaved indicator.
"""

import copy
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q

from eldercare.expressions import ExpressionError, Term
from indicators.explain import term_label
from indicators.models import Baseline, Indicator, IndicatorValue, Metric, MonthlyReport, Target
from indicators.pages.display import LOOKS, Look, shown
from indicators.pages.lines import FullCatalogue
from indicators.rollup import preview
from indicators.rules.formulas import CHANGE_FUNCTIONS, SUM_FUNCTIONS, Formula
from indicators.rules.months import add_months
from indicators.specs import specs_for_month

PREVIEW_MONTHS = 24


@dataclass(frozen=True)
class UsedMetric:
    metric: Metric
    how: str


@dataclass
class Check:
    """What is to be said about a formula. ``before``, ``wrong`` and ``after`` are the text cut at the error."""

    text: str
    error: str = ""
    before: str = ""
    wrong: str = ""
    after: str = ""
    formula: Formula | None = None
    in_words: str = ""
    used: list[UsedMetric] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return self.formula is not None


def check_formula(text: str, *, unit: str, catalogue: FullCatalogue) -> Check:
    """Read ``text`` as it stands; never raises."""
    text = text.strip()
    if not text:
        return Check(text, error="公式为空：本指标将只作说明，不计算、不判定。")
    try:
        formula = catalogue.formula(text)
    except ExpressionError as error:
        start = min(max(error.position, 0), len(text))
        end = min(start + max(error.length, 1), len(text)) if error.length or start else start
        return Check(text, str(error), text[:start], text[start:end], text[end:])
    labels = {term: term_label(term, catalogue) for term in formula.terms}
    check = Check(text, formula=formula, in_words=formula.expression.pretty(labels))
    check.used = [UsedMetric(catalogue.metrics[term.name], _how(term)) for term in formula.terms]
    check.warnings = _warnings(formula, unit, catalogue)
    return check


def _how(term: Term) -> str:
    if term.function in SUM_FUNCTIONS:
        return "期间累计"
    if term.function in CHANGE_FUNCTIONS:
        return "期间增减"
    return "当月数"


def _warnings(formula: Formula, unit: str, catalogue: FullCatalogue) -> list[str]:
    """Doubts that do not forbid saving; while no unit is filled in none about it."""
    found = []
    above = {catalogue.metrics[term.name].unit for term in formula.numerator}
    if not unit:
        return _mixed(above)
    if formula.denominator is None:
        for own in sorted(above - {unit.removesuffix("/年")}):
            if formula.scale == 1 and not unit.endswith(own):
                found.append(f"公式算出的单位是“{own}”，与计算单位“{unit}”不同，请核对。")
        return [*found, *_mixed(above)]
    below = {catalogue.metrics[term.name].unit for term in formula.denominator}
    if unit.startswith("%") and above != below and "×" not in unit:
        found.append(
            f"分子按“{'、'.join(sorted(above))}”、分母按“{'、'.join(sorted(below))}”计，一般不写成“%”。"
        )
    if unit == "%" and formula.scale != 100:
        found.append("单位是“%”，但公式没有乘以 100。")
    if unit != "%" and not unit.startswith("%") and formula.scale == 100 and above == below:
        found.append(f"公式算出的是百分比，单位却是“{unit}”，请核对。")
    return [*found, *_mixed(above), *_mixed(below), *_parts(formula, catalogue)]


def _mixed(units: set[str]) -> list[str]:
    return [f"相加的指标单位不同：{'、'.join(sorted(units))}。"] if len(units) > 1 else []


def _parts(formula: Formula, catalogue: FullCatalogue) -> list[str]:
    """A share above 100 % is possible when the numerator is no part of the denominator; said only when upside down."""
    if len(formula.numerator) != 1 or len(formula.denominator) != 1:
        return []
    part = catalogue.metrics[next(iter(formula.numerator)).name]
    whole = catalogue.metrics[next(iter(formula.denominator)).name]
    if whole.subset_of is not None and whole.subset_of.code == part.code:
        return [f"“{whole.name}”是“{part.name}”的一部分，分子分母可能写反了。"]
    return []


@dataclass(frozen=True)
class PreviewRow:
    """One month: the published value and what it would be."""

    month: dt.date
    is_locked: bool
    old: Decimal | None
    old_look: Look | None
    new: Decimal | None
    new_look: Look | None
    old_text: str
    new_text: str

    @property
    def is_changed(self) -> bool:
        return (self.old_text, self.old_look) != (self.new_text, self.new_look)


@dataclass(frozen=True)
class Movement:
    """What a change does to months that are published and not locked."""

    months: int
    lights: int
    digest: str  # of the formula and of what it moves: who saves has seen just this

    @property
    def text(self) -> str:
        lights = f"，其中 {self.lights} 个月状态改变" if self.lights else "，状态不变"
        return f"这次修改会使 {self.months} 个已公布的月份变动{lights}"


def movement(formula: str, rows: Sequence[PreviewRow]) -> Movement:
    moving = [row for row in rows if row.is_changed and not row.is_locked and row.old_look]
    seen = [(f"{row.month}", row.old_text, row.new_text, row.old_look, row.new_look) for row in moving]
    digest = hashlib.sha256(repr((formula.strip(), seen)).encode()).hexdigest()[:32]
    return Movement(len(moving), sum(1 for row in moving if row.old_look != row.new_look), digest)


def preview_change(
    indicator: Indicator,
    changes: dict[str, object],
    targets: Sequence[Target],
    catalogue: FullCatalogue,
    *,
    baselines: Sequence[Baseline] | None = None,
) -> list[PreviewRow]:
    """The last 24 published months of the plan's own unit, newest first: as published, and as they would be."""
    unit_id = indicator.plan.org_unit_id
    stored = {
        row.month: row
        for row in IndicatorValue.objects.filter(
            indicator=indicator, org_unit=unit_id, month__in=recent_months(indicator)
        )
    }
    locked = locked_months(recent_months(indicator))
    draft = draft_of(indicator, changes, targets, baselines)
    computed = [draft] if draft.is_active and draft.formula.strip() else []
    rows = []
    for month in recent_months(indicator):
        specs = specs_for_month(month, computed, catalogue)
        found = (
            next((r for r in preview(specs) if r["org_unit_id"] == unit_id), None)
            if specs.indicators
            else None
        )
        rows.append(_row(indicator, draft, month, month in locked, stored.get(month), found))
    return rows


def _row(indicator, draft, month: dt.date, is_locked: bool, old, new: dict | None) -> PreviewRow:
    new_value = new["value"] if new else None
    return PreviewRow(
        month,
        is_locked,
        old.value if old else None,
        LOOKS[old.status] if old else None,
        new_value,
        LOOKS[new["status"]] if new else None,
        shown(old.value, indicator.decimals) if old else "",
        shown(new_value, draft.decimals),
    )


def draft_of(
    indicator: Indicator,
    changes: dict[str, object],
    targets: Sequence[Target],
    baselines: Sequence[Baseline] | None = None,
) -> Indicator:
    """An unsaved copy with the changes and targets; the specs read both from here, not from the database.

    ``None`` leaves the baselines as they are.
    """
    draft = copy.copy(indicator)
    for name, value in changes.items():
        setattr(draft, name, value)
    starts = indicator.baselines.all() if baselines is None else baselines
    draft._prefetched_objects_cache = {"targets": list(targets), "baselines": list(starts)}
    return draft


def recent_months(indicator: Indicator) -> list[dt.date]:
    """The last months that have been opened for reporting, newest first."""
    newest = MonthlyReport.objects.filter(
        org_unit__path__startswith=indicator.plan.org_unit.path
    ).values_list("month", flat=True)
    last = newest.order_by("-month").first()
    return [add_months(last, -step) for step in range(PREVIEW_MONTHS)] if last else []


def locked_months(months: Sequence[dt.date]) -> set[dt.date]:
    """Those of ``months`` in which every report is locked: their published values stay."""
    rows = (
        MonthlyReport.objects.filter(month__in=months)
        .values("month")
        .annotate(open=Count("id", filter=~Q(status=MonthlyReport.Status.LOCKED)))
        .filter(open=0)
    )
    return {row["month"] for row in rows.order_by()}
