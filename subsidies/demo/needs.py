"""What holds for the elders of a demo township, and what they are enrolled in: as many as its reports say."""

import datetime as dt
from collections.abc import Mapping, Sequence

from eldercare.spells import Spells
from facilities.demo.days import dice
from subsidies.demo.population import Resident, nested_spells, some, spells
from subsidies.models import ElderTag, Enrolment, Programme

BEFORE = dt.date(2019, 6, 1)  # when what is there in the first month began
Figures = Mapping[str, Sequence[int]]  # of one township: metric → figure per month
Kind = ElderTag.Kind

# Tags that no figure of the reports names: part of the living, at which ages.
COMMON = (
    (Kind.LOW_INCOME_EDGE, 0.015, 60),
    (Kind.SEVERE_DISABILITY, 0.03, 60),
    (Kind.LIVING_ALONE, 0.05, 68),
    (Kind.EMPTY_NEST, 0.12, 62),
    (Kind.LEFT_BEHIND, 0.015, 62),
    (Kind.FAMILY_PLANNING, 0.004, 60),
    (Kind.VETERAN, 0.008, 62),
    (Kind.THREE_ELDERS, 0.002, 72),
)


def _without(held: Spells, other: Spells) -> Spells:
    """What is left of one spell outside of others within it."""
    first, until = held[0]
    left = []
    for begun, ended in other:
        if first < begun:
            left.append((first, begun))
        if ended is None:
            return Spells(left)
        first = ended
    if until is None or first < until:
        left.append((first, until))
    return Spells(left)


