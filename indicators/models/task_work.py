"""What units report on their tasks each month, and how the county judges it: progress, evidence, rounds, bulletins."""

from typing import ClassVar, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from eldercare.models import ImportFile, OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from indicators.models.plans import Plan
from indicators.models.tasks import Task, TaskState

UNIT_STATES = [choice for choice in TaskState.choices if choice[0] != TaskState.CANCELLED]


class TaskProgressQuerySet(ScopedQuerySet):
    def accepted(self) -> Self:
        return self.filter(status=TaskProgress.Status.ACCEPTED)

    def waiting(self) -> Self:
        return self.filter(status=TaskProgress.Status.SUBMITTED)


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class TaskProgress(models.Model):
    """A unit's progress on a task in a month (进展). Nothing typed: no row, and that is 未报, not 0%."""

    class Status(models.TextChoices):
        DRAFT = "draft", "填写中"
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "已通过"

    EDITABLE: ClassVar = (Status.DRAFT, Status.RETURNED)

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="progress")
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="单位", on_delete=models.PROTECT, related_name="task_progress"
    )
    month = models.DateField("月份", help_text="当月第一天")
    text = models.TextField("进展情况", blank=True, max_length=2000)
    percent = models.PositiveSmallIntegerField(
        "完成进度(%)", null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    state = models.CharField("状态", max_length=12, choices=UNIT_STATES, blank=True)
    status = models.CharField("流转", max_length=10, choices=Status.choices, default=Status.DRAFT)
    entered_by = models.ForeignKey(User, verbose_name="填写人", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("填写时间", default=timezone.now)
    submitted_by = models.ForeignKey(
        User, verbose_name="提交人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    first_submitted_at = models.DateTimeField("首次提交时间", null=True, blank=True)
    is_late = models.BooleanField("逾期", default=False, help_text="首次提交时已过截止日")
    reviewed_by = models.ForeignKey(
        User, verbose_name="审核人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    review_note = models.CharField("审核意见", max_length=300, blank=True)

    objects = TaskProgressQuerySet.as_manager()

    class Meta:
        verbose_name = "任务进展"
        verbose_name_plural = "任务进展"
        ordering = ("-month", "org_unit__code")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task", "org_unit", "month"], name="taskprogress_one_per_unit_and_month"
            ),
            models.CheckConstraint(name="taskprogress_month_is_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="taskprogress_percent", condition=Q(percent=None) | Q(percent__lte=100)
            ),
            models.CheckConstraint(
                name="taskprogress_two_pairs_of_eyes",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("submitted_by")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["month", "org_unit"], name="taskprogress_month_unit"),
            models.Index(fields=["status"], name="taskprogress_waiting", condition=Q(status="submitted")),
        ]

    def __str__(self) -> str:
        return f"{self.task.code} {self.org_unit.name} {self.month:%Y-%m}"

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE


class TaskEvidenceQuerySet(ScopedQuerySet):
    scope_path = "progress__org_unit"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), meta={"ordering": ["-pgh_id"]})
class TaskEvidence(models.Model):
    """A file that proves a unit's progress (佐证材料); its content is kept encrypted, like an uploaded workbook."""

    progress = models.ForeignKey(TaskProgress, on_delete=models.PROTECT, related_name="evidence")
    filename = models.CharField("文件名", max_length=200)
    kind = models.CharField("类型", max_length=8)
    file = models.ForeignKey(ImportFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, verbose_name="上传人", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)

    objects = TaskEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "佐证材料"
        verbose_name_plural = "佐证材料"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.filename


class EvaluationRoundQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(plan__in=Plan.objects.visible_to(user))


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class EvaluationRound(models.Model):
    """A check of all tasks of a plan (半年检查、中期评估、终期评估)."""

    class Kind(models.TextChoices):
        HALF_YEAR = "half_year", "半年检查"
        MIDTERM = "midterm", "中期评估"
        FINAL = "final", "终期评估"

    plan = models.ForeignKey(Plan, verbose_name="规划", on_delete=models.PROTECT, related_name="rounds")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    month = models.DateField("截至月份", help_text="当月第一天；半年检查为 6 月或 12 月")
    note = models.CharField("说明", max_length=300, blank=True)
    opened_by = models.ForeignKey(User, verbose_name="发起人", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("发起时间", default=timezone.now)
    closed_by = models.ForeignKey(
        User, verbose_name="办结人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = EvaluationRoundQuerySet.as_manager()

    class Meta:
        verbose_name = "检查评估"
        verbose_name_plural = "检查评估"
        ordering = ("-month", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "kind", "month"], name="evaluationround_once_per_month"),
            models.CheckConstraint(
                name="evaluationround_half_year_in_june_or_december",
                condition=~Q(kind="half_year") | Q(month__month__in=(6, 12)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月{self.get_kind_display()}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class RoundItem(models.Model):
    """What a unit is scored for in a round: one task, its own score and the checked one, of 100 points each."""

    round = models.ForeignKey(EvaluationRound, on_delete=models.CASCADE, related_name="items")
    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="round_items")
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="单位", on_delete=models.PROTECT, related_name="round_items"
    )
    self_score = models.DecimalField("自评分", max_digits=4, decimal_places=1, null=True, blank=True)
    self_note = models.CharField("自评说明", max_length=300, blank=True)
    self_by = models.ForeignKey(
        User, verbose_name="自评人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    score = models.DecimalField("核定分", max_digits=4, decimal_places=1, null=True, blank=True)
    opinion = models.CharField("评估意见", max_length=300, blank=True)
    checked_by = models.ForeignKey(
        User, verbose_name="核定人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "评估项"
        verbose_name_plural = "评估项"
        ordering = ("org_unit__code", "task__number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "task", "org_unit"], name="rounditem_once"),
            models.CheckConstraint(
                name="rounditem_scores",
                condition=(Q(self_score=None) | Q(self_score__range=(0, 100)))
                & (Q(score=None) | Q(score__range=(0, 100))),
            ),
            models.CheckConstraint(
                name="rounditem_two_pairs_of_eyes",
                condition=Q(checked_by=None) | ~Q(checked_by=F("self_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.org_unit_id}"


class TaskBulletinQuerySet(ScopedQuerySet):
    def visible_to(self, user: User) -> Self:
        """A bulletin is made known: the units below read it as well."""
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        codes = [code for code in user.org_unit.path.split("/") if code]
        return self.filter(Q(org_unit__path__startswith=user.org_unit.path) | Q(org_unit__code__in=codes))


class TaskBulletin(models.Model):
    """The standings of a month as they were made known (通报): kept as issued, never changed."""

    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="印发单位", on_delete=models.PROTECT, related_name="task_bulletins"
    )
    month = models.DateField("月份")
    lines = models.JSONField(
        "名次", help_text="[{rank, is_tied, unit, code, owed, on_time, late, missing, …}]"
    )
    text = models.CharField("通报说明", max_length=1000, blank=True)
    issued_by = models.ForeignKey(User, verbose_name="印发人", on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("印发时间", default=timezone.now)

    objects = TaskBulletinQuerySet.as_manager()

    class Meta:
        verbose_name = "任务通报"
        verbose_name_plural = "任务通报"
        ordering = ("-month",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org_unit", "month"], name="taskbulletin_one_per_month")
        ]

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月重点任务通报"
