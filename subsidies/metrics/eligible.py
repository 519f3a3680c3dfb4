"""Who satisfies the rules of the programmes of a kind, enrolled or not, by the engine of the subsidies."""

# ruff: noqa: S608 - put together from constants; values are parameters
import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from eldercare.expressions import ExpressionError
from subsidies.engine.gross import CANDIDATE, HOLDERS, gross
from subsidies.engine.rules import Rules
from subsidies.engine.text import Statement
from subsidies.models import Programme

NOBODY = "SELECT NULL::bigint WHERE false"
NAMED = re.compile(r"%\((p\d+)\)s")


def eligible_statement(
    kind: str, month: dt.date, units: Collection[int] | None = None
) -> tuple[str, list[Any]]:
    """SELECT of the ids of elders whom a programme of the kind would pay for the month, had they applied before.

    Before other programmes are taken into account. A programme whose rules cannot be read finds nobody.
    ``units``: ids of those whose registers are looked at, all when left out.
    """
    texts, params = [], []
    programmes = Programme.objects.filter(kind=kind, beneficiary=Programme.Beneficiary.ELDER)
    for programme in programmes.select_related("org_unit").order_by("pk"):
        rules, statement = Rules.of(programme), Statement()
        if rules.version_in(month) is None:
            continue
        try:
            text = gross(
                statement,
                rules,
                [month],
                _everybody(statement, rules, month, units),
                prefix=f"e{programme.pk}_",
            )
        except ExpressionError:
            continue
        texts.append(
            f"(WITH {NAMED.sub('%s', text)} SELECT holder FROM e{programme.pk}_gross WHERE gross > 0)"
        )
        params += [statement.params[name] for name in NAMED.findall(text)]
    return " UNION ".join(texts) or NOBODY, params


def _everybody(statement: Statement, rules: Rules, month: dt.date, units: Collection[int] | None) -> str:
    """Everybody on the register of the programme's county, as if applied for and approved the month before."""
    table, _, columns, valid = HOLDERS[rules.beneficiary]
    applied = statement.value((month - dt.timedelta(days=1)).replace(day=1))
    as_if = CANDIDATE.format(unit="h.org_unit_id", day=applied)
    county = statement.value(rules.programme.org_unit.path)
    within = "" if units is None else f" AND h.org_unit_id = ANY({statement.value(list(units))}::bigint[])"
    return f"""SELECT {as_if}, {columns} FROM {table} JOIN eldercare_orgunit u ON u.id = h.org_unit_id
        WHERE {valid} AND starts_with(u.path, {county}){within}"""
