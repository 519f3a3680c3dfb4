"""The catalogue of base metrics, and the page behind every figure: township by township, with its trend."""

from decimal import Decimal

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare.permissions import Permission, requires
from indicators.forms.plans import MetricFilterForm
from indicators.ledger_figures import is_counted
from indicators.models import Metric, MetricValue
from indicators.pages.display import month_text
from indicators.pages.metrics import MetricPage, metric_page, registrations_of, uses_of_metrics
from indicators.pages.published import read_day
from indicators.rules.months import MonthError, parse_month

REGISTRATIONS_SHOWN = 200


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def metric_list(request: HttpRequest) -> HttpResponse:
    form = MetricFilterForm(request.GET or None)
    metrics = _filtered(Metric.objects.select_related("subset_of"), form.chosen() if form.is_bound else {})
    uses = uses_of_metrics(request.user)
    rows = [(metric, uses.get(metric.code, [])) for metric in metrics]
    context = {"form": form, "rows": rows, "total": Metric.objects.count()}
    return render(request, "metrics/list.html", context)


def _filtered(metrics: QuerySet, chosen: dict) -> QuerySet:
    if text := chosen.get("q"):
        metrics = metrics.filter(
            Q(name__icontains=text)
            | Q(code__icontains=text)
            | Q(catalogue_code__iexact=text)
            | Q(definition__icontains=text)
        )
    if group := chosen.get("group"):
        metrics = metrics.filter(group=group)
    if reporter := chosen.get("reporter"):
        metrics = metrics.filter(reporter=reporter)
    if collected := chosen.get("collected"):
        metrics = metrics.filter(is_collected=collected == "yes")
    return metrics


@never_cache
@require_safe
@requires(Permission.VIEW_INDICATORS)
def metric(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Metric.objects.select_related("subset_of"), code=code)
    wanted, note = None, ""
    if text := request.GET.get("month", ""):
        try:
            wanted = parse_month(text)
        except MonthError as error:
            note = str(error)
    as_of, problem = read_day(request.GET.get("as_of", ""))
    page = metric_page(request.user, found, wanted, as_of)
    note = note or problem
    if wanted and page.month and wanted != page.month:
        note = f"{month_text(wanted)}没有“{found.name}”的数据，下面显示{month_text(page.month)}。"
    context = {
        "metric": found,
        "page": page,
        "note": note,
        "uses": uses_of_metrics(request.user).get(found.code, []),
        "trend_chart": trend_chart(page),
        "registrations": registrations_of(request.user, found)[:REGISTRATIONS_SHOWN],
        "plausible_percent": found.plausible_change * 100,
        "is_counted": is_counted(found.code),
        "is_registered": found.reporter == Metric.Reporter.REGISTERED,
    }
    return render(request, "metrics/metric.html", context)


def trend_chart(page: MetricPage) -> dict:
    def number(value: Decimal | None) -> float | None:
        return None if value is None else float(value)

    def is_open(value: MetricValue | None) -> bool:
        return value is not None and value.reported < value.owed

    values = [value for _, value in page.trend]
    return {
        "unit": page.metric.unit,
        "months": [f"{month:%Y-%m}" for month, _ in page.trend],
        "values": [number(value.value) if value and not is_open(value) else None for value in values],
        "partial": [number(value.value) if is_open(value) else None for value in values],
        "low": [number(value.low) if is_open(value) else None for value in values],
        "high": [number(value.high) if is_open(value) else None for value in values],
        "reported": [f"{value.reported}/{value.owed}" if value else "" for value in values],
        "is_flow": not page.metric.is_stock,
    }
