"""All five plan documents as fixtures: complete, and with the numbers that a count of the documents gives.

The expected numbers were counted in the documents, not in the fixtures.
"""

import datetime as dt
import json
from collections import Counter
from decimal import Decimal

import pytest

from indicators.fixtures import fixtures_dir, read_json
from indicators.rules.formulas import parse_formula

PLACES = ("haiyan", "huancui", "kunming", "pingchuan", "ningbo")


@pytest.fixture(scope="module")
def documents() -> dict[str, dict]:
    return {place: read_json(fixtures_dir() / "plans" / f"{place}.json") for place in PLACES}


@pytest.fixture(scope="module")
def entries(documents) -> dict[str, dict]:
    return {row["document_code"]: row for document in documents.values() for row in document["indicators"]}


def count(documents, key, default="") -> dict[str, dict]:
    return {
        place: dict(Counter(row.get(key, default) for row in document["indicators"]))
        for place, document in documents.items()
    }


def test_443_of_443_entries_each_with_place_and_quote(documents, entries):
    sizes = {place: len(document["indicators"]) for place, document in documents.items()}
    assert sizes == {"haiyan": 132, "huancui": 50, "kunming": 86, "pingchuan": 90, "ningbo": 85}
    assert len(entries) == 443
    for document in documents.values():
        assert [row["number"] for row in document["indicators"]] == list(
            range(1, len(document["indicators"]) + 1)
        )
    assert all(row["place"] and row["quote"] and row["group"] and row["targets"] for row in entries.values())


def test_roles_as_counted_in_the_documents(documents):
    assert count(documents, "role") == {
        "haiyan": {"achieved": 6, "target": 106, "norm": 3, "status": 16, "forecast": 1},
        "huancui": {"target": 49, "status": 1},
        "kunming": {"target": 66, "status": 16, "achieved": 4},
        "pingchuan": {"target": 49, "status": 25, "achieved": 11, "norm": 5},
        "ningbo": {"target": 83, "norm": 2},
    }


def test_comparators_as_judged(documents):
    assert count(documents, "comparator") == {
        "haiyan": {"=": 75, ">=": 51, ">": 6},
        "huancui": {"=": 39, ">=": 10, ">": 1},
        "kunming": {"=": 58, ">=": 27, ">": 1},
        "pingchuan": {"=": 70, ">=": 19, ">": 1},
        "ningbo": {">=": 47, "=": 38},
    }


def test_soft_targets(documents):
    soft = {place: each.get(True, 0) for place, each in count(documents, "is_soft", False).items()}
    assert soft == {"haiyan": 21, "huancui": 4, "kunming": 13, "pingchuan": 9, "ningbo": 12}
    assert sum(soft.values()) == 59


def test_recurrences(documents):
    assert {k: v for k, v in count(documents, "recurrence").items() if k != "haiyan"} == {
        "huancui": {"": 49, "irregular": 1},
        "kunming": {"": 83, "year": 2, "irregular": 1},
        "pingchuan": {"": 88, "year": 1, "half_year": 1},
        "ningbo": {"": 82, "irregular": 2, "month": 1},
    }


@pytest.mark.parametrize(
    ("code", "value", "comparator", "due"),
    [
        ("S1-I03", "60", ">", "2022-11-30"), ("S1-I15", "1", "=", "2022-08-30"),
        ("S2-I06", "55", ">=", "2025-12-31"), ("S2-I15", "50", ">=", "2025-12-31"),
        ("S2-I41", "2.77", "=", "2020-12-31"), ("S2-I49", "14.4", "=", "2020-11-01"),
        ("S3-I11", "32.03", "=", "2020-12-31"), ("S3-I33", "8", ">=", "2021-12-31"),
        ("S3-I38", "1", "=", "2025-12-31"), ("S3-I41", "1", "=", "2021-05-31"),
        ("S3-I42", "30", ">", "2022-12-31"), ("S4-I05", "100", ">=", "2021-06-30"),
        ("S4-I06", "3640", ">=", "2021-12-31"), ("S4-I14", "30000", ">=", "2021-12-31"),
    ],
)  # fmt: skip
def test_targets_and_dates(entries, code, value, comparator, due):
    (target,) = entries[code]["targets"]
    assert (Decimal(target["value"]), target["comparator"], target["due_on"]) == (
        Decimal(value),
        comparator,
        due,
    )


