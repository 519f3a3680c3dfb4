"""The bank's sheet and return file as jobs of the worker; bounces that another person confirms."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0004_rule_replay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankJob",
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
                        choices=[("sheet", "生成银行表"), ("match", "登记回盘")],
                        max_length=5,
                        verbose_name="事项",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "正在处理"), ("done", "已办完"), ("failed", "没有办成")],
                        default="waiting",
                        max_length=7,
                        verbose_name="状态",
                    ),
                ),
                ("filename", models.CharField(blank=True, max_length=120, verbose_name="文件名")),
                ("only_agreeing", models.BooleanField(default=False, verbose_name="只登记相符的行")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("progress", models.PositiveIntegerField(default=0, verbose_name="已读行数")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="办完时间")),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="没有办成的原因")),
                (
                    "outcome",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="人数、金额、不符的行，不含账号",
                        verbose_name="结果",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_jobs",
                        to="subsidies.batch",
                        verbose_name="批次",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        help_text="原样，加密",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.importfile",
                        verbose_name="回盘文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "银行事项",
                "verbose_name_plural": "银行事项",
                "ordering": ("-pk",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("batch",),
                        name="bankjob_one_at_a_time",
                        violation_error_message="这一批还有一项没有处理完。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("file", None), ("kind", "sheet")),
                            models.Q(("file__isnull", False), ("kind", "match")),
                            _connector="OR",
                        ),
                        name="bankjob_match_has_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bounce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("serial", models.PositiveIntegerField(verbose_name="银行表序号")),
                ("name", models.CharField(max_length=80, verbose_name="收款人")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额(元)")),
                ("on", models.DateField(verbose_name="退回日期")),
                ("reason", models.CharField(max_length=80, verbose_name="退回原因")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待确认"), ("confirmed", "已确认"), ("refused", "未确认")],
                        default="waiting",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("registered_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="意见")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bounces",
                        to="subsidies.batch",
                        verbose_name="批次",
                    ),
                ),
                (
                    "decided_by",
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
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "verbose_name": "退汇",
                "verbose_name_plural": "退汇",
                "ordering": ("batch", "serial", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "refused"), _negated=True),
                        fields=("batch", "serial"),
                        name="bounce_once",
                        violation_error_message="这个序号已登记过退汇。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("registered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="bounce_two_people",
                        violation_error_message="登记的人不能确认。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", None), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True), ("decided_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="bounce_decided_by_somebody",
                    ),
                ],
            },
        ),
    ]
