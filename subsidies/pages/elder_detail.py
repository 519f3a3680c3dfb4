"""The page of one person: everything the register knows, and what was paid."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, Count, DecimalField, Max, Q, QuerySet, Sum, Value, When
from django.urls import NoReverseMatch, reverse

from eldercare.history import Part, Step, history_of
from eldercare.models import AuditEvent, User
from subsidies.actions.elders import is_responsible, subject_of
from subsidies.models import (
    Assessment,
    Certification,
    Elder,
    ElderChange,
    ElderMerge,
    ElderTag,
    Enrolment,
    HouseholdHead,
    Payee,
    PaymentLine,
    RuleVersion,
    Visit,
)

SHOWN = 20
RECENT = 5


class Place(NamedTuple):
    """A change that can be registered: its word in the address, its label."""

    slug: str
    label: str


CHANGES = {
    "death": Place("death", "登记死亡"),
    "revoke-death": Place("revoke-death", "撤销死亡登记"),
    "move-in": Place("move-in", "户籍迁入"),
    "move-out": Place("move-out", "户籍迁出"),
    "come-to-live": Place("come-to-live", "来县居住"),
    "leave": Place("leave", "离县居住"),
    "unit": Place("unit", "变更管理镇(街道)"),
    "residence": Place("residence", "变更居住地"),
}


@dataclass
class TagLine:
    tag: ElderTag
    is_current: bool


@dataclass
class EnrolmentLine:
    enrolment: Enrolment
    paid: Decimal
    last_month: dt.date | None
    url: str


@dataclass
class PersonPage:
    elder: Elder
    age: int
    is_responsible: bool
    is_split: bool
    tags: list[TagLine]
    assessments: list[Assessment]
    enrolments: list[EnrolmentLine]
    certifications: list[Certification]
    visits: list[Visit]
    payees: list[Payee]
    head: HouseholdHead | None
    changes: list[ElderChange]
    offered: list[Place]
    merges: list[ElderMerge]
    history: list[Step]
    lookers: list[AuditEvent]
    assess_url: str
    statement_url: str


def load_person(elder: Elder, *, user: User, today: dt.date) -> PersonPage:
    tags = [TagLine(each, each.held.on(today)) for each in elder.tags.all()]
    return PersonPage(
        elder=elder,
        age=elder.age_on(elder.died_on or today),
        is_responsible=is_responsible(elder, user),
        is_split=elder.residence_unit_id != elder.org_unit_id,
        tags=sorted(tags, key=lambda line: not line.is_current),
        assessments=_assessments(elder),
        enrolments=enrolment_lines(elder),
        certifications=list(elder.certifications.all()[:RECENT]),
        visits=list(elder.visits.all()[:RECENT]),
        payees=list(elder.payees.all()),
        head=HouseholdHead.objects.filter(elder=elder).first(),
        changes=list(elder.changes.select_related("from_unit", "to_unit", "recorded_by")),
        offered=offered(elder, user=user, today=today),
        merges=list(merges_of(elder)),
        history=_history(elder, user),
        lookers=[] if user.is_township else _lookers(elder),
        assess_url=url_of("assessment-create", elder.pk),
        statement_url=url_of("payment-person", elder.pk),
    )


def offered(elder: Elder, *, user: User, today: dt.date) -> list[Place]:
    """The changes that make sense for the person as recorded."""
    if elder.died_on:
        return [CHANGES["revoke-death"]] if is_responsible(elder, user) else []
    found = ["death"]
    if is_responsible(elder, user):
        found += ["move-out" if elder.registered.on(today) else "move-in", "unit"]
    found += ["residence", "leave"] if elder.resident.on(today) else ["come-to-live"]
    return [CHANGES[each] for each in found]


def enrolment_lines(elder: Elder) -> list[EnrolmentLine]:
    """Each with what was paid under it; money counts once the bank has paid it."""
    paid = Case(
        When(lines__state=PaymentLine.State.PAID, then="lines__amount"),
        default=Value(Decimal(0)),
        output_field=DecimalField(),
    )
    last = Max("lines__for_month", filter=Q(lines__state=PaymentLine.State.PAID))
    found = (
        elder.enrolments.select_related("programme", "org_unit")
        .annotate(paid=Sum(paid, filter=~Q(lines__kind=PaymentLine.Kind.RECOVERY)), last_month=last)
        .order_by("-applied_on", "-pk")
    )
    return [
        EnrolmentLine(each, each.paid or Decimal(0), each.last_month, url_of("enrolment-detail", each.pk))
        for each in found
    ]


def _assessments(elder: Elder) -> list[Assessment]:
    found = list(elder.assessments.all()[:RECENT])
    for each in found:
        each.url = url_of("assessment-detail", each.pk)
    return found


def url_of(name: str, pk: int) -> str:
    """ "" while no part of the portal has the page."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def merges_of(elder: Elder) -> QuerySet[ElderMerge]:
    rows = ElderMerge.objects.filter(Q(kept=elder) | Q(dropped=elder), undone_at=None)
    return rows.select_related("kept", "dropped", "merged_by")


