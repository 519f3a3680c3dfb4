"""The elders of a demo township: as many on the register at each month's end as its reports say.

Who is there in the first month is drawn by age; later each month brings those who turn 60 and takes those who die,
so many that the figures of those aged 60 and of those aged 80 come out exactly.
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from eldercare.identity import synthetic_id
from eldercare.models import OrgUnit
from facilities.demo.days import dice
from facilities.demo.names import MEN, SEQUENCES, SURNAMES, WOMEN

T = TypeVar("T")
OLDEST = 104
YOUNG_DECLINE, OLD_DECLINE = 0.93, 0.83  # of the number of people from one year of age to the next
ENTERING = 0.0045  # part of a township's elders who turn 60 in a month, at least


@dataclass(slots=True)
class Resident:
    """Somebody on the register. ``died_on`` None: alive."""

    unit: OrgUnit
    village: OrgUnit
    born_on: dt.date
    is_man: bool
    name: str
    id_number: str
    died_on: dt.date | None = None
    came_on: dt.date | None = None  # moved in; None: always here
    pk: int = 0

    def age_in(self, month: dt.date) -> int:
        return ((month.year - self.born_on.year) * 12 + month.month - self.born_on.month) // 12


class Numbers:
    """Identity numbers, each given once in the whole county."""

    def __init__(self) -> None:
        self.used: dict[dt.date, int] = {}

    def of(self, born_on: dt.date, is_man: bool) -> str:
        place = self.used[born_on] = self.used.get(born_on, -1) + 1
        sequence = SEQUENCES[(place * 7) % (len(SEQUENCES) - 7) + place // 120 % 7]
        return synthetic_id(born_on, sequence // 2 * 2 + is_man)


class Township:
    def __init__(
        self, unit: OrgUnit, villages: Sequence[OrgUnit], months: Sequence[dt.date], numbers: Numbers
    ) -> None:
        self.unit, self.villages, self.months, self.numbers = unit, villages, months, numbers
        self.dice = dice("population", unit.code)
        self.everybody: list[Resident] = []
        self.seen: set[str] = set()

    def live(self, aged_60: Sequence[int], aged_80: Sequence[int]) -> None:
        """Fill the register; the figures are those at the end of each of ``months``."""
        first = self.months[0]
        young = [
            self._arrive(first, age) for age in self._ages(60, 79, YOUNG_DECLINE, aged_60[0] - aged_80[0])
        ]
        old = [self._arrive(first, age) for age in self._ages(80, OLDEST, OLD_DECLINE, aged_80[0])]
        for place, month in enumerate(self.months[1:], 1):
            turned = [person for person in young if person.age_in(month) >= 80]
            young = [person for person in young if person.age_in(month) < 80]
            old += turned
            self._die(old, max(0, len(old) - aged_80[place]), month)
            while len(old) < aged_80[place]:
                old.append(self._arrive(month, self.dice.randint(81, 90)))
                old[-1].came_on = month
            wanted = aged_60[place] - aged_80[place]
            entering = max(int(aged_60[place] * ENTERING), wanted - len(young))
            young += [self._arrive(month, 60, months=0) for _ in range(entering)]
            self._die(young, len(young) - wanted, month)

    def _ages(self, first: int, last: int, decline: float, number: int) -> list[int]:
        ages = range(first, last + 1)
        return self.dice.choices(ages, [decline ** (age - first) for age in ages], k=number)

    def _arrive(self, month: dt.date, age: int, months: int | None = None) -> Resident:
        """Somebody of so many years at the end of the month; ``months``: since the birthday."""
        since = self.dice.randrange(12) if months is None else months
        index = month.year * 12 + month.month - 1 - age * 12 - since
        is_man = self.dice.random() < (0.48 if age < 80 else 0.41)
        while True:
            born_on = dt.date(index // 12, index % 12 + 1, self.dice.randint(1, 28))
            number = self.numbers.of(born_on, is_man)
            if number not in self.seen:
                break
        self.seen.add(number)
        given = MEN if is_man else WOMEN
        name = self.dice.choice(SURNAMES) + self.dice.choice(given) + self.dice.choice(given)
        person = Resident(self.unit, self.dice.choice(self.villages), born_on, is_man, name, number)
        self.everybody.append(person)
        return person

    def _die(self, people: list[Resident], number: int, month: dt.date) -> None:
        """The oldest of a few drawn dies each time, so that death comes with age."""
        for _ in range(number):
            drawn = [self.dice.randrange(len(people)) for _ in range(4)]
            place = min(drawn, key=lambda each: people[each].born_on)
            people[place].died_on = month.replace(day=self.dice.randint(1, 28))
            people[place] = people[-1]
            people.pop()


def spells(counts: Sequence[int], pool: Sequence[T]) -> Iterator[tuple[T, int, int | None]]:
    """Who holds something from which month (its place) to which, so that as many hold it in each as ``counts`` says."""
    waiting = iter(pool)
    holding: list[tuple[T, int]] = []
    for place, number in enumerate(counts):
        while len(holding) < number:
            holding.append((next(waiting), place))
        while len(holding) > number:
            person, begun = holding.pop(0)
            yield person, begun, place
    for person, begun in holding:
        yield person, begun, None


Span = tuple[int, int | None]


def nested_spells(
    outer: Sequence[int], inner: Sequence[int], pool: Sequence[T]
) -> list[tuple[T, Span, list[Span]]]:
    """The same for two figures of which one is part of the other: who, in which months, and in which of them both."""
    waiting = iter(pool)
    holding: list[tuple[T, int]] = []  # the last to come is the first to go
    both: dict[int, int] = {}  # place in the row → since when
    spans: dict[int, list[Span]] = {}
    done = []

    def end_both(level: int, place: int) -> None:
        if level in both:
            spans.setdefault(level, []).append((both.pop(level), place))

    for place, (number, part) in enumerate(zip(outer, inner, strict=True)):
        while len(holding) > number:
            level = len(holding) - 1
            end_both(level, place)
            person, begun = holding.pop()
            done.append((person, (begun, place), spans.pop(level, [])))
        while len(holding) < number:
            holding.append((next(waiting), place))
        for level in [level for level in both if level >= part]:
            end_both(level, place)
        for level in range(part):
            both.setdefault(level, place)
    for level, (person, begun) in enumerate(holding):
        still = [(both[level], None)] if level in both else []
        done.append((person, (begun, None), [*spans.get(level, []), *still]))
    return done


def some(people: Sequence[Resident], part: float, generator: random.Random) -> list[Resident]:
    return [person for person in people if generator.random() < part]
