"""Figures of ledgers made by chance agree with their lists, with each other, and with counting in plain Python."""

from collections import Counter

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from eldercare import ledger_metrics
from eldercare.ledger_metrics import figures, period_of, rows_of, source_of
from facilities.models import Bed, Employment, Facility
from tests.facilities.oracle import Oracle
from tests.facilities.oracle_figures import FIGURES, QUALIFYING
from tests.facilities.random_ledger import MONTHS, Ledger

SEEDS = (1, 2)
ALWAYS_ZERO_FOR_A_COUNTY = 0
CODES = frozenset(
    code
    for code in ledger_metrics.codes()
    if source_of(code)[0].ledger in ("facilities", "beds", "caregivers")
)


@pytest.fixture(params=SEEDS)
def ledger(request, cast) -> Ledger:
    return Ledger(cast, request.param)


def expected(oracle: Oracle, code: str, unit) -> int:
    is_county = unit.level == "county"
    if is_county and source_of(code)[1].at_county == "none":
        return ALWAYS_ZERO_FOR_A_COUNTY
    return FIGURES[code](oracle, unit)


def test_every_figure_is_what_plain_python_counts_in_every_month(ledger):
    assert set(FIGURES) == CODES
    seen = Counter()
    for month in MONTHS:
        found = figures(ledger.units, month, codes=CODES)
        oracle = Oracle(*period_of(month))
        assert {key: int(value) for key, value in found.items()} == {
            (unit.pk, code): expected(oracle, code, unit) for unit in ledger.units for code in FIGURES
        }
        seen.update({code: int(value) for (_, code), value in found.items()})
    assert sum(seen[code] > 0 for code in FIGURES) > 75  # chance has something of nearly everything


def test_every_figure_is_as_long_as_its_list(ledger):
    for month in MONTHS[::2]:
        found = figures(ledger.units, month, codes=CODES)
        listed = {}
        for unit in ledger.units:
            for code in CODES:
                rows, total = rows_of(code, month, unit), source_of(code)[1].total
                listed[unit.pk, code] = rows.aggregate(sum=Sum(total))["sum"] or 0 if total else rows.count()
        assert found == listed


def test_the_townships_add_up_to_the_number_of_persons(ledger):
    """Each person with a post that counts, in whichever township of the county, is counted once."""
    for month in MONTHS:
        oracle = Oracle(*period_of(month))
        townships = {unit.pk for unit in ledger.townships}
        found = figures(ledger.townships, month, codes=QUALIFYING)
        for code, qualifies in QUALIFYING.items():
            persons = {
                post.caregiver_id
                for post in oracle.posts
                if post.org_unit_id in townships and qualifies(oracle, post)
            }
            assert sum(found[unit.pk, code] for unit in ledger.townships) == len(persons), code


def test_a_township_alone_has_the_same_figures_as_among_all(ledger):
    month = MONTHS[-1]
    together = figures(ledger.units, month, codes=CODES)
    alone = {
        key: value for unit in ledger.units for key, value in figures([unit], month, codes=CODES).items()
    }
    one_by_one = {
        key: value for code in CODES for key, value in figures(ledger.units, month, codes=[code]).items()
    }
    assert together == alone == one_by_one


def test_a_part_is_never_more_than_its_whole(ledger):
    found = figures(ledger.units, MONTHS[-1], codes=CODES)
    for code in CODES:
        whole = source_of(code)[1].part_of
        if whole:
            assert all(found[unit.pk, code] <= found[unit.pk, whole] for unit in ledger.units), code


def statements(units, codes=None) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        figures(units, MONTHS[-1], codes=codes or CODES)
    return len(queries)


def test_the_number_of_statements_is_that_of_the_sources_whatever_is_asked(cast):
    ledger = Ledger(cast, SEEDS[0])
    sources = {source_of(code)[0].key for code in CODES}
    beds = [metric.code for metric in source_of("institution_beds")[0].metrics]
    one_more = 1  # the units below those asked for
    assert statements(ledger.townships[:1]) == statements(ledger.units) == len(sources) + one_more
    assert statements(ledger.townships, beds) == statements(ledger.townships, beds[:1]) == 1 + one_more


def test_a_month_counted_again_later_gives_the_same(cast):
    """What begins after a month, or is entered as ended after it, does not move it."""
    ledger = Ledger(cast, SEEDS[0])
    before = figures(ledger.units, MONTHS[0], codes=CODES)
    later = period_of(MONTHS[0]).last.replace(year=2024)
    Facility.objects.filter(closed_on=None, opened_on__lt=later).update(closed_on=later)
    Bed.objects.filter(in_use_to=None, in_use_from__lt=later).update(in_use_to=later)
    Employment.objects.filter(employed_to=None, employed_from__lt=later).update(employed_to=later)
    assert figures(ledger.units, MONTHS[0], codes=CODES) == before
    assert figures(ledger.units, MONTHS[-1], codes=CODES) != before
