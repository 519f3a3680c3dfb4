from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    """Ledgers of facilities, beds and caregivers."""

    name = "facilities"
    verbose_name = "养老设施"
