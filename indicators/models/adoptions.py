"""Where a plan is in force: the units that it is computed for, and which indicators of different plans are one."""

import datetime as dt

from django.db import models

from eldercare.models import OrgUnit
from indicators.models.plans import Adoption, Indicator

# Who files for a unit that a plan is computed for: the levels below it.
LOWER_LEVELS = {
    OrgUnit.Level.CITY: (OrgUnit.Level.COUNTY, OrgUnit.Level.REPORTING),
    OrgUnit.Level.COUNTY: (OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING),
}


def plans_in_force(month: dt.date) -> list[tuple[int, int]]:
    """Plan and unit ids for which figures of ``month`` are owed and indicators computed."""
    return list(Adoption.objects.in_force(month).order_by("id").values_list("plan_id", "org_unit_id"))


def lower_units(unit: OrgUnit) -> models.QuerySet[OrgUnit]:
    """Those that file for ``unit``: districts and zones of a city, townships and zones of a county."""
    below = OrgUnit.objects.within(unit).filter(level__in=LOWER_LEVELS.get(unit.level, ()))
    return below.filter(parent=unit) if unit.level == OrgUnit.Level.CITY else below


class Equivalence(models.Model):
    """Indicators of several plans that measure the same thing (同口径指标): shown side by side."""

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60)
    note = models.CharField("说明", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    indicators = models.ManyToManyField(Indicator, related_name="equivalences", blank=True)

    class Meta:
        verbose_name = "同口径指标组"
        verbose_name_plural = "同口径指标组"
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.name
