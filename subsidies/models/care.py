"""Care at home: visits and household services by schedule, home adaptation, family beds."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from eldercare.models import OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from facilities.models import Bed, Facility
from facilities.models.facilities import track
from subsidies.models.elders import Elder, ElderPartQuerySet, ElderTag
from subsidies.models.programmes import scoped_upwards


class Service(models.TextChoices):
    """What is done for an elder at home on a schedule."""

    VISIT = "visit", "探访"
    CLEANING = "cleaning", "打扫"
    LAUNDRY = "laundry", "洗衣"
    HAIRCUT = "haircut", "理发"


@track
class VisitRule(models.Model):
    """How often whom (探访频次): of the rules that fit a person and a service, the most frequent counts.

    ``category`` is a kind of tag, or one of CATEGORIES.
    """

    class Frequency(models.TextChoices):
        """From the most to the least frequent."""

        WEEK = "week", "每周"
        HALF_MONTH = "half_month", "每半月"
        MONTH = "month", "每月"
        QUARTER = "quarter", "每季度"

    # Beside the kinds of tags: an assessed ability of mild disability or worse, and ages.
    CATEGORIES: ClassVar = (
        *ElderTag.Kind.choices,
        ("assessed_disabled", "评估为失能"),
        ("aged_80", "80周岁及以上"),
        ("aged_90", "90周岁及以上"),
    )

    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="县(市、区)", on_delete=models.PROTECT, related_name="visit_rules"
    )
    category = models.CharField("对象", max_length=20, choices=CATEGORIES)
    service = models.CharField("服务", max_length=10, choices=Service.choices, default=Service.VISIT)
    frequency = models.CharField("频次", max_length=10, choices=Frequency.choices)
    effective_from = models.DateField("执行起始日")
    effective_to = models.DateField("执行截止日", null=True, blank=True, help_text="当日仍执行")
    document_number = models.CharField("依据", max_length=60, blank=True)

    objects = scoped_upwards("org_unit").as_manager()

    class Meta:
        verbose_name = "探访频次"
        verbose_name_plural = "探访频次"
        ordering = ("service", "category", "effective_from")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org_unit", "category", "service", "effective_from"], name="visitrule_once"
            ),
            models.CheckConstraint(
                name="visitrule_period",
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                violation_error_message="截止日不能早于起始日。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.get_service_display()} {self.get_frequency_display()}"


class VisitQuerySet(ElderPartQuerySet):
    pass


@track
class Visit(models.Model):
    """One visit or service at home (探访记录)."""

    class Method(models.TextChoices):
        HOME = "home", "上门"
        PHONE = "phone", "电话"
        VIDEO = "video", "视频"
        MONITOR = "monitor", "线上监测"

    class Result(models.TextChoices):
        WELL = "well", "正常"
        NEEDS_HELP = "needs_help", "需要帮助"
        NOT_MET = "not_met", "未见到本人"
        URGENT = "urgent", "紧急情况"

    elder = models.ForeignKey(Elder, verbose_name="老年人", on_delete=models.CASCADE, related_name="visits")
    org_unit = models.ForeignKey(OrgUnit, verbose_name="镇(街道)", on_delete=models.PROTECT, related_name="+")
    service = models.CharField("服务", max_length=10, choices=Service.choices, default=Service.VISIT)
    visited_on = models.DateField("日期")
    method = models.CharField("方式", max_length=10, choices=Method.choices, default=Method.HOME)
    result = models.CharField("情况", max_length=10, choices=Result.choices, default=Result.WELL)
    visitor = models.CharField("探访人", max_length=40, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        User, verbose_name="登记人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "探访记录"
        verbose_name_plural = "探访记录"
        ordering = ("-visited_on", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["elder", "service", "visited_on"],
                name="visit_once_a_day",
                violation_error_message="此人当天已登记这项服务。",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["visited_on", "elder"], name="visit_day_elder")]

    def __str__(self) -> str:
        return f"{self.visited_on} {self.get_service_display()}"


@track
class Adaptation(models.Model):
    """Adapting a home to old age (适老化改造): from the need or application to acceptance. Each step has a date."""

    class State(models.TextChoices):
        NEEDED = "needed", "应改未申请"
        APPLIED = "applied", "已申请"
        ASSESSED = "assessed", "已评估"
        APPROVED = "approved", "已批准"
        UNDER_WORKS = "under_works", "施工中"
        ACCEPTED = "accepted", "已验收"
        CANCELLED = "cancelled", "已取消"

    elder = models.ForeignKey(
        Elder, verbose_name="老年人", on_delete=models.PROTECT, related_name="adaptations"
    )
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="镇(街道)", on_delete=models.PROTECT, related_name="adaptations"
    )
    round = models.CharField("批次", max_length=40, help_text="如 2026年第一批；同一户同一批次计一次")
    category = models.CharField("对象类别", max_length=40, blank=True)
    needed_from = models.DateField("核定应改日期", help_text="列入应改造户的日期")
    applied_on = models.DateField("申请日期", null=True, blank=True)
    assessed_on = models.DateField("评估日期", null=True, blank=True)
    assessor = models.CharField("评估人", max_length=40, blank=True)
    items = models.CharField(
        "改造内容", max_length=300, blank=True, help_text="如 扶手、防滑、床边护栏、智能监测"
    )
    approved_on = models.DateField("批准日期", null=True, blank=True)
    contractor = models.CharField("施工单位", max_length=80, blank=True)
    started_on = models.DateField("开工日期", null=True, blank=True)
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    accepted_by = models.CharField("验收人", max_length=80, blank=True)
    cost = models.DecimalField("改造费用(元)", max_digits=12, decimal_places=2, null=True, blank=True)
    subsidy = models.DecimalField("补贴(元)", max_digits=12, decimal_places=2, null=True, blank=True)
    cancelled_on = models.DateField("取消日期", null=True, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "适老化改造"
        verbose_name_plural = "适老化改造"
        ordering = ("-needed_from", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["elder", "round"],
                name="adaptation_once_a_round",
                violation_error_message="这一户在该批次已登记。",
            ),
            models.CheckConstraint(
                name="adaptation_order",
                condition=(Q(accepted_on=None) | Q(accepted_on__gte=F("needed_from")))
                & (Q(accepted_on=None) | Q(started_on=None) | Q(accepted_on__gte=F("started_on")))
                & (Q(accepted_on=None) | Q(cancelled_on=None)),
                violation_error_message="验收日期不能早于核定、开工日期；取消的不能验收。",
            ),
            models.CheckConstraint(
                name="adaptation_money",
                condition=(Q(cost=None) | Q(cost__gte=0)) & (Q(subsidy=None) | Q(subsidy__gte=0)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["org_unit", "accepted_on"], name="adaptation_unit_accepted")
        ]

    def __str__(self) -> str:
        return f"{self.elder} {self.round}"

    @property
    def state(self) -> "Adaptation.State":
        reached = (
            (self.cancelled_on, self.State.CANCELLED),
            (self.accepted_on, self.State.ACCEPTED),
            (self.started_on, self.State.UNDER_WORKS),
            (self.approved_on, self.State.APPROVED),
            (self.assessed_on, self.State.ASSESSED),
            (self.applied_on, self.State.APPLIED),
        )
        return next((state for day, state in reached if day), self.State.NEEDED)


@track
class FamilyBed(models.Model):
    """A bed at home that a facility looks after (家庭养老床位): contract and service; ``bed`` counts it as a bed."""

    elder = models.ForeignKey(
        Elder, verbose_name="老年人", on_delete=models.PROTECT, related_name="family_beds"
    )
    facility = models.ForeignKey(
        Facility, verbose_name="签约机构", on_delete=models.PROTECT, related_name="family_beds"
    )
    bed = models.OneToOneField(
        Bed, verbose_name="床位", null=True, blank=True, on_delete=models.PROTECT, related_name="family_bed"
    )
    adaptation = models.ForeignKey(
        Adaptation,
        verbose_name="适老化改造",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    applied_on = models.DateField("申请日期")
    assessed_on = models.DateField("评估日期", null=True, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    accepted_on = models.DateField("验收启用日期", null=True, blank=True)
    ended_on = models.DateField("终止日期", null=True, blank=True, help_text="当日起不再计数")
    end_reason = models.CharField("终止原因", max_length=100, blank=True)
    equipment = models.CharField("设备与改造", max_length=200, blank=True)
    services = models.CharField("服务内容", max_length=200, blank=True)
    monthly_fee = models.DecimalField("月服务费(元)", max_digits=10, decimal_places=2, default=Decimal(0))
    subsidy = models.DecimalField("建床补贴(元)", max_digits=10, decimal_places=2, default=Decimal(0))

    objects = ElderPartQuerySet.as_manager()

    class Meta:
        verbose_name = "家庭养老床位"
        verbose_name_plural = "家庭养老床位"
        ordering = ("-applied_on", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["elder"],
                name="familybed_one_open",
                condition=Q(ended_on=None),
                violation_error_message="此人已有一张在办或在用的家庭养老床位。",
            ),
            models.CheckConstraint(
                name="familybed_period",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("applied_on")),
                violation_error_message="终止日期不能早于申请日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.elder} {self.facility}"
