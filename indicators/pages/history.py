"""What the database's triggers have recorded about an indicator and its targets, as sentences."""

from collections.abc import Iterator
from typing import Any

from eldercare.history import DELETE, Part, Step
from eldercare.history import history_of as steps_of
from indicators.models import Indicator, Target
from indicators.models.plans import Comparator
from indicators.rules.figures import format_figure

FIELDS = (
    "name", "group", "role", "value_kind", "unit", "decimals", "formula", "input_source", "comparator", "scope",
    "recurrence", "recurs_from", "recurs_to", "judging", "judged_level", "judged_per", "judged_where", "only_units",
    "projection", "is_soft", "is_headline", "is_active",
)  # fmt: skip


def history_of(indicator: Indicator) -> list[Step]:
    """Newest first: who changed what, when, old → new. The loading of the fixture is one step."""
    return steps_of(
        Part(Indicator, is_subject=True, fields=FIELDS, pgh_obj_id=indicator.pk),
        Part(Target, says=_target_words, indicator_id=indicator.pk),
    )


def _target_words(before: Any, event: Any) -> Iterator[str]:
    now = _target(event)
    if event.pgh_label == DELETE:
        yield f"删除目标：{now}"
    elif before is None:
        yield f"目标：{now}"
    elif _target(before) != now:
        yield f"目标：{_target(before)} → {now}"


def _target(event: Any) -> str:
    value = "无数值" if event.value is None else format_figure(event.value)
    inferred = "（推定）" if event.is_due_inferred else ""
    return f"{Comparator(event.comparator).label}{value}，期限 {event.due_on:%Y-%m-%d}{inferred}"
