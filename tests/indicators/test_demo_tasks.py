"""The demo county's key tasks: a year that a person could believe, in every state."""

import datetime as dt
from collections import Counter

import pytest
import time_machine

from eldercare.demo import ACCOUNTS, COUNTY_CODE
from eldercare.models import OrgUnit, User
from indicators.demo.tasks import LATE_UNIT, RETURNED_UNIT, write_tasks
from indicators.fixtures import load_all
from indicators.models import EvaluationRound, Supervision, TaskBulletin, TaskProgress
from indicators.models.plans import Plan
from indicators.task_duties import standings_of
from indicators.todo_tasks import own_progress

TODAY = dt.date(2026, 11, 22)
THIS = dt.date(2026, 11, 1)


@pytest.mark.django_db
def test_a_year_of_tasks_in_every_state():
    with time_machine.travel(dt.datetime(2026, 11, 22, 2, tzinfo=dt.UTC), tick=True):
        load_all(places=["haiyan"])
        units = {unit.code: unit for unit in OrgUnit.objects.exclude(level="village")}
        made = User.objects.bulk_create(
            User(
                username=each["username"],
                full_name=each["full_name"],
                role=each["role"],
                org_unit=units[each["org_code"]],
            )
            for each in ACCOUNTS
            if each["org_code"].startswith(COUNTY_CODE)
        )
        users = {user.username: user for user in made}
        counts = write_tasks(users, THIS, TODAY)
        assert write_tasks(users, THIS, TODAY) == {}  # a second time writes nothing

        assert counts["任务进展"] > 800
        plan = Plan.objects.get(code="haiyan")
        states = Counter(each.state for each in standings_of(plan.tasks.select_related("plan")))
        assert sum(states.values()) == 48
        assert set(states) == {"done", "behind", "on_course", "cancelled"}

        running = TaskProgress.objects.filter(month=THIS)
        assert set(running.values_list("status", flat=True)) == {"draft", "submitted", "returned", "accepted"}
        assert not running.filter(org_unit__code=LATE_UNIT).exists()
        assert running.filter(org_unit__code=RETURNED_UNIT, status="returned").count() == 1
        assert TaskProgress.objects.filter(org_unit__code=LATE_UNIT, is_late=True).exists()
        months = set(TaskProgress.objects.values_list("month", flat=True))
        assert (min(months), max(months), len(months)) == (dt.date(2025, 12, 1), THIS, 12)

        finished = EvaluationRound.objects.get()
        assert (finished.month, finished.is_closed) == (dt.date(2026, 6, 1), True)
        assert not finished.items.filter(score=None).exists()
        assert sorted(Supervision.objects.values_list("status", flat=True)) == ["closed", "issued"]
        bulletin = TaskBulletin.objects.get()
        assert bulletin.lines[-1]["unit"] == "于城镇"  # the late one comes last
        (item,) = [item for item in own_progress(users["weijian"]) if item.count]
        assert "2026年11月任务进展逾期未报" in item.title
