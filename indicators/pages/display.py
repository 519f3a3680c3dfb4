"""How published values are worded and coloured: pure functions, the same on every page, in print and in exports."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from indicators.explain import Gap
from indicators.models import Indicator, IndicatorValue
from indicators.models.plans import Comparator
from indicators.rules.figures import format_figure
from indicators.rules.targets import is_met

Status = IndicatorValue.Status
MORE_PLACES = 4


@dataclass(frozen=True)
class Look:
    """A status for the eye: a word, an icon and a colour class, so that colour never says it alone."""

    status: str
    label: str
    icon: str
    css: str


LOOKS: dict[str, Look] = {
    Status.MET: Look("met", "已达标", "check", "light-met"),
    Status.ON_COURSE: Look("on_course", "进度正常", "right", "light-course"),
    Status.BEHIND: Look("behind", "进度滞后", "warning", "light-behind"),
    Status.NOT_REPORTED: Look("not_reported", "数据未齐", "clock", "light-missing"),
    Status.NOT_APPLICABLE: Look("not_applicable", "不适用", "close", "light-none"),
    Status.NOT_JUDGED: Look("not_judged", "不判定", "info", "light-none"),
}
OVERDUE = Look("behind", "逾期未达标", "warning", "light-behind")
MET_SO_FAR = Look("met", "暂达标（未齐）", "check", "light-met")
NOT_REVIEWED, NOT_REGISTERED = "未审核", "未登记"
# The one sentence that explains the counts and words; stands on the page and in the exports.
ONLY_APPROVED = "审核通过的月报才计入；还有单位未报或未审核通过的为“数据未齐”。"
COUNTED_STATUSES = (Status.MET, Status.ON_COURSE, Status.BEHIND, Status.NOT_REPORTED, Status.NOT_APPLICABLE)


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def shown(value: Decimal | None, decimals: int, *, target: Decimal | None = None) -> str:
    """A value with the indicator's decimals; with more where rounding would make a miss look like the target."""
    if value is None:
        return ""
    places = decimals
    while (
        target is not None and value != target and rounded(value, places) == target and places < MORE_PLACES
    ):
        places += 1
    return f"{rounded(value, places):,}"


def comparator_sign(comparator: str) -> str:
    return str(Comparator(comparator).label) if comparator in Comparator.values else comparator


def target_text(target: Decimal | None, comparator: str, indicator: Indicator) -> str:
    """“≥60%”; for yes/no “完成”; empty where the document gives no number."""
    if target is None:
        return ""
    if indicator.is_confirmation:
        return "完成"
    places = max(0, -target.normalize().as_tuple().exponent)
    return f"{comparator_sign(comparator)}{rounded(target, places):,}{unit_suffix(indicator)}"


def unit_suffix(indicator: Indicator) -> str:
    """The unit as it follows a number: “%” closes up, a word stands off."""
    if indicator.is_confirmation:
        return ""
    # “个/县区” is the unit of each part's target; a figure is in 个.
    unit = indicator.unit.split("/")[0] if indicator.is_judged_by_unit else indicator.unit
    return unit if unit.startswith("%") else f" {unit}"


def value_text(value: IndicatorValue | None, indicator: Indicator, missing: str = NOT_REVIEWED) -> str:
    """The value with its unit, or the word for why there is none: ``missing`` where no approved report gives it, “—”
    where none is asked for. 0 is written as 0.
    """
    if value is not None and value.units_due and indicator.is_confirmation:
        return f"{value.units_met}/{value.units_due} 已完成"
    if value is None or not value.reported:
        return NOT_REGISTERED if indicator.is_registered else missing if value else "—"
    if value.value is None:
        return "不适用"
    if indicator.is_confirmation:
        return "已完成" if value.value >= 1 else "未完成"
    return f"{shown(value.value, indicator.decimals, target=value.target)}{unit_suffix(indicator)}"


EACH = {"county": "每个县区", "street": "每个街道", "reporting_unit": "每个单位"}


def is_counted_by_unit(value: IndicatorValue | None) -> bool:
    """Whether the value is judged by how many units below it reach the target."""
    return value is not None and value.units_due is not None


