"""Print one indicator's published value with everything it was computed from, as JSON."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Max

from indicators.explain import explain_indicator
from indicators.management.commands._cli import (
    indicator_argument,
    month_argument,
    plan_argument,
    print_json,
    unit_argument,
)
from indicators.models import IndicatorValue
from indicators.models.values import published
from indicators.pages.published import read_day
from indicators.rollup import roll_up_due


class Command(BaseCommand):
    help = "indicator haiyan 8 --month 2021-12 [--org 330424] [--as-of 2026-07-14]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="plan code, e.g. haiyan")
        parser.add_argument("number", help="number in the plan (8) or code in the document (S0-I08)")
        parser.add_argument("--month", help="YYYY-MM; the latest published month if not given")
        parser.add_argument("--org", help="unit code; the plan's own unit if not given")

        parser.add_argument("--as-of", help="YYYY-MM-DD: what was published at the end of that day")

    def handle(self, *args, **options) -> None:
        plan = plan_argument(options["plan"])
        indicator = indicator_argument(plan, options["number"])
        unit = unit_argument(options["org"]) if options["org"] else plan.org_unit
        if not any(seat.org_unit.contains(unit) for seat in plan.adoptions.select_related("org_unit")):
            raise CommandError(f"{unit.name}不在规划“{plan.short_title}”的范围内。")
        as_of, problem = read_day(options["as_of"] or "")
        if problem:
            raise CommandError(problem.removesuffix("下面显示现行数。"))
        roll_up_due()  # a worker may be away: what was approved shows here all the same
        if options["month"]:
            month = month_argument(options["month"])
        else:
            values = published(IndicatorValue, as_of).filter(org_unit=unit)
            month = values.aggregate(last=Max("month"))["last"]
            if month is None:
                raise CommandError("还没有汇总过的数据，请先审核月报或运行 manage.py rollup。")
        explained = explain_indicator(indicator, unit, month, as_of=as_of)
        print_json(
            self.stdout,
            {
                "plan": plan.code,
                "number": indicator.number,
                "name": indicator.name,
                "org": unit.code,
                "month": f"{month:%Y-%m}",
                **({"as_of": as_of} if as_of else {}),
                "value": explained.value,
                "numerator": explained.numerator,
                "denominator": explained.denominator,
                "unit": indicator.unit,
                "target": explained.target,
                "due": explained.due_on,
                "status": explained.status,
                "reported": explained.reported,
                "owed": explained.owed,
                "low": explained.low,
                "high": explained.high,
                "formula": indicator.formula or None,
                "inputs": {row.key: row.value for row in explained.inputs},
            },
        )
