"""Elders on the register: how many, how old, in which need. Each person once.

By household registration a person counts where the record is managed, by residence where the person lives.
"""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from eldercare.ledger_metrics import LedgerMetric, Period, Source, register
from eldercare.lists import Column
from subsidies.metrics.columns import elder_columns, place_columns
from subsidies.metrics.conditions import (
    UNABLE_SELF_CARE,
    aged,
    assessed,
    both,
    elders_on,
    found_disabled_or_demented,
    of_the_county,
    registered,
    tagged,
)
from subsidies.metrics.eligible import eligible_statement
from subsidies.models import Elder, ElderTag, Programme

CENTRAL = ElderTag.Kind.DESTITUTE_CENTRAL
destitute = tagged(*ElderTag.DESTITUTE)
in_central_care = tagged(CENTRAL)


def wishing_central_care(period: Period) -> Q:
    """The wish is registered, or has been granted: 含已集中供养者."""
    return Q(wishes_central_care__on=period.last) | in_central_care(period)


REGISTERED = (
    LedgerMetric("registered_elders_60", both(registered, aged(60))),
    LedgerMetric("registered_elders_80", aged(80), part_of="registered_elders_60"),
    LedgerMetric("centenarians", aged(100), part_of="registered_elders_80"),
    LedgerMetric("destitute_elders", destitute, part_of="registered_elders_60"),
    LedgerMetric("destitute_elders_in_care", in_central_care, part_of="destitute_elders"),
)
# People of any age on the register.
NEED = (
    LedgerMetric("disabled_elders", both(of_the_county, aged(60), found_disabled_or_demented)),
    LedgerMetric("destitute_unable_self_care", both(registered, destitute, assessed(UNABLE_SELF_CARE))),
    LedgerMetric("destitute_unable_self_care_in_care", in_central_care, part_of="destitute_unable_self_care"),
    LedgerMetric("destitute_wishing_central_care", both(registered, destitute, wishing_central_care)),
    LedgerMetric(
        "destitute_wishing_in_central_care", in_central_care, part_of="destitute_wishing_central_care"
    ),
)
COLUMNS = (*elder_columns(), *place_columns())
RELATED = ("org_unit", "village")

ELDERS = register(
    Source(
        key="elders",
        label="老年人档案",
        ledger="elders",
        rows=lambda period: elders_on(period.last),
        unit="org_unit",
        metrics=REGISTERED + NEED,
        columns=COLUMNS,
        related=RELATED,
    )
)

RESIDENTS = register(
    Source(
        key="residents",
        label="老年人档案",
        ledger="elders",
        rows=lambda period: Elder.objects.resident_on(period.last),
        unit="residence_unit",
        metrics=(
            LedgerMetric("resident_elders_60", aged(60)),
            LedgerMetric("resident_elders_65", aged(65), part_of="resident_elders_60"),
        ),
        columns=(
            *elder_columns(),
            Column("unit", "居住镇(街道)", "residence_unit.name", order=("residence_unit__code", "pk")),
            Column(
                "village", "居住村(社区)", "residence_village.name", order=("residence_village__code", "pk")
            ),
        ),
        related=("residence_unit", "residence_village"),
    )
)


def eligible(period: Period, units: Collection[int] | None = None) -> QuerySet[Elder]:
    """Who would be paid a service subsidy for the month by its rules, applied for or not, and has not left since."""
    text, params = eligible_statement(Programme.Kind.SERVICE_SUBSIDY, period.first, units)
    found = RawSQL(text, params)  # noqa: S611 - written by the engine
    return elders_on(period.last).filter(of_the_county(period), pk__in=found)


ELIGIBLE = register(
    Source(
        key="service_subsidy_eligible",
        label="老年人档案",
        ledger="elders",
        rows=eligible,
        rows_of_units=eligible,
        unit="org_unit",
        metrics=(LedgerMetric("service_subsidy_eligible_elders", lambda period: Q()),),
        columns=COLUMNS,
        related=RELATED,
        is_by_rules=True,
    )
)
