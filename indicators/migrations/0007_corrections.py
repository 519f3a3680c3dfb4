import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from eldercare.migration_operations import AddTrigger


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0005_tokens"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("indicators", "0006_official_reports"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectionSlip",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(help_text="当月第一天", verbose_name="更正月份")),
                ("year", models.PositiveSmallIntegerField(verbose_name="编号年份")),
                ("serial", models.PositiveIntegerField(verbose_name="编号")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "起草中"),
                            ("submitted", "待审批"),
                            ("returned", "已退回"),
                            ("approved", "已生效"),
                            ("cancelled", "已作废"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="更正原因")),
                (
                    "evidence",
                    models.TextField(help_text="写清能查到什么：文号、名册、会议纪要等", verbose_name="依据"),
                ),
                (
                    "prepared_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="起草时间"),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="送审时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("opinion", models.CharField(blank=True, max_length=300, verbose_name="审批意见")),
                (
                    "effect",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="送审时测得的每个变动的指标值：[{indicator, unit, month, …}]",
                        verbose_name="影响",
                    ),
                ),
                (
                    "revision",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="公布版次"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审批人",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction_slips",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
            ],
            options={
                "verbose_name": "更正单",
                "verbose_name_plural": "更正单",
                "ordering": ("-year", "-serial"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org_unit", "year", "serial"), name="correctionslip_number_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("org_unit", "month", "revision"), name="correctionslip_revision_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="correctionslip_month_is_first_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", models.F("prepared_by")), _negated=True),
                            ("decided_by", None),
                            _connector="OR",
                        ),
                        name="correctionslip_two_pairs_of_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "old_value",
                    models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name="原数值"),
                ),
                (
                    "new_value",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=20, null=True, verbose_name="更正为"
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="indicators.metric",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="indicators.monthlyreport",
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="indicators.correctionslip",
                    ),
                ),
            ],
            options={
                "verbose_name": "更正项",
                "verbose_name_plural": "更正项",
                "ordering": ("report__org_unit__code", "metric__position"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("slip", "report", "metric"), name="correctionline_one_per_figure"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionSlipEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("month", models.DateField(help_text="当月第一天", verbose_name="更正月份")),
                ("year", models.PositiveSmallIntegerField(verbose_name="编号年份")),
                ("serial", models.PositiveIntegerField(verbose_name="编号")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "起草中"),
                            ("submitted", "待审批"),
                            ("returned", "已退回"),
                            ("approved", "已生效"),
                            ("cancelled", "已作废"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="更正原因")),
                (
                    "evidence",
                    models.TextField(help_text="写清能查到什么：文号、名册、会议纪要等", verbose_name="依据"),
                ),
                (
                    "prepared_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="起草时间"),
                ),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="送审时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("opinion", models.CharField(blank=True, max_length=300, verbose_name="审批意见")),
                (
                    "effect",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="送审时测得的每个变动的指标值：[{indicator, unit, month, …}]",
                        verbose_name="影响",
                    ),
                ),
                (
                    "revision",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="公布版次"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审批人",
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
                        to="indicators.correctionslip",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="indicatorvalue",
            name="indicatorvalue_one_per_unit_and_month",
        ),
        migrations.RemoveConstraint(
            model_name="metricvalue",
            name="metricvalue_one_per_unit_and_month",
        ),
        migrations.AddField(
            model_name="indicatorvalue",
            name="superseded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="被取代时间"),
        ),
        migrations.AddField(
            model_name="metricvalue",
            name="superseded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="被取代时间"),
        ),
        migrations.AddConstraint(
            model_name="indicatorvalue",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("indicator", "org_unit", "month"),
                name="indicatorvalue_one_per_unit_and_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="metricvalue",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("metric", "org_unit", "is_total", "month"),
                name="metricvalue_one_per_unit_and_month",
            ),
        ),
        AddTrigger(
            model_name="correctionslip",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_correctionslipevent" ("decided_at", "decided_by_id", "effect", "evidence", "id", "month", "opinion", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prepared_at", "prepared_by_id", "reason", "revision", "serial", "status", "submitted_at", "year") VALUES (NEW."decided_at", NEW."decided_by_id", NEW."effect", NEW."evidence", NEW."id", NEW."month", NEW."opinion", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prepared_at", NEW."prepared_by_id", NEW."reason", NEW."revision", NEW."serial", NEW."status", NEW."submitted_at", NEW."year"); RETURN NULL;',
                    hash="ad244177e253df04aacd41b95f359e6404933419",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c9775",
                    table="indicators_correctionslip",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="correctionslip",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_correctionslipevent" ("decided_at", "decided_by_id", "effect", "evidence", "id", "month", "opinion", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prepared_at", "prepared_by_id", "reason", "revision", "serial", "status", "submitted_at", "year") VALUES (NEW."decided_at", NEW."decided_by_id", NEW."effect", NEW."evidence", NEW."id", NEW."month", NEW."opinion", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prepared_at", NEW."prepared_by_id", NEW."reason", NEW."revision", NEW."serial", NEW."status", NEW."submitted_at", NEW."year"); RETURN NULL;',
                    hash="05d2283b7d3c31c1ed9bc96d6d668e411880106e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d731d",
                    table="indicators_correctionslip",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="correctionslipevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="56bcc66431f28abc5a8714bf21617bdeba841838",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a77fd",
                    table="indicators_correctionslipevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
