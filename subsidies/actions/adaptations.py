"""Writing home adaptations (适老化改造) step by step."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Refused
from eldercare.models import AuditEvent, User
from facilities.actions.guards import check_version, in_words, visible, write
from subsidies.actions.visits import require_editor
from subsidies.models import Adaptation, Elder
from subsidies.rules.adaptations import ADAPTATION, Step, day_problem, last_done, next_step

BASE = ("round", "category", "needed_from", "applied_on")
EDITABLE = (
    "round",
    "category",
    "needed_from",
    "assessor",
    "items",
    "contractor",
    "accepted_by",
    "cost",
    "subsidy",
)


@transaction.atomic
def create_adaptation(*, elder: Elder, fields: Mapping[str, object], by: User) -> Adaptation:
    """On the list of households to be adapted; with a day of application also applied for."""
    require_editor(by)
    elder = visible(Elder.objects.current(), by, elder.pk, "这位老人")
    if elder.died_on:
        raise Refused(f"{elder.name}已登记死亡，不能列入改造。")
    row = Adaptation(elder=elder, org_unit_id=elder.residence_unit_id or elder.org_unit_id, **fields)
    with in_words(Adaptation):
        row.save()
    _record(row, "列入适老化改造", by)
    return row


@transaction.atomic
def edit_adaptation(
    *, row: Adaptation, changes: Mapping[str, object], seen: int | None, by: User
) -> list[str]:
    """The labels of what changed; days are changed by the steps."""
    require_editor(by)
    current = _locked(row, by)
    check_version(current, seen)
    words = write(current, {name: value for name, value in changes.items() if name in EDITABLE})
    if words:
        _record(current, "修改适老化改造", by, fields=words)
    return words


@transaction.atomic
def take_step(*, row: Adaptation, state: str, day: dt.date, fields: Mapping[str, object], by: User) -> Step:
    """The next step, named by the state that it leads to. Raises Refused when another one is next by now."""
    require_editor(by)
    current = _locked(row, by)
    _refuse_cancelled(current)
    step = next_step(ADAPTATION, current)
    if step is None or step.state != state:
        raise Refused(f"这一户现在是“{current.state.label}”，请按现在的环节办理。")
    problem = day_problem(ADAPTATION, step, day, current, begins="needed_from", today=timezone.localdate())
    if problem:
        raise Refused(problem)
    write(current, {step.day: day, **{name: fields[name] for name in step.fields if name in fields}})
    _record(current, f"适老化改造{step.name}", by, date=str(day))
    return step


@transaction.atomic
def step_back(*, row: Adaptation, reason: str, by: User) -> Step:
    """Take the last step back: its day goes, what was written at it stays."""
    require_editor(by)
    current = _locked(row, by)
    _refuse_cancelled(current)
    step = last_done(ADAPTATION, current)
    if step is None:
        raise Refused("还没有办理任何环节，没有可退回的。")
    write(current, {step.day: None})
    _record(current, f"退回适老化改造{step.name}", by, reason=reason)
    return step


@transaction.atomic
def cancel(*, row: Adaptation, day: dt.date, reason: str, by: User) -> Adaptation:
    require_editor(by)
    current = _locked(row, by)
    _refuse_cancelled(current)
    if current.accepted_on:
        raise Refused("已验收的不能取消；验收登记有误的，先退回验收。")
    if day > timezone.localdate() or day < current.needed_from:
        raise Refused(f"取消日期应在核定日期（{current.needed_from}）到今天之间，请核对。")
    write(current, {"cancelled_on": day, "cancel_reason": reason})
    _record(current, "取消适老化改造", by, reason=reason)
    return current


@transaction.atomic
def restore(*, row: Adaptation, reason: str, by: User) -> Adaptation:
    """Take a cancellation back."""
    require_editor(by)
    current = _locked(row, by)
    if not current.cancelled_on:
        raise Refused("这一户没有取消，不用恢复。")
    write(current, {"cancelled_on": None, "cancel_reason": ""})
    _record(current, "恢复适老化改造", by, reason=reason)
    return current


def _locked(row: Adaptation, by: User) -> Adaptation:
    return visible(Adaptation.objects.select_related("elder", "org_unit"), by, row.pk, "这条改造记录")


def _refuse_cancelled(row: Adaptation) -> None:
    if row.cancelled_on:
        raise Refused(f"这一户已于 {row.cancelled_on} 取消改造；要继续办理，请先恢复。")


def _record(row: Adaptation, step: str, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.LEDGER,
        by=by,
        org_unit=row.org_unit,
        subject=f"适老化改造 编号 {row.pk}",
        step=step,
        **detail,
    )
