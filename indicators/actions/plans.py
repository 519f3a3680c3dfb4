"""Changing a plan's indicators and registering facts for them: checked, audited, rolled up again.

Roll-ups after an edit are asked for the months that are still open: what is locked stays as it was published. A
registered fact has a date of its own, so every month from that date on is rolled up.
"""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from indicators.actions.rollups import request_roll_up_from
from indicators.models import Indicator, Metric, Registration
from indicators.models.adoptions import lower_units
from indicators.rules.figures import format_figure
from indicators.rules.months import month_of
from indicators.specs import Catalogue, is_judged_by_unit


@transaction.atomic
def choose_projection(*, indicator: Indicator, method: str, by: User) -> bool:
    """Set how the value at the due date is worked out, "" for automatically; says whether that is a change.

    It moves no published value, so nothing is rolled up. Raises ``NotAllowed`` for a foreign plan.
    """
    _require(by, Permission.EDIT_PLANS, indicator.plan.org_unit)
    if method not in Indicator.Projection.values:
        raise Refused("没有这种推算方法，请从列表中选择。")
    current = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    if current.projection == method:
        return False
    before = current.get_projection_display()
    current.projection, current.updated_at = method, timezone.now()
    current.save(update_fields=["projection", "updated_at"])
    audit.record(
        AuditEvent.Action.PLAN,
        by=by,
        subject=f"{indicator.plan.short_title} {current}",
        changes=[f"推算方法：{before} → {current.get_projection_display()}"],
    )
    return True


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
