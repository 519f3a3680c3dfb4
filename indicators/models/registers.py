"""Registers (登记簿): definitions made in the browser, and their rows.

A definition is the same for every unit of the portal, as a metric is. A row belongs to a unit, is known by the values of
its key columns, and keeps each value in the typed place that its column was given (see ``rules/registers.py``).
"""

from collections.abc import Iterable
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from eldercare.encryption import EncryptedField
from eldercare.models import OrgUnit
from eldercare.scoping import ScopedQuerySet
from facilities.models import Facility
from indicators.models.metrics import Metric
from indicators.rules import registers as rules

Kind = rules.Kind


class RegisterQuerySet(models.QuerySet):
    """Definitions hold nothing of anybody, so they are not scoped."""

    def in_use(self) -> "RegisterQuerySet":
        return self.filter(is_retired=False)

    def of_people(self) -> "RegisterQuerySet":
        """Those with a column that says who somebody is."""
        return self.filter(columns__kind__in=rules.PERSONAL).distinct()


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class Register(models.Model):
    class Field(models.TextChoices):
        SUPERVISION = "supervision", "监管与安全"
        SERVICE = "service", "服务供给"
        BENEFIT = "benefit", "待遇与保险"
        STAFF = "staff", "人才与队伍"
        BUILDING = "building", "设施与配建"
        MONEY = "money", "资金与项目"
        WORK = "work", "组织与推进"

    class Keeper(models.TextChoices):
        TOWNSHIP = "township", "镇(街道)和县"
        COUNTY = "county", "县级"

    code = models.SlugField(
        "代码", max_length=30, unique=True, error_messages={"unique": "这个代码已有登记簿使用，请换一个。"}
    )
    name = models.CharField("名称", max_length=40)
    field = models.CharField("工作领域", max_length=12, choices=Field.choices)
    purpose = models.CharField("用途", max_length=300, blank=True)
    row_name = models.CharField("一行是一", max_length=20, default="条记录", help_text="如：次检查、个小区")
    keeper = models.CharField("由谁登记", max_length=8, choices=Keeper.choices, default=Keeper.TOWNSHIP)
    retention = models.CharField(
        "保存期限",
        max_length=100,
        blank=True,
        help_text="如：长期；项目结束后 10 年。到期由档案管理人员处理，系统不自动删除",
    )
    position = models.PositiveSmallIntegerField("顺序", default=100)
    is_retired = models.BooleanField("停用", default=False)
    changed_at = models.DateTimeField("定义修改时间", auto_now=True, editable=False)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        verbose_name = "登记簿"
        verbose_name_plural = "登记簿"
        ordering = ("field", "position", "code")

    def __str__(self) -> str:
        return self.name

    @property
    def measure(self) -> str:
        """个小区 → 个: what rows are counted in."""
        return self.row_name[:1]


