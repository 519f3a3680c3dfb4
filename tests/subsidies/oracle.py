"""The oracle: docs/payment-rules.md §1–§4 once more, person by person and month by month, in plain Python.

It shares nothing with the engine but the parser of conditions, whose Python and SQL forms are proved equal in
tests/eldercare. Where the page leaves a choice, the reading taken here is said at the place.
"""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from eldercare.expressions import Expression, Term, parse
from eldercare.spells import Spells
from facilities.models import Facility
from subsidies.models import ElderTag
from tests.subsidies.oracle_world import House, Person, Place, Post, Rate, Rules, Scheme, World

ZERO = Decimal("0.00")
FEN = Decimal("0.01")
CERTIFIED_EVERY = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


# Days and months. A month is its first day.


def plus(month: dt.date, count: int) -> dt.date:
    years, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return dt.date(years, index + 1, 1)


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def last_day(month: dt.date) -> dt.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def days_of(month: dt.date) -> Iterator[dt.date]:
    return (month.replace(day=number) for number in range(1, last_day(month).day + 1))


def months_between(earlier: dt.date, later: dt.date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    return [plus(first, count) for count in range(months_between(first, last) + 1)]


def to_fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, ROUND_HALF_UP)


# §1: the rules in force


def version_in(scheme: Scheme, month: dt.date) -> Rules | None:
    begun = [each for each in scheme.versions if each.effective_from <= month]
    return max(begun, key=lambda each: each.effective_from, default=None)


def fact_day(rules: Rules, month: dt.date) -> dt.date:
    return last_day(month if rules.facts_day == "month_end" else plus(month, -1))


# §2: facts


@lru_cache(maxsize=1000)
def condition(text: str) -> Expression:
    return parse(text, names=None, condition=True)


def is_met(text: str, values: dict) -> bool:
    """Unknown is not met."""
    expression = condition(text)
    return expression.evaluate({Term(None, name): values.get(name) for name in expression.names}) is True


def facts_of(place: Place, rules: Rules, month: dt.date) -> dict:
    """Every name of §2; None is unknown."""
    day = fact_day(rules, month)
    match place.holder:
        case Person() as person:
            return person_facts(person, rules, month, day)
        case Post() as post:
            return post_facts(post, month, day)
        case House() as house:
            return house_facts(house, month, day)


def person_facts(person: Person, rules: Rules, month: dt.date, day: dt.date) -> dict:
    held = {kind: kind in person.tags and person.tags[kind].on(day) for kind in ElderTag.Kind.values}
    valid = [
        each
        for each in person.assessments
        if each.on <= day and each.level is not None and (each.until is None or each.until >= day)
    ]
    last = max(valid, key=lambda each: (each.on, each.id), default=None)
    return held | {
        "age": months_between(person.born_on, day) // 12,
        "sex": person.sex,
        "registered": is_in(person, "registered", rules, month, day),
        "resident": is_in(person, "resident", rules, month, day),
        "ability": last and last.level,
        "assessed": last is not None,
        "destitute": held["destitute_central"] or held["destitute_scattered"],
        "adaptation_cost": sum((cost for on, cost in person.adaptations if month_of(on) == month), ZERO),
    }


def post_facts(post: Post, month: dt.date, day: dt.date) -> dict:
    skills = [
        level
        for level, issued, until in post.certificates
        if issued <= day and (until is None or until >= day)
    ]
    year = months(plus(month_of(day), -11), month_of(day))
    return {
        "role": post.role,
        "months_on_post": max(0, months_between(post.employed_from, day)),
        "employed": post.employed_from <= day and (post.employed_to is None or day < post.employed_to),
        "skill_level": min(skills, default=None),
        "education": post.education,
        "attendance_days": post.attendance.get(month, 0),
        "training_hours": sum(hours for on, hours in post.trainings if month_of(on) in year),
    }


