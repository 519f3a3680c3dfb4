"""Payment batches for the pages: figures, states, next steps, and what each list shows."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from eldercare.lists import Badge
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
MONEY = DecimalField(max_digits=16, decimal_places=2)
ZERO = Value(Decimal(0), output_field=MONEY)
LIVE = ~Q(state__in=PaymentLine.DEAD)
PAYS = ~Q(kind=PaymentLine.Kind.RECOVERY)


def state_of(batch: Batch, *, has_open: bool | None = None) -> Badge:
    """``has_open``: whether a finding waits for its decision, where that is known already."""
    if batch.state == State.MAKING and batch.error:
        return Badge("未能生成", "red")
    if batch.state == State.CHECKING:
        waits = batch.findings.filter(decision="").exists() if has_open is None else has_open
        return Badge("待核对", "orange") if waits else Badge("已核对，待送审", "blue")
    return Badge(batch.get_state_display(), COLOURS[batch.state])


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
            Part(
                each["band__label"] or "—",
                each["people"],
                each["amount"],
                f"?kind=regular&band={each['band']}",
            )
        )
    units = live.values("org_unit__code", "org_unit__name")
    for each in units.annotate(people=people, amount=Sum("amount")).order_by("org_unit__code"):
        found.units.append(
            Part(each["org_unit__name"], each["people"], each["amount"], f"?unit={each['org_unit__code']}")
        )
    states = dict(LineState.choices)
    out = lines.money().filter(state__in=PaymentLine.DEAD).values("state")
    for each in out.annotate(people=people, amount=Sum("amount")).order_by("state"):
        found.out.append(
            Part(states[each["state"]], each["people"], each["amount"], f"?state={each['state']}")
        )
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


FOLD_FROM = 20  # findings of one kind


def folded(groups: list[FindingGroup], *, is_narrowed: bool) -> list[FindingGroup]:
    """Kinds that stand as one row each on the list of all findings: too many to be read one by one."""
    return [] if is_narrowed else [group for group in groups if group.total >= FOLD_FROM]


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
    found = lines.aggregate(
        rows=Count("serial", distinct=True),
        paid=Count("serial", distinct=True, filter=paid),
        failed=Count("serial", distinct=True, filter=failed),
        total=Coalesce(Sum("amount"), ZERO),
        paid_amount=Coalesce(Sum("amount", filter=paid), ZERO),
        failed_amount=Coalesce(Sum("amount", filter=failed), ZERO),
    )
    return BankState(amount=found.pop("total"), **found)


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
    bounce: bool = False


def steps_for(batch: Batch, user: User, *, is_at_work: bool = False) -> Steps:
    """``is_at_work``: a worker makes the sheet or matches a return file."""
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
        export=prepares and not is_at_work and batch.state in (State.APPROVED, State.SENT, State.RECONCILED) and
        (batch.state == State.APPROVED or bool(batch.sheet_checksum)),
        register_return=prepares and not is_at_work and batch.state == State.SENT,
        bounce=prepares and not is_at_work and batch.state in (State.SENT, State.RECONCILED) and bool(batch.sheet_checksum),
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


# --- What the bank returned ----------------------------------------------------------------------------------


def failed_rows(batch: Batch, user: User) -> list[ReturnRow]:
    """Those the bank could not pay, for the batch page."""
    mine = PaymentLine.objects.visible_to(user).filter(batch=batch, state=LineState.FAILED).values("serial")
    rows = batch.returns.filter(result=ReturnRow.Result.FAILED, serial__in=mine)
    return list(rows.order_by("serial")[:200])


def total_of(lines: QuerySet) -> dict[str, Any]:
    """Of the lines that a filter finds, read once: how many, people and money; claims apart, what is not paid for nothing."""
    return lines.order_by().aggregate(
        count=Count("pk"),
        people=Count("enrolment", distinct=True, filter=LIVE & PAYS),
        claims=Coalesce(Sum("amount", filter=LIVE & ~PAYS), ZERO),
        amount=Coalesce(Sum("amount", filter=LIVE & PAYS), ZERO),  # last: from here on the name means the sum
    )
