"""What the ledgers say of the figures that the monthly report asks for, read for reports, pages and checks.

A thin reading of :mod:`eldercare.ledger_metrics`: it adds which metrics a ledger counts at all, leaves out the
ledgers that a unit does not keep (their 0 means nothing), and rounds to the decimals of the metric.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from eldercare import ledger_kept, ledger_metrics
from eldercare.models import OrgUnit
from indicators.models import Metric


@dataclass(frozen=True)
class Counted:
    """One unit's month: the figure of each metric that its ledgers count, and which ledgers it does not keep."""

    figures: dict[str, Decimal] = field(default_factory=dict)
    not_kept: dict[str, str] = field(default_factory=dict)  # metric code → name of the ledger


NOTHING = Counted()


def is_counted(code: str) -> bool:
    """Whether a ledger has this figure."""
    return code in ledger_metrics.codes()


def ledger_name(code: str) -> str:
    source, _ = ledger_metrics.source_of(code)
    return source.label


def counted(units: Iterable[OrgUnit], month: dt.date, metrics: Iterable[Metric]) -> dict[int, Counted]:
    """By unit: a fixed number of statements, one per ledger, however many units and metrics there are."""
    units = list(units)
    known = ledger_metrics.codes()
    decimals = {metric.code: metric.decimals for metric in metrics if metric.code in known}
    if not units or not decimals:
        return {}
    is_kept = ledger_kept.kept(units, month)
    sources = {code: ledger_metrics.source_of(code)[0] for code in decimals}
    wanted = [
        code
        for code, source in sources.items()
        if any(is_kept.get((unit.pk, source.ledger)) for unit in units)
    ]
    found = ledger_metrics.figures(units, month, codes=wanted) if wanted else {}
    result = {}
    for unit in units:
        result[unit.pk] = Counted({}, {})
        for code, source in sources.items():
            value = found.get((unit.pk, code), Decimal(0))
            if is_kept.get((unit.pk, source.ledger)) and _means_something(unit, code, value):
                result[unit.pk].figures[code] = round(value, decimals[code])
            else:
                result[unit.pk].not_kept[code] = source.label
    return result


def _means_something(unit: OrgUnit, code: str, value: Decimal) -> bool:
    """A county keeps its ledgers through its townships: that it has no row of its own is no zero."""
    if not ledger_metrics.is_county(unit):
        return True
    at_county = ledger_metrics.source_of(code)[1].at_county
    return at_county == "within" or (at_county == "own" and value > 0)


def counted_for(unit: OrgUnit, month: dt.date, metrics: Iterable[Metric]) -> Counted:
    return counted([unit], month, metrics).get(unit.pk, NOTHING)