def house_facts(house: House, month: dt.date, day: dt.date) -> dict:
    is_open = house.opened_on <= day and (house.closed_on is None or day < house.closed_on)
    in_use = [
        bed
        for bed in house.beds
        if is_open
        and bed.in_use_from <= day
        and (bed.in_use_to is None or day < bed.in_use_to)
        and not bed.out_of_service.on(day)
    ]
    rated = [star for star in house.stars if star[0] <= day and (star[2] is None or star[2] >= day)]
    return {
        "institution": house.kind in Facility.INSTITUTIONS,
        "open": is_open,
        "beds": len(in_use),
        "nursing_beds": sum(bed.nursing.on(day) for bed in in_use),
        "occupied_beds": sum(
            any(since <= day and (until is None or day < until) for since, until in bed.stays)
            for bed in in_use
        ),
        "star_rating": max(rated)[3] if rated else 0,
        "new_beds": sum(month_of(bed.in_use_from) == month for bed in house.beds),
        "kind": house.kind,
        "operation": house.operation,
    }


# §3.5: population


def counted(person: Person, population: str) -> list[Spells]:
    both = {"registered": [person.registered], "resident": [person.resident]}
    return both.get(population) or [person.registered, person.resident]


def left_in(spells: list[Spells], month: dt.date) -> bool:
    """Whether somebody in by any of these periods is so no longer from some day of the month on."""
    if any(each.on(last_day(month)) for each in spells):
        return False
    days = [last_day(plus(month, -1)), *days_of(month)]
    return any(each.on(day) for day in days for each in spells)


def belongs(person: Person, rules: Rules, month: dt.date) -> bool:
    spells = counted(person, rules.population)
    if left_in(spells, month):
        return rules.moving_out == "paid"
    return any(each.on(fact_day(rules, month)) for each in spells)


def is_in(person: Person, name: str, rules: Rules, month: dt.date, day: dt.date) -> bool:
    """``registered`` or ``resident`` in an expression.

    Where the population is left that month, each of them that was itself left is what ``moving_out`` says.
    """
    spells = getattr(person, name)
    names_it = rules.population in (name, "either")
    if names_it and left_in(counted(person, rules.population), month) and left_in([spells], month):
        return rules.moving_out == "paid"
    return spells.on(day)


# §3: what one programme alone pays


@dataclass(frozen=True)
class Entitlement:
    gross: Decimal = ZERO
    net: Decimal = ZERO
    label: str = ""  # of the band
    version: int | None = None
    band: int | None = None
    why: str = ""  # why it is nothing


def gross(world: World, place: Place, month: dt.date) -> Entitlement:
    key = place.id, month
    if key not in world.worked_out:
        world.worked_out[key] = alone(world, place, month)
    return world.worked_out[key]


def alone(world: World, place: Place, month: dt.date) -> Entitlement:
    scheme = world.schemes[place.scheme]
    rules = version_in(scheme, month)
    if not scheme.starts_on <= month or (scheme.ends_on and month > scheme.ends_on):
        return Entitlement(why="programme")
    if rules is None or (rules.pay_months and month.month not in rules.pay_months):
        return Entitlement(why="version")
    reason = obstacle(place, rules, month)
    if reason:
        return Entitlement(version=rules.id, why=reason)
    values = facts_of(place, rules, month)
    if not is_met(rules.eligibility, values):
        return Entitlement(version=rules.id, why="eligibility")
    rate = rate_for(rules, values)
    if rate is None:
        return Entitlement(version=rules.id, why="band")
    amount = part_of_month(place, rules, month, amount_of(rate, values))
    return Entitlement(amount, amount, rate.label, rules.id, rate.id)


def obstacle(place: Place, rules: Rules, month: dt.date) -> str:
    """Conditions 2 to 7, but for the size of the amount in the month of death."""
    if place.state not in ("running", "ended"):
        return "not approved"
    if place.ended_from and month >= place.ended_from:
        return "ended"
    if place.not_before and month < place.not_before:
        return "not before"
    if place.suspended.on(month):
        return "suspended"
    if starts_after(place, rules, month):
        return "start"
    if not is_certified(place, rules, month):
        return "certification"
    if isinstance(place.holder, Person):
        return person_obstacle(place.holder, rules, month)
    return ""


