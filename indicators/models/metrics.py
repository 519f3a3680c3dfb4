"""The catalogue of base metrics: each figure that is collected, defined once."""

from decimal import Decimal
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class MetricQuerySet(models.QuerySet):
    """Definitions are the same for everybody: they hold no figures, so they are not scoped.

    Which of them a unit owes in a month is told by ``owing.owed_by``.
    """

    def collected(self) -> Self:
        """Metrics that are asked for in the monthly report."""
        return self.filter(is_collected=True).exclude(reporter=Metric.Reporter.REGISTERED)


class Metric(models.Model):
    """A base metric (基础指标): name, unit, definition and how its figures add up.

    A *stock* is the last value in time, a *flow* the sum over time; over units both are summed unless
    ``unit_aggregate`` is ``none``. Source of the catalogue: the five policy documents.
    """

    class Nature(models.TextChoices):
        STOCK = "stock", "时点数"
        FLOW = "flow", "时期数"

    class TimeAggregate(models.TextChoices):
        LAST = "last", "取期末值"
        SUM = "sum", "累加"

    class UnitAggregate(models.TextChoices):
        SUM = "sum", "各单位相加"
        NONE = "none", "不跨单位相加"

    class Reporter(models.TextChoices):
        TOWNSHIP = "township", "镇(街道)填报"
        COUNTY = "county", "县本级填报"
        BOTH = "both", "镇(街道)与县本级均填报"
        REGISTERED = "registered", "按规划指标逐项登记"

    class Group(models.TextChoices):
        DIVISION = "A", "行政区划"
        POPULATION = "P", "人口与保障对象"
        FACILITY = "F", "机构与设施"
        BED = "B", "床位与入住"
        STAFF = "S", "人员队伍"
        SERVICE = "V", "服务与补贴"
        HEALTH = "H", "医疗卫生"
        RESIDENTIAL = "R", "居住区配建"
        MONEY = "M", "资金"
        CREATION = "X", "创建与场所"
        TASK = "K", "任务登记"

    code = models.SlugField("代码", max_length=80, unique=True, allow_unicode=False)
    catalogue_code = models.CharField("目录编号", max_length=30, unique=True)
    name = models.CharField("名称", max_length=80)
    definition = models.TextField("口径")
    unit = models.CharField("计量单位", max_length=20)
    decimals = models.PositiveSmallIntegerField("小数位", default=0, validators=[MaxValueValidator(4)])
    nature = models.CharField("性质", max_length=5, choices=Nature.choices)
    time_aggregate = models.CharField("时间汇总", max_length=4, choices=TimeAggregate.choices)
    unit_aggregate = models.CharField("单位汇总", max_length=4, choices=UnitAggregate.choices)
    tier = models.PositiveSmallIntegerField("级次", default=1, help_text="1=核心，2=扩展")
    ledger = models.CharField("台账", max_length=20)
    ledger_name = models.CharField("数据来源", max_length=40)
    group = models.CharField("分组", max_length=1, choices=Group.choices)
    position = models.PositiveSmallIntegerField("顺序")
    reporter = models.CharField("填报单位", max_length=10, choices=Reporter.choices)
    is_collected = models.BooleanField("列入月报", default=False)
    subset_of = models.ForeignKey(
        "self",
        verbose_name="属于(不得大于)",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="subsets",
    )
    plausible_change = models.DecimalField(
        "合理变动幅度",
        max_digits=4,
        decimal_places=2,
        default=Decimal("0.30"),
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text="较上月变动超过该比例时要求说明，也用于估计未报单位的可能范围；0.30 即 ±30%",
    )

    objects = MetricQuerySet.as_manager()

    class Meta:
        verbose_name = "基础指标"
        verbose_name_plural = "基础指标"
        ordering = ("position",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="metric_flow_is_summed",
                condition=Q(nature="stock", time_aggregate="last") | Q(nature="flow", time_aggregate="sum"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_stock(self) -> bool:
        return self.nature == self.Nature.STOCK
