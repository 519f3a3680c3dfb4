"""What the metric pages show: the catalogue with its uses, and one metric's figures by township and month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from eldercare.expressions import ExpressionError
from eldercare.models import OrgUnit, User
from indicators.models import Indicator, Metric, MetricValue, MonthlyReport, Registration
from indicators.models.values import ValueQuerySet, published
from indicators.pages import published as publishing
from indicators.pages.missing_words import MissingWords
from indicators.pages.published import Edition, as_then, count_moved, edition_of
from indicators.rules.months import add_months, month_of
from indicators.specs import Catalogue

TREND_MONTHS = 12


def uses_of_metrics(user: User) -> dict[str, list[Indicator]]:
    """The active indicators whose formula uses a metric, by metric code."""
    catalogue = Catalogue()
    uses: dict[str, list[Indicator]] = defaultdict(list)
    rows = (
        Indicator.objects.visible_to(user).filter(is_active=True).exclude(formula="").select_related("plan")
    )
    for indicator in rows.order_by("plan", "number"):
        try:
            codes = catalogue.formula(indicator.formula).metric_codes
        except ExpressionError:
            continue
        for code in codes:
            uses[code].append(indicator)
    return uses


@dataclass(frozen=True)
class UnitFigure:
    """One unit's figure; ``is_owed`` is false where the unit is not asked for the metric."""

    unit: OrgUnit
    value: MetricValue | None
    report: MonthlyReport | None
    missing: str  # said where no approved report gives the figure

    @property
    def is_published(self) -> bool:
        return self.value is not None and self.value.value is not None


@dataclass
class MetricPage(publishing.AsPublished):
    metric: Metric
    month: dt.date | None
    months: list[dt.date]  # with figures, newest first
    figures: list[UnitFigure]
    total: MetricValue | None
    trend: list[tuple[dt.date, MetricValue | None]]
    as_of: dt.date | None = None
    moved: int = 0  # figures of the month that are different today
    edition: Edition | None = None
    notes: tuple[str, ...] = ()

    @property
    def current_query(self) -> str:
        return f"?month={self.month:%Y-%m}" if self.month else "?"


def metric_page(
    user: User, metric: Metric, wanted: dt.date | None, as_of: dt.date | None = None
) -> MetricPage:
    """The figures of one metric that the user may see, as they stand or as published at the end of ``as_of``."""
    everything = published(MetricValue, as_of).visible_to(user).filter(metric=metric)
    own = everything.filter(is_total=False)
    months = list(
        own.filter(month__lte=month_of(timezone.localdate()))
        .order_by("-month")
        .values_list("month", flat=True)
        .distinct()
    )
    newest = _newest_reported(own, months)
    month = wanted if wanted in months else newest
    if month is None:
        return MetricPage(metric, None, [], [], None, [], as_of)
    found = MonthlyReport.objects.visible_to(user).for_month(month).select_related("org_unit")
    reports = {report.org_unit_id: report for report in as_then(found, as_of)}
    rows = own.filter(month=month).select_related("org_unit").order_by("org_unit__code")
    words = MissingWords() if as_of else MissingWords.of(reports.values())
    figures = [
        UnitFigure(row.org_unit, row, reports.get(row.org_unit_id), words.own(row.org_unit)) for row in rows
    ]
    total = _total(user, everything, months_from=month, months_to=month).get(month)
    page = MetricPage(metric, month, months, figures, total, _trend(user, everything, month), as_of)
    page.edition = edition_of(user, user.org_unit, month, as_of)
    if as_of:
        now = MetricValue.objects.visible_to(user).filter(metric=metric, month=month)
        page.moved = count_moved(
            everything.filter(month=month), now, ("org_unit_id", "is_total"), publishing.FIGURES
        )
    return page


def _newest_reported(own, months: list[dt.date]) -> dt.date | None:
    reported = own.filter(month__in=months[:TREND_MONTHS], value__isnull=False).order_by("-month")
    return reported.values_list("month", flat=True).first() or (months[0] if months else None)


def _trend(user: User, values: ValueQuerySet, month: dt.date) -> list[tuple[dt.date, MetricValue | None]]:
    """Twelve months of the total, or of the unit's own figure where the user sees one unit only."""
    first = add_months(month, 1 - TREND_MONTHS)
    found = _total(user, values, months_from=first, months_to=month)
    if not found:
        own = values.filter(is_total=False, month__range=(first, month), org_unit=user.org_unit_id)
        found = {row.month: row for row in own}
    return [(add_months(first, step), found.get(add_months(first, step))) for step in range(TREND_MONTHS)]


def _total(
    user: User, values: ValueQuerySet, *, months_from: dt.date, months_to: dt.date
) -> dict[dt.date, MetricValue]:
    rows = values.filter(is_total=True, month__range=(months_from, months_to), org_unit=user.org_unit_id)
    return {row.month: row for row in rows}


def registrations_of(user: User, metric: Metric) -> Iterable[Registration]:
    return (
        Registration.objects.visible_to(user)
        .in_force()
        .filter(metric=metric)
        .select_related("indicator__plan")
        .order_by("-happened_on", "-id")
    )