def person_obstacle(person: Person, rules: Rules, month: dt.date) -> str:
    if person.is_merged:
        return "merged"
    if not belongs(person, rules, month):
        return "population"
    if person.died_on and month > month_of(person.died_on):
        return "dead"
    if person.died_on and month == month_of(person.died_on) and rules.death == "unpaid":
        return "dead"
    return ""


def starts_after(place: Place, rules: Rules, month: dt.date) -> bool:
    if rules.start == "eligible":
        return False
    day = place.applied_on if rules.start == "application" else place.approved_on
    first = plus(month_of(day), rules.start_offset)
    match rules.back_pay:
        case "eligible":
            return False
        case "this_year":
            return month < min(first, dt.date(day.year, 1, 1))
        case "months":
            return month < plus(first, -rules.back_pay_months)
    return month < first


def is_certified(place: Place, rules: Rules, month: dt.date) -> bool:
    """Posts and facilities need no certification."""
    if rules.certification == "none" or not isinstance(place.holder, Person):
        return True
    period = CERTIFIED_EVERY[rules.certification]
    if month <= plus(month_of(place.applied_on), period):
        return True
    return any(
        plus(month_of(day), -rules.resume_months) <= month <= plus(month_of(day), period)
        for day in place.holder.certified_on
    )


def rate_for(rules: Rules, values: dict) -> Rate | None:
    in_order = sorted(rules.rates, key=lambda each: (each.position, each.id))
    return next((rate for rate in in_order if fits(rate, values)), None)


def fits(rate: Rate, values: dict) -> bool:
    age = values.get("age")
    if rate.age_from is not None and (age is None or age < rate.age_from):
        return False
    if rate.age_to is not None and (age is None or age > rate.age_to):
        return False
    if rate.abilities and values.get("ability") not in rate.abilities:
        return False
    if rate.economics and not any(values.get(name) for name in rate.economics):
        return False
    if rate.livings and not any(values.get(name) for name in rate.livings):
        return False
    return not rate.condition or is_met(rate.condition, values)


def amount_of(rate: Rate, values: dict) -> Decimal:
    quantity = values.get(rate.quantity) if rate.quantity else 1
    if quantity is None:
        return ZERO  # an unknown figure: the band fits, but nothing can be multiplied
    amount = rate.amount * quantity
    return to_fen(amount if rate.cap is None else min(amount, rate.cap))


def part_of_month(place: Place, rules: Rules, month: dt.date, amount: Decimal) -> Decimal:
    """By day: of the amount in fen, rounded once more."""
    died = place.holder.died_on if isinstance(place.holder, Person) else None
    if died is None or month_of(died) != month or rules.death != "by_day":
        return amount
    return to_fen(amount * died.day / last_day(month).day)


# §4: programmes together


def entitlement(world: World, place: Place, month: dt.date) -> Entitlement:
    own = gross(world, place, month)
    others: dict[int, Decimal] = {}
    if own.gross and isinstance(place.holder, Person):
        for other in world.of_same_person(place):
            if other.scheme != place.scheme:
                amount = gross(world, other, month).gross
                others[other.scheme] = max(amount, others.get(other.scheme, ZERO))
    net = after_exclusions(world, place, month, own.gross, others)
    why = own.why or ("" if net else "exclusion" if own.gross else "amount")
    return Entitlement(own.gross, net, own.label, own.version, own.band, why)


def after_exclusions(
    world: World, place: Place, month: dt.date, mine: Decimal, others: dict[int, Decimal]
) -> Decimal:
    results, offsets = [mine], ZERO
    for each in world.relations:
        if month < each.effective_from or (each.effective_to and month > each.effective_to):
            continue
        if each.yielding == place.scheme:
            theirs = others.get(each.prevailing, ZERO)
            if each.relation == "offset":
                offsets += theirs
            elif theirs and (each.relation == "exclusive" or (each.relation == "higher" and theirs >= mine)):
                results.append(ZERO)
        elif (
            each.prevailing == place.scheme
            and each.relation == "higher"
            and others.get(each.yielding, ZERO) > mine
        ):
            results.append(ZERO)
    return min(*results, max(ZERO, mine - offsets))
