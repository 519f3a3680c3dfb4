"""What the database's triggers have recorded about an indicator and its targets, as sentences."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps

from indicators.models import Indicator
from indicators.models.plans import Comparator
from indicators.rules.figures import format_figure

FIELDS = ("name", "unit", "decimals", "formula", "comparator", "scope", "is_soft", "is_headline", "is_active")


@dataclass
class Step:
    """What one request changed; ``context`` names the request, and is empty for what was loaded by a command."""

    at: dt.datetime
    by: str
    context: str
    changes: list[str]


def history_of(indicator: Indicator) -> list[Step]:
    """Newest first: who changed what, when, old → new. The loading of the fixture is one step."""
    merged: dict[object, Step] = {}
    for step in _indicator_steps(indicator) + _target_steps(indicator):
        known = merged.setdefault(step.context or step.at.replace(microsecond=0), step)
        if known is not step:
            known.changes += [change for change in step.changes if change not in known.changes]
    return sorted(merged.values(), key=lambda step: (step.at, bool(step.context)), reverse=True)


def _indicator_steps(indicator: Indicator) -> list[Step]:
    steps, before = [], None
    for event in _events("IndicatorEvent", pgh_obj_id=indicator.pk):
        if before is None:
            changes = ["录入指标"]
        else:
            changes = [_changed(field, before, event) for field in FIELDS if _differs(field, before, event)]
        if changes:
            steps.append(_step(event, changes))
        before = event
    return steps


def _target_steps(indicator: Indicator) -> list[Step]:
    by_target: dict[int, list] = defaultdict(list)
    for event in _events("TargetEvent", indicator_id=indicator.pk):
        by_target[event.pgh_obj_id].append(event)
    steps = []
    for events in by_target.values():
        before = None
        for event in events:
            now = _target(event)
            if event.pgh_label == "delete":
                steps.append(_step(event, [f"删除目标：{now}"]))
            elif before is None:
                steps.append(_step(event, [f"目标：{now}"]))
            elif before != now:
                steps.append(_step(event, [f"目标：{before} → {now}"]))
            before = now
    return steps


def _events(model: str, **conditions: int) -> Iterable:
    found = apps.get_model("indicators", model).objects.filter(**conditions)
    return found.select_related("pgh_context").order_by("pgh_id")


def _step(event, changes: list[str]) -> Step:
    known = event.pgh_context.metadata if event.pgh_context else {}
    context = str(event.pgh_context_id or "")
    return Step(event.pgh_created_at, known.get("name") or "系统", context, changes)


def _differs(field: str, before, after) -> bool:
    return getattr(before, field) != getattr(after, field)


def _changed(field: str, before, after) -> str:
    label = Indicator._meta.get_field(field).verbose_name
    return f"{label}：{_plain(field, getattr(before, field))} → {_plain(field, getattr(after, field))}"


def _plain(field: str, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if field == "comparator":
        return str(Comparator(value).label)
    return str(value) or "（空）"


def _target(event) -> str:
    value = "无数值" if event.value is None else format_figure(event.value)
    inferred = "（推定）" if event.is_due_inferred else ""
    return f"{Comparator(event.comparator).label}{value}，期限 {event.due_on:%Y-%m-%d}{inferred}"
