"""The gate before payment (发放前闸口): what a person must look at in a batch before it may be approved.

Each kind of finding is one statement over the people of the batch. A detail never holds a number of a document or an
account.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from eldercare.encryption import decrypt_many
from subsidies.engine.entitlements import entitlements
from subsidies.engine.rules import Rules, facts_day, last_day
from subsidies.engine.text import Statement
from subsidies.models import Batch, Elder, Exclusion, Finding, ListedPerson, RuleVersion

LIVE = "l.state NOT IN ('held', 'dropped', 'failed')"
GROUPED = "'FM999,999,999,990.00'"  # an amount as the pages write it: 1,234.50


def find(batch: Batch, rules: Rules) -> int:
    """Write the findings of a batch; those of an earlier making that are gone are deleted. Says how many there are."""
    _gather(batch)
    found: set[tuple[int, str]] = set()
    for kind, rows in _searches(batch, rules):
        rows = list(rows)
        found |= {(enrolment, kind) for enrolment, _ in rows}
        _write(batch, kind, rows)
    gone = [
        pk for pk, *key in batch.findings.values_list("pk", "enrolment_id", "kind") if tuple(key) not in found
    ]
    batch.findings.filter(pk__in=gone).delete()
    return len(found)


def settle_lines(batch: Batch, enrolments: Collection[int] | None = None) -> int:
    """Hold or drop the lines of people about whom it was so decided, and put back the others. Says how many lines."""
    statement = Statement()
    which = (
        ""
        if enrolments is None
        else f"AND l.enrolment_id = ANY({statement.value(list(enrolments))}::bigint[])"
    )
    return statement.run(f"""UPDATE subsidies_paymentline l SET state = decided.state
        FROM (
            SELECT l.id, CASE WHEN bool_or(f.decision = 'end') THEN 'dropped'
                WHEN bool_or(f.decision = 'hold') THEN 'held' ELSE 'planned' END AS state
            FROM subsidies_paymentline l
            LEFT JOIN subsidies_finding f ON f.batch_id = l.batch_id AND f.enrolment_id = l.enrolment_id
            WHERE l.batch_id = {batch.pk} AND l.state IN ('planned', 'held', 'dropped') {which}
            GROUP BY l.id
        ) decided
        WHERE l.id = decided.id AND l.state <> decided.state""")


def _write(batch: Batch, kind: str, rows: Iterable[tuple[int, str]]) -> None:
    Finding.objects.bulk_create(
        (Finding(batch=batch, enrolment_id=pk, kind=kind, detail=detail[:300]) for pk, detail in rows),
        batch_size=5000,
        update_conflicts=True,
        unique_fields=["batch", "enrolment", "kind"],
        update_fields=["detail"],
    )


def _searches(batch: Batch, rules: Rules) -> Iterable[tuple[str, Iterable[tuple[int, str]]]]:
    kinds = Finding.Kind
    yield kinds.NO_ACCOUNT, _no_account()
    yield kinds.SHARED_ACCOUNT, _shared_account()
    yield kinds.OUTLIER, _outliers(batch)
    if rules.beneficiary != "elder":
        return
    yield kinds.ON_DEATH_LIST, _listed(batch, [ListedPerson.Kind.DEATH])
    yield kinds.ON_OTHER_LIST, _listed(batch, [kind for kind in ListedPerson.Kind if kind != "death"])
    yield kinds.DIED, _died()
    yield kinds.MOVED_OUT, _moved_out(batch)
    yield kinds.DOUBLE_PERSON, _doubles()
    yield kinds.CONFLICT, _conflicts(batch)
    yield kinds.NO_ID_NUMBER, _no_number()
    yield kinds.AGE_MISMATCH, _age_mismatches()
    version = rules.version_in(batch.month)
    if version and version.certification != RuleVersion.Certification.NONE:
        yield kinds.NOT_CERTIFIED, _not_certified(batch, version)
    if version and rules.names & {"ability", "assessed"}:
        yield kinds.ASSESSMENT_EXPIRED, _assessment_expired(batch, version)


PEOPLE = "batch_people"


def _gather(batch: Batch) -> None:
    """Those whom the batch would pay something, with the amount, the account and the person, for all searches.

    A table of its own, with statistics: the lines have just been written, and the planner knows nothing of them.
    """
    statement = Statement()
    statement.run(f"DROP TABLE IF EXISTS {PEOPLE}")
    statement.run(f"""CREATE TEMPORARY TABLE {PEOPLE} ON COMMIT DROP AS
        SELECT p.*, a.account, a.name AS payee, e.name, e.name_key, e.born_on, e.died_on, e.registered, e.id_number,
            e.org_unit_id
        FROM (
            SELECT l.enrolment_id, min(l.elder_id) AS elder_id, sum(l.amount) AS amount, max(l.for_month) AS last_month,
                bool_or(l.kind = 'regular') AS is_paid_now
            FROM subsidies_paymentline l WHERE l.batch_id = {batch.pk} AND l.kind <> 'recovery'
            GROUP BY l.enrolment_id
        ) p
        JOIN subsidies_enrolment n ON n.id = p.enrolment_id
        LEFT JOIN subsidies_elder e ON e.id = p.elder_id
        LEFT JOIN subsidies_payee a ON a.used_to IS NULL AND a.account <> '' AND {ACCOUNT[batch.programme.beneficiary]}""")
    statement.run(f"ANALYZE {PEOPLE}")


# Of the account in use (a), by the enrolment (n): each a plain join, which an OR over all three would not be.
ACCOUNT = {
    "elder": "a.elder_id = n.elder_id",
    "post": "a.caregiver_id = (SELECT caregiver_id FROM facilities_employment WHERE id = n.post_id)",
    "facility": "a.facility_id = n.facility_id",
}


def _no_account() -> list[tuple[int, str]]:
    return Statement().rows(
        f"""SELECT enrolment_id, '没有在用的收款账户，钱发不出去；请补登账户后重新生成，或暂缓。'
        FROM {PEOPLE} WHERE account IS NULL"""
    )


def _shared_account() -> list[tuple[int, str]]:
    """The same account under several people who are paid in this batch: husband and wife, or a mistake."""
    return Statement().rows(f"""WITH shared AS (
            SELECT account, string_agg(coalesce(name, payee), '、' ORDER BY enrolment_id) AS names
            FROM {PEOPLE} GROUP BY account HAVING count(*) > 1
        )
        SELECT p.enrolment_id, '同一账户收款的有：' || left(shared.names, 100)
        FROM {PEOPLE} p JOIN shared USING (account)""")


def _outliers(batch: Batch) -> list[tuple[int, str]]:
    """Far more than the median of the batch, and than the same person got in the batch before."""
    statement = Statement()
    factor = statement.value(batch.programme.outlier_factor)
    before = statement.value((batch.month - dt.timedelta(days=1)).replace(day=1))
    return statement.rows(f"""WITH middle AS (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) AS amount FROM {PEOPLE}),
        earlier AS (
            SELECT l.enrolment_id, sum(l.amount) AS amount FROM subsidies_paymentline l
            JOIN {PEOPLE} p USING (enrolment_id)
            WHERE l.month = {before}::date AND l.kind <> 'recovery' AND {LIVE} GROUP BY l.enrolment_id
        )
        SELECT p.enrolment_id, '本批应发 ' || to_char(p.amount, {GROUPED})
            || ' 元，全批中位数 ' || to_char(middle.amount, {GROUPED}) || ' 元'
            || coalesce('，上月 ' || to_char(earlier.amount, {GROUPED}) || ' 元', '，上月没有发放')
        FROM {PEOPLE} p CROSS JOIN middle LEFT JOIN earlier USING (enrolment_id)
        WHERE p.amount > {factor} * middle.amount
          AND (earlier.amount IS NULL OR p.amount > {factor} * earlier.amount)""")


def _listed(batch: Batch, kinds: list[str]) -> list[tuple[int, str]]:
    """On a list that another office sent; both numbers are stored under one key, so equal ones are equal."""
    statement = Statement()
    labels = statement.value([ListedPerson.Kind(kind).label for kind in kinds])
    names = statement.value([str(kind) for kind in kinds])
    return statement.rows(f"""SELECT p.enrolment_id, string_agg(k.label || '名单' ||
            coalesce('，' || to_char(x.happened_on, 'YYYY-MM-DD'), '') || coalesce('，' || nullif(x.source, ''), ''), '；')
        FROM {PEOPLE} p
        JOIN subsidies_listedperson x ON x.id_number = p.id_number AND x.org_unit_id = {batch.programme.org_unit_id}
        JOIN unnest({names}::text[], {labels}::text[]) AS k (kind, label) ON k.kind = x.kind
        GROUP BY p.enrolment_id""")


def _died() -> list[tuple[int, str]]:
    return Statement().rows(f"""SELECT enrolment_id, to_char(died_on, 'YYYY-MM-DD') || ' 死亡，本批按规则发到 '
            || to_char(last_month, 'YYYY"年"MM"月"') || '，合计 ' || to_char(amount, {GROUPED}) || ' 元'
        FROM {PEOPLE} WHERE died_on IS NOT NULL""")


def _moved_out(batch: Batch) -> list[tuple[int, str]]:
    statement = Statement()
    last = statement.value(last_day(batch.month))
    return statement.rows(f"""SELECT enrolment_id, '到 ' || to_char({last}::date, 'YYYY-MM-DD') || ' 户籍已不在本县'
        FROM {PEOPLE} WHERE NOT isempty(registered) AND upper(registered) <= {last}::date""")


def _doubles() -> list[tuple[int, str]]:
    """The same name and birthday twice among those paid: two townships, or an old and a new number."""
    return Statement().rows(f"""SELECT a.enrolment_id,
            '与同名、同出生日期的另一人（' || string_agg(DISTINCT u.name, '、') || '）可能是同一人'
        FROM {PEOPLE} a JOIN {PEOPLE} b ON b.name_key = a.name_key AND b.born_on = a.born_on AND b.elder_id <> a.elder_id
        JOIN eldercare_orgunit u ON u.id = b.org_unit_id
        GROUP BY a.enrolment_id""")


def _conflicts(batch: Batch) -> list[tuple[int, str]]:
    """Paid for a month by a programme that excludes this one, whichever of the two gives way."""
    relations = (Exclusion.Relation.EXCLUSIVE, Exclusion.Relation.HIGHER)
    statement = Statement()
    names = statement.value([str(each) for each in relations])
    return statement.rows(f"""SELECT l.enrolment_id, string_agg(DISTINCT
            to_char(l.for_month, 'YYYY"年"MM"月"') || '已发“' || other.name || '”', '；')
        FROM subsidies_paymentline l
        JOIN subsidies_exclusion x ON x.relation = ANY({names})
          AND {batch.programme_id} IN (x.yielding_id, x.prevailing_id)
          AND l.for_month >= x.effective_from AND (x.effective_to IS NULL OR l.for_month <= x.effective_to)
        JOIN subsidies_programme other ON other.id IN (x.yielding_id, x.prevailing_id) AND other.id <> {batch.programme_id}
        JOIN subsidies_enrolment e ON e.programme_id = other.id AND e.elder_id = l.elder_id
        JOIN LATERAL (
            SELECT sum(t.amount) AS amount FROM subsidies_paymentline t
            WHERE t.enrolment_id = e.id AND t.for_month = l.for_month AND t.kind <> 'offset'
              AND t.state NOT IN ('held', 'dropped', 'failed')
        ) theirs ON theirs.amount > 0
        WHERE l.batch_id = {batch.pk} AND l.kind NOT IN ('recovery', 'offset')
        GROUP BY l.enrolment_id""")


def _no_number() -> list[tuple[int, str]]:
    return Statement().rows(f"""SELECT enrolment_id, '没有证件号码，不能发放；请补登后重新生成，或暂缓。'
        FROM {PEOPLE} WHERE id_number IS NULL""")


def _age_mismatches() -> Iterable[tuple[int, str]]:
    """The number is encrypted, so its date of birth is compared here and not in the database."""
    rows = Statement().rows(f"""SELECT p.enrolment_id, p.id_number, p.born_on FROM {PEOPLE} p
        JOIN subsidies_elder e ON e.id = p.elder_id
        WHERE e.id_kind = 'resident' AND e.id_reason = '' AND p.id_number IS NOT NULL""")
    numbers = decrypt_many(Elder._meta.get_field("id_number"), [stored for _, stored, _ in rows])
    for (enrolment, _, born_on), number in zip(rows, numbers, strict=True):
        written = number[6:14] if len(number) == 18 else f"19{number[6:12]}"  # a number of 15 digits
        if written != f"{born_on:%Y%m%d}":
            yield enrolment, f"档案上的出生日期 {born_on} 与证件号码里的不符，请核对后改正或说明"


def _not_certified(batch: Batch, version: RuleVersion) -> list[tuple[int, str]]:
    """Back pay for people whose certification has run out meanwhile; the month itself the rules do not pay."""
    waiting = [pk for (pk,) in Statement().rows(f"SELECT enrolment_id FROM {PEOPLE} WHERE NOT is_paid_now")]
    rows = entitlements(batch.programme, [batch.month], enrolments=waiting) if waiting else []
    return [
        (row.enrolment_id, f"{version.get_certification_display()}认证已逾期，本批只有以前月份的补发")
        for row in rows
        if row.is_enrolled and not row.is_certified
    ]


def _assessment_expired(batch: Batch, version: RuleVersion) -> list[tuple[int, str]]:
    """The last assessment has run out, or does within the month."""
    statement = Statement()
    day = statement.value(max(facts_day(version, batch.month), last_day(batch.month)))
    return statement.rows(f"""SELECT p.enrolment_id, '能力评估有效期到 ' || to_char(a.valid_until, 'YYYY-MM-DD')
        FROM {PEOPLE} p CROSS JOIN LATERAL (
            SELECT valid_until FROM subsidies_assessment
            WHERE elder_id = p.elder_id AND level IS NOT NULL ORDER BY assessed_on DESC, id DESC LIMIT 1
        ) a WHERE a.valid_until < {day}::date""")