class Needs:
    """What holds for the people of one township, and what they are enrolled in."""

    def __init__(self, town, figures, months, today, tags, assessed, enrolments, wishes, adaptations) -> None:
        self.town, self.figures, self.months, self.today = town, figures, months, today
        self.tags, self.assessed, self.enrolments = tags, assessed, enrolments
        self.wishes, self.adaptations = wishes, adaptations
        self.dice = dice("needs", town.unit.code)
        self.programmes = {programme.kind: programme for programme in Programme.objects.order_by("-pk")}

    def find(self) -> None:
        first = self.months[0]
        lasting = [p for p in self.town.everybody if not (p.died_on or p.came_on) and p.age_in(first) >= 62]
        self.dice.shuffle(lasting)
        pool = iter(lasting)
        self._destitute(
            [next(pool) for _ in range(max(self.figures["destitute_wishing_central_care"]) * 2 + 8)]
        )
        self._subsidised([next(pool) for _ in range(max(self.figures["service_subsidy_recipients"]) * 2)])
        for kind, part, age in COMMON:
            for person in some(self.town.everybody, part, self.dice):
                self._tag(person, kind, Spells.since(self._when(person, age)))
        self._old_age()
        self._disabled()
        self._adapted([next(pool) for _ in range(len(lasting) // 12)])

    def _tag(self, person: Resident, kind: str, held: Spells, source: str = "入户核查") -> None:
        self.tags.setdefault((person.pk, str(kind)), (held, source))

    def _when(self, person: Resident, age: int) -> dt.date:
        """A day around the age given, not after today."""
        year = min(person.born_on.year + age + self.dice.randrange(6), self.today.year)
        return min(dt.date(year, self.dice.randint(1, 12), self.dice.randint(1, 28)), self.today)

    def _spell(self, begun: int, ended: int | None) -> Spells:
        start = BEFORE if begun == 0 else self.months[begun].replace(day=min(5, self._latest(begun)))
        return Spells.since(start, None if ended is None else self.months[ended].replace(day=2))

    def _latest(self, place: int) -> int:
        month = self.months[place]
        return self.today.day if (month.year, month.month) == (self.today.year, self.today.month) else 28

    def _destitute(self, pool: list[Resident]) -> None:
        wishing = self.figures["destitute_wishing_central_care"]
        in_care = self.figures["destitute_wishing_in_central_care"]
        for person, (begun, ended), cared in nested_spells(wishing, in_care, pool):
            held = self._spell(begun, ended)
            if central := Spells(spell for span in cared for spell in self._spell(*span)):
                self._tag(person, Kind.DESTITUTE_CENTRAL, central, "特困人员台账")
                self._tag(person, Kind.IN_CARE_HOME, central, "机构入住登记")
            if scattered := _without(held, central):
                self._tag(person, Kind.DESTITUTE_SCATTERED, scattered, "特困人员台账")
            self.wishes.append((person.pk, held))
            self._assess(person, self.dice.choices((0, 1, 2, 3, 4), (30, 25, 20, 15, 10))[0])
            self._enrol(Programme.Kind.DESTITUTE_CARE, person, begun, ended)

    def _subsidised(self, pool: list[Resident]) -> None:
        """Poor and dependent on help: what the demo's service subsidy asks for."""
        for person, begun, ended in spells(self.figures["service_subsidy_recipients"], pool):
            self._tag(person, Kind.LOW_INCOME, Spells.since(BEFORE), "低保台账")
            self._assess(person, self.dice.choices((1, 2, 3, 4), (40, 30, 20, 10))[0])
            self._enrol(Programme.Kind.SERVICE_SUBSIDY, person, begun, ended)

    def _assess(self, person: Resident, level: int) -> None:
        total = self.dice.randint(*((90, 90), (66, 89), (46, 65), (30, 45), (0, 29))[level])
        day = dt.date(2024, self.dice.randint(6, 9), self.dice.randint(1, 28))
        until = dt.date(2026 if day.month == 6 else 2027, 12 if day.month == 6 else day.month - 6, day.day)
        self.assessed.setdefault(
            person.pk,
            (
                person.pk,
                "gbt42195" if level else "three_levels",
                "regular",
                day,
                until,
                level,
                total if level else None,
                "周评估",
                "吴评估",
                "海盐县老年人能力评估中心（示例）",
            ),
        )

    def _old_age(self) -> None:
        for kind, age in ((Programme.Kind.OLD_AGE, 80), (Programme.Kind.CENTENARIAN, 100)):
            for person in self.town.everybody:
                index = (person.born_on.year + age) * 12 + person.born_on.month - 1
                month = dt.date(index // 12, index % 12 + 1, 1)
                if month > self.today or (person.died_on and person.died_on < month):
                    continue
                # A few have not applied: the portal finds them.
                if month >= self.months[-3] and self.dice.random() < 0.5:
                    continue
                self._enrol_from(kind, person, month)

    def _disabled(self) -> None:
        for person in self.town.everybody:
            if person.pk in self.assessed or person.died_on or self.dice.random() > 0.02:
                continue
            self._assess(person, self.dice.choices((2, 3, 4), (2, 2, 1))[0])
            if self.assessed[person.pk][5] >= 3:
                self._tag(person, Kind.DISABLED, Spells.since(BEFORE), "能力评估")
                self._tag(person, Kind.LOW_INCOME_EDGE, Spells.since(BEFORE), "低保边缘台账")
                self._enrol_from(Programme.Kind.DISABILITY_CARE, person, BEFORE)

    def _enrol(self, kind: str, person: Resident, begun: int, ended: int | None) -> None:
        day = BEFORE if begun == 0 else self.months[begun].replace(day=min(5, self._latest(begun)))
        programme = self.programmes.get(str(kind))
        if programme and programme.portal_from < self.months[begun]:
            day -= dt.timedelta(days=28)  # applied for in the month before the first that is paid
        self._add(kind, person, day, None if ended is None else self.months[ended], "not_eligible")

    def _enrol_from(self, kind: str, person: Resident, month: dt.date) -> None:
        stop = None
        if person.died_on and person.died_on < self.today.replace(day=1) - dt.timedelta(days=45):
            stop = (person.died_on.replace(day=1) + dt.timedelta(days=31)).replace(day=1)
        self._add(kind, person, max(month, dt.date(2015, 1, 1)), stop, "died")

    def _add(self, kind: str, person: Resident, day: dt.date, stop: dt.date | None, why: str) -> None:
        programme = self.programmes.get(str(kind))
        if programme is not None:
            state = Enrolment.State.ENDED if stop else Enrolment.State.RUNNING
            self.enrolments.append(
                (
                    programme.pk,
                    self.town.unit.pk,
                    person.pk,
                    state,
                    day,
                    day,
                    Spells(),
                    stop,
                    why if stop else "",
                )
            )

    def _adapted(self, pool: list[Resident]) -> None:
        """Homes adapted in each month, of those that need it."""
        done = self.figures.get("home_adaptations", [0] * len(self.months))
        needed = self.figures.get("home_adaptations_needed", [0] * len(self.months))
        homes = iter(pool)
        open_homes = max(0, max(needed) - sum(done))
        for place, number in enumerate(done):
            for _ in range(number):
                self._adaptation(next(homes), self.months[place].replace(day=min(20, self._latest(place))))
        for _ in range(open_homes):
            self._adaptation(next(homes), None)

    def _adaptation(self, person: Resident, day: dt.date | None) -> None:
        cost = self.dice.randrange(2800, 6200, 50)
        begun = (day or self.today) - dt.timedelta(days=70)
        row = (person.pk, self.town.unit.pk, f"{(day or self.today).year}年", "困难老年人", BEFORE)
        if day is None:
            self.adaptations.append((*row, None, None, "", "", None, "", None, None, "", None, None))
            return
        steps = (begun, begun + dt.timedelta(days=10), "改造评估员", "扶手、防滑、床边护栏、照明")
        works = (begun + dt.timedelta(days=20), "县适老化改造服务单位（示例）", begun + dt.timedelta(days=35))
        self.adaptations.append((*row, *steps, *works, day, "镇(街道)验收小组", cost, min(cost, 5000)))
