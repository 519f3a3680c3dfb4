from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    """Ledgers of facilities, beds and caregivers."""

    name = "facilities"
    verbose_name = "养老设施"

    def ready(self) -> None:
        from facilities import digest, reveals, todo, todo_staff  # noqa: F401 - numbers to show, lines of the home page
