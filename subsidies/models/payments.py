"""Payment batches (发放批次): what each person gets for which month and why, and what became of the money."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from eldercare.encryption import EncryptedField
from eldercare.models import ImportFile, OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from facilities.models.facilities import track
from subsidies.models.elders import Elder, Payee
from subsidies.models.enrolments import Enrolment
from subsidies.models.programmes import Band, Programme, RuleVersion, scoped_upwards


class Batch(models.Model):
    """The payment of one programme in one month (发放批次); a further one of the month pays what failed.

    One batch of a programme is open at a time. What a batch pays is decided when it is approved; exported, it is
    frozen.
    """

    class State(models.TextChoices):
        MAKING = "making", "正在生成"
        CHECKING = "checking", "待核对"
        SUBMITTED = "submitted", "待审批"
        APPROVED = "approved", "待导出"
        SENT = "sent", "已送银行"
        RECONCILED = "reconciled", "已对账"
        CANCELLED = "cancelled", "已作废"

    OPEN: ClassVar = (State.MAKING, State.CHECKING, State.SUBMITTED)
    SETTLED: ClassVar = (State.APPROVED, State.SENT, State.RECONCILED)

    programme = models.ForeignKey(
        Programme, verbose_name="补贴项目", on_delete=models.PROTECT, related_name="batches"
    )
    month = models.DateField("月份", help_text="当月第一天")
    sequence = models.PositiveSmallIntegerField("批号", default=1, help_text="1 为当月批次，其后为补发批次")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.MAKING)
    is_full_check = models.BooleanField(
        "全面复核", default=False, help_text="以前各月对所有人重算，而不只是资料有变动的人"
    )
    requested_at = models.DateTimeField("提出时间", auto_now_add=True)
    made_at = models.DateTimeField("生成时间", null=True, blank=True)
    facts_seen_at = models.DateTimeField(
        "资料截至", null=True, blank=True, help_text="生成时读到的资料；以后的变动进下一批"
    )
    error = models.CharField("未能生成", max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey(User, verbose_name="编制人", on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(
        User, verbose_name="送审人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True)
    approved_by = models.ForeignKey(
        User, verbose_name="审批人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField("审批时间", null=True, blank=True)
    sent_by = models.ForeignKey(
        User, verbose_name="导出人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField("导出时间", null=True, blank=True)
    sheet_checksum = models.CharField("银行表校验和", max_length=64, blank=True, editable=False)
    sheet = models.ForeignKey(
        ImportFile,
        verbose_name="银行表",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="导出时的原样，加密；再次导出就是它",
    )
    reconciled_at = models.DateTimeField("对账时间", null=True, blank=True)
    return_note = models.CharField("退回意见", max_length=300, blank=True)

    objects = scoped_upwards("programme__org_unit").as_manager()

    class Meta:
        verbose_name = "发放批次"
        verbose_name_plural = "发放批次"
        ordering = ("-month", "programme", "-sequence")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "month", "sequence"],
                name="batch_once",
                violation_error_message="该项目当月已有这一批。",
            ),
            models.UniqueConstraint(
                fields=["programme"],
                name="batch_one_open",
                condition=Q(state__in=("making", "checking", "submitted")),
                violation_error_message="该项目还有一批没有审批完，请先办完。",
            ),
            models.CheckConstraint(name="batch_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="batch_two_people",
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("made_by")) & ~Q(approved_by=F("submitted_by"))),
                violation_error_message="编制、送审的人不能审批。",
            ),
        ]

    def __str__(self) -> str:
        extra = f"（补发第{self.sequence - 1}批）" if self.sequence > 1 else ""
        return f"{self.programme} {self.month.year}年{self.month.month}月{extra}"


class PaymentLineQuerySet(ScopedQuerySet):
    def live(self) -> Self:
        """Lines that stand for money owed and decided: not held, dropped or failed."""
        return self.exclude(state__in=PaymentLine.DEAD)

    def money(self) -> Self:
        """Lines that move money in their batch: a recovery is a claim, not a payment."""
        return self.exclude(kind=PaymentLine.Kind.RECOVERY)


class PaymentLine(models.Model):
    """What one person gets in a batch for one month (发放明细); see docs/payment-rules.md for the kinds.

    Per person and month covered, regular + back pay + supplement + recovery of the live lines is the entitlement.
    """

    class Kind(models.TextChoices):
        REGULAR = "regular", "当月应发"
        BACK_PAY = "back_pay", "补发"
        SUPPLEMENT = "supplement", "失败(暂缓)补发"
        RECOVERY = "recovery", "多发追缴"
        OFFSET = "offset", "抵扣追缴"

    class State(models.TextChoices):
        PLANNED = "planned", "待发"
        HELD = "held", "暂缓"
        DROPPED = "dropped", "不发"
        SENT = "sent", "已送银行"
        PAID = "paid", "已发"
        FAILED = "failed", "发放失败"

    DEAD: ClassVar = (State.HELD, State.DROPPED, State.FAILED)

    batch = models.ForeignKey(Batch, verbose_name="批次", on_delete=models.PROTECT, related_name="lines")
    enrolment = models.ForeignKey(
        Enrolment, verbose_name="享受资格", on_delete=models.PROTECT, related_name="lines"
    )
    elder = models.ForeignKey(
        Elder, verbose_name="老年人", null=True, blank=True, on_delete=models.PROTECT, related_name="lines"
    )
    org_unit = models.ForeignKey(OrgUnit, verbose_name="镇(街道)", on_delete=models.PROTECT, related_name="+")
    month = models.DateField("批次月份")
    for_month = models.DateField("所属月份", help_text="这笔钱是哪个月的")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.PLANNED)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    version = models.ForeignKey(
        RuleVersion,
        verbose_name="政策版本",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    band = models.ForeignKey(
        Band, verbose_name="档次", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    facts = models.JSONField("当时的情况", default=dict, help_text="规则用到的值；以及让位项目、未享受的原因")
    recovery = models.ForeignKey(
        "Recovery", verbose_name="追缴", null=True, blank=True, on_delete=models.PROTECT, related_name="lines"
    )
    payee_name = models.CharField("收款人", max_length=80, blank=True)
    payee_bank = models.CharField("开户银行", max_length=80, blank=True)
    payee_account = EncryptedField(
        "银行账号", max_length=40, mask="card", blank=True, context="subsidies.Payee.account"
    )
    serial = models.PositiveIntegerField("序号", null=True, blank=True, help_text="银行表上的行")
    failure = models.CharField("失败原因", max_length=100, blank=True)
    settled_on = models.DateField("入账(退回)日期", null=True, blank=True)

    objects = PaymentLineQuerySet.as_manager()

    class Meta:
        verbose_name = "发放明细"
        verbose_name_plural = "发放明细"
        ordering = ("org_unit", "enrolment", "for_month")
        constraints: ClassVar = [
            # Of a batch, not of its month: late news may add to the same back payment in a further batch of the month.
            models.UniqueConstraint(
                fields=["batch", "enrolment", "for_month", "kind"],
                name="line_once",
                condition=~Q(state__in=("held", "dropped", "failed")) & ~Q(kind="offset"),
            ),
            models.UniqueConstraint(
                fields=["batch", "recovery"],
                name="line_one_offset",
                condition=Q(kind="offset") & ~Q(state__in=("held", "dropped", "failed")),
            ),
            models.UniqueConstraint(
                fields=["enrolment", "for_month"],
                name="line_one_regular",
                condition=Q(kind="regular") & ~Q(state__in=("held", "dropped", "failed")),
            ),
            models.CheckConstraint(
                name="line_sign",
                condition=Q(kind__in=("recovery", "offset"), amount__lt=0)
                | Q(kind__in=("regular", "back_pay", "supplement"), amount__gt=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch", "org_unit"], name="line_batch_unit"),
            models.Index(fields=["elder", "month"], name="line_elder"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.for_month:%Y-%m} {self.amount}"


class FindingQuerySet(ScopedQuerySet):
    scope_path = "enrolment__org_unit"


class Finding(models.Model):
    """Something that a person must decide before a batch is approved (发放前核对)."""

    class Kind(models.TextChoices):
        ON_DEATH_LIST = "on_death_list", "在死亡名单中"
        ON_OTHER_LIST = "on_other_list", "在其他比对名单中"
        DIED = "died", "已登记死亡"
        MOVED_OUT = "moved_out", "户籍已迁出"
        DOUBLE_PERSON = "double_person", "疑似同一人重复享受"
        CONFLICT = "conflict", "项目冲突"
        NOT_CERTIFIED = "not_certified", "认证逾期"
        NO_ACCOUNT = "no_account", "没有收款账户"
        SHARED_ACCOUNT = "shared_account", "账户与他人相同"
        NO_ID_NUMBER = "no_id_number", "没有证件号码"
        AGE_MISMATCH = "age_mismatch", "年龄与证件不符"
        ASSESSMENT_EXPIRED = "assessment_expired", "能力评估过期"
        OUTLIER = "outlier", "金额异常"

    class Decision(models.TextChoices):
        PAY = "pay", "照发"
        HOLD = "hold", "暂缓"
        END = "end", "停发"

    batch = models.ForeignKey(Batch, verbose_name="批次", on_delete=models.CASCADE, related_name="findings")
    enrolment = models.ForeignKey(
        Enrolment, verbose_name="享受资格", on_delete=models.PROTECT, related_name="findings"
    )
    kind = models.CharField("问题", max_length=20, choices=Kind.choices)
    detail = models.CharField("说明", max_length=300, blank=True, help_text="不写证件、账户号码")
    decision = models.CharField("处理", max_length=5, choices=Decision.choices, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    end_reason = models.CharField(
        "停发原因", max_length=15, choices=Enrolment.EndReason.choices, blank=True, help_text="审批后写入资格"
    )
    decided_by = models.ForeignKey(
        User, verbose_name="处理人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "核对问题"
        verbose_name_plural = "核对问题"
        ordering = ("kind", "enrolment")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "enrolment", "kind"], name="finding_once"),
            models.CheckConstraint(
                name="finding_decision_has_reason",
                condition=Q(decision="") | ~Q(reason=""),
                violation_error_message="请写明理由。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@track
class ListedPerson(models.Model):
    """A row of a list that other offices send for comparison (比对名单): deaths, prison, other benefits."""

    class Kind(models.TextChoices):
        DEATH = "death", "死亡(殡葬、公安、卫健)"
        MOVED_OUT = "moved_out", "户籍迁出"
        IMPRISONED = "imprisoned", "服刑"
        OTHER_COUNTY = "other_county", "外县已享受"
        OTHER = "other", "其他"

    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="县(市、区)", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField("名单", max_length=15, choices=Kind.choices)
    # Under the same context as an elder's own number, so that the stored values can be joined.
    id_number = EncryptedField("证件号码", max_length=30, mask="id", context="subsidies.Elder.id_number")
    name = models.CharField("姓名", max_length=40, blank=True)
    happened_on = models.DateField("发生日期", null=True, blank=True)
    source = models.CharField("来源", max_length=80, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "比对名单"
        verbose_name_plural = "比对名单"
        ordering = ("-happened_on", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org_unit", "kind", "id_number"], name="listedperson_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


@track
class ReturnRow(models.Model):
    """A row of the bank's return file (回盘): paid or failed, with the bank's reason."""

    class Result(models.TextChoices):
        PAID = "paid", "成功"
        FAILED = "failed", "失败"

    batch = models.ForeignKey(Batch, verbose_name="批次", on_delete=models.PROTECT, related_name="returns")
    serial = models.PositiveIntegerField("序号")
    name = models.CharField("收款人", max_length=80)
    account = EncryptedField("银行账号", max_length=40, mask="card", context="subsidies.Payee.account")
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    result = models.CharField("结果", max_length=6, choices=Result.choices)
    reason = models.CharField("失败原因", max_length=100, blank=True)
    settled_on = models.DateField("入账(退回)日期", null=True, blank=True)

    objects = scoped_upwards("batch__programme__org_unit").as_manager()

    class Meta:
        verbose_name = "回盘"
        verbose_name_plural = "回盘"
        ordering = ("batch", "serial")
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "serial"], name="returnrow_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.serial} {self.get_result_display()}"


__all__ = [
    "Batch",
    "Finding",
    "ListedPerson",
    "Payee",
    "PaymentLine",
    "ReturnRow",
]
