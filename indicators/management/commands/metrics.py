"""List the base metrics."""

from django.core.management.base import BaseCommand, CommandParser

from indicators.management.commands._cli import print_json
from indicators.models import Metric


class Command(BaseCommand):
    help = "List the base metrics: metrics [--format json|text]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, *args, **options) -> None:
        metrics = Metric.objects.select_related("subset_of")
        if options["format"] == "text":
            for m in metrics:
                self.stdout.write(
                    f"{m.code:60} {m.catalogue_code:16} {m.name}({m.unit},{m.get_nature_display()})"
                )
            return
        print_json(
            self.stdout,
            [
                {
                    "code": m.code,
                    "catalogue_code": m.catalogue_code,
                    "name": m.name,
                    "unit": m.unit,
                    "nature": m.nature,
                    "time_aggregate": m.time_aggregate,
                    "unit_aggregate": m.unit_aggregate,
                    "definition": m.definition,
                    "tier": m.tier,
                    "ledger": m.ledger,
                    "source": m.ledger_name,
                    "reporter": m.reporter,
                    "collected": m.is_collected,
                    "subset_of": m.subset_of.code if m.subset_of_id else None,
                }
                for m in metrics
            ],
        )
