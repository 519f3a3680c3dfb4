"""Who reaches which address of the API of facilities."""

from tests.facilities.rows_facilities import _targets as targets
from tests.outsider import READERS, Row


def prepare(cast, things: dict) -> dict:
    return {}


ROWS = {
    "api-facilities": Row(READERS),
    "api-unit-counts": Row(READERS),
    "api-facility": Row(READERS, targets=targets("facility")),
}
