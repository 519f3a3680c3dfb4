"""Who reaches which page of the staff ledger."""

import datetime as dt

from facilities.models import Certificate, Training
from tests.facilities.factories import make_facility, make_post
from tests.outsider import EVERYBODY, READERS, TOWNSHIPS, Row, Target

EDITORS = TOWNSHIPS | {"county_clerk"}
READ = ("GET",)
FORM = ("GET", "POST")


def prepare(cast, things: dict) -> dict:
    return _made("own", cast.township) | _made("neighbours", cast.neighbour)


def _made(name: str, unit) -> dict:
    post = make_post(make_facility(unit))
    day = dt.date(2024, 5, 1)
    certificate = Certificate.objects.create(caregiver=post.caregiver, kind="licence", issued_on=day)
    training = Training.objects.create(caregiver=post.caregiver, subject="skill", held_on=day)
    return {
        f"{name}_person": post.caregiver,
        f"{name}_post": post,
        f"{name}_certificate": certificate,
        f"{name}_training": training,
        f"{name}_workplace": post.facility,
    }


def _both(what: str, argument: str = "pk", **more) -> tuple[Target, ...]:
    """One's own, one of another county, and one that does not exist."""
    return (
        Target(
            lambda world: {argument: world.things[f"own_{what}"].pk, **more},
            hidden_from={"other_township_clerk"},
        ),
        Target(
            lambda world: {argument: world.things[f"neighbours_{what}"].pk, **more}, hidden_from=EVERYBODY
        ),
        Target(lambda world: {argument: 0, **more}, hidden_from=EVERYBODY),
    )


GRID = (
    *_both("workplace", "facility", month="2025-06"),
    Target(
        lambda world: {"facility": world.things["own_workplace"].pk, "month": "2025-13"},
        hidden_from=EVERYBODY,
    ),
)

ROWS: dict[str, Row] = {
    "caregiver-list": Row(READERS),
    "caregiver-find": Row(READERS, ("POST",)),
    "caregiver-create": Row(EDITORS, FORM),
    "caregiver-detail": Row(READERS, READ, _both("person")),
    "caregiver-edit": Row(EDITORS, FORM, _both("person")),
    "employment-create": Row(EDITORS, FORM, _both("person")),
    "employment-edit": Row(EDITORS, FORM, _both("post")),
    "employment-end": Row(EDITORS, FORM, _both("post")),
    "certificate-create": Row(EDITORS, FORM, _both("person")),
    "certificate-edit": Row(EDITORS, FORM, _both("certificate")),
    "certificate-remove": Row(EDITORS, FORM, _both("certificate")),
    "training-create": Row(EDITORS, FORM, _both("person")),
    "training-edit": Row(EDITORS, FORM, _both("training")),
    "training-remove": Row(EDITORS, FORM, _both("training")),
    "training-course": Row(EDITORS, FORM),
    "attendance-list": Row(READERS),
    "attendance-grid": Row(READERS, READ, GRID),
    "attendance-save": Row(EDITORS, ("POST",), GRID),
}
