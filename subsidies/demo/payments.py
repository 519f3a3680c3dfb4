"""Two years of payments of the demo county: what the rules give for each month, as if paid month by month."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from eldercare.models import OrgUnit, User
from eldercare.permissions import Role
from subsidies.demo import cases
from subsidies.engine import make
from subsidies.engine.entitlements import net
from subsidies.engine.gross import enrolled
from subsidies.engine.rules import Rules
from subsidies.engine.text import Statement
from subsidies.models import Batch, PaymentLine, Programme

FAILURES = ("账户已销户", "户名与账号不符")


def seed_payments(county: OrgUnit, months: Sequence[dt.date]) -> dict[str, int]:
    """Settled batches of all months but the last, of which a batch waits to be checked.

    Each programme is written at once, by the statement that makes a single batch. Skips programmes that have batches.
    """
    clerk = User.objects.filter(org_unit=county, role=Role.COUNTY_CLERK, is_demo=True).first()
    reviewer = User.objects.filter(org_unit=county, role=Role.COUNTY_REVIEWER, is_demo=True).first()
    lines, counts = 0, {}
    elders = Programme.objects.filter(org_unit=county, batches=None, beneficiary=Programme.Beneficiary.ELDER)
    paying = [each for each in elders.order_by("pk") if each.enrolments.exists()]
    smallest = min(paying, key=lambda each: each.enrolments.payable().count(), default=None)
    for programme in paying:
        programme.portal_from = months[0]  # what was paid before is not in the portal
        programme.save(update_fields=["portal_from"])
        with transaction.atomic():
            really = programme == smallest and len(months) > 2
            batches = _batches(programme, months[: -2 if really else -1], clerk, reviewer)
            lines += _lines(programme, batches)
            _number(batches)
            for batch in batches[-2:]:
                _fail_some(batch)
            if really:
                cases.pay_really(programme, months[-2], clerk, reviewer)
            if programme.kind == Programme.Kind.OLD_AGE:
                counts["追缴"] = cases.seed_claims(programme)
            make(Batch.objects.create(programme=programme, month=months[-1], made_by=clerk))
    return {"发放明细": lines} | counts


def _batches(programme: Programme, months: Sequence[dt.date], clerk: User, reviewer: User) -> list[Batch]:
    rules = Rules.of(programme)
    made = []
    for month in months:
        if rules.version_in(month) is None:
            continue
        at = timezone.make_aware(dt.datetime.combine(month.replace(day=8), dt.time(9, 30)))
        made.append(
            Batch(
                programme=programme,
                month=month,
                state=Batch.State.RECONCILED,
                made_by=clerk,
                made_at=at,
                facts_seen_at=timezone.now(),
                submitted_by=clerk,
                submitted_at=at + dt.timedelta(hours=5),
                approved_by=reviewer,
                approved_at=at + dt.timedelta(days=1),
                sent_by=clerk,
                sent_at=at + dt.timedelta(days=2),
                reconciled_at=at + dt.timedelta(days=4),
            )
        )
    return Batch.objects.bulk_create(made)


def _lines(programme: Programme, batches: Sequence[Batch]) -> int:
    statement, rules = Statement(), Rules.of(programme)
    months = [batch.month for batch in batches]
    if not months:
        return 0
    text = net(statement, rules, months, enrolled(rules))
    keys, firsts = statement.value([batch.pk for batch in batches]), statement.value(months)
    holder = {
        "elder": "a.elder_id = n.holder",
        "post": "a.caregiver_id = (SELECT caregiver_id FROM facilities_employment WHERE id = n.holder)",
        "facility": "a.facility_id = n.holder",
    }[programme.beneficiary]
    elder = "n.holder" if programme.beneficiary == Programme.Beneficiary.ELDER else "NULL::bigint"
    return statement.run(f"""WITH {text}
        INSERT INTO subsidies_paymentline (batch_id, enrolment_id, elder_id, org_unit_id, month, for_month, kind, state,
            amount, version_id, band_id, facts, payee_name, payee_bank, payee_account, failure, settled_on)
        SELECT b.id, n.enrolment, {elder}, n.org_unit, n.month, n.month, 'regular', 'paid', n.amount, n.version, n.band,
            n.facts, coalesce(a.name, ''), coalesce(a.bank, ''), coalesce(a.account, ''), '', n.month + 11
        FROM net n JOIN unnest({keys}::bigint[], {firsts}::date[]) AS b (id, month) ON b.month = n.month
        LEFT JOIN subsidies_payee a ON a.used_to IS NULL AND {holder}
        WHERE n.amount > 0""")


def _number(batches: Sequence[Batch]) -> None:
    """Number the rows of each bank sheet."""
    statement = Statement()
    keys = statement.value([batch.pk for batch in batches])
    statement.run(f"""UPDATE subsidies_paymentline l SET serial = numbered.serial
        FROM (SELECT id, row_number() OVER (PARTITION BY batch_id ORDER BY org_unit_id, enrolment_id) AS serial
            FROM subsidies_paymentline WHERE batch_id = ANY({keys}::bigint[])) numbered
        WHERE l.id = numbered.id""")


def _fail_some(batch: Batch) -> None:
    """A few rows came back from the bank; the batch after pays them again."""
    for place, line in enumerate(batch.lines.order_by("pk")[7:400:97]):
        PaymentLine.objects.filter(pk=line.pk).update(
            state=PaymentLine.State.FAILED, failure=FAILURES[place % len(FAILURES)]
        )
