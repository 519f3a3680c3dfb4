"""Home adaptations: the list by state, and the figures of the townships."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from eldercare.models import OrgUnit, User
from eldercare.plan_goals import PlanGoal, goals_of
from subsidies.models import Adaptation

State = Adaptation.State
STATE_TABS = State.choices
COLOURS = {
    State.NEEDED: "orange",
    State.APPLIED: "blue",
    State.ASSESSED: "blue",
    State.APPROVED: "blue",
    State.UNDER_WORKS: "orange",
    State.ACCEPTED: "green",
    State.CANCELLED: "secondary",
}
DAYS = {
    State.APPLIED: "applied_on",
    State.ASSESSED: "assessed_on",
    State.APPROVED: "approved_on",
    State.UNDER_WORKS: "started_on",
    State.ACCEPTED: "accepted_on",
}


def in_state(state: str) -> Q:
    """Rows that have come so far and no further; the same as ``Adaptation.state``."""
    if state == State.CANCELLED:
        return Q(cancelled_on__isnull=False)
    later = list(DAYS)[list(DAYS).index(state) + 1 :] if state in DAYS else list(DAYS)
    found = Q(cancelled_on=None) & Q(**{DAYS[each]: None for each in later})
    return found & Q(**{f"{DAYS[state]}__isnull": False}) if state in DAYS else found


def badge_of(row: Adaptation) -> Badge:
    return Badge(row.state.label, COLOURS[row.state])


ADAPTATIONS = Listing(
    "适老化改造",
    (
        Column(
            "name",
            "姓名",
            "elder.name",
            order=("elder__name_key",),
            css="nowrap",
            link=lambda row: reverse("adaptation-detail", args=[row.pk]),
        ),
        Column("id_number", "证件号码", "elder.id_number", width=22, css="code nowrap"),
        Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap"),
        Column(
            "village",
            "居住村(社区)",
            "elder.residence_village.name",
            order=("elder__residence_village__code",),
        ),
        Column("round", "批次", "round", order=("round",), width=20, css="nowrap"),
        Column("category", "对象类别", "category", order=("category",)),
        Column("state", "状态", badge_of),
        Column("needed", "核定日期", "needed_from", order=("needed_from",), kind=Kind.DATE),
        Column("accepted", "验收日期", "accepted_on", order=("accepted_on",), kind=Kind.DATE),
        Column("contractor", "施工单位", "contractor", order=("contractor",), width=24),
        Column("cost", "费用(元)", "cost", order=("cost",), kind=Kind.MONEY),
        Column("subsidy", "补贴(元)", "subsidy", order=("subsidy",), kind=Kind.MONEY),
    ),
    order=("-needed_from", "elder__name_key"),
    unit="户",
    is_off=lambda row: row.cancelled_on is not None,
)


def adaptation_rows(everything: QuerySet[Adaptation], chosen: dict) -> QuerySet[Adaptation]:
    rows = everything.select_related("elder__residence_village", "org_unit")
    if chosen.get("state"):
        rows = rows.filter(in_state(chosen["state"]))
    if chosen.get("unit"):
        rows = rows.filter(org_unit=chosen["unit"])
    if chosen.get("round"):
        rows = rows.filter(round__icontains=chosen["round"])
    if chosen.get("since"):
        rows = rows.filter(accepted_on__gte=chosen["since"])
    if chosen.get("until"):
        rows = rows.filter(accepted_on__lte=chosen["until"])
    if chosen.get("q"):
        rows = rows.filter(contains(chosen["q"], "elder__name", "contractor"))
    return rows


def state_counts(rows: QuerySet[Adaptation]) -> list[tuple[str, str, int]]:
    """(state, label, number) for the tabs: one query."""
    numbers = rows.aggregate(**{state: Count("pk", filter=in_state(state)) for state in State.values})
    return [(state.value, state.label, numbers[state.value]) for state in State]


@dataclass
class AdaptationLine:
    unit: OrgUnit
    needed: int = 0
    accepted: int = 0
    this_year: int = 0
    under_way: int = 0
    cost: Decimal = Decimal(0)
    subsidy: Decimal = Decimal(0)

    @property
    def share(self) -> float | None:
        return self.accepted * 100 / self.needed if self.needed else None


def township_lines(user: User, day: dt.date) -> tuple[list[AdaptationLine], AdaptationLine]:
    """Households up to the day, per township: to be adapted (those done among them), done, this year, in progress."""
    done = Q(accepted_on__lte=day)
    on_list = Q(needed_from__lte=day) & (Q(cancelled_on=None) | Q(cancelled_on__gt=day))
    rows = Adaptation.objects.visible_to(user).order_by().values_list("org_unit")
    rows = rows.annotate(
        needed=Count("elder", filter=on_list, distinct=True),
        accepted=Count("elder", filter=done & on_list, distinct=True),
        this_year=Count("pk", filter=done & Q(accepted_on__gte=day.replace(month=1, day=1))),
        under_way=Count("pk", filter=on_list & Q(accepted_on=None, applied_on__isnull=False)),
        cost=Sum("cost", filter=done),
        subsidy=Sum("subsidy", filter=done),
    )
    found = {unit: numbers for unit, *numbers in rows}
    units = OrgUnit.objects.visible_to(user).as_of(day).townships().order_by("code")
    total, lines = AdaptationLine(user.org_unit), []
    for unit in units:
        lines.append(
            AdaptationLine(unit, *(number or 0 for number in found.get(unit.pk, (0, 0, 0, 0, 0, 0))))
        )
    for name in ("needed", "accepted", "this_year", "under_way", "cost", "subsidy"):
        setattr(total, name, sum((getattr(line, name) for line in lines), type(getattr(total, name))(0)))
    return lines, total


def goals_with_progress(user: User, day: dt.date) -> list[tuple[PlanGoal, int]]:
    """What the plans ask, beside what was accepted since each plan began: one query for the ledger."""
    goals = goals_of("home_adaptations", user)
    starts = sorted({goal.since for goal in goals})
    if not starts:
        return []
    counts = {
        f"since_{place}": Count("pk", filter=Q(accepted_on__range=(start, day)))
        for place, start in enumerate(starts)
    }
    numbers = Adaptation.objects.visible_to(user).aggregate(**counts)
    return [(goal, numbers[f"since_{starts.index(goal.since)}"]) for goal in goals]
