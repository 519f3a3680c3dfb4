"""政策找人: who satisfies a programme and is not enrolled, who soon will, who no longer does; one statement each."""

import datetime as dt
from pathlib import Path

from django.db import connection

from subsidies.models import Programme
from subsidies.pages.matching import find_people
from tests.bench import county, subsidies_register
from tests.bench.cases import Case, Figures, Measurement

MONTH = dt.date(2024, 3, 1)


def prepare(folder: Path, size: int) -> None:
    county.make_county()
    subsidies_register.fill_elders(size)
    subsidies_register.fill_programmes(county.county(), one_in=2)
    county.tidy()


class OfTheRegister:
    """Counts the statements that read the register; rules and bands are read by small ones of their own."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute, sql, *details):
        self.number += "subsidies_elder " in sql
        return execute(sql, *details)


def question(which: str):
    def measured(folder: Path, size: int) -> Figures:
        figures, counted = Figures(), OfTheRegister()
        programmes = list(Programme.objects.order_by("pk"))
        found = 0
        with connection.execute_wrapper(counted), figures.clock():
            for programme in programmes:
                with figures.clock(programme.code):
                    found += len(find_people(programme, which, MONTH, units=None))
        figures.counts = {"statements": counted.number, "programmes": len(programmes), "people": found}
        return figures

    return measured


LABELS = {"now": "not enrolled", "soon": "within three months", "lost": "no longer"}
CASE = Case(
    title="政策找人: four programmes, every other person enrolled in each",
    what="elders",
    sizes=(10_000, 100_000),
    prepare=prepare,
    measurements=tuple(Measurement(label, question(which)) for which, label in LABELS.items()),
)
