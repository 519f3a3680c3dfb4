"""What the registers of elders, payments and care count: each metric by an example of what counts and what does not."""

import datetime as dt
import json
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db.models import Sum

from eldercare import ledger_kept, ledger_metrics
from eldercare.ledger_kept import kept
from eldercare.ledger_metrics import figures, rows_of, source_of
from subsidies.models import Visit
from tests.subsidies.factories import make_elder, make_enrolment, make_programme
from tests.subsidies.metric_cases import (
    ADAPTATIONS,
    ELDERS,
    MONTH,
    PAYMENTS,
    VISITS,
    elder,
    receives,
    visited,
)

CASES = ELDERS + PAYMENTS + VISITS + ADAPTATIONS
LEDGERS = ("elders", "payments", "visits", "adaptations")
# Typed from the police's and the statistics office's figures until now; the register can count them.
FROM_THE_REGISTER = {
    "registered_elders_60",
    "registered_elders_80",
    "resident_elders_60",
    "resident_elders_65",
}


def catalogue() -> dict[str, dict]:
    text = (Path(settings.BASE_DIR) / "fixtures" / "metrics.json").read_text(encoding="utf-8")
    return {metric["code"]: metric for metric in json.loads(text)}


def test_every_metric_that_the_catalogue_gives_to_these_ledgers_is_counted():
    wanted = {code: metric["ledger"] for code, metric in catalogue().items() if metric["ledger"] in LEDGERS}
    assert len(wanted) == 21
    assert {code: source_of(code)[0].ledger for code in wanted} == wanted


def test_every_metric_has_a_case_here():
    wanted = {code for code, metric in catalogue().items() if metric["ledger"] in LEDGERS}
    assert {case.code for case in CASES} == wanted | FROM_THE_REGISTER


