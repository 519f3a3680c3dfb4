"""Figures that a document prints, beside what they should be (核对).

Two ways to work a printed figure out again: from other figures that the same document prints, and from the portal's
own value of that month. Neither changes anything; a mismatch is shown with the arithmetic and with what the remarks
say about it.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from eldercare.expressions import ExpressionError
from eldercare.models import OrgUnit, User
from indicators.explain import term_label
from indicators.models import Indicator, IndicatorValue, Plan, PlanRemark
from indicators.pages.display import unit_suffix
from indicators.pages.lines import FullCatalogue
from indicators.rules.figures import format_figure
from indicators.rules.formulas import Formula
from indicators.rules.months import month_of
from indicators.rules.printed import Agreement, compare, places_of, printed_metric, work_out
from indicators.specs import FACTS

MORE_PLACES = 2


@dataclass
class PrintedFigure:
    """One printed figure: what it is, and what it comes to by the document's own figures and by the portal's."""

    indicator: Indicator
    label: str
    printed: Decimal
    day: dt.date | None
    comparator: str
    from_document: Decimal | None = None
    arithmetic: str = ""
    sources: list[Indicator] = field(default_factory=list)
    from_portal: IndicatorValue | None = None
    is_comparable: bool = True
    remarks: list[PlanRemark] = field(default_factory=list)

    @property
    def printed_text(self) -> str:
        about = "约 " if self.indicator.is_approximate else ""
        return f"{about}{format_figure(self.printed)}{unit_suffix(self.indicator)}"

    @property
    def explanations(self) -> list[PlanRemark]:
        """What the remarks say, where the figure does not simply agree."""
        return [] if self.agreement is Agreement.SAME else self.remarks

    def _shown(self, value: Decimal | None) -> str:
        if value is None:
            return ""
        places = places_of(self.printed) + MORE_PLACES
        return format_figure(round(value, places))

    @property
    def document_text(self) -> str:
        return self._shown(self.from_document)

    @property
    def portal_text(self) -> str:
        return self._shown(self.from_portal.value) if self.from_portal else ""

    @cached_property
    def by_document(self) -> Agreement:
        return self._compare(self.from_document)

    @cached_property
    def by_portal(self) -> Agreement:
        if self.from_portal is None or self.from_portal.reported < self.from_portal.owed:
            return Agreement.UNKNOWN
        return self._compare(self.from_portal.value)

    def _compare(self, found: Decimal | None) -> Agreement:
        if not self.is_comparable:
            return Agreement.UNKNOWN
        return compare(
            self.printed, found, comparator=self.comparator, is_approximate=self.indicator.is_approximate
        )

    @property
    def agreement(self) -> Agreement:
        """The worse of the two; unknown only when neither says anything."""
        both = (self.by_document, self.by_portal)
        for verdict in (Agreement.DIFFERENT, Agreement.ROUNDING, Agreement.SAME):
            if verdict in both:
                return verdict
        return Agreement.UNKNOWN


def printed_figures(user: User, plan: Plan, owner: OrgUnit | None) -> list[PrintedFigure]:
    """Facts and starting points that the plan prints, in its order; a fixed number of queries."""
    indicators = list(
        Indicator.objects.visible_to(user)
        .filter(plan=plan, is_active=True, is_irrelevant=False)
        .select_related("plan")
        .prefetch_related("targets", "baselines", "remarks")
        .order_by("number")
    )
    catalogue = FullCatalogue()
    figures = [figure for each in indicators for figure in _of(each)]
    _work_out(figures, catalogue)
    _add_up(plan, figures)
    _read_portal(user, owner, figures)
    return figures


def _of(indicator: Indicator) -> list[PrintedFigure]:
    if indicator.is_confirmation:
        return []
    remarks = list(indicator.remarks.all())
    baselines = [
        PrintedFigure(
            indicator,
            each.printed_label or f"{each.year}年{each.kind}",
            each.value,
            each.effective_on or dt.date(each.year, 12, 31),
            "=",
            is_comparable="口径不同" not in each.kind and "年新增" not in each.kind,
            remarks=remarks,
        )
        for each in indicator.baselines.all()
        if each.kind != "目标值"
    ]
    if indicator.role not in FACTS or baselines:
        return baselines
    return [
        PrintedFigure(
            indicator, indicator.get_role_display(), each.value, each.due_on, each.comparator, remarks=remarks
        )
        for each in indicator.targets.all()
        if each.value is not None
    ]


def _formula(indicator: Indicator, catalogue: FullCatalogue) -> Formula | None:
    if not indicator.formula:
        return None
    try:
        return catalogue.formula(indicator.formula)
    except ExpressionError:
        return None


def _work_out(figures: list[PrintedFigure], catalogue: FullCatalogue) -> None:
    """Put what the document prints for single metrics into the formulas of its other figures."""
    known: dict[str, Decimal] = {}
    origin: dict[str, Indicator] = {}
    formulas = {figure.indicator.pk: _formula(figure.indicator, catalogue) for figure in figures}
    for figure in figures:
        formula = formulas[figure.indicator.pk]
        is_whole = not figure.indicator.filter_text and not figure.indicator.is_approximate
        single = printed_metric(formula, figure.printed) if formula and is_whole else None
        if single and figure.indicator.role in FACTS and single[0] not in known:
            known[single[0]], origin[single[0]] = single[1], figure.indicator
    for figure in figures:
        formula = formulas[figure.indicator.pk]
        if formula is None or figure.indicator.filter_text:
            continue
        sources = list(dict.fromkeys(origin[term.name] for term in formula.terms if term.name in origin))
        if figure.indicator in sources:  # a figure does not prove itself
            continue
        figure.from_document = work_out(formula, known)
        if figure.from_document is not None:
            figure.sources = sources
            labels = {term: term_label(term, catalogue) for term in formula.terms}
            numbers = {term: known[term.name] for term in formula.terms}
            figure.arithmetic = f"{formula.expression.pretty(labels)} = {formula.expression.render(numbers)}"


def _add_up(plan: Plan, figures: list[PrintedFigure]) -> None:
    """Parts that the document prints beside their whole."""
    by_number = {figure.indicator.number: figure for figure in figures}
    for row in plan.printed_sums:
        whole = by_number.get(row["whole"])
        parts = [by_number[number] for number in row["parts"] if number in by_number]
        if whole is None or len(parts) < len(row["parts"]):
            continue
        whole.from_document = sum((part.printed for part in parts), Decimal(0))
        whole.arithmetic = " + ".join(
            f"{part.indicator.name} {format_figure(part.printed)}" for part in parts
        )
        whole.sources = [part.indicator for part in parts]


def _read_portal(user: User, owner: OrgUnit | None, figures: list[PrintedFigure]) -> None:
    if owner is None:
        return
    rows = IndicatorValue.objects.visible_to(user).filter(
        org_unit=owner,
        indicator__in={figure.indicator.pk for figure in figures},
        month__in={month_of(figure.day) for figure in figures if figure.day},
    )
    values = {(row.indicator_id, row.month): row for row in rows}
    for figure in figures:
        if figure.day:
            figure.from_portal = values.get((figure.indicator.pk, month_of(figure.day)))
