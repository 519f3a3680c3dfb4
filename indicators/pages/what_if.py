"""What if there were n more of something: the roll-up's own statement over figures that nobody reported.

First some metrics are chosen (``metric=``, as often as wanted), then n is typed for each (``add_<code>=``); what is
typed counts as chosen. Those that the indicator or the headlines are made of are suggested.

The figures of one month are taken as published, n is added to one reporting unit's, and what the indicators of the
plan would be is read. Nothing is written. A county's n is put where the metric has been reported the longest, so that
totals over several months hold it too; only the county's own values are shown then.
"""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.db.models import Count
from django.http import QueryDict

from eldercare.expressions import ExpressionError
from eldercare.models import OrgUnit, User
from indicators.models import Indicator, IndicatorValue, Metric, MetricValue
from indicators.pages.dashboard import indicators_of
from indicators.pages.lines import FullCatalogue, Line
from indicators.pages.selection import Selection
from indicators.rollup import Instead, preview
from indicators.rules.figures import format_figure
from indicators.specs import expectation_for, is_judged_by_unit, specs_for_month

PREFIX = "add_"
SUGGESTED = 8
LARGEST = Decimal("1e9")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
READ = ("numerator", "denominator", "value", "low", "high", "reported", "owed", "target", "path", "status",
        "units_met", "units_due")  # fmt: skip


@dataclass
class Field:
    """One metric to add to, what was typed, and what the figure is now."""

    metric: Metric
    text: str = ""
    amount: Decimal | None = None
    error: str = ""
    figure: Decimal | None = None  # of the chosen unit, published

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.metric.code}"

    @property
    def result(self) -> Decimal | None:
        return None if self.amount is None or self.figure is None else self.figure + self.amount


@dataclass(frozen=True)
class Moved:
    """An indicator before and after."""

    before: Line
    after: Line

    @property
    def is_changed(self) -> bool:
        old, new = self.before.value, self.after.value
        return (old.value, old.status, old.units_met) != (new.value, new.status, new.units_met)

    @property
    def is_light_changed(self) -> bool:
        return self.before.look != self.after.look


@dataclass
class WhatIf:
    selection: Selection
    indicator: Indicator | None = None
    fields: list[Field] = field(default_factory=list)
    suggested: list[Metric] = field(default_factory=list)  # not chosen yet, the most relevant first
    others: list[Metric] = field(default_factory=list)  # that could be chosen as well, by group
    rows: list[Moved] = field(default_factory=list)
    unmoved: int = 0
    by_unit: int = 0  # left out: judged unit by unit, it matters where the n arises
    problem: str = ""

    @property
    def is_possible(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.fields or self.suggested or self.others)

    @property
    def is_asked(self) -> bool:
        return any(each.text for each in self.fields)

    @property
    def is_good(self) -> bool:
        return self.is_asked and not self.problem and not any(each.error for each in self.fields)

    @property
    def lights(self) -> int:
        return sum(1 for row in self.rows if row.is_light_changed)


def what_if(user: User, selection: Selection, params: QueryDict) -> WhatIf:
    """Reads the fields of the address and, when they are filled in rightly, works out what they move."""
    found = WhatIf(selection)
    if selection.is_empty:
        return found
    catalogue = FullCatalogue()
    indicators = [each for each in indicators_with_starts(user, selection) if _is_movable(each, catalogue)]
    number = params.get("indicator", "")
    found.indicator = next((each for each in indicators if str(each.number) == number), None)
    _choose(found, indicators, params, catalogue)
    _read_figures(user, found)
    for each in found.fields:
        _read_amount(each)
    if found.is_good:
        _work_out(found, indicators, catalogue)
    return found


def indicators_with_starts(user: User, selection: Selection) -> list[Indicator]:
    """As the specs read them: with baselines, from which the path begins."""
    rows = indicators_of(user, selection.plan).prefetch_related(None)
    return list(rows.prefetch_related("targets", "baselines"))


