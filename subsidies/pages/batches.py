"""Payment batches for the pages: figures, states, next steps, and what each list shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from eldercare.models import User
from eldercare.permissions import Permission
from subsidies import engine
from subsidies.engine.batches import Identity
from subsidies.models import Batch, Finding, PaymentLine, ReturnRow

State, LineState = Batch.State, PaymentLine.State
COLOURS = {
    State.MAKING: "blue",
    State.CHECKING: "orange",
    State.SUBMITTED: "blue",
    State.APPROVED: "orange",
    State.SENT: "blue",
    State.RECONCILED: "green",
    State.CANCELLED: "secondary",
}
LINE_COLOURS = {
    LineState.PLANNED: "blue",
    LineState.HELD: "orange",
    LineState.DROPPED: "secondary",
    LineState.SENT: "blue",
    LineState.PAID: "green",
    LineState.FAILED: "red",
}
MONEY = DecimalField(max_digits=16, decimal_places=2)
ZERO = Value(Decimal(0), output_field=MONEY)
LIVE = ~Q(state__in=PaymentLine.DEAD)
PAYS = ~Q(kind=PaymentLine.Kind.RECOVERY)


def state_of(batch: Batch) -> Badge:
    if batch.state == State.MAKING and batch.error:
        return Badge("未能生成", "red")
    return Badge(batch.get_state_display(), COLOURS[batch.state])


def elder_page(pk: int | None) -> str:
    """The person's statement: what was paid and why."""
    return reverse("payment-statement", args=[pk]) if pk else ""


