"""Who reaches which page of visits, home adaptation and family beds."""

import datetime as dt

from subsidies.models import Adaptation, FamilyBed, Visit, VisitRule
from tests.facilities.factories import make_facility
from tests.outsider import EVERYBODY, TOWNSHIPS, Row, Target
from tests.subsidies.factories import make_elder

EDITORS = TOWNSHIPS | {"county_clerk"}
READERS = EDITORS | {"county_reviewer"}
COUNTY_CLERK = frozenset({"county_clerk"})
READ = ("GET",)
FORM = ("GET", "POST")
DAY = dt.date(2025, 3, 4)


def prepare(cast, things: dict) -> dict:
    return _made("own", cast.township) | _made("neighbours", cast.neighbour)


def _made(name: str, unit) -> dict:
    elder = make_elder(unit)
    return {
        f"{name}_cared": elder,
        f"{name}_visit": Visit.objects.create(elder=elder, org_unit=unit, visited_on=DAY),
        f"{name}_adaptation": Adaptation.objects.create(
            elder=elder, org_unit=unit, round="一", needed_from=DAY, applied_on=DAY
        ),
        f"{name}_family_bed": FamilyBed.objects.create(
            elder=elder, facility=make_facility(unit), applied_on=DAY, assessed_on=DAY
        ),
        f"{name}_visit_rule": VisitRule.objects.create(
            org_unit=unit.parent or unit, category="living_alone", frequency="week", effective_from=DAY
        ),
    }


def _of(what: str, argument: str = "pk", others: str = "other_township_clerk") -> tuple[Target, ...]:
    """One's own, one of another county, and one that does not exist."""
    hidden = {others} if others else set()
    return (
        Target(lambda world: {argument: world.things[f"own_{what}"].pk}, hidden_from=hidden),
        Target(lambda world: {argument: world.things[f"neighbours_{what}"].pk}, hidden_from=EVERYBODY),
        Target(lambda world: {argument: 0}, hidden_from=EVERYBODY),
    )


ELDER = _of("cared", "elder")
ADAPTATION, FAMILY_BED = _of("adaptation"), _of("family_bed")
RULE = _of("visit_rule", others="")
PLACES = (
    Target(lambda world: {"code": world.cast.village.code}, hidden_from={"other_township_clerk"}),
    Target(lambda world: {"code": world.cast.township.code}, hidden_from={"other_township_clerk"}),
    Target(lambda world: {"code": world.cast.other_village.code}, hidden_from={"township_clerk"}),
    Target(lambda world: {"code": world.cast.neighbour.code}, hidden_from=EVERYBODY),
)

ROWS: dict[str, Row] = {
    "care-home": Row(READERS),
    "care-find": Row(
        EDITORS,
        FORM,
        (
            Target(lambda world: {"what": "visit"}),
            Target(lambda world: {"what": "nothing"}, hidden_from=EVERYBODY),
        ),
    ),
    "visit-list": Row(READERS),
    "visit-due": Row(READERS),
    "visit-village": Row(READERS, READ, PLACES),
    "visit-many": Row(EDITORS, FORM, PLACES),
    "visit-person": Row(READERS, READ, ELDER),
    "visit-create": Row(EDITORS, ("POST",), ELDER),
    "visit-quick": Row(EDITORS, ("POST",), ELDER, data=lambda world: {"place": world.cast.village.code}),
    "visit-undo": Row(EDITORS, FORM, _of("visit")),
    "visit-rates": Row(READERS),
    "visit-due-list": Row(READERS),
    "visit-rule-list": Row(READERS),
    "visit-rule-create": Row(COUNTY_CLERK, FORM),
    "visit-rule-edit": Row(COUNTY_CLERK, FORM, RULE),
    "visit-rule-remove": Row(COUNTY_CLERK, FORM, RULE),
    "adaptation-list": Row(READERS),
    "adaptation-figures": Row(READERS),
    "adaptation-create": Row(EDITORS, FORM, ELDER),
    "adaptation-detail": Row(READERS, READ, ADAPTATION),
    "adaptation-edit": Row(EDITORS, FORM, ADAPTATION),
    "adaptation-step": Row(EDITORS, FORM, ADAPTATION),
    "adaptation-back": Row(EDITORS, FORM, ADAPTATION),
    "adaptation-cancel": Row(EDITORS, FORM, ADAPTATION),
    "family-bed-list": Row(READERS),
    "family-bed-create": Row(EDITORS, FORM, ELDER),
    "family-bed-detail": Row(READERS, READ, FAMILY_BED),
    "family-bed-edit": Row(EDITORS, FORM, FAMILY_BED),
    "family-bed-step": Row(EDITORS, FORM, FAMILY_BED),
    "family-bed-back": Row(EDITORS, FORM, FAMILY_BED),
    "family-bed-end": Row(EDITORS, FORM, FAMILY_BED),
}
