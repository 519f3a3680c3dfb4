"""Caregivers and the other people who work in elder care: persons, posts, certificates, training."""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value

from eldercare.encryption import EncryptedField
from eldercare.models import OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from facilities.models.facilities import Facility, track


class CaregiverQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """People with a post, now or once, in the user's unit."""
        posts = Employment.objects.visible_to(user).filter(caregiver=OuterRef("pk"))
        return self.filter(Exists(posts))


@track
class Caregiver(models.Model):
    """A person who works in elder care (护理员及其他从业人员), once for the whole county."""

    class Sex(models.TextChoices):
        MALE = "male", "男"
        FEMALE = "female", "女"

    class Education(models.TextChoices):
        PRIMARY = "primary", "小学及以下"
        JUNIOR = "junior", "初中"
        SENIOR = "senior", "高中(中专)"
        COLLEGE = "college", "大专"
        BACHELOR = "bachelor", "本科及以上"

    id_number = EncryptedField("证件号码", max_length=30, mask="id")
    id_reason = models.CharField(
        "证件说明", max_length=100, blank=True, help_text="校验不通过而确认无误的，写明依据"
    )
    name = models.CharField("姓名", max_length=40)
    sex = models.CharField("性别", max_length=6, choices=Sex.choices, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    phone = EncryptedField("联系电话", max_length=30, blank=True, mask="phone")
    education = models.CharField("学历", max_length=10, choices=Education.choices, blank=True)

    objects = CaregiverQuerySet.as_manager()

    class Meta:
        verbose_name = "从业人员"
        verbose_name_plural = "从业人员"
        ordering = ("name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["id_number"],
                name="caregiver_one_per_id_number",
                violation_error_message="这个证件号码已登记。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class EmploymentQuerySet(ScopedQuerySet):
    def on(self, day: dt.date) -> Self:
        """Posts that are held at the end of ``day``, at a facility that is open."""
        return (
            self.filter(employed_from__lte=day)
            .filter(Q(employed_to=None) | Q(employed_to__gt=day))
            .filter(
                Q(facility=None)
                | Q(facility__opened_on__lte=day, facility__closed_on=None)
                | Q(facility__opened_on__lte=day, facility__closed_on__gt=day)
            )
        )


@track
class Employment(models.Model):
    """A post of a person (任职): where, as what, from when to when. Social workers may serve a community."""

    class Role(models.TextChoices):
        CAREGIVER = "caregiver", "养老护理员"
        SOCIAL_WORKER = "social_worker", "社会工作者"
        DOCTOR = "doctor", "医师"
        NURSE = "nurse", "护士"
        REHAB_THERAPIST = "rehab_therapist", "康复医师(治疗师)"
        REHAB_NURSE = "rehab_nurse", "康复护士"
        NUTRITIONIST = "nutritionist", "营养师"
        FIRE = "fire", "消防设施操作员"
        MANAGER = "manager", "管理人员"
        ASSESSOR = "assessor", "评估员"
        OTHER = "other", "其他人员"

    TECHNICAL: ClassVar = (
        Role.SOCIAL_WORKER,
        Role.DOCTOR,
        Role.NURSE,
        Role.REHAB_THERAPIST,
        Role.REHAB_NURSE,
        Role.NUTRITIONIST,
        Role.FIRE,
    )

    class Workplace(models.TextChoices):
        FACILITY = "facility", "养老服务机构"
        COMMUNITY = "community", "村(社区)"
        ORGANISATION = "organisation", "社会组织"

    caregiver = models.ForeignKey(
        Caregiver, verbose_name="人员", on_delete=models.PROTECT, related_name="employments"
    )
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="镇(街道)", on_delete=models.PROTECT, related_name="employments"
    )
    workplace = models.CharField(
        "工作场所", max_length=12, choices=Workplace.choices, default=Workplace.FACILITY
    )
    facility = models.ForeignKey(
        Facility,
        verbose_name="机构(设施)",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="employments",
    )
    role = models.CharField("岗位", max_length=15, choices=Role.choices)
    employed_from = models.DateField("入职日期")
    employed_to = models.DateField("离职日期", null=True, blank=True, help_text="当日起不再计数")

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "任职"
        ordering = ("-employed_from", "-id")
        indexes: ClassVar = [models.Index(fields=["org_unit", "role"], name="employment_unit_role")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="employment_period",
                condition=Q(employed_to=None) | Q(employed_to__gte=F("employed_from")),
                violation_error_message="离职日期不能早于入职日期。",
            ),
            models.CheckConstraint(
                name="employment_workplace",
                condition=Q(workplace="facility", facility__isnull=False)
                | (~Q(workplace="facility") & Q(facility=None)),
                violation_error_message="工作场所是养老服务机构的要选机构，其他的不选。",
            ),
            ExclusionConstraint(
                name="employment_once_at_a_time",
                expressions=[
                    (Func(F("caregiver"), F("caregiver"), Value("[]"), function="int8range"), "&&"),
                    (
                        Func(
                            Func(F("facility"), Func(F("org_unit"), function="-"), function="COALESCE"),
                            Func(F("facility"), Func(F("org_unit"), function="-"), function="COALESCE"),
                            Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (Func(F("employed_from"), F("employed_to"), function="daterange"), "&&"),
                ],
                violation_error_message="此人在该机构的这段时间已有任职。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caregiver} {self.get_role_display()}"

    @property
    def place(self) -> str:
        return self.facility.name if self.facility_id else f"{self.org_unit}{self.get_workplace_display()}"

    def is_held_on(self, day: dt.date) -> bool:
        return self.employed_from <= day and (self.employed_to is None or day < self.employed_to)


class CaregiverPartQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        posts = Employment.objects.visible_to(user).filter(caregiver=OuterRef("caregiver"))
        return self.filter(Exists(posts))


@track
class Certificate(models.Model):
    """A certificate of a person (证书). A note of attendance at a course is none of skill."""

    class Kind(models.TextChoices):
        SKILL_LEVEL = "skill_level", "职业技能等级证书"
        QUALIFICATION = "qualification", "职业资格证书(旧)"
        SOCIAL_WORK = "social_work", "社会工作者职业资格"
        LICENCE = "licence", "执业(专业技术)证书"
        COURSE = "course", "培训合格证"

    CAREGIVER_KINDS: ClassVar = (Kind.SKILL_LEVEL, Kind.QUALIFICATION)
    SENIOR: ClassVar = 3  # 高级工; 2 and 1 are higher still

    class Level(models.IntegerChoices):
        """Numbers as in the national standard: one is the highest. The old names map to them."""

        FIVE = 5, "五级(初级工)"
        FOUR = 4, "四级(中级工)"
        THREE = 3, "三级(高级工)"
        TWO = 2, "二级(技师)"
        ONE = 1, "一级(高级技师)"

    caregiver = models.ForeignKey(
        Caregiver, verbose_name="人员", on_delete=models.CASCADE, related_name="certificates"
    )
    kind = models.CharField("证书种类", max_length=15, choices=Kind.choices)
    level = models.PositiveSmallIntegerField("等级", choices=Level.choices, null=True, blank=True)
    number = models.CharField("证书编号", max_length=40, blank=True)
    issued_on = models.DateField("发证日期")
    expires_on = models.DateField("有效期至", null=True, blank=True, help_text="当日仍有效；空为长期")

    objects = CaregiverPartQuerySet.as_manager()

    class Meta:
        verbose_name = "证书"
        verbose_name_plural = "证书"
        ordering = ("-issued_on", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["caregiver", "kind", "issued_on"],
                name="certificate_once_a_day",
                violation_error_message="此人同一天已有一本同种类的证书。",
            ),
            models.CheckConstraint(
                name="certificate_period",
                condition=Q(expires_on=None) | Q(expires_on__gte=F("issued_on")),
                violation_error_message="有效期不能早于发证日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_level_display() or ''}".strip()


@track
class Training(models.Model):
    """A course that a person attended (培训)."""

    class Subject(models.TextChoices):
        SKILL = "skill", "职业技能"
        REHAB_BASICS = "rehab_basics", "基本康复知识"
        REHAB_SKILLS = "rehab_skills", "康复技能"
        SAFETY = "safety", "安全与消防"
        MANAGEMENT = "management", "管理"
        OTHER = "other", "其他"

    caregiver = models.ForeignKey(
        Caregiver, verbose_name="人员", on_delete=models.CASCADE, related_name="trainings"
    )
    subject = models.CharField("培训内容", max_length=15, choices=Subject.choices)
    title = models.CharField("班次名称", max_length=80, blank=True)
    held_on = models.DateField("结业日期")
    hours = models.PositiveSmallIntegerField("学时", default=8)
    is_passed = models.BooleanField("考核合格", default=True)

    objects = CaregiverPartQuerySet.as_manager()

    class Meta:
        verbose_name = "培训"
        verbose_name_plural = "培训"
        ordering = ("-held_on", "-id")
        indexes: ClassVar = [models.Index(fields=["caregiver", "held_on"], name="training_person_day")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["caregiver", "subject", "held_on", "title"],
                name="training_once",
                violation_error_message="这次培训已登记。",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.get_subject_display()


class AttendanceQuerySet(ScopedQuerySet):
    scope_path = "employment__org_unit"


@track
class Attendance(models.Model):
    """Days present in a month (出勤), for the post allowance."""

    employment = models.ForeignKey(
        Employment, verbose_name="任职", on_delete=models.CASCADE, related_name="attendance"
    )
    month = models.DateField("月份", help_text="当月第一天")
    days = models.PositiveSmallIntegerField("出勤天数")

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "出勤"
        verbose_name_plural = "出勤"
        ordering = ("-month",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["employment", "month"], name="attendance_once_a_month"),
            models.CheckConstraint(
                name="attendance_days",
                condition=Q(days__lte=31),
                violation_error_message="出勤天数不能超过 31 天。",
            ),
            models.CheckConstraint(name="attendance_month_is_first_day", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月 {self.days}天"
