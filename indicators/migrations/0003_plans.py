import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from eldercare.migration_operations import AddTrigger


def adopt_own_plans(apps, schema_editor):
    """Plans that exist are in force in their issuer's own unit."""
    Plan, Adoption = apps.get_model("indicators", "Plan"), apps.get_model("indicators", "Adoption")
    Adoption.objects.bulk_create(
        [Adoption(plan_id=pk, org_unit_id=unit) for pk, unit in Plan.objects.values_list("pk", "org_unit_id")]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0005_tokens"),
        ("indicators", "0002_ledger_figures"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Adoption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_month",
                    models.DateField(blank=True, help_text="空=不限", null=True, verbose_name="自何月起"),
                ),
                (
                    "until_month",
                    models.DateField(blank=True, help_text="空=一直执行", null=True, verbose_name="至何月止"),
                ),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="更新时间"),
                ),
            ],
            options={
                "verbose_name": "规划执行",
                "verbose_name_plural": "规划执行",
                "ordering": ("plan", "org_unit__code"),
            },
        ),
        migrations.CreateModel(
            name="AdoptionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "from_month",
                    models.DateField(blank=True, help_text="空=不限", null=True, verbose_name="自何月起"),
                ),
                (
                    "until_month",
                    models.DateField(blank=True, help_text="空=一直执行", null=True, verbose_name="至何月止"),
                ),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="更新时间"),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Equivalence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
            ],
            options={
                "verbose_name": "同口径指标组",
                "verbose_name_plural": "同口径指标组",
                "ordering": ("position", "code"),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="indicator",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="indicator",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="plan",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="plan",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="target",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="target",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="target",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="indicator",
            name="is_approximate",
            field=models.BooleanField(
                default=False, help_text="原文写“余”“约”或只有几位有效数字", verbose_name="约数"
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="is_irrelevant",
            field=models.BooleanField(
                default=False, help_text="原文的背景数字，只照录", verbose_name="与养老服务无关"
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="judged_level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("county", "每个县(市、区)"),
                    ("street", "每个街道"),
                    ("reporting_unit", "每个填报单位"),
                ],
                max_length=15,
                verbose_name="判定单位",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="judged_per",
            field=models.CharField(
                blank=True,
                help_text="基础指标代码：单位的目标 = 目标值 × 该指标的数",
                max_length=80,
                verbose_name="按其倍数判定",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="judged_where",
            field=models.CharField(
                blank=True,
                help_text="基础指标代码：该指标为 0 的单位不适用",
                max_length=80,
                verbose_name="适用条件",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="judging",
            field=models.CharField(
                blank=True,
                choices=[("", "按本级汇总数"), ("each_unit", "逐个下级单位(全部达标才算达标)")],
                default="",
                max_length=10,
                verbose_name="判定方式",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="only_units",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="单位代码：原文只下达给这些单位，其他单位不计入",
                verbose_name="只限单位",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="recurs_from",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="起始年"),
        ),
        migrations.AddField(
            model_name="indicator",
            name="recurs_to",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="截止年"),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="is_approximate",
            field=models.BooleanField(
                default=False, help_text="原文写“余”“约”或只有几位有效数字", verbose_name="约数"
            ),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="is_irrelevant",
            field=models.BooleanField(
                default=False, help_text="原文的背景数字，只照录", verbose_name="与养老服务无关"
            ),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="judged_level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("county", "每个县(市、区)"),
                    ("street", "每个街道"),
                    ("reporting_unit", "每个填报单位"),
                ],
                max_length=15,
                verbose_name="判定单位",
            ),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="judged_per",
            field=models.CharField(
                blank=True,
                help_text="基础指标代码：单位的目标 = 目标值 × 该指标的数",
                max_length=80,
                verbose_name="按其倍数判定",
            ),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="judged_where",
            field=models.CharField(
                blank=True,
                help_text="基础指标代码：该指标为 0 的单位不适用",
                max_length=80,
                verbose_name="适用条件",
            ),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="judging",
            field=models.CharField(
                blank=True,
                choices=[("", "按本级汇总数"), ("each_unit", "逐个下级单位(全部达标才算达标)")],
                default="",
                max_length=10,
                verbose_name="判定方式",
            ),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="only_units",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="单位代码：原文只下达给这些单位，其他单位不计入",
                verbose_name="只限单位",
            ),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="recurs_from",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="起始年"),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="recurs_to",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="截止年"),
        ),
        migrations.AddField(
            model_name="indicatorvalue",
            name="units_due",
            field=models.PositiveIntegerField(
                help_text="不适用的单位不计入", null=True, verbose_name="应考核单位数"
            ),
        ),
        migrations.AddField(
            model_name="indicatorvalue",
            name="units_met",
            field=models.PositiveIntegerField(
                help_text="逐单位判定的指标才有", null=True, verbose_name="达标单位数"
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="document_number",
            field=models.CharField(blank=True, max_length=60, verbose_name="发文字号"),
        ),
        migrations.AddField(
            model_name="plan",
            name="printed_sums",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="[{whole, parts}]：序号，核对用",
                verbose_name="应相加的现状数",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="provenance",
            field=models.CharField(
                blank=True, help_text="转载、脱敏、日期不明等", max_length=300, verbose_name="来源说明"
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="upstream",
            field=models.JSONField(blank=True, default=list, verbose_name="依据的上位文件"),
        ),
        migrations.AddField(
            model_name="planevent",
            name="document_number",
            field=models.CharField(blank=True, max_length=60, verbose_name="发文字号"),
        ),
        migrations.AddField(
            model_name="planevent",
            name="printed_sums",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="[{whole, parts}]：序号，核对用",
                verbose_name="应相加的现状数",
            ),
        ),
        migrations.AddField(
            model_name="planevent",
            name="provenance",
            field=models.CharField(
                blank=True, help_text="转载、脱敏、日期不明等", max_length=300, verbose_name="来源说明"
            ),
        ),
        migrations.AddField(
            model_name="planevent",
            name="upstream",
            field=models.JSONField(blank=True, default=list, verbose_name="依据的上位文件"),
        ),
        migrations.AddField(
            model_name="target",
            name="other_due_note",
            field=models.CharField(blank=True, max_length=100, verbose_name="另一处的出处"),
        ),
        migrations.AddField(
            model_name="target",
            name="other_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="另一处写的期限"),
        ),
        migrations.AddField(
            model_name="targetevent",
            name="other_due_note",
            field=models.CharField(blank=True, max_length=100, verbose_name="另一处的出处"),
        ),
        migrations.AddField(
            model_name="targetevent",
            name="other_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="另一处写的期限"),
        ),
        migrations.AlterField(
            model_name="plan",
            name="base_year",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="文件没有写基期的，以规划期前一个月为起点",
                null=True,
                verbose_name="基期年",
            ),
        ),
        migrations.AlterField(
            model_name="planevent",
            name="base_year",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="文件没有写基期的，以规划期前一个月为起点",
                null=True,
                verbose_name="基期年",
            ),
        ),
        AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_indicatorevent" ("alternatives", "comparator", "converted_target", "decimals", "document_code", "filter_text", "formula", "formula_note", "group", "id", "input_source", "is_active", "is_approximate", "is_headline", "is_irrelevant", "is_soft", "judged_level", "judged_per", "judged_where", "judging", "name", "notes", "number", "only_units", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "plan_id", "printed_comparator", "printed_target", "printed_unit", "quote", "recurrence", "recurrence_note", "recurs_from", "recurs_to", "restated", "role", "scope", "table_row", "unit", "updated_at", "value_kind", "value_type") VALUES (NEW."alternatives", NEW."comparator", NEW."converted_target", NEW."decimals", NEW."document_code", NEW."filter_text", NEW."formula", NEW."formula_note", NEW."group", NEW."id", NEW."input_source", NEW."is_active", NEW."is_approximate", NEW."is_headline", NEW."is_irrelevant", NEW."is_soft", NEW."judged_level", NEW."judged_per", NEW."judged_where", NEW."judging", NEW."name", NEW."notes", NEW."number", NEW."only_units", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."plan_id", NEW."printed_comparator", NEW."printed_target", NEW."printed_unit", NEW."quote", NEW."recurrence", NEW."recurrence_note", NEW."recurs_from", NEW."recurs_to", NEW."restated", NEW."role", NEW."scope", NEW."table_row", NEW."unit", NEW."updated_at", NEW."value_kind", NEW."value_type"); RETURN NULL;',
                    hash="5bb16b18d05e027ae540128ea8b8b5d35e88c90f",
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
                    func='INSERT INTO "indicators_indicatorevent" ("alternatives", "comparator", "converted_target", "decimals", "document_code", "filter_text", "formula", "formula_note", "group", "id", "input_source", "is_active", "is_approximate", "is_headline", "is_irrelevant", "is_soft", "judged_level", "judged_per", "judged_where", "judging", "name", "notes", "number", "only_units", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "plan_id", "printed_comparator", "printed_target", "printed_unit", "quote", "recurrence", "recurrence_note", "recurs_from", "recurs_to", "restated", "role", "scope", "table_row", "unit", "updated_at", "value_kind", "value_type") VALUES (NEW."alternatives", NEW."comparator", NEW."converted_target", NEW."decimals", NEW."document_code", NEW."filter_text", NEW."formula", NEW."formula_note", NEW."group", NEW."id", NEW."input_source", NEW."is_active", NEW."is_approximate", NEW."is_headline", NEW."is_irrelevant", NEW."is_soft", NEW."judged_level", NEW."judged_per", NEW."judged_where", NEW."judging", NEW."name", NEW."notes", NEW."number", NEW."only_units", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."plan_id", NEW."printed_comparator", NEW."printed_target", NEW."printed_unit", NEW."quote", NEW."recurrence", NEW."recurrence_note", NEW."recurs_from", NEW."recurs_to", NEW."restated", NEW."role", NEW."scope", NEW."table_row", NEW."unit", NEW."updated_at", NEW."value_kind", NEW."value_type"); RETURN NULL;',
                    hash="88a89f63fb4a6e59d3e5efd9e61899a2467bb762",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4281e",
                    table="indicators_indicator",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_planevent" ("base_year", "code", "document_number", "ends_on", "id", "issuer", "lock_after_days", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed_sums", "provenance", "published_on", "report_day", "short_title", "starts_on", "title", "upstream", "weekend_rule") VALUES (NEW."base_year", NEW."code", NEW."document_number", NEW."ends_on", NEW."id", NEW."issuer", NEW."lock_after_days", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."printed_sums", NEW."provenance", NEW."published_on", NEW."report_day", NEW."short_title", NEW."starts_on", NEW."title", NEW."upstream", NEW."weekend_rule"); RETURN NULL;',
                    hash="a37ef7bbf5d01cba7831f9f2264b01fe4958d703",
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
                    func='INSERT INTO "indicators_planevent" ("base_year", "code", "document_number", "ends_on", "id", "issuer", "lock_after_days", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed_sums", "provenance", "published_on", "report_day", "short_title", "starts_on", "title", "upstream", "weekend_rule") VALUES (NEW."base_year", NEW."code", NEW."document_number", NEW."ends_on", NEW."id", NEW."issuer", NEW."lock_after_days", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."printed_sums", NEW."provenance", NEW."published_on", NEW."report_day", NEW."short_title", NEW."starts_on", NEW."title", NEW."upstream", NEW."weekend_rule"); RETURN NULL;',
                    hash="97be1a01a0c0cf5a450756e115c9cee3fa40b2a3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3dd7f",
                    table="indicators_plan",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="target",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_targetevent" ("comparator", "due_on", "id", "indicator_id", "is_due_inferred", "is_interim", "other_due_note", "other_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "value") VALUES (NEW."comparator", NEW."due_on", NEW."id", NEW."indicator_id", NEW."is_due_inferred", NEW."is_interim", NEW."other_due_note", NEW."other_due_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quote", NEW."value"); RETURN NULL;',
                    hash="f533559fb6c75ba30b19fbf2858c352ecbe46d38",
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
                    func='INSERT INTO "indicators_targetevent" ("comparator", "due_on", "id", "indicator_id", "is_due_inferred", "is_interim", "other_due_note", "other_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "value") VALUES (NEW."comparator", NEW."due_on", NEW."id", NEW."indicator_id", NEW."is_due_inferred", NEW."is_interim", NEW."other_due_note", NEW."other_due_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quote", NEW."value"); RETURN NULL;',
                    hash="21f059d3f3317ea18e61228e929cc92eb58e50d6",
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
                    func='INSERT INTO "indicators_targetevent" ("comparator", "due_on", "id", "indicator_id", "is_due_inferred", "is_interim", "other_due_note", "other_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "value") VALUES (OLD."comparator", OLD."due_on", OLD."id", OLD."indicator_id", OLD."is_due_inferred", OLD."is_interim", OLD."other_due_note", OLD."other_due_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quote", OLD."value"); RETURN NULL;',
                    hash="93a51d3abcba15c2a5c582861a0a695bbb314fd9",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_fa56b",
                    table="indicators_target",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="adoption",
            name="changed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办",
            ),
        ),
        migrations.AddField(
            model_name="adoption",
            name="org_unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="adoptions",
                to="eldercare.orgunit",
                verbose_name="执行单位",
            ),
        ),
        migrations.AddField(
            model_name="adoption",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="adoptions",
                to="indicators.plan",
                verbose_name="规划",
            ),
        ),
        migrations.AddField(
            model_name="adoptionevent",
            name="changed_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办",
            ),
        ),
        migrations.AddField(
            model_name="adoptionevent",
            name="org_unit",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="eldercare.orgunit",
                verbose_name="执行单位",
            ),
        ),
        migrations.AddField(
            model_name="adoptionevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="adoptionevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="indicators.adoption",
            ),
        ),
        migrations.AddField(
            model_name="adoptionevent",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="indicators.plan",
                verbose_name="规划",
            ),
        ),
        migrations.AddField(
            model_name="equivalence",
            name="indicators",
            field=models.ManyToManyField(blank=True, related_name="equivalences", to="indicators.indicator"),
        ),
        migrations.AddConstraint(
            model_name="adoption",
            constraint=models.UniqueConstraint(
                fields=("plan", "org_unit"), name="adoption_one_per_plan_and_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="adoption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_month", None),
                    ("until_month", None),
                    ("until_month__gte", models.F("from_month")),
                    _connector="OR",
                ),
                name="adoption_period",
            ),
        ),
        AddTrigger(
            model_name="adoption",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_adoptionevent" ("changed_at", "changed_by_id", "from_month", "id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "until_month") VALUES (NEW."changed_at", NEW."changed_by_id", NEW."from_month", NEW."id", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."until_month"); RETURN NULL;',
                    hash="2b70e7657e4d2457dc615292d92d706670cdac18",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_63f04",
                    table="indicators_adoption",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="adoption",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_adoptionevent" ("changed_at", "changed_by_id", "from_month", "id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "until_month") VALUES (NEW."changed_at", NEW."changed_by_id", NEW."from_month", NEW."id", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."until_month"); RETURN NULL;',
                    hash="082a911c440ea3a8726514d82b43b6da1389d4d6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2596c",
                    table="indicators_adoption",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="adoptionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7c37b10678feac3cadcc0c18ac8e01ce58bd57e5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_77990",
                    table="indicators_adoptionevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(adopt_own_plans, migrations.RunPython.noop),
    ]
