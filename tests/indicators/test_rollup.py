"""The roll-up: sums first, one division last, missing is not zero, and repeating it changes nothing."""

import datetime as dt
import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection, connections
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.actions.reports import approve
from indicators.actions.rollups import request_roll_up_from
from indicators.explain import explain_indicator
from indicators.models import IndicatorValue, MetricValue, MonthlyReport, Registration, RollupRequest
from indicators.rollup import preview, roll_up_due, roll_up_month, roll_up_months
from indicators.rules.months import add_months
from indicators.specs import specs_for_month
from tests.indicators.factories import (
    file_report,
    make_county,
    make_indicator,
    make_metric,
    make_plan,
    make_user,
    townships_of,
)

pytestmark = pytest.mark.django_db
JUNE = dt.date(2023, 6, 1)


class County:
    """Three townships, beds, homes adapted, and a clerk; the ratio and the sum that most indicators are."""

    def __init__(self):
        self.unit = make_county(3)
        self.towns = townships_of(self.unit)
        self.clerk = make_user(self.unit, "county_clerk", "clerk")
        self.reviewer = make_user(self.unit, "county_reviewer", "reviewer")
        self.beds = make_metric("beds", plausible_change=Decimal("0.10"))
        self.nursing = make_metric("nursing", subset_of=self.beds)
        self.homes = make_metric("homes", nature="flow")
        self.plan = make_plan(self.unit)
        self.share = make_indicator(self.plan, "nursing / beds * 100", target="60")

    def file(self, *figures, month=JUNE, status="approved"):
        """One dict of figures per township; ``None`` leaves the township with an open report."""
        for town, row in zip(self.towns, figures, strict=False):
            file_report(town, month, row or {}, by=self.clerk, status=status if row is not None else "draft")

    def value(self, indicator=None, unit=None, month=JUNE) -> IndicatorValue:
        return IndicatorValue.objects.get(
            indicator=indicator or self.share, org_unit=unit or self.unit, month=month
        )


@pytest.fixture
def county(db):
    return County()


def both(beds, nursing):
    return {"beds": beds, "nursing": nursing}


def test_county_ratio_is_sum_over_sum_not_the_mean_of_ratios(county):
    county.file(both(100, 10), both(10, 9), both(90, 50))
    roll_up_month(JUNE)
    found = county.value()
    assert (found.numerator, found.denominator, found.value) == (69, 200, Decimal("34.5"))
    assert (found.reported, found.owed) == (3, 3)
    assert (found.low, found.high) == (found.value, found.value)


def test_missing_township_does_not_count_as_zero(county):
    county.file(both(100, 50), None, both(100, 50))
    roll_up_month(JUNE)
    found = county.value()
    assert (found.value, found.reported, found.owed) == (50, 2, 3)
    assert found.low is None, "a township that never reported leaves the value unbounded"
    assert county.value(unit=county.towns[1]).status == "not_reported"
    assert county.value(unit=county.towns[1]).value is None


def test_reported_zero_counts(county):
    county.file(both(100, 50), both(100, 0), both(100, 50))
    roll_up_month(JUNE)
    assert county.value().value == round(Decimal(100) / 3, 12)
    assert county.value(unit=county.towns[1]).value == 0


def test_township_with_one_figure_missing_is_left_out_on_both_sides(county):
    county.file(both(100, 50), {"beds": 900}, both(100, 50))
    roll_up_month(JUNE)
    found = county.value()
    assert (found.numerator, found.denominator) == (100, 200)
    assert (found.reported, found.owed) == (2, 3)


def test_zero_denominator_is_not_applicable(county):
    county.file(both(0, 0), both(0, 0), both(0, 0))
    roll_up_month(JUNE)
    found = county.value()
    assert found.value is None
    assert found.status == "not_applicable"


def test_figures_that_are_not_approved_are_not_published(county):
    county.file(both(100, 50), both(100, 50), both(100, 50), status="submitted")
    roll_up_month(JUNE)
    assert county.value().status == "not_reported"
    assert MetricValue.objects.get(metric=county.beds, is_total=True).value is None


