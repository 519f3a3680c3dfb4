from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    """Register of elders, subsidy programmes and payments."""

    name = "subsidies"
    verbose_name = "补贴津贴"

    def ready(self) -> None:
        from subsidies import reveals, todo_assessments, todo_care, todo_elders, todo_enrolments, todo_payments  # noqa: F401 - numbers to show, lines of the home page
