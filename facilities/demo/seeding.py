"""Writing the ledgers of the demo county: a few large inserts in one transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from django.db import models, transaction

from eldercare.identity import name_key
from eldercare.models import OrgUnit
from facilities.demo.buildings import Town, Wanted
from facilities.demo.days import Months
from facilities.demo.names import People, phone
from facilities.demo.residents import House
from facilities.demo.sites import expand_ratings
from facilities.demo.staff import Team
from facilities.models import (
    Bed,
    Caregiver,
    Certificate,
    Employment,
    Facility,
    FacilityRating,
    FacilityVillage,
    Stay,
    Training,
    WaitingEntry,
)

BATCH = 2000


@transaction.atomic
def seed_ledgers(
    wanted: Mapping[str, Wanted], months: Sequence[dt.date], *, today: dt.date
) -> dict[str, int]:
    """Write ledgers that count to ``wanted`` at the end of each of ``months``: unit code → metric → figures.

    Nothing begins after ``today``. Writes nothing, and returns nothing, when there are facilities already.
    """
    if Facility.objects.exists():
        return {}
    numbers = count(1)
    workers = People("workers", 1966, 1993, women=0.8)
    elders = People("elders", 1928, 1956, women=0.58)
    built, teams, houses = [], [], []
    for unit, villages, figures in _towns(wanted):
        town = Town(unit, villages, figures, Months(months, today), lambda: next(numbers))
        town.grow()
        built.append(town)
        team = Team(town, workers, lambda: next(numbers))
        team.work()
        teams.append(team)
        house = House(town, elders, lambda: next(numbers))
        house.fill()
        houses.append(house)
    return _write(built, teams, houses)


def _towns(wanted: Mapping[str, Wanted]) -> list[tuple[OrgUnit, list[OrgUnit], Wanted]]:
    villages: dict[int, list[OrgUnit]] = {}
    for village in OrgUnit.objects.filter(level=OrgUnit.Level.VILLAGE).order_by("code"):
        villages.setdefault(village.parent_id, []).append(village)
    units = OrgUnit.objects.filter(code__in=wanted).order_by("code")
    return [(unit, villages[unit.pk], wanted[unit.code]) for unit in units]


def _write(towns: list[Town], teams: list[Team], houses: list[House]) -> dict[str, int]:
    facilities = [facility for town in towns for facility in town.facilities]
    _save(Facility, [*facilities, *_of_the_county(towns[0].unit.parent)])
    coverage = [row for town in towns for rows in town.coverage.values() for row in rows]
    _save(FacilityVillage, coverage)
    ratings = [
        row
        for town in towns
        for facility in town.facilities
        for row in expand_ratings(facility, town.ratings.get(id(facility), ()), town.months.end)
    ]
    _save(FacilityRating, ratings)
    beds = [bed for town in towns for bed in _beds(town)] + [bed for house in houses for bed in house.spare]
    _save(Bed, beds)
    stays = [stay for house in houses for stay in house.stays]
    _save(Stay, stays)
    _save(WaitingEntry, [entry for house in houses for entry in house.waiting])
    people = [person for team in teams for person in team.persons]
    _save(Caregiver, people)
    _save(Employment, [post for team in teams for post in team.posts])
    _save(Certificate, [each for team in teams for each in team.certificates])
    _save(Training, [each for team in teams for each in team.trainings])
    return {"设施": len(facilities), "床位": len(beds), "入住": len(stays), "从业人员": len(people)}


def _save(model: type[models.Model], rows: list[Any]) -> None:
    model.objects.bulk_create(rows, batch_size=BATCH)


def _beds(town: Town) -> list[Bed]:
    wards = [site.ward for site in (*town.homes, *town.centers)]
    if town.family:
        wards.append(town.family)
    return [bed for ward in wards for bed in ward.all]


def _of_the_county(county: OrgUnit) -> list[Facility]:
    """What the county runs for all: its union of health and care, and the platform of aids."""
    Kind, Operation, Sponsor = Facility.Kind, Facility.Operation, Facility.Sponsor
    places = (
        (f"{county.name}康养联合体", Kind.HEALTH_CARE_UNION, dt.date(2020, 6, 18)),
        (f"{county.name}康复辅具展示租赁平台", Kind.DEVICE_PLATFORM, dt.date(2023, 8, 18)),
    )
    return [
        Facility(
            org_unit=county,
            name=name,
            name_key=name_key(name),
            kind=kind,
            operation=Operation.PUBLIC,
            sponsor=Sponsor.COUNTY,
            opened_on=opened,
            phone=phone(90_000 + place),
        )
        for place, (name, kind, opened) in enumerate(places)
    ]
