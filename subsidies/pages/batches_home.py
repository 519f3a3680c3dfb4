"""The home page of payments: figures only, for every reader, leaders too. A township sees its own."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Sum

from eldercare.lists import Badge
from eldercare.models import User
from eldercare.permissions import Permission
from subsidies.models import Batch, Finding, PaymentLine, Programme, Recovery
from subsidies.pages.batches import state_of, steps_for

State = Batch.State
MONTHS = 12


@dataclass(frozen=True)
class Amount:
    people: int = 0
    amount: Decimal = Decimal(0)

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.people + other.people, self.amount + other.amount)


@dataclass
class Cell:
    """The batches of a programme in a month."""

    batches: list[Batch] = field(default_factory=list)
    total: Amount = Amount()

    @property
    def state(self) -> Badge | None:
        return self.batches[-1].badge if self.batches else None

    @property
    def last(self) -> Batch | None:
        return self.batches[-1] if self.batches else None

    @property
    def is_settled(self) -> bool:
        return all(each.state in Batch.SETTLED for each in self.batches)


@dataclass
class ProgrammeLine:
    programme: Programme
    cells: list[Cell]  # as the months of the page
    before: Batch | None  # the last settled batch before this month
    before_total: Amount | None
    step: str = ""  # what is to be done next
    may_request: bool = False

    @property
    def now(self) -> Cell:
        return self.cells[-1]


@dataclass
class Home:
    months: list[dt.date]
    lines: list[ProgrammeLine]
    totals: list[Amount]  # per month
    year: Amount  # paid out for batches of this year
    due: Amount  # recoveries outstanding
    units: list[tuple[str, list[Amount | None], Amount]]  # township, per paying programme, all
    units_month: dt.date | None
    paying: list[Programme]  # those with a settled batch in that month

    @property
    def is_empty(self) -> bool:
        return not self.lines

    @property
    def this_month(self) -> Amount:
        return self.totals[-1]

    @property
    def has_amounts(self) -> bool:
        return sum(1 for each in self.totals if each.people) > 1

    @property
    def is_complete(self) -> bool:
        """Whether this month is settled for every programme that paid the month before."""
        return all(line.now.batches and line.now.is_settled for line in self.lines if line.cells[-2].batches)

    @property
    def unit_totals(self) -> list[Amount]:
        columns = zip(*(cells for _, cells, _ in self.units), strict=True)
        return [sum((each for each in column if each), Amount()) for column in columns]

    @property
    def unit_total(self) -> Amount:
        return sum((total for _, _, total in self.units), Amount())

    def chart(self) -> dict:
        nothing = [None] * len(self.months)
        values = [float(each.amount) for each in self.totals]
        if not self.is_complete:
            values[-1] = None
        return {
            "months": [f"{month:%Y-%m}" for month in self.months],
            "name": "应发",
            "values": values,
            "unit": "元",
            "is_flag": False,
            "path": nothing,
            "target": nothing,
            "partial": nothing,
            "low": nothing,
            "high": nothing,
            "reported": nothing,
        }


def months_until(month: dt.date, number: int = MONTHS) -> list[dt.date]:
    months = [month.replace(day=1)]
    while len(months) < number:
        months.append((months[-1] - dt.timedelta(days=1)).replace(day=1))
    return months[::-1]


def load_home(user: User, today: dt.date) -> Home:
    months = months_until(today)
    programmes = list(Programme.objects.visible_to(user).select_related("org_unit"))
    batches = list(
        Batch.objects.visible_to(user)
        .exclude(state=State.CANCELLED)
        .filter(month__gte=min(months[0], today.replace(month=1, day=1)))
        .order_by("month", "sequence")
        .annotate(has_open=Exists(Finding.objects.filter(batch=OuterRef("pk"), decision="").order_by()))
        .defer("sheet")
    )
    amounts = _amounts(user, [each.pk for each in batches])
    names = {each.pk: each for each in programmes}
    for each in batches:
        each.programme = names[each.programme_id]
        each.badge = state_of(each, has_open=each.has_open)
    lines = [_line(programme, months, batches, amounts, user) for programme in programmes]
    totals = [sum((line.cells[place].total for line in lines), Amount()) for place in range(len(months))]
    year = sum(
        (
            amounts[each.pk]
            for each in batches
            if each.month.year == today.year and each.state in Batch.SETTLED
        ),
        Amount(),
    )
    last = max((each.month for each in batches if each.state in Batch.SETTLED), default=None)
    last_paid = {each.programme_id for each in batches if each.month == last and each.state in Batch.SETTLED}
    paying = [programme for programme in programmes if programme.pk in last_paid]
    units = _units(user, batches, paying, last)
    return Home(months, lines, totals, year, _due(user), units, last, paying)


def _amounts(user: User, batches: list[int]) -> dict[int, Amount]:
    lines = PaymentLine.objects.visible_to(user).live().money().filter(batch__in=batches).order_by()
    found: dict[int, Amount] = defaultdict(Amount)
    for each in lines.values("batch").annotate(
        people=Count("enrolment", distinct=True), amount=Sum("amount")
    ):
        found[each["batch"]] = Amount(each["people"], each["amount"])
    return found


def _line(
    programme: Programme,
    months: list[dt.date],
    batches: list[Batch],
    amounts: dict[int, Amount],
    user: User,
) -> ProgrammeLine:
    own = [each for each in batches if each.programme_id == programme.pk]
    cells = []
    for month in months:
        these = [each for each in own if each.month == month]
        cells.append(Cell(these, sum((amounts[each.pk] for each in these), Amount())))
    earlier = [each for each in own if each.month < months[-1] and each.state in Batch.SETTLED]
    before = earlier[-1] if earlier else None
    line = ProgrammeLine(programme, cells, before, amounts[before.pk] if before else None)
    open_one = next((each for each in own if each.state in Batch.OPEN), None)
    line.step = _step(line.now.last or open_one, user)
    runs = programme.starts_on <= months[-1] and (not programme.ends_on or months[-1] <= programme.ends_on)
    line.may_request = (
        runs and user.may(Permission.PREPARE_PAYMENTS) and open_one is None and not line.now.batches
    )
    return line


def _step(batch: Batch | None, user: User) -> str:
    """What is to be done next: as a task for those who may do it, for the others who is waited for."""
    prepares = user.may(Permission.PREPARE_PAYMENTS)
    if batch is None:
        return "生成本月批次" if prepares else "等县级经办生成"
    if batch.state == State.MAKING and batch.error:
        return "没有生成，看原因" if prepares else "等县级重新生成"
    if batch.state == State.CHECKING and batch.has_open:
        return "处理核对问题、送审" if prepares else "等县级核对"
    if batch.state == State.SUBMITTED and steps_for(batch, user).judge:
        return "审批"
    task, waiting = STEPS[batch.state]
    return task if prepares else waiting


STEPS = {  # for those who prepare payments, for the others
    State.MAKING: ("正在生成", "正在生成"),
    State.CHECKING: ("送审", "等县级送审"),
    State.SUBMITTED: ("等待审批", "等县级审批"),
    State.APPROVED: ("导出银行表", "等县级导出银行表"),
    State.SENT: ("登记银行回盘", "等县级登记回盘"),
    State.RECONCILED: ("已办结", "已办结"),
}


def _due(user: User) -> Amount:
    total = (
        Recovery.objects.visible_to(user)
        .outstanding()
        .aggregate(people=Count("pk"), amount=Sum(F("amount") - F("repaid") - F("offset") - F("written_off")))
    )
    return Amount(total["people"], total["amount"] or Decimal(0))


def _units(
    user: User, batches: list[Batch], programmes: list[Programme], month: dt.date | None
) -> list[tuple[str, list[Amount | None], Amount]]:
    """Township × programme in the last month that is settled."""
    these = {
        each.pk: each.programme_id for each in batches if each.month == month and each.state in Batch.SETTLED
    }
    if not these:
        return []
    lines = PaymentLine.objects.visible_to(user).live().money().filter(batch__in=these).order_by()
    cells: dict[str, dict[int, Amount]] = defaultdict(lambda: defaultdict(Amount))
    counted = lines.values("org_unit__code", "org_unit__name", "batch").annotate(
        people=Count("enrolment", distinct=True), amount=Sum("amount")
    )
    names = {}
    for each in counted.order_by("org_unit__code"):
        code = each["org_unit__code"]
        names[code] = each["org_unit__name"]
        cells[code][these[each["batch"]]] += Amount(each["people"], each["amount"])
    return [
        (
            names[code],
            [row.get(programme.pk) for programme in programmes],
            sum(row.values(), Amount()),
        )
        for code, row in cells.items()
    ]
