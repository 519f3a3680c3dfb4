import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import eldercare.encryption
from eldercare.migration_operations import AddTrigger


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0003_people_actions"),
        ("facilities", "0001_initial"),
        ("indicators", "0004_tasks"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Register",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        error_messages={"unique": "这个代码已有登记簿使用，请换一个。"},
                        max_length=30,
                        unique=True,
                        verbose_name="代码",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("supervision", "监管与安全"),
                            ("service", "服务供给"),
                            ("benefit", "待遇与保险"),
                            ("staff", "人才与队伍"),
                            ("building", "设施与配建"),
                            ("money", "资金与项目"),
                            ("work", "组织与推进"),
                        ],
                        max_length=12,
                        verbose_name="工作领域",
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=300, verbose_name="用途")),
                (
                    "row_name",
                    models.CharField(
                        default="条记录",
                        help_text="如：次检查、个小区",
                        max_length=20,
                        verbose_name="一行是一",
                    ),
                ),
                (
                    "keeper",
                    models.CharField(
                        choices=[("township", "镇(街道)和县"), ("county", "县级")],
                        default="township",
                        max_length=8,
                        verbose_name="由谁登记",
                    ),
                ),
                (
                    "retention",
                    models.CharField(
                        blank=True,
                        help_text="如：长期；项目结束后 10 年。到期由档案管理人员处理，系统不自动删除",
                        max_length=100,
                        verbose_name="保存期限",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="顺序")),
                ("is_retired", models.BooleanField(default=False, verbose_name="停用")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="定义修改时间")),
            ],
            options={
                "verbose_name": "登记簿",
                "verbose_name_plural": "登记簿",
                "ordering": ("field", "position", "code"),
            },
        ),
        migrations.CreateModel(
            name="RegisterColumn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=30, verbose_name="代码")),
                ("heading", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "aliases",
                    models.CharField(
                        blank=True,
                        help_text="上传时也认的表头，用顿号隔开",
                        max_length=200,
                        verbose_name="表头别名",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "文字"),
                            ("long", "长文字"),
                            ("integer", "整数"),
                            ("number", "数（可有两位小数）"),
                            ("amount", "金额（元）"),
                            ("date", "日期"),
                            ("yesno", "是/否"),
                            ("choice", "单选"),
                            ("several", "多选"),
                            ("village", "村(社区)"),
                            ("facility", "机构(设施)"),
                            ("name", "人员姓名"),
                            ("id_number", "身份证号（加密）"),
                            ("phone", "电话（加密）"),
                            ("task", "重点任务编号"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("slot", models.CharField(editable=False, max_length=10)),
                ("choices", models.JSONField(blank=True, default=list, verbose_name="选项")),
                ("unit", models.CharField(blank=True, max_length=10, verbose_name="计量单位")),
                ("help", models.CharField(blank=True, max_length=200, verbose_name="填写说明")),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
                ("is_required", models.BooleanField(default=False, verbose_name="必填")),
                (
                    "is_key",
                    models.BooleanField(
                        default=False, help_text="各识别列都相同的两行是同一行", verbose_name="识别列"
                    ),
                ),
                ("in_list", models.BooleanField(default=True, verbose_name="列表中显示")),
                ("is_filter", models.BooleanField(default=False, verbose_name="可筛选")),
                ("is_summed", models.BooleanField(default=False, verbose_name="列表中合计")),
                ("is_retired", models.BooleanField(default=False, verbose_name="停用")),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="columns",
                        to="indicators.register",
                    ),
                ),
            ],
            options={
                "verbose_name": "登记项目",
                "verbose_name_plural": "登记项目",
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("register", "key"), name="registercolumn_one_key"),
                    models.UniqueConstraint(fields=("register", "slot"), name="registercolumn_one_slot"),
                    models.CheckConstraint(
                        condition=models.Q(("is_key", False), ("is_required", True), _connector="OR"),
                        name="registercolumn_key_is_required",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterColumnEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("key", models.CharField(max_length=30, verbose_name="代码")),
                ("heading", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "aliases",
                    models.CharField(
                        blank=True,
                        help_text="上传时也认的表头，用顿号隔开",
                        max_length=200,
                        verbose_name="表头别名",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "文字"),
                            ("long", "长文字"),
                            ("integer", "整数"),
                            ("number", "数（可有两位小数）"),
                            ("amount", "金额（元）"),
                            ("date", "日期"),
                            ("yesno", "是/否"),
                            ("choice", "单选"),
                            ("several", "多选"),
                            ("village", "村(社区)"),
                            ("facility", "机构(设施)"),
                            ("name", "人员姓名"),
                            ("id_number", "身份证号（加密）"),
                            ("phone", "电话（加密）"),
                            ("task", "重点任务编号"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("slot", models.CharField(editable=False, max_length=10)),
                ("choices", models.JSONField(blank=True, default=list, verbose_name="选项")),
                ("unit", models.CharField(blank=True, max_length=10, verbose_name="计量单位")),
                ("help", models.CharField(blank=True, max_length=200, verbose_name="填写说明")),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
                ("is_required", models.BooleanField(default=False, verbose_name="必填")),
                (
                    "is_key",
                    models.BooleanField(
                        default=False, help_text="各识别列都相同的两行是同一行", verbose_name="识别列"
                    ),
                ),
                ("in_list", models.BooleanField(default=True, verbose_name="列表中显示")),
                ("is_filter", models.BooleanField(default=False, verbose_name="可筛选")),
                ("is_summed", models.BooleanField(default=False, verbose_name="列表中合计")),
                ("is_retired", models.BooleanField(default=False, verbose_name="停用")),
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
                        to="indicators.registercolumn",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.register",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegisterEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.SlugField(
                        db_index=False,
                        error_messages={"unique": "这个代码已有登记簿使用，请换一个。"},
                        max_length=30,
                        verbose_name="代码",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("supervision", "监管与安全"),
                            ("service", "服务供给"),
                            ("benefit", "待遇与保险"),
                            ("staff", "人才与队伍"),
                            ("building", "设施与配建"),
                            ("money", "资金与项目"),
                            ("work", "组织与推进"),
                        ],
                        max_length=12,
                        verbose_name="工作领域",
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=300, verbose_name="用途")),
                (
                    "row_name",
                    models.CharField(
                        default="条记录",
                        help_text="如：次检查、个小区",
                        max_length=20,
                        verbose_name="一行是一",
                    ),
                ),
                (
                    "keeper",
                    models.CharField(
                        choices=[("township", "镇(街道)和县"), ("county", "县级")],
                        default="township",
                        max_length=8,
                        verbose_name="由谁登记",
                    ),
                ),
                (
                    "retention",
                    models.CharField(
                        blank=True,
                        help_text="如：长期；项目结束后 10 年。到期由档案管理人员处理，系统不自动删除",
                        max_length=100,
                        verbose_name="保存期限",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="顺序")),
                ("is_retired", models.BooleanField(default=False, verbose_name="停用")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="定义修改时间")),
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
                        to="indicators.register",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegisterMetric",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "aggregate",
                    models.CharField(
                        choices=[
                            ("count", "计行数"),
                            ("sum", "合计一列"),
                            ("distinct", "一列中不同值的个数"),
                        ],
                        default="count",
                        max_length=8,
                        verbose_name="怎样计",
                    ),
                ),
                ("condition", models.CharField(blank=True, max_length=500, verbose_name="条件")),
                (
                    "column",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.registercolumn",
                        verbose_name="合计或去重的列",
                    ),
                ),
                (
                    "from_column",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.registercolumn",
                        verbose_name="按哪个日期计入",
                    ),
                ),
                (
                    "metric",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_metric",
                        to="indicators.metric",
                        verbose_name="基础指标",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="metrics",
                        to="indicators.register",
                        verbose_name="登记簿",
                    ),
                ),
                (
                    "to_column",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.registercolumn",
                        verbose_name="从哪个日期起不再计",
                    ),
                ),
            ],
            options={
                "verbose_name": "登记簿指标",
                "verbose_name_plural": "登记簿指标",
                "ordering": ("metric__position",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("aggregate", "count"), ("column", None)),
                            models.Q(
                                models.Q(("aggregate", "count"), _negated=True), ("column__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="registermetric_column_fits",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterMetricEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "aggregate",
                    models.CharField(
                        choices=[
                            ("count", "计行数"),
                            ("sum", "合计一列"),
                            ("distinct", "一列中不同值的个数"),
                        ],
                        default="count",
                        max_length=8,
                        verbose_name="怎样计",
                    ),
                ),
                ("condition", models.CharField(blank=True, max_length=500, verbose_name="条件")),
                (
                    "column",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.registercolumn",
                        verbose_name="合计或去重的列",
                    ),
                ),
                (
                    "from_column",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.registercolumn",
                        verbose_name="按哪个日期计入",
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
                        verbose_name="基础指标",
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
                        to="indicators.registermetric",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.register",
                        verbose_name="登记簿",
                    ),
                ),
                (
                    "to_column",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.registercolumn",
                        verbose_name="从哪个日期起不再计",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegisterRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text_1", models.TextField(blank=True, default="", verbose_name="文字1")),
                ("text_2", models.TextField(blank=True, default="", verbose_name="文字2")),
                ("text_3", models.TextField(blank=True, default="", verbose_name="文字3")),
                ("text_4", models.TextField(blank=True, default="", verbose_name="文字4")),
                ("text_5", models.TextField(blank=True, default="", verbose_name="文字5")),
                ("text_6", models.TextField(blank=True, default="", verbose_name="文字6")),
                ("text_7", models.TextField(blank=True, default="", verbose_name="文字7")),
                ("text_8", models.TextField(blank=True, default="", verbose_name="文字8")),
                ("text_9", models.TextField(blank=True, default="", verbose_name="文字9")),
                ("text_10", models.TextField(blank=True, default="", verbose_name="文字10")),
                ("text_11", models.TextField(blank=True, default="", verbose_name="文字11")),
                ("text_12", models.TextField(blank=True, default="", verbose_name="文字12")),
                ("text_13", models.TextField(blank=True, default="", verbose_name="文字13")),
                ("text_14", models.TextField(blank=True, default="", verbose_name="文字14")),
                ("text_15", models.TextField(blank=True, default="", verbose_name="文字15")),
                ("text_16", models.TextField(blank=True, default="", verbose_name="文字16")),
                (
                    "number_1",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数1"
                    ),
                ),
                (
                    "number_2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数2"
                    ),
                ),
                (
                    "number_3",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数3"
                    ),
                ),
                (
                    "number_4",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数4"
                    ),
                ),
                (
                    "number_5",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数5"
                    ),
                ),
                (
                    "number_6",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数6"
                    ),
                ),
                (
                    "number_7",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数7"
                    ),
                ),
                (
                    "number_8",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数8"
                    ),
                ),
                ("date_1", models.DateField(blank=True, null=True, verbose_name="日期1")),
                ("date_2", models.DateField(blank=True, null=True, verbose_name="日期2")),
                ("date_3", models.DateField(blank=True, null=True, verbose_name="日期3")),
                ("date_4", models.DateField(blank=True, null=True, verbose_name="日期4")),
                ("date_5", models.DateField(blank=True, null=True, verbose_name="日期5")),
                ("date_6", models.DateField(blank=True, null=True, verbose_name="日期6")),
                ("flag_1", models.BooleanField(blank=True, null=True, verbose_name="是否1")),
                ("flag_2", models.BooleanField(blank=True, null=True, verbose_name="是否2")),
                ("flag_3", models.BooleanField(blank=True, null=True, verbose_name="是否3")),
                ("flag_4", models.BooleanField(blank=True, null=True, verbose_name="是否4")),
                ("flag_5", models.BooleanField(blank=True, null=True, verbose_name="是否5")),
                ("flag_6", models.BooleanField(blank=True, null=True, verbose_name="是否6")),
                (
                    "id_1",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="indicators.RegisterRow.id_1",
                        mask="id",
                        max_length=30,
                        null=True,
                        verbose_name="身份证号",
                    ),
                ),
                (
                    "id_2",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="indicators.RegisterRow.id_2",
                        mask="id",
                        max_length=30,
                        null=True,
                        verbose_name="身份证号",
                    ),
                ),
                (
                    "phone_1",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="indicators.RegisterRow.phone_1",
                        mask="phone",
                        max_length=30,
                        null=True,
                        verbose_name="电话",
                    ),
                ),
                (
                    "phone_2",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="indicators.RegisterRow.phone_2",
                        mask="phone",
                        max_length=30,
                        null=True,
                        verbose_name="电话",
                    ),
                ),
                (
                    "key",
                    eldercare.encryption.EncryptedField(
                        context="indicators.RegisterRow.key",
                        editable=False,
                        mask="other",
                        max_length=1000,
                        verbose_name="识别",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_rows",
                        to="facilities.facility",
                        verbose_name="机构(设施)",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_rows",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="indicators.register",
                        verbose_name="登记簿",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="村(社区)",
                    ),
                ),
            ],
            options={
                "verbose_name": "登记记录",
                "verbose_name_plural": "登记记录",
                "ordering": ("-pk",),
                "indexes": [models.Index(fields=["register", "date_1"], name="registerrow_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("register", "org_unit", "key"),
                        name="registerrow_one_per_key",
                        violation_error_message="这个单位已有一条识别列完全相同的记录，请修改原来的那一条。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterRowEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("text_1", models.TextField(blank=True, default="", verbose_name="文字1")),
                ("text_2", models.TextField(blank=True, default="", verbose_name="文字2")),
                ("text_3", models.TextField(blank=True, default="", verbose_name="文字3")),
                ("text_4", models.TextField(blank=True, default="", verbose_name="文字4")),
                ("text_5", models.TextField(blank=True, default="", verbose_name="文字5")),
                ("text_6", models.TextField(blank=True, default="", verbose_name="文字6")),
                ("text_7", models.TextField(blank=True, default="", verbose_name="文字7")),
                ("text_8", models.TextField(blank=True, default="", verbose_name="文字8")),
                ("text_9", models.TextField(blank=True, default="", verbose_name="文字9")),
                ("text_10", models.TextField(blank=True, default="", verbose_name="文字10")),
                ("text_11", models.TextField(blank=True, default="", verbose_name="文字11")),
                ("text_12", models.TextField(blank=True, default="", verbose_name="文字12")),
                ("text_13", models.TextField(blank=True, default="", verbose_name="文字13")),
                ("text_14", models.TextField(blank=True, default="", verbose_name="文字14")),
                ("text_15", models.TextField(blank=True, default="", verbose_name="文字15")),
                ("text_16", models.TextField(blank=True, default="", verbose_name="文字16")),
                (
                    "number_1",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数1"
                    ),
                ),
                (
                    "number_2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数2"
                    ),
                ),
                (
                    "number_3",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数3"
                    ),
                ),
                (
                    "number_4",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数4"
                    ),
                ),
                (
                    "number_5",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数5"
                    ),
                ),
                (
                    "number_6",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数6"
                    ),
                ),
                (
                    "number_7",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数7"
                    ),
                ),
                (
                    "number_8",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="数8"
                    ),
                ),
                ("date_1", models.DateField(blank=True, null=True, verbose_name="日期1")),
                ("date_2", models.DateField(blank=True, null=True, verbose_name="日期2")),
                ("date_3", models.DateField(blank=True, null=True, verbose_name="日期3")),
                ("date_4", models.DateField(blank=True, null=True, verbose_name="日期4")),
                ("date_5", models.DateField(blank=True, null=True, verbose_name="日期5")),
                ("date_6", models.DateField(blank=True, null=True, verbose_name="日期6")),
                ("flag_1", models.BooleanField(blank=True, null=True, verbose_name="是否1")),
                ("flag_2", models.BooleanField(blank=True, null=True, verbose_name="是否2")),
                ("flag_3", models.BooleanField(blank=True, null=True, verbose_name="是否3")),
                ("flag_4", models.BooleanField(blank=True, null=True, verbose_name="是否4")),
                ("flag_5", models.BooleanField(blank=True, null=True, verbose_name="是否5")),
                ("flag_6", models.BooleanField(blank=True, null=True, verbose_name="是否6")),
                (
                    "id_1",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="indicators.RegisterRow.id_1",
                        mask="id",
                        max_length=30,
                        null=True,
                        verbose_name="身份证号",
                    ),
                ),
                (
                    "id_2",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="indicators.RegisterRow.id_2",
                        mask="id",
                        max_length=30,
                        null=True,
                        verbose_name="身份证号",
                    ),
                ),
                (
                    "phone_1",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="indicators.RegisterRow.phone_1",
                        mask="phone",
                        max_length=30,
                        null=True,
                        verbose_name="电话",
                    ),
                ),
                (
                    "phone_2",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="indicators.RegisterRow.phone_2",
                        mask="phone",
                        max_length=30,
                        null=True,
                        verbose_name="电话",
                    ),
                ),
                (
                    "key",
                    eldercare.encryption.EncryptedField(
                        context="indicators.RegisterRow.key",
                        editable=False,
                        mask="other",
                        max_length=1000,
                        verbose_name="识别",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.facility",
                        verbose_name="机构(设施)",
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
                        to="indicators.registerrow",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="indicators.register",
                        verbose_name="登记簿",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="村(社区)",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        AddTrigger(
            model_name="register",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_registerevent" ("changed_at", "code", "field", "id", "is_retired", "keeper", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "purpose", "retention", "row_name") VALUES (NEW."changed_at", NEW."code", NEW."field", NEW."id", NEW."is_retired", NEW."keeper", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."purpose", NEW."retention", NEW."row_name"); RETURN NULL;',
                    hash="f7e3a04a3dde77a81ffe1d682631ffdf80a1be3c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_266fc",
                    table="indicators_register",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="register",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_registerevent" ("changed_at", "code", "field", "id", "is_retired", "keeper", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "purpose", "retention", "row_name") VALUES (NEW."changed_at", NEW."code", NEW."field", NEW."id", NEW."is_retired", NEW."keeper", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."purpose", NEW."retention", NEW."row_name"); RETURN NULL;',
                    hash="d33f69b8ccf92ba282e232b9257ae9f391ca9295",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2bba0",
                    table="indicators_register",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="registercolumn",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_registercolumnevent" ("aliases", "choices", "heading", "help", "id", "in_list", "is_filter", "is_key", "is_required", "is_retired", "is_summed", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "register_id", "slot", "unit") VALUES (NEW."aliases", NEW."choices", NEW."heading", NEW."help", NEW."id", NEW."in_list", NEW."is_filter", NEW."is_key", NEW."is_required", NEW."is_retired", NEW."is_summed", NEW."key", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."register_id", NEW."slot", NEW."unit"); RETURN NULL;',
                    hash="decb81da7e575ffa333660495dbf678d7e6b3a2a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4ad84",
                    table="indicators_registercolumn",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="registercolumn",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_registercolumnevent" ("aliases", "choices", "heading", "help", "id", "in_list", "is_filter", "is_key", "is_required", "is_retired", "is_summed", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "register_id", "slot", "unit") VALUES (NEW."aliases", NEW."choices", NEW."heading", NEW."help", NEW."id", NEW."in_list", NEW."is_filter", NEW."is_key", NEW."is_required", NEW."is_retired", NEW."is_summed", NEW."key", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."register_id", NEW."slot", NEW."unit"); RETURN NULL;',
                    hash="a044dbd0e8bbf97a55543ab9b21b60afbb72b998",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d3d64",
                    table="indicators_registercolumn",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="registercolumnevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c84cf23426a6b7fd62ee0e5f31a48e37460bb6b0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fbcd4",
                    table="indicators_registercolumnevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="registerevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="430c0654bfcd6e42c01ccb32b65dbbc484320ae9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0fc67",
                    table="indicators_registerevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="registermetric",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_registermetricevent" ("aggregate", "column_id", "condition", "from_column_id", "id", "metric_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "register_id", "to_column_id") VALUES (NEW."aggregate", NEW."column_id", NEW."condition", NEW."from_column_id", NEW."id", NEW."metric_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."register_id", NEW."to_column_id"); RETURN NULL;',
                    hash="d52b90ceddaeb44c10309aeba0d7a81ddd6c589d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c5a88",
                    table="indicators_registermetric",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="registermetric",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_registermetricevent" ("aggregate", "column_id", "condition", "from_column_id", "id", "metric_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "register_id", "to_column_id") VALUES (NEW."aggregate", NEW."column_id", NEW."condition", NEW."from_column_id", NEW."id", NEW."metric_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."register_id", NEW."to_column_id"); RETURN NULL;',
                    hash="a27eb3191cca767802a29893f7dc548680d4202c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_25cff",
                    table="indicators_registermetric",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="registermetricevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="98877915dcfbe5f9b5718b805256ecdddc67567f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7e0ab",
                    table="indicators_registermetricevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="registerrow",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_registerrowevent" ("date_1", "date_2", "date_3", "date_4", "date_5", "date_6", "facility_id", "flag_1", "flag_2", "flag_3", "flag_4", "flag_5", "flag_6", "id", "id_1", "id_2", "key", "number_1", "number_2", "number_3", "number_4", "number_5", "number_6", "number_7", "number_8", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_1", "phone_2", "register_id", "text_1", "text_10", "text_11", "text_12", "text_13", "text_14", "text_15", "text_16", "text_2", "text_3", "text_4", "text_5", "text_6", "text_7", "text_8", "text_9", "village_id") VALUES (NEW."date_1", NEW."date_2", NEW."date_3", NEW."date_4", NEW."date_5", NEW."date_6", NEW."facility_id", NEW."flag_1", NEW."flag_2", NEW."flag_3", NEW."flag_4", NEW."flag_5", NEW."flag_6", NEW."id", NEW."id_1", NEW."id_2", NEW."key", NEW."number_1", NEW."number_2", NEW."number_3", NEW."number_4", NEW."number_5", NEW."number_6", NEW."number_7", NEW."number_8", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone_1", NEW."phone_2", NEW."register_id", NEW."text_1", NEW."text_10", NEW."text_11", NEW."text_12", NEW."text_13", NEW."text_14", NEW."text_15", NEW."text_16", NEW."text_2", NEW."text_3", NEW."text_4", NEW."text_5", NEW."text_6", NEW."text_7", NEW."text_8", NEW."text_9", NEW."village_id"); RETURN NULL;',
                    hash="cdbf0179d30e7d680a1857f96134f2d69ce34a1f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_14d3a",
                    table="indicators_registerrow",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="registerrow",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_registerrowevent" ("date_1", "date_2", "date_3", "date_4", "date_5", "date_6", "facility_id", "flag_1", "flag_2", "flag_3", "flag_4", "flag_5", "flag_6", "id", "id_1", "id_2", "key", "number_1", "number_2", "number_3", "number_4", "number_5", "number_6", "number_7", "number_8", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_1", "phone_2", "register_id", "text_1", "text_10", "text_11", "text_12", "text_13", "text_14", "text_15", "text_16", "text_2", "text_3", "text_4", "text_5", "text_6", "text_7", "text_8", "text_9", "village_id") VALUES (NEW."date_1", NEW."date_2", NEW."date_3", NEW."date_4", NEW."date_5", NEW."date_6", NEW."facility_id", NEW."flag_1", NEW."flag_2", NEW."flag_3", NEW."flag_4", NEW."flag_5", NEW."flag_6", NEW."id", NEW."id_1", NEW."id_2", NEW."key", NEW."number_1", NEW."number_2", NEW."number_3", NEW."number_4", NEW."number_5", NEW."number_6", NEW."number_7", NEW."number_8", NEW."org_unit_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone_1", NEW."phone_2", NEW."register_id", NEW."text_1", NEW."text_10", NEW."text_11", NEW."text_12", NEW."text_13", NEW."text_14", NEW."text_15", NEW."text_16", NEW."text_2", NEW."text_3", NEW."text_4", NEW."text_5", NEW."text_6", NEW."text_7", NEW."text_8", NEW."text_9", NEW."village_id"); RETURN NULL;',
                    hash="2ae8ba6b7a17d8f816f27f87851c27e48eefb02d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0bf75",
                    table="indicators_registerrow",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="registerrowevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1749ed26b31e0eae1be81707902526b67c8f7d4b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c7f53",
                    table="indicators_registerrowevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
