"""The townships side by side: beds, residents, who waits; and what expires soon."""

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, DateField, Exists, F, Func, OuterRef, Q

from eldercare.models import OrgUnit, User
from facilities.models import Bed, Facility, FacilityRating, Stay, WaitingEntry

EXPIRY_DAYS = 60
EXPIRING = {"liability_insurance": "综合责任保险", "medical_contract": "医养签约"}


@dataclass
class TownshipLine:
    unit: OrgUnit
    institutions: int = 0
    facilities: int = 0
    beds: int = 0
    residents: int = 0
    waiting: int = 0

    @property
    def free(self) -> int:
        return max(self.beds - self.residents, 0)

    @property
    def occupancy(self) -> float | None:
        return self.residents * 100 / self.beds if self.beds else None

    @property
    def is_short(self) -> bool:
        """床位短缺: occupancy over the set share and people who wait."""
        return bool(
            self.beds
            and self.waiting
            and self.residents / self.beds > float(settings.LEDGER_SHORTAGE_OCCUPANCY)
        )


@dataclass
class Overview:
    lines: list[TownshipLine]
    total: TownshipLine | None
    short: list[TownshipLine] = field(default_factory=list)


def load_overview(user: User, day: dt.date) -> Overview:
    """Institutional beds and who lives in them, per township that the user sees; county facilities in the total."""
    units = OrgUnit.objects.visible_to(user).as_of(day).filter(level=OrgUnit.Level.TOWNSHIP).order_by("code")
    lines = {unit.pk: TownshipLine(unit) for unit in units}
    total = TownshipLine(user.org_unit)
    for unit, name, number in _counts(user, day):
        for line in filter(None, (lines.get(unit), total)):
            setattr(line, name, getattr(line, name) + number)
    shown = list(lines.values())
    return Overview(
        lines=shown,
        total=total if len(shown) > 1 else None,
        short=[line for line in shown if line.is_short],
    )


def _counts(user: User, day: dt.date) -> list[tuple[int, str, int]]:
    """(unit, what, number), four queries however many townships there are."""
    open_ = Facility.objects.visible_to(user).open_on(day)
    institutions = Count("pk", filter=Q(kind__in=Facility.INSTITUTIONS))
    found = []
    for unit, number, homes in (
        open_.order_by().values("org_unit").annotate(number=Count("pk"), homes=institutions)
    ).values_list("org_unit", "number", "homes"):
        found += [(unit, "facilities", number), (unit, "institutions", homes)]
    beds = Bed.objects.visible_to(user).in_use_on(day).filter(kind=Bed.Kind.INSTITUTIONAL)
    people = Stay.objects.visible_to(user).on(day).filter(bed__kind=Bed.Kind.INSTITUTIONAL)
    people = people.filter(bed__facility__in=open_)
    waiting = WaitingEntry.objects.visible_to(user).waiting_on(day).filter(facility__in=open_)
    for rows, path, name in (
        (beds, "facility__org_unit", "beds"),
        (people, "bed__facility__org_unit", "residents"),
        (waiting, "facility__org_unit", "waiting"),
    ):
        counted = rows.order_by().values(path).annotate(number=Count("pk")).values_list(path, "number")
        found += [(unit, name, number) for unit, number in counted]
    return found


# --- What expires soon ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expiry:
    facility: Facility
    what: str
    last_day: dt.date

    def days_left(self, day: dt.date) -> int:
        return (self.last_day - day).days


def expiring(user: User, day: dt.date) -> list[Expiry]:
    """Ratings, insurance and contracts of open facilities whose last day is near; a newer rating replaces one."""
    end = day + dt.timedelta(days=EXPIRY_DAYS)
    found = _ratings_that_expire(user, day, end)
    until = {f"{name}_until": Func(F(name), function="upper", output_field=DateField()) for name in EXPIRING}
    near = [Q(**{f"{name}__gt": day, f"{name}__lte": end + dt.timedelta(days=1)}) for name in until]
    condition = near[0]
    for each in near[1:]:
        condition |= each
    facilities = Facility.objects.visible_to(user).open_on(day).annotate(**until).filter(condition)
    for facility in facilities.select_related("org_unit"):
        for name, what in EXPIRING.items():
            last = getattr(facility, name)[-1].last if getattr(facility, name) else None
            if last is not None and day <= last <= end:
                found.append(Expiry(facility, what, last))
    return sorted(found, key=lambda each: (each.last_day, each.facility.name))


def _ratings_that_expire(user: User, day: dt.date, end: dt.date) -> list[Expiry]:
    newer = FacilityRating.objects.filter(
        facility=OuterRef("facility"), scheme=OuterRef("scheme"), issued_on__gt=OuterRef("issued_on")
    )
    ratings = (
        FacilityRating.objects.visible_to(user)
        .filter(expires_on__gte=day, expires_on__lte=end, facility__in=Facility.objects.open_on(day))
        .filter(~Exists(newer))
        .select_related("facility__org_unit")
    )
    return [Expiry(each.facility, f"等级评定（{each.label}）", each.expires_on) for each in ratings]
