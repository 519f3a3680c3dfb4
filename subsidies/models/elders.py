"""Elders (老年人): who they are, where they are registered and live, what holds for them and since when."""

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from eldercare.encryption import EncryptedField
from eldercare.identity import name_key
from eldercare.models import OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from eldercare.spells import SpellsField
from facilities.models import Caregiver, Facility
from facilities.models.facilities import track
from subsidies.models.name_grams import NameGrams, grams_sought


class ElderQuerySet(ScopedQuerySet):
    def visible_to(self, user: User) -> Self:
        """Elders for whom the user's unit is responsible, and those who live there (人户分离)."""
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        # Numbers, not a join, and few of them: the order of the list comes from an index that begins with them.
        units = OrgUnit.objects.within(user.org_unit).exclude(level=OrgUnit.Level.VILLAGE)
        below = list(units.values_list("pk", flat=True))
        if user.org_unit.level == OrgUnit.Level.COUNTY:
            return self.filter(org_unit__in=below)
        return self.filter(Q(org_unit__in=below) | Q(residence_unit__in=below))

    def current(self) -> Self:
        """Without the second record of a person that was merged into the first."""
        return self.filter(merged_into=None)

    def alive_on(self, day: dt.date) -> Self:
        return self.filter(Q(died_on=None) | Q(died_on__gt=day))

    def registered_on(self, day: dt.date) -> Self:
        """Alive, with household registration in the county at the end of ``day``."""
        return self.current().alive_on(day).filter(registered__on=day)

    def resident_on(self, day: dt.date) -> Self:
        """Alive, living in the county at the end of ``day``."""
        return self.current().alive_on(day).filter(resident__on=day)

    def named(self, text: str) -> Self:
        """Whose name holds ``text``: any two characters of it are found through an index."""
        found = self.alias(grams=NameGrams("name_key")).filter(grams__contains=grams_sought(text))
        return found.filter(name_key__contains=name_key(text))  # cheap where another index is taken

    def aged(self, years: int, day: dt.date, below: int | None = None) -> Self:
        """At least so many years old at the end of the month of ``day``: a birthday counts from its month on."""
        latest = (day.replace(day=1) + dt.timedelta(days=31)).replace(day=1)
        found = self.filter(born_on__lt=latest.replace(year=latest.year - years))
        return found.filter(born_on__gte=latest.replace(year=latest.year - below)) if below else found


