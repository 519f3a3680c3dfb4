"""All entries of all plans in one table: kind, formula, value, target and state in each plan's own unit.

Each plan is read in the newest month by which it was due and has figures: the last month up to the plan's end in
which its own unit has values, else the newest one. A fact is read in the month that it is of.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from indicators.models import IndicatorValue, Plan
from indicators.pages.lines import FullCatalogue, Line, goal_of
from indicators.rules.months import month_of
from indicators.specs import FACTS

HEADINGS = ("规划", "序号", "编号", "指标", "性质", "种类", "公式", "月份", "数值", "目标", "期限", "状态")


@dataclass(frozen=True)
class OverviewRow:
    plan: Plan
    line: Line
    month: dt.date | None

    @property
    def kind(self) -> str:
        words = [self.line.indicator.get_value_kind_display()]
        if self.line.indicator.is_soft:
            words.append("软性")
        if self.line.indicator.is_judged_by_unit:
            words.append("逐单位")
        return "、".join(words)

    @property
    def state(self) -> str:
        units = f"（{self.line.units_text}）" if self.line.units_text else ""
        return (
            f"{self.line.look.label}{units}"
            if self.line.value
            else "无数据"
            if self._is_computed
            else "不计算"
        )

    @property
    def _is_computed(self) -> bool:
        return bool(self.line.indicator.formula)

    @property
    def target_text(self) -> str:
        return self.line.target_text or self.line.indicator.printed_target

    def cells(self) -> list[str]:
        indicator = self.line.indicator
        return [
            self.plan.code,
            str(indicator.number),
            indicator.document_code,
            indicator.name,
            indicator.get_role_display(),
            self.kind,
            indicator.formula or "—",
            f"{self.month:%Y-%m}" if self.line.value else "—",
            self.line.value_text if self.line.value else "—",
            self.target_text or "—",
            f"{self.line.goal.due_on:%Y-%m-%d}" if self.line.goal else "—",
            self.state,
        ]

    def as_dict(self) -> dict:
        indicator, value = self.line.indicator, self.line.value
        return {
            "plan": self.plan.code,
            "org": self.plan.org_unit.code,
            "number": indicator.number,
            "code": indicator.document_code,
            "name": indicator.name,
            "role": indicator.role,
            "kind": indicator.value_kind,
            "soft": indicator.is_soft,
            "judging": indicator.judging,
            "source": indicator.input_source,
            "formula": indicator.formula or None,
            "month": f"{self.month:%Y-%m}" if value else None,
            "value": value.value if value else None,
            "numerator": value.numerator if value else None,
            "denominator": value.denominator if value else None,
            "units_met": value.units_met if value else None,
            "units_due": value.units_due if value else None,
            "target": self.line.target,
            "comparator": self.line.comparator,
            "due": self.line.goal.due_on if self.line.goal else None,
            "status": value.status if value else None,
        }


def overview(plans: Iterable[Plan] | None = None) -> Iterator[OverviewRow]:
    """A row for every entry of the plans, in the order of the documents; three queries for each plan."""
    catalogue = FullCatalogue()
    for plan in plans or Plan.objects.select_related("org_unit").order_by("pk"):
        values = _values(plan)
        months = [
            month
            for month, reported in _months(values).items()
            if month <= month_of(plan.ends_on) and reported
        ]
        shown = max(months, default=max(_months(values), default=None))
        indicators = plan.indicators.select_related("plan").prefetch_related("targets", "baselines")
        for indicator in indicators.order_by("number"):
            month = shown
            if indicator.role in FACTS:
                month = next((month_of(each.due_on) for each in indicator.targets.all()), shown)
            value = values.get((indicator.pk, month)) or values.get((indicator.pk, shown))
            month = value.month if value else month
            goal = goal_of(indicator, catalogue, month) if month else None
            yield OverviewRow(plan, Line(indicator, value, goal), month)


def _values(plan: Plan) -> dict[tuple[int, dt.date], IndicatorValue]:
    rows = IndicatorValue.objects.filter(indicator__plan=plan, org_unit=plan.org_unit)
    return {(row.indicator_id, row.month): row for row in rows}


def _months(values: dict[tuple[int, dt.date], IndicatorValue]) -> dict[dt.date, int]:
    """How many values of each month have figures."""
    found: dict[dt.date, int] = {}
    for (_, month), row in values.items():
        found[month] = found.get(month, 0) + (row.value is not None and row.reported > Decimal(0))
    return found
