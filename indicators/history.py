"""What the database's triggers have recorded about an indicator and its targets, as sentences."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps

from indicators.figures import format_figure
from indicators.models import Indicator
from indicators.models.plans import Comparator

FIELDS = ("name", "unit", "decimals", "formula", "comparator", "scope", "is_soft", "is_headline", "is_active")
SAME_EDIT = dt.timedelta(seconds=5)


@dataclass
class Step:
    at: dt.datetime
    by: str
    changes: list[str]


def history_of(indicator: Indicator) -> list[Step]:
    """Newest first: who changed what, when, old → new. The loading of the fixture is one step."""
    steps = _indicator_steps(indicator) + _target_steps(indicator)
    merged: list[Step] = []
    for step in sorted(steps, key=lambda step: step.at):
        if merged and merged[-1].by == step.by and step.at - merged[-1].at < SAME_EDIT:
            merged[-1].changes += [change for change in step.changes if change not in merged[-1].changes]
        else:
            merged.append(step)
    return merged[::-1]


def _indicator_steps(indicator: Indicator) -> list[Step]:
    steps, before = [], None
    for event in _events("IndicatorEvent", pgh_obj_id=indicator.pk):
        if before is None:
            changes = ["录入指标"]
        else:
            changes = [_changed(field, before, event) for field in FIELDS if _differs(field, before, event)]
        if changes:
            steps.append(Step(event.pgh_created_at, _who(event), changes))
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
                steps.append(Step(event.pgh_created_at, _who(event), [f"删除目标：{now}"]))
            elif before is None:
                steps.append(Step(event.pgh_created_at, _who(event), [f"目标：{now}"]))
            elif before != now:
                steps.append(Step(event.pgh_created_at, _who(event), [f"目标：{before} → {now}"]))
            before = now
    return steps


def _events(model: str, **conditions: int) -> Iterable:
    found = apps.get_model("indicators", model).objects.filter(**conditions)
    return found.select_related("pgh_context").order_by("pgh_id")


def _who(event) -> str:
    context = event.pgh_context.metadata if event.pgh_context else {}
    return context.get("name") or "系统"


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
