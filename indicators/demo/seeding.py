"""Writing the demo county into an empty database: one transaction, a few large inserts, then the roll-up."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pgtrigger
from django.db import connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F
from django.utils import timezone

from eldercare import demo as demo_accounts
from eldercare.models import Notice, OrgUnit, User
from eldercare.passwords import set_password
from eldercare.permissions import Role
from indicators.demo import county, ledgers, papers, registers, series, tasks, workflow
from indicators.demo.places.writing import write_places
from indicators.demo.workflow import State
from indicators.models import (
    CellComment,
    Indicator,
    IndicatorValue,
    Metric,
    MetricEntry,
    MetricValue,
    MonthlyReport,
    Plan,
    Registration,
    ReportEvent,
)
from indicators.rollup import roll_up_months
from indicators.rules.checks import MetricRule, change_findings
from indicators.rules.figures import format_figure
from indicators.rules.months import add_months, month_end, month_of

PLAN = "haiyan"
EVENT_MONTHS = 24
PUBLISHED_AFTER = dt.timedelta(days=27)  # from the first of the month
Source = MetricEntry.Source
# What a late township has typed so far, as a share of the form.
TYPED_SHARE = Decimal("0.45")
# In the returned report: what was typed wrong, and what the reviewer says.
WRONG_FIGURES: dict[str, tuple[Callable[[Decimal], Decimal], str]] = {
    "nursing_beds": (
        lambda value: max(value - 60, Decimal(0)),
        "护理型床位比上月少60张，床位台账未见核减，请核对。",
    ),
    "weekly_visits_done": (
        lambda value: Decimal(int(value) // 10),
        "周探访完成数疑似少录一位，请对照探访台账核实。",
    ),
}
# In the newest month some figures differ from the ledgers, with a reason; the wrong ones above have none.
DIFFERING: dict[State, dict[str, tuple[int, str]]] = {
    State.RETURNED: {"home_care_beds": (1, "本月下旬新签约1户，协议在途，台账待补录。")},
    State.WAITING: {
        "care_staff": (2, "2名新入职人员证件尚未交齐，台账下月登记。"),
        "day_care_beds": (-2, "1处照料中心休息室维修，2张床位本月停用，台账待更新。"),
    },
}


class CannotSeed(Exception):
    """Why the demo county is not written, in one sentence for the person at the console."""


@transaction.atomic
def seed(
    *,
    through: dt.date | None = None,
    today: dt.date | None = None,
    roll_up: bool = True,
    with_ledgers: bool = False,
    with_places: bool = False,
    with_papers: bool = False,
) -> dict[str, int]:
    """Write accounts, reports and registrations up to the month ``through``; returns how many rows of each.

    ``today`` decides what the running month looks like; ``with_ledgers`` adds facilities, beds and people that
    count to the figures, which then have come from there; ``with_places`` adds the places of the other plans;
    ``with_papers`` official reports and corrections, which need the roll-up.
    Raises ``CannotSeed`` when the database already has reports or lacks the fixtures.
    """
    today = today or timezone.localdate()
    through = through or month_of(today)
    _check(through, today)
    users = make_accounts()
    seeder = _Seeder(users, through, today, with_ledgers=with_ledgers)
    counts = seeder.write() | tasks.write_tasks(users, through, today)
    if with_ledgers:
        counts |= ledgers.write_ledgers(seeder.figures, today)
    months = set(series.all_months(through))
    if with_places:
        written, further = write_places()
        counts = {label: count + written.get(label, 0) for label, count in counts.items()}
        months |= set(further)
    if roll_up:
        counts["汇总月份"] = _roll_up(sorted(months))
        _publish_in_time(month_of(today))
        if with_papers:
            counts |= papers.write_papers(users, through, today)
    return counts


def add_ledgers(*, today: dt.date | None = None) -> dict[str, int]:
    """The ledgers of a demo county that has none yet; nothing if it has."""
    today = today or timezone.localdate()
    newest = MonthlyReport.objects.order_by("-month").values_list("month", flat=True).first()
    if ledgers.exist() or newest is None:
        return {}
    return ledgers.write_ledgers(series.figures(min(newest, month_of(today))), today)


def _check(through: dt.date, today: dt.date) -> None:
    if MonthlyReport.objects.exists():
        if demo_accounts.is_demo_database():
            raise CannotSeed("演示数据已经在库中，无需再写。")
        raise CannotSeed("数据库中已有月报，为避免混入演示数据，本命令不写任何内容。")
    if not Plan.objects.filter(code=PLAN).exists():
        raise CannotSeed("还没有载入规划和指标，请先运行 manage.py load_fixtures。")
    if not county.FIRST_MONTH <= through <= month_of(today):
        raise CannotSeed(f"演示数据的月份应在 {county.FIRST_MONTH:%Y-%m} 到 {today:%Y-%m} 之间。")


def _roll_up(months: list[dt.date]) -> int:
    """Roll up in growing stretches with fresh statistics before each.

    All is one transaction, so nobody else gathers statistics, and plans made for empty tables take minutes.
    """
    done = 0
    while done < len(months):
        with connection.cursor() as cursor:
            for model in (MonthlyReport, MetricEntry, Registration, MetricValue, IndicatorValue):
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
        done += len(roll_up_months(months[done : 2 * done + 2]))
    return done


def _publish_in_time(running: dt.date) -> None:
    """A month was published some days after its deadline, so that earlier days can be looked at again."""
    when = ExpressionWrapper(F("month") + PUBLISHED_AFTER, output_field=DateTimeField())
    for model in (MetricValue, IndicatorValue):
        model.objects.filter(month__lt=running).update(computed_at=when)


def make_accounts() -> dict[str, User]:
    """The demo accounts by user name; those that exist are left as they are."""
    units = {unit.code: unit for unit in OrgUnit.objects.exclude(level=OrgUnit.Level.VILLAGE)}
    users = {}
    for account in demo_accounts.ACCOUNTS:
        user, is_new = User.objects.get_or_create(
            username=account["username"],
            defaults={
                "full_name": account["full_name"],
                "role": account["role"],
                "org_unit": units[account["org_code"]],
                "is_demo": True,
            },
        )
        if is_new:
            set_password(user, account["password"], must_change=False)
        users[user.username] = user
    return users


class _Seeder:
    """Holds what all the writing needs: units, people and metrics by their codes."""

    def __init__(
        self, users: dict[str, User], through: dt.date, today: dt.date, *, with_ledgers: bool = False
    ) -> None:
        self.through, self.today = through, today
        self.counted = ledgers.codes() if with_ledgers else frozenset()
        self.units = {unit.code: unit for unit in OrgUnit.objects.exclude(level=OrgUnit.Level.VILLAGE)}
        self.metrics = {metric.code: metric for metric in Metric.objects.select_related("subset_of")}
        self.order = {metric.code: metric.position for metric in self.metrics.values()}
        self.reviewer = next(user for user in users.values() if user.role == Role.COUNTY_REVIEWER)
        clerks = [u for u in users.values() if u.role in (Role.TOWNSHIP_CLERK, Role.COUNTY_CLERK)]
        self.clerks = {clerk.org_unit.code: clerk for clerk in clerks}
        self.rules = {
            code: MetricRule(code, metric.name, metric.unit, None, metric.plausible_change)
            for code, metric in self.metrics.items()
        }
        self.figures = series.figures(through)
        self.progress = {
            (unit, month): workflow.progress_of(unit, month, today) for unit, month in self.figures
        }

    def write(self) -> dict[str, int]:
        reports = self._write_reports()
        typed = {key: self._typed(key) for key in self.figures}
        entries = [entry for key, report in reports.items() for entry in self._entries(key, report, typed)]
        # Without history rows: nobody typed these figures, and the trigger would take ten times as long.
        with pgtrigger.ignore("indicators.MetricEntry:insert_insert"):
            MetricEntry.objects.bulk_create(entries, batch_size=5000)
        events = [event for key, report in reports.items() for event in self._events(key, report, typed[key])]
        ReportEvent.objects.bulk_create(events, batch_size=500)
        for key, report in reports.items():
            if self.progress[key].state is State.RETURNED:
                self._comment(report, typed[key])
        registrations = Registration.objects.bulk_create(self._registrations())
        self._write_notices(reports)
        return {
            "月报": len(reports),
            "填报数据": len(entries),
            "流转记录": len(events),
            "指标登记": len(registrations),
        }

    # --- Reports and figures ------------------------------------------------------------------------------

    def _write_reports(self) -> dict[series.Report, MonthlyReport]:
        reports = {key: self._report(*key) for key in sorted(self.figures, key=lambda key: (key[1], key[0]))}
        MonthlyReport.objects.bulk_create(reports.values())
        return reports

    def _report(self, unit: str, month: dt.date) -> MonthlyReport:
        progress = self.progress[unit, month]
        submitted, approved = progress.last("submitted"), progress.last("approved")
        return MonthlyReport(
            org_unit=self.units[unit],
            month=month,
            status=progress.status,
            due_on=progress.due_on,
            submitted_at=submitted,
            submitted_by=self.clerks[unit] if submitted else None,
            first_submitted_at=progress.first_submitted_at,
            returned_at=progress.last("returned"),
            approved_at=approved,
            approved_by=self.reviewer if approved else None,
            is_late=progress.is_late,
        )

    def _typed(self, key: series.Report) -> series.Figures:
        """The figures as they stand in the report: all, what a draft holds, or with the clerk's mistakes."""
        progress, figures = self.progress[key], self.figures[key]
        if progress.state is State.EMPTY:
            return {}
        if progress.state in (State.DRAFT, State.LATE_DRAFT):
            codes = sorted(figures, key=self.order.__getitem__)
            return {code: figures[code] for code in codes[: int(len(codes) * TYPED_SHARE)]}
        if progress.state is State.RETURNED:
            wrong = {code: mistake(figures[code]) for code, (mistake, _) in WRONG_FIGURES.items()}
            figures = {**figures, **wrong}
        return figures | {code: figures[code] + more for code, (more, _) in self._differing(key).items()}

    def _differing(self, key: series.Report) -> dict[str, tuple[int, str]]:
        return DIFFERING.get(self.progress[key].state, {}) if key[1] == self.through else {}

    def _entries(
        self, key: series.Report, report: MonthlyReport, typed: dict[series.Report, series.Figures]
    ) -> list[MetricEntry]:
        unit, month = key
        before = typed.get((unit, add_months(month, -1)), {})
        findings = change_findings(map(self.rules.__getitem__, typed[key]), typed[key], before, {})
        unusual = {finding.code for finding in findings}
        reasons = {code: reason for code, (_, reason) in self._differing(key).items()}
        counted = self._counted(key)
        return [
            MetricEntry(
                report=report,
                metric=self.metrics[code],
                value=value,
                reason=reasons.get(code) or _reason(code, month, is_unusual=code in unusual),
                source=Source.LEDGER if counted.get(code) == value else Source.TYPED,
                ledger_value=counted.get(code),
                entered_by=self.clerks[unit],
                entered_at=self.progress[key].typed_at,
            )
            for code, value in typed[key].items()
        ]

    def _counted(self, key: series.Report) -> series.Figures:
        """What the ledgers say."""
        return {code: value for code, value in self.figures[key].items() if code in self.counted}

    # --- Steps, remarks, notices --------------------------------------------------------------------------

    def _events(self, key: series.Report, report: MonthlyReport, typed: series.Figures) -> list[ReportEvent]:
        unit, month = key
        if month <= add_months(self.through, -EVENT_MONTHS):
            return []
        figures = {code: format_figure(value, grouped=False) for code, value in typed.items()}
        counted = {code: format_figure(v, grouped=False) for code, v in self._counted(key).items()}
        people = {"clerk": self.clerks[unit], "reviewer": self.reviewer, "system": None}
        return [
            ReportEvent(
                report=report,
                from_status=step.source,
                to_status=step.target,
                by=people[step.role],
                at=step.at,
                note=step.note,
                figures={} if step.role == "system" else figures,
                ledger_figures=counted if step.target == "submitted" else {},
            )
            for step in self.progress[key].steps
        ]

    def _comment(self, report: MonthlyReport, typed: series.Figures) -> None:
        CellComment.objects.bulk_create(
            CellComment(
                report=report,
                metric=self.metrics[code],
                text=text,
                value_then=typed[code],
                created_by=self.reviewer,
                created_at=report.returned_at,
            )
            for code, (_, text) in WRONG_FIGURES.items()
        )

    def _write_notices(self, reports: dict[series.Report, MonthlyReport]) -> None:
        found = [self._notice(key, report) for key, report in reports.items()]
        dated = sorted((pair for pair in found if pair), key=lambda pair: pair[1])
        notices = Notice.objects.bulk_create(notice for notice, _ in dated)
        for notice, (_, at) in zip(notices, dated, strict=True):
            notice.created_at = at  # creating has put the time of seeding there
        Notice.objects.bulk_update(notices, ["created_at"])

    def _notice(self, key: series.Report, report: MonthlyReport) -> tuple[Notice, dt.datetime] | None:
        """What a report in its state has put on somebody's home page, and when; the wording is the actions'."""
        (unit, month), progress, due = key, self.progress[key], report.due_on
        clerk = self.clerks[unit]
        if progress.state is State.RETURNED:
            text = f"{report}被退回，{len(WRONG_FIGURES)} 处数据有意见。"
            who, kind, by, at = clerk, Notice.Kind.RETURNED, self.reviewer, progress.last("returned")
        elif progress.state is State.WAITING:
            text = f"{report}已提交，请审核。"
            who, kind, by, at = self.reviewer, Notice.Kind.SUBMITTED, clerk, progress.last("submitted")
        elif progress.state is State.LATE_DRAFT:
            text = f"请尽快报送{month.year}年{month.month}月份月报，截止日 {due.month}月{due.day}日。"
            who, kind, by, at = clerk, Notice.Kind.REMINDER, self.clerks[county.COUNTY], progress.reminded_at
        else:
            return None
        link = f"/reports/{month:%Y-%m}/{unit}/"
        return Notice(recipient=who, kind=kind, text=text, link=link, created_by=by), at

    def _registrations(self) -> list[Registration]:
        indicators = {indicator.number: indicator for indicator in Indicator.objects.filter(plan__code=PLAN)}
        until = min(month_end(self.through), self.today)
        clerk = self.clerks[county.COUNTY]
        return [
            Registration(
                indicator=indicators[entry.number],
                metric=self.metrics[entry.metric],
                org_unit=self.units[county.COUNTY],
                happened_on=entry.happened_on,
                quantity=entry.quantity,
                evidence=entry.evidence,
                created_by=clerk,
                created_at=dt.datetime.combine(entry.happened_on, dt.time(17, 0), workflow.ZONE),
            )
            for entry in registers.entries(until)
        ]


def _reason(code: str, month: dt.date, *, is_unusual: bool) -> str:
    known = county.REASONS.get((f"{month:%Y-%m}", code))
    if known and (is_unusual or month == county.FIRST_MONTH):
        return known
    return county.USUAL_REASONS.get(code, county.ANY_REASON) if is_unusual else ""
