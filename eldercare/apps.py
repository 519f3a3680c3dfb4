from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EldercareConfig(AppConfig):
    """What every app of the portal needs: organisation, accounts, permissions, audit log."""

    name = "eldercare"
    verbose_name = "养老服务数据门户"

    def ready(self) -> None:
        # Each app registers what its ledgers count, and the sheets that are uploaded to them.
        autodiscover_modules("metrics", "resources")
