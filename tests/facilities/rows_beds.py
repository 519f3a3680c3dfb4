"""Who reaches the pages of beds, stays and waiting lists; each has a thing of either township."""

import datetime as dt

from facilities.models import WaitingEntry
from tests.facilities.factories import make_bed, make_facility, make_stay, next_id
from tests.outsider import READERS, TOWNSHIPS, Row, Target

EDITORS = TOWNSHIPS | {"county_clerk"}
BOTH = ("GET", "POST")


def prepare(cast, things: dict) -> dict:
    made = {}
    for name, unit in (("own", cast.township), ("other", cast.other_township)):
        facility = make_facility(unit, beds=2)
        stay = make_stay(make_bed(facility, "9"), name="沈阿福")
        entry = WaitingEntry.objects.create(
            facility=facility,
            name="周阿宝",
            id_number=next_id(1938),
            asked_on=dt.date(2025, 1, 6),
            position=1,
            reason="alone",
        )
        made[name] = {"facility": facility, "bed": stay.bed, "stay": stay, "waiting": entry}
    return {"beds": made}


def of(kind: str) -> tuple[Target, Target]:
    """The thing of 沈荡镇, then that of 百步镇."""
    return tuple(
        Target(lambda world, whose=whose: {"pk": world.things["beds"][whose][kind].pk}, hidden_from={hidden})
        for whose, hidden in (("own", "other_township_clerk"), ("other", "township_clerk"))
    )


def read(kind: str) -> Row:
    return Row(READERS, ("GET",), targets=of(kind))


def written(kind: str) -> Row:
    return Row(EDITORS, BOTH, targets=of(kind))


ROWS: dict[str, Row] = {
    "bed-list": Row(READERS, ("GET",)),
    "bed-create": Row(EDITORS, BOTH),
    "bed-many": Row(EDITORS, ("POST",)),
    "bed-detail": read("bed"),
    "bed-edit": written("bed"),
    "stay-list": Row(READERS, ("GET",)),
    "stay-create": Row(EDITORS, BOTH),
    "stay-detail": read("stay"),
    "stay-edit": written("stay"),
    "stay-move-out": written("stay"),
    "stay-change-bed": written("stay"),
    "stay-delete": written("stay"),
    "waiting-list": Row(READERS, ("GET",)),
    "waiting-create": Row(EDITORS, BOTH),
    "waiting-facility": read("facility"),
    "waiting-detail": read("waiting"),
    "waiting-edit": written("waiting"),
    "waiting-move": written("waiting"),
    "waiting-close": written("waiting"),
    "waiting-admit": written("waiting"),
}
