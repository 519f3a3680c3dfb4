import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from eldercare.migration_operations import AddTrigger


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0004_departments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("indicators", "0003_plans"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="EvaluationRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("half_year", "半年检查"), ("midterm", "中期评估"), ("final", "终期评估")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                (
                    "month",
                    models.DateField(
                        help_text="当月第一天；半年检查为 6 月或 12 月", verbose_name="截至月份"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "opened_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="发起时间"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办结人",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="indicators.plan",
                        verbose_name="规划",
                    ),
                ),
            ],
            options={
                "verbose_name": "检查评估",
                "verbose_name_plural": "检查评估",
                "ordering": ("-month", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "kind", "month"), name="evaluationround_once_per_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "half_year"), _negated=True),
                            ("month__month__in", (6, 12)),
                            _connector="OR",
                        ),
                        name="evaluationround_half_year_in_june_or_december",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluationRoundEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("half_year", "半年检查"), ("midterm", "中期评估"), ("final", "终期评估")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                (
                    "month",
                    models.DateField(
                        help_text="当月第一天；半年检查为 6 月或 12 月", verbose_name="截至月份"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "opened_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="发起时间"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办结人",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
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
                        to="indicators.evaluationround",
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
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=30, unique=True, verbose_name="编号")),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("name", models.CharField(max_length=120, verbose_name="任务名称")),
                ("section", models.CharField(blank=True, max_length=60, verbose_name="出处")),
                ("quote", models.TextField(blank=True, verbose_name="原文")),
                ("actions", models.JSONField(blank=True, default=list, verbose_name="主要举措")),
                ("chair", models.CharField(blank=True, max_length=60, verbose_name="牵头领导")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="起始")),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="完成时限")),
                ("deadline_basis", models.CharField(blank=True, max_length=200, verbose_name="时限依据")),
                ("stage", models.CharField(blank=True, max_length=60, verbose_name="阶段")),
                (
                    "recurrence",
                    models.CharField(
                        blank=True,
                        choices=[("", "一次"), ("month", "每月"), ("half_year", "每半年"), ("year", "每年")],
                        default="",
                        max_length=10,
                        verbose_name="周期",
                    ),
                ),
                ("recurrence_note", models.CharField(blank=True, max_length=100, verbose_name="周期说明")),
                (
                    "is_soft",
                    models.BooleanField(
                        default=False, help_text="探索、鼓励、争创等，不列入督办", verbose_name="软性任务"
                    ),
                ),
                ("lead_candidates", models.JSONField(blank=True, default=list, verbose_name="牵头单位候选")),
                ("lead_basis", models.CharField(blank=True, max_length=200, verbose_name="牵头单位依据")),
                (
                    "responsible_note",
                    models.CharField(blank=True, max_length=200, verbose_name="责任单位说明"),
                ),
                (
                    "quantity_target",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="与挂钩的基础指标同一计量单位",
                        max_digits=16,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="数量目标",
                    ),
                ),
                (
                    "state_set",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_started", "未启动"),
                            ("on_course", "正常推进"),
                            ("behind", "进度滞后"),
                            ("done", "已完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="人工认定状态",
                    ),
                ),
                ("state_reason", models.CharField(blank=True, max_length=200, verbose_name="认定理由")),
                ("state_set_at", models.DateTimeField(blank=True, null=True, verbose_name="认定时间")),
                (
                    "indicators",
                    models.ManyToManyField(
                        blank=True, related_name="tasks", to="indicators.indicator", verbose_name="挂钩指标"
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.metric",
                        verbose_name="挂钩基础指标",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="indicators.plan",
                        verbose_name="规划",
                    ),
                ),
                (
                    "state_set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="认定人",
                    ),
                ),
            ],
            options={
                "verbose_name": "重点任务",
                "verbose_name_plural": "重点任务",
                "ordering": ("plan", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="task_number_unique_in_plan"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state_set", ""), models.Q(("state_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="task_state_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity_target", None), ("metric__isnull", False), _connector="OR"
                        ),
                        name="task_quantity_has_a_metric",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoundItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "self_score",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="自评分"
                    ),
                ),
                ("self_note", models.CharField(blank=True, max_length=300, verbose_name="自评说明")),
                (
                    "score",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="核定分"
                    ),
                ),
                ("opinion", models.CharField(blank=True, max_length=300, verbose_name="评估意见")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核定人",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="round_items",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="indicators.evaluationround",
                    ),
                ),
                (
                    "self_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="自评人",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="round_items",
                        to="indicators.task",
                        verbose_name="任务",
                    ),
                ),
            ],
            options={
                "verbose_name": "评估项",
                "verbose_name_plural": "评估项",
                "ordering": ("org_unit__code", "task__number"),
                "constraints": [
                    models.UniqueConstraint(fields=("round", "task", "org_unit"), name="rounditem_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("self_score", None), ("self_score__range", (0, 100)), _connector="OR"),
                            models.Q(("score", None), ("score__range", (0, 100)), _connector="OR"),
                        ),
                        name="rounditem_scores",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by", None),
                            models.Q(("checked_by", models.F("self_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="rounditem_two_pairs_of_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Supervision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                ("serial", models.PositiveSmallIntegerField(verbose_name="编号")),
                ("demand", models.CharField(max_length=500, verbose_name="督办要求")),
                ("reply_due_on", models.DateField(verbose_name="回复期限")),
                (
                    "issued_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="下发时间"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("issued", "待回复"), ("replied", "已回复"), ("closed", "已销号")],
                        default="issued",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="销号时间")),
                ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="销号意见")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="销号人",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="下发人",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervisions",
                        to="eldercare.orgunit",
                        verbose_name="被督办单位",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervisions",
                        to="indicators.task",
                        verbose_name="任务",
                    ),
                ),
            ],
            options={
                "verbose_name": "督办",
                "verbose_name_plural": "督办",
                "ordering": ("-year", "-serial"),
                "constraints": [
                    models.UniqueConstraint(fields=("task", "year", "serial"), name="supervision_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "closed"), _negated=True),
                        fields=("task", "org_unit"),
                        name="supervision_one_open_per_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupervisionReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=1000, verbose_name="回复")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="回复时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="回复人",
                    ),
                ),
                (
                    "supervision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="indicators.supervision",
                    ),
                ),
            ],
            options={
                "verbose_name": "督办回复",
                "verbose_name_plural": "督办回复",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="SupervisionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                ("serial", models.PositiveSmallIntegerField(verbose_name="编号")),
                ("demand", models.CharField(max_length=500, verbose_name="督办要求")),
                ("reply_due_on", models.DateField(verbose_name="回复期限")),
                (
                    "issued_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="下发时间"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("issued", "待回复"), ("replied", "已回复"), ("closed", "已销号")],
                        default="issued",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="销号时间")),
                ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="销号意见")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="销号人",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="下发人",
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
                        verbose_name="被督办单位",
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
                        to="indicators.supervision",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.task",
                        verbose_name="任务",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RoundItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "self_score",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="自评分"
                    ),
                ),
                ("self_note", models.CharField(blank=True, max_length=300, verbose_name="自评说明")),
                (
                    "score",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="核定分"
                    ),
                ),
                ("opinion", models.CharField(blank=True, max_length=300, verbose_name="评估意见")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核定人",
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
                        to="indicators.rounditem",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.evaluationround",
                    ),
                ),
                (
                    "self_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="自评人",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.task",
                        verbose_name="任务",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaskBulletin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                (
                    "lines",
                    models.JSONField(
                        help_text="[{rank, is_tied, unit, code, owed, on_time, late, missing, …}]",
                        verbose_name="名次",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=1000, verbose_name="通报说明")),
                (
                    "issued_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="印发时间"),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="印发人",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="task_bulletins",
                        to="eldercare.orgunit",
                        verbose_name="印发单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "任务通报",
                "verbose_name_plural": "任务通报",
                "ordering": ("-month",),
                "constraints": [
                    models.UniqueConstraint(fields=("org_unit", "month"), name="taskbulletin_one_per_month")
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, max_length=30, verbose_name="编号")),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("name", models.CharField(max_length=120, verbose_name="任务名称")),
                ("section", models.CharField(blank=True, max_length=60, verbose_name="出处")),
                ("quote", models.TextField(blank=True, verbose_name="原文")),
                ("actions", models.JSONField(blank=True, default=list, verbose_name="主要举措")),
                ("chair", models.CharField(blank=True, max_length=60, verbose_name="牵头领导")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="起始")),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="完成时限")),
                ("deadline_basis", models.CharField(blank=True, max_length=200, verbose_name="时限依据")),
                ("stage", models.CharField(blank=True, max_length=60, verbose_name="阶段")),
                (
                    "recurrence",
                    models.CharField(
                        blank=True,
                        choices=[("", "一次"), ("month", "每月"), ("half_year", "每半年"), ("year", "每年")],
                        default="",
                        max_length=10,
                        verbose_name="周期",
                    ),
                ),
                ("recurrence_note", models.CharField(blank=True, max_length=100, verbose_name="周期说明")),
                (
                    "is_soft",
                    models.BooleanField(
                        default=False, help_text="探索、鼓励、争创等，不列入督办", verbose_name="软性任务"
                    ),
                ),
                ("lead_candidates", models.JSONField(blank=True, default=list, verbose_name="牵头单位候选")),
                ("lead_basis", models.CharField(blank=True, max_length=200, verbose_name="牵头单位依据")),
                (
                    "responsible_note",
                    models.CharField(blank=True, max_length=200, verbose_name="责任单位说明"),
                ),
                (
                    "quantity_target",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="与挂钩的基础指标同一计量单位",
                        max_digits=16,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="数量目标",
                    ),
                ),
                (
                    "state_set",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_started", "未启动"),
                            ("on_course", "正常推进"),
                            ("behind", "进度滞后"),
                            ("done", "已完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="人工认定状态",
                    ),
                ),
                ("state_reason", models.CharField(blank=True, max_length=200, verbose_name="认定理由")),
                ("state_set_at", models.DateTimeField(blank=True, null=True, verbose_name="认定时间")),
                (
                    "metric",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.metric",
                        verbose_name="挂钩基础指标",
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
                        to="indicators.task",
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
                (
                    "state_set_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="认定人",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaskMilestone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_on", models.DateField(verbose_name="期限")),
                ("what", models.CharField(max_length=120, verbose_name="内容")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="完成日期")),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="indicators.task",
                    ),
                ),
            ],
            options={
                "verbose_name": "分项期限",
                "verbose_name_plural": "分项期限",
                "ordering": ("due_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="TaskMilestoneEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("due_on", models.DateField(verbose_name="期限")),
                ("what", models.CharField(max_length=120, verbose_name="内容")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="完成日期")),
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
                        to="indicators.taskmilestone",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.task",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaskProgress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(help_text="当月第一天", verbose_name="月份")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="进展情况")),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="完成进度(%)",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_started", "未启动"),
                            ("on_course", "正常推进"),
                            ("behind", "进度滞后"),
                            ("done", "已完成"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "填写中"),
                            ("submitted", "待审核"),
                            ("returned", "已退回"),
                            ("accepted", "已通过"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="流转",
                    ),
                ),
                (
                    "entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="填写时间"),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                (
                    "first_submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="首次提交时间"),
                ),
                (
                    "is_late",
                    models.BooleanField(default=False, help_text="首次提交时已过截止日", verbose_name="逾期"),
                ),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="审核时间")),
                ("review_note", models.CharField(blank=True, max_length=300, verbose_name="审核意见")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填写人",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="task_progress",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
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
                        verbose_name="提交人",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="indicators.task",
                        verbose_name="任务",
                    ),
                ),
            ],
            options={
                "verbose_name": "任务进展",
                "verbose_name_plural": "任务进展",
                "ordering": ("-month", "org_unit__code"),
                "indexes": [
                    models.Index(fields=["month", "org_unit"], name="taskprogress_month_unit"),
                    models.Index(
                        condition=models.Q(("status", "submitted")),
                        fields=["status"],
                        name="taskprogress_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("task", "org_unit", "month"), name="taskprogress_one_per_unit_and_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="taskprogress_month_is_first_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent", None), ("percent__lte", 100), _connector="OR"),
                        name="taskprogress_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", None),
                            models.Q(("reviewed_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="taskprogress_two_pairs_of_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("filename", models.CharField(max_length=200, verbose_name="文件名")),
                ("kind", models.CharField(max_length=8, verbose_name="类型")),
                (
                    "uploaded_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="上传时间"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.importfile",
                        verbose_name="文件",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "progress",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="indicators.taskprogress",
                    ),
                ),
            ],
            options={
                "verbose_name": "佐证材料",
                "verbose_name_plural": "佐证材料",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="TaskEvidenceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("filename", models.CharField(max_length=200, verbose_name="文件名")),
                ("kind", models.CharField(max_length=8, verbose_name="类型")),
                (
                    "uploaded_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="上传时间"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.importfile",
                        verbose_name="文件",
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
                        to="indicators.taskevidence",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "progress",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.taskprogress",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaskProgressEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("month", models.DateField(help_text="当月第一天", verbose_name="月份")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="进展情况")),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="完成进度(%)",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_started", "未启动"),
                            ("on_course", "正常推进"),
                            ("behind", "进度滞后"),
                            ("done", "已完成"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "填写中"),
                            ("submitted", "待审核"),
                            ("returned", "已退回"),
                            ("accepted", "已通过"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="流转",
                    ),
                ),
                (
                    "entered_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="填写时间"),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                (
                    "first_submitted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="首次提交时间"),
                ),
                (
                    "is_late",
                    models.BooleanField(default=False, help_text="首次提交时已过截止日", verbose_name="逾期"),
                ),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="审核时间")),
                ("review_note", models.CharField(blank=True, max_length=300, verbose_name="审核意见")),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填写人",
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
                        to="indicators.taskprogress",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
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
                        verbose_name="提交人",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.task",
                        verbose_name="任务",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaskUnit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("lead", "牵头单位"), ("responsible", "责任单位")],
                        max_length=12,
                        verbose_name="分工",
                    ),
                ),
                (
                    "printed",
                    models.CharField(
                        blank=True, help_text="空为文件没有写", max_length=60, verbose_name="原文名称"
                    ),
                ),
                ("is_inferred", models.BooleanField(default=False, verbose_name="推定")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认人",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="task_roles",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="units",
                        to="indicators.task",
                    ),
                ),
            ],
            options={
                "verbose_name": "任务单位",
                "verbose_name_plural": "任务单位",
                "ordering": ("role", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("org_unit__isnull", False)),
                        fields=("task", "role", "org_unit"),
                        name="taskunit_once_per_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("printed", ""), _negated=True),
                            ("org_unit__isnull", False),
                            _connector="OR",
                        ),
                        name="taskunit_is_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskUnitEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "role",
                    models.CharField(
                        choices=[("lead", "牵头单位"), ("responsible", "责任单位")],
                        max_length=12,
                        verbose_name="分工",
                    ),
                ),
                (
                    "printed",
                    models.CharField(
                        blank=True, help_text="空为文件没有写", max_length=60, verbose_name="原文名称"
                    ),
                ),
                ("is_inferred", models.BooleanField(default=False, verbose_name="推定")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认人",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
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
                        to="indicators.taskunit",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.task",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        AddTrigger(
            model_name="evaluationround",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_evaluationroundevent" ("closed_at", "closed_by_id", "id", "kind", "month", "note", "opened_at", "opened_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."id", NEW."kind", NEW."month", NEW."note", NEW."opened_at", NEW."opened_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id"); RETURN NULL;',
                    hash="efeaf019b94e56b7bff35e940363220921601a58",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_49097",
                    table="indicators_evaluationround",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="evaluationround",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_evaluationroundevent" ("closed_at", "closed_by_id", "id", "kind", "month", "note", "opened_at", "opened_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."id", NEW."kind", NEW."month", NEW."note", NEW."opened_at", NEW."opened_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id"); RETURN NULL;',
                    hash="45f28e346ea56ff259ee01e265231f7a3429714a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_db0ca",
                    table="indicators_evaluationround",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="evaluationroundevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2cd35f03eab0f117396a2c8309a867edfa3f04e6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_10a92",
                    table="indicators_evaluationroundevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_taskevent" ("actions", "chair", "code", "deadline", "deadline_basis", "id", "is_soft", "lead_basis", "lead_candidates", "metric_id", "name", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "quantity_target", "quote", "recurrence", "recurrence_note", "responsible_note", "section", "stage", "starts_on", "state_reason", "state_set", "state_set_at", "state_set_by_id") VALUES (NEW."actions", NEW."chair", NEW."code", NEW."deadline", NEW."deadline_basis", NEW."id", NEW."is_soft", NEW."lead_basis", NEW."lead_candidates", NEW."metric_id", NEW."name", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."quantity_target", NEW."quote", NEW."recurrence", NEW."recurrence_note", NEW."responsible_note", NEW."section", NEW."stage", NEW."starts_on", NEW."state_reason", NEW."state_set", NEW."state_set_at", NEW."state_set_by_id"); RETURN NULL;',
                    hash="0a1146a4e5476fa345e13b257c73fbda865e6e62",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4afc3",
                    table="indicators_task",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_taskevent" ("actions", "chair", "code", "deadline", "deadline_basis", "id", "is_soft", "lead_basis", "lead_candidates", "metric_id", "name", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "quantity_target", "quote", "recurrence", "recurrence_note", "responsible_note", "section", "stage", "starts_on", "state_reason", "state_set", "state_set_at", "state_set_by_id") VALUES (NEW."actions", NEW."chair", NEW."code", NEW."deadline", NEW."deadline_basis", NEW."id", NEW."is_soft", NEW."lead_basis", NEW."lead_candidates", NEW."metric_id", NEW."name", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."quantity_target", NEW."quote", NEW."recurrence", NEW."recurrence_note", NEW."responsible_note", NEW."section", NEW."stage", NEW."starts_on", NEW."state_reason", NEW."state_set", NEW."state_set_at", NEW."state_set_by_id"); RETURN NULL;',
                    hash="81967bdf1087024210969e4f9df4f04064028e1d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5e2eb",
                    table="indicators_task",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="supervisionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6ce6fb71ceed0b5947b5ce10c3b16c11c819d103",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_68091",
                    table="indicators_supervisionevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="supervision",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_supervisionevent" ("closed_at", "closed_by_id", "closing_note", "demand", "id", "issued_at", "issued_by_id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_due_on", "serial", "status", "task_id", "year") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."closing_note", NEW."demand", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reply_due_on", NEW."serial", NEW."status", NEW."task_id", NEW."year"); RETURN NULL;',
                    hash="dc84ceab8cd0ca940ac5cb120834dd0ea9f6812f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a3d62",
                    table="indicators_supervision",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="supervision",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_supervisionevent" ("closed_at", "closed_by_id", "closing_note", "demand", "id", "issued_at", "issued_by_id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_due_on", "serial", "status", "task_id", "year") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."closing_note", NEW."demand", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reply_due_on", NEW."serial", NEW."status", NEW."task_id", NEW."year"); RETURN NULL;',
                    hash="7a18f1e2b6fb3aafb882e06d5c6ce48339cebf02",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7007a",
                    table="indicators_supervision",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="rounditemevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d0fb5583c5f13f7ff25f2d848dc6ce1bd512c1a7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_cd83d",
                    table="indicators_rounditemevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="rounditem",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_rounditemevent" ("checked_by_id", "id", "opinion", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round_id", "score", "self_by_id", "self_note", "self_score", "task_id") VALUES (NEW."checked_by_id", NEW."id", NEW."opinion", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."round_id", NEW."score", NEW."self_by_id", NEW."self_note", NEW."self_score", NEW."task_id"); RETURN NULL;',
                    hash="83e9b3b4def4f91cb17bef63d6e2445721d15c2b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b5cd0",
                    table="indicators_rounditem",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="rounditem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_rounditemevent" ("checked_by_id", "id", "opinion", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round_id", "score", "self_by_id", "self_note", "self_score", "task_id") VALUES (NEW."checked_by_id", NEW."id", NEW."opinion", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."round_id", NEW."score", NEW."self_by_id", NEW."self_note", NEW."self_score", NEW."task_id"); RETURN NULL;',
                    hash="3902ef4aa6a55b8f188657d925a9883aaff0ffa3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fca4a",
                    table="indicators_rounditem",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ea1e20cda9ed6fcb7d3ef795c1a2d5553bdab794",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e1be9",
                    table="indicators_taskevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskmilestone",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_taskmilestoneevent" ("done_on", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "task_id", "what") VALUES (NEW."done_on", NEW."due_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."task_id", NEW."what"); RETURN NULL;',
                    hash="2d15ba5dd45db3ba17422776dc7b7f76f70b6f6a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_dcec8",
                    table="indicators_taskmilestone",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskmilestone",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_taskmilestoneevent" ("done_on", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "task_id", "what") VALUES (NEW."done_on", NEW."due_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."task_id", NEW."what"); RETURN NULL;',
                    hash="d6ffee0f88b9c6c9f1c99efef640fb6cbfabdc87",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_58fa7",
                    table="indicators_taskmilestone",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskmilestone",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_taskmilestoneevent" ("done_on", "due_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "task_id", "what") VALUES (OLD."done_on", OLD."due_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."task_id", OLD."what"); RETURN NULL;',
                    hash="2c2e7511e746e600903372144eba751d851179a0",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c3417",
                    table="indicators_taskmilestone",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskmilestoneevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="676a10c533e3f135b441acab06ad74495a4d85b3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_dfe9c",
                    table="indicators_taskmilestoneevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskprogress",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_taskprogressevent" ("entered_at", "entered_by_id", "first_submitted_at", "id", "is_late", "month", "org_unit_id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_note", "reviewed_at", "reviewed_by_id", "state", "status", "submitted_at", "submitted_by_id", "task_id", "text") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."first_submitted_at", NEW."id", NEW."is_late", NEW."month", NEW."org_unit_id", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."review_note", NEW."reviewed_at", NEW."reviewed_by_id", NEW."state", NEW."status", NEW."submitted_at", NEW."submitted_by_id", NEW."task_id", NEW."text"); RETURN NULL;',
                    hash="434f78d4f689c7e235189028c1e897cc272f8671",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9d88b",
                    table="indicators_taskprogress",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskprogress",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_taskprogressevent" ("entered_at", "entered_by_id", "first_submitted_at", "id", "is_late", "month", "org_unit_id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_note", "reviewed_at", "reviewed_by_id", "state", "status", "submitted_at", "submitted_by_id", "task_id", "text") VALUES (NEW."entered_at", NEW."entered_by_id", NEW."first_submitted_at", NEW."id", NEW."is_late", NEW."month", NEW."org_unit_id", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."review_note", NEW."reviewed_at", NEW."reviewed_by_id", NEW."state", NEW."status", NEW."submitted_at", NEW."submitted_by_id", NEW."task_id", NEW."text"); RETURN NULL;',
                    hash="442e3443f1f8a215137167fbd30c2d8b58fe1a40",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_99bc8",
                    table="indicators_taskprogress",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskevidenceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2068200d5edb3e56fba02fa2dc956003d0a61100",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_41744",
                    table="indicators_taskevidenceevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskevidence",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_taskevidenceevent" ("file_id", "filename", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "progress_id", "uploaded_at", "uploaded_by_id") VALUES (NEW."file_id", NEW."filename", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."progress_id", NEW."uploaded_at", NEW."uploaded_by_id"); RETURN NULL;',
                    hash="fa19c1cf324964b8677237a77e47a57f4d18584a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e58f0",
                    table="indicators_taskevidence",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskevidence",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_taskevidenceevent" ("file_id", "filename", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "progress_id", "uploaded_at", "uploaded_by_id") VALUES (OLD."file_id", OLD."filename", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."progress_id", OLD."uploaded_at", OLD."uploaded_by_id"); RETURN NULL;',
                    hash="1f28a1ff47bb115374727f744dcf3d81f5ac28a6",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_fe617",
                    table="indicators_taskevidence",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskprogressevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="081fd1f8a85fe40a59561bbe58f51e1a42d0064c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d759f",
                    table="indicators_taskprogressevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskunit",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_taskunitevent" ("confirmed_at", "confirmed_by_id", "id", "is_inferred", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed", "role", "task_id") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."id", NEW."is_inferred", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."printed", NEW."role", NEW."task_id"); RETURN NULL;',
                    hash="4aeacf4584b13fbb188350984c5c2ed76e1d1c59",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5ed9c",
                    table="indicators_taskunit",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskunit",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_taskunitevent" ("confirmed_at", "confirmed_by_id", "id", "is_inferred", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed", "role", "task_id") VALUES (NEW."confirmed_at", NEW."confirmed_by_id", NEW."id", NEW."is_inferred", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."printed", NEW."role", NEW."task_id"); RETURN NULL;',
                    hash="a458bc51b47813553e0a4ae83514d4dd8d8865f0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f694d",
                    table="indicators_taskunit",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskunit",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_taskunitevent" ("confirmed_at", "confirmed_by_id", "id", "is_inferred", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed", "role", "task_id") VALUES (OLD."confirmed_at", OLD."confirmed_by_id", OLD."id", OLD."is_inferred", OLD."org_unit_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."printed", OLD."role", OLD."task_id"); RETURN NULL;',
                    hash="e2de859b58e28aafc48bce85e39f037a622d38fe",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d85b4",
                    table="indicators_taskunit",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="taskunitevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d4f91fed4218ad1689048c3280d388ceb5c45fb6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_762bd",
                    table="indicators_taskunitevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
