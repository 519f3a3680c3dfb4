"""What goes on between a payment batch and the bank: jobs of the worker, money that came back after success."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from eldercare.models import ImportFile, User
from subsidies.models.payments import Batch
from subsidies.models.programmes import scoped_upwards


class BankJob(models.Model):
    """Work of minutes for a batch that a worker does (银行表、回盘任务): asked for by a person, its outcome kept."""

    class Kind(models.TextChoices):
        SHEET = "sheet", "生成银行表"
        MATCH = "match", "登记回盘"

    class State(models.TextChoices):
        WAITING = "waiting", "正在处理"
        DONE = "done", "已办完"
        FAILED = "failed", "没有办成"

    batch = models.ForeignKey(Batch, verbose_name="批次", on_delete=models.PROTECT, related_name="bank_jobs")
    kind = models.CharField("事项", max_length=5, choices=Kind.choices)
    state = models.CharField("状态", max_length=7, choices=State.choices, default=State.WAITING)
    file = models.ForeignKey(
        ImportFile,
        verbose_name="回盘文件",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="原样，加密",
    )
    filename = models.CharField("文件名", max_length=120, blank=True)
    only_agreeing = models.BooleanField("只登记相符的行", default=False)
    created_by = models.ForeignKey(User, verbose_name="提出人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("提出时间", auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveIntegerField("已读行数", default=0)
    finished_at = models.DateTimeField("办完时间", null=True, blank=True)
    error = models.CharField("没有办成的原因", max_length=300, blank=True)
    outcome = models.JSONField("结果", default=dict, blank=True, help_text="人数、金额、不符的行，不含账号")

    objects = scoped_upwards("batch__programme__org_unit").as_manager()

    class Meta:
        verbose_name = "银行事项"
        verbose_name_plural = "银行事项"
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch"],
                name="bankjob_one_at_a_time",
                condition=Q(state="waiting"),
                violation_error_message="这一批还有一项没有处理完。",
            ),
            models.CheckConstraint(
                name="bankjob_match_has_file",
                condition=Q(kind="sheet", file=None) | Q(kind="match", file__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.get_kind_display()}"


class Bounce(models.Model):
    """A payment that the bank sent back after success (退汇): registered by one person, confirmed by another.

    Until it is confirmed the payment counts as paid.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待确认"
        CONFIRMED = "confirmed", "已确认"
        REFUSED = "refused", "未确认"

    batch = models.ForeignKey(Batch, verbose_name="批次", on_delete=models.PROTECT, related_name="bounces")
    serial = models.PositiveIntegerField("银行表序号")
    name = models.CharField("收款人", max_length=80)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    on = models.DateField("退回日期")
    reason = models.CharField("退回原因", max_length=80)
    state = models.CharField("状态", max_length=9, choices=State.choices, default=State.WAITING)
    registered_by = models.ForeignKey(User, verbose_name="登记人", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField("登记时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        User, verbose_name="确认人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    note = models.CharField("意见", max_length=200, blank=True)

    objects = scoped_upwards("batch__programme__org_unit").as_manager()

    class Meta:
        verbose_name = "退汇"
        verbose_name_plural = "退汇"
        ordering = ("batch", "serial", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "serial"],
                name="bounce_once",
                condition=~Q(state="refused"),
                violation_error_message="这个序号已登记过退汇。",
            ),
            models.CheckConstraint(
                name="bounce_two_people",
                condition=Q(decided_by=None) | ~Q(decided_by=F("registered_by")),
                violation_error_message="登记的人不能确认。",
            ),
            models.CheckConstraint(
                name="bounce_decided_by_somebody",
                condition=Q(state="waiting", decided_by=None)
                | (~Q(state="waiting") & Q(decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}序号 {self.serial} 退汇"
