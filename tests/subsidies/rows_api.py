"""Who reaches which address of the API of people."""

from tests.outsider import Row
from tests.subsidies.rows_elders import LOOKERS
from tests.subsidies.rows_elders import _both as both


def prepare(cast, things: dict) -> dict:
    return {}


ROWS = {
    "api-people": Row(LOOKERS),
    "api-person": Row(LOOKERS, targets=both("elder")),
}
