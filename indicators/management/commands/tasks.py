"""List the key tasks of a plan with their units, deadlines and how they stand."""

from django.core.management.base import BaseCommand, CommandParser

from indicators.management.commands._cli import plan_argument, print_json
from indicators.models import TaskUnit
from indicators.task_duties import Standing, standings_of


class Command(BaseCommand):
    help = "List the key tasks of a plan: tasks haiyan [--format json|text]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="plan code, e.g. haiyan")
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, *args, **options) -> None:
        plan = plan_argument(options["plan"])
        tasks = plan.tasks.select_related("plan", "metric").prefetch_related("milestones", "indicators")
        standings = standings_of(tasks)
        if options["format"] == "text":
            for each in standings:
                percent = "—" if each.percent is None else f"{each.percent}%"
                due = f"{each.task.due_on:%Y-%m-%d}{'' if each.task.deadline else '(推定)'}"
                self.stdout.write(f"{each.task.code:8} {each.label} {percent:>4} {due} {each.task.name}")
            return
        print_json(self.stdout, [self._row(each) for each in standings])

    def _row(self, standing: Standing) -> dict:
        task = standing.task
        return {
            "code": task.code,
            "number": task.number,
            "name": task.name,
            "section": task.section,
            "quote": task.quote,
            "actions": task.actions,
            "lead": self._names(standing.leads),
            "responsible": self._names(standing.responsible),
            "lead_candidates": task.lead_candidates,
            "deadline": task.deadline,
            "deadline_inferred": None if task.deadline else task.plan.ends_on,
            "start": task.starts_on,
            "stage": task.stage,
            "recurrence": task.recurrence or None,
            "soft": task.is_soft,
            "milestones": [
                {"due": each.due_on, "what": each.what, "done": each.done_on}
                for each in task.milestones.all()
            ],
            "indicators": [each.document_code for each in task.indicators.all()],
            "metric": task.metric.code if task.metric else None,
            "quantity_target": task.quantity_target,
            "percent": standing.percent,
            "state": standing.state,
            "state_set": task.state_set or None,
        }

    def _names(self, parts: list[TaskUnit]) -> list[dict]:
        return [
            {
                "printed": part.printed or None,
                "unit": part.org_unit.code if part.org_unit else None,
                "inferred": part.is_inferred,
                "confirmed": part.confirmed_at is not None,
            }
            for part in parts
        ]
