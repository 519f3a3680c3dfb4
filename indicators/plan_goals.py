"""The targets that rest on a metric, for the pages of its ledger (eldercare/plan_goals.py)."""

import re

from django.urls import reverse

from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.plan_goals import PlanGoal, register
from indicators.models import Indicator, IndicatorValue, Target
from indicators.pages.display import comparator_sign, shown


@register
def goals(metric: str, user: User) -> list[PlanGoal]:
    """Last target of each indicator, with the value published last for the user's unit. Two queries."""
    if not user.may(Permission.VIEW_INDICATORS):
        return []
    indicators = Indicator.objects.visible_to(user).filter(is_active=True, role=Indicator.Role.TARGET)
    targets = Target.objects.filter(
        indicator__in=indicators, indicator__formula__contains=metric, value__isnull=False
    )
    last = {
        each.indicator_id: each
        for each in targets.select_related("indicator__plan").order_by("due_on")
        if re.search(rf"\b{metric}\b", each.indicator.formula)
    }
    values = IndicatorValue.objects.visible_to(user).filter(indicator__in=last, value__isnull=False)
    values = (
        values.filter(org_unit=user.org_unit_id).order_by("indicator_id", "-month").distinct("indicator_id")
    )
    published = {each.indicator_id: each for each in values}
    return [
        _goal(target.indicator, target, published.get(pk))
        for pk, target in sorted(
            last.items(), key=lambda each: (each[1].indicator.plan_id, each[1].indicator.number)
        )
    ]


def _goal(indicator: Indicator, target: Target, value: IndicatorValue | None) -> PlanGoal:
    places = indicator.decimals
    return PlanGoal(
        plan=indicator.plan.short_title,
        since=indicator.plan.starts_on,
        name=indicator.name,
        target=f"{comparator_sign(target.comparator)} {shown(target.value, places)} {indicator.unit}",
        due_on=target.due_on,
        value=f"{shown(value.value, places, target=target.value)} {indicator.unit}" if value else "",
        month=value.month if value else None,
        link=reverse("indicator", args=[indicator.plan.code, indicator.number]),
    )
