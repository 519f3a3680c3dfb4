"""The weekly digest: made once a week and unit, read by each role as far as it may."""

import datetime as dt

import pytest
import time_machine

from eldercare import digest
from eldercare.digest import COMING, Line, Week, last_week, make_digests
from eldercare.digest_models import WeeklyDigest
from eldercare.permissions import Permission
from eldercare.tasks import make_weekly_digests

MONDAY = dt.date(2026, 6, 15)  # the digest of the 8th to the 14th appears on it


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(dt.datetime(2026, 6, 15, 0, 30, tzinfo=dt.UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture
def news(monkeypatch):
    """Two lines for whoever may see reports and payments, one for whoever keeps people."""

    def provide(unit, week):
        return [
            Line(COMING, f"{unit.name}月报就要截止", Permission.VIEW_REPORTS, "/reports/"),
            Line("补贴与探访", "发放一批高龄津贴", Permission.VIEW_PAYMENTS, tone="green"),
            Line("补贴与探访", "新批准三人", Permission.VIEW_PEOPLE, "/enrolments/"),
        ]

    monkeypatch.setattr(digest, "_providers", [provide])


def test_a_week_runs_from_monday_to_sunday():
    week = last_week(MONDAY)
    assert (week.first, week.last) == (dt.date(2026, 6, 8), dt.date(2026, 6, 14))
    assert last_week(dt.date(2026, 6, 21)) == week  # a Sunday still belongs to the week that runs
    assert week.coming == (MONDAY, dt.date(2026, 6, 21))


def test_the_worker_makes_one_for_each_unit_that_signs_in_and_only_once(cast, news):
    assert make_weekly_digests() > 0
    units = set(WeeklyDigest.objects.values_list("org_unit__name", flat=True))
    assert {cast.county.name, cast.township.name, cast.other_township.name, cast.neighbour.name} <= units
    assert set(WeeklyDigest.objects.values_list("week", flat=True)) == {dt.date(2026, 6, 8)}
    assert make_weekly_digests() == 0


def test_what_another_worker_has_made_meanwhile_is_left(cast, news, monkeypatch):
    """Both saw that it is missing; the later one finds the row when it writes."""
    ready = digest.lines_of

    def meanwhile(unit, week):
        WeeklyDigest.objects.get_or_create(org_unit=unit, week=week.first, defaults={"lines": []})
        return ready(unit, week)

    monkeypatch.setattr(digest, "lines_of", meanwhile)
    assert make_digests(last_week(MONDAY), [cast.county]) == 0
    assert WeeklyDigest.objects.get().lines == []


def test_a_unit_whose_digest_cannot_be_made_does_not_keep_the_others_waiting(cast, monkeypatch, caplog):
    def provide(unit, week):
        if unit == cast.township:
            raise ValueError("broken")
        return []

    monkeypatch.setattr(digest, "_providers", [provide])
    assert make_digests(last_week(MONDAY), [cast.county, cast.township, cast.other_township]) == 2
    assert not WeeklyDigest.objects.filter(org_unit=cast.township).exists()
    assert cast.township.code in caplog.text
    monkeypatch.setattr(digest, "_providers", [])
    assert make_digests(last_week(MONDAY), [cast.county, cast.township]) == 1  # next time


def test_the_home_page_shows_each_role_its_part(cast, enter, news):
    make_weekly_digests()
    clerk = enter(cast.township_clerk).get("/").content.decode()
    assert "6月8日—14日" in clerk
    assert f"{cast.township.name}月报就要截止" in clerk
    assert "新批准三人" in clerk
    leader = enter(cast.leader).get("/").content.decode()
    assert "发放一批高龄津贴" in leader
    assert "新批准三人" not in leader
    department = enter(cast.department_clerk).get("/").content.decode()
    assert "高龄津贴" not in department
    assert "上周没有新情况" in department


@pytest.mark.parametrize(
    ("who", "is_told"),
    [("administrator", False), ("auditor", False), ("department_clerk", True), ("leader", True)],
)
def test_no_news_is_said_only_to_those_whom_the_news_would_concern(cast, enter, monkeypatch, who, is_told):
    monkeypatch.setattr(digest, "_providers", [])
    make_weekly_digests()
    assert ("上周没有新情况" in enter(getattr(cast, who)).get("/").content.decode()) is is_told


def test_an_old_digest_leaves_the_home_page_but_stays_in_the_list(cast, enter, news, monday):
    make_weekly_digests()
    monday.move_to(dt.datetime(2026, 6, 22, 1, 0, tzinfo=dt.UTC))
    client = enter(cast.township_clerk)
    assert "月报就要截止" not in client.get("/").content.decode()
    assert "6月8日—14日" in client.get("/digests/").content.decode()
    found = WeeklyDigest.objects.get(org_unit=cast.township)
    assert "月报就要截止" in client.get(f"/digests/{found.pk}/").content.decode()


def test_weeks_lead_to_the_one_before_and_after(cast, enter, news):
    for days in (8, 1, -6):
        make_digests(Week(dt.date(2026, 6, 9) - dt.timedelta(days=days)), [cast.township])
    oldest, middle, newest = WeeklyDigest.objects.order_by("week")
    page = enter(cast.township_clerk).get(f"/digests/{middle.pk}/").content.decode()
    assert f'href="/digests/{oldest.pk}/">上一周' in page
    assert f'href="/digests/{newest.pk}/">下一周' in page


def test_a_week_may_cross_two_months():
    assert WeeklyDigest(week=dt.date(2026, 6, 29)).period == "6月29日—7月5日"


def test_before_the_first_week_is_over_the_list_says_so(cast, enter):
    assert "还没有摘要" in enter(cast.leader).get("/digests/").content.decode()
