import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0004_departments"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(
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
                    ("task", "重点任务"),
                    ("remind", "催报"),
                    ("ledger", "台账"),
                    ("import", "上传"),
                    ("person", "查看人员档案"),
                    ("enrolment", "补贴资格"),
                    ("programme", "补贴政策"),
                    ("payment", "补贴发放"),
                    ("reveal", "查看完整号码"),
                    ("token", "接口凭证"),
                    ("export", "导出"),
                    ("denied", "越权访问"),
                ],
                max_length=20,
                verbose_name="动作",
            ),
        ),
        migrations.CreateModel(
            name="ApiAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(help_text="token:编号 或 user:编号", max_length=30)),
                ("key", models.CharField(max_length=100)),
                ("request", models.CharField(help_text="方法、地址和内容的摘要", max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("headers", models.JSONField(default=dict)),
                ("body", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "幂等记录",
                "verbose_name_plural": "幂等记录",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "key"), name="apianswer_one_per_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
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
                        choices=[("personal", "个人"), ("system", "系统对接")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("purpose", models.CharField(max_length=200, verbose_name="用途")),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None, verbose_name="权限"
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256；凭证本身不保存", max_length=64, unique=True, verbose_name="摘要"
                    ),
                ),
                ("tail", models.CharField(max_length=4, verbose_name="末四位")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="创建时间"),
                ),
                ("expires_on", models.DateField(help_text="当日仍有效", verbose_name="有效期至")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="最近使用")),
                (
                    "last_address",
                    models.GenericIPAddressField(blank=True, null=True, verbose_name="最近来源"),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="作废时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="创建人",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        help_text="限于该单位",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="数据范围",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        help_text="以谁的名义",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口凭证",
                "verbose_name_plural": "接口凭证",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="ApiUsage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(max_length=30, unique=True)),
                ("minute", models.BigIntegerField(help_text="自 1970 年起的分钟数")),
                ("number", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "调用次数",
                "verbose_name_plural": "调用次数",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="apiusage_counts")
                ],
            },
        ),
    ]
