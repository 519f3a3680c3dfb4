"""Key tasks (重点任务) of a plan: what is to be done, by whom and until when."""

import datetime as dt
from typing import ClassVar, Self

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from eldercare.models import OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from indicators.models.metrics import Metric
from indicators.models.plans import Indicator, Plan


class TaskState(models.TextChoices):
    """How a task stands; a unit says it of its own part, the portal works it out for the whole."""

    NOT_STARTED = "not_started", "未启动"
    ON_COURSE = "on_course", "正常推进"
    BEHIND = "behind", "进度滞后"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class TaskQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The list of tasks is part of a published document: whoever sees the plan sees its tasks."""
        return self.filter(plan__in=Plan.objects.visible_to(user))


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class Task(models.Model):
    """One task of a plan, as the document prints it, and what the county has added.

    ``deadline`` is NULL where the document names none; the end of the plan is then taken, and shown as inferred.
    ``state_set`` is empty while the portal works the state out; otherwise a person has decided it, with a reason.
    """

    class Recurrence(models.TextChoices):
        NONE = "", "一次"
        MONTH = "month", "每月"
        HALF_YEAR = "half_year", "每半年"
        YEAR = "year", "每年"

    plan = models.ForeignKey(Plan, verbose_name="规划", on_delete=models.PROTECT, related_name="tasks")
    code = models.SlugField("编号", max_length=30, unique=True)
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("任务名称", max_length=120)
    section = models.CharField("出处", max_length=60, blank=True)
    quote = models.TextField("原文", blank=True)
    actions = models.JSONField("主要举措", default=list, blank=True)
    chair = models.CharField("牵头领导", max_length=60, blank=True)
    starts_on = models.DateField("起始", null=True, blank=True)
    deadline = models.DateField("完成时限", null=True, blank=True)
    deadline_basis = models.CharField("时限依据", max_length=200, blank=True)
    stage = models.CharField("阶段", max_length=60, blank=True)
    recurrence = models.CharField(
        "周期", max_length=10, choices=Recurrence.choices, default=Recurrence.NONE, blank=True
    )
    recurrence_note = models.CharField("周期说明", max_length=100, blank=True)
    is_soft = models.BooleanField("软性任务", default=False, help_text="探索、鼓励、争创等，不列入督办")
    lead_candidates = models.JSONField("牵头单位候选", default=list, blank=True)
    lead_basis = models.CharField("牵头单位依据", max_length=200, blank=True)
    responsible_note = models.CharField("责任单位说明", max_length=200, blank=True)
    indicators = models.ManyToManyField(Indicator, verbose_name="挂钩指标", related_name="tasks", blank=True)
    metric = models.ForeignKey(
        Metric, verbose_name="挂钩基础指标", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    quantity_target = models.DecimalField(
        "数量目标",
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="与挂钩的基础指标同一计量单位",
    )
    state_set = models.CharField(
        "人工认定状态", max_length=12, choices=TaskState.choices, default="", blank=True
    )
    state_reason = models.CharField("认定理由", max_length=200, blank=True)
    state_set_by = models.ForeignKey(
        User, verbose_name="认定人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state_set_at = models.DateTimeField("认定时间", null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "重点任务"
        verbose_name_plural = "重点任务"
        ordering = ("plan", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="task_number_unique_in_plan"),
            models.CheckConstraint(
                name="task_state_has_a_reason", condition=Q(state_set="") | ~Q(state_reason="")
            ),
            models.CheckConstraint(
                name="task_quantity_has_a_metric",
                condition=Q(quantity_target=None) | Q(metric__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def due_on(self) -> dt.date:
        return self.deadline or self.plan.ends_on

    @property
    def begins_on(self) -> dt.date:
        return self.starts_on or self.plan.starts_on


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta={"ordering": ["-pgh_id"]}
)
class TaskUnit(models.Model):
    """Who leads or shares a task (牵头、责任单位), as printed, and which unit of the county that is.

    One printed name may stand for several units (各乡镇街道): a row for each. A name that is no unit of the portal
    has none. What the portal or its makers inferred counts as a proposal until a person has confirmed it.
    """

    class Role(models.TextChoices):
        LEAD = "lead", "牵头单位"
        RESPONSIBLE = "responsible", "责任单位"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="units")
    role = models.CharField("分工", max_length=12, choices=Role.choices)
    printed = models.CharField("原文名称", max_length=60, blank=True, help_text="空为文件没有写")
    org_unit = models.ForeignKey(
        OrgUnit,
        verbose_name="单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="task_roles",
    )
    is_inferred = models.BooleanField("推定", default=False)
    confirmed_by = models.ForeignKey(
        User, verbose_name="确认人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "任务单位"
        verbose_name_plural = "任务单位"
        ordering = ("role", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task", "role", "org_unit"],
                name="taskunit_once_per_role",
                condition=Q(org_unit__isnull=False),
            ),
            models.CheckConstraint(
                name="taskunit_is_named", condition=~Q(printed="") | Q(org_unit__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.org_unit.name if self.org_unit else self.printed

    @property
    def is_open(self) -> bool:
        """Inferred, and nobody has confirmed it."""
        return self.is_inferred and self.confirmed_at is None


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta={"ordering": ["-pgh_id"]}
)
class TaskMilestone(models.Model):
    """A part of a task with a deadline of its own (分项期限)."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="milestones")
    due_on = models.DateField("期限")
    what = models.CharField("内容", max_length=120)
    done_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        verbose_name = "分项期限"
        verbose_name_plural = "分项期限"
        ordering = ("due_on", "id")

    def __str__(self) -> str:
        return f"{self.due_on:%Y-%m-%d} {self.what}"


class SupervisionQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.exclude(status=Supervision.Status.CLOSED)

    def unanswered(self) -> Self:
        return self.filter(status=Supervision.Status.ISSUED)


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class Supervision(models.Model):
    """A late task put to a unit for answer (督办)."""

    class Status(models.TextChoices):
        ISSUED = "issued", "待回复"
        REPLIED = "replied", "已回复"
        CLOSED = "closed", "已销号"

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="supervisions")
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="被督办单位", on_delete=models.PROTECT, related_name="supervisions"
    )
    year = models.PositiveSmallIntegerField("年份")
    serial = models.PositiveSmallIntegerField("编号")
    demand = models.CharField("督办要求", max_length=500)
    reply_due_on = models.DateField("回复期限")
    issued_by = models.ForeignKey(User, verbose_name="下发人", on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("下发时间", default=timezone.now)
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.ISSUED)
    closed_by = models.ForeignKey(
        User, verbose_name="销号人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField("销号时间", null=True, blank=True)
    closing_note = models.CharField("销号意见", max_length=300, blank=True)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        verbose_name = "督办"
        verbose_name_plural = "督办"
        ordering = ("-year", "-serial")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "year", "serial"], name="supervision_number"),
            models.UniqueConstraint(
                fields=["task", "org_unit"],
                name="supervision_one_open_per_unit",
                condition=~Q(status="closed"),
            ),
        ]

    def __str__(self) -> str:
        return f"督办〔{self.year}〕{self.serial}号"


class SupervisionReply(models.Model):
    """What the unit answers (回复)."""

    supervision = models.ForeignKey(Supervision, on_delete=models.CASCADE, related_name="replies")
    text = models.CharField("回复", max_length=1000)
    by = models.ForeignKey(User, verbose_name="回复人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("回复时间", default=timezone.now)

    class Meta:
        verbose_name = "督办回复"
        verbose_name_plural = "督办回复"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text[:40]
