"""Who lives in the beds, who waits for one, and which beds were closed for repairs."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from eldercare.spells import Spells
from facilities.demo import plan
from facilities.demo.buildings import Town
from facilities.demo.days import day_between, dice
from facilities.demo.names import People, Person, phone
from facilities.demo.sites import Site
from facilities.models import Bed, Stay, WaitingEntry

Outcome = Stay.Outcome
ENDINGS = (Outcome.DIED, Outcome.HOME, Outcome.DIED, Outcome.HOSPITAL, Outcome.OTHER_FACILITY, Outcome.HOME)
REASONS = ("disabled", "alone", "dementia", "age", "disabled", "destitute")
WAITED = ("admitted", "elsewhere", "withdrawn", "admitted", "died")
LONG_AGO = dt.date(2016, 1, 1)
ONE_DAY = dt.timedelta(days=1)


@dataclass
class House:
    """The residents of one township."""

    town: Town
    people: People
    numbers: Callable[[], int]
    stays: list[Stay] = field(default_factory=list)
    waiting: list[WaitingEntry] = field(default_factory=list)
    spare: list[Bed] = field(default_factory=list)  # beds out of service ever since, never counted

    def fill(self) -> None:
        self.dice = dice("residents", self.town.unit.code)
        self.today = min(self.town.months.today, self.town.months.end - ONE_DAY)
        self.former = {id(new): old for old, new in self.town.moved}
        self.empty: list[Bed] = []
        for site in self.town.homes:
            self._fill_home(site)
        self._respite()
        self._repairs()
        self._wait()

    # --- Stays ----------------------------------------------------------------------------------------------

    def _fill_home(self, site: Site) -> None:
        share = plan.OCCUPANCY[self.town.unit.code]
        if share < 90:
            share += self.dice.randint(-4, 4)
        beds = list(site.ward.beds)
        self.dice.shuffle(beds)
        taken = round(len(beds) * share / 100)
        for bed in beds[:taken]:
            self._occupy(bed)
        for bed in beds[taken:]:
            if self.dice.random() < 0.4:
                self._past(bed, self._since(bed), self.today - dt.timedelta(days=self.dice.randint(5, 400)))
            else:
                self.empty.append(bed)

    def _since(self, bed: Bed) -> dt.date:
        return self.former.get(id(bed), bed).in_use_from

    def _occupy(self, bed: Bed) -> None:
        """Half have been there since before the plan; one bed in four had somebody else before."""
        first = max(self._since(bed), LONG_AGO)
        if self.dice.random() < 0.5 and first < dt.date(2020, 11, 1):
            moved_in = day_between(first, dt.date(2020, 11, 30), self.dice)
        else:
            moved_in = day_between(first, self.today, self.dice)
        self._stay(bed, self.people.draw(), moved_in, None)
        if self.dice.random() < 0.25:
            self._past(bed, first, moved_in - dt.timedelta(days=self.dice.randint(3, 90)))

    def _past(self, bed: Bed, first: dt.date, until: dt.date) -> None:
        first = max(first, LONG_AGO)
        if (until - first).days > 120:
            moved_in = day_between(first, until - dt.timedelta(days=90), self.dice)
            self._stay(bed, self.people.draw(), moved_in, until)

    def _stay(self, bed: Bed, person: Person, first: dt.date, until: dt.date | None) -> None:
        """In a home that changed hands, part of it in the bed of the old facility."""
        old, change = self.former.get(id(bed)), bed.in_use_from
        if old is not None and first < change:
            if until is not None and until <= change:
                self._write(old, person, first, until)
                return
            self._write(old, person, first, change, Outcome.OTHER_BED)
            first = change
        self._write(bed, person, first, until)

    def _write(
        self,
        bed: Bed,
        person: Person,
        first: dt.date,
        until: dt.date | None,
        outcome: str = "",
        **more: object,
    ) -> Stay:
        stay = Stay(
            bed=bed,
            name=person.name,
            id_number=person.id_number,
            moved_in_on=first,
            moved_out_on=until,
            **more,
        )
        stay.outcome = "" if until is None else outcome or self.dice.choice(ENDINGS)
        self.stays.append(stay)
        return stay

    def _respite(self) -> None:
        """Short stays of two to four weeks in beds that nobody else has had."""
        for bed in self.empty[:8]:
            first = max(self.today - dt.timedelta(days=self.dice.randint(60, 700)), bed.in_use_from)
            self._write(
                bed, self.people.draw(), first, first + dt.timedelta(days=self.dice.randint(10, 28)),
                Outcome.HOME, is_respite=True,
            )  # fmt: skip
        for bed in self.empty[8:10]:
            first = max(self.today - dt.timedelta(days=self.dice.randint(0, 14)), bed.in_use_from)
            self._write(bed, self.people.draw(), first, None, is_respite=True)

    # --- Beds out of service --------------------------------------------------------------------------------

    def _repairs(self) -> None:
        """Repairs within a month, over before it ends; and two beds per township that are not back yet."""
        months = self.town.months
        for bed in self.empty[10:18]:
            month = self.dice.randrange(max(len(months) - 1, 1))
            first, until = months.in_service(month, 4, 22)
            if bed.in_use_from < first and until < self.today:
                bed.out_of_service = Spells.since(first, until)
                bed.note = "房间维修"
        home = self.town.homes[0]
        month = max(len(months) - 9, 0)
        first, since = months.in_service(month, 2, 9)
        if since >= self.today:
            return
        for number in (1, 2):
            bed = Bed(facility=home.facility, room="备用101", number=str(number), in_use_from=first)
            bed.out_of_service, bed.note = Spells.since(since), "新增房间待整改，暂停使用"
            self.spare.append(bed)

    # --- Waiting --------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        homes = sorted(self.town.homes, key=lambda site: -len(site.ward))[:2]
        places = {id(site): 0 for site in homes}
        for number in range(plan.WAITING.get(self.town.unit.code, 0)):
            site = homes[number % len(homes)]
            places[id(site)] += 1
            asked = self.today - dt.timedelta(days=200 - 11 * number)
            self._entry(site, places[id(site)], asked)
        for site, outcome, position in self._closed(homes):
            asked = self.today - dt.timedelta(days=self.dice.randint(260, 900))
            entry = self._entry(site, position, asked)
            entry.outcome = outcome
            entry.closed_on = asked + dt.timedelta(days=self.dice.randint(20, 180))
            if outcome == "admitted":
                self._admit(site, entry)

    def _closed(self, homes: list[Site]) -> Iterator[tuple[Site, str, int]]:
        count = 5 if self.town.unit.code in plan.WAITING else 2
        for number in range(count):
            yield homes[number % len(homes)], WAITED[number], number + 1

    def _entry(self, site: Site, position: int, asked: dt.date) -> WaitingEntry:
        person = self.people.draw()
        entry = WaitingEntry(
            facility=site.facility,
            name=person.name,
            id_number=person.id_number,
            phone=phone(self.numbers()),
            asked_on=max(asked, site.facility.opened_on),
            position=position,
            reason=REASONS[(position + len(self.waiting)) % len(REASONS)],
        )
        self.waiting.append(entry)
        return entry

    def _admit(self, site: Site, entry: WaitingEntry) -> None:
        """The stay of this person is one of the home's: take it over."""
        taken = {id(each.stay) for each in self.waiting if each.stay}
        stay = next(
            (
                stay
                for stay in self.stays
                if stay.bed.facility is site.facility
                and stay.moved_out_on is None
                and not stay.is_respite
                and id(stay) not in taken
                and stay.moved_in_on > site.facility.opened_on + dt.timedelta(days=400)
            ),
            None,
        )
        if stay is None:
            entry.outcome = "elsewhere"
            return
        entry.name, entry.id_number, entry.stay = stay.name, stay.id_number, stay
        entry.closed_on = stay.moved_in_on
        entry.asked_on = stay.moved_in_on - dt.timedelta(days=self.dice.randint(20, 120))
