"""Home adaptations (适老化改造): accepted in the month, and households that are to be adapted."""

from django.db.models import Q

from eldercare.excel.writing import Kind as Format
from eldercare.ledger_metrics import LedgerMetric, Period, Source, register
from eldercare.lists import Column
from subsidies.metrics.columns import elder_columns
from subsidies.models import Adaptation


def to_be_adapted(period: Period) -> Q:
    """On the list by the day, those already adapted among them; not taken off it."""
    return Q(needed_from__lte=period.last) & (Q(cancelled_on=None) | Q(cancelled_on__gt=period.last))


ADAPTATIONS = register(
    Source(
        key="adaptations",
        label="适老化改造台账",
        ledger="adaptations",
        rows=lambda period: Adaptation.objects.all(),
        unit="org_unit",
        metrics=(
            LedgerMetric("home_adaptations", lambda period: Q(accepted_on__range=period)),
            LedgerMetric("home_adaptations_needed", to_be_adapted, distinct="elder"),
        ),
        columns=(
            *elder_columns("elder"),
            Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code", "pk")),
            Column("round", "批次", "round", order=("round", "pk"), width=20),
            Column("state", "状态", "state.label"),
            Column("needed", "核定日期", "needed_from", order=("needed_from", "pk"), kind=Format.DATE),
            Column("accepted", "验收日期", "accepted_on", order=("accepted_on", "pk"), kind=Format.DATE),
            Column("cost", "改造费用(元)", "cost", order=("cost", "pk"), kind=Format.MONEY),
            Column("subsidy", "补贴(元)", "subsidy", order=("subsidy", "pk"), kind=Format.MONEY),
        ),
        related=("elder", "org_unit"),
    )
)
