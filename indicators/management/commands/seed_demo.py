"""``manage.py seed_demo``: the demo county, into a database without reports."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from eldercare.demo import is_demo_database
from eldercare.digest import Week, last_week, make_digests
from eldercare.digest_models import WeeklyDigest
from indicators.demo.people import write_people
from indicators.demo.seeding import CannotSeed, add_ledgers, seed
from indicators.rules.months import MonthError, parse_month

DIGESTS = 4  # weeks


class Command(BaseCommand):
    help = (
        "Write the demo county (invented figures) into a database that has no reports yet; its ledgers too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--through", metavar="YYYY-MM", help="last month to write; default: the current one"
        )
        parser.add_argument(
            "--people",
            action="store_true",
            help="instead, the register of elders with two years of payments, where the rest is there (a minute or two)",
        )

    def handle(self, *args: Any, through: str | None, people: bool, **options: Any) -> None:
        if people:
            self._write_people(through)
            return
        try:
            counts = seed(
                through=parse_month(through) if through else None,
                with_ledgers=True,
                with_places=True,
                with_papers=True,
            )
        except MonthError as error:
            raise CommandError(str(error)) from error
        except CannotSeed as reason:
            if is_demo_database():  # a second run is not a mistake
                self.stdout.write(str(reason))
                if counts := add_ledgers():
                    self.stdout.write(f"已补写台账：{_listed(counts)}。")
                return
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"已写入演示数据：{_listed(counts)}。")

    def _write_people(self, through: str | None) -> None:
        if not is_demo_database():
            raise CommandError("这里没有演示数据，不写入演示的老年人档案。")
        today = timezone.localdate()
        counts = write_people(parse_month(through) if through else today.replace(day=1), today)
        counts["每周摘要"] = _write_digests(today)
        self.stdout.write(f"已写入演示的老年人和补贴：{_listed(counts)}。")


def _write_digests(today: dt.date) -> int:
    """Of the last weeks, now that everything is there that they tell of; the portal may have begun without it."""
    WeeklyDigest.objects.all().delete()
    newest = last_week(today).first
    weeks = [Week(newest - dt.timedelta(weeks=back)) for back in range(DIGESTS)]
    return sum(make_digests(week) for week in weeks)


def _listed(counts: dict[str, int]) -> str:
    return ",".join(f"{name} {count}" for name, count in counts.items())
