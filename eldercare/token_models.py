"""What the API keeps: tokens, answers to repeated requests, how often each token asks."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from eldercare.models import OrgUnit, User
from eldercare.scoping import ScopedQuerySet


class ApiTokenQuerySet(ScopedQuerySet):
    def personal_of(self, user: User) -> Self:
        """A person's own tokens, also one bound to a unit that the person has left."""
        return self.filter(user=user, kind=ApiToken.Kind.PERSONAL)

    def system_seen_by(self, user: User) -> Self:
        return self.visible_to(user).filter(kind=ApiToken.Kind.SYSTEM)


class ApiToken(models.Model):
    """A token of the API (接口凭证): whose, for what, within which unit and until when. Only its hash is kept.

    A personal token acts as its owner; that of another system as an account of its own without a password.
    """

    class Kind(models.TextChoices):
        PERSONAL = "personal", "个人"
        SYSTEM = "system", "系统对接"

    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    name = models.CharField("名称", max_length=40)
    purpose = models.CharField("用途", max_length=200)
    user = models.ForeignKey(
        User, verbose_name="账号", on_delete=models.PROTECT, related_name="api_tokens", help_text="以谁的名义"
    )
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="数据范围", on_delete=models.PROTECT, related_name="+", help_text="限于该单位"
    )
    scopes = ArrayField(models.CharField(max_length=30), verbose_name="权限")
    digest = models.CharField("摘要", max_length=64, unique=True, help_text="SHA-256；凭证本身不保存")
    tail = models.CharField("末四位", max_length=4)
    created_by = models.ForeignKey(User, verbose_name="创建人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("创建时间", default=timezone.now)
    expires_on = models.DateField("有效期至", help_text="当日仍有效")
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    last_address = models.GenericIPAddressField("最近来源", null=True, blank=True)
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "接口凭证"
        verbose_name_plural = "接口凭证"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        return self.expires_on < timezone.localdate()

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and not self.is_expired


class ApiAnswer(models.Model):
    """The answer to a request with an idempotency key, given again when the request comes again (幂等记录)."""

    owner = models.CharField(max_length=30, help_text="token:编号 或 user:编号")
    key = models.CharField(max_length=100)
    request = models.CharField(max_length=64, help_text="方法、地址和内容的摘要")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "幂等记录"
        verbose_name_plural = "幂等记录"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "key"], name="apianswer_one_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"


class ApiUsage(models.Model):
    """Requests of a token, or of a person in the browser, in the running minute (调用次数). All web processes
    count in this row."""

    owner = models.CharField(max_length=30, unique=True)
    minute = models.BigIntegerField(help_text="自 1970 年起的分钟数")
    number = models.PositiveIntegerField()

    class Meta:
        verbose_name = "调用次数"
        verbose_name_plural = "调用次数"
        constraints: ClassVar = [models.CheckConstraint(name="apiusage_counts", condition=Q(number__gte=1))]

    def __str__(self) -> str:
        return f"{self.owner} {self.number}"
