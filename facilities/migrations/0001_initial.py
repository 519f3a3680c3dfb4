import django.contrib.postgres.constraints
import django.db.models.deletion
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
        ("eldercare", "0002_uploads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Facility",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="机构(设施)名称")),
                ("name_key", models.CharField(editable=False, max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("welfare_home", "福利院"),
                            ("destitute_home", "敬老院"),
                            ("apartment", "老年公寓/养护院"),
                            ("private_home", "民办养老院"),
                            ("disability_care", "失能照护机构"),
                            ("comprehensive_center", "街道综合养老服务中心"),
                            ("home_care_center", "镇(街道)居家养老服务中心"),
                            ("regional_center", "农村区域性养老服务中心"),
                            ("community_care_center", "村(社区)居家养老服务照料中心"),
                            ("day_care_center", "社区日间照料中心"),
                            ("mutual_aid_home", "农村互助幸福院"),
                            ("urban_comprehensive_center", "城市综合性养老服务中心"),
                            ("canteen", "老年食堂(助餐点)"),
                            ("health_care_union", "康养联合体"),
                            ("teaching_point", "老年大学教学点"),
                            ("device_platform", "康复辅具服务平台"),
                            ("activity_site", "老年活动设施"),
                        ],
                        max_length=30,
                        verbose_name="设施类别",
                    ),
                ),
                (
                    "operation",
                    models.CharField(
                        choices=[
                            ("public", "公办公营"),
                            ("public_built_private_run", "公建民营"),
                            ("public_owned_private_run", "公办民营"),
                            ("non_profit", "民办非营利(民非)"),
                            ("for_profit", "民办营利"),
                        ],
                        help_text="改了会影响以前月份的数；转制的请停办原设施，另登记一家",
                        max_length=30,
                        verbose_name="运营方式",
                    ),
                ),
                (
                    "sponsor",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("municipal", "市级"),
                            ("county", "县级"),
                            ("township", "乡镇(街道)"),
                            ("village", "村(社区)"),
                            ("social", "社会力量"),
                        ],
                        max_length=10,
                        verbose_name="举办层级",
                    ),
                ),
                (
                    "setting",
                    models.CharField(
                        blank=True,
                        choices=[("urban", "城区"), ("rural", "农村")],
                        max_length=5,
                        verbose_name="城乡",
                    ),
                ),
                ("owner", models.CharField(blank=True, max_length=80, verbose_name="产权单位")),
                ("operator", models.CharField(blank=True, max_length=80, verbose_name="运营单位")),
                ("credit_code", models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                ("contact", models.CharField(blank=True, max_length=40, verbose_name="联系人")),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="facilities.Facility.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="联系电话",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="投入使用日期")),
                (
                    "closed_on",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="停办日期"
                    ),
                ),
                (
                    "upgraded_on",
                    models.DateField(
                        blank=True,
                        help_text="新建、改扩建或改造提升完成并验收",
                        null=True,
                        verbose_name="改造提升验收日期",
                    ),
                ),
                ("rehab_room_count", models.PositiveSmallIntegerField(default=1, verbose_name="康复室间数")),
                (
                    "filed",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="养老机构备案"
                    ),
                ),
                (
                    "incorporated",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="法人登记"
                    ),
                ),
                (
                    "fire_accepted",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="消防验收(备案)合格"
                    ),
                ),
                (
                    "safety_standard",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="GB 38600-2019",
                        verbose_name="符合服务安全基本规范",
                    ),
                ),
                (
                    "quality_standard",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="GB/T 35796-2017",
                        verbose_name="符合服务质量基本规范",
                    ),
                ),
                (
                    "clinic",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="内设医疗机构"
                    ),
                ),
                (
                    "medical_contract",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="与医疗机构签约"
                    ),
                ),
                (
                    "joint_clinic",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="与医疗机构联合设门诊室"
                    ),
                ),
                (
                    "dementia_zone",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="设失能失智照护专区"
                    ),
                ),
                (
                    "rehab_room",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="设康复室"
                    ),
                ),
                (
                    "kitchen",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="持食品经营许可",
                        verbose_name="设食堂",
                    ),
                ),
                (
                    "open_kitchen",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="阳光厨房"
                    ),
                ),
                (
                    "home_link",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="开展家院互融"
                    ),
                ),
                (
                    "party_coverage",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="党的组织和工作覆盖"
                    ),
                ),
                (
                    "party_site",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="建立党建阵地"
                    ),
                ),
                (
                    "liability_insurance",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="投保综合责任保险"
                    ),
                ),
                (
                    "socially_run",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="社会化运营"
                    ),
                ),
                (
                    "smart",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="智慧养老院"
                    ),
                ),
                (
                    "demonstration",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="示范型"
                    ),
                ),
                (
                    "teaching_point",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="设老年大学教学点"
                    ),
                ),
                (
                    "standardised",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="标准化老年食堂"
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        help_text="所在镇(街道)；县级统一管理的设施为县",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facilities",
                        to="eldercare.orgunit",
                        verbose_name="镇(街道)",
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
                "verbose_name": "养老设施",
                "verbose_name_plural": "养老设施",
                "ordering": ("org_unit__code", "kind", "name", "id"),
                "indexes": [
                    models.Index(fields=["kind", "org_unit"], name="facility_kind_unit"),
                    models.Index(
                        condition=models.Q(("credit_code", ""), _negated=True),
                        fields=["credit_code"],
                        name="facility_credit_code",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org_unit", "name_key"),
                        name="facility_one_name_per_unit",
                        violation_error_message="本单位已有同名的设施。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on", None), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                        ),
                        name="facility_open_period",
                        violation_error_message="停办日期不能早于投入使用日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("room", models.CharField(blank=True, max_length=30, verbose_name="房间")),
                ("number", models.CharField(max_length=30, verbose_name="床号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("institutional", "机构床位"),
                            ("day_care", "日托床位"),
                            ("mutual_aid", "互助床位"),
                            ("family", "家庭养老床位"),
                        ],
                        default="institutional",
                        max_length=15,
                        verbose_name="床位类型",
                    ),
                ),
                (
                    "nursing",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="护理型"
                    ),
                ),
                (
                    "dementia",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="认知障碍照护"
                    ),
                ),
                (
                    "medical",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="医养结合"
                    ),
                ),
                ("in_use_from", models.DateField(verbose_name="启用日期")),
                (
                    "in_use_to",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="停用日期"
                    ),
                ),
                (
                    "out_of_service",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="暂停使用"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="备注")),
                (
                    "facility",
                    models.ForeignKey(
                        help_text="家庭养老床位为签约服务的机构",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="beds",
                        to="facilities.facility",
                        verbose_name="机构(设施)",
                    ),
                ),
            ],
            options={
                "verbose_name": "床位",
                "verbose_name_plural": "床位",
                "ordering": ("facility", "room", "number", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("facility", "room", "number"),
                        name="bed_one_number_per_room",
                        violation_error_message="该机构的这个房间已有这个床号。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("in_use_to", None), ("in_use_to__gte", models.F("in_use_from")), _connector="OR"
                        ),
                        name="bed_period",
                        violation_error_message="停用日期不能早于启用日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FacilityEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=80, verbose_name="机构(设施)名称")),
                ("name_key", models.CharField(editable=False, max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("welfare_home", "福利院"),
                            ("destitute_home", "敬老院"),
                            ("apartment", "老年公寓/养护院"),
                            ("private_home", "民办养老院"),
                            ("disability_care", "失能照护机构"),
                            ("comprehensive_center", "街道综合养老服务中心"),
                            ("home_care_center", "镇(街道)居家养老服务中心"),
                            ("regional_center", "农村区域性养老服务中心"),
                            ("community_care_center", "村(社区)居家养老服务照料中心"),
                            ("day_care_center", "社区日间照料中心"),
                            ("mutual_aid_home", "农村互助幸福院"),
                            ("urban_comprehensive_center", "城市综合性养老服务中心"),
                            ("canteen", "老年食堂(助餐点)"),
                            ("health_care_union", "康养联合体"),
                            ("teaching_point", "老年大学教学点"),
                            ("device_platform", "康复辅具服务平台"),
                            ("activity_site", "老年活动设施"),
                        ],
                        max_length=30,
                        verbose_name="设施类别",
                    ),
                ),
                (
                    "operation",
                    models.CharField(
                        choices=[
                            ("public", "公办公营"),
                            ("public_built_private_run", "公建民营"),
                            ("public_owned_private_run", "公办民营"),
                            ("non_profit", "民办非营利(民非)"),
                            ("for_profit", "民办营利"),
                        ],
                        help_text="改了会影响以前月份的数；转制的请停办原设施，另登记一家",
                        max_length=30,
                        verbose_name="运营方式",
                    ),
                ),
                (
                    "sponsor",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("municipal", "市级"),
                            ("county", "县级"),
                            ("township", "乡镇(街道)"),
                            ("village", "村(社区)"),
                            ("social", "社会力量"),
                        ],
                        max_length=10,
                        verbose_name="举办层级",
                    ),
                ),
                (
                    "setting",
                    models.CharField(
                        blank=True,
                        choices=[("urban", "城区"), ("rural", "农村")],
                        max_length=5,
                        verbose_name="城乡",
                    ),
                ),
                ("owner", models.CharField(blank=True, max_length=80, verbose_name="产权单位")),
                ("operator", models.CharField(blank=True, max_length=80, verbose_name="运营单位")),
                ("credit_code", models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                ("contact", models.CharField(blank=True, max_length=40, verbose_name="联系人")),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="facilities.Facility.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="联系电话",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="投入使用日期")),
                (
                    "closed_on",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="停办日期"
                    ),
                ),
                (
                    "upgraded_on",
                    models.DateField(
                        blank=True,
                        help_text="新建、改扩建或改造提升完成并验收",
                        null=True,
                        verbose_name="改造提升验收日期",
                    ),
                ),
                ("rehab_room_count", models.PositiveSmallIntegerField(default=1, verbose_name="康复室间数")),
                (
                    "filed",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="养老机构备案"
                    ),
                ),
                (
                    "incorporated",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="法人登记"
                    ),
                ),
                (
                    "fire_accepted",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="消防验收(备案)合格"
                    ),
                ),
                (
                    "safety_standard",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="GB 38600-2019",
                        verbose_name="符合服务安全基本规范",
                    ),
                ),
                (
                    "quality_standard",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="GB/T 35796-2017",
                        verbose_name="符合服务质量基本规范",
                    ),
                ),
                (
                    "clinic",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="内设医疗机构"
                    ),
                ),
                (
                    "medical_contract",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="与医疗机构签约"
                    ),
                ),
                (
                    "joint_clinic",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="与医疗机构联合设门诊室"
                    ),
                ),
                (
                    "dementia_zone",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="设失能失智照护专区"
                    ),
                ),
                (
                    "rehab_room",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="设康复室"
                    ),
                ),
                (
                    "kitchen",
                    eldercare.spells.SpellsField(
                        blank=True,
                        default=eldercare.spells.Spells,
                        help_text="持食品经营许可",
                        verbose_name="设食堂",
                    ),
                ),
                (
                    "open_kitchen",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="阳光厨房"
                    ),
                ),
                (
                    "home_link",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="开展家院互融"
                    ),
                ),
                (
                    "party_coverage",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="党的组织和工作覆盖"
                    ),
                ),
                (
                    "party_site",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="建立党建阵地"
                    ),
                ),
                (
                    "liability_insurance",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="投保综合责任保险"
                    ),
                ),
                (
                    "socially_run",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="社会化运营"
                    ),
                ),
                (
                    "smart",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="智慧养老院"
                    ),
                ),
                (
                    "demonstration",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="示范型"
                    ),
                ),
                (
                    "teaching_point",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="设老年大学教学点"
                    ),
                ),
                (
                    "standardised",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="标准化老年食堂"
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="所在镇(街道)；县级统一管理的设施为县",
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
                        to="facilities.facility",
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
        migrations.CreateModel(
            name="FacilityRating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("star", "养老机构等级(星)"),
                            ("center", "居家养老服务中心等级(A)"),
                            ("food", "食品安全量化等级"),
                        ],
                        max_length=6,
                        verbose_name="评定种类",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        help_text="星级与A级：1 至 5；食品安全：3=A，2=B，1=C，数大为好", verbose_name="等级"
                    ),
                ),
                ("issued_on", models.DateField(verbose_name="评定日期")),
                (
                    "expires_on",
                    models.DateField(
                        blank=True, help_text="当日仍有效；空为未定期限", null=True, verbose_name="有效期至"
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="facilities.facility",
                        verbose_name="设施",
                    ),
                ),
            ],
            options={
                "verbose_name": "等级评定",
                "verbose_name_plural": "等级评定",
                "ordering": ("-issued_on", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("facility", "scheme", "issued_on"),
                        name="facilityrating_once_a_day",
                        violation_error_message="同一天已有一条同种类的评定。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 5)),
                        name="facilityrating_level",
                        violation_error_message="等级须为 1 至 5。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on", None), ("expires_on__gte", models.F("issued_on")), _connector="OR"
                        ),
                        name="facilityrating_period",
                        violation_error_message="有效期不能早于评定日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FacilityRatingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "scheme",
                    models.CharField(
                        choices=[
                            ("star", "养老机构等级(星)"),
                            ("center", "居家养老服务中心等级(A)"),
                            ("food", "食品安全量化等级"),
                        ],
                        max_length=6,
                        verbose_name="评定种类",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        help_text="星级与A级：1 至 5；食品安全：3=A，2=B，1=C，数大为好", verbose_name="等级"
                    ),
                ),
                ("issued_on", models.DateField(verbose_name="评定日期")),
                (
                    "expires_on",
                    models.DateField(
                        blank=True, help_text="当日仍有效；空为未定期限", null=True, verbose_name="有效期至"
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
                        verbose_name="设施",
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
                        to="facilities.facilityrating",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FacilityVillage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "covered",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="覆盖期间"
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="coverage",
                        to="facilities.facility",
                        verbose_name="设施",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eldercare.orgunit",
                        verbose_name="村(社区)",
                    ),
                ),
            ],
            options={
                "verbose_name": "覆盖村(社区)",
                "verbose_name_plural": "覆盖村(社区)",
                "ordering": ("village__code",),
                "constraints": [
                    models.UniqueConstraint(fields=("facility", "village"), name="facilityvillage_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FacilityVillageEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "covered",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="覆盖期间"
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
                        verbose_name="设施",
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
                        to="facilities.facilityvillage",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        db_constraint=False,
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
        migrations.CreateModel(
            name="Stay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        context="facilities.Stay.id_number", mask="id", max_length=30, verbose_name="证件号码"
                    ),
                ),
                ("is_respite", models.BooleanField(default=False, verbose_name="短期托养(喘息服务)")),
                ("moved_in_on", models.DateField(verbose_name="入住日期")),
                (
                    "moved_out_on",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="离开日期"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("home", "回家"),
                            ("other_facility", "转往其他机构"),
                            ("hospital", "转医院"),
                            ("died", "去世"),
                            ("other_bed", "换床"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="去向",
                    ),
                ),
                (
                    "bed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="facilities.bed",
                        verbose_name="床位",
                    ),
                ),
            ],
            options={
                "verbose_name": "入住",
                "verbose_name_plural": "入住",
                "ordering": ("-moved_in_on", "-id"),
                "indexes": [models.Index(fields=["id_number"], name="stay_id_number")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("moved_out_on", None),
                            ("moved_out_on__gt", models.F("moved_in_on")),
                            _connector="OR",
                        ),
                        name="stay_period",
                        violation_error_message="离开日期须晚于入住日期。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("bed"), models.F("bed"), models.Value("[]"), function="int8range"
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("moved_in_on"), models.F("moved_out_on"), function="daterange"
                                ),
                                "&&",
                            ),
                        ],
                        name="stay_one_per_bed",
                        violation_error_message="这张床在该期间已有人入住。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StayEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        context="facilities.Stay.id_number", mask="id", max_length=30, verbose_name="证件号码"
                    ),
                ),
                ("is_respite", models.BooleanField(default=False, verbose_name="短期托养(喘息服务)")),
                ("moved_in_on", models.DateField(verbose_name="入住日期")),
                (
                    "moved_out_on",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="离开日期"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("home", "回家"),
                            ("other_facility", "转往其他机构"),
                            ("hospital", "转医院"),
                            ("died", "去世"),
                            ("other_bed", "换床"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="去向",
                    ),
                ),
                (
                    "bed",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.bed",
                        verbose_name="床位",
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
                        to="facilities.stay",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        context="facilities.WaitingEntry.id_number",
                        mask="id",
                        max_length=30,
                        verbose_name="证件号码",
                    ),
                ),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="facilities.WaitingEntry.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="联系电话",
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="登记日期")),
                ("position", models.PositiveIntegerField(help_text="数小在前", verbose_name="轮候次序")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("destitute", "特困供养"),
                            ("disabled", "失能"),
                            ("dementia", "认知障碍"),
                            ("alone", "独居、家中无人照料"),
                            ("age", "高龄"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="轮候原因",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("admitted", "已入住"),
                            ("withdrawn", "本人放弃"),
                            ("elsewhere", "入住其他机构"),
                            ("died", "去世"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                (
                    "closed_on",
                    models.DateField(
                        blank=True, help_text="当日起不再轮候", null=True, verbose_name="了结日期"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_entries",
                        to="facilities.facility",
                        verbose_name="机构",
                    ),
                ),
                (
                    "stay",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="waited",
                        to="facilities.stay",
                        verbose_name="入住",
                    ),
                ),
            ],
            options={
                "verbose_name": "轮候",
                "verbose_name_plural": "轮候",
                "ordering": ("facility", "position", "asked_on", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on", None), ("outcome", "")),
                            models.Q(("closed_on__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="waitingentry_closed_with_outcome",
                        violation_error_message="了结日期和结果要一起填。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on", None)),
                        fields=("facility", "id_number"),
                        name="waitingentry_once_per_facility",
                        violation_error_message="此人已在该机构轮候。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingEntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        context="facilities.WaitingEntry.id_number",
                        mask="id",
                        max_length=30,
                        verbose_name="证件号码",
                    ),
                ),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="facilities.WaitingEntry.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="联系电话",
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="登记日期")),
                ("position", models.PositiveIntegerField(help_text="数小在前", verbose_name="轮候次序")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("destitute", "特困供养"),
                            ("disabled", "失能"),
                            ("dementia", "认知障碍"),
                            ("alone", "独居、家中无人照料"),
                            ("age", "高龄"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="轮候原因",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("admitted", "已入住"),
                            ("withdrawn", "本人放弃"),
                            ("elsewhere", "入住其他机构"),
                            ("died", "去世"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                (
                    "closed_on",
                    models.DateField(
                        blank=True, help_text="当日起不再轮候", null=True, verbose_name="了结日期"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                (
                    "entered_by",
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
                    "facility",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.facility",
                        verbose_name="机构",
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
                        to="facilities.waitingentry",
                    ),
                ),
                (
                    "stay",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.stay",
                        verbose_name="入住",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BedEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("room", models.CharField(blank=True, max_length=30, verbose_name="房间")),
                ("number", models.CharField(max_length=30, verbose_name="床号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("institutional", "机构床位"),
                            ("day_care", "日托床位"),
                            ("mutual_aid", "互助床位"),
                            ("family", "家庭养老床位"),
                        ],
                        default="institutional",
                        max_length=15,
                        verbose_name="床位类型",
                    ),
                ),
                (
                    "nursing",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="护理型"
                    ),
                ),
                (
                    "dementia",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="认知障碍照护"
                    ),
                ),
                (
                    "medical",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="医养结合"
                    ),
                ),
                ("in_use_from", models.DateField(verbose_name="启用日期")),
                (
                    "in_use_to",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="停用日期"
                    ),
                ),
                (
                    "out_of_service",
                    eldercare.spells.SpellsField(
                        blank=True, default=eldercare.spells.Spells, verbose_name="暂停使用"
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
                        to="facilities.bed",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="家庭养老床位为签约服务的机构",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.facility",
                        verbose_name="机构(设施)",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Caregiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        context="facilities.Caregiver.id_number",
                        mask="id",
                        max_length=30,
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
                (
                    "sex",
                    models.CharField(
                        blank=True,
                        choices=[("male", "男"), ("female", "女")],
                        max_length=6,
                        verbose_name="性别",
                    ),
                ),
                ("born_on", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="facilities.Caregiver.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="联系电话",
                    ),
                ),
                (
                    "education",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("primary", "小学及以下"),
                            ("junior", "初中"),
                            ("senior", "高中(中专)"),
                            ("college", "大专"),
                            ("bachelor", "本科及以上"),
                        ],
                        max_length=10,
                        verbose_name="学历",
                    ),
                ),
            ],
            options={
                "verbose_name": "从业人员",
                "verbose_name_plural": "从业人员",
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("id_number",),
                        name="caregiver_one_per_id_number",
                        violation_error_message="这个证件号码已登记。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaregiverEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "id_number",
                    eldercare.encryption.EncryptedField(
                        context="facilities.Caregiver.id_number",
                        mask="id",
                        max_length=30,
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
                (
                    "sex",
                    models.CharField(
                        blank=True,
                        choices=[("male", "男"), ("female", "女")],
                        max_length=6,
                        verbose_name="性别",
                    ),
                ),
                ("born_on", models.DateField(blank=True, null=True, verbose_name="出生日期")),
                (
                    "phone",
                    eldercare.encryption.EncryptedField(
                        blank=True,
                        context="facilities.Caregiver.phone",
                        mask="phone",
                        max_length=30,
                        verbose_name="联系电话",
                    ),
                ),
                (
                    "education",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("primary", "小学及以下"),
                            ("junior", "初中"),
                            ("senior", "高中(中专)"),
                            ("college", "大专"),
                            ("bachelor", "本科及以上"),
                        ],
                        max_length=10,
                        verbose_name="学历",
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
                        to="facilities.caregiver",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Certificate",
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
                            ("skill_level", "职业技能等级证书"),
                            ("qualification", "职业资格证书(旧)"),
                            ("social_work", "社会工作者职业资格"),
                            ("licence", "执业(专业技术)证书"),
                            ("course", "培训合格证"),
                        ],
                        max_length=15,
                        verbose_name="证书种类",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (5, "五级(初级工)"),
                            (4, "四级(中级工)"),
                            (3, "三级(高级工)"),
                            (2, "二级(技师)"),
                            (1, "一级(高级技师)"),
                        ],
                        null=True,
                        verbose_name="等级",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="证书编号")),
                ("issued_on", models.DateField(verbose_name="发证日期")),
                (
                    "expires_on",
                    models.DateField(
                        blank=True, help_text="当日仍有效；空为长期", null=True, verbose_name="有效期至"
                    ),
                ),
                (
                    "caregiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certificates",
                        to="facilities.caregiver",
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "证书",
                "verbose_name_plural": "证书",
                "ordering": ("-issued_on", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("caregiver", "kind", "issued_on"),
                        name="certificate_once_a_day",
                        violation_error_message="此人同一天已有一本同种类的证书。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on", None), ("expires_on__gte", models.F("issued_on")), _connector="OR"
                        ),
                        name="certificate_period",
                        violation_error_message="有效期不能早于发证日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CertificateEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("skill_level", "职业技能等级证书"),
                            ("qualification", "职业资格证书(旧)"),
                            ("social_work", "社会工作者职业资格"),
                            ("licence", "执业(专业技术)证书"),
                            ("course", "培训合格证"),
                        ],
                        max_length=15,
                        verbose_name="证书种类",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (5, "五级(初级工)"),
                            (4, "四级(中级工)"),
                            (3, "三级(高级工)"),
                            (2, "二级(技师)"),
                            (1, "一级(高级技师)"),
                        ],
                        null=True,
                        verbose_name="等级",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="证书编号")),
                ("issued_on", models.DateField(verbose_name="发证日期")),
                (
                    "expires_on",
                    models.DateField(
                        blank=True, help_text="当日仍有效；空为长期", null=True, verbose_name="有效期至"
                    ),
                ),
                (
                    "caregiver",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.caregiver",
                        verbose_name="人员",
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
                        to="facilities.certificate",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Employment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "workplace",
                    models.CharField(
                        choices=[
                            ("facility", "养老服务机构"),
                            ("community", "村(社区)"),
                            ("organisation", "社会组织"),
                        ],
                        default="facility",
                        max_length=12,
                        verbose_name="工作场所",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("caregiver", "养老护理员"),
                            ("social_worker", "社会工作者"),
                            ("doctor", "医师"),
                            ("nurse", "护士"),
                            ("rehab_therapist", "康复医师(治疗师)"),
                            ("rehab_nurse", "康复护士"),
                            ("nutritionist", "营养师"),
                            ("fire", "消防设施操作员"),
                            ("manager", "管理人员"),
                            ("assessor", "评估员"),
                            ("other", "其他人员"),
                        ],
                        max_length=15,
                        verbose_name="岗位",
                    ),
                ),
                ("employed_from", models.DateField(verbose_name="入职日期")),
                (
                    "employed_to",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="离职日期"
                    ),
                ),
                (
                    "caregiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="employments",
                        to="facilities.caregiver",
                        verbose_name="人员",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="employments",
                        to="eldercare.orgunit",
                        verbose_name="镇(街道)",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="employments",
                        to="facilities.facility",
                        verbose_name="机构(设施)",
                    ),
                ),
            ],
            options={
                "verbose_name": "任职",
                "verbose_name_plural": "任职",
                "ordering": ("-employed_from", "-id"),
                "indexes": [models.Index(fields=["org_unit", "role"], name="employment_unit_role")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("employed_to", None),
                            ("employed_to__gte", models.F("employed_from")),
                            _connector="OR",
                        ),
                        name="employment_period",
                        violation_error_message="离职日期不能早于入职日期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("facility__isnull", False), ("workplace", "facility")),
                            models.Q(models.Q(("workplace", "facility"), _negated=True), ("facility", None)),
                            _connector="OR",
                        ),
                        name="employment_workplace",
                        violation_error_message="工作场所是养老服务机构的要选机构，其他的不选。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("caregiver"),
                                    models.F("caregiver"),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.Func(
                                        models.F("facility"),
                                        models.Func(models.F("org_unit"), function="-"),
                                        function="COALESCE",
                                    ),
                                    models.Func(
                                        models.F("facility"),
                                        models.Func(models.F("org_unit"), function="-"),
                                        function="COALESCE",
                                    ),
                                    models.Value("[]"),
                                    function="int8range",
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("employed_from"), models.F("employed_to"), function="daterange"
                                ),
                                "&&",
                            ),
                        ],
                        name="employment_once_at_a_time",
                        violation_error_message="此人在该机构的这段时间已有任职。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(help_text="当月第一天", verbose_name="月份")),
                ("days", models.PositiveSmallIntegerField(verbose_name="出勤天数")),
                (
                    "employment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendance",
                        to="facilities.employment",
                        verbose_name="任职",
                    ),
                ),
            ],
            options={
                "verbose_name": "出勤",
                "verbose_name_plural": "出勤",
                "ordering": ("-month",),
                "constraints": [
                    models.UniqueConstraint(fields=("employment", "month"), name="attendance_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(("days__lte", 31)),
                        name="attendance_days",
                        violation_error_message="出勤天数不能超过 31 天。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="attendance_month_is_first_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmploymentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "workplace",
                    models.CharField(
                        choices=[
                            ("facility", "养老服务机构"),
                            ("community", "村(社区)"),
                            ("organisation", "社会组织"),
                        ],
                        default="facility",
                        max_length=12,
                        verbose_name="工作场所",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("caregiver", "养老护理员"),
                            ("social_worker", "社会工作者"),
                            ("doctor", "医师"),
                            ("nurse", "护士"),
                            ("rehab_therapist", "康复医师(治疗师)"),
                            ("rehab_nurse", "康复护士"),
                            ("nutritionist", "营养师"),
                            ("fire", "消防设施操作员"),
                            ("manager", "管理人员"),
                            ("assessor", "评估员"),
                            ("other", "其他人员"),
                        ],
                        max_length=15,
                        verbose_name="岗位",
                    ),
                ),
                ("employed_from", models.DateField(verbose_name="入职日期")),
                (
                    "employed_to",
                    models.DateField(
                        blank=True, help_text="当日起不再计数", null=True, verbose_name="离职日期"
                    ),
                ),
                (
                    "caregiver",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.caregiver",
                        verbose_name="人员",
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
                        to="facilities.employment",
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
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("skill", "职业技能"),
                            ("rehab_basics", "基本康复知识"),
                            ("rehab_skills", "康复技能"),
                            ("safety", "安全与消防"),
                            ("management", "管理"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="培训内容",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=80, verbose_name="班次名称")),
                ("held_on", models.DateField(verbose_name="结业日期")),
                ("hours", models.PositiveSmallIntegerField(default=8, verbose_name="学时")),
                ("is_passed", models.BooleanField(default=True, verbose_name="考核合格")),
                (
                    "caregiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trainings",
                        to="facilities.caregiver",
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "培训",
                "verbose_name_plural": "培训",
                "ordering": ("-held_on", "-id"),
                "indexes": [models.Index(fields=["caregiver", "held_on"], name="training_person_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("caregiver", "subject", "held_on", "title"),
                        name="training_once",
                        violation_error_message="这次培训已登记。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TrainingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("skill", "职业技能"),
                            ("rehab_basics", "基本康复知识"),
                            ("rehab_skills", "康复技能"),
                            ("safety", "安全与消防"),
                            ("management", "管理"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="培训内容",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=80, verbose_name="班次名称")),
                ("held_on", models.DateField(verbose_name="结业日期")),
                ("hours", models.PositiveSmallIntegerField(default=8, verbose_name="学时")),
                ("is_passed", models.BooleanField(default=True, verbose_name="考核合格")),
                (
                    "caregiver",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.caregiver",
                        verbose_name="人员",
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
                        to="facilities.training",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AttendanceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("month", models.DateField(help_text="当月第一天", verbose_name="月份")),
                ("days", models.PositiveSmallIntegerField(verbose_name="出勤天数")),
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
                        to="facilities.attendance",
                    ),
                ),
                (
                    "employment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="facilities.employment",
                        verbose_name="任职",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        AddTrigger(
            model_name="caregiver",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_caregiverevent" ("born_on", "education", "id", "id_number", "id_reason", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "sex") SELECT new_values."born_on", new_values."education", new_values."id", new_values."id_number", new_values."id_reason", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."sex" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="f2d763dda6df5854d722ad372821d3e1347de563",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_45dc7",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_caregiver",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="caregiver",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_caregiverevent" ("born_on", "education", "id", "id_number", "id_reason", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "sex") SELECT new_values."born_on", new_values."education", new_values."id", new_values."id_number", new_values."id_reason", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."sex" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ec13559b0f40ec1a63c5ec1166cb8549609987c9",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_687c8",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_caregiver",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="caregiver",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_caregiverevent" ("born_on", "education", "id", "id_number", "id_reason", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "sex") SELECT old_values."born_on", old_values."education", old_values."id", old_values."id_number", old_values."id_reason", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."sex" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="54a21ecae8784eb63ec5d47d09e87fc39c93864b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_89a3e",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_caregiver",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="caregiverevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ab21753cc2863e4d602dae84fdf761fb177160cc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a3305",
                    table="facilities_caregiverevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_certificateevent" ("caregiver_id", "expires_on", "id", "issued_on", "kind", "level", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."caregiver_id", new_values."expires_on", new_values."id", new_values."issued_on", new_values."kind", new_values."level", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="47bf98ea712dd84576a8284eb5b633b2a3ad47a0",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_32fe6",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_certificate",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_certificateevent" ("caregiver_id", "expires_on", "id", "issued_on", "kind", "level", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."caregiver_id", new_values."expires_on", new_values."id", new_values."issued_on", new_values."kind", new_values."level", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="5d7f001dd29fd9f0e8fe02202b3195b231ef3ec8",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_15395",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_certificate",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_certificateevent" ("caregiver_id", "expires_on", "id", "issued_on", "kind", "level", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."caregiver_id", old_values."expires_on", old_values."id", old_values."issued_on", old_values."kind", old_values."level", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="627d45523c46a6dd427846c288d41b19ab1f0a86",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9c1ba",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_certificate",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="certificateevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="720324c5c8e22d11486cee840f74f12593e39ef2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2fac1",
                    table="facilities_certificateevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="attendanceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d639fc14cee708cd88ec4ea7e5a558c5afb0bd5e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fe300",
                    table="facilities_attendanceevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_attendanceevent" ("days", "employment_id", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."days", new_values."employment_id", new_values."id", new_values."month", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="cafde0f05583e1887a48812604e9174a245f0547",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_95fbc",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_attendance",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_attendanceevent" ("days", "employment_id", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."days", new_values."employment_id", new_values."id", new_values."month", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9e1c9a70ea811163c7eaa442e6cf42167966a2ec",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_91de6",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_attendance",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_attendanceevent" ("days", "employment_id", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."days", old_values."employment_id", old_values."id", old_values."month", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="222a3899b6ddb020599a8b339907b1204414ab70",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ac840",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_attendance",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_facilityevent" ("address", "clinic", "closed_on", "contact", "credit_code", "dementia_zone", "demonstration", "filed", "fire_accepted", "home_link", "id", "incorporated", "joint_clinic", "kind", "kitchen", "liability_insurance", "medical_contract", "name", "name_key", "open_kitchen", "opened_on", "operation", "operator", "org_unit_id", "owner", "party_coverage", "party_site", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quality_standard", "rehab_room", "rehab_room_count", "safety_standard", "setting", "smart", "socially_run", "sponsor", "standardised", "teaching_point", "upgraded_on", "village_id") SELECT new_values."address", new_values."clinic", new_values."closed_on", new_values."contact", new_values."credit_code", new_values."dementia_zone", new_values."demonstration", new_values."filed", new_values."fire_accepted", new_values."home_link", new_values."id", new_values."incorporated", new_values."joint_clinic", new_values."kind", new_values."kitchen", new_values."liability_insurance", new_values."medical_contract", new_values."name", new_values."name_key", new_values."open_kitchen", new_values."opened_on", new_values."operation", new_values."operator", new_values."org_unit_id", new_values."owner", new_values."party_coverage", new_values."party_site", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."quality_standard", new_values."rehab_room", new_values."rehab_room_count", new_values."safety_standard", new_values."setting", new_values."smart", new_values."socially_run", new_values."sponsor", new_values."standardised", new_values."teaching_point", new_values."upgraded_on", new_values."village_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a6af836dcb224c74ed3bce177ac850aa24d0ef58",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_cccf6",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_facility",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_facilityevent" ("address", "clinic", "closed_on", "contact", "credit_code", "dementia_zone", "demonstration", "filed", "fire_accepted", "home_link", "id", "incorporated", "joint_clinic", "kind", "kitchen", "liability_insurance", "medical_contract", "name", "name_key", "open_kitchen", "opened_on", "operation", "operator", "org_unit_id", "owner", "party_coverage", "party_site", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quality_standard", "rehab_room", "rehab_room_count", "safety_standard", "setting", "smart", "socially_run", "sponsor", "standardised", "teaching_point", "upgraded_on", "village_id") SELECT new_values."address", new_values."clinic", new_values."closed_on", new_values."contact", new_values."credit_code", new_values."dementia_zone", new_values."demonstration", new_values."filed", new_values."fire_accepted", new_values."home_link", new_values."id", new_values."incorporated", new_values."joint_clinic", new_values."kind", new_values."kitchen", new_values."liability_insurance", new_values."medical_contract", new_values."name", new_values."name_key", new_values."open_kitchen", new_values."opened_on", new_values."operation", new_values."operator", new_values."org_unit_id", new_values."owner", new_values."party_coverage", new_values."party_site", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."quality_standard", new_values."rehab_room", new_values."rehab_room_count", new_values."safety_standard", new_values."setting", new_values."smart", new_values."socially_run", new_values."sponsor", new_values."standardised", new_values."teaching_point", new_values."upgraded_on", new_values."village_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="afae735f77275a835a8ed60933be5942c89b8578",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0d9d6",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_facility",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facility",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_facilityevent" ("address", "clinic", "closed_on", "contact", "credit_code", "dementia_zone", "demonstration", "filed", "fire_accepted", "home_link", "id", "incorporated", "joint_clinic", "kind", "kitchen", "liability_insurance", "medical_contract", "name", "name_key", "open_kitchen", "opened_on", "operation", "operator", "org_unit_id", "owner", "party_coverage", "party_site", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quality_standard", "rehab_room", "rehab_room_count", "safety_standard", "setting", "smart", "socially_run", "sponsor", "standardised", "teaching_point", "upgraded_on", "village_id") SELECT old_values."address", old_values."clinic", old_values."closed_on", old_values."contact", old_values."credit_code", old_values."dementia_zone", old_values."demonstration", old_values."filed", old_values."fire_accepted", old_values."home_link", old_values."id", old_values."incorporated", old_values."joint_clinic", old_values."kind", old_values."kitchen", old_values."liability_insurance", old_values."medical_contract", old_values."name", old_values."name_key", old_values."open_kitchen", old_values."opened_on", old_values."operation", old_values."operator", old_values."org_unit_id", old_values."owner", old_values."party_coverage", old_values."party_site", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."quality_standard", old_values."rehab_room", old_values."rehab_room_count", old_values."safety_standard", old_values."setting", old_values."smart", old_values."socially_run", old_values."sponsor", old_values."standardised", old_values."teaching_point", old_values."upgraded_on", old_values."village_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="45714d1102923f79e9ba92c2ef4dbf4858624491",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1f9a9",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_facility",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="employmentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="155c9e69601ef49cda9b88b62af2bfadb38d0854",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0180c",
                    table="facilities_employmentevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="employment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_employmentevent" ("caregiver_id", "employed_from", "employed_to", "facility_id", "id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "workplace") SELECT new_values."caregiver_id", new_values."employed_from", new_values."employed_to", new_values."facility_id", new_values."id", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."role", new_values."workplace" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="084c93293a831628e929bd345b519a88d2d3f953",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9a166",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_employment",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="employment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_employmentevent" ("caregiver_id", "employed_from", "employed_to", "facility_id", "id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "workplace") SELECT new_values."caregiver_id", new_values."employed_from", new_values."employed_to", new_values."facility_id", new_values."id", new_values."org_unit_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."role", new_values."workplace" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1413f745798246a4720abb76ae1daa9f1a9f0945",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b1deb",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_employment",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="employment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_employmentevent" ("caregiver_id", "employed_from", "employed_to", "facility_id", "id", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "workplace") SELECT old_values."caregiver_id", old_values."employed_from", old_values."employed_to", old_values."facility_id", old_values."id", old_values."org_unit_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."role", old_values."workplace" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="a8c74af951c733fce7c864a961f10254eeac1d8b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a885c",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_employment",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="bedevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="64b64872c4e6a404585f6db465cec1d0eeda65e3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_015cf",
                    table="facilities_bedevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="bed",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_bedevent" ("dementia", "facility_id", "id", "in_use_from", "in_use_to", "kind", "medical", "note", "number", "nursing", "out_of_service", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "room") SELECT new_values."dementia", new_values."facility_id", new_values."id", new_values."in_use_from", new_values."in_use_to", new_values."kind", new_values."medical", new_values."note", new_values."number", new_values."nursing", new_values."out_of_service", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."room" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="4d949dc456fce5f9a21662d9aaa54d976e6481bc",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_db12a",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_bed",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="bed",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_bedevent" ("dementia", "facility_id", "id", "in_use_from", "in_use_to", "kind", "medical", "note", "number", "nursing", "out_of_service", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "room") SELECT new_values."dementia", new_values."facility_id", new_values."id", new_values."in_use_from", new_values."in_use_to", new_values."kind", new_values."medical", new_values."note", new_values."number", new_values."nursing", new_values."out_of_service", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."room" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="39700ef4497af931477a8cd8ddcfc005f5145d71",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ded07",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_bed",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="bed",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_bedevent" ("dementia", "facility_id", "id", "in_use_from", "in_use_to", "kind", "medical", "note", "number", "nursing", "out_of_service", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "room") SELECT old_values."dementia", old_values."facility_id", old_values."id", old_values."in_use_from", old_values."in_use_to", old_values."kind", old_values."medical", old_values."note", old_values."number", old_values."nursing", old_values."out_of_service", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."room" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="44929e2b121b59b56a0cdcf483e8171957e2a9f2",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7b7de",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_bed",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facilityevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2c074173e82bb9e76df64b56a9e19253f421bfe7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1a71a",
                    table="facilities_facilityevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="facilityrating",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_facilityratingevent" ("expires_on", "facility_id", "id", "issued_on", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scheme") SELECT new_values."expires_on", new_values."facility_id", new_values."id", new_values."issued_on", new_values."level", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."scheme" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="5bc72a1dfe9d3ea8b8994657e362b588d3cf6070",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_53d95",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_facilityrating",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facilityrating",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_facilityratingevent" ("expires_on", "facility_id", "id", "issued_on", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scheme") SELECT new_values."expires_on", new_values."facility_id", new_values."id", new_values."issued_on", new_values."level", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."scheme" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="cf2e039d2ea8e8a1d8ab342e7379a7f797340c65",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ddce8",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_facilityrating",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facilityrating",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_facilityratingevent" ("expires_on", "facility_id", "id", "issued_on", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scheme") SELECT old_values."expires_on", old_values."facility_id", old_values."id", old_values."issued_on", old_values."level", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."scheme" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="aca6e7a1765f5e91c5168da7a5e1f83dc2682774",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_495e6",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_facilityrating",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facilityratingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d15baca0012475dd84ca39e828c6a28c5861ccae",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9a4d3",
                    table="facilities_facilityratingevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="facilityvillage",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_facilityvillageevent" ("covered", "facility_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "village_id") SELECT new_values."covered", new_values."facility_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."village_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1823b408e0b930a43ade81da5a2162d4ee625d92",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8231c",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_facilityvillage",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facilityvillage",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_facilityvillageevent" ("covered", "facility_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "village_id") SELECT new_values."covered", new_values."facility_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."village_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="480ae3a0c453981dd916f6f4802e9196d28c1219",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bb13d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_facilityvillage",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facilityvillage",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_facilityvillageevent" ("covered", "facility_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "village_id") SELECT old_values."covered", old_values."facility_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."village_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="8bf0a7ecb6fc2ced00ff5d99b1e9f359ee74f42b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ac020",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_facilityvillage",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="facilityvillageevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="243415423812af350e1dc4fcebc2bff029663a1d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c5326",
                    table="facilities_facilityvillageevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="stay",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_stayevent" ("bed_id", "id", "id_number", "is_respite", "moved_in_on", "moved_out_on", "name", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."bed_id", new_values."id", new_values."id_number", new_values."is_respite", new_values."moved_in_on", new_values."moved_out_on", new_values."name", new_values."outcome", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="bc0f86075008b8ec56d4178647353d4a96772461",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bde7e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_stay",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="stay",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_stayevent" ("bed_id", "id", "id_number", "is_respite", "moved_in_on", "moved_out_on", "name", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."bed_id", new_values."id", new_values."id_number", new_values."is_respite", new_values."moved_in_on", new_values."moved_out_on", new_values."name", new_values."outcome", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="00afaebf6f2fd5d27ff8a9b618c1cdb393bd6055",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f5c61",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_stay",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="stay",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_stayevent" ("bed_id", "id", "id_number", "is_respite", "moved_in_on", "moved_out_on", "name", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."bed_id", old_values."id", old_values."id_number", old_values."is_respite", old_values."moved_in_on", old_values."moved_out_on", old_values."name", old_values."outcome", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1c6c358312dd9d21cb2153c8700d0202dfc6bf87",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_cd8df",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_stay",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="stayevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e47b4ccbabab0c0305df71582192e71e2ddb64ec",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d6d25",
                    table="facilities_stayevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="training",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_trainingevent" ("caregiver_id", "held_on", "hours", "id", "is_passed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject", "title") SELECT new_values."caregiver_id", new_values."held_on", new_values."hours", new_values."id", new_values."is_passed", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."subject", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="644d756bbe201d2110707832f541f983df2b2743",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f83ba",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_training",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="training",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_trainingevent" ("caregiver_id", "held_on", "hours", "id", "is_passed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject", "title") SELECT new_values."caregiver_id", new_values."held_on", new_values."hours", new_values."id", new_values."is_passed", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."subject", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9212b18e47284b93d58f90b9f4d44e2bba8503df",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_97693",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_training",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="training",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_trainingevent" ("caregiver_id", "held_on", "hours", "id", "is_passed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject", "title") SELECT old_values."caregiver_id", old_values."held_on", old_values."hours", old_values."id", old_values."is_passed", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."subject", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="961787a338e9403cf37568827cfd5703f5b12545",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b8fe9",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_training",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="trainingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1bf9b9badbdc066c2900ce8a44ff978c34c18614",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_dbac6",
                    table="facilities_trainingevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="waitingentry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_waitingentryevent" ("asked_on", "closed_on", "entered_by_id", "facility_id", "id", "id_number", "name", "note", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "reason", "stay_id") SELECT new_values."asked_on", new_values."closed_on", new_values."entered_by_id", new_values."facility_id", new_values."id", new_values."id_number", new_values."name", new_values."note", new_values."outcome", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."phone", new_values."position", new_values."reason", new_values."stay_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="588792fd5436658fc2df649fec356a1ec30eea57",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_05931",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="facilities_waitingentry",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="waitingentry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_waitingentryevent" ("asked_on", "closed_on", "entered_by_id", "facility_id", "id", "id_number", "name", "note", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "reason", "stay_id") SELECT new_values."asked_on", new_values."closed_on", new_values."entered_by_id", new_values."facility_id", new_values."id", new_values."id_number", new_values."name", new_values."note", new_values."outcome", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."position", new_values."reason", new_values."stay_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="4af5f9c4ca06f04ece2be0474caf5c8b3c7aefe9",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8b6a6",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="facilities_waitingentry",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="waitingentry",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "facilities_waitingentryevent" ("asked_on", "closed_on", "entered_by_id", "facility_id", "id", "id_number", "name", "note", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "reason", "stay_id") SELECT old_values."asked_on", old_values."closed_on", old_values."entered_by_id", old_values."facility_id", old_values."id", old_values."id_number", old_values."name", old_values."note", old_values."outcome", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."position", old_values."reason", old_values."stay_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="d369ec30dfb86ecc9734ac01862eca47d4f1ddd4",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_5942a",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="facilities_waitingentry",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="waitingentryevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="702afb77f461091eab7f20fe76bbfebfcd78b33d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f1db4",
                    table="facilities_waitingentryevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
