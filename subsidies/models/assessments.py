"""Assessments of ability (老年人能力评估): GB/T 42195-2022, and older results kept as they were."""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from eldercare.models import OrgUnit
from facilities.models.facilities import track
from subsidies.models.elders import Elder, ElderPartQuerySet
from subsidies.models.programmes import scoped_upwards


class Ability(models.IntegerChoices):
    """能力等级 of GB/T 42195-2022, to which every older scale is mapped."""

    INTACT = 0, "能力完好"
    MILD = 1, "轻度失能"
    MODERATE = 2, "中度失能"
    SEVERE = 3, "重度失能"
    COMPLETE = 4, "完全失能"


class AssessmentQuerySet(ElderPartQuerySet):
    def valid_on(self, day: dt.date) -> Self:
        """Made by ``day`` and not yet expired; the last of a person's is the one that counts."""
        return self.filter(assessed_on__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))


@track
class Assessment(models.Model):
    """One assessment of one person (评估).

    ``items``: the 26 scores of GB/T 42195 in the order of the standard (see rules/assessments.py). ``level`` is the
    result on that standard's scale; of another standard it is what the mapping gave and a person confirmed, with the
    result as it was printed in ``original``.
    """

    class Standard(models.TextChoices):
        GBT_42195 = "gbt42195", "GB/T 42195-2022"
        MZT_039 = "mzt039", "MZ/T 039-2013"
        THREE_LEVELS = "three_levels", "自理/半自理/不能自理"
        CARE_LEVEL = "care_level", "机构护理等级"

    class Reason(models.TextChoices):
        FIRST = "first", "首次评估"
        REGULAR = "regular", "常规评估"
        IMMEDIATE = "immediate", "即时评估"
        DISPUTED = "disputed", "对结果有疑问的复评"
        OTHER = "other", "其他"

    elder = models.ForeignKey(
        Elder, verbose_name="老年人", on_delete=models.CASCADE, related_name="assessments"
    )
    standard = models.CharField("评估标准", max_length=15, choices=Standard.choices)
    reason = models.CharField("评估原因", max_length=10, choices=Reason.choices, default=Reason.FIRST)
    assessed_on = models.DateField("评估日期")
    valid_until = models.DateField("有效期至", null=True, blank=True, help_text="当日仍有效；空为长期")
    items = ArrayField(models.PositiveSmallIntegerField(), verbose_name="各项得分", default=list, blank=True)
    total = models.PositiveSmallIntegerField("总分", null=True, blank=True)
    is_comatose = models.BooleanField("昏迷", default=False)
    has_dementia = models.BooleanField("痴呆或精神行为障碍", default=False, help_text="F00—F99 的诊断")
    risk_events = models.PositiveSmallIntegerField(
        "近30天照护风险事件次数", default=0, help_text="跌倒、走失、噎食、自杀自伤等"
    )
    level = models.PositiveSmallIntegerField(
        "能力等级", choices=Ability.choices, null=True, blank=True, help_text="空为待确认"
    )
    original = models.CharField("原结论", max_length=40, blank=True, help_text="其他标准的结论，原样保留")
    first_assessor = models.CharField("评估员甲", max_length=40, blank=True)
    second_assessor = models.CharField("评估员乙", max_length=40, blank=True)
    agency = models.CharField("评估机构", max_length=80, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "能力评估"
        verbose_name_plural = "能力评估"
        ordering = ("-assessed_on", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["elder", "assessed_on", "standard"],
                name="assessment_once_a_day",
                violation_error_message="此人同一天已有一次同一标准的评估。",
            ),
            models.CheckConstraint(
                name="assessment_period",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("assessed_on")),
                violation_error_message="有效期不能早于评估日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessed_on} {self.get_level_display() if self.level is not None else self.original}"


class LevelMapping(models.Model):
    """What a result of an older scale means on the scale of GB/T 42195 (等级对照). Editable; empty = ask a person."""

    standard = models.CharField("评估标准", max_length=15, choices=Assessment.Standard.choices)
    original = models.CharField("原结论", max_length=40)
    level = models.PositiveSmallIntegerField(
        "能力等级", choices=Ability.choices, null=True, blank=True, help_text="空为逐人确认"
    )

    class Meta:
        verbose_name = "等级对照"
        verbose_name_plural = "等级对照"
        ordering = ("standard", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["standard", "original"], name="levelmapping_once")
        ]

    def __str__(self) -> str:
        return f"{self.original} → {self.get_level_display() or '逐人确认'}"


class AssessmentSettings(models.Model):
    """How a county aggravates the level of GB/T 42195 (等级变更条款), and how long a result holds."""

    class Coma(models.TextChoices):
        COMPLETE = "complete", "直接评为完全失能"
        SEVERE = "severe", "直接评为重度失能"

    org_unit = models.OneToOneField(
        OrgUnit, verbose_name="县(市、区)", on_delete=models.PROTECT, related_name="assessment_settings"
    )
    coma = models.CharField("昏迷", max_length=10, choices=Coma.choices, default=Coma.COMPLETE)
    dementia_steps = models.PositiveSmallIntegerField(
        "痴呆、精神行为障碍加重级数", default=1, help_text="0 为不加重"
    )
    risk_event_limit = models.PositiveSmallIntegerField(
        "照护风险事件次数", default=2, help_text="近30天达到这个次数的加重"
    )
    risk_steps = models.PositiveSmallIntegerField("照护风险事件加重级数", default=1, help_text="0 为不加重")
    valid_months = models.PositiveSmallIntegerField("有效期(月)", default=24)

    objects = scoped_upwards("org_unit").as_manager()

    class Meta:
        verbose_name = "评估设置"
        verbose_name_plural = "评估设置"

    def __str__(self) -> str:
        return f"{self.org_unit}评估设置"
