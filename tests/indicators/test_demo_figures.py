"""The demo county's figures, states and times before they are written: consistent, and the same every time."""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from fractions import Fraction

import pytest
from django.contrib.auth.password_validation import validate_password

from eldercare.demo import ACCOUNTS
from eldercare.models import User
from eldercare.permissions import Role
from indicators.demo import series, workflow
from indicators.demo.county import COUNTY, FIRST_MONTH, TOWNSHIPS
from indicators.fixtures import fixtures_dir, read_json
from indicators.models import (
    MonthlyReport,
)
from tests.indicators.plan_files import needed

TODAY = dt.date(2026, 2, 25)
THROUGH = dt.date(2026, 2, 1)
Status = MonthlyReport.Status


# --- The figures as such ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def figures() -> dict[series.Report, series.Figures]:
    return series.figures(THROUGH)


@pytest.fixture(scope="module")
def catalogue() -> dict[str, dict]:
    return {row["code"]: row for row in read_json(fixtures_dir() / "metrics.json")}


def fingerprint(figures: dict[series.Report, series.Figures]) -> str:
    rows = sorted(
        (unit, f"{month}", code, f"{v:f}")
        for (unit, month), row in figures.items()
        for code, v in row.items()
    )
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def test_figures_are_the_same_every_time(figures):
    assert fingerprint(series.figures(THROUGH)) == fingerprint(figures)


def test_a_shorter_demo_is_the_beginning_of_a_longer_one(figures):
    for key, row in series.figures(dt.date(2021, 6, 1)).items():
        assert row == figures[key]


def test_every_owed_figure_is_there_in_every_month(figures, catalogue):
    owed = defaultdict(set)
    for code in needed("haiyan"):
        owed[catalogue[code]["reporter"]].add(code)
    for (unit, month), row in figures.items():
        own = owed["county"] if unit == COUNTY else owed["township"]
        expected = {"elder_service_organizations"} if month < FIRST_MONTH else own | owed["both"]
        assert set(row) == expected, (unit, month)


def test_figures_are_not_negative_and_as_whole_as_their_metric(figures, catalogue):
    for row in figures.values():
        for code, value in row.items():
            assert value >= 0
            assert value == round(value, catalogue[code]["decimals"])


def test_no_part_exceeds_its_whole_anywhere(figures, catalogue):
    for key, row in figures.items():
        for code, value in row.items():
            whole = catalogue[code]["subset_of"]
            if whole in row:
                assert value <= row[whole], (key, code)


def test_covered_villages_are_no_more_than_there_are(figures):
    for (unit, month), row in figures.items():
        if unit != COUNTY:
            everywhere = row["urban_communities"] + row["administrative_villages"]
            assert row["villages_covered_by_care_center"] <= everywhere, (unit, month)


def test_weekly_visits_due_are_people_times_weeks(figures):
    assert [series.mondays(dt.date(2021, month, 1)) for month in (2, 3)] == [4, 5]
    for (unit, month), row in figures.items():
        if unit != COUNTY:
            assert row["weekly_visits_due"] % series.mondays(month) == 0


def test_elders_grow_beyond_120_000_by_2025(figures):
    totals = [
        sum(figures[unit, dt.date(year, 12, 1)]["registered_elders_60"] for unit in TOWNSHIPS)
        for year in range(2020, 2026)
    ]
    assert totals[0] == 105_752
    assert totals == sorted(totals)
    assert totals[-1] > 120_000


def test_sharing_out_moves_nothing_between_townships():
    held = [5, 3, 2]
    assert series.share_out(12, [Fraction(w) for w in (5, 3, 2)], held, None) == [6, 4, 2]
    assert series.share_out(9, [Fraction(w) for w in (5, 3, 2)], held, [4, 9, 9]) == [4, 3, 2]
    assert sum(series.share_out(20, [Fraction(1)] * 3, [0, 0, 0], [2, 9, 9])) == 20


# --- States of the reports --------------------------------------------------------------------------------

DAYS = ["2026-02-25", "2026-02-21", "2026-02-20", "2026-02-04", "2026-03-01", "2026-01-31", "2026-01-02"]


