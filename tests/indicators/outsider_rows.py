"""Who reaches which page of plans, reports, tasks and registers: the tables ``rows_*.py`` of this folder."""

from importlib import import_module
from pathlib import Path

# The reports come first: their plan and report are what others build on.
NAMES = sorted(
    (path.stem for path in Path(__file__).parent.glob("rows_*.py")), key=lambda n: n != "rows_reports"
)
PARTS = [import_module(f"tests.indicators.{name}") for name in NAMES]
ROWS = {name: row for part in PARTS for name, row in part.ROWS.items()}


def prepare(cast) -> dict:
    things: dict = {}
    for each in PARTS:
        if hasattr(each, "prepare"):
            things |= each.prepare(cast, things)
    return things