def test_dates_that_the_document_does_not_print_are_marked(documents):
    inferred = {
        place: sum(1 for row in document["indicators"] if row["targets"][0].get("is_due_inferred"))
        for place, document in documents.items()
    }
    # What the reading of the documents infers, and the norms, recurring ones and background figures without a date.
    assert inferred == {
        "haiyan": 77 + 10,
        "huancui": 3 + 1,
        "kunming": 32 + 3,
        "pingchuan": 33 + 3 + 6,
        "ningbo": 2,
    }


def test_entries_that_are_special(entries):
    each = {code: row["judged_level"] for code, row in entries.items() if row.get("judging") == "each_unit"}
    assert each == {
        "S2-I14": "street", "S2-I17": "county", "S2-I19": "county", "S2-I74": "county",
        "S4-I19": "county", "S4-I82": "reporting_unit",
    }  # fmt: skip
    assert {code for code, row in entries.items() if row.get("is_irrelevant")} == {
        "S3-I58",
        "S3-I59",
        "S3-I60",
    }
    assert {code for code, row in entries.items() if row.get("is_approximate")} == {"S2-I41", "S2-I44"}
    other = {code: row["targets"][0].get("other_due_on") for code, row in entries.items()}
    assert {code: day for code, day in other.items() if day} == {
        "S3-I33": "2022-12-31",
        "S3-I34": "2022-12-31",
    }
    assert (entries["S2-I15"]["recurs_from"], entries["S2-I15"]["recurs_to"]) == (2021, 2025)
    assert [len(entries[code]["only_units"]) for code in ("S3-I33", "S3-I37", "S4-I08")] == [8, 3, 5]
    # Targets without a number: twelve in all documents.
    unstated = [code for code, row in entries.items() if row["targets"][0]["value"] is None]
    assert sum(entries[code]["role"] in ("target", "norm") for code in unstated) == 12


def test_every_formula_and_other_reading_can_be_computed(entries):
    metrics = {row["code"]: row for row in read_json(fixtures_dir() / "metrics.json")}
    flows = {code for code, row in metrics.items() if row["nature"] == "flow"}
    without = set()
    for code, row in entries.items():
        if "formula" not in row:
            without.add(code)
            assert row["formula_note"], code
            continue
        formula = parse_formula(row["formula"], codes=metrics, flows=flows)
        assert (formula.denominator is not None) == (row["value_kind"] == "ratio"), code
        for other in row.get("alternatives", []):
            assert parse_formula(other["formula"], codes=metrics, flows=flows), code
            assert other["note"], code
    assert without == {"S0-I75", "S2-I51", "S2-I52", "S3-I44", "S3-I58", "S3-I59", "S3-I60"}


def test_every_oddity_is_a_remark_on_an_indicator(documents):
    counts = {place: len(document["remarks"]) for place, document in documents.items()}
    assert counts == {"haiyan": 28, "huancui": 18, "kunming": 25, "pingchuan": 28, "ningbo": 25}
    for document in documents.values():
        for remark in document["remarks"]:
            assert remark["indicators"], remark["code"]
            assert remark["issue"], remark["code"]
            assert remark["handling"], remark["code"]
            # Words for the county's staff, no codes of the excerpt.
            assert not remark["kind"].isascii(), remark["code"]


def test_thirty_groups_of_indicators_that_measure_the_same(entries):
    groups = read_json(fixtures_dir() / "equivalences.json")
    assert len(groups) == len({group["code"] for group in groups}) == 30
    for group in groups:
        assert len(group["indicators"]) >= 2, group["name"]
        assert set(group["indicators"]) <= set(entries), group["name"]
    shares = next(group for group in groups if group["name"] == "护理型床位占比")
    formulas = {entries[code].get("formula") for code in shares["indicators"] if code != "S2-I18"}
    assert formulas == {"nursing_beds / institution_beds * 100"}


def test_units_that_indicators_name_exist(documents):
    for place, document in documents.items():
        codes = {row["code"] for row in read_json(fixtures_dir() / f"org_units_{place}.json")}
        assert document["plan"]["org_unit"] in codes
        for row in document["indicators"]:
            assert set(row.get("only_units", [])) <= codes


def test_a_plan_of_less_than_a_year(documents):
    plan = documents["huancui"]["plan"]
    assert "base_year" not in plan
    span = dt.date.fromisoformat(plan["ends_on"]) - dt.date.fromisoformat(plan["starts_on"])
    assert span.days < 365


def test_files_are_text_that_a_person_can_read():
    for place in PLACES:
        text = (fixtures_dir() / "plans" / f"{place}.json").read_text(encoding="utf-8")
        assert "\\u" not in text
        json.loads(text)
