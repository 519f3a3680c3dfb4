"""The weekly digest of a unit, kept as it was made."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from eldercare.models import OrgUnit
from eldercare.scoping import ScopedQuerySet


class WeeklyDigest(models.Model):
    """What happened at a unit in one week, and what the week after it brings (每周摘要).

    Made once, when the week is over; a later correction is news of its own week. A line names the permission that it
    needs, so that everybody of the unit reads the same digest, less what is not theirs.
    """

    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="单位", on_delete=models.CASCADE, related_name="digests"
    )
    week = models.DateField("星期一", help_text="所述一周的第一天")
    lines = models.JSONField(
        "内容", default=list, help_text="[{section, text, permission, link, tone}]，见 digest.Line"
    )
    made_at = models.DateTimeField("生成时间", default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "每周摘要"
        verbose_name_plural = "每周摘要"
        ordering = ("-week", "org_unit__path")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["org_unit", "week"], name="weeklydigest_one_per_unit_and_week"),
            models.CheckConstraint(name="weeklydigest_begins_on_monday", condition=Q(week__iso_week_day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.org_unit.name} {self.period}"

    def is_recent(self, today: dt.date) -> bool:
        """Whether its week is the last that is over, so that what it calls coming is this week."""
        return self.week <= today < self.week + dt.timedelta(days=14)

    @property
    def last_day(self) -> dt.date:
        return self.week + dt.timedelta(days=6)

    @property
    def period(self) -> str:
        """“11月9日—15日”, with both months where the week crosses them."""
        last = self.last_day
        month = f"{last.month}月" if last.month != self.week.month else ""
        return f"{self.week.month}月{self.week.day}日—{month}{last.day}日"
