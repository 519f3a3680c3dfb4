from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    """Register of elders, subsidy programmes and payments."""

    name = "subsidies"
    verbose_name = "补贴津贴"

    def ready(self) -> None:
        from subsidies import todo_assessments  # noqa: F401 - lines of the home page
