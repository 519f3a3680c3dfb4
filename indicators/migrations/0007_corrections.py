from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0006_official_reports"),
    ]

    operations = []
