"""Writing the other places of the demo: published reports, registrations and accounts, in a few large inserts."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import pgtrigger

from eldercare.demo import PLACE_ACCOUNTS, Account
from eldercare.models import OrgUnit, User
from eldercare.passwords import set_password
from eldercare.permissions import Role
from indicators.demo.places import huancui, kunming, ningbo, pingchuan
from indicators.demo.places.series import figures_of
from indicators.demo.places.shape import Place
from indicators.demo.registers import FLAG, MARK
from indicators.models import Indicator, Metric, MetricEntry, MonthlyReport, Plan, Registration, owed_by_each
from indicators.rules.months import month_end

PLACES = (huancui.PLACE, kunming.PLACE, pingchuan.PLACE, ningbo.PLACE)
HANDED_IN, APPROVED, LOCKED = 17, 19, 24  # days of the month
ZONE = dt.timezone(dt.timedelta(hours=8))


def write_places() -> tuple[dict[str, int], list[dt.date]]:
    """Whatever place has its plan and units loaded; returns how many rows of each, and the months to roll up."""
    counts = {"月报": 0, "填报数据": 0, "指标登记": 0}
    months: set[dt.date] = set()
    for place in PLACES:
        if not Plan.objects.filter(code=place.plan).exists():
            continue
        for label, count in _Writer(place).write().items():
            counts[label] += count
        months |= set(place.months)
    return counts, sorted(months)


def accounts_of(unit: OrgUnit) -> list[User]:
    """The demo accounts of a place; those that exist are left as they are."""
    below = {each.code: each for each in OrgUnit.objects.within(unit).exclude(level=OrgUnit.Level.VILLAGE)}
    return [_account(row, below[row["org_code"]]) for row in PLACE_ACCOUNTS if row["org_code"] in below]


def _account(row: Account, unit: OrgUnit) -> User:
    user, is_new = User.objects.get_or_create(
        username=row["username"],
        defaults={"full_name": row["full_name"], "role": row["role"], "org_unit": unit, "is_demo": True},
    )
    if is_new:
        set_password(user, row["password"], must_change=False)
    return user


class _Writer:
    """Holds what the writing of one place needs: its units by name, people, and metrics by code."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.seat = OrgUnit.objects.get(code=place.seat)
        below = OrgUnit.objects.within(self.seat).filter(name__in=place.sizes, parent=self.seat)
        self.units = {unit.name: unit for unit in below.select_related("parent")} | {"": self.seat}
        self.metrics = {metric.code: metric for metric in Metric.objects.all()}
        accounts = [user for user in accounts_of(self.seat) if user.org_unit_id == self.seat.pk]
        people = {user.role: user for user in accounts}
        self.owed: dict[dt.date, dict[int, list[Metric]]] = {}
        self.clerk, self.reviewer = people[Role.COUNTY_CLERK], people[Role.COUNTY_REVIEWER]

    def write(self) -> dict[str, int]:
        figures = figures_of(self.place, exists=self._exists)
        reports = {
            (name, month): self._report(self.units[name], month)
            for month in self.place.months
            for name, unit in self.units.items()
            if unit.valid_from <= month_end(month)
        }
        MonthlyReport.objects.bulk_create(reports.values())
        entries = [
            MetricEntry(
                report=report,
                metric=self.metrics[code],
                value=value,
                entered_by=self.clerk,
                entered_at=report.submitted_at,
            )
            for (name, month), report in reports.items()
            for code, value in self._owed(name, month, figures.get((name, month), {})).items()
        ]
        # Without history rows: nobody typed these figures, and the trigger would take ten times as long.
        with pgtrigger.ignore("indicators.MetricEntry:insert_insert"):
            MetricEntry.objects.bulk_create(entries, batch_size=5000)
        registrations = Registration.objects.bulk_create(self._registrations())
        return {"月报": len(reports), "填报数据": len(entries), "指标登记": len(registrations)}

    def _exists(self, name: str, month: dt.date) -> bool:
        return self.units[name].valid_from <= month_end(month)

    def _owed(self, name: str, month: dt.date, figures: dict[str, Decimal]) -> dict[str, Decimal]:
        """What the unit owes: a figure that its place does not have is 0 there."""
        if month not in self.owed:
            self.owed[month] = owed_by_each(self.units.values(), month)
        owed = self.owed[month][self.units[name].pk]
        return {metric.code: figures.get(metric.code, Decimal(0)) for metric in owed}

    def _report(self, unit: OrgUnit, month: dt.date) -> MonthlyReport:
        submitted = dt.datetime.combine(month.replace(day=HANDED_IN), dt.time(10, 30), ZONE)
        return MonthlyReport(
            org_unit=unit,
            month=month,
            status=MonthlyReport.Status.LOCKED,
            due_on=month.replace(day=20),
            submitted_at=submitted,
            submitted_by=self.clerk,
            first_submitted_at=submitted,
            approved_at=dt.datetime.combine(month.replace(day=APPROVED), dt.time(15, 0), ZONE),
            approved_by=self.reviewer,
        )

    def _registrations(self) -> Iterable[Registration]:
        indicators = {each.number: each for each in Indicator.objects.filter(plan__code=self.place.plan)}
        rows = [
            (entry.number, entry.metric, entry.day, entry.quantity, entry.evidence, entry.unit)
            for entry in self.place.registered
        ]
        rows += [
            (number, FLAG, day, 1, f"《{indicators[number].name}》办结材料", "")
            for number, day in self.place.confirmed.items()
        ]
        return [
            Registration(
                indicator=indicators[number],
                metric=self.metrics[metric],
                org_unit=self.units[unit],
                happened_on=dt.date.fromisoformat(day),
                quantity=Decimal(str(quantity)),
                evidence=MARK + evidence,
                created_by=self.clerk,
                created_at=dt.datetime.combine(dt.date.fromisoformat(day), dt.time(17, 0), ZONE),
            )
            for number, metric, day, quantity, evidence, unit in sorted(
                rows, key=lambda row: (row[2], row[0])
            )
        ]
