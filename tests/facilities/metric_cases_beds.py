"""The same for beds and who sleeps in them."""

from eldercare.spells import Spells
from tests.conftest import Cast
from tests.facilities.factories import SINCE, make_bed, make_stay, next_id
from tests.facilities.metric_cases import (
    CENTER,
    CLOSED,
    ENDED,
    JULY,
    LAST,
    Case,
    Kind,
    Make,
    Sponsor,
    all_of,
    home,
    place,
    public,
)


def beds(kind: str, number: int, at: Make, **fields) -> Make:
    def make(cast: Cast) -> None:
        facility = at(cast)
        for _ in range(number):
            make_bed(facility, kind=kind, **fields)

    return make


def resident(at: Make, *, twice: bool = False, **fields) -> Make:
    def make(cast: Cast) -> None:
        facility, number = at(cast), next_id(1940)
        for bed in facility.beds.all()[: 2 if twice else 1]:
            make_stay(bed, id_number=number, **fields)

    return make


SMALL = home(beds=4, kind=Kind.PRIVATE_HOME)
SINCE_2020 = Spells.since(SINCE)
DISABILITY = home(beds=0, kind=Kind.DISABILITY_CARE, sponsor=Sponsor.COUNTY)

BEDS = [
    Case(
        "institution_beds", home(beds=12), all_of(SMALL, beds("day_care", 3, SMALL), home(**CLOSED)), value=12
    ),
    Case(
        "nursing_beds",
        beds("institutional", 2, home(), nursing=SINCE_2020),
        all_of(
            beds("institutional", 2, SMALL, nursing=SINCE_2020),
            beds("institutional", 1, home(), nursing=ENDED),
        ),
        value=2,
    ),
    Case(
        "dementia_beds",
        beds("institutional", 2, home(), dementia=SINCE_2020),
        beds("institutional", 2, home(), dementia=SINCE_2020, out_of_service=Spells.since(LAST, JULY)),
        value=2,
    ),
    Case("public_institution_beds", public(), home(), value=10),
    Case(
        "public_dementia_beds",
        beds("institutional", 3, public(), dementia=SINCE_2020),
        beds("institutional", 3, home(), dementia=SINCE_2020),
        value=3,
    ),
    Case("home_care_beds", beds("family", 2, SMALL), beds("family", 2, SMALL, in_use_to=LAST), value=2),
    Case(
        "day_care_beds",
        beds("day_care", 4, place(Kind.COMMUNITY_CARE_CENTER)),
        beds("day_care", 4, place(Kind.MUTUAL_AID_HOME)),
        value=4,
    ),
    Case(
        "mutual_aid_beds",
        beds("mutual_aid", 3, place(Kind.MUTUAL_AID_HOME)),
        beds("day_care", 3, place(Kind.DAY_CARE_CENTER)),
        value=3,
    ),
    Case(
        "medical_care_institution_beds",
        all_of(
            beds("day_care", 1, place(CENTER), medical=SINCE_2020),
            beds("institutional", 1, SMALL, medical=SINCE_2020),
        ),
        beds("institutional", 2, SMALL, medical=Spells.since(JULY)),
        value=2,
    ),
    Case(
        "disability_care_beds",
        beds("institutional", 4, DISABILITY),
        all_of(beds("day_care", 4, DISABILITY), beds("institutional", 4, home(kind=Kind.DISABILITY_CARE))),
        value=4,
        at_county=True,
    ),
    Case(
        "disability_care_nursing_beds",
        beds("institutional", 1, DISABILITY, nursing=SINCE_2020),
        beds("institutional", 2, DISABILITY),
        at_county=True,
    ),
    Case(
        "residents_in_institutions",
        resident(home(), twice=True, is_respite=True),
        all_of(resident(SMALL), resident(home(), moved_out_on=LAST), resident(home(), moved_in_on=JULY)),
    ),
]
