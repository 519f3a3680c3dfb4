"""What the oracle knows: plain values, filled from the rows of the database person by person.

Nothing here decides anything; docs/payment-rules.md does, in ``oracle.py``.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from eldercare.spells import Spells
from facilities.models import (
    Attendance,
    Bed,
    Certificate,
    Employment,
    Facility,
    FacilityRating,
    Stay,
    Training,
)
from subsidies.models import Adaptation, Elder, Enrolment, Exclusion, Programme


@dataclass(frozen=True)
class Assessed:
    id: int
    on: dt.date
    until: dt.date | None  # the last day on which it holds
    level: int | None


@dataclass(frozen=True)
class Person:
    id: int
    sex: str
    born_on: dt.date
    died_on: dt.date | None
    is_merged: bool
    registered: Spells
    resident: Spells
    tags: dict[str, Spells] = field(default_factory=dict)
    assessments: tuple[Assessed, ...] = ()
    certified_on: tuple[dt.date, ...] = ()
    adaptations: tuple[tuple[dt.date, Decimal], ...] = ()  # (accepted on, cost)


@dataclass(frozen=True)
class Post:
    role: str
    employed_from: dt.date
    employed_to: dt.date | None
    education: str
    certificates: tuple[tuple[int, dt.date, dt.date | None], ...] = ()  # (level, issued, last day)
    attendance: dict[dt.date, int] = field(default_factory=dict)
    trainings: tuple[tuple[dt.date, int], ...] = ()  # (held on, hours)


@dataclass(frozen=True)
class InstitutionBed:
    nursing: Spells
    in_use_from: dt.date
    in_use_to: dt.date | None
    out_of_service: Spells
    stays: tuple[tuple[dt.date, dt.date | None], ...] = ()


@dataclass(frozen=True)
class House:
    kind: str
    operation: str
    opened_on: dt.date
    closed_on: dt.date | None
    beds: tuple[InstitutionBed, ...] = ()  # of institutional kind
    stars: tuple[tuple[dt.date, int, dt.date | None, int], ...] = ()  # (issued, id, last day, level)


@dataclass(frozen=True)
class Rate:
    """A band."""

    id: int
    position: int
    label: str
    age_from: int | None
    age_to: int | None
    abilities: tuple[int, ...]
    economics: tuple[str, ...]
    livings: tuple[str, ...]
    condition: str
    amount: Decimal
    quantity: str
    cap: Decimal | None


@dataclass(frozen=True)
class Rules:
    """A version."""

    id: int
    effective_from: dt.date
    population: str
    eligibility: str
    facts_day: str
    start: str
    start_offset: int
    back_pay: str
    back_pay_months: int
    death: str
    moving_out: str
    certification: str
    resume_months: int
    pay_months: tuple[int, ...]
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class Scheme:
    """A programme with its versions."""

    id: int
    starts_on: dt.date
    ends_on: dt.date | None
    portal_from: dt.date
    offsets_recoveries: bool
    versions: tuple[Rules, ...]


@dataclass(frozen=True)
class Relation:
    """An exclusion."""

    yielding: int
    prevailing: int
    relation: str
    effective_from: dt.date
    effective_to: dt.date | None


@dataclass(frozen=True)
class Place:
    """An enrolment with its holder."""

    id: int
    scheme: int
    holder: Person | Post | House
    state: str
    applied_on: dt.date
    approved_on: dt.date | None
    not_before: dt.date | None
    suspended: Spells
    ended_from: dt.date | None


@dataclass
class World:
    """Everything that is known at one time."""

    schemes: dict[int, Scheme]
    relations: tuple[Relation, ...]
    places: dict[int, Place]
    worked_out: dict = field(
        default_factory=dict, repr=False
    )  # the oracle's, so that nothing is worked out twice

    def of_same_person(self, place: Place) -> list[Place]:
        if not isinstance(place.holder, Person):
            return [place]
        return [
            each
            for each in self.places.values()
            if isinstance(each.holder, Person) and each.holder.id == place.holder.id
        ]


def load(programmes: Iterable[Programme] | None = None) -> World:
    """The world of some programmes (all when none are named), as the database has it now."""
    chosen = (
        Programme.objects.all()
        if programmes is None
        else Programme.objects.filter(pk__in=[p.pk for p in programmes])
    )
    schemes = {each.pk: _scheme(each) for each in chosen.prefetch_related("versions__bands")}
    relations = tuple(
        Relation(each.yielding_id, each.prevailing_id, each.relation, each.effective_from, each.effective_to)
        for each in Exclusion.objects.filter(yielding__in=schemes, prevailing__in=schemes)
    )
    enrolments = list(Enrolment.objects.filter(programme__in=schemes))
    people = _people({each.elder_id for each in enrolments if each.elder_id})
    posts = _posts({each.post_id for each in enrolments if each.post_id})
    houses = _houses({each.facility_id for each in enrolments if each.facility_id})
    places = {
        each.pk: Place(
            id=each.pk,
            scheme=each.programme_id,
            holder=people.get(each.elder_id) or posts.get(each.post_id) or houses[each.facility_id],
            state=each.state,
            applied_on=each.applied_on,
            approved_on=each.approved_on,
            not_before=each.not_before,
            suspended=each.suspended,
            ended_from=each.ended_from,
        )
        for each in enrolments
    }
    return World(schemes, relations, places)


def _scheme(programme: Programme) -> Scheme:
    return Scheme(
        id=programme.pk,
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        portal_from=programme.portal_from,
        offsets_recoveries=programme.offsets_recoveries,
        versions=tuple(_rules(version) for version in programme.versions.all()),
    )


def _rules(version) -> Rules:
    names = [name for name in Rules.__dataclass_fields__ if name not in ("pay_months", "rates")]
    rates = tuple(_rate(band) for band in version.bands.all())
    return Rules(
        **{name: getattr(version, name) for name in names}, pay_months=tuple(version.pay_months), rates=rates
    )


def _rate(band) -> Rate:
    lists = ("abilities", "economics", "livings")
    names = [name for name in Rate.__dataclass_fields__ if name not in lists]
    return Rate(
        **{name: getattr(band, name) for name in names},
        **{name: tuple(getattr(band, name)) for name in lists},
    )


def _people(ids: set[int]) -> dict[int, Person]:
    elders = Elder.objects.filter(pk__in=ids).prefetch_related("tags", "assessments", "certifications")
    works: dict[int, list[tuple[dt.date, Decimal]]] = {}
    for each in Adaptation.objects.filter(elder__in=ids, accepted_on__isnull=False):
        works.setdefault(each.elder_id, []).append((each.accepted_on, each.cost or Decimal(0)))
    return {
        elder.pk: Person(
            id=elder.pk,
            sex=elder.sex,
            born_on=elder.born_on,
            died_on=elder.died_on,
            is_merged=elder.merged_into_id is not None,
            registered=elder.registered,
            resident=elder.resident,
            tags={tag.kind: tag.held for tag in elder.tags.all()},
            assessments=tuple(
                Assessed(each.pk, each.assessed_on, each.valid_until, each.level)
                for each in elder.assessments.all()
            ),
            certified_on=tuple(each.certified_on for each in elder.certifications.all()),
            adaptations=tuple(works.get(elder.pk, ())),
        )
        for elder in elders
    }


def _posts(ids: set[int]) -> dict[int, Post]:
    found = {}
    for post in Employment.objects.filter(pk__in=ids).select_related("caregiver"):
        certificates = Certificate.objects.filter(
            caregiver=post.caregiver, kind__in=Certificate.CAREGIVER_KINDS, level__isnull=False
        )
        attendance = Attendance.objects.filter(employment=post)
        trainings = Training.objects.filter(caregiver=post.caregiver)
        found[post.pk] = Post(
            role=post.role,
            employed_from=post.employed_from,
            employed_to=post.employed_to,
            education=post.caregiver.education,
            certificates=tuple(certificates.values_list("level", "issued_on", "expires_on")),
            attendance=dict(attendance.values_list("month", "days")),
            trainings=tuple(trainings.values_list("held_on", "hours")),
        )
    return found


def _houses(ids: set[int]) -> dict[int, House]:
    found = {}
    for facility in Facility.objects.filter(pk__in=ids):
        ratings = FacilityRating.objects.filter(facility=facility, scheme=FacilityRating.Scheme.STAR)
        beds = Bed.objects.filter(facility=facility, kind=Bed.Kind.INSTITUTIONAL)
        found[facility.pk] = House(
            kind=facility.kind,
            operation=facility.operation,
            opened_on=facility.opened_on,
            closed_on=facility.closed_on,
            beds=tuple(
                InstitutionBed(
                    bed.nursing,
                    bed.in_use_from,
                    bed.in_use_to,
                    bed.out_of_service,
                    tuple(Stay.objects.filter(bed=bed).values_list("moved_in_on", "moved_out_on")),
                )
                for bed in beds
            ),
            stars=tuple(ratings.values_list("issued_on", "pk", "expires_on", "level")),
        )
    return found
