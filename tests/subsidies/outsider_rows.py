"""Who reaches which page of the register, the subsidies and the care: one table per part."""

from tests.subsidies import (
    rows_api,
    rows_assessments,
    rows_care,
    rows_elders,
    rows_enrolments,
    rows_payments,
    rows_programmes,
)

PARTS = (rows_elders, rows_assessments, rows_programmes, rows_enrolments, rows_payments, rows_care, rows_api)
ROWS = {name: row for part in PARTS for name, row in part.ROWS.items()}


def prepare(cast) -> dict:
    things: dict = {}
    for each in PARTS:
        things |= each.prepare(cast, things)
    return things