def units_text(value: IndicatorValue | None) -> str:
    """“9/14 达标” where each unit below is judged."""
    return f"{value.units_met}/{value.units_due} 达标" if is_counted_by_unit(value) else ""


def distance_text(value: IndicatorValue | None, comparator: str, indicator: Indicator) -> str:
    """How far from the target, in percentage points or in the unit: “差 4.4 个百分点”， “超出 12 张”."""
    if is_counted_by_unit(value):
        left = value.units_due - value.units_met
        return f"还有 {left} 个单位未达标" if left else "全部单位达标"
    if value is None or value.value is None or value.target is None or indicator.is_confirmation:
        return ""
    gap = value.value - value.target
    if gap == 0:
        return "恰好达到目标"
    unit = "个百分点" if indicator.unit == "%" else unit_suffix(indicator).strip()
    amount = f"{shown(abs(gap), _places(abs(gap), indicator.decimals))} {unit}"
    if is_met(value.value, comparator, value.target):
        return f"超出目标 {amount}" if gap > 0 else f"低于上限 {amount}"
    return f"差 {amount}" if gap < 0 else f"高出 {amount}"


def _places(amount: Decimal, decimals: int) -> int:
    """Enough decimals that a gap that exists is not shown as 0."""
    while decimals < MORE_PLACES and rounded(amount, decimals) == 0:
        decimals += 1
    return decimals


def range_text(value: IndicatorValue | None, indicator: Indicator) -> str:
    """What the value can still become while units are missing: “58.1 – 63.0%”."""
    if value is None or value.reported >= value.owed or indicator.is_registered:
        return ""
    if value.low is None or value.high is None:
        return "无法估计（没有以往的数）"
    low, high = shown(value.low, indicator.decimals), shown(value.high, indicator.decimals)
    return f"{low} – {high}{unit_suffix(indicator)}"


def look_of(value: IndicatorValue, missing: str = NOT_REVIEWED) -> Look:
    """The look of a published value; without any figure it is the word for why, a total with gaps “数据未齐”."""
    if value.status == Status.NOT_REPORTED and not value.reported:
        return replace(LOOKS[Status.NOT_REPORTED], label=missing)
    return LOOKS[value.status]


def reported_text(value: IndicatorValue | None, indicator: Indicator) -> str:
    """Only approved reports count: “6/9 已审核”."""
    if value is None:
        return ""
    return f"{value.reported}/{value.owed} {'已登记' if indicator.is_registered else '已审核'}"


def will_be_met(value: IndicatorValue | None, comparator: str) -> bool:
    """Not met yet only because units are missing: whatever they report, the target is reached."""
    if is_counted_by_unit(value):
        return False
    if value is None or value.target is None or value.reported >= value.owed or not value.reported:
        return False
    worst = value.high if comparator in ("<=", "<") else value.low
    return comparator != "=" and worst is not None and is_met(worst, comparator, value.target)


def attainment(value: IndicatorValue | None, comparator: str) -> Decimal | None:
    """The share of the target that is reached, 1 for met; ``None`` where it cannot be said."""
    if is_counted_by_unit(value):
        return Decimal(value.units_met) / value.units_due if value.units_due else None
    if value is None or value.value is None or value.target is None:
        return None
    if is_met(value.value, comparator, value.target):
        return Decimal(1)
    if comparator in ("<=", "<"):
        return value.target / value.value if value.value else None
    return min(max(value.value / value.target, Decimal(0)), Decimal("0.9999")) if value.target else None


def gap_text(gaps: Sequence[Gap]) -> str:
    """“新增 37 张护理型床位，或由现有转化 52 张”; with one way only: “还差 22 人（养老机构社工数）”."""
    if not gaps:
        return ""
    first, *others = gaps
    if not others:
        return f"还差 {format_figure(first.amount)} {first.metric.unit}（{first.metric.name}）"
    ways = [f"{gap.way} {format_figure(gap.amount)} {gap.metric.unit}" for gap in others]
    return "，或".join([first.text, *ways])


def month_text(month: dt.date) -> str:
    return f"{month.year}年{month.month}月"