def test_bounds_come_from_the_last_approved_value_and_the_plausible_change(county):
    county.file(both(100, 50), both(200, 60), both(100, 50), month=add_months(JUNE, -1))
    county.file(both(100, 50), None, both(100, 50))
    roll_up_months([add_months(JUNE, -1), JUNE])
    beds = MetricValue.objects.get(metric=county.beds, is_total=True, month=JUNE)
    assert (beds.value, beds.low, beds.high) == (200, 380, 420)  # 200 ± 10 %
    share = county.value()
    # nursing 100 + 60 ± 30 %, beds 200 + 200 ± 10 %, each at its worst
    assert share.low == round(Decimal(142) / Decimal(420) * 100, 12)
    assert share.high == round(Decimal(178) / Decimal(380) * 100, 12)


def test_a_share_cannot_be_thought_to_exceed_its_whole(county):
    county.file(both(100, 99), both(100, 99), both(100, 99), month=add_months(JUNE, -1))
    county.file(both(100, 99), None, both(100, 99))
    roll_up_months([add_months(JUNE, -1), JUNE])
    assert county.value().high == 100
    per_bed = make_indicator(county.plan, "beds / nursing * 100", target="60")
    roll_up_month(JUNE)
    assert county.value(per_bed).high > 100, "only a part over its whole is bounded by 100 %"


def test_cumulative_figure_adds_the_months_since_the_plan_began(county):
    homes = make_indicator(
        county.plan, "sum_since_plan_start(homes)", target="100", value_kind="quantity", unit="户"
    )
    months = [dt.date(2020, 12, 1), dt.date(2021, 1, 1), dt.date(2021, 2, 1)]
    for month, amount in zip(months, [500, 7, 5], strict=True):
        county.file({"homes": amount}, {"homes": 1}, {"homes": 0}, month=month)
    roll_up_months(months)
    assert county.value(homes, month=months[-1]).value == 14
    assert not IndicatorValue.objects.filter(indicator=homes, month=months[0]).exists()


def test_cumulative_figure_with_a_month_missing_gives_a_range(county):
    homes = make_indicator(
        county.plan, "sum_since_plan_start(homes)", target="100", value_kind="quantity", unit="户"
    )
    first, second, third = (dt.date(2021, m, 1) for m in (1, 2, 3))
    county.file({"homes": 10}, {"homes": 10}, {"homes": 10}, month=first)
    county.file({"homes": 10}, None, {"homes": 10}, month=second)
    county.file({"homes": 10}, {"homes": 10}, {"homes": 10}, month=third)
    roll_up_months([first, second, third])
    found = county.value(homes, month=third)
    assert (found.value, found.low, found.high) == (80, 87, 93)
    assert (found.reported, found.owed) == (3, 3)


def test_metric_of_the_county_itself_joins_the_townships(county):
    make_metric("unions", reporter="both")
    make_metric("levels", reporter="county")
    make_metric("towns", reporter="township")
    indicator = make_indicator(county.plan, "unions / (towns + levels) * 100", target="100")
    for town, unions in zip(county.towns, (1, 0, 1), strict=True):
        file_report(town, JUNE, {"unions": unions, "towns": 1}, by=county.clerk)
    file_report(county.unit, JUNE, {"unions": 1, "levels": 1}, by=county.clerk)
    roll_up_month(JUNE)
    found = county.value(indicator)
    assert (found.numerator, found.denominator, found.value) == (3, 4, 75)
    assert (found.reported, found.owed) == (4, 4)


def test_status_follows_target_and_path(county):
    county.file(both(100, 50), both(100, 50), both(100, 50), month=dt.date(2020, 12, 1))
    roll_up_month(dt.date(2020, 12, 1))
    cases = {54: "behind", 55: "on_course", 60: "met"}  # the path passes 55 half-way, in June 2023
    for nursing, status in cases.items():
        county.file(*[both(100, nursing)] * 3)
        roll_up_month(JUNE)
        assert county.value().status == status
        assert county.value().path == 55


