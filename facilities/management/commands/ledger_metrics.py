"""Count a month from the ledgers."""

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from eldercare import ledger_metrics
from eldercare.models import OrgUnit


def month_of(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        raise CommandError(f"“{text}”不是月份，请写成 2025-06。") from None


class Command(BaseCommand):
    help = "Print as JSON what the ledgers count for a month: ledger_metrics 2025-06 [--unit CODE] [--metric CODE] [--rows]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", metavar="MONTH", help="2025-06")
        parser.add_argument("--unit", metavar="CODE", help="one township or county; otherwise all of them")
        parser.add_argument("--metric", metavar="CODE", help="one metric; otherwise all that ledgers count")
        parser.add_argument("--rows", action="store_true", help="with the rows that each figure counted")

    def handle(self, *args: Any, **options: Any) -> None:
        month, code = month_of(options["month"]), options["metric"]
        if code and code not in ledger_metrics.codes():
            raise CommandError(f"没有台账统计指标“{code}”，用 manage.py metrics 查代码。")
        units = units_of(options["unit"], ledger_metrics.period_of(month).last)
        counted = ledger_metrics.figures(units, month, codes=[code] if code else None)
        answer = []
        for unit in units:
            for metric in [code] if code else sorted(ledger_metrics.codes()):
                entry = {"unit": unit.code, "metric": metric, "value": str(counted[unit.pk, metric])}
                if options["rows"]:
                    entry["rows"] = [str(row) for row in ledger_metrics.rows_of(metric, month, unit)]
                answer.append(entry)
        self.stdout.write(
            json.dumps({"month": options["month"], "figures": answer}, ensure_ascii=False, indent=2)
        )


def units_of(code: str | None, day: dt.date) -> list[OrgUnit]:
    """The unit, or counties and townships as of the day. Raises CommandError for a code that is none."""
    if code is None:
        reporting = (OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING)
        return list(OrgUnit.objects.as_of(day).filter(Q(level__in=reporting)))
    units = list(OrgUnit.objects.filter(code=code))
    if not units:
        raise CommandError(f"没有代码为“{code}”的单位，请核对。")
    return units
