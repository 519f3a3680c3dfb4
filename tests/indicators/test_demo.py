"""The demo county: consistent figures, the plan's printed values, and every indicator against the oracle."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.management import call_command
from django.utils import timezone

from eldercare.demo import ACCOUNTS, is_demo_database
from eldercare.models import Notice, User
from indicators.actions.figures import rules_for
from indicators.demo import workflow
from indicators.demo.county import COUNTY, FIRST_MONTH, TOWNSHIPS
from indicators.demo.seeding import seed
from indicators.fixtures import load_all
from indicators.models import (
    CellComment,
    Indicator,
    IndicatorValue,
    Metric,
    MetricEntry,
    MonthlyReport,
    Registration,
    ReportEvent,
    owed_by,
)
from indicators.models.plans import Plan
from indicators.models.values import published
from indicators.rules.checks import change_findings, subset_findings
from tests.indicators import oracle
from tests.indicators.test_demo_seeding import entries_hash

TODAY = dt.date(2026, 2, 25)
THROUGH = dt.date(2026, 2, 1)
Status = MonthlyReport.Status


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The demo county as seen on TODAY, once for this module; the database is emptied afterwards."""
    with django_db_blocker.unblock():
        load_all(places=["haiyan"])
        seed(today=TODAY)
        yield
        call_command("flush", verbosity=0, interactive=False)


# --- Seeding ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_second_run_changes_nothing(seeded, capsys):
    before = entries_hash(), MonthlyReport.objects.count(), Registration.objects.count(), User.objects.count()
    call_command("seed_demo")
    assert "无需再写" in capsys.readouterr().out
    after = entries_hash(), MonthlyReport.objects.count(), Registration.objects.count(), User.objects.count()
    assert after == before


@pytest.mark.django_db
def test_accounts_are_marked_as_demonstration(seeded, client):
    assert is_demo_database()
    assert User.objects.filter(is_demo=True, must_change_password=False).count() == len(ACCOUNTS)
    for account in ACCOUNTS[:2]:
        assert User.objects.get(username=account["username"]).check_password(account["password"])


@pytest.mark.django_db
def test_running_month_shows_late_returned_and_waiting(seeded):
    states = dict(MonthlyReport.objects.for_month(THROUGH).values_list("org_unit__code", "status"))
    assert states[workflow.LATE] == Status.DRAFT
    assert states[workflow.RETURNED] == Status.RETURNED
    assert states[workflow.WAITING] == Status.SUBMITTED
    assert list(states.values()).count(Status.APPROVED) == 7
    late = MonthlyReport.objects.get(month=THROUGH, org_unit__code=workflow.LATE)
    owed = owed_by(late.org_unit, THROUGH).count()
    assert late.is_late
    assert 0 < late.entries.count() < owed
    returned = MonthlyReport.objects.get(month=THROUGH, org_unit__code=workflow.RETURNED)
    assert CellComment.objects.filter(report=returned, resolved_at=None).count() == 2


@pytest.mark.django_db
def test_older_months_are_locked_with_their_steps(seeded):
    older = MonthlyReport.objects.filter(month__lt=THROUGH)
    assert set(older.values_list("status", flat=True)) == {Status.LOCKED}
    month = dt.date(2025, 6, 1)
    for report in MonthlyReport.objects.for_month(month).prefetch_related("steps"):
        steps = [step.to_status for step in report.steps.all()]
        assert steps[0] == Status.SUBMITTED
        assert steps[-2:] == [Status.APPROVED, Status.LOCKED]
    assert not ReportEvent.objects.filter(by=None).exclude(to_status=Status.LOCKED).exists()


@pytest.mark.django_db
def test_nobody_approved_a_report_of_their_own(seeded):
    for report in MonthlyReport.objects.exclude(approved_by=None).prefetch_related("entries"):
        assert report.submitted_by_id != report.approved_by_id
        assert report.approved_by_id not in {entry.entered_by_id for entry in report.entries.all()}


