"""The monthly report (一月一报) of a unit: its state, its figures, the reviewer's remarks."""

import datetime as dt
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from eldercare.models import OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from indicators.models.metrics import Metric


class MonthlyReportQuerySet(ScopedQuerySet):
    def for_month(self, month: dt.date) -> Self:
        return self.filter(month=month)

    def open_for_entry(self) -> Self:
        return self.filter(status__in=MonthlyReport.EDITABLE)

    def published(self) -> Self:
        return self.filter(status__in=MonthlyReport.PUBLISHED)

    def overdue(self, today: dt.date) -> Self:
        """Not handed in although the deadline has passed."""
        return self.open_for_entry().filter(due_on__lt=today)


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class MonthlyReport(models.Model):
    """What one unit owes for one month."""

    class Status(models.TextChoices):
        DRAFT = "draft", "填报中"
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已通过"
        LOCKED = "locked", "已锁定"

    EDITABLE: ClassVar = (Status.DRAFT, Status.RETURNED)
    PUBLISHED: ClassVar = (Status.APPROVED, Status.LOCKED)

    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="单位", on_delete=models.PROTECT, related_name="reports"
    )
    month = models.DateField("月份", help_text="当月第一天")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    due_on = models.DateField("截止日", help_text="当日仍算按时")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_submitted_at = models.DateTimeField("首次提交时间", null=True, blank=True)
    returned_at = models.DateTimeField("退回时间", null=True, blank=True)
    approved_at = models.DateTimeField("通过时间", null=True, blank=True)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_late = models.BooleanField("逾期", default=False, help_text="截止日过后仍未首次提交")

    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = "月报"
        verbose_name_plural = "月报"
        ordering = ("-month", "org_unit__code")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org_unit", "month"], name="monthlyreport_one_per_unit_and_month"
            ),
            models.CheckConstraint(name="monthlyreport_month_is_first_day", condition=Q(month__day=1)),
        ]
        indexes: ClassVar = [models.Index(fields=["month", "status"], name="monthlyreport_month_status")]

    def __str__(self) -> str:
        return f"{self.org_unit.name}{self.month.year}年{self.month.month}月份月报"

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta={"ordering": ["-pgh_id"]}
)
class MetricEntry(models.Model):
    """A figure of a report. A figure that was not reported has no row: absent is not 0."""

    class Source(models.TextChoices):
        TYPED = "typed", "手工填报"
        LEDGER = "ledger", "取自台账"

    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="entries")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="entries")
    value = models.DecimalField("数值", max_digits=20, decimal_places=4)
    reason = models.CharField("说明", max_length=200, blank=True, help_text="变动较大或与台账不一致时的说明")
    source = models.CharField("来源", max_length=6, choices=Source.choices, default=Source.TYPED)
    ledger_value = models.DecimalField(
        "当时的台账数",
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="保存时台账的数；空为没有台账或台账未启用",
    )
    entered_by = models.ForeignKey(User, verbose_name="填报人", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("填报时间", default=timezone.now)

    class Meta:
        verbose_name = "填报数据"
        verbose_name_plural = "填报数据"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "metric"], name="metricentry_one_per_report_and_metric"
            ),
            models.CheckConstraint(name="metricentry_not_negative", condition=Q(value__gte=0)),
            models.CheckConstraint(
                name="metricentry_taken_from_a_ledger",
                condition=~Q(source="ledger") | Q(ledger_value__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} = {self.value}"


class CellComment(models.Model):
    """What the reviewer wants changed in one figure (退回意见)."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="comments")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("意见", max_length=300)
    value_then = models.DecimalField("退回时的数值", max_digits=20, decimal_places=4, null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = "退回意见"
        verbose_name_plural = "退回意见"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text


class ReportEvent(models.Model):
    """One step of a report through its states: who, when, why, and the figures at that moment."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="steps")
    from_status = models.CharField("原状态", max_length=10, choices=MonthlyReport.Status.choices)
    to_status = models.CharField("新状态", max_length=10, choices=MonthlyReport.Status.choices)
    by = models.ForeignKey(User, verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=timezone.now)
    note = models.CharField("意见", max_length=300, blank=True)
    figures = models.JSONField("当时的数值", default=dict, blank=True, help_text="指标代码 → 数值文本")
    ledger_figures = models.JSONField(
        "提交时的台账数", default=dict, blank=True, help_text="指标代码 → 数值文本；只在提交时记"
    )

    class Meta:
        verbose_name = "月报流转记录"
        verbose_name_plural = "月报流转记录"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"
