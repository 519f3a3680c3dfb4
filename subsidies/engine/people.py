"""Who a programme reaches, enrolled or not: one statement per question."""

import datetime as dt
import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from subsidies.engine.entitlements import COLUMNS, Entitlement, net
from subsidies.engine.gross import CANDIDATE, HOLDERS, enrolled, unenrolled
from subsidies.engine.rules import Book, Rules
from subsidies.engine.text import Statement
from subsidies.models import Exclusion, Programme, RuleVersion
from subsidies.rules.enrolments import add_months


class Total(NamedTuple):
    is_enrolled: bool
    band: int | None
    org_unit: int
    people: int
    amount: Decimal


class Beside(NamedTuple):
    """What another programme pays somebody for a month while an application is open, and once it is approved."""

    holder_id: int
    month: dt.date
    programme_id: int
    before: Decimal
    after: Decimal


def soon(
    programme: Programme, month: dt.date, *, ahead: int, units: Collection[int] | None = None
) -> list[Entitlement]:
    """Who is not enrolled and would be paid first in one of the ``ahead`` months after ``month``."""
    statement = Statement()
    rules = Rules.of(programme)
    months = [add_months(month, shift) for shift in range(ahead + 1)]
    text = net(statement, rules, months, _outside(statement, rules, month, units), only_eligible=True)
    this = statement.value(month)
    return _rows(
        statement,
        f"""WITH {text}, first AS (
            SELECT DISTINCT ON (holder) * FROM net WHERE gross > 0 ORDER BY holder, month
        ) SELECT {COLUMNS} FROM first WHERE month > {this}::date ORDER BY month, org_unit, holder""",
    )


def lost(programme: Programme, month: dt.date, *, units: Collection[int] | None = None) -> list[Entitlement]:
    """Who runs in the programme and no longer satisfies it. An overdue certification alone only suspends."""
    statement = Statement()
    rules = Rules.of(programme)
    text = net(statement, rules, [month], _inside(statement, rules, units))
    return _rows(
        statement,
        f"""WITH {text} SELECT {COLUMNS} FROM net
        WHERE c_enrolment AND c_start AND gross = 0
            AND NOT (c_population AND alive_days > 0 AND c_eligible AND band IS NOT NULL)
        ORDER BY org_unit, holder""",
    )


def as_if(
    programme: Programme, months: Sequence[dt.date], holders: Sequence[int], *, applied_on: dt.date
) -> list[Entitlement]:
    """What some would be owed had their application of ``applied_on`` been approved on that day."""
    statement = Statement()
    rules = Rules.of(programme)
    text = net(statement, rules, months, _applying(statement, rules, holders, applied_on))
    return _rows(statement, f"WITH {text} SELECT {COLUMNS} FROM net ORDER BY holder, month")


def beside(
    programme: Programme, months: Sequence[dt.date], holders: Sequence[int], *, applied_on: dt.date
) -> list[Beside]:
    """What some get from the programmes that may give way to this one, if it were approved as in ``as_if``."""
    statement, book = Statement(), Book()
    giving = _giving_way(programme, months, book) if programme.beneficiary == "elder" else []
    if not giving:
        return []
    applying = _applying(statement, book.rules(programme), holders, applied_on)
    these = f"h.id = ANY({statement.value(list(holders))}::bigint[])"
    parts, selects = [], []
    for other in giving:
        theirs = book.rules(other)
        for prefix, as_well in (("b", {}), ("a", {programme.pk: applying})):
            drawn = enrolled(theirs, these)
            whole = f"{prefix}{other.pk}_"
            parts.append(net(statement, theirs, months, drawn, book=book, prefix=whole, as_well=as_well))
        selects.append(
            f"""SELECT b.holder, b.month, {other.pk}, sum(b.amount), sum(a.amount)
            FROM b{other.pk}_net b JOIN a{other.pk}_net a USING (enrolment, month)
            GROUP BY 1, 2 HAVING sum(b.amount) > 0"""
        )
    found = statement.rows(f"WITH {','.join(parts)} {' UNION ALL '.join(selects)} ORDER BY 1, 2, 3")
    return [Beside(*row) for row in found]


def _giving_way(programme: Programme, months: Sequence[dt.date], book: Book) -> list[Programme]:
    """The programmes of which somebody may get less because of this one."""
    found = {}
    for each in book.exclusions(programme):
        if any(each.holds_in(month) for month in months):
            if each.prevailing_id == programme.pk:
                found[each.yielding_id] = each.yielding
            elif each.relation == Exclusion.Relation.HIGHER:
                found[each.prevailing_id] = each.prevailing
    return list(found.values())


def _applying(statement: Statement, rules: Rules, holders: Sequence[int], applied_on: dt.date) -> str:
    table, _, columns, valid = HOLDERS[rules.beneficiary]
    shown = CANDIDATE.format(unit="h.org_unit_id", day=statement.value(applied_on))
    these = f"h.id = ANY({statement.value(list(holders))}::bigint[])"
    return f"SELECT {shown}, {columns} FROM {table} WHERE {valid} AND {these}"


def totals(version: RuleVersion, month: dt.date, *, units: Collection[int] | None = None) -> list[Total]:
    """What ``version`` would pay for a month, whichever version is in force then, to those enrolled and the others."""
    statement = Statement()
    whole = Rules.of(version.programme)
    tried = next(each for each in whole.versions if each.pk == version.pk)
    tried.effective_from = min(tried.effective_from, month)
    rules = Rules(version.programme, [tried], whole.bands)
    everybody = f"{_inside(statement, rules, units)} UNION ALL {_outside(statement, rules, month, units)}"
    text = net(statement, rules, [month], everybody)
    found = statement.rows(
        f"""WITH {text} SELECT enrolment IS NOT NULL, band, org_unit, count(*), sum(amount)
        FROM net WHERE amount > 0 GROUP BY 1, 2, 3"""
    )
    return [Total(*row) for row in found]


def _inside(statement: Statement, rules: Rules, units: Collection[int] | None) -> str:
    return enrolled(rules, f"n.state = 'running' AND {_in_units(statement, units)}")


def _outside(statement: Statement, rules: Rules, month: dt.date, units: Collection[int] | None) -> str:
    """Those who are not in the programme, as if they had applied the month before."""
    return unenrolled(rules, statement.value(add_months(month, -1)), _in_units(statement, units))


def _in_units(statement: Statement, units: Collection[int] | None) -> str:
    return "true" if units is None else f"h.org_unit_id = ANY({statement.value(list(units))}::bigint[])"


def _rows(statement: Statement, text: str) -> list[Entitlement]:
    found = (Entitlement(*row) for row in statement.rows(text))
    return [row._replace(facts=json.loads(row.facts), others=json.loads(row.others)) for row in found]
