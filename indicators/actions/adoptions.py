"""Adopting a plan for a unit, and ending it: from then on its figures are owed and its indicators computed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from indicators.actions.rollups import request_roll_up_from
from indicators.models import Adoption, Plan
from indicators.models.adoptions import LOWER_LEVELS


@transaction.atomic
def adopt_plan(*, plan: Plan, unit: OrgUnit, from_month: dt.date | None, by: User) -> Adoption:
    """Put ``plan`` in force in ``unit`` from a month on (from the beginning without one); again after an end.

    Raises ``NotAllowed`` for a foreign unit, ``Refused`` for one that nobody files for or that has it already, and
    for a month before the plan's starting point.
    """
    _require(by, unit)
    if unit.level not in LOWER_LEVELS:
        raise Refused(f"{unit.name}({unit.get_level_display()})下面没有填报单位，不能执行规划。")
    found = Adoption.objects.select_for_update().filter(plan=plan, org_unit=unit).first()
    if found is not None and found.until_month is None:
        raise Refused(f"{unit.name}已经在执行这个规划。")
    if from_month and from_month < plan.base_month:
        base, start = plan.base_month, plan.starts_on
        raise Refused(
            f"“{plan.short_title}”的规划期自{start.year}年{start.month}月起，"
            f"最早可以从{base.year}年{base.month}月（基期）起执行。"
        )
    adoption = found or Adoption(plan=plan, org_unit=unit, from_month=from_month)
    adoption.until_month = None
    _save(adoption, by)
    audit.record(AuditEvent.Action.PLAN, by=by, subject=f"{plan.short_title} 执行", org=unit.name,
                 month=f"{from_month:%Y-%m}" if from_month else "不限")  # fmt: skip
    request_roll_up_from(from_month or plan.base_month)
    return adoption


@transaction.atomic
def end_adoption(*, adoption: Adoption, until_month: dt.date, by: User) -> None:
    """End an adoption with ``until_month``: later months owe nothing for it, what was published before stays."""
    _require(by, adoption.org_unit)
    current = Adoption.objects.select_for_update().get(pk=adoption.pk)
    if current.from_month and until_month < current.from_month:
        raise Refused(f"截止月份早于开始执行的 {current.from_month:%Y-%m}，请改为该月或以后的月份。")
    current.until_month = until_month
    _save(current, by)
    audit.record(AuditEvent.Action.PLAN, by=by, subject=f"{current.plan.short_title} 停止执行",
                 org=current.org_unit.name, month=f"{until_month:%Y-%m}")  # fmt: skip
    request_roll_up_from(until_month)


def _save(adoption: Adoption, by: User) -> None:
    adoption.changed_at, adoption.changed_by = timezone.now(), by
    adoption.save()


def _require(by: User, unit: OrgUnit) -> None:
    if not by.may(Permission.EDIT_PLANS):
        raise NotAllowed(f"{by.get_role_display()}不能办理此事。")
    if not by.org_unit.contains(unit):
        raise NotAllowed("只能为本单位和下属单位办理。")
