"""What the commands share: looking things up by the codes people use, and saying clearly what is wrong."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from eldercare.models import OrgUnit, User
from indicators.models import Indicator, Metric, Plan
from indicators.rules.months import MonthError, month_of, parse_month


def month_argument(text: str) -> dt.date:
    try:
        month = parse_month(text)
    except MonthError as error:
        raise CommandError(str(error)) from error
    if month > month_of(timezone.localdate()):
        raise CommandError(f"{month:%Y-%m} 还没有到，不能填报或汇总未来的月份。")
    return month


def unit_argument(code: str) -> OrgUnit:
    unit = OrgUnit.objects.filter(code=code).first()
    if unit is None:
        raise CommandError(f"没有代码为“{code}”的组织单位，请查对代码(县 6 位、镇街 9 位)。")
    return unit


def user_argument(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"没有用户名为“{username}”的账号。")
    if not user.is_active:
        raise CommandError(f"账号“{username}”已停用。")
    return user


def plan_argument(code: str) -> Plan:
    plan = Plan.objects.filter(code=code).select_related("org_unit").first()
    if plan is None:
        known = "、".join(Plan.objects.values_list("code", flat=True)) or "无"
        raise CommandError(f"没有代码为“{code}”的规划；现有：{known}。")
    return plan


def indicator_argument(plan: Plan, number: str) -> Indicator:
    """By number (``8``) or document code (``S0-I08``)."""
    found = (
        plan.indicators.filter(number=int(number))
        if number.isdigit()
        else plan.indicators.filter(document_code=number)
    )
    indicator = found.select_related("plan").first()
    if indicator is None:
        raise CommandError(f"规划“{plan.code}”没有序号为“{number}”的指标。")
    return indicator


def metric_argument(code: str) -> Metric:
    metric = Metric.objects.filter(code=code).first() or Metric.objects.filter(catalogue_code=code).first()
    if metric is None:
        raise CommandError(f"没有代码为“{code}”的基础指标，可用 manage.py metrics 查看全部代码。")
    return metric


def plain(value: Any) -> Any:
    """A ``Decimal`` as a JSON number: whole numbers as integers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(round(value, 10))
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def print_json(stream, data: Any) -> None:
    stream.write(json.dumps(data, ensure_ascii=False, indent=2, default=plain))
