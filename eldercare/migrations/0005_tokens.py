from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0004_departments"),
    ]

    operations = []
