"""Two at the rules at once: nothing is saved that was shown beside other rules, and a worker in between does no harm."""

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.http import QueryDict

from subsidies.actions import programmes, replays, rule_versions
from subsidies.actions.replays import NeedsReplay, request_replay, work_on
from subsidies.models import Exclusion, RuleReplay
from tests.subsidies.factories import make_elder, make_enrolment, make_programme
from tests.subsidies.oracle import plus
from tests.subsidies.replaying import last_month

pytestmark = pytest.mark.django_db(transaction=True)
JUNE = dt.date(2026, 6, 1)
A_WHILE = 0.5  # in which whoever does not wait would be through


@pytest.fixture
def changes(cast, monkeypatch) -> tuple[Callable, Callable]:
    """More money for a programme that gives way to another, and the end of its giving way. Each takes a digest."""
    last_month(monkeypatch, JUNE)
    begins = plus(JUNE, -2)
    yielding = make_programme(cast.county, name="高龄津贴", amounts=((80, None, "50"),), starts=begins)
    prevailing = make_programme(cast.county, name="护理补贴", amounts=((80, None, "500"),), starts=begins)
    elder = make_elder(cast.township, "沈阿福", born=dt.date(1930, 1, 1))
    for programme in (yielding, prevailing):
        make_enrolment(programme, elder)
    pair = Exclusion.objects.create(
        yielding=yielding, prevailing=prevailing, relation="exclusive", effective_from=begins
    )
    version, by = yielding.versions.get(), cast.county_clerk
    band = version.bands.get()
    values = {name: getattr(band, name) for name in rule_versions.BAND_FIELDS}
    bands = [values | {"pk": band.pk, "amount": Decimal(300)}]
    return (
        lambda digest: rule_versions.save_version(
            version=version, fields={}, bands=bands, shares={}, seen=None, by=by, replayed=digest
        ),
        lambda digest: programmes.delete_exclusion(exclusion=pair, by=by, replayed=digest),
    )


def needed(save: Callable) -> NeedsReplay:
    with pytest.raises(NeedsReplay) as caught:
        save("")
    return caught.value


def ask(save: Callable, address: str, by) -> RuleReplay:
    return request_replay(needed=needed(save), address=address, typed=QueryDict(), by=by)


def meanwhile(action: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            action()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_of_two_changes_that_bear_on_each_other_the_second_is_shown_again(cast, changes):
    more, apart = changes
    digests = []
    for save, address in ((more, "/1"), (apart, "/2")):
        replay = ask(save, address, cast.county_clerk)
        assert work_on(replay.pk)
        digests.append(replay.digest)
    is_written, is_over, outcome = threading.Event(), threading.Event(), []

    def second() -> None:
        is_written.wait(10)
        try:
            outcome.append(apart(digests[1]))
        except NeedsReplay as again:
            outcome.append(again.is_stale)
        is_over.set()

    thread = meanwhile(second)
    with transaction.atomic():
        more(digests[0])
        is_written.set()
        is_over.wait(A_WHILE)
    thread.join()
    assert outcome == [True]
    assert Exclusion.objects.exists()


def test_another_draft_while_a_worker_is_at_the_one_before(cast, changes, monkeypatch):
    more, apart = changes
    first = ask(apart, "/", cast.county_clerk)
    other = needed(more)
    is_written, is_over = threading.Event(), threading.Event()
    plain = replays._step

    def step(replay: RuleReplay, **fields: object) -> bool:
        done = plain(replay, **fields)
        if fields.get("attempts"):  # the lines of a month are written, and not yet committed
            is_written.set()
            is_over.wait(A_WHILE)
        return done

    monkeypatch.setattr(replays, "_step", step)
    worker = meanwhile(lambda: work_on(first.pk))
    is_written.wait(10)
    second = request_replay(needed=other, address="/", typed=QueryDict(), by=cast.county_clerk)
    is_over.set()
    worker.join()
    assert list(RuleReplay.objects.all()) == [second]
