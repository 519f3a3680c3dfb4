"""Random lives under random rules: the engine gives every person, for every month, what the oracle gives."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subsidies.engine import entitlements
from tests.subsidies.lives import FIRST, LAST, County
from tests.subsidies.oracle import entitlement, months
from tests.subsidies.oracle_world import load

pytestmark = pytest.mark.django_db
MONTHS = months(FIRST, LAST)


def differences(county: County) -> list[str]:
    """What engine and oracle disagree on: one line per person and month, with all that is known."""
    world = load(county.programmes)
    found = []
    for programme in county.programmes:
        rows = {(row.enrolment_id, row.month): row for row in entitlements(programme, MONTHS)}
        for place in world.places.values():
            if place.scheme != programme.pk:
                continue
            for month in MONTHS:
                wanted = entitlement(world, place, month)
                row = rows.get((place.id, month))
                got = (row.gross, row.amount) if row else (Decimal(0), Decimal(0))
                if got != (wanted.gross, wanted.net):
                    found.append(
                        f"{month} engine {got} oracle {wanted}\n  {place}\n  {world.schemes[place.scheme]}"
                    )
                elif wanted.gross and (row.version_id, row.band_id) != (wanted.version, wanted.band):
                    found.append(f"{month} engine band {row.band_id} oracle {wanted}\n  {place}")
    return found


@settings(max_examples=15)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_everybody_is_owed_what_the_oracle_says(cast, seed):
    found = differences(County(cast.county, seed))
    assert not found, f"{len(found)} differences, the first of them:\n{found[0]}"
