from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import eldercare.encryption
import eldercare.spells
from eldercare.migration_operations import AddTrigger


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("eldercare", "0003_people_actions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("facilities", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="DuePeriod",
            fields=[
                ("id", models.CharField(max_length=60, primary_key=True, serialize=False)),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("visit", "探访"),
                            ("cleaning", "打扫"),
                            ("laundry", "洗衣"),
                            ("haircut", "理发"),
                        ],
                        max_length=10,
                        verbose_name="服务",
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("week", "每周"),
                            ("half_month", "每半月"),
                            ("month", "每月"),
                            ("quarter", "每季度"),
                        ],
                        max_length=10,
                        verbose_name="频次",
                    ),
                ),
                ("first_day", models.DateField(verbose_name="期间起")),
                ("last_day", models.DateField(verbose_name="期间止")),
                ("done_on", models.DateField(null=True, verbose_name="完成日期")),
            ],
            options={
                "verbose_name": "应访",
                "verbose_name_plural": "应访",
                "db_table": "subsidies_due_period",
                "ordering": ["last_day", "elder", "service"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="AssessmentSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "coma",
                    models.CharField(
                        choices=[("complete", "直接评为完全失能"), ("severe", "直接评为重度失能")],
                        default="complete",
                        max_length=10,
                        verbose_name="昏迷",
                    ),
                ),
                (
                    "dementia_steps",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="0 为不加重", verbose_name="痴呆、精神行为障碍加重级数"
                    ),
                ),
                (
                    "risk_event_limit",
                    models.PositiveSmallIntegerField(
                        default=2, help_text="近30天达到这个次数的加重", verbose_name="照护风险事件次数"
                    ),
                ),
                (
                    "risk_steps",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="0 为不加重", verbose_name="照护风险事件加重级数"
                    ),
                ),
                ("valid_months", models.PositiveSmallIntegerField(default=24, verbose_name="有效期(月)")),
                (
                    "org_unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment_settings",
                        to="eldercare.orgunit",
                        verbose_name="县(市、区)",
                    ),
                ),
            ],
            options={
                "verbose_name": "评估设置",
                "verbose_name_plural": "评估设置",
            },
        ),
        migrations.CreateModel(
            name="Elder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "id_kind",
                    models.CharField(
                        choices=[
                            ("resident", "居民身份证"),
                            ("hkmo", "港澳台居民证件"),
                            ("foreign", "护照(外国人)"),
                            ("none", "暂无证件"),
                        ],
                        default="resident",
                        max_length=10,
                        verbose_name="证件种类",
                    ),
                ),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Elder.id_number",
                        help_text="暂无证件的可先登记，不能发放",
                        mask="id",
                        max_length=30,
                        null=True,
                        verbose_name="证件号码",
                    ),
                ),
                (
                    "id_reason",
                    models.CharField(
                        blank=True,
                        help_text="校验不通过而确认无误的，写明依据",
                        max_length=100,
                        verbose_name="证件说明",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("name_key", models.CharField(editable=False, max_length=40)),
                (
                    "sex",
                    models.CharField(
                        choices=[("male", "男"), ("female", "女")], max_length=6, verbose_name="性别"
                    ),
                ),
                ("born_on", models.DateField(verbose_name="出生日期")),
                (
                    "registered",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="迁入、迁出的起止日期",
                        verbose_name="户籍在本县",
                    ),
                ),
                ("registered_address", models.CharField(blank=True, max_length=120, verbose_name="户籍地址")),
                (
                    "resident",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="在本县居住的起止日期",
                        verbose_name="常住本县",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="居住地址")),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Elder.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="联系电话",
                    ),
                ),
                ("contact_name", models.CharField(blank=True, max_length=40, verbose_name="紧急联系人")),
                ("contact_relation", models.CharField(blank=True, max_length=20, verbose_name="与老人关系")),
                (
                    "contact_phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Elder.contact_phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="紧急联系电话",
                    ),
                ),
                (
                    "wishes_central_care",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="有集中供养意愿"
                    ),
                ),
                ("died_on", models.DateField(blank=True, null=True, verbose_name="死亡日期")),
                ("death_known_on", models.DateField(blank=True, null=True, verbose_name="获知死亡日期")),
                (
                    "death_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("family", "家属告知"),
                            ("village", "村(社区)上报"),
                            ("certification", "生存认证"),
                            ("police", "公安户籍比对"),
                            ("funeral", "殡葬火化比对"),
                            ("health", "卫健比对"),
                            ("visit", "探访发现"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="死亡获知途径",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="subsidies.elder",
                        verbose_name="并入",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_index=False,
                        help_text="负责档案和发放的镇(街道)，一般为户籍地",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="elders",
                        to="eldercare.orgunit",
                        verbose_name="管理镇(街道)",
                    ),
                ),
                (
                    "residence_unit",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="负责探访服务的镇(街道)；住在县外的为空",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resident_elders",
                        to="eldercare.orgunit",
                        verbose_name="居住镇(街道)",
                    ),
                ),
                (
                    "residence_village",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="居住村(社区)",
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
                        verbose_name="户籍村(社区)",
                    ),
                ),
            ],
            options={
                "verbose_name": "老年人",
                "verbose_name_plural": "老年人",
                "ordering": ("org_unit", "name_key", "id"),
                "indexes": [
                    models.Index(fields=["org_unit", "name_key", "id"], name="elder_unit_name"),
                    models.Index(fields=["residence_unit", "name_key", "id"], name="elder_residence_name"),
                    models.Index(fields=["born_on"], name="elder_born"),
                    models.Index(fields=["name_key", "born_on"], name="elder_same_person"),
                    models.Index(
                        condition=models.Q(("residence_unit", models.F("org_unit")), _negated=True),
                        fields=["residence_unit", "name_key", "id"],
                        name="elder_elsewhere",
                    ),
                    models.Index(
                        condition=models.Q(("id_number", None)), fields=["org_unit"], name="elder_no_number"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("id_number",),
                        name="elder_one_per_id_number",
                        violation_error_message="这个证件号码已登记。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("id_kind", "none"), ("id_number", None)),
                            models.Q(
                                models.Q(("id_kind", "none"), _negated=True), ("id_number__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="elder_number_unless_none",
                        violation_error_message="请填证件号码；没有证件的，证件种类选“暂无证件”。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("died_on", None), ("died_on__gte", models.F("born_on")), _connector="OR"
                        ),
                        name="elder_dies_after_birth",
                        violation_error_message="死亡日期不能早于出生日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "standard",
                    models.CharField(
                        choices=[
                            ("gbt42195", "GB/T 42195-2022"),
                            ("mzt039", "MZ/T 039-2013"),
                            ("three_levels", "自理/半自理/不能自理"),
                            ("care_level", "机构护理等级"),
                        ],
                        max_length=15,
                        verbose_name="评估标准",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("first", "首次评估"),
                            ("regular", "常规评估"),
                            ("immediate", "即时评估"),
                            ("disputed", "对结果有疑问的复评"),
                            ("other", "其他"),
                        ],
                        default="first",
                        max_length=10,
                        verbose_name="评估原因",
                    ),
                ),
                ("assessed_on", models.DateField(verbose_name="评估日期")),
                (
                    "valid_until",
                    models.DateField(
                        blank=True, help_text="当日仍有效；空为长期", null=True, verbose_name="有效期至"
                    ),
                ),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="各项得分",
                    ),
                ),
                ("total", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="总分")),
                ("is_comatose", models.BooleanField(default=False, verbose_name="昏迷")),
                (
                    "has_dementia",
                    models.BooleanField(
                        default=False, help_text="F00—F99 的诊断", verbose_name="痴呆或精神行为障碍"
                    ),
                ),
                (
                    "risk_events",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="跌倒、走失、噎食、自杀自伤等",
                        verbose_name="近30天照护风险事件次数",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "能力完好"),
                            (1, "轻度失能"),
                            (2, "中度失能"),
                            (3, "重度失能"),
                            (4, "完全失能"),
                        ],
                        help_text="空为待确认",
                        null=True,
                        verbose_name="能力等级",
                    ),
                ),
                (
                    "original",
                    models.CharField(
                        blank=True, help_text="其他标准的结论，原样保留", max_length=40, verbose_name="原结论"
                    ),
                ),
                ("first_assessor", models.CharField(blank=True, max_length=40, verbose_name="评估员甲")),
                ("second_assessor", models.CharField(blank=True, max_length=40, verbose_name="评估员乙")),
                ("agency", models.CharField(blank=True, max_length=80, verbose_name="评估机构")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "elder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assessments",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "verbose_name": "能力评估",
                "verbose_name_plural": "能力评估",
                "ordering": ("-assessed_on", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("elder", "assessed_on", "standard"),
                        name="assessment_once_a_day",
                        violation_error_message="此人同一天已有一次同一标准的评估。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None),
                            ("valid_until__gte", models.F("assessed_on")),
                            _connector="OR",
                        ),
                        name="assessment_period",
                        violation_error_message="有效期不能早于评估日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("certified_on", models.DateField(verbose_name="认证日期")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("in_person", "到场"),
                            ("visit", "上门"),
                            ("video", "视频"),
                            ("app", "手机认证"),
                            ("comparison", "数据比对"),
                            ("other", "其他"),
                        ],
                        default="in_person",
                        max_length=12,
                        verbose_name="方式",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="备注")),
                (
                    "elder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certifications",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "verbose_name": "生存认证",
                "verbose_name_plural": "生存认证",
                "ordering": ("-certified_on", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("elder", "certified_on"),
                        name="certification_once_a_day",
                        violation_error_message="此人当天已登记认证。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Adaptation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "round",
                    models.CharField(
                        help_text="如 2026年第一批；同一户同一批次计一次", max_length=40, verbose_name="批次"
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="对象类别")),
                (
                    "needed_from",
                    models.DateField(help_text="列入应改造户的日期", verbose_name="核定应改日期"),
                ),
                ("applied_on", models.DateField(blank=True, null=True, verbose_name="申请日期")),
                ("assessed_on", models.DateField(blank=True, null=True, verbose_name="评估日期")),
                ("assessor", models.CharField(blank=True, max_length=40, verbose_name="评估人")),
                (
                    "items",
                    models.CharField(
                        blank=True,
                        help_text="如 扶手、防滑、床边护栏、智能监测",
                        max_length=300,
                        verbose_name="改造内容",
                    ),
                ),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                ("contractor", models.CharField(blank=True, max_length=80, verbose_name="施工单位")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="开工日期")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="验收日期")),
                ("accepted_by", models.CharField(blank=True, max_length=80, verbose_name="验收人")),
                (
                    "cost",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="改造费用(元)"
                    ),
                ),
                (
                    "subsidy",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="补贴(元)"
                    ),
                ),
                ("cancelled_on", models.DateField(blank=True, null=True, verbose_name="取消日期")),
                ("cancel_reason", models.CharField(blank=True, max_length=100, verbose_name="取消原因")),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adaptations",
                        to="eldercare.orgunit",
                        verbose_name="镇(街道)",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adaptations",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "verbose_name": "适老化改造",
                "verbose_name_plural": "适老化改造",
                "ordering": ("-needed_from", "-id"),
                "indexes": [
                    models.Index(fields=["org_unit", "accepted_on"], name="adaptation_unit_accepted")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("elder", "round"),
                        name="adaptation_once_a_round",
                        violation_error_message="这一户在该批次已登记。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("accepted_on", None),
                                ("accepted_on__gte", models.F("needed_from")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("accepted_on", None),
                                ("started_on", None),
                                ("accepted_on__gte", models.F("started_on")),
                                _connector="OR",
                            ),
                            models.Q(("accepted_on", None), ("cancelled_on", None), _connector="OR"),
                        ),
                        name="adaptation_order",
                        violation_error_message="验收日期不能早于核定、开工日期；取消的不能验收。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cost", None), ("cost__gte", 0), _connector="OR"),
                            models.Q(("subsidy", None), ("subsidy__gte", 0), _connector="OR"),
                        ),
                        name="adaptation_money",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DistinctElders",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="依据")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="核对时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="核对人",
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subsidies.elder",
                        verbose_name="档案甲",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subsidies.elder",
                        verbose_name="档案乙",
                    ),
                ),
            ],
            options={
                "verbose_name": "非同一人",
                "verbose_name_plural": "非同一人",
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="distinctelders_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))), name="distinctelders_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CertificationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("certified_on", models.DateField(verbose_name="认证日期")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("in_person", "到场"),
                            ("visit", "上门"),
                            ("video", "视频"),
                            ("app", "手机认证"),
                            ("comparison", "数据比对"),
                            ("other", "其他"),
                        ],
                        default="in_person",
                        max_length=12,
                        verbose_name="方式",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="备注")),
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
                        to="subsidies.certification",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AssessmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "standard",
                    models.CharField(
                        choices=[
                            ("gbt42195", "GB/T 42195-2022"),
                            ("mzt039", "MZ/T 039-2013"),
                            ("three_levels", "自理/半自理/不能自理"),
                            ("care_level", "机构护理等级"),
                        ],
                        max_length=15,
                        verbose_name="评估标准",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("first", "首次评估"),
                            ("regular", "常规评估"),
                            ("immediate", "即时评估"),
                            ("disputed", "对结果有疑问的复评"),
                            ("other", "其他"),
                        ],
                        default="first",
                        max_length=10,
                        verbose_name="评估原因",
                    ),
                ),
                ("assessed_on", models.DateField(verbose_name="评估日期")),
                (
                    "valid_until",
                    models.DateField(
                        blank=True, help_text="当日仍有效；空为长期", null=True, verbose_name="有效期至"
                    ),
                ),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="各项得分",
                    ),
                ),
                ("total", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="总分")),
                ("is_comatose", models.BooleanField(default=False, verbose_name="昏迷")),
                (
                    "has_dementia",
                    models.BooleanField(
                        default=False, help_text="F00—F99 的诊断", verbose_name="痴呆或精神行为障碍"
                    ),
                ),
                (
                    "risk_events",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="跌倒、走失、噎食、自杀自伤等",
                        verbose_name="近30天照护风险事件次数",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "能力完好"),
                            (1, "轻度失能"),
                            (2, "中度失能"),
                            (3, "重度失能"),
                            (4, "完全失能"),
                        ],
                        help_text="空为待确认",
                        null=True,
                        verbose_name="能力等级",
                    ),
                ),
                (
                    "original",
                    models.CharField(
                        blank=True, help_text="其他标准的结论，原样保留", max_length=40, verbose_name="原结论"
                    ),
                ),
                ("first_assessor", models.CharField(blank=True, max_length=40, verbose_name="评估员甲")),
                ("second_assessor", models.CharField(blank=True, max_length=40, verbose_name="评估员乙")),
                ("agency", models.CharField(blank=True, max_length=80, verbose_name="评估机构")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
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
                        to="subsidies.assessment",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AdaptationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "round",
                    models.CharField(
                        help_text="如 2026年第一批；同一户同一批次计一次", max_length=40, verbose_name="批次"
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="对象类别")),
                (
                    "needed_from",
                    models.DateField(help_text="列入应改造户的日期", verbose_name="核定应改日期"),
                ),
                ("applied_on", models.DateField(blank=True, null=True, verbose_name="申请日期")),
                ("assessed_on", models.DateField(blank=True, null=True, verbose_name="评估日期")),
                ("assessor", models.CharField(blank=True, max_length=40, verbose_name="评估人")),
                (
                    "items",
                    models.CharField(
                        blank=True,
                        help_text="如 扶手、防滑、床边护栏、智能监测",
                        max_length=300,
                        verbose_name="改造内容",
                    ),
                ),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                ("contractor", models.CharField(blank=True, max_length=80, verbose_name="施工单位")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="开工日期")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="验收日期")),
                ("accepted_by", models.CharField(blank=True, max_length=80, verbose_name="验收人")),
                (
                    "cost",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="改造费用(元)"
                    ),
                ),
                (
                    "subsidy",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="补贴(元)"
                    ),
                ),
                ("cancelled_on", models.DateField(blank=True, null=True, verbose_name="取消日期")),
                ("cancel_reason", models.CharField(blank=True, max_length=100, verbose_name="取消原因")),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="镇(街道)",
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
                        to="subsidies.adaptation",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ElderChange",
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
                            ("died", "死亡"),
                            ("death_revoked", "撤销死亡登记"),
                            ("moved_in", "户籍迁入"),
                            ("moved_out", "户籍迁出"),
                            ("came_to_live", "来县居住"),
                            ("went_elsewhere", "离县居住"),
                            ("changed_unit", "县内变更管理镇(街道)"),
                            ("changed_residence", "县内变更居住地"),
                        ],
                        max_length=20,
                        verbose_name="变动",
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("known_on", models.DateField(verbose_name="获知日期")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("family", "家属告知"),
                            ("village", "村(社区)上报"),
                            ("certification", "生存认证"),
                            ("police", "公安户籍比对"),
                            ("funeral", "殡葬火化比对"),
                            ("health", "卫健比对"),
                            ("visit", "探访发现"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="获知途径",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                (
                    "elder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
                (
                    "from_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="原单位",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="新单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员变动",
                "verbose_name_plural": "人员变动",
                "ordering": ("-happened_on", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ElderChangeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("died", "死亡"),
                            ("death_revoked", "撤销死亡登记"),
                            ("moved_in", "户籍迁入"),
                            ("moved_out", "户籍迁出"),
                            ("came_to_live", "来县居住"),
                            ("went_elsewhere", "离县居住"),
                            ("changed_unit", "县内变更管理镇(街道)"),
                            ("changed_residence", "县内变更居住地"),
                        ],
                        max_length=20,
                        verbose_name="变动",
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="发生日期")),
                ("known_on", models.DateField(verbose_name="获知日期")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("family", "家属告知"),
                            ("village", "村(社区)上报"),
                            ("certification", "生存认证"),
                            ("police", "公安户籍比对"),
                            ("funeral", "殡葬火化比对"),
                            ("health", "卫健比对"),
                            ("visit", "探访发现"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="获知途径",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                (
                    "elder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
                (
                    "from_unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="原单位",
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
                        to="subsidies.elderchange",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="新单位",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ElderEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "id_kind",
                    models.CharField(
                        choices=[
                            ("resident", "居民身份证"),
                            ("hkmo", "港澳台居民证件"),
                            ("foreign", "护照(外国人)"),
                            ("none", "暂无证件"),
                        ],
                        default="resident",
                        max_length=10,
                        verbose_name="证件种类",
                    ),
                ),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Elder.id_number",
                        help_text="暂无证件的可先登记，不能发放",
                        mask="id",
                        max_length=30,
                        null=True,
                        verbose_name="证件号码",
                    ),
                ),
                (
                    "id_reason",
                    models.CharField(
                        blank=True,
                        help_text="校验不通过而确认无误的，写明依据",
                        max_length=100,
                        verbose_name="证件说明",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("name_key", models.CharField(editable=False, max_length=40)),
                (
                    "sex",
                    models.CharField(
                        choices=[("male", "男"), ("female", "女")], max_length=6, verbose_name="性别"
                    ),
                ),
                ("born_on", models.DateField(verbose_name="出生日期")),
                (
                    "registered",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="迁入、迁出的起止日期",
                        verbose_name="户籍在本县",
                    ),
                ),
                ("registered_address", models.CharField(blank=True, max_length=120, verbose_name="户籍地址")),
                (
                    "resident",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="在本县居住的起止日期",
                        verbose_name="常住本县",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="居住地址")),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Elder.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="联系电话",
                    ),
                ),
                ("contact_name", models.CharField(blank=True, max_length=40, verbose_name="紧急联系人")),
                ("contact_relation", models.CharField(blank=True, max_length=20, verbose_name="与老人关系")),
                (
                    "contact_phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Elder.contact_phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="紧急联系电话",
                    ),
                ),
                (
                    "wishes_central_care",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="有集中供养意愿"
                    ),
                ),
                ("died_on", models.DateField(blank=True, null=True, verbose_name="死亡日期")),
                ("death_known_on", models.DateField(blank=True, null=True, verbose_name="获知死亡日期")),
                (
                    "death_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("family", "家属告知"),
                            ("village", "村(社区)上报"),
                            ("certification", "生存认证"),
                            ("police", "公安户籍比对"),
                            ("funeral", "殡葬火化比对"),
                            ("health", "卫健比对"),
                            ("visit", "探访发现"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="死亡获知途径",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="并入",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="负责档案和发放的镇(街道)，一般为户籍地",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="管理镇(街道)",
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
                        to="subsidies.elder",
                    ),
                ),
                (
                    "residence_unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="负责探访服务的镇(街道)；住在县外的为空",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="居住镇(街道)",
                    ),
                ),
                (
                    "residence_village",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="居住村(社区)",
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
                        verbose_name="户籍村(社区)",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ElderMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "moved",
                    models.JSONField(
                        help_text="表名 → 记录号；以及保留档案原来的值", verbose_name="移动的记录"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="依据")),
                ("merged_at", models.DateTimeField(auto_now_add=True, verbose_name="并档时间")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "dropped",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subsidies.elder",
                        verbose_name="并入",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="subsidies.elder",
                        verbose_name="保留",
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="并档人",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
            ],
            options={
                "verbose_name": "并档",
                "verbose_name_plural": "并档",
                "ordering": ("-merged_at",),
            },
        ),
        migrations.CreateModel(
            name="ElderTag",
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
                            ("destitute_central", "特困(集中供养)"),
                            ("destitute_scattered", "特困(分散供养)"),
                            ("low_income", "低保"),
                            ("low_income_edge", "低保边缘"),
                            ("severe_disability", "重度残疾"),
                            ("other_disability", "三四级智力(精神)残疾"),
                            ("family_planning", "计划生育特殊家庭"),
                            ("living_alone", "独居"),
                            ("empty_nest", "空巢"),
                            ("left_behind", "留守"),
                            ("no_kin", "孤寡(三无)"),
                            ("disabled", "失能"),
                            ("dementia", "失智"),
                            ("veteran", "优抚对象"),
                            ("three_elders", "三老人员"),
                            ("former_poor", "脱贫(监测)人口"),
                            ("returned_overseas", "归侨"),
                            ("model_worker", "劳模"),
                            ("in_care_home", "入住养老机构"),
                            ("in_hospital", "住院"),
                            ("away", "外出"),
                            ("long_term_care", "享受长护险待遇"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                (
                    "held",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="起止"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="如：2026年3月低保台账、入户核查",
                        max_length=80,
                        verbose_name="来源",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员类别",
                "verbose_name_plural": "人员类别",
                "ordering": ("kind",),
                "indexes": [models.Index(fields=["kind", "elder"], name="eldertag_kind_elder")],
                "constraints": [models.UniqueConstraint(fields=("elder", "kind"), name="eldertag_once")],
            },
        ),
        migrations.CreateModel(
            name="ElderTagEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("destitute_central", "特困(集中供养)"),
                            ("destitute_scattered", "特困(分散供养)"),
                            ("low_income", "低保"),
                            ("low_income_edge", "低保边缘"),
                            ("severe_disability", "重度残疾"),
                            ("other_disability", "三四级智力(精神)残疾"),
                            ("family_planning", "计划生育特殊家庭"),
                            ("living_alone", "独居"),
                            ("empty_nest", "空巢"),
                            ("left_behind", "留守"),
                            ("no_kin", "孤寡(三无)"),
                            ("disabled", "失能"),
                            ("dementia", "失智"),
                            ("veteran", "优抚对象"),
                            ("three_elders", "三老人员"),
                            ("former_poor", "脱贫(监测)人口"),
                            ("returned_overseas", "归侨"),
                            ("model_worker", "劳模"),
                            ("in_care_home", "入住养老机构"),
                            ("in_hospital", "住院"),
                            ("away", "外出"),
                            ("long_term_care", "享受长护险待遇"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                (
                    "held",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="起止"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        help_text="如：2026年3月低保台账、入户核查",
                        max_length=80,
                        verbose_name="来源",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
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
                        to="subsidies.eldertag",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FamilyBed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("applied_on", models.DateField(verbose_name="申请日期")),
                ("assessed_on", models.DateField(blank=True, null=True, verbose_name="评估日期")),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="验收启用日期")),
                (
                    "ended_on",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="终止日期"
                    ),
                ),
                ("end_reason", models.CharField(blank=True, max_length=100, verbose_name="终止原因")),
                ("equipment", models.CharField(blank=True, max_length=200, verbose_name="设备与改造")),
                ("services", models.CharField(blank=True, max_length=200, verbose_name="服务内容")),
                (
                    "monthly_fee",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=10, verbose_name="月服务费(元)"
                    ),
                ),
                (
                    "subsidy",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=10, verbose_name="建床补贴(元)"
                    ),
                ),
                (
                    "adaptation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="subsidies.adaptation",
                        verbose_name="适老化改造",
                    ),
                ),
                (
                    "bed",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="family_bed",
                        to="facilities.bed",
                        verbose_name="床位",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="family_beds",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="family_beds",
                        to="facilities.facility",
                        verbose_name="签约机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "家庭养老床位",
                "verbose_name_plural": "家庭养老床位",
                "ordering": ("-applied_on", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("elder",),
                        name="familybed_one_open",
                        violation_error_message="此人已有一张在办或在用的家庭养老床位。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("applied_on")), _connector="OR"
                        ),
                        name="familybed_period",
                        violation_error_message="终止日期不能早于申请日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyBedEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("applied_on", models.DateField(verbose_name="申请日期")),
                ("assessed_on", models.DateField(blank=True, null=True, verbose_name="评估日期")),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="验收启用日期")),
                (
                    "ended_on",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="终止日期"
                    ),
                ),
                ("end_reason", models.CharField(blank=True, max_length=100, verbose_name="终止原因")),
                ("equipment", models.CharField(blank=True, max_length=200, verbose_name="设备与改造")),
                ("services", models.CharField(blank=True, max_length=200, verbose_name="服务内容")),
                (
                    "monthly_fee",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=10, verbose_name="月服务费(元)"
                    ),
                ),
                (
                    "subsidy",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=10, verbose_name="建床补贴(元)"
                    ),
                ),
                (
                    "adaptation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.adaptation",
                        verbose_name="适老化改造",
                    ),
                ),
                (
                    "bed",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.bed",
                        verbose_name="床位",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.facility",
                        verbose_name="签约机构",
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
                        to="subsidies.familybed",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HouseholdHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("relation", models.CharField(max_length=20, verbose_name="与享受人关系")),
                ("name", models.CharField(max_length=40, verbose_name="户主姓名")),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.HouseholdHead.id_number",
                        mask="id",
                        max_length=30,
                        verbose_name="户主证件号码",
                    ),
                ),
                ("bank", models.CharField(blank=True, max_length=80, verbose_name="开户银行")),
                (
                    "account",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.HouseholdHead.account",
                        mask="card",
                        max_length=40,
                        verbose_name="银行账号",
                    ),
                ),
                (
                    "elder",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="household_head",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
            ],
            options={
                "verbose_name": "户主",
                "verbose_name_plural": "户主",
            },
        ),
        migrations.CreateModel(
            name="HouseholdHeadEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("relation", models.CharField(max_length=20, verbose_name="与享受人关系")),
                ("name", models.CharField(max_length=40, verbose_name="户主姓名")),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.HouseholdHead.id_number",
                        mask="id",
                        max_length=30,
                        verbose_name="户主证件号码",
                    ),
                ),
                ("bank", models.CharField(blank=True, max_length=80, verbose_name="开户银行")),
                (
                    "account",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.HouseholdHead.account",
                        mask="card",
                        max_length=40,
                        verbose_name="银行账号",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
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
                        to="subsidies.householdhead",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LevelMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "standard",
                    models.CharField(
                        choices=[
                            ("gbt42195", "GB/T 42195-2022"),
                            ("mzt039", "MZ/T 039-2013"),
                            ("three_levels", "自理/半自理/不能自理"),
                            ("care_level", "机构护理等级"),
                        ],
                        max_length=15,
                        verbose_name="评估标准",
                    ),
                ),
                ("original", models.CharField(max_length=40, verbose_name="原结论")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "能力完好"),
                            (1, "轻度失能"),
                            (2, "中度失能"),
                            (3, "重度失能"),
                            (4, "完全失能"),
                        ],
                        help_text="空为逐人确认",
                        null=True,
                        verbose_name="能力等级",
                    ),
                ),
            ],
            options={
                "verbose_name": "等级对照",
                "verbose_name_plural": "等级对照",
                "ordering": ("standard", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("standard", "original"), name="levelmapping_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ListedPerson",
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
                            ("death", "死亡(殡葬、公安、卫健)"),
                            ("moved_out", "户籍迁出"),
                            ("imprisoned", "服刑"),
                            ("other_county", "外县已享受"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="名单",
                    ),
                ),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        context="subsidies.Elder.id_number", mask="id", max_length=30, verbose_name="证件号码"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="姓名")),
                ("happened_on", models.DateField(blank=True, null=True, verbose_name="发生日期")),
                ("source", models.CharField(blank=True, max_length=80, verbose_name="来源")),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="县(市、区)",
                    ),
                ),
            ],
            options={
                "verbose_name": "比对名单",
                "verbose_name_plural": "比对名单",
                "ordering": ("-happened_on", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org_unit", "kind", "id_number"), name="listedperson_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListedPersonEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("death", "死亡(殡葬、公安、卫健)"),
                            ("moved_out", "户籍迁出"),
                            ("imprisoned", "服刑"),
                            ("other_county", "外县已享受"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="名单",
                    ),
                ),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        context="subsidies.Elder.id_number", mask="id", max_length=30, verbose_name="证件号码"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="姓名")),
                ("happened_on", models.DateField(blank=True, null=True, verbose_name="发生日期")),
                ("source", models.CharField(blank=True, max_length=80, verbose_name="来源")),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="县(市、区)",
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
                        to="subsidies.listedperson",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Payee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("relation", models.CharField(default="本人", max_length=20, verbose_name="与享受人关系")),
                ("name", models.CharField(max_length=80, verbose_name="收款人(户名)")),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Payee.id_number",
                        mask="id",
                        max_length=30,
                        verbose_name="收款人证件号码",
                    ),
                ),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Payee.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="收款人电话",
                    ),
                ),
                ("bank", models.CharField(max_length=80, verbose_name="开户银行")),
                (
                    "account",
                    eldercare.encryption.EncryptedField(
                        context="subsidies.Payee.account", mask="card", max_length=40, verbose_name="银行账号"
                    ),
                ),
                ("used_from", models.DateField(verbose_name="启用日期")),
                (
                    "used_to",
                    models.DateField(
                        blank=True, help_text="当日起不再使用", null=True, verbose_name="停用日期"
                    ),
                ),
                (
                    "caregiver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payees",
                        to="facilities.caregiver",
                        verbose_name="从业人员",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payees",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payees",
                        to="facilities.facility",
                        verbose_name="机构(设施)",
                    ),
                ),
            ],
            options={
                "verbose_name": "收款账户",
                "verbose_name_plural": "收款账户",
                "ordering": ("-used_from", "-id"),
                "indexes": [models.Index(fields=["account"], name="payee_account")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("caregiver", None), ("elder__isnull", False), ("facility", None)),
                            models.Q(("caregiver__isnull", False), ("elder", None), ("facility", None)),
                            models.Q(("caregiver", None), ("elder", None), ("facility__isnull", False)),
                            _connector="OR",
                        ),
                        name="payee_of_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("elder__isnull", False), ("used_to", None)),
                        fields=("elder",),
                        name="payee_one_in_use_elder",
                        violation_error_message="此人已有一个在用的收款账户，请先停用。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("caregiver__isnull", False), ("used_to", None)),
                        fields=("caregiver",),
                        name="payee_one_in_use_caregiver",
                        violation_error_message="此人已有一个在用的收款账户，请先停用。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("facility__isnull", False), ("used_to", None)),
                        fields=("facility",),
                        name="payee_one_in_use_facility",
                        violation_error_message="该机构已有一个在用的收款账户，请先停用。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_to", None), ("used_to__gte", models.F("used_from")), _connector="OR"
                        ),
                        name="payee_period",
                        violation_error_message="停用日期不能早于启用日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayeeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("relation", models.CharField(default="本人", max_length=20, verbose_name="与享受人关系")),
                ("name", models.CharField(max_length=80, verbose_name="收款人(户名)")),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Payee.id_number",
                        mask="id",
                        max_length=30,
                        verbose_name="收款人证件号码",
                    ),
                ),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Payee.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="收款人电话",
                    ),
                ),
                ("bank", models.CharField(max_length=80, verbose_name="开户银行")),
                (
                    "account",
                    eldercare.encryption.EncryptedField(
                        context="subsidies.Payee.account", mask="card", max_length=40, verbose_name="银行账号"
                    ),
                ),
                ("used_from", models.DateField(verbose_name="启用日期")),
                (
                    "used_to",
                    models.DateField(
                        blank=True, help_text="当日起不再使用", null=True, verbose_name="停用日期"
                    ),
                ),
                (
                    "caregiver",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.caregiver",
                        verbose_name="从业人员",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
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
                        to="subsidies.payee",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Programme",
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
                        help_text="命令行和接口用，如 old-age", max_length=30, verbose_name="代码"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("service_subsidy", "养老服务补贴"),
                            ("old_age", "高龄津贴"),
                            ("centenarian", "百岁老人长寿保健金"),
                            ("disability_care", "失能护理补贴"),
                            ("destitute_care", "特困照料护理"),
                            ("accident_insurance", "老年人意外伤害保险"),
                            ("post_allowance", "护理员岗位津贴"),
                            ("entry_award", "入职奖补"),
                            ("construction", "机构建设补贴"),
                            ("operation", "机构运营补贴"),
                            ("adaptation", "适老化改造补贴"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                (
                    "beneficiary",
                    models.CharField(
                        choices=[("elder", "老年人"), ("post", "从业人员(任职)"), ("facility", "机构(设施)")],
                        default="elder",
                        max_length=10,
                        verbose_name="发放对象",
                    ),
                ),
                (
                    "starts_on",
                    models.DateField(help_text="当月第一天；以前的月份不发", verbose_name="政策起始月"),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="当月第一天；当月仍发", null=True, verbose_name="政策终止月"
                    ),
                ),
                (
                    "portal_from",
                    models.DateField(
                        help_text="当月第一天；以前的月份在别处发放，不再补发或追缴",
                        verbose_name="本系统发放起始月",
                    ),
                ),
                ("notice_days", models.PositiveSmallIntegerField(default=5, verbose_name="公示工作日数")),
                (
                    "offsets_recoveries",
                    models.BooleanField(default=False, verbose_name="追缴款从以后月份抵扣"),
                ),
                (
                    "outlier_factor",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("3"),
                        help_text="一次应发超过本人上次或全批中位数的多少倍时提示",
                        max_digits=5,
                        verbose_name="金额异常倍数",
                    ),
                ),
                (
                    "is_example",
                    models.BooleanField(
                        default=False, help_text="演示用，须按本县文件改过才能发放", verbose_name="示例标准"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="eldercare.orgunit",
                        verbose_name="县(市、区)",
                    ),
                ),
            ],
            options={
                "verbose_name": "补贴项目",
                "verbose_name_plural": "补贴项目",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org_unit", "code"),
                        name="programme_one_code",
                        violation_error_message="本县已有这个代码的项目。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("portal_from__day", 1),
                            ("starts_on__day", 1),
                            models.Q(("ends_on", None), ("ends_on__day", 1), _connector="OR"),
                        ),
                        name="programme_months",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="programme_period",
                        violation_error_message="终止月不能早于起始月。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("exclusive", "互斥：有优先项目的不发"),
                            ("higher", "择高：只发金额高的"),
                            ("offset", "抵扣：只发高出优先项目的部分"),
                            ("both", "可叠加"),
                        ],
                        max_length=10,
                        verbose_name="关系",
                    ),
                ),
                ("effective_from", models.DateField(help_text="当月第一天", verbose_name="执行起始月")),
                (
                    "effective_to",
                    models.DateField(
                        blank=True, help_text="当月第一天；当月仍执行", null=True, verbose_name="执行终止月"
                    ),
                ),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="依据")),
                (
                    "prevailing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prevails_over",
                        to="subsidies.programme",
                        verbose_name="优先项目",
                    ),
                ),
                (
                    "yielding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="yields_to",
                        to="subsidies.programme",
                        verbose_name="让位项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "项目衔接",
                "verbose_name_plural": "项目衔接",
                "ordering": ("yielding", "prevailing", "effective_from"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("yielding", "prevailing", "effective_from"), name="exclusion_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("yielding", models.F("prevailing")), _negated=True),
                        name="exclusion_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_from__day", 1),
                            models.Q(
                                ("effective_to", None),
                                models.Q(
                                    ("effective_to__day", 1),
                                    ("effective_to__gte", models.F("effective_from")),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="exclusion_months",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(help_text="当月第一天", verbose_name="月份")),
                (
                    "sequence",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="1 为当月批次，其后为补发批次", verbose_name="批号"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "正在生成"),
                            ("checking", "待核对"),
                            ("submitted", "待审批"),
                            ("approved", "待导出"),
                            ("sent", "已送银行"),
                            ("reconciled", "已对账"),
                            ("cancelled", "已作废"),
                        ],
                        default="making",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "is_full_check",
                    models.BooleanField(
                        default=False,
                        help_text="以前各月对所有人重算，而不只是资料有变动的人",
                        verbose_name="全面复核",
                    ),
                ),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("made_at", models.DateTimeField(blank=True, null=True, verbose_name="生成时间")),
                (
                    "facts_seen_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="生成时读到的资料；以后的变动进下一批",
                        null=True,
                        verbose_name="资料截至",
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="未能生成")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="送审时间")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="导出时间")),
                (
                    "sheet_checksum",
                    models.CharField(blank=True, editable=False, max_length=64, verbose_name="银行表校验和"),
                ),
                ("reconciled_at", models.DateTimeField(blank=True, null=True, verbose_name="对账时间")),
                ("return_note", models.CharField(blank=True, max_length=300, verbose_name="退回意见")),
                (
                    "approved_by",
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
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="编制人",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导出人",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="导出时的原样，加密；再次导出就是它",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.importfile",
                        verbose_name="银行表",
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
                        verbose_name="送审人",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="subsidies.programme",
                        verbose_name="补贴项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "发放批次",
                "verbose_name_plural": "发放批次",
                "ordering": ("-month", "programme", "-sequence"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "month", "sequence"),
                        name="batch_once",
                        violation_error_message="该项目当月已有这一批。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("making", "checking", "submitted"))),
                        fields=("programme",),
                        name="batch_one_open",
                        violation_error_message="该项目还有一批没有审批完，请先办完。",
                    ),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="batch_month"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(
                                models.Q(("approved_by", models.F("made_by")), _negated=True),
                                models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="batch_two_people",
                        violation_error_message="编制、送审的人不能审批。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "待乡镇审核"),
                            ("checked", "待公示"),
                            ("on_notice", "公示中"),
                            ("noticed", "待县级审批"),
                            ("running", "享受中"),
                            ("ended", "已停发"),
                            ("refused", "未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="applied",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("applied_on", models.DateField(verbose_name="申请日期")),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                (
                    "not_before",
                    models.DateField(
                        blank=True,
                        help_text="当月第一天；以前的月份由上一次享受或外地发放",
                        null=True,
                        verbose_name="不早于",
                    ),
                ),
                (
                    "suspended",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="从月初到月末；期间不发，撤销暂停后由规则补发",
                        verbose_name="暂停发放",
                    ),
                ),
                (
                    "ended_from",
                    models.DateField(
                        blank=True, help_text="当月第一天；当月起不发", null=True, verbose_name="停发起始月"
                    ),
                ),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("died", "去世"),
                            ("moved_out", "户籍迁出"),
                            ("not_eligible", "身份资格取消"),
                            ("double", "重复享受"),
                            ("given_up", "自愿放弃"),
                            ("not_found", "查找不到本人"),
                            ("corrected", "信息更正后不符"),
                            ("policy", "政策调整"),
                            ("not_certified", "未按期认证"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="停发原因",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "elder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="facilities.facility",
                        verbose_name="机构(设施)",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="eldercare.orgunit",
                        verbose_name="申请镇(街道)",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="facilities.employment",
                        verbose_name="任职",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="subsidies.programme",
                        verbose_name="补贴项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "享受资格",
                "verbose_name_plural": "享受资格",
                "ordering": ("-applied_on", "-id"),
                "indexes": [
                    models.Index(fields=["programme", "state", "org_unit"], name="enrolment_programme_state"),
                    models.Index(fields=["elder", "programme"], name="enrolment_elder"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("elder__isnull", False), ("facility", None), ("post", None)),
                            models.Q(("elder", None), ("facility", None), ("post__isnull", False)),
                            models.Q(("elder", None), ("facility__isnull", False), ("post", None)),
                            _connector="OR",
                        ),
                        name="enrolment_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("running", "ended")), _negated=True),
                            ("approved_on__isnull", False),
                            _connector="OR",
                        ),
                        name="enrolment_approved_when_payable",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_from", None),
                            models.Q(("ended_from__day", 1), models.Q(("end_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="enrolment_end_has_reason",
                        violation_error_message="停发要写起始月和原因。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_from__isnull", False), ("state", "ended")),
                            models.Q(models.Q(("state", "ended"), _negated=True), ("ended_from", None)),
                            _connector="OR",
                        ),
                        name="enrolment_ended_has_month",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("applied", "checked", "on_notice", "noticed", "running"))
                        ),
                        fields=("programme", "elder"),
                        name="enrolment_one_open_elder",
                        violation_error_message="已在该项目中申请或享受。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("applied", "checked", "on_notice", "noticed", "running"))
                        ),
                        fields=("programme", "post"),
                        name="enrolment_one_open_post",
                        violation_error_message="已在该项目中申请或享受。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("applied", "checked", "on_notice", "noticed", "running"))
                        ),
                        fields=("programme", "facility"),
                        name="enrolment_one_open_facility",
                        violation_error_message="已在该项目中申请或享受。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentStep",
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
                            ("apply", "申请"),
                            ("check", "乡镇审核通过"),
                            ("notice", "公示"),
                            ("notice_over", "公示期满无异议"),
                            ("objection", "公示有异议"),
                            ("approve", "县级批准"),
                            ("refuse", "不予通过"),
                            ("return", "退回"),
                            ("withdraw", "撤回申请"),
                            ("suspend", "暂停发放"),
                            ("resume", "恢复发放"),
                            ("end", "停发"),
                            ("reopen", "撤销停发"),
                            ("import", "由上传登记"),
                        ],
                        max_length=12,
                        verbose_name="办理",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("comment", models.CharField(blank=True, max_length=300, verbose_name="意见")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="subsidies.enrolment",
                        verbose_name="享受资格",
                    ),
                ),
            ],
            options={
                "verbose_name": "办理记录",
                "verbose_name_plural": "办理记录",
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="EnrolmentStepEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("apply", "申请"),
                            ("check", "乡镇审核通过"),
                            ("notice", "公示"),
                            ("notice_over", "公示期满无异议"),
                            ("objection", "公示有异议"),
                            ("approve", "县级批准"),
                            ("refuse", "不予通过"),
                            ("return", "退回"),
                            ("withdraw", "撤回申请"),
                            ("suspend", "暂停发放"),
                            ("resume", "恢复发放"),
                            ("end", "停发"),
                            ("reopen", "撤销停发"),
                            ("import", "由上传登记"),
                        ],
                        max_length=12,
                        verbose_name="办理",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("comment", models.CharField(blank=True, max_length=300, verbose_name="意见")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.enrolment",
                        verbose_name="享受资格",
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
                        to="subsidies.enrolmentstep",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                            ("on_death_list", "在死亡名单中"),
                            ("on_other_list", "在其他比对名单中"),
                            ("died", "已登记死亡"),
                            ("moved_out", "户籍已迁出"),
                            ("double_person", "疑似同一人重复享受"),
                            ("conflict", "项目冲突"),
                            ("not_certified", "认证逾期"),
                            ("no_account", "没有收款账户"),
                            ("shared_account", "账户与他人相同"),
                            ("no_id_number", "没有证件号码"),
                            ("age_mismatch", "年龄与证件不符"),
                            ("assessment_expired", "能力评估过期"),
                            ("outlier", "金额异常"),
                        ],
                        max_length=20,
                        verbose_name="问题",
                    ),
                ),
                (
                    "detail",
                    models.CharField(
                        blank=True, help_text="不写证件、账户号码", max_length=300, verbose_name="说明"
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("pay", "照发"), ("hold", "暂缓"), ("end", "停发")],
                        max_length=5,
                        verbose_name="处理",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("died", "去世"),
                            ("moved_out", "户籍迁出"),
                            ("not_eligible", "身份资格取消"),
                            ("double", "重复享受"),
                            ("given_up", "自愿放弃"),
                            ("not_found", "查找不到本人"),
                            ("corrected", "信息更正后不符"),
                            ("policy", "政策调整"),
                            ("not_certified", "未按期认证"),
                            ("other", "其他"),
                        ],
                        help_text="审批后写入资格",
                        max_length=15,
                        verbose_name="停发原因",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="处理时间")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
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
                        verbose_name="处理人",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="subsidies.enrolment",
                        verbose_name="享受资格",
                    ),
                ),
            ],
            options={
                "verbose_name": "核对问题",
                "verbose_name_plural": "核对问题",
                "ordering": ("kind", "enrolment"),
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "enrolment", "kind"), name="finding_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision", ""), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="finding_decision_has_reason",
                        violation_error_message="请写明理由。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExclusionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("exclusive", "互斥：有优先项目的不发"),
                            ("higher", "择高：只发金额高的"),
                            ("offset", "抵扣：只发高出优先项目的部分"),
                            ("both", "可叠加"),
                        ],
                        max_length=10,
                        verbose_name="关系",
                    ),
                ),
                ("effective_from", models.DateField(help_text="当月第一天", verbose_name="执行起始月")),
                (
                    "effective_to",
                    models.DateField(
                        blank=True, help_text="当月第一天；当月仍执行", null=True, verbose_name="执行终止月"
                    ),
                ),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="依据")),
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
                        to="subsidies.exclusion",
                    ),
                ),
                (
                    "prevailing",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.programme",
                        verbose_name="优先项目",
                    ),
                ),
                (
                    "yielding",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.programme",
                        verbose_name="让位项目",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="EnrolmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "待乡镇审核"),
                            ("checked", "待公示"),
                            ("on_notice", "公示中"),
                            ("noticed", "待县级审批"),
                            ("running", "享受中"),
                            ("ended", "已停发"),
                            ("refused", "未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="applied",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("applied_on", models.DateField(verbose_name="申请日期")),
                ("approved_on", models.DateField(blank=True, null=True, verbose_name="批准日期")),
                (
                    "not_before",
                    models.DateField(
                        blank=True,
                        help_text="当月第一天；以前的月份由上一次享受或外地发放",
                        null=True,
                        verbose_name="不早于",
                    ),
                ),
                (
                    "suspended",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="从月初到月末；期间不发，撤销暂停后由规则补发",
                        verbose_name="暂停发放",
                    ),
                ),
                (
                    "ended_from",
                    models.DateField(
                        blank=True, help_text="当月第一天；当月起不发", null=True, verbose_name="停发起始月"
                    ),
                ),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("died", "去世"),
                            ("moved_out", "户籍迁出"),
                            ("not_eligible", "身份资格取消"),
                            ("double", "重复享受"),
                            ("given_up", "自愿放弃"),
                            ("not_found", "查找不到本人"),
                            ("corrected", "信息更正后不符"),
                            ("policy", "政策调整"),
                            ("not_certified", "未按期认证"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="停发原因",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "elder",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
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
                        verbose_name="申请镇(街道)",
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
                        to="subsidies.enrolment",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.employment",
                        verbose_name="任职",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.programme",
                        verbose_name="补贴项目",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProgrammeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.SlugField(
                        db_index=False,
                        help_text="命令行和接口用，如 old-age",
                        max_length=30,
                        verbose_name="代码",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("service_subsidy", "养老服务补贴"),
                            ("old_age", "高龄津贴"),
                            ("centenarian", "百岁老人长寿保健金"),
                            ("disability_care", "失能护理补贴"),
                            ("destitute_care", "特困照料护理"),
                            ("accident_insurance", "老年人意外伤害保险"),
                            ("post_allowance", "护理员岗位津贴"),
                            ("entry_award", "入职奖补"),
                            ("construction", "机构建设补贴"),
                            ("operation", "机构运营补贴"),
                            ("adaptation", "适老化改造补贴"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="种类",
                    ),
                ),
                (
                    "beneficiary",
                    models.CharField(
                        choices=[("elder", "老年人"), ("post", "从业人员(任职)"), ("facility", "机构(设施)")],
                        default="elder",
                        max_length=10,
                        verbose_name="发放对象",
                    ),
                ),
                (
                    "starts_on",
                    models.DateField(help_text="当月第一天；以前的月份不发", verbose_name="政策起始月"),
                ),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="当月第一天；当月仍发", null=True, verbose_name="政策终止月"
                    ),
                ),
                (
                    "portal_from",
                    models.DateField(
                        help_text="当月第一天；以前的月份在别处发放，不再补发或追缴",
                        verbose_name="本系统发放起始月",
                    ),
                ),
                ("notice_days", models.PositiveSmallIntegerField(default=5, verbose_name="公示工作日数")),
                (
                    "offsets_recoveries",
                    models.BooleanField(default=False, verbose_name="追缴款从以后月份抵扣"),
                ),
                (
                    "outlier_factor",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("3"),
                        help_text="一次应发超过本人上次或全批中位数的多少倍时提示",
                        max_digits=5,
                        verbose_name="金额异常倍数",
                    ),
                ),
                (
                    "is_example",
                    models.BooleanField(
                        default=False, help_text="演示用，须按本县文件改过才能发放", verbose_name="示例标准"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="县(市、区)",
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
                        to="subsidies.programme",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PublicNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="公示开始")),
                ("ends_on", models.DateField(help_text="当日仍在公示", verbose_name="公示截止")),
                ("contact", models.CharField(blank=True, max_length=60, verbose_name="受理电话")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "enrolments",
                    models.ManyToManyField(
                        related_name="notices", to="subsidies.enrolment", verbose_name="名单"
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="subsidies.programme",
                        verbose_name="补贴项目",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="公示人",
                    ),
                ),
            ],
            options={
                "verbose_name": "公示",
                "verbose_name_plural": "公示",
                "ordering": ("-starts_on", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_month", models.DateField(verbose_name="起始月")),
                ("to_month", models.DateField(verbose_name="终止月")),
                ("months", models.PositiveSmallIntegerField(verbose_name="月数")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="应追金额(元)")),
                (
                    "repaid",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=14, verbose_name="已追回(元)"
                    ),
                ),
                (
                    "offset",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=14, verbose_name="已抵扣(元)"
                    ),
                ),
                (
                    "written_off",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=14, verbose_name="已核销(元)"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recoveries",
                        to="subsidies.batch",
                        verbose_name="发现批次",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recoveries",
                        to="subsidies.enrolment",
                        verbose_name="享受资格",
                    ),
                ),
            ],
            options={
                "verbose_name": "追缴",
                "verbose_name_plural": "追缴",
                "ordering": ("-batch__month", "enrolment"),
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "enrolment"), name="recovery_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="recovery_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("repaid"), "+", models.F("offset")
                                    ),
                                    "+",
                                    models.F("written_off"),
                                ),
                            )
                        ),
                        name="recovery_not_overpaid",
                        violation_error_message="追回、抵扣、核销之和不能超过应追金额。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("from_month", models.DateField(verbose_name="起始月")),
                ("to_month", models.DateField(verbose_name="终止月")),
                ("months", models.PositiveSmallIntegerField(verbose_name="月数")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="应追金额(元)")),
                (
                    "repaid",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=14, verbose_name="已追回(元)"
                    ),
                ),
                (
                    "offset",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=14, verbose_name="已抵扣(元)"
                    ),
                ),
                (
                    "written_off",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=14, verbose_name="已核销(元)"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.batch",
                        verbose_name="发现批次",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.enrolment",
                        verbose_name="享受资格",
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
                        to="subsidies.recovery",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReturnRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("name", models.CharField(max_length=80, verbose_name="收款人")),
                (
                    "account",
                    eldercare.encryption.EncryptedField(
                        context="subsidies.Payee.account", mask="card", max_length=40, verbose_name="银行账号"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额(元)")),
                (
                    "result",
                    models.CharField(
                        choices=[("paid", "成功"), ("failed", "失败")], max_length=6, verbose_name="结果"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=100, verbose_name="失败原因")),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="入账(退回)日期")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="subsidies.batch",
                        verbose_name="批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "回盘",
                "verbose_name_plural": "回盘",
                "ordering": ("batch", "serial"),
                "constraints": [models.UniqueConstraint(fields=("batch", "serial"), name="returnrow_once")],
            },
        ),
        migrations.CreateModel(
            name="ReturnRowEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("name", models.CharField(max_length=80, verbose_name="收款人")),
                (
                    "account",
                    eldercare.encryption.EncryptedField(
                        context="subsidies.Payee.account", mask="card", max_length=40, verbose_name="银行账号"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额(元)")),
                (
                    "result",
                    models.CharField(
                        choices=[("paid", "成功"), ("failed", "失败")], max_length=6, verbose_name="结果"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=100, verbose_name="失败原因")),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="入账(退回)日期")),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.batch",
                        verbose_name="批次",
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
                        to="subsidies.returnrow",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_from", models.DateField(help_text="当月第一天", verbose_name="执行起始月")),
                ("document_number", models.CharField(max_length=60, verbose_name="文号")),
                ("document_title", models.CharField(blank=True, max_length=120, verbose_name="文件名称")),
                (
                    "population",
                    models.CharField(
                        choices=[
                            ("registered", "本县户籍"),
                            ("resident", "本县常住"),
                            ("either", "户籍或常住"),
                        ],
                        default="registered",
                        max_length=10,
                        verbose_name="对象口径",
                    ),
                ),
                (
                    "eligibility",
                    models.CharField(
                        help_text="如 age >= 80 and low_income；可用的名称见页面下方",
                        max_length=500,
                        verbose_name="享受条件",
                    ),
                ),
                (
                    "facts_day",
                    models.CharField(
                        choices=[
                            ("month_end", "当月起：按当月月末"),
                            ("previous_month_end", "次月起：按上月月末"),
                        ],
                        default="month_end",
                        max_length=20,
                        verbose_name="条件从何时算",
                    ),
                ),
                (
                    "start",
                    models.CharField(
                        choices=[
                            ("eligible", "符合条件起"),
                            ("application", "申请起"),
                            ("approval", "批准起"),
                        ],
                        default="application",
                        max_length=12,
                        verbose_name="起发",
                    ),
                ),
                (
                    "start_offset",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "当月"), (1, "次月")],
                        default=0,
                        help_text="申请(批准)当月或次月起发",
                        verbose_name="起发月",
                    ),
                ),
                (
                    "back_pay",
                    models.CharField(
                        choices=[
                            ("none", "不补"),
                            ("eligible", "补到符合条件之月"),
                            ("this_year", "只补申请(批准)当年"),
                            ("months", "最多补若干个月"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="补发",
                    ),
                ),
                ("back_pay_months", models.PositiveSmallIntegerField(default=0, verbose_name="最多补发月数")),
                (
                    "death",
                    models.CharField(
                        choices=[
                            ("paid", "当月照发，次月停发"),
                            ("unpaid", "当月停发"),
                            ("by_day", "当月按天折算"),
                        ],
                        default="paid",
                        max_length=8,
                        verbose_name="死亡",
                    ),
                ),
                (
                    "moving_out",
                    models.CharField(
                        choices=[
                            ("paid", "当月照发，次月停发"),
                            ("unpaid", "当月停发"),
                            ("by_day", "当月按天折算"),
                        ],
                        default="paid",
                        max_length=8,
                        verbose_name="迁出",
                    ),
                ),
                (
                    "certification",
                    models.CharField(
                        choices=[
                            ("none", "不认证"),
                            ("monthly", "每月"),
                            ("quarterly", "每季度"),
                            ("half_yearly", "每半年"),
                            ("yearly", "每年"),
                        ],
                        default="none",
                        max_length=12,
                        verbose_name="生存认证",
                    ),
                ),
                (
                    "resume_months",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="0 为暂停期间不补发", verbose_name="恢复认证后最多补发月数"
                    ),
                ),
                (
                    "pay_months",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="每年只在这些月份发放，如 3,9；空为每月",
                        size=None,
                        verbose_name="发放月份",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="subsidies.programme",
                        verbose_name="补贴项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "政策版本",
                "verbose_name_plural": "政策版本",
                "ordering": ("-effective_from",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "effective_from"),
                        name="ruleversion_one_a_month",
                        violation_error_message="该项目同一月份已有一个版本。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effective_from__day", 1)), name="ruleversion_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("moving_out", "by_day"), _negated=True),
                        name="ruleversion_by_day_needs_death",
                        violation_error_message="按天折算只用于死亡。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Band",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
                ("label", models.CharField(max_length=60, verbose_name="档次")),
                (
                    "age_from",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="周岁，含", null=True, verbose_name="年龄从"
                    ),
                ),
                (
                    "age_to",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="周岁，含", null=True, verbose_name="年龄到"
                    ),
                ),
                (
                    "abilities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="能力等级",
                    ),
                ),
                (
                    "economics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="经济类别",
                    ),
                ),
                (
                    "livings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="居住方式",
                    ),
                ),
                (
                    "condition",
                    models.CharField(
                        blank=True, help_text="写法同享受条件", max_length=300, verbose_name="其他条件"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=4, max_digits=14, verbose_name="金额(元)")),
                (
                    "quantity",
                    models.CharField(
                        blank=True, help_text="一个数量名称；空为按人", max_length=30, verbose_name="乘以"
                    ),
                ),
                (
                    "cap",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="最高(元)"
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        help_text="以服务兑现的，每月小时",
                        max_digits=6,
                        null=True,
                        verbose_name="服务时数",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bands",
                        to="subsidies.ruleversion",
                        verbose_name="政策版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "档次",
                "verbose_name_plural": "档次",
                "ordering": ("position", "id"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="band_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("age_from", None),
                            ("age_to", None),
                            ("age_to__gte", models.F("age_from")),
                            _connector="OR",
                        ),
                        name="band_ages",
                        violation_error_message="年龄上限不能小于下限。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("central", "中央"),
                            ("province", "省级"),
                            ("city", "市级"),
                            ("county", "县级"),
                            ("township", "镇(街道)"),
                            ("lottery", "福彩公益金"),
                        ],
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="比例(%)")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="subsidies.ruleversion",
                        verbose_name="政策版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "资金分担",
                "verbose_name_plural": "资金分担",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "source"), name="fundingshare_once"),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gt", 0), ("percent__lte", 100)),
                        name="fundingshare_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="批次月份")),
                ("for_month", models.DateField(help_text="这笔钱是哪个月的", verbose_name="所属月份")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("regular", "当月应发"),
                            ("back_pay", "补发"),
                            ("supplement", "失败(暂缓)补发"),
                            ("recovery", "多发追缴"),
                            ("offset", "抵扣追缴"),
                        ],
                        max_length=12,
                        verbose_name="种类",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "待发"),
                            ("held", "暂缓"),
                            ("dropped", "不发"),
                            ("sent", "已送银行"),
                            ("paid", "已发"),
                            ("failed", "发放失败"),
                        ],
                        default="planned",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额(元)")),
                (
                    "facts",
                    models.JSONField(
                        default=dict,
                        help_text="规则用到的值；以及让位项目、未享受的原因",
                        verbose_name="当时的情况",
                    ),
                ),
                ("payee_name", models.CharField(blank=True, max_length=80, verbose_name="收款人")),
                ("payee_bank", models.CharField(blank=True, max_length=80, verbose_name="开户银行")),
                (
                    "payee_account",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="subsidies.Payee.account",
                        mask="card",
                        max_length=40,
                        verbose_name="银行账号",
                    ),
                ),
                (
                    "serial",
                    models.PositiveIntegerField(
                        blank=True, help_text="银行表上的行", null=True, verbose_name="序号"
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=100, verbose_name="失败原因")),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="入账(退回)日期")),
                (
                    "band",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subsidies.band",
                        verbose_name="档次",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="subsidies.batch",
                        verbose_name="批次",
                    ),
                ),
                (
                    "elder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="subsidies.enrolment",
                        verbose_name="享受资格",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="镇(街道)",
                    ),
                ),
                (
                    "recovery",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="subsidies.recovery",
                        verbose_name="追缴",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subsidies.ruleversion",
                        verbose_name="政策版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "发放明细",
                "verbose_name_plural": "发放明细",
                "ordering": ("org_unit", "enrolment", "for_month"),
                "indexes": [
                    models.Index(fields=["batch", "org_unit"], name="line_batch_unit"),
                    models.Index(fields=["elder", "month"], name="line_elder"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("held", "dropped", "failed")), _negated=True),
                            models.Q(("kind", "offset"), _negated=True),
                        ),
                        fields=("enrolment", "for_month", "month", "kind"),
                        name="line_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "offset"),
                            models.Q(("state__in", ("held", "dropped", "failed")), _negated=True),
                        ),
                        fields=("batch", "recovery"),
                        name="line_one_offset",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "regular"),
                            models.Q(("state__in", ("held", "dropped", "failed")), _negated=True),
                        ),
                        fields=("enrolment", "for_month"),
                        name="line_one_regular",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__lt", 0), ("kind__in", ("recovery", "offset"))),
                            models.Q(("amount__gt", 0), ("kind__in", ("regular", "back_pay", "supplement"))),
                            _connector="OR",
                        ),
                        name="line_sign",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryEntry",
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
                            ("repaid", "追回"),
                            ("offset", "抵扣"),
                            ("written_off", "核销"),
                            ("not_offset", "抵扣退回"),
                        ],
                        max_length=12,
                        verbose_name="方式",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="金额(元)")),
                ("on", models.DateField(verbose_name="日期")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subsidies.paymentline",
                        verbose_name="抵扣明细",
                    ),
                ),
                (
                    "recovery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="subsidies.recovery",
                        verbose_name="追缴",
                    ),
                ),
            ],
            options={
                "verbose_name": "追缴入账",
                "verbose_name_plural": "追缴入账",
                "ordering": ("on", "id"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="recoveryentry_amount")
                ],
            },
        ),
        migrations.CreateModel(
            name="FundingShareEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("central", "中央"),
                            ("province", "省级"),
                            ("city", "市级"),
                            ("county", "县级"),
                            ("township", "镇(街道)"),
                            ("lottery", "福彩公益金"),
                        ],
                        max_length=10,
                        verbose_name="资金来源",
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="比例(%)")),
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
                        to="subsidies.fundingshare",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.ruleversion",
                        verbose_name="政策版本",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BandEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="顺序")),
                ("label", models.CharField(max_length=60, verbose_name="档次")),
                (
                    "age_from",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="周岁，含", null=True, verbose_name="年龄从"
                    ),
                ),
                (
                    "age_to",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="周岁，含", null=True, verbose_name="年龄到"
                    ),
                ),
                (
                    "abilities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="能力等级",
                    ),
                ),
                (
                    "economics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="经济类别",
                    ),
                ),
                (
                    "livings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="居住方式",
                    ),
                ),
                (
                    "condition",
                    models.CharField(
                        blank=True, help_text="写法同享受条件", max_length=300, verbose_name="其他条件"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=4, max_digits=14, verbose_name="金额(元)")),
                (
                    "quantity",
                    models.CharField(
                        blank=True, help_text="一个数量名称；空为按人", max_length=30, verbose_name="乘以"
                    ),
                ),
                (
                    "cap",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="最高(元)"
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        help_text="以服务兑现的，每月小时",
                        max_digits=6,
                        null=True,
                        verbose_name="服务时数",
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
                        to="subsidies.band",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.ruleversion",
                        verbose_name="政策版本",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RuleVersionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("effective_from", models.DateField(help_text="当月第一天", verbose_name="执行起始月")),
                ("document_number", models.CharField(max_length=60, verbose_name="文号")),
                ("document_title", models.CharField(blank=True, max_length=120, verbose_name="文件名称")),
                (
                    "population",
                    models.CharField(
                        choices=[
                            ("registered", "本县户籍"),
                            ("resident", "本县常住"),
                            ("either", "户籍或常住"),
                        ],
                        default="registered",
                        max_length=10,
                        verbose_name="对象口径",
                    ),
                ),
                (
                    "eligibility",
                    models.CharField(
                        help_text="如 age >= 80 and low_income；可用的名称见页面下方",
                        max_length=500,
                        verbose_name="享受条件",
                    ),
                ),
                (
                    "facts_day",
                    models.CharField(
                        choices=[
                            ("month_end", "当月起：按当月月末"),
                            ("previous_month_end", "次月起：按上月月末"),
                        ],
                        default="month_end",
                        max_length=20,
                        verbose_name="条件从何时算",
                    ),
                ),
                (
                    "start",
                    models.CharField(
                        choices=[
                            ("eligible", "符合条件起"),
                            ("application", "申请起"),
                            ("approval", "批准起"),
                        ],
                        default="application",
                        max_length=12,
                        verbose_name="起发",
                    ),
                ),
                (
                    "start_offset",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "当月"), (1, "次月")],
                        default=0,
                        help_text="申请(批准)当月或次月起发",
                        verbose_name="起发月",
                    ),
                ),
                (
                    "back_pay",
                    models.CharField(
                        choices=[
                            ("none", "不补"),
                            ("eligible", "补到符合条件之月"),
                            ("this_year", "只补申请(批准)当年"),
                            ("months", "最多补若干个月"),
                        ],
                        default="none",
                        max_length=10,
                        verbose_name="补发",
                    ),
                ),
                ("back_pay_months", models.PositiveSmallIntegerField(default=0, verbose_name="最多补发月数")),
                (
                    "death",
                    models.CharField(
                        choices=[
                            ("paid", "当月照发，次月停发"),
                            ("unpaid", "当月停发"),
                            ("by_day", "当月按天折算"),
                        ],
                        default="paid",
                        max_length=8,
                        verbose_name="死亡",
                    ),
                ),
                (
                    "moving_out",
                    models.CharField(
                        choices=[
                            ("paid", "当月照发，次月停发"),
                            ("unpaid", "当月停发"),
                            ("by_day", "当月按天折算"),
                        ],
                        default="paid",
                        max_length=8,
                        verbose_name="迁出",
                    ),
                ),
                (
                    "certification",
                    models.CharField(
                        choices=[
                            ("none", "不认证"),
                            ("monthly", "每月"),
                            ("quarterly", "每季度"),
                            ("half_yearly", "每半年"),
                            ("yearly", "每年"),
                        ],
                        default="none",
                        max_length=12,
                        verbose_name="生存认证",
                    ),
                ),
                (
                    "resume_months",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="0 为暂停期间不补发", verbose_name="恢复认证后最多补发月数"
                    ),
                ),
                (
                    "pay_months",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="每年只在这些月份发放，如 3,9；空为每月",
                        size=None,
                        verbose_name="发放月份",
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
                        to="subsidies.ruleversion",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.programme",
                        verbose_name="补贴项目",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("visit", "探访"),
                            ("cleaning", "打扫"),
                            ("laundry", "洗衣"),
                            ("haircut", "理发"),
                        ],
                        default="visit",
                        max_length=10,
                        verbose_name="服务",
                    ),
                ),
                ("visited_on", models.DateField(verbose_name="日期")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("home", "上门"),
                            ("phone", "电话"),
                            ("video", "视频"),
                            ("monitor", "线上监测"),
                        ],
                        default="home",
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("well", "正常"),
                            ("needs_help", "需要帮助"),
                            ("not_met", "未见到本人"),
                            ("urgent", "紧急情况"),
                        ],
                        default="well",
                        max_length=10,
                        verbose_name="情况",
                    ),
                ),
                ("visitor", models.CharField(blank=True, max_length=40, verbose_name="探访人")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "elder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to="subsidies.elder",
                        verbose_name="老年人",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="镇(街道)",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "verbose_name": "探访记录",
                "verbose_name_plural": "探访记录",
                "ordering": ("-visited_on", "-id"),
                "indexes": [models.Index(fields=["visited_on", "elder"], name="visit_day_elder")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("elder", "service", "visited_on"),
                        name="visit_once_a_day",
                        violation_error_message="此人当天已登记这项服务。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("visit", "探访"),
                            ("cleaning", "打扫"),
                            ("laundry", "洗衣"),
                            ("haircut", "理发"),
                        ],
                        default="visit",
                        max_length=10,
                        verbose_name="服务",
                    ),
                ),
                ("visited_on", models.DateField(verbose_name="日期")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("home", "上门"),
                            ("phone", "电话"),
                            ("video", "视频"),
                            ("monitor", "线上监测"),
                        ],
                        default="home",
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("well", "正常"),
                            ("needs_help", "需要帮助"),
                            ("not_met", "未见到本人"),
                            ("urgent", "紧急情况"),
                        ],
                        default="well",
                        max_length=10,
                        verbose_name="情况",
                    ),
                ),
                ("visitor", models.CharField(blank=True, max_length=40, verbose_name="探访人")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "elder",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="subsidies.elder",
                        verbose_name="老年人",
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
                        verbose_name="镇(街道)",
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
                        to="subsidies.visit",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VisitRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("destitute_central", "特困(集中供养)"),
                            ("destitute_scattered", "特困(分散供养)"),
                            ("low_income", "低保"),
                            ("low_income_edge", "低保边缘"),
                            ("severe_disability", "重度残疾"),
                            ("other_disability", "三四级智力(精神)残疾"),
                            ("family_planning", "计划生育特殊家庭"),
                            ("living_alone", "独居"),
                            ("empty_nest", "空巢"),
                            ("left_behind", "留守"),
                            ("no_kin", "孤寡(三无)"),
                            ("disabled", "失能"),
                            ("dementia", "失智"),
                            ("veteran", "优抚对象"),
                            ("three_elders", "三老人员"),
                            ("former_poor", "脱贫(监测)人口"),
                            ("returned_overseas", "归侨"),
                            ("model_worker", "劳模"),
                            ("in_care_home", "入住养老机构"),
                            ("in_hospital", "住院"),
                            ("away", "外出"),
                            ("long_term_care", "享受长护险待遇"),
                            ("assessed_disabled", "评估为失能"),
                            ("aged_80", "80周岁及以上"),
                            ("aged_90", "90周岁及以上"),
                        ],
                        max_length=20,
                        verbose_name="对象",
                    ),
                ),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("visit", "探访"),
                            ("cleaning", "打扫"),
                            ("laundry", "洗衣"),
                            ("haircut", "理发"),
                        ],
                        default="visit",
                        max_length=10,
                        verbose_name="服务",
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("week", "每周"),
                            ("half_month", "每半月"),
                            ("month", "每月"),
                            ("quarter", "每季度"),
                        ],
                        max_length=10,
                        verbose_name="频次",
                    ),
                ),
                ("effective_from", models.DateField(verbose_name="执行起始日")),
                (
                    "effective_to",
                    models.DateField(
                        blank=True, help_text="当日仍执行", null=True, verbose_name="执行截止日"
                    ),
                ),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="依据")),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visit_rules",
                        to="eldercare.orgunit",
                        verbose_name="县(市、区)",
                    ),
                ),
            ],
            options={
                "verbose_name": "探访频次",
                "verbose_name_plural": "探访频次",
                "ordering": ("service", "category", "effective_from"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org_unit", "category", "service", "effective_from"), name="visitrule_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_to", None),
                            ("effective_to__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="visitrule_period",
                        violation_error_message="截止日不能早于起始日。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitRuleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("destitute_central", "特困(集中供养)"),
                            ("destitute_scattered", "特困(分散供养)"),
                            ("low_income", "低保"),
                            ("low_income_edge", "低保边缘"),
                            ("severe_disability", "重度残疾"),
                            ("other_disability", "三四级智力(精神)残疾"),
                            ("family_planning", "计划生育特殊家庭"),
                            ("living_alone", "独居"),
                            ("empty_nest", "空巢"),
                            ("left_behind", "留守"),
                            ("no_kin", "孤寡(三无)"),
                            ("disabled", "失能"),
                            ("dementia", "失智"),
                            ("veteran", "优抚对象"),
                            ("three_elders", "三老人员"),
                            ("former_poor", "脱贫(监测)人口"),
                            ("returned_overseas", "归侨"),
                            ("model_worker", "劳模"),
                            ("in_care_home", "入住养老机构"),
                            ("in_hospital", "住院"),
                            ("away", "外出"),
                            ("long_term_care", "享受长护险待遇"),
                            ("assessed_disabled", "评估为失能"),
                            ("aged_80", "80周岁及以上"),
                            ("aged_90", "90周岁及以上"),
                        ],
                        max_length=20,
                        verbose_name="对象",
                    ),
                ),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("visit", "探访"),
                            ("cleaning", "打扫"),
                            ("laundry", "洗衣"),
                            ("haircut", "理发"),
                        ],
                        default="visit",
                        max_length=10,
                        verbose_name="服务",
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("week", "每周"),
                            ("half_month", "每半月"),
                            ("month", "每月"),
                            ("quarter", "每季度"),
                        ],
                        max_length=10,
                        verbose_name="频次",
                    ),
                ),
                ("effective_from", models.DateField(verbose_name="执行起始日")),
                (
                    "effective_to",
                    models.DateField(
                        blank=True, help_text="当日仍执行", null=True, verbose_name="执行截止日"
                    ),
                ),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="依据")),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="eldercare.orgunit",
                        verbose_name="县(市、区)",
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
                        to="subsidies.visitrule",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        AddTrigger(
            model_name="elder",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_elderevent" ("address", "born_on", "contact_name", "contact_phone", "contact_relation", "death_known_on", "death_source", "died_on", "id", "id_kind", "id_number", "id_reason", "merged_into_id", "name", "name_key", "note", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "registered", "registered_address", "residence_unit_id", "residence_village_id", "resident", "sex", "village_id", "wishes_central_care") SELECT new_values."address", new_values."born_on", new_values."contact_name", new_values."contact_phone", new_values."contact_relation", new_values."death_known_on", new_values."death_source", new_values."died_on", new_values."id", new_values."id_kind", new_values."id_number", new_values."id_reason", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."note", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."registered", new_values."registered_address", new_values."residence_unit_id", new_values."residence_village_id", new_values."resident", new_values."sex", new_values."village_id", new_values."wishes_central_care" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="08d4b1b1608991045a984d0861eee673fbb0640b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_92f8b",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_elder",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="elder",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_elderevent" ("address", "born_on", "contact_name", "contact_phone", "contact_relation", "death_known_on", "death_source", "died_on", "id", "id_kind", "id_number", "id_reason", "merged_into_id", "name", "name_key", "note", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "registered", "registered_address", "residence_unit_id", "residence_village_id", "resident", "sex", "village_id", "wishes_central_care") SELECT new_values."address", new_values."born_on", new_values."contact_name", new_values."contact_phone", new_values."contact_relation", new_values."death_known_on", new_values."death_source", new_values."died_on", new_values."id", new_values."id_kind", new_values."id_number", new_values."id_reason", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."note", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."registered", new_values."registered_address", new_values."residence_unit_id", new_values."residence_village_id", new_values."resident", new_values."sex", new_values."village_id", new_values."wishes_central_care" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="f28cdacbd4479f871d1be0b51a8c88ffb66ab910",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_dcc54",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_elder",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="elder",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_elderevent" ("address", "born_on", "contact_name", "contact_phone", "contact_relation", "death_known_on", "death_source", "died_on", "id", "id_kind", "id_number", "id_reason", "merged_into_id", "name", "name_key", "note", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "registered", "registered_address", "residence_unit_id", "residence_village_id", "resident", "sex", "village_id", "wishes_central_care") SELECT old_values."address", old_values."born_on", old_values."contact_name", old_values."contact_phone", old_values."contact_relation", old_values."death_known_on", old_values."death_source", old_values."died_on", old_values."id", old_values."id_kind", old_values."id_number", old_values."id_reason", old_values."merged_into_id", old_values."name", old_values."name_key", old_values."note", old_values."org_unit_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."registered", old_values."registered_address", old_values."residence_unit_id", old_values."residence_village_id", old_values."resident", old_values."sex", old_values."village_id", old_values."wishes_central_care" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f36e01881868652e1417445413b4ac1f04dfd822",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_82bd5",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_elder",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="certificationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d43d0d2b154b2a4b22ce9440466ff20c7d5e1a62",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a6392",
                    table="subsidies_certificationevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="certification",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_certificationevent" ("certified_on", "elder_id", "id", "method", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."certified_on", new_values."elder_id", new_values."id", new_values."method", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b58dc3d8f296681d6572dd006c719da3c3c539fa",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7eb72",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_certification",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="certification",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_certificationevent" ("certified_on", "elder_id", "id", "method", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."certified_on", new_values."elder_id", new_values."id", new_values."method", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="cdd24d22aef19a8341b09529b3c660edbb23728d",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d47a4",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_certification",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="certification",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_certificationevent" ("certified_on", "elder_id", "id", "method", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."certified_on", old_values."elder_id", old_values."id", old_values."method", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="a06204712c17b4df8a88f418558df54a8fca3694",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0641e",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_certification",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="assessmentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="88c295bb94e3ed3ebde7d777605ec9e8c40195d3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a3e38",
                    table="subsidies_assessmentevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_assessmentevent" ("agency", "assessed_on", "elder_id", "first_assessor", "has_dementia", "id", "is_comatose", "items", "level", "note", "original", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "risk_events", "second_assessor", "standard", "total", "valid_until") SELECT new_values."agency", new_values."assessed_on", new_values."elder_id", new_values."first_assessor", new_values."has_dementia", new_values."id", new_values."is_comatose", new_values."items", new_values."level", new_values."note", new_values."original", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."risk_events", new_values."second_assessor", new_values."standard", new_values."total", new_values."valid_until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b9c2fbb28a3ed9112564e1b6f09a5e49ab0e1c54",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3c8c2",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_assessment",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_assessmentevent" ("agency", "assessed_on", "elder_id", "first_assessor", "has_dementia", "id", "is_comatose", "items", "level", "note", "original", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "risk_events", "second_assessor", "standard", "total", "valid_until") SELECT new_values."agency", new_values."assessed_on", new_values."elder_id", new_values."first_assessor", new_values."has_dementia", new_values."id", new_values."is_comatose", new_values."items", new_values."level", new_values."note", new_values."original", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."risk_events", new_values."second_assessor", new_values."standard", new_values."total", new_values."valid_until" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1f8457569b57aaf26381c892c17b8bead6574efb",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f76b5",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_assessment",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_assessmentevent" ("agency", "assessed_on", "elder_id", "first_assessor", "has_dementia", "id", "is_comatose", "items", "level", "note", "original", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "risk_events", "second_assessor", "standard", "total", "valid_until") SELECT old_values."agency", old_values."assessed_on", old_values."elder_id", old_values."first_assessor", old_values."has_dementia", old_values."id", old_values."is_comatose", old_values."items", old_values."level", old_values."note", old_values."original", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."risk_events", old_values."second_assessor", old_values."standard", old_values."total", old_values."valid_until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="7c272ef76934092320418a590e4909e320a75b5a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2d19b",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_assessment",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="adaptationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="39563d295eeb3d3906b398787697c6ea3a256ab1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b407b",
                    table="subsidies_adaptationevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="adaptation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_adaptationevent" ("accepted_by", "accepted_on", "applied_on", "approved_on", "assessed_on", "assessor", "cancel_reason", "cancelled_on", "category", "contractor", "cost", "elder_id", "id", "items", "needed_from", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round", "started_on", "subsidy") SELECT new_values."accepted_by", new_values."accepted_on", new_values."applied_on", new_values."approved_on", new_values."assessed_on", new_values."assessor", new_values."cancel_reason", new_values."cancelled_on", new_values."category", new_values."contractor", new_values."cost", new_values."elder_id", new_values."id", new_values."items", new_values."needed_from", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."round", new_values."started_on", new_values."subsidy" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3ebf87187fb7dc9bdd186e41f7f6909ac195f772",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0359e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_adaptation",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="adaptation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_adaptationevent" ("accepted_by", "accepted_on", "applied_on", "approved_on", "assessed_on", "assessor", "cancel_reason", "cancelled_on", "category", "contractor", "cost", "elder_id", "id", "items", "needed_from", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round", "started_on", "subsidy") SELECT new_values."accepted_by", new_values."accepted_on", new_values."applied_on", new_values."approved_on", new_values."assessed_on", new_values."assessor", new_values."cancel_reason", new_values."cancelled_on", new_values."category", new_values."contractor", new_values."cost", new_values."elder_id", new_values."id", new_values."items", new_values."needed_from", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."round", new_values."started_on", new_values."subsidy" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9da70cfa7100a6a9408b2af51e24f95e99ad7a10",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9bd37",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_adaptation",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="adaptation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_adaptationevent" ("accepted_by", "accepted_on", "applied_on", "approved_on", "assessed_on", "assessor", "cancel_reason", "cancelled_on", "category", "contractor", "cost", "elder_id", "id", "items", "needed_from", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "round", "started_on", "subsidy") SELECT old_values."accepted_by", old_values."accepted_on", old_values."applied_on", old_values."approved_on", old_values."assessed_on", old_values."assessor", old_values."cancel_reason", old_values."cancelled_on", old_values."category", old_values."contractor", old_values."cost", old_values."elder_id", old_values."id", old_values."items", old_values."needed_from", old_values."org_unit_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."round", old_values."started_on", old_values."subsidy" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1f4976629c9f63f71b78914312551c6aa0612e15",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c773f",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_adaptation",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="elderchange",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_elderchangeevent" ("elder_id", "from_unit_id", "happened_on", "id", "kind", "known_on", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "source", "to_unit_id") SELECT new_values."elder_id", new_values."from_unit_id", new_values."happened_on", new_values."id", new_values."kind", new_values."known_on", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."recorded_at", new_values."recorded_by_id", new_values."source", new_values."to_unit_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="7eb3eb76ded24b7187643af10968110ad3bd23ee",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_01aa4",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_elderchange",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="elderchange",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_elderchangeevent" ("elder_id", "from_unit_id", "happened_on", "id", "kind", "known_on", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "source", "to_unit_id") SELECT new_values."elder_id", new_values."from_unit_id", new_values."happened_on", new_values."id", new_values."kind", new_values."known_on", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."recorded_at", new_values."recorded_by_id", new_values."source", new_values."to_unit_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="2f8f78cf2f1bfa41714302b1e7417ea81d5459cc",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d2c1f",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_elderchange",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="elderchange",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_elderchangeevent" ("elder_id", "from_unit_id", "happened_on", "id", "kind", "known_on", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "source", "to_unit_id") SELECT old_values."elder_id", old_values."from_unit_id", old_values."happened_on", old_values."id", old_values."kind", old_values."known_on", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."recorded_at", old_values."recorded_by_id", old_values."source", old_values."to_unit_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6923e70a355681b2988b9a8f3166ab1b106d2a1d",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_34a90",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_elderchange",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="elderchangeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="49da8a6a39970202b97ec9c5e7143485be06a50e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_92095",
                    table="subsidies_elderchangeevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="elderevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="700e1656fa96a20d50ee53ba587b5b89af73f6c6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_afdc8",
                    table="subsidies_elderevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="eldertag",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_eldertagevent" ("elder_id", "held", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT new_values."elder_id", new_values."held", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."source" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b1ea68bacade48275556f6b85a3ccf9845e100d7",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_32b42",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_eldertag",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="eldertag",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_eldertagevent" ("elder_id", "held", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT new_values."elder_id", new_values."held", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."source" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a065dc949b74d86476b9819c5f03201cdd8d1598",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6993d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_eldertag",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="eldertag",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_eldertagevent" ("elder_id", "held", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT old_values."elder_id", old_values."held", old_values."id", old_values."kind", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="625b6beacc6a009f6a9c52d0edf0da461a66517f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7d14c",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_eldertag",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="eldertagevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f547525f843c4338480f320b862b11f355828787",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_596e3",
                    table="subsidies_eldertagevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="enrolmentstep",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_enrolmentstepevent" ("at", "by_id", "comment", "enrolment_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."at", new_values."by_id", new_values."comment", new_values."enrolment_id", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b89c8743151317b51a860aeabf39f8d7578dca5c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_43d2c",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_enrolmentstep",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="enrolmentstep",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_enrolmentstepevent" ("at", "by_id", "comment", "enrolment_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."at", new_values."by_id", new_values."comment", new_values."enrolment_id", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3338dff9441f75265a300b3d0ae99e6704e84172",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_21f29",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_enrolmentstep",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="enrolmentstep",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_enrolmentstepevent" ("at", "by_id", "comment", "enrolment_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."at", old_values."by_id", old_values."comment", old_values."enrolment_id", old_values."id", old_values."kind", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="a6542db60a7bb0933d2eaa45ff93f2dddb26eb0c",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f8db1",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_enrolmentstep",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="enrolmentstepevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="33503555d7b196f9646573a959c5e4f2cecc4808",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0876b",
                    table="subsidies_enrolmentstepevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="familybed",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_familybedevent" ("accepted_on", "adaptation_id", "applied_on", "approved_on", "assessed_on", "bed_id", "elder_id", "end_reason", "ended_on", "equipment", "facility_id", "id", "monthly_fee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "services", "subsidy") SELECT new_values."accepted_on", new_values."adaptation_id", new_values."applied_on", new_values."approved_on", new_values."assessed_on", new_values."bed_id", new_values."elder_id", new_values."end_reason", new_values."ended_on", new_values."equipment", new_values."facility_id", new_values."id", new_values."monthly_fee", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."services", new_values."subsidy" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="79f797adf08d074b551a8bd0c2d8a29d7b647f51",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_06042",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_familybed",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="familybed",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_familybedevent" ("accepted_on", "adaptation_id", "applied_on", "approved_on", "assessed_on", "bed_id", "elder_id", "end_reason", "ended_on", "equipment", "facility_id", "id", "monthly_fee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "services", "subsidy") SELECT new_values."accepted_on", new_values."adaptation_id", new_values."applied_on", new_values."approved_on", new_values."assessed_on", new_values."bed_id", new_values."elder_id", new_values."end_reason", new_values."ended_on", new_values."equipment", new_values."facility_id", new_values."id", new_values."monthly_fee", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."services", new_values."subsidy" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="28900c79728971f0d724c338bce00e658344314a",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5b716",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_familybed",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="familybed",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_familybedevent" ("accepted_on", "adaptation_id", "applied_on", "approved_on", "assessed_on", "bed_id", "elder_id", "end_reason", "ended_on", "equipment", "facility_id", "id", "monthly_fee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "services", "subsidy") SELECT old_values."accepted_on", old_values."adaptation_id", old_values."applied_on", old_values."approved_on", old_values."assessed_on", old_values."bed_id", old_values."elder_id", old_values."end_reason", old_values."ended_on", old_values."equipment", old_values."facility_id", old_values."id", old_values."monthly_fee", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."services", old_values."subsidy" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1725360ddacbcb111608461511ec1bf681a3303c",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9653c",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_familybed",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="familybedevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e626bede5534b6be6ca78afd951f6e5cf8ff5e9e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2c856",
                    table="subsidies_familybedevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="householdhead",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_householdheadevent" ("account", "bank", "elder_id", "id", "id_number", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation") SELECT new_values."account", new_values."bank", new_values."elder_id", new_values."id", new_values."id_number", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."relation" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="51dc8748e05c34b0aabef236b27bc46256d76a8a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5a69c",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_householdhead",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="householdhead",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_householdheadevent" ("account", "bank", "elder_id", "id", "id_number", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation") SELECT new_values."account", new_values."bank", new_values."elder_id", new_values."id", new_values."id_number", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."relation" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="28fdef8df23952fee8c70b1dd9b00dff42636017",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ef221",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_householdhead",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="householdhead",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_householdheadevent" ("account", "bank", "elder_id", "id", "id_number", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation") SELECT old_values."account", old_values."bank", old_values."elder_id", old_values."id", old_values."id_number", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."relation" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="ede3c1de27efe0c229f44d44f9b183ffbfe9d0de",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_af036",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_householdhead",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="householdheadevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b4ac1068dd4f73150fb73964ab8aae542fd5c6a6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a305d",
                    table="subsidies_householdheadevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="listedperson",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_listedpersonevent" ("happened_on", "id", "id_number", "kind", "name", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT new_values."happened_on", new_values."id", new_values."id_number", new_values."kind", new_values."name", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."source" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c444400dda41f1f061eb42532816e2c9880d2ecc",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_56d1d",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_listedperson",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="listedperson",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_listedpersonevent" ("happened_on", "id", "id_number", "kind", "name", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT new_values."happened_on", new_values."id", new_values."id_number", new_values."kind", new_values."name", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."source" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="575fd8da77543c2e8d44c66eb49c1a4628bb0471",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_23a32",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_listedperson",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="listedperson",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_listedpersonevent" ("happened_on", "id", "id_number", "kind", "name", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") SELECT old_values."happened_on", old_values."id", old_values."id_number", old_values."kind", old_values."name", old_values."org_unit_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="b16358e7966bea6cd5f6f22cd11a1c4540fc0c29",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d2c98",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_listedperson",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="listedpersonevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cf0e5d731e029c361bca0e575a97ac48c2d540ab",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b7852",
                    table="subsidies_listedpersonevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="payee",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_payeeevent" ("account", "bank", "caregiver_id", "elder_id", "facility_id", "id", "id_number", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation", "used_from", "used_to") SELECT new_values."account", new_values."bank", new_values."caregiver_id", new_values."elder_id", new_values."facility_id", new_values."id", new_values."id_number", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."relation", new_values."used_from", new_values."used_to" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="4e746ee42de874a7b46e747f6e258d6a41c8f300",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e5a7e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_payee",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="payee",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_payeeevent" ("account", "bank", "caregiver_id", "elder_id", "facility_id", "id", "id_number", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation", "used_from", "used_to") SELECT new_values."account", new_values."bank", new_values."caregiver_id", new_values."elder_id", new_values."facility_id", new_values."id", new_values."id_number", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."relation", new_values."used_from", new_values."used_to" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3e6a8b0f3d2b3adf35e36374bc87739a7393070d",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_40c51",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_payee",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="payee",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_payeeevent" ("account", "bank", "caregiver_id", "elder_id", "facility_id", "id", "id_number", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "relation", "used_from", "used_to") SELECT old_values."account", old_values."bank", old_values."caregiver_id", old_values."elder_id", old_values."facility_id", old_values."id", old_values."id_number", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."relation", old_values."used_from", old_values."used_to" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="14c87fc3c4f3106f3cf29c40c38e59da5689fc84",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_268de",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_payee",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="payeeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1bb72e9df6c4fa0d422ed5811d027e1625e3cacf",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_79184",
                    table="subsidies_payeeevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_programmeevent" ("beneficiary", "code", "ends_on", "id", "is_example", "kind", "name", "note", "notice_days", "offsets_recoveries", "org_unit_id", "outlier_factor", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "portal_from", "starts_on") SELECT new_values."beneficiary", new_values."code", new_values."ends_on", new_values."id", new_values."is_example", new_values."kind", new_values."name", new_values."note", new_values."notice_days", new_values."offsets_recoveries", new_values."org_unit_id", new_values."outlier_factor", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."portal_from", new_values."starts_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3f61f5545ca254a99848f7cb35d7366abeb12b7c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b411d",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_programme",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_programmeevent" ("beneficiary", "code", "ends_on", "id", "is_example", "kind", "name", "note", "notice_days", "offsets_recoveries", "org_unit_id", "outlier_factor", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "portal_from", "starts_on") SELECT new_values."beneficiary", new_values."code", new_values."ends_on", new_values."id", new_values."is_example", new_values."kind", new_values."name", new_values."note", new_values."notice_days", new_values."offsets_recoveries", new_values."org_unit_id", new_values."outlier_factor", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."portal_from", new_values."starts_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="6c2e7a79961ecd29d615268ad506eca3f5d5e2b9",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9867a",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_programme",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_programmeevent" ("beneficiary", "code", "ends_on", "id", "is_example", "kind", "name", "note", "notice_days", "offsets_recoveries", "org_unit_id", "outlier_factor", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "portal_from", "starts_on") SELECT old_values."beneficiary", old_values."code", old_values."ends_on", old_values."id", old_values."is_example", old_values."kind", old_values."name", old_values."note", old_values."notice_days", old_values."offsets_recoveries", old_values."org_unit_id", old_values."outlier_factor", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."portal_from", old_values."starts_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="2f083a49c50a2e866894d8657c3ce0afb32503e4",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4d24b",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_programme",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="exclusionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="840b05bf1a401bc711e47549e77f2d2a6c995b1f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e1b33",
                    table="subsidies_exclusionevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="exclusion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_exclusionevent" ("document_number", "effective_from", "effective_to", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prevailing_id", "relation", "yielding_id") SELECT new_values."document_number", new_values."effective_from", new_values."effective_to", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."prevailing_id", new_values."relation", new_values."yielding_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="7eec27157af5dbfcfb566d6ec08b9d9c0aabf5db",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_981e0",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_exclusion",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="exclusion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_exclusionevent" ("document_number", "effective_from", "effective_to", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prevailing_id", "relation", "yielding_id") SELECT new_values."document_number", new_values."effective_from", new_values."effective_to", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."prevailing_id", new_values."relation", new_values."yielding_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="7233f415099fc7b56448f7a7ebe68bef9f53c3d0",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_125be",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_exclusion",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="exclusion",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_exclusionevent" ("document_number", "effective_from", "effective_to", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prevailing_id", "relation", "yielding_id") SELECT old_values."document_number", old_values."effective_from", old_values."effective_to", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."prevailing_id", old_values."relation", old_values."yielding_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="d900145dcd74bdc4e5a6ed0ea54bae58a74e0500",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e6120",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_exclusion",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="enrolmentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fad85a05ddaf06e3f08964097686a94816728e50",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_16f04",
                    table="subsidies_enrolmentevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_enrolmentevent" ("applied_on", "approved_on", "elder_id", "end_reason", "ended_from", "facility_id", "id", "not_before", "note", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_id", "programme_id", "state", "suspended") SELECT new_values."applied_on", new_values."approved_on", new_values."elder_id", new_values."end_reason", new_values."ended_from", new_values."facility_id", new_values."id", new_values."not_before", new_values."note", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."post_id", new_values."programme_id", new_values."state", new_values."suspended" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c81b4c3904278629bf8df86ad6dc826a118894ab",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_59b8f",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_enrolmentevent" ("applied_on", "approved_on", "elder_id", "end_reason", "ended_from", "facility_id", "id", "not_before", "note", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_id", "programme_id", "state", "suspended") SELECT new_values."applied_on", new_values."approved_on", new_values."elder_id", new_values."end_reason", new_values."ended_from", new_values."facility_id", new_values."id", new_values."not_before", new_values."note", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."post_id", new_values."programme_id", new_values."state", new_values."suspended" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="2b80d47b67f9a5c2b6cac1d3a19b44f48d95551e",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_86be7",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_enrolmentevent" ("applied_on", "approved_on", "elder_id", "end_reason", "ended_from", "facility_id", "id", "not_before", "note", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_id", "programme_id", "state", "suspended") SELECT old_values."applied_on", old_values."approved_on", old_values."elder_id", old_values."end_reason", old_values."ended_from", old_values."facility_id", old_values."id", old_values."not_before", old_values."note", old_values."org_unit_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."post_id", old_values."programme_id", old_values."state", old_values."suspended" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="dd113fb28581a513575360b3e81574da988d65f9",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_81ef0",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="programmeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="dc3718e8dc964ba57fa619435564c79733747402",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2a85e",
                    table="subsidies_programmeevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="recovery",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_recoveryevent" ("amount", "batch_id", "enrolment_id", "from_month", "id", "months", "offset", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "repaid", "to_month", "written_off") SELECT new_values."amount", new_values."batch_id", new_values."enrolment_id", new_values."from_month", new_values."id", new_values."months", new_values."offset", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."repaid", new_values."to_month", new_values."written_off" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fffa31f91870a5d35eb30a90fe100606dba7ab13",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_92f36",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_recovery",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="recovery",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_recoveryevent" ("amount", "batch_id", "enrolment_id", "from_month", "id", "months", "offset", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "repaid", "to_month", "written_off") SELECT new_values."amount", new_values."batch_id", new_values."enrolment_id", new_values."from_month", new_values."id", new_values."months", new_values."offset", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."repaid", new_values."to_month", new_values."written_off" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d205d27040a08c304932707bcb75aa6f155ac493",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6171d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_recovery",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="recovery",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_recoveryevent" ("amount", "batch_id", "enrolment_id", "from_month", "id", "months", "offset", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "repaid", "to_month", "written_off") SELECT old_values."amount", old_values."batch_id", old_values."enrolment_id", old_values."from_month", old_values."id", old_values."months", old_values."offset", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."repaid", old_values."to_month", old_values."written_off" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="bef1555a222901e7f4a2010b068fca6c374e1390",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_78e41",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_recovery",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="recoveryevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2e4faac62948be34433517e42012fcd26042cf4d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e1877",
                    table="subsidies_recoveryevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="returnrow",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_returnrowevent" ("account", "amount", "batch_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "result", "serial", "settled_on") SELECT new_values."account", new_values."amount", new_values."batch_id", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."result", new_values."serial", new_values."settled_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3cc4f432319c534ae38c640579a32657323d492b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a7adb",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_returnrow",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="returnrow",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_returnrowevent" ("account", "amount", "batch_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "result", "serial", "settled_on") SELECT new_values."account", new_values."amount", new_values."batch_id", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."result", new_values."serial", new_values."settled_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="de29c6dd8d64f30626339e272791424e20e6cecd",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ea11b",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_returnrow",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="returnrow",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_returnrowevent" ("account", "amount", "batch_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "result", "serial", "settled_on") SELECT old_values."account", old_values."amount", old_values."batch_id", old_values."id", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."result", old_values."serial", old_values."settled_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="0c0a74154ca3f3b519aa394dba5e1eca4a6e0a42",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b3896",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_returnrow",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="returnrowevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="eb86de4d1b451baa9952ee80dbf544ae9cd1e7d7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f0a2b",
                    table="subsidies_returnrowevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="ruleversion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_ruleversionevent" ("back_pay", "back_pay_months", "certification", "death", "document_number", "document_title", "effective_from", "eligibility", "facts_day", "id", "moving_out", "pay_months", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "population", "programme_id", "resume_months", "start", "start_offset") SELECT new_values."back_pay", new_values."back_pay_months", new_values."certification", new_values."death", new_values."document_number", new_values."document_title", new_values."effective_from", new_values."eligibility", new_values."facts_day", new_values."id", new_values."moving_out", new_values."pay_months", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."population", new_values."programme_id", new_values."resume_months", new_values."start", new_values."start_offset" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="5d165a4d7f06e8c00696d66c18a28a09dd81eca8",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_25f46",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_ruleversion",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="ruleversion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_ruleversionevent" ("back_pay", "back_pay_months", "certification", "death", "document_number", "document_title", "effective_from", "eligibility", "facts_day", "id", "moving_out", "pay_months", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "population", "programme_id", "resume_months", "start", "start_offset") SELECT new_values."back_pay", new_values."back_pay_months", new_values."certification", new_values."death", new_values."document_number", new_values."document_title", new_values."effective_from", new_values."eligibility", new_values."facts_day", new_values."id", new_values."moving_out", new_values."pay_months", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."population", new_values."programme_id", new_values."resume_months", new_values."start", new_values."start_offset" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="748029f447811ac96a197dfc4db15bcba3d3f9c8",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a5af2",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_ruleversion",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="ruleversion",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_ruleversionevent" ("back_pay", "back_pay_months", "certification", "death", "document_number", "document_title", "effective_from", "eligibility", "facts_day", "id", "moving_out", "pay_months", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "population", "programme_id", "resume_months", "start", "start_offset") SELECT old_values."back_pay", old_values."back_pay_months", old_values."certification", old_values."death", old_values."document_number", old_values."document_title", old_values."effective_from", old_values."eligibility", old_values."facts_day", old_values."id", old_values."moving_out", old_values."pay_months", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."population", old_values."programme_id", old_values."resume_months", old_values."start", old_values."start_offset" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="d7a7121d7960bc061ca5136a88acd7767de62762",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a53b3",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_ruleversion",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="fundingshareevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="720d08a9ae4ab26916a94c10568b96915ac169ed",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_854ce",
                    table="subsidies_fundingshareevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="fundingshare",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_fundingshareevent" ("id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "version_id") SELECT new_values."id", new_values."percent", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."source", new_values."version_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="69f6e4b2689c1523ee31802cba0d71166531dbe8",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_64587",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_fundingshare",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="fundingshare",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_fundingshareevent" ("id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "version_id") SELECT new_values."id", new_values."percent", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."source", new_values."version_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a9cd53e6db45b67dc4c1cd5f6146d8475cd25942",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1521d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_fundingshare",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="fundingshare",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_fundingshareevent" ("id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "version_id") SELECT old_values."id", old_values."percent", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."source", old_values."version_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="e2fefab57b22fc0a7ef9d1eef3f6f934b2a3121e",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f11dc",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_fundingshare",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="bandevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="254b75feae97116ebc92eef85cb1a58016e13414",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e3df1",
                    table="subsidies_bandevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="band",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_bandevent" ("abilities", "age_from", "age_to", "amount", "cap", "condition", "economics", "hours", "id", "label", "livings", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "quantity", "version_id") SELECT new_values."abilities", new_values."age_from", new_values."age_to", new_values."amount", new_values."cap", new_values."condition", new_values."economics", new_values."hours", new_values."id", new_values."label", new_values."livings", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."quantity", new_values."version_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e6e33d7f1bb1e67d1578d00dd11f566663e5cbac",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_32fcd",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_band",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="band",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_bandevent" ("abilities", "age_from", "age_to", "amount", "cap", "condition", "economics", "hours", "id", "label", "livings", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "quantity", "version_id") SELECT new_values."abilities", new_values."age_from", new_values."age_to", new_values."amount", new_values."cap", new_values."condition", new_values."economics", new_values."hours", new_values."id", new_values."label", new_values."livings", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."quantity", new_values."version_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b84c27a446e49f8bf71def810b925d03d3baf194",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3528b",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_band",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="band",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_bandevent" ("abilities", "age_from", "age_to", "amount", "cap", "condition", "economics", "hours", "id", "label", "livings", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "quantity", "version_id") SELECT old_values."abilities", old_values."age_from", old_values."age_to", old_values."amount", old_values."cap", old_values."condition", old_values."economics", old_values."hours", old_values."id", old_values."label", old_values."livings", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."quantity", old_values."version_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="ab91ab2bf290c5b1939b98492a5bfeea2f461dcb",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_667e7",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_band",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="ruleversionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="55034322c2361b552fa17140acd5edf57a2007ec",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b3742",
                    table="subsidies_ruleversionevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="visit",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_visitevent" ("elder_id", "id", "method", "note", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "result", "service", "visited_on", "visitor") SELECT new_values."elder_id", new_values."id", new_values."method", new_values."note", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."recorded_by_id", new_values."result", new_values."service", new_values."visited_on", new_values."visitor" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b13f30881937ab1312d230827f12a586633a980c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_39d44",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_visit",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="visit",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_visitevent" ("elder_id", "id", "method", "note", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "result", "service", "visited_on", "visitor") SELECT new_values."elder_id", new_values."id", new_values."method", new_values."note", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."recorded_by_id", new_values."result", new_values."service", new_values."visited_on", new_values."visitor" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="db3ebdd624e5f226bea8839193899265346afafb",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2cef3",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_visit",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="visit",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_visitevent" ("elder_id", "id", "method", "note", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "result", "service", "visited_on", "visitor") SELECT old_values."elder_id", old_values."id", old_values."method", old_values."note", old_values."org_unit_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."recorded_by_id", old_values."result", old_values."service", old_values."visited_on", old_values."visitor" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="5c1e38f26a4471e24885ddb16063d4eeb39681eb",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_bbedf",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_visit",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="visitevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="452e70f1cd9e3cb5fbc7bec61994a93827de0f86",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c64db",
                    table="subsidies_visitevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="visitrule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_visitruleevent" ("category", "document_number", "effective_from", "effective_to", "frequency", "id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service") SELECT new_values."category", new_values."document_number", new_values."effective_from", new_values."effective_to", new_values."frequency", new_values."id", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."service" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a0fa175cd6408a01af50b1ef6b538c296f538095",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_99587",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subsidies_visitrule",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="visitrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_visitruleevent" ("category", "document_number", "effective_from", "effective_to", "frequency", "id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service") SELECT new_values."category", new_values."document_number", new_values."effective_from", new_values."effective_to", new_values."frequency", new_values."id", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."service" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c44bd0d6879176a198c578f713c2d683f9a005a9",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ed4d5",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="subsidies_visitrule",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="visitrule",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subsidies_visitruleevent" ("category", "document_number", "effective_from", "effective_to", "frequency", "id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "service") SELECT old_values."category", old_values."document_number", old_values."effective_from", old_values."effective_to", old_values."frequency", old_values."id", old_values."org_unit_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."service" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="ff646546780efe7141e718c5aa7745a5b91b3051",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_dbebf",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="subsidies_visitrule",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="visitruleevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e6a052555e1a995a5f664e1ab19910733590e914",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d276b",
                    table="subsidies_visitruleevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
