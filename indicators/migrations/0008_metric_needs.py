import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0007_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name="MetricNeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="needs",
                        to="indicators.metric",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="needs",
                        to="indicators.plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "规划所需基础指标",
                "verbose_name_plural": "规划所需基础指标",
                "ordering": ("plan", "metric"),
            },
        ),
        migrations.AddConstraint(
            model_name="metricneed",
            constraint=models.UniqueConstraint(fields=("plan", "metric"), name="metricneed_once_per_plan"),
        ),
    ]
