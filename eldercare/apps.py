from django.apps import AppConfig


class EldercareConfig(AppConfig):
    """What every app of the portal needs: organisation, accounts, permissions, audit log."""

    name = "eldercare"
    verbose_name = "养老服务数据门户"
