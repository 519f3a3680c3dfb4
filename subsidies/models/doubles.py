"""Pairs of records that look like one person and are two (并档核对的结论)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from eldercare.models import User
from subsidies.models.elders import Elder


class DistinctElders(models.Model):
    """Somebody has looked: ``one`` and ``other`` are different people. ``one`` has the smaller number."""

    one = models.ForeignKey(Elder, verbose_name="档案甲", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Elder, verbose_name="档案乙", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField("依据", max_length=200)
    by = models.ForeignKey(User, verbose_name="核对人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("核对时间", auto_now_add=True)

    class Meta:
        verbose_name = "非同一人"
        verbose_name_plural = "非同一人"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="distinctelders_once"),
            models.CheckConstraint(name="distinctelders_order", condition=Q(one__lt=F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.one} ≠ {self.other}"
