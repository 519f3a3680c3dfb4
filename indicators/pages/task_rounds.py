"""Rounds of checks: the list with how far each is, and one with its items and the units' scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Avg, Count, Q, QuerySet

from eldercare.models import OrgUnit, User
from eldercare.permissions import Permission
from indicators.forms.tasks import TypedScore
from indicators.models import EvaluationRound, RoundItem

Typed = Mapping[int, tuple[TypedScore, str]]  # what was typed, and what is wrong with it


def load_rounds(user: User) -> list[EvaluationRound]:
    """Newest first; counts and averages of the items that the user sees. One query."""
    mine = Q(items__org_unit__path__startswith=user.org_unit.path)
    rounds = EvaluationRound.objects.visible_to(user).select_related("plan", "opened_by")
    return list(
        rounds.annotate(
            number=Count("items", filter=mine),
            rated=Count("items", filter=mine & Q(items__self_score__isnull=False)),
            checked=Count("items", filter=mine & Q(items__score__isnull=False)),
            average=Avg("items__score", filter=mine),
        )
    )


def items_of(user: User, found: EvaluationRound) -> QuerySet[RoundItem]:
    return RoundItem.objects.visible_to(user).filter(round=found)


@dataclass
class ItemRow:
    item: RoundItem
    self_score: str
    self_note: str
    score: str
    opinion: str
    problem: str
    may_rate: bool
    may_check: bool


@dataclass
class UnitScore:
    unit: OrgUnit
    number: int
    rated: int
    checked: int
    self_average: Decimal | None
    average: Decimal | None
    place: int | None = None


@dataclass
class RoundSheet:
    rows: list[ItemRow]
    units: list[UnitScore]
    unit: OrgUnit | None
    may_rate: bool
    may_check: bool

    @property
    def left(self) -> int:
        """Items without a checked score, of all units."""
        return sum(each.number - each.checked for each in self.units)

    @property
    def number(self) -> int:
        return sum(each.number for each in self.units)


def load_round(
    user: User, found: EvaluationRound, *, unit: str = "", typed: Typed | None = None
) -> RoundSheet:
    """All units with their averages, and the items of one: the one asked for, else the user's own or the first."""
    items = list(
        items_of(user, found)
        .select_related("task", "org_unit", "self_by", "checked_by")
        .order_by("org_unit__path", "task__number")
    )
    units = list({item.org_unit_id: item.org_unit for item in items}.values())
    chosen = next((each for each in units if each.code == unit), None)
    chosen = chosen or next((each for each in units if each.pk == user.org_unit_id), None)
    chosen = chosen or (units[0] if units else None)
    is_open = not found.is_closed
    may_rate = (
        is_open and chosen is not None and chosen.pk == user.org_unit_id and user.may(Permission.REPORT_TASKS)
    )
    may_check = (
        is_open and user.may(Permission.EVALUATE_TASKS) and user.org_unit.contains(found.plan.org_unit)
    )
    own = [item for item in items if chosen and item.org_unit_id == chosen.pk]
    return RoundSheet(
        [_row(item, typed or {}, user, may_rate, may_check) for item in own],
        _scores(units, items),
        chosen,
        may_rate,
        may_check,
    )


def _row(item: RoundItem, typed: Typed, user: User, may_rate: bool, may_check: bool) -> ItemRow:
    row = ItemRow(
        item,
        _plain(item.self_score),
        item.self_note,
        _plain(item.score),
        item.opinion,
        "",
        may_rate and item.score is None,
        may_check and item.self_by_id != user.pk,
    )
    if item.pk in typed:
        each, row.problem = typed[item.pk]
        if may_rate:
            row.self_score, row.self_note = each.score, each.note
        else:
            row.score, row.opinion = each.score, each.note
    return row


def _plain(score: Decimal | None) -> str:
    return "" if score is None else f"{score.normalize():f}"


def _scores(units: list[OrgUnit], items: list[RoundItem]) -> list[UnitScore]:
    found = []
    for unit in units:
        own = [item for item in items if item.org_unit_id == unit.pk]
        rated = [item.self_score for item in own if item.self_score is not None]
        checked = [item.score for item in own if item.score is not None]
        found.append(UnitScore(unit, len(own), len(rated), len(checked), _average(rated), _average(checked)))
    averages = sorted((each.average for each in found if each.average is not None), reverse=True)
    for each in found:
        each.place = averages.index(each.average) + 1 if each.average is not None else None
    return found


def _average(scores: list[Decimal]) -> Decimal | None:
    if not scores:
        return None
    return (sum(scores) / len(scores)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
