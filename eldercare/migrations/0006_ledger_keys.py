from django.db import migrations, models


class Migration(migrations.Migration):
    """Room for the key of a register's ledger."""

    dependencies = [
        ("eldercare", "0005_tokens"),
    ]

    operations = [
        migrations.AlterField(
            model_name="importbatch",
            name="ledger",
            field=models.CharField(max_length=40, verbose_name="台账"),
        ),
        migrations.AlterField(
            model_name="columnmapping",
            name="ledger",
            field=models.CharField(max_length=40),
        ),
    ]