def test_target_not_reached_when_due_is_behind(county):
    county.file(*[both(100, 59)] * 3, month=dt.date(2025, 12, 1))
    roll_up_month(dt.date(2025, 12, 1))
    assert county.value(month=dt.date(2025, 12, 1)).status == "behind"


def test_a_total_is_judged_for_the_county_only(county):
    total = make_indicator(county.plan, "beds", target="1000", value_kind="quantity")
    county.file(*[both(400, 1)] * 3)
    roll_up_month(JUNE)
    assert county.value(total).status == "met"
    assert county.value(total, unit=county.towns[0]).status == "not_judged"


def test_a_total_is_not_called_behind_while_missing_reports_could_make_it_good(county):
    total = make_indicator(county.plan, "beds", target="300", value_kind="quantity")
    december, later = dt.date(2025, 12, 1), dt.date(2026, 1, 1)
    county.file(*[both(100, 1)] * 3, month=december)
    county.file(both(100, 1), both(100, 1), None, month=later)
    roll_up_months([december, later])
    waiting = county.value(total, month=later)
    assert (waiting.status, waiting.value, waiting.high) == ("not_reported", 200, 310)
    county.file(both(80, 1), both(100, 1), None, month=later)
    roll_up_month(later)
    assert county.value(total, month=later).status == "behind", "290 at the most is below 300"


def test_yes_no_indicator_counts_from_the_day_of_its_evidence(county):
    flag = make_metric("flag", reporter="registered", unit_aggregate="none")
    indicator = make_indicator(
        county.plan, "flag", target="1", value_kind="confirmation", input_source="registered", comparator="="
    )
    fact = Registration.objects.create(
        indicator=indicator, metric=flag, org_unit=county.unit, happened_on=dt.date(2023, 6, 30),
        quantity=1, evidence="文件", created_by=county.clerk,
    )  # fmt: skip
    roll_up_months([add_months(JUNE, -1), JUNE])
    assert county.value(indicator, month=add_months(JUNE, -1)).status == "not_reported"
    assert county.value(indicator).status == "met"
    Registration.objects.filter(pk=fact.pk).update(withdrawn_at=dt.datetime(2023, 7, 1, tzinfo=dt.UTC))
    roll_up_month(JUNE)
    assert county.value(indicator).status == "not_reported"


def test_unconfirmed_yes_no_indicator_is_behind_once_it_is_due(county):
    make_metric("flag", reporter="registered", unit_aggregate="none")
    indicator = make_indicator(
        county.plan, "flag", target="1", value_kind="confirmation", input_source="registered", comparator="="
    )
    december = dt.date(2025, 12, 1)
    roll_up_month(december)
    assert county.value(indicator, month=december).status == "behind"


def everything():
    values = IndicatorValue.objects.order_by("indicator_id", "org_unit_id", "month")
    metrics = MetricValue.objects.order_by("metric_id", "org_unit_id", "is_total", "month")
    return [
        list(
            rows.values_list(
                *[f.name for f in rows.model._meta.fields if f.name not in ("id", "computed_at")]
            )
        )
        for rows in (values, metrics)
    ]


def test_rolling_up_twice_writes_nothing_the_second_time(county):
    county.file(both(100, 50), None, both(90, 50))
    first = roll_up_month(JUNE)
    before = everything()
    again = roll_up_month(JUNE)
    assert first.metric_values > 0
    assert first.indicator_values > 0
    assert (again.metric_values, again.indicator_values) == (0, 0)
    assert everything() == before


def test_reopened_report_leaves_the_published_figures(county):
    county.file(both(100, 50), both(100, 90), both(100, 50))
    roll_up_month(JUNE)
    MonthlyReport.objects.filter(org_unit=county.towns[1]).update(status="returned")
    roll_up_month(JUNE)
    assert county.value().value == 50
    assert county.value().reported == 2


