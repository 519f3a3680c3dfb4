"""Units and months of reports, as far as the user may see them: those that an address names, and their like."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from eldercare.models import OrgUnit, User
from indicators.models import Adoption, MonthlyReport, filing_units
from indicators.rules.months import add_months, month_end, month_of

REPORTING_LEVELS = (
    OrgUnit.Level.CITY,
    OrgUnit.Level.COUNTY,
    OrgUnit.Level.TOWNSHIP,
    OrgUnit.Level.REPORTING,
)


@dataclass(frozen=True)
class Place:
    """The unit and month of an address, checked for this user."""

    unit: OrgUnit
    month: dt.date
    units: list[OrgUnit]

    def report(self) -> MonthlyReport | None:
        return (
            MonthlyReport.objects.filter(org_unit=self.unit, month=self.month)
            .select_related("org_unit")
            .first()
        )

    @property
    def may_be_opened(self) -> bool:
        """Past months can be filed later, back to the base year of a plan in force: not any month ever."""
        codes = [code for code in self.unit.path.split("/") if code]
        around = Adoption.objects.in_force(self.month).filter(org_unit__code__in=codes).select_related("plan")
        return any(self.month.year >= each.plan.base_month.year for each in around)


class Missing(Exception):
    """There is no such report for this user; ``str()`` says why in one sentence."""


def find_place(user: User, month: dt.date, code: str) -> Place:
    """Raises ``Missing`` alike for a unit that does not exist and for one outside the user's view."""
    check_month(month)
    units = reporting_units_seen_by(user, month)
    unit = next((each for each in units if each.code == code), None)
    if unit is None:
        raise Missing(f"没有代码为“{code[:20]}”的填报单位，或者它不在您的查看范围内。")
    return Place(unit, month, units)


def check_month(month: dt.date) -> None:
    if month > month_of(timezone.localdate()):
        raise Missing(f"{month:%Y}年{month.month}月还没有到，月报从当月 1 日起开放。")


def reporting_units_seen_by(user: User, month: dt.date) -> list[OrgUnit]:
    """The units whose reports of ``month`` the user may see: the county (or city) first, then what is below."""
    units = OrgUnit.objects.visible_to(user).as_of(month_end(month))
    below = units.filter(level__in=REPORTING_LEVELS).select_related("parent").order_by("path")
    return filing_units(below, month)


def next_month(month: dt.date) -> dt.date | None:
    """The month after; ``None`` while that has not begun."""
    following = add_months(month, 1)
    return following if following <= month_of(timezone.localdate()) else None
