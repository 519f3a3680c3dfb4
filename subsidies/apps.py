from importlib import import_module

from django.apps import AppConfig

# Numbers to show in full, and the lines of the home page: each registers itself.
REGISTERED = (
    "reveals",
    "digest",
    "todo_assessments",
    "todo_care",
    "todo_elders",
    "todo_enrolments",
    "todo_payments",
)


class SubsidiesConfig(AppConfig):
    """Register of elders, subsidy programmes and payments."""

    name = "subsidies"
    verbose_name = "补贴津贴"

    def ready(self) -> None:
        for name in REGISTERED:
            import_module(f"{self.name}.{name}")