def test_number_of_statements_does_not_grow(county, django_assert_num_queries):
    county.file(both(100, 50), both(10, 5), both(90, 50))
    for _ in range(30):
        make_indicator(county.plan, "nursing / beds * 100", target="60")
    with django_assert_num_queries(11):  # savepoint pair, lock, 3 statements, 5 to read the plan
        roll_up_month(JUNE)


figure = st.one_of(st.none(), st.integers(0, 10**6).map(Decimal))


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(figure, figure), min_size=3, max_size=3))
def test_county_value_is_sum_over_sum_whatever_the_townships_report(county, rows):
    county.file(*[{"beds": beds, "nursing": nursing} for beds, nursing in rows])
    roll_up_month(JUNE)
    complete = [(b, n) for b, n in rows if b is not None and n is not None]
    above, below = sum(n for _, n in complete), sum(b for b, _ in complete)
    found = county.value()
    assert (found.reported, found.owed) == (len(complete), 3)
    if not complete or not below:
        assert found.value is None
        assert found.status == ("not_reported" if not complete else "not_applicable")
    else:
        assert abs(Fraction(found.value) - Fraction(above * 100) / Fraction(below)) <= Fraction(1, 10**12)
    explained = explain_indicator(county.share, county.unit, JUNE)
    if complete:
        assert [row.value for row in explained.inputs] == [above, below]
    assert [row.is_complete for row in explained.units] == [b is not None and n is not None for b, n in rows]


def test_preview_computes_without_writing(county):
    county.file(*[both(100, 50)] * 3)
    roll_up_month(JUNE)
    before = everything()
    county.share.formula = "nursing / beds * 1000"
    rows = preview(specs_for_month(JUNE, [county.share]))
    assert {row["org_unit_id"]: row["value"] for row in rows}[county.unit.pk] == 500
    assert everything() == before


def test_request_that_arrives_during_the_work_stays_due(county):
    request_roll_up_from(JUNE)
    RollupRequest.objects.update(version=5, done_version=3)
    roll_up_due()
    request = RollupRequest.objects.get()
    assert (request.version, request.done_version) == (5, 5)
    request_roll_up_from(JUNE)
    assert RollupRequest.objects.get().done_version < RollupRequest.objects.get().version


@pytest.mark.django_db(transaction=True)
def test_roll_ups_at_the_same_time_give_the_result_of_one():
    county = County()
    county.file(both(100, 50), None, both(90, 50))
    for _ in range(5):
        make_indicator(county.plan, "nursing / beds * 100", target="60")
    request_roll_up_from(JUNE)
    failures = []

    def work():
        try:
            roll_up_due()
            roll_up_month(JUNE)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    before = everything()
    assert len(before[0]) == 6 * 4  # six indicators, three townships and the county
    roll_up_month(JUNE)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_roll_up_killed_halfway_leaves_nothing_and_is_done_again():
    county = County()
    county.file(both(100, 50), both(10, 5), both(90, 50))
    request_roll_up_from(JUNE)
    with pytest.raises(RuntimeError, match="killed"), connection.execute_wrapper(_killing_the_indicators):
        roll_up_due()
    assert MetricValue.objects.count() == 0
    assert RollupRequest.objects.get().done_version == 0
    roll_up_due()
    assert county.value().value == round(Decimal(10500) / 200, 12)


def _killing_the_indicators(execute, sql, params, many, context):
    if "INSERT INTO indicators_indicatorvalue" in sql:
        raise RuntimeError("killed")
    return execute(sql, params, many, context)


def test_approval_asks_for_the_month_and_every_later_one(county):
    july = add_months(JUNE, 1)
    county.file(*[both(100, 50)] * 3, month=july)
    county.file(*[both(100, 50)] * 3, status="submitted")
    approve(report=MonthlyReport.objects.get(org_unit=county.towns[0], month=JUNE), by=county.reviewer)
    assert set(RollupRequest.objects.values_list("month", flat=True)) == {JUNE, july}
