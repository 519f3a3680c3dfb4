"""Who reaches which page of assessments and certifications."""

import datetime as dt

from tests.outsider import EVERYBODY, TOWNSHIPS, Row, Target
from tests.subsidies.factories import make_assessment, make_certification, make_elder

EDITORS = TOWNSHIPS | {"county_clerk"}
READERS = EDITORS | {"county_reviewer"}
READ = ("GET",)
FORM = ("GET", "POST")
DAY = dt.date(2025, 3, 4)


def prepare(cast, things: dict) -> dict:
    return _made("own", cast.township) | _made("neighbours", cast.neighbour)


def _made(name: str, unit) -> dict:
    elder = make_elder(unit)
    return {
        f"{name}_assessed": elder,
        f"{name}_assessment": make_assessment(elder, 2, DAY, standard="mzt039", original="中度失能"),
        f"{name}_scored": make_assessment(elder, 0, DAY, items=[], total=90),
        f"{name}_certification": make_certification(elder, DAY),
    }


def _of(what: str, argument: str = "pk") -> tuple[Target, ...]:
    """One's own, one of another county, and one that does not exist."""
    return (
        Target(
            lambda world: {argument: world.things[f"own_{what}"].pk}, hidden_from={"other_township_clerk"}
        ),
        Target(lambda world: {argument: world.things[f"neighbours_{what}"].pk}, hidden_from=EVERYBODY),
        Target(lambda world: {argument: 0}, hidden_from=EVERYBODY),
    )


PERSON = _of("assessed", "elder")
ASSESSMENT = _of("assessment") + _of("scored")[:1]

ROWS: dict[str, Row] = {
    "assessment-list": Row(READERS),
    "assessment-find": Row(EDITORS, FORM),
    "assessment-settings": Row(frozenset({"county_clerk"}), FORM),
    "assessment-person": Row(READERS, READ, PERSON),
    "assessment-create": Row(EDITORS, FORM, PERSON),
    "assessment-create-result": Row(EDITORS, FORM, PERSON),
    "assessment-detail": Row(READERS, READ, ASSESSMENT),
    "assessment-edit": Row(EDITORS, FORM, ASSESSMENT),
    "assessment-delete": Row(EDITORS, FORM, ASSESSMENT),
    "certification-list": Row(READERS),
    "certification-overview": Row(READERS),
    "certification-record": Row(EDITORS, FORM),
    "certification-person": Row(READERS, READ, PERSON),
    "certification-create": Row(EDITORS, ("POST",), PERSON),
    "certification-remove": Row(EDITORS, FORM, _of("certification")),
}
