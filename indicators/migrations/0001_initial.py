from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from eldercare.migration_operations import AddTrigger


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("eldercare", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="RollupRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(unique=True, verbose_name="月份")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="请求版本")),
                ("done_version", models.PositiveIntegerField(default=0, verbose_name="完成版本")),
                (
                    "requested_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="请求时间"),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="出错信息")),
            ],
            options={
                "verbose_name": "汇总任务",
                "verbose_name_plural": "汇总任务",
                "ordering": ("month",),
            },
        ),
        migrations.CreateModel(
            name="Metric",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=80, unique=True, verbose_name="代码")),
                ("catalogue_code", models.CharField(max_length=30, unique=True, verbose_name="目录编号")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("definition", models.TextField(verbose_name="口径")),
                ("unit", models.CharField(max_length=20, verbose_name="计量单位")),
                (
                    "decimals",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(4)],
                        verbose_name="小数位",
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        choices=[("stock", "时点数"), ("flow", "时期数")], max_length=5, verbose_name="性质"
                    ),
                ),
                (
                    "time_aggregate",
                    models.CharField(
                        choices=[("last", "取期末值"), ("sum", "累加")], max_length=4, verbose_name="时间汇总"
                    ),
                ),
                (
                    "unit_aggregate",
                    models.CharField(
                        choices=[("sum", "各单位相加"), ("none", "不跨单位相加")],
                        max_length=4,
                        verbose_name="单位汇总",
                    ),
                ),
                (
                    "tier",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="1=核心，2=扩展", verbose_name="级次"
                    ),
                ),
                ("ledger", models.CharField(max_length=20, verbose_name="台账")),
                ("ledger_name", models.CharField(max_length=40, verbose_name="数据来源")),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("A", "行政区划"),
                            ("P", "人口与保障对象"),
                            ("F", "机构与设施"),
                            ("B", "床位与入住"),
                            ("S", "人员队伍"),
                            ("V", "服务与补贴"),
                            ("H", "医疗卫生"),
                            ("R", "居住区配建"),
                            ("M", "资金"),
                            ("X", "创建与场所"),
                            ("K", "任务登记"),
                        ],
                        max_length=1,
                        verbose_name="分组",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="顺序")),
                (
                    "reporter",
                    models.CharField(
                        choices=[
                            ("township", "镇(街道)填报"),
                            ("county", "县本级填报"),
                            ("both", "镇(街道)与县本级均填报"),
                            ("registered", "按规划指标逐项登记"),
                        ],
                        max_length=10,
                        verbose_name="填报单位",
                    ),
                ),
                ("is_collected", models.BooleanField(default=False, verbose_name="列入月报")),
                (
                    "plausible_change",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.30"),
                        help_text="较上月变动超过该比例时要求说明，也用于估计未报单位的可能范围；0.30 即 ±30%",
                        max_digits=4,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                        verbose_name="合理变动幅度",
                    ),
                ),
                (
                    "subset_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subsets",
                        to="indicators.metric",
                        verbose_name="属于(不得大于)",
                    ),
                ),
            ],
            options={
                "verbose_name": "基础指标",
                "verbose_name_plural": "基础指标",
                "ordering": ("position",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("nature", "stock"), ("time_aggregate", "last")),
                            models.Q(("nature", "flow"), ("time_aggregate", "sum")),
                            _connector="OR",
                        ),
                        name="metric_flow_is_summed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MetricValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                ("is_total", models.BooleanField(default=False, verbose_name="汇总")),
                (
                    "value",
                    models.DecimalField(decimal_places=4, max_digits=24, null=True, verbose_name="数值"),
                ),
                (
                    "low",
                    models.DecimalField(decimal_places=4, max_digits=24, null=True, verbose_name="可能下限"),
                ),
                (
                    "high",
                    models.DecimalField(decimal_places=4, max_digits=24, null=True, verbose_name="可能上限"),
                ),
                ("reported", models.PositiveIntegerField(verbose_name="已报单位数")),
                ("owed", models.PositiveIntegerField(verbose_name="应报单位数")),
                (
                    "computed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="计算时间"),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="indicators.metric",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="metric_values",
                        to="eldercare.orgunit",
                    ),
                ),
            ],
            options={
                "verbose_name": "指标数值",
                "verbose_name_plural": "指标数值",
                "indexes": [models.Index(fields=["month", "is_total"], name="metricvalue_month")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("metric", "org_unit", "is_total", "month"),
                        name="metricvalue_one_per_unit_and_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reported__lte", models.F("owed"))), name="metricvalue_counts"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthlyReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(help_text="当月第一天", verbose_name="月份")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "填报中"),
                            ("submitted", "待审核"),
                            ("returned", "已退回"),
                            ("approved", "已通过"),
                            ("locked", "已锁定"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("due_on", models.DateField(help_text="当日仍算按时", verbose_name="截止日")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                (
                    "first_submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="首次提交时间"),
                ),
                ("returned_at", models.DateTimeField(blank=True, null=True, verbose_name="退回时间")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="通过时间")),
                (
                    "is_late",
                    models.BooleanField(
                        default=False, help_text="截止日过后仍未首次提交", verbose_name="逾期"
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "月报",
                "verbose_name_plural": "月报",
                "ordering": ("-month", "org_unit__code"),
                "indexes": [models.Index(fields=["month", "status"], name="monthlyreport_month_status")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org_unit", "month"), name="monthlyreport_one_per_unit_and_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="monthlyreport_month_is_first_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MetricEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("value", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="数值")),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="变动较大时的说明", max_length=200, verbose_name="说明"
                    ),
                ),
                (
                    "entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="填报时间"),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填报人",
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="indicators.metric",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="indicators.monthlyreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "填报数据",
                "verbose_name_plural": "填报数据",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "metric"), name="metricentry_one_per_report_and_metric"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)), name="metricentry_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MetricEntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("value", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="数值")),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="变动较大时的说明", max_length=200, verbose_name="说明"
                    ),
                ),
                (
                    "entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="填报时间"),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填报人",
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.metric",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="indicators.metricentry",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.monthlyreport",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CellComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="意见")),
                (
                    "value_then",
                    models.DecimalField(
                        decimal_places=4, max_digits=20, null=True, verbose_name="退回时的数值"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="处理时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.metric"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="indicators.monthlyreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "退回意见",
                "verbose_name_plural": "退回意见",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="MonthlyReportEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("month", models.DateField(help_text="当月第一天", verbose_name="月份")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "填报中"),
                            ("submitted", "待审核"),
                            ("returned", "已退回"),
                            ("approved", "已通过"),
                            ("locked", "已锁定"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("due_on", models.DateField(help_text="当日仍算按时", verbose_name="截止日")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                (
                    "first_submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="首次提交时间"),
                ),
                ("returned_at", models.DateTimeField(blank=True, null=True, verbose_name="退回时间")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="通过时间")),
                (
                    "is_late",
                    models.BooleanField(
                        default=False, help_text="截止日过后仍未首次提交", verbose_name="逾期"
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="indicators.monthlyreport",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=30, unique=True, verbose_name="代码")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("short_title", models.CharField(max_length=40, verbose_name="简称")),
                ("issuer", models.CharField(blank=True, max_length=80, verbose_name="发布单位")),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="发布日期")),
                ("starts_on", models.DateField(verbose_name="规划期起")),
                ("ends_on", models.DateField(verbose_name="规划期止")),
                ("base_year", models.PositiveSmallIntegerField(verbose_name="基期年")),
                (
                    "report_day",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(28),
                        ],
                        verbose_name="月报截止日",
                    ),
                ),
                (
                    "weekend_rule",
                    models.CharField(
                        choices=[("keep", "不顺延"), ("next_workday", "遇周末顺延至周一")],
                        default="keep",
                        max_length=12,
                        verbose_name="截止日遇周末",
                    ),
                ),
                (
                    "lock_after_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="审核通过满该天数后锁定，锁定后不能撤销审核",
                        verbose_name="通过后锁定天数",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="eldercare.orgunit",
                        verbose_name="制定单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "规划",
                "verbose_name_plural": "规划",
                "ordering": ("starts_on", "code"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="plan_period"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("document_code", models.CharField(max_length=20, unique=True, verbose_name="文件编号")),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("group", models.CharField(max_length=40, verbose_name="分组")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("target", "目标"),
                            ("norm", "配备规范"),
                            ("achieved", "前期完成情况"),
                            ("status", "现状"),
                            ("forecast", "预测"),
                        ],
                        max_length=10,
                        verbose_name="性质",
                    ),
                ),
                (
                    "value_type",
                    models.CharField(
                        help_text="文件摘录时的细分类型，如 percent、per_1k",
                        max_length=20,
                        verbose_name="数值类型",
                    ),
                ),
                (
                    "value_kind",
                    models.CharField(
                        choices=[
                            ("ratio", "比率"),
                            ("quantity", "数量"),
                            ("change", "增减"),
                            ("confirmation", "是非"),
                        ],
                        max_length=12,
                        verbose_name="数值种类",
                    ),
                ),
                ("unit", models.CharField(max_length=20, verbose_name="计算单位")),
                ("printed_unit", models.CharField(blank=True, max_length=20, verbose_name="印刷单位")),
                (
                    "comparator",
                    models.CharField(
                        choices=[(">=", "≥"), (">", ">"), ("<=", "≤"), ("<", "<"), ("=", "=")],
                        max_length=2,
                        verbose_name="判定",
                    ),
                ),
                (
                    "printed_comparator",
                    models.CharField(blank=True, max_length=30, verbose_name="原文比较字样"),
                ),
                ("printed_target", models.CharField(blank=True, max_length=60, verbose_name="原文目标字样")),
                (
                    "converted_target",
                    models.CharField(blank=True, max_length=60, verbose_name="换算后的目标"),
                ),
                ("decimals", models.PositiveSmallIntegerField(default=1, verbose_name="显示小数位")),
                ("formula", models.CharField(blank=True, max_length=1000, verbose_name="公式")),
                ("formula_note", models.CharField(blank=True, max_length=200, verbose_name="公式说明")),
                (
                    "alternatives",
                    models.JSONField(
                        blank=True, default=list, help_text="[{formula, note}]", verbose_name="其他口径"
                    ),
                ),
                (
                    "input_source",
                    models.CharField(
                        choices=[("reported", "月报数据"), ("registered", "按指标登记")],
                        default="reported",
                        max_length=10,
                        verbose_name="取数方式",
                    ),
                ),
                ("filter_text", models.CharField(blank=True, max_length=120, verbose_name="限定条件")),
                (
                    "period",
                    models.CharField(
                        blank=True,
                        help_text="week/month/year 或 2016-2020",
                        max_length=20,
                        verbose_name="统计期",
                    ),
                ),
                (
                    "recurrence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "一次"),
                            ("year", "每年"),
                            ("half_year", "每半年"),
                            ("month", "每月"),
                            ("irregular", "定期(频次未写)"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="周期",
                    ),
                ),
                ("recurrence_note", models.CharField(blank=True, max_length=100, verbose_name="周期说明")),
                ("scope", models.CharField(blank=True, max_length=200, verbose_name="范围与分母")),
                (
                    "is_soft",
                    models.BooleanField(
                        default=False, help_text="探索、推动、争创等，不计入完成率", verbose_name="软性目标"
                    ),
                ),
                ("is_headline", models.BooleanField(default=False, verbose_name="首页展示")),
                ("place", models.CharField(max_length=60, verbose_name="出处")),
                ("quote", models.TextField(verbose_name="原文")),
                ("table_row", models.CharField(blank=True, max_length=200, verbose_name="原表行")),
                ("restated", models.JSONField(blank=True, default=list, verbose_name="同义表述")),
                ("notes", models.TextField(blank=True, verbose_name="备注")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "updated_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="更新时间"),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="indicators",
                        to="indicators.plan",
                        verbose_name="规划",
                    ),
                ),
            ],
            options={
                "verbose_name": "规划指标",
                "verbose_name_plural": "规划指标",
                "ordering": ("plan", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="indicator_number_unique_in_plan")
                ],
            },
        ),
        migrations.CreateModel(
            name="Baseline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="印刷年份")),
                ("value", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="数值")),
                ("kind", models.CharField(max_length=40, verbose_name="性质")),
                ("printed_label", models.CharField(blank=True, max_length=40, verbose_name="原文标签")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="出处说明")),
                ("is_path_start", models.BooleanField(default=False, verbose_name="作为目标路径起点")),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="视为何时的数值")),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="baselines",
                        to="indicators.indicator",
                    ),
                ),
            ],
            options={
                "verbose_name": "基期值",
                "verbose_name_plural": "基期值",
                "ordering": ("year", "id"),
            },
        ),
        migrations.CreateModel(
            name="IndicatorEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("document_code", models.CharField(max_length=20, verbose_name="文件编号")),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("group", models.CharField(max_length=40, verbose_name="分组")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("target", "目标"),
                            ("norm", "配备规范"),
                            ("achieved", "前期完成情况"),
                            ("status", "现状"),
                            ("forecast", "预测"),
                        ],
                        max_length=10,
                        verbose_name="性质",
                    ),
                ),
                (
                    "value_type",
                    models.CharField(
                        help_text="文件摘录时的细分类型，如 percent、per_1k",
                        max_length=20,
                        verbose_name="数值类型",
                    ),
                ),
                (
                    "value_kind",
                    models.CharField(
                        choices=[
                            ("ratio", "比率"),
                            ("quantity", "数量"),
                            ("change", "增减"),
                            ("confirmation", "是非"),
                        ],
                        max_length=12,
                        verbose_name="数值种类",
                    ),
                ),
                ("unit", models.CharField(max_length=20, verbose_name="计算单位")),
                ("printed_unit", models.CharField(blank=True, max_length=20, verbose_name="印刷单位")),
                (
                    "comparator",
                    models.CharField(
                        choices=[(">=", "≥"), (">", ">"), ("<=", "≤"), ("<", "<"), ("=", "=")],
                        max_length=2,
                        verbose_name="判定",
                    ),
                ),
                (
                    "printed_comparator",
                    models.CharField(blank=True, max_length=30, verbose_name="原文比较字样"),
                ),
                ("printed_target", models.CharField(blank=True, max_length=60, verbose_name="原文目标字样")),
                (
                    "converted_target",
                    models.CharField(blank=True, max_length=60, verbose_name="换算后的目标"),
                ),
                ("decimals", models.PositiveSmallIntegerField(default=1, verbose_name="显示小数位")),
                ("formula", models.CharField(blank=True, max_length=1000, verbose_name="公式")),
                ("formula_note", models.CharField(blank=True, max_length=200, verbose_name="公式说明")),
                (
                    "alternatives",
                    models.JSONField(
                        blank=True, default=list, help_text="[{formula, note}]", verbose_name="其他口径"
                    ),
                ),
                (
                    "input_source",
                    models.CharField(
                        choices=[("reported", "月报数据"), ("registered", "按指标登记")],
                        default="reported",
                        max_length=10,
                        verbose_name="取数方式",
                    ),
                ),
                ("filter_text", models.CharField(blank=True, max_length=120, verbose_name="限定条件")),
                (
                    "period",
                    models.CharField(
                        blank=True,
                        help_text="week/month/year 或 2016-2020",
                        max_length=20,
                        verbose_name="统计期",
                    ),
                ),
                (
                    "recurrence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "一次"),
                            ("year", "每年"),
                            ("half_year", "每半年"),
                            ("month", "每月"),
                            ("irregular", "定期(频次未写)"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="周期",
                    ),
                ),
                ("recurrence_note", models.CharField(blank=True, max_length=100, verbose_name="周期说明")),
                ("scope", models.CharField(blank=True, max_length=200, verbose_name="范围与分母")),
                (
                    "is_soft",
                    models.BooleanField(
                        default=False, help_text="探索、推动、争创等，不计入完成率", verbose_name="软性目标"
                    ),
                ),
                ("is_headline", models.BooleanField(default=False, verbose_name="首页展示")),
                ("place", models.CharField(max_length=60, verbose_name="出处")),
                ("quote", models.TextField(verbose_name="原文")),
                ("table_row", models.CharField(blank=True, max_length=200, verbose_name="原表行")),
                ("restated", models.JSONField(blank=True, default=list, verbose_name="同义表述")),
                ("notes", models.TextField(blank=True, verbose_name="备注")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "updated_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="更新时间"),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="indicators.indicator",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.plan",
                        verbose_name="规划",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, max_length=30, verbose_name="代码")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("short_title", models.CharField(max_length=40, verbose_name="简称")),
                ("issuer", models.CharField(blank=True, max_length=80, verbose_name="发布单位")),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="发布日期")),
                ("starts_on", models.DateField(verbose_name="规划期起")),
                ("ends_on", models.DateField(verbose_name="规划期止")),
                ("base_year", models.PositiveSmallIntegerField(verbose_name="基期年")),
                (
                    "report_day",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(28),
                        ],
                        verbose_name="月报截止日",
                    ),
                ),
                (
                    "weekend_rule",
                    models.CharField(
                        choices=[("keep", "不顺延"), ("next_workday", "遇周末顺延至周一")],
                        default="keep",
                        max_length=12,
                        verbose_name="截止日遇周末",
                    ),
                ),
                (
                    "lock_after_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="审核通过满该天数后锁定，锁定后不能撤销审核",
                        verbose_name="通过后锁定天数",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="制定单位",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="indicators.plan",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanRemark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="编号")),
                ("kind", models.CharField(max_length=40, verbose_name="类别")),
                ("quote", models.CharField(max_length=300, verbose_name="原文")),
                ("issue", models.TextField(verbose_name="问题")),
                ("handling", models.TextField(verbose_name="处理")),
                (
                    "indicators",
                    models.ManyToManyField(blank=True, related_name="remarks", to="indicators.indicator"),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remarks",
                        to="indicators.plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "存疑说明",
                "verbose_name_plural": "存疑说明",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="日期")),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="数量")),
                (
                    "evidence",
                    models.TextField(help_text="文号、会议、验收等，写清能查到什么", verbose_name="依据"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回原因")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="indicators.indicator",
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="indicators.metric",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="eldercare.orgunit"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "指标登记",
                "verbose_name_plural": "指标登记",
                "ordering": ("-happened_on", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0)), name="registration_not_negative"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegistrationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("happened_on", models.DateField(verbose_name="日期")),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=20, verbose_name="数量")),
                (
                    "evidence",
                    models.TextField(help_text="文号、会议、验收等，写清能查到什么", verbose_name="依据"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回原因")),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.indicator",
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.metric",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="indicators.registration",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReportEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_status",
                    models.CharField(
                        choices=[
                            ("draft", "填报中"),
                            ("submitted", "待审核"),
                            ("returned", "已退回"),
                            ("approved", "已通过"),
                            ("locked", "已锁定"),
                        ],
                        max_length=10,
                        verbose_name="原状态",
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("draft", "填报中"),
                            ("submitted", "待审核"),
                            ("returned", "已退回"),
                            ("approved", "已通过"),
                            ("locked", "已锁定"),
                        ],
                        max_length=10,
                        verbose_name="新状态",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="意见")),
                (
                    "figures",
                    models.JSONField(
                        blank=True, default=dict, help_text="指标代码 → 数值文本", verbose_name="当时的数值"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="indicators.monthlyreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "月报流转记录",
                "verbose_name_plural": "月报流转记录",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="空=原文没有数值",
                        max_digits=20,
                        null=True,
                        verbose_name="目标值",
                    ),
                ),
                (
                    "comparator",
                    models.CharField(
                        choices=[(">=", "≥"), (">", ">"), ("<=", "≤"), ("<", "<"), ("=", "=")],
                        max_length=2,
                        verbose_name="判定",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="期限")),
                ("is_due_inferred", models.BooleanField(default=False, verbose_name="期限为推定")),
                ("is_interim", models.BooleanField(default=False, verbose_name="中间目标")),
                ("quote", models.CharField(blank=True, max_length=200, verbose_name="原文")),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="indicators.indicator",
                    ),
                ),
            ],
            options={
                "verbose_name": "目标",
                "verbose_name_plural": "目标",
                "ordering": ("due_on", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("indicator", "due_on"), name="target_one_per_due_date")
                ],
            },
        ),
        migrations.CreateModel(
            name="TargetEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="空=原文没有数值",
                        max_digits=20,
                        null=True,
                        verbose_name="目标值",
                    ),
                ),
                (
                    "comparator",
                    models.CharField(
                        choices=[(">=", "≥"), (">", ">"), ("<=", "≤"), ("<", "<"), ("=", "=")],
                        max_length=2,
                        verbose_name="判定",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="期限")),
                ("is_due_inferred", models.BooleanField(default=False, verbose_name="期限为推定")),
                ("is_interim", models.BooleanField(default=False, verbose_name="中间目标")),
                ("quote", models.CharField(blank=True, max_length=200, verbose_name="原文")),
                (
                    "indicator",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.indicator",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="indicators.target",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="IndicatorValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                (
                    "numerator",
                    models.DecimalField(decimal_places=6, max_digits=30, null=True, verbose_name="分子"),
                ),
                (
                    "denominator",
                    models.DecimalField(decimal_places=6, max_digits=30, null=True, verbose_name="分母"),
                ),
                (
                    "value",
                    models.DecimalField(decimal_places=12, max_digits=36, null=True, verbose_name="数值"),
                ),
                (
                    "low",
                    models.DecimalField(decimal_places=12, max_digits=36, null=True, verbose_name="可能下限"),
                ),
                (
                    "high",
                    models.DecimalField(decimal_places=12, max_digits=36, null=True, verbose_name="可能上限"),
                ),
                ("reported", models.PositiveIntegerField(verbose_name="已报单位数")),
                ("owed", models.PositiveIntegerField(verbose_name="应报单位数")),
                (
                    "target",
                    models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name="当期目标"),
                ),
                (
                    "path",
                    models.DecimalField(
                        decimal_places=6, max_digits=24, null=True, verbose_name="目标路径值"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("met", "已达标"),
                            ("on_course", "进度正常"),
                            ("behind", "进度滞后"),
                            ("not_reported", "未报齐"),
                            ("not_applicable", "不适用"),
                            ("not_judged", "不判定"),
                        ],
                        max_length=15,
                        verbose_name="状态",
                    ),
                ),
                (
                    "computed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="计算时间"),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="values",
                        to="indicators.indicator",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="indicator_values",
                        to="eldercare.orgunit",
                    ),
                ),
            ],
            options={
                "verbose_name": "规划指标数值",
                "verbose_name_plural": "规划指标数值",
                "indexes": [
                    models.Index(fields=["org_unit", "month"], name="indicatorvalue_unit_month"),
                    models.Index(fields=["month"], name="indicatorvalue_month"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("indicator", "org_unit", "month"),
                        name="indicatorvalue_one_per_unit_and_month",
                    )
                ],
            },
        ),
        AddTrigger(
            model_name="monthlyreport",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_monthlyreportevent" ("approved_at", "approved_by_id", "due_on", "first_submitted_at", "id", "is_late", "month", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "returned_at", "status", "submitted_at", "submitted_by_id") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."due_on", NEW."first_submitted_at", NEW."id", NEW."is_late", NEW."month", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."returned_at", NEW."status", NEW."submitted_at", NEW."submitted_by_id"); RETURN NULL;',
                    hash="fa0b298899a83fa5c63294812779964463e89163",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b8fd2",
                    table="indicators_monthlyreport",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="monthlyreport",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_monthlyreportevent" ("approved_at", "approved_by_id", "due_on", "first_submitted_at", "id", "is_late", "month", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "returned_at", "status", "submitted_at", "submitted_by_id") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."due_on", NEW."first_submitted_at", NEW."id", NEW."is_late", NEW."month", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."returned_at", NEW."status", NEW."submitted_at", NEW."submitted_by_id"); RETURN NULL;',
                    hash="6b7511d3dd388247f9613335881449c2e4947c8e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c9aaa",
                    table="indicators_monthlyreport",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="metricentryevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3056257d4268b903509a189c1ca5c440d8a538ca",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_243b6",
                    table="indicators_metricentryevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="metricentry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_metricentryevent" ("entered_at", "entered_by_id", "id", "metric_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "report_id", "value") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."metric_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."report_id", NEW."value"); RETURN NULL;',
                    hash="2022f73083b49fa00b6e5a76ab0ca2895acad506",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9a8ba",
                    table="indicators_metricentry",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="metricentry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_metricentryevent" ("entered_at", "entered_by_id", "id", "metric_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "report_id", "value") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."metric_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."report_id", NEW."value"); RETURN NULL;',
                    hash="228d796488690039a8b00d7e88281c2fc900004c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_cea98",
                    table="indicators_metricentry",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="metricentry",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_metricentryevent" ("entered_at", "entered_by_id", "id", "metric_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "report_id", "value") VALUES (OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."metric_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."report_id", OLD."value"); RETURN NULL;',
                    hash="23f81930cb37fdbf9ed7551eda3c2e4cec9447ef",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b69a1",
                    table="indicators_metricentry",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="monthlyreportevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="293f0dbea0c0efbb892785bc35c90046a16ceba4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bd865",
                    table="indicators_monthlyreportevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_planevent" ("base_year", "code", "ends_on", "id", "issuer", "lock_after_days", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_on", "report_day", "short_title", "starts_on", "title", "weekend_rule") VALUES (NEW."base_year", NEW."code", NEW."ends_on", NEW."id", NEW."issuer", NEW."lock_after_days", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."published_on", NEW."report_day", NEW."short_title", NEW."starts_on", NEW."title", NEW."weekend_rule"); RETURN NULL;',
                    hash="c031adb8bf7d598ed9e2a96ce9dfa9809bf4d3b5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4d41f",
                    table="indicators_plan",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_planevent" ("base_year", "code", "ends_on", "id", "issuer", "lock_after_days", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_on", "report_day", "short_title", "starts_on", "title", "weekend_rule") VALUES (NEW."base_year", NEW."code", NEW."ends_on", NEW."id", NEW."issuer", NEW."lock_after_days", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published_on", NEW."report_day", NEW."short_title", NEW."starts_on", NEW."title", NEW."weekend_rule"); RETURN NULL;',
                    hash="8d950f33cc6dc4daf227e3d58f11493d76a1b806",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3dd7f",
                    table="indicators_plan",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="indicatorevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="094e1c3f4541b9846ba25c4ee0a14f60244a9bd9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_120fe",
                    table="indicators_indicatorevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_indicatorevent" ("alternatives", "comparator", "converted_target", "decimals", "document_code", "filter_text", "formula", "formula_note", "group", "id", "input_source", "is_active", "is_headline", "is_soft", "name", "notes", "number", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "plan_id", "printed_comparator", "printed_target", "printed_unit", "quote", "recurrence", "recurrence_note", "restated", "role", "scope", "table_row", "unit", "updated_at", "value_kind", "value_type") VALUES (NEW."alternatives", NEW."comparator", NEW."converted_target", NEW."decimals", NEW."document_code", NEW."filter_text", NEW."formula", NEW."formula_note", NEW."group", NEW."id", NEW."input_source", NEW."is_active", NEW."is_headline", NEW."is_soft", NEW."name", NEW."notes", NEW."number", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."plan_id", NEW."printed_comparator", NEW."printed_target", NEW."printed_unit", NEW."quote", NEW."recurrence", NEW."recurrence_note", NEW."restated", NEW."role", NEW."scope", NEW."table_row", NEW."unit", NEW."updated_at", NEW."value_kind", NEW."value_type"); RETURN NULL;',
                    hash="4ea35a88a38bf5a2cab1f045cd6f4502104c22ca",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6ab67",
                    table="indicators_indicator",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_indicatorevent" ("alternatives", "comparator", "converted_target", "decimals", "document_code", "filter_text", "formula", "formula_note", "group", "id", "input_source", "is_active", "is_headline", "is_soft", "name", "notes", "number", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "plan_id", "printed_comparator", "printed_target", "printed_unit", "quote", "recurrence", "recurrence_note", "restated", "role", "scope", "table_row", "unit", "updated_at", "value_kind", "value_type") VALUES (NEW."alternatives", NEW."comparator", NEW."converted_target", NEW."decimals", NEW."document_code", NEW."filter_text", NEW."formula", NEW."formula_note", NEW."group", NEW."id", NEW."input_source", NEW."is_active", NEW."is_headline", NEW."is_soft", NEW."name", NEW."notes", NEW."number", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."plan_id", NEW."printed_comparator", NEW."printed_target", NEW."printed_unit", NEW."quote", NEW."recurrence", NEW."recurrence_note", NEW."restated", NEW."role", NEW."scope", NEW."table_row", NEW."unit", NEW."updated_at", NEW."value_kind", NEW."value_type"); RETURN NULL;',
                    hash="f5e8064c080031cf85e91e870c9ae1a5a77dc8c2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4281e",
                    table="indicators_indicator",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="planevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="939c7248b52b44cdecb4885fc3ae09c297b5517f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a7b8b",
                    table="indicators_planevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="registration",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_registrationevent" ("created_at", "created_by_id", "evidence", "happened_on", "id", "indicator_id", "metric_id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."created_at", NEW."created_by_id", NEW."evidence", NEW."happened_on", NEW."id", NEW."indicator_id", NEW."metric_id", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quantity", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="9bfca6a443870b28c4d06a2b44c03e08088d2492",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_689be",
                    table="indicators_registration",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="registration",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_registrationevent" ("created_at", "created_by_id", "evidence", "happened_on", "id", "indicator_id", "metric_id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "withdrawn_at", "withdrawn_by_id", "withdrawn_reason") VALUES (NEW."created_at", NEW."created_by_id", NEW."evidence", NEW."happened_on", NEW."id", NEW."indicator_id", NEW."metric_id", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quantity", NEW."withdrawn_at", NEW."withdrawn_by_id", NEW."withdrawn_reason"); RETURN NULL;',
                    hash="1f51c0f3aa9a5d9adffa95ca9426fd6229a3ea0a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_da407",
                    table="indicators_registration",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="registrationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="91e01b2cc42a9c57ae8e90f39d3a32f110c76402",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_15335",
                    table="indicators_registrationevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="target",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_targetevent" ("comparator", "due_on", "id", "indicator_id", "is_due_inferred", "is_interim", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "value") VALUES (NEW."comparator", NEW."due_on", NEW."id", NEW."indicator_id", NEW."is_due_inferred", NEW."is_interim", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quote", NEW."value"); RETURN NULL;',
                    hash="f0add469b2a9963fa71ade889a691be7fdc398b0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_621f2",
                    table="indicators_target",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="target",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_targetevent" ("comparator", "due_on", "id", "indicator_id", "is_due_inferred", "is_interim", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "value") VALUES (NEW."comparator", NEW."due_on", NEW."id", NEW."indicator_id", NEW."is_due_inferred", NEW."is_interim", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quote", NEW."value"); RETURN NULL;',
                    hash="634a635e76206d560b8ce5dab071a080bdfd16b4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_38da2",
                    table="indicators_target",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="target",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_targetevent" ("comparator", "due_on", "id", "indicator_id", "is_due_inferred", "is_interim", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "value") VALUES (OLD."comparator", OLD."due_on", OLD."id", OLD."indicator_id", OLD."is_due_inferred", OLD."is_interim", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quote", OLD."value"); RETURN NULL;',
                    hash="3fba7a4ff0359903da040e64e903334b992a4f64",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_fa56b",
                    table="indicators_target",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="targetevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a3d5c6393caf8b2e237031887f088221d4384e28",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e7007",
                    table="indicators_targetevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
