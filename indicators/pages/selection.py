"""What a page of plan, dashboard or metrics looks at: plan, unit and month of the address, checked for the user.

A fixed number of queries, whatever is asked for. A plan or unit that the user may not see is "not found", like one that does
not exist; a month that makes no sense is said and replaced by the newest one with figures.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Sum
from django.http import Http404
from django.utils import timezone

from eldercare.models import OrgUnit, User
from indicators.models import Adoption, Indicator, IndicatorValue, Plan
from indicators.models.adoptions import lower_units
from indicators.models.values import ValueQuerySet, published
from indicators.pages import published as publishing
from indicators.pages.published import Edition
from indicators.rules.months import MonthError, month_of, parse_month

# A month is shown by itself once this share of what is owed has been reported; before that, the month before it.
ENOUGH_REPORTED = Decimal("0.5")


@dataclass(frozen=True)
class MonthChoice:
    """A month with figures and how complete it is."""

    month: dt.date
    reported: int
    owed: int
    is_corrected: bool = False

    @property
    def is_enough(self) -> bool:
        return bool(self.reported) and self.reported >= self.owed * ENOUGH_REPORTED


@dataclass
class Selection(publishing.AsPublished):
    plans: list[Plan]
    plan: Plan | None
    unit: OrgUnit | None
    county: OrgUnit | None  # the unit that has the plan in force, a city too, when the user may see it
    townships: list[
        OrgUnit
    ]  # those that file for it and that the user may see: townships, districts of a city
    owner: OrgUnit | None = None  # the unit that has the plan in force, seen or not
    other_owners: list[OrgUnit] = field(default_factory=list)  # further ones that the user sees
    months: list[MonthChoice] = field(default_factory=list)  # newest first
    month: dt.date | None = None
    notes: list[str] = field(default_factory=list)
    is_month_chosen: bool = False
    as_of: dt.date | None = None  # show what was published at the end of this day
    moved: int = 0  # how many of the values shown are different today
    edition: Edition | None = None  # of a corrected month

    @property
    def values(self) -> ValueQuerySet:
        """The indicator values to read: those that stand, or stood on the day."""
        return published(IndicatorValue, self.as_of)

    @property
    def current_query(self) -> str:
        """The same view as it stands now."""
        month = f"{self.month:%Y-%m}" if self.month else None
        return self.query(as_of=None, month=month) or "?"

    @property
    def is_empty(self) -> bool:
        return self.plan is None or self.month is None

    @property
    def units(self) -> list[OrgUnit]:
        return [*([self.county] if self.county else []), *self.townships]

    @property
    def has_choice(self) -> bool:
        """Whether there is another unit to look at."""
        return len(self.units) > 1 or bool(self.other_owners)

    @property
    def whole(self) -> str:
        """How the place itself is called in a list of its parts: 全市, 全区, 全县."""
        if self.owner is None:
            return "全县"
        if self.owner.level == OrgUnit.Level.CITY:
            return "全市"
        return "全区" if self.owner.name.endswith("区") else "全县"

    @property
    def part_word(self) -> str:
        is_city = self.owner is not None and self.owner.level == OrgUnit.Level.CITY
        return "县（市、区）" if is_city else "镇（街道）"

    @property
    def is_county(self) -> bool:
        return self.county is not None and self.unit == self.county

    @property
    def started(self) -> MonthChoice | None:
        """A month newer than the one shown by default, in which reports have begun to come in."""
        newest = self.months[0] if self.months else None
        if newest and not self.is_month_chosen and newest.month > self.month:
            return newest
        return None

    def query(self, **changes: object) -> str:
        """The address's query for the same view with some things changed; ``None`` drops one."""
        values = {
            "plan": self.plan.code if len(self.plans) > 1 and self.plan else None,
            "month": f"{self.month:%Y-%m}" if self.is_month_chosen else None,
            "org": self.unit.code
            if self.unit and (self.unit != self.units[0] or self.other_owners)
            else None,
            "as_of": self.as_of,
        }
        kept = {name: value for name, value in {**values, **changes}.items() if value not in (None, "")}
        return f"?{urlencode(kept)}" if kept else ""


def select(user: User, params: Mapping[str, str], *, plan_code: str | None = None) -> Selection:
    """Read ``plan``, ``org``, ``month`` and ``as_of``. Raises ``Http404`` for a plan or unit that the user may not see."""
    owners = _plans_around(user)
    plans = list(owners)
    plan = _plan(plans, plan_code or params.get("plan", ""))
    if plan is None:
        return Selection(plans, None, None, None, [])
    owner, *others = _in_order(owners[plan], plan, user, params.get("org", ""))
    units = list(
        (OrgUnit.objects.visible_to(user) & lower_units(owner).as_of(timezone.localdate())).order_by("code")
    )
    county = owner if user.org_unit.contains(owner) else None
    unit, note = _unit(user, county, units, params.get("org", ""))
    seen = [each for each in others if user.org_unit.contains(each)]
    selection = Selection(plans, plan, unit, county, units, owner, seen)
    if note:
        selection.notes.append(note)
    selection.as_of, note = publishing.read_day(params.get("as_of", ""))
    if note:
        selection.notes.append(note)
    if unit is not None:
        selection.months = _months(selection)
        _choose_month(selection, params.get("month", ""))
    if not selection.is_empty:
        if any(choice.is_corrected for choice in selection.months if choice.month == selection.month):
            selection.edition = publishing.edition_of(user, unit, selection.month, selection.as_of)
        selection.moved = _moved(user, selection)
    return selection


