"""Published figures, written only by the roll-up: never typed, never edited.

When the roll-up changes a row, it keeps a copy of what it was, with the moment from which it no longer stood. So
what was published on any day can be shown again: ``objects`` are the rows that stand, ``versions`` all of them.
"""

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from eldercare.models import OrgUnit
from eldercare.scoping import ScopedQuerySet
from indicators.models.metrics import Metric
from indicators.models.plans import Indicator


class ValueQuerySet(ScopedQuerySet):
    def standing(self) -> Self:
        return self.filter(superseded_at=None)

    def published_at(self, moment: dt.datetime) -> Self:
        """What stood at ``moment``; to be asked of ``versions``."""
        return self.filter(computed_at__lte=moment).filter(
            Q(superseded_at=None) | Q(superseded_at__gt=moment)
        )


class StandingManager(models.Manager.from_queryset(ValueQuerySet)):
    def get_queryset(self) -> ValueQuerySet:
        return super().get_queryset().standing()


def end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


def published(model: type[models.Model], day: dt.date | None) -> ValueQuerySet:
    """The values of ``model`` as they stand now, or as they were published at the end of ``day``."""
    if day is None:
        return model.objects.all()
    return model.versions.published_at(end_of(day))


class MetricValue(models.Model):
    """The published figure of a metric for a unit and month.

    An *own* figure (``is_total`` false) is what one reporting unit reported; a *total* is the sum over a unit
    and everything below it. ``value`` is NULL when nothing was reported. ``low`` and ``high`` bound what the
    value can still become; both are NULL when a missing unit has never reported and nothing bounds it.
    """

    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="values")
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="metric_values")
    month = models.DateField("月份")
    is_total = models.BooleanField("汇总", default=False)
    value = models.DecimalField("数值", max_digits=24, decimal_places=4, null=True)
    low = models.DecimalField("可能下限", max_digits=24, decimal_places=4, null=True)
    high = models.DecimalField("可能上限", max_digits=24, decimal_places=4, null=True)
    reported = models.PositiveIntegerField("已报单位数")
    owed = models.PositiveIntegerField("应报单位数")
    computed_at = models.DateTimeField("计算时间", default=timezone.now)
    superseded_at = models.DateTimeField("被取代时间", null=True, blank=True)

    objects = StandingManager()
    versions = models.Manager.from_queryset(ValueQuerySet)()

    class Meta:
        verbose_name = "指标数值"
        verbose_name_plural = "指标数值"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["metric", "org_unit", "is_total", "month"],
                condition=Q(superseded_at=None),
                name="metricvalue_one_per_unit_and_month",
            ),
            models.CheckConstraint(name="metricvalue_counts", condition=Q(reported__lte=models.F("owed"))),
        ]
        indexes: ClassVar = [models.Index(fields=["month", "is_total"], name="metricvalue_month")]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.month:%Y-%m} {self.value}"


class IndicatorValue(models.Model):
    """The published value of an indicator for a unit and month, with what it was divided from."""

    class Status(models.TextChoices):
        MET = "met", "已达标"
        ON_COURSE = "on_course", "进度正常"
        BEHIND = "behind", "进度滞后"
        NOT_REPORTED = "not_reported", "未报齐"
        NOT_APPLICABLE = "not_applicable", "不适用"
        NOT_JUDGED = "not_judged", "不判定"

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="values")
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="indicator_values")
    month = models.DateField("月份")
    numerator = models.DecimalField("分子", max_digits=30, decimal_places=6, null=True)
    denominator = models.DecimalField("分母", max_digits=30, decimal_places=6, null=True)
    value = models.DecimalField("数值", max_digits=36, decimal_places=12, null=True)
    low = models.DecimalField("可能下限", max_digits=36, decimal_places=12, null=True)
    high = models.DecimalField("可能上限", max_digits=36, decimal_places=12, null=True)
    reported = models.PositiveIntegerField("已报单位数")
    owed = models.PositiveIntegerField("应报单位数")
    target = models.DecimalField("当期目标", max_digits=20, decimal_places=4, null=True)
    path = models.DecimalField("目标路径值", max_digits=24, decimal_places=6, null=True)
    units_met = models.PositiveIntegerField("达标单位数", null=True, help_text="逐单位判定的指标才有")
    units_due = models.PositiveIntegerField("应考核单位数", null=True, help_text="不适用的单位不计入")
    status = models.CharField("状态", max_length=15, choices=Status.choices)
    computed_at = models.DateTimeField("计算时间", default=timezone.now)
    superseded_at = models.DateTimeField("被取代时间", null=True, blank=True)

    objects = StandingManager()
    versions = models.Manager.from_queryset(ValueQuerySet)()

    class Meta:
        verbose_name = "规划指标数值"
        verbose_name_plural = "规划指标数值"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "org_unit", "month"],
                condition=Q(superseded_at=None),
                name="indicatorvalue_one_per_unit_and_month",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["org_unit", "month"], name="indicatorvalue_unit_month"),
            models.Index(fields=["month"], name="indicatorvalue_month"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.month:%Y-%m} {self.value}"


class RollupRequest(models.Model):
    """Work to do, as a row: the month must be rolled up until ``done_version`` reaches ``version``.

    The row is written in the transaction that made the work necessary; the broker only carries a hint, and a
    periodic task re-sends what is due. Losing the broker loses nothing.
    """

    month = models.DateField("月份", unique=True)
    version = models.PositiveIntegerField("请求版本", default=1)
    done_version = models.PositiveIntegerField("完成版本", default=0)
    requested_at = models.DateTimeField("请求时间", default=timezone.now)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    error = models.CharField("出错信息", max_length=300, blank=True)

    class Meta:
        verbose_name = "汇总任务"
        verbose_name_plural = "汇总任务"
        ordering = ("month",)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.done_version}/{self.version}"
