"""What a plan asks of a metric, for the pages of the ledger that it is counted from; those apps import no plans.

from eldercare.plan_goals import goals_of

goals_of("home_adaptations", user)      # of every plan that the user may see; none where nothing provides them
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PlanGoal:
    plan: str
    since: dt.date  # when the plan begins
    name: str
    target: str  # ≥ 500 户
    due_on: dt.date
    value: str  # as published for the user's unit; "" without one
    month: dt.date | None  # of the value
    link: str


Provider = Callable[[str, object], list[PlanGoal]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Add a provider; usable as a decorator. Registering the same function again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def goals_of(metric: str, user: object) -> list[PlanGoal]:
    return [goal for provider in _providers for goal in provider(metric, user)]
