"""Loading of key tasks from ``fixtures/tasks/<place>.json``, after the plans.

A file names its ``plan``, the ``departments`` of the county that the document makes responsible, and ``tasks``. Like
everything that the county edits, tasks are only inserted where they are missing, found by their code. ``link`` of a
unit says which unit of the portal a printed name is: ``self`` (the bureau that the plan belongs to), ``below`` (all
units right below it; ``below:区`` those whose name ends so), ``name:江北区`` (one whose name holds it), otherwise a
department by its name. A printed name without a link is kept as text.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from eldercare.models import OrgUnit
from indicators.models import Indicator, Plan, Task, TaskMilestone, TaskUnit

Row = dict[str, Any]
SINCE = dt.date(2000, 1, 1)
BELOW = (OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING)
DATES = ("starts_on", "deadline")
PARTS = ("units", "milestones", "indicators")


class Loaded:
    """What loading one file did; ``unlinked`` are names that should be a unit of the portal and are not."""

    def __init__(self, plan: str) -> None:
        self.label, self.inserted, self.updated, self.kept = f"重点任务({plan})", 0, 0, 0
        self.problems: list[str] = []

    def __str__(self) -> str:
        line = f"{self.label}：新增 {self.inserted}，保留 {self.kept}"
        return f"{line}；未能对应：{'、'.join(self.problems)}" if self.problems else line


@transaction.atomic
def load_tasks(document: Row) -> Loaded:
    """The tasks of one plan. A plan that is not there is said, and its tasks are not loaded."""
    loaded = Loaded(document["plan"])
    plan = Plan.objects.filter(code=document["plan"]).select_related("org_unit").first()
    if plan is None:
        loaded.problems.append(f"规划尚未载入，{len(document['tasks'])} 项任务没有载入")
        return loaded
    load_departments(plan.org_unit, document["departments"])
    linker = _Linker(plan, loaded)
    known = set(plan.tasks.values_list("code", flat=True))
    new = [row for row in document["tasks"] if row["code"] not in known]
    _insert(plan, new, linker)
    loaded.inserted, loaded.kept = len(new), len(document["tasks"]) - len(new)
    return loaded


def load_departments(county: OrgUnit, names: Iterable[str]) -> None:
    """Departments have no codes of their own in any standard: the county's code and a running number."""
    known = OrgUnit.objects.filter(parent=county, level=OrgUnit.Level.DEPARTMENT)
    have, number = set(known.values_list("name", flat=True)), known.count()
    for name in names:
        if name in have:
            continue
        number += 1
        code = f"{county.code}D{number:02}"
        OrgUnit.objects.create(
            code=code,
            name=name,
            level=OrgUnit.Level.DEPARTMENT,
            parent=county,
            path=f"{county.path}{code}/",
            valid_from=SINCE,
        )


class _Linker:
    """Units and indicators by what a file calls them."""

    def __init__(self, plan: Plan, loaded: Loaded) -> None:
        self.plan, self.loaded = plan, loaded
        children = OrgUnit.objects.filter(parent=plan.org_unit).order_by("code")
        self.below = [unit for unit in children if unit.level in BELOW]
        self.departments = {unit.name: unit for unit in children if unit.level == OrgUnit.Level.DEPARTMENT}
        self.indicators: dict[str, Indicator] = {
            each.document_code: each for each in plan.indicators.only("pk", "document_code")
        }

    def units(self, link: str) -> list[OrgUnit]:
        kind, _, rest = link.partition(":")
        if kind == "self":
            return [self.plan.org_unit]
        if kind == "below":
            found = [unit for unit in self.below if not rest or unit.name.endswith(tuple(rest))]
        elif kind == "name":
            found = [unit for unit in self.below if rest in unit.name][:1]
        else:
            found = [self.departments[link]] if link in self.departments else []
        if not found:
            self.loaded.problems.append(link)
        return found

    def indicators_of(self, codes: Iterable[str]) -> list[Indicator]:
        found = []
        for code in codes:
            if code in self.indicators:
                found.append(self.indicators[code])
            else:
                self.loaded.problems.append(f"指标 {code}")
        return found


def _insert(plan: Plan, rows: list[Row], linker: _Linker) -> None:
    """In one statement for each table."""
    tasks = Task.objects.bulk_create(Task(plan=plan, **_values(row)) for row in rows)
    pairs = list(zip(tasks, rows, strict=True))
    TaskMilestone.objects.bulk_create(
        TaskMilestone(task=task, due_on=dt.date.fromisoformat(each["due_on"]), what=each["what"])
        for task, row in pairs
        for each in row.get("milestones", [])
    )
    link = Task.indicators.through
    link.objects.bulk_create(
        link(task=task, indicator=indicator)
        for task, row in pairs
        for indicator in linker.indicators_of(row.get("indicators", []))
    )
    TaskUnit.objects.bulk_create(part for task, row in pairs for part in _units_of(task, row, linker))


def _values(row: Row) -> Row:
    values = {key: value for key, value in row.items() if key not in PARTS}
    return values | {name: dt.date.fromisoformat(values[name]) for name in DATES if values.get(name)}


def _units_of(task: Task, row: Row, linker: _Linker) -> list[TaskUnit]:
    made: list[TaskUnit] = []
    seen: set[tuple[str, int]] = set()
    for each in row.get("units", []):
        fields = {"task": task, "role": each["role"], "printed": each["printed"]}
        fields["is_inferred"] = each.get("is_inferred", False)
        units = linker.units(each["link"]) if "link" in each else []
        if not units:
            made.append(TaskUnit(**fields))
        for unit in units:
            if (each["role"], unit.pk) not in seen:
                seen.add((each["role"], unit.pk))
                made.append(TaskUnit(**fields, org_unit=unit))
    if not any(unit.org_unit for unit in made):
        # Somebody must report: the bureau whose plan it is, until the county has named another.
        made.append(
            TaskUnit(task=task, role=TaskUnit.Role.LEAD, org_unit=task.plan.org_unit, is_inferred=True)
        )
    return made
