"""A month under the stored rules beside the same month under a draft: one statement, whatever the number of people.

Only the lines of a replay are written, never anything of the payments.
"""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from subsidies.engine.entitlements import net
from subsidies.engine.gross import enrolled
from subsidies.engine.rules import Book
from subsidies.engine.text import Statement
from subsidies.models import Exclusion, Programme

# Why somebody gets nothing, or less than the band says: the first condition of docs/payment-rules.md that is not met.
WHY = """CASE WHEN NOT n.c_enrolment THEN 'enrolment' WHEN NOT n.c_start THEN 'start'
    WHEN NOT n.c_population THEN 'population' WHEN n.alive_days <= 0 THEN 'dead'
    WHEN NOT n.c_certified THEN 'certification' WHEN NOT n.c_eligible THEN 'eligibility'
    WHEN n.band IS NULL THEN 'band' WHEN n.gross = 0 THEN 'zero'
    WHEN n.amount < n.gross THEN 'other' ELSE '' END"""


class Month(NamedTuple):
    """What a month comes to: people who get something and yuan, before and after, and whom it moves."""

    old_people: int
    old_amount: Decimal
    new_people: int
    new_amount: Decimal
    gain: int  # get more
    lose: int  # get less
    appear: int  # got nothing, get something
    fall_out: int  # got something, get nothing


def affected(programmes: list[Programme], old: Book, new: Book) -> list[Programme]:
    """The programmes themselves, and those that give way to one of them under the old or the new rules."""
    found = {each.pk: each for each in programmes}
    for programme in programmes:
        for each in [*old.exclusions(programme), *new.exclusions(programme)]:
            if each.prevailing_id == programme.pk or each.relation == Exclusion.Relation.HIGHER:
                other = each.yielding if each.prevailing_id == programme.pk else each.prevailing
                found.setdefault(other.pk, other)
    return list(found.values())


def involved(programmes: list[Programme], old: Book, new: Book) -> list[Programme]:
    """All whose rules have a say in what the programmes pay."""
    found = {each.pk: each for each in programmes}
    for programme in programmes:
        for each in [*old.exclusions(programme), *new.exclusions(programme)]:
            for side in (each.yielding, each.prevailing):
                found.setdefault(side.pk, side)
    return list(found.values())


def replay_month(replay: int, programme: Programme, month: dt.date, *, old: Book, new: Book) -> Month:
    """Write a line for everybody whose amount differs, and say what the month comes to."""
    statement = Statement()
    sides = ", ".join(
        _side(statement, programme, month, book, name) for book, name in ((old, "old"), (new, "new"))
    )
    found = statement.rows(f"""WITH {sides},
        pair AS MATERIALIZED (
            SELECT coalesce(o.enrolment, n.enrolment) AS enrolment, coalesce(o.org_unit, n.org_unit) AS org_unit,
                coalesce(o.amount, 0) AS old_amount, coalesce(n.amount, 0) AS new_amount,
                o.version AS old_version, n.version AS new_version,
                coalesce(o.band, '') AS old_band, coalesce(n.band, '') AS new_band,
                coalesce(o.why, 'month') AS old_why, coalesce(n.why, 'month') AS new_why,
                coalesce(o.facts, '{{}}'::jsonb) AS old_facts, coalesce(n.facts, '{{}}'::jsonb) AS new_facts
            FROM old o FULL JOIN new n ON n.enrolment = o.enrolment
        ),
        moved AS (
            SELECT *, CASE WHEN old_amount = 0 THEN 'appear' WHEN new_amount = 0 THEN 'fall_out'
                WHEN new_amount > old_amount THEN 'gain' ELSE 'lose' END AS change
            FROM pair WHERE old_amount <> new_amount
        ),
        written AS (
            INSERT INTO subsidies_replayline (replay_id, programme_id, month, enrolment_id, org_unit_id, change,
                old_amount, new_amount, old_version, new_version, old_band, new_band, old_why, new_why, old_facts, new_facts)
            SELECT {replay}, {programme.pk}, {statement.value(month)}::date, enrolment, org_unit, change,
                old_amount, new_amount, old_version, new_version, old_band, new_band, old_why, new_why, old_facts, new_facts
            FROM moved RETURNING change
        )
        SELECT b.*, m.* FROM (
            SELECT count(*) FILTER (WHERE old_amount > 0), coalesce(sum(old_amount), 0),
                count(*) FILTER (WHERE new_amount > 0), coalesce(sum(new_amount), 0) FROM pair) b,
            (SELECT count(*) FILTER (WHERE change = 'gain'), count(*) FILTER (WHERE change = 'lose'),
                count(*) FILTER (WHERE change = 'appear'), count(*) FILTER (WHERE change = 'fall_out') FROM written) m""")
    return Month(*found[0])


def _side(statement: Statement, programme: Programme, month: dt.date, book: Book, name: str) -> str:
    """CTEs, the last of which is ``name``: what everybody enrolled gets by the rules of ``book``, and why."""
    rules = book.rules(programme)
    prefix = f"{name}_"
    text = net(statement, rules, [month], enrolled(rules), book=book, prefix=prefix)
    return f"""{text}, {name} AS (
        SELECT n.enrolment, n.org_unit, n.amount, n.version, r.label AS band, {WHY} AS why,
            n.facts || CASE WHEN n.others = '{{}}'::jsonb THEN '{{}}'::jsonb
                ELSE jsonb_build_object('others', n.others) END AS facts
        FROM {prefix}net n LEFT JOIN {prefix}rate r ON r.id = n.band)"""