def test_what_the_county_reports_is_counted_for_the_county():
    expected = {"county": "within", "township": "none"}
    metrics = catalogue()
    assert {case.code: source_of(case.code)[1].at_county for case in CASES} == {
        case.code: expected[metrics[case.code]["reporter"]] for case in CASES
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_counts_what_the_definition_says(case, cast):
    unit = cast.county if case.at_county else cast.township
    case.not_counted(cast)
    before = figures([unit], MONTH, codes=[case.code])
    if not case.code.endswith("_done"):
        assert list(rows_of(case.code, MONTH, unit)) == []
    case.counted(cast)
    after = figures([unit], MONTH, codes=[case.code])
    assert (before, after) == ({(unit.pk, case.code): 0}, {(unit.pk, case.code): case.value})
    rows, total = rows_of(case.code, MONTH, unit), source_of(case.code)[1].total
    assert (rows.aggregate(sum=Sum(total))["sum"] if total else rows.count()) == case.value
    assert figures([cast.other_township], MONTH, codes=[case.code]) == {
        (cast.other_township.pk, case.code): 0
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_the_list_behind_a_figure_shows_its_columns_without_further_queries(
    case, cast, django_assert_num_queries
):
    case.counted(cast)
    if case.code == "service_subsidy_eligible_elders":
        case.not_counted(cast)
    source, _ = source_of(case.code)
    rows = rows_of(case.code, MONTH, cast.county if case.at_county else cast.township)
    with django_assert_num_queries(1):
        shown = [[column.of(row) for column in source.columns] for row in rows]
    assert shown
    assert all(row[0] is not None for row in shown)


def test_a_person_with_two_subsidies_of_a_kind_receives_once(cast):
    enrolment = receives()(cast)
    other = make_programme(cast.county, "second", kind="service_subsidy")
    make_enrolment(other, enrolment.elder)
    assert figures([cast.township], MONTH, codes=["service_subsidy_recipients"]) == {
        (cast.township.pk, "service_subsidy_recipients"): 1
    }


def test_once_the_month_is_paid_who_is_not_paid_does_not_receive(cast):
    """The batch of June is approved: one of the two has a line, one was held."""
    from tests.subsidies.metric_cases import paid

    paid({"state": "sent"})(cast)
    paid({"state": "held"})(cast)
    assert figures([cast.township], MONTH, codes=["service_subsidy_recipients"]) == {
        (cast.township.pk, "service_subsidy_recipients"): 1
    }


def test_a_person_counts_by_residence_where_the_person_lives(cast):
    make_elder(cast.township, residence_unit=cast.other_township)
    found = figures(
        [cast.township, cast.other_township], MONTH, codes=["registered_elders_60", "resident_elders_60"]
    )
    assert [
        found[unit.pk, code]
        for unit in (cast.township, cast.other_township)
        for code in ("registered_elders_60", "resident_elders_60")
    ] == [1, 0, 0, 1]


def test_a_changed_rule_is_counted_at_once(cast):
    """The statement of who is eligible is written from the rules, so it must not be kept."""
    receives("low_income")(cast)
    elder("severe_disability")(cast)
    code = "service_subsidy_eligible_elders"
    assert figures([cast.township], MONTH, codes=[code])[cast.township.pk, code] == 1
    version = receives()(cast).programme.versions.get()
    version.eligibility = "low_income or severe_disability"
    version.save()
    assert figures([cast.township], MONTH, codes=[code])[cast.township.pk, code] == 2


def test_each_unit_is_worked_out_by_itself_and_all_of_them_together(cast):
    receives("low_income")(cast)
    make_elder(cast.other_township, tags=["low_income"])
    make_elder(cast.other_township, tags=["low_income"])
    code = "service_subsidy_eligible_elders"
    units = [cast.township, cast.other_township]
    apart = {unit.pk: figures([unit], MONTH, codes=[code])[unit.pk, code] for unit in units}
    together = figures(units, MONTH, codes=[code])
    assert apart == {cast.township.pk: 1, cast.other_township.pk: 2}
    assert together == {(pk, code): number for pk, number in apart.items()}
    assert [rows_of(code, MONTH, unit).count() for unit in units] == [1, 2]


def test_rules_that_cannot_be_read_find_nobody(cast):
    programme = receives("low_income")(cast).programme
    programme.versions.update(eligibility="low_income and")
    code = "service_subsidy_eligible_elders"
    assert figures([cast.township], MONTH, codes=[code])[cast.township.pk, code] == 0


@pytest.mark.parametrize(
    ("now", "weeks", "visited_weeks", "months"),
    [
        (dt.datetime(2026, 5, 31, 15, 59, tzinfo=dt.UTC), 0, 0, 0),  # the month has not begun
        (dt.datetime(2026, 6, 7, 15, 59, tzinfo=dt.UTC), 0, 0, 1),  # 23:59 of Sunday, the first week runs
        (dt.datetime(2026, 6, 7, 16, 1, tzinfo=dt.UTC), 1, 1, 1),  # 00:01 of Monday in Shanghai
        (dt.datetime(2026, 6, 17, 2, tzinfo=dt.UTC), 2, 1, 1),
        (dt.datetime(2026, 6, 30, 2, tzinfo=dt.UTC), 4, 2, 1),
        (dt.datetime(2026, 7, 1, 2, tzinfo=dt.UTC), 4, 2, 1),
        (dt.datetime(2026, 9, 9, 2, tzinfo=dt.UTC), 4, 2, 1),
    ],
)
def test_weekly_visits_count_once_their_week_is_over_and_monthly_ones_from_the_start(
    cast, now, weeks, visited_weeks, months
):
    """The clock goes on in one process: a statement kept from an earlier day would give its figures."""
    visited(3, 16, tag="living_alone", frequency="week")(cast)
    visited(1, tag="disabled", frequency="month")(cast)
    expected = {
        "weekly_visits_due": weeks,
        "weekly_visits_done": visited_weeks,
        "monthly_visits_due": months,
        "monthly_visits_done": months,
    }
    with time_machine.travel(dt.datetime(2026, 8, 1, 2, tzinfo=dt.UTC), tick=False):
        figures([cast.township], MONTH, codes=expected)  # what may be kept is kept now
    with time_machine.travel(now, tick=False):
        found = figures([cast.township], MONTH, codes=expected)
        behind = {code: rows_of(code, MONTH, cast.township).count() for code in expected}
    assert found == {(cast.township.pk, code): number for code, number in expected.items()}
    assert behind == expected


def test_visits_are_worked_out_for_the_units_asked_for(cast):
    visited(3, tag="living_alone", frequency="week")(cast)
    make_elder(cast.other_township, tags=["living_alone"])
    make_elder(cast.township, residence_unit=cast.other_township, tags=["living_alone"])
    code, units = "weekly_visits_due", [cast.township, cast.other_township]
    assert figures(units, MONTH, codes=[code]) == {(units[0].pk, code): 4, (units[1].pk, code): 8}
    assert [rows_of(code, MONTH, unit).count() for unit in units] == [4, 8]
    assert {row.unit for row in rows_of(code, MONTH, cast.township)} == {cast.township}


def test_visits_are_kept_once_one_is_entered(cast):
    units = [cast.county, cast.township, cast.other_township]
    visited(tag="living_alone", frequency="week")(cast)
    assert not any(kept(units)[unit.pk, "visits"] for unit in units)
    Visit.objects.create(
        elder=make_elder(cast.township), org_unit=cast.township, visited_on=dt.date(2026, 6, 3)
    )
    assert [kept(units)[unit.pk, "visits"] for unit in units] == [True, True, False]


def test_every_figure_of_the_registers_takes_one_statement_per_source(cast, django_assert_num_queries):
    units = [cast.county, cast.township, cast.other_township]
    codes = [case.code for case in CASES]
    sources = {source_of(code)[0].key for code in codes}
    reading_programmes = 1
    with django_assert_num_queries(len(sources) + 1 + reading_programmes):
        figures(units, MONTH, codes=codes)
    assert ledger_metrics.codes() > set(codes)


def test_a_ledger_of_visits_says_nothing_of_months_before_its_first(cast):
    elder = make_elder(cast.township)
    Visit.objects.create(elder=elder, org_unit=cast.township, visited_on=dt.date(2025, 6, 10))

    def is_kept(month: int) -> bool:
        return ledger_kept.kept([cast.township], dt.date(2025, month, 1))[cast.township.pk, "visits"]

    assert [is_kept(month) for month in (5, 6, 7)] == [False, True, True]
    assert ledger_kept.kept([cast.township])[cast.township.pk, "visits"]
