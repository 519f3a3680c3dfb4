"""The outlook of one indicator in words: each method's value at the due date, the light it would have, and the gap."""

from dataclasses import dataclass
from decimal import Decimal

from eldercare.models import OrgUnit
from indicators.explain import Explanation, Gap, gap_in_units
from indicators.models import IndicatorValue
from indicators.pages import display
from indicators.pages.lines import FullCatalogue, Line
from indicators.rules.outlook import Forecast, Method, Outlook, Reason

NAMES = {Method.LINEAR: "近 12 个月直线", Method.PATH: "按目标路径的速度", Method.LAST: "保持最近一月"}
HOW = {
    Method.LINEAR: "近 12 个月报齐的数用最小二乘法连成直线，延长到期限",
    Method.PATH: "从最近报齐的月起，每月变动同目标路径一样多",
    Method.LAST: "最近报齐的月的数不再变",
}


@dataclass(frozen=True)
class OutlookRow:
    forecast: Forecast
    is_chosen: bool
    value_text: str
    distance_text: str
    gap_text: str

    @property
    def name(self) -> str:
        return NAMES[self.forecast.method]

    @property
    def how(self) -> str:
        return HOW[self.forecast.method]


def reason_text(found: Outlook) -> str:
    return {
        Reason.TREND: f"近 12 个月有 {found.months} 个月报齐，数值逐月变动",
        Reason.FEW_MONTHS: f"近 12 个月只有 {found.months} 个月报齐，不足 6 个月，连不成直线",
        Reason.STEPS: f"近 12 个月只变动过 {found.changes} 次，是成批增减，不宜连成直线",
        Reason.LEVEL: "近 12 个月数值没有变动",
    }[found.reason]


def rows_of(
    found: Outlook, line: Line, unit: OrgUnit, catalogue: FullCatalogue, denominator: Decimal | None
) -> list[OutlookRow]:
    """``denominator`` of the last complete month: what the gap is counted with."""
    rows = []
    for each in found.forecasts:
        then = IndicatorValue(value=each.at_due, target=line.target, reported=1, owed=1)
        gaps = [] if each.is_met else _gaps(each.at_due, line, unit, catalogue, denominator)
        rows.append(
            OutlookRow(
                each,
                each is found.chosen,
                display.value_text(then, line.indicator),
                display.distance_text(then, line.comparator, line.indicator),
                display.gap_text(gaps),
            )
        )
    return rows


def _gaps(
    value: Decimal, line: Line, unit: OrgUnit, catalogue: FullCatalogue, denominator: Decimal | None
) -> list[Gap]:
    """What would still be missing, with the denominator that there is now."""
    formula = catalogue.formula(line.indicator.formula)
    scale = Decimal(formula.scale.numerator) / Decimal(formula.scale.denominator)
    explanation = Explanation(line.indicator, unit, line.value.month)
    explanation.value, explanation.target, explanation.comparator = value, line.target, line.comparator
    explanation.denominator = denominator
    explanation.numerator = value / scale * (1 if denominator is None else denominator)
    return gap_in_units(explanation, catalogue, catalogue.metrics)
