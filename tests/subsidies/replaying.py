"""Asking for a replay as the pages do, having it worked out, and what the oracle says of the same months."""

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.db import connection
from django.http import QueryDict

from subsidies.actions import replays
from subsidies.actions.replays import NeedsReplay, request_replay, work_on
from subsidies.models import ReplayLine, RuleReplay
from tests.subsidies.oracle import entitlement
from tests.subsidies.oracle_world import load

Owed = dict[tuple[int, dt.date, int], Decimal]  # (programme, month, enrolment) → yuan


def last_month(monkeypatch, month: dt.date) -> None:
    """The month that is the last of every replay."""
    monkeypatch.setattr(replays, "this_month", lambda: month)


def asked(save: Callable[[str], object], by) -> RuleReplay | None:
    """The replay that ``save(digest)`` needs, worked out; None if it was saved at once."""
    try:
        save("")
    except NeedsReplay as needed:
        replay = request_replay(needed=needed, address="/", typed=QueryDict(), by=by)
        assert work_on(replay.pk)
        replay.refresh_from_db()
        assert replay.state == RuleReplay.State.DONE, replay.error
        return replay
    return None


def owed(programmes, months: Iterable[dt.date]) -> Owed:
    """By the oracle, from the rules and the register as the database has them now."""
    world = load(programmes)
    return {
        (place.scheme, month, place.id): entitlement(world, place, month).net
        for place in world.places.values()
        for month in months
    }


def moved(old: Owed, new: Owed) -> dict:
    return {key: (old[key], new[key]) for key in old if old[key] != new[key]}


def lines_of(replay: RuleReplay) -> dict:
    return {
        (line.programme_id, line.month, line.enrolment_id): (line.old_amount, line.new_amount)
        for line in ReplayLine.objects.filter(replay=replay)
    }


def figures_of(replay: RuleReplay) -> dict:
    """(programme, month) → people and yuan before and after, then whom it moves."""
    return {
        (each["programme"], dt.date.fromisoformat(row["month"])): (
            row["old_people"],
            Decimal(row["old_amount"]),
            row["new_people"],
            Decimal(row["new_amount"]),
            row["gain"],
            row["lose"],
            row["appear"],
            row["fall_out"],
        )
        for each in replay.figures
        for row in each["months"]
    }


def counted(old: Owed, new: Owed, key: tuple[int, dt.date]) -> tuple:
    """The same from the oracle's amounts."""
    pairs = [(old[each], new[each]) for each in old if each[:2] == key]
    return (
        sum(a > 0 for a, _ in pairs),
        sum((a for a, _ in pairs), Decimal(0)),
        sum(b > 0 for _, b in pairs),
        sum((b for _, b in pairs), Decimal(0)),
        sum(0 < a < b for a, b in pairs),
        sum(a > b > 0 for a, b in pairs),
        sum(a == 0 < b for a, b in pairs),
        sum(a > 0 == b for a, b in pairs),
    )


def checksums() -> dict[str, tuple]:
    """Number of rows and checksum of every table of the subsidies but those of the replays themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE tablename LIKE 'subsidies\\_%%'"
            " AND tablename NOT IN ('subsidies_rulereplay', 'subsidies_replayline') ORDER BY 1"
        )
        found = {}
        for (table,) in cursor.fetchall():
            checksum = "md5(string_agg(md5(t::text), '' ORDER BY t::text))"
            cursor.execute(f"SELECT count(*), {checksum} FROM {table} t")  # noqa: S608 - a name of the catalogue
            found[table] = cursor.fetchone()
    assert found["subsidies_paymentline"]
    return found
