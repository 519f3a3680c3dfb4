"""Making a payment batch (docs/payment-rules.md, section 5): one statement for the month, one for all earlier months."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from eldercare.errors import Refused
from eldercare.expressions import ExpressionError
from eldercare.key_rotation import require_rotated
from subsidies.engine.changes import changed_since, needs_everybody
from subsidies.engine.entitlements import net
from subsidies.engine.gate import find, settle_lines
from subsidies.engine.gross import enrolled
from subsidies.engine.rules import Rules, months_from
from subsidies.engine.text import Statement
from subsidies.models import Batch, Elder, ListedPerson, Payee

DEAD = "('held', 'dropped', 'failed')"
INTO = """INSERT INTO subsidies_paymentline (batch_id, enrolment_id, elder_id, org_unit_id, month, for_month, kind,
    state, amount, version_id, band_id, facts, recovery_id, payee_name, payee_bank, payee_account, failure)"""
REST = "NULL::bigint, '', '', '', ''"
# What explains the amount later: the facts, and other programmes that played a part.
EXPLAINED = """n.facts || CASE WHEN n.others = '{}'::jsonb THEN '{}'::jsonb
    ELSE jsonb_build_object('gross', n.gross::text, 'others', n.others) END"""


@transaction.atomic
def make(batch: Batch) -> Batch:
    """Fill a batch with its lines and findings, and hand it to its clerk for checking.

    Making it again gives the same lines, less what changed meanwhile; decisions on findings that are still there are
    kept. Raises Refused, and then nothing has changed, for a batch that is not being made and for rules that cannot
    be read.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("programme").get(pk=batch.pk)
    if batch.state != Batch.State.MAKING:
        raise Refused(f"{batch}不在生成中，没有重新生成。")
    if batch.programme.batches.filter(state__in=Batch.SETTLED, month__gt=batch.month).exists():
        raise Refused(
            f"{batch.programme}已有更晚月份的批次，{batch.month:%Y年%m月}的差额会在下一批补发或追缴。"
        )
    require_rotated(Elder, Payee, ListedPerson)  # their stored numbers are compared as they are
    batch.lines.all().delete()
    rules = Rules.of(batch.programme)
    seen_at = timezone.now()
    try:
        if batch.sequence == 1:
            _pay_month(batch, rules)
        _settle_earlier(batch, rules)
    except ExpressionError as error:
        raise Refused(f"{batch.programme}的规则有错，请先改正：{error}") from error
    _offset(batch)
    find(batch, rules)
    settle_lines(batch)
    batch.state = Batch.State.CHECKING
    batch.made_at = batch.facts_seen_at = seen_at
    batch.error = ""
    batch.save(update_fields=["state", "made_at", "facts_seen_at", "error"])
    return batch


def _pay_month(batch: Batch, rules: Rules) -> int:
    """The regular lines: what everybody is owed for the batch's own month."""
    statement = Statement()
    text = net(statement, rules, [batch.month], enrolled(rules))
    # Sets that are looked up for each row are hashed (NOT IN, IN): the statement inserts into the table that it
    # asks, so a look-up row by row would walk over its own new rows.
    return statement.run(f"""WITH {text}, paid AS MATERIALIZED (
            SELECT l.enrolment_id FROM subsidies_paymentline l
            WHERE l.for_month = {statement.value(batch.month)}::date AND l.kind = 'regular' AND l.state NOT IN {DEAD}
              AND l.enrolment_id IN (SELECT id FROM subsidies_enrolment WHERE programme_id = {batch.programme_id})
        )
        {INTO}
        SELECT {batch.pk}, n.enrolment, {_elder(rules, "n.holder")}, n.org_unit, n.month, n.month, 'regular', 'planned',
            n.amount, n.version, n.band, {EXPLAINED}, {REST}
        FROM net n
        WHERE n.amount > 0 AND n.enrolment NOT IN (SELECT enrolment_id FROM paid)""")


