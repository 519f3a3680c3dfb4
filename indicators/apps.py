from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Metrics, monthly reports, plans and their indicators."""

    name = "indicators"
    verbose_name = "规划指标"

    def ready(self) -> None:
        from indicators import digest, effects, plan_goals, reveals, todo, todo_indicators, todo_tasks  # noqa: F401 - each registers what it knows
