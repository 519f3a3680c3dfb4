"""The official report (工作进展月报): what the county sends upstairs for a month, a half-year or a year."""

from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from eldercare.models import ImportFile, OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from indicators.models.plans import Plan


class OfficialReportQuerySet(ScopedQuerySet):
    """The report of a county is the county's: townships do not see it."""

    def sealed(self) -> Self:
        return self.filter(status=OfficialReport.Status.SEALED)


@pghistory.track(exclude=["figures"], meta={"ordering": ["-pgh_id"]})
class OfficialReport(models.Model):
    """One version of a report. A draft reads its figures anew whenever it is opened; sealing freezes them together
    with the files. A sealed version never changes: a correction of the month leads to the next revision beside it.
    """

    class Kind(models.TextChoices):
        MONTH = "month", "月报"
        HALF_YEAR = "half_year", "半年报"
        YEAR = "year", "年报"

    class Status(models.TextChoices):
        DRAFT = "draft", "起草中"
        SEALED = "sealed", "已定稿"

    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="单位", on_delete=models.PROTECT, related_name="official_reports"
    )
    plan = models.ForeignKey(
        Plan,
        verbose_name="规划",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="空为当月执行的全部规划",
    )
    kind = models.CharField("种类", max_length=10, choices=Kind.choices, default=Kind.MONTH)
    month = models.DateField("截至月份", help_text="报告期最后一个月的第一天")
    revision = models.PositiveSmallIntegerField("版次", default=1)
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField("标题", max_length=80)
    document_number = models.CharField("文号", max_length=40, blank=True)
    addressee = models.CharField("主送单位", max_length=80, blank=True)
    signatory = models.CharField("署名", max_length=60)
    signed_on = models.DateField("成文日期", null=True, blank=True, help_text="空为定稿当日")
    sections = models.JSONField("正文", default=list, help_text="[{key, text, proposal}]：现文与系统拟稿")
    figures = models.JSONField("定稿时的数据", null=True, blank=True)
    docx = models.ForeignKey(
        ImportFile,
        verbose_name="Word 文件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    docx_sha256 = models.CharField("Word 文件校验和", max_length=64, blank=True)
    xlsx = models.ForeignKey(
        ImportFile,
        verbose_name="Excel 文件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    xlsx_sha256 = models.CharField("Excel 文件校验和", max_length=64, blank=True)
    created_by = models.ForeignKey(User, verbose_name="起草人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("起草时间", default=timezone.now)
    edited_by = models.ForeignKey(User, verbose_name="修改人", on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField("修改时间", default=timezone.now)
    sealed_by = models.ForeignKey(
        User, verbose_name="定稿人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sealed_at = models.DateTimeField("定稿时间", null=True, blank=True)

    objects = OfficialReportQuerySet.as_manager()

    class Meta:
        verbose_name = "工作进展月报"
        verbose_name_plural = "工作进展月报"
        ordering = ("-month", "kind", "-revision")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org_unit", "plan", "kind", "month", "revision"],
                name="officialreport_revision_unique",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["org_unit", "plan", "kind", "month"],
                condition=Q(status="draft"),
                name="officialreport_one_draft",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="officialreport_ends_its_period",
                condition=Q(month__day=1)
                & (
                    Q(kind="month")
                    | Q(kind="half_year", month__month__in=(6, 12))
                    | Q(kind="year", month__month=12)
                ),
            ),
            models.CheckConstraint(
                name="officialreport_two_pairs_of_eyes",
                condition=Q(sealed_by=None) | (~Q(sealed_by=F("created_by")) & ~Q(sealed_by=F("edited_by"))),
            ),
            models.CheckConstraint(
                name="officialreport_sealed_is_whole",
                condition=Q(status="draft")
                | (
                    Q(sealed_by__isnull=False, sealed_at__isnull=False, signed_on__isnull=False)
                    & Q(figures__isnull=False, docx__isnull=False, xlsx__isnull=False)
                    & ~Q(docx_sha256="")
                    & ~Q(xlsx_sha256="")
                ),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="sealed_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="sealed"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}（第{self.revision}版）" if self.revision > 1 else self.title

    @property
    def is_sealed(self) -> bool:
        return self.status == self.Status.SEALED

    def authors(self) -> set[int]:
        """Keys of all who ever wrote on this version, from its history: none of them seals it."""
        past = self.events.order_by().values_list("edited_by_id", flat=True).distinct()
        return {self.created_by_id, self.edited_by_id, *past}