def address_or_none(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# --- One batch ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A line of a table of figures."""

    label: str
    people: int
    amount: Decimal
    query: str = ""  # of the list behind it


@dataclass
class Figures:
    """What a batch pays, as far as the user may see it."""

    people: int = 0
    amount: Decimal = Decimal(0)
    kinds: list[Part] = field(default_factory=list)
    bands: list[Part] = field(default_factory=list)
    units: list[Part] = field(default_factory=list)
    out: list[Part] = field(default_factory=list)  # held, dropped, failed
    claims: Part | None = None


def figures_of(batch: Batch, user: User) -> Figures:
    lines = PaymentLine.objects.visible_to(user).filter(batch=batch).order_by()
    live = lines.live().money()
    people = Count("enrolment", distinct=True)
    total = live.aggregate(people=people, amount=Coalesce(Sum("amount"), ZERO))
    found = Figures(total["people"], total["amount"])
    labels = dict(PaymentLine.Kind.choices)
    by_kind = {
        each["kind"]: each
        for each in lines.live().values("kind").annotate(people=people, amount=Sum("amount"))
    }
    for kind in PaymentLine.Kind:
        if each := by_kind.get(kind):
            part = Part(labels[kind], each["people"], each["amount"], f"?kind={kind}")
            if kind == PaymentLine.Kind.RECOVERY:
                found.claims = part
            else:
                found.kinds.append(part)
    bands = live.filter(kind=PaymentLine.Kind.REGULAR).values(
        "band", "band__label", "band__position", "band__amount"
    )
    for each in bands.annotate(people=people, amount=Sum("amount")).order_by("band__position", "band"):
        found.bands.append(
            Part(each["band__label"] or "—", each["people"], each["amount"], f"?kind=regular&band={each['band']}")
        )
    units = live.values("org_unit__code", "org_unit__name")
    for each in units.annotate(people=people, amount=Sum("amount")).order_by("org_unit__code"):
        found.units.append(
            Part(each["org_unit__name"], each["people"], each["amount"], f"?unit={each['org_unit__code']}")
        )
    states = dict(LineState.choices)
    out = lines.money().filter(state__in=PaymentLine.DEAD).values("state")
    for each in out.annotate(people=people, amount=Sum("amount")).order_by("state"):
        found.out.append(Part(states[each["state"]], each["people"], each["amount"], f"?state={each['state']}"))
    return found


@dataclass(frozen=True)
class FindingGroup:
    kind: str
    label: str
    total: int
    open: int


def finding_groups(batch: Batch, user: User) -> list[FindingGroup]:
    labels = dict(Finding.Kind.choices)
    counted = (
        Finding.objects.visible_to(user)
        .filter(batch=batch)
        .order_by()
        .values("kind")
        .annotate(total=Count("pk"), open=Count("pk", filter=Q(decision="")))
    )
    by_kind = {each["kind"]: each for each in counted}
    return [
        FindingGroup(kind, labels[kind], by_kind[kind]["total"], by_kind[kind]["open"])
        for kind in Finding.Kind
        if kind in by_kind
    ]


def identity_of(batch: Batch, user: User) -> Identity | None:
    """The identity is the county's: a township sees a part of the people only. A further batch has none of its own."""
    whole = user.org_unit_id and batch.programme.org_unit.path.startswith(user.org_unit.path)
    if not whole or batch.sequence > 1 or batch.state in (State.MAKING, State.CANCELLED):
        return None
    return engine.identity(batch)


@dataclass(frozen=True)
class BankState:
    rows: int
    amount: Decimal
    paid: int
    paid_amount: Decimal
    failed: int
    failed_amount: Decimal

    @property
    def waiting(self) -> int:
        return self.rows - self.paid - self.failed

    @property
    def waiting_amount(self) -> Decimal:
        return self.amount - self.paid_amount - self.failed_amount


def bank_state(batch: Batch, user: User) -> BankState | None:
    """What was sent and what came back. For a township its own people."""
    if not batch.sheet_checksum:
        return None
    lines = PaymentLine.objects.visible_to(user).filter(batch=batch).exclude(serial=None).order_by()
    paid, failed = Q(state=LineState.PAID), Q(state=LineState.FAILED)
    return BankState(
        **lines.aggregate(
            rows=Count("serial", distinct=True),
            amount=Coalesce(Sum("amount"), ZERO),
            paid=Count("serial", distinct=True, filter=paid),
            paid_amount=Coalesce(Sum("amount", filter=paid), ZERO),
            failed=Count("serial", distinct=True, filter=failed),
            failed_amount=Coalesce(Sum("amount", filter=failed), ZERO),
        )
    )


@dataclass(frozen=True)
class Steps:
    """What the user may do with the batch now; a button each."""

    remake: bool = False
    cancel: bool = False
    decide: bool = False
    submit: bool = False
    withdraw: bool = False
    judge: bool = False  # approve or send back
    is_own: bool = False  # would approve, but prepared it
    export: bool = False
    register_return: bool = False


def steps_for(batch: Batch, user: User) -> Steps:
    prepares, approves = user.may(Permission.PREPARE_PAYMENTS), user.may(Permission.APPROVE_PAYMENTS)
    own = user.pk in (batch.made_by_id, batch.submitted_by_id)
    checking, submitted = batch.state == State.CHECKING, batch.state == State.SUBMITTED
    broken = batch.state == State.MAKING and bool(batch.error)
    return Steps(
        remake=prepares and (checking or broken),
        cancel=prepares and (checking or batch.state == State.MAKING),
        decide=prepares and checking,
        submit=prepares and checking,
        withdraw=prepares and submitted,
        judge=approves and submitted and not own,
        is_own=approves and submitted and own,
        export=prepares and batch.state in (State.APPROVED, State.SENT, State.RECONCILED) and
        (batch.state == State.APPROVED or bool(batch.sheet_checksum)),
        register_return=prepares and batch.state == State.SENT,
    )  # fmt: skip


WAY = (
    (State.MAKING, "生成"),
    (State.CHECKING, "核对"),
    (State.SUBMITTED, "审批"),
    (State.APPROVED, "导出银行表"),
    (State.SENT, "回盘"),
    (State.RECONCILED, "已对账"),
)


def way_of(batch: Batch) -> list[tuple[str, str]]:
    """The six steps as (label, done | now | later)."""
    order = [state for state, _ in WAY]
    if batch.state not in order:
        return []
    here = order.index(batch.state)
    last = len(order) - 1
    return [
        (label, "done" if place < here or here == last else "now" if place == here else "later")
        for place, (_, label) in enumerate(WAY)
    ]


# --- Lines --------------------------------------------------------------------------------------------------


def filter_lines(lines: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    lines = lines.select_related(
        "org_unit", "elder__village", "enrolment__elder", "enrolment__facility", "enrolment__post__caregiver", "band"
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
    if line.elder:
        return line.elder.id_number
    enrolment = line.enrolment
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
        Column("for", "所属月份", "for_month", order=("for_month",), kind=Kind.MONTH, width=12),
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
        findings = findings.filter(Q(enrolment__elder__org_unit=unit) | Q(enrolment__elder=None, enrolment__org_unit=unit))
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
FINDINGS = Listing(
    "发放前核对问题",
    FINDING_COLUMNS,
    order=("kind", "enrolment__elder__org_unit__code", "enrolment__elder__name_key"),
    unit="个",
)


# --- Behind the terms of the identity ------------------------------------------------------------------------

TERMS = {"begun": "新增", "stopped": "停发", "changed": "调档"}


def behind_term(batch: Batch, term: str) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """Enrolment → (amount of the month before, amount now)."""
    return {
        enrolment: (before, now)
        for enrolment, before, now in engine.batches.behind(batch, term)
    }


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


# --- What the bank returned ----------------------------------------------------------------------------------


def failed_rows(batch: Batch, user: User) -> list[ReturnRow]:
    """Those the bank could not pay, for the batch page."""
    mine = PaymentLine.objects.visible_to(user).filter(batch=batch, state=LineState.FAILED).values("serial")
    rows = batch.returns.filter(result=ReturnRow.Result.FAILED, serial__in=mine)
    return list(rows.order_by("serial")[:200])


