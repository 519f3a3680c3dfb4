"""Small registers of elders, programmes and enrolments for tests."""

import datetime as dt
from decimal import Decimal

from eldercare.models import OrgUnit
from eldercare.spells import Spells
from subsidies.models import (
    Assessment,
    Band,
    Certification,
    Elder,
    ElderTag,
    Enrolment,
    Payee,
    Programme,
    RuleVersion,
)
from tests.numbering import numbers, plain_id

LONG_AGO = dt.date(2000, 1, 1)


def make_elder(
    unit: OrgUnit, name: str = "", *, born: dt.date = dt.date(1944, 5, 6), tags=(), **fields
) -> Elder:
    """``tags``: kinds held since long ago. Registered and living in ``unit`` unless ``fields`` say otherwise."""
    place = number = numbers.next()
    while Elder.objects.filter(id_number=plain_id(born, place)).exists():
        place += 1
    defaults = {
        "name": name or f"测试老人{number}",
        "id_number": plain_id(born, place),
        "sex": "male" if place % 2 else "female",
        "born_on": born,
        "registered": Spells.since(LONG_AGO),
        "residence_unit": unit,
        "resident": Spells.since(LONG_AGO),
    }
    elder = Elder.objects.create(org_unit=unit, **(defaults | fields))
    for kind in tags:
        make_tag(elder, kind)
    return elder


def make_tag(elder: Elder, kind: str, since: dt.date = LONG_AGO, until: dt.date | None = None) -> ElderTag:
    return ElderTag.objects.create(elder=elder, kind=kind, held=Spells.since(since, until), source="测试")


def make_assessment(elder: Elder, level: int, on: dt.date = LONG_AGO, **fields) -> Assessment:
    defaults = {"standard": Assessment.Standard.GBT_42195, "assessed_on": on, "level": level}
    return Assessment.objects.create(elder=elder, **(defaults | fields))


def make_payee(elder: Elder, **fields) -> Payee:
    account = f"62{numbers.next():015d}"
    defaults = {"name": elder.name, "bank": "测试农村商业银行", "account": account, "used_from": LONG_AGO}
    return Payee.objects.create(elder=elder, **(defaults | fields))


def make_programme(
    county: OrgUnit,
    code: str = "",
    *,
    eligibility: str = "age >= 80",
    amounts: tuple[tuple[int | None, int | None, str], ...] = ((80, None, "50"),),
    starts: dt.date = dt.date(2024, 1, 1),
    rules: dict | None = None,
    **fields,
) -> Programme:
    """One version from ``starts`` on; ``amounts``: (age from, age to, yuan a month) of its bands."""
    code = code or f"test-{numbers.next()}"
    defaults = {
        "name": f"测试津贴{code}",
        "kind": Programme.Kind.OLD_AGE,
        "starts_on": starts,
        "portal_from": starts,
    }
    programme = Programme.objects.create(org_unit=county, code=code, **(defaults | fields))
    version = RuleVersion.objects.create(
        programme=programme,
        effective_from=starts,
        document_number="测民〔2024〕1号",
        eligibility=eligibility,
        **(rules or {}),
    )
    for position, (age_from, age_to, amount) in enumerate(amounts, 1):
        Band.objects.create(
            version=version,
            position=position,
            label=f"{age_from or 0}周岁起",
            age_from=age_from,
            age_to=age_to,
            amount=Decimal(amount),
        )
    return programme


def make_enrolment(programme: Programme, elder: Elder, **fields) -> Enrolment:
    """Running, applied for and approved in the month the programme begins."""
    defaults = {
        "state": Enrolment.State.RUNNING,
        "applied_on": programme.starts_on,
        "approved_on": programme.starts_on,
        "org_unit": elder.org_unit,
    }
    return Enrolment.objects.create(programme=programme, elder=elder, **(defaults | fields))


def make_certification(elder: Elder, on: dt.date) -> Certification:
    return Certification.objects.create(elder=elder, certified_on=on)
