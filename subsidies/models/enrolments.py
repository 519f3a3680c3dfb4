"""Enrolments (享受资格): from the application to the end, each step with who took it and when."""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from eldercare.models import OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from eldercare.spells import SpellsField
from facilities.models import Employment, Facility
from facilities.models.facilities import track
from subsidies.models.elders import Elder, ElderPartQuerySet
from subsidies.models.programmes import Programme


def _same(column: str) -> Func:
    """A number as a range of one: an exclusion of whole numbers needs no extension of the database then."""
    return Func(F(column), F(column), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def _paid_twice(one: str) -> ExclusionConstraint:
    """Two payable enrolments of one holder in one programme never cover the same month."""
    months = Func(F("not_before"), F("ended_from"), function="daterange", output_field=DateRangeField())
    overlap = RangeOperators.OVERLAPS
    return ExclusionConstraint(
        name=f"enrolment_one_at_a_time_{one}",
        expressions=[(_same(one), overlap), (_same("programme"), overlap), (months, overlap)],
        # Ended before it began: no month at all.
        condition=Q(state__in=("running", "ended"), **{f"{one}__isnull": False})
        & (Q(not_before=None) | Q(ended_from=None) | Q(ended_from__gt=F("not_before"))),
        violation_error_message="此人（机构）在该项目另有一次享受，时间与这一次重叠，同一个月会发两次。请先核对上一次的停发起始月和这一次的“不早于”月份。",
    )


class EnrolmentQuerySet(ScopedQuerySet):
    def payable(self) -> Self:
        """Approved once: what they are entitled to in which month the rules decide."""
        return self.filter(state__in=Enrolment.PAYABLE)


@track
class Enrolment(models.Model):
    """Somebody's place in a programme (享受资格): an elder, a post of a member of staff, or a facility.

    An enrolment that has ended stays payable for the months before ``ended_from``: late news may still change them.
    """

    class State(models.TextChoices):
        APPLIED = "applied", "待乡镇审核"
        CHECKED = "checked", "待公示"
        ON_NOTICE = "on_notice", "公示中"
        NOTICED = "noticed", "待县级审批"
        RUNNING = "running", "享受中"
        ENDED = "ended", "已停发"
        REFUSED = "refused", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    PAYABLE: ClassVar = (State.RUNNING, State.ENDED)
    OPEN: ClassVar = (State.APPLIED, State.CHECKED, State.ON_NOTICE, State.NOTICED, State.RUNNING)

    class EndReason(models.TextChoices):
        DIED = "died", "去世"
        MOVED_OUT = "moved_out", "户籍迁出"
        NOT_ELIGIBLE = "not_eligible", "身份资格取消"
        DOUBLE = "double", "重复享受"
        GIVEN_UP = "given_up", "自愿放弃"
        NOT_FOUND = "not_found", "查找不到本人"
        CORRECTED = "corrected", "信息更正后不符"
        POLICY = "policy", "政策调整"
        NOT_CERTIFIED = "not_certified", "未按期认证"
        OTHER = "other", "其他"

    programme = models.ForeignKey(
        Programme, verbose_name="补贴项目", on_delete=models.PROTECT, related_name="enrolments"
    )
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="申请镇(街道)", on_delete=models.PROTECT, related_name="enrolments"
    )
    elder = models.ForeignKey(
        Elder,
        verbose_name="老年人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="enrolments",
    )
    post = models.ForeignKey(
        Employment,
        verbose_name="任职",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="enrolments",
    )
    facility = models.ForeignKey(
        Facility,
        verbose_name="机构(设施)",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="enrolments",
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.APPLIED)
    applied_on = models.DateField("申请日期")
    approved_on = models.DateField("批准日期", null=True, blank=True)
    not_before = models.DateField(
        "不早于", null=True, blank=True, help_text="当月第一天；以前的月份由上一次享受或外地发放"
    )
    suspended = SpellsField("暂停发放", help_text="从月初到月末；期间不发，撤销暂停后由规则补发")
    ended_from = models.DateField("停发起始月", null=True, blank=True, help_text="当月第一天；当月起不发")
    end_reason = models.CharField("停发原因", max_length=15, choices=EndReason.choices, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "享受资格"
        verbose_name_plural = "享受资格"
        ordering = ("-applied_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="enrolment_of_one",
                condition=Q(elder__isnull=False, post=None, facility=None)
                | Q(elder=None, post__isnull=False, facility=None)
                | Q(elder=None, post=None, facility__isnull=False),
            ),
            models.CheckConstraint(
                name="enrolment_approved_when_payable",
                condition=~Q(state__in=("running", "ended")) | Q(approved_on__isnull=False),
            ),
            models.CheckConstraint(
                name="enrolment_end_has_reason",
                condition=Q(ended_from=None) | (Q(ended_from__day=1) & ~Q(end_reason="")),
                violation_error_message="停发要写起始月和原因。",
            ),
            models.CheckConstraint(
                name="enrolment_ended_has_month",
                condition=Q(state="ended", ended_from__isnull=False)
                | (~Q(state="ended") & Q(ended_from=None)),
            ),
            *(
                models.UniqueConstraint(
                    fields=["programme", one],
                    name=f"enrolment_one_open_{one}",
                    condition=Q(state__in=("applied", "checked", "on_notice", "noticed", "running")),
                    violation_error_message="已在该项目中申请或享受。",
                )
                for one in ("elder", "post", "facility")
            ),
            *(_paid_twice(one) for one in ("elder", "post", "facility")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["programme", "state", "org_unit"], name="enrolment_programme_state"),
            models.Index(fields=["elder", "programme"], name="enrolment_elder"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.holder}"

    @property
    def holder(self) -> Elder | Employment | Facility:
        return self.elder or self.post or self.facility

    @property
    def holder_name(self) -> str:
        return self.post.caregiver.name if self.post_id else self.holder.name

    def was_running_in(self, month: dt.date) -> bool:
        return self.state in self.PAYABLE and (self.ended_from is None or month < self.ended_from)


class EnrolmentStepQuerySet(ScopedQuerySet):
    scope_path = "enrolment__org_unit"


@track
class EnrolmentStep(models.Model):
    """One step of an enrolment (办理记录). Only ever added."""

    class Kind(models.TextChoices):
        APPLY = "apply", "申请"
        CHECK = "check", "乡镇审核通过"
        NOTICE = "notice", "公示"
        NOTICE_OVER = "notice_over", "公示期满无异议"
        OBJECTION = "objection", "公示有异议"
        APPROVE = "approve", "县级批准"
        REFUSE = "refuse", "不予通过"
        RETURN = "return", "退回"
        WITHDRAW = "withdraw", "撤回申请"
        SUSPEND = "suspend", "暂停发放"
        RESUME = "resume", "恢复发放"
        END = "end", "停发"
        REOPEN = "reopen", "撤销停发"
        IMPORT = "import", "由上传登记"

    enrolment = models.ForeignKey(
        Enrolment, verbose_name="享受资格", on_delete=models.CASCADE, related_name="steps"
    )
    kind = models.CharField("办理", max_length=12, choices=Kind.choices)
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(User, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+")
    comment = models.CharField("意见", max_length=300, blank=True)

    objects = EnrolmentStepQuerySet.as_manager()

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.get_kind_display()


class PublicNotice(models.Model):
    """A list of applicants put up for objections (公示): names partly hidden, no numbers, for some working days."""

    programme = models.ForeignKey(
        Programme, verbose_name="补贴项目", on_delete=models.PROTECT, related_name="notices"
    )
    org_unit = models.ForeignKey(OrgUnit, verbose_name="单位", on_delete=models.PROTECT, related_name="+")
    enrolments = models.ManyToManyField(Enrolment, verbose_name="名单", related_name="notices")
    starts_on = models.DateField("公示开始")
    ends_on = models.DateField("公示截止", help_text="当日仍在公示")
    contact = models.CharField("受理电话", max_length=60, blank=True)
    published_by = models.ForeignKey(User, verbose_name="公示人", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "公示"
        verbose_name_plural = "公示"
        ordering = ("-starts_on", "-id")

    def __str__(self) -> str:
        return f"{self.org_unit}{self.programme}公示"


@track
class Certification(models.Model):
    """Proof that a person is alive and still entitled (生存认证)."""

    class Method(models.TextChoices):
        IN_PERSON = "in_person", "到场"
        VISIT = "visit", "上门"
        VIDEO = "video", "视频"
        APP = "app", "手机认证"
        COMPARISON = "comparison", "数据比对"
        OTHER = "other", "其他"

    elder = models.ForeignKey(
        Elder, verbose_name="老年人", on_delete=models.CASCADE, related_name="certifications"
    )
    certified_on = models.DateField("认证日期")
    method = models.CharField("方式", max_length=12, choices=Method.choices, default=Method.IN_PERSON)
    note = models.CharField("备注", max_length=100, blank=True)

    objects = ElderPartQuerySet.as_manager()

    class Meta:
        verbose_name = "生存认证"
        verbose_name_plural = "生存认证"
        ordering = ("-certified_on", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["elder", "certified_on"],
                name="certification_once_a_day",
                violation_error_message="此人当天已登记认证。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.certified_on} {self.get_method_display()}"
