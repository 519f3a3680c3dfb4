"""Write one figure of a monthly report, through the same action as the page."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eldercare.errors import Refused
from indicators.actions.calendar import report_for
from indicators.actions.figures import FigureChange, findings_for, save_figures
from indicators.management.commands._cli import (
    metric_argument,
    month_argument,
    print_json,
    unit_argument,
    user_argument,
)


class Command(BaseCommand):
    help = "Write a figure: set_metric nursing_beds 120 --org 330424101 --month 2025-06 --user shendang"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="metric code, e.g. nursing_beds")
        parser.add_argument("value", help='the figure; "" removes it (not reported is not 0)')
        parser.add_argument("--org", required=True, help="code of the reporting unit")
        parser.add_argument("--month", required=True, help="YYYY-MM")
        parser.add_argument("--user", required=True, help="user name of who enters it")
        parser.add_argument("--reason", help="short reason for a large change")

    def handle(self, *args, **options) -> None:
        metric = metric_argument(options["code"])
        unit, user = unit_argument(options["org"]), user_argument(options["user"])
        month = month_argument(options["month"])
        try:
            report = report_for(unit, month)
            change = FigureChange(metric.code, options["value"], reason=options["reason"])
            result = save_figures(report=report, changes=[change], by=user)
        except Refused as error:
            raise CommandError(str(error)) from error
        if result.errors:
            raise CommandError(result.errors[metric.code])
        remarks = [f.text for f in findings_for(report) if f.code == metric.code]
        print_json(
            self.stdout,
            {
                "metric": metric.code,
                "org": unit.code,
                "month": f"{month:%Y-%m}",
                "value": result.saved[metric.code],
                "status": report.status,
                "remarks": remarks,
            },
        )