def _is_movable(indicator: Indicator, catalogue: FullCatalogue) -> bool:
    if not indicator.formula or indicator.is_registered:
        return False
    try:
        return bool(catalogue.formula(indicator.formula).metric_codes)
    except ExpressionError:
        return False


def fields_of(indicator: Indicator, catalogue: FullCatalogue) -> list[Field]:
    """The empty fields for the page of one indicator."""
    if not _is_movable(indicator, catalogue):
        return []
    return [Field(catalogue.metrics[code]) for code in _codes([indicator], catalogue)]


def _choose(found: WhatIf, indicators: list[Indicator], params: QueryDict, catalogue: FullCatalogue) -> None:
    """Fields for what is chosen or typed; the rest in the order in which it is likely to be wanted."""
    uses = Counter(code for each in indicators for code in _codes([each], catalogue))
    asked = dict.fromkeys([*params.getlist("metric"), *(name.removeprefix(PREFIX) for name in params)])
    dropped = params.get("drop", "")
    chosen = [code for code in asked if code in uses and code != dropped and _is_chosen(code, params)]
    found.fields = [
        Field(catalogue.metrics[code], params.get(f"{PREFIX}{code}", "").strip()[:20]) for code in chosen
    ]
    if found.indicator:
        near = _with_relatives(_codes([found.indicator], catalogue), catalogue)
    else:
        headlines = [each for each in indicators if each.is_headline]
        near = sorted(_codes(headlines or indicators, catalogue), key=lambda code: -uses[code])
    near = [code for code in near if code in uses and code not in chosen][:SUGGESTED]
    found.suggested = [catalogue.metrics[code] for code in near]
    rest = [catalogue.metrics[code] for code in uses if code not in chosen and code not in near]
    found.others = sorted(rest, key=lambda metric: (metric.group, metric.position))


def _is_chosen(code: str, params: QueryDict) -> bool:
    return code in params.getlist("metric") or bool(params.get(f"{PREFIX}{code}", "").strip())


def _codes(indicators: Iterable[Indicator], catalogue: FullCatalogue) -> list[str]:
    """The metrics of the formulas, each once, in their order."""
    terms = (term for each in indicators for term in catalogue.formula(each.formula).terms)
    return list(dict.fromkeys(term.name for term in terms))


def _with_relatives(codes: list[str], catalogue: FullCatalogue) -> list[str]:
    """Then what they are part of, and what is part of them: a part and its whole grow together."""
    wholes = [catalogue.metrics[code].subset_of for code in codes]
    parts = [
        metric.code
        for metric in catalogue.metrics.values()
        if metric.subset_of and metric.subset_of.code in codes
    ]
    return list(dict.fromkeys([*codes, *(each.code for each in wholes if each), *parts]))


def _read_figures(user: User, found: WhatIf) -> None:
    """What the chosen unit has now: the sum of what is published at and below it."""
    rows = MetricValue.objects.visible_to(user).filter(
        metric__in=[each.metric for each in found.fields],
        month=found.selection.month,
        is_total=False,
        org_unit__path__startswith=found.selection.unit.path,
        value__isnull=False,
    )
    sums: dict[int, Decimal] = defaultdict(Decimal)
    known = set()
    for pk, value in rows.values_list("metric_id", "value"):
        sums[pk] += value
        known.add(pk)
    for each in found.fields:
        each.figure = sums[each.metric.pk] if each.metric.pk in known else None


