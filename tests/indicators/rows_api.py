"""Who reaches which address of the API of metrics, plans, reports, tasks and registers."""

import datetime as dt

from tests.outsider import EVERYBODY, READERS, TOWNSHIPS, Row, Target, World

CLERKS = TOWNSHIPS | {"county_clerk"}
TASK_READERS = READERS | {"department_clerk"}
REVIEWER = frozenset({"county_reviewer"})
MONTH = dt.date(2025, 6, 1)


def _report(unit: str):
    return lambda world: {"month": MONTH, "unit": getattr(world.cast, unit).code}


REPORTS = (
    Target(_report("township"), hidden_from={"other_township_clerk"}),
    Target(_report("other_township"), hidden_from={"township_clerk"}),
    Target(_report("neighbour"), hidden_from=EVERYBODY),
)


def _indicator(world: World) -> dict:
    found = world.things["indicator"]
    return {"plan": found.plan.code, "number": found.number}


NO_SUCH_CODE = (Target(lambda world: {"code": "nothing"}, hidden_from=EVERYBODY),)
ROWS = {
    "api-metrics": Row(READERS),
    "api-metric": Row(READERS, targets=(Target(lambda world: {"code": "beds"}), *NO_SUCH_CODE)),
    "api-metric-values": Row(READERS),
    "api-plans": Row(READERS),
    "api-indicators": Row(READERS),
    "api-indicator": Row(
        READERS,
        targets=(
            Target(_indicator),
            Target(lambda world: {"plan": "neighbour", "number": 1}, hidden_from=EVERYBODY),
        ),
    ),
    "api-indicator-values": Row(READERS),
    "api-indicator-value-export": Row(
        READERS,
        targets=(
            *(Target(lambda world, kind=kind: {"kind": kind}) for kind in ("csv", "json", "adx")),
            Target(lambda world: {"kind": "xlsx"}, hidden_from=EVERYBODY),
        ),
    ),
    "api-reports": Row(READERS),
    "api-report": Row(READERS, targets=REPORTS),
    "api-report-figures": Row(CLERKS, ("PATCH",), targets=REPORTS),
    "api-report-submit": Row(CLERKS, ("POST",), targets=REPORTS),
    "api-report-withdraw": Row(CLERKS, ("POST",), targets=REPORTS),
    "api-report-return": Row(REVIEWER, ("POST",), targets=REPORTS),
    "api-report-approve": Row(REVIEWER, ("POST",), targets=REPORTS),
    "api-report-reopen": Row(REVIEWER, ("POST",), targets=REPORTS),
    "api-tasks": Row(TASK_READERS),
    "api-task": Row(TASK_READERS, targets=NO_SUCH_CODE),
    "api-task-progress": Row(TASK_READERS),
    "api-registers": Row(READERS),
    "api-register-rows": Row(READERS, targets=NO_SUCH_CODE),
}
