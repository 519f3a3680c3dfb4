"""What the calendar does to reports: months open, deadlines pass, approved reports are locked."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eldercare.errors import Refused
from eldercare.models import OrgUnit
from indicators.actions.rollups import request_roll_up_from
from indicators.models import Adoption, MonthlyReport, Plan, ReportEvent, filing_units
from indicators.rules.months import due_date, month_end, month_of

Status = MonthlyReport.Status
DEFAULT_LOCK_DAYS = 5


def reporting_units(month: dt.date) -> list[OrgUnit]:
    """The units that owe a report for ``month``: every place with a plan in force, and those that report to it."""
    seats = Adoption.objects.in_force(month).values_list("org_unit__path", flat=True)
    places = Q(pk=None)
    for path in seats:
        places |= Q(path__startswith=path)
    units = OrgUnit.objects.as_of(month_end(month)).filter(places).select_related("parent").order_by("path")
    return filing_units(units.exclude(level=OrgUnit.Level.VILLAGE), month)


def report_due_on(month: dt.date, unit: OrgUnit) -> dt.date:
    """The deadline of a unit's report, by the rules of the newest plan of its county."""
    codes = [code for code in unit.path.split("/") if code]
    around = Adoption.objects.in_force(month).filter(org_unit__code__in=codes)
    plan = Plan.objects.filter(adoptions__in=around).order_by("-starts_on", "code").first()
    day = plan.report_day if plan else 20
    moves = bool(plan) and plan.weekend_rule == Plan.WeekendRule.NEXT_WORKDAY
    return due_date(month, day=day, moves_from_weekend=moves)


@transaction.atomic
def open_month(month: dt.date) -> int:
    """Make the reports that are owed for ``month``; those that exist stay. Returns how many are new."""
    units = reporting_units(month)
    existing = set(MonthlyReport.objects.for_month(month).values_list("org_unit_id", flat=True))
    missing = [unit for unit in units if unit.pk not in existing]
    due_dates = {unit.path.split("/")[1]: report_due_on(month, unit) for unit in missing}
    MonthlyReport.objects.bulk_create(
        [
            MonthlyReport(org_unit=unit, month=month, due_on=due_dates[unit.path.split("/")[1]])
            for unit in missing
        ],
        ignore_conflicts=True,
    )
    if missing:
        request_roll_up_from(month)
    return len(missing)


def report_for(unit: OrgUnit, month: dt.date) -> MonthlyReport:
    """The unit's report for the month; it is opened when the month has not been opened yet.

    Raises ``Refused`` for a month to come and for a unit that files no reports.
    """
    if month > month_of(timezone.localdate()):
        raise Refused(f"{month:%Y-%m} 还没有到，不能填报未来的月份。")
    if not filing_units([unit], month):
        raise Refused(f"{unit.name}({unit.get_level_display()})不是填报单位，月报由镇(街道)和县本级填报。")
    found = MonthlyReport.objects.filter(org_unit=unit, month=month).select_related("org_unit").first()
    if found:
        return found
    MonthlyReport.objects.bulk_create(
        [MonthlyReport(org_unit=unit, month=month, due_on=report_due_on(month, unit))], ignore_conflicts=True
    )
    return MonthlyReport.objects.select_related("org_unit").get(org_unit=unit, month=month)


def mark_late(today: dt.date | None = None) -> int:
    """Mark reports that were not handed in by their deadline; safe to repeat."""
    today = today or timezone.localdate()
    overdue = MonthlyReport.objects.overdue(today).filter(is_late=False, first_submitted_at=None)
    return overdue.update(is_late=True)


@transaction.atomic
def lock_approved(now: dt.datetime | None = None) -> int:
    """Lock reports whose approval is older than the plan's grace period; safe to repeat."""
    now = now or timezone.now()
    due = MonthlyReport.objects.filter(_past_grace(now), status=Status.APPROVED).values_list("pk", flat=True)
    reports = list(due.select_for_update(skip_locked=True))
    MonthlyReport.objects.filter(pk__in=reports).update(status=Status.LOCKED)
    ReportEvent.objects.bulk_create(
        ReportEvent(report_id=pk, from_status=Status.APPROVED, to_status=Status.LOCKED, note="期满自动锁定")
        for pk in reports
    )
    return len(reports)


def _past_grace(now: dt.datetime) -> Q:
    """Approved longer ago than the newest plan of the place grants."""
    newest = Adoption.objects.order_by("plan__starts_on").values_list(
        "org_unit__path", "plan__lock_after_days"
    )
    elsewhere, condition = Q(), Q(pk=None)
    for path, days in dict(newest).items():
        place = Q(org_unit__path__startswith=path)
        condition |= place & Q(approved_at__lt=now - dt.timedelta(days=days))
        elsewhere &= ~place
    return condition | elsewhere & Q(approved_at__lt=now - dt.timedelta(days=DEFAULT_LOCK_DAYS))
