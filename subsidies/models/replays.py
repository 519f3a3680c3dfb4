"""A change of rules tried on past months before it is saved (新旧对比): what was asked, what came out, whom it moves."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from eldercare.models import OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from subsidies.models.enrolments import Enrolment
from subsidies.models.programmes import Programme, scoped_upwards


class RuleReplay(models.Model):
    """The last months worked out by the stored rules and by a draft, beside each other.

    The row is the job: a worker fills it. What is saved in the end is typed once more from ``typed``, through the
    same form; the digest tells that it is what was shown, on the data that it was shown for.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "正在计算"
        DONE = "done", "已算好"
        FAILED = "failed", "未能算出"

    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="县(市、区)", on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        Programme, verbose_name="补贴项目", on_delete=models.CASCADE, related_name="replays"
    )
    what = models.CharField("改动", max_length=160)
    address = models.CharField("表单地址", max_length=200, help_text="确认后把填写的内容交到这里")
    typed = models.TextField("填写的内容", blank=True, help_text="原样，用来保存或返回修改")
    draft = models.JSONField("改动内容", encoder=DjangoJSONEncoder)
    months = ArrayField(models.DateField(), verbose_name="月份", default=list)
    is_as_if = models.BooleanField("假设以前各月都按新规定", default=False)
    digest = models.CharField("校验和", max_length=64)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField("已算月数", default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField("未能算出的原因", max_length=300, blank=True)
    figures = models.JSONField("各月结果", default=list, encoder=DjangoJSONEncoder)
    rules = models.JSONField("所用版本", default=dict, encoder=DjangoJSONEncoder)
    requested_by = models.ForeignKey(User, verbose_name="提出人", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField("提出时间", auto_now_add=True)
    finished_at = models.DateTimeField("算好时间", null=True, blank=True)
    saved_at = models.DateTimeField("据此保存时间", null=True, blank=True)

    objects = scoped_upwards("org_unit").as_manager()

    class Meta:
        verbose_name = "规则新旧对比"
        verbose_name_plural = "规则新旧对比"
        ordering = ("-requested_at", "-id")
        indexes: ClassVar = [models.Index(fields=["requested_at"], name="rulereplay_requested")]

    def __str__(self) -> str:
        return f"{self.what}（新旧对比）"

    @property
    def last_month(self) -> dt.date:
        return self.months[-1]


class ReplayLineQuerySet(ScopedQuerySet):
    scope_path = "org_unit"


class ReplayLine(models.Model):
    """One person in one month who gets another amount. The rows of a replay are thrown away with it."""

    class Change(models.TextChoices):
        GAIN = "gain", "增加"
        LOSE = "lose", "减少"
        APPEAR = "appear", "新享受"
        FALL_OUT = "fall_out", "不再享受"

    replay = models.ForeignKey(
        RuleReplay, verbose_name="新旧对比", on_delete=models.CASCADE, related_name="lines"
    )
    programme = models.ForeignKey(
        Programme, verbose_name="补贴项目", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    month = models.DateField("月份")
    enrolment = models.ForeignKey(
        Enrolment, verbose_name="享受资格", on_delete=models.CASCADE, related_name="+"
    )
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="镇(街道)", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    change = models.CharField("变化", max_length=8, choices=Change.choices)
    old_amount = models.DecimalField("原金额(元)", max_digits=14, decimal_places=2)
    new_amount = models.DecimalField("新金额(元)", max_digits=14, decimal_places=2)
    old_version = models.BigIntegerField(null=True)
    new_version = models.BigIntegerField(null=True, help_text="小于 0 为还没有保存的版本")
    old_band = models.CharField("原档次", max_length=60, blank=True)
    new_band = models.CharField("新档次", max_length=60, blank=True)
    old_why = models.CharField(max_length=15, blank=True)
    new_why = models.CharField(max_length=15, blank=True)
    old_facts = models.JSONField(default=dict)
    new_facts = models.JSONField(default=dict)

    objects = ReplayLineQuerySet.as_manager()

    class Meta:
        verbose_name = "新旧对比明细"
        verbose_name_plural = "新旧对比明细"
        ordering = ("org_unit", "enrolment", "month")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["replay", "programme", "month", "enrolment"], name="replayline_once"
            ),
            models.CheckConstraint(name="replayline_moves", condition=~Q(old_amount=models.F("new_amount"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_change_display()} {self.month:%Y-%m}"