class RegisterColumnQuerySet(models.QuerySet):
    def current(self) -> "RegisterColumnQuerySet":
        return self.filter(is_retired=False)


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class RegisterColumn(models.Model):
    """A column (登记项目). ``choices``: [{"code", "label", "retired"}]; a code never changes, its label may."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="columns")
    key = models.CharField("代码", max_length=30)
    heading = models.CharField("名称", max_length=40)
    aliases = models.CharField(
        "表头别名", max_length=200, blank=True, help_text="上传时也认的表头，用顿号隔开"
    )
    kind = models.CharField("类型", max_length=10, choices=[(str(k), v) for k, v in rules.KINDS.items()])
    slot = models.CharField(max_length=10, editable=False)
    choices = models.JSONField("选项", default=list, blank=True)
    unit = models.CharField("计量单位", max_length=10, blank=True)
    help = models.CharField("填写说明", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=1)
    is_required = models.BooleanField("必填", default=False)
    is_key = models.BooleanField("识别列", default=False, help_text="各识别列都相同的两行是同一行")
    in_list = models.BooleanField("列表中显示", default=True)
    is_filter = models.BooleanField("可筛选", default=False)
    is_summed = models.BooleanField("列表中合计", default=False)
    is_retired = models.BooleanField("停用", default=False)

    objects = RegisterColumnQuerySet.as_manager()

    class Meta:
        verbose_name = "登记项目"
        verbose_name_plural = "登记项目"
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["register", "key"], name="registercolumn_one_key"),
            models.UniqueConstraint(fields=["register", "slot"], name="registercolumn_one_slot"),
            models.CheckConstraint(
                name="registercolumn_key_is_required", condition=Q(is_key=False) | Q(is_required=True)
            ),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def type(self) -> Kind:
        return Kind(self.kind)

    @property
    def attribute(self) -> str:
        """Of a row: ``facility_id`` for its facility."""
        return f"{self.slot}_id" if self.slot in rules.SINGLE else self.slot

    @property
    def is_personal(self) -> bool:
        return self.type in rules.PERSONAL

    @property
    def labels(self) -> dict[str, str]:
        return {each["code"]: each["label"] for each in self.choices}

    @property
    def open_choices(self) -> list[tuple[str, str]]:
        return [(each["code"], each["label"]) for each in self.choices if not each.get("retired")]


class RegisterRowQuerySet(ScopedQuerySet):
    """A township sees its own rows, the county those of all."""


def _slots() -> dict[str, models.Field]:
    number = {"max_digits": 18, "decimal_places": 2, "null": True, "blank": True}
    made: dict[str, models.Field] = {}
    for place in range(1, rules.PLACES["text"] + 1):
        made[f"text_{place}"] = models.TextField(f"文字{place}", blank=True, default="")
    for place in range(1, rules.PLACES["number"] + 1):
        made[f"number_{place}"] = models.DecimalField(f"数{place}", **number)
    for place in range(1, rules.PLACES["date"] + 1):
        made[f"date_{place}"] = models.DateField(f"日期{place}", null=True, blank=True)
    for place in range(1, rules.PLACES["flag"] + 1):
        made[f"flag_{place}"] = models.BooleanField(f"是否{place}", null=True, blank=True)
    for place in range(1, rules.PLACES["id"] + 1):
        made[f"id_{place}"] = EncryptedField("身份证号", max_length=30, mask="id", null=True, blank=True)
    for place in range(1, rules.PLACES["phone"] + 1):
        made[f"phone_{place}"] = EncryptedField("电话", max_length=30, mask="phone", null=True, blank=True)
    return made


# The typed places of a row: too many to be written one by one.
RegisterSlots = type(
    "RegisterSlots",
    (models.Model,),
    {"__module__": __name__, "Meta": type("Meta", (), {"abstract": True}), **_slots()},
)


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class RegisterRow(RegisterSlots):
    """A row of a register (登记记录). ``key`` is one text of its key columns; encrypted, for a number may be in it."""

    register = models.ForeignKey(
        Register, verbose_name="登记簿", on_delete=models.PROTECT, related_name="rows", editable=False
    )
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="单位", on_delete=models.PROTECT, related_name="register_rows"
    )
    village = models.ForeignKey(
        OrgUnit, verbose_name="村(社区)", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    facility = models.ForeignKey(
        Facility,
        verbose_name="机构(设施)",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="register_rows",
    )
    key = EncryptedField("识别", max_length=1_000, mask="other", editable=False)

    objects = RegisterRowQuerySet.as_manager()

    class Meta:
        verbose_name = "登记记录"
        verbose_name_plural = "登记记录"
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["register", "org_unit", "key"],
                name="registerrow_one_per_key",
                violation_error_message="这个单位已有一条识别列完全相同的记录，请修改原来的那一条。",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["register", "date_1"], name="registerrow_day")]

    def __str__(self) -> str:
        return f"编号 {self.pk}"

    def values(self, columns: Iterable[RegisterColumn]) -> dict[str, object]:
        """By the key of the column; encrypted ones show themselves masked."""
        return {column.key: getattr(self, column.slot) for column in columns}


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class RegisterMetric(models.Model):
    """A figure that is counted from a register (登记簿指标).

    A flow counts rows whose ``from_column`` lies in the month. A stock counts rows that have begun by the end of the
    month and have not ended: ``to_column``, the day itself no longer counting.
    """

    class Aggregate(models.TextChoices):
        COUNT = "count", "计行数"
        SUM = "sum", "合计一列"
        DISTINCT = "distinct", "一列中不同值的个数"

    register = models.ForeignKey(
        Register, verbose_name="登记簿", on_delete=models.CASCADE, related_name="metrics"
    )
    metric = models.OneToOneField(
        Metric, verbose_name="基础指标", on_delete=models.PROTECT, related_name="register_metric"
    )
    aggregate = models.CharField("怎样计", max_length=8, choices=Aggregate.choices, default=Aggregate.COUNT)
    column = models.ForeignKey(
        RegisterColumn,
        verbose_name="合计或去重的列",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    condition = models.CharField("条件", max_length=500, blank=True)
    from_column = models.ForeignKey(
        RegisterColumn, verbose_name="按哪个日期计入", on_delete=models.PROTECT, related_name="+"
    )
    to_column = models.ForeignKey(
        RegisterColumn,
        verbose_name="从哪个日期起不再计",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = "登记簿指标"
        verbose_name_plural = "登记簿指标"
        ordering = ("metric__position",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="registermetric_column_fits",
                condition=Q(aggregate="count", column=None)
                | (~Q(aggregate="count") & Q(column__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.metric.name
