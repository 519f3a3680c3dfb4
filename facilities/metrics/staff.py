"""The people who work in elder care, each once in the county.

A person with several posts that a figure would count is counted for the earliest one, in that post's township:
the figures of the townships add up to the number of persons. A row behind the figure is that post.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from eldercare.excel.writing import Kind as Format
from eldercare.ledger_metrics import LedgerMetric, Period, Source, register
from eldercare.lists import Column
from facilities.metrics.conditions import Condition, both, in_country, institutions_on, valid_on
from facilities.models import Certificate, Employment, Facility, Training

Role, Subject = Employment.Role, Training.Subject
AT_FACILITY = Q(workplace=Employment.Workplace.FACILITY)
COMMUNITY_KINDS = (
    Facility.Kind.COMMUNITY_CARE_CENTER,
    Facility.Kind.DAY_CARE_CENTER,
    Facility.Kind.MUTUAL_AID_HOME,
    Facility.Kind.URBAN_COMPREHENSIVE_CENTER,
)
OF_TRADE = tuple(kind for kind in Certificate.Kind if kind != Certificate.Kind.COURSE)
REHAB = (Subject.REHAB_BASICS, Subject.REHAB_SKILLS)


def each_person_once(posts: Condition) -> Condition:
    """Of those posts the earliest of each person. Another county counts the person for itself."""

    def condition(period: Period) -> Q:
        earlier = Q(employed_from__lt=OuterRef("employed_from")) | Q(
            employed_from=OuterRef("employed_from"), pk__lt=OuterRef("pk")
        )
        any_before = Employment.objects.filter(earlier, caregiver=OuterRef("caregiver"))
        before = Employment.objects.on(period.last).filter(
            posts(period),
            earlier,
            caregiver=OuterRef("caregiver"),
            org_unit__parent=OuterRef("org_unit__parent"),
        )
        # Most people never had another post, which the first look at an index tells.
        return posts(period) & (~Q(Exists(any_before)) | ~Q(Exists(before)))

    return condition


def at_facility(period: Period) -> Q:
    return AT_FACILITY


def at_rural_facility(period: Period) -> Q:
    return AT_FACILITY & in_country("facility")


def as_caregiver(period: Period) -> Q:
    return AT_FACILITY & Q(role=Role.CAREGIVER)


def as_social_worker(period: Period) -> Q:
    return Q(role=Role.SOCIAL_WORKER)


def in_community(period: Period) -> Q:
    return Q(workplace=Employment.Workplace.COMMUNITY) | Q(facility__kind__in=COMMUNITY_KINDS)


def as_technician(period: Period) -> Q:
    return Q(role__in=Employment.TECHNICAL)


def at_institution(period: Period) -> Q:
    return Q(facility__in=institutions_on(period.last))


def found(rows: QuerySet) -> Q:
    """There is such a row of the person. As a scalar it is looked up through the index for each post that matters;
    Exists would make PostgreSQL read the whole table even for one township."""
    return Q(
        IsNull(Subquery(rows.filter(caregiver=OuterRef("caregiver")).order_by().values("pk")[:1]), False)
    )


def holds(*kinds: str, senior: bool = False) -> Condition:
    """The person has a valid certificate of one of the kinds."""

    def condition(period: Period) -> Q:
        certificates = Certificate.objects.filter(valid_on(period.last), kind__in=kinds)
        return found(certificates.filter(level__lte=Certificate.SENIOR) if senior else certificates)

    return condition


def trained(*subjects: str) -> Condition:
    """The person finished a training this year up to the last day; without subjects, any."""

    def condition(period: Period) -> Q:
        this_year = (period.last.replace(month=1, day=1), period.last)
        trainings = Training.objects.filter(held_on__range=this_year)
        return found(trainings.filter(subject__in=subjects) if subjects else trainings)

    return condition


def passed(*subjects: str) -> Condition:
    """The person once passed such a training."""

    def condition(period: Period) -> Q:
        return found(Training.objects.filter(held_on__lte=period.last, subject__in=subjects, is_passed=True))

    return condition


# A part repeats what its whole says of the post: then certificates are looked up for those posts only.
METRICS = (
    LedgerMetric("care_staff", each_person_once(at_facility)),
    LedgerMetric("care_staff_trained", both(at_facility, trained()), part_of="care_staff"),
    LedgerMetric("rural_care_staff", each_person_once(at_rural_facility)),
    LedgerMetric("rural_care_staff_trained", both(at_rural_facility, trained()), part_of="rural_care_staff"),
    LedgerMetric("caregivers", each_person_once(as_caregiver)),
    LedgerMetric(
        "certified_caregivers",
        both(as_caregiver, holds(*Certificate.CAREGIVER_KINDS)),
        part_of="caregivers",
    ),
    LedgerMetric(
        "senior_caregivers",
        both(as_caregiver, holds(*Certificate.CAREGIVER_KINDS, senior=True)),
        part_of="caregivers",
    ),
    LedgerMetric(
        "caregivers_trained", both(as_caregiver, trained(Subject.SKILL, *REHAB)), part_of="caregivers"
    ),
    LedgerMetric("caregivers_with_rehab_basics", both(as_caregiver, passed(*REHAB)), part_of="caregivers"),
    LedgerMetric(
        "senior_caregivers_with_rehab_skills",
        both(as_caregiver, passed(Subject.REHAB_SKILLS)),
        part_of="senior_caregivers",
    ),
    LedgerMetric("elder_social_workers", each_person_once(as_social_worker)),
    LedgerMetric("institution_social_workers", each_person_once(both(as_social_worker, at_institution))),
    LedgerMetric("community_elder_social_workers", each_person_once(both(as_social_worker, in_community))),
    LedgerMetric("institution_technical_staff", each_person_once(both(as_technician, at_institution))),
    LedgerMetric(
        "institution_technical_staff_certified",
        both(as_technician, holds(*OF_TRADE)),
        part_of="institution_technical_staff",
    ),
)

STAFF = register(
    Source(
        key="staff",
        label="从业人员台账",
        ledger="caregivers",
        rows=lambda period: Employment.objects.on(period.last),
        unit="org_unit",
        metrics=METRICS,
        columns=(
            Column("name", "姓名", "caregiver.name", order=("caregiver__name", "pk")),
            Column("id_number", "证件号码", "caregiver.id_number", width=22, css="code"),
            Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code", "pk")),
            Column("place", "机构(场所)", "place", order=("facility__name", "pk"), width=28),
            Column("role", "岗位", "get_role_display", order=("role", "pk")),
            Column("from", "入职日期", "employed_from", order=("employed_from", "pk"), kind=Format.DATE),
        ),
        related=("caregiver", "org_unit", "facility"),
    )
)
