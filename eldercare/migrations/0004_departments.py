from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("eldercare", "0003_people_actions"),
    ]

    operations = []
