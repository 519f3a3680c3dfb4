"""Who reaches which page of key tasks."""

import datetime as dt

from eldercare import evidence
from indicators.models import EvaluationRound, RoundItem, Supervision, TaskEvidence, TaskMilestone
from tests.indicators.factories import make_plan
from tests.indicators.task_world import PDF, make_progress, make_task
from tests.outsider import DEPARTMENT, EVERYBODY, READERS, TOWNSHIPS, Row, Target

MONTH = dt.date(2025, 6, 1)
VIEWERS = READERS | DEPARTMENT
CLERK = frozenset({"county_clerk"})
REVIEWER = frozenset({"county_reviewer"})
REPORTERS = TOWNSHIPS | CLERK | DEPARTMENT
OTHERS = {"other_township_clerk", "department_clerk"}


def prepare(cast, things) -> dict:
    plan = make_plan(cast.county, code="task-plan")
    task = make_task(plan, cast.township, cast.other_township, cast.department, lead=cast.county)
    stranger = make_task(make_plan(cast.neighbour, code="task-neighbour"), cast.neighbour)
    progress = make_progress(task, cast.township, MONTH, by=cast.township_clerk, status="submitted")
    made = {
        "task": task,
        "stranger": stranger,
        "milestone": TaskMilestone.objects.create(task=task, due_on=MONTH, what="开工"),
        "evidence": TaskEvidence.objects.create(
            progress=progress,
            filename="验收单.pdf",
            kind="pdf",
            file=evidence.keep(PDF),
            uploaded_by=cast.township_clerk,
        ),
    }
    made["supervision"] = Supervision.objects.create(
        task=task,
        org_unit=cast.township,
        year=2025,
        serial=1,
        demand="请说明",
        reply_due_on=MONTH,
        issued_by=cast.county_clerk,
    )
    for name, plan_of, unit in (
        ("round", task.plan, cast.township),
        ("strange_round", stranger.plan, cast.neighbour),
    ):
        opened = EvaluationRound.objects.create(
            plan=plan_of, kind="half_year", month=MONTH, opened_by=cast.county_reviewer
        )
        RoundItem.objects.create(round=opened, task=plan_of.tasks.get(), org_unit=unit)
        made[name] = opened
    return {f"tasks {name}": thing for name, thing in made.items()}


def _task(name: str, **more):
    return lambda world: {
        "code": world.things[f"tasks {name}"].code,
        **{k: v(world) for k, v in more.items()},
    }


def _pk(name: str):
    return lambda world: {"pk": world.things[f"tasks {name}"].pk}


def _unit(name: str):
    return lambda world: {"month": MONTH, "code": getattr(world.cast, name).code}


TASK = (Target(_task("task")), Target(_task("stranger"), hidden_from=EVERYBODY))
MILESTONE = (
    Target(_task("task", pk=lambda world: world.things["tasks milestone"].pk)),
    Target(_task("stranger", pk=lambda world: world.things["tasks milestone"].pk), hidden_from=EVERYBODY),
)
ANY_MONTH = (Target(lambda world: {"month": MONTH}),)
UNITS = (
    Target(_unit("township"), hidden_from=OTHERS),
    Target(_unit("department"), hidden_from=TOWNSHIPS),
    Target(_unit("county"), hidden_from=TOWNSHIPS | DEPARTMENT),
    Target(_unit("neighbour"), hidden_from=EVERYBODY),
)
OWN_UNITS = (
    Target(_unit("township"), hidden_from=OTHERS | CLERK),
    Target(_unit("department"), hidden_from=TOWNSHIPS | CLERK),
    Target(_unit("county"), hidden_from=TOWNSHIPS | DEPARTMENT),
    Target(_unit("neighbour"), hidden_from=EVERYBODY),
)
EVIDENCE = (Target(_pk("evidence"), hidden_from=OTHERS),)
SUPERVISION = (Target(_pk("supervision"), hidden_from=OTHERS),)
ROUND = (Target(_pk("round")), Target(_pk("strange_round"), hidden_from=EVERYBODY))

ROWS = {
    "task-list": Row(VIEWERS),
    "task-create": Row(CLERK, ("GET", "POST")),
    "task-calendar": Row(VIEWERS),
    "task-month": Row(VIEWERS, targets=ANY_MONTH),
    "task-remind": Row(CLERK | REVIEWER, ("POST",), targets=ANY_MONTH, data=lambda world: {"unit": "all"}),
    "task-check": Row(REVIEWER, targets=ANY_MONTH),
    "task-decide": Row(REVIEWER, ("POST",), targets=ANY_MONTH),
    "task-notice": Row(VIEWERS, targets=ANY_MONTH),
    "task-notice-issue": Row(REVIEWER, ("POST",), targets=ANY_MONTH),
    "task-entry": Row(VIEWERS, targets=UNITS),
    "task-save": Row(REPORTERS, ("POST",), targets=OWN_UNITS),
    "task-evidence": Row(VIEWERS, targets=EVIDENCE),
    "task-evidence-remove": Row(REPORTERS, ("POST",), targets=EVIDENCE),
    "round-list": Row(VIEWERS),
    "round-create": Row(REVIEWER, ("GET", "POST")),
    "round": Row(VIEWERS, targets=ROUND),
    "round-self": Row(REPORTERS, ("POST",), targets=ROUND),
    "round-scores": Row(REVIEWER, ("POST",), targets=ROUND),
    "round-close": Row(REVIEWER, ("POST",), targets=ROUND),
    "supervision-list": Row(VIEWERS),
    "supervision": Row(VIEWERS, targets=SUPERVISION),
    "supervision-reply": Row(REPORTERS, ("POST",), targets=SUPERVISION),
    "supervision-close": Row(CLERK, ("POST",), targets=SUPERVISION),
    "task": Row(VIEWERS, targets=TASK),
    "task-edit": Row(CLERK, ("GET", "POST"), targets=TASK),
    "task-state": Row(CLERK, ("GET", "POST"), targets=TASK),
    "task-confirm": Row(CLERK, ("POST",), targets=TASK),
    "task-milestone": Row(CLERK, ("POST",), targets=MILESTONE),
    "supervision-create": Row(CLERK, ("GET", "POST"), targets=TASK),
}
