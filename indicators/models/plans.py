"""A plan, its indicators, targets and baselines, as data that the county edits in the browser."""

import datetime as dt
from typing import ClassVar, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from eldercare.models import OrgUnit, User
from eldercare.scoping import ScopedQuerySet
from indicators.models.metrics import Metric


class Comparator(models.TextChoices):
    AT_LEAST = ">=", "≥"
    MORE_THAN = ">", ">"
    AT_MOST = "<=", "≤"
    LESS_THAN = "<", "<"
    EQUAL = "=", "="


class PlanQuerySet(ScopedQuerySet):
    """A plan is a published document: everybody sees it in the places that issued or adopted it."""

    def visible_to(self, user: User) -> "PlanQuerySet":
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        path = user.org_unit.path
        codes = [code for code in path.split("/") if code]
        adopted = Adoption.objects.around(user).values("plan_id")
        return self.filter(
            Q(org_unit__path__startswith=path) | Q(org_unit__code__in=codes) | Q(pk__in=adopted)
        )


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class Plan(models.Model):
    """A policy document with indicators and targets (规划), and the county's rules for reporting on it."""

    class WeekendRule(models.TextChoices):
        KEEP = "keep", "不顺延"
        NEXT_WORKDAY = "next_workday", "遇周末顺延至周一"

    code = models.SlugField("代码", max_length=30, unique=True)
    title = models.CharField("名称", max_length=120)
    short_title = models.CharField("简称", max_length=40)
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="制定单位", on_delete=models.PROTECT, related_name="plans"
    )
    issuer = models.CharField("发布单位", max_length=80, blank=True)
    published_on = models.DateField("发布日期", null=True, blank=True)
    starts_on = models.DateField("规划期起")
    ends_on = models.DateField("规划期止")
    base_year = models.PositiveSmallIntegerField(
        "基期年", null=True, blank=True, help_text="文件没有写基期的，以规划期前一个月为起点"
    )
    document_number = models.CharField("发文字号", max_length=60, blank=True)
    provenance = models.CharField("来源说明", max_length=300, blank=True, help_text="转载、脱敏、日期不明等")
    upstream = models.JSONField("依据的上位文件", default=list, blank=True)
    printed_sums = models.JSONField(
        "应相加的现状数", default=list, blank=True, help_text="[{whole, parts}]：序号，核对用"
    )
    report_day = models.PositiveSmallIntegerField(
        "月报截止日", default=20, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    weekend_rule = models.CharField(
        "截止日遇周末", max_length=12, choices=WeekendRule.choices, default=WeekendRule.KEEP
    )
    lock_after_days = models.PositiveSmallIntegerField(
        "通过后锁定天数", default=5, help_text="审核通过满该天数后锁定，锁定后不能撤销审核"
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "规划"
        verbose_name_plural = "规划"
        ordering = ("starts_on", "code")
        constraints: ClassVar = [
            models.CheckConstraint(name="plan_period", condition=Q(ends_on__gt=F("starts_on")))
        ]

    def __str__(self) -> str:
        return self.short_title

    @property
    def base_month(self) -> dt.date:
        """The month whose values are the starting point: the base year's last, else the one before the plan."""
        if self.base_year:
            return dt.date(self.base_year, 12, 1)
        return (self.starts_on.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


class AdoptionQuerySet(ScopedQuerySet):
    def in_force(self, month: dt.date) -> Self:
        return self.filter(
            Q(from_month=None) | Q(from_month__lte=month), Q(until_month=None) | Q(until_month__gte=month)
        )

    def around(self, user: User) -> Self:
        """Of units that the user sees, and of the units that the user's own unit belongs to."""
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        path = user.org_unit.path
        codes = [code for code in path.split("/") if code]
        return self.filter(Q(org_unit__path__startswith=path) | Q(org_unit__code__in=codes))


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class Adoption(models.Model):
    """A plan is computed for a unit (执行): the issuer's own, or another that measures itself by it.

    Its base metrics are owed by the unit and those below it while the adoption is in force.
    """

    plan = models.ForeignKey(Plan, verbose_name="规划", on_delete=models.PROTECT, related_name="adoptions")
    org_unit = models.ForeignKey(
        OrgUnit, verbose_name="执行单位", on_delete=models.PROTECT, related_name="adoptions"
    )
    from_month = models.DateField("自何月起", null=True, blank=True, help_text="空=不限")
    until_month = models.DateField("至何月止", null=True, blank=True, help_text="空=一直执行")
    changed_at = models.DateTimeField("更新时间", default=timezone.now)
    changed_by = models.ForeignKey(
        User, verbose_name="经办", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        verbose_name = "规划执行"
        verbose_name_plural = "规划执行"
        ordering = ("plan", "org_unit__code")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "org_unit"], name="adoption_one_per_plan_and_unit"),
            models.CheckConstraint(
                name="adoption_period",
                condition=Q(from_month=None) | Q(until_month=None) | Q(until_month__gte=F("from_month")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.org_unit}"

    def is_in_force(self, month: dt.date) -> bool:
        starts = self.from_month is None or self.from_month <= month
        return starts and (self.until_month is None or self.until_month >= month)


class IndicatorQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "IndicatorQuerySet":
        return self.filter(plan__in=Plan.objects.visible_to(user))

    def counted(self) -> "IndicatorQuerySet":
        """Binding targets: what the completion rate counts (soft ones and plain facts stay out)."""
        return self.filter(is_soft=False, role__in=[Indicator.Role.TARGET, Indicator.Role.NORM])


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class Indicator(models.Model):
    """One entry of a plan (规划指标): printed and judged form, formula, place and quote in the document.

    The value is ``numerator / denominator * scale`` of the formula, each side summed over the reporting units
    before the division. ``printed_*`` fields keep what the document says, the others what is judged.
    """

    class Role(models.TextChoices):
        TARGET = "target", "目标"
        NORM = "norm", "配备规范"
        ACHIEVED = "achieved", "前期完成情况"
        STATUS = "status", "现状"
        FORECAST = "forecast", "预测"

    class ValueKind(models.TextChoices):
        RATIO = "ratio", "比率"
        QUANTITY = "quantity", "数量"
        CHANGE = "change", "增减"
        CONFIRMATION = "confirmation", "是非"

    class InputSource(models.TextChoices):
        REPORTED = "reported", "月报数据"
        REGISTERED = "registered", "按指标登记"

    class Recurrence(models.TextChoices):
        NONE = "", "一次"
        YEAR = "year", "每年"
        HALF_YEAR = "half_year", "每半年"
        MONTH = "month", "每月"
        IRREGULAR = "irregular", "定期(频次未写)"

    class Judging(models.TextChoices):
        TOTAL = "", "按本级汇总数"
        EACH_UNIT = "each_unit", "逐个下级单位(全部达标才算达标)"

    class Projection(models.TextChoices):
        """How the value at the due date is worked out; automatic looks at what the months are like."""

        AUTOMATIC = "", "自动"
        LINEAR = "linear", "线性"
        PATH = "path", "目标路径"
        LAST = "last", "末值"

    class JudgedLevel(models.TextChoices):
        COUNTY = "county", "每个县(市、区)"
        STREET = "street", "每个街道"
        REPORTING_UNIT = "reporting_unit", "每个填报单位"

    plan = models.ForeignKey(Plan, verbose_name="规划", on_delete=models.PROTECT, related_name="indicators")
    number = models.PositiveSmallIntegerField("序号")
    document_code = models.CharField("文件编号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=120)
    group = models.CharField("分组", max_length=40)
    role = models.CharField("性质", max_length=10, choices=Role.choices)
    value_type = models.CharField(
        "数值类型", max_length=20, help_text="文件摘录时的细分类型，如 percent、per_1k"
    )
    value_kind = models.CharField("数值种类", max_length=12, choices=ValueKind.choices)
    unit = models.CharField("计算单位", max_length=20)
    printed_unit = models.CharField("印刷单位", max_length=20, blank=True)
    comparator = models.CharField("判定", max_length=2, choices=Comparator.choices)
    printed_comparator = models.CharField("原文比较字样", max_length=30, blank=True)
    printed_target = models.CharField("原文目标字样", max_length=60, blank=True)
    converted_target = models.CharField("换算后的目标", max_length=60, blank=True)
    decimals = models.PositiveSmallIntegerField("显示小数位", default=1)
    formula = models.CharField("公式", max_length=1000, blank=True)
    formula_note = models.CharField("公式说明", max_length=200, blank=True)
    alternatives = models.JSONField("其他口径", default=list, blank=True, help_text="[{formula, note}]")
    input_source = models.CharField(
        "取数方式", max_length=10, choices=InputSource.choices, default=InputSource.REPORTED
    )
    filter_text = models.CharField("限定条件", max_length=120, blank=True)
    period = models.CharField("统计期", max_length=20, blank=True, help_text="week/month/year 或 2016-2020")
    recurrence = models.CharField(
        "周期", max_length=10, choices=Recurrence.choices, default=Recurrence.NONE, blank=True
    )
    recurrence_note = models.CharField("周期说明", max_length=100, blank=True)
    recurs_from = models.PositiveSmallIntegerField("起始年", null=True, blank=True)
    recurs_to = models.PositiveSmallIntegerField("截止年", null=True, blank=True)
    judging = models.CharField(
        "判定方式", max_length=10, choices=Judging.choices, default=Judging.TOTAL, blank=True
    )
    judged_level = models.CharField("判定单位", max_length=15, choices=JudgedLevel.choices, blank=True)
    judged_per = models.CharField(
        "按其倍数判定", max_length=80, blank=True, help_text="基础指标代码：单位的目标 = 目标值 × 该指标的数"
    )
    judged_where = models.CharField(
        "适用条件", max_length=80, blank=True, help_text="基础指标代码：该指标为 0 的单位不适用"
    )
    only_units = models.JSONField(
        "只限单位", default=list, blank=True, help_text="单位代码：原文只下达给这些单位，其他单位不计入"
    )
    projection = models.CharField(
        "推算方法",
        max_length=10,
        choices=Projection.choices,
        default=Projection.AUTOMATIC,
        blank=True,
        help_text="到期数值怎样推算；自动：按近 12 个月的数选择",
    )
    scope = models.CharField("范围与分母", max_length=200, blank=True)
    is_soft = models.BooleanField("软性目标", default=False, help_text="探索、推动、争创等，不计入完成率")
    is_headline = models.BooleanField("首页展示", default=False)
    is_approximate = models.BooleanField("约数", default=False, help_text="原文写“余”“约”或只有几位有效数字")
    is_irrelevant = models.BooleanField("与养老服务无关", default=False, help_text="原文的背景数字，只照录")
    place = models.CharField("出处", max_length=60)
    quote = models.TextField("原文")
    table_row = models.CharField("原表行", max_length=200, blank=True)
    restated = models.JSONField("同义表述", default=list, blank=True)
    notes = models.TextField("备注", blank=True)
    is_active = models.BooleanField("启用", default=True)
    updated_at = models.DateTimeField("更新时间", default=timezone.now)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = "规划指标"
        verbose_name_plural = "规划指标"
        ordering = ("plan", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="indicator_number_unique_in_plan")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def is_confirmation(self) -> bool:
        return self.value_kind == self.ValueKind.CONFIRMATION

    @property
    def is_registered(self) -> bool:
        return self.input_source == self.InputSource.REGISTERED

    @property
    def is_judged_by_unit(self) -> bool:
        return self.judging == self.Judging.EACH_UNIT


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), meta={"ordering": ["-pgh_id"]}
)
class Target(models.Model):
    """What an indicator must reach by when (目标)."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    value = models.DecimalField(
        "目标值", max_digits=20, decimal_places=4, null=True, blank=True, help_text="空=原文没有数值"
    )
    comparator = models.CharField("判定", max_length=2, choices=Comparator.choices)
    due_on = models.DateField("期限")
    is_due_inferred = models.BooleanField("期限为推定", default=False)
    is_interim = models.BooleanField("中间目标", default=False)
    quote = models.CharField("原文", max_length=200, blank=True)
    other_due_on = models.DateField("另一处写的期限", null=True, blank=True)
    other_due_note = models.CharField("另一处的出处", max_length=100, blank=True)

    class Meta:
        verbose_name = "目标"
        verbose_name_plural = "目标"
        ordering = ("due_on", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "due_on"], name="target_one_per_due_date")
        ]

    def __str__(self) -> str:
        return f"{self.due_on:%Y-%m-%d} {self.get_comparator_display()} {self.value}"


class Baseline(models.Model):
    """A figure that the document prints beside the target, with what it can and cannot be (基期值)."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="baselines")
    year = models.PositiveSmallIntegerField("印刷年份")
    value = models.DecimalField("数值", max_digits=20, decimal_places=4)
    kind = models.CharField("性质", max_length=40)
    printed_label = models.CharField("原文标签", max_length=40, blank=True)
    note = models.CharField("出处说明", max_length=200, blank=True)
    is_path_start = models.BooleanField("作为目标路径起点", default=False)
    effective_on = models.DateField("视为何时的数值", null=True, blank=True)

    class Meta:
        verbose_name = "基期值"
        verbose_name_plural = "基期值"
        ordering = ("year", "id")

    def __str__(self) -> str:
        return f"{self.year} {self.kind} {self.value}"


class PlanRemark(models.Model):
    """An oddity of the document and how the portal treats it (存疑说明)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="remarks")
    code = models.CharField("编号", max_length=20, unique=True)
    kind = models.CharField("类别", max_length=40)
    quote = models.CharField("原文", max_length=300)
    issue = models.TextField("问题")
    handling = models.TextField("处理")
    indicators = models.ManyToManyField(Indicator, related_name="remarks", blank=True)

    class Meta:
        verbose_name = "存疑说明"
        verbose_name_plural = "存疑说明"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class RegistrationQuerySet(ScopedQuerySet):
    def in_force(self, day: dt.date | None = None) -> "RegistrationQuerySet":
        """Not withdrawn; with ``day`` those registered by its end and not withdrawn by then."""
        if day is None:
            return self.filter(withdrawn_at=None)
        end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gte=end), created_at__lt=end)


@pghistory.track(meta={"ordering": ["-pgh_id"]})
class Registration(models.Model):
    """A fact registered for one indicator, with date and evidence (按指标登记): a yes/no confirmation, a count
    or an occurrence. ``quantity`` is 1/0 for yes/no; a flow sums it, a stock takes the latest one.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="registrations")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="registrations")
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField("日期")
    quantity = models.DecimalField("数量", max_digits=20, decimal_places=4)
    evidence = models.TextField("依据", help_text="文号、会议、验收等，写清能查到什么")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "指标登记"
        verbose_name_plural = "指标登记"
        ordering = ("-happened_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(name="registration_not_negative", condition=Q(quantity__gte=0))
        ]

    def __str__(self) -> str:
        return f"{self.happened_on:%Y-%m-%d} {self.quantity}"