def _moved(user: User, selection: Selection) -> int:
    """Of the plan's values for the month that the user sees, below the unit that has the plan in force."""
    if selection.as_of is None:
        return 0

    def seen(rows: ValueQuerySet) -> ValueQuerySet:
        return rows.visible_to(user).filter(
            indicator__plan=selection.plan,
            month=selection.month,
            org_unit__path__startswith=selection.unit.path,
        )

    then, now = seen(selection.values), seen(IndicatorValue.objects.all())
    return publishing.count_moved(then, now, ("indicator_id", "org_unit_id"), publishing.COMPARED)


def _plan(plans: list[Plan], code: str) -> Plan | None:
    if not code:
        return plans[0] if plans else None
    found = next((plan for plan in plans if plan.code == code), None)
    if found is None:
        raise Http404("没有这个规划，或者它不在您的查看范围内。")
    return found


def _plans_around(user: User) -> dict[Plan, list[OrgUnit]]:
    """The plans that the user sees, those of the own place first, each with the units that have it in force.

    A plan that is in force nowhere yet is read as its issuer's.
    """
    found = Adoption.objects.around(user).select_related("org_unit", "plan__org_unit")
    owners: dict[Plan, list[OrgUnit]] = {}
    for adoption in found.order_by("-plan__starts_on", "plan__code"):
        owners.setdefault(adoption.plan, []).append(adoption.org_unit)
    if not owners:
        visible = Plan.objects.visible_to(user).select_related("org_unit")
        owners = {plan: [plan.org_unit] for plan in visible.order_by("-starts_on", "code")}
    return dict(sorted(owners.items(), key=lambda each: each[0].org_unit_id != user.org_unit_id))


def _in_order(owners: list[OrgUnit], plan: Plan, user: User, code: str) -> list[OrgUnit]:
    """The unit that is meant first: the one asked for, or above it; the nearest above the user; the issuer."""
    if len(owners) == 1:
        return owners
    asked = _codes_above(code) if code else []

    def order(owner: OrgUnit) -> tuple:
        is_asked = owner.code in asked
        is_above = owner.contains(user.org_unit)
        depth = len(owner.path)
        return (
            not is_asked,
            -depth if is_asked else 0,
            not is_above,
            -depth if is_above else owner.pk != plan.org_unit_id,
            owner.code,
        )

    return sorted(owners, key=order)


def _codes_above(code: str) -> list[str]:
    path = OrgUnit.objects.filter(code=code).values_list("path", flat=True).first()
    return (path or "").strip("/").split("/")


def _unit(
    user: User, county: OrgUnit | None, townships: list[OrgUnit], code: str
) -> tuple[OrgUnit | None, str]:
    """The unit asked for, else the first; who comes from another plan with a unit that has not this one is told."""
    units = [*([county] if county else []), *townships]
    found = next((unit for unit in units if unit.code == code), None)
    if found or not code:
        return found or (units[0] if units else None), ""
    other = OrgUnit.objects.visible_to(user).filter(code=code).first()
    if other is None:
        raise Http404("没有这个单位，或者它不在您的查看范围内。")
    if not units:
        return None, ""
    return units[0], f"{other.name}没有执行这个规划，下面显示{units[0].name}。"


def _months(selection: Selection) -> list[MonthChoice]:
    rows = (
        selection.values.filter(
            org_unit=selection.unit,
            indicator__plan=selection.plan,
            indicator__input_source=Indicator.InputSource.REPORTED,
        )
        .values("month")
        .annotate(
            all_reported=Sum("reported"),
            all_owed=Sum("owed"),
            # the same for every row: read along, so that pages of counties without corrections ask nothing more
            corrected=ArraySubquery(
                publishing.corrections_of(selection.unit, selection.as_of).values("month")
            ),
        )
        .order_by("-month")
    )
    today = month_of(timezone.localdate())
    return [
        MonthChoice(row["month"], row["all_reported"], row["all_owed"], row["month"] in row["corrected"])
        for row in rows
        if row["month"] <= today
    ]


def _choose_month(selection: Selection, text: str) -> None:
    selection.month = _newest(selection.months)
    if not text:
        return
    try:
        month = parse_month(text)
    except MonthError as error:
        selection.notes.append(str(error))
        return
    if month not in {choice.month for choice in selection.months}:
        instead = f"，下面显示 {selection.month:%Y年%m月}" if selection.month else ""
        selection.notes.append(f"{month:%Y年%m月}没有汇总数据{instead}。")
        return
    selection.month = month
    selection.is_month_chosen = True


def _newest(months: list[MonthChoice]) -> dt.date | None:
    """The newest month with enough figures, else the newest with any, else the newest."""
    for is_good in (
        lambda choice: choice.is_enough,
        lambda choice: bool(choice.reported),
        lambda choice: True,
    ):
        for choice in months:
            if is_good(choice):
                return choice.month
    return None
