"""What the pages of the facilities show: the list, one facility, the townships side by side."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from eldercare.lists import contains
from eldercare.spells import Spells
from facilities.models import (
    QUALIFICATIONS,
    Bed,
    Employment,
    Facility,
    FacilityRating,
    FacilityVillage,
    Stay,
    WaitingEntry,
)
from facilities.models.facilities import rating_label
from facilities.rules.facilities import check_facility
from facilities.rules.remarks import Remark

# The order and the headings in which the qualifications stand on the form and on the page.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "登记与安全",
        (
            "filed",
            "incorporated",
            "fire_accepted",
            "safety_standard",
            "quality_standard",
            "liability_insurance",
        ),
    ),
    ("医养康护", ("clinic", "medical_contract", "joint_clinic", "dementia_zone", "rehab_room")),
    ("餐饮", ("kitchen", "open_kitchen", "standardised")),
    (
        "运营与党建",
        (
            "socially_run",
            "home_link",
            "smart",
            "demonstration",
            "teaching_point",
            "party_coverage",
            "party_site",
        ),
    ),
)


def qualification_label(name: str) -> str:
    return str(Facility._meta.get_field(name).verbose_name)


# --- List -------------------------------------------------------------------------------------------------------


# The kinds as the model names them: institutions first.
KIND_PLACE = Case(*(When(kind=kind, then=place) for place, kind in enumerate(Facility.Kind)))


def list_rows(rows: QuerySet, day: dt.date) -> QuerySet:
    """With beds in use, residents, occupancy (percent) and the rating in force on ``day``."""
    beds = Bed.objects.in_use_on(day).filter(facility=OuterRef("pk"))
    institutional = beds.filter(kind=Bed.Kind.INSTITUTIONAL)
    other = beds.filter(kind__in=(Bed.Kind.DAY_CARE, Bed.Kind.MUTUAL_AID))
    people = Stay.objects.on(day).filter(bed__facility=OuterRef("pk"), bed__kind=Bed.Kind.INSTITUTIONAL)
    rating = ratings_on(day).filter(facility=OuterRef("pk"), scheme__in=("star", "center"))
    rating = rating.order_by("-issued_on", "-pk")
    return rows.select_related("org_unit", "village").annotate(
        kind_place=KIND_PLACE,
        institutional_beds=_number_of(institutional, "facility"),
        other_beds=_number_of(other, "facility"),
        residents=_number_of(people, "bed__facility"),
        occupancy=Case(
            When(
                institutional_beds__gt=0, then=Cast("residents", FloatField()) * 100 / F("institutional_beds")
            ),
            default=None,
        ),
        rating_scheme=Subquery(rating.values("scheme")[:1]),
        rating_level=Subquery(rating.values("level")[:1]),
    )


def _number_of(rows: QuerySet, by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def ratings_on(day: dt.date) -> QuerySet:
    return FacilityRating.objects.filter(issued_on__lte=day).filter(
        Q(expires_on=None) | Q(expires_on__gte=day)
    )


def rating_text(row: Facility) -> str:
    return rating_label(row.rating_scheme, row.rating_level) if row.rating_level else ""


def filtered(rows: QuerySet, chosen: dict, day: dt.date) -> QuerySet:
    if text := chosen.get("q"):
        rows = rows.filter(contains(text, "name", "operator", "owner", "credit_code", "address"))
    if unit := chosen.get("unit"):
        rows = rows.filter(org_unit__path__startswith=unit.path)
    for name in ("kind", "operation", "setting"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    if chosen.get("state") == "open":
        rows = rows.open_on(day)
    elif chosen.get("state") == "closed":
        rows = rows.filter(closed_on__lte=day)
    if name := chosen.get("has"):
        rows = rows.filter(**{f"{name}__on": day})
    if name := chosen.get("lacks"):
        rows = rows.exclude(**{f"{name}__on": day})
    if rating := chosen.get("rating"):
        rows = _rated(rows, rating, day)
    return rows


def _rated(rows: QuerySet, rating: str, day: dt.date) -> QuerySet:
    """``rating``: "none", or scheme and level as in star-3."""
    of_it = ratings_on(day).filter(facility=OuterRef("pk"))
    if rating == "none":
        return rows.filter(~Exists(of_it.exclude(scheme="food")))
    scheme, _, level = rating.partition("-")
    return rows.filter(Exists(of_it.filter(scheme=scheme, level=level)))


# --- One facility -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Qualification:
    name: str
    label: str
    hint: str
    spells: Spells
    holds: bool

    @property
    def text(self) -> str:
        return str(self.spells)

    @property
    def since(self) -> dt.date | None:
        return state_since(self.spells, timezone.localdate())


def state_since(spells: Spells, day: dt.date) -> dt.date | None:
    """Since when it is as it is on ``day``: held, or no longer held; None if it never was."""
    since = None
    for first, until in spells:
        if first <= day:
            since = first
        if until is not None and until <= day:
            since = until
    return since


@dataclass
class BedLine:
    """Beds of one kind."""

    kind: str
    label: str
    in_use: int = 0
    nursing: int = 0
    dementia: int = 0
    residents: int = 0

    @property
    def free(self) -> int:
        return self.in_use - self.residents

    @property
    def occupancy(self) -> float | None:
        return self.residents * 100 / self.in_use if self.in_use else None


@dataclass
class FacilitySheet:
    facility: Facility
    day: dt.date
    groups: list[tuple[str, list[Qualification]]]
    ratings: list[FacilityRating]
    coverage: list[FacilityVillage]
    beds: list[BedLine]
    waiting: int
    staff: list[tuple[str, int]]
    staff_total: int  # persons; one may have two posts
    remarks: list[Remark]


def load_sheet(facility: Facility, day: dt.date) -> FacilitySheet:
    beds = _bed_lines(facility, day)
    posts = Employment.objects.filter(facility=facility).on(day).order_by()
    roles = posts.values("role").annotate(number=Count("caregiver", distinct=True))
    by_role = {row["role"]: row["number"] for row in roles}
    institutional = next((line.in_use for line in beds if line.kind == Bed.Kind.INSTITUTIONAL), 0)
    return FacilitySheet(
        facility=facility,
        day=day,
        groups=[(title, [_qualification(facility, name, day) for name in names]) for title, names in GROUPS],
        ratings=list(facility.ratings.order_by("-issued_on", "-pk")),
        coverage=list(facility.coverage.select_related("village")),
        beds=beds,
        waiting=WaitingEntry.objects.filter(facility=facility).waiting_on(day).count(),
        staff=[(str(role.label), by_role[role]) for role in Employment.Role if role in by_role],
        staff_total=posts.values("caregiver").distinct().count(),
        remarks=remarks_on(facility, day, institutional if facility.is_open_on(day) else None),
    )


def _qualification(facility: Facility, name: str, day: dt.date) -> Qualification:
    spells = getattr(facility, name)
    field_ = Facility._meta.get_field(name)
    return Qualification(name, str(field_.verbose_name), str(field_.help_text), spells, spells.on(day))


def _bed_lines(facility: Facility, day: dt.date) -> list[BedLine]:
    beds = (
        Bed.objects.filter(facility=facility)
        .in_use_on(day)
        .order_by()
        .values("kind")
        .annotate(
            number=Count("pk"),
            nursing=Count("pk", filter=Q(nursing__on=day)),
            dementia=Count("pk", filter=Q(dementia__on=day)),
        )
    )
    people = (
        Stay.objects.filter(bed__facility=facility)
        .on(day)
        .order_by()
        .values("bed__kind")
        .annotate(number=Count("pk"))
    )
    of_kind = {row["kind"]: row for row in beds}
    living = {row["bed__kind"]: row["number"] for row in people}
    return [
        BedLine(
            kind=kind.value,
            label=str(kind.label),
            in_use=of_kind.get(kind, {}).get("number", 0),
            nursing=of_kind.get(kind, {}).get("nursing", 0),
            dementia=of_kind.get(kind, {}).get("dementia", 0),
            residents=living.get(kind, 0),
        )
        for kind in Bed.Kind
        if kind in of_kind or kind in living
    ]


def remarks_on(facility: Facility, day: dt.date, institutional_beds: int | None) -> list[Remark]:
    row = {
        name: getattr(facility, name)
        for name in (
            "kind", "operation", "sponsor", "setting", "credit_code", "opened_on", "closed_on", "rehab_room_count",
        )
    }  # fmt: skip
    row |= {name: getattr(facility, name).on(day) for name in QUALIFICATIONS}
    row |= {
        "org_unit": facility.org_unit.code,
        "village": facility.village.code if facility.village else "",
        "institutional_beds": institutional_beds,
    }
    return check_facility(row, today=day)
