"""Days for what happens in a month: opening first, then qualifications; none after the day of seeding."""

import datetime as dt
import random
from collections.abc import Sequence

SEED = 330424


def dice(*key: object) -> random.Random:
    """A generator of its own for each matter, so that more of one does not move the others."""
    return random.Random(f"ledgers:{SEED}:{key}")  # noqa: S311 - invented rows, nothing secret


def day_between(first: dt.date, last: dt.date, generator: random.Random) -> dt.date:
    return first + dt.timedelta(days=generator.randint(0, max((last - first).days, 0)))


class Months:
    """The months of the demo, counted from 0. What is there in month 0 began long before."""

    def __init__(self, months: Sequence[dt.date], today: dt.date) -> None:
        self.months, self.today = list(months), today
        self.end = (self.months[-1].replace(day=28) + dt.timedelta(days=4)).replace(day=1)

    def __len__(self) -> int:
        return len(self.months)

    def __getitem__(self, index: int) -> dt.date:
        return self.months[index]

    def early(self, index: int, *key: object) -> dt.date:
        """A day for things and people to come: before every ``late`` one of the month, or the same."""
        return self._pick(index, 1, 12, key)

    def late(self, index: int, *key: object) -> dt.date:
        """A day for what can only happen to those who are there."""
        return self._pick(index, 13, 27, key)

    def _pick(self, index: int, low: int, high: int, key: tuple) -> dt.date:
        month = self.months[index]
        latest = self.today.day if month == self.today.replace(day=1) else 31
        return month.replace(day=min(dice("day", month, low, *key).randint(low, high), latest))

    def in_service(self, index: int, first: int, last: int) -> tuple[dt.date, dt.date]:
        month = self.months[index]
        return month.replace(day=first), month.replace(day=last)
