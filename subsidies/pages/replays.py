"""A change of rules beside what stands: month by month, and whom it moves and why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, QuerySet, Sum
from django.http import QueryDict

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from eldercare.models import User
from subsidies.engine.drafts import Draft
from subsidies.engine.replays import Month
from subsidies.models import Programme, ReplayLine, RuleReplay
from subsidies.pages.batches_lists import elder_page, number_of
from subsidies.pages.matching import Explainer
from subsidies.rules.programmes import money

State, Change = RuleReplay.State, ReplayLine.Change
STATES = {State.WAITING: "blue", State.DONE: "orange", State.FAILED: "red"}
CHANGES = {Change.GAIN: "green", Change.LOSE: "orange", Change.APPEAR: "blue", Change.FALL_OUT: "red"}
COUNTS = (Change.GAIN, Change.LOSE, Change.APPEAR, Change.FALL_OUT)


# --- One replay -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """How many people of a month change in one way, and the address of their list."""

    number: int
    query: str


@dataclass
class Row:
    month: dt.date | None  # None: all months together
    figures: Month
    counted: list[Counted]

    @property
    def difference(self) -> Decimal:
        return self.figures.new_amount - self.figures.old_amount

    @property
    def is_moved(self) -> bool:
        return any(each.number for each in self.counted)


@dataclass
class Section:
    """One programme."""

    programme: int
    name: str
    rows: list[Row]
    total: Row

    @property
    def is_moved(self) -> bool:
        return self.total.is_moved


@dataclass
class Sheet:
    moved: list[Section]
    unmoved: list[str]
    people: int  # who get another amount in some month
    difference: Decimal
    earlier: tuple[dt.date, dt.date] | None  # months before those shown that are worked out again too
    is_deletion: bool
    typed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_moving(self) -> bool:
        return bool(self.moved)


def state_badge(replay: RuleReplay) -> Badge:
    if replay.saved_at:
        return Badge("已据此保存", "green")
    label = "待确认" if replay.state == State.DONE else replay.get_state_display()
    return Badge(label, STATES[replay.state])


def sheet_of(replay: RuleReplay) -> Sheet:
    sections = [_section(each) for each in replay.figures]
    moved = [each for each in sections if each.is_moved]
    draft = Draft.read(replay.draft)
    return Sheet(
        moved=moved,
        unmoved=[each.name for each in sections if not each.is_moved],
        people=replay.lines.aggregate(people=Count("enrolment", distinct=True))["people"],
        difference=sum((each.total.difference for each in moved), Decimal(0)),
        earlier=_earlier(replay, draft),
        is_deletion=bool(draft.gone_version or draft.gone_exclusion),
        typed=[(name, value) for name, values in QueryDict(replay.typed).lists() for value in values],
    )


def _section(stored: Mapping[str, Any]) -> Section:
    rows = []
    for each in stored["months"]:
        values = dict(each)
        month = dt.date.fromisoformat(values.pop("month"))
        money_of = {name: Decimal(values[name]) for name in ("old_amount", "new_amount")}
        rows.append(_row(stored["programme"], month, Month(**values | money_of)))
    sums = (sum((row.figures[place] for row in rows), type(first)(0)) for place, first in enumerate(_zero()))
    return Section(stored["programme"], stored["name"], rows, _row(stored["programme"], None, Month(*sums)))


def _zero() -> Month:
    return Month(0, Decimal(0), 0, Decimal(0), 0, 0, 0, 0)


def _row(programme: int, month: dt.date | None, figures: Month) -> Row:
    chosen = {"programme": programme} | ({"month": f"{month:%Y-%m}"} if month else {})
    counted = [
        Counted(getattr(figures, change.value), f"?{urlencode(chosen | {'change': change.value})}")
        for change in COUNTS
    ]
    return Row(month, figures, counted)


def _earlier(replay: RuleReplay, draft: Draft) -> tuple[dt.date, dt.date] | None:
    """The months before those that are shown, where the change may reach back to them."""
    paid_from, first = replay.programme.portal_from, replay.months[0]
    stored = replay.rules["old"].get(str(draft.gone_version or draft.version.get("pk")), {})
    begins = [draft.begins, stored and dt.date.fromisoformat(stored["from"])]
    begun = max(min((each for each in begins if each), default=paid_from), paid_from)
    return (
        (begun, (first - dt.timedelta(days=1)).replace(day=1))
        if begun < first and not replay.is_as_if
        else None
    )


def recent(programme: Programme, user: User) -> list[tuple[RuleReplay, Badge]]:
    """The last ones about a programme, for its page."""
    found = RuleReplay.objects.visible_to(user).filter(programme=programme)
    return [(each, state_badge(each)) for each in found.defer("typed", "draft", "figures", "rules")[:5]]


# --- The people behind it ---------------------------------------------------------------------------------------


def filter_people(lines: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    lines = lines.select_related(
        "programme", "org_unit", "enrolment__elder", "enrolment__facility", "enrolment__post__caregiver"
    )
    for name, column in (
        ("unit", "org_unit"),
        ("programme", "programme"),
        ("change", "change"),
        ("month", "month"),
    ):
        if value := chosen.get(name):
            lines = lines.filter(**{column: value})
    if text := chosen.get("q"):
        names = ("enrolment__elder__name", "enrolment__post__caregiver__name", "enrolment__facility__name")
        lines = lines.filter(contains(text, *names))
    return lines.annotate(difference=F("new_amount") - F("old_amount"))


def totals_of(lines: QuerySet) -> dict[str, Any]:
    return lines.order_by().aggregate(
        count=Count("pk"), people=Count("enrolment", distinct=True), sum=Sum("difference")
    )


def moved_programmes(replay: RuleReplay) -> list[tuple[int, str]]:
    return [(each.programme, each.name) for each in map(_section, replay.figures) if each.is_moved]


def listing_for(replay: RuleReplay) -> Listing:
    reasons = Reasons(replay)
    several = len(moved_programmes(replay)) > 1
    programme = (Column("programme", "补贴项目", "programme.name", order=("programme__name",), width=20),)
    return Listing(
        "新旧对比明细",
        (
            Column(
                "month", "月份", lambda line: f"{line.month:%Y-%m}", order=("month",), css="nowrap", width=10
            ),
            *(programme if several else ()),
            Column(
                "name",
                "姓名",
                "enrolment.holder_name",
                order=("enrolment__elder__name_key",),
                link=lambda line: elder_page(line.enrolment.elder_id),
                css="nowrap",
            ),
            Column("number", "证件号码", lambda line: number_of(line.enrolment), css="code", width=22),
            Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap"),
            Column(
                "change",
                "变化",
                lambda line: Badge(line.get_change_display(), CHANGES[line.change]),
                order=("change",),
            ),
            Column("old", "原金额(元)", "old_amount", order=("old_amount",), kind=Kind.MONEY, width=13),
            Column("new", "新金额(元)", "new_amount", order=("new_amount",), kind=Kind.MONEY, width=13),
            Column("difference", "差额(元)", "difference", order=("difference",), kind=Kind.MONEY, width=13),
            Column("old_why", "按原规定", lambda line: reasons.of(line, "old"), width=34),
            Column("new_why", "按新规定", lambda line: reasons.of(line, "new"), width=34),
        ),
        order=("-month", "org_unit__code", "enrolment__elder__name_key", "enrolment", "programme"),
        unit="条",
    )


class Reasons:
    """Which band somebody is in by one side, or what stands against it, in a few words."""

    def __init__(self, replay: RuleReplay) -> None:
        self.versions = replay.rules
        keys = [each["programme"] for each in replay.figures]
        self.explainers = {pk: Explainer(each) for pk, each in Programme.objects.in_bulk(keys).items()}
        self.names: dict[str, str] | None = None

    def of(self, line: ReplayLine, side: str) -> str:
        why, band = getattr(line, f"{side}_why"), getattr(line, f"{side}_band")
        facts = getattr(line, f"{side}_facts")
        version = self.versions[side].get(str(getattr(line, f"{side}_version")), {})
        match why:
            case "month":
                return "当月没有执行的规定，或者不是发放月份"
            case "enrolment":
                return "当月不在享受期（未到、已停发或者暂停）"
            case "start":
                return "还没有到起发月"
            case "population":
                return f"不是{version.get('population', '规定的对象')}"
            case "dead":
                return "已去世"
            case "certification":
                return "认证逾期"
            case "eligibility":
                asked = self.explainers[line.programme_id].asked(version["eligibility"], facts)
                return f"不符合享受条件：{asked}"
            case "band":
                return "没有对应的档次"
            case "zero":
                return f"档次“{band}”，金额为 0"
            case "other":
                return f"档次“{band}”，{self._others(facts.get('others', {}))}"
        return f"档次“{band}”"

    def _others(self, others: Mapping[str, str]) -> str:
        if self.names is None:
            self.names = {str(pk): name for pk, name in Programme.objects.values_list("pk", "name")}
        listed = "、".join(
            f"“{self.names.get(pk, pk)}”{money(Decimal(gross))} 元" for pk, gross in others.items()
        )
        return f"同月可享受{listed}，按衔接规定减发"
