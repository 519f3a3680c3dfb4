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
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrgUnit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("city", "市"),
                            ("county", "县(市、区)"),
                            ("township", "镇(街道)"),
                            ("village", "村(社区)"),
                            ("reporting", "非区划填报单位"),
                        ],
                        max_length=10,
                        verbose_name="级别",
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        help_text="上级代码以“/”相连，如 /330424/330424101/",
                        max_length=120,
                        unique=True,
                        verbose_name="路径",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="生效日")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="失效当日起不再有效；空为至今有效",
                        null=True,
                        verbose_name="失效日",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="eldercare.orgunit",
                        verbose_name="上级",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="eldercare.orgunit",
                        verbose_name="前身",
                    ),
                ),
            ],
            options={
                "verbose_name": "组织单位",
                "verbose_name_plural": "组织单位",
                "ordering": ("code",),
                "indexes": [
                    models.Index(
                        fields=["path"], name="orgunit_path_prefix", opclasses=["varchar_pattern_ops"]
                    ),
                    models.Index(fields=["level", "code"], name="orgunit_level_code"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="orgunit_valid_period",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "该用户名已被使用，请换一个。"},
                        max_length=40,
                        unique=True,
                        verbose_name="用户名",
                    ),
                ),
                ("full_name", models.CharField(max_length=40, verbose_name="姓名")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("township_clerk", "乡镇(街道)经办"),
                            ("county_clerk", "县级经办"),
                            ("county_reviewer", "县级审核"),
                            ("leader", "领导"),
                            ("administrator", "系统管理员"),
                            ("auditor", "审计员"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("must_change_password", models.BooleanField(default=True, verbose_name="下次登录须改密码")),
                (
                    "password_changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="密码修改时间"),
                ),
                ("is_demo", models.BooleanField(default=False, verbose_name="演示账号")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="users",
                        to="eldercare.orgunit",
                        verbose_name="所属单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "账号",
                "verbose_name_plural": "账号",
                "ordering": ("username",),
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("username", models.CharField(blank=True, max_length=150, verbose_name="用户名")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("sign_in", "登录"),
                            ("sign_in_failed", "登录失败"),
                            ("locked_out", "账号锁定"),
                            ("sign_out", "退出"),
                            ("password", "修改密码"),
                            ("account", "账号管理"),
                            ("report", "月报流转"),
                            ("figure", "填报数据"),
                            ("plan", "规划与指标"),
                            ("confirm", "指标确认"),
                            ("remind", "催报"),
                            ("export", "导出"),
                            ("denied", "越权访问"),
                        ],
                        max_length=20,
                        verbose_name="动作",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="对象")),
                ("detail", models.JSONField(blank=True, default=dict, verbose_name="明细")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="地址")),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "审计日志",
                "verbose_name_plural": "审计日志",
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["action", "-id"], name="auditevent_action")],
            },
        ),
        migrations.CreateModel(
            name="PasswordRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="password_records",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "历史密码",
                "verbose_name_plural": "历史密码",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="UserEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "该用户名已被使用，请换一个。"},
                        max_length=40,
                        verbose_name="用户名",
                    ),
                ),
                ("full_name", models.CharField(max_length=40, verbose_name="姓名")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("township_clerk", "乡镇(街道)经办"),
                            ("county_clerk", "县级经办"),
                            ("county_reviewer", "县级审核"),
                            ("leader", "领导"),
                            ("administrator", "系统管理员"),
                            ("auditor", "审计员"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("must_change_password", models.BooleanField(default=True, verbose_name="下次登录须改密码")),
                (
                    "password_changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="密码修改时间"),
                ),
                ("is_demo", models.BooleanField(default=False, verbose_name="演示账号")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="所属单位",
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
            name="Notice",
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
                        choices=[
                            ("reminder", "催报"),
                            ("returned", "退回"),
                            ("approved", "审核通过"),
                            ("submitted", "待审核"),
                            ("system", "系统"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="内容")),
                ("link", models.CharField(blank=True, max_length=200, verbose_name="链接")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="已读时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "站内通知",
                "verbose_name_plural": "站内通知",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["recipient", "-id"],
                        name="notice_unread",
                    )
                ],
            },
        ),
        AddTrigger(
            model_name="auditevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bae173247240804f3a357ad49d9c61d4f3f6dec7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f0234",
                    table="eldercare_auditevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "eldercare_userevent" ("created_at", "full_name", "id", "is_active", "is_demo", "must_change_password", "org_unit_id", "password_changed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "username") VALUES (NEW."created_at", NEW."full_name", NEW."id", NEW."is_active", NEW."is_demo", NEW."must_change_password", NEW."org_unit_id", NEW."password_changed_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."username"); RETURN NULL;',
                    hash="78a2ab7ff061c7f9c1c89bafe20120d0eff3cd5c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1eda2",
                    table="eldercare_user",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."full_name" IS DISTINCT FROM (NEW."full_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_demo" IS DISTINCT FROM (NEW."is_demo") OR OLD."must_change_password" IS DISTINCT FROM (NEW."must_change_password") OR OLD."org_unit_id" IS DISTINCT FROM (NEW."org_unit_id") OR OLD."password_changed_at" IS DISTINCT FROM (NEW."password_changed_at") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."username" IS DISTINCT FROM (NEW."username"))',
                    func='INSERT INTO "eldercare_userevent" ("created_at", "full_name", "id", "is_active", "is_demo", "must_change_password", "org_unit_id", "password_changed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "username") VALUES (NEW."created_at", NEW."full_name", NEW."id", NEW."is_active", NEW."is_demo", NEW."must_change_password", NEW."org_unit_id", NEW."password_changed_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."username"); RETURN NULL;',
                    hash="532a31d530154f7e569979dc86f77db168867a0e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8059a",
                    table="eldercare_user",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="userevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1ce41bf2228db00b219580bf55e2c7dc5ff244cc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5931b",
                    table="eldercare_userevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
