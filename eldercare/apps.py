from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules


class EldercareConfig(AppConfig):
    """What every app of the portal needs: organisation, accounts, permissions, audit log."""

    name = "eldercare"
    verbose_name = "养老服务数据门户"

    def ready(self) -> None:
        from eldercare import import_todo, shell_todo  # noqa: F401 - lines of the home page

        connection_created.connect(heed_all_triggers, dispatch_uid="heed_all_triggers")
        # Each app registers what its ledgers count, and the sheets that are uploaded to them.
        autodiscover_modules("metrics", "resources")


def heed_all_triggers(connection, **details: object) -> None:
    """Say that no trigger is to be ignored, which is so anyway.

    Unsaid, every row that a history trigger sees raises and catches an error, and the cost of that grows with what
    the transaction has written: a third of the time of 8,000 rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET pgtrigger.ignore = '{}'")
