"""Roll up one or more months from the shell; the same work as the Celery task, safe to repeat."""

from django.core.management.base import BaseCommand, CommandParser

from indicators.management.commands._cli import month_argument, print_json
from indicators.rollup import roll_up_months
from indicators.rules.months import months_between


class Command(BaseCommand):
    help = "rollup 2025-06 [2025-08]: publish a month, or every month from the first to the second"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("last", nargs="?", help="YYYY-MM, the last month of a range")

    def handle(self, *args, **options) -> None:
        first = month_argument(options["month"])
        last = month_argument(options["last"]) if options["last"] else first
        results = roll_up_months(months_between(first, last))
        print_json(
            self.stdout,
            [
                {
                    "month": f"{r.month:%Y-%m}",
                    "metric_values_changed": r.metric_values,
                    "indicator_values_changed": r.indicator_values,
                }
                for r in results
            ],
        )
