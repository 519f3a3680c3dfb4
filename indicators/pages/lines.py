"""One indicator as it stands for a unit and month: value, goal, words for the page, and how much is missing."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from eldercare.models import OrgUnit
from indicators.explain import Explanation, Gap, gap_in_units
from indicators.models import Indicator, IndicatorValue, Metric
from indicators.pages import display
from indicators.pages.display import LOOKS, Look, attainment
from indicators.rules.months import month_end
from indicators.rules.targets import Goal
from indicators.specs import FACTS, Catalogue, expectation_for

Status = IndicatorValue.Status


class FullCatalogue(Catalogue):
    """A catalogue that keeps the metrics themselves, each with the one it is part of; one query."""

    def _rows(self) -> list[tuple]:
        by_pk = Metric.objects.in_bulk()
        for metric in by_pk.values():
            metric.subset_of = by_pk.get(metric.subset_of_id)
        self.metrics = {metric.code: metric for metric in by_pk.values()}
        return [
            (code, m.pk, m.nature, m.name, m.subset_of.code if m.subset_of else None)
            for code, m in self.metrics.items()
        ]


@dataclass
class Line:
    """One indicator as it stands for the chosen unit and month."""

    indicator: Indicator
    value: IndicatorValue | None
    goal: Goal | None
    history: list[tuple[dt.date, Decimal | None]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    missing: str = display.NOT_REVIEWED  # said where no approved report gives a figure

    @property
    def status(self) -> str:
        if self.value is None:
            return Status.NOT_JUDGED if self.is_fact or not self.indicator.formula else Status.NOT_REPORTED
        return self.value.status

    @property
    def look(self) -> Look:
        """The light: past its date a miss is overdue, and met only so far while missing reports could undo it."""
        if self.value is None:
            return LOOKS[self.status]
        if self.status == Status.BEHIND and self.is_past_due(self.value.month):
            return display.OVERDUE
        is_complete = self.value.reported >= self.value.owed
        is_open = not is_complete and not display.is_counted_by_unit(self.value)
        if self.status == Status.MET and is_open and not self.is_met_in_any_case:
            return display.MET_SO_FAR
        return display.look_of(self.value, self.missing_word)

    def is_past_due(self, month: dt.date) -> bool:
        """Whether the target in force was due by the end of ``month``."""
        return self.goal is not None and self.goal.due_on <= month_end(month)

    @property
    def is_met_in_any_case(self) -> bool:
        """Whether the target is reached whatever the missing units report."""
        return display.will_be_met(self.value, self.comparator)

    @property
    def is_fact(self) -> bool:
        return self.indicator.role in FACTS

    @property
    def is_counted(self) -> bool:
        return not self.indicator.is_soft and not self.is_fact

    @property
    def comparator(self) -> str:
        return self.goal.comparator if self.goal else self.indicator.comparator

    @property
    def target(self) -> Decimal | None:
        """The target that this unit is judged by; a county's total is no target for a township."""
        return self.value.target if self.value else (self.goal.value if self.goal else None)

    @property
    def is_due_inferred(self) -> bool:
        """The document names no date for the target in force; the portal took the plan's end."""
        due_on = self.goal.due_on if self.goal else None
        return any(
            target.is_due_inferred and target.due_on == due_on for target in self.indicator.targets.all()
        )

    @property
    def attainment(self) -> Decimal | None:
        return attainment(self.value, self.comparator)

    @property
    def value_text(self) -> str:
        return display.value_text(self.value, self.indicator, self.missing)

    @property
    def missing_word(self) -> str:
        return display.NOT_REGISTERED if self.indicator.is_registered else self.missing

    @property
    def plain_value(self) -> str:
        """For programs: all decimals, no separators; empty when there is no value."""
        if self.value is None or self.value.value is None or not self.value.reported:
            return ""
        return f"{self.value.value.normalize():f}"

    @property
    def target_text(self) -> str:
        text = display.target_text(self.target, self.comparator, self.indicator)
        if text and display.is_counted_by_unit(self.value):
            return f"{display.EACH.get(self.indicator.judged_level, '')}{text}"
        return text

    @property
    def units_text(self) -> str:
        return "" if self.indicator.is_confirmation else display.units_text(self.value)

    @property
    def distance_text(self) -> str:
        return display.distance_text(self.value, self.comparator, self.indicator)

    @property
    def range_text(self) -> str:
        return display.range_text(self.value, self.indicator)

    @property
    def reported_text(self) -> str:
        return display.reported_text(self.value, self.indicator)

    @property
    def will_be_met(self) -> bool:
        """Behind only because reports are not approved yet."""
        return self.status in (Status.BEHIND, Status.NOT_REPORTED) and self.is_met_in_any_case

    @property
    def gap_text(self) -> str:
        return "" if self.will_be_met else display.gap_text(self.gaps)


def goal_of(indicator: Indicator, catalogue: Catalogue, month: dt.date) -> Goal | None:
    if not indicator.formula:
        return None
    return expectation_for(indicator, catalogue.formula(indicator.formula), month).goal


def ceiling_of(indicator: Indicator, catalogue: FullCatalogue) -> Decimal | None:
    """The formula's scale (100 for %) where a part is divided by the whole that it belongs to, else ``None``."""
    if not indicator.formula:
        return None
    formula = catalogue.formula(indicator.formula)
    if not catalogue.is_share(formula):
        return None
    return Decimal(formula.scale.numerator) / Decimal(formula.scale.denominator)


def gaps_of(line: Line, unit: OrgUnit, month: dt.date, catalogue: FullCatalogue) -> list[Gap]:
    """What is still needed, in units of the metric."""
    value = line.value
    if value is None or value.value is None or not line.indicator.formula or line.indicator.is_confirmation:
        return []
    if display.is_counted_by_unit(value):
        return []
    explanation = Explanation(line.indicator, unit, month)
    explanation.value, explanation.target, explanation.comparator = value.value, value.target, line.comparator
    explanation.numerator, explanation.denominator = value.numerator, value.denominator
    return gap_in_units(explanation, catalogue, catalogue.metrics)


def comparable(value: IndicatorValue) -> Decimal | None:
    """The value where it can stand in a line with other months: a sum of some of the units cannot, a ratio can."""
    is_ratio = value.denominator is not None
    return value.value if is_ratio or value.reported == value.owed else None
