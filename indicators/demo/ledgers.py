"""From the figures of the demo county to its ledgers: what each ledger metric is to count to."""

import datetime as dt

from eldercare import ledger_metrics
from facilities.demo import seed_ledgers
from facilities.models import Facility
from indicators.demo.county import FIRST_MONTH, TOWNSHIPS
from indicators.demo.register_rows import write_register_rows
from indicators.demo.series import Figures, Report

# Of all ledgers, those that the demo county keeps from the beginning.
KEPT = ("facilities", "beds", "caregivers")


def codes() -> frozenset[str]:
    """The metrics that these ledgers count."""
    return frozenset(
        code for code in ledger_metrics.codes() if ledger_metrics.source_of(code)[0].ledger in KEPT
    )


def exist() -> bool:
    return Facility.objects.exists()


def write_ledgers(figures: dict[Report, Figures], today: dt.date) -> dict[str, int]:
    """Rows that count to the figures of every township and month; nothing when there are ledgers already."""
    months = sorted({month for _, month in figures if month >= FIRST_MONTH})
    wanted = {
        unit: {
            code: [int(figures[unit, month][code]) for month in months] for code in figures[unit, FIRST_MONTH]
        }
        for unit in TOWNSHIPS
    }
    return seed_ledgers(wanted, months, today=today) | write_register_rows(today)
