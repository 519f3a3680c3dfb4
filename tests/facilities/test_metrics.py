"""What the ledgers count: each metric by an example of what counts and what does not, and how units add up."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from eldercare import ledger_metrics
from eldercare.ledger_kept import kept
from eldercare.ledger_metrics import figures, rows_of
from facilities.models import Facility, FacilityRating
from tests.facilities.factories import SINCE, make_caregiver, make_facility, make_post
from tests.facilities.metric_cases import FACILITIES, INSTITUTIONS, MONTH
from tests.facilities.metric_cases_beds import BEDS
from tests.facilities.metric_cases_staff import STAFF

CASES = INSTITUTIONS + FACILITIES + BEDS + STAFF
LEDGERS = ("facilities", "beds", "caregivers")


def catalogue() -> list[dict]:
    text = (Path(settings.BASE_DIR) / "fixtures" / "metrics.json").read_text(encoding="utf-8")
    return [metric for metric in json.loads(text) if metric["ledger"] in LEDGERS]


def test_every_metric_that_the_catalogue_gives_to_these_ledgers_is_counted():
    wanted = {metric["code"]: metric["ledger"] for metric in catalogue()}
    assert len(wanted) == 95
    sources = {code: ledger_metrics.source_of(code)[0] for code in wanted}
    assert {code: source.ledger for code, source in sources.items()} == wanted


def test_every_metric_has_a_case_here():
    assert sorted(case.code for case in CASES) == sorted(metric["code"] for metric in catalogue())


def test_what_the_county_reports_is_counted_for_the_county():
    at_county = {
        metric["code"]: ledger_metrics.source_of(metric["code"])[1].at_county for metric in catalogue()
    }
    expected = {"county": "within", "both": "own", "township": "none"}
    assert at_county == {metric["code"]: expected[metric["reporter"]] for metric in catalogue()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_counts_what_the_definition_says(case, cast):
    unit = cast.county if case.at_county else cast.township
    case.not_counted(cast)
    before = figures([unit], MONTH, codes=[case.code])
    rows_before = list(rows_of(case.code, MONTH, unit))
    case.counted(cast)
    unit.refresh_from_db()
    after = figures([unit], MONTH, codes=[case.code])
    assert (before, rows_before, after) == ({(unit.pk, case.code): 0}, [], {(unit.pk, case.code): case.value})


def value(unit, code: str, month: dt.date = MONTH) -> int:
    return int(figures([unit], month, codes=[code])[unit.pk, code])


def test_the_rating_in_force_is_the_latest_that_is_valid(cast):
    home = make_facility(cast.township, beds=10)
    for level, issued, expires in ((5, 2020, 2026), (4, 2022, 2025), (3, 2024, 2024)):
        FacilityRating.objects.create(
            facility=home,
            scheme="star",
            level=level,
            issued_on=dt.date(issued, 3, 1),
            expires_on=dt.date(expires, 6, 29),
        )
    stars = {
        month: [
            code
            for code in ("institutions_two_star_up", "four_star_institutions", "five_star_institutions")
            if value(cast.township, code, month)
        ]
        for month in (dt.date(2021, 6, 1), dt.date(2024, 2, 1), dt.date(2024, 5, 1), dt.date(2024, 6, 1))
    }
    assert list(stars.values()) == [
        ["institutions_two_star_up", "five_star_institutions"],
        ["institutions_two_star_up", "four_star_institutions"],
        ["institutions_two_star_up"],  # three stars
        ["institutions_two_star_up", "four_star_institutions"],  # those have expired
    ]


def test_a_person_with_posts_in_two_townships_counts_once_where_the_earlier_post_is(cast):
    worker = make_caregiver()
    make_post(make_facility(cast.township), worker, role="manager", employed_from=dt.date(2021, 1, 1))
    make_post(make_facility(cast.other_township), worker, employed_from=dt.date(2022, 1, 1))
    townships = (cast.township, cast.other_township)
    assert [value(unit, "care_staff") for unit in townships] == [1, 0]
    assert [value(unit, "caregivers") for unit in townships] == [0, 1]  # a caregiver only there
    assert [value(unit, "care_staff", dt.date(2020, 12, 1)) for unit in townships] == [0, 0]


def test_when_the_earlier_post_ends_the_person_counts_at_the_other(cast):
    worker = make_caregiver()
    make_post(make_facility(cast.township), worker, employed_to=dt.date(2024, 6, 1))
    make_post(make_facility(cast.other_township), worker, employed_from=dt.date(2022, 1, 1))
    townships = (cast.township, cast.other_township)
    assert [value(unit, "care_staff", dt.date(2024, 5, 1)) for unit in townships] == [1, 0]
    assert [value(unit, "care_staff") for unit in townships] == [0, 1]


@pytest.mark.parametrize("elsewhere", ["county", "neighbour"])
def test_a_post_outside_the_townships_of_the_county_takes_nobody_away(cast, elsewhere):
    worker = make_caregiver()
    make_post(make_facility(getattr(cast, elsewhere)), worker)
    make_post(make_facility(cast.township), worker, employed_from=dt.date(2022, 1, 1))
    assert value(cast.township, "care_staff") == 1


def test_a_county_counts_of_its_own_what_it_reports_itself(cast):
    for unit in (cast.county, cast.township, cast.other_township, cast.neighbour):
        make_facility(unit, kind=Facility.Kind.HEALTH_CARE_UNION)
        make_facility(unit, kind=Facility.Kind.DISABILITY_CARE, sponsor="county", beds=10)
    units = [cast.county, cast.township, cast.other_township]
    found = figures(units, MONTH)
    shown = (
        "health_care_unions",
        "units_covered_by_health_care_union",
        "disability_care_institutions",
        "care_institutions",
    )
    assert [[found[unit.pk, code] for code in shown] for unit in units] == [
        [1, 1, 3, 0],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
    ]
    assert rows_of("disability_care_institutions", MONTH, cast.county).count() == 3
    assert [row.org_unit for row in rows_of("health_care_unions", MONTH, cast.county)] == [cast.county]
    assert not rows_of("care_institutions", MONTH, cast.county).exists()


def test_a_ledger_is_kept_once_it_has_a_row(cast):
    units = [cast.county, cast.township, cast.other_township]
    assert set(kept(units).values()) == {False}
    make_facility(cast.township, closed_on=SINCE)
    make_post(cast.other_township, role="social_worker")
    found = kept(units)
    assert [[found[unit.pk, ledger] for ledger in LEDGERS] for unit in units] == [
        [True, False, True],
        [True, False, False],
        [False, False, True],
    ]


def test_the_list_behind_a_figure_shows_its_columns_without_further_queries(cast, django_assert_num_queries):
    for case in (BEDS[0], BEDS[-1], STAFF[0], *FACILITIES[:4], INSTITUTIONS[0]):
        case.counted(cast)
    for code in (
        "institution_beds",
        "residents_in_institutions",
        "care_staff",
        "care_institutions",
        "townships_with_home_care_center",
    ):
        source, _ = ledger_metrics.source_of(code)
        with django_assert_num_queries(1):
            shown = [
                [column.of(row) for column in source.columns] for row in rows_of(code, MONTH, cast.township)
            ]
        assert shown
        assert all(cell is not None for row in shown for cell in row[:2])


def test_a_place_says_which_facilities_make_it_count(cast):
    next(case for case in FACILITIES if case.code == "rural_townships_with_regional_center").counted(cast)
    (township,) = rows_of("rural_townships_with_regional_center", MONTH, cast.township)
    assert sorted(township.facility_names) == sorted(Facility.objects.values_list("name", flat=True))


def test_the_command_prints_figures_and_their_rows(cast, capsys):
    make_facility(cast.township, "幸福敬老院", kind=Facility.Kind.DESTITUTE_HOME)
    call_command(
        "ledger_metrics",
        "2024-06",
        "--unit",
        cast.township.code,
        "--metric",
        "destitute_care_homes",
        "--rows",
    )
    assert json.loads(capsys.readouterr().out) == {
        "month": "2024-06",
        "figures": [
            {"unit": "330424101", "metric": "destitute_care_homes", "value": "1", "rows": ["幸福敬老院"]}
        ],
    }
    call_command("ledger_metrics", "2019-12")
    printed = json.loads(capsys.readouterr().out)["figures"]
    assert {row["value"] for row in printed} == {"0"}
    assert len(printed) == len(ledger_metrics.codes()) * 4


@pytest.mark.parametrize("wrong", [["2024-13"], ["2024-06", "--unit", "1"], ["2024-06", "--metric", "beds"]])
def test_the_command_says_what_is_wrong(db, wrong):
    with pytest.raises(CommandError, match=r"不是月份|没有代码|没有台账"):
        call_command("ledger_metrics", *wrong)


def test_figures_are_decimals_and_a_unit_without_rows_has_zero(cast):
    assert figures([cast.township], MONTH, codes=["rehab_rooms"]) == {
        (cast.township.pk, "rehab_rooms"): Decimal(0)
    }
    assert figures([], MONTH) == {}
