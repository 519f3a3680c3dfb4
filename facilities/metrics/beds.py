"""Beds in use, and the people who sleep in them.

A bed of an institution (养老机构床位) is an institutional bed of what counts as an institution on that day, so the
beds fit the number of institutions: those of a home with fewer than 10 are in neither.
"""

from django.db.models import Q

from eldercare.excel.writing import Kind as Format
from eldercare.ledger_metrics import LedgerMetric, Period, Source, register
from eldercare.lists import Column
from facilities.metrics.conditions import always, everything, held, institutions_on
from facilities.models import Bed, Facility, Stay

Kind = Bed.Kind
MUTUAL_AID_HOME = Facility.Kind.MUTUAL_AID_HOME


def at_institution(period: Period) -> Q:
    return Q(kind=Kind.INSTITUTIONAL, facility__in=institutions_on(period.last))


METRICS = (
    LedgerMetric("institution_beds", at_institution),
    LedgerMetric("nursing_beds", held("nursing"), part_of="institution_beds"),
    LedgerMetric("dementia_beds", held("dementia"), part_of="institution_beds"),
    LedgerMetric(
        "public_institution_beds",
        always(facility__operation__in=Facility.PUBLIC_OPERATIONS),
        part_of="institution_beds",
    ),
    LedgerMetric("public_dementia_beds", held("dementia"), part_of="public_institution_beds"),
    LedgerMetric("home_care_beds", always(kind=Kind.FAMILY)),
    LedgerMetric("day_care_beds", lambda period: Q(kind=Kind.DAY_CARE) & ~Q(facility__kind=MUTUAL_AID_HOME)),
    LedgerMetric(
        "mutual_aid_beds",
        lambda period: Q(kind=Kind.MUTUAL_AID) | Q(kind=Kind.DAY_CARE, facility__kind=MUTUAL_AID_HOME),
    ),
    LedgerMetric("medical_care_institution_beds", held("medical")),
    LedgerMetric(
        "disability_care_beds",
        always(
            kind=Kind.INSTITUTIONAL,
            facility__kind=Facility.Kind.DISABILITY_CARE,
            facility__sponsor=Facility.Sponsor.COUNTY,
        ),
        at_county="within",
    ),
    LedgerMetric(
        "disability_care_nursing_beds", held("nursing"), at_county="within", part_of="disability_care_beds"
    ),
)

BEDS = register(
    Source(
        key="beds",
        label="床位台账",
        ledger="beds",
        rows=lambda period: Bed.objects.in_use_on(period.last),
        unit="facility__org_unit",
        metrics=METRICS,
        columns=(
            Column("facility", "机构(设施)", "facility.name", order=("facility__name", "pk"), width=28),
            Column("unit", "镇(街道)", "facility.org_unit.name", order=("facility__org_unit__code", "pk")),
            Column("room", "房间", "room", order=("room", "number", "pk")),
            Column("number", "床号", "number", order=("number", "pk")),
            Column("kind", "床位类型", "get_kind_display", order=("kind", "pk")),
            Column("from", "启用日期", "in_use_from", order=("in_use_from", "pk"), kind=Format.DATE),
        ),
        related=("facility__org_unit",),
    )
)


def in_institution(period: Period) -> Q:
    return Q(bed__kind=Kind.INSTITUTIONAL, bed__facility__in=institutions_on(period.last))


STAYS = register(
    Source(
        key="stays",
        label="入住台账",
        ledger="beds",
        rows=lambda period: Stay.objects.on(period.last).filter(in_institution(period)),
        unit="bed__facility__org_unit",
        metrics=(LedgerMetric("residents_in_institutions", everything, distinct="id_number"),),
        columns=(
            Column("name", "姓名", "name", order=("name", "pk")),
            Column("id_number", "证件号码", "id_number", width=22, css="code"),
            Column("facility", "机构", "bed.facility.name", order=("bed__facility__name", "pk"), width=28),
            Column("bed", "床位", "bed", order=("bed__room", "bed__number", "pk")),
            Column("from", "入住日期", "moved_in_on", order=("moved_in_on", "pk"), kind=Format.DATE),
        ),
        related=("bed__facility__org_unit",),
    )
)
