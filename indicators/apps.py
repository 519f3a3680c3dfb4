from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Metrics, monthly reports, plans and their indicators."""

    name = "indicators"
    verbose_name = "规划指标"

    def ready(self) -> None:
        from indicators import effects, todo  # noqa: F401 - both register what they know: effects, to-do lines
