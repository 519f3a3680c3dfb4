"""List the indicators of a plan."""

from django.core.management.base import BaseCommand, CommandParser

from indicators.management.commands._cli import plan_argument, print_json


class Command(BaseCommand):
    help = "List the indicators of a plan: indicators haiyan [--format json|text]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="plan code, e.g. haiyan")
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, *args, **options) -> None:
        plan = plan_argument(options["plan"])
        indicators = plan.indicators.prefetch_related("targets", "baselines", "remarks")
        if options["format"] == "text":
            for i in indicators:
                self.stdout.write(f"{i.number:4} {i.document_code:8} {i.name} [{i.formula or '无公式'}]")
            return
        print_json(self.stdout, [self._row(i) for i in indicators])

    def _row(self, i) -> dict:
        return {
            "number": i.number,
            "code": i.document_code,
            "name": i.name,
            "group": i.group,
            "role": i.role,
            "value_type": i.value_type,
            "unit": i.unit,
            "printed_unit": i.printed_unit,
            "comparator": i.comparator,
            "printed_comparator": i.printed_comparator,
            "formula": i.formula or None,
            "alternatives": i.alternatives,
            "soft": i.is_soft,
            "scope": i.scope,
            "period": i.period,
            "place": i.place,
            "quote": i.quote,
            "targets": [
                {"value": t.value, "comparator": t.comparator, "due": t.due_on, "due_inferred": t.is_due_inferred,
                 "interim": t.is_interim}
                for t in i.targets.all()
            ],
            "baselines": [
                {"year": b.year, "value": b.value, "kind": b.kind, "label": b.printed_label, "note": b.note}
                for b in i.baselines.all()
            ],
            "remarks": [r.code for r in i.remarks.all()],
        }  # fmt: skip
