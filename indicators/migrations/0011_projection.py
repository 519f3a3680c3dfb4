import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from eldercare.migration_operations import AddTrigger


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0010_correction_evidence"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="indicator",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="indicator",
            name="update_update",
        ),
        migrations.AddField(
            model_name="indicator",
            name="projection",
            field=models.CharField(
                blank=True,
                choices=[("", "自动"), ("linear", "线性"), ("path", "目标路径"), ("last", "末值")],
                default="",
                help_text="到期数值怎样推算；自动：按近 12 个月的数选择",
                max_length=10,
                verbose_name="推算方法",
            ),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="projection",
            field=models.CharField(
                blank=True,
                choices=[("", "自动"), ("linear", "线性"), ("path", "目标路径"), ("last", "末值")],
                default="",
                help_text="到期数值怎样推算；自动：按近 12 个月的数选择",
                max_length=10,
                verbose_name="推算方法",
            ),
        ),
        AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_indicatorevent" ("alternatives", "comparator", "converted_target", "decimals", "document_code", "filter_text", "formula", "formula_note", "group", "id", "input_source", "is_active", "is_approximate", "is_headline", "is_irrelevant", "is_soft", "judged_level", "judged_per", "judged_where", "judging", "name", "notes", "number", "only_units", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "plan_id", "printed_comparator", "printed_target", "printed_unit", "projection", "quote", "recurrence", "recurrence_note", "recurs_from", "recurs_to", "restated", "role", "scope", "table_row", "unit", "updated_at", "value_kind", "value_type") VALUES (NEW."alternatives", NEW."comparator", NEW."converted_target", NEW."decimals", NEW."document_code", NEW."filter_text", NEW."formula", NEW."formula_note", NEW."group", NEW."id", NEW."input_source", NEW."is_active", NEW."is_approximate", NEW."is_headline", NEW."is_irrelevant", NEW."is_soft", NEW."judged_level", NEW."judged_per", NEW."judged_where", NEW."judging", NEW."name", NEW."notes", NEW."number", NEW."only_units", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."plan_id", NEW."printed_comparator", NEW."printed_target", NEW."printed_unit", NEW."projection", NEW."quote", NEW."recurrence", NEW."recurrence_note", NEW."recurs_from", NEW."recurs_to", NEW."restated", NEW."role", NEW."scope", NEW."table_row", NEW."unit", NEW."updated_at", NEW."value_kind", NEW."value_type"); RETURN NULL;',
                    hash="cc87ba15d7ae949f23b189ab9380c3a257d487e8",
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
                    func='INSERT INTO "indicators_indicatorevent" ("alternatives", "comparator", "converted_target", "decimals", "document_code", "filter_text", "formula", "formula_note", "group", "id", "input_source", "is_active", "is_approximate", "is_headline", "is_irrelevant", "is_soft", "judged_level", "judged_per", "judged_where", "judging", "name", "notes", "number", "only_units", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "plan_id", "printed_comparator", "printed_target", "printed_unit", "projection", "quote", "recurrence", "recurrence_note", "recurs_from", "recurs_to", "restated", "role", "scope", "table_row", "unit", "updated_at", "value_kind", "value_type") VALUES (NEW."alternatives", NEW."comparator", NEW."converted_target", NEW."decimals", NEW."document_code", NEW."filter_text", NEW."formula", NEW."formula_note", NEW."group", NEW."id", NEW."input_source", NEW."is_active", NEW."is_approximate", NEW."is_headline", NEW."is_irrelevant", NEW."is_soft", NEW."judged_level", NEW."judged_per", NEW."judged_where", NEW."judging", NEW."name", NEW."notes", NEW."number", NEW."only_units", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."plan_id", NEW."printed_comparator", NEW."printed_target", NEW."printed_unit", NEW."projection", NEW."quote", NEW."recurrence", NEW."recurrence_note", NEW."recurs_from", NEW."recurs_to", NEW."restated", NEW."role", NEW."scope", NEW."table_row", NEW."unit", NEW."updated_at", NEW."value_kind", NEW."value_type"); RETURN NULL;',
                    hash="104dcd4298d44a2e72d3712b906c049f9019064c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4281e",
                    table="indicators_indicator",
                    when="AFTER",
                ),
            ),
        ),
    ]
