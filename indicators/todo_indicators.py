"""What the plans ask of those who watch them, for the to-do list of the home page: lights that turned, dates that near.

Read for the user's own unit and one line per plan, in the last two months that are judged.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import OrgUnit, User
from eldercare.permissions import Permission, Role
from eldercare.todo import TodoItem, Urgency
from indicators.models import Indicator, IndicatorValue, Plan
from indicators.rules.months import add_months, month_of

Status = IndicatorValue.Status
JUDGED = (Status.MET, Status.ON_COURSE, Status.BEHIND)
MONTHS_READ = 4
TURNED_WITHIN = 2  # months: the light of the last month turns when its reports are in, in the month after
DUE_WITHIN = dt.timedelta(days=90)
WATCHERS = (Role.LEADER, Role.COUNTY_CLERK, Role.COUNTY_REVIEWER)
NAMED = 3


@dataclass
class PlanNews:
    plan: Plan
    turned: list[Indicator] = field(default_factory=list)
    near: list[tuple[dt.date, Indicator]] = field(default_factory=list)


@todo.register
def indicators_to_watch(user: User) -> list[TodoItem]:
    """Indicators that fell behind in the last month, and those due within 90 days that are not met. Two queries."""
    if user.role not in WATCHERS or not user.may(Permission.VIEW_INDICATORS) or user.org_unit is None:
        return []
    if user.org_unit.level == OrgUnit.Level.TOWNSHIP:
        return []
    items = []
    for news in _read(user, timezone.localdate()):
        items += [*_turned(news), *_near(news)]
    return items


def _read(user: User, today: dt.date) -> list[PlanNews]:
    rows = (
        IndicatorValue.objects.visible_to(user)
        .filter(
            org_unit=user.org_unit,
            month__range=(add_months(month_of(today), -MONTHS_READ), month_of(today)),
            status__in=JUDGED,
            indicator__is_active=True,
            indicator__is_soft=False,
            indicator__role__in=(Indicator.Role.TARGET, Indicator.Role.NORM),
            indicator__plan__ends_on__gte=today - DUE_WITHIN,
        )
        .select_related("indicator__plan")
        .prefetch_related("indicator__targets")
        .order_by("indicator__plan__code", "indicator__number", "month")
    )
    by_indicator: dict[Indicator, list[IndicatorValue]] = defaultdict(list)
    for row in rows:
        by_indicator[row.indicator].append(row)
    found: dict[int, PlanNews] = {}
    for indicator, values in by_indicator.items():
        news = found.setdefault(indicator.plan_id, PlanNews(indicator.plan))
        if _has_turned(values, today):
            news.turned.append(indicator)
        due_on = _next_due(indicator, today)
        if due_on is not None and values[-1].status != Status.MET:
            news.near.append((due_on, indicator))
    return list(found.values())


def _has_turned(values: list[IndicatorValue], today: dt.date) -> bool:
    if len(values) < 2 or values[-1].month < add_months(month_of(today), -TURNED_WITHIN):
        return False
    return values[-1].status == Status.BEHIND and values[-2].status != Status.BEHIND


def _next_due(indicator: Indicator, today: dt.date) -> dt.date | None:
    if indicator.recurrence:
        return None
    days = [each.due_on for each in indicator.targets.all() if today <= each.due_on <= today + DUE_WITHIN]
    return min(days, default=None)


def _names(indicators: list[Indicator]) -> str:
    words = "、".join(f"{each.number} {each.name}" for each in indicators[:NAMED])
    return f"{words}等" if len(indicators) > NAMED else words


def _turned(news: PlanNews) -> list[TodoItem]:
    if not news.turned:
        return []
    return [
        TodoItem(
            f"{news.plan.short_title}新转为进度滞后 {len(news.turned)} 项",
            f"{reverse('plan', args=[news.plan.code])}?status=behind",
            f"{_names(news.turned)}。",
            Urgency.DUE,
            count=len(news.turned),
            button="查看",
            tag="滞后",
        )
    ]


def _near(news: PlanNews) -> list[TodoItem]:
    if not news.near:
        return []
    near = sorted(news.near, key=lambda each: (each[0], each[1].number))
    return [
        TodoItem(
            f"{news.plan.short_title}90 天内到期、尚未达标 {len(near)} 项",
            f"{reverse('plan', args=[news.plan.code])}?sort=due",
            f"最早 {near[0][0]:%Y-%m-%d}：{_names([indicator for _, indicator in near])}。",
            Urgency.NORMAL,
            count=len(near),
            button="查看",
            tag="到期",
        )
    ]
