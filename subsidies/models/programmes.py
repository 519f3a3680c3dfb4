"""Subsidy programmes (补贴项目) and their rules, as data: a new document of the county needs no release."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from eldercare.models import OrgUnit, User
from facilities.models.facilities import track


def scoped_upwards(path: str) -> type[models.QuerySet]:
    """Rows of a county that every unit in it may read: programmes and their parts."""

    class CountyWideQuerySet(models.QuerySet):
        def visible_to(self, user: User) -> Self:
            if not user.is_authenticated or user.org_unit_id is None:
                return self.none()
            # A path is "/330424/330424001/": those of the units above are its beginnings.
            parts = user.org_unit.path.strip("/").split("/")
            above = ["/" + "/".join(parts[:count]) + "/" for count in range(1, len(parts) + 1)]
            return self.filter(
                Q(**{f"{path}__path__in": above}) | Q(**{f"{path}__path__startswith": user.org_unit.path})
            )

    return CountyWideQuerySet


@track
class Programme(models.Model):
    """A subsidy (补贴项目). What is paid, to whom and when stands in its rule versions."""

    class Kind(models.TextChoices):
        SERVICE_SUBSIDY = "service_subsidy", "养老服务补贴"
        OLD_AGE = "old_age", "高龄津贴"
        CENTENARIAN = "centenarian", "百岁老人长寿保健金"
        DISABILITY_CARE = "disability_care", "失能护理补贴"
        DESTITUTE_CARE = "destitute_care", "特困照料护理"
        ACCIDENT_INSURANCE = "accident_insurance", "老年人意外伤害保险"
        POST_ALLOWANCE = "post_allowance", "护理员岗位津贴"
        ENTRY_AWARD = "entry_award", "入职奖补"
        CONSTRUCTION = "construction", "机构建设补贴"
        OPERATION = "operation", "机构运营补贴"
        ADAPTATION = "adaptation", "适老化改造补贴"
        OTHER = "other", "其他"

    class Beneficiary(models.TextChoices):
        ELDER = "elder", "老年人"
        POST = "post", "从业人员(任职)"
        FACILITY = "facility", "机构(设施)"

    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="县(市、区)", on_delete=models.PROTECT, related_name="programmes"
    )
    code = models.SlugField("代码", max_length=30, help_text="命令行和接口用，如 old-age")
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("种类", max_length=20, choices=Kind.choices)
    beneficiary = models.CharField(
        "发放对象", max_length=10, choices=Beneficiary.choices, default=Beneficiary.ELDER
    )
    starts_on = models.DateField("政策起始月", help_text="当月第一天；以前的月份不发")
    ends_on = models.DateField("政策终止月", null=True, blank=True, help_text="当月第一天；当月仍发")
    portal_from = models.DateField(
        "本系统发放起始月", help_text="当月第一天；以前的月份在别处发放，不再补发或追缴"
    )
    notice_days = models.PositiveSmallIntegerField("公示工作日数", default=5)
    offsets_recoveries = models.BooleanField("追缴款从以后月份抵扣", default=False)
    outlier_factor = models.DecimalField(
        "金额异常倍数",
        max_digits=5,
        decimal_places=1,
        default=Decimal(3),
        help_text="一次应发超过本人上次或全批中位数的多少倍时提示",
    )
    is_example = models.BooleanField("示例标准", default=False, help_text="演示用，须按本县文件改过才能发放")
    note = models.CharField("说明", max_length=300, blank=True)

    objects = scoped_upwards("org_unit").as_manager()

    class Meta:
        verbose_name = "补贴项目"
        verbose_name_plural = "补贴项目"
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org_unit", "code"],
                name="programme_one_code",
                violation_error_message="本县已有这个代码的项目。",
            ),
            models.CheckConstraint(
                name="programme_months",
                condition=Q(starts_on__day=1, portal_from__day=1) & (Q(ends_on=None) | Q(ends_on__day=1)),
            ),
            models.CheckConstraint(
                name="programme_period",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="终止月不能早于起始月。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track
class RuleVersion(models.Model):
    """The rules of a programme from a month on (政策版本), until the next version; one per document.

    What each rule means exactly: docs/payment-rules.md.
    """

    class Population(models.TextChoices):
        REGISTERED = "registered", "本县户籍"
        RESIDENT = "resident", "本县常住"
        EITHER = "either", "户籍或常住"

    class FactsDay(models.TextChoices):
        """Which day's facts decide about a month (条件按哪天看)."""

        MONTH_END = "month_end", "当月起：按当月月末"
        PREVIOUS_MONTH_END = "previous_month_end", "次月起：按上月月末"

    class Start(models.TextChoices):
        ELIGIBLE = "eligible", "符合条件起"
        APPLICATION = "application", "申请起"
        APPROVAL = "approval", "批准起"

    class BackPay(models.TextChoices):
        NONE = "none", "不补"
        ELIGIBLE = "eligible", "补到符合条件之月"
        THIS_YEAR = "this_year", "只补申请(批准)当年"
        MONTHS = "months", "最多补若干个月"

    class Stop(models.TextChoices):
        """The month of a death or of moving out."""

        PAID = "paid", "当月照发，次月停发"
        UNPAID = "unpaid", "当月停发"
        BY_DAY = "by_day", "当月按天折算"

    class Certification(models.TextChoices):
        NONE = "none", "不认证"
        MONTHLY = "monthly", "每月"
        QUARTERLY = "quarterly", "每季度"
        HALF_YEARLY = "half_yearly", "每半年"
        YEARLY = "yearly", "每年"

    CERTIFICATION_MONTHS: ClassVar = {
        Certification.MONTHLY: 1,
        Certification.QUARTERLY: 3,
        Certification.HALF_YEARLY: 6,
        Certification.YEARLY: 12,
    }

    programme = models.ForeignKey(
        Programme, verbose_name="补贴项目", on_delete=models.PROTECT, related_name="versions"
    )
    effective_from = models.DateField("执行起始月", help_text="当月第一天")
    document_number = models.CharField("文号", max_length=60)
    document_title = models.CharField("文件名称", max_length=120, blank=True)
    population = models.CharField(
        "对象口径", max_length=10, choices=Population.choices, default=Population.REGISTERED
    )
    eligibility = models.CharField(
        "享受条件", max_length=500, help_text="如 age >= 80 and low_income；可用的名称见页面下方"
    )
    facts_day = models.CharField(
        "条件从何时算", max_length=20, choices=FactsDay.choices, default=FactsDay.MONTH_END
    )
    start = models.CharField("起发", max_length=12, choices=Start.choices, default=Start.APPLICATION)
    start_offset = models.PositiveSmallIntegerField(
        "起发月", choices=[(0, "当月"), (1, "次月")], default=0, help_text="申请(批准)当月或次月起发"
    )
    back_pay = models.CharField("补发", max_length=10, choices=BackPay.choices, default=BackPay.NONE)
    back_pay_months = models.PositiveSmallIntegerField("最多补发月数", default=0)
    death = models.CharField("死亡", max_length=8, choices=Stop.choices, default=Stop.PAID)
    moving_out = models.CharField("迁出", max_length=8, choices=Stop.choices, default=Stop.PAID)
    certification = models.CharField(
        "生存认证", max_length=12, choices=Certification.choices, default=Certification.NONE
    )
    resume_months = models.PositiveSmallIntegerField(
        "恢复认证后最多补发月数", default=0, help_text="0 为暂停期间不补发"
    )
    pay_months = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name="发放月份",
        default=list,
        blank=True,
        help_text="每年只在这些月份发放，如 3,9；空为每月",
    )

    objects = scoped_upwards("programme__org_unit").as_manager()

    class Meta:
        verbose_name = "政策版本"
        verbose_name_plural = "政策版本"
        ordering = ("-effective_from",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "effective_from"],
                name="ruleversion_one_a_month",
                violation_error_message="该项目同一月份已有一个版本。",
            ),
            models.CheckConstraint(name="ruleversion_month", condition=Q(effective_from__day=1)),
            models.CheckConstraint(
                name="ruleversion_by_day_needs_death",
                condition=~Q(moving_out="by_day"),
                violation_error_message="按天折算只用于死亡。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.document_number}"


@track
class Band(models.Model):
    """A rate (档次) of a version: the first band, in order, that fits a person gives the amount.

    Paid per month: ``amount`` × the figure named by ``quantity`` (1 when empty), at most ``cap``, rounded half up
    to the fen.
    """

    version = models.ForeignKey(
        RuleVersion, verbose_name="政策版本", on_delete=models.CASCADE, related_name="bands"
    )
    position = models.PositiveSmallIntegerField("顺序", default=1)
    label = models.CharField("档次", max_length=60)
    age_from = models.PositiveSmallIntegerField("年龄从", null=True, blank=True, help_text="周岁，含")
    age_to = models.PositiveSmallIntegerField("年龄到", null=True, blank=True, help_text="周岁，含")
    abilities = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name="能力等级", default=list, blank=True
    )
    economics = ArrayField(models.CharField(max_length=20), verbose_name="经济类别", default=list, blank=True)
    livings = ArrayField(models.CharField(max_length=20), verbose_name="居住方式", default=list, blank=True)
    condition = models.CharField("其他条件", max_length=300, blank=True, help_text="写法同享受条件")
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=4)
    quantity = models.CharField("乘以", max_length=30, blank=True, help_text="一个数量名称；空为按人")
    cap = models.DecimalField("最高(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    hours = models.DecimalField(
        "服务时数", max_digits=6, decimal_places=1, null=True, blank=True, help_text="以服务兑现的，每月小时"
    )

    objects = scoped_upwards("version__programme__org_unit").as_manager()

    class Meta:
        verbose_name = "档次"
        verbose_name_plural = "档次"
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.CheckConstraint(name="band_amount", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="band_ages",
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")),
                violation_error_message="年龄上限不能小于下限。",
            ),
        ]

    def __str__(self) -> str:
        return self.label


