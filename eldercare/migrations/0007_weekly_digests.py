import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0006_ledger_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="WeeklyDigest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week", models.DateField(help_text="所述一周的第一天", verbose_name="星期一")),
                (
                    "lines",
                    models.JSONField(
                        default=list,
                        help_text="[{section, text, permission, link, tone}]，见 digest.Line",
                        verbose_name="内容",
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="生成时间")),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="digests",
                        to="eldercare.orgunit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "每周摘要",
                "verbose_name_plural": "每周摘要",
                "ordering": ("-week", "org_unit__path"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org_unit", "week"), name="weeklydigest_one_per_unit_and_week"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("week__iso_week_day", 1)), name="weeklydigest_begins_on_monday"
                    ),
                ],
            },
        ),
    ]
