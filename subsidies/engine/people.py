"""Who a programme reaches, enrolled or not: one statement per question."""

import datetime as dt
import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from subsidies.engine.entitlements import COLUMNS, Entitlement, net
from subsidies.engine.gross import CANDIDATE, HOLDERS, enrolled, unenrolled
from subsidies.engine.rules import Rules
from subsidies.engine.text import Statement
from subsidies.models import Programme, RuleVersion
from subsidies.rules.enrolments import add_months


class Total(NamedTuple):
    is_enrolled: bool
    band: int | None
    org_unit: int
    people: int
    amount: Decimal


def reached(
    programme: Programme, month: dt.date, *, ahead: int, units: Collection[int] | None = None
) -> list[Entitlement]:
    """Who is not enrolled and would be paid, with the first such month of ``month`` and ``ahead`` more; and who is
    enrolled and, by the programme alone, gets nothing in ``month``."""
    statement = Statement()
    rules = Rules.of(programme)
    months = [add_months(month, shift) for shift in range(ahead + 1)]
    text = net(statement, rules, months, _everybody(statement, rules, month, units))
    this = statement.value(month)
    return _rows(
        statement,
        f"""WITH {text}, first AS (
            SELECT DISTINCT ON (enrolment, holder) * FROM net
            WHERE CASE WHEN enrolment IS NULL THEN gross > 0
                ELSE month = {this}::date AND c_enrolment AND c_start AND gross = 0
                    AND NOT (c_population AND alive_days > 0 AND c_eligible AND band IS NOT NULL) END
            ORDER BY enrolment, holder, month
        ) SELECT {COLUMNS} FROM first ORDER BY month, org_unit, holder""",
    )


def as_if(
    programme: Programme, months: Sequence[dt.date], holders: Sequence[int], *, applied_on: dt.date
) -> list[Entitlement]:
    """What some would be owed had their application of ``applied_on`` been approved on that day."""
    statement = Statement()
    rules = Rules.of(programme)
    table, _, columns, valid = HOLDERS[rules.beneficiary]
    shown = CANDIDATE.format(unit="h.org_unit_id", day=statement.value(applied_on))
    these = f"h.id = ANY({statement.value(list(holders))}::bigint[])"
    subject = f"SELECT {shown}, {columns} FROM {table} WHERE {valid} AND {these}"
    text = net(statement, rules, months, subject)
    return _rows(statement, f"WITH {text} SELECT {COLUMNS} FROM net ORDER BY holder, month")


def totals(version: RuleVersion, month: dt.date, *, units: Collection[int] | None = None) -> list[Total]:
    """What ``version`` would pay for a month, whichever version is in force then, to those enrolled and the others."""
    statement = Statement()
    whole = Rules.of(version.programme)
    tried = next(each for each in whole.versions if each.pk == version.pk)
    tried.effective_from = min(tried.effective_from, month)
    rules = Rules(version.programme, [tried], whole.bands)
    text = net(statement, rules, [month], _everybody(statement, rules, month, units))
    found = statement.rows(
        f"""WITH {text} SELECT enrolment IS NOT NULL, band, org_unit, count(*), sum(amount)
        FROM net WHERE amount > 0 GROUP BY 1, 2, 3"""
    )
    return [Total(*row) for row in found]


def _everybody(statement: Statement, rules: Rules, month: dt.date, units: Collection[int] | None) -> str:
    """SELECT of those who run in the programme, and of the others as if they had applied the month before."""
    where = "true" if units is None else f"h.org_unit_id = ANY({statement.value(list(units))}::bigint[])"
    inside = enrolled(rules, f"n.state = 'running' AND {where}")
    outside = unenrolled(rules, statement.value(add_months(month, -1)), where)
    return f"{inside} UNION ALL {outside}"


def _rows(statement: Statement, text: str) -> list[Entitlement]:
    found = (Entitlement(*row) for row in statement.rows(text))
    return [row._replace(facts=json.loads(row.facts), others=json.loads(row.others)) for row in found]