def _read_amount(each: Field) -> None:
    if not each.text:
        return
    text = each.text.replace(",", "").replace("，", "").replace("＋", "+").replace("－", "-")
    try:
        amount = Decimal(text) if NUMBER.fullmatch(text) else None
    except InvalidOperation:
        amount = None
    name, unit = each.metric.name, each.metric.unit
    if amount is None:
        each.error = f"“{each.text}”不是数，请填要增加的{unit}数，例如 50；减少填 -50。"
    elif abs(amount) > LARGEST:
        each.error = f"“{each.text}”太大，最多填 {format_figure(LARGEST)}。"
    elif amount != round(amount, each.metric.decimals):
        each.error = f"“{name}”最多 {each.metric.decimals} 位小数。" if each.metric.decimals else "请填整数。"
    elif each.figure is None:
        each.error = f"这个月还没有公布的“{name}”，没有可以加减的数。"
    elif each.figure + amount < 0:
        each.error = f"现有 {format_figure(each.figure)} {unit}，不能减少 {format_figure(-amount)} {unit}。"
    else:
        each.amount = amount


def _work_out(found: WhatIf, indicators: list[Indicator], catalogue: FullCatalogue) -> None:
    selection = found.selection
    added = {each.metric.code: each.amount for each in found.fields if each.amount}
    touched = [
        each for each in indicators if added.keys() & set(catalogue.formula(each.formula).metric_codes)
    ]
    if selection.unit == selection.owner:
        by_unit = [each for each in touched if is_judged_by_unit(each, selection.owner)]
        found.by_unit = len(by_unit)
        touched = [each for each in touched if each not in by_unit]
    instead = _instead(selection, {catalogue.ids[code]: amount for code, amount in added.items()})
    if isinstance(instead, str):
        found.problem = instead
        return
    specs = specs_for_month(selection.month, touched, catalogue)
    before, after = (_values(preview(specs, each), selection.unit) for each in (None, instead))
    rows = []
    for each in touched:
        if each.pk in before and each.pk in after:
            goal = expectation_for(each, catalogue.formula(each.formula), selection.month).goal
            lines = [_line(each, goal, side[each.pk], selection) for side in (before, after)]
            rows.append(Moved(*lines))
    found.rows = [row for row in rows if row.is_changed]
    found.unmoved = len(rows) - len(found.rows)


def _values(rows: Iterable[dict], unit: OrgUnit) -> dict[int, dict]:
    return {row["indicator_id"]: row for row in rows if row["org_unit_id"] == unit.pk}


def _line(indicator: Indicator, goal, row: dict, selection: Selection) -> Line:
    value = IndicatorValue(
        indicator=indicator,
        org_unit=selection.unit,
        month=selection.month,
        **{name: row[name] for name in READ},
    )
    return Line(indicator, value, goal)


def _instead(selection: Selection, added: dict[int, Decimal]) -> list[Instead] | str:
    """The figures of the units that the additions are put into, whole; or why they cannot be."""
    carriers = _carriers(selection.unit, selection.month, list(added))
    figures: dict[int, dict[int, Decimal | None]] = {}
    own = MetricValue.objects.filter(
        month=selection.month, is_total=False, org_unit__in=set(carriers.values())
    )
    for unit, metric, value in own.values_list("org_unit_id", "metric_id", "value"):
        figures.setdefault(unit, {})[metric] = value
    for metric, amount in added.items():
        kept = figures[carriers[metric]]
        kept[metric] += amount
        if kept[metric] < 0:
            return "减少的数超过了单个填报单位现有的数，请选到具体单位再推算。"
    return [Instead(unit, each) for unit, each in figures.items()]


def _carriers(unit: OrgUnit, month: dt.date, metrics: list[int]) -> dict[int, int]:
    """For each metric the reporting unit, at or below ``unit``, that has reported it the longest, and now."""
    below = MetricValue.objects.filter(
        metric__in=metrics, is_total=False, org_unit__path__startswith=unit.path, value__isnull=False
    )
    now = set(below.filter(month=month).values_list("metric_id", "org_unit_id"))
    ranked = below.filter(month__lte=month).values("metric_id", "org_unit_id").annotate(months=Count("id"))
    found: dict[int, int] = {}
    for row in ranked.order_by("-months", "org_unit__code"):
        if (row["metric_id"], row["org_unit_id"]) in now:
            found.setdefault(row["metric_id"], row["org_unit_id"])
    return found