def _settle_earlier(batch: Batch, rules: Rules) -> int:
    """Back pay, supplements and recoveries: earlier months whose lines do not add up to what is owed now."""
    months = _earlier_months(batch)
    if not months:
        return 0
    statement = Statement()
    everybody = needs_everybody(batch, rules)
    which = "true" if everybody else "n.id IN (SELECT id FROM changed)"
    changed = "" if everybody else f"changed AS MATERIALIZED ({changed_since(statement, batch, rules)}),"
    text = net(statement, rules, months, enrolled(rules, which))
    first, last = statement.value(months[0]), statement.value(months[-1])
    return statement.run(f"""WITH {changed} {text},
        credited AS (
            SELECT l.enrolment_id, l.for_month, sum(l.amount) AS amount
            FROM subsidies_paymentline l JOIN subsidies_enrolment n ON n.id = l.enrolment_id
            WHERE n.programme_id = {batch.programme_id} AND l.batch_id <> {batch.pk} AND l.state NOT IN {DEAD}
              AND l.kind <> 'offset' AND l.for_month BETWEEN {first}::date AND {last}::date AND ({which})
            GROUP BY l.enrolment_id, l.for_month
        ),
        missed AS MATERIALIZED (
            SELECT l.enrolment_id, l.for_month
            FROM subsidies_paymentline l JOIN subsidies_enrolment n ON n.id = l.enrolment_id
            WHERE n.programme_id = {batch.programme_id} AND l.state IN ('held', 'failed') AND l.kind <> 'offset'
        ),
        owed AS (
            SELECT coalesce(n.enrolment, c.enrolment_id) AS enrolment, coalesce(n.month, c.for_month) AS month,
                coalesce(n.amount, 0) - coalesce(c.amount, 0) AS difference, n.version, n.band,
                coalesce({EXPLAINED}, '{{}}'::jsonb) AS facts
            FROM net n FULL JOIN credited c ON c.enrolment_id = n.enrolment AND c.for_month = n.month
        )
        {INTO}
        SELECT {batch.pk}, e.id, e.elder_id, {HOLDERS_UNIT}, {statement.value(batch.month)}::date, o.month,
            CASE WHEN o.difference < 0 THEN 'recovery'
                WHEN (e.id, o.month) IN (SELECT enrolment_id, for_month FROM missed) THEN 'supplement'
                ELSE 'back_pay' END,
            'planned', o.difference, o.version, o.band, o.facts, {REST}
        FROM owed o JOIN subsidies_enrolment e ON e.id = o.enrolment
        LEFT JOIN subsidies_elder elder ON elder.id = e.elder_id
        LEFT JOIN facilities_employment post ON post.id = e.post_id
        LEFT JOIN facilities_facility facility ON facility.id = e.facility_id
        WHERE o.difference <> 0""")


HOLDERS_UNIT = "coalesce(elder.org_unit_id, post.org_unit_id, facility.org_unit_id)"


def _elder(rules: Rules, column: str) -> str:
    return column if rules.beneficiary == "elder" else "NULL::bigint"


def _earlier_months(batch: Batch) -> Sequence[dt.date]:
    """Months that the batch settles: all before its own since the portal pays; a further batch settles its own too."""
    programme = batch.programme
    last = batch.month if batch.sequence > 1 else (batch.month - dt.timedelta(days=1)).replace(day=1)
    return months_from(programme.portal_from, last)