@track
class FundingShare(models.Model):
    """Who bears which part of the money (资金分担); the shares of a version add up to 100 %."""

    class Source(models.TextChoices):
        CENTRAL = "central", "中央"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"
        TOWNSHIP = "township", "镇(街道)"
        LOTTERY = "lottery", "福彩公益金"

    version = models.ForeignKey(
        RuleVersion, verbose_name="政策版本", on_delete=models.CASCADE, related_name="shares"
    )
    source = models.CharField("资金来源", max_length=10, choices=Source.choices)
    percent = models.DecimalField("比例(%)", max_digits=5, decimal_places=2)

    objects = scoped_upwards("version__programme__org_unit").as_manager()

    class Meta:
        verbose_name = "资金分担"
        verbose_name_plural = "资金分担"
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "source"], name="fundingshare_once"),
            models.CheckConstraint(name="fundingshare_percent", condition=Q(percent__gt=0, percent__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.percent}%"


@track
class Exclusion(models.Model):
    """How two programmes of one person go together (项目衔接): ``yielding`` gives way to ``prevailing``.

    Judged month by month by what each programme would pay alone.
    """

    class Relation(models.TextChoices):
        EXCLUSIVE = "exclusive", "互斥：有优先项目的不发"
        HIGHER = "higher", "择高：只发金额高的"
        OFFSET = "offset", "抵扣：只发高出优先项目的部分"
        BOTH = "both", "可叠加"

    yielding = models.ForeignKey(
        Programme, verbose_name="让位项目", on_delete=models.CASCADE, related_name="yields_to"
    )
    prevailing = models.ForeignKey(
        Programme, verbose_name="优先项目", on_delete=models.CASCADE, related_name="prevails_over"
    )
    relation = models.CharField("关系", max_length=10, choices=Relation.choices)
    effective_from = models.DateField("执行起始月", help_text="当月第一天")
    effective_to = models.DateField("执行终止月", null=True, blank=True, help_text="当月第一天；当月仍执行")
    document_number = models.CharField("依据", max_length=60, blank=True)

    objects = scoped_upwards("yielding__org_unit").as_manager()

    class Meta:
        verbose_name = "项目衔接"
        verbose_name_plural = "项目衔接"
        ordering = ("yielding", "prevailing", "effective_from")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["yielding", "prevailing", "effective_from"], name="exclusion_once"
            ),
            models.CheckConstraint(name="exclusion_of_two", condition=~Q(yielding=F("prevailing"))),
            models.CheckConstraint(
                name="exclusion_months",
                condition=Q(effective_from__day=1)
                & (Q(effective_to=None) | Q(effective_to__day=1, effective_to__gte=F("effective_from"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.yielding} → {self.prevailing} {self.get_relation_display()}"

    def holds_in(self, month: dt.date) -> bool:
        return self.effective_from <= month and (self.effective_to is None or month <= self.effective_to)
