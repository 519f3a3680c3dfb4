"""The steps of a home adaptation and of a family bed: each has its day, and none comes before the one before it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Step(NamedTuple):
    """A step, the column of its day, what it may and what it must say besides."""

    state: str
    name: str  # as an office calls the act
    day: str
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


ADAPTATION = (
    Step("applied", "申请", "applied_on"),
    Step("assessed", "评估", "assessed_on", ("assessor", "items"), ("items",)),
    Step("approved", "批准", "approved_on", ("items", "cost", "subsidy")),
    Step("under_works", "开工", "started_on", ("contractor",), ("contractor",)),
    Step(
        "accepted",
        "验收",
        "accepted_on",
        ("accepted_by", "items", "cost", "subsidy"),
        ("accepted_by", "cost"),
    ),
)
FAMILY_BED = (
    Step("assessed", "评估", "assessed_on"),
    Step("approved", "批准", "approved_on", ("equipment", "services", "monthly_fee", "subsidy")),
    Step(
        "accepted",
        "验收启用",
        "accepted_on",
        ("equipment", "services", "monthly_fee", "subsidy"),
        ("services",),
    ),
)


def next_step(steps: Sequence[Step], row: Any) -> Step | None:
    """The first step without a day; None when all are done."""
    done = last_done(steps, row)
    position = steps.index(done) + 1 if done else 0
    return steps[position] if position < len(steps) else None


def last_done(steps: Sequence[Step], row: Any) -> Step | None:
    """A later step that has its day stands for those before it (old entries may lack theirs)."""
    done = [step for step in steps if getattr(row, step.day)]
    return done[-1] if done else None


def day_problem(
    steps: Sequence[Step], step: Step, day: dt.date, row: Any, *, begins: str, today: dt.date
) -> str:
    """What is wrong with the day of a step; "" when nothing is. ``begins``: column of the day it all began."""
    if day > today:
        return f"{step.name}日期还没有到，请核对。"
    earlier = [begins, *(each.day for each in steps[: steps.index(step)])]
    latest = max((getattr(row, name) for name in earlier if getattr(row, name)), default=None)
    if latest and day < latest:
        return f"{step.name}日期不能早于上一环节（{latest}），请核对。"
    return ""


def missing(step: Step, values: Mapping[str, Any]) -> list[str]:
    return [name for name in step.required if values.get(name) in (None, "")]
