"""Beds one by one, who sleeps in them, and who waits for one."""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q, Value

from eldercare.encryption import EncryptedField
from eldercare.models import User
from eldercare.scoping import ScopedQuerySet
from eldercare.spells import SpellsField
from facilities.models.facilities import Facility, track


class BedQuerySet(ScopedQuerySet):
    scope_path = "facility__org_unit"

    def in_use_on(self, day: dt.date) -> Self:
        """Set up, not retired, not out of service, in a facility that is open."""
        return (
            self.filter(in_use_from__lte=day)
            .filter(Q(in_use_to=None) | Q(in_use_to__gt=day))
            .exclude(out_of_service__on=day)
            .filter(facility__opened_on__lte=day)
            .filter(Q(facility__closed_on=None) | Q(facility__closed_on__gt=day))
        )


@track
class Bed(models.Model):
    """One bed (床位). Nursing, dementia and medical care are attributes that may overlap."""

    class Kind(models.TextChoices):
        INSTITUTIONAL = "institutional", "机构床位"
        DAY_CARE = "day_care", "日托床位"
        MUTUAL_AID = "mutual_aid", "互助床位"
        FAMILY = "family", "家庭养老床位"

    facility = models.ForeignKey(
        Facility,
        verbose_name="机构(设施)",
        on_delete=models.PROTECT,
        related_name="beds",
        help_text="家庭养老床位为签约服务的机构",
    )
    room = models.CharField("房间", max_length=30, blank=True)
    number = models.CharField("床号", max_length=30)
    kind = models.CharField("床位类型", max_length=15, choices=Kind.choices, default=Kind.INSTITUTIONAL)
    nursing = SpellsField("护理型")
    dementia = SpellsField("认知障碍照护")
    medical = SpellsField("医养结合")
    in_use_from = models.DateField("启用日期")
    in_use_to = models.DateField("停用日期", null=True, blank=True, help_text="当日起不再计数")
    out_of_service = SpellsField("暂停使用")
    note = models.CharField("备注", max_length=100, blank=True)

    objects = BedQuerySet.as_manager()

    class Meta:
        verbose_name = "床位"
        verbose_name_plural = "床位"
        ordering = ("facility", "room", "number", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["facility", "room", "number"],
                name="bed_one_number_per_room",
                violation_error_message="该机构的这个房间已有这个床号。",
            ),
            models.CheckConstraint(
                name="bed_period",
                condition=Q(in_use_to=None) | Q(in_use_to__gte=F("in_use_from")),
                violation_error_message="停用日期不能早于启用日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room}-{self.number}" if self.room else self.number

    def is_in_use_on(self, day: dt.date) -> bool:
        return (
            self.in_use_from <= day
            and (self.in_use_to is None or day < self.in_use_to)
            and not self.out_of_service.on(day)
        )


def _single(column: str) -> Func:
    """A range of one number: GiST can index it without the extension btree_gist."""
    return Func(F(column), F(column), Value("[]"), function="int8range")


class StayQuerySet(ScopedQuerySet):
    scope_path = "bed__facility__org_unit"

    def on(self, day: dt.date) -> Self:
        """People who live there at the end of ``day``; leave and hospital count as living there."""
        return self.filter(moved_in_on__lte=day).filter(Q(moved_out_on=None) | Q(moved_out_on__gt=day))


@track
class Stay(models.Model):
    """Who occupies a bed from when to when (入住). Two at once are refused by the database."""

    class Outcome(models.TextChoices):
        HOME = "home", "回家"
        OTHER_FACILITY = "other_facility", "转往其他机构"
        HOSPITAL = "hospital", "转医院"
        DIED = "died", "去世"
        OTHER_BED = "other_bed", "换床"
        OTHER = "other", "其他"

    bed = models.ForeignKey(Bed, verbose_name="床位", on_delete=models.PROTECT, related_name="stays")
    name = models.CharField("姓名", max_length=40)
    id_number = EncryptedField("证件号码", max_length=30, mask="id")
    is_respite = models.BooleanField("短期托养(喘息服务)", default=False)
    moved_in_on = models.DateField("入住日期")
    moved_out_on = models.DateField("离开日期", null=True, blank=True, help_text="当日起不再计数")
    outcome = models.CharField("去向", max_length=15, choices=Outcome.choices, blank=True)

    objects = StayQuerySet.as_manager()

    class Meta:
        verbose_name = "入住"
        verbose_name_plural = "入住"
        ordering = ("-moved_in_on", "-id")
        indexes: ClassVar = [models.Index(fields=["id_number"], name="stay_id_number")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="stay_period",
                condition=Q(moved_out_on=None) | Q(moved_out_on__gt=F("moved_in_on")),
                violation_error_message="离开日期须晚于入住日期。",
            ),
            ExclusionConstraint(
                name="stay_one_per_bed",
                expressions=[
                    (_single("bed"), "&&"),
                    (Func(F("moved_in_on"), F("moved_out_on"), function="daterange"), "&&"),
                ],
                violation_error_message="这张床在该期间已有人入住。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.moved_in_on}"


class WaitingEntryQuerySet(ScopedQuerySet):
    scope_path = "facility__org_unit"

    def waiting_on(self, day: dt.date) -> Self:
        return self.filter(asked_on__lte=day).filter(Q(closed_on=None) | Q(closed_on__gt=day))


@track
class WaitingEntry(models.Model):
    """A person who waits for a bed of a facility (轮候), in order, with a reason and how it ended."""

    class Outcome(models.TextChoices):
        ADMITTED = "admitted", "已入住"
        WITHDRAWN = "withdrawn", "本人放弃"
        ELSEWHERE = "elsewhere", "入住其他机构"
        DIED = "died", "去世"
        OTHER = "other", "其他"

    class Reason(models.TextChoices):
        DESTITUTE = "destitute", "特困供养"
        DISABLED = "disabled", "失能"
        DEMENTIA = "dementia", "认知障碍"
        ALONE = "alone", "独居、家中无人照料"
        AGE = "age", "高龄"
        OTHER = "other", "其他"

    facility = models.ForeignKey(
        Facility, verbose_name="机构", on_delete=models.PROTECT, related_name="waiting_entries"
    )
    name = models.CharField("姓名", max_length=40)
    id_number = EncryptedField("证件号码", max_length=30, mask="id")
    phone = EncryptedField("联系电话", max_length=30, blank=True, mask="phone")
    asked_on = models.DateField("登记日期")
    position = models.PositiveIntegerField("轮候次序", help_text="数小在前")
    reason = models.CharField("轮候原因", max_length=10, choices=Reason.choices)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    closed_on = models.DateField("了结日期", null=True, blank=True, help_text="当日起不再轮候")
    stay = models.OneToOneField(
        Stay, verbose_name="入住", null=True, blank=True, on_delete=models.SET_NULL, related_name="waited"
    )
    note = models.CharField("备注", max_length=200, blank=True)
    entered_by = models.ForeignKey(
        User, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = WaitingEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "轮候"
        verbose_name_plural = "轮候"
        ordering = ("facility", "position", "asked_on", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="waitingentry_closed_with_outcome",
                condition=Q(closed_on=None, outcome="") | (Q(closed_on__isnull=False) & ~Q(outcome="")),
                violation_error_message="了结日期和结果要一起填。",
            ),
            models.UniqueConstraint(
                fields=["facility", "id_number"],
                condition=Q(closed_on=None),
                name="waitingentry_once_per_facility",
                violation_error_message="此人已在该机构轮候。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility} {self.position} {self.name}"