@track
class Elder(models.Model):
    """A person on the register of elders (老年人档案).

    ``org_unit`` is the township responsible for the record and for payments (as a rule that of the household
    registration), ``residence_unit`` the township where the person lives and is visited; they may differ (人户分离).
    """

    class IdKind(models.TextChoices):
        RESIDENT = "resident", "居民身份证"
        HKMO = "hkmo", "港澳台居民证件"
        FOREIGN = "foreign", "护照(外国人)"
        NONE = "none", "暂无证件"

    class Sex(models.TextChoices):
        MALE = "male", "男"
        FEMALE = "female", "女"

    class Source(models.TextChoices):
        """How a death or a move became known (获知途径)."""

        FAMILY = "family", "家属告知"
        VILLAGE = "village", "村(社区)上报"
        CERTIFICATION = "certification", "生存认证"
        POLICE = "police", "公安户籍比对"
        FUNERAL = "funeral", "殡葬火化比对"
        HEALTH = "health", "卫健比对"
        VISIT = "visit", "探访发现"
        OTHER = "other", "其他"

    id_kind = models.CharField("证件种类", max_length=10, choices=IdKind.choices, default=IdKind.RESIDENT)
    id_number = EncryptedField(
        "证件号码", max_length=30, mask="id", null=True, blank=True, help_text="暂无证件的可先登记，不能发放"
    )
    id_reason = models.CharField(
        "证件说明", max_length=100, blank=True, help_text="校验不通过而确认无误的，写明依据"
    )
    name = models.CharField("姓名", max_length=40)
    name_key = models.CharField(max_length=40, editable=False)
    sex = models.CharField("性别", max_length=6, choices=Sex.choices)
    born_on = models.DateField("出生日期")
    org_unit = models.ForeignKey(
        OrgUnit,
        verbose_name="管理镇(街道)",
        on_delete=models.PROTECT,
        related_name="elders",
        db_index=False,  # elder_unit_name begins with it
        help_text="负责档案和发放的镇(街道)，一般为户籍地",
    )
    village = models.ForeignKey(
        OrgUnit,
        verbose_name="户籍村(社区)",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    registered = SpellsField("户籍在本县", help_text="迁入、迁出的起止日期")
    registered_address = models.CharField("户籍地址", max_length=120, blank=True)
    residence_unit = models.ForeignKey(
        OrgUnit,
        verbose_name="居住镇(街道)",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resident_elders",
        db_index=False,  # elder_residence_name begins with it
        help_text="负责探访服务的镇(街道)；住在县外的为空",
    )
    residence_village = models.ForeignKey(
        OrgUnit,
        verbose_name="居住村(社区)",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    resident = SpellsField("常住本县", help_text="在本县居住的起止日期")
    address = models.CharField("居住地址", max_length=120, blank=True)
    phone = EncryptedField("联系电话", max_length=30, blank=True, mask="phone")
    contact_name = models.CharField("紧急联系人", max_length=40, blank=True)
    contact_relation = models.CharField("与老人关系", max_length=20, blank=True)
    contact_phone = EncryptedField("紧急联系电话", max_length=30, blank=True, mask="phone")
    wishes_central_care = SpellsField("有集中供养意愿")
    died_on = models.DateField("死亡日期", null=True, blank=True)
    death_known_on = models.DateField("获知死亡日期", null=True, blank=True)
    death_source = models.CharField("死亡获知途径", max_length=15, choices=Source.choices, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name="并入",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
    )
    note = models.CharField("备注", max_length=200, blank=True)

    objects = ElderQuerySet.as_manager()

    class Meta:
        verbose_name = "老年人"
        verbose_name_plural = "老年人"
        ordering = ("org_unit", "name_key", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["id_number"],
                name="elder_one_per_id_number",
                violation_error_message="这个证件号码已登记。",
            ),
            models.CheckConstraint(
                name="elder_number_unless_none",
                condition=Q(id_kind="none", id_number=None)
                | (~Q(id_kind="none") & Q(id_number__isnull=False)),
                violation_error_message="请填证件号码；没有证件的，证件种类选“暂无证件”。",
            ),
            models.CheckConstraint(
                name="elder_dies_after_birth",
                condition=Q(died_on=None) | Q(died_on__gte=F("born_on")),
                violation_error_message="死亡日期不能早于出生日期。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["org_unit", "name_key", "id"], name="elder_unit_name"),
            models.Index(fields=["residence_unit", "name_key", "id"], name="elder_residence_name"),
            models.Index(fields=["born_on"], name="elder_born"),
            models.Index(fields=["name_key", "born_on"], name="elder_same_person"),
            models.Index(
                fields=["residence_unit", "name_key", "id"],
                name="elder_elsewhere",
                condition=~Q(residence_unit=F("org_unit")),
            ),
            models.Index(fields=["org_unit"], name="elder_no_number", condition=Q(id_number=None)),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.name_key = name_key(self.name)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "name_key"}
        super().save(*args, **kwargs)

    def age_on(self, day: dt.date) -> int:
        """Full years at the end of the month of ``day``, as the rules of subsidies count."""
        return ((day.year - self.born_on.year) * 12 + day.month - self.born_on.month) // 12


class ElderPartQuerySet(ScopedQuerySet):
    scope_path = "elder__org_unit"

    def visible_to(self, user: User) -> Self:
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        path = user.org_unit.path
        return self.filter(
            Q(elder__org_unit__path__startswith=path) | Q(elder__residence_unit__path__startswith=path)
        )


@track
class ElderTag(models.Model):
    """What holds for an elder and in which periods (人员类别标签), with its source: one row per elder and kind."""

    class Kind(models.TextChoices):
        DESTITUTE_CENTRAL = "destitute_central", "特困(集中供养)"
        DESTITUTE_SCATTERED = "destitute_scattered", "特困(分散供养)"
        LOW_INCOME = "low_income", "低保"
        LOW_INCOME_EDGE = "low_income_edge", "低保边缘"
        SEVERE_DISABILITY = "severe_disability", "重度残疾"
        OTHER_DISABILITY = "other_disability", "三四级智力(精神)残疾"
        FAMILY_PLANNING = "family_planning", "计划生育特殊家庭"
        LIVING_ALONE = "living_alone", "独居"
        EMPTY_NEST = "empty_nest", "空巢"
        LEFT_BEHIND = "left_behind", "留守"
        NO_KIN = "no_kin", "孤寡(三无)"
        DISABLED = "disabled", "失能"
        DEMENTIA = "dementia", "失智"
        VETERAN = "veteran", "优抚对象"
        THREE_ELDERS = "three_elders", "三老人员"
        FORMER_POOR = "former_poor", "脱贫(监测)人口"
        RETURNED_OVERSEAS = "returned_overseas", "归侨"
        MODEL_WORKER = "model_worker", "劳模"
        IN_CARE_HOME = "in_care_home", "入住养老机构"
        IN_HOSPITAL = "in_hospital", "住院"
        AWAY = "away", "外出"
        LONG_TERM_CARE = "long_term_care", "享受长护险待遇"

    DESTITUTE: ClassVar = (Kind.DESTITUTE_CENTRAL, Kind.DESTITUTE_SCATTERED)
    # From the one that goes first, where a person has several.
    ECONOMIC: ClassVar = (*DESTITUTE, Kind.LOW_INCOME, Kind.LOW_INCOME_EDGE)
    LIVING: ClassVar = (Kind.LIVING_ALONE, Kind.EMPTY_NEST, Kind.LEFT_BEHIND, Kind.IN_CARE_HOME)
    ABSENT: ClassVar = (Kind.IN_CARE_HOME, Kind.IN_HOSPITAL, Kind.AWAY)  # nobody to visit at home

    elder = models.ForeignKey(Elder, verbose_name="老年人", on_delete=models.CASCADE, related_name="tags")
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    held = SpellsField("起止")
    source = models.CharField("来源", max_length=80, blank=True, help_text="如：2026年3月低保台账、入户核查")

    objects = ElderPartQuerySet.as_manager()

    class Meta:
        verbose_name = "人员类别"
        verbose_name_plural = "人员类别"
        ordering = ("kind",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["elder", "kind"], name="eldertag_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "elder"], name="eldertag_kind_elder")]

    def __str__(self) -> str:
        return self.get_kind_display()


@track
class ElderChange(models.Model):
    """Something that happened to a person (变动): when, and when and how it became known. Never edited."""

    class Kind(models.TextChoices):
        DIED = "died", "死亡"
        DEATH_REVOKED = "death_revoked", "撤销死亡登记"
        MOVED_IN = "moved_in", "户籍迁入"
        MOVED_OUT = "moved_out", "户籍迁出"
        CAME_TO_LIVE = "came_to_live", "来县居住"
        WENT_TO_LIVE_ELSEWHERE = "went_elsewhere", "离县居住"
        CHANGED_UNIT = "changed_unit", "县内变更管理镇(街道)"
        CHANGED_RESIDENCE = "changed_residence", "县内变更居住地"

    elder = models.ForeignKey(Elder, verbose_name="老年人", on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField("变动", max_length=20, choices=Kind.choices)
    happened_on = models.DateField("发生日期")
    known_on = models.DateField("获知日期")
    source = models.CharField("获知途径", max_length=15, choices=Elder.Source.choices)
    from_unit = models.ForeignKey(
        OrgUnit, verbose_name="原单位", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_unit = models.ForeignKey(
        OrgUnit, verbose_name="新单位", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        User, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = ElderPartQuerySet.as_manager()

    class Meta:
        verbose_name = "人员变动"
        verbose_name_plural = "人员变动"
        ordering = ("-happened_on", "-id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"


class ElderMerge(models.Model):
    """Two records of one person made one (并档), with what was moved, so that it can be undone."""

    kept = models.ForeignKey(Elder, verbose_name="保留", on_delete=models.PROTECT, related_name="merges")
    dropped = models.ForeignKey(Elder, verbose_name="并入", on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField("移动的记录", help_text="表名 → 记录号；以及保留档案原来的值")
    reason = models.CharField("依据", max_length=200)
    merged_by = models.ForeignKey(User, verbose_name="并档人", on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField("并档时间", auto_now_add=True)
    undone_by = models.ForeignKey(
        User, verbose_name="撤销人", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = "并档"
        verbose_name_plural = "并档"
        ordering = ("-merged_at",)

    def __str__(self) -> str:
        return f"{self.dropped} → {self.kept}"


class HolderQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        path = user.org_unit.path
        return self.filter(
            Q(elder__org_unit__path__startswith=path)
            | Q(elder__residence_unit__path__startswith=path)
            | Q(caregiver__employments__org_unit__path__startswith=path)
            | Q(facility__org_unit__path__startswith=path)
        ).distinct()


@track
class Payee(models.Model):
    """Who receives the money, and the account (收款人): not always the person entitled, nor the head of household."""

    elder = models.ForeignKey(
        Elder,
        verbose_name="老年人",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="payees",
    )
    caregiver = models.ForeignKey(
        Caregiver,
        verbose_name="从业人员",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="payees",
    )
    facility = models.ForeignKey(
        Facility,
        verbose_name="机构(设施)",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="payees",
    )
    relation = models.CharField("与享受人关系", max_length=20, default="本人")
    name = models.CharField("收款人(户名)", max_length=80)
    id_number = EncryptedField("收款人证件号码", max_length=30, mask="id", blank=True)
    phone = EncryptedField("收款人电话", max_length=30, blank=True, mask="phone")
    bank = models.CharField("开户银行", max_length=80)
    account = EncryptedField("银行账号", max_length=40, mask="card")
    used_from = models.DateField("启用日期")
    used_to = models.DateField("停用日期", null=True, blank=True, help_text="当日起不再使用")

    objects = HolderQuerySet.as_manager()

    class Meta:
        verbose_name = "收款账户"
        verbose_name_plural = "收款账户"
        ordering = ("-used_from", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="payee_of_one",
                condition=Q(elder__isnull=False, caregiver=None, facility=None)
                | Q(elder=None, caregiver__isnull=False, facility=None)
                | Q(elder=None, caregiver=None, facility__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["elder"],
                name="payee_one_in_use_elder",
                condition=Q(used_to=None, elder__isnull=False),
                violation_error_message="此人已有一个在用的收款账户，请先停用。",
            ),
            models.UniqueConstraint(
                fields=["caregiver"],
                name="payee_one_in_use_caregiver",
                condition=Q(used_to=None, caregiver__isnull=False),
                violation_error_message="此人已有一个在用的收款账户，请先停用。",
            ),
            models.UniqueConstraint(
                fields=["facility"],
                name="payee_one_in_use_facility",
                condition=Q(used_to=None, facility__isnull=False),
                violation_error_message="该机构已有一个在用的收款账户，请先停用。",
            ),
            models.CheckConstraint(
                name="payee_period",
                condition=Q(used_to=None) | Q(used_to__gte=F("used_from")),
                violation_error_message="停用日期不能早于启用日期。",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account"], name="payee_account")]

    def __str__(self) -> str:
        return f"{self.name} {self.account.masked}"


@track
class HouseholdHead(models.Model):
    """The head of the household (户主) of an elder, where it is somebody else."""

    elder = models.OneToOneField(
        Elder, verbose_name="老年人", on_delete=models.CASCADE, related_name="household_head"
    )
    relation = models.CharField("与享受人关系", max_length=20)
    name = models.CharField("户主姓名", max_length=40)
    id_number = EncryptedField("户主证件号码", max_length=30, mask="id", blank=True)
    bank = models.CharField("开户银行", max_length=80, blank=True)
    account = EncryptedField("银行账号", max_length=40, mask="card", blank=True)

    objects = ElderPartQuerySet.as_manager()

    class Meta:
        verbose_name = "户主"
        verbose_name_plural = "户主"

    def __str__(self) -> str:
        return self.name
