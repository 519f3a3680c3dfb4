import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from eldercare.migration_operations import AddTrigger


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0006_ledger_keys"),
        ("indicators", "0008_metric_needs"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectionEvidence",
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
                    "slip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="indicators.correctionslip",
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
            ],
            options={
                "verbose_name": "更正单的佐证材料",
                "verbose_name_plural": "更正单的佐证材料",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="CorrectionEvidenceEvent",
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
                        to="indicators.correctionevidence",
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.correctionslip",
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
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="correctionslip",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="correctionslip",
            name="update_update",
        ),
        migrations.AddField(
            model_name="correctionslip",
            name="edited_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="修改人",
            ),
        ),
        migrations.AddField(
            model_name="correctionslipevent",
            name="edited_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="修改人",
            ),
        ),
        AddTrigger(
            model_name="correctionslip",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_correctionslipevent" ("decided_at", "decided_by_id", "edited_by_id", "effect", "evidence", "id", "month", "opinion", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prepared_at", "prepared_by_id", "reason", "revision", "serial", "status", "submitted_at", "year") VALUES (NEW."decided_at", NEW."decided_by_id", NEW."edited_by_id", NEW."effect", NEW."evidence", NEW."id", NEW."month", NEW."opinion", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prepared_at", NEW."prepared_by_id", NEW."reason", NEW."revision", NEW."serial", NEW."status", NEW."submitted_at", NEW."year"); RETURN NULL;',
                    hash="48dd7333a34df1c4990146787c129ad43dd29c3d",
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
                    func='INSERT INTO "indicators_correctionslipevent" ("decided_at", "decided_by_id", "edited_by_id", "effect", "evidence", "id", "month", "opinion", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prepared_at", "prepared_by_id", "reason", "revision", "serial", "status", "submitted_at", "year") VALUES (NEW."decided_at", NEW."decided_by_id", NEW."edited_by_id", NEW."effect", NEW."evidence", NEW."id", NEW."month", NEW."opinion", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prepared_at", NEW."prepared_by_id", NEW."reason", NEW."revision", NEW."serial", NEW."status", NEW."submitted_at", NEW."year"); RETURN NULL;',
                    hash="049e964129fee5d78634eb16b24a22f0720584f5",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d731d",
                    table="indicators_correctionslip",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionslip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "approved"), _negated=True),
                    models.Q(("decided_by", models.F("edited_by")), _negated=True),
                    _connector="OR",
                ),
                name="correctionslip_editor_does_not_approve",
            ),
        ),
        AddTrigger(
            model_name="correctionevidence",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="55302ab2e4b887b779408011cb03a924361d458b",
                    operation="UPDATE",
                    pgid="pgtrigger_never_changed_15839",
                    table="indicators_correctionevidence",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="correctionevidence",
            trigger=pgtrigger.compiler.Trigger(
                name="kept_with_its_slip",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF (SELECT status FROM indicators_correctionslip WHERE id = OLD.slip_id)\n                        NOT IN ('draft', 'returned') THEN\n                        RAISE EXCEPTION 'evidence stays with a correction slip that is not at the desk';\n                    END IF;\n                    RETURN OLD;\n                ",
                    hash="5086c80b72443b76da91f738ce606a1e5a4c3180",
                    operation="DELETE",
                    pgid="pgtrigger_kept_with_its_slip_b7b97",
                    table="indicators_correctionevidence",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="correctionevidence",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_correctionevidenceevent" ("file_id", "filename", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slip_id", "uploaded_at", "uploaded_by_id") VALUES (NEW."file_id", NEW."filename", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slip_id", NEW."uploaded_at", NEW."uploaded_by_id"); RETURN NULL;',
                    hash="34159d549f28c5b20d472e28371fd40c8a33dff8",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3b895",
                    table="indicators_correctionevidence",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="correctionevidence",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_correctionevidenceevent" ("file_id", "filename", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slip_id", "uploaded_at", "uploaded_by_id") VALUES (OLD."file_id", OLD."filename", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."slip_id", OLD."uploaded_at", OLD."uploaded_by_id"); RETURN NULL;',
                    hash="cb97430f9bf5db7b8d2df16477a77009284ba3df",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_8aeb5",
                    table="indicators_correctionevidence",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="correctionevidenceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fc90175982536e6beb27af8b6de57d51410ad0ad",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c32f8",
                    table="indicators_correctionevidenceevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
