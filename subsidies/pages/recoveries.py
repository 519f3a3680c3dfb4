"""Recoveries for the pages: the list and what is behind one."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from subsidies.models import PaymentLine, Recovery
from subsidies.pages.batches import ZERO

COLOURS = {
    "due": "orange",
    "repaid": "green",
    "offset": "green",
    "written_off": "secondary",
    "mixed": "green",
}
SETTLED = F("repaid") + F("offset") + F("written_off")


def state_badge(recovery: Recovery) -> Badge:
    return Badge(recovery.state.label, COLOURS[recovery.state])


def filter_recoveries(recoveries: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    recoveries = recoveries.select_related(
        "batch", "enrolment__programme", "enrolment__org_unit", "enrolment__elder", "enrolment__facility",
        "enrolment__post__caregiver",
    )  # fmt: skip
    state = chosen.get("state")
    if state == "due":
        recoveries = recoveries.outstanding()
    elif state == "settled":
        recoveries = recoveries.filter(amount=SETTLED)
    if unit := chosen.get("unit"):
        recoveries = recoveries.filter(enrolment__org_unit=unit)
    if programme := chosen.get("programme"):
        recoveries = recoveries.filter(enrolment__programme=programme)
    if text := chosen.get("q"):
        names = (
            "enrolment__elder__name",
            "enrolment__post__caregiver__name",
            "enrolment__facility__name",
        )
        recoveries = recoveries.filter(contains(text, *names))
    return recoveries.annotate(left=F("amount") - SETTLED)


def months_of(recovery: Recovery) -> str:
    first, last = recovery.from_month, recovery.to_month
    if first == last:
        return f"{first:%Y-%m}"
    return f"{first:%Y-%m} 至 {last:%Y-%m}（{recovery.months} 个月）"


def settled(recovery: Recovery) -> Decimal:
    return recovery.repaid + recovery.offset + recovery.written_off


RECOVERIES = Listing(
    "追缴台账",
    (
        Column(
            "name",
            "姓名",
            "enrolment.holder_name",
            order=("enrolment__elder__name_key",),
            link=lambda row: reverse("recovery-detail", args=[row.pk]),
            css="nowrap",
        ),
        Column("unit", "镇(街道)", "enrolment.org_unit.name", order=("enrolment__org_unit__code",), css="nowrap"),
        Column("programme", "补贴项目", "enrolment.programme.name", order=("enrolment__programme",), width=22),
        Column("months", "多发月份", months_of, order=("from_month",), width=30, css="nowrap"),
        Column("reason", "原因", lambda row: row.reason or None, width=24),
        Column("found", "发现批次", lambda row: f"{row.batch.month:%Y-%m}", order=("batch__month",)),
        Column("amount", "应追(元)", "amount", order=("amount",), kind=Kind.MONEY),
        Column("settled", "已了结(元)", settled, kind=Kind.MONEY),
        Column("left", "未了结(元)", "left", order=("left",), kind=Kind.MONEY),
        Column("state", "状态", state_badge),
    ),
    order=("-batch__month", "enrolment__org_unit__code", "enrolment__elder__name_key"),
    unit="笔",
    is_off=lambda row: not row.left,
)  # fmt: skip


def months_overpaid(recovery: Recovery) -> list[PaymentLine]:
    """The lines behind the claim, each with ``owed``: what was paid too much for the month."""
    lines = recovery.lines.filter(batch=recovery.batch_id, kind=PaymentLine.Kind.RECOVERY)
    found = list(lines.order_by("for_month"))
    for line in found:
        line.owed = -line.amount
    return found


def totals_of(recoveries: QuerySet) -> dict[str, Decimal]:
    """Claimed, settled and still due, of what a filter finds."""
    return recoveries.order_by().aggregate(
        claimed=Coalesce(Sum("amount"), ZERO),
        due=Coalesce(Sum(F("amount") - SETTLED), ZERO),
        number=Count("pk"),
    )
