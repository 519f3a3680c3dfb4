"""The 183 tasks of the five documents, against numbers typed from them; loading twice changes nothing."""

import json
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from eldercare.models import OrgUnit
from indicators.actions.calendar import reporting_units
from indicators.models import Plan, Task, TaskMilestone, TaskUnit
from indicators.rules.months import parse_month
from indicators.task_fixtures import load_tasks
from tests.indicators.factories import make_county, make_plan, make_township

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "tasks"
NUMBERS = {"haiyan": 48, "huancui": 41, "kunming": 38, "pingchuan": 25, "ningbo": 31}
WITH_DEADLINE = {"haiyan": 5, "huancui": 41, "kunming": 10, "pingchuan": 5, "ningbo": 30}


def document(place: str) -> dict:
    return json.loads((FOLDER / f"{place}.json").read_text(encoding="utf-8"))


def test_every_task_of_the_five_documents_has_a_row():
    found = {path.stem: len(document(path.stem)["tasks"]) for path in FOLDER.glob("*.json")}
    assert found == NUMBERS
    assert sum(found.values()) == 183
    codes = [row["code"] for place in NUMBERS for row in document(place)["tasks"]]
    assert len(set(codes)) == 183


@pytest.mark.parametrize("place", NUMBERS)
def test_each_task_has_its_place_and_words(place):
    rows = document(place)["tasks"]
    assert all(row["name"] and row["section"] and row["quote"] for row in rows)
    assert sum("deadline" in row for row in rows) == WITH_DEADLINE[place]
    assert [row["number"] for row in rows] == list(range(1, NUMBERS[place] + 1))


def test_what_the_documents_leave_open_stays_open():
    rows = {row["code"]: row for place in NUMBERS for row in document(place)["tasks"]}
    candidates = [code for code, row in rows.items() if row.get("lead_candidates")]
    assert candidates == ["S3-T09", "S3-T12", "S3-T13"]
    inferred = [code for code, row in rows.items() if any(u.get("is_inferred") for u in row.get("units", []))]
    assert len(inferred) == 9
    recurring = Counter(row["recurrence"] for row in rows.values() if row.get("recurrence"))
    assert recurring == {"year": 1, "half_year": 1, "month": 1}
    assert sum(len(row.get("milestones", [])) for row in rows.values()) == 8
    assert [code for code, row in rows.items() if row.get("is_soft")] == ["S1-T08", "S1-T29", "S3-T25"]


@pytest.mark.django_db
def test_loading_links_units_and_says_what_is_missing():
    county = make_county(townships=2, code="990001")
    make_plan(county, code="pingchuan")
    first = load_tasks(document("pingchuan"))
    assert (first.inserted, first.kept) == (25, 0)
    # The indicators of the plan are not loaded here, and that is said.
    assert first.problems
    assert all(problem.startswith("指标") for problem in first.problems)
    task = Task.objects.get(code="S3-T03")
    assert sorted(part.org_unit.name for part in task.units.filter(role="lead")) == ["第1镇", "第2镇"]
    assert all(part.is_open for part in task.units.filter(role="lead"))
    departments = OrgUnit.objects.filter(level=OrgUnit.Level.DEPARTMENT)
    assert departments.count() == 13
    assert set(departments.values_list("parent", flat=True)) == {county.pk}
    assert not set(departments) & set(reporting_units(parse_month("2021-06")))
    # Nobody named: the bureau whose plan it is, as a proposal.
    alone = TaskUnit.objects.get(task__code="S3-T18", org_unit__isnull=False)
    assert (alone.org_unit, alone.is_open) == (county, True)
    before = (TaskUnit.objects.count(), TaskMilestone.objects.count())
    second = load_tasks(document("pingchuan"))
    assert (second.inserted, second.kept) == (0, 25)
    assert (TaskUnit.objects.count(), TaskMilestone.objects.count()) == before


@pytest.mark.django_db
def test_tasks_without_their_plan_are_said_to_be_missing():
    loaded = load_tasks(document("kunming"))
    assert "38 项任务没有载入" in str(loaded)
    assert not Task.objects.exists()


@pytest.mark.django_db
def test_the_command_prints_a_plan_for_people_and_for_programs(capsys):
    county = make_county(townships=0)
    make_township(county, "990001201", "第1镇")
    plan = make_plan(county, code="huancui")
    load_tasks(document("huancui"))
    assert Plan.objects.get(pk=plan.pk).tasks.count() == 41
    call_command("tasks", "huancui", format="json")
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 41
    assert rows[0]["lead"][0]["printed"] == "区民政局"
    assert rows[0]["deadline"] == "2022-08-30"
    call_command("tasks", "huancui", format="text")
    assert "联席会议与领导小组" in capsys.readouterr().out
