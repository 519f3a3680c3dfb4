"""Fixtures for every test. The servers and processes that tests run against are in tests/plugins.py.

``cast`` is the fixed cast: one person per role, a clerk of another township, and an administrator of another
county. ``enter(user)`` gives a browser in which that person has signed in.
"""

import datetime as dt
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as property_settings

from eldercare import ledger_metrics, remembered
from eldercare.models import OrgUnit, User
from eldercare.permissions import Role
from indicators.metrics import registers
from tests.template_database import prepared_template

pytest_plugins = ["tests.plugins", "tests.numbering"]

PASSWORD = "Haiyan-Portal-42"
LEAVING = 20  # seconds that a process which was ended may take to leave the test database
SINCE = dt.date(2000, 1, 1)

# Property tests try the same examples in every run: what nobody changed does not fail, and a busy machine is no
# defect. `--hypothesis-profile=explore` looks for others; what it finds becomes an @example.
_ALWAYS = {
    "deadline": None,
    "suppress_health_check": (
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ),
}
property_settings.register_profile("suite", derandomize=True, database=None, **_ALWAYS)
property_settings.register_profile("explore", derandomize=False, **_ALWAYS)
property_settings.load_profile("suite")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker) -> None:
    """The test database is a copy of one that holds all migrations already."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = prepared_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database; dropped when every session of a process that was ended has left it."""
    yield
    others = """SELECT pid FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        deadline = time.monotonic() + LEAVING
        while True:
            cursor.execute(others)
            left = [pid for (pid,) in cursor.fetchall()]
            if not left:
                break
            if time.monotonic() > deadline:
                cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", [left])
                break
            time.sleep(0.1)


@dataclass
class Cast:
    """A county like Haiyan with two townships, their villages and a department, its people, and a county next door."""

    county: OrgUnit
    township: OrgUnit
    other_township: OrgUnit
    village: OrgUnit
    other_village: OrgUnit
    neighbour: OrgUnit
    department: OrgUnit
    township_clerk: User
    other_township_clerk: User
    county_clerk: User
    county_reviewer: User
    leader: User
    administrator: User
    auditor: User
    department_clerk: User
    neighbour_administrator: User

    @property
    def everybody(self) -> dict[str, User]:
        """Who has an account in the county, by the name used in tables of tests."""
        names = (
            "township_clerk",
            "other_township_clerk",
            "county_clerk",
            "county_reviewer",
            "leader",
            "administrator",
            "auditor",
            "department_clerk",
        )
        return {name: getattr(self, name) for name in names}


def make_unit(code: str, name: str, level: OrgUnit.Level, parent: OrgUnit | None = None) -> OrgUnit:
    path = f"{parent.path if parent else '/'}{code}/"
    return OrgUnit.objects.create(
        code=code, name=name, level=level, parent=parent, path=path, valid_from=SINCE
    )


def forget_definitions() -> None:
    ledger_metrics.defined.hold(())
    registers.names.hold({})


forget_definitions()  # before tests are collected: some take what the ledgers count as their parameters


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch) -> None:
    """Definitions of an earlier test are forgotten, and are read when a test makes some: statements are counted."""
    monkeypatch.setattr(remembered, "FRESH_FOR", math.inf)
    forget_definitions()


@pytest.fixture(scope="session", autouse=True)
def static_root() -> None:
    """WhiteNoise warns when the folder of `collectstatic` is missing, and warnings are errors here.

    It also looks at every static file when it is made, which is once for each browser of a test; here it looks
    for a file when that is asked for.
    """
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def password_hash() -> str:
    return make_password(PASSWORD)


PersonMaker = Callable[..., User]


def person_maker(password_hash: str) -> PersonMaker:
    def make(username: str, full_name: str, role: str, org_unit: OrgUnit, **fields) -> User:
        defaults = {"must_change_password": False, "password": password_hash}
        return User.objects.create(
            username=username, full_name=full_name, role=role, org_unit=org_unit, **(defaults | fields)
        )

    return make


@pytest.fixture
def make_person(db, password_hash) -> PersonMaker:
    """Make an account that has signed in before and has changed its initial password."""
    return person_maker(password_hash)


@pytest.fixture
def cast(make_person) -> Cast:
    return make_cast(make_person)


def make_cast(make_person: PersonMaker) -> Cast:
    level = OrgUnit.Level
    county = make_unit("330424", "海盐县", level.COUNTY)
    township = make_unit("330424101", "沈荡镇", level.TOWNSHIP, county)
    other_township = make_unit("330424102", "百步镇", level.TOWNSHIP, county)
    neighbour = make_unit("330402", "南湖区", level.COUNTY)
    department = make_unit("330424D01", "县卫生健康局", level.DEPARTMENT, county)
    return Cast(
        county=county,
        township=township,
        other_township=other_township,
        village=make_unit("330424101201", "中钱村", level.VILLAGE, township),
        other_village=make_unit("330424102201", "百联村", level.VILLAGE, other_township),
        neighbour=neighbour,
        department=department,
        township_clerk=make_person("shendang", "顾云舟", Role.TOWNSHIP_CLERK, township),
        other_township_clerk=make_person("baibu", "朱若溪", Role.TOWNSHIP_CLERK, other_township),
        county_clerk=make_person("xianji", "张映雪", Role.COUNTY_CLERK, county),
        county_reviewer=make_person("shenhe", "李怀谷", Role.COUNTY_REVIEWER, county),
        leader=make_person("lingdao", "王守拙", Role.LEADER, county),
        administrator=make_person("guanli", "马行简", Role.ADMINISTRATOR, county),
        auditor=make_person("shenji", "冯鉴清", Role.AUDITOR, county),
        department_clerk=make_person("weijian", "何静远", Role.DEPARTMENT_CLERK, department),
        neighbour_administrator=make_person("nanhu", "宋遥知", Role.ADMINISTRATOR, neighbour),
    )


def signed_in(user: User, **options) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


@pytest.fixture
def enter() -> Callable[..., Client]:
    """``enter(user)`` is a browser with that person signed in; tests of sign-in itself use the form."""
    return signed_in


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A transaction around all tests of a module: what its fixtures write is there for each of them.

    What a test writes is undone after it, as always. Not for modules with transactional tests.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
