"""The weekly digest: each app adds a provider, as with the to-do list, and the task that makes digests imports no app.

    from eldercare import digest

    @digest.register
    def reports(unit, week) -> list[digest.Line]: ...

A provider is asked once per unit and week, after the week is over: a few queries, and nothing about single persons.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from eldercare.digest_models import WeeklyDigest
from eldercare.models import OrgUnit, User
from eldercare.permissions import Permission

logger = logging.getLogger(__name__)

COMING = "本周要办"
SECTIONS = ("月报", "规划指标", "重点任务", "更正与公文", "台账", "补贴与探访", COMING)
DAYS = 7


@dataclass(frozen=True)
class Week:
    """The seven days that a digest tells of, from Monday to Sunday; what is coming is the week after."""

    first: dt.date

    @property
    def last(self) -> dt.date:
        return self.first + dt.timedelta(days=DAYS - 1)

    @property
    def before(self) -> dt.date:
        return self.first - dt.timedelta(days=1)

    @property
    def coming(self) -> tuple[dt.date, dt.date]:
        return self.first + dt.timedelta(days=DAYS), self.last + dt.timedelta(days=DAYS)

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """For ``…__gte`` and ``…__lt``."""
        return _midnight(self.first), _midnight(self.first + dt.timedelta(days=DAYS))

    def holds(self, field: str) -> dict[str, dt.datetime]:
        """The look-up of a moment in the week: ``filter(**week.holds("submitted_at"))``."""
        begin, end = self.moments
        return {f"{field}__gte": begin, f"{field}__lt": end}


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def last_week(today: dt.date) -> Week:
    """The newest week that is over."""
    return Week(today - dt.timedelta(days=today.weekday() + DAYS))


@dataclass(frozen=True)
class Line:
    """One sentence; ``tone`` is a colour of the to-do list where it is good or bad news."""

    section: str
    text: str
    permission: Permission
    link: str = ""
    tone: str = ""


Provider = Callable[[OrgUnit, Week], list[Line]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Add a provider; usable as a decorator."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def lines_of(unit: OrgUnit, week: Week) -> list[Line]:
    found = [line for provider in _providers for line in provider(unit, week)]
    return sorted(found, key=lambda line: SECTIONS.index(line.section))


def make_digests(week: Week, units: Iterable[OrgUnit] | None = None) -> int:
    """Make what is missing of a week, for the units that somebody signs in for; how many were made.

    Safe twice and at once: the second finds the first's row. Each unit is a transaction of its own, so a task that is
    ended half way has done what it has done, and the next goes on.
    """
    wanted = units if units is not None else _units_with_accounts()
    known = set(WeeklyDigest.objects.filter(week=week.first).values_list("org_unit_id", flat=True))
    made = 0
    for unit in wanted:
        if unit.pk in known:
            continue
        made += _make(unit, week)
    return made


def _make(unit: OrgUnit, week: Week) -> bool:
    """One digest; what goes wrong with it must not keep the other units waiting. It is tried again later."""
    try:
        lines = [asdict(line) for line in lines_of(unit, week)]
        with transaction.atomic():
            WeeklyDigest.objects.create(org_unit=unit, week=week.first, lines=lines)
    except IntegrityError:  # somebody else has just made it
        return False
    except Exception:
        logger.exception("The digest of %s for the week of %s could not be made.", unit.code, week.first)
        return False
    return True


def _units_with_accounts() -> Iterable[OrgUnit]:
    accounts = User.objects.filter(is_active=True, org_unit__isnull=False).values("org_unit")
    return OrgUnit.objects.filter(pk__in=accounts).select_related("parent").order_by("path")


@dataclass(frozen=True)
class Section:
    title: str
    lines: list[Line]


def sections_for(user: User, digest: WeeklyDigest) -> list[Section]:
    """The digest as this person may read it."""
    lines = [Line(**{**line, "permission": Permission(line["permission"])}) for line in digest.lines]
    seen = [line for line in lines if user.may(line.permission)]
    sections = [Section(title, [line for line in seen if line.section == title]) for title in SECTIONS]
    return [section for section in sections if section.lines]
