"""The register of the demo county: elders, what holds for them, assessments, accounts, enrolments, adaptations."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import transaction

from eldercare.identity import name_key
from eldercare.models import OrgUnit
from eldercare.spells import Spells
from facilities.demo.days import dice
from facilities.demo.names import phone
from facilities.models import Employment
from subsidies.demo.needs import BEFORE, Figures, Needs
from subsidies.demo.population import Numbers, Resident, Township, spells
from subsidies.demo.writing import copy, next_numbers
from subsidies.models import (
    Adaptation,
    Assessment,
    Certification,
    Elder,
    ElderChange,
    ElderTag,
    Enrolment,
    Payee,
    Programme,
)

LONG_AGO = dt.date(1990, 1, 1)
BANKS = ("海盐农村商业银行", "工商银行海盐支行", "农业银行海盐支行", "邮储银行海盐支行")


@transaction.atomic
def seed_register(
    wanted: Mapping[str, Figures], posts: Sequence[int], months: Sequence[dt.date], *, today: dt.date
) -> dict[str, int]:
    """Elders and enrolments that count to ``wanted`` at each month's end: unit code → metric → figures.
    ``posts``: how many members of staff have the post allowance in each month.

    Writes nothing, and returns nothing, when there are elders already.
    """
    if Elder.objects.exists():
        return {}
    numbers = Numbers()
    towns = []
    for unit in OrgUnit.objects.filter(code__in=wanted).order_by("code"):
        villages = list(OrgUnit.objects.filter(parent=unit).order_by("code"))
        town = Township(unit, villages, months, numbers)
        figures = wanted[unit.code]
        town.live(figures["registered_elders_60"], figures["registered_elders_80"])
        towns.append((town, figures))
    people = [person for town, _ in towns for person in town.everybody]
    _forget_the_future(people, today)
    first = next_numbers(Elder, len(people))
    for place, person in enumerate(people):
        person.pk = first + place
    written = {"老年人": _write_elders(people, [town.unit for town, _ in towns])}
    deaths = (
        (person.pk, "died", person.died_on, person.died_on, "village") for person in people if person.died_on
    )
    copy(ElderChange, ("elder_id", "kind", "happened_on", "known_on", "source"), deaths)
    return written | _write_rest(towns, posts, months, today)


def _forget_the_future(people: list[Resident], today: dt.date) -> None:
    """Whoever would die later this month dies today: nothing happens tomorrow, and the month counts right."""
    for person in people:
        if person.died_on and person.died_on > today:
            person.died_on = today


def _write_elders(people: list[Resident], units: list[OrgUnit]) -> int:
    generator = dice("homes")
    rows = []
    for place, person in enumerate(people):
        chance = generator.random()
        home: OrgUnit | None = person.unit
        if chance < 0.05:
            home = None  # lives outside the county
        elif chance < 0.09:
            home = generator.choice(units)
        village = person.village if home is person.unit else None
        here = Spells.since(person.came_on or LONG_AGO)
        rows.append(
            (
                person.pk,
                person.id_number,
                person.name,
                name_key(person.name),
                "male" if person.is_man else "female",
                person.born_on,
                person.unit.pk,
                person.village.pk,
                here,
                home and home.pk,
                village and village.pk,
                here if home else Spells(),
                phone(200_000 + place) if generator.random() < 0.7 else "",
                person.died_on,
                person.died_on,
                "village" if person.died_on else "",
            )
        )
    names = (
        "id",
        "id_number",
        "name",
        "name_key",
        "sex",
        "born_on",
        "org_unit_id",
        "village_id",
        "registered",
        "residence_unit_id",
        "residence_village_id",
        "resident",
        "phone",
        "died_on",
        "death_known_on",
        "death_source",
    )
    return copy(Elder, names, rows)


def _award_posts(county: OrgUnit, counts: Sequence[int], months: Sequence[dt.date]) -> None:
    """Caregivers with the allowance for their post, as many as the county reports."""
    programme = Programme.objects.filter(org_unit=county, kind=Programme.Kind.POST_ALLOWANCE).first()
    lasting = Employment.objects.filter(employed_from__lte=months[0], employed_to=None, role="caregiver")
    posts = list({post.caregiver_id: post for post in lasting.order_by("pk")}.values())
    if programme is None:
        return
    Enrolment.objects.bulk_create(
        Enrolment(
            programme=programme,
            org_unit=post.org_unit,
            post=post,
            state=Enrolment.State.RUNNING if ended is None else Enrolment.State.ENDED,
            applied_on=BEFORE if begun == 0 else months[begun],
            approved_on=BEFORE if begun == 0 else months[begun],
            ended_from=None if ended is None else months[ended],
            end_reason="" if ended is None else Enrolment.EndReason.OTHER,
        )
        for post, begun, ended in spells(counts, posts)
    )


def _write_rest(
    towns: list[tuple[Township, Figures]], posts: Sequence[int], months: Sequence[dt.date], today: dt.date
) -> dict[str, int]:
    tags: dict[tuple[int, str], tuple] = {}
    assessed: dict[int, tuple] = {}
    enrolments: list[tuple] = []
    wishes: list[tuple[int, Spells]] = []
    adaptations: list[tuple] = []
    for town, figures in towns:
        Needs(town, figures, months, today, tags, assessed, enrolments, wishes, adaptations).find()
    copy(ElderTag, ("elder_id", "kind", "held", "source"), [(*key, *row) for key, row in tags.items()])
    names = (
        "elder_id",
        "standard",
        "reason",
        "assessed_on",
        "valid_until",
        "level",
        "total",
        "first_assessor",
        "second_assessor",
        "agency",
    )
    copy(Assessment, names, assessed.values())
    names = (
        "programme_id",
        "org_unit_id",
        "elder_id",
        "state",
        "applied_on",
        "approved_on",
        "suspended",
        "ended_from",
        "end_reason",
    )
    copy(Enrolment, names, enrolments)
    paid = dict.fromkeys(row[2] for row in enrolments)
    owners = {person.pk: person for town, _ in towns for person in town.everybody if person.pk in paid}
    copy(
        Payee,
        ("elder_id", "relation", "name", "id_number", "bank", "account", "used_from"),
        _payees(owners.values()),
    )
    copy(
        Certification,
        ("elder_id", "certified_on", "method"),
        _certifications(owners.values(), enrolments, today),
    )
    names = (
        "elder_id",
        "org_unit_id",
        "round",
        "category",
        "needed_from",
        "applied_on",
        "assessed_on",
        "assessor",
        "items",
        "approved_on",
        "contractor",
        "started_on",
        "accepted_on",
        "accepted_by",
        "cost",
        "subsidy",
    )
    copy(Adaptation, names, adaptations)
    for pk, wish in wishes:
        Elder.objects.filter(pk=pk).update(wishes_central_care=wish)
    _award_posts(towns[0][0].unit.parent, posts, months)
    return {"人员类别": len(tags), "能力评估": len(assessed), "享受资格": len(enrolments)}


def _certifications(people: Iterable[Resident], enrolments: list[tuple], today: dt.date) -> Iterator[tuple]:
    """Every spring, and in each quarter of those who must be certified more often; a few are overdue."""
    generator = dice("certifications")
    often = set(
        Programme.objects.filter(versions__certification__in=("quarterly", "half_yearly")).values_list(
            "pk", flat=True
        )
    )
    since: dict[int, dt.date] = {}
    quarterly = set()
    for programme, _, person, _, applied, *_ in enrolments:
        since[person] = min(applied, since.get(person, applied))
        if programme in often:
            quarterly.add(person)
    for person in people:
        for year in range(2023, today.year + 1):
            for month in (3, 6, 9, 11) if person.pk in quarterly else (3,):
                day = dt.date(year, month, generator.randint(1, 20))
                alive = person.died_on is None or person.died_on > day
                if alive and since[person.pk] < day <= today and generator.random() < 0.995:
                    yield person.pk, day, generator.choice(("in_person", "visit", "app"))


def _payees(people: Iterable[Resident]) -> Iterator[tuple]:
    generator = dice("payees")
    for person in people:
        own = generator.random() < 0.9
        relation = "本人" if own else generator.choice(("儿子", "女儿", "配偶"))
        name = person.name if own else person.name[0] + generator.choice(("建明", "晓燕", "国平", "丽萍"))
        number = person.id_number if own else ""
        yield person.pk, relation, name, number, generator.choice(BANKS), account(person.pk), LONG_AGO


def account(number: int) -> str:
    """Nineteen digits with a valid check digit, of a bank that does not exist."""
    body = f"620000{number:012d}"
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{body}{-total % 10}"
