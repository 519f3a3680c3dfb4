"""Changing a plan's indicators and registering facts for them: checked, audited, rolled up again.

Roll-ups after an edit are asked for the months that are still open: what is locked stays as it was published. A
registered fact has a date of its own, so every month from that date on is rolled up.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.expressions import ExpressionError
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from indicators.actions.rollups import request_nightly_roll_ups, request_roll_up_from
from indicators.models import Indicator, Metric, Registration, Target
from indicators.models.adoptions import lower_units
from indicators.models.plans import Comparator
from indicators.needs import settle_needs
from indicators.rules.figures import format_figure
from indicators.rules.months import month_of
from indicators.specs import Catalogue, is_judged_by_unit

EDITABLE = (
    "name",
    "unit",
    "decimals",
    "formula",
    "comparator",
    "scope",
    "is_soft",
    "is_headline",
    "is_active",
)


@dataclass(frozen=True)
class TargetRow:
    """A target as it shall be; ``pk`` names the row it replaces."""

    due_on: dt.date
    comparator: str
    value: Decimal | None
    pk: int | None = None
    is_due_inferred: bool = False


@transaction.atomic
def edit_indicator(
    *,
    indicator: Indicator,
    changes: Mapping[str, object],
    targets: Sequence[TargetRow],
    seen: dt.datetime,
    by: User,
) -> list[str]:
    """Write what changed and ask for the open months to be rolled up; returns the changes in words.

    ``seen`` is the ``updated_at`` of the page: raises ``Conflict`` when somebody else saved since. Raises
    ``NotAllowed`` for a foreign plan and ``Refused`` for a formula that is none or two targets of one date.
    """
    _require(by, Permission.EDIT_PLANS, indicator.plan.org_unit)
    current = Indicator.objects.select_for_update(of=("self",)).select_related("plan").get(pk=indicator.pk)
    if current.updated_at != seen:
        when = timezone.localtime(current.updated_at)
        raise Conflict(
            f"这个指标在您打开页面之后被修改过（{when:%m月%d日 %H:%M}）。您填写的内容都在下面，没有丢失，"
            "请对照现行内容后再保存。"
        )
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise Refused(f"不能修改：{'、'.join(sorted(unknown))}。")
    _check_formula(str(changes.get("formula", current.formula)))
    words = _write_fields(current, changes) + _write_targets(current, targets)
    if not words:
        return []
    current.updated_at = timezone.now()
    current.save(update_fields=[*EDITABLE, "updated_at"])
    settle_needs(current.plan)
    audit.record(
        AuditEvent.Action.PLAN, by=by, subject=f"{current.plan.short_title} {current}", changes=words
    )
    request_nightly_roll_ups()
    return words


def _check_formula(text: str) -> None:
    if not text:
        return
    try:
        Catalogue().formula(text)
    except ExpressionError as error:
        raise Refused(f"公式不能保存：{error}") from error


def _write_fields(current: Indicator, changes: Mapping[str, object]) -> list[str]:
    words = []
    for name, value in changes.items():
        before = getattr(current, name)
        if before != value:
            words.append(f"{current._meta.get_field(name).verbose_name}：{_plain(before)} → {_plain(value)}")
            setattr(current, name, value)
    return words


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value) or "（空）"


def _write_targets(indicator: Indicator, rows: Sequence[TargetRow]) -> list[str]:
    """Make the targets of the indicator what ``rows`` say."""
    dates = [row.due_on for row in rows]
    if len(set(dates)) < len(dates):
        raise Refused("同一个期限只能有一个目标，请合并期限相同的目标。")
    existing = {target.pk: target for target in indicator.targets.all()}
    words = []
    kept = {row.pk for row in rows}
    for pk, target in existing.items():
        if pk not in kept:
            words.append(f"删除目标：{_target_words(target)}")
            target.delete()
    for row in rows:
        target = existing.get(row.pk) or Target(indicator=indicator)
        before = _target_words(target) if target.pk else ""
        target.value, target.comparator, target.due_on = row.value, row.comparator, row.due_on
        target.is_due_inferred = row.is_due_inferred
        if _target_words(target) == before:
            continue
        words.append(
            f"目标：{before} → {_target_words(target)}" if before else f"新增目标：{_target_words(target)}"
        )
        target.save()
    return words


def _target_words(target: Target) -> str:
    value = "无数值" if target.value is None else format_figure(target.value)
    inferred = "（推定）" if target.is_due_inferred else ""
    return f"{Comparator(target.comparator).label}{value}，期限 {target.due_on:%Y-%m-%d}{inferred}"


@transaction.atomic
def add_registration(
    *,
    indicator: Indicator,
    metric: Metric,
    happened_on: dt.date,
    quantity: Decimal,
    evidence: str,
    by: User,
    unit: OrgUnit | None = None,
) -> Registration:
    """Register a fact (confirmation, count or occurrence) with its date and evidence.

    ``unit`` is the one that the plan is computed for, or one below it where each is judged; the issuer's own if
    not given.
    """
    unit = unit or indicator.plan.org_unit
    _require(by, Permission.CONFIRM_INDICATORS, unit)
    _check_registering_unit(indicator, unit)
    if not indicator.is_registered:
        raise Refused("这个指标由月报数据计算，不用登记。")
    if metric.code not in registered_codes(indicator):
        raise Refused(f"“{metric.name}”不在这个指标的公式里，不能登记。")
    if happened_on > timezone.localdate():
        raise Refused("日期还没有到，请在事情完成之后登记。")
    if not evidence.strip():
        raise Refused("请写明依据：文号、会议、验收等能查到的材料。")
    registration = Registration.objects.create(
        indicator=indicator,
        metric=metric,
        org_unit=unit,
        happened_on=happened_on,
        quantity=quantity,
        evidence=evidence.strip(),
        created_by=by,
    )
    _record(registration, "登记", by)
    return registration


@transaction.atomic
def withdraw_registration(*, registration: Registration, reason: str, by: User) -> None:
    """Take a registration back; it stays on the page with the reason. Raises ``Conflict`` when it is gone already."""
    _require(by, Permission.CONFIRM_INDICATORS, registration.org_unit)
    if not reason.strip():
        raise Refused("请写明撤回的原因。")
    taken = (
        Registration.objects.in_force()
        .filter(pk=registration.pk)
        .update(withdrawn_at=timezone.now(), withdrawn_by=by, withdrawn_reason=reason.strip()[:200])
    )
    if not taken:
        raise Conflict("这条登记已经被撤回。")
    _record(registration, "撤回登记", by, reason=reason.strip())


def registered_codes(indicator: Indicator) -> list[str]:
    """The metrics that are registered for the indicator, in the order of its formula."""
    if not indicator.formula or not indicator.is_registered:
        return []
    return list(dict.fromkeys(term.name for term in Catalogue().formula(indicator.formula).terms))


def _record(registration: Registration, what: str, by: User, **detail: str) -> None:
    indicator = registration.indicator
    audit.record(
        AuditEvent.Action.CONFIRM,
        by=by,
        subject=f"{indicator.plan.short_title} {indicator} {what}",
        date=f"{registration.happened_on:%Y-%m-%d}",
        metric=registration.metric.code,
        quantity=format_figure(registration.quantity),
        evidence=registration.evidence,
        **detail,
    )
    request_roll_up_from(first_month_of(registration))


def first_month_of(registration: Registration) -> dt.date:
    """The first month whose values the registration can change: nothing is published before the base year's end."""
    return max(month_of(registration.happened_on), registration.indicator.plan.base_month)


def _check_registering_unit(indicator: Indicator, unit: OrgUnit) -> None:
    owners = [each.org_unit for each in indicator.plan.adoptions.select_related("org_unit")]
    is_owner = any(unit == owner and not is_judged_by_unit(indicator, owner) for owner in owners)
    is_judged = any(
        is_judged_by_unit(indicator, owner) and lower_units(owner).filter(pk=unit.pk).exists()
        for owner in owners
        if owner.contains(unit)
    )
    if not is_owner and not is_judged:
        raise Refused(f"{unit.name}不单独登记这个指标，请由执行规划的单位登记。")


def _require(by: User, permission: Permission, unit: OrgUnit) -> None:
    if not by.may(permission):
        raise NotAllowed(f"{by.get_role_display()}不能办理此事。")
    if not by.org_unit.contains(unit):
        raise NotAllowed("只能修改本县的规划。")
