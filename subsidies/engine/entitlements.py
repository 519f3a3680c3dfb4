"""What people are owed: the gross amounts of a programme with its exclusions taken into account."""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from subsidies.engine.gross import enrolled, gross, unenrolled
from subsidies.engine.rules import Book, Rules
from subsidies.engine.text import Statement
from subsidies.models import Exclusion, Programme


class Entitlement(NamedTuple):
    """What somebody is owed for a month, or why nothing. ``holder_id``: the elder, post or facility."""

    enrolment_id: int | None
    holder_id: int
    org_unit_id: int
    month: dt.date
    version_id: int
    band_id: int | None
    facts: dict[str, Any]  # the values of the names that the conditions use
    is_enrolled: bool  # section 3.2: approved, not ended, not suspended
    has_started: bool  # 3.4
    is_in_population: bool  # 3.5
    alive_days: int  # 3.6: days of the month that count
    is_certified: bool  # 3.7
    is_eligible: bool  # 3.8
    gross: Decimal
    amount: Decimal  # after other programmes
    others: dict[str, str]  # programme id → its gross amount, where another programme plays a part


COLUMNS = """enrolment, holder, org_unit, month, version, band, facts, c_enrolment, c_start, c_population, alive_days,
    c_certified, c_eligible, gross, amount, others"""


def entitlements(
    programme: Programme,
    months: Sequence[dt.date],
    *,
    enrolments: Collection[int] | None = None,
) -> list[Entitlement]:
    """A row for every enrolment that may be paid and every month in which the programme pays, also where it is 0.

    ``enrolments``: ids to look at; None for all. Raises ExpressionError where a rule cannot be read.
    """
    statement = Statement()
    which = "true" if enrolments is None else f"n.id = ANY({statement.value(list(enrolments))}::bigint[])"
    rules = Rules.of(programme)
    text = net(statement, rules, months, enrolled(rules, which))
    return _rows(statement, f"WITH {text} SELECT {COLUMNS} FROM net ORDER BY enrolment, month")


def candidates(
    programme: Programme, month: dt.date, *, units: Collection[int] | None = None
) -> list[Entitlement]:
    """Who is not in the programme, has not applied, and would be paid for the month had they applied the month before."""
    statement = Statement()
    which = "true" if units is None else f"h.org_unit_id = ANY({statement.value(list(units))}::bigint[])"
    rules = Rules.of(programme)
    applied = (month - dt.timedelta(days=1)).replace(day=1)
    subject = unenrolled(rules, statement.value(applied), which)
    text = net(statement, rules, [month], subject, only_eligible=True)
    return _rows(
        statement, f"WITH {text} SELECT {COLUMNS} FROM net WHERE gross > 0 ORDER BY org_unit, holder"
    )


def _rows(statement: Statement, text: str) -> list[Entitlement]:
    found = (Entitlement(*row) for row in statement.rows(text))
    return [row._replace(facts=json.loads(row.facts), others=json.loads(row.others)) for row in found]


def net(
    statement: Statement,
    rules: Rules,
    months: Sequence[dt.date],
    subject: str,
    *,
    book: Book | None = None,
    prefix: str = "",
    as_well: Mapping[int, str] | None = None,
    only_eligible: bool = False,
) -> str:
    """CTEs, the last of which is ``{prefix}net``: the gross rows with ``amount`` and ``others``.

    ``book``: where the rules of the other programmes stand, if not as they are stored; ``as_well``: SELECTs of those who
    count as enrolled in another programme, by its id; ``only_eligible``: as in ``gross``,
    where nobody asks for those who are paid nothing.
    """
    book, as_well = book or Book(), as_well or {}
    text = gross(statement, rules, months, subject, prefix=prefix, only_eligible=only_eligible)
    exclusions = book.exclusions(rules.programme) if rules.beneficiary == Programme.Beneficiary.ELDER else []
    others = {_other(each, rules.programme).pk: _other(each, rules.programme) for each in exclusions}
    asked = f"{prefix}gross WHERE gross > 0" if only_eligible else f"{prefix}subject"
    for pk, other in others.items():
        their_rules = book.rules(other)
        same_people = enrolled(their_rules, f"h.id IN (SELECT holder FROM {asked})")
        if pk in as_well:
            same_people += f" UNION ALL {as_well[pk]}"
        text += "," + gross(statement, their_rules, months, same_people, prefix=f"{prefix}o{pk}_")
        text += f""",
        {prefix}o{pk} AS (SELECT holder, month, max(gross) AS gross FROM {prefix}o{pk}_gross WHERE gross > 0 GROUP BY holder, month)"""
    joins = " ".join(
        f"LEFT JOIN {prefix}o{pk} o{pk} ON o{pk}.holder = g.holder AND o{pk}.month = g.month" for pk in others
    )
    shown = ", ".join(f"'{pk}', o{pk}.gross::text" for pk in others)
    seen = f"jsonb_strip_nulls(jsonb_build_object({shown}))" if others else "'{}'::jsonb"
    amount = _amount(statement, rules.programme, exclusions)
    return f"{text}, {prefix}net AS (SELECT g.*, {amount} AS amount, {seen} AS others FROM {prefix}gross g {joins})"


def _other(exclusion: Exclusion, programme: Programme) -> Programme:
    return exclusion.prevailing if exclusion.yielding_id == programme.pk else exclusion.yielding


def _amount(statement: Statement, programme: Programme, exclusions: list[Exclusion]) -> str:
    """SQL of what is left of ``g.gross``: nothing where a rule says so, else less what is set off."""
    nothing, set_off = [], []
    for each in exclusions:
        theirs = f"o{_other(each, programme).pk}.gross"
        holds = f"g.month >= {statement.value(each.effective_from)}::date"
        if each.effective_to:
            holds += f" AND g.month <= {statement.value(each.effective_to)}::date"
        yields = each.yielding_id == programme.pk
        if each.relation == Exclusion.Relation.EXCLUSIVE and yields:
            nothing.append(f"{holds} AND {theirs} > 0")
        elif each.relation == Exclusion.Relation.HIGHER:
            nothing.append(f"{holds} AND {theirs} {'>=' if yields else '>'} g.gross")
        elif each.relation == Exclusion.Relation.OFFSET and yields:
            set_off.append(f"CASE WHEN {holds} THEN coalesce({theirs}, 0) ELSE 0 END")
    left = f"greatest(0, g.gross - ({' + '.join(set_off)}))" if set_off else "g.gross"
    if not nothing:
        return left
    return f"CASE WHEN {' OR '.join(f'({each})' for each in nothing)} THEN 0 ELSE {left} END"