def _offset(batch: Batch) -> int:
    """Take what is still due from earlier recoveries off what a person gets, the oldest first."""
    if not batch.programme.offsets_recoveries:
        return 0
    statement = Statement()
    month = statement.value(batch.month)
    return statement.run(f"""WITH payable AS (
            SELECT enrolment_id, sum(amount) AS amount, min(elder_id) AS elder_id, min(org_unit_id) AS org_unit_id
            FROM subsidies_paymentline WHERE batch_id = {batch.pk} AND kind <> 'recovery' GROUP BY enrolment_id
        ),
        due AS (
            SELECT r.id, r.enrolment_id, r.amount - r.repaid - r."offset" - r.written_off AS amount,
                sum(r.amount - r.repaid - r."offset" - r.written_off)
                    OVER (PARTITION BY r.enrolment_id ORDER BY r.id) AS running
            FROM subsidies_recovery r JOIN subsidies_enrolment e ON e.id = r.enrolment_id
            WHERE e.programme_id = {batch.programme_id} AND r.amount > r.repaid + r."offset" + r.written_off
        )
        {INTO}
        SELECT {batch.pk}, p.enrolment_id, p.elder_id, p.org_unit_id, {month}::date, {month}::date, 'offset', 'planned',
            -least(due.amount, p.amount - (due.running - due.amount)), NULL::bigint, NULL::bigint, '{{}}'::jsonb, due.id, '', '', '', ''
        FROM due JOIN payable p ON p.enrolment_id = due.enrolment_id
        WHERE p.amount > due.running - due.amount""")


class Sum(NamedTuple):
    people: int
    amount: Decimal


class Identity(NamedTuple):
    """本月应发 = 上月应发 + 新增 − 停发 ± 调档, of the regular lines, person by person."""

    before: Sum
    begun: Sum
    stopped: Sum
    changed: Sum  # people whose amount differs, and by how much in all
    now: Sum

    @property
    def holds(self) -> bool:
        return (
            self.before.amount + self.begun.amount - self.stopped.amount + self.changed.amount
            == self.now.amount
            and self.before.people + self.begun.people - self.stopped.people == self.now.people
        )


TERMS = ("begun", "stopped", "changed")


def identity(batch: Batch) -> Identity:
    """Every term is counted by itself, so the equation is a check."""
    statement = Statement()
    counted = ", ".join(
        f"count(*) FILTER (WHERE {where}), coalesce(sum({amount}) FILTER (WHERE {where}), 0)"
        for where, amount in (
            ("b.amount IS NOT NULL", "b.amount"),
            ("b.amount IS NULL", "n.amount"),
            ("n.amount IS NULL", "b.amount"),
            ("n.amount <> b.amount", "n.amount - b.amount"),
            ("n.amount IS NOT NULL", "n.amount"),
        )
    )
    row = statement.rows(f"SELECT {counted} FROM {_both(statement, batch)}")[0]
    return Identity(*(Sum(row[place], row[place + 1]) for place in range(0, 10, 2)))


def behind(batch: Batch, term: str) -> list[tuple[int, Decimal | None, Decimal | None]]:
    """The people behind a term: (enrolment id, amount of the month before, amount now)."""
    where = {
        "begun": "b.amount IS NULL",
        "stopped": "n.amount IS NULL",
        "changed": "n.amount <> b.amount",
    }[term]
    statement = Statement()
    return statement.rows(
        f"""SELECT coalesce(n.enrolment_id, b.enrolment_id), b.amount, n.amount
        FROM {_both(statement, batch)} WHERE {where} ORDER BY 1"""
    )


def _both(statement: Statement, batch: Batch) -> str:
    """Regular amounts of the batch's month (n) beside those of the month before (b)."""
    before = statement.value((batch.month - dt.timedelta(days=1)).replace(day=1))

    def regular(which: str) -> str:
        return f"""(SELECT l.enrolment_id, l.amount FROM subsidies_paymentline l
            JOIN subsidies_enrolment e ON e.id = l.enrolment_id
            WHERE e.programme_id = {batch.programme_id} AND l.kind = 'regular' AND l.state NOT IN {DEAD} AND {which})"""

    now = regular(f"l.month = {statement.value(batch.month)}::date")
    return f"{now} n FULL JOIN {regular(f'l.month = {before}::date')} b ON b.enrolment_id = n.enrolment_id"
