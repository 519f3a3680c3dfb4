"""Facilities (养老设施): what they are, and since when they have which qualification."""

import datetime as dt
from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import F, Q

from eldercare.encryption import EncryptedField
from eldercare.identity import name_key
from eldercare.models import OrgUnit
from eldercare.scoping import ScopedQuerySet
from eldercare.spells import SpellsField


def track(model: type[models.Model]) -> type[models.Model]:
    """Keep the history of a ledger; a whole import is one INSERT of events, not one per row."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        level=pghistory.Statement,
        meta={"ordering": ["-pgh_id"]},
    )(model)


class FacilityQuerySet(ScopedQuerySet):
    def open_on(self, day: dt.date) -> Self:
        """In operation at the end of ``day``; the day of closing itself no longer counts."""
        return self.filter(opened_on__lte=day).filter(Q(closed_on=None) | Q(closed_on__gt=day))

    def institutions(self) -> Self:
        return self.filter(kind__in=Facility.INSTITUTIONS)


@track
class Facility(models.Model):
    """A place of elder care (养老设施). A column of spells says since when it has a qualification."""

    class Kind(models.TextChoices):
        """设施类别. The first five are institutions (养老机构): round-the-clock care, at least 10 beds."""

        WELFARE_HOME = "welfare_home", "福利院"
        DESTITUTE_HOME = "destitute_home", "敬老院"
        APARTMENT = "apartment", "老年公寓/养护院"
        PRIVATE_HOME = "private_home", "民办养老院"
        DISABILITY_CARE = "disability_care", "失能照护机构"
        COMPREHENSIVE_CENTER = "comprehensive_center", "街道综合养老服务中心"
        HOME_CARE_CENTER = "home_care_center", "镇(街道)居家养老服务中心"
        REGIONAL_CENTER = "regional_center", "农村区域性养老服务中心"
        COMMUNITY_CARE_CENTER = "community_care_center", "村(社区)居家养老服务照料中心"
        DAY_CARE_CENTER = "day_care_center", "社区日间照料中心"
        MUTUAL_AID_HOME = "mutual_aid_home", "农村互助幸福院"
        URBAN_COMPREHENSIVE_CENTER = "urban_comprehensive_center", "城市综合性养老服务中心"
        CANTEEN = "canteen", "老年食堂(助餐点)"
        HEALTH_CARE_UNION = "health_care_union", "康养联合体"
        TEACHING_POINT = "teaching_point", "老年大学教学点"
        DEVICE_PLATFORM = "device_platform", "康复辅具服务平台"
        ACTIVITY_SITE = "activity_site", "老年活动设施"

    INSTITUTIONS: ClassVar = (
        Kind.WELFARE_HOME,
        Kind.DESTITUTE_HOME,
        Kind.APARTMENT,
        Kind.PRIVATE_HOME,
        Kind.DISABILITY_CARE,
    )
    SMALLEST_INSTITUTION: ClassVar = 10  # beds; 养老机构管理办法（民政部令第66号）

    class Operation(models.TextChoices):
        """运营方式; the first three are publicly owned (公办)."""

        PUBLIC = "public", "公办公营"
        PUBLIC_BUILT_PRIVATE_RUN = "public_built_private_run", "公建民营"
        PUBLIC_OWNED_PRIVATE_RUN = "public_owned_private_run", "公办民营"
        NON_PROFIT = "non_profit", "民办非营利(民非)"
        FOR_PROFIT = "for_profit", "民办营利"

    PUBLIC_OPERATIONS: ClassVar = (
        Operation.PUBLIC,
        Operation.PUBLIC_BUILT_PRIVATE_RUN,
        Operation.PUBLIC_OWNED_PRIVATE_RUN,
    )
    ENTRUSTED_OPERATIONS: ClassVar = (Operation.PUBLIC_BUILT_PRIVATE_RUN, Operation.PUBLIC_OWNED_PRIVATE_RUN)

    class Sponsor(models.TextChoices):
        """举办层级."""

        MUNICIPAL = "municipal", "市级"
        COUNTY = "county", "县级"
        TOWNSHIP = "township", "乡镇(街道)"
        VILLAGE = "village", "村(社区)"
        SOCIAL = "social", "社会力量"

    class Setting(models.TextChoices):
        URBAN = "urban", "城区"
        RURAL = "rural", "农村"

    org_unit = models.ForeignKey(
        OrgUnit,
        verbose_name="镇(街道)",
        on_delete=models.PROTECT,
        related_name="facilities",
        help_text="所在镇(街道)；县级统一管理的设施为县",
    )
    village = models.ForeignKey(
        OrgUnit,
        verbose_name="村(社区)",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    name = models.CharField("机构(设施)名称", max_length=80)
    name_key = models.CharField(max_length=80, editable=False)
    kind = models.CharField("设施类别", max_length=30, choices=Kind.choices)
    operation = models.CharField(
        "运营方式",
        max_length=30,
        choices=Operation.choices,
        help_text="改了会影响以前月份的数；转制的请停办原设施，另登记一家",
    )
    sponsor = models.CharField("举办层级", max_length=10, choices=Sponsor.choices, blank=True)
    setting = models.CharField("城乡", max_length=5, choices=Setting.choices, blank=True)
    owner = models.CharField("产权单位", max_length=80, blank=True)
    operator = models.CharField("运营单位", max_length=80, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = EncryptedField("联系电话", max_length=30, blank=True, mask="phone")
    opened_on = models.DateField("投入使用日期")
    closed_on = models.DateField("停办日期", null=True, blank=True, help_text="当日起不再计数")
    upgraded_on = models.DateField(
        "改造提升验收日期", null=True, blank=True, help_text="新建、改扩建或改造提升完成并验收"
    )
    rehab_room_count = models.PositiveSmallIntegerField("康复室间数", default=1)

    filed = SpellsField("养老机构备案")
    incorporated = SpellsField("法人登记")
    fire_accepted = SpellsField("消防验收(备案)合格")
    safety_standard = SpellsField("符合服务安全基本规范", help_text="GB 38600-2019")
    quality_standard = SpellsField("符合服务质量基本规范", help_text="GB/T 35796-2017")
    clinic = SpellsField("内设医疗机构")
    medical_contract = SpellsField("与医疗机构签约")
    joint_clinic = SpellsField("与医疗机构联合设门诊室")
    dementia_zone = SpellsField("设失能失智照护专区")
    rehab_room = SpellsField("设康复室")
    kitchen = SpellsField("设食堂", help_text="持食品经营许可")
    open_kitchen = SpellsField("阳光厨房")
    home_link = SpellsField("开展家院互融")
    party_coverage = SpellsField("党的组织和工作覆盖")
    party_site = SpellsField("建立党建阵地")
    liability_insurance = SpellsField("投保综合责任保险")
    socially_run = SpellsField("社会化运营")
    smart = SpellsField("智慧养老院")
    demonstration = SpellsField("示范型")
    teaching_point = SpellsField("设老年大学教学点")
    standardised = SpellsField("标准化老年食堂")

    objects = FacilityQuerySet.as_manager()

    class Meta:
        verbose_name = "养老设施"
        verbose_name_plural = "养老设施"
        ordering = ("org_unit__code", "kind", "name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org_unit", "name_key"],
                name="facility_one_name_per_unit",
                violation_error_message="本单位已有同名的设施。",
            ),
            models.CheckConstraint(
                name="facility_open_period",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message="停办日期不能早于投入使用日期。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "org_unit"], name="facility_kind_unit"),
            models.Index(fields=["credit_code"], name="facility_credit_code", condition=~Q(credit_code="")),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.name_key = name_key(self.name)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "name_key"}
        super().save(*args, **kwargs)

    @property
    def is_institution(self) -> bool:
        return self.kind in self.INSTITUTIONS

    @property
    def is_public(self) -> bool:
        return self.operation in self.PUBLIC_OPERATIONS

    def is_open_on(self, day: dt.date) -> bool:
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)


# Every qualification that is kept as spells, in the order of the form.
QUALIFICATIONS: tuple[str, ...] = tuple(
    field.name for field in Facility._meta.local_fields if isinstance(field, SpellsField)
)


def without_qualifications(rows: models.QuerySet, facility: str) -> models.QuerySet:
    """Rows of a list with their facility, but without the two dozen spells that a list does not show."""
    return rows.defer(*(f"{facility}__{name}" for name in QUALIFICATIONS))


class FacilityPartQuerySet(ScopedQuerySet):
    scope_path = "facility__org_unit"


@track
class FacilityRating(models.Model):
    """A grade with its dates (等级评定): stars of institutions, A of home-care centres, food safety A to C."""

    class Scheme(models.TextChoices):
        STAR = "star", "养老机构等级(星)"
        CENTER = "center", "居家养老服务中心等级(A)"
        FOOD = "food", "食品安全量化等级"

    facility = models.ForeignKey(
        Facility, verbose_name="设施", on_delete=models.CASCADE, related_name="ratings"
    )
    scheme = models.CharField("评定种类", max_length=6, choices=Scheme.choices)
    level = models.PositiveSmallIntegerField(
        "等级", help_text="星级与A级：1 至 5；食品安全：3=A，2=B，1=C，数大为好"
    )
    issued_on = models.DateField("评定日期")
    expires_on = models.DateField("有效期至", null=True, blank=True, help_text="当日仍有效；空为未定期限")

    objects = FacilityPartQuerySet.as_manager()

    class Meta:
        verbose_name = "等级评定"
        verbose_name_plural = "等级评定"
        ordering = ("-issued_on", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["facility", "scheme", "issued_on"],
                name="facilityrating_once_a_day",
                violation_error_message="同一天已有一条同种类的评定。",
            ),
            models.CheckConstraint(
                name="facilityrating_level",
                condition=Q(level__gte=1, level__lte=5),
                violation_error_message="等级须为 1 至 5。",
            ),
            models.CheckConstraint(
                name="facilityrating_period",
                condition=Q(expires_on=None) | Q(expires_on__gte=F("issued_on")),
                violation_error_message="有效期不能早于评定日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return rating_label(self.scheme, self.level)


def rating_label(scheme: str, level: int) -> str:
    """五星级, 5A级, 食品安全A级."""
    if scheme == FacilityRating.Scheme.STAR:
        return f"{'一二三四五'[level - 1]}星级"
    if scheme == FacilityRating.Scheme.CENTER:
        return f"{level}A级"
    return f"食品安全{ {3: 'A', 2: 'B', 1: 'C'}.get(level, '') }级"


@track
class FacilityVillage(models.Model):
    """A village or community that a facility serves (覆盖村社), and since when."""

    facility = models.ForeignKey(
        Facility, verbose_name="设施", on_delete=models.CASCADE, related_name="coverage"
    )
    village = models.ForeignKey(OrgUnit, verbose_name="村(社区)", on_delete=models.PROTECT, related_name="+")
    covered = SpellsField("覆盖期间")

    objects = FacilityPartQuerySet.as_manager()

    class Meta:
        verbose_name = "覆盖村(社区)"
        verbose_name_plural = "覆盖村(社区)"
        ordering = ("village__code",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["facility", "village"], name="facilityvillage_once")
        ]

    def __str__(self) -> str:
        return f"{self.facility} — {self.village}"
