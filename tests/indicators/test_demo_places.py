"""The demo's other places before they are written: complete, consistent, the same every time; states that differ."""

import datetime as dt
from decimal import Decimal

import pytest

from indicators.demo.places import huancui, kunming, ningbo, pingchuan
from indicators.demo.places.series import figures_of, level
from indicators.demo.places.shape import Flow, Path, Place, months
from indicators.fixtures import fixtures_dir, read_json
from tests.indicators.plan_files import CATALOGUE, needed

PLACES = [huancui.PLACE, kunming.PLACE, pingchuan.PLACE, ningbo.PLACE]


def owed(place: Place, *, by_seat: bool) -> set[str]:
    if place.seat.endswith("00"):  # a city: what is below files for its whole area
        return {
            c for c in needed(place.plan) if not by_seat or CATALOGUE[c]["reporter"] in ("county", "both")
        }
    level = "county" if by_seat else "township"
    return {code for code in needed(place.plan) if CATALOGUE[code]["reporter"] in (level, "both")}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.plan)
def test_a_place_has_every_figure_that_its_plan_needs(place):
    assert owed(place, by_seat=False) <= set(place.figures)
    if not place.seat.endswith("00"):
        assert owed(place, by_seat=True) <= set(place.own)
    assert set(place.own) <= owed(place, by_seat=True)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.plan)
def test_its_units_are_those_of_the_fixture(place):
    rows = read_json(fixtures_dir() / f"org_units_{place.plan}.json")
    below = {row["name"] for row in rows if row["parent"] == place.seat}
    assert set(place.sizes) == below
    assert {entry.unit for entry in place.registered} <= below | {""}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.plan)
def test_no_part_exceeds_its_whole_in_any_unit(place):
    for (name, month), row in figures_of(place).items():
        for code, value in row.items():
            assert value >= 0
            assert value == round(value, CATALOGUE[code]["decimals"]), (name, month, code)
            whole = CATALOGUE[code]["subset_of"]
            if whole in row:
                assert value <= row[whole], (name, month, code)


def test_the_same_place_gives_the_same_figures_every_time():
    assert figures_of(ningbo.PLACE) == figures_of(ningbo.PLACE)


def test_a_unit_has_no_report_before_it_exists():
    found = figures_of(kunming.PLACE, exists=lambda name, when: name != "五华区" or when.year > 2021)
    assert ("五华区", dt.date(2020, 12, 1)) not in found
    assert found["五华区", dt.date(2022, 12, 1)]["care_institutions"] > 0


def test_a_path_runs_straight_and_a_flow_adds_up_to_its_year():
    assert level({"2021-01": 10, "2021-05": 30}, dt.date(2021, 3, 1)) == 20
    assert level({"2021-01": 10, "2021-05": 30}, dt.date(2022, 1, 1)) == 30
    place = Place(
        plan="x",
        seat="1",
        months=months("2021-01:2021-12"),
        sizes={"a": 2, "b": 1},
        figures={"visits": Flow({2021: 100}), "beds": Path({"2021-01": 31})},
    )
    found = figures_of(place)
    assert sum(row["visits"] for row in found.values() if row) == 100
    assert {row["beds"] for (name, _), row in found.items() if name == "a"} == {21}


def test_nine_of_the_fourteen_of_ningbo_reach_their_share_of_dementia_beds():
    last = dt.date(2021, 12, 1)
    rows = {name: row for (name, month), row in figures_of(ningbo.PLACE).items() if month == last and name}
    reached = [
        n
        for n, row in rows.items()
        if row["public_dementia_beds"] * 100 >= 6 * row["public_institution_beds"]
    ]
    assert (len(reached), len(rows)) == (9, 14)


def test_kunming_in_2020_is_what_its_plan_tells():
    december = dt.date(2020, 12, 1)
    rows = [row for (name, month), row in figures_of(kunming.PLACE).items() if month == december and name]
    total = {code: sum(row[code] for row in rows) for code in rows[0]}
    assert (total["care_institutions"], total["community_care_centers"]) == (117, 364)
    assert (total["elder_activity_facilities"], total["elder_canteens"]) == (976, 128)
    assert round(total["resident_elders_60"] * 100 / total["resident_population"], 1) == Decimal("14.4")
    assert round(total["resident_elders_65"] * 100 / total["resident_population"], 2) == Decimal("10.49")
