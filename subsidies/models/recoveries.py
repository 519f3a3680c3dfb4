"""Recoveries (追缴): money paid that was not owed, and how each claim was settled."""

from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from eldercare.models import User
from eldercare.scoping import ScopedQuerySet
from facilities.models.facilities import track
from subsidies.models.enrolments import Enrolment
from subsidies.models.payments import Batch, PaymentLine


class RecoveryQuerySet(ScopedQuerySet):
    scope_path = "enrolment__org_unit"

    def outstanding(self) -> Self:
        return self.filter(amount__gt=F("repaid") + F("offset") + F("written_off"))


@track
class Recovery(models.Model):
    """Money paid that was not owed (追缴): which months, how much, and how it was settled."""

    class State(models.TextChoices):
        DUE = "due", "应追"
        REPAID = "repaid", "已追回"
        OFFSET = "offset", "已抵扣"
        WRITTEN_OFF = "written_off", "已核销"
        MIXED = "mixed", "已结清"

    batch = models.ForeignKey(
        Batch, verbose_name="发现批次", on_delete=models.PROTECT, related_name="recoveries"
    )
    enrolment = models.ForeignKey(
        Enrolment, verbose_name="享受资格", on_delete=models.PROTECT, related_name="recoveries"
    )
    from_month = models.DateField("起始月")
    to_month = models.DateField("终止月")
    months = models.PositiveSmallIntegerField("月数")
    amount = models.DecimalField("应追金额(元)", max_digits=14, decimal_places=2)
    repaid = models.DecimalField("已追回(元)", max_digits=14, decimal_places=2, default=Decimal(0))
    offset = models.DecimalField("已抵扣(元)", max_digits=14, decimal_places=2, default=Decimal(0))
    written_off = models.DecimalField("已核销(元)", max_digits=14, decimal_places=2, default=Decimal(0))
    reason = models.CharField("原因", max_length=200, blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = "追缴"
        verbose_name_plural = "追缴"
        ordering = ("-batch__month", "enrolment")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "enrolment"], name="recovery_once"),
            models.CheckConstraint(name="recovery_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="recovery_not_overpaid",
                condition=Q(amount__gte=F("repaid") + F("offset") + F("written_off")),
                violation_error_message="追回、抵扣、核销之和不能超过应追金额。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.amount}"

    @property
    def outstanding(self) -> Decimal:
        return self.amount - self.repaid - self.offset - self.written_off

    @property
    def state(self) -> "Recovery.State":
        if self.outstanding:
            return self.State.DUE
        ways = {
            self.State.REPAID: self.repaid,
            self.State.OFFSET: self.offset,
            self.State.WRITTEN_OFF: self.written_off,
        }
        used = [state for state, amount in ways.items() if amount]
        return used[0] if len(used) == 1 else self.State.MIXED


class RecoveryEntry(models.Model):
    """One settlement of a recovery (追缴入账): repaid, written off, or offset in a batch. Only ever added."""

    class Kind(models.TextChoices):
        REPAID = "repaid", "追回"
        OFFSET = "offset", "抵扣"
        WRITTEN_OFF = "written_off", "核销"
        OFFSET_UNDONE = "not_offset", "抵扣退回"  # the payment it was taken from failed

    recovery = models.ForeignKey(
        Recovery, verbose_name="追缴", on_delete=models.CASCADE, related_name="entries"
    )
    kind = models.CharField("方式", max_length=12, choices=Kind.choices)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    on = models.DateField("日期")
    note = models.CharField("依据", max_length=200, blank=True)
    line = models.OneToOneField(
        PaymentLine,
        verbose_name="抵扣明细",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    by = models.ForeignKey(User, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "追缴入账"
        verbose_name_plural = "追缴入账"
        ordering = ("on", "id")
        constraints: ClassVar = [
            models.CheckConstraint(name="recoveryentry_amount", condition=Q(amount__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
