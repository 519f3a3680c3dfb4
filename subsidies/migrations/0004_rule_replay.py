"""Changes of rules tried on past months before they are saved."""

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0003_enrolments_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleReplay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=160, verbose_name="改动")),
                (
                    "address",
                    models.CharField(
                        help_text="确认后把填写的内容交到这里", max_length=200, verbose_name="表单地址"
                    ),
                ),
                (
                    "typed",
                    models.TextField(
                        blank=True, help_text="原样，用来保存或返回修改", verbose_name="填写的内容"
                    ),
                ),
                (
                    "draft",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="改动内容"
                    ),
                ),
                (
                    "months",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), default=list, size=None, verbose_name="月份"
                    ),
                ),
                ("is_as_if", models.BooleanField(default=False, verbose_name="假设以前各月都按新规定")),
                ("digest", models.CharField(max_length=64, verbose_name="校验和")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "正在计算"), ("done", "已算好"), ("failed", "未能算出")],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0, verbose_name="已算月数")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="未能算出的原因")),
                (
                    "figures",
                    models.JSONField(
                        default=list,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="各月结果",
                    ),
                ),
                (
                    "rules",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="所用版本",
                    ),
                ),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="算好时间")),
                ("saved_at", models.DateTimeField(blank=True, null=True, verbose_name="据此保存时间")),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="县(市、区)",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replays",
                        to="subsidies.programme",
                        verbose_name="补贴项目",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
            ],
            options={
                "verbose_name": "规则新旧对比",
                "verbose_name_plural": "规则新旧对比",
                "ordering": ("-requested_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ReplayLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("gain", "增加"),
                            ("lose", "减少"),
                            ("appear", "新享受"),
                            ("fall_out", "不再享受"),
                        ],
                        max_length=8,
                        verbose_name="变化",
                    ),
                ),
                (
                    "old_amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="原金额(元)"),
                ),
                (
                    "new_amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="新金额(元)"),
                ),
                ("old_version", models.BigIntegerField(null=True)),
                ("new_version", models.BigIntegerField(help_text="小于 0 为还没有保存的版本", null=True)),
                ("old_band", models.CharField(blank=True, max_length=60, verbose_name="原档次")),
                ("new_band", models.CharField(blank=True, max_length=60, verbose_name="新档次")),
                ("old_why", models.CharField(blank=True, max_length=15)),
                ("new_why", models.CharField(blank=True, max_length=15)),
                ("old_facts", models.JSONField(default=dict)),
                ("new_facts", models.JSONField(default=dict)),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subsidies.enrolment",
                        verbose_name="享受资格",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="镇(街道)",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subsidies.programme",
                        verbose_name="补贴项目",
                    ),
                ),
                (
                    "replay",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="subsidies.rulereplay",
                        verbose_name="新旧对比",
                    ),
                ),
            ],
            options={
                "verbose_name": "新旧对比明细",
                "verbose_name_plural": "新旧对比明细",
                "ordering": ("org_unit", "enrolment", "month"),
            },
        ),
        migrations.AddIndex(
            model_name="rulereplay",
            index=models.Index(fields=["requested_at"], name="rulereplay_requested"),
        ),
        migrations.AddConstraint(
            model_name="replayline",
            constraint=models.UniqueConstraint(
                fields=("replay", "programme", "month", "enrolment"), name="replayline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="replayline",
            constraint=models.CheckConstraint(
                condition=models.Q(("old_amount", models.F("new_amount")), _negated=True),
                name="replayline_moves",
            ),
        ),
    ]