def _history(elder: Elder, user: User) -> list[Step]:
    return history_of(
        elder,
        Part(ElderTag, elder_id=elder.pk),
        Part(Payee, elder_id=elder.pk),
        Part(HouseholdHead, elder_id=elder.pk),
        user=user,
    )


def _lookers(elder: Elder) -> list[AuditEvent]:
    """Who opened this page, newest first: for the county."""
    found = AuditEvent.objects.filter(action=AuditEvent.Action.PERSON, subject=subject_of(elder))
    return list(found.select_related("user", "org_unit").order_by("-pk")[:SHOWN])


# --- What a change means for the money -------------------------------------------------------------------------


class Affected(NamedTuple):
    enrolment: Enrolment
    rule: str


def affected(elder: Elder, *, slug: str, today: dt.date) -> list[Affected]:
    """Enrolments under way, and what the rules in force say about a death or a move."""
    lines = []
    open_ones = elder.enrolments.filter(state__in=Enrolment.OPEN).select_related("programme")
    versions: dict[int, RuleVersion] = {}
    for version in RuleVersion.objects.filter(
        programme__in=open_ones.values("programme"), effective_from__lte=today
    ).order_by("effective_from"):
        versions[version.programme_id] = version
    for each in open_ones.order_by("pk"):
        lines.append(Affected(each, _rule(versions.get(each.programme_id), slug)))
    return lines


def _rule(version: RuleVersion | None, slug: str) -> str:
    if version is None:
        return "尚无执行中的政策版本"
    of_registration = {"move-out", "move-in"}
    of_residence = {"leave", "come-to-live"}
    population = RuleVersion.Population
    if slug == "death":
        return version.get_death_display()
    if slug in ("move-out", "leave"):
        other = population.RESIDENT if slug == "move-out" else population.REGISTERED
        if version.population == other:
            return f"对象口径为“{version.get_population_display()}”，不受影响"
        if version.population == population.EITHER:
            return f"户籍、常住都不在本县才停发；{version.get_moving_out_display()}"
        return version.get_moving_out_display()
    if slug in of_registration | of_residence:
        return f"对象口径为“{version.get_population_display()}”，按规则重新计算"
    return "县内变更，不影响享受" if slug in ("unit", "residence") else "由规则重新计算"


# --- Home ------------------------------------------------------------------------------------------------------


def without_number(user: User, today: dt.date) -> int:
    """Living people on the user's own records without an identity number: nothing can be paid to them."""
    rows = Elder.objects.visible_to(user).current().filter(id_number=None, died_on=None)
    in_county = Q(registered__on=today) | Q(resident__on=today)
    return rows.filter(in_county).aggregate(number=Count("pk"))["number"]
