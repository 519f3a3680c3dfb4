"""A place of the demo, and small things about villages, beds and grades."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from eldercare.models import OrgUnit
from facilities.demo import plan
from facilities.demo.wards import Ward
from facilities.models import Bed, Facility, FacilityRating

OFFICE = re.compile(r"(社区)?(居民委员会|居委会|村委会)$")


def village_label(village: OrgUnit, township: OrgUnit) -> str:
    """百可社区, 首荡村: without the committee and without the township in front."""
    name = village.name.removeprefix(township.name)
    return OFFICE.sub(lambda match: "村" if match.group() == "村委会" else "社区", name)


@dataclass
class Site:
    """A place of the demo. A public home that goes to a private operator stays one, with another facility."""

    facility: Facility
    home: plan.Home | None = None
    ward: Ward | None = None
    stars: int = 0
    former: tuple[Facility, int] | None = None  # what it was, until which month

    def at(self, month: int) -> Facility:
        return self.former[0] if self.former and month < self.former[1] else self.facility


def hash_of(bed: Bed) -> int:
    """Beds of one floor got their attributes in one year."""
    return sum(map(ord, bed.room[:4]))


def expand_ratings(facility: Facility, awards: Iterable[tuple], end: dt.date) -> list[FacilityRating]:
    """Grades hold for three years and are renewed without a gap until a better one or the end."""
    rows = []
    awards = sorted(awards, key=lambda each: each[2])
    for place, (scheme, level, day) in enumerate(awards):
        last = awards[place + 1][2] if place + 1 < len(awards) else facility.closed_on
        while day < end and (last is None or day < last):
            until = day.replace(year=day.year + 3)
            until = min(until, last) if last else until
            rows.append(
                FacilityRating(
                    facility=facility,
                    scheme=scheme,
                    level=level,
                    issued_on=day,
                    expires_on=until - dt.timedelta(days=1),
                )
            )
            day = until
    return rows
