"""List the indicators of a plan, or of all plans with what they come to."""

from collections.abc import Iterable

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management.commands._cli import plan_argument, print_json
from indicators.pages.overview import HEADINGS, OverviewRow, overview


class Command(BaseCommand):
    help = (
        "List the indicators of a plan: indicators haiyan [--format json|text]; "
        "or those of all plans with formula, value, target and state: indicators --all [--format markdown]"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", nargs="?", help="plan code, e.g. haiyan")
        parser.add_argument("--all", action="store_true", help="every plan, each in its issuer's own unit")
        parser.add_argument("--format", choices=["json", "text", "markdown"], default="text")

    def handle(self, *args, **options) -> None:
        if options["all"]:
            self._print_overview(overview(), options["format"])
            return
        if not options["plan"]:
            raise CommandError("请写规划代码，如 indicators haiyan；或用 --all 列出全部规划。")
        plan = plan_argument(options["plan"])
        if options["format"] == "markdown":
            self._print_overview(overview([plan]), "markdown")
            return
        indicators = plan.indicators.prefetch_related("targets", "baselines", "remarks")
        if options["format"] == "text":
            for i in indicators:
                self.stdout.write(f"{i.number:4} {i.document_code:8} {i.name} [{i.formula or '无公式'}]")
            return
        print_json(self.stdout, [self._row(i) for i in indicators])

    def _print_overview(self, rows: Iterable[OverviewRow], form: str) -> None:
        rows = list(rows)
        if form == "json":
            print_json(self.stdout, [row.as_dict() for row in rows])
            return
        if form == "text":
            for row in rows:
                self.stdout.write("  ".join(row.cells()))
            return
        self.stdout.write(f"| {' | '.join(HEADINGS)} |")
        self.stdout.write(f"|{'---|' * len(HEADINGS)}")
        for row in rows:
            self.stdout.write(f"| {' | '.join(cell.replace('|', '/') for cell in row.cells())} |")

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
