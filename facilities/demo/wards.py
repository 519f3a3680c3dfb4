"""Beds of a facility as they come and go, and which of them have an attribute."""

import datetime as dt
from collections.abc import Callable

from eldercare.spells import Spells
from facilities.models import Bed, Facility

ATTRIBUTES = ("nursing", "dementia", "medical")
BUILDING, FLOOR, ROOM = 240, 40, 2  # beds in each
FIRST_BEDS, SMALLEST = 20, 10  # of an institution


class Ward:
    """The beds of one facility. ``held`` counts attributes, ``free`` lists beds without one."""

    def __init__(self, facility: Facility, kind: str = Bed.Kind.INSTITUTIONAL) -> None:
        self.facility, self.kind = facility, kind
        self.beds: list[Bed] = []
        self.all: list[Bed] = []
        self.free: dict[str, list[Bed]] = {attribute: [] for attribute in ATTRIBUTES}

    def __len__(self) -> int:
        return len(self.beds)

    def held(self, attribute: str) -> int:
        return len(self.beds) - len(self.free[attribute])

    def share(self, attribute: str) -> float:
        return self.held(attribute) / len(self.beds) if self.beds else 1.0

    def add(self, count: int, day: dt.date) -> None:
        for _ in range(count):
            room, number = self._place(len(self.all))
            bed = Bed(facility=self.facility, room=room, number=number, kind=self.kind, in_use_from=day)
            self.all.append(bed)
            self.beds.append(bed)
            for without in self.free.values():
                without.append(bed)

    def _place(self, position: int) -> tuple[str, str]:
        if self.kind == Bed.Kind.FAMILY:
            return "", f"家{position + 1:03d}"
        if self.kind == Bed.Kind.DAY_CARE:
            return "休息室", str(position + 1)
        building, rest = divmod(position, BUILDING)
        floor, rest = divmod(rest, FLOOR)
        room, number = divmod(rest, ROOM)
        return f"{building + 1}号楼{floor + 1}{room + 1:02d}", str(number + 1)

    def retire(self, count: int, day: dt.date) -> None:
        """Beds without attributes first: they are the oldest kind."""
        for _ in range(count):
            bed = self.free["nursing"][-1] if self.free["nursing"] else self.beds[-1]
            bed.in_use_to = day
            self.beds.remove(bed)
            for without in self.free.values():
                if bed in without:
                    without.remove(bed)

    def grant(self, attribute: str, begin: Callable[[Bed], dt.date]) -> None:
        """Give the attribute to the next bed: dementia from the back, so that it overlaps with nursing in part."""
        bed = self.free[attribute].pop(-1 if attribute == "dementia" else 0)
        day = max(begin(bed), bed.in_use_from)
        setattr(bed, attribute, getattr(bed, attribute).begun(day))

    def move_to(self, facility: Facility, day: dt.date) -> list[tuple[Bed, Bed]]:
        """The same beds in another facility from ``day`` on; returns the pairs."""
        pairs = []
        for old in self.beds:
            new = Bed(facility=facility, room=old.room, number=old.number, kind=self.kind, in_use_from=day)
            for attribute in ATTRIBUTES:
                if getattr(old, attribute).on(day):
                    setattr(new, attribute, Spells.since(day))
            old.in_use_to = day
            pairs.append((old, new))
        twin = {id(old): new for old, new in pairs}
        self.facility = facility
        self.beds = [twin[id(bed)] for bed in self.beds]
        self.all = [*self.all, *self.beds]
        self.free = {key: [twin[id(bed)] for bed in without] for key, without in self.free.items()}
        return pairs


def share_beds(
    held: list[int], total: int, big: int, weights: list[int], opening: tuple[int, ...] = ()
) -> list[int]:
    """Bring the beds of institutions to ``total``: the first ``big`` have 100 and more, the others 10 to 99.

    Whoever lags furthest behind its weight grows. What must open or reach 100 takes from the largest if the
    total does not grow. Raises ValueError when there is no way.
    """
    values = list(held)
    for place in opening:
        values[place] = FIRST_BEDS
    for place in range(big):
        values[place] = max(values[place], 100)
    there = [place for place, count in enumerate(values) if count]
    while gap := total - sum(values):
        if gap > 0:
            room = [place for place in there if place < big or values[place] < 99]
            chosen = min(room, key=lambda place: values[place] / weights[place])
        else:
            room = [place for place in there if values[place] > (100 if place < big else SMALLEST)]
            chosen = max(room, key=lambda place: values[place] / weights[place])
        values[chosen] += 1 if gap > 0 else -1
    return values
