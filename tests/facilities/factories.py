"""Small ledgers for tests."""

import datetime as dt

from eldercare.models import OrgUnit
from eldercare.spells import Spells
from facilities.models import QUALIFICATIONS, Bed, Caregiver, Certificate, Employment, Facility, Stay
from tests.numbering import numbers, plain_id

SINCE = dt.date(2020, 1, 1)


def make_facility(
    unit: OrgUnit, name: str = "", *, beds: int = 0, has: tuple[str, ...] = (), **fields
) -> Facility:
    """``has``: qualifications that hold from SINCE on; ``beds``: so many institutional beds from SINCE on."""
    unknown = set(has) - set(QUALIFICATIONS)
    assert not unknown, unknown
    defaults = {
        "name": name or f"第{numbers.next()}养老院",
        "kind": Facility.Kind.PRIVATE_HOME,
        "operation": Facility.Operation.NON_PROFIT,
        "opened_on": SINCE,
    }
    facility = Facility.objects.create(
        org_unit=unit, **(defaults | {key: Spells.since(SINCE) for key in has} | fields)
    )
    for number in range(1, beds + 1):
        make_bed(facility, str(number))
    return facility


def make_bed(facility: Facility, number: str = "", **fields) -> Bed:
    return Bed.objects.create(
        facility=facility, number=number or str(numbers.next()), **({"in_use_from": SINCE} | fields)
    )


def make_stay(bed: Bed, **fields) -> Stay:
    defaults = {"name": "测试老人", "id_number": next_id(1940), "moved_in_on": SINCE}
    return Stay.objects.create(bed=bed, **(defaults | fields))


def next_id(year: int = 1980) -> str:
    number = numbers.next()
    return plain_id(dt.date(year, 1 + number % 12, 1 + number % 28), number)


def make_caregiver(name: str = "", **fields) -> Caregiver:
    return Caregiver.objects.create(
        **({"name": name or f"员工{numbers.next()}", "id_number": next_id()} | fields)
    )


def make_post(
    place: Facility | OrgUnit, caregiver: Caregiver | None = None, *, level: int | None = None, **fields
) -> Employment:
    """A post at a facility, or in a community when ``place`` is a unit; ``level`` adds a skill certificate."""
    caregiver = caregiver or make_caregiver()
    where = (
        {"facility": place, "org_unit": place.org_unit}
        if isinstance(place, Facility)
        else {"org_unit": place, "workplace": Employment.Workplace.COMMUNITY}
    )
    if level:
        Certificate.objects.create(
            caregiver=caregiver, kind=Certificate.Kind.SKILL_LEVEL, level=level, issued_on=SINCE
        )
    defaults = {"role": Employment.Role.CAREGIVER, "employed_from": SINCE}
    return Employment.objects.create(caregiver=caregiver, **(defaults | where | fields))
