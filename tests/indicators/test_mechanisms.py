"""制度机制一览: every mechanism of the five documents has a page that the county clerk can open."""

import datetime as dt
from collections import Counter

import pytest
from django.urls import reverse

from eldercare import ledger_metrics
from indicators.fixtures import fixtures_dir, read_json
from indicators.models import Register, RegisterColumn, RegisterMetric
from indicators.pages.mechanisms import documents
from indicators.register_fixtures import load_registers
from indicators.rules.registers import FILTERED
from tests.indicators.factories import make_metric

pytestmark = pytest.mark.django_db
# As counted in the documents, by hand.
NUMBERS = {"haiyan": 47, "huancui": 39, "kunming": 43, "pingchuan": 37, "ningbo": 43}


@pytest.fixture
def registers(cast) -> None:
    catalogue = {row["code"]: row for row in read_json(fixtures_dir() / "metrics.json")}
    shipped = [read_json(path) for path in sorted((fixtures_dir() / "registers").glob("*.json"))]
    for document in shipped:
        for row in document["registers"]:
            for each in row.get("metrics", ()):
                metric = catalogue[each["metric"]]
                make_metric(
                    metric["code"],
                    nature=metric["nature"],
                    reporter=metric["reporter"],
                    catalogue_code=metric["catalogue_code"],
                )
    load_registers(shipped)


def test_every_mechanism_has_a_page_that_opens(cast, enter, registers):
    found = documents()
    assert {document.code: len(document.mechanisms) for document in found} == NUMBERS
    every = [each for document in found for each in document.mechanisms]
    assert all(each.name and each.asks and each.how and each.page for each in every)
    client = enter(cast.county_clerk)
    statuses = {url: client.get(url).status_code for url in {each.url for each in every}}
    assert {url: status for url, status in statuses.items() if status != 200} == {}
    listed = client.get(reverse("register-mechanisms")).content.decode()
    assert all(each.url in listed and each.name in listed for each in every)


def test_the_table_in_the_documentation_is_the_same():
    data = read_json(fixtures_dir() / "mechanisms.json")
    lines = (fixtures_dir().parent / "docs" / "mechanisms.md").read_text(encoding="utf-8").splitlines()
    table = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("| M")
    ]
    rows = [(row["number"], row["name"]) for document in data["documents"] for row in document["mechanisms"]]
    assert [cells[:2] for cells in table] == rows


def test_the_shipped_registers_are_fit_for_use(registers):
    columns = Counter(RegisterColumn.objects.values_list("register__code", flat=True))
    assert all(5 <= number <= 14 for number in columns.values())
    with_key = set(RegisterColumn.objects.filter(is_key=True).values_list("register__code", flat=True))
    filters = RegisterColumn.objects.filter(is_filter=True)
    with_filter = set(filters.values_list("register__code", flat=True))
    assert with_key == with_filter == set(columns) == set(Register.objects.values_list("code", flat=True))
    assert set(filters.values_list("kind", flat=True)) <= {str(kind) for kind in FILTERED}


def test_the_shipped_metrics_are_counted(cast, registers):
    codes = set(RegisterMetric.objects.values_list("metric__code", flat=True))
    assert len(codes) >= 20
    assert codes <= ledger_metrics.codes()
    units = [cast.county, cast.township]
    assert set(ledger_metrics.figures(units, dt.date(2025, 6, 1), codes=codes).values()) == {0}


def test_loading_again_changes_nothing(registers):
    Register.objects.filter(code="hazards").update(name="改过的名称")
    shipped = [read_json(path) for path in sorted((fixtures_dir() / "registers").glob("*.json"))]
    assert load_registers(shipped).inserted == 0
    assert Register.objects.get(code="hazards").name == "改过的名称"
