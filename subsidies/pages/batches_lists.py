"""What the lists about a payment batch show: its lines, its findings, the people behind the identity."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from subsidies.engine.batches import behind
from subsidies.models import Batch, Enrolment, Finding, PaymentLine
from subsidies.pages.batches import MONEY, ZERO

LineState = PaymentLine.State
LINE_COLOURS = {
    LineState.PLANNED: "blue",
    LineState.HELD: "orange",
    LineState.DROPPED: "secondary",
    LineState.SENT: "blue",
    LineState.PAID: "green",
    LineState.FAILED: "red",
}


def elder_page(pk: int | None) -> str:
    """The person's statement: what was paid and why."""
    return reverse("payment-statement", args=[pk]) if pk else ""


# --- Lines --------------------------------------------------------------------------------------------------


def filter_lines(lines: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    lines = lines.select_related(
        "org_unit",
        "elder__village",
        "enrolment__elder",
        "enrolment__facility",
        "enrolment__post__caregiver",
        "band",
    )
    for name, column in (("unit", "org_unit"), ("kind", "kind"), ("state", "state"), ("band", "band")):
        if value := chosen.get(name):
            lines = lines.filter(**{column: value})
    if kind := chosen.get("finding"):
        found = Finding.objects.filter(batch=OuterRef("batch"), kind=kind).values("enrolment")
        lines = lines.filter(enrolment__in=found)
    if text := chosen.get("q"):
        names = ("elder__name", "payee_name", "enrolment__post__caregiver__name", "enrolment__facility__name")
        lines = lines.filter(contains(text, *names))
    return lines


def _village(line: PaymentLine) -> str | None:
    return line.elder.village.name if line.elder and line.elder.village else None


def _number(line: PaymentLine) -> object:
    return line.elder.id_number if line.elder else number_of(line.enrolment)


def number_of(enrolment: Enrolment) -> object:
    """That of the person, shown masked; of a facility its credit code."""
    if enrolment.elder_id:
        return enrolment.elder.id_number
    return enrolment.post.caregiver.id_number if enrolment.post_id else enrolment.facility.credit_code


LINES = Listing(
    "发放明细",
    (
        Column("serial", "序号", "serial", order=("serial",), kind=Kind.INTEGER, width=8),
        Column(
            "name",
            "姓名",
            "enrolment.holder_name",
            order=("elder__name_key",),
            link=lambda line: elder_page(line.elder_id),
            css="nowrap",
        ),
        Column("number", "证件号码", _number, css="code", width=22),
        Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap"),
        Column("village", "村(社区)", _village, order=("elder__village__code",), width=18),
        Column("kind", "种类", lambda line: line.get_kind_display(), order=("kind",), css="nowrap"),
        Column("for", "所属月份", lambda line: f"{line.for_month:%Y-%m}", order=("for_month",), width=12),
        Column("band", "档次", lambda line: line.band.label if line.band else None, order=("band__position",), width=20),
        Column("amount", "金额(元)", "amount", order=("amount",), kind=Kind.MONEY, width=13),
        Column("payee", "收款人", lambda line: line.payee_name or None, order=("payee_name",), css="nowrap"),
        Column("account", "银行账号", lambda line: line.payee_account or None, css="code", width=22),
        Column(
            "state",
            "状态",
            lambda line: Badge("追缴", "secondary")
            if line.kind == PaymentLine.Kind.RECOVERY and line.state == LineState.PLANNED
            else Badge(line.get_state_display(), LINE_COLOURS[line.state]),
            order=("state",),
        ),
        Column("failure", "失败原因", lambda line: line.failure or None, order=("failure",), width=20),
    ),
    order=("org_unit__code", "elder__name_key", "enrolment", "for_month"),
    unit="条",
    is_off=lambda line: line.state in (LineState.DROPPED, LineState.HELD),
)  # fmt: skip


def listing_for(batch: Batch) -> Listing:
    """Before the sheet is sent there are no serials, accounts and failures to show."""
    if batch.sheet_checksum:
        return LINES
    later = ("serial", "payee", "account", "failure")
    return replace(LINES, columns=tuple(each for each in LINES.columns if each.key not in later))


# --- Findings -----------------------------------------------------------------------------------------------

DECISION_COLOURS = {"pay": "green", "hold": "orange", "end": "red"}
OPEN = "open"


def decision_of(finding: Finding) -> Badge:
    if not finding.decision:
        return Badge("待处理", "blue")
    return Badge(finding.get_decision_display(), DECISION_COLOURS[finding.decision])


def filter_findings(findings: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    findings = findings.select_related(
        "enrolment__elder__org_unit", "enrolment__org_unit", "enrolment__facility", "enrolment__post__caregiver",
        "decided_by", "batch",
    )  # fmt: skip
    if kind := chosen.get("kind"):
        findings = findings.filter(kind=kind)
    if decision := chosen.get("decision"):
        findings = findings.filter(decision="" if decision == OPEN else decision)
    if unit := chosen.get("unit"):
        findings = findings.filter(
            Q(enrolment__elder__org_unit=unit) | Q(enrolment__elder=None, enrolment__org_unit=unit)
        )
    if text := chosen.get("q"):
        names = ("enrolment__elder__name", "enrolment__post__caregiver__name", "enrolment__facility__name")
        findings = findings.filter(contains(text, *names, "detail"))
    money = (
        PaymentLine.objects.money()
        .filter(batch=OuterRef("batch"), enrolment=OuterRef("enrolment"))
        .order_by()
        .values("enrolment")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return findings.annotate(money=Coalesce(Subquery(money, output_field=MONEY), ZERO))


def _unit_of(finding: Finding) -> str:
    elder = finding.enrolment.elder
    return (elder or finding.enrolment).org_unit.name


def _who_decided(finding: Finding) -> str | None:
    return finding.decided_by.full_name if finding.decided_by else None


FINDING_COLUMNS = (
    Column("kind", "问题", lambda finding: finding.get_kind_display(), order=("kind",), css="nowrap"),
    Column(
        "name",
        "姓名",
        "enrolment.holder_name",
        order=("enrolment__elder__name_key",),
        link=lambda finding: elder_page(finding.enrolment.elder_id),
        css="nowrap",
    ),
    Column("unit", "镇(街道)", _unit_of, order=("enrolment__elder__org_unit__code",), css="nowrap"),
    Column("detail", "说明", lambda finding: finding.detail or None, width=44, css="cell-note"),
    Column("money", "本批金额(元)", "money", order=("money",), kind=Kind.MONEY, width=14),
    Column("decision", "处理", decision_of, order=("decision",)),
    Column("reason", "理由", lambda finding: finding.reason or None, width=30, css="cell-note"),
    Column("end", "停发原因", lambda finding: finding.get_end_reason_display() or None, css="nowrap"),
    Column("by", "处理人", _who_decided, order=("decided_by__full_name",), css="nowrap"),
)


def tick_of(finding: Finding, *, is_ticked: bool = False) -> str:
    """The box that chooses a finding for a decision."""
    return format_html(
        '<input class="form-check-input" type="checkbox" name="finding" value="{}" form="many" aria-label="{}"{}>',
        finding.pk,
        f"选择{finding.enrolment.holder_name}",
        " checked" if is_ticked else "",
    )


FINDINGS = Listing(
    "发放前核对问题",
    FINDING_COLUMNS,
    order=("kind", "enrolment__elder__org_unit__code", "enrolment__elder__name_key"),
    unit="个",
)


def findings_to_tick(ticked: Collection[str]) -> Listing:
    """The list with a box in front of each row; ``ticked``: those that were ticked when the page was sent."""
    box = Column("tick", "选", lambda each: tick_of(each, is_ticked=str(each.pk) in ticked), css="cell-tick")
    return replace(FINDINGS, columns=(box, *FINDING_COLUMNS))


# --- Behind the terms of the identity ------------------------------------------------------------------------

TERMS = {"begun": "新增", "stopped": "停发", "changed": "调档"}


def behind_term(batch: Batch, term: str) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """Enrolment → (amount of the month before, amount now)."""
    return {enrolment: (before, now) for enrolment, before, now in behind(batch, term)}


def term_listing(term: str, amounts: dict[int, tuple[Decimal | None, Decimal | None]]) -> Listing:
    def attach(rows: Sequence[Any]) -> None:
        for row in rows:
            row.before, row.now = amounts[row.pk]
            row.difference = (row.now or 0) - (row.before or 0)

    return Listing(
        f"本月{TERMS[term]}名单",
        (
            Column("name", "姓名", "holder_name", order=("elder__name_key",), link=lambda row: elder_page(row.elder_id)),
            Column("number", "证件号码", lambda row: row.elder.id_number if row.elder else None, css="code", width=22),
            Column("unit", "镇(街道)", lambda row: (row.elder or row).org_unit.name, order=("elder__org_unit__code",)),
            Column("before", "上月应发(元)", "before", kind=Kind.MONEY),
            Column("now", "本月应发(元)", "now", kind=Kind.MONEY),
            Column("difference", "增减(元)", "difference", kind=Kind.MONEY),
            Column("state", "资格", lambda row: row.get_state_display(), order=("state",)),
            Column("end", "停发原因", lambda row: row.get_end_reason_display() or None, order=("end_reason",)),
        ),
        order=("elder__org_unit__code", "elder__name_key"),
        unit="人",
        attach=attach,
    )  # fmt: skip
