"""The outlook of an indicator in words: each method's value at the due date, the light it would have, and the gap."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from eldercare.history import Step
from eldercare.models import OrgUnit
from indicators.explain import Explanation, Gap, gap_in_units
from indicators.models import Indicator, IndicatorValue
from indicators.models.values import ValueQuerySet
from indicators.pages import display
from indicators.pages.lines import FullCatalogue, Line, ceiling_of
from indicators.rules.months import add_months
from indicators.rules.outlook import Forecast, Method, Outlook, Reason, outlook
from indicators.rules.projection import MONTHS_USED

SHORT = {each: str(Indicator.Projection(each.value).label) for each in Method}
NAMES = {
    Method.LINEAR: "线性（近 12 个月直线）",
    Method.PATH: "目标路径（按其速度）",
    Method.LAST: "末值（保持最近一月）",
}
HOW = {
    Method.LINEAR: "近 12 个月报齐的数用最小二乘法连成直线，延长到期限",
    Method.PATH: "从最近报齐的月起，每月变动同目标路径一样多",
    Method.LAST: "最近报齐的月的数不再变",
}
MISSING = {
    Method.LINEAR: "近 12 个月报齐的不足 6 个月",
    Method.PATH: "没有可用的目标路径",
    Method.LAST: "没有报齐的月",
}


def is_projected(line: Line) -> bool:
    """Not for facts, confirmations, what is judged unit by unit, or what begins anew each year."""
    indicator = line.indicator
    return not (
        line.goal is None
        or line.target is None
        or indicator.is_confirmation
        or indicator.is_judged_by_unit
        or indicator.recurrence
        or line.value is None
    )


def is_complete(value: IndicatorValue) -> bool:
    return value.value is not None and value.reported == value.owed


def outlook_of(line: Line, complete: Sequence[IndicatorValue], catalogue: FullCatalogue) -> Outlook | None:
    """``complete``: the last twelve months in which every unit had reported, oldest first."""
    if not complete or not is_projected(line):
        return None
    wanted = line.indicator.projection
    return outlook(
        [(row.month, row.value) for row in complete],
        target=line.target,
        comparator=line.comparator,
        due_on=line.goal.due_on,
        path=complete[-1].path,
        ceiling=ceiling_of(line.indicator, catalogue),
        wanted=Method(wanted) if wanted else None,
    )


def outlooks_of(
    lines: Iterable[Line], values: ValueQuerySet, unit: OrgUnit, month: dt.date, catalogue: FullCatalogue
) -> dict[int, Outlook]:
    """By indicator, for a whole table; one query. ``values`` are those that the user may see."""
    wanted = {line.indicator.pk: line for line in lines if is_projected(line)}
    complete: dict[int, list[IndicatorValue]] = defaultdict(list)
    rows = values.filter(
        indicator__in=wanted,
        org_unit=unit,
        month__range=(add_months(month, 1 - MONTHS_USED), month),
        value__isnull=False,
        reported=F("owed"),
    )
    for row in rows.order_by("month"):
        complete[row.indicator_id].append(row)
    found = {pk: outlook_of(line, complete[pk], catalogue) for pk, line in wanted.items()}
    return {pk: each for pk, each in found.items() if each is not None}


def method_text(found: Outlook) -> str:
    """As a heading or cell says it."""
    return f"{SHORT[found.chosen.method]}（{'指定' if found.is_wanted else '自动'}）"


@dataclass(frozen=True)
class ChosenBy:
    """Who set the method, when; read from the history."""

    name: str
    at: dt.datetime


def chosen_by(steps: Iterable[Step]) -> ChosenBy | None:
    """From the history, newest first."""
    label = str(Indicator._meta.get_field("projection").verbose_name)
    for step in steps:
        if any(field.label == label for change in step.changes for field in change.fields):
            return ChosenBy(step.by, step.at)
    return None


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
    missing = ""
    if found.is_wanted_missing:
        missing = f"指定的是“{SHORT[found.wanted]}”，但{MISSING[found.wanted]}，暂时自动选用；"
    return (
        missing
        + {
            Reason.WANTED: f"由人指定为“{SHORT[found.chosen.method]}”",
            Reason.TREND: f"近 12 个月有 {found.months} 个月报齐，数值逐月变动",
            Reason.FEW_MONTHS: f"近 12 个月只有 {found.months} 个月报齐，不足 6 个月，连不成直线",
            Reason.STEPS: f"近 12 个月只变动过 {found.changes} 次，是成批增减，不宜连成直线",
            Reason.LEVEL: "近 12 个月数值没有变动",
        }[found.reason]
    )


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
