"""Which metrics a plan needs from the monthly reports: worked out again whenever its formulas change."""

from collections.abc import Iterable

from eldercare.expressions import ExpressionError
from indicators.models import Indicator, Metric, MetricNeed, Plan
from indicators.specs import Catalogue


def settle_needs(plan: Plan, catalogue: Catalogue | None = None) -> None:
    """Make the plan's needs what its active indicators read, the other readings of a formula included.

    A metric that is needed becomes part of the monthly report; one that no plan needs any more leaves it.
    """
    codes = needed_codes(plan.indicators.filter(is_active=True), catalogue or Catalogue())
    wanted = dict(
        Metric.objects.filter(code__in=codes)
        .exclude(reporter=Metric.Reporter.REGISTERED)
        .values_list("pk", "is_collected")
    )
    held = set(plan.needs.values_list("metric_id", flat=True))
    MetricNeed.objects.bulk_create(
        (MetricNeed(plan=plan, metric_id=pk) for pk in wanted.keys() - held), ignore_conflicts=True
    )
    Metric.objects.filter(pk__in=wanted, is_collected=False).update(is_collected=True)
    if gone := held - wanted.keys():
        plan.needs.filter(metric__in=gone).delete()
        Metric.objects.filter(pk__in=gone, needs=None).update(is_collected=False)


def needed_codes(indicators: Iterable[Indicator], catalogue: Catalogue) -> set[str]:
    """The metrics that formulas, their other readings and conditions of judging name; a text that is none is skipped."""
    codes = set()
    for indicator in indicators:
        texts = [each["formula"] for each in indicator.alternatives]
        if not indicator.is_registered:
            texts += [indicator.formula, indicator.judged_per, indicator.judged_where]
        for text in filter(None, texts):
            try:
                codes |= catalogue.formula(text).metric_codes
            except ExpressionError:
                continue
    return codes
