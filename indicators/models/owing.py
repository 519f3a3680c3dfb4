"""Who files a monthly report for a month, and which metrics a unit owes in it: both follow from the plans in force.

The unit that executes a plan (``Adoption``) is a *seat*. Below a county that is a seat its townships file, and the
county files what only the county knows. Below a city that is a seat every county, and every zone directly below the
city, files for its whole area, unless it is a seat itself; the city files for itself.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from eldercare.models import OrgUnit
from indicators.models.adoptions import Adoption
from indicators.models.metrics import Metric
from indicators.models.plans import Plan

Level, Reporter = OrgUnit.Level, Metric.Reporter
BELOW = (Reporter.TOWNSHIP, Reporter.BOTH)
OWN = (Reporter.COUNTY, Reporter.BOTH)
WHOLE_AREA = (Reporter.TOWNSHIP, Reporter.COUNTY, Reporter.BOTH)


class MetricNeed(models.Model):
    """A metric that a plan's formulas read from the monthly reports; kept in step by ``needs.settle_needs``.

    A collected metric that plans need is owed where such a plan is in force; one that no plan needs is owed
    everywhere.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="needs")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="needs")

    class Meta:
        verbose_name = "规划所需基础指标"
        verbose_name_plural = "规划所需基础指标"
        ordering = ("plan", "metric")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "metric"], name="metricneed_once_per_plan")
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.metric_id}"


def owed_by(unit: OrgUnit, month: dt.date) -> QuerySet[Metric]:
    """Metrics that ``unit`` owes in its report of ``month``, in the order of the form."""
    around = Adoption.objects.in_force(month).filter(org_unit__code__in=_codes(unit))
    needed = MetricNeed.objects.filter(plan__adoptions__in=around)
    needed_by_none = ~Exists(MetricNeed.objects.filter(metric=OuterRef("pk")))
    return Metric.objects.collected().filter(
        Q(pk__in=needed.values("metric")) | needed_by_none, reporter__in=_reporters_of(unit, month)
    )


def plans_using(unit: OrgUnit, month: dt.date) -> dict[int, list[str]]:
    """Short titles of the plans in force for ``unit`` by the metric that they use; one query."""
    around = Adoption.objects.in_force(month).filter(org_unit__code__in=_codes(unit))
    rows = MetricNeed.objects.filter(plan__adoptions__in=around).order_by("plan__starts_on", "plan__code")
    found: dict[int, list[str]] = {}
    for metric, title in rows.values_list("metric_id", "plan__short_title").distinct():
        found.setdefault(metric, []).append(title)
    return found


def owed_by_each(units: Iterable[OrgUnit], month: dt.date) -> dict[int, list[Metric]]:
    """The same for many units by their ids, in three queries whatever their number."""
    collected = list(Metric.objects.collected().select_related("subset_of"))
    seats: dict[str, set[int]] = {}
    for path, plan in Adoption.objects.in_force(month).values_list("org_unit__path", "plan_id"):
        seats.setdefault(path, set()).add(plan)
    needs: dict[int, set[int]] = {}
    for plan, metric in MetricNeed.objects.values_list("plan_id", "metric_id"):
        needs.setdefault(plan, set()).add(metric)
    needed_by_any = set().union(*needs.values())
    found = {}
    for unit in units:
        plans = set().union(*(seats.get(path, ()) for path in _paths(unit)))
        needed = set().union(*(needs.get(plan, ()) for plan in plans))
        reporters = _reporters(unit, seats)
        found[unit.pk] = [
            metric
            for metric in collected
            if metric.reporter in reporters and (metric.pk in needed or metric.pk not in needed_by_any)
        ]
    return found


def filing_units(units: Iterable[OrgUnit], month: dt.date) -> list[OrgUnit]:
    """Of ``units``, those that file a report for ``month``; one query."""
    seats = dict.fromkeys(Adoption.objects.in_force(month).values_list("org_unit__path", flat=True))
    return [unit for unit in units if _files(unit, seats)]


def _files(unit: OrgUnit, seats: Mapping[str, object]) -> bool:
    if unit.level == Level.CITY:
        return unit.path in seats
    if unit.level == Level.COUNTY:
        return True
    if unit.level not in (Level.TOWNSHIP, Level.REPORTING):
        return False
    # A county below a city files for its townships, unless it executes a plan itself.
    *above, _itself = _paths(unit)
    return len(above) < 2 or above[-1] in seats


def _reporters_of(unit: OrgUnit, month: dt.date) -> tuple[str, ...]:
    if unit.level == Level.COUNTY and len(_codes(unit)) > 1:
        is_seat = Adoption.objects.in_force(month).filter(org_unit=unit).exists()
        return _reporters(unit, {unit.path: True} if is_seat else {})
    return _reporters(unit, {})


def _reporters(unit: OrgUnit, seats: Mapping[str, object]) -> tuple[str, ...]:
    """Whose metrics the unit reports; “both” stands in each."""
    if unit.level == Level.CITY:
        return OWN
    if unit.level == Level.COUNTY:
        return OWN if len(_codes(unit)) == 1 or unit.path in seats else WHOLE_AREA
    if unit.level == Level.REPORTING and unit.parent_id and unit.parent.level == Level.CITY:
        return WHOLE_AREA
    return BELOW


def _codes(unit: OrgUnit) -> list[str]:
    return [code for code in unit.path.split("/") if code]


def _paths(unit: OrgUnit) -> list[str]:
    """The paths of the units above and of the unit itself, the highest first."""
    codes = _codes(unit)
    return ["/" + "/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]
