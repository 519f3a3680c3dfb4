"""Rounds of checks (半年检查、中期评估、终期评估): opened, scored by the units, scored by the county, closed."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, Notice, OrgUnit, User
from eldercare.notices import tell
from eldercare.permissions import Permission
from indicators.models import EvaluationRound, Plan, RoundItem, TaskState, TaskUnit

Score = tuple[Decimal | None, str]


@transaction.atomic
def open_round(*, plan: Plan, kind: str, month: dt.date, note: str, by: User) -> EvaluationRound:
    """A round over all tasks of a plan: one item for each unit that a task names."""
    _require(by, plan.org_unit)
    if kind == EvaluationRound.Kind.HALF_YEAR and month.month not in (6, 12):
        raise Refused("半年检查的截至月份应为 6 月或 12 月。")
    made, is_new = EvaluationRound.objects.get_or_create(
        plan=plan, kind=kind, month=month, defaults={"note": note.strip()[:300], "opened_by": by}
    )
    if not is_new:
        raise Conflict(f"{made}已由{made.opened_by.full_name}发起。")
    parts = (
        TaskUnit.objects.filter(task__plan=plan, org_unit__isnull=False)
        .exclude(task__state_set=TaskState.CANCELLED)
        .values_list("task_id", "org_unit_id")
    )
    RoundItem.objects.bulk_create(
        RoundItem(round=made, task_id=task, org_unit_id=unit) for task, unit in sorted(set(parts))
    )
    _log(by, made, "发起")
    _tell_units(made, by)
    return made


def _tell_units(made: EvaluationRound, by: User) -> None:
    people = User.objects.filter(org_unit__round_items__round=made, is_active=True).distinct()
    reporters = [person for person in people if person.may(Permission.REPORT_TASKS)]
    text = f"{made}已发起，请对本单位各项任务自评打分。"
    tell(reporters, Notice.Kind.REMINDER, text, f"/tasks/rounds/{made.pk}/", by=by)


@transaction.atomic
def score_own(*, round_: EvaluationRound, scores: Mapping[int, Score], by: User) -> int:
    """The unit's own scores (item pk → score, note). Returns how many changed."""
    if not by.may(Permission.REPORT_TASKS):
        raise NotAllowed(f"{by.get_role_display()}不能自评。")
    changed = 0
    for item in _open_items(round_, scores, by.org_unit, only_own=True):
        score, note = scores[item.pk]
        if (item.self_score, item.self_note) == (score, note):
            continue
        if item.score is not None:
            raise Conflict(f"“{item.task.name}”已核定 {item.score} 分，不能再改自评。")
        item.self_score, item.self_note, item.self_by = score, note, by
        item.save(update_fields=["self_score", "self_note", "self_by"])
        changed += 1
    if changed:
        _log(by, round_, f"自评 {changed} 项")
    return changed


@transaction.atomic
def check(*, round_: EvaluationRound, scores: Mapping[int, Score], by: User) -> int:
    """The county's scores and opinions; who scored an item for its unit does not check it."""
    _require(by, round_.plan.org_unit)
    changed = 0
    for item in _open_items(round_, scores, by.org_unit):
        score, opinion = scores[item.pk]
        if (item.score, item.opinion) == (score, opinion):
            continue
        if item.self_by_id == by.pk:
            raise Refused(f"“{item.task.name}”由您本人自评，请由另一位核定。")
        item.score, item.opinion, item.checked_by = score, opinion, by
        item.save(update_fields=["score", "opinion", "checked_by"])
        changed += 1
    if changed:
        _log(by, round_, f"核定 {changed} 项")
    return changed


@transaction.atomic
def close_round(*, round_: EvaluationRound, by: User) -> None:
    """A round is closed when every item has a checked score; then nothing in it changes."""
    _require(by, round_.plan.org_unit)
    round_ = (
        EvaluationRound.objects.select_for_update(of=("self",))
        .select_related("plan__org_unit")
        .get(pk=round_.pk)
    )
    if round_.is_closed:
        raise Conflict(f"{round_}已经办结。")
    left = round_.items.filter(score=None).count()
    if left:
        raise Refused(f"还有 {left} 项没有核定分数，全部核定后才能办结。")
    round_.closed_by, round_.closed_at = by, timezone.now()
    round_.save(update_fields=["closed_by", "closed_at"])
    _log(by, round_, "办结")


def _open_items(
    round_: EvaluationRound, scores: Mapping[int, Score], unit: OrgUnit, *, only_own: bool = False
) -> list[RoundItem]:
    locked = EvaluationRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if locked.is_closed:
        raise Conflict(f"{locked}已经办结，不能再改分数。")
    items = RoundItem.objects.filter(round=round_, pk__in=scores).select_related("task")
    scope = {"org_unit": unit} if only_own else {"org_unit__path__startswith": unit.path}
    found = list(items.filter(**scope))
    if len(found) != len(scores):
        raise Refused("有的评估项不属于本单位，没有保存。请刷新页面后重试。")
    return found


def _require(by: User, unit: OrgUnit) -> None:
    if not by.may(Permission.EVALUATE_TASKS):
        raise NotAllowed(f"{by.get_role_display()}不能办理检查评估。")
    if not by.org_unit.contains(unit):
        raise NotAllowed("这不是本单位的规划，只能查看。")


def _log(by: User, round_: EvaluationRound, step: str) -> None:
    audit.record(AuditEvent.Action.TASK, by=by, subject=f"{round_} {step}", org_unit=round_.plan.org_unit)
