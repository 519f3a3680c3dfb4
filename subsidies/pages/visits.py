"""Who is to be visited now, village by village, and the list of visits."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from eldercare.models import OrgUnit, User
from subsidies.models import DuePeriod, Elder, ElderTag, Service, Visit, VisitRule
from subsidies.rules.visits import periods_before, periods_on

Frequency = VisitRule.Frequency
WEEKLY = Q(service=Service.VISIT, frequency=Frequency.WEEK)
MONTHLY = Q(service=Service.VISIT, frequency=Frequency.MONTH)
GROUPS = {"weekly": WEEKLY, "monthly": MONTHLY, "periodic": ~WEEKLY & ~MONTHLY}
GROUP_LABELS = {"weekly": "周探访", "monthly": "月探访", "periodic": "定期服务"}
WORRYING = (Visit.Result.NEEDS_HELP, Visit.Result.URGENT)
RESULT_COLOURS = {"well": "green", "needs_help": "orange", "not_met": "secondary", "urgent": "red"}


# --- Counts per village ---------------------------------------------------------------------------------------


@dataclass
class Tally:
    due: int = 0
    done: int = 0

    @property
    def open(self) -> int:
        return self.due - self.done

    @property
    def rate(self) -> float | None:
        return self.done * 100 / self.due if self.due else None


@dataclass
class DueLine:
    """A township or village: what is due in the running periods, and what was missed in those before."""

    unit: OrgUnit
    label: str = ""
    groups: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in GROUPS})
    missed: int = 0

    @property
    def open(self) -> int:
        return sum(each.open for each in self.groups.values())

    @property
    def weekly(self) -> Tally:
        return self.groups["weekly"]

    @property
    def monthly(self) -> Tally:
        return self.groups["monthly"]

    @property
    def periodic(self) -> Tally:
        return self.groups["periodic"]


def due_lines(user: User, day: dt.date, unit: OrgUnit | None = None) -> tuple[list[DueLine], DueLine]:
    """Lines of the townships, or of the villages of ``unit``, and their sum. Three queries.

    People without a village stand in a line of the township itself.
    """
    by_village = unit is not None
    key = "village" if by_village else "unit"
    places = {} if not by_village else {unit.pk: DueLine(unit, "未填村(社区)")}
    for each in places_of(user, day, unit):
        places[each.pk] = DueLine(each, each.name)
    total = DueLine(unit or user.org_unit, "合计")
    for pk, *numbers in _counted(_due(user, periods_on(day), unit), key):
        _add(places.get(pk or (unit.pk if unit else None)), total, numbers)
    missed = _due(user, periods_before(day), unit).filter(done_on=None)
    for pk, number in missed.order_by().values_list(key).annotate(number=Count("pk")):
        for line in filter(None, (places.get(pk or (unit.pk if unit else None)), total)):
            line.missed += number
    lines = [
        line for line in places.values() if not by_village or line.unit != unit or line.open or line.missed
    ]
    return lines, total


def places_of(user: User, day: dt.date, unit: OrgUnit | None) -> QuerySet[OrgUnit]:
    level = OrgUnit.Level.TOWNSHIP if unit is None else OrgUnit.Level.VILLAGE
    places = OrgUnit.objects.visible_to(user).as_of(day).filter(level=level).order_by("code")
    return places.filter(path__startswith=unit.path) if unit else places


def _due(user: User, periods: Iterable, unit: OrgUnit | None) -> QuerySet[DuePeriod]:
    rows = DuePeriod.objects.of(periods).visible_to(user)
    return rows.filter(unit=unit) if unit else rows


def _counted(rows: QuerySet, key: str) -> QuerySet:
    numbers = {}
    for name, condition in GROUPS.items():
        numbers[f"{name}_due"] = Count("pk", filter=condition)
        numbers[f"{name}_done"] = Count("done_on", filter=condition)
    return rows.order_by().values_list(key).annotate(**numbers)


def _add(line: DueLine | None, total: DueLine, numbers: list[int]) -> None:
    for each in filter(None, (line, total)):
        for position, name in enumerate(GROUPS):
            each.groups[name].due += numbers[2 * position]
            each.groups[name].done += numbers[2 * position + 1]


# --- The people of a village -----------------------------------------------------------------------------------


@dataclass
class Task:
    """One service for one person in the running period."""

    due: DuePeriod
    missed_before: bool
    today: dt.date

    @property
    def label(self) -> str:
        return f"{self.due.get_frequency_display()}{self.due.get_service_display()}"

    @property
    def is_done(self) -> bool:
        return self.due.done_on is not None

    @property
    def days_left(self) -> int:
        return (self.due.last_day - self.today).days


@dataclass
class PersonCard:
    elder: Elder
    tasks: list[Task] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    last: dt.date | None = None
    visit: Visit | None = None  # today's, to take back

    @property
    def open(self) -> list[Task]:
        return [task for task in self.tasks if not task.is_done]

    @property
    def is_late(self) -> bool:
        return any(task.missed_before for task in self.open)

    @property
    def order(self) -> tuple:
        first = min((task.due.last_day for task in self.open), default=dt.date.max)
        return (not self.open, not self.is_late, first, self.elder.name_key, self.elder.pk)


def cards_of(user: User, place: OrgUnit, day: dt.date) -> list[PersonCard]:
    """Those due in a village, or in a township without a village: open ones first. Five queries."""
    here = Q(village=place) if place.level == OrgUnit.Level.VILLAGE else Q(unit=place, village=None)
    current = DuePeriod.objects.of(periods_on(day)).visible_to(user).filter(here).select_related("elder")
    missed = set(
        DuePeriod.objects.of(periods_before(day))
        .visible_to(user)
        .filter(here, done_on=None)
        .order_by()
        .values_list("elder_id", "service", "frequency")
    )
    cards: dict[int, PersonCard] = {}
    for due in current:
        card = cards.setdefault(due.elder_id, PersonCard(due.elder))
        card.tasks.append(Task(due, (due.elder_id, due.service, due.frequency) in missed, day))
    _attach(cards, day)
    return sorted(cards.values(), key=lambda card: card.order)


def _attach(cards: dict[int, PersonCard], day: dt.date) -> None:
    tags = ElderTag.objects.filter(elder__in=cards, held__on=day).order_by("kind")
    for elder, kind in tags.values_list("elder_id", "kind"):
        cards[elder].tags.append(ElderTag.Kind(kind).label)
    visits = Visit.objects.filter(elder__in=cards, service=Service.VISIT).exclude(result=Visit.Result.NOT_MET)
    for elder, last in visits.order_by().values_list("elder_id").annotate(last=Max("visited_on")):
        cards[elder].last = last
    for visit in Visit.objects.filter(elder__in=cards, visited_on=day).order_by("pk"):
        cards[visit.elder_id].visit = visit


def place_of(user: User, code: str) -> QuerySet[OrgUnit]:
    levels = (OrgUnit.Level.VILLAGE, OrgUnit.Level.TOWNSHIP)
    return OrgUnit.objects.visible_to(user).filter(code=code, level__in=levels).select_related("parent")


# --- The list of visits ---------------------------------------------------------------------------------------


def person_url(row: Visit) -> str:
    return reverse("visit-person", args=[row.elder_id])


VISITS = Listing(
    "探访记录",
    (
        Column("day", "日期", "visited_on", order=("visited_on",), kind=Kind.DATE),
        Column("name", "姓名", "elder.name", order=("elder__name_key",), css="nowrap", link=person_url),
        Column("id_number", "证件号码", "elder.id_number", width=22, css="code nowrap"),
        Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap"),
        Column(
            "village",
            "居住村(社区)",
            "elder.residence_village.name",
            order=("elder__residence_village__code",),
        ),
        Column("service", "服务", "get_service_display", order=("service",)),
        Column("method", "方式", "get_method_display", order=("method",)),
        Column(
            "result",
            "情况",
            lambda row: Badge(row.get_result_display(), RESULT_COLOURS[row.result]),
            order=("result",),
        ),
        Column("visitor", "探访人", "visitor", order=("visitor",)),
        Column("note", "说明", "note", width=30),
    ),
    order=("-visited_on",),
)


def visit_rows(everything: QuerySet[Visit], chosen: dict) -> QuerySet[Visit]:
    rows = everything.select_related("elder__residence_village", "org_unit")
    for name in ("service", "method"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    if chosen.get("result"):
        rows = rows.filter(result__in=WORRYING if chosen["result"] == "worrying" else [chosen["result"]])
    if chosen.get("unit"):
        rows = rows.filter(org_unit=chosen["unit"])
    if chosen.get("since"):
        rows = rows.filter(visited_on__gte=chosen["since"])
    if chosen.get("until"):
        rows = rows.filter(visited_on__lte=chosen["until"])
    if chosen.get("q"):
        rows = rows.filter(contains(chosen["q"], "elder__name", "visitor", "note"))
    return rows


# --- One person -------------------------------------------------------------------------------------------------


@dataclass
class PersonPage:
    visits: list[Visit]
    tasks: list[Task]
    missed: list[DuePeriod]


def person_page(elder: Elder, day: dt.date) -> PersonPage:
    due = DuePeriod.objects.of(periods_on(day)).filter(elder=elder)
    missed = list(DuePeriod.objects.of(periods_before(day)).filter(elder=elder, done_on=None))
    before = {(each.service, each.frequency) for each in missed}
    return PersonPage(
        visits=list(elder.visits.select_related("recorded_by", "org_unit")[:200]),
        tasks=[Task(each, (each.service, each.frequency) in before, day) for each in due],
        missed=missed,
    )


def held_tags(elder: Elder, day: dt.date) -> list[ElderTag]:
    return list(elder.tags.filter(held__on=day))
