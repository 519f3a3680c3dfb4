"""Move a monthly report through its states, through the same actions as the page."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eldercare.errors import Refused
from indicators.actions import reports
from indicators.actions.calendar import report_for
from indicators.management.commands._cli import month_argument, print_json, unit_argument, user_argument
from indicators.tasks import hint_roll_up


class Command(BaseCommand):
    help = "report submit|withdraw|return|approve|reopen ORG MONTH --user NAME"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=["submit", "withdraw", "return", "approve", "reopen"])
        parser.add_argument("org", help="code of the reporting unit")
        parser.add_argument("month", help="YYYY-MM")
        parser.add_argument("--user", required=True)
        parser.add_argument("--note", default="", help="reason, for return and reopen")
        parser.add_argument(
            "--comment",
            action="append",
            default=[],
            metavar="CODE=TEXT",
            help="remark on one figure, for return; may be given several times",
        )
        parser.add_argument("--complete", action="store_true", help="refuse to submit with figures missing")

    def handle(self, *args, **options) -> None:
        unit, user = unit_argument(options["org"]), user_argument(options["user"])
        month = month_argument(options["month"])
        try:
            report = self._step(report_for(unit, month), user, options)
        except Refused as error:
            raise CommandError(str(error)) from error
        hint_roll_up()
        print_json(
            self.stdout,
            {"org": unit.code, "month": f"{month:%Y-%m}", "status": report.status, "late": report.is_late},
        )

    def _step(self, report, user, options):
        match options["step"]:
            case "submit":
                return reports.submit(report=report, by=user, allow_missing=not options["complete"])
            case "withdraw":
                return reports.withdraw(report=report, by=user)
            case "return":
                comments = dict(pair.split("=", 1) for pair in options["comment"] if "=" in pair)
                note = options["note"] or ("" if comments else "请核对后重新提交。")
                return reports.return_report(report=report, by=user, comments=comments, note=note)
            case "approve":
                return reports.approve(report=report, by=user)
            case _:
                return reports.reopen(report=report, by=user, note=options["note"])