@pytest.mark.parametrize("day", DAYS)
def test_one_township_is_late_and_one_returned_on_any_day(day):
    today = dt.date.fromisoformat(day)
    current = today.replace(day=1)
    before = (current - dt.timedelta(days=1)).replace(day=1)
    units = (COUNTY, *TOWNSHIPS)
    now = {unit: workflow.progress_of(unit, current, today) for unit in units}
    then = {unit: workflow.progress_of(unit, before, today) for unit in units}
    late = [p for p in (*now.values(), *then.values()) if p.is_late and p.status == "draft"]
    assert len(late) == 1
    assert late[0].due_on < today
    assert [p.status for p in now.values()].count("returned") == 1
    assert [p.status for p in now.values()].count("approved") >= 3
    if today.day > 20:
        assert [p.status for p in now.values()].count("submitted") == 1


@pytest.mark.parametrize("day", DAYS)
def test_steps_follow_each_other_and_none_lies_ahead(day):
    today = dt.date.fromisoformat(day)
    for month in (dt.date(2025, 11, 1), dt.date(2025, 12, 1), today.replace(day=1)):
        for unit in (COUNTY, *TOWNSHIPS):
            progress = workflow.progress_of(unit, month, today)
            moments = [step.at for step in progress.steps]
            assert moments == sorted(moments)
            assert all(at.astimezone(workflow.ZONE).date() < today for at in moments)
            sources = ["draft", *(step.target for step in progress.steps)]
            assert [step.source for step in progress.steps] == sources[: len(progress.steps)]


# --- Accounts ---------------------------------------------------------------------------------------------


def test_there_is_an_account_per_role_and_a_clerk_per_township():
    roles = {account["role"] for account in ACCOUNTS}
    assert roles == set(Role.values)
    clerks = [account["org_code"] for account in ACCOUNTS if account["role"] == Role.TOWNSHIP_CLERK]
    assert sorted(clerks) == sorted(TOWNSHIPS)
    assert len({account["username"] for account in ACCOUNTS}) == len(ACCOUNTS)


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account["username"])
def test_demo_passwords_satisfy_the_rules(account):
    validate_password(account["password"], User(username=account["username"], full_name=account["full_name"]))


# --- The time of day --------------------------------------------------------------------------------------


def steps_of_people(progress: workflow.Progress) -> list[dt.datetime]:
    return [step.at for step in progress.steps if step.role != "system"]


@pytest.mark.parametrize("offset", range(0, 62, 3))
def test_people_work_in_office_hours_and_one_after_the_other(offset):
    today = dt.date(2026, 1, 1) + dt.timedelta(days=offset)
    for month in (dt.date(2025, 10, 1), dt.date(2025, 11, 1), dt.date(2025, 12, 1), today.replace(day=1)):
        for unit in (COUNTY, *TOWNSHIPS):
            progress = workflow.progress_of(unit, month, today)
            moments = [progress.typed_at, *steps_of_people(progress), progress.reminded_at]
            happened = [at for at in moments if at is not None]
            assert all(workflow.is_at_work(at) for at in happened), (unit, month, happened)
            assert happened == sorted(set(happened)), (unit, month)
            assert all(at.astimezone(workflow.ZONE).date() < today for at in happened)


def test_work_moves_to_the_working_day_before_or_after():
    def local(*moment: int) -> dt.datetime:
        return dt.datetime(*moment, tzinfo=workflow.ZONE)

    saturday, night = local(2026, 11, 21, 14, 37), local(2026, 11, 18, 4, 41)
    assert workflow.at_work_before(saturday) == local(2026, 11, 20, 16, 37)
    assert workflow.at_work_after(saturday) == local(2026, 11, 23, 9, 37)
    assert workflow.at_work_before(night) == local(2026, 11, 17, 16, 41)
    assert workflow.at_work_after(night) == local(2026, 11, 18, 9, 41)
    assert workflow.at_work_before(local(2026, 11, 18, 8, 30)) == local(2026, 11, 18, 8, 30)
