"""Asking the engine and the oracle at once what somebody is owed."""

import datetime as dt
from decimal import Decimal

from subsidies.engine import entitlements
from subsidies.models import Enrolment
from tests.subsidies.oracle import entitlement, months
from tests.subsidies.oracle_world import load


def owed(enrolment: Enrolment, first: dt.date, last: dt.date) -> list[Decimal]:
    """Yuan month by month, by the engine; fails where the oracle says otherwise."""
    span = months(first, last)
    rows = entitlements(enrolment.programme, span, enrolments=[enrolment.pk])
    got = {each: Decimal(0) for each in span} | {row.month: row.amount for row in rows}
    world = load()
    assert got == {each: entitlement(world, world.places[enrolment.pk], each).net for each in span}
    return list(got.values())