@pytest.mark.django_db
def test_published_reports_would_pass_the_portals_own_checks(seeded):
    typed, reasons = defaultdict(dict), defaultdict(dict)
    rows = MetricEntry.objects.values_list(
        "report__org_unit__code", "report__month", "metric__code", "value", "reason"
    )
    for unit, month, code, value, reason in rows:
        typed[unit, month][code] = value
        reasons[unit, month][code] = reason
    rules = rules_for(Metric.objects.select_related("subset_of"))
    for (unit, month), row in typed.items():
        before = typed.get((unit, (month - dt.timedelta(days=1)).replace(day=1)), {})
        own = [rule for rule in rules if rule.code in row]
        assert not subset_findings(own, row)
        assert not change_findings(own, row, before, reasons[unit, month]), (unit, month)


@pytest.mark.django_db
def test_about_two_thirds_of_the_confirmations_are_registered(seeded):
    confirmations = Indicator.objects.filter(value_kind=Indicator.ValueKind.CONFIRMATION)
    confirmed = confirmations.filter(registrations__quantity=1).distinct().count()
    assert Fraction(6, 10) < Fraction(confirmed, confirmations.count()) < Fraction(8, 10)
    assert not Registration.objects.exclude(evidence__contains="演示").exists()
    assert not Registration.objects.filter(happened_on__gt=TODAY).exists()


# --- What the plan prints ---------------------------------------------------------------------------------


def county_value(number: int, month: dt.date) -> Decimal:
    return IndicatorValue.objects.get(
        indicator__plan__code="haiyan", indicator__number=number, org_unit__code=COUNTY, month=month
    ).value


# Printed in table 1, with the last printed digit as the unit of comparison.
TABLE_1 = {1: "100", 2: "100", 3: "3", 4: "41", 5: "40", 6: "100"}
FACTS_2020 = {
    67: "98", 68: "9", 69: "100", 70: "9", 71: "3", 72: "1", 73: "160", 74: "19", 76: "4",
    77: "10.5752", 78: "27.61", 79: "14561", 80: "13.77",
}  # fmt: skip
TABLE_2 = {7: "60", 8: "55", 9: "28", 10: "80", 11: "60", 12: "30", 13: "20", 14: "15", 15: "20"}


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "printed"), [*TABLE_1.items(), *FACTS_2020.items()])
def test_figures_of_2020_are_as_printed(seeded, number, printed):
    value = county_value(number, dt.date(2020, 12, 1))
    assert round(value, -Decimal(printed).as_tuple().exponent) == Decimal(printed)


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "printed"), TABLE_2.items())
def test_baselines_of_table_2_are_met_at_the_end_of_2021(seeded, number, printed):
    assert round(county_value(number, dt.date(2021, 12, 1)), 0) == Decimal(printed)


# --- Every formula against the oracle ---------------------------------------------------------------------

ORACLE_MONTHS = [FIRST_MONTH, dt.date(2021, 12, 1), dt.date(2023, 6, 1), dt.date(2025, 12, 1), THROUGH]


def as_pair(day: dt.date) -> oracle.Month:
    return day.year, day.month


@pytest.fixture(scope="module")
def units(seeded) -> dict[str, oracle.Unit]:
    """Raw figures of published reports, and who owes what, by unit."""
    metrics = list(Metric.objects.filter(is_collected=True).values_list("code", "reporter"))
    owed: dict[str, dict] = defaultdict(dict)
    figures: dict[str, dict] = defaultdict(lambda: defaultdict(dict))
    for unit, month in MonthlyReport.objects.values_list("org_unit__code", "month"):
        own = "county" if len(unit) == 6 else "township"
        owed[unit][as_pair(month)] = frozenset(code for code, who in metrics if who in (own, "both"))
    rows = MetricEntry.objects.filter(report__status__in=["approved", "locked"]).values_list(
        "report__org_unit__code", "report__month", "metric__code", "value"
    )
    for unit, month, code, value in rows:
        figures[unit][code][as_pair(month)] = Fraction(value)
    return {unit: oracle.Unit(owed[unit], figures[unit]) for unit in owed}


@pytest.fixture(scope="module")
def flows(seeded) -> frozenset[str]:
    return frozenset(Metric.objects.filter(nature="flow").values_list("code", flat=True))


