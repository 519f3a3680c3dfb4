"""Who receives a subsidy in the month, and what was paid.

A person receives one when the enrolment holds in the month and is not suspended; once the month's batch is approved,
only when it pays: a line of the month that is neither held, dropped nor failed.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from eldercare.excel.writing import Kind as Format
from eldercare.ledger_metrics import LedgerMetric, Period, Source, register
from eldercare.lists import Column
from subsidies.metrics.columns import elder_columns
from subsidies.metrics.conditions import alive
from subsidies.models import Batch, Elder, Enrolment, PaymentLine, Programme

Kind, Beneficiary = Programme.Kind, Programme.Beneficiary


def running(period: Period, kind: Programme.Kind) -> QuerySet[Enrolment]:
    """Approved, not ended before or in the month, begun, not suspended, and paid if the month is."""
    month = period.first
    settled = Batch.objects.filter(programme=OuterRef("programme"), month=month, state__in=Batch.SETTLED)
    paid = PaymentLine.objects.live().money().filter(enrolment=OuterRef("pk"), for_month=month)
    return (
        Enrolment.objects.payable()
        .filter(programme__kind=kind)
        .filter(approved_on__lte=period.last)
        .filter(Q(ended_from=None) | Q(ended_from__gt=month))
        .filter(Q(not_before=None) | Q(not_before__lte=month))
        .exclude(suspended__on=month)
        .filter(~Exists(settled.order_by()) | Exists(paid.order_by()))
    )


def of_elders(period: Period) -> QuerySet[Enrolment]:
    living = Elder.objects.current().filter(alive(period.last))
    return running(period, Kind.SERVICE_SUBSIDY).filter(elder__in=living)


ELDERS = register(
    Source(
        key="enrolled_elders",
        label="享受资格",
        ledger="payments",
        rows=of_elders,
        unit="elder__org_unit",
        metrics=(LedgerMetric("service_subsidy_recipients", lambda period: Q(), distinct="elder"),),
        columns=(
            *elder_columns("elder"),
            Column("unit", "管理镇(街道)", "elder.org_unit.name", order=("elder__org_unit__code", "pk")),
            Column("programme", "补贴项目", "programme.name", order=("programme", "pk"), width=24),
            Column("approved", "批准日期", "approved_on", order=("approved_on", "pk"), kind=Format.DATE),
        ),
        related=("elder__org_unit", "programme"),
    )
)

POSTS = register(
    Source(
        key="enrolled_posts",
        label="享受资格",
        ledger="payments",
        rows=lambda period: running(period, Kind.POST_ALLOWANCE).filter(
            Q(post__employed_to=None) | Q(post__employed_to__gt=period.last), post__isnull=False
        ),
        unit="org_unit",
        metrics=(
            LedgerMetric(
                "caregivers_on_post_allowance",
                lambda period: Q(),
                distinct="post__caregiver",
                at_county="within",
            ),
        ),
        columns=(
            Column("name", "姓名", "post.caregiver.name", order=("post__caregiver__name", "pk")),
            Column("id_number", "证件号码", "post.caregiver.id_number", width=22, css="code"),
            Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code", "pk")),
            Column("place", "机构(场所)", "post.place", width=28),
            Column("programme", "补贴项目", "programme.name", order=("programme", "pk"), width=24),
            Column("approved", "批准日期", "approved_on", order=("approved_on", "pk"), kind=Format.DATE),
        ),
        related=("post__caregiver", "post__facility", "post__org_unit", "org_unit", "programme"),
    )
)


def paid(period: Period) -> QuerySet[PaymentLine]:
    """Money that arrived in the month, by the day the bank reports; without one, in the month of the batch."""
    arrived = Q(settled_on__range=period) | Q(settled_on=None, month=period.first)
    batch_and_enrolment = (Cast("batch", CharField()), Value("-"), Cast("enrolment", CharField()))
    return (
        PaymentLine.objects.money()
        .filter(arrived, state=PaymentLine.State.PAID)
        .annotate(payment=Concat(*batch_and_enrolment))
    )


PAID = register(
    Source(
        key="paid_lines",
        label="发放台账",
        ledger="payments",
        rows=paid,
        unit="org_unit",
        metrics=(
            LedgerMetric("subsidy_paid_amount", lambda period: Q(), total="amount", at_county="within"),
            # What one batch pays one person is one payment, however many months it is for.
            LedgerMetric(
                "subsidy_payments",
                lambda period: ~Q(kind=PaymentLine.Kind.OFFSET),
                distinct="payment",
                at_county="within",
            ),
        ),
        columns=(
            Column("payee", "收款人", "payee_name", order=("payee_name", "pk"), is_personal=True),
            Column(
                "programme", "补贴项目", "batch.programme.name", order=("batch__programme", "pk"), width=24
            ),
            Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code", "pk")),
            Column("for", "所属月份", "for_month", order=("for_month", "pk"), kind=Format.MONTH),
            Column("kind", "种类", "get_kind_display", order=("kind", "pk")),
            Column("amount", "金额(元)", "amount", order=("amount", "pk"), kind=Format.MONEY),
            Column("settled", "入账日期", "settled_on", order=("settled_on", "pk"), kind=Format.DATE),
        ),
        related=("batch__programme", "org_unit"),
    )
)
