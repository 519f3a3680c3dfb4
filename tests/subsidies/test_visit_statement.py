"""The statement that finds who is due says the same as the definition, for people made by chance."""

import datetime as dt
import random

import pytest

from eldercare.spells import Spells
from subsidies.models import DuePeriod, ElderTag, Service, Visit, VisitRule
from subsidies.rules.visits import AssessedLevel, Person, Rule, is_due, periods_of_month
from tests.subsidies.factories import make_assessment, make_elder, make_tag

SEEDS = (1, 2, 3)
MONTHS = (dt.date(2026, 2, 1), dt.date(2026, 3, 1), dt.date(2026, 5, 1), dt.date(2026, 11, 1))
FIRST, LAST = dt.date(2025, 11, 1), dt.date(2026, 12, 31)
KINDS = (
    "living_alone",
    "empty_nest",
    "disabled",
    "destitute_scattered",
    "in_hospital",
    "away",
    "in_care_home",
)


class Chance:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - a test's dice

    def day(self) -> dt.date:
        return FIRST + dt.timedelta(days=self.dice.randrange((LAST - FIRST).days))

    def spells(self) -> Spells:
        days = sorted({self.day() for _ in range(self.dice.choice((1, 2, 2, 3, 4)))})
        return Spells(
            (first, days[n + 1] if n + 1 < len(days) else None) for n, first in enumerate(days) if n % 2 == 0
        )

    def maybe(self, share: float) -> bool:
        return self.dice.random() < share


@pytest.fixture(params=SEEDS)
def county(request, cast) -> Chance:
    """Rules, sixty people in two townships, and their visits."""
    chance = Chance(request.param)
    categories = (*KINDS[:4], "assessed_disabled", "aged_80", "aged_90")
    for _ in range(16):
        VisitRule.objects.get_or_create(
            org_unit=cast.county if chance.maybe(0.9) else cast.neighbour,
            category=chance.dice.choice(categories),
            service=chance.dice.choice([*Service.values, "visit", "visit"]),
            effective_from=chance.dice.choice((dt.date(2020, 1, 1), dt.date(2026, 2, 15))),
            defaults={
                "frequency": chance.dice.choice(VisitRule.Frequency.values),
                "effective_to": chance.dice.choice((None, None, dt.date(2026, 5, 10))),
            },
        )
    for number in range(60):
        lives = chance.dice.choice((cast.township, cast.township, cast.other_township, None))
        elder = make_elder(
            chance.dice.choice((cast.township, cast.other_township)),
            f"老人{number}",
            born=dt.date(
                chance.dice.randint(1930, 1960), chance.dice.randint(1, 12), chance.dice.randint(1, 28)
            ),
            residence_unit=lives,
            resident=Spells.since(FIRST) if chance.maybe(0.7) else chance.spells(),
            died_on=chance.day() if chance.maybe(0.2) else None,
        )
        for kind in chance.dice.sample(KINDS, chance.dice.randint(0, 4)):
            ElderTag.objects.create(elder=elder, kind=kind, held=chance.spells())
        for _ in range(chance.dice.randint(0, 3)):
            on = chance.day()
            until = on + dt.timedelta(days=chance.dice.randrange(120)) if chance.maybe(0.5) else None
            if not elder.assessments.filter(assessed_on=on).exists():
                make_assessment(elder, chance.dice.choice((0, 1, 2, 4, None)), on, valid_until=until)
        for on in {chance.day() for _ in range(30)}:
            Visit.objects.create(
                elder=elder,
                org_unit=elder.org_unit,
                visited_on=on,
                service=chance.dice.choice(Service.values),
                result=chance.dice.choice(Visit.Result.values),
            )
    return chance


def rules_of(unit) -> list[Rule]:
    found = VisitRule.objects.filter(org_unit=unit).values_list(
        "category", "service", "frequency", "effective_from", "effective_to"
    )
    return [Rule(*each) for each in found]


def person_of(elder) -> Person:
    return Person(
        born_on=elder.born_on,
        died_on=elder.died_on,
        resident=elder.resident,
        tags={tag.kind: tag.held for tag in elder.tags.all()},
        assessments=[
            AssessedLevel(each.assessed_on, each.valid_until, each.level, each.pk)
            for each in elder.assessments.all()
        ],
        is_merged=elder.merged_into_id is not None,
    )


def expected(elders, rules, periods) -> set[tuple]:
    """(person, unit, service, period, last good visit) for all that are due, by the definition."""
    found = set()
    for elder in elders:
        if elder.residence_unit_id is None:
            continue
        person = person_of(elder)
        visits = [each for each in elder.visits.all() if each.result != "not_met"]
        for period in periods:
            for service in Service.values:
                if is_due(rules, service, person, period, absent=("in_care_home", "in_hospital", "away")):
                    days = [
                        each.visited_on
                        for each in visits
                        if each.service == service and period.first <= each.visited_on <= period.last
                    ]
                    found.add(
                        (elder.pk, elder.residence_unit_id, service, *period, max(days) if days else None)
                    )
    return found


COLUMNS = ("elder_id", "unit_id", "service", "frequency", "first_day", "last_day", "done_on")


def test_the_statement_finds_who_is_due_and_what_was_done(county, cast):
    elders = list(type(make_elder(cast.township)).objects.prefetch_related("tags", "assessments", "visits"))
    rules = rules_of(cast.county)
    seen = 0
    for month in MONTHS:
        periods = periods_of_month(month)
        found = list(DuePeriod.objects.of(periods).values_list(*COLUMNS))
        wanted = expected(elders, rules, periods)
        assert len(found) == len(set(found))
        assert set(found) == wanted
        seen += len(wanted)
    assert seen > 100


def test_a_merged_record_is_not_due(cast):
    VisitRule.objects.create(
        org_unit=cast.county, category="living_alone", frequency="week", effective_from=FIRST
    )
    kept, dropped = (make_elder(cast.township, tags=["living_alone"]) for _ in range(2))
    dropped.merged_into = kept
    dropped.save()
    periods = periods_of_month(MONTHS[0])
    assert {row.elder for row in DuePeriod.objects.of(periods)} == {kept}


def test_a_township_sees_those_who_live_there(cast, django_assert_num_queries):
    VisitRule.objects.create(
        org_unit=cast.county, category="living_alone", frequency="month", effective_from=FIRST
    )
    here = make_elder(cast.other_township, residence_unit=cast.township)
    there = make_elder(cast.township, residence_unit=cast.other_township)
    for elder in (here, there):
        make_tag(elder, "living_alone")
    due = DuePeriod.objects.of(periods_of_month(MONTHS[0]))
    seen = {
        name: {row.elder_id for row in due.visible_to(getattr(cast, name))}
        for name in ("township_clerk", "other_township_clerk", "county_clerk")
    }
    assert seen == {
        "township_clerk": {here.pk},
        "other_township_clerk": {there.pk},
        "county_clerk": {here.pk, there.pk},
    }
    with django_assert_num_queries(1):
        assert due.select_related("elder", "unit").get(elder=here).elder.name == here.name
    assert due.filter(unit=cast.township).count() == due.exclude(unit=cast.township).count() == 1