def answer_of(indicator: Indicator, month: dt.date, units: list[oracle.Unit], flows) -> oracle.Answer:
    start = as_pair(indicator.plan.starts_on)
    question = oracle.Question(indicator.formula, as_pair(month), flows, indicator.period, start)
    if indicator.input_source == "reported":
        return oracle.reported_value(question, units)
    register = [
        oracle.Registered(
            row.metric.code, as_pair(row.happened_on), (row.happened_on, row.pk), Fraction(row.quantity)
        )
        for row in indicator.registrations.filter(withdrawn_at=None).select_related("metric")
    ]
    return oracle.registered_value(question, register)


def places(value: Fraction | Decimal | None) -> Fraction | None:
    return None if value is None else round(Fraction(value), 9)


def differences(
    month: dt.date, unit: str, contributing: list[oracle.Unit], flows, *, registered: bool
) -> list:
    stored = {
        row.indicator.number: row
        for row in IndicatorValue.objects.filter(month=month, org_unit__code=unit).select_related("indicator")
    }
    found = []
    for indicator in Indicator.objects.exclude(formula="").select_related("plan"):
        if indicator.input_source == "registered" and not registered:
            continue
        expected, row = answer_of(indicator, month, contributing, flows), stored.get(indicator.number)
        mine = (places(row.value), row.reported, row.owed) if row else (None, 0, 0)
        if mine != (places(expected.value), expected.reported, expected.owed):
            found.append((indicator.number, mine, expected))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("month", ORACLE_MONTHS, ids=str)
def test_county_values_equal_the_oracle(seeded, units, flows, month):
    assert differences(month, COUNTY, list(units.values()), flows, registered=True) == []


@pytest.mark.django_db
@pytest.mark.parametrize("unit", TOWNSHIPS)
def test_township_values_equal_the_oracle(seeded, units, flows, unit):
    for month in ORACLE_MONTHS[-2:]:
        assert differences(month, unit, [units[unit]], flows, registered=False) == []


@pytest.mark.django_db
@pytest.mark.parametrize("month", [dt.date(2023, 6, 1), dt.date(2025, 12, 1), THROUGH], ids=str)
def test_every_reported_formula_has_a_value(seeded, month):
    """All but the ratios that have nothing below the bar yet."""
    without = IndicatorValue.objects.filter(
        month=month, org_unit__code=COUNTY, value=None, indicator__input_source="reported"
    )
    assert {row.indicator.number for row in without} <= ({39} if month.year == 2023 else set())
    formulas = Indicator.objects.exclude(formula="").count()
    assert IndicatorValue.objects.filter(month=month, org_unit__code=COUNTY).count() == formulas == 131


@pytest.mark.django_db
def test_what_was_published_on_an_earlier_day_can_be_looked_at(seeded):
    """In the middle of June 2025 the newest month was May; all that stands now is there today."""
    earlier = published(IndicatorValue, dt.date(2025, 6, 15))
    assert earlier.order_by("-month").first().month == dt.date(2025, 5, 1)
    assert published(IndicatorValue, timezone.localdate()).count() == IndicatorValue.objects.count()


def test_plan_is_loaded_once(seeded):
    assert Plan.objects.count() == 1


# --- The time of day --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_figures_were_typed_in_office_hours(seeded):
    typed = MetricEntry.objects.order_by().values_list("entered_at", flat=True).distinct()
    assert [at for at in typed if not workflow.is_at_work(at)] == []


@pytest.mark.django_db
def test_notices_carry_the_time_of_what_caused_them(seeded):
    kinds = {notice.kind: notice for notice in Notice.objects.all()}
    assert len(kinds) == Notice.objects.count() == 3
    of = {report.org_unit.code: report for report in MonthlyReport.objects.for_month(THROUGH)}
    assert kinds["returned"].created_at == of[workflow.RETURNED].returned_at
    assert kinds["submitted"].created_at == of[workflow.WAITING].submitted_at
    reminded = kinds["reminder"].created_at
    assert workflow.is_at_work(reminded)
    assert of[workflow.LATE].due_on < reminded.astimezone(workflow.ZONE).date() < TODAY
    assert kinds["reminder"].text == "请尽快报送2026年2月份月报，截止日 2月20日。"
    assert kinds["returned"].text.startswith(f"{of[workflow.RETURNED]}被退回")
