"""Who reaches which page of the ledger of facilities."""

import datetime as dt

from eldercare.spells import Spells
from facilities.models import FacilityRating, FacilityVillage
from tests.facilities.factories import make_facility
from tests.outsider import EVERYBODY, READERS, TOWNSHIPS, Row, Target

EDITORS = TOWNSHIPS | {"county_clerk"}
READ = ("GET",)
FORM = ("GET", "POST")


def prepare(cast, things: dict) -> dict:
    return _made("own", cast.township, cast.village) | _made("neighbours", cast.neighbour, cast.other_village)


def _made(name: str, unit, village) -> dict:
    facility = make_facility(unit)
    closed = make_facility(unit, closed_on=dt.date(2024, 6, 1))
    rating = FacilityRating.objects.create(
        facility=facility, scheme="star", level=3, issued_on=dt.date(2024, 1, 1)
    )
    coverage = FacilityVillage.objects.create(
        facility=facility, village=village, covered=Spells.since(dt.date(2024, 1, 1))
    )
    return {
        f"{name}_facility": {"pk": facility.pk},
        f"{name}_closed_facility": {"pk": closed.pk},
        f"{name}_facility_rating": {"pk": facility.pk, "rating": rating.pk},
        f"{name}_facility_coverage": {"pk": facility.pk, "coverage": coverage.pk},
    }


def _targets(what: str) -> tuple[Target, ...]:
    """One's own, one of another county, and one that does not exist."""
    return (
        Target(lambda world: world.things[f"own_{what}"], hidden_from={"other_township_clerk"}),
        Target(lambda world: world.things[f"neighbours_{what}"], hidden_from=EVERYBODY),
        Target(lambda world: dict.fromkeys(world.things[f"own_{what}"], 0), hidden_from=EVERYBODY),
    )


ROWS: dict[str, Row] = {
    "facility-list": Row(READERS),
    "facility-overview": Row(READERS),
    "facility-create": Row(EDITORS, FORM),
    "facility-detail": Row(READERS, READ, _targets("facility")),
    "facility-edit": Row(EDITORS, FORM, _targets("facility")),
    "facility-close": Row(EDITORS, FORM, _targets("facility")),
    "facility-reopen": Row(EDITORS, FORM, _targets("closed_facility")),
    "facility-rating-create": Row(EDITORS, FORM, _targets("facility")),
    "facility-rating-edit": Row(EDITORS, FORM, _targets("facility_rating")),
    "facility-rating-delete": Row(EDITORS, FORM, _targets("facility_rating")),
    "facility-coverage-add": Row(EDITORS, FORM, _targets("facility")),
    "facility-coverage-edit": Row(EDITORS, FORM, _targets("facility_coverage")),
}
