"""Correction slips (更正单): the only way to change a figure of a locked month."""

from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from eldercare.models import ImportFile, OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from indicators.models.metrics import Metric
from indicators.models.reports import MonthlyReport


class CorrectionSlipQuerySet(ScopedQuerySet):
    def visible_to(self, user: User) -> Self:
        """Slips of the user's county, and those that correct a report of the user's own unit."""
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        own = MonthlyReport.objects.visible_to(user)
        touched = CorrectionLine.objects.filter(report__in=own).values("slip_id")
        return self.filter(
            Q(org_unit__path__startswith=user.org_unit.path)
            | Q(pk__in=touched) & ~Q(status__in=CorrectionSlip.AT_DESK)
        )


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class CorrectionSlip(models.Model):
    """Figures of one locked month that one person corrects, with reason and evidence, and another approves.

    An approved slip makes a new ``revision`` of its county's month: the first publication is revision 1.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "起草中"
        SUBMITTED = "submitted", "待审批"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已生效"
        CANCELLED = "cancelled", "已作废"

    EDITABLE: ClassVar = (Status.DRAFT, Status.RETURNED)
    AT_DESK: ClassVar = (Status.DRAFT, Status.RETURNED, Status.CANCELLED)

    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="单位", on_delete=models.PROTECT, related_name="correction_slips"
    )
    month = models.DateField("更正月份", help_text="当月第一天")
    year = models.PositiveSmallIntegerField("编号年份")
    serial = models.PositiveIntegerField("编号")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    reason = models.CharField("更正原因", max_length=300)
    evidence = models.TextField("依据", help_text="写清能查到什么：文号、名册、会议纪要等")
    prepared_by = models.ForeignKey(User, verbose_name="起草人", on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField("起草时间", default=timezone.now)
    edited_by = models.ForeignKey(
        User, verbose_name="修改人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name="审批人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    opinion = models.CharField("审批意见", max_length=300, blank=True)
    effect = models.JSONField(
        "影响",
        default=list,
        blank=True,
        help_text="送审时测得的每个变动的指标值：[{indicator, unit, month, …}]",
    )
    revision = models.PositiveSmallIntegerField("公布版次", null=True, blank=True)

    objects = CorrectionSlipQuerySet.as_manager()

    class Meta:
        verbose_name = "更正单"
        verbose_name_plural = "更正单"
        ordering = ("-year", "-serial")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org_unit", "year", "serial"], name="correctionslip_number_unique"
            ),
            models.UniqueConstraint(
                fields=["org_unit", "month", "revision"], name="correctionslip_revision_unique"
            ),
            models.CheckConstraint(name="correctionslip_month_is_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="correctionslip_two_pairs_of_eyes",
                condition=~Q(decided_by=F("prepared_by")) | Q(decided_by=None),
            ),
            models.CheckConstraint(
                name="correctionslip_editor_does_not_approve",
                condition=~Q(status="approved") | ~Q(decided_by=F("edited_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"更正〔{self.year}〕{self.serial}号"

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    def authors(self) -> set[int]:
        """Keys of all who ever wrote on it, from its history: none of them approves it."""
        past = self.events.order_by().values_list("edited_by_id", flat=True).distinct()
        return {self.prepared_by_id, *past} - {None}


class CorrectionLine(models.Model):
    """One figure of one unit's report: what was published and what it shall be; NULL is “not reported”."""

    slip = models.ForeignKey(CorrectionSlip, on_delete=models.CASCADE, related_name="lines")
    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="corrections")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="corrections")
    old_value = models.DecimalField("原数值", max_digits=20, decimal_places=4, null=True)
    new_value = models.DecimalField("更正为", max_digits=20, decimal_places=4, null=True, blank=True)

    class Meta:
        verbose_name = "更正项"
        verbose_name_plural = "更正项"
        ordering = ("report__org_unit__code", "metric__position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slip", "report", "metric"], name="correctionline_one_per_figure")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.metric_id}: {self.old_value} → {self.new_value}"


class CorrectionEvidenceQuerySet(ScopedQuerySet):
    """For the county that corrects. A township reads the slip, but a file may name people of the others."""

    scope_path = "slip__org_unit"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), meta={"ordering": ["-pgh_id"]})
class CorrectionEvidence(models.Model):
    """A file that proves a correction (佐证材料), kept encrypted; from approval on it stays for ever."""

    slip = models.ForeignKey(CorrectionSlip, on_delete=models.PROTECT, related_name="files")
    filename = models.CharField("文件名", max_length=200)
    kind = models.CharField("类型", max_length=8)
    file = models.ForeignKey(ImportFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, verbose_name="上传人", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)

    objects = CorrectionEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "更正单的佐证材料"
        verbose_name_plural = "更正单的佐证材料"
        ordering = ("id",)
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="kept_with_its_slip",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF (SELECT status FROM indicators_correctionslip WHERE id = OLD.slip_id)
                        NOT IN ('draft', 'returned') THEN
                        RAISE EXCEPTION 'evidence stays with a correction slip that is not at the desk';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.filename
