"""Search for names by any of their characters, and for who looked at a person's record."""

from django.db import migrations

from subsidies.models.name_grams import CREATE_FUNCTION, FUNCTION

# Who looked at a person's record is asked for on every page of a person.
CREATE_LOG_INDEX = (
    "CREATE INDEX auditevent_person ON eldercare_auditevent (subject, id) WHERE action = 'person'"
)


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE_FUNCTION, f"DROP FUNCTION {FUNCTION}(text)"),
        migrations.RunSQL(
            f"CREATE INDEX elder_name_grams ON subsidies_elder USING gin ({FUNCTION}(name_key))",
            "DROP INDEX elder_name_grams",
        ),
        migrations.RunSQL(CREATE_LOG_INDEX, "DROP INDEX auditevent_person"),
    ]
