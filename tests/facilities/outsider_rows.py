"""Who reaches which page of the ledgers: one table per ledger."""

from tests.facilities import rows_api, rows_beds, rows_facilities, rows_staff

ROWS = {**rows_facilities.ROWS, **rows_beds.ROWS, **rows_staff.ROWS, **rows_api.ROWS}


def prepare(cast) -> dict:
    things: dict = {}
    for each in (rows_facilities, rows_beds, rows_staff):
        things |= each.prepare(cast, things)
    return things
